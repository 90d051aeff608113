"""The tables of the back office: whose rows, all or nothing, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from engine.storage.database import count_queries
from engine.storage.models import (
    Agency,
    CatalogEntryRow,
    CatalogRow,
    FieldRow,
    JournalEntry,
    Limit,
    OutboxMessage,
    PaperRow,
    ProcedureRow,
    StepRow,
    Unit,
    User,
)
from tests import admin_cases as cases
from tests.admin_cases import CHIEF, OFFICER, WARD_CHIEF, Desk, row_ids, words_of

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TABLES = [
    "nguoi-dung", "co-quan", "dong-thu-tuc", "buoc", "truong", "lua-chon", "giay-to", "phi", "cong-doan", "kiem-tra",
    "mau-don", "khoi", "danh-muc", "muc-danh-muc", "thu-gui", "nhat-ky", "phien-ban",
]  # fmt: skip
READ_ONLY = ["thu-gui", "nhat-ky", "phien-ban"]
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def rows(app: Flask) -> Iterator[None]:
    """Two procedures with parts, a catalog of 120 entries, mails; gone after each test."""
    cases.make_office(app)
    _make_rows()
    yield
    for table in (OutboxMessage, JournalEntry, CatalogRow, ProcedureRow, Limit):
        table.delete().execute()


def _make_rows() -> None:
    for code in ("1.000001", "1.000002"):
        procedure = ProcedureRow.create(code=code, title=f"Thủ tục {code}", category="ho-tich", level=3, changed_at=NOW)
        step = StepRow.create(procedure=procedure, step="mot", title="Bước một")
        FieldRow.insert_many(
            {"step": step.id, "position": at, "name": f"o_{at}", "kind": "text", "label": f"Ô {at}"} for at in range(60)
        ).execute()
        PaperRow.create(procedure=procedure, name="giay", title="Giấy chứng sinh")
    catalog = CatalogRow.create(name="dan_toc", title="Dân tộc")
    CatalogEntryRow.insert_many(
        {"catalog": catalog.id, "position": at, "value": f"v{at}", "label": f"Mục {at}"} for at in range(120)
    ).execute()
    for state in ("waiting", "sent", "failed"):
        OutboxMessage.create(
            event="submitted", recipient=f"{state}@example.vn", subject="Đã nhận", body="Kính gửi", state=state,
            due_at=NOW, created_at=NOW, tries=3, error="",
        )  # fmt: skip


@pytest.fixture
def chief(app: Flask) -> Desk:
    return Desk(app, CHIEF)


@pytest.fixture
def ward_chief(app: Flask) -> Desk:
    return Desk(app, WARD_CHIEF)


def person(email: str) -> Any:
    return User.get(User.email == email)


# Lists


@pytest.mark.parametrize("table", TABLES)
def test_every_table_opens_with_few_queries(chief: Desk, table: str) -> None:
    with count_queries() as queries:
        page = chief.get(f"/quan-tri/{table}/")
    assert page.status_code == 200
    assert len(queries) <= MOST_QUERIES


@pytest.mark.parametrize("size", ["0", "100000", "-1"])
def test_every_list_is_paged_whatever_size_is_asked_for(chief: Desk, size: str) -> None:
    page = chief.get("/quan-tri/muc-danh-muc/", page_size=size)
    assert len(row_ids(page.text)) == 50
    assert "Trang 1 / 3" in words_of(page.text)


def test_the_pages_of_a_list_hold_every_row_once(chief: Desk) -> None:
    found = [row for at in range(3) for row in row_ids(chief.get("/quan-tri/muc-danh-muc/", page=at).text)]
    assert len(found) == len(set(found)) == 120


def test_no_table_lets_its_rows_out_as_a_sheet(chief: Desk) -> None:
    answer = chief.get("/quan-tri/nguoi-dung/export/csv/")
    assert answer.status_code in (302, 404)
    assert "text/csv" not in answer.headers["Content-Type"]


def test_parts_are_found_by_the_code_of_their_procedure(chief: Desk) -> None:
    page = chief.get("/quan-tri/giay-to/", flt0_0="1.000002")
    assert len(row_ids(page.text)) == 1
    assert "1.000002" in page.text


def test_an_empty_filter_filters_nothing(chief: Desk) -> None:
    assert len(row_ids(chief.get("/quan-tri/giay-to/", flt0_0="").text)) == 2


def test_a_search_looks_into_the_columns_it_names(chief: Desk) -> None:
    page = chief.get("/quan-tri/muc-danh-muc/", search="Mục 11")
    assert len(row_ids(page.text)) == 11  # 11 and 110 to 119
    assert "Tìm trong giá trị, nhãn" in words_of(page.text)


@pytest.mark.parametrize("table", READ_ONLY)
def test_what_is_remembered_cannot_be_changed(chief: Desk, table: str) -> None:
    page = chief.get(f"/quan-tri/{table}/").text
    assert "rowid" not in page
    assert chief.get(f"/quan-tri/{table}/new/").status_code == 404
    assert chief.get(f"/quan-tri/{table}/edit/?id=1").status_code == 404
    assert chief.post(f"/quan-tri/{table}/delete/", id="1").status_code == 404
    before = OutboxMessage.select().count()
    chief.post(f"/quan-tri/{table}/action/", action="delete", rowid=[str(one.id) for one in OutboxMessage.select()])
    assert OutboxMessage.select().count() == before


# Forms


def test_a_row_is_made_changed_and_deleted(chief: Desk) -> None:
    made = chief.post("/quan-tri/danh-muc/new/", name="mau", title="Màu")
    assert made.status_code == 303
    row = CatalogRow.get(CatalogRow.name == "mau")
    assert chief.post(f"/quan-tri/danh-muc/edit/?id={row.id}", name="mau", title="Màu sắc").status_code == 303
    assert CatalogRow.get_by_id(row.id).title == "Màu sắc"
    assert chief.post("/quan-tri/danh-muc/delete/", id=str(row.id)).status_code == 303
    assert not CatalogRow.select().where(CatalogRow.name == "mau").exists()


def test_a_refused_form_comes_back_with_what_was_typed(chief: Desk) -> None:
    page = chief.post("/quan-tri/danh-muc/new/", name="", title="Màu vẽ")
    assert page.status_code == 422
    assert "Điền ô này." in page.text
    assert "Màu vẽ" in page.text


def test_a_name_that_is_taken_is_refused_in_words(chief: Desk) -> None:
    page = chief.post("/quan-tri/danh-muc/new/", name="dan_toc", title="Lần nữa")
    assert page.status_code == 422
    assert "đã có" in page.text


def test_labels_of_a_form_are_those_of_the_list(chief: Desk) -> None:
    words = words_of(chief.get("/quan-tri/muc-danh-muc/new/").text)
    for label in ("Danh mục", "Thứ tự", "Giá trị", "Nhãn", "Dùng đến hết ngày"):
        assert label in words
    assert "Position" not in words


@pytest.mark.parametrize(("typed", "ok"), [('{"hint": "Viết hoa"}', True), ("{sai", False), ("[1]", False), ("", True)])
def test_further_keys_are_a_mapping_or_refused(chief: Desk, typed: str, ok: bool) -> None:
    step = StepRow.select().first()
    fields = {"procedure": step.procedure_id, "position": 0, "step": "mot", "title": "Bước một", "more": typed}
    page = chief.post(f"/quan-tri/buoc/edit/?id={step.id}", **fields)
    assert page.status_code == (303 if ok else 422)
    if not ok:
        assert typed.replace('"', "&#34;") in page.text


@pytest.mark.parametrize(("typed", "stored"), [("", None), ("true", True), ("false", False)])
def test_not_said_is_not_the_same_as_no(chief: Desk, typed: str, stored: bool | None) -> None:
    row = FieldRow.select().first()
    fields = {"step": row.step_id, "position": 0, "item": "field", "name": "o", "kind": "text", "label": "Ô"}
    assert chief.post(f"/quan-tri/truong/edit/?id={row.id}", required=typed, **fields).status_code == 303
    assert FieldRow.get_by_id(row.id).required is stored
    page = chief.get(f"/quan-tri/truong/edit/?id={row.id}").text
    assert re.search(rf'<option selected value="{typed}"', page)


def test_a_change_of_a_part_counts_as_a_change_of_its_procedure(chief: Desk) -> None:
    paper = PaperRow.select().first()
    before = ProcedureRow.get_by_id(paper.procedure_id).revision
    fields = {"procedure": paper.procedure_id, "position": 0, "name": "giay", "title": "Giấy khác"}
    chief.post(f"/quan-tri/giay-to/edit/?id={paper.id}", **fields)
    assert ProcedureRow.get_by_id(paper.procedure_id).revision == before + 1
    chief.post("/quan-tri/giay-to/action/", action="delete", rowid=str(paper.id))
    assert ProcedureRow.get_by_id(paper.procedure_id).revision == before + 2


def _agency_form(**more: Any) -> dict[str, Any]:
    return {"code": "H52.09", "name": "Phường Mới", "kind": "phuong"} | more


def test_an_agency_is_made_with_its_units(chief: Desk) -> None:
    form = _agency_form(**{"units-0-id": "", "units-0-name": "mot-cua", "units-0-title": "Một cửa"})
    assert chief.post("/quan-tri/co-quan/new/", **form).status_code == 303
    made = Agency.get(Agency.code == "H52.09")
    assert [unit.name for unit in Unit.select().where(Unit.agency == made)] == ["mot-cua"]
    made.delete_instance(recursive=True)


def test_an_agency_whose_units_are_refused_is_not_made(chief: Desk) -> None:
    unit = {"id": "", "name": "mot-cua", "title": "Một cửa"}
    twice = {f"units-{at}-{name}": value for at in (0, 1) for name, value in unit.items()}
    page = chief.post("/quan-tri/co-quan/new/", **_agency_form(**twice))
    assert page.status_code == 422
    assert not Agency.select().where(Agency.code == "H52.09").exists()


def test_a_unit_of_another_agency_is_not_taken_over_by_its_number(ward_chief: Desk) -> None:
    ward = Agency.get(Agency.code == "H52.01")
    theirs: Any = Unit.select().join(Agency).where(Agency.code == "H52.02").first()
    sent = {"name": "Phường A", "units-0-id": str(theirs.id), "units-0-name": "chiem", "units-0-title": "Chiếm"}
    ward_chief.post(f"/quan-tri/co-quan/edit/?id={ward.id}", **sent)
    after: Any = Unit.get_by_id(theirs.id)
    assert (after.name, after.agency_id) == (theirs.name, theirs.agency_id)
    Unit.delete().where(Unit.name == "chiem").execute()


def test_what_others_rely_on_is_not_deleted_nor_what_hangs_on_it(chief: Desk) -> None:
    ward = Agency.get(Agency.code == "H52.01")
    units = Unit.select().where(Unit.agency == ward).count()
    chief.post("/quan-tri/co-quan/delete/", id=str(ward.id))
    assert "nơi khác đang dùng" in chief.get("/quan-tri/co-quan/").text
    assert Unit.select().where(Unit.agency == ward).count() == units


def test_a_batch_with_a_row_that_stays_deletes_none(chief: Desk) -> None:
    free = Agency.create(code="H52.77", name="Phường Lẻ", kind="phuong")
    used = Agency.get(Agency.code == "H52.01")
    chief.post("/quan-tri/co-quan/action/", action="delete", rowid=[str(free.id), str(used.id)])
    assert Agency.select().where(Agency.id == free.id).exists()
    free.delete_instance()


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com"])
def test_a_form_leads_back_to_no_other_site(chief: Desk, back: str) -> None:
    location = chief.post(f"/quan-tri/danh-muc/new/?url={back}", name="mau_sac", title="Màu").location
    assert location == "/quan-tri/danh-muc/"


@pytest.mark.parametrize(
    "path", ["danh-muc/new/", "danh-muc/delete/", "danh-muc/action/", "thu-gui/gui-lai", "nguoi-dung/mat-khau"]
)
def test_a_change_without_token_is_refused(chief: Desk, path: str) -> None:
    assert chief.client.post(f"/quan-tri/{path}", data={"id": "1", "name": "x", "title": "y"}).status_code == 400


@pytest.mark.parametrize("identity", ["0", "999999", "x", "", "1;drop", "9" * 40, "-1"])
def test_a_row_that_is_not_there_is_not_found(chief: Desk, identity: str) -> None:
    assert chief.get("/quan-tri/danh-muc/edit/", id=identity).status_code == 404


@pytest.mark.parametrize(("term", "found"), [("dan", 1), ("không có", 0), ("", 1)])
def test_a_lookup_finds_the_rows_for_a_foreign_key(chief: Desk, term: str, found: int) -> None:
    answer = chief.get("/quan-tri/muc-danh-muc/ajax/lookup/", name="catalog", query=term, offset=0, limit=1000)
    assert len(answer.json or []) == found


def test_a_lookup_answers_with_few_rows_whatever_is_asked_for(chief: Desk) -> None:
    answer = chief.get("/quan-tri/lua-chon/ajax/lookup/", name="field", query="", offset=0, limit=100000)
    assert len(answer.json or []) == 20


# Whose rows


def test_an_agencys_administrator_sees_its_own_people_only(ward_chief: Desk) -> None:
    page = ward_chief.get("/quan-tri/nguoi-dung/").text
    assert OFFICER in page
    assert cases.OTHER not in page
    assert CHIEF not in page


@pytest.mark.parametrize("email", [cases.OTHER, CHIEF])
def test_an_agencys_administrator_reaches_nobody_elses_people(ward_chief: Desk, email: str) -> None:
    other = person(email)
    identity = str(other.id)
    assert ward_chief.get("/quan-tri/nguoi-dung/edit/", id=identity).status_code == 404
    for verb in ("mat-khau", "khoa", "mo-khoa"):
        assert ward_chief.post(f"/quan-tri/nguoi-dung/{verb}", id=identity).status_code == 404
    after = person(email)
    assert (after.password, after.active, after.full_name) == (other.password, True, other.full_name)


def test_an_agencys_administrator_edits_its_own_agency_but_not_what_codes_rely_on(ward_chief: Desk) -> None:
    ward, other = (Agency.get(Agency.code == code) for code in ("H52.01", "H52.02"))
    sent = {"name": "Phường A", "phone": "0256 3 822 222", "code": "H99", "kind": "tinh"}
    assert ward_chief.post(f"/quan-tri/co-quan/edit/?id={ward.id}", **sent).status_code == 303
    after = Agency.get_by_id(ward.id)
    assert (after.code, after.kind, after.phone) == ("H52.01", "phuong", "0256 3 822 222")
    assert ward_chief.post(f"/quan-tri/co-quan/edit/?id={other.id}", **sent).status_code == 404
    assert ward_chief.get("/quan-tri/co-quan/new/").status_code == 404
    assert ward_chief.post("/quan-tri/co-quan/delete/", id=str(ward.id)).status_code == 404


def test_an_agencys_administrator_chooses_among_no_other_agencies(ward_chief: Desk) -> None:
    found = ward_chief.get("/quan-tri/nguoi-dung/ajax/lookup/", name="agency", query="Phường").json or []
    assert [words for _key, words in found] == ["Phường A"]


def test_an_agencys_administrator_sees_no_mail_of_others(ward_chief: Desk) -> None:
    mail = OutboxMessage.select().first()
    assert "sent@example.vn" not in ward_chief.get("/quan-tri/thu-gui/").text
    assert ward_chief.get("/quan-tri/thu-gui/details/", id=mail.id).status_code == 404
    assert ward_chief.post("/quan-tri/thu-gui/gui-lai", id=str(mail.id)).status_code == 404


# People


def _person_form(**more: Any) -> dict[str, Any]:
    return {"full_name": "Võ Thị Mới", "email": "moi@example.vn", "roles": ["officer"]} | more


@pytest.fixture
def without_the_new_one(app: Flask) -> Iterator[None]:
    yield
    User.delete().where(User.email == "moi@example.vn").execute()


def _shown_password(page: str) -> str:
    found = re.search(r"data-password>([^<]+)<", page)
    assert found, page
    return found[1]


@pytest.mark.usefixtures("without_the_new_one")
def test_a_person_is_made_with_a_password_that_is_shown_once_and_lets_them_in(app: Flask, ward_chief: Desk) -> None:
    page = ward_chief.post("/quan-tri/nguoi-dung/new/", **_person_form())
    password = _shown_password(page.text)
    assert person("moi@example.vn").agency.code == "H52.01"
    assert Desk(app).sign_in("moi@example.vn", password).status_code == 303
    assert password not in ward_chief.get("/quan-tri/nguoi-dung/").text


@pytest.mark.usefixtures("without_the_new_one")
def test_an_agencys_administrator_puts_people_into_no_other_agency(ward_chief: Desk) -> None:
    other = Agency.get(Agency.code == "H52.02")
    ward_chief.post("/quan-tri/nguoi-dung/new/", **_person_form(agency=str(other.id)))
    assert person("moi@example.vn").agency.code == "H52.01"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"email": "không phải"}, "Nhập địa chỉ thư điện tử"),
        ({"email": OFFICER}, "đã có tài khoản"),
        ({"email": OFFICER.upper()}, "đã có tài khoản"),
        ({"full_name": ""}, "Điền ô này."),
        ({"roles": []}, "Điền ô này."),
        ({"roles": ["root"]}, "Chọn một mục"),
    ],
)
def test_a_person_is_refused_in_words(chief: Desk, change: dict[str, Any], says: str) -> None:
    ward = Agency.get(Agency.code == "H52.01")
    page = chief.post("/quan-tri/nguoi-dung/new/", **_person_form(agency=str(ward.id)) | change)
    assert page.status_code == 422
    assert says in words_of(page.text)


def test_an_officer_must_be_of_an_agency(chief: Desk) -> None:
    page = chief.post("/quan-tri/nguoi-dung/new/", **_person_form(agency=""))
    assert page.status_code == 422
    assert "chọn cơ quan" in page.text


def test_a_new_password_ends_the_old_one_and_the_sessions(app: Flask, ward_chief: Desk) -> None:
    before = person(OFFICER)
    at_work = Desk(app, OFFICER)
    page = ward_chief.post("/quan-tri/nguoi-dung/mat-khau", id=str(before.id))
    assert at_work.get("/quan-tri/ho-so").status_code == 303
    assert Desk(app).sign_in(OFFICER).status_code == 422
    assert Desk(app).sign_in(OFFICER, _shown_password(page.text)).status_code == 303
    User.update(password=before.password).where(User.id == before.id).execute()


def test_locking_and_unlocking_a_person(app: Flask, ward_chief: Desk) -> None:
    officer = person(OFFICER)
    ward_chief.post("/quan-tri/nguoi-dung/khoa", id=str(officer.id))
    assert Desk(app).sign_in(OFFICER).status_code == 422
    ward_chief.post("/quan-tri/nguoi-dung/mo-khoa", id=str(officer.id))
    assert Desk(app).sign_in(OFFICER).status_code == 303


def test_nobody_locks_themselves_out(ward_chief: Desk) -> None:
    mine = person(WARD_CHIEF)
    ward_chief.post("/quan-tri/nguoi-dung/khoa", id=str(mine.id))
    assert person(WARD_CHIEF).active
    page = ward_chief.post(f"/quan-tri/nguoi-dung/edit/?id={mine.id}", full_name="Tôi", roles=["officer"])
    assert page.status_code == 422


def test_roles_are_given_and_taken(ward_chief: Desk) -> None:
    officer = person(OFFICER)
    form = {"full_name": "Lê Cán Bộ", "roles": ["officer", "administrator"]}
    assert ward_chief.post(f"/quan-tri/nguoi-dung/edit/?id={officer.id}", **form).status_code == 303
    assert {one.role.name for one in officer.roles} == {"officer", "administrator"}
    page = ward_chief.get(f"/quan-tri/nguoi-dung/edit/?id={officer.id}").text
    assert page.count("checked") == 2
    ward_chief.post(f"/quan-tri/nguoi-dung/edit/?id={officer.id}", **form | {"roles": ["officer"]})
    assert {one.role.name for one in person(OFFICER).roles} == {"officer"}


# Mails


def test_a_mail_shows_its_state_and_body_and_is_sent_again(chief: Desk) -> None:
    failed = OutboxMessage.get(OutboxMessage.state == "failed")
    assert "Không gửi được" in words_of(chief.get("/quan-tri/thu-gui/").text)
    assert "Kính gửi" in chief.get("/quan-tri/thu-gui/details/", id=failed.id).text
    assert chief.post("/quan-tri/thu-gui/gui-lai", id=str(failed.id)).status_code == 303
    assert OutboxMessage.get_by_id(failed.id).state == "waiting"


def test_a_mail_whose_secret_is_gone_is_not_sent_again(chief: Desk) -> None:
    sent = OutboxMessage.get(OutboxMessage.state == "sent")
    OutboxMessage.update(body="Mã: {secret}").where(OutboxMessage.id == sent.id).execute()
    chief.post("/quan-tri/thu-gui/gui-lai", id=str(sent.id))
    assert "mã đã xoá" in chief.get("/quan-tri/thu-gui/").text
    assert OutboxMessage.select().count() == 3


def test_mails_are_filtered_by_state(chief: Desk) -> None:
    page = chief.get("/quan-tri/thu-gui/", flt0_0="failed").text
    assert "failed@example.vn" in page
    assert "sent@example.vn" not in page
