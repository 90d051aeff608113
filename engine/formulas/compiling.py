"""Formulas as closures over a view: exact numbers, nothing for what cannot be known.

Nothing is `None` throughout. A number of more than `MAX_DIGITS` digits is nothing as well, and so is what is
divided by zero, and a text of more than `MAX_TEXT` characters.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from typing import Any, TypeAlias

from engine.formulas.grammar import (
    MAX_DIGITS,
    Call,
    Chain,
    Column,
    Comparison,
    Expression,
    Formula,
    Literal,
    Name,
    Sign,
    parts,
)
from engine.formulas.values import (
    READERS,
    Number,
    View,
    day_of,
    decimal_of,
    list_of,
    moment_of,
    nothing,
    shifted,
)

Value: TypeAlias = Any  # int, Decimal, str, bool, Moment, a list, or None
Evaluate: TypeAlias = Callable[[View], Value]

LIMIT = 10**MAX_DIGITS
MAX_TEXT = 20_000  # characters: what is joined may be joined again by the next formula
EXACT = Context(prec=2 * MAX_DIGITS + 2, rounding=ROUND_HALF_UP)
KEPT = Context(prec=MAX_DIGITS, rounding=ROUND_HALF_UP)
RESERVED = {"today": "date", "channel": "text", "agency": "text"}


class Moment(str):
    """A date or datetime, told apart from other texts."""

    __slots__ = ()


def compile(formula: Formula, types: Mapping[str, str]) -> Evaluate:  # noqa: A001 - called as formulas.compile
    """A function from a view to the formula's value, or `None` for nothing.

    `types` gives the value type of each field, and of each column as `group.column`; the view holds the rates
    beside the answers, and `today`, `channel`, `agency`.
    """
    return _compiled(formula.root, {**RESERVED, **types})


def _compiled(node: Expression, types: Mapping[str, str]) -> Evaluate:
    return COMPILERS[type(node)](node, types)


def _literal(node: Literal, _types: Mapping[str, str]) -> Evaluate:
    value = node.value
    return lambda view: value


def _name(node: Name, types: Mapping[str, str]) -> Evaluate:
    read, name = reader(types.get(node.name, "")), node.name
    return lambda view: read(view.get(name))


def reader(value_type: str) -> Callable[[object], Value]:
    """How a stored value of this type is read; one of an unknown type is taken as it is."""
    return OWN_READERS.get(value_type) or READERS.get(value_type, _as_it_is)


def _moment(value: object) -> Value:
    read = moment_of(value)
    return None if read is None else Moment(read)


def _number(value: object) -> Value:
    return bounded(decimal_of(value))


def _whole(value: object) -> Value:
    return value if type(value) is int and -LIMIT < value < LIMIT else None


def _as_it_is(value: object) -> Value:
    return None if nothing(value) or isinstance(value, dict) else value


OWN_READERS: dict[str, Callable[[object], Value]] = {
    "date": _moment,
    "datetime": _moment,
    "integer": _whole,
    "money": _whole,
    "decimal": _number,
}


def _column(node: Column, types: Mapping[str, str]) -> Callable[[View], list[Value]]:
    group, column = node.group, node.column
    read = reader(types.get(f"{group}.{column}", ""))

    def values(view: View) -> list[Value]:
        rows = list_of(view.get(group)) or ()
        found = (read(row.get(column)) for row in rows if isinstance(row, Mapping))
        return [value for value in found if value is not None]

    return values


def _sign(node: Sign, types: Mapping[str, str]) -> Evaluate:
    part = _compiled(node.part, types)
    if node.operator == "not":
        return lambda view: part(view) is not True
    if node.operator == "+":
        return lambda view: number(part(view))

    def negative(view: View) -> Value:
        value = number(part(view))
        return None if value is None else -value if isinstance(value, int) else value.copy_negate()

    return negative


def number(value: Value) -> Number | None:
    """The value where it is a number; true and false are none."""
    return value if type(value) is int or isinstance(value, Decimal) else None


def _chain(node: Chain, types: Mapping[str, str]) -> Evaluate:
    head = node.rest[0][0]
    compiled = [_compiled(part, types) for part in parts(node)]
    if head in ("and", "or"):
        return _every(compiled) if head == "and" else _some(compiled)
    first = compiled[0]
    rest = tuple(zip((ARITHMETIC[symbol] for symbol, _ in node.rest), compiled[1:], strict=True))

    def total(view: View) -> Value:
        value = first(view)
        for combine, part in rest:
            other = part(view)
            if number(value) is None or number(other) is None:
                return None
            value = bounded(combine(value, other))
        return value

    return total


def _every(parts: Sequence[Evaluate]) -> Evaluate:
    return lambda view: all(part(view) is True for part in parts)


def _some(parts: Sequence[Evaluate]) -> Evaluate:
    return lambda view: any(part(view) is True for part in parts)


def bounded(value: Number | None) -> Number | None:
    """The number kept to `MAX_DIGITS` digits; nothing where its whole part has more."""
    if value is None:
        return None
    if isinstance(value, int):
        return value if -LIMIT < value < LIMIT else None
    kept = KEPT.plus(value)
    return kept if kept.adjusted() < MAX_DIGITS else None


def _exactly(combine: Callable[[Any, Any], Any], on_decimals: Callable[[Any, Any], Any]) -> Callable[..., Number]:
    def run(a: Number, b: Number) -> Number:
        if isinstance(a, int) and isinstance(b, int):
            result: Number = combine(a, b)
        else:
            result = on_decimals(Decimal(a), Decimal(b))
        return result

    return run


def _divided(a: Number, b: Number) -> Decimal | None:
    return KEPT.divide(Decimal(a), Decimal(b)) if b else None


def _floor(a: Number, b: Number) -> int | None:
    # Decimal's own // and % round towards zero; these agree with whole numbers for negative ones too.
    return Fraction(a) // Fraction(b) if b else None


def _remainder(a: Number, b: Number) -> Number | None:
    times = _floor(a, b)
    if times is None:
        return None
    if isinstance(a, int) and isinstance(b, int):
        return a - times * b
    return EXACT.subtract(Decimal(a), EXACT.multiply(Decimal(times), Decimal(b)))


ARITHMETIC: dict[str, Callable[[Number, Number], Number | None]] = {
    "+": _exactly(operator.add, EXACT.add),
    "-": _exactly(operator.sub, EXACT.subtract),
    "*": _exactly(operator.mul, EXACT.multiply),
    "/": _divided,
    "//": _floor,
    "%": _remainder,
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _comparison(node: Comparison, types: Mapping[str, str]) -> Evaluate:
    left, right = _compiled(node.left, types), _compiled(node.right, types)
    compare, ordered = COMPARE[node.operator], node.operator not in ("==", "!=")

    def run(view: View) -> bool:
        a, b = left(view), right(view)
        family = _family(a)
        if not family or family != _family(b) or (ordered and family == "boolean"):
            return False
        if family == "moment":
            length = min(len(a), len(b))
            a, b = str(a[:length]), str(b[:length])
        return compare(a, b)

    return run


FAMILIES: dict[type, str] = {int: "number", Decimal: "number", str: "text", Moment: "moment", bool: "boolean"}


def _family(value: Value) -> str:
    return FAMILIES.get(type(value), "")


def _call(node: Call, types: Mapping[str, str]) -> Evaluate:
    if node.function in ("count", "sum"):
        return _over(node, types)
    arguments = [_compiled(argument, types) for argument in node.arguments]
    if node.function in LAZY:
        return LAZY[node.function](*arguments)
    run = FUNCTIONS[node.function]

    def called(view: View) -> Value:
        values = [argument(view) for argument in arguments]
        return None if None in values else run(*values)

    return called


def _if(test: Evaluate, then: Evaluate, otherwise: Evaluate) -> Evaluate:
    return lambda view: then(view) if test(view) is True else otherwise(view)


def _first(*arguments: Evaluate) -> Evaluate:
    return lambda view: next((value for argument in arguments if not nothing(value := argument(view))), None)


def _filled(argument: Evaluate) -> Evaluate:
    return lambda view: not nothing(argument(view))


def _over(node: Call, types: Mapping[str, str]) -> Evaluate:
    """`count` and `sum`, which see columns and pass over nothing."""
    lists = [_all_of(argument, types) for argument in node.arguments]
    finish = _count if node.function == "count" else _sum
    return lambda view: finish([value for values in lists for value in values(view)])


def _all_of(node: Expression, types: Mapping[str, str]) -> Callable[[View], list[Value]]:
    if isinstance(node, Column):
        return _column(node, types)
    evaluated = _compiled(node, types)

    def values(view: View) -> list[Value]:
        value = evaluated(view)
        return value if isinstance(value, list) else [] if value is None else [value]

    return values


def _count(values: Sequence[Value]) -> int:
    return sum(value is not False for value in values)


def _sum(values: Iterable[Value]) -> Number | None:
    total: Number | None = 0
    for value in values:
        if total is None or number(value) is None:
            return None
        total = bounded(ARITHMETIC["+"](total, value))
    return total


def _round(value: Value, places: Value = 0) -> Number | None:
    if number(value) is None or type(places) is not int or abs(places) > MAX_DIGITS:
        return None
    with localcontext(EXACT):
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return bounded(rounded if places > 0 else int(rounded))


def _extreme(choose: Callable[..., Value]) -> Callable[..., Value]:
    def run(*values: Value) -> Value:
        families = {_family(value) for value in values}
        return choose(values) if families in ({"number"}, {"moment"}) else None

    return run


def _join(separator: Value, *values: Value) -> str | None:
    shown = [shown_text(value) for value in (separator, *values)]
    texts = [text for text in shown if text is not None]
    if len(texts) < len(shown) or sum(map(len, texts)) + len(texts[0]) * len(texts) > MAX_TEXT:
        return None
    return texts[0].join(texts[1:])


def shown_text(value: Value) -> str | None:
    """A value as `join` writes it: texts and dates as stored, numbers plainly."""
    if isinstance(value, str):
        return str(value)
    return None if number(value) is None else format(value, "f" if isinstance(value, Decimal) else "d")


def _days(first: Value, last: Value) -> tuple[date, date] | None:
    days = [day_of(value) for value in (first, last) if isinstance(value, Moment)]
    known = [day for day in days if day is not None]
    return (known[0], known[1]) if len(known) == 2 else None


def _years_between(first: Value, last: Value) -> int | None:
    days = _days(first, last)
    if days is None:
        return None
    early, late = sorted(days)
    years = late.year - early.year
    reached = shifted(early.isoformat(), (("years", years),))
    whole = years if reached is not None and reached <= late.isoformat() else years - 1
    return whole if early == days[0] else -whole


def _days_between(first: Value, last: Value) -> int | None:
    days = _days(first, last)
    return None if days is None else (days[1] - days[0]).days


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "min": _extreme(min),
    "max": _extreme(max),
    "round": _round,
    "join": _join,
    "years_between": _years_between,
    "days_between": _days_between,
}
LAZY: dict[str, Callable[..., Evaluate]] = {"if": _if, "first": _first, "filled": _filled}
COMPILERS: dict[type, Callable[[Any, Mapping[str, str]], Evaluate]] = {
    Literal: _literal,
    Name: _name,
    Column: _column,
    Sign: _sign,
    Chain: _chain,
    Comparison: _comparison,
    Call: _call,
}
# Their arguments may be nothing without the whole being nothing.
PATIENT = frozenset({"filled", "count", "sum", "first"})


def compared(formula: Formula, types: Mapping[str, str], view: View) -> Iterator[str]:
    """The names that must be filled for the formula to say something about this view."""
    return _compared(formula.root, types, view)


def _compared(node: Expression, types: Mapping[str, str], view: View) -> Iterator[str]:
    if isinstance(node, Name):
        yield node.name
    elif isinstance(node, Call) and node.function == "if":
        yield from _compared(node.arguments[0], types, view)
        chosen = 1 if _compiled(node.arguments[0], types)(view) is True else 2
        yield from _compared(node.arguments[chosen], types, view)
    elif not (isinstance(node, Call) and node.function in PATIENT):
        for part in parts(node):
            yield from _compared(part, types, view)
