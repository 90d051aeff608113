"""Bringing files in: what would change is shown first, and all of it is written or nothing."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engine.errors import ProcedureMoved, UploadGone
from engine.exchange import exports, imports, pending
from engine.exchange.pending import Upload
from engine.format import documents, source
from engine.publishing import rows, versions
from engine.storage.database import count_queries
from engine.storage.models import BlockRow, JournalEntry, Limit, ProcedureRow, TemplateFile, Version
from tests import admin_cases, filing_cases
from tests.admin_cases import CHIEF, OFFICER, WARD_CHIEF, Desk, words_of
from tests.filing_cases import DOCUMENT, NOW, PDF
from tests.xlsforms import of_name

CODE = DOCUMENT["code"]
PAGE = "/quan-tri/nhap-thu-tuc"
BLOCK: dict[str, Any] = {
    "format": 1, "block": "xe", "title": "Xe", "fields": [{"name": "bien_so", "kind": "text", "label": "Biển số"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def office(app: Flask) -> Iterator[None]:
    admin_cases.make_office(app)
    with app.app_context():
        filing_cases.prepare()
        rows.write(DOCUMENT, now=NOW)
    yield
    ProcedureRow.update(current=None).execute()
    BlockRow.delete().where(BlockRow.name == "xe").execute()
    for table in (Version, TemplateFile, ProcedureRow, JournalEntry, Limit):
        table.delete().execute()


@pytest.fixture
def chief(app: Flask) -> Desk:
    return Desk(app, CHIEF)


def text(name: str = "a.yaml", **change: Any) -> bytes:
    return documents.dump({**DOCUMENT, **change}, name).encode()


def packed(files: Mapping[str, bytes]) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def with_block(code: str = "9.000009") -> bytes:
    """A procedure that uses the block, and says a blank form."""
    form = [{"step": "s", "title": "S", "fields": [{"block": "xe"}]}]
    head = {key: DOCUMENT[key] for key in ("format", "category", "methods")}
    document = {**head, "code": code, "title": "Có khối", "level": 2, "form": form,
                "templates": [{"file": "don.pdf", "title": "Đơn"}]}  # fmt: skip
    return source.dump(document).encode()


# Reading and writing


@pytest.mark.parametrize("name", ["a.yaml", "a.json", "a.yml", "A.JSON"])
def test_a_file_is_compared_with_the_draft_that_is_there(app: Flask, name: str) -> None:
    with app.app_context():
        found = imports.read(text(name, title="Tên khác"), name)
    assert found.good
    (one,) = found.proposals
    assert (one.code, one.title, one.revision) == (
        CODE,
        "Tên khác",
        ProcedureRow.get(ProcedureRow.code == CODE).revision,
    )
    assert one.changes is not None
    assert [(change.what, change.option, change.new) for change in one.changes if change.option == "title"]


def test_the_same_again_changes_nothing_and_a_new_one_is_new(app: Flask) -> None:
    with app.app_context():
        assert imports.read(text(), "a.yaml").proposals[0].changes == ()
        assert imports.read(text(code="9.000003"), "a.yaml").proposals[0].revision is None


def test_a_draft_with_faults_cannot_be_compared_and_is_replaced(app: Flask) -> None:
    with app.app_context():
        rows.write({**DOCUMENT, "level": 9}, now=NOW)
        found = imports.read(text(), "a.yaml")
        assert found.proposals[0].changes is None
        imports.write(found, by=CHIEF, now=NOW)
        assert rows.read(CODE) == DOCUMENT


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"a: [", "a.yaml", "a.yaml:1: this is no YAML"),
        (b"{", "a.json", "a.json:1: this is no JSON"),
        (b"x", "a.zip", "the zip cannot be read"),
        (b"x", "a.xlsx", "this is no Excel workbook"),
        (b"\xd0\xcf\x11\xe0", "a.xls", "an old .xls file"),
        (b"x", "a.pdf", "a file of this sort is not read"),
        (b"x", "", "a file of this sort is not read"),
        (packed({"agencies.yaml": b"format: 1\nagencies: []\n"}), "a.zip", "the zip holds no definition"),
        (packed({"../a.yaml": b"x"}), "a.zip", "leaves the folder"),
        (packed({"a.yaml": text(), "b.json": text("b.json")}), "a.zip", f'the procedure "{CODE}" stands twice'),
        (packed({"a.yaml": text(), "b.yaml": b"a: ["}), "a.zip", "a.zip/b.yaml:1: this is no YAML"),
        (text(titel="x"), "a.yaml", 'unknown key "titel"; did you mean "title"?'),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_written(app: Flask, data: bytes, name: str, says: str) -> None:
    with app.app_context():
        before = (rows.codes(), rows.read(CODE))
        found = imports.read(data, name)
        assert not found.good
        assert any(says in str(fault) for fault in found.faults), found.faults
        with pytest.raises(ValueError, match="with faults"):
            imports.write(found, by=CHIEF, now=NOW)
        assert (rows.codes(), rows.read(CODE)) == before


def test_a_zip_brings_its_blocks_and_blank_forms(app: Flask) -> None:
    files = {"9.000009.yaml": with_block(), "blocks/xe.yaml": source.dump(BLOCK).encode(), "9.000009/don.pdf": PDF,
             "agencies.yaml": b"format: 1\nagencies: []\n"}  # fmt: skip
    with app.app_context():
        found = imports.read(packed(files), "a.zip")
        assert found.good, found.faults
        assert found.replaced == ()
        assert [one.sheet for one in found.told if "are not imported" in one.why] == ["agencies.yaml"]
        imports.write(found, by=CHIEF, now=NOW)
        assert rows.read_blocks()["xe"] == BLOCK
        assert versions.library().template("9.000009", "don.pdf") == PDF
        again = imports.read(exports.export_zip("9.000009"), "b.zip")
        assert (again.good, again.proposals[0].changes, again.replaced) == (True, (), ())


def test_a_block_that_is_there_and_differs_stops_the_zip_unless_it_may_be_replaced(app: Flask) -> None:
    other = source.dump({**BLOCK, "title": "Xe cộ"}).encode()
    data = packed({"9.000009.yaml": with_block(), "blocks/xe.yaml": other})
    with app.app_context():
        rows.write_block(BLOCK)
        found = imports.read(data, "a.zip")
        assert not found.good
        assert [fault.file for fault in found.faults if not fault.warning] == ["a.zip/blocks/xe.yaml"]
        found = imports.read(data, "a.zip", replace_shared=True)
        assert (found.good, found.replaced) == (True, ("blocks/xe.yaml",))
        imports.write(found, by=CHIEF, now=NOW)
        assert rows.read_blocks()["xe"]["title"] == "Xe cộ"


def test_of_several_procedures_all_are_written_or_none(app: Flask) -> None:
    data = packed({"a.yaml": text(title="Mới"), "b.yaml": text(code="9.000003")})
    with app.app_context():
        found = imports.read(data, "a.zip")
        rows.write({**DOCUMENT, "code": "9.000003"}, now=NOW)  # somebody made it in between
        with pytest.raises(ProcedureMoved):
            imports.write(found, by=CHIEF, now=NOW)
        assert rows.read(CODE) == DOCUMENT
        assert not JournalEntry.select().where(JournalEntry.action == "procedure_imported").exists()


# What waits


def test_an_upload_waits_for_its_person_alone_and_not_for_long(app: Flask) -> None:
    upload = Upload("a.yaml", b"a\nb\x00", {"code": "1"}, {"x": None, "y": 3})
    with app.app_context():
        kept = pending.keep(upload, person=7, now=NOW, token=lambda: "secret")
        assert pending.find(kept, person=7, now=NOW) == upload
        assert [path.stat().st_mode & 0o777 for path in pending.folder().iterdir()] == [0o600]
        assert not any("secret" in path.name for path in pending.folder().iterdir())
        for token, person, now in (("other", 7, NOW), (kept, 8, NOW), (kept, 7, NOW + pending.LIFETIME)):
            with pytest.raises(UploadGone):
                pending.find(token, person=person, now=now)
        pending.keep(upload, person=8, now=NOW + timedelta(minutes=1), token=lambda: "second")
        pending.keep(upload, person=7, now=NOW + timedelta(minutes=2), token=lambda: "third")
        with pytest.raises(UploadGone):
            pending.find(kept, person=7, now=NOW)
        assert pending.find("second", person=8, now=NOW) == upload
        pending.keep(upload, person=9, now=NOW + timedelta(days=1), token=lambda: "last")
        assert len(list(pending.folder().iterdir())) == 1
        pending.drop("last")
        assert not list(pending.folder().iterdir())


# The page


def send(desk: Desk, data: bytes, name: str, **more: str) -> Any:
    return desk.post(PAGE, upload=(BytesIO(data), name), **more)


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_difference_is_shown_and_written_only_when_agreed_to(chief: Desk) -> None:
    page = send(chief, text(title="Tên khác"), "a.yaml")
    assert page.status_code == 200
    assert "Tên khác" in words_of(page.text)
    assert "data-changes" in page.text
    assert rows.read(CODE)["title"] == DOCUMENT["title"]
    answer = chief.post(f"{PAGE}/xac-nhan", token=token_of(page.text))
    assert answer.location == f"/quan-tri/thu-tuc/{CODE}"
    assert rows.read(CODE)["title"] == "Tên khác"
    entry = JournalEntry.get(JournalEntry.action == "procedure_imported")
    assert (entry.actor, entry.subject, entry.details["file"]) == (CHIEF, CODE, "a.yaml")
    again = chief.post(f"{PAGE}/xac-nhan", token=token_of(page.text))
    assert again.status_code == 410


def test_what_is_wrong_is_shown_with_its_lines_and_cannot_be_agreed_to(chief: Desk) -> None:
    page = send(chief, text(level=9, category="khong-co"), "a.yaml")
    assert page.status_code == 422
    assert "data-errors" in page.text
    assert re.search(r"a\.yaml:\d+", page.text)
    assert "/xac-nhan" not in page.text
    assert 'name="token"' not in page.text


def test_a_draft_that_changed_in_between_is_told_and_shown_anew(chief: Desk) -> None:
    page = send(chief, text(title="Của tôi"), "a.yaml")
    rows.write({**DOCUMENT, "title": "Của người khác"}, now=NOW)
    answer = chief.post(f"{PAGE}/xac-nhan", token=token_of(page.text))
    assert answer.status_code == 409
    assert rows.read(CODE)["title"] == "Của người khác"
    assert "Của người khác" in words_of(answer.text)
    assert chief.post(f"{PAGE}/xac-nhan", token=token_of(answer.text)).status_code == 303
    assert rows.read(CODE)["title"] == "Của tôi"


def test_an_excel_form_is_shown_with_all_that_does_not_come_over(chief: Desk) -> None:
    page = send(chief, of_name("classic"), "khai.xlsx", category="ho-tich")
    said = words_of(unescape(page.text))
    assert "a place on a map has no counterpart" in said
    assert "survey, dòng 12" in said
    assert "Không chuyển được" in said
    assert page.status_code == 200
    assert chief.post(f"{PAGE}/xac-nhan", token=token_of(page.text)).status_code == 303
    assert rows.read("9.100001")["form"][0]["fields"][0]["name"] == "full_name"


def test_a_form_with_faults_can_be_gone_on_with_in_the_editor(chief: Desk) -> None:
    page = send(chief, of_name("sloppy"), "cu.xlsx")
    assert page.status_code == 422
    found = re.search(r'<textarea[^>]*name="yaml"[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL)
    assert found
    editor = chief.post("/quan-tri/thu-tuc-moi", yaml=unescape(found[1]), _action="check")
    assert "there is nothing to choose from" in unescape(editor.text)


def test_options_of_the_page_reach_the_form(chief: Desk) -> None:
    page = send(chief, of_name("kobo"), "k.xlsx", code="9.700001", title="Nhà ở", level="x")
    assert chief.post(f"{PAGE}/xac-nhan", token=token_of(page.text)).status_code == 303
    assert (rows.read("9.700001")["title"], rows.read("9.700001")["level"]) == ("Nhà ở", 1)


def test_a_zip_of_several_leads_back_to_the_list(chief: Desk) -> None:
    data = packed({"a.yaml": text(title="Mới"), "b.json": text("b.json", code="9.000003")})
    page = send(chief, data, "C:\\tep\\a.zip")
    assert chief.post(f"{PAGE}/xac-nhan", token=token_of(page.text)).location == "/quan-tri/thu-tuc"
    assert {CODE, "9.000003"} <= set(rows.codes())


def test_no_file_is_told(chief: Desk) -> None:
    for given in ({}, {"upload": (BytesIO(b""), "")}):
        page = chief.post(PAGE, **given)
        assert page.status_code == 422
        assert "Chọn một tệp" in page.text


def test_nobody_agrees_to_what_another_sent(app: Flask, chief: Desk) -> None:
    page = send(chief, text(title="Tên khác"), "a.yaml")
    for email in (OFFICER, WARD_CHIEF):
        assert Desk(app, email).post(f"{PAGE}/xac-nhan", token=token_of(page.text)).status_code == 403
    assert Desk(app, OFFICER).get(PAGE).status_code == 403
    assert rows.read(CODE)["title"] == DOCUMENT["title"]


def test_the_page_costs_few_statements(chief: Desk) -> None:
    send(chief, text(title="Tên khác"), "a.yaml")
    with count_queries() as statements:
        send(chief, text(title="Tên khác"), "a.yaml")
    assert len(statements) <= 60  # two definitions are read, each with the whole library


# The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_bytes(text(title="Tên khác"))
    (tmp_path / "f.xlsx").write_bytes(of_name("classic"))
    (tmp_path / "s.xlsx").write_bytes(of_name("sloppy"))
    return tmp_path


def run(app: Flask, *arguments: Any) -> tuple[int, list[str]]:
    result = app.test_cli_runner().invoke(args=["definitions", "import", *map(str, arguments)])
    return result.exit_code, result.output.splitlines()


def test_a_dry_run_says_what_would_change_and_writes_nothing(app: Flask, folder: Path) -> None:
    status, lines = run(app, folder / "a.yaml", "--dry-run")
    assert status == 0
    assert len([line for line in lines if line.startswith(f"{CODE}: ") and "Tên khác" in line]) == 1
    with app.app_context():
        assert rows.read(CODE)["title"] == DOCUMENT["title"]


def test_the_command_imports_and_publishes(app: Flask, folder: Path) -> None:
    assert run(app, folder / "a.yaml", "--publish")[1][-1] == f"{CODE}: version 1"
    with app.app_context():
        assert rows.read(CODE)["title"] == "Tên khác"


def test_the_command_names_what_an_excel_form_loses(app: Flask, folder: Path) -> None:
    status, lines = run(app, folder / "f.xlsx", "--code", "9.800001")
    assert status == 0
    assert any(line.startswith('f.xlsx: sheet "survey", row 12: "where" not carried over: ') for line in lines)
    assert lines[-2:] == ["9.800001: new", "9.800001"]


def test_what_has_faults_is_written_to_a_file_and_not_into_the_back_office(app: Flask, folder: Path) -> None:
    status, lines = run(app, folder / "s.xlsx", "--code", "9.800002", "--to", folder / "s.yaml")
    assert status == 1
    assert any("s.xlsx [Survey]:5: " in line for line in lines)
    node, faults = source.parse((folder / "s.yaml").read_bytes(), "s.yaml")
    assert faults == ()
    assert node is not None
    assert node.at(["code"]).raw == "9.800002"
    with app.app_context():
        assert "9.800002" not in rows.codes()
