"""The local mail server: what is sent to it can be read in its files."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest

from engine.mails.sink import Sink


def mail(text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "mot-cua@example.vn",
        "lan@example.vn",
        "Hồ sơ đã nhận",
    )
    message.set_content(text)
    return message


def send(sink: Sink, *messages: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as client:
        for message in messages:
            client.send_message(message)


@pytest.mark.parametrize(
    "text",
    ["Kính gửi bà Lan,\n", ".\n", "a\n.b\n..c\n...\n", "x" * 2000 + "\n", "dòng\n" * 3000],
    ids=["letters", "dot", "dots", "long line", "many lines"],
)
def test_a_mail_arrives_as_it_was_sent(tmp_path: Path, text: str) -> None:
    sink = Sink(tmp_path)
    sink.start()
    send(sink, mail(text))
    sink.stop()
    (received,) = sink.mails()
    assert received["Subject"] == "Hồ sơ đã nhận"
    assert received.get_content() == text


def test_mails_are_kept_in_their_order_beyond_an_end(tmp_path: Path) -> None:
    for texts in (("1\n", "2\n"), ("3\n",)):
        sink = Sink(tmp_path)
        sink.start()
        send(sink, *map(mail, texts))
        sink.stop()
    assert [received.get_content() for received in sink.mails()] == ["1\n", "2\n", "3\n"]
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["000001.eml", "000002.eml", "000003.eml"]


def test_it_can_forget(mail_sink: Sink) -> None:
    send(mail_sink, mail("x\n"))
    mail_sink.clear()
    assert mail_sink.mails() == []


def test_what_it_does_not_know_it_refuses(mail_sink: Sink) -> None:
    with smtplib.SMTP("127.0.0.1", mail_sink.port, timeout=10) as client:
        assert client.docmd("VRFY lan")[0] == 502
        assert client.noop()[0] == 250
