"""The tree of a condition, and what can be read off it without evaluating it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from engine import formulas
from engine.formulas import Formula
from engine.formulas.values import Shift

EQUALITY = ("is", "is_not")
MEMBERSHIP = ("in", "not_in")
CONTENTS = ("contains", "contains_any", "contains_all")
PRESENCE = ("filled", "empty", "none")
ORDER = ("less_than", "at_most", "more_than", "at_least")
TIME_ORDER = ("before", "on_or_before", "after", "on_or_after")
ROWS = ("any_row", "every_row")
OPERATORS = (*EQUALITY, *MEMBERSHIP, *CONTENTS, *PRESENCE, *ORDER, *TIME_ORDER, "count", *ROWS)
COUNTING = (*EQUALITY, *ORDER)  # what `count` may be asked

Constant: TypeAlias = str | int | bool | Decimal


@dataclass(frozen=True, slots=True)
class FieldValue:
    """The value of another field, shifted where it is a date."""

    name: str
    plus: Shift = ()


@dataclass(frozen=True, slots=True)
class Today:
    """The day of the request or of the submission, shifted."""

    plus: Shift = ()


@dataclass(frozen=True, slots=True)
class Count:
    """What is asked of the number of rows, values or files."""

    operator: str
    operand: int | FieldValue


Operand: TypeAlias = Constant | FieldValue | Today


@dataclass(frozen=True, slots=True)
class All:
    """Holds where every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """Holds where one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where its part does not."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Compare:
    """One field and one operator; `field` may reach into an address (`noi_o.province`).

    The operand is an `Operand`; a tuple of them for `in`, `not_in`, `contains_any`, `contains_all`; true for
    `filled`, `empty`, `none`; a `Count`; a condition for `any_row` and `every_row`.
    """

    field: str
    operator: str
    operand: Operand | tuple[Operand, ...] | Count | Condition


@dataclass(frozen=True, slots=True)
class FormulaRule:
    """A formula that must come out true."""

    formula: Formula


Condition: TypeAlias = All | Any_ | Not | Compare | FormulaRule


def both(first: Condition | None, second: Condition | None) -> Condition | None:
    """The condition that both hold."""
    if first is None or second is None:
        return first or second
    return All((first, second))


def leaves(condition: Condition) -> Iterator[Compare | FormulaRule]:
    """The leaves from left to right, those inside a row's tree not among them."""
    if isinstance(condition, All | Any_):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        yield condition


def operands(leaf: Compare) -> tuple[Operand, ...]:
    """What a leaf's field is compared with."""
    operand = leaf.operand
    if isinstance(operand, Count):
        return (operand.operand,)
    if isinstance(operand, tuple):
        return operand
    return () if isinstance(operand, Condition) else (operand,)


def base(name: str) -> str:
    """The field of a name that reaches into an address."""
    return name.partition(".")[0]


def leaf_names(leaf: Compare | FormulaRule) -> Iterator[str]:
    """The names of one leaf, its own field first; those of a row's tree not among them."""
    if isinstance(leaf, FormulaRule):
        yield from formulas.names(leaf.formula)
        return
    yield base(leaf.field)
    for operand in operands(leaf):
        if isinstance(operand, FieldValue):
            yield base(operand.name)


def names(condition: Condition) -> tuple[str, ...]:
    """Every name that is looked at in the form, once, in order; rates and `today` where a formula has any."""
    return tuple(dict.fromkeys(name for leaf in leaves(condition) for name in leaf_names(leaf)))


def row_names(condition: Condition) -> tuple[tuple[str, str], ...]:
    """(group, name) for each name inside `any_row` and `every_row`: a column of the group, else a field."""
    pairs: dict[tuple[str, str], None] = {}
    for leaf in leaves(condition):
        if isinstance(leaf, Compare) and isinstance(leaf.operand, Condition):
            pairs.update(dict.fromkeys((base(leaf.field), name) for name in names(leaf.operand)))
            pairs.update(dict.fromkeys(row_names(leaf.operand)))
    return tuple(pairs)


def document(condition: Condition) -> Any:
    """The plain data that `parse` reads back as this condition."""
    if isinstance(condition, All):
        return {"all": [document(part) for part in condition.parts]}
    if isinstance(condition, Any_):
        return {"any": [document(part) for part in condition.parts]}
    if isinstance(condition, Not):
        return {"not": document(condition.part)}
    if isinstance(condition, FormulaRule):
        return {"formula": condition.formula.text}
    return {"field": condition.field, condition.operator: _operand_document(condition.operand)}


def _operand_document(operand: Operand | tuple[Operand, ...] | Count | Condition) -> Any:
    if isinstance(operand, tuple):
        return [_operand_document(item) for item in operand]
    if isinstance(operand, FieldValue):
        return {"field": operand.name, **({"plus": dict(operand.plus)} if operand.plus else {})}
    if isinstance(operand, Today):
        return {"today": dict(operand.plus)} if operand.plus else "today"
    if isinstance(operand, Count):
        return {operand.operator: _operand_document(operand.operand)}
    return document(operand) if isinstance(operand, Condition) else operand
