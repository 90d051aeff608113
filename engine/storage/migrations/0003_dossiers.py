"""Drafts, dossiers, their events and files."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Agency(pw.Model):
    class Meta:
        table_name = "agency"


class User(pw.Model):
    class Meta:
        table_name = "user"


class Version(pw.Model):
    class Meta:
        table_name = "version"


class Dossier(pw.Model):
    code = pw.CharField(unique=True)
    draft = pw.IntegerField(unique=True)
    version = pw.ForeignKeyField(Version, on_delete="RESTRICT", backref="+")
    procedure = pw.CharField(index=True)
    agency = pw.ForeignKeyField(Agency, on_delete="RESTRICT", backref="+")
    channel = pw.CharField()
    language = pw.CharField()
    filed_on = pw.CharField()
    filed_at = pw.BigIntegerField()
    status = pw.IntegerField()
    stage = pw.CharField(null=True)
    unit = pw.CharField()
    officer = pw.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    since = pw.BigIntegerField()
    until = pw.BigIntegerField(null=True)
    due_at = pw.BigIntegerField(null=True)
    revision = pw.IntegerField()
    answers = pw.TextField()
    sealed = pw.BlobField(null=True)
    fees = pw.TextField()
    applicant = pw.TextField()
    folded = pw.TextField()
    email = pw.CharField()
    lookup = pw.CharField()
    consent = pw.TextField()

    class Meta:
        legacy_table_names = False
        table_name = "dossier"
        indexes = (
            (("agency", "status", "id"), False),
            (("agency", "id"), False),
        )


class Attachment(pw.Model):
    public_id = pw.CharField(unique=True)
    draft = pw.IntegerField(index=True, null=True)
    dossier = pw.ForeignKeyField(Dossier, null=True, on_delete="RESTRICT", backref="+")
    purpose = pw.CharField()
    field = pw.CharField()
    name = pw.CharField()
    digest = pw.CharField()
    size = pw.IntegerField()
    media_type = pw.CharField()
    received_at = pw.BigIntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "attachment"


class Counter(pw.Model):
    scope = pw.CharField(primary_key=True)
    value = pw.IntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "counter"


class Draft(pw.Model):
    token = pw.CharField(unique=True)
    version = pw.ForeignKeyField(Version, on_delete="RESTRICT", backref="+")
    agency = pw.ForeignKeyField(Agency, on_delete="RESTRICT", backref="+")
    channel = pw.CharField()
    language = pw.CharField()
    answers = pw.TextField()
    sealed = pw.BlobField(null=True)
    revision = pw.IntegerField()
    created_at = pw.BigIntegerField()
    saved_at = pw.BigIntegerField()
    expires_at = pw.BigIntegerField(index=True)
    dossier = pw.ForeignKeyField(Dossier, null=True, on_delete="RESTRICT", backref="+")
    lookup = pw.BlobField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "draft"


class Event(pw.Model):
    dossier = pw.ForeignKeyField(Dossier, on_delete="RESTRICT", backref="+")
    at = pw.BigIntegerField()
    event = pw.CharField()
    status = pw.IntegerField()
    stage = pw.CharField(null=True)
    unit = pw.CharField()
    officer = pw.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    until = pw.BigIntegerField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "event"


class EventText(pw.Model):
    event = pw.ForeignKeyField(Event, unique=True, on_delete="RESTRICT", backref="+")
    text = pw.TextField()

    class Meta:
        legacy_table_names = False
        table_name = "event_text"


class OneTimeCode(pw.Model):
    dossier = pw.ForeignKeyField(Dossier, on_delete="CASCADE", backref="+")
    code = pw.CharField()
    expires_at = pw.BigIntegerField()
    tries = pw.IntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "one_time_code"


class ResumeLink(pw.Model):
    draft = pw.ForeignKeyField(Draft, on_delete="CASCADE", backref="+")
    token = pw.CharField(unique=True)
    expires_at = pw.BigIntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "resume_link"


TABLES = (
    Dossier,
    Attachment,
    Counter,
    Draft,
    Event,
    EventText,
    OneTimeCode,
    ResumeLink,
)


def up(_migrator: Any, db: pw.Database) -> None:
    """Makes the tables."""
    with db.bind_ctx((*TABLES, Agency, User, Version), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
