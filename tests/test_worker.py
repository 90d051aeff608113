"""The worker: mails travel, what expired goes, and one bad message stops nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engine import outbox, worker
from engine.mails import Written
from engine.models import Captcha, Heartbeat, Limit, OutboxMessage
from engine.settings import ROOT
from engine.sink import Sink

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def empty(app: Flask, mail_sink: Sink) -> Iterator[None]:
    """An empty outbox, an empty mail server, and a context for what reads the settings."""
    with app.app_context():
        for table in (OutboxMessage, Heartbeat, Captcha, Limit):
            table.delete().execute()
        mail_sink.clear()
        yield


def put(recipient: str = "lan@example.vn", now: datetime = NOW, **more: Any) -> OutboxMessage:
    return outbox.put("filed", recipient, Written("Hồ sơ đã nhận", "Kính gửi bà Lan"), now=now, **more)


def clock() -> datetime:
    return NOW


def test_what_lies_in_the_outbox_is_sent(mail_sink: Sink) -> None:
    put()
    put("hoa@example.vn")
    assert worker.work_once(clock) == 0
    assert [mail["To"] for mail in mail_sink.mails()] == ["lan@example.vn", "hoa@example.vn"]
    assert {message.state for message in OutboxMessage.select()} == {outbox.SENT}


def test_nothing_is_sent_twice(mail_sink: Sink) -> None:
    put()
    worker.work_once(clock)
    worker.work_once(clock)
    assert len(mail_sink.mails()) == 1


def test_a_mail_that_cannot_be_sent_is_counted_and_stops_no_other(mail_sink: Sink) -> None:
    put("not an address\n")
    put()
    assert worker.work_once(clock) == 1
    assert len(mail_sink.mails()) == 1


def test_more_mails_than_one_batch_are_all_sent(mail_sink: Sink) -> None:
    for _ in range(worker.BATCH + 5):
        put()
    worker.work_once(clock)
    assert len(mail_sink.mails()) == worker.BATCH + 5


def test_it_shows_that_it_lives_and_forgets_workers_that_ended() -> None:
    Heartbeat.create(worker="ended:1", at=NOW - timedelta(days=2))
    worker.work_once(clock)
    assert [(row.worker, row.at) for row in Heartbeat.select()] == [(worker.name(), NOW)]


def test_what_expired_is_swept_out() -> None:
    for number, expires_at in enumerate((NOW - timedelta(hours=1), NOW + timedelta(hours=1))):
        Captcha.create(public_id=str(number), answer="", sealed=b"", expires_at=expires_at)
        Limit.create(name=str(number), count=1, expires_at=expires_at)
    worker.work_once(clock)
    assert [row.public_id for row in Captcha.select()] == ["1"]
    assert [row.name for row in Limit.select()] == ["1"]


def test_it_ends_when_told_and_goes_off_the_list(app: Flask, mail_sink: Sink) -> None:
    put()
    stop = threading.Event()
    rounds = 0

    def counted() -> datetime:
        nonlocal rounds
        rounds += 1
        if mail_sink.mails():
            stop.set()
        return NOW

    worker.work(counted, stop)
    assert len(mail_sink.mails()) == 1
    assert Heartbeat.select().count() == 0


def test_a_message_that_breaks_a_round_does_not_end_the_worker(
    mail_sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    broken = put(secret="12345678")
    OutboxMessage.update(secret=b"spoilt").where(OutboxMessage.id == broken.id).execute()
    put("hoa@example.vn")
    stop = threading.Event()

    def until_sent() -> datetime:
        if mail_sink.mails():
            stop.set()
        return NOW

    worker.work(until_sent, stop)
    assert [mail["To"] for mail in mail_sink.mails()] == ["hoa@example.vn"]
    assert "A round of the worker failed." in caplog.text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_as_a_process_it_sends_and_ends_by_a_signal(config: dict[str, Any], mail_sink: Sink, tmp_path: Path) -> None:
    put(now=datetime.now(UTC))
    variables = {f"MOTCUA_{name}": str(value) for name, value in config.items()}
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", "worker"],
            cwd=ROOT, env=os.environ | variables, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            mail_sink.wait_for(1)
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0, log.read_text()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_once_fails_when_a_mail_could_not_be_sent(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["worker", "--once"]).exit_code == 0
    put("not an address\n", now=datetime.now(UTC))
    assert runner.invoke(args=["worker", "--once"]).exit_code == 1
