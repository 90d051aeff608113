"""Whether a condition fits the kinds of the fields it names, found before it is published."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from engine import formulas
from engine.format.faults import did_you_mean
from engine.formulas.values import DECIMAL, FAMILIES, PARTS, moment_of, time_of
from engine.rules.parsing import Path, RuleFault
from engine.rules.tree import (
    All,
    Any_,
    Compare,
    Condition,
    Count,
    FieldValue,
    FormulaRule,
    Not,
    Operand,
    Today,
    base,
)

REACHED = frozenset({"is", "is_not", "in", "not_in", "filled", "empty"})  # what a part of an address may be asked


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """What conditions need to know of a field.

    `value_type` is one of `engine.formulas.values.FAMILIES`, or `computed` where the type is not known. `choices` are
    the values it can take, `other` among them where free text is allowed; nothing where they are not listed.
    `operators` holds `none` where the field has such a box. `least` and `most` are the limits of its numbers, or of
    its dates in stored form; nothing where there are none, or where they move with the day.
    """

    kind: str
    value_type: str
    operators: frozenset[str]
    choices: tuple[str, ...] | None = None
    least: int | str | None = None
    most: int | str | None = None


Kinds = Mapping[str, FieldFacts]
TEXT = FieldFacts("text", "text", frozenset({"is", "is_not", "in", "not_in", "filled", "empty"}))
DAY = FieldFacts("date", "date", TEXT.operators | {"before", "on_or_before", "after", "on_or_after"})
CHANNEL = FieldFacts("choice", "choice", TEXT.operators, ("online", "in_person", "post"))
RESERVED = {"today": DAY, "channel": CHANNEL, "agency": TEXT}


def check(condition: Condition, kinds: Kinds, rates: Iterable[str] = ()) -> tuple[RuleFault, ...]:
    """Everything that does not fit, in the order of the tree.

    `kinds` has each field, and each column as `group.column`. A name that is not among them is passed over:
    that it is unknown is said elsewhere.
    """
    seen = ChainMap(cast(dict[str, FieldFacts], kinds), RESERVED)  # only looked up, so that a large form is not copied
    return tuple(_faults(condition, seen, tuple(rates), ()))


def _faults(condition: Condition, kinds: Kinds, rates: tuple[str, ...], path: Path) -> Iterator[RuleFault]:
    if isinstance(condition, All | Any_):
        head = "all" if isinstance(condition, All) else "any"
        for index, part in enumerate(condition.parts):
            yield from _faults(part, kinds, rates, (*path, head, index))
    elif isinstance(condition, Not):
        yield from _faults(condition.part, kinds, rates, (*path, "not"))
    elif isinstance(condition, FormulaRule):
        yield from _formula_faults(condition, kinds, rates, (*path, "formula"))
    else:
        yield from _leaf_faults(condition, kinds, path)
        if isinstance(condition.operand, Condition):
            inner = _in_row(kinds, base(condition.field))
            yield from _faults(condition.operand, inner, rates, (*path, condition.operator))


def _in_row(kinds: Kinds, group: str) -> Kinds:
    """The fields as a row's tree sees them: the columns first."""
    prefix = f"{group}."
    columns = {name: facts for name, facts in kinds.items() if name.startswith(prefix)}
    return {**kinds, **{name.removeprefix(prefix): facts for name, facts in columns.items()}}


def _formula_faults(rule: FormulaRule, kinds: Kinds, rates: tuple[str, ...], path: Path) -> Iterator[RuleFault]:
    names = kinds if formulas.columns(rule.formula) else formulas.names(rule.formula)
    types = {name: kinds[name].value_type for name in names if name in kinds}
    checked = formulas.check(rule.formula, types, rates)
    for fault in checked.faults:
        yield RuleFault(path, f"formula: {fault}", rule.formula.text)
    if not checked.faults and checked.type not in (None, "boolean"):
        what = f'"{rule.formula.text}" gives {checked.type}, but a rule must come out true or false'
        yield RuleFault(path, what, rule.formula.text)
    for what in choice_misfits(rule.formula, kinds):
        yield RuleFault(path, what, rule.formula.text)


def choice_misfits(formula: formulas.Formula, kinds: Kinds) -> Iterator[str]:
    """What is wrong with each text of a formula that is compared with a choice and is none."""
    for name, value in formulas.compared_texts(formula):
        facts = kinds.get(name)
        if facts is not None and facts.value_type == "choice" and facts.choices is not None:
            if value not in facts.choices:
                yield f'"{value}" is no choice of "{name}"{did_you_mean(value, facts.choices)}'


def _leaf_faults(leaf: Compare, kinds: Kinds, path: Path) -> Iterator[RuleFault]:
    facts = kinds.get(base(leaf.field))
    if facts is None:
        return
    misfit = _reach_misfit(leaf.field, facts) or _operator_misfit(leaf, facts)
    if misfit:
        yield RuleFault((*path, leaf.operator), misfit, leaf.operator)
        return
    asked = TEXT if "." in leaf.field else facts
    for place, operand in _placed(leaf.operand):
        what = operand_misfit(leaf, operand, asked, kinds)
        if what:
            yield RuleFault((*path, leaf.operator, *place), what, _written(operand))


def _reach_misfit(name: str, facts: FieldFacts) -> str:
    if "." in name and facts.value_type != "address":
        return f'"{base(name)}" ({facts.kind}) is no address; "{name}" reaches into none'
    return ""


def _operator_misfit(leaf: Compare, facts: FieldFacts) -> str:
    reached = "." in leaf.field
    fitting = REACHED if reached else facts.operators
    if leaf.operator in fitting:
        return ""
    if leaf.operator == "none" and not reached:
        return f'"{leaf.field}" has no box "none"'
    if facts.value_type == "address" and leaf.operator in REACHED:
        parts = ", ".join(f"{leaf.field}.{part}" for part in PARTS)
        return f'"{leaf.operator}" does not fit a whole address; name a part of it: {parts}'
    known = ", ".join(sorted(fitting)) or "none"
    return f'operator "{leaf.operator}" does not fit "{leaf.field}" ({facts.kind}); those that fit: {known}'


def _placed(operand: Any) -> Iterator[tuple[Path, Operand]]:
    """Each operand with its path below the operator."""
    if isinstance(operand, tuple):
        yield from (((index,), item) for index, item in enumerate(operand))
    elif isinstance(operand, Count):
        yield (operand.operator,), operand.operand
    elif not isinstance(operand, Condition):
        yield (), operand


def operand_misfit(leaf: Compare, operand: Operand, facts: FieldFacts, kinds: Kinds) -> str:
    """Why an operand cannot be compared with its field, or an empty text."""
    if leaf.operator in ("filled", "empty", "none"):
        return ""
    family = "number" if leaf.operator == "count" else _family(leaf, facts)
    if not family:
        return ""
    if isinstance(operand, FieldValue):
        return _field_misfit(leaf, operand, family, kinds)
    if isinstance(operand, Today):
        return _today_misfit(leaf, operand, facts, family)
    return "" if leaf.operator == "count" else _constant_misfit(leaf, operand, facts, family)


def _family(leaf: Compare, facts: FieldFacts) -> str:
    """The family that the operand must have; empty where it cannot be told."""
    family = FAMILIES.get(facts.value_type, "")
    return "text" if family == "list" else family


def _field_misfit(leaf: Compare, operand: FieldValue, family: str, kinds: Kinds) -> str:
    facts = kinds.get(base(operand.name))
    if facts is None:
        return ""
    reach = _reach_misfit(operand.name, facts)
    if reach:
        return reach
    other = "text" if "." in operand.name else FAMILIES.get(facts.value_type, "")
    if other and other != family:
        return f'"{leaf.field}" cannot be compared with "{operand.name}" ({facts.kind})'
    if operand.plus and family != "moment":
        return f'"plus" shifts dates only, and "{operand.name}" is {facts.kind}'
    return ""


def _today_misfit(leaf: Compare, operand: Today, facts: FieldFacts, family: str) -> str:
    if family == "moment":
        return ""
    if family == "text" and not operand.plus:
        return _choice_misfit(leaf, "today", facts)
    return f'"{leaf.field}" ({facts.kind}) cannot be compared with today'


WANTED = {
    "text": "a text",
    "number": "a number",
    "moment": 'a date such as "2026-01-31"',
    "time": 'a time such as "08:30"',
    "boolean": "true or false",
}


def _constant_misfit(leaf: Compare, value: str | int | bool | Decimal, facts: FieldFacts, family: str) -> str:
    fits = {
        "text": isinstance(value, str),
        "number": _is_number(value, facts),
        "boolean": isinstance(value, bool),
        "moment": moment_of(value) is not None,
        "time": time_of(value) is not None,
    }
    if not fits.get(family, True):
        quoted = f'"{value}"' if isinstance(value, str) else _written(value)
        year = family == "moment" and moment_of(str(value)) is not None
        quotes = not isinstance(value, bool) and (family == "text" or year)
        hint = f'; write "{value}" in quotes' if quotes else ""
        return f'"{leaf.field}" ({facts.kind}) is compared with {WANTED[family]}, not {quoted}{hint}'
    return _choice_misfit(leaf, value, facts) if isinstance(value, str) else ""


def _is_number(value: object, facts: FieldFacts) -> bool:
    if isinstance(value, str):  # the stored form of a decimal
        return facts.value_type == "decimal" and bool(DECIMAL.fullmatch(value))
    return not isinstance(value, bool)


def _choice_misfit(leaf: Compare, value: str, facts: FieldFacts) -> str:
    if facts.choices is None or value in facts.choices or "." in leaf.field:
        return ""
    return f'"{value}" is no choice of "{leaf.field}"{did_you_mean(value, facts.choices)}'


def _written(operand: object) -> str:
    if isinstance(operand, bool):
        return "true" if operand else "false"
    if isinstance(operand, Today):
        return "today"
    return operand.name if isinstance(operand, FieldValue) else str(operand)
