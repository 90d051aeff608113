"""Officers move the dossiers of their own agency, one of two at a time, and the citizen is told of each move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask

from engine.dossier import codes, desk, dossiers, filings, lookup
from engine.draft import attachments, drafts
from engine.errors import Conflict, IllegalMove, NoSuchDossier, NotAllowed, ReasonMissing
from engine.kinds import Refused
from engine.mails import outbox
from engine.office import people
from engine.office.workflow import Status
from engine.storage import journal
from engine.storage.database import database
from engine.storage.models import Dossier, Event, OutboxMessage, User
from tests import filing_cases as cases
from tests.filing_cases import PDF, VALUES, WORKING, upload

HOUR = timedelta(hours=1)
FRIDAY_NIGHT = datetime(2026, 11, 27, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def program(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
    database.settle()


@dataclass
class Desk:
    """An officer with a dossier, walking it on an hour at each move."""

    dossier: Dossier
    officer: User
    clock: Any

    def move(self, name: str, **more: Any) -> Dossier:
        now = WORKING + next(self.clock) * HOUR
        asked = {"revision": self.dossier.revision, "by": self.officer, "now": now} | more
        self.dossier = desk.move(self.dossier.id, name, **asked)
        return self.dossier

    def walk(self, *names: str) -> Dossier:
        for name in names:
            self.move(name)
        return self.dossier


def at_desk(language: str = "vi", **more: Any) -> Desk:
    draft = cases.filled(cases.published(**more), now=WORKING, language=language)
    made = filings.submit(draft, now=WORKING).dossier
    return Desk(dossiers.by_id(made.id), cases.officer("lan@example.vn"), count(1))


@pytest.fixture
def one() -> Desk:
    return at_desk()


def names(dossier: Dossier) -> list[str]:
    return [move.name for move in desk.moves(dossier)]


def last_mail(dossier: Dossier) -> OutboxMessage:
    return outbox.of_dossier(dossier.id)[-1]


class TestWay:
    def test_from_the_citizen_to_the_result(self, one: Desk) -> None:
        stops = []
        for name in ("receive", "process", "stage", "finish", "return"):
            assert name in names(one.dossier)
            dossier = one.move(name)
            stops.append((dossier.status, dossier.stage, dossier.unit))
        assert stops == [
            (Status.RECEIVED, None, "mot-cua"),
            (Status.PROCESSING, "tham_tra", "tu-phap"),
            (Status.PROCESSING, "ky", "lanh-dao"),
            (Status.DONE, None, "mot-cua"),
            (Status.RETURNED, None, "mot-cua"),
        ]
        assert names(one.dossier) == []
        assert one.dossier.revision == 5

    def test_the_whole_time_runs_from_receipt_by_the_way_it_came(self, one: Desk) -> None:
        dossier = one.move("receive")
        due = datetime(2026, 11, 30, 10, tzinfo=UTC)  # 3 working days after Wednesday: Monday, 17:00
        assert (dossier.due_at, dossier.until) == (due, due)
        assert one.move("process").until == due
        assert one.walk("stage", "finish").until is None
        assert one.dossier.due_at == due

    def test_what_is_received_on_friday_night_counts_from_monday(self, one: Desk) -> None:
        dossier = one.move("receive", now=FRIDAY_NIGHT)
        assert dossier.due_at == datetime(2026, 12, 3, 10, tzinfo=UTC)

    def test_without_a_stated_time_nothing_is_promised(self) -> None:
        one = at_desk(code="9.000011", methods=[{"channel": "online"}])
        assert one.move("receive").due_at is None

    def test_the_officer_who_acted_holds_it_since_then(self, one: Desk) -> None:
        dossier = one.move("receive")
        assert dossier.officer_id == one.officer.id
        assert dossier.since == WORKING + HOUR

    def test_a_procedure_without_stages_is_processed_by_its_reception(self) -> None:
        one = at_desk(code="9.000012", processing={"reception": "mot-cua"})
        dossier = one.walk("receive", "process")
        assert (dossier.stage, dossier.unit) == (None, "mot-cua")
        assert one.move("finish").status == Status.DONE

    def test_events_say_what_happened_when_where_and_by_whom(self, one: Desk) -> None:
        one.walk("receive", "process", "stage")
        happened = dossiers.events(one.dossier)
        assert [(event.event, event.unit, event.person) for event in happened] == [
            ("submitted", "mot-cua", ""),
            ("received", "mot-cua", "Cán bộ lan"),
            ("processing", "tu-phap", "Cán bộ lan"),
            ("stage", "lanh-dao", "Cán bộ lan"),
        ]
        assert [event.at for event in happened] == [WORKING + hour * HOUR for hour in range(4)]


class TestWords:
    @pytest.mark.parametrize(("before", "name"), [((), "refuse"), (("receive", "process"), "stop")])
    def test_an_end_without_a_result_needs_a_reason(self, one: Desk, before: tuple[str, ...], name: str) -> None:
        one.walk(*before)
        with pytest.raises(ReasonMissing) as fault:
            one.move(name, note="  ")
        assert fault.value.move == name
        ended = one.move(name, note="  Thiếu giấy chứng sinh ")
        assert Status(ended.status).ended
        assert dossiers.events(ended)[-1].text == "Thiếu giấy chứng sinh"

    def test_a_note_is_for_the_dossier_and_not_for_the_mail(self, one: Desk) -> None:
        dossier = one.move("receive", note="Mang theo căn cước")
        mail = last_mail(dossier)
        assert "Mang theo căn cước" not in mail.body
        assert "lời nhắn" in mail.body

    def test_without_a_note_the_mail_does_not_speak_of_one(self, one: Desk) -> None:
        assert "lời nhắn" not in last_mail(one.move("receive")).body

    def test_the_event_itself_carries_no_words(self, one: Desk) -> None:
        dossier = one.move("refuse", note="Bí mật")
        assert "Bí mật" not in str([vars(event) for event in Event.select().where(Event.dossier == dossier.id)])


class TestResult:
    def test_a_file_is_given_to_the_citizen(self, one: Desk) -> None:
        one.walk("receive", "process", "stage")
        dossier = one.move("finish", result=upload(PDF, "ket qua.pdf"))
        (result,) = attachments.of_dossier(dossier)
        assert (result.purpose, result.name) == ("result", "ket qua.pdf")
        assert attachments.path(result).read_bytes() == PDF

    def test_a_result_on_paper_needs_none(self, one: Desk) -> None:
        one.walk("receive", "process", "stage")
        assert one.move("finish", result=upload(b"", "")).status == Status.DONE

    @pytest.mark.parametrize("content", [b"", b"<html>"])
    def test_a_bad_one_stops_the_move(self, one: Desk, content: bytes) -> None:
        one.walk("receive", "process", "stage")
        with pytest.raises(Refused):
            one.move("finish", result=upload(content, "a.pdf"))
        assert dossiers.by_id(one.dossier.id).status == Status.PROCESSING

    def test_of_a_move_that_failed_no_file_stays(self, one: Desk) -> None:
        one.walk("receive", "process", "stage")
        with pytest.raises(Conflict):
            one.move("finish", revision=0, result=upload())
        assert attachments.of_dossier(one.dossier) == []


class TestMay:
    @pytest.mark.parametrize("agency", ["H21.52.02"])
    def test_an_officer_of_another_agency_finds_nothing(self, one: Desk, agency: str) -> None:
        other = cases.officer("minh@example.vn", of=agency)
        for act in (
            lambda: desk.seen(one.dossier.id, by=other),
            lambda: desk.opened(one.dossier, by=other, now=WORKING),
            lambda: one.move("receive", by=other),
            lambda: desk.reissue_lookup(one.dossier.id, by=other, now=WORKING),
        ):
            with pytest.raises(NoSuchDossier):
                act()
        assert dossiers.by_id(one.dossier.id).revision == 0

    def test_nor_does_a_person_without_an_agency(self, one: Desk) -> None:
        cases.officer("chung@example.vn", role="administrator")
        people.set_agency("chung@example.vn", None, by="x", now=WORKING)
        with pytest.raises(NoSuchDossier):
            desk.seen(one.dossier.id, by=people.find("chung@example.vn"))

    def test_nor_is_an_unknown_dossier_found(self, one: Desk) -> None:
        with pytest.raises(NoSuchDossier):
            desk.seen(10**6, by=one.officer)

    def test_a_person_without_a_role_may_not(self, one: Desk) -> None:
        nobody = cases.officer("khong@example.vn")
        people.set_roles(nobody.email, (), by="x", now=WORKING)
        with pytest.raises(NotAllowed):
            one.move("receive", by=nobody)

    def test_a_disabled_person_may_not(self, one: Desk) -> None:
        gone = cases.officer("nghi@example.vn")
        people.disable(gone.email, by="x", now=WORKING)
        with pytest.raises(NotAllowed):
            desk.seen(one.dossier.id, by=people.find(gone.email))

    def test_an_administrator_of_the_agency_may(self, one: Desk) -> None:
        assert one.move("receive", by=cases.officer("chu@example.vn", role="administrator")).status == Status.RECEIVED

    def test_looking_is_noted_in_the_journal(self, one: Desk) -> None:
        desk.opened(one.dossier, by=one.officer, now=WORKING)
        entry = journal.of_subject(one.dossier.code)[0]
        assert (entry.action, entry.actor) == ("opened", "lan@example.vn")

    @pytest.mark.parametrize("name", ["process", "finish", "return", "stage", "fly", ""])
    def test_only_what_is_offered_is_done(self, one: Desk, name: str) -> None:
        with pytest.raises(IllegalMove) as fault:
            one.move(name)
        assert fault.value.offered == ("receive", "refuse")


class TestConflict:
    def test_who_saw_an_older_state_is_told_what_happened(self, one: Desk) -> None:
        seen = one.dossier.revision
        one.move("receive")
        with pytest.raises(Conflict) as fault:
            one.move("receive", revision=seen, by=cases.officer("hai@example.vn"))
        assert (fault.value.event, fault.value.by, fault.value.at) == ("received", "Cán bộ lan", WORKING + HOUR)

    def test_of_two_at_once_one_wins_and_nothing_is_done_twice(self, app: Flask, one: Desk) -> None:
        officers = [cases.officer("lan@example.vn"), cases.officer("hai@example.vn")]
        moves = ["receive", "refuse"]

        def act(number: int) -> Dossier:
            return desk.move(one.dossier.id, moves[number], revision=0, by=officers[number], now=WORKING, note="Lý do")

        came = cases.at_once(app, 2, act)
        assert sorted(type(result).__name__ for result in came) == ["Conflict", "Dossier"], came
        assert len(dossiers.events(one.dossier)) == 2
        assert len(outbox.of_dossier(one.dossier.id)) == 2
        assert dossiers.by_id(one.dossier.id).revision == 1


class TestMail:
    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("vi", ("đã được tiếp nhận", "Đang ở: Bộ phận Một cửa", "Người giải quyết: Cán bộ lan",
                    "Gửi lúc: 09:00 ngày 25/11/2026", "Hẹn trả kết quả: 17:00 ngày 30/11/2026", "lúc 10:00")),
            ("en", ("has been accepted", "Now with: Bộ phận Một cửa", "Handled by: Cán bộ lan",
                    "Sent: 09:00 on 25/11/2026", "Result due: 17:00 on 30/11/2026")),
        ],
    )  # fmt: skip
    def test_it_names_agency_unit_person_and_times(self, language: str, said: tuple[str, ...]) -> None:
        mail = last_mail(at_desk(language).move("receive"))
        for words in (*said, "UBND phường Quy Nhơn", "H21.52.01-2611"):
            assert words in mail.subject + mail.body

    def test_every_move_has_one(self, one: Desk) -> None:
        one.walk("receive", "process", "stage", "finish", "return")
        sent = [mail.event for mail in outbox.of_dossier(one.dossier.id)]
        assert sent == ["submitted", "received", "processing", "stage", "done", "returned"]

    def test_it_names_the_stage(self, one: Desk) -> None:
        assert "Bước: Thẩm tra" in last_mail(one.walk("receive", "process")).body

    def test_none_is_written_where_no_address_was_filed(self) -> None:
        draft = cases.filled(cases.published(), {**VALUES, "thu": None}, now=WORKING)
        made = dossiers.by_id(filings.submit(draft, now=WORKING).dossier.id)
        one = Desk(made, cases.officer("lan@example.vn"), count(1))
        assert one.move("receive").status == Status.RECEIVED
        assert not outbox.of_dossier(one.dossier.id)

    def test_every_change_is_in_the_journal(self, one: Desk) -> None:
        one.walk("receive", "process")
        entries = journal.of_subject(one.dossier.code)
        assert [entry.action for entry in entries] == ["processing", "received", "submitted"]
        assert entries[0].actor == "lan@example.vn"
        assert set(entries[0].details) == {"event"}


class TestReissue:
    def test_the_new_code_opens_and_the_old_one_ends(self, one: Desk) -> None:
        draft = cases.filled(cases.published(), now=WORKING)
        done = filings.submit(draft, now=WORKING)
        code = done.dossier.code
        lookup.send_one_time_code(code, now=WORKING, language="vi", randbits=lambda _bits: 7)
        new = desk.reissue_lookup(done.dossier.id, by=one.officer, now=WORKING)
        assert lookup.open_dossier(code, new, now=WORKING).code == code
        for old in (done.lookup_code, "7777-7777"):
            with pytest.raises(NoSuchDossier):
                lookup.open_dossier(code, old, now=WORKING)
        assert drafts.lookup_code(drafts.by_id(draft.id)) == ""

    def test_an_event_says_so_and_nothing_moves(self, one: Desk) -> None:
        before = one.move("receive")
        desk.reissue_lookup(before.id, by=one.officer, now=WORKING + 9 * HOUR)
        after = dossiers.by_id(before.id)
        assert dossiers.events(after)[-1].event == "lookup_reissued"
        for column in ("status", "stage", "unit", "since", "until", "due_at"):
            assert getattr(after, column) == getattr(before, column)
        assert after.revision == before.revision + 1
        assert after.lookup != before.lookup

    def test_the_citizen_is_told_but_the_code_stays_out_of_the_mail(self, one: Desk) -> None:
        new = desk.reissue_lookup(one.dossier.id, by=one.officer, now=WORKING)
        mail = last_mail(one.dossier)
        assert mail.event == "lookup_reissued"
        assert new not in mail.body
        assert codes.normalised(new) not in mail.body
        assert new not in str([entry.details for entry in journal.of_subject(one.dossier.code)])
