"""The page of the definition format says what the program reads, no more and no less."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from engine import kinds
from engine.definition import blocks, library
from engine.definition import procedure as definition
from engine.definition.checks import names, office, publishing
from engine.definition.library import Library
from engine.definition.loading import load_text
from engine.format.reading import keys_of
from engine.formulas.grammar import FUNCTIONS
from engine.kinds.files import MEDIA_TYPES
from engine.platform.settings import ROOT
from tests.format_tables import PAGE, RECORDS, TABLE, tables, written
from tests.kinds_cases import CONTEXT, f, made

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


def test_the_whole_example_loads_without_a_fault_or_a_warning() -> None:
    example = re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert example is not None
    procedure, faults = load_text(example[1], "example.yaml", Library.folder(ROOT / "definitions"))
    assert [str(fault) for fault in faults] == []
    assert procedure is not None
    assert [step.name for step in procedure.form] == ["ban_doc", "the"]


CLOSED_LISTS = {
    "reserved fields": f"the fields `{' '.join(names.RESERVED_FIELDS)}`",
    "reserved steps": f"`{' '.join(names.RESERVED_STEPS)}`",
    "events of mails": f": {', '.join(publishing.EVENTS)}.",
    "kinds of file": f"Kinds of file: {', '.join(MEDIA_TYPES)}.",
}


@pytest.mark.parametrize("words", CLOSED_LISTS.values(), ids=list(CLOSED_LISTS))
def test_a_closed_list_of_the_page_is_the_programs(words: str) -> None:
    assert words in " ".join(TEXT.split())


def test_the_page_names_every_function_of_formulas_and_no_other() -> None:
    part = TEXT[TEXT.index("## Formulas") :].split("\n\n")[1]
    told = set(re.findall(r"`(\w+)(?:\([^`]*\))?`", part)) - {"today", "channel", "rates"}
    assert told == set(FUNCTIONS)


def test_the_page_names_every_placeholder_of_a_code_and_no_other() -> None:
    part = TEXT[TEXT.index("`code_format` knows") :].partition("\n\n")[0]
    assert {name for name, _ in re.findall(r"\{(\w+)(:\d)?\}", part)} == set(office.PLACEHOLDERS)


TYPED = re.compile(r"^\| `(\w+)` \| (`.*?) \| (`.*?) \|$", re.MULTILINE)
STORED_FORMS = [
    (kind, typed, stored.split("`")[1])
    for kind, examples, stored in TYPED.findall(TEXT[TEXT.index("| kind | typed | stored |") :])
    if kind in ("money", "time", "datetime", "decimal")
    for typed in re.findall(r"`([^`]+)`", examples.partition(";")[0])
]


@pytest.mark.parametrize(("kind", "typed", "stored"), STORED_FORMS)
def test_what_the_page_says_is_typed_is_stored_as_it_says(kind: str, typed: str, stored: str) -> None:
    assert made(kind).parse(f(typed), CONTEXT) == json.loads(stored)


def test_every_kind_with_a_row_of_forms_is_told_with_examples() -> None:
    assert {kind for kind, _, _ in STORED_FORMS} == {"money", "time", "datetime", "decimal"}


def test_the_fault_on_the_page_is_told_in_these_words() -> None:
    text = "\n" * 11 + "form:\n  - {step: me, title: M, fields: [\n      {name: ngay_sinh, kind: dte, label: N}]}\n"
    _, faults = load_text(text, "khai-sinh.yaml", Library())
    shown = next(line.strip() for line in TEXT.splitlines() if line.startswith("    khai-sinh.yaml:"))
    assert shown in [str(fault) for fault in faults]
