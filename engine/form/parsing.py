"""A post of a step read: the values of what was typed, and what has none; rows are numbered anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from engine.form.compiled import CompiledStep, Inputs
from engine.kinds import Context, Field
from engine.kinds.base import Typed
from engine.kinds.groups import Group
from engine.kinds.messages import Problem

NO_ANSWERS: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class Parsed:
    """What a post says.

    values: stored values by field, `None` for nothing typed. typed: the inputs that have no stored form, by field.
    refused: why, by field or by a column's full name. inputs: as posted, rows numbered from 0 without gaps.
    """

    values: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Typed] = field(default_factory=dict)
    refused: dict[str, Problem] = field(default_factory=dict)
    inputs: Inputs = field(default_factory=Inputs)


def parse(
    step: CompiledStep,
    inputs: Inputs,
    context: Context,
    *,
    known: Mapping[str, Any] = NO_ANSWERS,
    blank_rows: bool = False,
) -> Parsed:
    """Reads a post; `known` are the answers so far, which a default may copy.

    Rows left blank or at their defaults are dropped, unless `blank_rows` keeps them.
    """
    whole = _fields(step, inputs, context)
    for group, rows in step.groups:
        _read_rows(whole, group, rows, context, {**known, **whole.values}, blank_rows=blank_rows)
    return whole


def _fields(step: CompiledStep, inputs: Inputs, context: Context) -> Parsed:
    whole = Parsed(inputs=inputs)
    for item in step.parse(inputs, context):
        name = item.definition.name
        if item.definition.none is not None:
            whole.values[item.definition.none_key] = True if item.none else None
        if item.problem is None:
            whole.values[name] = item.data
        else:
            whole.typed[name] = item.typed(inputs)
            whole.refused[name] = item.problem
    return whole


def _read_rows(
    whole: Parsed, group: Group, rows: CompiledStep, context: Context, known: Mapping[str, Any], *, blank_rows: bool
) -> None:
    values: list[dict[str, Any]] = []
    typed: Typed = {}
    kept: list[Mapping[str, Any]] = []
    for row in group.rows_of(whole.inputs).values():
        read = _fields(rows, Inputs({name: list(given) for name, given in row.items()}), context)
        if not blank_rows and _is_blank(rows, read, context, known):
            continue
        number = len(values)
        kept.append(row)
        values.append({name: value for name, value in read.values.items() if value is not None})
        typed |= {group.at(number, name): entry for inner in read.typed.values() for name, entry in inner.items()}
        whole.refused |= {group.at(number, name): problem for name, problem in read.refused.items()}
    whole.values[group.name] = values or None
    whole.typed |= {group.name: typed} if typed else {}
    if group.none is not None:
        _read_none(whole, group, blank_rows=blank_rows)
    whole.inputs = renumbered(group, whole.inputs, kept)


def _read_none(whole: Parsed, group: Group, *, blank_rows: bool) -> None:
    """The box beside a table; rows that say something beside it are kept, and refused."""
    ticked, both = bool(whole.inputs.get(group.none_input)), bool(whole.values[group.name]) and not blank_rows
    whole.values[group.none_key] = True if ticked and not both else None
    if ticked and both:
        whole.refused[group.name] = Problem("none.both", {"none": group.none})


def _is_blank(rows: CompiledStep, read: Parsed, context: Context, known: Mapping[str, Any]) -> bool:
    """Whether a row says nothing beyond what was prefilled in it."""
    if read.typed or any(read.values.get(item.none_key) for item in rows.fields if item.none is not None):
        return False
    around = {**known, **read.values}
    return all(read.values[item.name] in (None, [], prefilled(item, around, context)) for item in rows.fields)


def prefilled(item: Field, view: Mapping[str, Any], context: Context) -> Any:
    """What is shown before anything was typed: a value of its own, an earlier answer, or what an account says."""
    if not isinstance(item.default, dict):
        return item.prefill(context)
    if "field" in item.default:
        return view.get(item.default["field"])
    return context.account.get(item.default["account"])


def renumbered(group: Group, inputs: Inputs, rows: list[Mapping[str, Any]]) -> Inputs:
    """A post with these rows in place of the group's own, numbered from 0."""
    prefix = f"{group.name}-"
    made = Inputs({
        name: values for name, values in inputs.items() if not name.startswith(prefix) or name == group.none_input
    })  # fmt: skip
    for number, row in enumerate(rows):
        made[group.at(number)] = ["1"]
        made |= {group.at(number, name): list(values) for name, values in row.items()}
    return made
