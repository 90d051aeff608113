"""A citizen in the middle of a form while the procedure gets another version, is withdrawn, or closes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from lxml import html

from engine.dossier import filings
from engine.draft import drafts
from engine.errors import Conflict, DraftFiled, DraftMoved
from engine.publishing import rows, standing, versions
from engine.storage.models import Attachment, Dossier, Draft, Event, JournalEntry, OutboxMessage, ProcedureRow, Version
from tests import filing_cases as cases
from tests.filing_cases import DOCUMENT
from tests.generic_client import GenericClient, Page, typed_so_far
from tests.walks import citizen, in_process

CODE = DOCUMENT["code"]
BY = "quan-tri@example.vn"
FIRST, SECOND = DOCUMENT["form"]
MOVE = f"/nop-ho-so/{CODE}/phien-ban-moi"


@pytest.fixture(autouse=True)
def published(app: Flask) -> Iterator[None]:
    with app.app_context():
        cases.published()
        yield
        Attachment.delete().execute()
        Draft.delete().execute()
        ProcedureRow.update(current=None).execute()
        for table in (Version, ProcedureRow, JournalEntry):
            table.delete().execute()
        versions._kept.cache_clear()  # SQLite gives the numbers of erased rows again


@pytest.fixture
def visitor(app: Flask) -> Iterator[GenericClient]:
    with in_process(app) as http:
        yield citizen(http, everything=True)


@pytest.fixture
def second_step(visitor: GenericClient) -> Page:
    """A draft whose first step was posted."""
    page = visitor.fill(visitor.get(f"/nop-ho-so/{CODE}"))
    return visitor.fill(page)


def source(page: Page) -> str:
    """A page as it was sent."""
    return str(html.tostring(page.tree, encoding="unicode"))


def today() -> Any:
    return (datetime.now(UTC) + timedelta(hours=7)).date()


def close(days: int, successor: str = "") -> None:
    standing.close(CODE, on=today() + timedelta(days=days), successor=successor, by=BY, now=datetime.now(UTC))


def without_email() -> None:
    """A version that asks no email, and asks for a reason."""
    reason = {"name": "ly_do", "kind": "text", "label": "Lý do", "required": True}
    cases.published(
        form=[{**FIRST, "fields": FIRST["fields"][:2]}, {**SECOND, "fields": [*SECOND["fields"], reason]}],
        applicant={"name": "ho_ten"},
    )


def draft_of() -> Draft:
    found: Draft = Draft.select().order_by(Draft.id.desc()).get()
    return found


# Another version


def test_a_draft_goes_on_by_its_own_version_and_is_told_of_the_new_one(
    visitor: GenericClient, second_step: Page
) -> None:
    assert MOVE not in source(second_step)
    without_email()
    page = visitor.get(second_step.url)
    assert f"{MOVE}?d=1" in source(page)
    assert "ly_do" not in [asked.name for asked in page.asked()]


def test_moving_names_what_is_lost_kept_and_asked_and_a_get_changes_nothing(
    visitor: GenericClient, second_step: Page
) -> None:
    without_email()
    before = draft_of().version_id
    page = visitor.get(f"{MOVE}?d=1")
    assert page.status == 200
    lost = page.tree.xpath("//*[@data-moving='lost']//dt/text()")
    assert lost == ["Thư điện tử"]
    assert page.tree.xpath("//*[@data-moving='lost']//dd/text()")[0].count("@") == 1
    assert page.tree.xpath("//*[@data-moving='asked']//dt/text()") == ["Lý do"]
    assert page.shown("data-kept") == "2"
    assert draft_of().version_id == before


def test_a_post_moves_the_draft_and_leads_to_what_is_asked(visitor: GenericClient, second_step: Page) -> None:
    without_email()
    page = visitor.get(f"{MOVE}?d=1")
    answer = visitor.submit(page, typed_so_far(page.form))
    assert answer.status_code == 303
    assert draft_of().version.number == 2
    after = visitor.get(f"/nop-ho-so/{CODE}/xem-lai?d=1")
    assert "ly_do" in [asked.name for asked in after.asked()]
    assert MOVE not in source(after)
    assert "hai@" not in draft_of().answers


def test_a_second_post_does_no_harm(visitor: GenericClient, second_step: Page) -> None:
    without_email()
    page = visitor.get(f"{MOVE}?d=1")
    for _ in range(2):
        assert visitor.submit(page, typed_so_far(page.form)).status_code == 303
    assert draft_of().version.number == 2


def test_what_was_saved_since_is_shown_anew_before_it_moves(visitor: GenericClient, second_step: Page) -> None:
    without_email()
    page = visitor.get(f"{MOVE}?d=1")
    visitor.fill(visitor.get(f"/nop-ho-so/{CODE}/nguoi?d=1"))
    answer = visitor.submit(page, typed_so_far(page.form))
    assert answer.status_code == 409
    assert 'data-moving="lost"' in answer.text
    assert draft_of().version.number == 1


def test_a_version_that_came_meanwhile_is_shown_anew_before_the_draft_moves(
    visitor: GenericClient, second_step: Page
) -> None:
    without_email()
    page = visitor.get(f"{MOVE}?d=1")
    cases.published(title="Bản ba")
    assert visitor.submit(page, typed_so_far(page.form)).status_code == 409
    assert draft_of().version.number == 1


def test_where_nothing_is_lost_it_is_said(visitor: GenericClient, second_step: Page) -> None:
    cases.published(title="Tên khác")
    page = visitor.get(f"{MOVE}?d=1")
    assert "Không mất câu trả lời nào" in page.words()


@pytest.mark.parametrize("change", [{"level": 2, "form": None, "processing": None}, {"agencies": ["kind:xa"]}])
def test_a_draft_that_the_new_version_cannot_take_stays_where_it_is(
    change: dict[str, Any], visitor: GenericClient, second_step: Page
) -> None:
    office = draft_of().agency.kind
    if "agencies" in change:
        change = {"agencies": ["kind:phuong" if office == "xa" else "kind:xa"]}
    else:
        change = change | {"applicant": None, "papers": None, "fees": None, "next_steps": None, "partial_reason": None}
    cases.published(**change)
    page = visitor.get(f"{MOVE}?d=1")
    assert page.status == 200
    assert not page.tree.xpath("//form[@data-form='move']")
    assert visitor.get(second_step.url).status == 200


def test_there_is_nothing_to_move_on_the_published_version(visitor: GenericClient, second_step: Page) -> None:
    page = visitor.get(f"{MOVE}?d=1")
    assert page.url.endswith("/viec?d=1")


def test_a_stranger_finds_no_draft_to_move(visitor: GenericClient) -> None:
    assert visitor.get(MOVE).url.endswith(f"/nop-ho-so/{CODE}")
    assert visitor.get("/nop-ho-so/9.9/phien-ban-moi").status == 404


# Withdrawn


def withdraw() -> None:
    standing.withdraw(CODE, by=BY, now=datetime.now(UTC))


def test_of_a_withdrawn_procedure_a_stranger_finds_nothing(visitor: GenericClient) -> None:
    withdraw()
    for path in (f"/thu-tuc/{CODE}", f"/nop-ho-so/{CODE}"):
        assert visitor.get(path).status == 404


def test_a_draft_of_a_withdrawn_procedure_goes_on(visitor: GenericClient, second_step: Page) -> None:
    withdraw()
    page = visitor.get(f"/nop-ho-so/{CODE}")
    assert page.status == 410
    assert page.tree.xpath("//main//a[contains(@href, 'xem-lai?d=1')]")
    page = visitor.get(second_step.url)
    assert "tạm không nhận hồ sơ mới" in page.words()
    assert visitor.fill(page).status == 200


# Closed


def test_a_procedure_that_will_close_says_until_when(visitor: GenericClient, second_step: Page) -> None:
    close(1)
    last = f"{today():%d/%m/%Y}"
    for path in (f"/thu-tuc/{CODE}", f"/nop-ho-so/{CODE}", second_step.url):
        page = visitor.get(path)
        assert page.status == 200
        assert last in page.words()


def test_a_closed_procedure_is_told_of_and_names_what_replaces_it(visitor: GenericClient) -> None:
    cases.published(code="9.000002", title="Thủ tục mới")
    close(0, "9.000002")
    page = visitor.get(f"/thu-tuc/{CODE}")
    assert page.status == 200
    assert page.tree.xpath("//main//a[@href='/thu-tuc/9.000002']/text()") == ["Thủ tục mới"]
    assert not page.tree.xpath(f"//main//a[@href='/nop-ho-so/{CODE}']")
    assert CODE not in source(visitor.get("/thu-tuc"))
    start = visitor.get(f"/nop-ho-so/{CODE}")
    assert start.status == 410
    assert f"{today():%d/%m/%Y}" in start.words()
    assert start.tree.xpath("//main//a[@href='/thu-tuc/9.000002']")


def test_a_draft_of_a_closed_procedure_says_so_and_can_be_erased(visitor: GenericClient, second_step: Page) -> None:
    close(0)
    for path in (second_step.url, f"/nop-ho-so/{CODE}/xem-lai?d=1", f"{MOVE}?d=1"):
        page = visitor.get(path)
        assert (page.status, "không gửi được nữa" in page.words()) == (410, True)
    assert visitor.submit(second_step, typed_so_far(second_step.form)).status_code == 410
    end = visitor.get(f"/nop-ho-so/{CODE}/ket-thuc?d=1")
    assert end.status == 200
    assert draft_of() is not None


def test_beginning_with_a_closed_procedure_is_refused(visitor: GenericClient) -> None:
    page = visitor.get(f"/nop-ho-so/{CODE}")
    close(0)
    assert visitor.submit(page, typed_so_far(page.form)).status_code == 410
    assert not Draft.select().exists()


def test_a_procedure_that_opens_again_is_as_before(visitor: GenericClient, second_step: Page) -> None:
    close(0)
    standing.reopen(CODE, by=BY, now=datetime.now(UTC))
    assert visitor.get(second_step.url).status == 200
    assert CODE in source(visitor.get("/thu-tuc"))


def test_a_procedure_that_was_never_published_is_not_told_of(visitor: GenericClient) -> None:
    rows.write({**DOCUMENT, "code": "9.000009"}, now=datetime.now(UTC))
    assert visitor.get("/nop-ho-so/9.000009").status == 404


def test_a_draft_that_is_moved_and_sent_at_once_ends_as_one_dossier_of_one_version(app: Flask) -> None:
    draft = cases.filled(versions.current(CODE))  # type: ignore[arg-type]
    later = cases.published(title="Tên khác")
    old = cases.compiled(draft)
    carried, new = drafts.answers(draft, old), versions.compiled(later.id)

    def act(number: int) -> object:
        if number % 2:
            drafts.move(drafts.by_id(draft.id), later.id, carried, new, now=cases.NOW)
            return None
        return filings.submit(draft, now=cases.NOW).dossier.version_id

    came = cases.at_once(app, 4, act)
    filed = Dossier.get(Dossier.draft == draft.id)
    assert Dossier.select().where(Dossier.draft == draft.id).count() == 1
    assert {one for one in came if isinstance(one, int)} == {filed.version_id}
    faults = [one for one in came if isinstance(one, Exception)]
    assert all(isinstance(one, DraftFiled | DraftMoved | Conflict) for one in faults), faults
    for table in (OutboxMessage, Event):
        table.delete().execute()
    Draft.update(dossier=None).execute()
    Dossier.delete().execute()
