"""A definition as JSON: the same rules as YAML's, every fault at its line, and what is written reads back the same."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.library import Library
from engine.definition.loading import check_path, load_file, load_text, procedure_files
from engine.format import json_text, source
from engine.format.documents import dump, parse, parse_far
from engine.format.reading import Node
from engine.format.source import MAX_BYTES, MAX_DEPTH

HERE = Path(__file__).parent / "definitions"
SHIPPED = Path(__file__).parent.parent / "definitions"


def read(text: str | bytes) -> Node:
    node, faults = parse(text, "a.json")
    assert faults == ()
    assert node is not None
    return node


def told(text: str | bytes) -> list[str]:
    node, faults = parse(text, "a.json")
    assert node is None
    return [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("false", False), ("null", None), ("0", 0), ("-7", -7), ("1.5", Decimal("1.5")),
        ("1.010041", Decimal("1.010041")), ("9" * 30, "9" * 30), ('"on"', "on"), ('"12"', "12"), ('""', ""),
        (r'"\u0111\u00e1 \"x\" \/ \\ \n"', 'đá "x" / \\ \n'), (r'"\ud83d\ude00"', "😀"), ('"đăng ký"', "đăng ký"),
    ],
)  # fmt: skip
def test_a_value_means_what_it_means_in_yaml(written: str, value: object) -> None:
    node = read(f'{{"a": {written}}}').at(["a"])
    assert node.value == value
    assert type(node.value) is type(value)


def test_a_number_that_is_a_code_keeps_the_way_it_was_written() -> None:
    assert read('{"code": 1.010040}').at(["code"]).raw == "1.010040"


def test_lines_count_from_one_and_keys_have_theirs() -> None:
    node = read('\ufeff{\n  "a": [\n    "x",\n    {"b":\n 1}],\r\n  "c": 1\n}\n'.encode())
    assert node.keys == {"a": 2, "c": 6}
    assert (node.at(["a", 0]).line, node.at(["a", 1]).line, node.at(["a", 1, "b"]).line) == (3, 4, 5)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"a": 1,\n"b": 2,\n"a": 3}', 'a.json:3: the key "a" stands twice, first in line 1'),
        ("", "a.json:1: the file is empty"),
        (" \n", "a.json:1: the file is empty"),
        ('{"a": 1', 'a.json:1: this is no JSON: "," is wanted, not the end'),
        ('{"a": 1,\n}', 'a.json:2: this is no JSON: a key in quotes is wanted, not "}"'),
        ("[1\n 2]", 'a.json:2: this is no JSON: "," is wanted, not "2"'),
        ("{a: 1}", 'a.json:1: this is no JSON: a key in quotes is wanted, not "a"'),
        ("[1, 2] x", 'a.json:1: this is no JSON: the end is wanted, not "x"'),
        ("[None]", 'a.json:1: this is no JSON: a value is wanted, not "None"'),
        ("[NaN]", 'a.json:1: this is no JSON: a value is wanted, not "NaN"'),
        ("[01]", 'a.json:1: this is no JSON: a number such as 12 or 0.5 is wanted, not "01"'),
        ("[1e999999]", 'a.json:1: this is no JSON: a number such as 12 or 0.5 is wanted, not "1e999999"'),
        ('["a\n"]', "a.json:1: this is no JSON: a text is not closed by its quote"),
        ("[1, # no\n]", 'a.json:1: this is no JSON: "#" has no meaning here'),
        (r'["\x41"]', "a.json:1: this is no JSON: Invalid \\escape"),
        (r'["\u0000"]', "a.json:1: the character U+0000 may not stand in a file"),
        (r'["\ud800"]', "a.json:1: the character U+D800 may not stand in a file"),
        (b'{"a":\n"\xff"}', "a.json:2: the file is not UTF-8"),
        ("[" * 100_000, f"a.json:1: the file is nested more than {MAX_DEPTH} deep"),
        ("[" + "1," * MAX_BYTES, "a.json:1: the file is larger than 2 MB"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_line(text: str | bytes, fault: str) -> None:
    assert told(text) == [fault]


def test_every_key_that_stands_twice_is_told_and_the_first_counts() -> None:
    node, faults = parse_far('{"a": 1, "a": 2,\n "b": {"c": 1, "c": 2}}', "a.json")
    assert node is not None
    assert node.plain() == {"a": 1, "b": {"c": 1}}
    assert [fault.line for fault in faults] == [1, 2]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
SCALARS = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXTS | DECIMALS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4))


@given(VALUES)
def test_what_is_written_reads_back_equal(value: Any) -> None:
    assert read(json_text.dump(value)).plain() == value
    assert json_text.loads(json_text.compact(value)) == value


def test_a_text_is_written_over_lines_and_compact_on_one() -> None:
    value = {"a": [1, {"b": Decimal("2.50")}], "c": {}, "d": []}
    assert json_text.dump(value) == (
        '{\n  "a": [\n    1,\n    {\n      "b": 2.50\n    }\n  ],\n  "c": {},\n  "d": []\n}\n'
    )
    assert json_text.compact(value) == '{"a":[1,{"b":2.50}],"c":{},"d":[]}'


@pytest.mark.parametrize(
    "path", [*procedure_files(SHIPPED), *procedure_files(HERE), *procedure_files(HERE / "unseen")], ids=lambda p: p.name
)
def test_a_definition_in_json_is_the_same_procedure(path: Path, tmp_path: Path) -> None:
    base = Library.folder(path.parent, base=Library.folder(SHIPPED))
    node, _ = source.parse(path.read_bytes(), "a.yaml")
    assert node is not None
    copy = tmp_path / "copy.json"
    copy.write_text(dump(node.plain(), "copy.json"), "utf-8")
    procedure, faults = load_file(copy, base=base)
    expected, _ = load_file(path, base=Library.folder(SHIPPED))
    assert procedure is not None, faults
    assert procedure == expected
    assert not [fault for fault in check_path(copy, base=base) if not fault.warning]


def test_faults_of_a_definition_in_json_are_told_at_their_lines() -> None:
    text = '{"format": 1,\n "code": "1.1",\n "titel": "T",\n "level": 9,\n "category": "ho-tich", "methods": []}'
    procedure, faults = load_text(text, "a.json", Library.folder(SHIPPED))
    assert procedure is None
    assert 'a.json:3: unknown key "titel"; did you mean "title"?' in [str(fault) for fault in faults]
    assert any(fault.line == 4 for fault in faults)
