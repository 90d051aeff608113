"""The one table of what a trial says: where something is, what it came to, why it did not. In both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.format.texts import Text

WORDS: Mapping[str, Text] = {
    # Where
    "start": Text("trang bắt đầu", "start page"),
    "review": Text("trang xem lại", "review page"),
    "tracking": Text("trang tra cứu", "tracking page"),
    "step": Text("bước “{}”", 'step "{}"'),
    "section": Text("phần “{}”", 'section "{}"'),
    "field": Text("trường “{}”", 'field "{}"'),
    "column": Text("cột “{}”", 'column "{}"'),
    "note": Text("ghi chú", "note"),
    "required": Text("bắt buộc", "required"),
    "label": Text("nhãn", "label"),
    "hint": Text("gợi ý", "hint"),
    "title": Text("tiêu đề", "title"),
    "text": Text("nội dung", "text"),
    "choice": Text("lựa chọn “{}”", 'choice "{}"'),
    "paper": Text("giấy tờ “{}”", 'paper "{}"'),
    "fee": Text("phí “{}”", 'fee "{}"'),
    "check": Text("kiểm tra “{}”", 'check "{}"'),
    # What a branch is
    "holds": Text("điều kiện đúng", "holds"),
    "fails": Text("điều kiện sai", "does not hold"),
    "leaf_holds": Text("{} – đúng", "{}: holds"),
    "leaf_fails": Text("{} – sai", "{}: does not hold"),
    "passes": Text("qua", "passes"),
    "refuses": Text("từ chối", "refuses"),
    "warns": Text("cảnh báo", "warns"),
    "filled": Text("có điền", "filled"),
    "blank": Text("để trống", "left blank"),
    "none": Text("đánh dấu ô “không có”", "none of it ticked"),
    "reads": Text("ghi “{}”", 'reads "{}"'),
    "way": Text("nộp cách khác, {}", "comes otherwise, {}"),
    "drawn": Text("vẽ", "drawn"),
    "chosen": Text("chọn “{}”", '"{}" chosen'),
    "count_least": Text("chọn ít nhất, {}", "{} chosen, the least"),
    "count_most": Text("chọn nhiều nhất, {}", "{} chosen, the most"),
    "yes": Text("có", "yes"),
    "no": Text("không", "no"),
    "least": Text("nhỏ nhất, {}", "{}, the least"),
    "most": Text("lớn nhất, {}", "{}, the most"),
    "shortest": Text("ngắn nhất, {} ký tự", "{} characters, the least"),
    "longest": Text("dài nhất, {} ký tự", "{} characters, the most"),
    "earliest": Text("sớm nhất", "the earliest"),
    "latest": Text("muộn nhất", "the latest"),
    "only_year": Text("chỉ có năm", "only a year"),
    "only_month": Text("chỉ có tháng", "only a month"),
    "digits": Text("{} chữ số", "{} digits"),
    "abroad": Text("ở nước ngoài", "abroad"),
    "no_street": Text("không có số nhà, đường", "without a street"),
    "files_most": Text("nhiều tệp nhất, {}", "{} files, the most"),
    "rows_least": Text("ít dòng nhất, {}", "{} rows, the least"),
    "rows_most": Text("nhiều dòng nhất, {}", "{} rows, the most"),
    "agency": Text("nộp tại “{}”", 'at agency "{}"'),
    # Why a branch is not reached
    "never": Text("không bao giờ xảy ra: {}", "can never come to this: {}"),
    "beyond": Text("ngoài phần xét được: {}", "beyond what is decided: {}"),
    "online": Text("nộp qua trang luôn là trực tuyến: {}", "filing over the pages is always online: {}"),
    "gave_up": Text("thôi tìm sau {} lần thử", "the search gave up after {} tries"),
    "pattern": Text("không làm được giá trị theo mẫu “{}”", 'could not make a value for the pattern "{}"'),
    "not_offered": Text(
        "trường “{}” khi đó không có lựa chọn nào", 'none of the choices of field "{}" is offered then'
    ),
    "no_value": Text("không tìm được giá trị mà trường “{}” nhận", 'no value was found that field "{}" takes'),
    "checked": Text("bị kiểm tra từ chối: “{}”", 'a check refuses it: "{}"'),
    "not_alone": Text(
        "không tìm được hồ sơ mà kiểm tra này từ chối ở bước của nó",
        "no declaration was found that it refuses at its step",
    ),
    "not_passed": Text("trang dẫn đến đó không qua được", "a page that leads there could not be passed"),
    # Why a trial has no report
    "too_long": Text("quá {} phút nên đã dừng", "it was stopped after {} minutes"),
    "refused": Text("bản thử không lên được: {}", "the scratch copy did not come up: {}"),
    "broken": Text("gặp lỗi của chương trình, xem nhật ký máy chủ", "the program failed; see the server's log"),
    "abandoned": Text("máy chạy thử dừng giữa chừng", "the worker ended in the middle"),
    "faulty": Text("bản nháp có lỗi", "the draft has faults"),
    # Why a page was not passed
    "no_answer": Text("máy chủ không trả lời: {}", "the server did not answer: {}"),
    "wants_start": Text("phải là trang bắt đầu", "the start page was expected"),
    "wants_step": Text("phải là trang của bước “{}”", 'the page of step "{}" was expected'),
    "wants_review": Text("phải là trang xem lại", "the review page was expected"),
    "wants_form": Text("trang phải có biểu mẫu", "the page has no form"),
    "not_accepted": Text("trang không nhận", "the page was not accepted"),
    "not_sent": Text("hồ sơ không gửi được", "the declaration was not sent"),
    "not_found": Text("không tra được hồ sơ bằng mã vừa cấp", "the dossier was not found by its codes"),
    "no_row": Text("bảng “{}” không thêm được dòng", 'no row could be added to "{}"'),
    "no_input": Text("trang không có ô “{}”", 'the page has no input "{}"'),
    "no_offer": Text("trang không cho chọn “{}”", 'the page does not offer "{}"'),
    "no_refusal": Text("lẽ ra phải từ chối: “{}”", 'it should have refused: "{}"'),
    "other_refusal": Text("từ chối mà không nói: “{}”", 'it refused without the sentence "{}"'),
}


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a trial says: a code of `WORDS`, and what its sentence names."""

    code: str
    about: str = ""

    def in_(self, language: str) -> str:
        """The sentence."""
        return WORDS[self.code].in_(language).format(self.about)

    def document(self) -> list[str]:
        """As it is stored."""
        return [self.code, self.about]

    @classmethod
    def of(cls, document: Iterable[str]) -> Said:
        """Of its stored form."""
        return cls(*document)

    def __str__(self) -> str:
        return self.in_("en")


def joined(parts: Iterable[Said], language: str) -> str:
    """A place: from the outermost inwards."""
    return ", ".join(part.in_(language) for part in parts)
