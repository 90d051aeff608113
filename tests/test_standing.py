"""Procedures that are withdrawn, closed, opened again; old versions that come back as a draft."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from engine.dossier import filings
from engine.draft import drafts
from engine.errors import (
    Conflict,
    DraftFiled,
    DraftMoved,
    NoSuchProcedure,
    NoSuchVersion,
    NotComplete,
    ProcedureClosed,
    SuccessorRefused,
    UnpublishedChanges,
)
from engine.form.answers import Answers
from engine.publishing import catalogue, rows, standing, versions
from engine.publishing.catalogue import Wanted
from engine.storage import journal
from engine.storage.database import database
from engine.storage.models import Draft, ProcedureRow, TemplateFile, Version
from tests import filing_cases as cases
from tests.filing_cases import DOCUMENT, NOW, VALUES

CODE = DOCUMENT["code"]
TODAY = date(2026, 11, 24)  # of NOW, where the offices are
BY = "quan-tri@example.vn"


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), database.atomic() as transaction:
        yield
        transaction.rollback()
        versions._kept.cache_clear()  # the numbers of what was rolled back are given again


def second(**more: object) -> Version:
    return cases.published(**({"keywords": ["hai"]} | more))


def actions() -> list[str]:
    return [entry.action for entry in reversed(journal.of_subject(CODE))]


# Withdrawing


def test_a_withdrawn_version_is_not_shown_and_says_when() -> None:
    version = cases.published()
    standing.withdraw(CODE, by=BY, now=NOW)
    assert versions.current(CODE) is None
    assert Version.get_by_id(version.id).withdrawn_at == NOW
    assert actions() == ["withdrawn"]


def test_the_version_before_can_be_shown_instead() -> None:
    first, later = cases.published(), second()
    standing.withdraw(CODE, back_to=first.number, by=BY, now=NOW)
    assert versions.current(CODE) == first
    assert Version.get_by_id(later.id).withdrawn_at == NOW
    assert journal.of_subject(CODE)[0].details == {"version": 2, "back_to": 1}


def test_what_is_not_shown_cannot_be_withdrawn_twice() -> None:
    cases.published()
    for _ in range(2):
        standing.withdraw(CODE, by=BY, now=NOW)
    assert actions() == ["withdrawn"]


def test_an_older_version_is_shown_again() -> None:
    first = cases.published()
    standing.withdraw(CODE, by=BY, now=NOW)
    standing.show_again(CODE, first.number, by=BY, now=NOW)
    assert versions.current(CODE) == first
    assert Version.get_by_id(first.id).withdrawn_at is None
    assert actions() == ["withdrawn", "shown_again"]


@pytest.mark.parametrize("number", [0, 9])
def test_a_version_that_does_not_exist_is_refused(number: int) -> None:
    cases.published()
    with pytest.raises(NoSuchVersion):
        standing.withdraw(CODE, back_to=number, by=BY, now=NOW)
    with pytest.raises(NoSuchVersion):
        standing.restore(CODE, number, confirmed=True, by=BY, now=NOW)
    assert versions.current(CODE) is not None


def test_a_draft_in_hand_of_a_withdrawn_version_can_be_filed() -> None:
    draft = cases.filled(cases.published())
    standing.withdraw(CODE, by=BY, now=NOW)
    assert filings.submit(draft, now=NOW).created


# Closing


def test_a_procedure_receives_until_the_day_on_which_it_closes() -> None:
    version = cases.published()
    standing.close(CODE, on=TODAY + timedelta(days=1), by=BY, now=NOW)
    stood = standing.of_version(version.id)
    assert not stood.closed("2026-11-24")
    assert stood.closed("2026-11-25")
    assert filings.submit(cases.filled(version), now=NOW).created


def test_a_draft_of_a_closed_procedure_is_not_filed() -> None:
    draft = cases.filled(cases.published())
    standing.close(CODE, on=TODAY, by=BY, now=NOW)
    with pytest.raises(ProcedureClosed) as refused:
        filings.submit(draft, now=NOW)
    assert (refused.value.code, refused.value.closed_on) == (CODE, "2026-11-24")
    standing.reopen(CODE, by=BY, now=NOW)
    assert filings.submit(draft, now=NOW).created
    assert [one for one in actions() if one != "submitted"] == ["closed", "reopened"]


def test_a_dossier_that_was_filed_before_is_found_again_after_the_closing() -> None:
    draft = cases.filled(cases.published())
    filed = filings.submit(draft, now=NOW)
    standing.close(CODE, on=TODAY, by=BY, now=NOW)
    assert filings.submit(draft, now=NOW).dossier.id == filed.dossier.id


def test_lists_hide_what_is_closed_from_its_day_on() -> None:
    cases.published()
    standing.close(CODE, on=TODAY, by=BY, now=NOW)
    for today, count in (("2026-11-23", 1), ("2026-11-24", 0)):
        assert catalogue.find(Wanted(), page=1, size=9, today=today).total == count
        assert len(catalogue.categories(today=today)) == count
        assert len(catalogue.most_used(limit=9, today=today)) == count


def test_opening_what_is_open_changes_nothing() -> None:
    cases.published()
    standing.reopen(CODE, by=BY, now=NOW)
    assert actions() == []


def test_a_successor_is_published_and_leads_not_back() -> None:
    cases.published()
    cases.published(code="9.000002")
    rows.write({**DOCUMENT, "code": "9.000003"}, now=NOW)
    for wrong, why in ((CODE, "circle"), ("9.000003", "unknown"), ("khong-co", "unknown")):
        with pytest.raises(SuccessorRefused) as refused:
            standing.close(CODE, on=TODAY, successor=wrong, by=BY, now=NOW)
        assert (refused.value.successor, refused.value.why) == (wrong, why)
    standing.close(CODE, on=TODAY, successor="9.000002", by=BY, now=NOW)
    assert standing.of_code(CODE) == standing.Standing(versions.current(CODE).id, "2026-11-24", "9.000002")  # type: ignore[union-attr]
    with pytest.raises(SuccessorRefused):
        standing.close("9.000002", on=TODAY, successor=CODE, by=BY, now=NOW)


def test_a_procedure_that_does_not_exist_is_refused() -> None:
    with pytest.raises(NoSuchProcedure):
        standing.withdraw("khong-co", by=BY, now=NOW)
    with pytest.raises(NoSuchProcedure):
        standing.close("khong-co", on=TODAY, by=BY, now=NOW)
    with pytest.raises(NoSuchProcedure):
        standing.reopen("khong-co", by=BY, now=NOW)
    assert standing.of_code("khong-co") is None


def test_publishing_while_closed_leaves_it_closed() -> None:
    cases.published()
    standing.close(CODE, on=TODAY, by=BY, now=NOW)
    assert standing.of_version(second().id).closed("2026-11-24")


# Restoring


def test_an_old_version_comes_back_as_a_draft_and_is_not_shown() -> None:
    first, later = cases.published(), second()
    standing.restore(CODE, first.number, confirmed=False, by=BY, now=NOW)
    assert "keywords" not in rows.read(CODE)
    assert versions.current(CODE) == later
    assert versions.publish(CODE, by=BY, note="", now=NOW).digest == first.digest
    assert actions() == ["restored"]


def test_unpublished_changes_are_not_thrown_away_unasked() -> None:
    first = cases.published()
    rows.write({**DOCUMENT, "title": "Khác"}, now=NOW)
    with pytest.raises(UnpublishedChanges):
        standing.restore(CODE, first.number, confirmed=False, by=BY, now=NOW)
    assert rows.read(CODE)["title"] == "Khác"
    standing.restore(CODE, first.number, confirmed=True, by=BY, now=NOW)
    assert rows.read(CODE)["title"] == DOCUMENT["title"]


def test_a_draft_with_faults_counts_as_unpublished_changes() -> None:
    cases.published()
    assert not versions.differs(CODE)
    rows.write({**DOCUMENT, "category": "khong-co"}, now=NOW)
    assert versions.differs(CODE)


def test_a_block_comes_back_as_fields_of_their_own() -> None:
    fields = [{"name": "ten", "kind": "text", "label": "Tên"}]
    cases.prepare()
    rows.write_block({"format": 1, "block": "nguoi", "title": "Người", "fields": fields})
    step = {
        "step": "nguoi",
        "title": "Người",
        "fields": [*DOCUMENT["form"][0]["fields"], {"block": "nguoi", "prefix": "yc"}],
    }
    first = cases.published(form=[step, DOCUMENT["form"][1]])
    assert rows.read(CODE)["form"][0]["fields"][-1] == {"block": "nguoi", "prefix": "yc"}
    standing.restore(CODE, first.number, confirmed=False, by=BY, now=NOW)
    restored = rows.read(CODE)["form"][0]["fields"][-1]
    assert (restored["name"], restored["kind"]) == ("yc_ten", "text")


def test_a_blank_form_comes_back_with_its_version() -> None:
    cases.prepare()
    rows.write(DOCUMENT, now=NOW)
    versions.store_template(CODE, "don.docx", b"cu")
    first = cases.published(templates=[{"file": "don.docx", "title": "Đơn"}])
    versions.store_template(CODE, "don.docx", b"moi")
    standing.restore(CODE, first.number, confirmed=True, by=BY, now=NOW)
    row = TemplateFile.get(TemplateFile.file == "don.docx")
    assert (row.digest, row.size) == (versions.pinned(first.id)["templates"]["don.docx"], 2)


# Moving a draft


def moved(draft: Draft, to: Version, **values: object) -> None:
    drafts.move(draft, to.id, Answers(values, {}, frozenset({"nguoi"})), versions.compiled(to.id), now=NOW)


def test_a_draft_stays_on_its_version_until_it_is_moved() -> None:
    draft = cases.filled(cases.published())
    later = second()
    assert filings.submit(draft, now=NOW).dossier.version_id != later.id


def test_a_moved_draft_is_filed_by_its_new_version() -> None:
    draft = cases.filled(cases.published())
    later = second()
    drafts.move(draft, later.id, drafts.answers(draft, cases.compiled(draft)), versions.compiled(later.id), now=NOW)
    fresh = drafts.again(draft)
    assert (fresh.version_id, fresh.revision) == (later.id, draft.revision + 1)
    assert filings.submit(draft, now=NOW).dossier.version_id == later.id


def test_what_becomes_sensitive_is_sealed_when_the_draft_moves() -> None:
    draft = cases.filled(cases.published())
    form = [{**DOCUMENT["form"][0], "fields": [DOCUMENT["form"][0]["fields"][0] | {"sensitive": True},
                                               *DOCUMENT["form"][0]["fields"][1:]]}, DOCUMENT["form"][1]]  # fmt: skip
    later = cases.published(form=form)
    assert "Lê Thị Hoa" in drafts.again(draft).answers
    moved(draft, later, **VALUES)
    fresh = drafts.again(draft)
    assert "Lê Thị Hoa" not in fresh.answers
    assert drafts.answers(fresh, versions.compiled(later.id)).values == VALUES


def test_a_draft_that_was_saved_since_is_not_moved_unseen() -> None:
    draft = cases.filled(cases.published())
    other = drafts.again(draft)
    drafts.save(other, Answers({"ho_ten": "Khác"}), cases.compiled(draft), now=NOW)
    with pytest.raises(Conflict):
        moved(draft, second(), ho_ten="Lê")
    assert drafts.again(draft).version_id == draft.version_id


def test_a_draft_that_was_filed_meanwhile_is_not_moved() -> None:
    draft = cases.filled(cases.published())
    filings.submit(draft, now=NOW)
    with pytest.raises(DraftFiled):
        moved(draft, second())


def test_a_draft_is_moved_once_however_often_it_is_asked() -> None:
    draft = cases.filled(cases.published())
    again, later = drafts.again(draft), second()
    moved(draft, later, ho_ten="Lê")
    with pytest.raises(DraftMoved):
        moved(again, later, ho_ten="Lê")


def test_a_page_of_the_old_version_does_not_save_into_the_new_one() -> None:
    draft = cases.filled(cases.published())
    stale, later = drafts.again(draft), second()
    moved(draft, later, ho_ten="Lê")
    with pytest.raises(DraftMoved):
        drafts.save(stale, Answers({"ho_ten": "Cũ"}), cases.compiled(stale), now=NOW)
    assert drafts.answers(drafts.again(draft), versions.compiled(later.id)).values == {"ho_ten": "Lê"}


def test_sending_what_was_moved_meanwhile_is_judged_by_the_new_version() -> None:
    draft = cases.filled(cases.published())
    stale = drafts.again(draft)
    fields = [*DOCUMENT["form"][1]["fields"], {"name": "moi", "kind": "text", "label": "Mới", "required": True}]
    later = cases.published(form=[DOCUMENT["form"][0], {**DOCUMENT["form"][1], "fields": fields}])
    drafts.move(draft, later.id, drafts.answers(draft, cases.compiled(draft)), versions.compiled(later.id), now=NOW)
    with pytest.raises(NotComplete) as refused:
        filings.submit(stale, now=NOW)
    assert refused.value.step == "viec"


def test_a_row_says_no_more_than_it_must() -> None:
    cases.published()
    row = ProcedureRow.get(ProcedureRow.code == CODE)
    assert (row.closed_on, row.successor) == (None, None)
