"""The one table of sentences for a refused value: a code, and its words in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import shorten

from engine.format.texts import Text

MESSAGES: dict[str, Text] = {
    "enter": Text("Nhập {label}", "Enter {label}"),
    "choose": Text("Chọn {label}", "Choose {label}"),
    "attach": Text("Đính kèm {label}", "Attach {label}"),
    "confirm": Text("Đánh dấu vào ô “{label}” để tiếp tục", "Tick “{label}” to continue"),
    "none.both": Text(
        "{label}: hoặc điền, hoặc đánh dấu “{none}”, không làm cả hai",
        "{label}: either fill it in or tick “{none}”, not both",
    ),
    "paper.number": Text(
        "{label}: ghi số giấy tờ hoặc mã hồ sơ mà cơ quan đang lưu, nhiều nhất {limit} ký tự",
        "{label}: give the number of the paper or of the dossier where the office has it, at most {limit} characters",
    ),
    "paper.one_of": Text("{title}: cần ít nhất một trong các giấy tờ này", "{title}: at least one of these is needed"),
    "text.short": Text("{label}: viết ít nhất {limit} ký tự", "{label}: write at least {limit} characters"),
    "text.long": Text(
        "{label}: viết nhiều nhất {limit} ký tự, hiện có {length}",
        "{label}: write at most {limit} characters, not {length}",
    ),
    "text.lines": Text("{label}: viết trên một dòng", "{label}: write on one line"),
    "text.pattern": Text("{label}: {pattern_hint}", "{label}: {pattern_hint}"),
    "text.pattern.bare": Text("{label}: viết đúng mẫu quy định", "{label}: write it in the required format"),
    "text.control": Text("{label}: bỏ các ký tự không đọc được", "{label}: remove the characters that cannot be read"),
    "number.form": Text("{label}: nhập một số nguyên, ví dụ 12", "{label}: enter a whole number, such as 12"),
    "number.min": Text("{label}: nhập từ {limit} trở lên", "{label}: enter {limit} or more"),
    "number.max": Text("{label}: nhập nhiều nhất là {limit}", "{label}: enter {limit} or less"),
    "number.digits": Text("{label}: nhập nhiều nhất {limit} chữ số", "{label}: enter at most {limit} digits"),
    "decimal.form": Text("{label}: nhập một số, ví dụ 12,5", "{label}: enter a number, such as 12.5"),
    "decimal.places": Text(
        "{label}: viết nhiều nhất {places} chữ số sau dấu phẩy, không dùng dấu chấm ngăn hàng nghìn",
        "{label}: write at most {places} digits behind the point, and no sign between thousands",
    ),
    "decimal.places.none": Text(
        "{label}: viết số không có phần thập phân, không dùng dấu chấm ngăn hàng nghìn",
        "{label}: write a number without a fraction, and no sign between thousands",
    ),
    "money.form": Text(
        "{label}: nhập số tiền bằng đồng, ví dụ 1.000.000", "{label}: enter an amount in đồng, such as 1.000.000"
    ),
    "time.form": Text("{label}: nhập giờ và phút, ví dụ 09:30", "{label}: enter hours and minutes, such as 09:30"),
    "time.min": Text("{label}: nhập từ {limit} trở đi", "{label}: enter {limit} or later"),
    "time.max": Text("{label}: nhập muộn nhất là {limit}", "{label}: enter {limit} or earlier"),
    "datetime.form": Text(
        "{label}: nhập ngày và giờ, ví dụ 24/11/2026 09:30",
        "{label}: enter the day and the time, such as 24/11/2026 09:30",
    ),
    "date.form": Text(
        "{label}: nhập ngày theo dạng ngày/tháng/năm, ví dụ 24/11/2026",
        "{label}: enter the date as day/month/year, such as 24/11/2026",
    ),
    "date.form.partial": Text(
        "{label}: nhập ngày/tháng/năm, ví dụ 24/11/2026, hoặc chỉ {partial}",
        "{label}: enter day/month/year, such as 24/11/2026, or only {partial}",
    ),
    "date.none": Text("{label}: không có ngày {typed} trong lịch", "{label}: {typed} is not a real date"),
    "date.min": Text("{label}: nhập ngày từ {limit} trở về sau", "{label}: enter {limit} or a later date"),
    "date.max": Text("{label}: nhập ngày từ {limit} trở về trước", "{label}: enter {limit} or an earlier date"),
    "email.form": Text(
        "{label}: nhập địa chỉ thư điện tử, ví dụ ten@example.vn",
        "{label}: enter an email address, such as name@example.vn",
    ),
    "again": Text("{label}: hai lần nhập chưa giống nhau", "{label}: the two entries do not match"),
    "phone.form": Text(
        "{label}: nhập số điện thoại, ví dụ 0912 345 678",
        "{label}: enter a phone number, such as 0912 345 678",
    ),
    "choice.unknown": Text("{label}: chọn một mục trong danh sách", "{label}: choose one from the list"),
    "choice.other": Text("{label}: ghi rõ mục “Khác”", "{label}: say what you mean by “Other”"),
    "choices.min": Text("{label}: chọn ít nhất {limit} mục", "{label}: choose at least {limit}"),
    "choices.max": Text("{label}: chọn nhiều nhất {limit} mục", "{label}: choose at most {limit}"),
    "linked.choose": Text("{label}: chọn {level}", "{label}: choose {level}"),
    "linked.other": Text("{label}: chọn {level} trong danh sách", "{label}: choose {level} from the list"),
    "tax_code.form": Text(
        "{label}: nhập 10 chữ số, 13 chữ số của đơn vị phụ thuộc, hoặc 12 chữ số định danh cá nhân",
        "{label}: enter 10 digits, the 13 of a dependent unit, or the 12 of a personal number",
    ),
    "tax_code.digit": Text(
        "{label}: xem lại từng chữ số, mã {typed} không đúng chữ số kiểm tra",
        "{label}: look at each digit again, {typed} has a wrong check digit",
    ),
    "sign": Text("Gõ họ và tên hoặc vẽ chữ ký ở ô {label}", "Type your name or draw your signature at {label}"),
    "sign.typed": Text("Gõ họ và tên để ký ở ô {label}", "Type your full name to sign at {label}"),
    "signature.form": Text(
        "{label}: gõ họ và tên bằng chữ, nhiều nhất {limit} ký tự",
        "{label}: type your full name in letters, at most {limit} of them",
    ),
    "signature.drawn": Text(
        "{label}: không đọc được chữ ký đã vẽ, hãy vẽ lại hoặc gõ họ và tên",
        "{label}: the drawn signature cannot be read; draw it again or type your name",
    ),
    "signature.large": Text(
        "{label}: chữ ký đã vẽ lớn quá, hãy vẽ lại hoặc gõ họ và tên",
        "{label}: the drawn signature is too large; draw it again or type your name",
    ),
    "yes_no": Text("{label}: chọn Có hoặc Không", "{label}: choose Yes or No"),
    "national_id.form": Text(
        "{label}: nhập đủ 12 chữ số ghi trên thẻ căn cước",
        "{label}: enter the 12 digits on your identity card",
    ),
    "national_id.form.cmnd": Text(
        "{label}: nhập 12 chữ số trên thẻ căn cước hoặc 9 chữ số của CMND",
        "{label}: enter the 12 digits, or the 9 of an old CMND card",
    ),
    "address.country": Text("{label}: chọn quốc gia", "{label}: choose the country"),
    "address.province": Text("{label}: chọn tỉnh, thành phố", "{label}: choose the province"),
    "address.ward": Text("{label}: chọn phường, xã", "{label}: choose the ward"),
    "address.ward_of_province": Text(
        "{label}: chọn phường, xã của tỉnh, thành phố vừa chọn",
        "{label}: choose a ward of the province you chose",
    ),
    "address.detail": Text("{label}: nhập số nhà, đường, thôn", "{label}: enter house number and street"),
    "rows.missing": Text("{label}: điền ít nhất {limit} dòng", "{label}: fill in at least {limit} row(s)"),
    "rows.min": Text(
        "{label}: điền ít nhất {limit} dòng, hiện có {count}", "{label}: fill in at least {limit} rows, not {count}"
    ),
    "rows.max": Text(
        "{label}: nhiều nhất {limit} dòng, hiện có {count}; xoá bớt dòng",
        "{label}: at most {limit} rows, not {count}; remove some",
    ),
    "rows.full": Text("{label}: nhiều nhất {limit} dòng", "{label}: at most {limit} rows"),
    "rows.gone": Text(
        "{label}: dòng này không còn trên trang; những gì đã điền vẫn còn",
        "{label}: this row is no longer on the page; all that was typed is still here",
    ),
    "file.empty": Text("{label}: tệp “{name}” trống", "{label}: the file “{name}” is empty"),
    "file.large": Text(
        "{label}: tệp “{name}” lớn hơn {limit} MB", "{label}: the file “{name}” is larger than {limit} MB"
    ),
    "file.type": Text(
        "{label}: tệp “{name}” không phải loại được nhận ({accept})",
        "{label}: the file “{name}” is not of an accepted type ({accept})",
    ),
    "file.many": Text("{label}: gửi nhiều nhất {limit} tệp", "{label}: attach at most {limit} files"),
    "file.gone": Text("{label}: tệp không còn, hãy gửi lại", "{label}: the file is no longer here, attach it again"),
    "file.space": Text(
        "{label}: máy chủ tạm hết chỗ nhận tệp “{name}”, gửi lại sau hoặc báo cơ quan",
        "{label}: the server has no room for the file “{name}” at present, try later or tell the office",
    ),
    "file.quota": Text(
        "{label}: hồ sơ đã đủ dung lượng tệp, bỏ bớt tệp rồi gửi lại",
        "{label}: there is no room for more files; remove some, then send again",
    ),
}


LONGEST_QUOTATION = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value is refused: a code of `MESSAGES` and what its sentence names."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, label: str, language: str) -> str:
        """The sentence for a field with this label."""
        params = {key: _in(value, language) for key, value in self.params.items()}
        words = MESSAGES[self.code]
        if "“{label}”" in words.vi:  # a quotation keeps its capital; a whole declaration is not said again
            label = shorten(label, LONGEST_QUOTATION, placeholder="…")
        elif words.vi.find("{label}") > 0:
            label = lower_first(label)
        return words.in_(language).format(label=label, **params)


def _in(value: object, language: str) -> object:
    return value.in_(language) if isinstance(value, Text) else value


def lower_first(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it is an abbreviation."""
    return label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] == " " else label
