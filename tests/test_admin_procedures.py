"""The page of a procedure: its text, every fault at its line, saving, publishing; nothing is lost."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from engine.format import documents, source
from engine.publishing import rows, versions
from engine.storage.database import count_queries
from engine.storage.models import JournalEntry, Limit, ProcedureRow, TemplateFile, Version, dumps
from tests import admin_cases, filing_cases
from tests.admin_cases import CHIEF, OFFICER, WARD_CHIEF, Desk, words_of
from tests.filing_cases import DOCUMENT, NOW, PDF

CODE = DOCUMENT["code"]
PAGE = f"/quan-tri/thu-tuc/{CODE}"


@pytest.fixture(autouse=True)
def office(app: Flask) -> Iterator[None]:
    admin_cases.make_office(app)
    with app.app_context():
        filing_cases.prepare()
        rows.write(DOCUMENT, now=NOW)
    yield
    ProcedureRow.update(current=None).execute()
    for table in (Version, ProcedureRow, JournalEntry, Limit):
        table.delete().execute()


@pytest.fixture
def chief(app: Flask) -> Desk:
    return Desk(app, CHIEF)


def text_of(page: str) -> str:
    found = re.search(r"<textarea id=\"yaml\"[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found
    return unescape(found[1])


def revision_of(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]


def send(chief: Desk, text: str, action: str = "save", revision: str | None = None, path: str = PAGE) -> Any:
    revision = revision if revision is not None else str(ProcedureRow.get(ProcedureRow.code == CODE).revision)
    return chief.post(path, yaml=text, _action=action, revision=revision)


def written(**change: Any) -> str:
    return source.dump({**DOCUMENT, **change})


FAULTY = written(level=9, category="khong-co")


def test_the_page_shows_the_whole_as_text_that_reads_back_equal(chief: Desk) -> None:
    page = chief.get(PAGE)
    assert page.status_code == 200
    node, faults = source.parse(text_of(page.text), "x.yaml")
    assert not faults
    assert node is not None
    assert node.plain() == rows.read(CODE)


def test_checking_shows_every_fault_with_its_line_and_keeps_the_text(chief: Desk) -> None:
    page = send(chief, FAULTY, "check")
    assert page.status_code == 422
    lines = re.findall(r'data-line="(\d+)"', page.text)
    for wanted in ("level", "category"):
        line = next(number for number, line in enumerate(FAULTY.splitlines(), 1) if line.startswith(f"{wanted}:"))
        assert str(line) in lines
    assert text_of(page.text).strip() == FAULTY.strip()
    assert rows.read(CODE)["level"] == DOCUMENT["level"]


@pytest.mark.parametrize(
    "text", ["", "a: [", "- 1", "!!python/object:os.system {}", "a: &x 1\nb: *x", "\x00", "a: 1\na: 2"]
)
def test_whatever_is_no_definition_is_refused_in_words(chief: Desk, text: str) -> None:
    for action in ("check", "save"):
        page = send(chief, text, action)
        assert page.status_code == 422
        assert "mb-faults" in page.text


def test_checking_what_is_right_says_so_and_saves_nothing(chief: Desk) -> None:
    page = send(chief, written(title="Tên khác"), "check")
    assert page.status_code == 200
    assert rows.read(CODE)["title"] == DOCUMENT["title"]


def test_saving_writes_the_rows_and_remembers_who(chief: Desk) -> None:
    assert send(chief, written(title="Tên khác")).status_code == 303
    assert rows.read(CODE)["title"] == "Tên khác"
    assert JournalEntry.select().where(JournalEntry.actor == CHIEF, JournalEntry.subject == CODE).exists()


def test_saving_what_is_faulty_writes_nothing(chief: Desk) -> None:
    assert send(chief, FAULTY).status_code == 422
    assert rows.read(CODE)["level"] == DOCUMENT["level"]


def test_a_text_of_another_procedure_is_refused(chief: Desk) -> None:
    page = send(chief, written(code="9.000009"))
    assert page.status_code == 422
    assert "9.000009" in page.text
    assert "9.000009" not in rows.codes()


def test_a_stale_text_is_told_and_both_are_kept(chief: Desk) -> None:
    old = revision_of(chief.get(PAGE).text)
    send(chief, written(title="Của người trước"))
    page = send(chief, written(title="Của người sau"), revision=old)
    assert page.status_code == 409
    assert "Của người trước" in page.text
    assert "Của người sau" in text_of(page.text)
    assert rows.read(CODE)["title"] == "Của người trước"
    assert send(chief, text_of(page.text), "overwrite", revision_of(page.text)).status_code == 303
    assert rows.read(CODE)["title"] == "Của người sau"


def test_a_change_in_a_table_makes_the_open_page_stale(chief: Desk) -> None:
    old = revision_of(chief.get(PAGE).text)
    row = ProcedureRow.get(ProcedureRow.code == CODE)
    sent = {"title": "Từ bảng", "category": "ho-tich", "level": "3", "more": dumps(row.more)}
    assert chief.post(f"/quan-tri/dong-thu-tuc/edit/?id={row.id}", **sent).status_code == 303
    assert send(chief, written(), revision=old).status_code == 409


def test_publishing_makes_a_version_with_its_note_and_shows_it(app: Flask, chief: Desk) -> None:
    answer = chief.post(f"{PAGE}/cong-bo", revision=revision_of(chief.get(PAGE).text), note="Bản đầu")
    assert answer.status_code == 303
    with app.app_context():
        current = versions.current(CODE)
    assert current is not None
    assert (current.number, current.note, current.author) == (1, "Bản đầu", CHIEF)
    page = words_of(chief.get(PAGE).text)
    for said in ("Đang công bố phiên bản 1", "Bản đầu", current.digest[:16]):
        assert said in page
    assert "Xác nhận thử" in chief.get(f"{PAGE}/phien-ban/1").text


def test_publishing_the_same_again_makes_no_new_version(chief: Desk) -> None:
    for _ in range(2):
        chief.post(f"{PAGE}/cong-bo", revision=revision_of(chief.get(PAGE).text), note="")
    assert Version.select().count() == 1
    assert "không có gì mới" in chief.get(PAGE).text


def test_publishing_faulty_rows_shows_the_faults_and_publishes_nothing(app: Flask, chief: Desk) -> None:
    with app.app_context():
        rows.write({**DOCUMENT, "level": 9}, now=NOW)
    page = chief.post(f"{PAGE}/cong-bo", revision=revision_of(chief.get(PAGE).text), note="Ghi chú còn đây")
    assert page.status_code == 422
    assert "Dòng" in page.text
    assert "Ghi chú còn đây" in page.text
    assert not Version.select().exists()


def test_publishing_what_somebody_has_just_changed_is_stopped(chief: Desk) -> None:
    old = revision_of(chief.get(PAGE).text)
    send(chief, written(title="Của người trước"))
    assert chief.post(f"{PAGE}/cong-bo", revision=old, note="").status_code == 409
    assert not Version.select().exists()


def test_a_new_procedure_is_made_of_its_text(chief: Desk) -> None:
    assert "format: 1" in text_of(chief.get("/quan-tri/thu-tuc-moi").text)
    answer = send(chief, written(code="9.000002"), path="/quan-tri/thu-tuc-moi")
    assert answer.location == "/quan-tri/thu-tuc/9.000002"
    assert "9.000002" in rows.codes()


@pytest.mark.parametrize("text", [FAULTY, written()], ids=["faulty", "code taken"])
def test_a_new_procedure_is_refused_with_its_text_kept(chief: Desk, text: str) -> None:
    page = send(chief, text, path="/quan-tri/thu-tuc-moi")
    assert page.status_code == 422
    assert text_of(page.text).strip() == text.strip()


def test_the_list_finds_by_code_and_words_and_counts_few_queries(chief: Desk) -> None:
    with count_queries() as queries:
        page = chief.get("/quan-tri/thu-tuc", q="xac nhan thu")
    assert CODE in page.text
    assert len(queries) <= 15
    assert CODE not in chief.get("/quan-tri/thu-tuc", q="không có").text


@pytest.mark.parametrize(("number", "shown"), [("1", 50), ("2", 11), ("99", 11), ("-3", 50), ("x", 50)])
def test_the_list_is_paged(chief: Desk, number: str, shown: int) -> None:
    ProcedureRow.insert_many(
        {"code": f"8.{at:06}", "title": "T", "category": "ho-tich", "level": 1, "changed_at": NOW, "more": {}}
        for at in range(60)
    ).execute()
    page = chief.get("/quan-tri/thu-tuc", trang=number).text
    assert page.count("<tr data-href") == shown


def test_the_text_and_the_zip_can_be_taken_away(chief: Desk) -> None:
    text = chief.get(f"{PAGE}/tai-ve.yaml")
    assert text.headers["Content-Disposition"] == f"attachment; filename={CODE}.yaml"
    assert source.parse(text.data, "x")[0] is not None
    as_json, _ = documents.parse(chief.get(f"{PAGE}/tai-ve.json").data, "x.json")
    assert as_json is not None
    assert as_json.plain() == rows.read(CODE)
    packed = zipfile.ZipFile(BytesIO(chief.get(f"{PAGE}/tai-ve.zip").data))
    assert f"{CODE}.yaml" in packed.namelist()
    assert chief.get(f"{PAGE}/tai-ve.exe").status_code == 404


@pytest.mark.parametrize("path", ["/quan-tri/thu-tuc/0.0", f"{PAGE}/phien-ban/7", "/quan-tri/thu-tuc/0.0/tai-ve.zip"])
def test_what_is_not_there_is_not_found(chief: Desk, path: str) -> None:
    assert chief.get(path).status_code == 404


@pytest.mark.parametrize("email", [OFFICER, WARD_CHIEF])
def test_only_the_installations_administrators_edit_procedures(app: Flask, email: str) -> None:
    desk = Desk(app, email)
    for path in ("/quan-tri/thu-tuc", PAGE, "/quan-tri/thu-tuc-moi"):
        assert desk.get(path).status_code == 403
    assert send(desk, written(title="Lén")).status_code == 403
    assert rows.read(CODE)["title"] == DOCUMENT["title"]


def test_saving_without_token_is_refused(chief: Desk) -> None:
    assert chief.client.post(PAGE, data={"yaml": written(title="Lén"), "_action": "save"}).status_code == 400


# Blank forms


def _upload(chief: Desk, content: bytes, name: str) -> Any:
    row = ProcedureRow.get(ProcedureRow.code == CODE)
    return chief.post("/quan-tri/mau-don/new/", procedure=str(row.id), upload=(BytesIO(content), name))


def test_a_blank_form_is_taken_and_handed_out_and_replaced(chief: Desk) -> None:
    assert _upload(chief, PDF, "to-khai.pdf").status_code == 303
    assert _upload(chief, PDF + b"2", "to-khai.pdf").status_code == 303
    stored = TemplateFile.get(TemplateFile.file == "to-khai.pdf")
    answer = chief.get(f"/quan-tri/mau-don/tep/{stored.id}")
    assert answer.data == PDF + b"2"
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"MZ\x00\x00", "to-khai.pdf", "không phải loại được nhận"),
        (b"<script>", "trang.html", "không phải loại được nhận"),
        (b"", "rong.pdf", "trống"),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused(chief: Desk, content: bytes, name: str, says: str) -> None:
    page = _upload(chief, content, name)
    assert page.status_code == 422
    assert says in page.text
    assert not TemplateFile.select().exists()
