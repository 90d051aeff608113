"""Options of fields and papers that contradict each other or name what does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.definition.checks.checking import Checking
from engine.definition.outline import Entry
from engine.format.faults import did_you_mean
from engine.format.reading import Node, described
from engine.kinds import Field, Refused
from engine.kinds.address import Address
from engine.kinds.choices import OTHER, Choice, Choices
from engine.kinds.contacts import Email, Phone
from engine.kinds.dates import STORED, valid
from engine.kinds.files import MEDIA_TYPES, File

RANGES = (("min", "max"), ("min_length", "max_length"))
WANTED = {"integer": "a whole number", "boolean": "true or false", "date": "a date YYYY-MM-DD, or today"}


def of_fields(checking: Checking) -> None:
    """Limits, defaults and kinds of files of the fields."""
    for entry in (*checking.outline.entries, *checking.outline.officer_entries):
        if entry.field is not None:
            _ranges(checking, entry, entry.field)
            _default(checking, entry, entry.field)
            _accepted(checking, entry)


def of_papers(checking: Checking) -> None:
    """Kinds of files and blank forms of the papers, and their numbers."""
    files = [form.file for form in checking.value("templates") or ()]
    for entry in checking.outline.papers:
        _accepted(checking, entry)
        template = _inner(entry.node, "template")
        if template is not None and template.raw not in files:
            what = f'"{template.raw}" is none of the "templates"{did_you_mean(template.raw, files)}'
            checking.fault(template, entry.place, what)
        for key in ("originals", "copies"):
            count = _inner(entry.node, key)
            if count is not None and isinstance(count.value, int) and count.value < 0:
                checking.fault(count, entry.place, f'"{key}" is at least 0, not {count.value}')


def _inner(node: Node, key: str) -> Node | None:
    return node.value.get(key) if isinstance(node.value, dict) else None


def _accepted(checking: Checking, entry: Entry) -> None:
    accept = _inner(entry.node, "accept")
    for item in accept.value if accept is not None and isinstance(accept.value, list) else ():
        if item.raw not in MEDIA_TYPES:
            known = ", ".join(MEDIA_TYPES)
            what = f'unknown kind of file "{item.raw}"{did_you_mean(item.raw, MEDIA_TYPES)} (known: {known})'
            checking.fault(item, entry.place, what)


def _ranges(checking: Checking, entry: Entry, item: Field) -> None:
    for low, high in RANGES:
        lowest, highest = getattr(item, low, None), getattr(item, high, None)
        if isinstance(lowest, int) and isinstance(highest, int) and lowest > highest:
            at = entry.node.at([low])
            checking.fault(at, entry.place, f'"{low}" is {lowest} and "{high}" only {highest}')
    if isinstance(item, Choices) and item.min and item.choices is not None and item.min > len(item.values):
        what = f'"min" is {item.min}, but there are only {len(item.values)} choices'
        checking.fault(entry.node.at(["min"]), entry.place, what)


def _default(checking: Checking, entry: Entry, item: Field) -> None:
    node = _inner(entry.node, "default")
    if node is None or isinstance(node.value, dict):
        return
    if isinstance(item, Address | File):
        checking.fault(node, entry.place, f"the kind {item.KIND} takes no default of this sort")
    elif isinstance(item, Choice) and isinstance(node.value, list):
        checking.fault(node, entry.place, "the default is one choice, not a list")
    elif isinstance(item, Choice | Choices):
        _default_choice(checking, entry, node, item.values)
    elif isinstance(item, Email | Phone) and isinstance(node.value, str):
        _default_contact(checking, entry, node, item)
    elif not _fits(item.VALUE_TYPE, node.value):
        wanted = WANTED.get(item.VALUE_TYPE, "a text")
        checking.fault(node, entry.place, f"the default is {wanted}, not {described(node)}")


def _default_choice(checking: Checking, entry: Entry, node: Node, values: Sequence[str]) -> None:
    for item in node.value if isinstance(node.value, list) else [node]:
        if item.raw not in values or item.raw == OTHER:
            checking.fault(item, entry.place, f'"{item.raw}" is no choice{did_you_mean(item.raw, values)}')


def _default_contact(checking: Checking, entry: Entry, node: Node, item: Email | Phone) -> None:
    try:
        item.normal(node.raw)
    except Refused:
        checking.fault(node, entry.place, f'"{node.raw}" is no value of the kind {item.KIND}')


def _fits(value_type: str, value: Any) -> bool:
    if value_type == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if value_type == "boolean":
        return isinstance(value, bool)
    if value_type == "date":
        return value == "today" or (STORED.fullmatch(str(value)) is not None and valid(str(value)))
    return isinstance(value, str)
