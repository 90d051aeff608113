"""The receipt as a PDF: what it says, in which letters, and that nobody's text is read as markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from engine.dossier.documents import FeeLine, PaperLine, Receipt, receipt

URL = "https://dichvucong.example.vn/tra-cuu?ma_ho_so=000.20.52.H21-260701-0001"
RECEIPT = Receipt(
    agency_name="Ủy ban nhân dân phường Quy Nhơn",
    agency_address="30 Nguyễn Huệ, phường Quy Nhơn",
    agency_phone="0256 3822 222",
    procedure_title="Đăng ký khai sinh",
    procedure_code="1.001193",
    dossier_code="000.20.52.H21-260701-0001",
    lookup_code="K7MQ-9XTD-4WPA",
    applicant="Nguyễn Thị Ngọc Ưởng",
    filed_at=datetime(2026, 7, 1, 17, 45, tzinfo=UTC),
    tracking_url=URL,
    due="Chậm nhất 17:00 ngày 03/07/2026",
    papers=(PaperLine(name="Giấy chứng sinh", originals=1, comes="Đã gửi kèm"), PaperLine(name="Tờ khai", copies=2)),
    fees=(
        FeeLine(title="Phí cấp bản sao", amount=16_000, collected="on_return"),
        FeeLine(title="Lệ phí", amount=1_050_000),
    ),
    next_steps=("Cơ quan trả lời trong 8 giờ làm việc.", "Mang bản chính đến bộ phận một cửa."),
)


def read(data: Receipt) -> PdfReader:
    """The paper, opened."""
    return PdfReader(BytesIO(receipt(data)))


def text(data: Receipt) -> str:
    """What a reader finds on the paper, spaces and ends of lines as one space."""
    return " ".join("\n".join(page.extract_text() for page in read(data).pages).split())


@pytest.fixture(scope="module")
def printed() -> str:
    return text(RECEIPT)


@pytest.mark.parametrize(
    "said",
    [
        "PHIẾU XÁC NHẬN NỘP HỒ SƠ TRỰC TUYẾN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Ủy ban nhân dân phường Quy Nhơn",
        "30 Nguyễn Huệ, phường Quy Nhơn",
        "Điện thoại: 0256 3822 222",
        "Mã hồ sơ 000.20.52.H21-260701-0001",
        "Mã tra cứu K7MQ-9XTD-4WPA",
        "Đăng ký khai sinh (1.001193)",
        "Nguyễn Thị Ngọc Ưởng",
        "Cách nộp Trực tuyến",
        "Thời điểm nộp 00:45 ngày 02/07/2026",  # local time, a day later than in UTC
        "Chậm nhất 17:00 ngày 03/07/2026",
        "1 Giấy chứng sinh 1 0 Đã gửi kèm",
        "2 Tờ khai 0 2",
        "Phí cấp bản sao Nhận kết quả 16.000 đ",
        "Lệ phí Tiếp nhận hồ sơ 1.050.000 đ",
        "Tổng cộng 1.066.000 đ",
        "1. Cơ quan trả lời trong 8 giờ làm việc.",
        "2. Mang bản chính đến bộ phận một cửa.",
        "Trang 1/1",
    ],
)
def test_the_receipt_says(printed: str, said: str) -> None:
    assert said in printed


def test_without_a_lookup_code_it_prints_none_and_warns_of_none(printed: str) -> None:
    bare = text(replace(RECEIPT, lookup_code=""))
    assert "Giữ kín mã tra cứu" in printed
    assert "K7MQ" not in bare
    assert "tra cứu" not in bare


def test_what_is_empty_has_no_heading() -> None:
    bare = text(replace(RECEIPT, papers=(), fees=(), next_steps=(), due="", agency_phone="", agency_address=""))
    for heading in ("Giấy tờ trong hồ sơ", "Phí, lệ phí", "Tổng cộng", "Việc tiếp theo", "Thời hạn", "Điện thoại"):
        assert heading not in bare


def test_in_english_the_labels_are_english() -> None:
    english = text(replace(RECEIPT, language="en", channel="post"))
    assert "CONFIRMATION OF ONLINE FILING" in english
    assert "Way of filing By post" in english
    assert "Filed at 00:45 on 02/07/2026" in english
    assert "Fees" in english
    assert "Nguyễn Thị Ngọc Ưởng" in english
    assert "Phí cấp bản sao when the result is returned 16.000 đ" in english
    assert not re.search("Mã hồ sơ|Trang|Tổng cộng", english)


# Every Vietnamese vowel with every tone, and the letters of the alphabet that others lack.
ALPHABET = [
    "aàảãáạ ăằẳẵắặ âầẩẫấậ eèẻẽéẹ êềểễếệ iìỉĩíị",
    "oòỏõóọ ôồổỗốộ ơờởỡớợ uùủũúụ ưừửữứự yỳỷỹýỵ đ",
]


@pytest.mark.parametrize("letters", [*ALPHABET, *(line.upper() for line in ALPHABET)])
def test_every_vietnamese_letter_is_on_the_paper(letters: str) -> None:
    data = replace(RECEIPT, next_steps=(letters,))
    assert letters in text(data)
    assert _is_archival(data)


@pytest.mark.parametrize(
    "typed",
    [
        "#panic()",
        '#read("/etc/passwd")',
        "$x$ *b* _i_ `r`",
        "= Tiêu đề",
        "<nhan> @nhan[1] <b>",
        "// chú thích /* hết */",
        "\\ \\u{41} ~ -- ... [a] {b}",
        '"}, "applicant": "Người khác',
        "{{ 7*7 }} {% raw %}",
    ],
)
def test_what_people_type_is_shown_and_never_read_as_markup(typed: str) -> None:
    data = replace(
        RECEIPT,
        applicant=typed,
        agency_name=typed,
        procedure_title=typed,
        due=typed,
        papers=(PaperLine(name=typed),),
        fees=(FeeLine(title=typed, amount=0),),
        next_steps=(typed,),
    )
    assert text(data).count(typed) == 7


@pytest.mark.parametrize("name", ["王小明", "Lê 😀 Văn", "\ufffe An"])
def test_letters_that_no_font_has_do_not_keep_the_paper_from_the_citizen(name: str) -> None:
    assert "000.20.52.H21-260701-0001" in text(replace(RECEIPT, applicant=name))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("An\x00Bình", "An Bình"),
        ("An\x07\x1bBình", "An Bình"),
        ("An\r\nBình", "An Bình"),
        ("An\ue000Bình", "An Bình"),
        ("An\ud800Bình", "An Bình"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("Иван Петров", "Иван Петров"),
    ],
)
def test_strange_characters_are_tamed(name: str, shown: str) -> None:
    data = replace(RECEIPT, applicant=name)
    assert shown in text(data)
    assert _is_archival(data)


def test_a_word_without_an_end_stays_on_the_paper() -> None:
    data = replace(RECEIPT, applicant="x" * 200)
    lines = read(data).pages[0].extract_text().replace("\u200b", "").splitlines()
    assert len([line for line in lines if "x" * 10 in line]) > 3


def test_a_long_list_goes_on_with_its_head_on_every_page() -> None:
    papers = tuple(PaperLine(name=f"Giấy tờ thứ {number}", originals=1) for number in range(1, 61))
    pages = [page.extract_text() for page in read(replace(RECEIPT, papers=papers)).pages]
    assert len(pages) > 2
    assert "Giấy tờ thứ 60" in "".join(pages)
    assert all("Tên giấy tờ" in page for page in pages[:3])
    assert all("000.20.52.H21-260701-0001" in page for page in pages)


def test_it_is_an_a5_paper_with_a_title_a_language_and_tags() -> None:
    paper = read(RECEIPT)
    box = paper.pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (148, 210)
    assert paper.metadata is not None
    assert paper.metadata.title == "Phiếu xác nhận nộp hồ sơ trực tuyến 000.20.52.H21-260701-0001"
    assert str(paper.root_object["/Lang"]) == "vi"
    assert "/StructTreeRoot" in paper.root_object
    assert _is_archival(RECEIPT)


def test_the_tracking_address_is_a_link_beside_its_qr_code() -> None:
    notes: Any = read(RECEIPT).pages[0]["/Annots"]
    links = {note.get_object()["/A"]["/URI"] for note in notes}
    assert links == {URL}


@pytest.mark.parametrize(
    "url",
    [
        f"{URL}&ma_tra_cuu=K7MQ-9XTD-4WPA",
        f"{URL}&ma_tra_cuu=K7MQ9XTD4WPA",
        f"{URL}#k7mq-9xtd-4wpa",
    ],
)
def test_a_tracking_address_that_bears_the_lookup_code_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must not bear the lookup code"):
        replace(RECEIPT, tracking_url=url)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        replace(RECEIPT, filed_at=datetime(2026, 7, 1))  # noqa: DTZ001 - the naive one is the point


def test_the_same_receipt_is_the_same_file() -> None:
    assert receipt(RECEIPT) == receipt(replace(RECEIPT))


def _is_archival(data: Receipt) -> bool:
    metadata = read(data).xmp_metadata
    assert metadata is not None
    return (metadata.pdfaid_part, metadata.pdfaid_conformance) == ("2", "A")
