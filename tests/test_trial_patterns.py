"""Texts are made of an administrator's pattern, and what cannot be made is not claimed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kinds.text import compiled_pattern
from engine.trial.patterns import examples

READ = [
    "abc",
    r"[A-Z]{2}\d{6}",
    r"\d{9}|\d{12}",
    r"(?:QĐ|TB)-\d+/\d{4}",
    r"(?P<so>\d{1,3})(/[A-ZĐ]+)*",
    r"[^\d\s]{3,}",
    r"\p{L}[\p{L} ]*",
    r"[[:alpha:]]\w?\.\w+?",
    r"^H21\.52\.\d\d$",
    r"[]a]+",
    r"[\]\-x]{4}",
    r"\x41\x{1EA1}?",
    r"(?i)giấy",
    r"(?i:ab)c",
    ".{5}",
    r"\bso\b",
    "x*",
    "a||b",
]


@pytest.mark.parametrize("pattern", READ)
def test_what_is_made_is_what_the_pattern_takes(pattern: str) -> None:
    made = list(examples(pattern))
    assert made
    assert all(compiled_pattern(pattern).fullmatch(text) for text in made)
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("pattern", [r"\d{9}|\d{12}", "a||b", "(?:mot|hai|ba)"])
def test_each_alternative_is_made(pattern: str) -> None:
    parts = pattern.removeprefix("(?:").removesuffix(")").split("|")
    made = list(examples(pattern))
    assert all(any(compiled_pattern(part).fullmatch(text) for text in made) for part in parts)


def test_longer_ones_follow_where_there_is_no_end() -> None:
    lengths = [len(text) for text in examples(r"\d+")]
    assert min(lengths) == 1
    assert max(lengths) > 50


@pytest.mark.parametrize("pattern", [r"[^\x00-\x{10FFFF}]", r"a{900}", r"x\z\zy", "(?:" * 80 + "a" + ")" * 80])
def test_of_some_nothing_is_made(pattern: str) -> None:
    assert list(examples(pattern)) == []


@given(st.from_regex(r"[a-d]{1,2}([+*?]|\{1,3\})?(\|[x-z0-9]+)?(\([ab]\)){0,2}", fullmatch=True))
def test_whatever_is_made_is_taken(pattern: str) -> None:
    assert all(compiled_pattern(pattern).fullmatch(text) for text in examples(pattern))
