"""Dossiers are listed for their agency, found by words without marks, and drawn as a line of stops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from engine.definition.procedure import Procedure
from engine.dossier import desk, dossiers, filings
from engine.office import agencies
from engine.office.workflow import Status
from engine.publishing import versions
from engine.storage.database import database
from engine.storage.models import Attachment, Dossier, Draft, Event, EventText, OutboxMessage, User
from tests import filing_cases as cases
from tests.filing_cases import VALUES, WORKING

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def program(app: Flask) -> Iterator[None]:
    with app.app_context():
        Draft.update(dossier=None).execute()
        for table in (EventText, Event, OutboxMessage, Attachment, Dossier):
            table.delete().execute()
        yield
    database.settle()


def filed(name: str = "Lê Thị Hoa", *, of: str = "H21.52.01", now: datetime = WORKING) -> Dossier:
    draft = cases.filled(cases.published(), {**VALUES, "ho_ten": name}, of=of, now=now)
    return dossiers.by_id(filings.submit(draft, now=now).dossier.id)


def moved(dossier: Dossier, *names: str, note: str = "Lý do", now: datetime = WORKING) -> Dossier:
    for name in names:
        officer = cases.officer("lan@example.vn")
        revision = dossiers.by_id(dossier.id).revision
        dossier = desk.move(dossier.id, name, revision=revision, by=officer, note=note, now=now)
    return dossier


def procedure(dossier: Dossier) -> Procedure:
    return versions.compiled(dossier.version_id).procedure


def line(dossier: Dossier) -> list[tuple[str, str, str]]:
    stops = dossiers.line(procedure(dossier), dossier, dossiers.events(dossier))
    return [(stop.title.vi, stop.state, stop.unit) for stop in stops]


class TestFound:
    def test_by_its_code_however_it_was_typed(self) -> None:
        code = filed().code
        for typed in (code, f" {code} ", code.lower()):
            found = dossiers.by_code(typed)
            assert found is not None
            assert found.code == code

    @pytest.mark.parametrize("typed", ["", "nobody", "x" * 500, "H21.52.01-%-0001", "' OR 1=1 --"])
    def test_and_by_nothing_else(self, typed: str) -> None:
        filed()
        assert dossiers.by_code(typed) is None

    def test_where_it_is_followed(self) -> None:
        assert dossiers.track_url("A-1").endswith("/tra-cuu?ma_ho_so=A-1")


class TestListing:
    def test_shows_the_agencys_own_newest_first(self) -> None:
        first, _, third = filed(), filed(of="H21.52.02"), filed()
        found = dossiers.listing(cases.agency())
        assert [one.id for one in found.items] == [third.id, first.id]
        assert found.before is None

    def test_goes_on_where_the_page_before_ended(self) -> None:
        ids = [filed().id for _ in range(5)]
        seen: list[int] = []
        before = None
        for size in (2, 2, 1):
            page = dossiers.listing(cases.agency(), before=before, limit=2)
            assert len(page.items) == size
            seen += [one.id for one in page.items]
            before = page.before
        assert seen == ids[::-1]
        assert before is None

    def test_a_full_last_page_is_the_last(self) -> None:
        filed(), filed()
        assert dossiers.listing(cases.agency(), limit=2).before is None

    def test_shows_one_state_alone(self) -> None:
        received, _ = moved(filed(), "receive"), filed()
        found = dossiers.listing(cases.agency(), status=Status.RECEIVED)
        assert [one.id for one in found.items] == [received.id]

    @pytest.mark.parametrize("query", ["Đặng Bưởi", "dang buoi", "BUOI", "buo đa", " đặng  ", ""])
    def test_is_searched_by_beginnings_of_words_without_marks(self, query: str) -> None:
        wanted = filed("Đặng Thị Bưởi")
        assert [one.id for one in dossiers.listing(cases.agency(), query=query).items] == [wanted.id]

    @pytest.mark.parametrize("query", ["uoi", "bưởi lan", "%", "_", "052199001234", "001234"])
    def test_and_not_by_their_ends_nor_by_what_is_sensitive(self, query: str) -> None:
        filed("Đặng Thị Bưởi")
        wanted = 1 if query in "%_" else 0  # punctuation is no word
        assert len(dossiers.listing(cases.agency(), query=query).items) == wanted

    def test_is_searched_by_the_code(self) -> None:
        wanted, _ = filed(), filed()
        assert [one.id for one in dossiers.listing(cases.agency(), query=wanted.code).items] == [wanted.id]

    def test_counts_each_state(self) -> None:
        filed(), filed(of="H21.52.02"), moved(filed(), "receive")
        found = dossiers.counts(cases.agency())
        assert (found[Status.REGISTERED], found[Status.RECEIVED], found[Status.DONE]) == (1, 1, 0)
        assert list(found) == list(Status)


class TestLine:
    NEXT = (("Thẩm tra", "next", "tu-phap"), ("Ký", "next", "lanh-dao"), ("Đã xử lý xong", "next", "mot-cua"),
            ("Đã trả kết quả", "next", "mot-cua"))  # fmt: skip

    def test_of_a_new_one_lies_ahead(self) -> None:
        assert line(filed()) == [
            ("Mới đăng ký", "here", "mot-cua"), ("Được tiếp nhận", "next", "mot-cua"), *self.NEXT,
        ]  # fmt: skip

    def test_has_what_is_done_behind_it(self) -> None:
        assert [state for _, state, _ in line(moved(filed(), "receive", "process", "stage"))] == [
            "done", "done", "done", "here", "next", "next",
        ]  # fmt: skip

    def test_of_a_returned_one_is_all_done(self) -> None:
        dossier = moved(filed(), "receive", "process", "stage", "finish", "return")
        assert {state for _, state, _ in line(dossier)} == {"done"}

    def test_of_a_refused_one_ends_there(self) -> None:
        assert line(moved(filed(), "refuse")) == [
            ("Mới đăng ký", "done", "mot-cua"), ("Không được tiếp nhận", "done", "mot-cua"),
        ]  # fmt: skip

    def test_of_a_stopped_one_has_only_what_it_came_to(self) -> None:
        assert [title for title, _, _ in line(moved(filed(), "receive", "process", "stop"))] == [
            "Mới đăng ký", "Được tiếp nhận", "Thẩm tra", "Dừng xử lý",
        ]  # fmt: skip

    def test_says_since_when_and_by_whom(self) -> None:
        dossier = moved(filed(), "receive", now=WORKING + HOUR)
        received = dossiers.line(procedure(dossier), dossier, dossiers.events(dossier))[1]
        assert (received.since, received.person) == (WORKING + HOUR, "Cán bộ lan")

    def test_events_are_called_by_what_was_done_or_the_stage_that_began(self) -> None:
        dossier = moved(filed(), "receive", "process", "stage", "finish", "return")
        desk.reissue_lookup(dossier.id, by=User.get(User.email == "lan@example.vn"), now=WORKING)
        of = procedure(dossier)
        assert [dossiers.event_title(event, of).vi for event in dossiers.events(dossier)] == [
            "Hồ sơ được gửi", "Được tiếp nhận", "Thẩm tra", "Ký", "Đã xử lý xong", "Đã trả kết quả",
            "Cấp mã tra cứu mới",
        ]  # fmt: skip


class TestFigures:
    def test_of_an_empty_house_are_none(self) -> None:
        assert dossiers.figures(now=WORKING) is None

    def test_count_this_month_in_local_time(self) -> None:
        end_of_october = datetime(2026, 10, 31, 16, 59, tzinfo=UTC)  # 23:59 in Việt Nam
        filed(now=end_of_october), filed(now=end_of_october + timedelta(minutes=1))
        done = moved(filed(), "receive", "process", "stage", "finish")
        late = moved(filed(), "receive", "process", "stage")
        moved(late, "finish", now=WORKING + timedelta(days=5, hours=9))
        moved(filed(), "refuse")
        assert done.status == Status.DONE
        assert dossiers.figures(now=WORKING + timedelta(days=5, hours=10)) == dossiers.Figures(
            period="11/2026", received=4, in_hand=2, done=2, on_time="50,0 %"
        )

    def test_claim_nothing_where_nothing_was_done(self) -> None:
        filed()
        found = dossiers.figures(now=WORKING)
        assert found is not None
        assert (found.done, found.on_time) == (0, "")


def test_agencies_are_told_apart() -> None:
    assert agencies.by_id(filed(of="H21.52.02").agency_id).code == "H21.52.02"
