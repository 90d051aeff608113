"""A procedure while it is being made: rows that the back office edits, and the versions frozen from them.

Every table has the columns that its list shows, and `more`: the remaining keys of the format, as they were
written. `engine.publishing.rows` turns a document into rows and back without loss.
"""

from __future__ import annotations

import peewee

from engine.storage.models.base import ExactDocument, Model, Moment


class ProcedureRow(Model):
    """A procedure; `current` is the id of the published version that the public sees.

    `closed_on` is the first local day, `YYYY-MM-DD`, on which nothing is received any more; `successor` the code of
    the procedure that replaces it.
    """

    code = peewee.CharField(unique=True)
    title = peewee.TextField()
    title_en = peewee.TextField(null=True)
    category = peewee.CharField()
    level = peewee.IntegerField()
    more = ExactDocument(default=dict)
    current = peewee.IntegerField(null=True, index=True)
    closed_on = peewee.CharField(null=True)
    successor = peewee.CharField(null=True)
    changed_at = Moment()
    revision = peewee.IntegerField(default=0)

    class Meta:
        table_name = "procedure"

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Version(Model):
    """A published version: an immutable document with its hash. Only `engine.publishing` writes it, once.

    What changes later is `withdrawn_at` alone: when the public ceased to see it because it was withdrawn.
    `agencies` is the procedure's list of `kind:…` and `code:…` with a space around each, empty for all; `folded` the
    words by which it is found; `rates` its named amounts in đồng, nothing where it names none.
    """

    procedure = peewee.ForeignKeyField(ProcedureRow, backref="versions", on_delete="RESTRICT")
    number = peewee.IntegerField()
    digest = peewee.CharField()
    document = peewee.TextField()
    note = peewee.TextField(default="")
    author = peewee.CharField(default="")
    published_at = Moment()
    code = peewee.CharField(index=True)
    title = peewee.TextField()
    title_en = peewee.TextField(null=True)
    summary = peewee.TextField(default="")
    category = peewee.CharField()
    level = peewee.IntegerField()
    agencies = peewee.TextField(default="")
    folded = peewee.TextField()
    withdrawn_at = Moment(null=True)
    rates = ExactDocument(null=True)

    class Meta:
        indexes = ((("procedure", "number"), True),)


class BlockRow(Model):
    """A reusable part of a form."""

    name = peewee.CharField(unique=True)
    title = peewee.TextField()
    title_en = peewee.TextField(null=True)

    class Meta:
        table_name = "block"

    def __str__(self) -> str:
        return str(self.name)


class _Part(Model):
    """A row of a procedure, in its place."""

    position = peewee.IntegerField(default=0)
    more = ExactDocument(default=dict)


class StepRow(_Part):
    """A step of the online form."""

    procedure = peewee.ForeignKeyField(ProcedureRow, backref="steps", on_delete="CASCADE")
    step = peewee.CharField()
    title = peewee.TextField()
    title_en = peewee.TextField(null=True)

    class Meta:
        table_name = "step"

    def __str__(self) -> str:
        return str(self.step)


class FieldRow(_Part):
    """A field, the use of a block, or a section (whose fields name it as `section`), of a step or of a block."""

    step = peewee.ForeignKeyField(StepRow, null=True, backref="fields", on_delete="CASCADE")
    of_block = peewee.ForeignKeyField(BlockRow, null=True, backref="fields", on_delete="CASCADE")
    section = peewee.ForeignKeyField("self", null=True, backref="fields", on_delete="CASCADE")
    item = peewee.CharField(default="field", choices=[("field", "field"), ("section", "section"), ("block", "block")])
    name = peewee.CharField(default="")
    kind = peewee.CharField(default="")
    label = peewee.TextField(default="")
    label_en = peewee.TextField(null=True)
    required = peewee.BooleanField(null=True)

    class Meta:
        table_name = "field"

    def __str__(self) -> str:
        return str(self.name or self.label)


class ChoiceRow(_Part):
    """One of a field's choices."""

    field = peewee.ForeignKeyField(FieldRow, backref="choices", on_delete="CASCADE")
    value = peewee.CharField()
    label = peewee.TextField()
    label_en = peewee.TextField(null=True)

    class Meta:
        table_name = "choice"


class PaperRow(_Part):
    """A paper of the dossier (thành phần hồ sơ)."""

    procedure = peewee.ForeignKeyField(ProcedureRow, backref="papers", on_delete="CASCADE")
    name = peewee.CharField()
    title = peewee.TextField()
    title_en = peewee.TextField(null=True)
    originals = peewee.IntegerField(null=True)
    copies = peewee.IntegerField(null=True)
    attach = peewee.CharField(null=True)

    class Meta:
        table_name = "paper"


class FeeRow(_Part):
    """A fee, with the formula of its amount."""

    procedure = peewee.ForeignKeyField(ProcedureRow, backref="fees", on_delete="CASCADE")
    name = peewee.CharField()
    title = peewee.TextField()
    title_en = peewee.TextField(null=True)
    type = peewee.CharField(null=True)
    amount = ExactDocument(null=True)
    collected = peewee.CharField(null=True)

    class Meta:
        table_name = "fee"


class StageRow(_Part):
    """A stage inside "Đang xử lý"."""

    procedure = peewee.ForeignKeyField(ProcedureRow, backref="stages", on_delete="CASCADE")
    stage = peewee.CharField()
    title = peewee.TextField()
    title_en = peewee.TextField(null=True)
    unit = peewee.CharField(null=True)

    class Meta:
        table_name = "stage"


class CheckRow(_Part):
    """A rule across fields."""

    procedure = peewee.ForeignKeyField(ProcedureRow, backref="checks", on_delete="CASCADE")
    at = peewee.CharField(null=True)
    message = peewee.TextField()
    message_en = peewee.TextField(null=True)
    severity = peewee.CharField(null=True)

    class Meta:
        table_name = "check"


class CatalogRow(Model):
    """A list of choices shared by procedures."""

    name = peewee.CharField(unique=True)
    title = peewee.TextField()
    title_en = peewee.TextField(null=True)

    class Meta:
        table_name = "catalog"

    def __str__(self) -> str:
        return str(self.name)


class CatalogEntryRow(Model):
    """An entry of a catalog; `until` is the last day it may be chosen, `YYYY-MM-DD`."""

    catalog = peewee.ForeignKeyField(CatalogRow, backref="entries", on_delete="CASCADE")
    position = peewee.IntegerField(default=0)
    value = peewee.CharField()
    label = peewee.TextField()
    label_en = peewee.TextField(null=True)
    parent = peewee.CharField(null=True)
    until = peewee.CharField(null=True)

    class Meta:
        table_name = "catalog_entry"
        indexes = ((("catalog", "value"), True),)


class TemplateFile(Model):
    """A blank form to download; its bytes stand in the data folder under `digest` (SHA-256)."""

    procedure = peewee.ForeignKeyField(ProcedureRow, backref="template_files", on_delete="CASCADE")
    file = peewee.CharField()
    digest = peewee.CharField()
    size = peewee.IntegerField()
    media_type = peewee.CharField()

    class Meta:
        indexes = ((("procedure", "file"), True),)


class Place(Model):
    """An administrative unit with the days between which it exists, `YYYY-MM-DD`; a province has no parent."""

    code = peewee.CharField()
    name = peewee.CharField()
    kind = peewee.CharField()
    parent = peewee.CharField(default="", index=True)
    since = peewee.CharField(default="")
    until = peewee.CharField(default="")

    class Meta:
        indexes = ((("code", "since"), True),)
