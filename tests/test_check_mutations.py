"""The shipped definitions with one thing spoilt at random: told at its line, in few words; the loader never falls."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.definition.library import Library
from engine.definition.loading import load, load_text, procedure_files
from engine.definition.procedure import Procedure
from engine.format.faults import errors
from engine.format.reading import Node, keys_of
from engine.format.source import parse
from engine.platform.settings import ROOT

SHIPPED = Library.folder(ROOT / "definitions")
FILES = procedure_files(ROOT / "definitions")
MOST = 6  # faults of one slip
SLIPS = 40  # of each sort in each file
# Keys under which names of one's own stand, and those whose shape is free.
FREE = ("labels", "choices", "rates", "mail", "vi", "en", "today", "plus", "default")
REFERENCES = ("field", "at", "unit", "reception", "category", "template", "block", "catalog")
Path_ = tuple[str | int, ...]


@cache
def root_of(file: Path) -> Node:
    node, faults = parse(file.read_bytes(), str(file))
    assert node is not None, faults
    return node


@dataclass(frozen=True)
class Part:
    """A key of a mapping of the file, with the path of the mapping."""

    path: Path_
    key: str
    mapping: Node

    @property
    def node(self) -> Node:
        assert isinstance(self.mapping.value, dict)
        return self.mapping.value[self.key]


def parts(node: Node, path: Path_ = ()) -> Iterator[Part]:
    if isinstance(node.value, dict):
        for key, inner in node.value.items():
            yield Part(path, key, node)
            if key not in FREE:
                yield from parts(inner, (*path, key))
    elif isinstance(node.value, list):
        for index, inner in enumerate(node.value):
            yield from parts(inner, (*path, index))


def put(node: Node, path: Path_, new: Node) -> Node:
    """The tree with another node at a path."""
    if not path:
        return new
    head, *rest = path
    if isinstance(node.value, dict):
        return replace(node, value={**node.value, str(head): put(node.value[str(head)], tuple(rest), new)})
    assert isinstance(node.value, list)
    assert isinstance(head, int)
    items = list(node.value)
    items[head] = put(items[head], tuple(rest), new)
    return replace(node, value=items)


def misspelt_key(part: Part) -> Node:
    """The mapping with the key written wrongly, at its place and line."""
    assert isinstance(part.mapping.value, dict)
    wrong = f"{part.key}zq"
    value = {wrong if key == part.key else key: inner for key, inner in part.mapping.value.items()}
    keys = {wrong if key == part.key else key: line for key, line in part.mapping.keys.items()}
    return replace(part.mapping, value=value, keys=keys)


def with_value(part: Part, value: Any) -> Node:
    assert isinstance(part.mapping.value, dict)
    changed = replace(part.node, value=value, raw=value if isinstance(value, str) else "")
    return replace(part.mapping, value={**part.mapping.value, part.key: changed})


def of_another_type(part: Part) -> Node:
    return with_value(part, {"zq": Node("zq", part.node.file, part.node.line, raw="zq")})


def misspelt_reference(part: Part) -> Node:
    return with_value(part, f"{part.node.raw}_zq")


@dataclass(frozen=True)
class Slip:
    """A way to spoil a definition: which parts it can be done to, and the mapping that results."""

    name: str
    fits: Callable[[Part], bool]
    spoil: Callable[[Part], Node]

    def __str__(self) -> str:
        return self.name


SLIPS_OF = [
    Slip("a key misspelt", lambda part: part.key not in (*FREE, "all", "any", "not"), misspelt_key),
    Slip("another type", lambda part: not isinstance(part.node.value, dict) and part.key not in FREE, of_another_type),
    Slip(
        "a name misspelt",
        lambda part: part.key in REFERENCES and isinstance(part.node.value, str) and part.node.raw != "channel",
        misspelt_reference,
    ),
]


@pytest.mark.parametrize("slip", SLIPS_OF, ids=str)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_random_slip_is_told_at_its_line_in_few_words(file: Path, slip: Slip) -> None:
    dice = random.Random(f"{file.stem} {slip.name}")  # noqa: S311 - the same slips in each run
    root = root_of(file)
    fitting = [part for part in parts(root) if slip.fits(part)]
    for part in dice.sample(fitting, min(SLIPS, len(fitting))):
        procedure, faults = load(put(root, part.path, slip.spoil(part)), SHIPPED)
        stopping = errors(faults)
        lines = {part.node.line, part.mapping.line, part.mapping.keys[part.key]}
        said = f"{slip.name}: {part.path} {part.key}: {[str(fault) for fault in faults]}"
        assert procedure is None, said
        assert 1 <= len(faults) <= MOST, said
        near = [fault for fault in stopping if fault.line in lines or f":{part.node.line}" in fault.used_at]
        assert near, said


@pytest.mark.parametrize("key", [name for name, item in keys_of(Procedure).items() if item.metadata["required"]])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_required_key_that_is_left_out_is_named(file: Path, key: str) -> None:
    root = root_of(file)
    assert isinstance(root.value, dict)
    value = {name: inner for name, inner in root.value.items() if name != key}
    keys = {name: line for name, line in root.keys.items() if name != key}
    _, faults = load(replace(root, value=value, keys=keys), SHIPPED)
    assert [fault.what.partition(";")[0] for fault in errors(faults)] == [f'"{key}" is missing']


def torn(text: str, dice: random.Random) -> str:
    """The text with a line taken out, doubled, indented otherwise or cut, or a character changed."""
    lines = text.splitlines(keepends=True)
    at = dice.randrange(len(lines))
    line = lines[at]
    place = dice.randrange(len(line))
    changes = [
        "", line * 2, f"  {line}", line.lstrip(" "), line[:place] + "\n",
        line[:place] + dice.choice("{}[]:,\"'#&*!|>%@`\t\0-") + line[place + 1 :],
        line[:place] + dice.choice(("null", "true", "[]", "{}", "9" * 30, "\u200b")) + line[place:],
    ]  # fmt: skip
    lines[at] = dice.choice(changes)
    return "".join(lines)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_torn_file_never_makes_the_loader_fall(file: Path) -> None:
    dice = random.Random(file.stem)  # noqa: S311 - the same tears in each run
    text = file.read_text("utf-8")
    for _ in range(60):
        spoilt = torn(text, dice)
        procedure, faults = load_text(spoilt, file.name, SHIPPED)
        assert (procedure is None) == bool(errors(faults)), faults
        lines = spoilt.count("\n") + 1
        assert all(1 <= fault.line <= lines for fault in faults if fault.file == file.name), faults
        assert len(str(faults)) < 200_000
