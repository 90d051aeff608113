"""The officers' desk: an agency's lists, the page of a dossier, its moves, its files; nobody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from admin import queues, words
from engine.dossier import dossiers, filings
from engine.draft import drafts
from engine.form.answers import Answers
from engine.storage.database import count_queries
from engine.storage.models import Attachment, Dossier, EventText, JournalEntry, Limit, OutboxMessage
from tests import admin_cases, filing_cases
from tests.admin_cases import CHIEF, OFFICER, OTHER, Desk, words_of
from tests.filing_cases import PDF, VALUES, upload

WARD_A, WARD_B = "H52.01", "H52.02"
MOST_QUERIES = 15
HOUR = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


def file_one(app: Flask, name: str = "Lê Thị Hoa", *, of: str = WARD_A, at: datetime | None = None) -> Dossier:
    """A dossier as a citizen files it, with one paper."""
    with app.app_context():
        version = filing_cases.published()
        draft = filing_cases.filled(version, {**VALUES, "ho_ten": name}, now=at or now(), of=of)
        kept = filing_cases.attached(draft, upload(PDF, "chứng minh.pdf"), now=at or now())
        values = {**VALUES, "ho_ten": name, "giay_to": list(kept.ids["giay_to"])}
        draft = _answered(draft, values, at or now())
        made = filings.submit(draft, now=at or now()).dossier
        return dossiers.by_id(made.id)


def _answered(draft: Any, values: dict[str, Any], at: datetime) -> Any:
    answers = Answers(values, {}, filing_cases.STEPS)
    drafts.save(draft, answers, filing_cases.compiled(draft), now=at)
    return draft


@pytest.fixture(autouse=True)
def office(app: Flask) -> Iterator[None]:
    admin_cases.make_office(app)
    yield
    Limit.delete().execute()


@pytest.fixture
def one(app: Flask) -> Dossier:
    return file_one(app)


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app, OFFICER)


@pytest.fixture
def elsewhere(app: Flask) -> Desk:
    return Desk(app, OTHER)


def path_of(dossier: Dossier, *more: str) -> str:
    return "/".join((f"/quan-tri/ho-so/{dossier.code}", *more))


def move(desk: Desk, dossier: Dossier, name: str, **more: Any) -> Any:
    revision = dossiers.by_id(dossier.id).revision
    return desk.post(path_of(dossier, "chuyen"), **{"move": name, "revision": str(revision)} | more)


def buttons(page: str) -> list[str]:
    return re.findall(r'name="move" value="([a-z]+)"', page)


# Lists


def test_the_desk_lists_the_agencys_own_dossiers_only(app: Flask, desk: Desk, one: Dossier) -> None:
    other = file_one(app, "Người Phường Khác", of=WARD_B)
    page = desk.get("/quan-tri/ho-so").text
    assert one.code in page
    assert "Lê Thị Hoa" in page
    assert other.code not in page
    assert "Người Phường Khác" not in page


@pytest.mark.parametrize("name", list(queues.QUEUES))
def test_every_list_of_the_desk_opens_with_few_queries(app: Flask, desk: Desk, name: str) -> None:
    for number in range(3):
        file_one(app, f"Người {number}")
    with count_queries() as queries:
        page = desk.get("/quan-tri/ho-so", muc=name)
    assert page.status_code == 200
    assert len(queries) <= MOST_QUERIES


def test_a_list_that_does_not_exist_is_not_found(desk: Desk) -> None:
    assert desk.get("/quan-tri/ho-so", muc="khong-co").status_code == 404


@pytest.mark.parametrize("typed", ["le thi hoa", "Hoa", "LÊ THỊ", "052199001234"])
def test_a_dossier_is_found_by_words_however_they_are_typed(app: Flask, desk: Desk, one: Dossier, typed: str) -> None:
    page = desk.get("/quan-tri/ho-so", q=typed).text
    found = one.code in page
    assert found is (typed != "052199001234")  # what is sealed cannot be searched


def test_a_dossier_is_found_by_its_code(desk: Desk, one: Dossier) -> None:
    assert one.code in desk.get("/quan-tri/ho-so", q=one.code).text
    assert one.code not in desk.get("/quan-tri/ho-so", q="nobody").text


def test_a_list_goes_on_page_by_page_and_back_and_shows_each_once(app: Flask, desk: Desk) -> None:
    made = [file_one(app, "Trang Giấy").code for _ in range(queues.PAGE + 2)]
    first = desk.get("/quan-tri/ho-so", q="trang giay").text
    second = desk.client.get(_link(first, "next")).text
    assert [*_codes(first), *_codes(second)] == made[::-1]
    assert len(_codes(first)) == queues.PAGE
    assert not _link(second, "next")
    assert _codes(desk.client.get(_link(second, "prev")).text) == _codes(first)


def _codes(page: str) -> list[str]:
    return re.findall(r'class="mb-code"><a href="[^"]*">([^<]+)<', page)


def _link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else ""


def test_what_is_overdue_is_said_in_words_and_counted(app: Flask, desk: Desk) -> None:
    late = file_one(app, "Trễ Hạn", at=now() - timedelta(days=20))
    page = desk.get("/quan-tri/ho-so", muc="qua-han")
    assert late.code in page.text
    assert "quá hạn" in words_of(page.text)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=1, hours=3, minutes=9), "còn 1 ngày 3 giờ"),
        (timedelta(days=2), "còn 2 ngày"),
        (timedelta(hours=3, minutes=5), "còn 3 giờ 5 phút"),
        (timedelta(minutes=5), "còn 5 phút"),
        (timedelta(seconds=20), "còn 1 phút"),
        (-timedelta(hours=2), "quá hạn 2 giờ"),
        (-timedelta(days=3, hours=1), "quá hạn 3 ngày 1 giờ"),
    ],
)
def test_a_time_that_is_left_is_said_in_its_two_largest_units(app: Flask, left: timedelta, said: str) -> None:
    moment = datetime(2026, 11, 25, 2, tzinfo=UTC)
    with app.test_request_context():
        due = words.due(moment + left, now=moment)
    assert due is not None
    assert due.words == said
    assert due.late is (left < timedelta(0))


# One dossier


def test_the_page_of_a_dossier_shows_answers_fees_files_and_what_happened(desk: Desk, one: Dossier) -> None:
    page = words_of(desk.get(path_of(one)).text)
    for said in ("Lê Thị Hoa", "052199001234", "Việc của Lê Thị Hoa", "16.000 đ", "chứng minh.pdf", "Hồ sơ được gửi",
                 "Bộ phận Một cửa", "Mới đăng ký"):  # fmt: skip
        assert said in page


def test_opening_a_dossier_is_remembered_without_its_answers(desk: Desk, one: Dossier) -> None:
    desk.get(path_of(one))
    entry = JournalEntry.select().where(JournalEntry.subject == one.code, JournalEntry.actor == OFFICER).first()
    assert entry is not None
    assert "Hoa" not in str(entry.details)


def test_a_dossier_opens_with_few_queries(desk: Desk, one: Dossier) -> None:
    desk.get(path_of(one))
    with count_queries() as queries:
        desk.get(path_of(one))
    assert len(queries) <= 20


@pytest.mark.parametrize("way", ["page", "file", "move", "code"])
def test_a_dossier_of_another_ward_is_answered_like_none(app: Flask, elsewhere: Desk, one: Dossier, way: str) -> None:
    paper = Attachment.get(Attachment.dossier == one.id)
    answers = {
        "page": lambda: elsewhere.get(path_of(one)),
        "file": lambda: elsewhere.get(path_of(one, "tep", paper.public_id)),
        "move": lambda: move(elsewhere, one, "receive"),
        "code": lambda: elsewhere.post(path_of(one, "ma-tra-cuu"), checked="true"),
    }
    answer = answers[way]()  # type: ignore[no-untyped-call]
    assert answer.status_code == 404
    assert "Lê Thị Hoa" not in answer.text
    assert dossiers.by_id(one.id).revision == one.revision
    assert not JournalEntry.select().where(JournalEntry.actor == OTHER, JournalEntry.subject == one.code).exists()


def test_a_file_is_reached_through_its_own_dossier_only(app: Flask, elsewhere: Desk, one: Dossier) -> None:
    theirs = file_one(app, "Người Phường B", of=WARD_B)
    paper = Attachment.get(Attachment.dossier == one.id)
    assert elsewhere.get(path_of(theirs, "tep", paper.public_id)).status_code == 404


def test_the_installations_administrator_opens_no_dossier(app: Flask, one: Dossier) -> None:
    chief = Desk(app, CHIEF)
    assert chief.get("/quan-tri/ho-so").status_code == 403
    assert chief.get(path_of(one)).status_code == 403


@pytest.mark.parametrize("code", ["khong-co", "H52.01-000000-9999", "%27", "x" * 300])
def test_an_unknown_code_is_not_found(desk: Desk, code: str) -> None:
    assert desk.get(f"/quan-tri/ho-so/{code}").status_code == 404


def test_a_file_is_handed_over_to_be_saved_never_to_be_run(desk: Desk, one: Dossier) -> None:
    paper = Attachment.get(Attachment.dossier == one.id)
    answer = desk.get(path_of(one, "tep", paper.public_id))
    assert answer.data == PDF
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert JournalEntry.select().where(JournalEntry.subject == one.code, JournalEntry.action == "file_taken").exists()


# Moves


def test_an_officer_walks_a_dossier_to_its_end(desk: Desk, one: Dossier) -> None:
    for name in ("receive", "process", "stage", "finish", "return"):
        assert name in buttons(desk.get(path_of(one)).text)
        assert move(desk, one, name).status_code == 303
    page = desk.get(path_of(one)).text
    assert buttons(page) == []
    assert "Đã trả kết quả" in page
    assert page.count("Lê Cán Bộ") >= 5
    assert OutboxMessage.select().where(OutboxMessage.dossier == one.id).count() == 6


def test_a_note_reaches_the_timeline_and_a_result_the_files(desk: Desk, one: Dossier) -> None:
    for name in ("receive", "process", "stage"):
        move(desk, one, name)
    answer = move(desk, one, "finish", note="Đã ký xong", result=(BytesIO(PDF), "giấy xác nhận.pdf"))
    assert answer.status_code == 303
    page = words_of(desk.get(path_of(one)).text)
    assert "Đã ký xong" in page
    assert "giấy xác nhận.pdf" in page
    assert Attachment.select().where(Attachment.dossier == one.id, Attachment.purpose == "result").count() == 1


@pytest.mark.parametrize(
    ("result", "says"),
    [((b"MZ" + b"\x00" * 50, "ket-qua.pdf"), "không phải loại được nhận"), ((b"", "rong.pdf"), "trống")],
    ids=["not what it claims", "empty"],
)
def test_a_result_that_cannot_be_taken_moves_nothing_and_keeps_the_words(
    desk: Desk, one: Dossier, result: Any, says: str
) -> None:
    for name in ("receive", "process", "stage"):
        move(desk, one, name)
    page = move(desk, one, "finish", note="Lời còn đây", result=(BytesIO(result[0]), result[1]))
    assert page.status_code == 422
    assert says in page.text
    assert "Lời còn đây" in page.text
    assert "finish" in buttons(page.text)


@pytest.mark.parametrize("note", ["", "   "])
def test_a_refusal_needs_its_reason(desk: Desk, one: Dossier, note: str) -> None:
    page = move(desk, one, "refuse", note=note)
    assert page.status_code == 422
    assert "Ghi lý do" in page.text
    assert dossiers.by_id(one.id).revision == one.revision


def test_a_refusal_with_its_reason_ends_the_dossier(desk: Desk, one: Dossier) -> None:
    assert move(desk, one, "refuse", note="Không thuộc thẩm quyền").status_code == 303
    assert EventText.select().where(EventText.text == "Không thuộc thẩm quyền").exists()
    assert buttons(desk.get(path_of(one)).text) == []


@pytest.mark.parametrize("name", ["return", "finish", "", "khong-co", "supplement"])
def test_a_move_that_is_not_offered_is_refused(desk: Desk, one: Dossier, name: str) -> None:
    assert move(desk, one, name).status_code == 422
    assert dossiers.by_id(one.id).revision == one.revision


@pytest.mark.parametrize("revision", ["99", "", "x", "-5"])
def test_of_two_officers_one_wins_and_the_other_is_told_and_loses_nothing(
    desk: Desk, one: Dossier, revision: str
) -> None:
    move(desk, one, "receive")
    page = move(desk, one, "process", note="Lời của người sau", revision=revision)
    assert page.status_code == 409
    assert "Lê Cán Bộ vừa làm" in words_of(page.text)
    assert "Lời của người sau" in page.text


def test_a_move_without_token_is_refused(desk: Desk, one: Dossier) -> None:
    answer = desk.client.post(path_of(one, "chuyen"), data={"move": "receive", "revision": one.revision})
    assert answer.status_code == 400
    assert dossiers.by_id(one.id).revision == one.revision


# A new lookup code


def test_a_new_lookup_code_is_shown_once_after_the_person_was_checked(desk: Desk, one: Dossier) -> None:
    unchecked = desk.post(path_of(one, "ma-tra-cuu"))
    assert unchecked.status_code == 422
    assert dossiers.by_id(one.id).lookup == one.lookup
    page = desk.post(path_of(one, "ma-tra-cuu"), checked="true").text
    shown = re.search(r"data-lookup-code>([0-9A-Z-]+)<", page)
    assert shown
    assert dossiers.by_id(one.id).lookup != one.lookup
    after = desk.get(path_of(one)).text
    assert shown[1] not in after
    assert "Cấp mã tra cứu mới" in after
