"""Procedures, their parts and versions, catalogs, blank forms and places."""

from __future__ import annotations

from typing import Any

import peewee as pw


class BlockRow(pw.Model):
    name = pw.CharField(unique=True)
    title = pw.TextField()
    title_en = pw.TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "block"


class CatalogRow(pw.Model):
    name = pw.CharField(unique=True)
    title = pw.TextField()
    title_en = pw.TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "catalog"


class CatalogEntryRow(pw.Model):
    catalog = pw.ForeignKeyField(CatalogRow, on_delete="CASCADE", backref="+")
    position = pw.IntegerField()
    value = pw.CharField()
    label = pw.TextField()
    label_en = pw.TextField(null=True)
    parent = pw.CharField(null=True)
    until = pw.CharField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "catalog_entry"
        indexes = ((("catalog", "value"), True),)


class ProcedureRow(pw.Model):
    code = pw.CharField(unique=True)
    title = pw.TextField()
    title_en = pw.TextField(null=True)
    category = pw.CharField()
    level = pw.IntegerField()
    more = pw.TextField()
    current = pw.IntegerField(index=True, null=True)
    changed_at = pw.BigIntegerField()
    revision = pw.IntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "procedure"


class CheckRow(pw.Model):
    position = pw.IntegerField()
    more = pw.TextField()
    procedure = pw.ForeignKeyField(ProcedureRow, on_delete="CASCADE", backref="+")
    at = pw.CharField(null=True)
    message = pw.TextField()
    message_en = pw.TextField(null=True)
    severity = pw.CharField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "check"


class StepRow(pw.Model):
    position = pw.IntegerField()
    more = pw.TextField()
    procedure = pw.ForeignKeyField(ProcedureRow, on_delete="CASCADE", backref="+")
    step = pw.CharField()
    title = pw.TextField()
    title_en = pw.TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "step"


class FieldRow(pw.Model):
    position = pw.IntegerField()
    more = pw.TextField()
    step = pw.ForeignKeyField(StepRow, null=True, on_delete="CASCADE", backref="+")
    of_block = pw.ForeignKeyField(BlockRow, null=True, on_delete="CASCADE", backref="+")
    section = pw.ForeignKeyField("self", null=True, on_delete="CASCADE", backref="+")
    item = pw.CharField()
    name = pw.CharField()
    kind = pw.CharField()
    label = pw.TextField()
    label_en = pw.TextField(null=True)
    required = pw.BooleanField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "field"


class ChoiceRow(pw.Model):
    position = pw.IntegerField()
    more = pw.TextField()
    field = pw.ForeignKeyField(FieldRow, on_delete="CASCADE", backref="+")
    value = pw.CharField()
    label = pw.TextField()
    label_en = pw.TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "choice"


class FeeRow(pw.Model):
    position = pw.IntegerField()
    more = pw.TextField()
    procedure = pw.ForeignKeyField(ProcedureRow, on_delete="CASCADE", backref="+")
    name = pw.CharField()
    title = pw.TextField()
    title_en = pw.TextField(null=True)
    type = pw.CharField(null=True)
    amount = pw.TextField(null=True)
    collected = pw.CharField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "fee"


class PaperRow(pw.Model):
    position = pw.IntegerField()
    more = pw.TextField()
    procedure = pw.ForeignKeyField(ProcedureRow, on_delete="CASCADE", backref="+")
    name = pw.CharField()
    title = pw.TextField()
    title_en = pw.TextField(null=True)
    originals = pw.IntegerField(null=True)
    copies = pw.IntegerField(null=True)
    attach = pw.CharField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "paper"


class Place(pw.Model):
    code = pw.CharField()
    name = pw.CharField()
    kind = pw.CharField()
    parent = pw.CharField(index=True)
    since = pw.CharField()
    until = pw.CharField()

    class Meta:
        legacy_table_names = False
        table_name = "place"
        indexes = ((("code", "since"), True),)


class StageRow(pw.Model):
    position = pw.IntegerField()
    more = pw.TextField()
    procedure = pw.ForeignKeyField(ProcedureRow, on_delete="CASCADE", backref="+")
    stage = pw.CharField()
    title = pw.TextField()
    title_en = pw.TextField(null=True)
    unit = pw.CharField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "stage"


class TemplateFile(pw.Model):
    procedure = pw.ForeignKeyField(ProcedureRow, on_delete="CASCADE", backref="+")
    file = pw.CharField()
    digest = pw.CharField()
    size = pw.IntegerField()
    media_type = pw.CharField()

    class Meta:
        legacy_table_names = False
        table_name = "template_file"
        indexes = ((("procedure", "file"), True),)


class Version(pw.Model):
    procedure = pw.ForeignKeyField(ProcedureRow, on_delete="RESTRICT", backref="+")
    number = pw.IntegerField()
    digest = pw.CharField()
    document = pw.TextField()
    note = pw.TextField()
    author = pw.CharField()
    published_at = pw.BigIntegerField()
    code = pw.CharField(index=True)
    title = pw.TextField()
    title_en = pw.TextField(null=True)
    summary = pw.TextField()
    category = pw.CharField()
    level = pw.IntegerField()
    agencies = pw.TextField()
    folded = pw.TextField()

    class Meta:
        legacy_table_names = False
        table_name = "version"
        indexes = ((("procedure", "number"), True),)


TABLES = (
    BlockRow,
    CatalogRow,
    CatalogEntryRow,
    ProcedureRow,
    CheckRow,
    StepRow,
    FieldRow,
    ChoiceRow,
    FeeRow,
    PaperRow,
    Place,
    StageRow,
    TemplateFile,
    Version,
)


def up(_migrator: Any, db: pw.Database) -> None:
    """Makes the tables."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
