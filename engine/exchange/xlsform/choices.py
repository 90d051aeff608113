"""The lists of a choices sheet, and the conditions that a choice filter makes of their other columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from engine.errors import CannotCarry
from engine.exchange.xlsform.conditions import condition
from engine.exchange.xlsform.scope import Scope
from engine.exchange.xlsform.sheets import Row, Table
from engine.exchange.xlsform.xpath import Bare, Binary, Call, Expression, Literal, Negative, parts, walk
from engine.kinds.choices import OTHER

OWN = "khac"  # what a choice "other" is called here, where that word is kept for a free text


@dataclass
class Choice:
    """A choice with its row."""

    row: Row
    value: str


@dataclass
class Lists:
    """The choices of each list in their order; `used` are the lists that a question asks."""

    lists: dict[str, list[Choice]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def values(self) -> dict[str, dict[str, str]]:
        """Of each list, the value here of each choice by its name there."""
        return {name: {one.row.cells["name"].text: one.value for one in found} for name, found in self.lists.items()}


def lists_of(table: Table) -> Lists:
    """Reads the sheet."""
    found = Lists()
    for row in table:
        name, written = row.take("list_name"), row.take("name") or row.take("value")
        if not name or not written:
            row.lose_all("a choice needs a list and a name")
            continue
        row.cells.setdefault("name", row.cells.get("value", row.cells.get("name")))  # type: ignore[arg-type]
        known = found.lists.setdefault(name, [])
        if any(one.row.cells["name"].text == written for one in known):
            row.lose_all(f'the choice "{written}" stands twice in its list')
            continue
        value = OWN if written == OTHER else written
        if value != written:
            row.change("name", f'"{OTHER}" is kept for a free text; the choice is called "{value}" here')
        known.append(Choice(row, value))
    return found


def columns(tree: Expression) -> set[str]:
    """The columns of the choices sheet that a filter looks at."""
    return {part.name for part in walk(tree) if isinstance(part, Bare)}


def filtered(tree: Expression, choice: Choice, scope: Scope) -> dict[str, Any] | bool:
    """When a choice is offered; raises `CannotCarry`."""
    return condition(_with_cells(tree, choice.row), scope)


def _with_cells(tree: Expression, row: Row) -> Expression:
    """The filter with the cells of one choice in the place of the columns' names."""
    if isinstance(tree, Bare):
        heading = tree.name.lower()
        if tree.name not in row.cells and heading not in row.cells and heading not in row.table.headings.values():
            raise CannotCarry(f'the choices sheet has no column "{tree.name}"')
        return Literal(row.take(heading))
    if not parts(tree):
        return tree
    return _rebuilt(tree, lambda part: _with_cells(part, row))


def _rebuilt(tree: Expression, change: Callable[[Expression], Expression]) -> Expression:
    if isinstance(tree, Binary):
        return replace(tree, left=change(tree.left), right=change(tree.right))
    if isinstance(tree, Negative):
        return replace(tree, part=change(tree.part))
    return replace(tree, arguments=tuple(map(change, tree.arguments))) if isinstance(tree, Call) else tree
