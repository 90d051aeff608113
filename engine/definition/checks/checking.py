"""What the checks share: the outline, the names that can be asked, and the faults found so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from engine.definition.outline import Entry, Outline
from engine.definition.procedure import Procedure
from engine.format.faults import Fault, did_you_mean, nearest
from engine.format.reading import Node, Reading, keys_of
from engine.kinds.base import EQUALITY
from engine.kinds.choices import Choice, Choices
from engine.kinds.dates import Limit
from engine.kinds.files import File
from engine.kinds.linked import LinkedChoice
from engine.rules import FieldFacts

RESERVED = ("today", "channel", "agency")
WHOLE = ("integer", "money")


@dataclass
class Checking:
    """One run of the checks over an outline."""

    outline: Outline
    faults: list[Fault] = field(default_factory=list)

    def fault(self, node: Node, place: str, what: str, *, line: int = 0) -> None:
        """Notes what is wrong."""
        Reading(place, self.faults).fault(node, what, line=line)

    def warn(self, node: Node, place: str, what: str) -> None:
        """Notes what is likely to be wrong, but stops nothing."""
        Reading(place, self.faults).fault(node, what, warning=True)

    def node(self, *path: str | int) -> Node | None:
        """The node at a path of the document, where one stands."""
        node = self.outline.root
        for part in path:
            inner = node.value
            if isinstance(inner, dict) and part in inner:
                node = inner[str(part)]
            elif isinstance(inner, list) and isinstance(part, int) and part < len(inner):
                node = inner[part]
            else:
                return None
        return None if node.value is None else node

    def listed(self, *path: str | int) -> list[Node]:
        """The items of a list of the document."""
        node = self.node(*path)
        return node.value if node is not None and isinstance(node.value, list) else []

    def value(self, name: str) -> Any:
        """A value of the procedure, where it could be read."""
        return self.outline.values.get(name)

    @property
    def level(self) -> int:
        """The procedure's level, or 0 where it could not be read."""
        return int(self.value("level") or 0)

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Fields, papers and officers' fields by name; the first where a name stands twice."""
        found: dict[str, Entry] = {}
        for entry in (*self.outline.entries, *self.outline.papers, *self.outline.officer_entries):
            if entry.name:
                found.setdefault(entry.name, entry)
        return found

    @cached_property
    def columns(self) -> Mapping[str, Mapping[str, Entry]]:
        """The columns of each group by name, in order; the first where a name stands twice."""
        found: dict[str, dict[str, Entry]] = {}
        for entry in self.outline.columns:
            if entry.name:
                found.setdefault(entry.group, {}).setdefault(entry.name, entry)
        return found

    @cached_property
    def officer_names(self) -> frozenset[str]:
        """The names of the officers' fields."""
        own = {id(entry) for entry in self.outline.officer_entries}
        return frozenset(name for name, entry in self.entries.items() if id(entry) in own)

    @cached_property
    def paper_names(self) -> frozenset[str]:
        """The names of the papers."""
        own = {id(entry) for entry in self.outline.papers}
        return frozenset(name for name, entry in self.entries.items() if id(entry) in own)

    @cached_property
    def facts(self) -> Mapping[str, FieldFacts]:
        """What conditions may ask of each field that could be read."""
        papers = {entry.name: _paper_facts(entry.node) for entry in self.outline.papers if attached(entry)}
        read = {name: facts_of(entry.field) for name, entry in self.entries.items() if entry.field is not None}
        columns = {
            f"{group}.{name}": facts_of(entry.field)
            for group, inner in self.columns.items()
            for name, entry in inner.items()
            if entry.field is not None
        }
        return papers | read | columns

    def facts_in(self, group: str) -> Mapping[str, FieldFacts]:
        """What may be asked inside a row of a group: its columns first; of no group, of the form."""
        if group not in self.columns:
            return self.facts
        inner = {name: self.facts[f"{group}.{name}"] for name in self.columns[group]
                 if f"{group}.{name}" in self.facts}  # fmt: skip
        return {**self.facts, **inner}

    @cached_property
    def types(self) -> Mapping[str, str]:
        """The value type of each field, as formulas need it."""
        return {name: facts.value_type for name, facts in self.facts.items()}

    @cached_property
    def rates(self) -> tuple[str, ...]:
        """The names of the amounts, those too that could not be read."""
        node = self.node("rates")
        return tuple(node.value) if node is not None and isinstance(node.value, dict) else ()

    @cached_property
    def area_codes(self) -> frozenset[str]:
        """The codes of the administrative units of all days."""
        return frozenset(area.code for area in self.outline.library.areas)

    @cached_property
    def misspelt(self) -> frozenset[str]:
        """The keys of a procedure that unknown ones were likely meant to be."""
        node, known = self.outline.root, keys_of(Procedure)
        return frozenset(
            nearest(key, known) for key in (node.value if isinstance(node.value, dict) else ()) if key not in known
        )

    @cached_property
    def formless(self) -> bool:
        """Whether a form is wanted but could not be read at all, so that nothing is known of its names."""
        return not self.outline.heads and self.level not in (1, 2)

    def unsure(self, name: str) -> bool:
        """Whether a name may come from a form, a step or a block that could not be read."""
        return self.formless or any(not prefix or name.startswith(f"{prefix}_") for prefix in self.outline.unsure)

    def report_unknown(self, node: Node, place: str, name: str, known: Iterable[str] = ()) -> None:
        """A fault for a name that nothing bears; none where it may come from a faulty block."""
        groups = [group for group, inner in self.columns.items() if name in inner]
        if groups:
            self.fault(node, place, f'"{name}" is a column of "{groups[0]}" and stands in its rows only')
        elif not self.unsure(name):
            if name not in self.meant_names:  # else that field's own name is at fault
                self.fault(node, place, f'unknown name "{name}"{did_you_mean(name, chain(self.asked_names, known))}')

    @cached_property
    def asked_names(self) -> tuple[str, ...]:
        """The names that a citizen's form can ask."""
        return tuple(other for other in self.entries if other not in self.officer_names)

    @cached_property
    def meant_names(self) -> frozenset[str]:
        """The same as they were likely meant."""
        return frozenset(_as_name(name) for name in self.asked_names)


def _as_name(written: str) -> str:
    """What somebody meant who wrote capitals or hyphens in a name."""
    return re.sub(r"\W", "_", written.casefold())


def where(node: Node, seen_from: Node) -> str:
    """The line of a node as somebody at another one looks for it."""
    return f"line {node.line}" if node.file == seen_from.file else f"{node.file}:{node.line}"


def _paper_facts(node: Node) -> FieldFacts:
    """What conditions may ask of a paper: whether it was sent, and how else it comes."""
    listed = node.get("or")
    ways = tuple(way.raw for way in listed.value) if listed is not None and isinstance(listed.value, list) else ()
    operators = File.OPERATORS | (EQUALITY if ways else frozenset())
    return FieldFacts(File.KIND, File.VALUE_TYPE, operators, ways or None)


def twice(checking: Checking, nodes: Iterable[Node], place: str, what: str) -> None:
    """A fault for each word of a list that stood in it before."""
    seen: dict[str, Node] = {}
    for node in nodes:
        if node.raw and node.raw in seen:
            checking.fault(node, place, f'the {what} "{node.raw}" stands twice, first in {where(seen[node.raw], node)}')
        seen.setdefault(node.raw, node)


def attached(paper: Entry) -> bool:
    """Whether a paper is sent online; one of several is, where it does not say."""
    attach = paper.node.get("attach")
    return bool(paper.above) if attach is None else attach.raw in ("required", "optional")


def facts_of(item: Any) -> FieldFacts:
    """What conditions may ask of a field."""
    choices = (item.values or None) if isinstance(item, Choice | Choices | LinkedChoice) else None
    operators = item.operators() | ({"none"} if item.none is not None else set())
    return FieldFacts(item.KIND, item.value_type(), operators, choices, *(_fixed(item, end) for end in ("min", "max")))


def _fixed(item: Any, end: str) -> int | str | None:
    """A limit of a field's numbers or dates that is the same on every day."""
    limit = getattr(item, end, None)
    if isinstance(limit, Limit):
        return limit.fixed or None
    return limit if type(limit) is int and item.value_type() in WHOLE else None
