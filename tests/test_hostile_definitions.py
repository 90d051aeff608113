"""Definitions, formulas and patterns made to hang or to grow: a sentence each, within the system's own limits."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from engine.definition.library import Library
from engine.definition.loading import load_text
from engine.form.answers import Answers
from engine.form.compiled import compile_form
from engine.form.journey import journey
from engine.format.faults import MOST_FAULTS
from engine.platform.settings import ROOT
from tests.kinds_cases import CONTEXT

SHIPPED = Library.folder(ROOT / "definitions")
MEGABYTE = 1_000_000
Ask = Callable[[str, str], list[str]]
HEAD = """format: 1
code: "9.1"
title: T
category: ho-tich
level: 3
partial_reason: R
methods: [{channel: online}]
processing: {reception: mot-cua}
next_steps: N
applicant: {name: f0, email: thu}
form:
- step: mot
  title: M
  fields:
  - {name: thu, kind: email, label: T}
  - {name: f0, kind: text, label: T}
"""


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Puts a piece of work to the bounded process, and gives what it says."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bounded"], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def asked(what: str, given: str) -> list[str]:
            assert process.stdin is not None
            assert process.stdout is not None
            print(json.dumps([what, given]), file=process.stdin, flush=True)
            said: list[str] = json.loads(process.stdout.readline())
            return said

        yield asked
        process.stdin.close()


def laughs(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, levels)]
    return "\n".join(lines)


def fields(count: int, more: str = "") -> str:
    return HEAD + "".join(f"  - {{name: g{n}, kind: text, label: L{more.format(n)}}}\n" for n in range(count))


def papers(count: int) -> str:
    lines = (f"- {{name: p{n}, title: T, when: {{field: q{n}, is: a}}}}\n" for n in range(count))
    return f"{HEAD}papers:\n{''.join(lines)}"


FILES: list[tuple[str, bytes, str]] = [
    ("utf-16.yaml", HEAD.encode("utf-16"), "the file is not UTF-8"),
    ("latin.yaml", HEAD.replace("title: T", "title: Đăng ký").encode("cp1258", "replace"), "the file is not UTF-8"),
    ("cut.yaml", "title: ký".encode()[:-1], "the file is not UTF-8"),
    ("surrogate.yaml", HEAD.encode().replace(b"title: T", b"title: \xed\xa0\x80"), "the file is not UTF-8"),
    ("escape.yaml", b'title: "\\ud800"', "this is no YAML: while parsing a quoted scalar, found invalid Unicode"),
    ("escape.json", b'{"format": 1, "title": "\\ud800"}', "the character U+D800 may not stand in a file"),
    ("nul.yaml", HEAD.replace("title: T", "title: T\0").encode(), "the character U+0000 may not stand in a file"),
    ("nul.json", b'{"format": 1, "title": "\\u0000"}', "the character U+0000 may not stand in a file"),
    ("empty.yaml", b"", "the file is empty"),
    ("blank.json", b"   ", "the file is empty"),
    ("bells.yaml", b"\x07" * 1000, "the character U+0007 may not stand in a file"),
    ("binary.yaml", bytes(range(256)) * 100, "the file is not UTF-8"),
    ("deep-list.yaml", b"a: " + b"[" * 1_900_000, "the file is nested more than 40 deep"),
    ("deep-map.yaml", b"{a: " * 400_000, "the file is nested more than 40 deep"),
    (
        "deep-block.yaml",
        "".join(f"{' ' * n}a:\n" for n in range(1800)).encode(),
        "the file is nested more than 40 deep",
    ),
    ("deep-dash.yaml", b"- " * 900_000, "the file is nested more than 40 deep"),
    ("deep.json", b"[" * 1_900_000, "the file is nested more than 40 deep"),
    ("deep-object.json", b'{"a":' * 300_000, "the file is nested more than 40 deep"),
    ("laughs.yaml", laughs(12).encode(), 'an anchor "&a0" may not stand here'),
    ("merge.yaml", b"a: &a {x: 1}\nb:\n  <<: *a\n", 'an anchor "&a" may not stand here'),
    ("itself.yaml", b"a: &a [*a]\n", 'an anchor "&a" may not stand here'),
    ("tag.yaml", b"a: !!python/object/apply:os.system ['true']\n", 'a tag "tag:yaml.org,2002:python/object/apply:'),
    ("twice.yaml", b"a: 1\n" * 300_000, 'the key "a" stands twice, first in line 1'),
    ("twice.json", b"{" + b'"a": 1,\n' * 150_000 + b'"a": 1}', 'the key "a" stands twice, first in line 1'),
    ("unknown.yaml", "".join(f"a{n}: 1\n" for n in range(180_000)).encode(), 'unknown key "a0"'),
    ("long-key.yaml", b"k" * 1_900_000 + b": 1\n", ""),
    ("long-text.yaml", HEAD.replace("title: T", f"title: {'T' * 1_900_000}").encode(), ""),
    ("digits.yaml", HEAD.replace("level: 3", f"level: {'9' * 1_900_000}").encode(), "a whole number is wanted, not"),
    ("digits.json", b'{"level": ' + b"9" * 1_900_000 + b"}", '"format" is missing'),
    ("quote.yaml", b'a: "' + b"x" * 1_900_000, "this is no YAML: while scanning a quoted scalar"),
    ("quote.json", b'{"a": "' + b"\\\\" * 900_000, "this is no JSON: a text is not closed by its quote"),
    ("scalars.yaml", b"form:\n" + b"- x\n" * 450_000, 'a mapping of keys is wanted, not "x"'),
    ("empties.yaml", b"form:\n" + b"- {}\n" * 380_000, '"step" is missing'),
    ("fields.yaml", fields(18_000, ', when: {{field: f{}, is: "a"}}').encode(), 'unknown name "f1"'),
    ("alike.yaml", fields(20_000, ", hint: '{{{{h{}}}}}'").encode(), 'unknown name "h0"'),
    (
        "bad-operators.yaml",
        (HEAD + "  when: {all: [" + "{field: f0, iss: 1}, " * 80_000 + "{field: f0, is: a}]}\n").encode(),
        'unknown operator "iss"; did you mean "is"?',
    ),
    (
        "long-formulas.yaml",
        (HEAD + "checks:\n" + f"- {{rule: {{formula: '{'1+' * 900_000}1 > 0'}}, message: M}}\n").encode(),
        "formula: a formula has 2000 characters at the most",
    ),
    ("steps.yaml", (HEAD + "- {step: mot, title: M, fields: []}\n" * 40_000).encode(), 'the name "mot" stands twice'),
    (
        "papers.yaml",
        papers(30_000).encode(),
        'unknown name "q0"',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "what"), FILES, ids=[name for name, _, _ in FILES])
def test_a_hostile_file_is_refused_within_its_bounds(
    ask: Ask, tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    count, *said = ask("check", str(path))
    assert said
    assert 1 <= int(count) <= 3 * (MOST_FAULTS + 1)
    assert any(sentence.startswith(what) for sentence in said)


@pytest.mark.parametrize("name", ["large.yaml", "large.json", "large.zip"])
def test_a_file_of_a_hundred_megabytes_is_not_read(ask: Ask, tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(100 * MEGABYTE)
    (_, what) = ask("check", str(tmp_path / name))
    assert "larger than" in what or what == "the zip cannot be read: File is not a zip file"


def test_a_valid_file_of_two_megabytes_is_checked_within_the_same_bounds(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "much.yaml"
    text = fields(18_000, ', when: {{field: f0, is: "a{}"}}')
    text += "checks:\n" + "- {rule: {formula: 'f0 == g1'}, message: M}\n" * 6_000
    path.write_text(text, "utf-8")
    assert path.stat().st_size < 2 * MEGABYTE
    assert ask("check", str(path)) == ["0"]


def test_the_telling_ends_where_a_thousand_faults_are_told() -> None:
    _, faults = load_text(fields(3_000, ", whem: 1"), "a.yaml", SHIPPED)
    assert len(faults) == MOST_FAULTS + 1
    assert faults[-1].what == "there are more than 500 faults; the rest is not told"
    assert faults[-1].line == faults[-2].line + 1


def test_a_thousand_warnings_stop_nothing() -> None:
    procedure, faults = load_text(fields(2_000).replace("title: T\n", "title: {vi: T, en: T}\n", 1), "a.yaml", SHIPPED)
    assert procedure is not None
    assert len(faults) > 2_000


# Zips


def bomb(name: str, size: int) -> bytes:
    """A zip of a file of so many equal bytes."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w", force_zip64=True) as file:
        for _ in range(size // MEGABYTE):
            file.write(b" " * MEGABYTE)
    return data.getvalue()


def lying(data: bytes) -> bytes:
    """The same zip with a size of a few bytes declared."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        size = archive.infolist()[0].file_size
    return data.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))


def nested(levels: int) -> bytes:
    data = bomb("a.yaml", MEGABYTE)
    for _ in range(levels):
        outer = BytesIO()
        with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.zip", data)
        data = outer.getvalue()
    return data


def many(count: int) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.yaml", "")
    return data.getvalue()


ZIPS: dict[str, tuple[bytes, str]] = {
    "inflating": (bomb("a.yaml", 600 * MEGABYTE), "the zip holds more than 50 MB"),
    "lying": (lying(bomb("a.yaml", 600 * MEGABYTE)), "the zip"),
    "crowded": (many(60_000), "the zip holds more than 200 files"),
    "cut": (bomb("a.yaml", MEGABYTE)[:-30], "the zip cannot be read"),
    "none": (b"PK\x03\x04" + b"x" * 5000, "the zip cannot be read"),
}


@pytest.mark.parametrize("name", ZIPS)
def test_a_hostile_zip_is_refused_within_its_bounds(ask: Ask, tmp_path: Path, name: str) -> None:
    content, what = ZIPS[name]
    path = tmp_path / "tep.zip"
    path.write_bytes(content)
    (_, said) = ask("check", str(path))
    assert said.startswith(what)


def test_a_zip_in_a_zip_is_not_opened(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "tep.zip"
    path.write_bytes(nested(5))
    assert ask("check", str(path)) == ["0"]  # what is inside is no definition, and stays where it is


# Formulas

DEEP = "a formula may be nested 50 deep at the most"
LONG = "a formula has 2000 characters at the most"
FORMULAS = {
    "power": ("9**9**9", 'a value is wanted, not "*"'),
    "product": ("*".join(["999999999"] * 190), "None"),
    "squares": ("*".join(["n"] * 900), "None"),
    "sum of products": ("+".join(["n*n*n"] * 300), "None"),
    "long number": ("9" * 31, "a number has 30 digits at the most"),
    "very long number": ("9" * 1900, "a number has 30 digits at the most"),
    "many places": ("0." + "1" * 40, "a number has 30 digits at the most"),
    "division": ("1" + "/3" * 900, "3.8"),
    "by zero": ("1 // 0", "None"),
    "brackets": ("(" * 900 + "1" + ")" * 900, DEEP),
    "signs": ("-" * 1800 + "1", DEEP),
    "nots": ("not " * 400 + "true", DEEP),
    "ifs": ("if(true, " * 190 + "1" + ", 0)" * 50, DEEP),
    "calls": ("min(" * 300 + "1" + ")" * 300, DEEP),
    "round": ("round(n, 999999999)", "None"),
    "round far": ("round(n, -999999999)", "None"),
    "join": ("join(t, " + ", ".join(["t"] * 600) + ")", "None"),
    "join joined": ('join(""' + ', join("", t, t)' * 100 + ")", "None"),
    "a megabyte": ("1+" * 500_000 + "1", LONG),
    "a megabyte of quotes": ('"' * MEGABYTE, LONG),
    "a megabyte of brackets": ("(" * MEGABYTE, LONG),
    "attribute": ("n.__class__", "a column stands only in count and sum"),
    "call": ("__import__('os')", 'unknown function "__import__"'),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_hostile_formula_gives_nothing_or_is_refused_within_its_bounds(ask: Ask, name: str) -> None:
    text, said = FORMULAS[name]
    assert ask("compute", text)[0].startswith(said)


def test_computed_texts_do_not_double_without_end() -> None:
    steps = HEAD + "  - {name: c0, kind: computed, label: C, formula: 'join(\"\", f0, f0)'}\n"
    steps += "".join(
        f"  - {{name: c{n}, kind: computed, label: C, formula: 'join(\"\", c{n - 1}, c{n - 1})'}}\n"
        for n in range(1, 60)
    )
    procedure, faults = load_text(steps, "a.yaml", SHIPPED)
    assert procedure is not None, faults
    answers = Answers({"f0": "x" * 1_000}, {}, frozenset({"mot"}))
    view = journey(compile_form(procedure), answers, CONTEXT).view
    texts = [view.get(f"c{number}") for number in range(60)]
    assert [len(text) for text in texts if text is not None] == [2_000, 4_000, 8_000, 16_000]  # the next one is nothing


# Patterns

REFUSED = "refused"
PATTERNS = {
    "nested stars": ("(a*)*b", "fits"),
    "alternatives": ("(a|a)*$", "text.pattern.bare"),
    "overlapping": ("(a|aa)+$", "text.pattern.bare"),
    "optional": ("(a?){500}a{500}", "text.pattern.bare"),
    "repeated": ("((a{100}){100}){100}", REFUSED),
    "repeated too often": ("a{1001}", REFUSED),
    "wide": ("[\\x{80}-\\x{10ffff}]{1000}", "text.pattern.bare"),
    "deep": ("(" * 490 + "a" + ")" * 490, "text.pattern.bare"),
    "look back": ("(a+)\\1", REFUSED),
    "look ahead": ("(?=a+)b", REFUSED),
    "states": ("(a|b)*a" + "(a|b)" * 60, "fits"),
}


@pytest.mark.parametrize("name", PATTERNS)
def test_a_hostile_pattern_is_refused_or_decided_within_its_bounds(ask: Ask, name: str) -> None:
    pattern, said = PATTERNS[name]
    assert ask("match", pattern)[0].startswith(said)


@pytest.mark.parametrize("pattern", ["a" * 1_001, "|".join(f"word{number}" for number in range(90_000))])
def test_a_pattern_has_a_thousand_characters_at_the_most(pattern: str) -> None:
    _, faults = load_text(f"{HEAD}  - {{name: p, kind: text, label: P, pattern: '{pattern}'}}\n", "a.yaml", SHIPPED)
    what = f"1000 characters may stand here at the most, not {len(pattern)}"
    assert [fault.what for fault in faults] == [what]
