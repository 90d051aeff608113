"""The outbox, the journal, codes, limits and heartbeats."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Dossier(pw.Model):
    class Meta:
        table_name = "dossier"


class Captcha(pw.Model):
    public_id = pw.CharField(unique=True)
    answer = pw.CharField()
    sealed = pw.BlobField()
    expires_at = pw.BigIntegerField(index=True)

    class Meta:
        legacy_table_names = False
        table_name = "captcha"


class Heartbeat(pw.Model):
    worker = pw.CharField(primary_key=True)
    at = pw.BigIntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "heartbeat"


class JournalEntry(pw.Model):
    at = pw.BigIntegerField()
    actor = pw.CharField()
    action = pw.CharField()
    subject = pw.CharField()
    details = pw.TextField()

    class Meta:
        legacy_table_names = False
        table_name = "journal_entry"
        indexes = ((("subject", "id"), False),)


class Limit(pw.Model):
    name = pw.CharField(primary_key=True)
    count = pw.IntegerField()
    expires_at = pw.BigIntegerField(index=True)

    class Meta:
        legacy_table_names = False
        table_name = "limit"


class OutboxMessage(pw.Model):
    dossier = pw.ForeignKeyField(Dossier, null=True, on_delete="RESTRICT", backref="+")
    event = pw.CharField()
    recipient = pw.CharField()
    subject = pw.TextField()
    body = pw.TextField()
    secret = pw.BlobField(null=True)
    state = pw.CharField()
    tries = pw.IntegerField()
    due_at = pw.BigIntegerField()
    leased_until = pw.BigIntegerField(null=True)
    error = pw.TextField()
    created_at = pw.BigIntegerField()
    sent_at = pw.BigIntegerField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "outbox_message"
        indexes = ((("state", "due_at"), False),)


TABLES = (
    Captcha,
    Heartbeat,
    JournalEntry,
    Limit,
    OutboxMessage,
)


def up(_migrator: Any, db: pw.Database) -> None:
    """Makes the tables."""
    with db.bind_ctx((*TABLES, Dossier), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
