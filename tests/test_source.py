"""The text of a definition: its own scalar rules, its faults, and that what is written reads back the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.format.reading import Node
from engine.format.source import MAX_BYTES, MAX_DEPTH, dump, parse


def read(text: str | bytes) -> Node:
    node, faults = parse(text, "a.yaml")
    assert faults == ()
    assert node is not None
    return node


def told(text: str | bytes) -> list[str]:
    node, faults = parse(text, "a.yaml")
    assert node is None
    return [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("false", False), ("null", None), ("", None),
        ("on", "on"), ("off", "off"), ("yes", "yes"), ("no", "no"), ("True", "True"), ("~", "~"), ("Null", "Null"),
        ("0", 0), ("12", 12), ("-7", -7), ("01", "01"), ("007", "007"), ("+5", "+5"), ("1_000", "1_000"),
        ("0x1F", "0x1F"), ("1e3", "1e3"), ("12:30", "12:30"), ("2026-01-31", "2026-01-31"), (".5", ".5"),
        ("1.5", Decimal("1.5")), ("1.010041", Decimal("1.010041")), ("1.2.3", "1.2.3"), ("9" * 30, "9" * 30),
        ("'12'", "12"), ('"true"', "true"), ("đăng ký", "đăng ký"),
    ],
)  # fmt: skip
def test_a_scalar_means_what_the_format_says_it_means(written: str, value: object) -> None:
    node = read(f"a: {written}").at(["a"])
    assert node.value == value
    assert type(node.value) is type(value)


def test_a_number_that_is_a_code_keeps_the_way_it_was_written() -> None:
    assert read("code: 1.010040").at(["code"]).raw == "1.010040"


def test_keys_are_always_texts() -> None:
    assert list(read("{1: a, true: b, no: c, <<: d, 1.0: e}").plain()) == ["1", "true", "no", "<<", "1.0"]


def test_lines_count_from_one_and_keys_have_theirs() -> None:
    node = read("# a comment\na:\n  - x\n  - b: |\n      long\nc: 1\n")
    assert node.keys == {"a": 2, "c": 6}
    assert (node.at(["a", 0]).line, node.at(["a", 1]).line, node.at(["a", 1, "b"]).line) == (3, 4, 4)


def test_a_mark_before_the_first_letter_is_passed_over() -> None:
    assert read("\ufeffa: 1".encode()).plain() == {"a": 1}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\nb: 2\na: 3\n", 'a.yaml:3: the key "a" stands twice, first in line 1'),
        ("{a: 1,\n a: 2}", 'a.yaml:2: the key "a" stands twice, first in line 1'),
        ("a: &x 1\n", 'a.yaml:1: an anchor "&x" may not stand here'),
        ("\na: *x\n", 'a.yaml:2: an alias "*x" may not stand here; write the value again'),
        ("a: !t b\n", 'a.yaml:1: a tag "!t" may not stand here'),
        ("a:\n- !!str b\n", 'a.yaml:2: a tag "tag:yaml.org,2002:str" may not stand here'),
        ("? [a]\n: b\n", "a.yaml:1: a key is a word, not a list or a mapping"),
        ("a: 1\n---\nb: 1\n", "a.yaml:2: a second document begins here; one file holds one"),
        ("# nothing\n", "a.yaml:1: the file is empty"),
        ('a: "\\0"\n', "a.yaml:1: the character U+0000 may not stand in a file"),
        (b"a: 1\nb: \xff\n", "a.yaml:2: the file is not UTF-8"),
        ("a: 1\nb: \x00\n", "a.yaml:2: the character U+0000 may not stand in a file"),
    ],
)  # fmt: skip
def test_what_may_not_stand_is_told_with_its_line(text: str | bytes, fault: str) -> None:
    assert told(text) == [fault]


@pytest.mark.parametrize("text", ["a: [1, 2", "a: b: c", "\ta: 1", "a: 'b", "- a\nb: c", "a: %b"])
def test_what_is_no_yaml_is_told_with_its_line(text: str) -> None:
    assert len(told(text)) == 1
    assert ": this is no YAML: " in told(text)[0]


def test_what_is_never_closed_is_told_where_it_was_opened() -> None:
    assert told('a: 1\nb: "x\nc: 1\nd: 1\n')[0].startswith("a.yaml:2: ")
    assert told("a: 1\nb: x\n\tc: 1\n")[0].startswith("a.yaml:3: ")


def test_several_faults_are_told_together() -> None:
    assert [fault.split(":")[1] for fault in told("a: &x 1\nb: *x\nb: !t 2\nc: [1")] == ["1", "2", "3", "3", "4"]


def test_a_file_that_is_too_large_is_not_read() -> None:
    assert told("a: " + "x" * MAX_BYTES) == ["a.yaml:1: the file is larger than 2 MB"]


@pytest.mark.parametrize("text", ["[" * 50_000, "{a: " * 50_000, "\n".join(" " * n + "a:" for n in range(500))])
def test_a_file_that_is_nested_too_deep_is_given_up_at_once(text: str) -> None:
    assert told(text)[0].endswith(f"the file is nested more than {MAX_DEPTH} deep")


def test_aliases_of_aliases_take_no_room() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for last, letter in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{letter}: &{letter} [{', '.join([f'*{last}'] * 9)}]")
    assert len(told("\n".join(lines))) == 9 + 8 * 9


def test_a_tag_runs_nothing(tmp_path: Any) -> None:
    target = tmp_path / "made"
    assert told(f"a: !!python/object/apply:os.mkdir ['{target}']")
    assert not target.exists()


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | WORDS
    | st.sampled_from(["on", "no", "01", "1.010041", "2026-01-31", "a: b", "- x", "#", "'", "\n", "x\n", " x", "x "]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(WORDS, PLAIN, min_size=1, max_size=4))
def test_whatever_is_written_reads_back_equal(document: dict[str, Any]) -> None:
    assert read(dump(document)).plain() == document


def test_a_document_is_written_to_be_read_by_people() -> None:
    document = {"code": "1.010041", "levels": [1, 2], "text": "a\nb\n", "fields": [{"name": "x", "label": "Họ " * 40}]}
    assert dump(document) == (
        f"code: '1.010041'\nlevels: [1, 2]\ntext: |\n  a\n  b\nfields:\n  - name: x\n    label: '{'Họ ' * 40}'\n"
    )


def test_an_exact_decimal_is_written_as_one() -> None:
    assert read(dump({"a": Decimal("2.50")})).at(["a"]).raw == "2.50"
