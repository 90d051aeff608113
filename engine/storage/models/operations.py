"""What leaves the process, what guards it, and what is remembered of both."""

from __future__ import annotations

import peewee

from engine.storage.models.base import Document, Model, Moment
from engine.storage.models.definitions import ProcedureRow
from engine.storage.models.dossiers import Dossier


class OutboxMessage(Model):
    """A mail to be sent: written with its cause in one transaction, sent by the worker.

    `state`: waiting, sent, failed (after the last try). `secret` is sealed and put in the place of `{secret}`
    when it is sent, so that nobody reads it in the back office.
    """

    dossier_id: int | None
    dossier = peewee.ForeignKeyField(Dossier, null=True, backref="messages", on_delete="RESTRICT")
    event = peewee.CharField()
    recipient = peewee.CharField()
    subject = peewee.TextField()
    body = peewee.TextField()
    secret = peewee.BlobField(null=True)
    state = peewee.CharField(default="waiting")
    tries = peewee.IntegerField(default=0)
    due_at = Moment()
    leased_until = Moment(null=True)
    error = peewee.TextField(default="")
    created_at = Moment()
    sent_at = Moment(null=True)

    class Meta:
        indexes = ((("state", "due_at"), False),)


class JournalEntry(Model):
    """Who did what in the back office, and who opened which dossier; never an answer."""

    at = Moment()
    actor = peewee.CharField()
    action = peewee.CharField()
    subject = peewee.CharField()
    details = Document(default=dict)

    class Meta:
        indexes = ((("subject", "id"), False),)


class Captcha(Model):
    """A confirmation code that can be used once; the answer is kept as a hash, the drawing sealed."""

    public_id = peewee.CharField(unique=True)
    answer = peewee.CharField()
    sealed = peewee.BlobField()
    expires_at = Moment(index=True)


class Limit(Model):
    """A counter of tries in a window of time."""

    name = peewee.CharField(primary_key=True)
    count = peewee.IntegerField()
    expires_at = Moment(index=True)


class Heartbeat(Model):
    """When a worker was last seen."""

    worker = peewee.CharField(primary_key=True)
    at = Moment()


class Trial(Model):
    """A procedure's draft put on trial by the worker: how far it is, then its report.

    `digest` is the draft's hash, `revision` that of its rows. `state`: waiting, running, done, failed; `running` is
    the procedure's id until it has ended, unique, so that there is one at a time; `why` says why it failed.
    """

    procedure = peewee.ForeignKeyField(ProcedureRow, backref="trials", on_delete="CASCADE")
    running = peewee.IntegerField(null=True, unique=True)
    digest = peewee.CharField()
    revision = peewee.IntegerField()
    state = peewee.CharField(default="waiting", index=True)
    tries = peewee.IntegerField(default=0)
    leased_until = Moment(null=True)
    done = peewee.IntegerField(default=0)
    walks = peewee.IntegerField(default=0)
    asked_by = peewee.CharField()
    asked_at = Moment()
    ended_at = Moment(null=True)
    why = peewee.TextField(default="")
    report = Document(null=True)
