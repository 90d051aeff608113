"""The tables of the national information texts, whose cells were run together when the pages were copied.

What tells the cells apart: a method's row begins with a channel, a time and a fee; a paper's ends with its numbers;
a legal text's ends with its number glued to the title; a result's with `Mã: …`. What no row takes is handed back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from engine.calendar import LONGEST, Duration, Unit
from engine.search import fold

NOTHING = "Không có thông tin"
CHANNELS = {"Trực tuyến": "online", "Trực tiếp": "in_person", "Dịch vụ bưu chính": "post"}
UNITS: dict[str, Unit] = {
    "Ngày làm việc": "working_days",
    "Giờ làm việc": "working_hours",
    "Giờ": "working_hours",
    "Ngày": "days",
}
MONEY = {"Việt Nam Đồng": "đ", "VNĐ": "đ", "Đồng": "đ", "USD": "USD"}

METHODS_HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"
PAPERS_HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
LAWS_HEAD = "Tên văn bản pháp lýMã văn bản"
RESULTS_END = "Từ khóa"
DESCRIPTION = "Mô tả"
AGENCY_CHOICE = "Chọn cơ quan thực hiện"  # from here on it is the page's own form

METHOD = re.compile(
    rf"(?P<channel>{'|'.join(CHANNELS)})"
    rf"(?:{NOTHING}|(?P<amount>\d{{1,4}}) (?P<unit>{'|'.join(UNITS)})|(?P<bare>\d{{1,4}})(?=Miễn phí|{NOTHING}))?"
    rf"(?P<fee>{NOTHING}|Miễn phí|(?P<sum>\d[\d.,]*) (?P<money>{'|'.join(MONEY)}))"
)
# The numbers of a paper are glued to its title; in a sentence they stand between blanks and go on.
NUMBERS = re.compile(r"(?P<originals>\d+) bản chính(?:,\s*(?P<copies>\d+) bản sao)?(?P<next>$|[-+*(A-ZĐ])?")
LONGEST_FILE = 170  # characters
BLANK_FORM = re.compile(r"\d{1,2}\.(?P<file>[^\s/\\.][^/\\\n]{0,150}?\.(?:docx?|xlsx?|odt|pdf|rtf))\s*$", re.IGNORECASE)
RESULT = re.compile(r"Mã:\s{0,3}(?P<code>KQ\.[A-Z]{1,2}\d{1,3}\.\d{6})")

# Who issues, by the last part of a text's number. The long names first, since they are looked for glued to words.
ISSUERS = {
    "UBTVQH": "Ủy ban Thường vụ Quốc hội", "QH": "Quốc hội", "TTg": "Thủ tướng Chính phủ", "CTN": "Chủ tịch nước",
    "BLĐTBXH": "Bộ Lao động – Thương binh và Xã hội", "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch",
    "BNNPTNT": "Bộ Nông nghiệp và Phát triển nông thôn", "BNNMT": "Bộ Nông nghiệp và Môi trường",
    "BDTTG": "Bộ Dân tộc và Tôn giáo", "BTNMT": "Bộ Tài nguyên và Môi trường", "BTTTT": "Bộ Thông tin và Truyền thông",
    "BKHCN": "Bộ Khoa học và Công nghệ", "BKHĐT": "Bộ Kế hoạch và Đầu tư", "BGDĐT": "Bộ Giáo dục và Đào tạo",
    "BGTVT": "Bộ Giao thông vận tải", "BCA": "Bộ Công an", "BCT": "Bộ Công Thương", "BNG": "Bộ Ngoại giao",
    "BNV": "Bộ Nội vụ", "BQP": "Bộ Quốc phòng", "BTC": "Bộ Tài chính", "BTP": "Bộ Tư pháp", "BXD": "Bộ Xây dựng",
    "BYT": "Bộ Y tế", "NHNN": "Ngân hàng Nhà nước Việt Nam", "TTCP": "Thanh tra Chính phủ",
    "VPCP": "Văn phòng Chính phủ", "HĐTP": "Hội đồng Thẩm phán Tòa án nhân dân tối cao",
    "HĐND": "Hội đồng nhân dân", "UBND": "Ủy ban nhân dân", "CP": "Chính phủ",
}  # fmt: skip
NEAR = 30  # characters: what is said of a number or an amount beside it is no longer
KINDS_OF_LAW = ("Thông tư liên tịch", "Thông tư", "Nghị định", "Nghị quyết", "Quyết định", "Pháp lệnh", "Luật")
_ISSUER = "|".join(rf"{last}\d\d" if last.endswith("QH") else last for last in ISSUERS)
_LAST = rf"(?:{_ISSUER}|[A-ZĐ]+(?![a-zà-ỹ]))"  # the initial of the next title is none of it
LAW_NUMBER = re.compile(rf"(?P<digits>\d+(?:\.\d{{1,2}})?)/(?:19|20)\d{{2}}/(?:[A-ZĐ]{{1,5}}-)*{_LAST}")
LAW_KIND = re.compile(rf"(?:{'|'.join(KINDS_OF_LAW)})(?: số)? $")
LAW_DAY = re.compile(
    r",? ?ngày (?P<day>\d{1,2})(?:/(?P<month>\d{1,2})/| tháng (?P<named>\d{1,2}) năm )(?P<year>(?:19|20)\d{2})(?!\d)"
)


def cleaned(text: str) -> str:
    """The text in composed letters, without marks that nobody sees; lines are kept, other blanks are spaces."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    spaced = "".join(char if char == "\n" else _visible(char) for char in composed)
    return re.sub(r" +", " ", spaced).strip()


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Zs", "Zl", "Zp") or char == "\t":
        return " "
    return "" if category in ("Cc", "Cf", "Cs") else char


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class MethodRow:
    """A way to file: `bare` is a time without a unit, `fee` an amount in words, `detail` what stood beside it."""

    channel: str
    time: Duration | None
    bare: str
    fee: str
    detail: str
    note: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper, or a note that stood among them; `file` is its blank form, `group` the heading above it."""

    group: str
    text: str
    file: str
    originals: int
    copies: int

    @property
    def is_note(self) -> bool:
        """Whether it asks for nothing, or says itself that it only remarks."""
        heads = (fold(self.text[:20]), fold(self.group[:20]))
        return not (self.originals or self.copies) or any(head.startswith("luu y") for head in heads)


@dataclass(frozen=True, slots=True)
class LawRow:
    """A legal text; `number`, `day` (dd/mm/yyyy) and `issuer` are empty where they cannot be told."""

    title: str
    number: str
    day: str
    issuer: str


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What the citizen gets, with its code in the national list."""

    title: str
    code: str


def methods(text: str) -> tuple[tuple[MethodRow, ...], str]:
    """The ways to file, and what stands before the first of them."""
    body = text.removeprefix(METHODS_HEAD)
    found = list(METHOD.finditer(body))
    if not found:
        return (), body.strip()
    ends = [*(match.start() for match in found[1:]), len(body)]
    rest = body[: found[0].start()]
    return tuple(_method(match, body[match.end() : end]) for match, end in zip(found, ends, strict=True)), rest.strip()


def _method(match: re.Match[str], rest: str) -> MethodRow:
    detail, note = _in_brackets(rest)
    time = _time(match["amount"], match["unit"]) if match["amount"] else None
    bare = match["bare"] or (f"{match['amount']} {match['unit']}" if match["amount"] and time is None else "")
    return MethodRow(CHANNELS[match["channel"]], time, bare, _fee(match, detail), _detail(detail), note.strip())


def _time(amount: str, unit: str) -> Duration | None:
    return Duration(UNITS[unit], int(amount)) if 1 <= int(amount) <= LONGEST else None


def _fee(match: re.Match[str], detail: str) -> str:
    """The amount as it is said; what it is counted by, such as `/trang`, belongs to it."""
    if match["fee"] == NOTHING:
        return ""
    per = detail if _is_measure(detail) else ""
    if not match["sum"]:
        return match["fee"] + per
    return f"{match['sum'].rstrip('.,').replace(',', '.')} {MONEY[match['money']]}{per}"


def _is_measure(detail: str) -> bool:
    return detail.startswith("/") and len(detail) <= NEAR


def _detail(detail: str) -> str:
    return "" if _is_measure(detail) else detail


def _in_brackets(text: str) -> tuple[str, str]:
    """What the brackets hold with which a text begins, and what follows; those that never close hold nothing."""
    end = _closing(text)
    inner, rest = text[1:end].strip(), text[end + 1 :]
    if inner and _closing(inner) == len(inner) - 1:
        inner = inner[1:-1].strip()  # some stand in brackets twice
    return (inner, rest) if end else ("", text)


def _closing(text: str) -> int:
    """Where the bracket closes with which a text begins; 0 where there is none."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return place
    return 0


def papers(text: str) -> tuple[tuple[PaperRow, ...], str]:
    """The papers and notes under their headings, and what ends without numbers."""
    head, *tables = text.split(PAPERS_HEAD)
    rows: list[PaperRow] = []
    for table in tables:
        place = 0
        for title_end, originals, copies, end in _numbers(table):
            rows.append(_paper(head, table[place:title_end], originals, copies))
            place = end
        head = table[place:]
    return tuple(rows), head.strip()


def _numbers(table: str) -> Iterator[tuple[int, int, int, int]]:
    """Where titles end, the numbers of originals and of copies, and where the next title begins."""
    for match in NUMBERS.finditer(table):
        run, blank = match["originals"], table[max(0, match.start() - 1) : match.start()].isspace()
        if blank and match["next"] is None:
            continue  # a sentence that speaks of originals
        own = run[-1:] if blank or len(run) > 2 else run  # "năm 2024" before "1 bản chính"
        end = match.end() - len(match["next"] or "")
        yield match.end("originals") - len(own), int(own), int(match["copies"] or 0), end


def _paper(head: str, text: str, originals: int, copies: int) -> PaperRow:
    form = BLANK_FORM.search(text, max(0, len(text) - LONGEST_FILE))
    title = text[: form.start()] if form else text
    return PaperRow(
        one_line(head).strip("*-+: "), title.strip(), one_line(form["file"]) if form else "", originals, copies
    )


def laws(text: str) -> tuple[LawRow, ...]:
    """The legal texts; the last may be without a number."""
    body = text.removeprefix(LAWS_HEAD)
    rows, place = [], 0
    while place < len(body):
        start, number_start, end = next(_law_ends(body, place), (len(body), len(body), len(body)))
        if title := one_line(body[place:start]):
            rows.append(_law(title, body[number_start:end]))
        place = end
    return tuple(rows)


def _law_ends(body: str, place: int) -> Iterator[tuple[int, int, int]]:
    """Where titles may end, with the number that follows: it is glued to what is before it, a mention is not."""
    for match in LAW_NUMBER.finditer(body, place):
        number = match.end("digits") - len(_own_digits(body[max(0, match.end("digits") - NEAR) : match.end("digits")]))
        kind = LAW_KIND.search(body, max(place, number - NEAR), number)
        start = kind.start() if kind else number
        if start > place and not body[start - 1].isspace() and body[start - 1] not in "(/":
            yield start, number, match.end()


def _own_digits(before: str) -> str:
    """The digits of a number alone: those of a year, or of a National Assembly's number, may stand right before."""
    run = cast(re.Match[str], re.search(r"[\d.]+$", before))[0].lstrip(".")
    year = re.match(r"(?:19|20)\d{2}(?=[1-9]\d{0,2}(?:\.\d{1,2})?$)", run)
    if year:
        return run[4:]
    assembly = before.removesuffix(run).endswith("QH")
    return run[2:] if assembly else run


def _law(title: str, number: str) -> LawRow:
    issuer = next((name for last, name in ISSUERS.items() if re.search(rf"[/-]{last}(?:\d\d)?$", number)), "")
    at = title.find(number) if number else -1
    day = LAW_DAY.match(title, at + len(number)) if at >= 0 else None
    return LawRow(title, number, _day(day) if day else "", issuer)


def _day(match: re.Match[str]) -> str:
    return f"{int(match['day']):02d}/{int(match['month'] or match['named']):02d}/{match['year']}"


def results(text: str) -> tuple[tuple[ResultRow, ...], str, str]:
    """What the citizen gets, the words it is found by, and what else is said of it."""
    listed, _, rest = text.partition(RESULTS_END)
    words, _, rest = rest.partition(DESCRIPTION)
    said = rest.partition(AGENCY_CHOICE)[0]
    rows, place = [], 0
    for match in RESULT.finditer(listed):
        rows.append(ResultRow(one_line(listed[place : match.start()]).lstrip("-+ "), match["code"]))
        place = match.end()
    return tuple(rows), told(words), "\n".join(filter(None, (listed[place:].strip(), told(said))))


def told(text: str) -> str:
    """The text, empty where it says that there is nothing."""
    return "" if fold(text) in ("", "khong co thong tin", "khong") else text.strip()
