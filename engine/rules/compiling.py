"""Conditions as closures over a view, with every comparison typed beforehand.

A comparison with nothing is false, whichever way it is put; so is one between values of different families.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from engine import formulas
from engine.formulas.values import (
    FAMILIES,
    READERS,
    View,
    boolean_of,
    decimal_of,
    list_of,
    moment_of,
    nothing,
    shifted,
    text_of,
    time_of,
)
from engine.rules.tree import (
    ORDER,
    TIME_ORDER,
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
    leaf_names,
    leaves,
)

Test: TypeAlias = Callable[[View], bool]
Read: TypeAlias = Callable[[View], Any]  # a value of the comparison's family, or None
Types: TypeAlias = Mapping[str, str]

RESERVED = {"today": "date", "channel": "text", "agency": "text"}
NONE_KEY = "#none"
WHOLE = ("integer", "money")
SENT = "attach"  # the word of a paper whose files are sent, as pages post it
BY_FAMILY: dict[str, Callable[[object], object]] = {
    "text": text_of,
    "number": decimal_of,
    "boolean": boolean_of,
    "moment": moment_of,
    "time": time_of,
}


def _at_the_coarser(compare: Callable[[Any, Any], bool]) -> Callable[[str, str], bool]:
    def run(a: str, b: str) -> bool:
        if len(a) == len(b):  # the common case, without copies
            return compare(a, b)
        length = min(len(a), len(b))
        return compare(a[:length], b[:length])

    return run


_ORDERING = (operator.lt, operator.le, operator.gt, operator.ge)
_EQUAL: dict[str, Callable[[Any, Any], bool]] = {"is": operator.eq, "is_not": operator.ne}
_NUMBERS = _EQUAL | dict(zip(ORDER, _ORDERING, strict=True))
_TIMES = _EQUAL | dict(zip(TIME_ORDER, _ORDERING, strict=True))
COMPARE: dict[str, dict[str, Callable[[Any, Any], bool]]] = {
    "text": _EQUAL,
    "boolean": _EQUAL,
    "number": _NUMBERS,
    "time": _TIMES,
    "moment": {name: _at_the_coarser(compare) for name, compare in _TIMES.items()},
}


def compile(condition: Condition, types: Types) -> Test:  # noqa: A001 - called as rules.compile
    """A function that says of a view whether the condition holds; it never raises.

    `types` gives the value type of each field, and of each column as `group.column`. A name without a type is
    read as what it is compared with. The view holds the relevant answers in stored form, `today`, `channel`,
    `agency`, `<field>#none` for a ticked box, and the rates where a formula uses them.
    """
    return _compiled(condition, {**RESERVED, **types})


def _compiled(condition: Condition, types: Types) -> Test:
    return COMPILERS[type(condition)](condition, types)


def _all(condition: All, types: Types) -> Test:
    return _every(tuple(_compiled(part, types) for part in condition.parts))


def _any(condition: Any_, types: Types) -> Test:
    return _some(tuple(_compiled(part, types) for part in condition.parts))


def _every(parts: tuple[Test, ...]) -> Test:
    def run(view: View) -> bool:
        for part in parts:  # a loop is half as dear as all()
            if not part(view):
                return False
        return True

    return run


def _some(parts: tuple[Test, ...]) -> Test:
    def run(view: View) -> bool:
        for part in parts:  # a loop is half as dear as any()
            if part(view):
                return True
        return False

    return run


def _not(condition: Not, types: Types) -> Test:
    part = _compiled(condition.part, types)
    return lambda view: not part(view)


def _formula(condition: FormulaRule, types: Types) -> Test:
    evaluate = formulas.compile(condition.formula, types)
    return lambda view: evaluate(view) is True


def _compare(leaf: Compare, types: Types) -> Test:
    return LEAVES.get(leaf.operator, _plain)(leaf, types)


def _never(_view: View) -> bool:
    return False


def _plain(leaf: Compare, types: Types) -> Test:
    return _pair(leaf.field, leaf.operator, leaf.operand, types)


def _pair(name: str, operation: str, operand: Any, types: Types) -> Test:
    """The comparison of one field with one operand."""
    family = _family(name, operation, operand, types)
    compare = COMPARE.get(family, {}).get(operation)
    value_type = types.get(name, "")
    right = _operand(operand, family, types, text_is_number=value_type not in WHOLE)
    if compare is None or right is None:
        return _never
    left = _field(name, family, value_type)

    def run(view: View) -> bool:
        a = left(view)
        if a is None:
            return False
        b = right(view)
        return b is not None and compare(a, b)

    return run


def _family(name: str, operation: str, operand: Operand, types: Types) -> str:
    """The family in which a field is compared: its own, or, where its type leaves it open, the operand's."""
    if "." in name:
        return "text"
    value_type = types.get(name, "")
    if value_type == "file" and operation in ("is", "is_not"):
        return "text"  # how a paper comes that is not attached
    if value_type in FAMILIES:
        return FAMILIES[value_type]
    if operation in ORDER:
        return "number"
    return "moment" if operation in TIME_ORDER else _operand_family(operand, types)


def _operand_family(operand: Operand, types: Types) -> str:
    if isinstance(operand, Today):
        return "moment"
    if isinstance(operand, FieldValue):
        return "text" if "." in operand.name else FAMILIES.get(types.get(operand.name, ""), "text")
    if isinstance(operand, bool):
        return "boolean"
    return "text" if isinstance(operand, str) else "number"


def _field(name: str, family: str, value_type: str = "") -> Read:
    read = READERS[value_type] if value_type in WHOLE else BY_FAMILY[family]
    if value_type == "file" and family == "text":
        read = _way
    base_name, dot, part = name.partition(".")
    if not dot:
        return lambda view: read(view.get(base_name))

    def reach(view: View) -> Any:
        value = view.get(base_name)
        return read(value.get(part)) if isinstance(value, Mapping) else None

    return reach


def _way(value: object) -> object:
    """How a paper comes; one whose files are sent comes in none of the other ways, so it `is_not` each of them."""
    return SENT if isinstance(value, list) and value else BY_FAMILY["text"](value)


def _operand(operand: Operand, family: str, types: Types, *, text_is_number: bool = False) -> Read | None:
    """How the operand is read in a family, or nothing where it belongs to another.

    A decimal's stored form is a text, so a decimal may be compared with one; a whole number may not.
    """
    if isinstance(operand, Today):
        return _today(operand, family)
    if isinstance(operand, FieldValue):
        return _other_field(operand, family, types)
    if isinstance(operand, bool) is not (family == "boolean"):
        return None
    if family == "number" and isinstance(operand, str) and not text_is_number:
        return None
    value = BY_FAMILY[family](operand) if family in BY_FAMILY else None
    return None if value is None else lambda _view: value


def _today(operand: Today, family: str) -> Read | None:
    if family == "text" and not operand.plus:
        return lambda _view: "today"  # a choice may be called so
    if family != "moment":
        return None
    shift = operand.plus
    if not shift:
        return lambda view: moment_of(view.get("today"))

    def read(view: View) -> Any:
        day = moment_of(view.get("today"))
        return None if day is None else shifted(day, shift)

    return read


def _other_field(operand: FieldValue, family: str, types: Types) -> Read | None:
    value_type = "text" if "." in operand.name else types.get(operand.name, "")
    if family not in BY_FAMILY or FAMILIES.get(value_type, family) != family:
        return None
    read, shift = _field(operand.name, family, value_type), operand.plus
    if not shift:
        return read
    if family != "moment":
        return None

    def later_one(view: View) -> Any:
        moment = read(view)
        return None if moment is None else shifted(moment, shift)

    return later_one


def _in(leaf: Compare, types: Types) -> Test:
    assert isinstance(leaf.operand, tuple)
    fixed = _fixed_texts(leaf, types)
    if fixed is not None:
        read = _field(leaf.field, "text", types.get(leaf.field, ""))
        return lambda view: read(view) in fixed
    return _some(tuple(_pair(leaf.field, "is", item, types) for item in leaf.operand))


def _fixed_texts(leaf: Compare, types: Types) -> frozenset[str] | None:
    """The texts of a list of nothing else, the common case, which is one look-up."""
    assert isinstance(leaf.operand, tuple)
    texts = [text_of(item) for item in leaf.operand if isinstance(item, str)]
    if len(texts) < len(leaf.operand) or _family(leaf.field, "is", texts[0] or "", types) != "text":
        return None
    return frozenset(text for text in texts if text)


def _not_in(leaf: Compare, types: Types) -> Test:
    assert isinstance(leaf.operand, tuple)
    fixed = _fixed_texts(leaf, types)
    if fixed is not None:
        read = _field(leaf.field, "text", types.get(leaf.field, ""))
        return lambda view: (value := read(view)) is not None and value not in fixed
    return _every(tuple(_pair(leaf.field, "is_not", item, types) for item in leaf.operand))


def _contains(leaf: Compare, types: Types) -> Test:
    items = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
    tests = tuple(_contains_one(leaf.field, item, types) for item in items)
    return _some(tests) if leaf.operator == "contains_any" else _every(tests)


def _contains_one(name: str, item: Any, types: Types) -> Test:
    wanted = _operand(item, "text", types)
    if wanted is None or types.get(name, "choices") != "choices":
        return _never

    def run(view: View) -> bool:
        values, one = list_of(view.get(name)), wanted(view)
        return values is not None and one is not None and one in [text_of(value) for value in values]

    return run


def _filled(leaf: Compare, _types: Types) -> Test:
    wanted = leaf.operator == "empty"
    name, dot, part = leaf.field.partition(".")
    if not dot:
        return lambda view: nothing(view.get(name)) is wanted

    def reach(view: View) -> bool:
        value = view.get(name)
        return nothing(value.get(part) if isinstance(value, Mapping) else None) is wanted

    return reach


def _none(leaf: Compare, _types: Types) -> Test:
    key = leaf.field + NONE_KEY
    return lambda view: view.get(key) is True


def _count(leaf: Compare, types: Types) -> Test:
    assert isinstance(leaf.operand, Count)
    name, compare = leaf.field, _NUMBERS[leaf.operand.operator]
    right = _operand(leaf.operand.operand, "number", types)
    if right is None or FAMILIES.get(types.get(name, "group")) != "list":
        return _never

    def run(view: View) -> bool:
        values, number = list_of(view.get(name)), right(view)
        return values is not None and number is not None and compare(len(values), number)

    return run


def _rows(leaf: Compare, types: Types) -> Test:
    assert isinstance(leaf.operand, Condition)
    name, inner = leaf.field, leaf.operand
    prefix = f"{name}."
    own = {key.removeprefix(prefix): kind for key, kind in types.items() if key.startswith(prefix)}
    test, outside = _compiled(inner, {**types, **own}), _outside(inner)
    combine = any if leaf.operator == "any_row" else all

    def run(view: View) -> bool:
        rows = list_of(view.get(name))
        if rows is None:
            return False
        around = {key: view[key] for key in outside if key in view}
        return combine(test({**around, **row}) for row in rows if isinstance(row, Mapping))

    return run


def _outside(inner: Condition) -> tuple[str, ...]:
    """What a row's tree may look at in the form, where the row has nothing of that name."""
    names = tuple(all_names(inner))
    return (*names, *(name + NONE_KEY for name in names), *RESERVED)


def all_names(condition: Condition) -> Iterator[str]:
    """Every name of a tree, those inside row trees too."""
    for leaf in leaves(condition):
        yield from leaf_names(leaf)
        if isinstance(leaf, Compare) and isinstance(leaf.operand, Condition):
            yield from all_names(leaf.operand)


LEAVES: dict[str, Callable[[Compare, Types], Test]] = {
    "in": _in,
    "not_in": _not_in,
    "contains": _contains,
    "contains_any": _contains,
    "contains_all": _contains,
    "filled": _filled,
    "empty": _filled,
    "none": _none,
    "count": _count,
    "any_row": _rows,
    "every_row": _rows,
}
COMPILERS: dict[type, Callable[[Any, Types], Test]] = {
    All: _all,
    Any_: _any,
    Not: _not,
    Compare: _compare,
    FormulaRule: _formula,
}
