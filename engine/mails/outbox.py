"""What leaves the process: mails written in the transaction of their cause, and sent by the worker."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.mime.base import MIMEBase
from email.policy import EmailPolicy
from urllib.parse import urlsplit

from flask import Flask, current_app
from flask_mail import BadHeaderError, Connection, Mail, Message

from engine.errors import NoSuchMessage, SecretGone
from engine.mails import Written
from engine.platform.running import keyring, settings
from engine.platform.sealing import SealBroken
from engine.storage import statements
from engine.storage.database import is_postgres, transaction
from engine.storage.models import OutboxMessage

WAITING, SENT, FAILED = "waiting", "sent", "failed"
SECRET = "{secret}"  # noqa: S105 - where the secret goes, not one
TRIES = 8
LEASE = timedelta(minutes=5)  # longer than a delivery may take
FIRST_DELAY = timedelta(seconds=30)  # doubled after each try
LONGEST_DELAY = timedelta(hours=6)
SMTP_TIMEOUT = 20  # seconds, for each answer of the server
LONGEST_ERROR = 500
SWEPT_AT_ONCE = 1000

NEXT = (
    "SELECT id FROM outbox_message WHERE state = 'waiting' AND due_at <= ? "
    "AND (leased_until IS NULL OR leased_until <= ?) ORDER BY due_at, id LIMIT 1"
)
CLAIM = (
    "UPDATE outbox_message SET leased_until = ?, tries = tries + 1 WHERE id = ({next}) "
    "AND state = 'waiting' RETURNING id"
)
ABANDONED = (
    "UPDATE outbox_message SET state = 'failed', leased_until = NULL "
    "WHERE state = 'waiting' AND tries >= ? AND leased_until <= ?"
)


def init_app(app: Flask) -> None:
    """Lets Flask-Mail deliver for the app; tests travel over a real server too."""
    app.config["MAIL_SUPPRESS_SEND"] = False
    Mail(app)


def put(
    event: str,
    recipient: str,
    mail: Written,
    *,
    now: datetime,
    dossier: int | None = None,
    secret: str | None = None,
) -> OutboxMessage:
    """Lays a mail out in the caller's transaction.

    `secret` takes the place of `{secret}` in the body when the mail is sent, and is erased then.
    """
    sealed = None if secret is None else keyring().seal(secret.encode(), context=_context(recipient))
    return OutboxMessage.create(
        dossier=dossier, event=event, recipient=recipient, subject=mail.subject, body=mail.body,
        secret=sealed, due_at=now, created_at=now,
    )  # fmt: skip


def claim(now: datetime) -> OutboxMessage | None:
    """The next mail that is due, leased to the caller; of two workers that ask at once each gets its own.

    A lease that ran out is another worker's end: the mail is claimed again, and its try counted.
    """
    at, until = statements.stamp(now), statements.stamp(now + LEASE)
    statements.changed(ABANDONED, TRIES, at)
    if statements.one(NEXT, at, at) is None:
        return None  # on SQLite a claim takes the write lock, which an idle worker should leave to others
    lock = " FOR UPDATE SKIP LOCKED" if is_postgres() else ""
    with transaction():  # on SQLite this is BEGIN IMMEDIATE
        claimed = statements.one(CLAIM.format(next=NEXT + lock), until, at, at)
    return None if claimed is None else OutboxMessage.get_by_id(claimed[0])


def deliver(message: OutboxMessage, *, now: datetime, jitter: Callable[[], float]) -> bool:
    """Sends a claimed mail and notes what came of it; `jitter` gives a number in [0, 1).

    Whether it was sent. What cannot be sent is tried again later, `TRIES` times in all.
    """
    try:
        mail = _message(message)
        with TimedConnection(current_app.extensions["mail"]) as connection:
            connection.send(mail)
    except (OSError, smtplib.SMTPException, BadHeaderError, UnicodeError, SealBroken) as exc:
        _put_off(message, str(exc) or type(exc).__name__, now=now, jitter=jitter)
        return False
    values = {"state": SENT, "sent_at": now, "leased_until": None, "error": "", "secret": None}
    _settle(message, values)
    return True


def delay(tries: int, jitter: float) -> timedelta:
    """How long to wait after so many tries: doubled each time, between half and one and a half of that."""
    plain: timedelta = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(tries - 1, 20))
    return plain * (0.5 + jitter)


def send_again(message_id: int, *, now: datetime) -> OutboxMessage:
    """Has a failed or waiting mail tried at once, or a sent one sent as a new mail; the row that will be sent.

    Raises `NoSuchMessage`, and `SecretGone` for a sent mail whose secret was erased.
    """
    with transaction():
        message = OutboxMessage.get_or_none(OutboxMessage.id == message_id)
        if message is None:
            raise NoSuchMessage(message_id)
        if message.state == SENT:
            return _copy(message, now)
        again = {"state": WAITING, "tries": 0, "due_at": now, "leased_until": None, "error": ""}
        OutboxMessage.update(again).where(OutboxMessage.id == message_id).execute()
        return OutboxMessage.get_by_id(message_id)


def listing(*, state: str = "", before: int | None = None, limit: int = 50) -> list[OutboxMessage]:
    """One page of the outbox, newest first."""
    query = OutboxMessage.select()
    if state:
        query = query.where(OutboxMessage.state == state)
    if before is not None:
        query = query.where(OutboxMessage.id < before)
    return list(query.order_by(OutboxMessage.id.desc()).limit(limit))


def of_dossier(dossier: int) -> list[OutboxMessage]:
    """The mails about a dossier (its row's id), in the order they were written."""
    return list(OutboxMessage.select().where(OutboxMessage.dossier == dossier).order_by(OutboxMessage.id))


def sweep(now: datetime) -> int:
    """Erases the mails about no dossier once the draft of their link is over; how many.

    The address was given for this one mail, and whoever erases a draft leaves nothing behind.
    """
    over = OutboxMessage.created_at < now - timedelta(days=settings().draft_days)
    about_none = OutboxMessage.select(OutboxMessage.id).where(OutboxMessage.dossier.is_null() & over)
    old = [one.id for one in about_none.limit(SWEPT_AT_ONCE)]
    return int(OutboxMessage.delete().where(OutboxMessage.id.in_(old)).execute()) if old else 0


def has_secret(message: OutboxMessage) -> bool:
    """Whether the mail carries, or carried, a secret."""
    return SECRET in message.body


class TimedConnection(Connection):
    """A connection of Flask-Mail that gives up on a server which does not answer, and checks its certificate."""

    def configure_host(self) -> smtplib.SMTP:
        """Connects, encrypts and signs in as the settings say."""
        host = smtplib.SMTP(self.mail.server, self.mail.port, timeout=SMTP_TIMEOUT)
        try:
            if self.mail.use_tls:
                host.starttls(context=ssl.create_default_context())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except (OSError, smtplib.SMTPException):
            host.close()
            raise
        return host


AS_ENCODED = EmailPolicy(linesep="\r\n", refold_source="none")


class WholeSubject(Message):
    """A mail whose headers travel as they were encoded: folded anew, a subject loses the space between two lines."""

    def _message(self) -> MIMEBase:
        made = super()._message()
        made.policy = AS_ENCODED
        return made


def _message(message: OutboxMessage) -> Message:
    mail = WholeSubject(subject=message.subject, recipients=[message.recipient], body=_body(message))
    # Made of the row, so that a mail that was sent but not noted as sent is known as the same one.
    host = urlsplit(settings().base_url).hostname
    mail.msgId = f"<{message.id}.{statements.stamp(message.created_at)}@{host}>"
    mail.extra_headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no absence notes back
    return mail


def _body(message: OutboxMessage) -> str:
    if message.secret is None:
        return message.body
    secret = keyring().open_sealed(message.secret, context=_context(message.recipient)).decode()
    return message.body.replace(SECRET, secret)


def _put_off(message: OutboxMessage, error: str, *, now: datetime, jitter: Callable[[], float]) -> None:
    state = FAILED if message.tries >= TRIES else WAITING
    due_at = now + delay(message.tries, jitter())
    _settle(message, {"state": state, "due_at": due_at, "leased_until": None, "error": error[:LONGEST_ERROR]})


def _settle(message: OutboxMessage, values: dict[str, object]) -> None:
    """Notes the end of a delivery, unless the lease ran out and another worker has the mail now."""
    mine = (OutboxMessage.id == message.id) & (OutboxMessage.leased_until == message.leased_until)
    OutboxMessage.update(values).where(mine).execute()


def _copy(message: OutboxMessage, now: datetime) -> OutboxMessage:
    if has_secret(message):
        raise SecretGone(message.id)
    return put(
        message.event,
        message.recipient,
        Written(message.subject, message.body),
        now=now,
        dossier=message.dossier_id,
    )


def _context(recipient: str) -> bytes:
    """A secret is sealed for its reader: in a row with another recipient it does not open."""
    return f"outbox:{recipient}".encode()
