"""A document in whichever of its two writings: a file whose name ends in `.json` is JSON, any other YAML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.format import json_text, source
from engine.format.faults import Fault
from engine.format.reading import Node

JSON = ".json"
WRITINGS: dict[str, Callable[[Any], str]] = {"yaml": source.dump, "json": json_text.dump}


def parse_far(data: bytes | str, file: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """The nodes of a file where all values could be read, with every fault of its text."""
    parse = json_text.parse_far if file.lower().endswith(JSON) else source.parse_far
    return parse(data, file)


def parse(data: bytes | str, file: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """The same, but no nodes where anything is wrong."""
    node, faults = parse_far(data, file)
    return (None if faults else node), faults


def dump(document: Any, file: str) -> str:
    """The text of plain data, written as the file's name says."""
    return (json_text.dump if file.lower().endswith(JSON) else source.dump)(document)
