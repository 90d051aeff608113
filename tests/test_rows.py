"""Documents in rows: what was written comes back, whatever its shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.definition.library import Library
from engine.definition.loading import load as load_node
from engine.definition.loading import load_document, load_file, procedure_files, read_bytes
from engine.definition.outline import plain_document
from engine.errors import NoSuchProcedure
from engine.format.documents import dump, parse
from engine.format.faults import errors
from engine.publishing import rows
from engine.storage.database import count_queries
from engine.storage.models import ChoiceRow, FieldRow, PaperRow, ProcedureRow, StepRow

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
HERE = Path(__file__).parent / "definitions"
SHIPPED = Path(__file__).parent.parent / "definitions"
FILES = tuple(path for folder in (HERE, HERE / "unseen", SHIPPED) for path in procedure_files(folder))

LEAST: dict[str, Any] = {"format": 1, "code": "7", "title": "T", "category": "c", "level": 1, "methods": []}


@pytest.fixture(autouse=True)
def empty(db: Any) -> Iterator[None]:
    with db.atomic() as transaction:
        yield
        transaction.rollback()


def document_of(path: Path) -> Any:
    procedure, faults = load_file(path, base=Library.folder(SHIPPED))
    assert procedure is not None, faults
    return procedure.document


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_comes_back_as_it_was_written(path: Path) -> None:
    document = document_of(path)
    rows.write(document, now=NOW)
    assert rows.read(document["code"]) == document


@pytest.mark.parametrize("file", ["b.yaml", "b.json"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_comes_back_as_a_text_that_reads_the_same(path: Path, file: str) -> None:
    written, _ = parse(read_bytes(path), "a.yaml")
    rows.write(document_of(path), now=NOW)
    again, faults = parse(dump(rows.read(code_of(path)), file), file)
    assert faults == ()
    assert written is not None
    assert again is not None
    assert again.plain() == plain_document(written)
    procedure, told = load_node(again, Library.folder(path.parent, base=Library.folder(SHIPPED)))
    assert errors(told) == ()
    assert procedure == load_file(path, base=Library.folder(SHIPPED))[0]


def code_of(path: Path) -> str:
    return str(document_of(path)["code"])


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"form": []},
        {"form": [{"step": "a", "title": "A", "fields": []}]},
        {"papers": [], "fees": [], "checks": [], "processing": {"reception": "x", "stages": []}},
        {"processing": {"reception": "x"}},
        {"processing": {"reception": "x", "stages": [{"stage": "a", "title": "A", "unit": "u", "time": {"days": 1}}]}},
        {"title": {"vi": "T"}},
        {"title": {"vi": "T", "en": "E"}, "summary": {"vi": "S", "en": "E"}},
        {"title": {"vi": "T", "en": ""}},
        {"code": "01", "category": "01"},
        {"level": 0},
        {"papers": [{"name": "a", "title": "A"}, {"name": "b", "title": "B", "originals": 0, "attach": "none"}]},
        {"papers": [{"name": "a", "title": "A", "originals": "một"}]},
        {"papers": "nothing"},
        {"fees": [{"name": "a", "title": "A", "amount": 5000}, {"name": "b", "title": "B", "amount": "a * 2"}]},
        {"checks": [{"rule": {"field": "a", "is": True}, "message": {"vi": "M", "en": "M"}, "severity": "warning"}]},
        {"rates": {"a": 1}, "retention": {"months": 1}, "mail": {"submitted": {"subject": "S"}}},
        {"officer_fields": [{"name": "x", "kind": "text", "label": "X", "stage": "a"}]},
        {"summary": None},
        {"form": [{"step": "a", "title": "A", "fields": [{"name": "a", "kind": "decimal", "min": Decimal("0.50")}]}]},
        {"checks": [{"rule": {"field": "a", "at_least": Decimal("0.10")}, "message": "M"}], "rates": {"a": Decimal(1)}},
        {"fees": [{"name": "a", "title": "A", "amount": Decimal("1.000000000000000001")}]},
    ],
)  # fmt: skip
def test_every_shape_comes_back(more: dict[str, Any]) -> None:
    document = LEAST | more
    rows.write(document, now=NOW)
    assert rows.read(document["code"]) == document


FIELDS: list[dict[str, Any]] = [
    {"name": "a", "kind": "text", "label": "A"},
    {"name": "a", "kind": "text", "label": {"vi": "A", "en": "B"}, "required": True, "hint": "H", "max_length": 5},
    {"name": "a", "kind": "text", "label": "A", "required": False},
    {"name": "a", "kind": "choice", "label": "A", "choices": {"1": "x", "no": {"vi": "K", "en": "N"}}},
    {"name": "a", "kind": "choice", "label": "A", "choices": {}},
    {"name": "a", "kind": "choice", "label": "A", "choices": {"x": {"vi": "X"}}},
    {"name": "a", "kind": "choice", "label": "A", "choices": [{"value": "x", "label": "X"}]},
    {"name": "a", "kind": "choice", "label": "A", "choices": [{"value": 1, "label": "X", "hint": "H"}]},
    {"name": "a", "kind": "choice", "label": "A", "choices": [{"value": "x", "label": "X", "when": {"not": {}}}]},
    {"name": "a", "kind": "choice", "label": "A", "choices": {"catalog": "wards"}},
    {"name": "a", "kind": "choice", "label": "A", "catalog": "dan_toc", "other": True},
    {"kind": "note", "text": "T", "folded": True},
    {"block": "nguoi"},
    {"block": "nguoi", "prefix": "yc", "without": ["a"], "labels": {"b": {"vi": "B", "en": "C"}}},
    {"section": "S", "fields": [{"name": "b", "kind": "text", "label": "B"}, {"block": "nguoi"}]},
    {"section": {"vi": "S", "en": "T"}, "hint": "H", "when": {"field": "a", "is": True}, "fields": []},
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: json.dumps(field, ensure_ascii=False)[:60])
def test_every_item_of_a_step_comes_back(field: dict[str, Any]) -> None:
    document = LEAST | {"form": [{"step": "a", "title": "A", "hint": "H", "fields": [field]}]}
    rows.write(document, now=NOW)
    assert rows.read("7") == document


def test_items_keep_their_order_in_steps_and_sections() -> None:
    names = ["c", "a", "b"]
    inner = [{"name": f"s_{name}", "kind": "text", "label": name} for name in names]
    fields = [{"name": name, "kind": "text", "label": name} for name in names]
    step = {"step": "z", "title": "Z", "fields": [fields[0], {"section": "S", "fields": inner}, *fields[1:]]}
    document = LEAST | {"form": [step, {"step": "y", "title": "Y", "fields": [{"block": "b"}]}]}
    rows.write(document, now=NOW)
    assert rows.read("7") == document


def test_the_lists_of_the_back_office_see_the_columns() -> None:
    rows.write(document_of(HERE / "whole.yaml"), now=NOW)
    row = ProcedureRow.get()
    assert (row.title, row.category, row.level, row.changed_at) == ("Ghi nhận việc nuôi trẻ", "ho-tich", 3, NOW)
    assert [step.step for step in StepRow.select().order_by(StepRow.position)] == ["nguoi_nop", "tre", "me", "cuoi"]
    assert [paper.attach for paper in PaperRow.select().order_by(PaperRow.position)] == ["required", "none"]
    field = FieldRow.get(FieldRow.name == "quan_he")
    assert (field.kind, field.label, field.required) == ("choice", "Quan hệ với trẻ", True)
    assert [choice.value for choice in ChoiceRow.select().where(ChoiceRow.field == field)] == ["cha", "me", "khac"]


def test_writing_again_replaces_the_parts_and_keeps_the_procedure() -> None:
    first = rows.write(LEAST | {"papers": [{"name": "a", "title": "A"}]}, now=NOW)
    ProcedureRow.update(current=5).execute()
    second = rows.write(LEAST | {"title": "Mới", "papers": [{"name": "b", "title": "B"}]}, now=NOW)
    assert (second.id, second.current, second.revision) == (first.id, 5, first.revision + 1)
    assert [paper.name for paper in PaperRow.select()] == ["b"]


def test_a_choice_that_the_back_office_added_is_read() -> None:
    choices = {"x": "X"}
    field = {"name": "a", "kind": "choice", "label": "A", "choices": choices}
    rows.write(LEAST | {"form": [{"step": "a", "title": "A", "fields": [field]}]}, now=NOW)
    added = FieldRow.get(FieldRow.name == "a")
    ChoiceRow.create(field=added, value="y", label="Y", position=1)
    assert rows.read("7")["form"][0]["fields"][0]["choices"] == {"x": "X", "y": "Y"}
    ChoiceRow.create(field=added, value="z", label="Z", position=2, more={"hint": "H"})
    assert rows.read("7")["form"][0]["fields"][0]["choices"][2] == {"value": "z", "label": "Z", "hint": "H"}


def test_a_code_that_nobody_has_is_refused() -> None:
    with pytest.raises(NoSuchProcedure):
        rows.read("unknown")


def test_a_large_form_is_read_in_few_statements() -> None:
    rows.write(document_of(HERE / "whole.yaml"), now=NOW)
    with count_queries() as statements:
        rows.read("1.999001")
    assert len(statements) <= 9


def test_blocks_and_catalogs_come_back() -> None:
    for folder in (HERE, SHIPPED):
        library = Library.folder(folder)
        for block in library.blocks.values():
            rows.write_block(block.node.plain())
            assert rows.read_blocks()[block.block] == block.node.plain()
        for catalog in library.catalogs.values():
            rows.write_catalog(catalog.document())
            assert rows.read_catalogs()[catalog.catalog] == catalog


def test_a_procedure_is_read_against_the_rows() -> None:
    library = Library.folder(HERE)
    for block in library.blocks.values():
        rows.write_block(block.node.plain())
    for catalog in library.catalogs.values():
        rows.write_catalog(catalog.document())
    of_rows = rows.library_of_rows().before(Library(areas=library.areas, template=library.template))
    procedure, faults = load_document(document_of(HERE / "whole.yaml"), of_rows)
    assert faults == ()
    assert procedure == load_file(HERE / "whole.yaml")[0]
