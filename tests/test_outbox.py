"""Mails lie in the outbox until a real server has taken them; secrets only appear on the way."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from engine.errors import NoSuchMessage, SecretGone
from engine.mails import Written, outbox
from engine.mails.sink import Sink
from engine.storage.database import database, transaction
from engine.storage.models import OutboxMessage
from tests.filing_cases import at_once

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MAIL = Written("Đã nhận hồ sơ", "Kính gửi ông/bà\n.\nMã: H21-1\n")


@pytest.fixture(autouse=True)
def program(app: Flask, mail_sink: Sink) -> Iterator[None]:
    with app.app_context():
        outbox.init_app(app)
        OutboxMessage.delete().execute()
        mail_sink.clear()
        yield
    database.settle()


@pytest.fixture
def no_server(app: Flask) -> Iterator[None]:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    mail = app.extensions["mail"]
    mail.port, before = port, mail.port
    yield
    mail.port = before


def half() -> float:
    return 0.5


def put(**more: Any) -> OutboxMessage:
    given: dict[str, Any] = {"event": "received", "recipient": "hoa@example.vn", "mail": MAIL, "now": NOW} | more
    return outbox.put(**given)


def claimed(now: datetime = NOW) -> OutboxMessage:
    message = outbox.claim(now)
    assert message is not None
    return message


def again(message: OutboxMessage) -> OutboxMessage:
    found: OutboxMessage = OutboxMessage.get_by_id(message.id)
    return found


class TestSending:
    @pytest.mark.parametrize("before", range(40, 60))
    def test_a_long_subject_arrives_as_it_was_written(self, mail_sink: Sink, before: int) -> None:
        subject = f"Đã gửi hồ sơ {'x' * (before - 13)}: Đăng ký câu lạc bộ đọc sách và nhiều việc khác của phường"
        put(mail=Written(subject, "Kính gửi"))
        assert outbox.deliver(claimed(), now=NOW, jitter=half)
        (mail,) = mail_sink.wait_for(1)
        assert mail["Subject"] == subject

    def test_a_mail_travels_over_a_real_server(self, mail_sink: Sink) -> None:
        put()
        assert outbox.deliver(claimed(), now=NOW, jitter=half)
        (mail,) = mail_sink.mails()
        assert mail["Subject"] == "Đã nhận hồ sơ"
        assert mail["To"] == "hoa@example.vn"
        assert "mot-cua@" in mail["From"]
        assert mail.get_content().replace("\r\n", "\n") == MAIL.body

    def test_it_is_noted_as_sent_and_not_sent_again(self, mail_sink: Sink) -> None:
        message = put()
        outbox.deliver(claimed(), now=NOW, jitter=half)
        row = again(message)
        assert (row.state, row.sent_at, row.tries, row.leased_until, row.error) == ("sent", NOW, 1, None, "")
        assert outbox.claim(NOW + timedelta(days=1)) is None
        assert len(mail_sink.mails()) == 1

    def test_its_id_is_made_of_the_row(self, mail_sink: Sink) -> None:
        message = put()
        first = claimed()
        outbox.deliver(first, now=NOW, jitter=half)
        OutboxMessage.update(state="waiting", leased_until=None).execute()  # sent, but the worker ended before noting
        outbox.deliver(claimed(), now=NOW, jitter=half)
        one, two = mail_sink.mails()
        assert one["Message-ID"] == two["Message-ID"]
        assert one["Message-ID"].startswith(f"<{message.id}.")

    def test_it_asks_for_no_absence_notes(self, mail_sink: Sink) -> None:
        put()
        outbox.deliver(claimed(), now=NOW, jitter=half)
        assert mail_sink.mails()[0]["Auto-Submitted"] == "auto-generated"

    def test_a_rolled_back_cause_leaves_no_mail(self) -> None:
        with transaction() as cause:
            put()
            cause.rollback()
        assert outbox.claim(NOW) is None


class TestSecret:
    def test_it_appears_only_in_what_travels(self, mail_sink: Sink) -> None:
        message = put(mail=Written("Mã", "Mã: {secret}\n"), secret="7777-7777")
        row = again(message)
        assert "7777" not in row.body
        assert row.secret is not None
        assert b"7777" not in bytes(row.secret)
        outbox.deliver(claimed(), now=NOW, jitter=half)
        assert "Mã: 7777-7777" in mail_sink.mails()[0].get_content()

    def test_it_is_erased_when_it_was_sent(self) -> None:
        message = put(mail=Written("Mã", "{secret}"), secret="7777")
        outbox.deliver(claimed(), now=NOW, jitter=half)
        assert again(message).secret is None
        with pytest.raises(SecretGone):
            outbox.send_again(message.id, now=NOW)

    def test_it_does_not_open_for_another_reader(self, mail_sink: Sink) -> None:
        put(mail=Written("Mã", "{secret}"), secret="7777")
        OutboxMessage.update(recipient="ke-gian@example.vn").execute()
        message = claimed()
        assert not outbox.deliver(message, now=NOW, jitter=half)
        assert mail_sink.mails() == []
        assert again(message).state == "waiting"

    def test_a_body_without_a_secret_may_say_anything(self, mail_sink: Sink) -> None:
        put(mail=Written("Mã", "Tôi tên {secret}\n"))
        outbox.deliver(claimed(), now=NOW, jitter=half)
        assert "{secret}" in mail_sink.mails()[0].get_content()


class TestFailing:
    @pytest.mark.usefixtures("no_server")
    def test_it_is_tried_again_later(self) -> None:
        message = put()
        assert not outbox.deliver(claimed(), now=NOW, jitter=half)
        row = again(message)
        assert (row.state, row.tries, row.leased_until) == ("waiting", 1, None)
        assert "refused" in row.error.lower()
        assert row.due_at == NOW + 30 * SECOND
        assert outbox.claim(NOW + 29 * SECOND) is None
        assert claimed(NOW + 30 * SECOND).tries == 2

    @pytest.mark.usefixtures("no_server")
    def test_it_fails_after_eight_tries_and_can_be_sent_again(self, app: Flask, mail_sink: Sink) -> None:
        message, now = put(), NOW
        for _ in range(outbox.TRIES):
            outbox.deliver(claimed(now), now=now, jitter=half)
            now = again(message).due_at
        assert again(message).state == "failed"
        assert outbox.claim(now + timedelta(days=9)) is None
        app.extensions["mail"].port = mail_sink.port
        assert outbox.send_again(message.id, now=now).id == message.id
        assert outbox.deliver(claimed(now), now=now, jitter=half)
        assert again(message).state == "sent"

    def test_a_server_that_does_not_speak_is_given_up(self, app: Flask) -> None:
        message = put()
        with socket.create_server(("127.0.0.1", 0)) as silent:
            mail = app.extensions["mail"]
            mail.port, before = silent.getsockname()[1], mail.port
            outbox.SMTP_TIMEOUT, patience = 0.2, outbox.SMTP_TIMEOUT  # type: ignore[assignment]
            try:
                assert not outbox.deliver(claimed(), now=NOW, jitter=half)
            finally:
                mail.port, outbox.SMTP_TIMEOUT = before, patience
        assert "timed out" in again(message).error

    @pytest.mark.parametrize(
        ("tries", "jitter", "seconds"),
        [(1, 0.5, 30), (1, 0.0, 15), (1, 0.99, 44.7), (2, 0.5, 60), (5, 0.5, 480), (20, 0.5, 21600)],
    )
    def test_waits_double_with_some_chance(self, tries: int, jitter: float, seconds: float) -> None:
        assert outbox.delay(tries, jitter) == timedelta(seconds=seconds)

    def test_the_tries_go_on_for_more_than_half_an_hour(self) -> None:
        whole = sum((outbox.delay(tries, 0.0) for tries in range(1, outbox.TRIES)), timedelta())
        assert whole > timedelta(minutes=30)


class TestClaiming:
    def test_the_oldest_goes_first(self) -> None:
        late, early = put(now=NOW - SECOND), put(now=NOW - 2 * SECOND)
        assert [claimed().id, claimed().id] == [early.id, late.id]

    def test_what_is_not_due_waits(self) -> None:
        put(now=NOW + SECOND)
        assert outbox.claim(NOW) is None

    def test_what_another_has_is_not_claimed(self) -> None:
        put()
        claimed()
        assert outbox.claim(NOW) is None

    def test_until_the_other_has_been_gone_too_long(self) -> None:
        put()
        claimed()
        assert claimed(NOW + outbox.LEASE).tries == 2

    def test_who_comes_back_too_late_changes_nothing(self) -> None:
        message = put()
        slow, now = claimed(), NOW + outbox.LEASE
        assert outbox.deliver(claimed(now), now=now, jitter=half)
        outbox._put_off(slow, "late", now=now, jitter=half)
        assert (again(message).state, again(message).error) == ("sent", "")

    def test_one_that_ends_every_worker_fails_in_the_end(self) -> None:
        message, now = put(), NOW
        for _ in range(outbox.TRIES):
            claimed(now)
            now += outbox.LEASE
        assert outbox.claim(now) is None
        assert again(message).state == "failed"

    def test_workers_at_once_never_get_the_same(self, app: Flask) -> None:
        ids = [put().id for _ in range(12)]

        def work(_number: int) -> list[int]:
            mine = []
            while (message := outbox.claim(NOW)) is not None:
                mine.append(message.id)
            return mine

        came = at_once(app, 3, work)
        assert sorted(number for mine in came if isinstance(mine, list) for number in mine) == ids, came


class TestSendAgain:
    def test_what_was_sent_goes_out_as_a_new_mail(self, mail_sink: Sink) -> None:
        message = put()
        outbox.deliver(claimed(), now=NOW, jitter=half)
        copy = outbox.send_again(message.id, now=NOW + SECOND)
        assert copy.id != message.id
        outbox.deliver(claimed(NOW + SECOND), now=NOW, jitter=half)
        one, two = mail_sink.mails()
        assert one["Message-ID"] != two["Message-ID"]
        assert one.get_content() == two.get_content()

    def test_what_waits_is_tried_at_once(self) -> None:
        message = put(now=NOW + timedelta(hours=1))
        outbox.send_again(message.id, now=NOW)
        assert claimed().id == message.id

    def test_what_does_not_exist_is_said(self) -> None:
        with pytest.raises(NoSuchMessage):
            outbox.send_again(10**6, now=NOW)

    def test_the_outbox_is_read_page_by_page(self) -> None:
        ids = [put().id for _ in range(3)]
        first = outbox.listing(limit=2)
        assert [one.id for one in first] == [ids[2], ids[1]]
        assert [one.id for one in outbox.listing(before=ids[1])] == [ids[0]]
        assert outbox.listing(state="failed") == []
        assert len(outbox.listing(state="waiting")) == 3


def test_mails_about_no_dossier_are_erased_when_their_draft_is_over() -> None:
    put(event="resume")
    before = put(event="resume", now=NOW + timedelta(days=1))
    over = NOW + timedelta(days=30, seconds=1)
    assert outbox.sweep(NOW) == 0
    assert outbox.sweep(over) == 1
    assert [one.id for one in outbox.listing()] == [before.id]
    assert outbox.sweep(over) == 0
