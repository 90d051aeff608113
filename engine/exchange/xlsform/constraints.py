"""A constraint of XLSForm as options of its field, where they mean the same; what remains becomes a check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import re2

from engine.exchange.xlsform.conditions import TODAY, TURNED
from engine.exchange.xlsform.scope import DAY, Known, number_of
from engine.exchange.xlsform.xpath import COMPARISONS, Binary, Call, Expression, Here, Literal, Negative, Ref, conjuncts
from engine.kinds.text import compiled_pattern

Options = dict[str, Any]


def options(tree: Expression, known: Known, written: str) -> tuple[Options, list[Expression]]:
    """The options that say some of the constraint, and the parts that none says. `written` names the question."""
    found: Options = {}
    rest = []
    for part in conjuncts(tree):
        told = _option(part, known, written)
        if told is None or set(told) & set(found):
            rest.append(part)
        else:
            found |= told
    return found, rest


def _option(part: Expression, known: Known, written: str) -> Options | None:
    if isinstance(part, Call) and part.function == "regex" and known.kind == "text" and len(part.arguments) == 2:
        subject, pattern = part.arguments
        return _pattern(pattern) if _is_own(subject, written) and isinstance(pattern, Literal) else None
    if not isinstance(part, Binary) or part.operator not in COMPARISONS:
        return None
    left, right, sign = part.left, part.right, part.operator
    if not _about(left, written):
        left, right, sign = right, left, TURNED[sign]
    if _is_own(left, written):
        limit = LIMITS.get(known.kind)
        return limit(sign, right) if limit else None
    if isinstance(left, Call) and len(left.arguments) == 1 and _is_own(left.arguments[0], written):
        lengths = LENGTHS.get((left.function, known.kind))
        return _counted(sign, right, *lengths) if lengths else None
    return None


def _is_own(tree: Expression, written: str) -> bool:
    return isinstance(tree, Here) or (isinstance(tree, Ref) and tree.name == written)


def _about(tree: Expression, written: str) -> bool:
    return _is_own(tree, written) or (isinstance(tree, Call) and any(_is_own(one, written) for one in tree.arguments))


def _pattern(pattern: Literal) -> Options | None:
    """A pattern for the whole text, which is what `regex()` means too."""
    bare = str(pattern.value).removeprefix("^")
    if bare.endswith("$") and not bare.endswith("\\$"):
        bare = bare[:-1]
    try:
        compiled_pattern(bare)
    except re2.error:
        return None
    return {"pattern": bare}


def _literal(tree: Expression) -> int | Decimal | None:
    if isinstance(tree, Negative) and (inner := _literal(tree.part)) is not None:
        return -inner
    return number_of(tree.value) if isinstance(tree, Literal) else None


def _whole(sign: str, right: Expression) -> Options | None:
    number = _literal(right)
    if not isinstance(number, int):
        return None
    limits = {">": {"min": number + 1}, ">=": {"min": number}, "<": {"max": number - 1}, "<=": {"max": number}}
    return limits.get(sign)


def _exact(sign: str, right: Expression) -> Options | None:
    number = _literal(right)
    return None if number is None else {">=": {"min": number}, "<=": {"max": number}}.get(sign)


def _day(sign: str, right: Expression) -> Options | None:
    later = {">": 1, ">=": 0, "<": -1, "<=": 0}
    if sign not in later:
        return None
    limit = _moved(right, later[sign])
    return None if limit is None else {"min" if sign in (">", ">=") else "max": limit}


def _moved(tree: Expression, days: int) -> Any:
    """A fixed day or today, so many days later."""
    if isinstance(tree, Call) and tree.function == "date" and len(tree.arguments) == 1:
        return _moved(tree.arguments[0], days)
    if isinstance(tree, Call) and tree.function in TODAY:
        return {"today": {"days": days}} if days else "today"
    if isinstance(tree, Literal) and DAY.fullmatch(str(tree.value)):
        return _fixed(str(tree.value), days)
    if isinstance(tree, Binary) and tree.operator in ("+", "-"):
        number = _literal(tree.right)
        if isinstance(number, int):
            return _moved(tree.left, days + (number if tree.operator == "+" else -number))
    return None


def _fixed(written: str, days: int) -> str | None:
    try:
        return (date.fromisoformat(written) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return None


def _counted(sign: str, right: Expression, least: str, most: str) -> Options | None:
    number = _literal(right)
    if not isinstance(number, int):
        return None
    told = {
        ">": {least: number + 1}, ">=": {least: number}, "<": {most: number - 1}, "<=": {most: number},
        "=": {least: number, most: number},
    }.get(sign)  # fmt: skip
    if told is None or min(told.values()) < 1:
        return None
    return told


LIMITS: dict[str, Callable[[str, Expression], Options | None]] = {
    "integer": _whole,
    "decimal": _exact,
    "date": _day,
}
LENGTHS = {
    ("string-length", "text"): ("min_length", "max_length"),
    ("string-length", "long_text"): ("min_length", "max_length"),
    ("count-selected", "choices"): ("min", "max"),
}
