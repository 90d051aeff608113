"""What came of trying a procedure's draft."""

from __future__ import annotations

from typing import Any

import peewee as pw


class ProcedureRow(pw.Model):
    class Meta:
        table_name = "procedure"


class Trial(pw.Model):
    procedure = pw.ForeignKeyField(ProcedureRow, on_delete="CASCADE", backref="+")
    running = pw.IntegerField(null=True, unique=True)
    digest = pw.CharField()
    revision = pw.IntegerField()
    state = pw.CharField(index=True)
    tries = pw.IntegerField()
    leased_until = pw.BigIntegerField(null=True)
    done = pw.IntegerField()
    walks = pw.IntegerField()
    asked_by = pw.CharField()
    asked_at = pw.BigIntegerField()
    ended_at = pw.BigIntegerField(null=True)
    why = pw.TextField()
    report = pw.TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "trial"


def up(_migrator: Any, db: pw.Database) -> None:
    """Makes the table."""
    with db.bind_ctx((Trial, ProcedureRow), bind_refs=False, bind_backrefs=False):
        db.create_tables([Trial], safe=False)
