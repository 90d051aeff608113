"""Computed fields: the names in their formulas, and whether what comes out can be shown so."""

from __future__ import annotations

from engine import formulas
from engine.definition.checks.checking import RESERVED, Checking, where
from engine.definition.checks.conditions import check_asked
from engine.definition.outline import Entry
from engine.format.reading import Node
from engine.kinds.computed import Computed

FITTING = {
    "integer": ("integer",),
    "money": ("integer",),
    "decimal": ("decimal", "integer"),
    "date": ("date",),
    "text": ("text", "integer", "decimal", "date", "time"),
}


def of_fields(checking: Checking) -> None:
    """The formulas of computed fields, which look back only."""
    for entry in (*checking.outline.entries, *checking.outline.columns):
        node = entry.node.get("formula")
        if isinstance(entry.field, Computed) and node is not None:
            names = [name for name in formulas.names(entry.field.formula) if name not in (*checking.rates, *RESERVED)]
            seen = [_looks_back(checking, entry, name, node) for name in names]  # each tells its own fault
            if all(seen):
                _check_kinds(checking, entry, entry.field, node)


def _looks_back(checking: Checking, entry: Entry, name: str, node: Node) -> bool:
    """Whether a formula may name this; a fault where not. A column's formula sees its row first."""
    columns = list(checking.columns.get(entry.group, ()))
    if name in columns:
        if columns.index(name) < columns.index(entry.name):
            return True
        other = checking.columns[entry.group][name]
        what = f'"{name}" does not stand before, but in {where(other.node, node)}; a formula looks back only'
        checking.fault(node, entry.place, what)
        return False
    if not check_asked(checking, node, entry.place, name):
        return False
    other = checking.entries[name]
    if other.order < entry.order:
        return True
    what = f'"{name}" does not stand before, but in {where(other.node, node)}; a formula looks back only'
    checking.fault(node, entry.place, what)
    return False


def _check_kinds(checking: Checking, entry: Entry, item: Computed, node: Node) -> None:
    types = {name: facts.value_type for name, facts in checking.facts_in(entry.group).items()}
    checked = formulas.check(item.formula, types, checking.rates)
    for fault in checked.faults:
        checking.fault(node, entry.place, f"formula: {fault}")
    if not checked.faults and checked.type is not None and checked.type not in FITTING[item.sort]:
        hint = "; round it, or divide by //" if checked.type == "decimal" else ""
        what = f'"{item.formula.text}" gives {checked.type}, which cannot be shown as {item.sort}{hint}'
        checking.fault(node, entry.place, what)
