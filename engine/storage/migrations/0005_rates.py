"""An agency's own amounts, and the amounts that each version names, so that a list can ask for them."""

from __future__ import annotations

import json
from typing import Any

import peewee as pw


class Agency(pw.Model):
    class Meta:
        table_name = "agency"


class AgencyRate(pw.Model):
    agency = pw.ForeignKeyField(Agency, on_delete="CASCADE", backref="+")
    procedure = pw.CharField()
    name = pw.CharField()
    amount = pw.BigIntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "agency_rate"
        indexes = ((("agency", "procedure", "name"), True),)


class Version(pw.Model):
    id = pw.AutoField()
    document = pw.TextField()
    rates = pw.TextField(null=True)

    class Meta:
        table_name = "version"


def up(migrator: Any, db: pw.Database) -> None:
    """Makes the table and the column, and fills the column of the versions there are."""
    migrator.migrate(migrator.add_column("version", "rates", pw.TextField(null=True)))
    with db.bind_ctx((Agency, AgencyRate, Version), bind_refs=False, bind_backrefs=False):
        db.create_tables((AgencyRate,), safe=False)
        for row in list(Version.select(Version.id)):
            _fill(Version.get_by_id(row.id))


def _fill(version: Version) -> None:
    rates = json.loads(version.document)["procedure"].get("rates")
    if rates:
        text = json.dumps(rates, ensure_ascii=False, separators=(",", ":"))
        Version.update(rates=text).where(Version.id == version.id).execute()
