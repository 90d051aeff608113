"""The versions of a procedure in the back office: compared, published with a note, tried, withdrawn, restored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from engine.dossier import filings
from engine.publishing import rows, standing, versions
from engine.storage.models import (
    Attachment,
    Dossier,
    Draft,
    Event,
    JournalEntry,
    Limit,
    OutboxMessage,
    ProcedureRow,
    User,
    Version,
)
from tests import admin_cases, filing_cases
from tests.admin_cases import CHIEF, OFFICER, WARD_CHIEF, Desk, words_of
from tests.filing_cases import DOCUMENT, NOW, VALUES

CODE = DOCUMENT["code"]
PAGE = f"/quan-tri/thu-tuc/{CODE}"
FIRST, SECOND = DOCUMENT["form"]
WITHOUT_EMAIL = {"form": [{**FIRST, "fields": FIRST["fields"][:2]}, SECOND], "applicant": {"name": "ho_ten"}}
REASON = {"name": "ly_do", "kind": "text", "label": "Lý do", "required": True}


@pytest.fixture(autouse=True)
def office(app: Flask) -> Iterator[None]:
    admin_cases.make_office(app)
    with app.app_context():
        filing_cases.published()
    yield
    ProcedureRow.update(current=None).execute()
    Draft.update(dossier=None).execute()
    for table in (OutboxMessage, Event, Attachment, Draft, Dossier, Version, ProcedureRow, JournalEntry, Limit):
        table.delete().execute()
    versions._kept.cache_clear()  # SQLite gives the numbers of erased rows again


@pytest.fixture
def chief(app: Flask) -> Desk:
    return Desk(app, CHIEF)


def edit(app: Flask, **change: Any) -> None:
    with app.app_context():
        rows.write({**DOCUMENT, **change}, now=NOW)


def publish(app: Flask, **change: Any) -> Version:
    with app.app_context():
        return filing_cases.published(**change)


def file(app: Flask, **values: Any) -> Dossier:
    with app.app_context():
        version = versions.current(CODE)
        assert version is not None
        return filings.submit(filing_cases.filled(version, VALUES | values), now=NOW).dossier


def revision() -> str:
    return str(ProcedureRow.get(ProcedureRow.code == CODE).revision)


def journalled() -> list[tuple[str, Any]]:
    return [(one.action, one.details) for one in JournalEntry.select().order_by(JournalEntry.id) if one.subject == CODE]


# List and version


def test_the_list_shows_number_hash_author_note_and_what_stands_on_each(app: Flask, chief: Desk) -> None:
    file(app)
    later = publish(app, title="Bản hai")
    page = words_of(chief.get(f"{PAGE}/phien-ban").text)
    for said in ("Phiên bản 1", "Phiên bản 2", later.digest[:16], "quan-tri@example.vn", "Đang công bố"):
        assert said in page


@pytest.mark.parametrize(("number", "shown"), [("1", 20), ("2", 3), ("99", 3), ("0", 20), ("x", 20)])
def test_the_list_is_paged(app: Flask, chief: Desk, number: str, shown: int) -> None:
    first = Version.get()
    values = {key: value for key, value in first.__data__.items() if key not in ("id", "number")}
    Version.insert_many(values | {"number": at} for at in range(2, 24)).execute()
    assert chief.get(f"{PAGE}/phien-ban", trang=number).text.count("<tr data-href") == shown


def test_a_version_shows_its_document_hash_author_note_and_faults(app: Flask, chief: Desk) -> None:
    version = Version.get()
    page = chief.get(f"{PAGE}/phien-ban/1")
    assert version.digest in page.text
    assert "Xác nhận thử" in page.text
    assert "quan-tri@example.vn" in page.text
    assert "Cảnh báo" in page.text or "Không có lỗi" in page.text


def test_a_dossier_names_the_version_it_was_filed_by_to_its_officers(app: Flask) -> None:
    filed = file(app)
    Dossier.update(agency=User.get(User.email == OFFICER).agency_id).execute()
    page = Desk(app, OFFICER).get(f"/quan-tri/ho-so/{filed.code}")
    assert Version.get().digest[:16] in page.text


@pytest.mark.parametrize(
    "path",
    ["phien-ban/9", "so-sanh?tu=9", "so-sanh?tu=x", "so-sanh?tu=99999999999", "chay-thu?voi=9", "chay-thu?voi=x"],
)
def test_a_version_that_is_not_there_is_not_found(chief: Desk, path: str) -> None:
    assert chief.get(f"{PAGE}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["phien-ban", "so-sanh", "cong-bo", "chay-thu", "dong"])
def test_a_procedure_that_is_not_there_is_not_found(chief: Desk, path: str) -> None:
    assert chief.get(f"/quan-tri/thu-tuc/0.0/{path}").status_code == 404


# Comparing


def test_a_version_is_compared_with_the_draft_in_words(app: Flask, chief: Desk) -> None:
    edit(app, **WITHOUT_EMAIL)
    page = chief.get(f"{PAGE}/so-sanh")
    assert "Bỏ bước “Người yêu cầu” (nguoi), ô “Thư điện tử” (thu)" in words_of(page.text)
    assert "câu trả lời đã có sẽ mất" in page.text


def test_two_versions_are_compared_in_both_directions(app: Flask, chief: Desk) -> None:
    publish(app, **WITHOUT_EMAIL)
    for old, new, said in (("1", "2", "Bỏ bước"), ("2", "1", "Thêm bước")):
        assert said in words_of(chief.get(f"{PAGE}/so-sanh", tu=old, den=new).text)


def test_what_is_equal_is_said_to_be(chief: Desk) -> None:
    assert "giống hệt nhau" in chief.get(f"{PAGE}/so-sanh").text


def test_another_blank_form_under_the_same_name_is_a_change(app: Flask, chief: Desk) -> None:
    templates = [{"file": "don.pdf", "title": "Đơn"}]
    with app.app_context():
        versions.store_template(CODE, "don.pdf", b"%PDF-1")
        filing_cases.published(templates=templates)
        versions.store_template(CODE, "don.pdf", b"%PDF-2")
    assert "nội dung tệp" in chief.get(f"{PAGE}/so-sanh").text


def test_a_draft_with_faults_is_not_compared_but_said_so(app: Flask, chief: Desk) -> None:
    edit(app, category="khong-co")
    page = chief.get(f"{PAGE}/so-sanh")
    assert (page.status_code, "còn lỗi" in page.text) == (200, True)


def test_many_changes_are_paged(app: Flask, chief: Desk) -> None:
    more = [{"name": f"o_{at}", "kind": "text", "label": f"Ô {at}"} for at in range(120)]
    edit(app, form=[{**FIRST, "fields": [*FIRST["fields"], *more]}, SECOND])
    first, second = (chief.get(f"{PAGE}/so-sanh", trang=number).text for number in (1, 2))
    assert [page.count("<tr><td>") for page in (first, second)] == [100, 20]
    assert 'data-changes="120"' in first


# Publishing


def test_publishing_shows_the_changes_and_the_faults_before(app: Flask, chief: Desk) -> None:
    file(app)
    with app.app_context():
        filing_cases.filled(Version.get(), now=datetime.now(UTC))
    edit(app, title="Tên mới")
    page = chief.get(f"{PAGE}/cong-bo")
    said = words_of(page.text)
    assert "Thủ tục: tên đổi từ “Xác nhận thử / Trial certificate” thành “Tên mới”" in said
    assert "Công bố phiên bản 2" in said
    assert "1 tờ khai đang điền" in said
    answer = chief.post(f"{PAGE}/cong-bo", revision=revision(), note="Vì luật đổi")
    assert answer.status_code == 303
    made = Version.get(Version.number == 2)
    assert (made.note, made.author) == ("Vì luật đổi", CHIEF)
    assert ("published", {"version": 2}) in journalled()


def test_a_faulty_draft_shows_its_tasks_and_no_button(app: Flask, chief: Desk) -> None:
    edit(app, category="khong-co", level=9)
    page = chief.get(f"{PAGE}/cong-bo")
    assert "khong-co" in page.text
    assert "Dòng" in page.text
    assert 'data-form="publish"' not in page.text


def test_the_first_publishing_has_nothing_to_compare(app: Flask, chief: Desk) -> None:
    with app.app_context():
        rows.write({**DOCUMENT, "code": "9.000002"}, now=NOW)
    assert "Lần công bố đầu tiên" in chief.get("/quan-tri/thu-tuc/9.000002/cong-bo").text


# The dry run


def test_a_dry_run_names_fields_and_counts_and_never_an_answer(app: Flask, chief: Desk) -> None:
    filed = file(app)
    form = [{**FIRST, "fields": FIRST["fields"][:2]}, {**SECOND, "fields": [*SECOND["fields"], REASON]}]
    edit(app, form=form, applicant={"name": "ho_ten"}, rates={"gia": 9000})
    page = chief.get(f"{PAGE}/chay-thu", voi="nhap")
    said = words_of(page.text)
    for words in (filed.code, "thu", "ly_do", "16.000 đ → 18.000 đ", "Đã thử 1 hồ sơ, 0 không có gì khác"):
        assert words in said
    for answer in VALUES.values():
        assert not isinstance(answer, str) or answer not in page.text
    assert journalled()[-1] == ("dry_run", {"against": "nhap", "dossiers": [filed.code]})
    assert Dossier.get_by_id(filed.id).version_id == filed.version_id


def test_under_its_own_version_a_dossier_loses_nothing(app: Flask, chief: Desk) -> None:
    file(app)
    assert 'data-same="true"' in chief.get(f"{PAGE}/chay-thu", voi="1").text


def test_nothing_is_run_before_a_version_is_chosen(app: Flask, chief: Desk) -> None:
    file(app)
    assert "data-same" not in chief.get(f"{PAGE}/chay-thu").text
    assert "dry_run" not in [action for action, _ in journalled()]


def test_a_run_is_paged(app: Flask, chief: Desk) -> None:
    for _ in range(27):
        file(app)
    page = chief.get(f"{PAGE}/chay-thu", voi="1").text
    assert page.count("data-same") == 25
    following = re.search(r"truoc=(\d+)", page)
    assert following
    assert chief.get(f"{PAGE}/chay-thu", voi="1", truoc=following[1]).text.count("data-same") == 2


def test_a_faulty_draft_cannot_be_tried(app: Flask, chief: Desk) -> None:
    edit(app, category="khong-co")
    assert "còn lỗi" in chief.get(f"{PAGE}/chay-thu", voi="nhap").text


# Withdrawing, closing, restoring


def test_a_version_is_withdrawn_and_shown_again(app: Flask, chief: Desk) -> None:
    assert chief.post(f"{PAGE}/thu-hoi", back_to="").status_code == 303
    page = words_of(chief.get(f"{PAGE}/phien-ban").text)
    assert "Thu hồi " in page
    assert "Đang công bố" not in page
    assert chief.post(f"{PAGE}/phien-ban/1/cong-bo-lai").status_code == 303
    assert "Đang công bố" in words_of(chief.get(f"{PAGE}/phien-ban").text)
    assert [action for action, _ in journalled()] == ["withdrawn", "shown_again"]


def test_withdrawing_can_go_back_to_an_older_version(app: Flask, chief: Desk) -> None:
    publish(app, title="Bản hai")
    chief.post(f"{PAGE}/thu-hoi", back_to="1")
    with app.app_context():
        assert versions.current(CODE).number == 1  # type: ignore[union-attr]
    assert chief.post(f"{PAGE}/thu-hoi", back_to="7").status_code == 404


def test_a_procedure_is_closed_with_a_day_and_a_successor_and_opened(app: Flask, chief: Desk) -> None:
    publish(app, code="9.000002", title="Thay thế")
    day = (datetime.now(UTC) + timedelta(days=9)).date()
    assert chief.post(f"{PAGE}/dong", on=day.isoformat(), successor="9.000002").status_code == 303
    with app.app_context():
        assert standing.of_code(CODE).closed_on == day.isoformat()  # type: ignore[union-attr]
    assert f"{day:%d/%m/%Y}" in chief.get(f"{PAGE}/phien-ban").text
    assert f"{day:%d/%m/%Y}" in chief.get(PAGE).text
    assert chief.post(f"{PAGE}/mo-lai").status_code == 303
    with app.app_context():
        assert standing.of_code(CODE).closed_on == ""  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("on", "successor", "says"),
    [
        ("", "", "Chọn ngày"),
        ("31/12/2026", "", "Chọn ngày"),
        ("2026-02-30", "", "Chọn ngày"),
        ("2026-12-31", CODE, "chính thủ tục này"),
        ("2026-12-31", "khong-co", "Không có thủ tục mã khong-co"),
        ("2026-12-31", "<script>", "Không có thủ tục mã &lt;script&gt;"),
    ],
)
def test_a_wrong_closing_is_refused_with_what_was_typed(
    app: Flask, chief: Desk, on: str, successor: str, says: str
) -> None:
    page = chief.post(f"{PAGE}/dong", on=on, successor=successor)
    assert page.status_code == 422
    assert says in page.text
    with app.app_context():
        assert standing.of_code(CODE).closed_on == ""  # type: ignore[union-attr]


def test_an_old_version_is_restored_only_where_nothing_is_lost_or_that_is_ticked(app: Flask, chief: Desk) -> None:
    edit(app, title="Chưa công bố")
    answer = chief.post(f"{PAGE}/phien-ban/1/khoi-phuc")
    assert answer.status_code == 303
    assert "chưa công bố" in chief.get(answer.location.partition("#")[0]).text
    assert rows.read(CODE)["title"] == "Chưa công bố"
    assert chief.post(f"{PAGE}/phien-ban/1/khoi-phuc", confirmed="true").status_code == 303
    assert rows.read(CODE)["title"] == DOCUMENT["title"]
    assert journalled()[-1] == ("restored", {"version": 1})


@pytest.mark.parametrize("email", [OFFICER, WARD_CHIEF])
def test_only_the_installations_administrators_do_any_of_it(app: Flask, email: str) -> None:
    desk = Desk(app, email)
    for path in ("phien-ban", "phien-ban/1", "so-sanh", "cong-bo", "chay-thu", "dong"):
        assert desk.get(f"{PAGE}/{path}").status_code == 403
    for path in ("thu-hoi", "mo-lai", "dong", "phien-ban/1/khoi-phuc", "phien-ban/1/cong-bo-lai", "cong-bo"):
        assert desk.post(f"{PAGE}/{path}").status_code == 403
    with app.app_context():
        assert versions.current(CODE) is not None
