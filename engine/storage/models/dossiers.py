"""Drafts of citizens, dossiers, what happened to them, and their files."""

from __future__ import annotations

import peewee

from engine.storage.models.base import Document, Model, Moment
from engine.storage.models.definitions import Version
from engine.storage.models.people import Agency, User


class Dossier(Model):
    """A filed dossier, pinned to its version.

    `draft` is the idempotency key. `answers` is the relevant view as filed, its sensitive values in `sealed`;
    `lookup` the hash of the lookup code; `revision` counts the changes, for `WHERE id=? AND revision=?`.
    `until` is when the present state or the whole is due; `due_at` the end of the whole time once received.
    """

    version_id: int
    agency_id: int
    officer_id: int | None
    code = peewee.CharField(unique=True)
    draft = peewee.IntegerField(unique=True)
    version = peewee.ForeignKeyField(Version, backref="dossiers", on_delete="RESTRICT")
    procedure = peewee.CharField(index=True)
    agency = peewee.ForeignKeyField(Agency, backref="dossiers", on_delete="RESTRICT")
    channel = peewee.CharField()
    language = peewee.CharField(default="vi")
    filed_on = peewee.CharField()
    filed_at = Moment()
    status = peewee.IntegerField()
    stage = peewee.CharField(null=True)
    unit = peewee.CharField()
    officer = peewee.ForeignKeyField(User, null=True, backref="dossiers", on_delete="RESTRICT")
    since = Moment()
    until = Moment(null=True)
    due_at = Moment(null=True)
    revision = peewee.IntegerField(default=0)
    answers = Document()
    sealed = peewee.BlobField(null=True)
    fees = Document(default=list)
    applicant = peewee.TextField(default="")
    folded = peewee.TextField(default="")
    email = peewee.CharField(default="")
    lookup = peewee.CharField()
    consent = Document(default=dict)

    class Meta:
        indexes = (
            (("agency", "status", "id"), False),
            (("agency", "id"), False),
        )


class Event(Model):
    """One change of a dossier; never updated or deleted. Its erasable words stand in `EventText`."""

    dossier_id: int
    officer_id: int | None
    dossier = peewee.ForeignKeyField(Dossier, backref="events", on_delete="RESTRICT")
    at = Moment()
    event = peewee.CharField()
    status = peewee.IntegerField()
    stage = peewee.CharField(null=True)
    unit = peewee.CharField()
    officer = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT")
    until = Moment(null=True)


class EventText(Model):
    """What was written to the citizen with an event."""

    event = peewee.ForeignKeyField(Event, backref="texts", unique=True, on_delete="RESTRICT")
    text = peewee.TextField()


class Draft(Model):
    """What a citizen has typed so far; its secret token is kept as a hash only.

    `answers` is the document of `engine.form.answers.Answers` without sensitive values, which are in `sealed`.
    `lookup` is the sealed lookup code of the dossier made from it, until the draft expires.
    """

    version_id: int
    agency_id: int
    dossier_id: int | None
    token = peewee.CharField(unique=True)
    version = peewee.ForeignKeyField(Version, on_delete="RESTRICT")
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT")
    channel = peewee.CharField(default="online")
    language = peewee.CharField(default="vi")
    answers = peewee.TextField(default="{}")
    sealed = peewee.BlobField(null=True)
    revision = peewee.IntegerField(default=0)
    created_at = Moment()
    saved_at = Moment()
    expires_at = Moment(index=True)
    dossier = peewee.ForeignKeyField(Dossier, null=True, on_delete="RESTRICT")
    lookup = peewee.BlobField(null=True)


class ResumeLink(Model):
    """A mailed link by which a draft goes on in another browser; kept as a hash."""

    draft_id: int
    draft = peewee.ForeignKeyField(Draft, on_delete="CASCADE")
    token = peewee.CharField(unique=True)
    expires_at = Moment()


class Attachment(Model):
    """A received file; its bytes stand in the data folder under `digest` and are only served as attachments.

    `purpose`: `answer` (a field or a paper of the form) or `result` (given by an officer).
    """

    dossier_id: int | None
    public_id = peewee.CharField(unique=True)
    draft = peewee.IntegerField(null=True, index=True)
    dossier = peewee.ForeignKeyField(Dossier, null=True, backref="attachments", on_delete="RESTRICT")
    purpose = peewee.CharField(default="answer")
    field = peewee.CharField(default="")
    name = peewee.CharField()
    digest = peewee.CharField()
    size = peewee.IntegerField()
    media_type = peewee.CharField()
    received_at = Moment()


class OneTimeCode(Model):
    """A code mailed to the filed address, to open a dossier without the lookup code."""

    dossier_id: int
    dossier = peewee.ForeignKeyField(Dossier, on_delete="CASCADE")
    code = peewee.CharField()
    expires_at = Moment()
    tries = peewee.IntegerField(default=0)


class Counter(Model):
    """The last number given in a scope, such as an agency and a day."""

    scope = peewee.CharField(primary_key=True)
    value = peewee.IntegerField()
