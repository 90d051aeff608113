"""An administrator has a draft tried from its page: the worker does it, and the report is read page by page."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from engine import worker
from engine.errors import NotOnline, NotPublishable, TrialRunning
from engine.mails import Written, outbox
from engine.publishing import rows, versions
from engine.storage.database import count_queries, database
from engine.storage.models import JournalEntry, OutboxMessage, ProcedureRow, Trial
from engine.trial import jobs
from engine.trial.report import Report, Unreached, Walked
from engine.trial.walking import Stuck
from engine.trial.words import Said
from tests import admin_cases, filing_cases
from tests.admin_cases import CHIEF, OFFICER, WARD_CHIEF, Desk, words_of
from tests.filing_cases import DOCUMENT, NOW

CODE = DOCUMENT["code"]
PAGE = f"/quan-tri/thu-tuc/{CODE}/nop-thu"
IMPOSSIBLE = {"name": "x", "kind": "text", "label": "Ký hiệu", "required": True, "pattern": r"[^\x00-\x{10FFFF}]"}


@pytest.fixture(autouse=True)
def office(app: Flask) -> Iterator[None]:
    admin_cases.make_office(app)
    with app.app_context():
        filing_cases.prepare()
        rows.write(DOCUMENT, now=NOW)
    yield
    for table in (Trial, ProcedureRow, JournalEntry, OutboxMessage):
        table.delete().execute()


@pytest.fixture
def chief(app: Flask) -> Desk:
    return Desk(app, CHIEF)


def change(**more: Any) -> None:
    rows.write({**DOCUMENT, **more}, now=NOW)


def work(app: Flask, *, stop: threading.Event | None = None) -> bool:
    return worker.run(app, once=stop is None, stop=stop, clock=lambda: NOW)


def last() -> Trial:
    found = jobs.latest(CODE)
    assert found is not None
    return found


def ask(app: Flask) -> Trial:
    """Has the draft tried."""
    with app.app_context():
        return jobs.ask(CODE, by=CHIEF, now=NOW)


def kept(app: Flask, report: Report) -> None:
    """A trial that ended with this report."""
    trial = ask(app)
    values = {"state": jobs.DONE, "running": None, "report": report.document(), "ended_at": NOW}
    Trial.update(values).where(Trial.id == trial.id).execute()


# The whole way


def test_a_draft_is_tried_by_the_worker_and_its_report_is_read(chief: Desk, app: Flask) -> None:
    assert "Chưa chạy thử lần nào" in chief.get(PAGE).text
    answer = chief.post(PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert "Đang chờ máy nền nhận việc" in chief.get(PAGE).text
    assert work(app)
    page = words_of(chief.get(PAGE).text)
    assert "Qua hết" in page
    assert last().state == jobs.DONE
    report = jobs.report_of(last())
    assert report is not None
    assert report.good
    assert f"{report.reached}/{report.branches}" in page
    assert JournalEntry.select().where(JournalEntry.action == "trial.asked", JournalEntry.actor == CHIEF).count() == 1


def test_what_could_not_be_passed_is_shown_with_the_page_s_own_words(chief: Desk, app: Flask) -> None:
    form = [{**DOCUMENT["form"][0], "fields": [*DOCUMENT["form"][0]["fields"], IMPOSSIBLE]}, DOCUMENT["form"][1]]
    change(form=form)
    chief.post(PAGE)
    assert work(app)
    page = words_of(chief.get(PAGE).text)
    assert "Có chỗ không qua được" in page
    assert "Nhập ký hiệu" in page
    assert "không làm được giá trị theo mẫu" in page
    assert "ho_ten" in page
    assert "csrf_token =" not in page


# Asking


def test_one_at_a_time(chief: Desk, app: Flask) -> None:
    chief.post(PAGE)
    assert (
        "đang được chạy thử" in chief.client.post(PAGE, data={"csrf_token": chief.token()}, follow_redirects=True).text
    )
    assert Trial.select().count() == 1
    with pytest.raises(TrialRunning):
        ask(app)


def test_of_two_at_the_same_moment_one_is_asked(app: Flask) -> None:
    came = filing_cases.at_once(app, 4, lambda _: jobs.ask(CODE, by=CHIEF, now=NOW))
    assert sorted(type(one).__name__ for one in came) == ["Trial", *["TrialRunning"] * 3]


def test_a_draft_with_faults_is_not_tried(chief: Desk, app: Flask) -> None:
    change(category="khong-co")
    with pytest.raises(NotPublishable):
        ask(app)
    answer = chief.client.post(PAGE, data={"csrf_token": chief.token()}, follow_redirects=True)
    assert "bản nháp còn 1 lỗi" in answer.text
    assert not Trial.select().exists()


def test_what_is_not_filed_online_is_not_tried(chief: Desk, app: Flask) -> None:
    change(level=2, form=None, applicant=None, fees=None, papers=None, partial_reason=None)
    with pytest.raises(NotOnline):
        ask(app)
    answer = chief.client.post(PAGE, data={"csrf_token": chief.token()}, follow_redirects=True)
    assert "không nộp trực tuyến" in answer.text


@pytest.mark.parametrize("person", [OFFICER, WARD_CHIEF])
def test_only_who_edits_procedures_tries_them(person: str, app: Flask) -> None:
    desk = Desk(app, person)
    assert desk.get(PAGE).status_code == 403
    assert desk.post(PAGE).status_code == 403
    assert not Trial.select().exists()


def test_an_unknown_procedure_is_not_found(chief: Desk) -> None:
    assert chief.get("/quan-tri/thu-tuc/9.999999/nop-thu").status_code == 404


def test_the_procedure_s_page_leads_there(chief: Desk) -> None:
    assert f'action="{PAGE}"' in chief.get(f"/quan-tri/thu-tuc/{CODE}").text


# The page


def test_how_far_it_is_can_be_seen(chief: Desk, app: Flask) -> None:
    ask(app)
    Trial.update(state=jobs.RUNNING, done=3, walks=12).execute()
    page = chief.get(PAGE).text
    assert "xong 3 trên 12 lượt nộp" in page
    assert '<progress max="12" value="3"' in page
    assert "Chạy thử lại" not in page


def test_a_draft_that_was_changed_since_is_said_to_be(chief: Desk, app: Flask) -> None:
    kept(app, Report(CODE, "", 1, (), ()))
    assert "đã thay đổi sau lần chạy này" not in chief.get(PAGE).text
    change(next_steps="Khác trước.")
    assert "đã thay đổi sau lần chạy này" in chief.get(PAGE).text


def many(count: int) -> Report:
    stuck = Stuck(Said("step", "mot"), 422, Said("not_accepted"), ("Nhập <b>",), (("ten", "<script>"),))
    walks = tuple(Walked(number, (), False, stuck) for number in range(1, count))  # noqa: FBT003
    place = (Said("step", "mot"), Said("field", "x"))
    unreached = tuple(Unreached(place, Said("chosen", f"v{number}"), Said("never", "x is 1"), number == count - 1)
                      for number in range(count))  # fmt: skip
    return Report(CODE, "Thử", 500, walks, unreached)


def test_a_long_report_is_read_page_by_page_faults_first(chief: Desk, app: Flask) -> None:
    kept(app, many(120))
    first, second, beyond = (words_of(chief.get(PAGE, trang=number).text) for number in (1, 2, 99))
    assert "Trang 1 / 3" in first
    assert first.index("“v119”") < first.index("“v0”")
    assert "“v60”" in second
    assert "“v60”" not in first
    assert "Trang 3 / 3" in beyond
    assert first.count("Đã nhập") == 20


def test_what_stands_in_a_report_is_no_markup(chief: Desk, app: Flask) -> None:
    kept(app, many(2))
    page = chief.get(PAGE).text
    assert "<script>" not in page.partition("<main")[2].partition("</main")[0]
    assert "Nhập &lt;b&gt;" in page


def test_the_page_is_cheap(chief: Desk, app: Flask) -> None:
    kept(app, many(120))
    chief.get(PAGE)
    with count_queries() as statements:
        chief.get(PAGE)
    assert len(statements) <= 15


def test_only_the_latest_trials_are_kept(app: Flask) -> None:
    for _ in range(jobs.KEPT + 3):
        kept(app, Report(CODE, "", 1, (), ()))
    assert Trial.select().count() == jobs.KEPT + 1
    ask(app)
    assert Trial.select().count() == jobs.KEPT + 1


# The worker


def test_a_trial_is_taken_up_once(app: Flask) -> None:
    asked = jobs.ask(CODE, by=CHIEF, now=NOW)
    found = [one for one in filing_cases.at_once(app, 4, lambda _: jobs.claim(NOW)) if one is not None]
    assert [one.id for one in found if isinstance(one, Trial)] == [asked.id]
    assert jobs.claim(NOW) is None


def test_one_whose_worker_was_lost_is_taken_up_again_and_then_given_up(app: Flask) -> None:
    ask(app)
    assert jobs.claim(NOW) is not None
    later = NOW + jobs.LEASE + timedelta(seconds=1)
    again = jobs.claim(later)
    assert again is not None
    assert again.tries == 2
    assert jobs.claim(later + jobs.LEASE) is None
    assert (last().state, Said.of(json.loads(last().why)).code, last().running) == (jobs.FAILED, "abandoned", None)


def test_a_trial_that_takes_too_long_is_stopped_and_says_so(chief: Desk, app: Flask) -> None:
    asked = ask(app)
    moments = iter([NOW, NOW, *[NOW + jobs.LONGEST * 2] * 50])
    with app.app_context():
        jobs.perform(asked, clock=lambda: next(moments), stop=lambda: False)
    assert last().state == jobs.FAILED
    assert "quá 20 phút" in chief.get(PAGE).text
    ask(app)  # and may be asked again


def test_a_worker_that_is_ended_leaves_it_to_another(app: Flask) -> None:
    asked = ask(app)
    claimed = jobs.claim(NOW)
    assert claimed is not None
    with app.app_context():
        jobs.perform(claimed, clock=lambda: NOW, stop=lambda: True)
    assert (last().state, last().tries, last().id) == (jobs.WAITING, 0, asked.id)
    assert jobs.claim(NOW) is not None


def test_a_draft_that_became_faulty_in_the_queue_is_not_walked(app: Flask, chief: Desk) -> None:
    ask(app)
    change(category="khong-co")
    assert work(app)
    assert "bản nháp có lỗi" in chief.get(PAGE).text


def test_mails_do_not_wait_for_a_trial(app: Flask) -> None:
    ask(app)
    outbox.put("received", "hoa@example.vn", Written("Thử", "Thư"), now=NOW)
    stop = threading.Event()
    running = threading.Thread(target=work, args=(app,), kwargs={"stop": stop})
    running.start()
    try:
        while OutboxMessage.select().where(OutboxMessage.state == "waiting").exists():
            database.settle()
        assert last().state in (jobs.WAITING, jobs.RUNNING)
    finally:
        stop.set()
        running.join()
    assert last().state == jobs.WAITING


def test_the_hash_is_that_of_the_draft_with_its_blocks(app: Flask) -> None:
    with app.app_context():
        procedure, _ = versions.checked(CODE)
    assert procedure is not None
    assert ask(app).digest == jobs.digest_of(procedure)
