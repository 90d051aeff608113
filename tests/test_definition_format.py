"""The page of the definition format says what the program reads, no more and no less."""

from __future__ import annotations

import dataclasses
import re

import pytest

from engine import kinds
from engine.definition import blocks, library
from engine.definition import procedure as definition
from engine.definition.library import Library
from engine.definition.loading import load_text
from engine.format.reading import keys_of
from engine.platform.settings import ROOT
from tests.format_tables import PAGE, RECORDS, TABLE, tables, written

TEXT = PAGE.read_text("utf-8")


def test_the_tables_are_those_of_the_classes() -> None:
    assert TEXT == written(TEXT), "run python -m tests.format_tables"


def test_every_table_stands_once() -> None:
    assert sorted(match[1] for match in TABLE.finditer(TEXT)) == sorted(tables())


def test_no_record_of_the_format_is_left_out() -> None:
    modules = (definition, library, blocks)
    read = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and dataclasses.is_dataclass(value) and keys_of(value)
    }
    assert read - set(kinds.KINDS.values()) == set(RECORDS.values())


@pytest.mark.parametrize("name", [*RECORDS, *kinds.KINDS])
def test_every_key_says_what_it_is(name: str) -> None:
    record = RECORDS.get(name) or kinds.KINDS[name]
    assert all(item.metadata["doc"].endswith(".") for item in keys_of(record).values())


@pytest.mark.parametrize("kind", kinds.LATER)
def test_what_is_not_built_is_named(kind: str) -> None:
    later = TEXT[TEXT.index("## Not built yet") :]
    assert f"`{kind}`" in later


def test_the_whole_example_loads_without_a_fault_or_a_warning() -> None:
    example = re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert example is not None
    procedure, faults = load_text(example[1], "example.yaml", Library.folder(ROOT / "definitions"))
    assert [str(fault) for fault in faults] == []
    assert procedure is not None
    assert [step.name for step in procedure.form] == ["ban_doc", "the"]


def test_the_fault_on_the_page_is_told_in_these_words() -> None:
    text = "\n" * 11 + "form:\n  - {step: me, title: M, fields: [\n      {name: ngay_sinh, kind: dte, label: N}]}\n"
    _, faults = load_text(text, "khai-sinh.yaml", Library())
    shown = next(line.strip() for line in TEXT.splitlines() if line.startswith("    khai-sinh.yaml:"))
    assert shown in [str(fault) for fault in faults]
