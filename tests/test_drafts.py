"""A draft keeps what was typed for the browser that holds its token, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from engine.dossier import filings
from engine.draft import attachments, drafts
from engine.errors import DraftExpired, DraftFiled, NoSuchDraft
from engine.form.answers import Answers
from engine.mails import outbox
from engine.platform.running import keyring
from engine.platform.sealing import SealBroken
from engine.storage.database import count_queries, database
from engine.storage.models import Attachment, Draft, OutboxMessage, ResumeLink, Version
from tests import filing_cases as cases
from tests.filing_cases import NOW, VALUES

DAY = timedelta(days=1)
LIFE = timedelta(days=30)


@pytest.fixture(autouse=True)
def program(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
    database.settle()


@pytest.fixture
def version() -> Version:
    return cases.published()


def typed(draft: Draft, **values: object) -> Answers:
    held = drafts.answers(draft, cases.compiled(draft))
    return held.with_values(values)


def stored(token: str) -> Answers:
    draft = drafts.find(token, now=NOW)
    return drafts.answers(draft, cases.compiled(draft))


def test_it_is_found_by_its_token(version: Version) -> None:
    draft, token = cases.begun(version, language="en")
    found = drafts.find(token, now=NOW)
    assert (found.id, found.version_id, found.language, found.channel) == (draft.id, version.id, "en", "online")
    assert (found.created_at, found.saved_at, found.expires_at) == (NOW, NOW, NOW + LIFE)
    assert stored(token) == Answers()


def test_who_is_late_writes_nothing_into_a_draft_that_has_the_same_number_now(version: Version) -> None:
    """SQLite gives the number of the last row again: what one tab still sends must not reach the next person's."""
    draft, _ = cases.begun(version)
    drafts.finish(draft)
    token = drafts.new_token()
    Draft.create(
        id=draft.id, token=drafts.hashed(token), version=version.id, agency=draft.agency_id, created_at=NOW,
        saved_at=NOW, expires_at=NOW + LIFE,
    )  # fmt: skip
    with pytest.raises(NoSuchDraft):
        drafts.save(draft, Answers(VALUES, {}, cases.STEPS), cases.compiled(draft), now=NOW)
    with pytest.raises(NoSuchDraft):
        filings.submit(draft, now=NOW)
    assert stored(token) == Answers()


def test_a_token_leads_to_its_own_dossier_only(version: Version) -> None:
    draft, token = cases.begun(version)
    drafts.save(draft, Answers(VALUES, {}, cases.STEPS), cases.compiled(draft), now=NOW)
    dossier = filings.submit(draft, now=NOW).dossier
    assert drafts.leads_to(token, dossier.id, now=NOW)
    assert not drafts.leads_to(token, dossier.id + 1, now=NOW)
    assert not drafts.leads_to(drafts.new_token(), dossier.id, now=NOW)
    assert not drafts.leads_to(token, dossier.id, now=NOW + LIFE)


def test_the_database_does_not_know_the_token(version: Version) -> None:
    draft, token = cases.begun(version)
    assert token not in str(vars(Draft.get_by_id(draft.id)))
    assert len(token) >= 32


@pytest.mark.parametrize("token", ["", "x", "ố" * 40, "a" * 5000])
def test_without_its_token_it_is_not_found(token: str) -> None:
    with pytest.raises(NoSuchDraft):
        drafts.find(token, now=NOW)
    assert not drafts.alive(token, now=NOW)


def test_it_ends_thirty_days_after_its_last_change(version: Version) -> None:
    draft, token = cases.begun(version)
    drafts.save(draft, Answers(), cases.compiled(draft), now=NOW + DAY)
    assert drafts.alive(token, now=NOW + DAY + LIFE - timedelta(seconds=1))
    with pytest.raises(DraftExpired) as fault:
        drafts.find(token, now=NOW + DAY + LIFE)
    assert fault.value.expired_at == NOW + DAY + LIFE
    assert drafts.kept_days() == 30


def test_answers_come_back_as_they_were_typed(version: Version) -> None:
    draft, token = cases.begun(version)
    given = Answers(VALUES, {"so_luong": {"so_luong": "hai"}}, frozenset({"nguoi"}))
    drafts.save(draft, given, cases.compiled(draft), now=NOW)
    assert stored(token) == given


def test_sensitive_answers_are_sealed_for_their_own_draft(version: Version) -> None:
    draft = cases.filled(version)
    row = Draft.get_by_id(draft.id)
    assert VALUES["so_dinh_danh"] not in row.answers
    assert row.sealed is not None
    assert VALUES["so_dinh_danh"].encode() not in bytes(row.sealed)
    other, _ = cases.begun(version)
    Draft.update(sealed=row.sealed).where(Draft.id == other.id).execute()
    with pytest.raises(SealBroken):
        drafts.answers(Draft.get_by_id(other.id), cases.compiled(other))


def test_an_answer_that_the_version_does_not_know_is_left_out(version: Version) -> None:
    draft, token = cases.begun(version)
    given = Answers({"ho_ten": "Hoa", "cu": 1}, {"cu_hon": {"cu_hon": "?"}}, frozenset())
    drafts.save(draft, given, cases.compiled(draft), now=NOW)
    assert stored(token) == Answers({"ho_ten": "Hoa"}, {}, frozenset())


def test_loading_and_saving_take_one_statement_each(version: Version) -> None:
    draft, token = cases.begun(version)
    drafts.answers(draft, cases.compiled(draft))
    with count_queries() as statements:
        found = drafts.find(token, now=NOW)
        drafts.answers(found, cases.compiled(found))
    assert len(statements) == 1
    with count_queries() as statements:
        drafts.save(found, Answers(VALUES), cases.compiled(found), now=NOW)
    assert len(statements) == 1


class TestTwoTabs:
    def test_both_keep_what_they_typed(self, version: Version) -> None:
        draft, token = cases.begun(version)
        first, second = drafts.find(token, now=NOW), drafts.find(token, now=NOW)
        drafts.save(first, typed(first, ho_ten="Hoa"), cases.compiled(draft), now=NOW)
        drafts.save(second, typed(second, so_luong=3), cases.compiled(draft), now=NOW)
        assert stored(token).values == {"ho_ten": "Hoa", "so_luong": 3}

    def test_of_the_same_field_the_later_counts(self, version: Version) -> None:
        draft, token = cases.begun(version)
        first, second = drafts.find(token, now=NOW), drafts.find(token, now=NOW)
        drafts.save(first, typed(first, ho_ten="Hoa"), cases.compiled(draft), now=NOW)
        drafts.save(second, typed(second, ho_ten="Lan"), cases.compiled(draft), now=NOW)
        assert stored(token).values == {"ho_ten": "Lan"}

    def test_saving_twice_in_one_request_goes_on_from_the_first(self, version: Version) -> None:
        draft, token = cases.begun(version)
        drafts.save(draft, typed(draft, ho_ten="Hoa"), cases.compiled(draft), now=NOW)
        drafts.save(draft, typed(draft, so_luong=1), cases.compiled(draft), now=NOW)
        assert stored(token).values == {"ho_ten": "Hoa", "so_luong": 1}

    def test_an_answer_taken_away_stays_away(self) -> None:
        before = Answers({"a": 1, "b": 2}, {}, frozenset({"x", "y"}))
        mine = Answers({"b": 2}, {}, frozenset({"y"}))
        theirs = Answers({"a": 1, "b": 3}, {"c": {"c": "?"}}, frozenset({"x", "y", "z"}))
        assert drafts.merged(before, mine, theirs) == Answers({"b": 3}, {"c": {"c": "?"}}, frozenset({"y", "z"}))

    def test_an_entry_that_became_readable_replaces_the_unreadable_one(self) -> None:
        before = Answers({}, {"a": {"a": "?"}}, frozenset())
        mine = Answers({"a": 1}, {}, frozenset())
        assert drafts.merged(before, mine, before) == mine

    def test_many_at_once_lose_nothing(self, app: Flask, version: Version) -> None:
        draft, token = cases.begun(version)
        names = ["ho_ten", "so_dinh_danh", "thu", "so_luong"]

        def act(number: int) -> None:
            mine = drafts.find(token, now=NOW)
            drafts.save(mine, typed(mine, **{names[number]: VALUES[names[number]]}), cases.compiled(mine), now=NOW)

        assert cases.at_once(app, 4, act) == [None] * 4
        assert stored(token).values == {name: VALUES[name] for name in names}
        assert draft.revision == 0

    def test_what_was_sent_in_the_other_tab_cannot_be_changed_here(self, version: Version) -> None:
        draft = cases.filled(version)
        here = drafts.by_id(draft.id)
        filed = filings.submit(draft, now=NOW).dossier
        with pytest.raises(DraftFiled) as fault:
            drafts.save(here, typed(here, ho_ten="Khác"), cases.compiled(here), now=NOW)
        assert fault.value.dossier == filed.id

    def test_what_was_erased_in_the_other_tab_is_gone_here(self, version: Version) -> None:
        draft, token = cases.begun(version)
        drafts.finish(drafts.find(token, now=NOW))
        with pytest.raises(NoSuchDraft):
            drafts.save(draft, Answers(VALUES), cases.compiled(draft), now=NOW)


class TestFinish:
    def test_erases_the_draft_with_its_links_and_files(self, version: Version) -> None:
        draft, token = cases.begun(version)
        cases.attached(draft, cases.upload(), cases.upload())
        drafts.mail_link(draft, "hoa@example.vn", language="vi", now=NOW)
        paths = [attachments.path(one) for one in Attachment.select().where(Attachment.draft == draft.id)]
        assert len(paths) == 2
        assert all(path.is_file() for path in paths)
        drafts.finish(draft)
        assert not any(path.exists() for path in paths)
        assert not Attachment.select().where(Attachment.draft == draft.id).exists()
        assert not ResumeLink.select().where(ResumeLink.draft == draft.id).exists()
        with pytest.raises(NoSuchDraft):
            drafts.find(token, now=NOW)

    def test_of_a_filed_one_leaves_the_dossier_with_its_files(self, version: Version) -> None:
        draft = cases.filled(version)
        received = cases.attached(draft, cases.upload())
        drafts.save(draft, typed(draft, giay_to=list(received.ids["giay_to"])), cases.compiled(draft), now=NOW)
        dossier = filings.submit(draft, now=NOW).dossier
        drafts.finish(drafts.by_id(draft.id))
        (kept,) = attachments.of_dossier(dossier)
        assert attachments.path(kept).is_file()

    def test_the_number_of_a_filed_draft_is_never_given_again(self, version: Version) -> None:
        draft = cases.filled(version)
        filed = filings.submit(draft, now=NOW).dossier
        drafts.finish(drafts.by_id(draft.id))
        next_one = cases.filled(version)
        assert next_one.id > draft.id
        assert filings.submit(next_one, now=NOW).dossier.id != filed.id


class TestSweep:
    def test_erases_what_is_over_with_its_files_and_nothing_else(self, version: Version) -> None:
        old, old_token = cases.begun(version)
        cases.attached(old, cases.upload())
        path = attachments.path(Attachment.get(Attachment.draft == old.id))
        _, young_token = cases.begun(version, now=NOW + DAY)
        assert drafts.sweep(NOW + LIFE) >= 1
        assert not path.exists()
        assert not drafts.alive(old_token, now=NOW)
        assert drafts.alive(young_token, now=NOW + LIFE)
        assert drafts.sweep(NOW + LIFE) == 0

    def test_of_a_filed_one_leaves_the_dossier(self, version: Version) -> None:
        draft = cases.filled(version)
        dossier = filings.submit(draft, now=NOW).dossier
        drafts.sweep(NOW + LIFE)
        with pytest.raises(NoSuchDraft):
            drafts.by_id(draft.id)
        assert type(dossier).get_by_id(dossier.id).code == dossier.code


class TestResume:
    def link(self, draft: Draft) -> str:
        drafts.mail_link(draft, "hoa@example.vn", language="vi", now=NOW)
        mail = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
        assert mail.event == "resume"
        assert mail.secret is not None
        opened = keyring().open_sealed(mail.secret, context=outbox._context("hoa@example.vn")).decode()
        assert opened.startswith("http://127.0.0.1")
        return opened.rpartition("/")[2]

    def test_the_mailed_link_leads_to_the_draft(self, version: Version) -> None:
        draft, _ = cases.begun(version)
        assert drafts.by_link(self.link(draft), now=NOW).id == draft.id

    def test_the_outbox_does_not_show_it(self, version: Version) -> None:
        draft, _ = cases.begun(version)
        token = self.link(draft)
        mail = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
        assert token not in mail.body
        assert outbox.SECRET in mail.body
        assert "Xác nhận thử" in mail.subject

    def test_both_browsers_go_on(self, version: Version) -> None:
        draft, token = cases.begun(version)
        link = self.link(draft)
        fresh = drafts.resume(link, now=NOW)
        assert fresh not in (token, link)
        assert drafts.find(fresh, now=NOW).id == drafts.find(token, now=NOW).id == draft.id

    def test_the_first_browsers_token_is_no_link(self, version: Version) -> None:
        _, token = cases.begun(version)
        for opening in (drafts.by_link, drafts.resume):
            with pytest.raises(NoSuchDraft):
                opening(token, now=NOW)

    def test_it_ends_with_the_draft(self, version: Version) -> None:
        draft, _ = cases.begun(version)
        link = self.link(draft)
        with pytest.raises(DraftExpired):
            drafts.resume(link, now=NOW + LIFE)

    def test_it_does_not_lead_to_the_lookup_code_of_what_was_sent(self, version: Version) -> None:
        draft = cases.filled(version)
        link = self.link(draft)
        filings.submit(draft, now=NOW)
        with pytest.raises(NoSuchDraft):
            drafts.resume(link, now=NOW)
