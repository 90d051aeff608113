"""National information texts: what of them becomes rows, what is kept as text, and that nothing is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.calendar import Duration
from engine.definition.library import Library
from engine.definition.loading import load_document, load_file
from engine.exchange.national import flattened
from engine.exchange.national.flattened import LawRow, cleaned
from engine.exchange.national.prose import markdown
from engine.exchange.national.texts import Imported, imported, parted
from engine.form.markdown import rendered
from engine.format import source
from engine.format.faults import errors
from engine.platform.settings import ROOT

TEXTS = Path(__file__).parent / "national"
LIBRARY = Library.folder(ROOT / "definitions")
CATEGORIES = LIBRARY.catalogs["categories"]


class Shape(NamedTuple):
    """What a text holds, counted in it by hand: ways to file with their times, papers with the headings above them and
    the sums of their originals and copies, rows that ask for nothing, results, legal texts and those with a day."""

    ways: dict[str, dict[str, int] | None]
    papers: int
    groups: int
    originals: int
    copies: int
    notes: int
    results: int
    laws: int
    dated: int


def ways(*channels: str, **time: int) -> dict[str, dict[str, int] | None]:
    return dict.fromkeys(channels, time or None)


ALL = ("online", "post", "in_person")
HAND_MADE = {
    #                       ways to file             papers, groups, originals, copies, notes, results, laws, dated
    "1.000656": Shape(ways(*ALL),                                          8, 2, 8, 0, 19, 1, 15, 4),
    "1.000894": Shape(ways(*ALL),                                          4, 1, 4, 0, 19, 1, 16, 4),
    "1.001022": Shape(ways(*ALL),                                          5, 2, 5, 0, 22, 1, 16, 4),
    "1.001193": Shape(ways(*ALL),                                          8, 2, 8, 0, 25, 1, 15, 4),
    "1.001612": Shape(ways(*ALL),                                          8, 1, 1, 7, 0, 2, 5, 1),
    "1.002755": Shape(ways("online", "in_person", working_days=3),         6, 3, 6, 0, 1, 4, 9, 2),
    "1.003677": Shape(ways("online", working_days=1),                      3, 2, 3, 1, 0, 3, 7, 2),
    "1.004194": Shape(ways("online", "in_person", working_days=3),         7, 3, 7, 1, 2, 4, 11, 2),
    "1.004222": Shape(ways("online", "in_person", working_days=7),         15, 6, 15, 0, 3, 4, 11, 2),
    "1.004772": Shape(ways(*ALL),                                          8, 2, 7, 1, 21, 1, 16, 5),
    "1.004837": Shape(ways(*ALL, working_days=3),                          7, 2, 7, 0, 17, 1, 16, 4),
    "1.004859": Shape(ways(*ALL),                                          6, 2, 6, 1, 18, 1, 16, 4),
    "1.004873": Shape(ways(*ALL),                                          6, 2, 6, 0, 26, 1, 16, 4),
    "1.004884": Shape(ways(*ALL),                                          8, 2, 6, 2, 8, 1, 16, 5),
    "1.010038": Shape(ways("in_person", "online", working_days=5),         3, 2, 3, 0, 1, 4, 9, 2),
    "1.010041": Shape(ways("online", working_days=1),                      1, 0, 1, 0, 1, 2, 8, 2),
    "1.012812": Shape({"post": {"days": 30}, "in_person": {"days": 40}},   2, 0, 2, 2, 0, 2, 3, 2),
    "1.013225": Shape(ways("online", "post", days=20) | ways("in_person", days=15), 53, 7, 59, 50, 0, 1, 7, 0),
    "2.000635": Shape(ways(*ALL),                                          5, 2, 5, 1, 20, 1, 15, 4),
    "2.000815": Shape(ways("in_person"),                                   1, 0, 1, 0, 0, 1, 6, 0),
    "2.000884": Shape(ways("in_person"),                                   2, 1, 2, 0, 0, 1, 8, 0),
    "2.001263": Shape(ways(*ALL),                                          11, 2, 10, 1, 6, 1, 8, 2),
}  # fmt: skip
CODES = tuple(HAND_MADE)
LONG = " ".join(["Giấy khám sức khỏe"] * 10)

LEAST = {
    "ma_thu_tuc": "9.000001",
    "ten_thu_tuc": "Thủ tục thử nghiệm",
    "linh_vuc": "Hộ tịch",
    "trinh_tu_thuc_hien": "Bước 1: Nộp hồ sơ.",
    "cach_thuc_thuc_hien": "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tiếp3 NgàyMiễn phí",
    "thanh_phan_ho_so": "--Tên giấy tờMẫu đơn, tờ khaiSố lượng- Tờ khai;1 bản chính",
}


def data(code: str) -> bytes:
    return (TEXTS / f"{code}.json").read_bytes()


def raw(code: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads(data(code))
    return texts


def read(code: str) -> Any:
    document = imported(data(code), f"{code}.json", CATEGORIES).document
    assert document is not None
    return document


def from_texts(**changed: Any) -> Imported:
    return imported(json.dumps(LEAST | changed, ensure_ascii=False).encode(), "a.json", CATEGORIES)


def document(**changed: Any) -> Any:
    found = from_texts(**changed)
    assert found.document is not None, found.faults
    return found.document


def letters(text: str) -> str:
    """A text's letters and figures alone: blanks and marks are no content."""
    return "".join(char for char in cleaned(text).casefold() if char.isalnum())


def said(value: Any) -> Iterator[str]:
    """Every text of a document, in order."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from said(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from said(inner)
    elif isinstance(value, str):
        yield value


# The 22 texts


def test_every_text_here_has_its_line_in_the_table() -> None:
    assert sorted(path.stem for path in TEXTS.glob("*.json")) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_text_becomes_the_rows_that_were_counted_in_it(code: str) -> None:
    document, papers = read(code), read(code)["papers"]
    notes = [row for row in flattened.papers(cleaned(raw(code)["thanh_phan_ho_so"]))[0] if row.is_note]
    assert (
        Shape(
            ways={method["channel"]: method.get("time") for method in document["methods"]},
            papers=len(papers),
            groups=len({paper["group"] for paper in papers if "group" in paper}),
            originals=sum(paper["originals"] for paper in papers),
            copies=sum(paper["copies"] for paper in papers),
            notes=len(notes),
            results=len(document["results"]),
            laws=len(document["legal_basis"]),
            dated=sum("date" in law for law in document["legal_basis"]),
        )
        == HAND_MADE[code]
    )
    assert document["level"] == 1
    assert all({"title", "number"} <= set(law) for law in document["legal_basis"])
    assert all(result["code"].startswith("KQ.") for result in document["results"])


@pytest.mark.parametrize("code", CODES)
def test_the_document_is_a_procedure_that_can_be_published(code: str) -> None:
    procedure, faults = load_document(read(code), LIBRARY)
    assert procedure is not None, faults
    assert not errors(faults)
    assert all("it is not offered until it is there" in fault.what for fault in faults)  # blank forms to upload
    assert (procedure.code, procedure.level, procedure.online) == (code, 1, False)


@pytest.mark.parametrize("code", CODES)
def test_the_document_is_written_and_read_as_the_same(code: str) -> None:
    node, faults = source.parse(source.dump(read(code)), "a.yaml")
    assert faults == ()
    assert node is not None
    assert node.plain() == read(code)


@pytest.mark.parametrize("code", CODES)
def test_the_rows_rebuild_the_tables_to_the_letter(code: str) -> None:
    texts = {key: cleaned(text) for key, text in raw(code).items()}
    assert letters(rebuilt_papers(texts["thanh_phan_ho_so"])) == letters(texts["thanh_phan_ho_so"])
    laws = flattened.laws(texts["can_cu_phap_ly"])
    assert letters(flattened.LAWS_HEAD + "".join(law.title + number(law, texts) for law in laws)) == letters(
        texts["can_cu_phap_ly"]
    )
    results = "".join(f"{row.title}Mã{row.code}" for row in flattened.results(texts["ket_qua_xu_ly"])[0])
    assert letters(texts["ket_qua_xu_ly"]).startswith(letters(results) + letters("Từ khóa"))


def number(law: LawRow, texts: dict[str, str]) -> str:
    """A number as the text writes it: one of them with its kind before it."""
    kind = f"Thông tư số {law.number}"
    return kind if f"{law.title}{kind}" in re.sub(r"\s+", " ", texts["can_cu_phap_ly"]) else law.number


def rebuilt_papers(text: str) -> str:
    """The table of papers out of its rows: each heading is followed by the table's own and by the rows below it."""
    rows = list(flattened.papers(text)[0])
    first, *tables = text.split(flattened.PAPERS_HEAD)
    parts = [first]
    for table in tables:
        parts.append(flattened.PAPERS_HEAD)
        for _ in range(len(re.findall(r"\d bản chính", table))):
            row = rows.pop(0)
            form = re.search(rf"\d\.{re.escape(row.file)}", table)[0] if row.file else ""  # type: ignore[index]
            copies = f"{row.copies} bản sao" if f"bản chính,{row.copies} bản sao" in table and row.copies else ""
            parts.append(f"{row.text}{form}{row.originals} bản chính{copies}")
        parts.append(rows[0].group if rows else "")
    return "".join(parts)


@pytest.mark.parametrize("code", CODES)
def test_no_sentence_is_lost(code: str) -> None:
    """Every line of the prose, every row of the tables, whole: the title and the note of a paper stand side by side."""
    kept = letters(" ".join(said(read(code))))
    texts = {key: flattened.told(cleaned(text)) for key, text in raw(code).items()}
    assert [part for part in parts_of(texts) if letters(part) not in kept] == []


def parts_of(texts: dict[str, str]) -> Iterator[str]:
    for key in ("trinh_tu_thuc_hien", "yeu_cau_dieu_kien", "doi_tuong_thuc_hien", "so_quyet_dinh"):
        yield from texts[key].split("\n")
    yield texts["ten_thu_tuc"].removeprefix("Thủ tục ")
    for key in ("cap_thuc_hien", "co_quan_thuc_hien", "co_quan_co_tham_quyen", "dia_chi_tiep_nhan", "co_quan_phoi_hop",
                "co_quan_duoc_uy_quyen", "thu_tuc_lien_quan", "loai_thu_tuc"):  # fmt: skip
        yield texts[key]
    for method in flattened.methods(texts["cach_thuc_thuc_hien"])[0]:
        yield from (method.detail, *method.note.split("\n"), method.fee, method.bare)
    for paper in flattened.papers(texts["thanh_phan_ho_so"])[0]:
        yield from (paper.text, paper.file, *([] if paper.is_note else [paper.group]))


@pytest.mark.parametrize("code", CODES)
def test_the_ways_to_file_rebuild_their_table_to_the_letter(code: str) -> None:
    text = cleaned(raw(code)["cach_thuc_thuc_hien"])
    rows = flattened.methods(text)[0]
    words = [letters(part) for row in rows for part in (row.detail, row.note)]
    for word in sorted(words, key=len, reverse=True):
        assert word in letters(text)
    rest = letters(text)
    for word in words:
        rest = rest.replace(word, "", 1)
    named = r"(?:trựctuyến|trựctiếp|dịchvụbưuchính)(?:khôngcóthôngtin|\d*(?:ngàylàmviệc|ngày)?)"
    fees = r"(?:khôngcóthôngtin|miễnphí|\d+(?:việtnamđồng|vnđ|usd)(?:trang|bản|trườnghợp)?)"
    assert re.fullmatch(rf"{letters(flattened.METHODS_HEAD)}(?:{named}{fees}){{{len(rows)}}}", rest), rest


def test_what_was_kept_as_text_is_told_at_its_line() -> None:
    faults = imported(data("2.001263"), "a.json", CATEGORIES).faults
    assert all(fault.warning for fault in faults)
    assert "a.json:16: thanh_phan_ho_so: warning: rows that ask for no paper, kept in the instructions: 6" in map(
        str, faults
    )


def test_times_without_a_unit_are_kept_as_text_or_take_the_unit_that_is_given() -> None:
    assert read("1.004873")["methods"][0]["note"] == "Thời hạn giải quyết: 3 (không ghi đơn vị)."
    given = imported(data("1.004873"), "a.json", CATEGORIES, unit="working_days").document
    assert given is not None
    assert [method["time"] for method in given["methods"]] == [{"working_days": 3}] * 3
    assert not any("note" in method for method in given["methods"])


def test_a_way_that_stands_twice_is_one_with_the_first_time_and_the_words_of_both() -> None:
    document = read("1.010041")
    assert document["methods"] == [{"channel": "online", "time": {"working_days": 1}, "fee": "Miễn phí"}]
    assert "3 ngày làm việc: Kể từ ngày nhận được hồ sơ hợp lệ" in document["instructions"]
    assert read("2.000815")["methods"][0]["fee"] == "2.000 đ/trang; 10 USD/bản"


def test_papers_without_a_heading_come_before_those_with_one() -> None:
    papers = read("1.000656")["papers"]
    assert [paper.get("group") for paper in papers] == [
        *[None] * 2, *["Giấy tờ phải nộp"] * 3, *["Giấy tờ phải xuất trình"] * 3
    ]  # fmt: skip


def test_a_paper_names_its_blank_form() -> None:
    document = read("1.004194")
    assert document["templates"] == [
        {"file": "MuCT01banhnhkmtheoThngts53.doc", "title": "Tờ khai thay đổi thông tin cư trú"}
    ]
    assert sum("template" in paper for paper in document["papers"]) == 3


def test_names_of_papers_are_short_words_of_their_titles_and_each_its_own() -> None:
    names = [paper["name"] for code in CODES for paper in read(code)["papers"]]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{2,39}", name) for name in names)
    assert "to_khai_dang_ky_khai_tu_theo_mau" in names
    for code in CODES:
        own = [paper["name"] for paper in read(code)["papers"]]
        assert len(own) == len(set(own))


def test_the_same_title_twice_makes_two_names_and_a_reserved_word_none() -> None:
    table = "--Tên giấy tờMẫu đơn, tờ khaiSố lượng" + "".join(
        f"{title}1 bản chính" for title in ("Đơn", "Đơn 2", "Đơn", "Đơn", "Agency", "(phụ lục)", "3 ảnh", "Giấy")
    )
    names = [paper["name"] for paper in document(thanh_phan_ho_so=table)["papers"]]
    assert names == ["don", "don_2", "don_3", "don_4", "agency_2", "giay", "anh", "giay_2"]


# One table after the other


@pytest.mark.parametrize(
    ("row", "time", "bare", "fee", "detail", "note"),
    [
        ("3 Ngày làm việcMiễn phí", Duration("working_days", 3), "", "Miễn phí", "", ""),
        ("30 NgàyMiễn phí(Theo luật)", Duration("days", 30), "", "Miễn phí", "Theo luật", ""),
        ("4 Giờ làm việc10,000 VNĐ", Duration("working_hours", 4), "", "10.000 đ", "", ""),
        ("8 Giờ10,000 VNĐ", Duration("working_hours", 8), "", "10.000 đ", "", ""),
        ("1Miễn phí", None, "1", "Miễn phí", "", ""),
        ("0 NgàyMiễn phí", None, "0 Ngày", "Miễn phí", "", ""),
        ("9999 NgàyMiễn phí", None, "9999 Ngày", "Miễn phí", "", ""),
        ("Không có thông tin2,000 Việt Nam Đồng(/trang)Tại xã", None, "", "2.000 đ/trang", "", "Tại xã"),
        ("Không có thông tin10 USD(/bản)", None, "", "10 USD/bản", "", ""),
        ("3 NgàyKhông có thông tin- Tại xã", Duration("days", 3), "", "", "", "- Tại xã"),
        ("1Miễn phí((Miễn (hết) cả.))Sau", None, "1", "Miễn phí", "Miễn (hết) cả.", "Sau"),
        ("1Miễn phí(không đóng", None, "1", "Miễn phí", "", "(không đóng"),
        ("18,000 VNĐ", None, "", "18.000 đ", "", ""),  # 1 and 8.000, or 18.000: the time is not guessed
    ],
)
def test_a_way_to_file_is_told_by_its_time_and_fee(
    row: str, time: Duration | None, bare: str, fee: str, detail: str, note: str
) -> None:
    (found,), rest = flattened.methods(f"{flattened.METHODS_HEAD}Trực tiếp{row}")
    assert (found.channel, rest) == ("in_person", "")
    assert (found.time, found.bare, found.fee, found.detail, found.note) == (time, bare, fee, detail, note)


def test_a_channel_in_a_sentence_begins_no_row() -> None:
    rows, _ = flattened.methods("Trực tuyến1Miễn phíNộp Trực tiếp tại xã, Trực tuyến qua mạng.Trực tiếp1Miễn phí")
    assert [(row.channel, row.note) for row in rows] == [
        ("online", "Nộp Trực tiếp tại xã, Trực tuyến qua mạng."), ("in_person", "")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("- Tờ khai;1 bản chính- Đơn.2 bản chính,1 bản sao", [("- Tờ khai;", 1, 0), ("- Đơn.", 2, 1)]),
        ("Nộp 01 bản chính và 02 bản chụp.1 bản chính", [("Nộp 01 bản chính và 02 bản chụp.", 1, 0)]),
        ("Tờ khai năm 20241 bản chính", [("Tờ khai năm 2024", 1, 0)]),
        ("Tờ khai 1 bản chínhĐơn1 bản chính", [("Tờ khai", 1, 0), ("Đơn", 1, 0)]),
        ("Ảnh12 bản chính", [("Ảnh", 12, 0)]),
        ("Ghi chú.0 bản chính", [("Ghi chú.", 0, 0)]),
    ],
)
def test_a_paper_ends_with_its_numbers(table: str, rows: list[tuple[str, int, int]]) -> None:
    found, rest = flattened.papers(f"--{flattened.PAPERS_HEAD}{table}")
    assert [(row.text, row.originals, row.copies) for row in found] == rows
    assert rest == ""


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("(Mẫu CT01).1.MuCT01.doc", "MuCT01.doc"),
        ("(Mẫu CT01);2.Mu CT01 (3).DOCX", "Mu CT01 (3).DOCX"),
        ("theo Thông tư 1.doc", ""),
        ("(Mẫu).1.a/b.doc", ""),
    ],
)
def test_a_blank_form_stands_before_the_numbers(text: str, file: str) -> None:
    (row,), _ = flattened.papers(f"--{flattened.PAPERS_HEAD}{text}1 bản chính")
    assert row.file == file


@pytest.mark.parametrize("text", ["Lưu ý: xem thêm", "*Lưu ý: xem thêm", "- LƯU Ý - xem"])
def test_a_remark_asks_for_no_paper_whatever_its_numbers(text: str) -> None:
    (row,), _ = flattened.papers(f"--{flattened.PAPERS_HEAD}{text}1 bản chính,1 bản sao")
    assert row.is_note


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("Luật Hộ tịch60/2014/QH13", [("Luật Hộ tịch", "60/2014/QH13", "", "Quốc hội")]),
        ("Luật Cư trú 202068/2020/QH14", [("Luật Cư trú 2020", "68/2020/QH14", "", "Quốc hội")]),
        ("Luật 60/2014/QH1360/2014/QH13", [("Luật 60/2014/QH13", "60/2014/QH13", "", "Quốc hội")]),
        (
            "Nghị định số 1/2025/NĐ-CP ngày 01/7/2025 của Chính phủ1/2025/NĐ-CPquy định2/2025/TT-BTP",
            [("Nghị định số 1/2025/NĐ-CP ngày 01/7/2025 của Chính phủ", "1/2025/NĐ-CP", "01/07/2025", "Chính phủ"),
             ("quy định", "2/2025/TT-BTP", "", "Bộ Tư pháp")],
        ),
        (
            "Thông tư 5/2025/TT-BCAngày 2 tháng 3 năm 2025 về5/2025/TT-BCATHÔNG TƯ6/2025/TT-BCA",
            [("Thông tư 5/2025/TT-BCAngày 2 tháng 3 năm 2025 về", "5/2025/TT-BCA", "02/03/2025", "Bộ Công an"),
             ("THÔNG TƯ", "6/2025/TT-BCA", "", "Bộ Công an")],
        ),
        ("Thông tư của BộThông tư số 3/2023/TT-BTP", [("Thông tư của Bộ", "3/2023/TT-BTP", "", "Bộ Tư pháp")]),
        ("Nghị quyết A66.7/2025/NQ-CPB9/2025/NĐ-C", [("Nghị quyết A", "66.7/2025/NQ-CP", "", "Chính phủ"),
                                                       ("B", "9/2025/NĐ-C", "", "")]),
        ("Nghị quyết B12/2025/UBTVQH15", [("Nghị quyết B", "12/2025/UBTVQH15", "", "Ủy ban Thường vụ Quốc hội")]),
        ("Một văn bản không số", [("Một văn bản không số", "", "", "")]),
        ("", []),
    ],
)  # fmt: skip
def test_a_legal_text_ends_with_the_number_glued_to_its_title(table: str, rows: list[tuple[str, ...]]) -> None:
    assert [tuple_of(law) for law in flattened.laws(flattened.LAWS_HEAD + table)] == rows


def tuple_of(law: LawRow) -> tuple[str, ...]:
    return (law.title, law.number, law.day, law.issuer)


def test_results_bring_their_codes_keywords_and_what_else_is_said() -> None:
    text = "Giấy AMã: KQ.G01.000001Giấy BMã: KQ.G01.000002Từ khóaa, bMô tảNhận tại nhàChọn cơ quan thực hiệnTỉnh"
    found = document(ket_qua_xu_ly=text)
    assert found["results"] == [
        {"title": "Giấy A", "code": "KQ.G01.000001"},
        {"title": "Giấy B", "code": "KQ.G01.000002"},
    ]
    assert found["keywords"] == ["a", "b"]
    assert "### Về kết quả\n\nNhận tại nhà" in found["instructions"]
    assert "Tỉnh" not in found["instructions"]


def test_the_audience_is_parted_between_its_members_only() -> None:
    text = "Hợp tác xã, Cán bộ, công chức, viên chức, Tổ chức (không bao gồm doanh nghiệp, HTX)"
    assert document(doi_tuong_thuc_hien=text)["audience"] == [
        "Hợp tác xã", "Cán bộ, công chức, viên chức", "Tổ chức (không bao gồm doanh nghiệp, HTX)"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "title", "note"),
    [
        ("- Tờ khai;", "Tờ khai", ""),
        ("+ Giấy báo tử. Trường hợp đã nộp thì thôi.", "Giấy báo tử", "Trường hợp đã nộp thì thôi."),
        ("Giấy tờ gồm: + Căn cước; + Hộ chiếu.", "Giấy tờ gồm", "+ Căn cước; + Hộ chiếu."),
        ("Quyết định; Văn bản thẩm định;", "Quyết định; …", "Văn bản thẩm định"),
        (f"{LONG} (trừ trường hợp (a))", LONG, "(trừ trường hợp (a))"),
    ],
)  # fmt: skip
def test_a_paper_is_called_by_its_first_sentence(text: str, title: str, note: str) -> None:
    assert parted(text) == (title, note)


# Prose


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("- Một\n+ Hai\n- Ba", "- Một\n  - Hai\n- Ba"),
        ("* Nhóm: - Một\n- Hai", "- Nhóm:\n  - Một\n  - Hai"),
        ("Đầu\n\n- Một\nCuối", "Đầu\n\n- Một\n\nCuối"),
        ("+) Một", "- Một"),
        ("Bước 1: Nộp.\n Bước 2: Nhận.", "**Bước 1:** Nộp.\n\n**Bước 2:** Nhận."),
        ("Gồm: + Một; + Hai", "Gồm:\n\n- Một;\n- Hai"),
        ("5 - 10 ngày, 3 + 4", "5 - 10 ngày, 3 + 4"),
        ("# a\n1. b *c* _d_ <e>", "\\# a\n\n1\\. b \\*c\\* \\_d\\_ \\<e\\>"),
        ("", ""),
    ],
)
def test_typed_lists_become_lists(text: str, written: str) -> None:
    assert markdown(text) == written


def test_what_looks_like_markup_is_shown_as_it_was_typed() -> None:
    page = rendered(markdown("# Mục\n1. <script>alert(1)</script> *đậm* [a](http://b) | c"))
    assert "<h" not in page
    assert "<em>" not in page
    assert "<a " not in page
    assert "&lt;script&gt;" in page


# What is not as it should be


def test_a_text_of_the_needed_keys_alone_is_enough() -> None:
    assert document() == {
        "format": 1, "code": "9.000001", "title": "Thử nghiệm", "category": "ho-tich", "level": 1,
        "methods": [{"channel": "in_person", "time": {"days": 3}, "fee": "Miễn phí"}],
        "papers": [{"name": "to_khai", "title": "Tờ khai", "originals": 1, "copies": 0}],
        "instructions": "**Bước 1:** Nộp hồ sơ.\n",
    }  # fmt: skip


def sentences(faults: Iterable[Any]) -> list[str]:
    return [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b"{", "this is no JSON"),
        (b"[]", "a mapping of texts is wanted"),
        (b"\xff\xfe{}", "UTF-8"),
        (b'{"a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "deep"),
        (b'"' + b"x" * 2_100_000 + b'"', "large"),
        (b'{"ma_thu_tuc": "1", "ma_thu_tuc": "2"}', "stands twice"),
        (b"{}", 'the key "ma_thu_tuc" is missing'),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    found = imported(content, "a.json", CATEGORIES)
    assert found.document is None
    assert any(sentence in told for told in sentences(found.faults)), sentences(found.faults)
    assert all(len(told) < 300 for told in sentences(found.faults))


@pytest.mark.parametrize("key", LEAST)
def test_each_needed_key_must_be_there_and_say_something(key: str) -> None:
    without = {name: text for name, text in LEAST.items() if name != key}
    found = imported(json.dumps(without).encode(), "a.json", CATEGORIES)
    assert f'a.json:1: the key "{key}" is missing' in sentences(found.faults)
    assert any("this text is empty" in told for told in sentences(from_texts(**{key: " "}).faults))
    assert any("a text is wanted here" in told for told in sentences(from_texts(**{key: ["x"]}).faults))


def test_a_misspelt_key_is_suggested() -> None:
    texts = {name.replace("linh_vuc", "linhvuc"): text for name, text in LEAST.items()}
    found = imported(json.dumps(texts).encode(), "a.json", CATEGORIES)
    assert 'a.json:1: the key "linh_vuc" is missing; did you mean "linhvuc"?' in sentences(found.faults)


def test_the_category_is_found_however_it_is_typed() -> None:
    assert document(linh_vuc="HỘ  TỊCH.")["category"] == "ho-tich"


def test_an_unknown_category_is_refused_with_the_nearest_or_replaced_by_the_one_given() -> None:
    found = from_texts(linh_vuc="Hộ tích hợp")
    assert found.document is None
    assert 'is no category of the catalog; did you mean "Hộ tịch"?' in str(found.faults[0])
    texts = json.dumps(LEAST | {"linh_vuc": "Thủy lợi"}).encode()
    instead = imported(texts, "a.json", CATEGORIES, category="dat-dai")
    assert instead.document is not None
    assert instead.document["category"] == "dat-dai"
    assert '"Thủy lợi" is no category of the catalog; "dat-dai" was put in its place' in str(instead.faults[0])


def test_a_table_that_cannot_be_told_is_kept_whole() -> None:
    found = from_texts(cach_thuc_thuc_hien="Nộp ở đâu cũng được.", thanh_phan_ho_so="Không cần giấy tờ nào.")
    assert found.document is not None
    assert found.document["methods"] == [{"channel": "in_person"}]
    assert "papers" not in found.document
    assert "Nộp ở đâu cũng được." in found.document["instructions"]
    assert "Không cần giấy tờ nào." in found.document["instructions"]
    assert [fault.place for fault in found.faults] == ["thanh_phan_ho_so", *["cach_thuc_thuc_hien"] * 2]


def test_a_key_that_nobody_knows_is_kept_and_told() -> None:
    found = from_texts(ghi_chu="Mang theo bút.")
    assert found.document is not None
    assert "### Thông tin khác\n\nMang theo bút." in found.document["instructions"]
    assert "this key is not known" in str(found.faults[0])


def test_the_same_words_of_several_ways_to_file_stand_once() -> None:
    words = "Mức thu do Hội đồng nhân dân tỉnh quyết định. " * 4
    rows = "".join(f"{channel}1 NgàyMiễn phí({words})" for channel in flattened.CHANNELS)
    found = document(cach_thuc_thuc_hien=rows)
    assert found["instructions"].count("Mức thu do") == 4
    assert "**Trực tuyến, Trực tiếp, Dịch vụ bưu chính**" in found["instructions"]
    assert {method["fee"] for method in found["methods"]} == {"Miễn phí (xem Trình tự thực hiện)"}


@pytest.mark.parametrize("bad", ["\u200b", "\u200e", "\u202e", "\u00a0", "\u0085"])
def test_what_nobody_sees_is_left_out(bad: str) -> None:
    title = document(ten_thu_tuc=f"Khai{bad} tử")["title"]
    assert title == "Khai tử"


@pytest.mark.parametrize("bad", ["\u0000", "\ud800"])
def test_what_no_file_may_hold_is_refused_with_a_sentence(bad: str) -> None:
    found = imported(json.dumps(LEAST | {"ten_thu_tuc": f"Khai{bad}"}).encode(), "a.json", CATEGORIES)
    assert found.document is None
    assert f"the character U+{ord(bad):04X} may not stand in a file" in str(found.faults[0])


def test_decomposed_letters_are_composed() -> None:
    assert document(ten_thu_tuc="Khai tu\u031b\u0309")["title"] == "Khai tử"


@pytest.mark.parametrize("code", ["../x", "a b", "x" * 70, ".."])
def test_a_code_that_could_be_no_address_is_refused(code: str) -> None:
    found = from_texts(ma_thu_tuc=code)
    assert found.document is None
    assert [fault.place for fault in found.faults] == ["ma_thu_tuc"]


@pytest.mark.parametrize("filler", ["(", "1 bản chính", "- ", "Trực tiếp1Miễn phí(", "1/2020/TT-", "một; ", "a. A"])
def test_long_repetitions_are_read_in_bounded_time(filler: str) -> None:
    text = filler * (100_000 // len(filler))
    for key in ("cach_thuc_thuc_hien", "thanh_phan_ho_so", "can_cu_phap_ly", "ket_qua_xu_ly", "trinh_tu_thuc_hien"):
        found = from_texts(**{key: text})
        assert found.document is None or found.document["code"] == "9.000001"


# The shipped definitions, which say the same in the product's own words

SHIPPED = tuple(code for code in CODES if (ROOT / "definitions" / f"{code}.yaml").is_file())


@pytest.mark.parametrize("code", SHIPPED)
def test_a_shipped_definition_rests_on_what_the_national_text_names(code: str) -> None:
    shipped, faults = load_file(ROOT / "definitions" / f"{code}.yaml")
    assert shipped is not None, faults
    text = read(code)
    numbers = [law.number for law in shipped.legal_basis]
    assert [law["number"] for law in text["legal_basis"] if not found(law["number"], numbers)] == []
    assert {result.code for result in shipped.results} == {result["code"] for result in text["results"]}
    assert shipped.decision == text["decision"]
    assert shipped.category == text["category"]
    for method in text["methods"]:
        if method["channel"] != "online" or shipped.online:  # what is not filed here says nothing of that way
            here = shipped.method(method["channel"])
            assert here is not None
            assert "time" not in method or here.time == Duration.of(method["time"])


def found(number: str, numbers: list[str | None]) -> bool:
    """Whether a number is among them; one that was cut in the text begins one of them."""
    return any(other is not None and other.startswith(number) for other in numbers)
