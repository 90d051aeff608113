"""A document in rows, as the back office edits it, and the same document out of them.

A column holds a value only where it is of the column's own sort; whatever else a document says stays in `more`, as
it was written. An empty list, which has no rows, stays there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.definition import library
from engine.definition.areas import Area
from engine.definition.library import FORMAT, Block, Catalog, CatalogEntry, Library, catalog_of, plain_text, read_block
from engine.definition.procedure import Procedure
from engine.errors import NoSuchProcedure
from engine.format.reading import keys_of, node_of
from engine.format.texts import Text
from engine.storage.database import transaction
from engine.storage.models import (
    Agency,
    BlockRow,
    CatalogEntryRow,
    CatalogRow,
    CheckRow,
    ChoiceRow,
    FeeRow,
    FieldRow,
    PaperRow,
    Place,
    ProcedureRow,
    StageRow,
    StepRow,
    Unit,
)

Plain = dict[str, Any]


@dataclass(frozen=True)
class Columns:
    """Which keys of a part of the document have a column; those not listed stand in `more`.

    `texts` are in two languages, `strings` never empty in the document, `others` may be null.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    strings: tuple[str, ...] = ()
    others: Mapping[str, type] = field(default_factory=dict)

    def split(self, part: Plain) -> Plain:
        """The columns of a part, with `more`."""
        more = dict(part)
        row: Plain = {}
        for key, column in self.texts.items():
            row[column], row[f"{column}_en"] = _languages(more.get(key)) or (_shown(more.get(key)), None)
            if _languages(more.get(key)):
                del more[key]
        for key in self.strings:
            row[key] = more.pop(key) if _is_string(more.get(key)) else _shown(more.get(key))
        for key, sort in self.others.items():
            row[key] = more.pop(key) if type(more.get(key)) is sort else None
        return {**row, "more": more}

    def joined(self, row: Any) -> Plain:
        """The part of the document that a row holds."""
        part: Plain = {key: getattr(row, key) for key in self.strings if getattr(row, key)}
        for key, column in self.texts.items():
            if getattr(row, column) or getattr(row, f"{column}_en"):
                part[key] = plain_text(Text(getattr(row, column), getattr(row, f"{column}_en")))
        part |= {key: getattr(row, key) for key in self.others if getattr(row, key) is not None}
        part |= row.more
        return part


def _is_string(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _languages(value: Any) -> tuple[str, str | None] | None:
    """A text in the two columns of languages, where it fits into them."""
    if _is_string(value):
        return value, None
    if isinstance(value, dict) and set(value) == {"vi", "en"} and all(map(_is_string, value.values())):
        return value["vi"], value["en"]
    return None


def _shown(value: Any) -> str:
    """What a list shows of a value that does not fit its column."""
    if isinstance(value, dict):
        return str(value.get("vi", ""))
    return "" if value is None or isinstance(value, list) else str(value)


PROCEDURE = Columns({"title": "title"}, ("code", "category"), {"level": int})
STEP = Columns({"title": "title"}, ("step",))
FIELD = Columns({"label": "label"}, ("name", "kind"), {"required": bool})
SECTION = Columns({"section": "label"})
CHOICE = Columns({"label": "label"}, ("value",))
PAPER = Columns({"title": "title"}, ("name",), {"originals": int, "copies": int, "attach": str})
FEE = Columns({"title": "title"}, ("name",), {"type": str, "collected": str})
STAGE = Columns({"title": "title"}, ("stage",), {"unit": str})
CHECK = Columns({"message": "message"}, (), {"at": str, "severity": str})

# The lists of a procedure that have a table each.
LISTS: dict[str, tuple[Any, Columns]] = {
    "papers": (PaperRow, PAPER),
    "fees": (FeeRow, FEE),
    "checks": (CheckRow, CHECK),
}


def write(document: Mapping[str, Any], *, now: datetime) -> ProcedureRow:
    """Puts a document into rows, in place of those that its procedure had; what was published stays as it is."""
    whole = dict(document)
    lists = {key: _take_list(whole, key) for key in (*LISTS, "form")}
    stages = _take_stages(whole)
    with transaction():
        row = _procedure_row(PROCEDURE.split(whole), now)
        for key, (table, columns) in LISTS.items():
            _write_parts(table, columns, lists[key], procedure=row)
        _write_parts(StageRow, STAGE, stages, procedure=row)
        for position, step in enumerate(lists["form"]):
            _write_step(row, position, dict(step))
    return row


def _procedure_row(columns: Plain, now: datetime) -> ProcedureRow:
    if not columns["level"]:  # the column wants a number; what a document without a fitting one says stays
        columns["more"] |= {} if columns["level"] is None else {"level": columns["level"]}
        columns["level"] = 0
    columns["changed_at"] = now
    row = ProcedureRow.get_or_none(ProcedureRow.code == columns["code"])
    if row is None:
        made: ProcedureRow = ProcedureRow.create(**columns)
        return made
    for table in (StepRow, StageRow, *(table for table, _ in LISTS.values())):
        table.delete().where(table.procedure == row).execute()
    ProcedureRow.update(**columns, revision=ProcedureRow.revision + 1).where(ProcedureRow.id == row.id).execute()
    found: ProcedureRow = ProcedureRow.get_by_id(row.id)
    return found


def _take_list(whole: Plain, key: str) -> list[Plain]:
    """A list of mappings, taken out of what remains; anything else remains."""
    value = whole.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return []
    del whole[key]
    return value


def _take_stages(whole: Plain) -> list[Plain]:
    if not isinstance(whole.get("processing"), dict):
        return []
    whole["processing"] = dict(whole["processing"])
    return _take_list(whole["processing"], "stages")


def _write_parts(table: Any, columns: Columns, parts: Iterable[Plain], **owner: Any) -> None:
    for position, part in enumerate(parts):
        row = columns.split(part)
        if table is FeeRow:
            row["amount"] = row["more"].pop("amount", None)
        table.create(position=position, **row, **owner)


def _write_step(procedure: ProcedureRow, position: int, step: Plain) -> None:
    fields = _take_list(step, "fields")
    row = StepRow.create(procedure=procedure, position=position, **STEP.split(step))
    _write_fields(fields, step=row)


def _write_fields(fields: Sequence[Plain], **owner: Any) -> None:
    for position, part in enumerate(fields):
        _write_field(dict(part), position, **owner)


def _write_field(field: Plain, position: int, **owner: Any) -> None:
    if "block" in field:
        more = {key: value for key, value in field.items() if key != "block"}
        FieldRow.create(item="block", name=str(field["block"]), position=position, more=more, **owner)
    elif "section" in field:
        fields = _take_list(field, "fields")
        row = FieldRow.create(item="section", position=position, **SECTION.split(field), **owner)
        _write_fields(fields, **owner, section=row)
    else:
        choices = _take_choices(field)
        row = FieldRow.create(item="field", position=position, **FIELD.split(field), **owner)
        for place, choice in enumerate(choices):
            ChoiceRow.create(field=row, position=place, **CHOICE.split(choice))


def _take_choices(field: Plain) -> list[Plain]:
    """The choices of a field, each as a mapping; the empty list or mapping that remains says how they were written."""
    choices = field.get("choices")
    if isinstance(choices, dict) and choices and set(choices) != {"catalog"} and all(map(_languages, choices.values())):
        field["choices"] = {}
        return [{"value": value, "label": label} for value, label in choices.items()]
    if isinstance(choices, list) and choices and all(isinstance(choice, dict) for choice in choices):
        field["choices"] = []
        return choices
    return []


def read(code: str) -> Plain:
    """The document of a procedure's rows; raises `NoSuchProcedure`."""
    row = ProcedureRow.get_or_none(ProcedureRow.code == code)
    if row is None:
        raise NoSuchProcedure(code)
    document: Plain = {"format": FORMAT} | PROCEDURE.joined(row)
    if not row.level and "level" not in row.more:
        del document["level"]
    for key, (table, columns) in LISTS.items():
        parts = [_read_part(columns, part) for part in _ordered(table, table.procedure == row)]
        document |= {key: parts} if parts else {}
    stages = [_read_part(STAGE, stage) for stage in _ordered(StageRow, StageRow.procedure == row)]
    if stages:
        document["processing"] = document.get("processing", {}) | {"stages": stages}
    form = _read_form(row)
    document |= {"form": form} if form else {}
    order = {key: place for place, key in enumerate(keys_of(Procedure))}
    return dict(sorted(document.items(), key=lambda item: order.get(item[0], len(order))))


def _ordered(table: Any, condition: Any) -> Iterator[Any]:
    return iter(table.select().where(condition).order_by(table.position, table.id))


def _read_part(columns: Columns, row: Any) -> Plain:
    part = columns.joined(row)
    if isinstance(row, FeeRow) and row.amount is not None:
        part["amount"] = row.amount
    return part


def _read_form(procedure: ProcedureRow) -> list[Plain]:
    steps = list(_ordered(StepRow, StepRow.procedure == procedure))
    items = _items(FieldRow.step.in_([step.id for step in steps]), "step_id")
    form = []
    for row in steps:
        step = STEP.joined(row)
        if fields := items.get(row.id):
            step["fields"] = fields
        form.append(step)
    return form


def _items(condition: Any, owner: str) -> dict[int, list[Plain]]:
    """The items of steps or of blocks, by their owner's id."""
    rows = list(_ordered(FieldRow, condition))
    choices: dict[int, list[Any]] = {}
    for choice in _ordered(ChoiceRow, ChoiceRow.field.in_([row.id for row in rows])):
        choices.setdefault(choice.field_id, []).append(choice)
    inner: dict[int, list[Plain]] = {}
    for row in rows:
        if row.section_id is not None:
            inner.setdefault(row.section_id, []).append(_item(row, choices, {}))
    found: dict[int, list[Plain]] = {}
    for row in rows:
        if row.section_id is None:
            found.setdefault(getattr(row, owner), []).append(_item(row, choices, inner))
    return found


def _item(row: Any, choices: Mapping[int, list[Any]], inner: Mapping[int, list[Plain]]) -> Plain:
    if row.item == "block":
        return {"block": row.name, **row.more}
    if row.item == "section":
        return SECTION.joined(row) | ({"fields": inner[row.id]} if row.id in inner else {})
    field = FIELD.joined(row)
    if row.id in choices:
        listed = [CHOICE.joined(choice) for choice in choices[row.id]]
        short = isinstance(field.get("choices", {}), dict) and all(set(one) == {"value", "label"} for one in listed)
        field["choices"] = {one["value"]: one["label"] for one in listed} if short else listed
    return field


def codes() -> tuple[str, ...]:
    """The codes of all procedures, published or not."""
    return tuple(row.code for row in ProcedureRow.select(ProcedureRow.code).order_by(ProcedureRow.code))


def write_block(document: Mapping[str, Any]) -> None:
    """Puts a block into rows, in place of those it had."""
    title, title_en = _languages(document.get("title")) or (_shown(document.get("title")), None)
    with transaction():
        BlockRow.insert(name=document["block"], title=title, title_en=title_en).on_conflict(
            conflict_target=[BlockRow.name], update={"title": title, "title_en": title_en}
        ).execute()
        row = BlockRow.get(BlockRow.name == document["block"])
        FieldRow.delete().where(FieldRow.of_block == row).execute()
        _write_fields([dict(field) for field in document.get("fields", ())], of_block=row)


def read_blocks() -> dict[str, Plain]:
    """The documents of all blocks, by name."""
    rows = list(BlockRow.select().order_by(BlockRow.name))
    items = _items(FieldRow.of_block.is_null(False), "of_block_id")  # noqa: FBT003 - peewee's own
    return {
        row.name: {
            "format": FORMAT,
            "block": row.name,
            "title": plain_text(Text(row.title, row.title_en)),
            "fields": items.get(row.id, []),
        }
        for row in rows
    }


def write_catalog(document: Mapping[str, Any]) -> None:
    """Puts a catalog into rows, in place of those it had; raises `ValueError` where it is none."""
    catalog = catalog_of(document)
    with transaction():
        titles = {"title": catalog.title.vi, "title_en": catalog.title.en}
        CatalogRow.insert(name=catalog.catalog, **titles).on_conflict(
            conflict_target=[CatalogRow.name], update=titles
        ).execute()
        row = CatalogRow.get(CatalogRow.name == catalog.catalog)
        CatalogEntryRow.delete().where(CatalogEntryRow.catalog == row).execute()
        entries = [_entry_row(row, position, entry) for position, entry in enumerate(catalog.entries)]
        for start in range(0, len(entries), 100):
            CatalogEntryRow.insert_many(entries[start : start + 100]).execute()


def _entry_row(catalog: CatalogRow, position: int, entry: CatalogEntry) -> Plain:
    return {
        "catalog": catalog, "position": position, "value": entry.value, "label": entry.label.vi,
        "label_en": entry.label.en, "parent": entry.parent, "until": entry.until,
    }  # fmt: skip


def read_catalogs() -> dict[str, Catalog]:
    """All catalogs, by name."""
    entries: dict[int, list[CatalogEntry]] = {}
    row: Any
    for row in CatalogEntryRow.select().order_by(CatalogEntryRow.position, CatalogEntryRow.id):
        label = Text(row.label, row.label_en)
        entry = CatalogEntry(value=row.value, label=label, parent=row.parent or None, until=row.until or None)
        entries.setdefault(row.catalog_id, []).append(entry)
    return {
        row.name: Catalog(catalog=row.name, title=Text(row.title, row.title_en), entries=tuple(entries.get(row.id, ())))
        for row in CatalogRow.select().order_by(CatalogRow.name)
    }


def library_of_rows() -> Library:
    """What the rows of the back office hold, without blank forms (`engine.publishing.versions` adds them)."""
    return Library(
        blocks=dict(_blocks()),
        catalogs=read_catalogs(),
        agencies=tuple(read_agencies()),
        areas=read_areas(),
    )


def read_areas() -> tuple[Area, ...]:
    """The administrative units of all times."""
    found: Any = Place.select(Place.code, Place.name, Place.kind, Place.parent, Place.since, Place.until)
    return tuple(Area(*row) for row in found.order_by(Place.code, Place.since).tuples())


def _blocks() -> Iterator[tuple[str, Block]]:
    for name, document in read_blocks().items():
        block, _ = read_block(node_of(document, f"blocks/{name}.yaml", 1))
        if block is not None:
            yield name, block


def read_agencies() -> Iterator[library.Agency]:
    """The agencies with their units."""
    units: dict[int, list[library.Unit]] = {}
    unit: Any
    for unit in Unit.select().order_by(Unit.id):
        units.setdefault(unit.agency_id, []).append(library.Unit(name=unit.name, title=unit.title))
    for row in Agency.select().order_by(Agency.code):
        yield library.Agency(
            code=row.code, name=row.name, kind=row.kind, parent=row.parent, ward=row.ward, address=row.address,
            phone=row.phone, email=row.email, hours=row.hours, units=tuple(units.get(row.id, ())),
        )  # fmt: skip
