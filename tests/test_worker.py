"""The worker sends what is due, erases what is over, says that it lives, and survives a fault."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from engine import health, worker
from engine.dossier import filings, lookup
from engine.draft import attachments, confirmations, drafts, throttle
from engine.mails import Written, outbox
from engine.mails.sink import Sink
from engine.storage.database import database
from engine.storage.models import Captcha, Draft, Heartbeat, Limit, OneTimeCode, OutboxMessage
from tests import filing_cases as cases
from tests.filing_cases import NOW

LATER = NOW + timedelta(days=400)


@pytest.fixture(autouse=True)
def program(app: Flask, mail_sink: Sink) -> Iterator[None]:
    with app.app_context():
        OutboxMessage.delete().execute()
        mail_sink.clear()
        yield
    database.settle()


def run_once(app: Flask, now: datetime = NOW) -> bool:
    return worker.run(app, once=True, clock=lambda: now, jitter=lambda: 0.5)


def put(count: int = 1, **more: str) -> list[OutboxMessage]:
    mail = Written("Thử", more.get("body", "Thư {number}\n"))
    return [outbox.put("received", "hoa@example.vn", mail, now=NOW) for _ in range(count)]


def test_once_it_sends_all_that_is_due(app: Flask, mail_sink: Sink) -> None:
    put(worker.BATCH + 2)
    assert run_once(app)
    assert len(mail_sink.mails()) == worker.BATCH + 2
    assert OutboxMessage.select().where(OutboxMessage.state == "sent").count() == worker.BATCH + 2


def test_it_leaves_what_is_not_due(app: Flask, mail_sink: Sink) -> None:
    outbox.put("received", "hoa@example.vn", Written("Sau", "Sau"), now=NOW + timedelta(seconds=1))
    assert run_once(app)
    assert mail_sink.mails() == []


def test_a_filing_is_mailed(app: Flask, mail_sink: Sink) -> None:
    dossier = filings.submit(cases.filled(cases.published()), now=NOW).dossier
    run_once(app)
    (mail,) = mail_sink.mails()
    assert dossier.code in mail["Subject"]
    assert "Lê Thị Hoa" in mail.get_content()


def test_it_gives_a_sign_of_life(app: Flask) -> None:
    Heartbeat.delete().execute()
    Heartbeat.create(worker="gone", at=NOW - timedelta(days=2))
    run_once(app)
    (beat,) = Heartbeat.select()
    assert beat.at == NOW
    assert health.worker_seen(NOW)
    worker.beat(beat.worker, NOW + timedelta(hours=1))
    assert Heartbeat.get().at == NOW + timedelta(hours=1)


def test_it_erases_what_is_over_and_nothing_else(app: Flask) -> None:
    version = cases.published()
    draft, _ = cases.begun(version)
    cases.attached(draft, cases.upload())
    confirmations.make(now=NOW)
    throttle.hit("resume", "x", now=NOW)
    dossier = filings.submit(cases.filled(version), now=NOW).dossier
    lookup.send_one_time_code(dossier.code, now=NOW, language="vi")
    run_once(app)
    tables = (Draft, Captcha, Limit, OneTimeCode)
    assert all(table.select().exists() for table in tables)
    run_once(app, LATER)
    assert not any(table.select().exists() for table in tables)
    assert type(dossier).select().where(type(dossier).id == dossier.id).exists()


def test_a_fault_ends_a_round_and_is_logged_with_its_trace(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    database.execute_sql("ALTER TABLE heartbeat RENAME TO elsewhere")
    try:
        assert not run_once(app)
    finally:
        database.execute_sql("ALTER TABLE elsewhere RENAME TO heartbeat")
    assert caplog.records[0].exc_info is not None
    assert run_once(app)


def test_a_mail_whose_secret_does_not_open_does_not_hold_up_the_others(app: Flask, mail_sink: Sink) -> None:
    broken, good = put(2, body="{secret}")
    OutboxMessage.update(secret=b"not sealed").where(OutboxMessage.id == broken.id).execute()
    assert run_once(app)
    assert len(mail_sink.mails()) == 1
    assert OutboxMessage.get_by_id(good.id).state == "sent"
    assert "key" in OutboxMessage.get_by_id(broken.id).error


def test_a_mail_that_is_not_taken_is_no_fault_of_the_worker(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    put()
    OutboxMessage.update(recipient="không phải địa chỉ\nBcc: x").execute()
    assert run_once(app)
    assert "was not sent" in caplog.text
    assert OutboxMessage.get().state == "waiting"


def test_it_ends_when_it_is_told(app: Flask, mail_sink: Sink) -> None:
    stop = threading.Event()
    put()
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(worker.run(app, stop=stop, clock=lambda: NOW)))
    thread.start()
    sent = OutboxMessage.select().where(OutboxMessage.state == "sent")
    while not sent.exists() and thread.is_alive():
        stop.wait(0.02)
    stop.set()
    thread.join(timeout=10)
    assert ended == [True]
    assert len(mail_sink.mails()) == 1


def test_every_sweep_is_one_that_may_be_done_twice() -> None:
    at = datetime(2100, 1, 1, tzinfo=UTC)
    for sweep in worker.SWEEPS.values():
        sweep(at)
        assert sweep(at) == 0
    assert set(worker.SWEEPS.values()) == {
        drafts.sweep, confirmations.sweep, throttle.sweep, lookup.sweep, attachments.sweep,
        attachments.sweep_orphans, outbox.sweep,
    }  # fmt: skip
