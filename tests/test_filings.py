"""Filing makes one dossier out of a draft, whole or not at all, however often and from wherever it is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from engine.dossier import codes, dossiers, filings
from engine.draft import attachments, drafts
from engine.errors import DraftExpired, NoSuchDraft, NotComplete
from engine.form.checklist import checklist
from engine.mails import outbox
from engine.office.workflow import Status
from engine.storage import journal, vault
from engine.storage.database import count_queries, database
from engine.storage.models import Attachment, Dossier, Draft, Event, EventText, JournalEntry, OutboxMessage, Version
from tests import filing_cases as cases
from tests.filing_cases import NOW, VALUES, WORKING

LIFE = timedelta(days=30)


@pytest.fixture(autouse=True)
def program(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
    database.settle()


@pytest.fixture
def version() -> Version:
    return cases.published()


def submitted(draft: Draft, now: datetime = NOW) -> filings.Submitted:
    return filings.submit(draft, now=now)


def mail_of(dossier: Dossier) -> OutboxMessage:
    (mail,) = outbox.of_dossier(dossier.id)
    return mail


class TestDossier:
    def test_it_stands_with_the_reception_of_its_agency(self, version: Version) -> None:
        done = submitted(cases.filled(version))
        dossier = dossiers.by_id(done.dossier.id)
        assert done.created
        assert dossier.status == Status.REGISTERED
        assert (dossier.unit, dossier.stage, dossier.officer, dossier.revision) == ("mot-cua", None, None, 0)
        assert (dossier.procedure, dossier.version_id, dossier.channel) == ("9.000001", version.id, "online")
        assert dossier.agency.code == "H21.52.01"
        assert (dossier.filed_at, dossier.since, dossier.filed_on) == (NOW, NOW, "2026-11-24")

    def test_the_row_that_is_returned_is_the_one_that_is_stored(self, version: Version) -> None:
        made = submitted(cases.filled(version)).dossier
        assert vars(made)["__data__"].items() <= vars(Dossier.get_by_id(made.id))["__data__"].items()

    def test_its_code_counts_by_agency_and_local_day(self, version: Version) -> None:
        day = datetime(2026, 7, 1, 16, 30, tzinfo=UTC)  # 23:30 in Việt Nam
        after = day + timedelta(hours=1)
        found = [submitted(cases.filled(version, now=day), day).dossier.code for _ in range(2)]
        assert found == ["H21.52.01-260701-0001", "H21.52.01-260701-0002"]
        assert submitted(cases.filled(version, now=after), after).dossier.code == "H21.52.01-260702-0001"
        elsewhere = submitted(cases.filled(version, now=day, of="H21.52.02"), day)
        assert elsewhere.dossier.code == "H21.52.02-260701-0001"
        assert elsewhere.dossier.filed_on == "2026-07-01"

    def test_a_code_that_is_taken_is_passed_over(self, version: Version) -> None:
        day = datetime(2026, 8, 3, 2, tzinfo=UTC)
        first = submitted(cases.filled(version, now=day), day).dossier
        Dossier.update(code="H21.52.01-260803-0002").where(Dossier.id == first.id).execute()
        assert submitted(cases.filled(version, now=day), day).dossier.code == "H21.52.01-260803-0003"

    def test_it_stores_the_relevant_view_and_its_day(self, version: Version) -> None:
        dossier = submitted(cases.filled(version, {**VALUES, "ban_sao": False})).dossier
        view = dossiers.view(dossier, cases.compiled(cases.begun(version)[0]))
        expected = {name: value for name, value in VALUES.items() if name != "so_luong"}
        assert view == {**expected, "ban_sao": False, "today": "2026-11-24", "channel": "online", "agency": "H21.52.01"}

    def test_sensitive_answers_are_sealed_for_it_alone(self, version: Version) -> None:
        dossier = submitted(cases.filled(version)).dossier
        row = Dossier.get_by_id(dossier.id)
        open_columns = json.dumps([row.answers, row.folded, row.fees, row.applicant, row.consent])
        assert VALUES["so_dinh_danh"] not in open_columns
        assert vault.dossier_view(row)["so_dinh_danh"] == VALUES["so_dinh_danh"]

    def test_it_keeps_fees_applicant_address_and_consent(self, version: Version) -> None:
        dossier = submitted(cases.filled(version)).dossier
        assert dossier.fees == [{"name": "phi", "amount": 16000, "type": "phi", "collected": "on_receipt"}]
        assert (dossiers.applicant(dossier), dossier.email) == ("Lê Thị Hoa", "hoa@example.vn")
        assert dossier.consent == {"purpose": "filing", "notice": 1, "at": NOW.isoformat()}

    def test_it_is_found_by_code_and_by_words_without_marks(self, version: Version) -> None:
        dossier = submitted(cases.filled(version)).dossier
        assert " le thi hoa" in dossier.folded
        assert dossier.folded.startswith(" h21 52 01 ")

    @pytest.mark.parametrize(
        ("sent", "until"),
        [
            (WORKING, datetime(2026, 11, 26, 2, tzinfo=UTC)),
            (NOW, datetime(2026, 11, 25, 10, tzinfo=UTC)),  # a holiday: 8 working hours of the next day
        ],
    )
    def test_the_office_answers_within_its_working_hours(
        self, version: Version, sent: datetime, until: datetime
    ) -> None:
        assert submitted(cases.filled(version, now=sent), sent).dossier.until == until

    def test_without_a_stated_time_nothing_is_promised(self) -> None:
        version = cases.published(code="9.000002", processing={"reception": "mot-cua"})
        assert submitted(cases.filled(version)).dossier.until is None


class TestOnce:
    def test_sent_again_it_is_the_same_dossier_with_the_same_lookup_code(self, version: Version) -> None:
        draft = cases.filled(version)
        first, second = submitted(draft), submitted(draft)
        assert (first.created, second.created) == (True, False)
        assert second.dossier.id == first.dossier.id
        assert second.lookup_code == first.lookup_code
        assert len(dossiers.events(first.dossier)) == 1

    def test_two_clicks_at_once_make_one_dossier(self, app: Flask, version: Version) -> None:
        draft = cases.filled(version)
        came = cases.at_once(app, 4, lambda _number: submitted(draft))
        assert all(isinstance(one, filings.Submitted) for one in came), came
        done = [one for one in came if isinstance(one, filings.Submitted)]
        assert len({one.dossier.id for one in done}) == 1
        assert len({one.lookup_code for one in done}) == 1
        assert sorted(one.created for one in done) == [False, False, False, True]
        assert Dossier.select().where(Dossier.draft == draft.id).count() == 1
        assert Event.select().where(Event.dossier == done[0].dossier.id).count() == 1
        assert OutboxMessage.select().where(OutboxMessage.dossier == done[0].dossier.id).count() == 1

    def test_many_who_send_at_once_each_get_a_code_of_their_own(self, app: Flask, version: Version) -> None:
        waiting = [[cases.filled(version) for _ in range(4)] for _ in range(4)]
        came = cases.at_once(app, 4, lambda number: [submitted(draft).dossier.code for draft in waiting[number]])
        given = [code for one in came if isinstance(one, list) for code in one]
        assert len(given) == len(set(given)) == 16, came

    def test_the_lookup_code_is_shown_to_its_own_browser_and_kept_as_a_hash(self, version: Version) -> None:
        draft = cases.filled(version)
        done = submitted(draft)
        assert len(codes.normalised(done.lookup_code)) == 12
        assert drafts.lookup_code(drafts.by_id(draft.id)) == done.lookup_code
        row = Dossier.get_by_id(done.dossier.id)
        assert done.lookup_code not in str(vars(row))
        assert row.lookup == vault.lookup_hash(codes.normalised(done.lookup_code), row.code)

    def test_the_draft_keeps_nothing_of_what_was_typed(self, version: Version) -> None:
        draft = cases.filled(version)
        submitted(draft)
        row = drafts.by_id(draft.id)
        assert (row.answers, row.sealed) == ("{}", None)


class TestRefused:
    @pytest.mark.parametrize(
        ("values", "steps", "step"),
        [
            ({**VALUES, "ho_ten": None}, cases.STEPS, "nguoi"),
            ({**VALUES, "so_luong": None}, cases.STEPS, "viec"),
            (VALUES, cases.STEPS - {"viec"}, "viec"),
            ({}, frozenset(), "nguoi"),
        ],
    )
    def test_what_is_not_complete_says_where_to_go(
        self, version: Version, values: dict[str, object], steps: frozenset[str], step: str
    ) -> None:
        draft = cases.filled(version, values, steps=steps)
        with pytest.raises(NotComplete) as fault:
            submitted(draft)
        assert fault.value.step == step
        assert drafts.by_id(draft.id).dossier_id is None

    def test_a_check_that_fails_by_the_day_of_sending(self) -> None:
        check = {"rule": {"field": "ngay", "on_or_after": "today"}, "at": "ngay", "message": "Từ hôm nay"}
        fields = [{"name": "ngay", "kind": "date", "label": "Ngày", "required": True}]
        version = cases.published(
            code="9.000003", checks=[check], papers=None, fees=None, applicant={"name": "ngay"},
            form=[{"step": "mot", "title": "Một", "fields": fields}],
        )  # fmt: skip
        draft = cases.filled(version, {"ngay": "2026-11-24"}, steps=frozenset({"mot"}))
        with pytest.raises(NotComplete):
            submitted(draft, NOW + timedelta(days=1))
        assert submitted(draft).created

    def test_what_is_refused_leaves_no_trace(self, version: Version) -> None:
        counted = [model.select().count() for model in (Dossier, Event, OutboxMessage, JournalEntry)]
        with pytest.raises(NotComplete):
            submitted(cases.filled(version, {}))
        assert [model.select().count() for model in (Dossier, Event, OutboxMessage, JournalEntry)] == counted

    def test_a_draft_whose_time_is_over(self, version: Version) -> None:
        with pytest.raises(DraftExpired):
            submitted(cases.filled(version), NOW + LIFE)

    def test_a_draft_that_was_erased(self, version: Version) -> None:
        draft = cases.filled(version)
        drafts.finish(draft)
        with pytest.raises(NoSuchDraft):
            submitted(draft)

    def test_a_file_that_is_gone(self, version: Version) -> None:
        draft = cases.filled(version, {**VALUES, "giay_to": ["gone"]})
        with pytest.raises(NotComplete) as fault:
            submitted(draft)
        assert fault.value.step == "giay_to"


class TestFollows:
    def test_the_first_event_says_until_when_the_answer_is_due(self, version: Version) -> None:
        dossier = submitted(cases.filled(version)).dossier
        (event,) = dossiers.events(dossier)
        assert (event.event, event.status, event.unit) == ("submitted", Status.REGISTERED, "mot-cua")
        assert (event.at, event.until, event.person, event.text) == (NOW, dossier.until, "", "")
        assert not EventText.select().where(EventText.event == event.id).exists()

    def test_the_files_that_were_named_move_with_it_and_the_others_are_erased(self, version: Version) -> None:
        draft, _ = cases.begun(version)
        received = cases.attached(draft, cases.upload(name="dung.pdf"), cases.upload(name="bo.pdf"))
        used, unused = received.ids["giay_to"]
        lost = attachments.path(Attachment.get(Attachment.public_id == unused))
        given = drafts.answers(draft, cases.compiled(draft)).with_values({**VALUES, "giay_to": [used]})
        drafts.save(draft, type(given)(given.values, {}, cases.STEPS), cases.compiled(draft), now=NOW)
        dossier = submitted(draft).dossier
        (kept,) = attachments.of_dossier(dossier)
        assert (kept.public_id, kept.name, kept.field, kept.draft) == (used, "dung.pdf", "giay_to", None)
        assert attachments.path(kept).is_file()
        assert not lost.exists()
        assert attachments.find(unused) is None

    def test_the_journal_says_that_a_citizen_filed_and_nothing_else(self, version: Version) -> None:
        dossier = submitted(cases.filled(version)).dossier
        (entry,) = journal.of_subject(dossier.code)
        assert (entry.actor, entry.action, entry.at, entry.details) == ("citizen", "submitted", NOW, {})

    def test_it_takes_twelve_statements_at_the_most(self, version: Version) -> None:
        draft, _ = cases.begun(version)
        (used, _unused) = cases.attached(draft, cases.upload(), cases.upload()).ids["giay_to"]
        given = drafts.answers(draft, cases.compiled(draft)).with_values({**VALUES, "giay_to": [used]})
        drafts.save(draft, type(given)(given.values, {}, cases.STEPS), cases.compiled(draft), now=NOW)
        with cases.some_units():
            submitted(cases.filled(version))  # what is read once per process is read now
            with count_queries() as statements:
                submitted(draft)
        erasing = [one for one in statements if "attachment" in one and not one.startswith(("UPDATE", "SELECT public"))]
        assert len(statements) - len(erasing) <= 12, statements

    @pytest.mark.parametrize(("ban_sao", "papers"), [(True, ["giay_to", "ban_chinh"]), (False, ["giay_to"])])
    def test_the_papers_that_are_wanted_depend_on_the_answers(
        self, version: Version, *, ban_sao: bool, papers: list[str]
    ) -> None:
        draft = cases.filled(version, {**VALUES, "ban_sao": ban_sao})
        form = cases.compiled(draft)
        view = dossiers.view(submitted(draft).dossier, form)
        assert [one.paper.name for one in checklist(form, view)] == papers


class TestMail:
    def test_it_says_what_was_registered(self, version: Version) -> None:
        dossier = submitted(cases.filled(version)).dossier
        mail = mail_of(dossier)
        assert (mail.recipient, mail.event, mail.state) == ("hoa@example.vn", "submitted", "waiting")
        assert mail.subject == f"Đã gửi hồ sơ {dossier.code}: Xác nhận thử"
        for said in (
            "- Họ tên: Lê Thị Hoa",
            "Việc của Lê Thị Hoa",
            "- Số lượng: 2",
            "UBND phường Quy Nhơn",
            "Bộ phận Một cửa",
            "Mang bản chính đến Bộ phận Một cửa.",
            "- Phí bản sao: 16.000 đ",
            "Tổng cộng: 16.000 đ",
            f"/tra-cuu?ma_ho_so={dossier.code}",
            "09:00 ngày 24/11/2026",
            "17:00 ngày 25/11/2026",
        ):
            assert said in mail.body

    def test_sensitive_answers_are_masked(self, version: Version) -> None:
        body = mail_of(submitted(cases.filled(version)).dossier).body
        assert VALUES["so_dinh_danh"] not in body
        assert "- Số định danh: ••••234" in body

    def test_the_lookup_code_is_never_in_it(self, version: Version) -> None:
        done = submitted(cases.filled(version))
        body = mail_of(done.dossier).body
        assert done.lookup_code not in body
        assert codes.normalised(done.lookup_code) not in body

    def test_it_is_in_the_language_of_the_filing(self, version: Version) -> None:
        mail = mail_of(submitted(cases.filled(version, language="en")).dossier)
        assert mail.subject.endswith("sent: Trial certificate")
        assert "- Name: Lê Thị Hoa" in mail.body
        assert "09:00 on 24/11/2026" in mail.body

    def test_nothing_to_pay_is_said(self, version: Version) -> None:
        mail = mail_of(submitted(cases.filled(version, {**VALUES, "ban_sao": False})).dossier)
        assert "Không phải nộp." in mail.body
        assert "Tổng cộng" not in mail.body

    def test_without_an_address_there_is_none(self, version: Version) -> None:
        dossier = submitted(cases.filled(version, {**VALUES, "thu": None})).dossier
        assert dossier.email == ""
        assert not outbox.of_dossier(dossier.id)

    def test_the_offices_own_words_go_first(self) -> None:
        own = {"subject": "Gửi {person}{code}", "body": "Chào ông/bà, hồ sơ {{ code }} ở {unit}. {unknown}"}
        version = cases.published(code="9.000004", mail={"submitted": own})
        dossier = submitted(cases.filled(version)).dossier
        mail = mail_of(dossier)
        assert mail.subject == f"Gửi {dossier.code}"
        assert mail.body == f"Chào ông/bà, hồ sơ {dossier.code} ở Bộ phận Một cửa. {{unknown}}"


def test_a_sealed_name_stands_in_no_column_of_its_own(version: Version) -> None:
    form = json.loads(json.dumps(cases.DOCUMENT["form"]))
    form[0]["fields"][0]["sensitive"] = True
    dossier = submitted(cases.filled(cases.published(code="9.000009", form=form))).dossier
    row = Dossier.get_by_id(dossier.id)
    assert "Lê Thị Hoa" not in str(vars(row))
    assert "le thi hoa" not in row.folded
    assert all("Lê Thị Hoa" not in mail.body for mail in outbox.of_dossier(dossier.id))
    assert vault.dossier_view(row)["ho_ten"] == "Lê Thị Hoa"
