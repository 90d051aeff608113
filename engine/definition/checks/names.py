"""Names that stand twice or are kept for the program."""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.checks.checking import Checking, where
from engine.definition.outline import Entry
from engine.definition.procedure import PAPERS_STEP
from engine.format.reading import Node

RESERVED_FIELDS = ("today", "channel", "agency", "all", "any", "not", "field", "csrf_token", "captcha")
RESERVED_STEPS = ("xem_lai", "gui", "hoan_tat", PAPERS_STEP)


def unique(checking: Checking) -> None:
    """One namespace for fields, papers and officers' fields; one for steps, one for stages, one for fees."""
    found = checking.outline
    entries = (*found.entries, *found.papers, *found.officer_entries)
    several = [(node, "papers", "one_of") for node in checking.listed("papers") if node.get("one_of")]
    _report_twice(checking, (*((entry.node, entry.place, "name") for entry in entries), *several))
    for group in dict.fromkeys(entry.group for entry in found.columns):
        columns = [entry for entry in found.columns if entry.group == group]
        _report_twice(checking, ((entry.node, entry.place, "name") for entry in columns))
    for column in found.columns:
        _report_taken(checking, column)
    steps = [head for head in found.heads if isinstance(head.node.value, dict) and "step" in head.node.value]
    _report_twice(checking, ((head.node, head.place, "step") for head in steps))
    for key_, path in (("stage", ("processing", "stages")), ("name", ("fees",)), ("file", ("templates",))):
        _report_twice(checking, ((node, path[-1], key_) for node in checking.listed(*path)))


def _report_twice(checking: Checking, parts: Iterable[tuple[Node, str, str]]) -> None:
    seen: dict[str, Node] = {}
    for part, place, key_ in parts:
        node = part.get(key_)
        if node is None or not node.raw:
            continue
        if node.raw in seen:
            first = where(seen[node.raw], node)
            checking.fault(node, place, f'the name "{node.raw}" stands twice, first in {first}')
        seen.setdefault(node.raw, node)


def _report_taken(checking: Checking, column: Entry) -> None:
    """A column's name is none of the form's: a condition inside a row asks both by their bare names."""
    other = checking.entries.get(column.name)
    if other is not None:
        node = column.node.at(["name"])
        first = where(other.node.at(["name"]), node)
        checking.fault(node, column.place, f'a column cannot bear the name "{node.raw}" of a field, in {first}')


def reserved(checking: Checking) -> None:
    """Names that the program uses itself."""
    for entry in (*checking.entries.values(), *checking.outline.columns):
        if entry.name in RESERVED_FIELDS:
            checking.fault(entry.node.at(["name"]), entry.place, f'the name "{entry.name}" is reserved')
    for head in checking.outline.heads:
        if head.step in RESERVED_STEPS and "step" in (head.node.value or {}):  # type: ignore[operator]
            checking.fault(head.node.at(["step"]), head.place, f'the step\'s name "{head.step}" is reserved')


def filled(checking: Checking) -> None:
    """Steps and sections hold something."""
    for head in checking.outline.heads:
        fields = head.node.get("fields")
        if fields is not None and fields.value is None:
            checking.fault(head.node, head.place, '"fields" is missing', line=head.node.keys.get("fields", 0))
        elif fields is not None and fields.value == []:
            checking.fault(fields, head.place, '"fields" is empty; name what is asked or said here, or take it out')
