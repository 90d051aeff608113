"""Expressions of XLSForm as conditions of the format, where both mean the same; else `CannotCarry` says why not.

An unanswered question is an empty text there and nothing here, so that `!=` becomes the negation of `is`, and a
comparison with the empty text asks whether there is an answer.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeAlias

from engine.errors import CannotCarry
from engine.exchange.xlsform.scope import CLOCK, DAY, NUMBERS, TIMES, Known, Scope, number_of
from engine.exchange.xlsform.xpath import COMPARISONS, Binary, Call, Expression, Here, Literal, Negative, Ref

Plain: TypeAlias = dict[str, Any]
SIZES = {"<": "less_than", "<=": "at_most", ">": "more_than", ">=": "at_least"}
MOMENTS = {"<": "before", "<=": "on_or_before", ">": "after", ">=": "on_or_after"}
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
COUNTS = {"=": "is", "!=": "is_not", **SIZES}
TODAY = ("today", "now")
TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def condition(tree: Expression, scope: Scope) -> Plain | bool:
    """The condition, or true or false where it always or never holds; raises `CannotCarry`."""
    if isinstance(tree, Binary) and tree.operator in ("and", "or"):
        parts = [condition(part, scope) for part in (tree.left, tree.right)]
        return joined("all" if tree.operator == "and" else "any", parts)
    if isinstance(tree, Binary) and tree.operator in COMPARISONS:
        return _comparison(tree, scope)
    if isinstance(tree, Call) and tree.function in CALLS:
        return CALLS[tree.function](tree, scope)
    if isinstance(tree, Call):
        raise CannotCarry(f"{tree.function}() has no counterpart in a condition")
    if isinstance(tree, Ref | Here) and scope.answer(tree).kind == "confirm":
        return {"field": scope.answer(tree).name, "is": True}
    raise CannotCarry("a comparison is wanted; a bare value has no counterpart as a condition")


def joined(head: str, parts: Iterable[Plain | bool]) -> Plain | bool:
    """All or any of some conditions, those that always or never hold taken out, one inside the same one level up."""
    ends = head == "any"
    kept: list[Plain] = []
    for part in parts:
        if isinstance(part, bool):
            if part is ends:
                return ends
        else:
            kept += part[head] if set(part) == {head} else [part]
    if not kept:
        return not ends
    return kept[0] if len(kept) == 1 else {head: kept}


def negated(part: Plain | bool) -> Plain | bool:
    """The opposite."""
    if isinstance(part, bool):
        return not part
    return part["not"] if set(part) == {"not"} else {"not": part}


def _arguments(tree: Call, number: int) -> tuple[Expression, ...]:
    if len(tree.arguments) != number:
        raise CannotCarry(f"{tree.function}() takes {number} arguments, not {len(tree.arguments)}")
    return tree.arguments


def _not(tree: Call, scope: Scope) -> Plain | bool:
    return negated(condition(_arguments(tree, 1)[0], scope))


def _selected(tree: Call, scope: Scope) -> Plain | bool:
    left, right = _arguments(tree, 2)
    known = scope.answer(left)
    if known.kind not in ("choice", "choices"):
        raise CannotCarry("selected() asks of a question with choices only")
    word = "contains" if known.kind == "choices" else "is"
    value = _operand(known, right, scope)
    if isinstance(value, dict) and known.kind == "choices":
        raise CannotCarry("selected() with the answer of another question has no counterpart")
    return {"field": known.name, word: value}


def _constant(*, holds: bool) -> Callable[[Call, Scope], Plain | bool]:
    def read(tree: Call, _scope: Scope) -> Plain | bool:
        _arguments(tree, 0)
        return holds

    return read


CALLS: dict[str, Callable[[Call, Scope], Plain | bool]] = {
    "not": _not,
    "selected": _selected,
    "true": _constant(holds=True),
    "false": _constant(holds=False),
    "boolean": lambda tree, scope: condition(_arguments(tree, 1)[0], scope),
}


def _comparison(tree: Binary, scope: Scope) -> Plain | bool:
    left, right, sign = tree.left, tree.right, tree.operator
    if isinstance(left, Literal) and isinstance(right, Literal):
        return _of_literals(left, right, sign)
    if not _looks(left) and _looks(right):
        left, right, sign = right, left, TURNED[sign]
    if isinstance(left, Call) and left.function in ("count-selected", "count"):
        return _counted(left, right, sign, scope)
    if isinstance(left, Call) and left.function == "string-length":
        return _length(left, right, sign, scope)
    if isinstance(left, Call) and left.function in ("number", "int", "string", "date") and len(left.arguments) == 1:
        left = left.arguments[0]
    if isinstance(left, Call):
        raise CannotCarry(f"{left.function}() has no counterpart in a condition")
    return compared(scope.answer(left), sign, right, scope)


def _looks(tree: Expression) -> bool:
    """Whether a side of a comparison looks at a question, so that it can stand left."""
    if isinstance(tree, Call) and tree.function not in (*TODAY, "date"):
        return any(map(_looks, tree.arguments))
    return isinstance(tree, Ref | Here)


def _of_literals(left: Literal, right: Literal, sign: str) -> bool:
    numbers = number_of(left.value), number_of(right.value)
    if None not in numbers:
        return TESTS[sign](*numbers)
    if sign in ("=", "!="):
        return TESTS[sign](str(left.value), str(right.value))
    raise CannotCarry("texts are not compared by size")


def compared(known: Known, sign: str, right: Expression, scope: Scope) -> Plain | bool:
    """A question compared with a value."""
    if isinstance(right, Literal) and right.value == "":
        if sign not in ("=", "!="):
            raise CannotCarry("the empty text is not compared by size")
        return {"field": known.name, "empty" if sign == "=" else "filled": True}
    operand = _operand(known, right, scope)
    if sign in ("=", "!="):
        same = _same(known, operand, right, scope)
        return same if sign == "=" else negated(same)
    words = SIZES if known.sort in NUMBERS else MOMENTS if known.sort in TIMES else {}
    if sign not in words:
        raise CannotCarry(f'"{known.name}" is compared by size and holds neither a number nor a time')
    return {"field": known.name, words[sign]: operand}


def _same(known: Known, operand: Any, right: Expression, scope: Scope) -> Plain | bool:
    if known.kind == "choices":
        if isinstance(operand, dict):
            raise CannotCarry("several choices compared with another answer have no counterpart")
        return {"all": [{"field": known.name, "contains": operand}, {"field": known.name, "count": {"is": 1}}]}
    equal = {"field": known.name, "is": operand}
    if not isinstance(right, Ref):
        return equal
    both_empty = [{"field": name, "empty": True} for name in (known.name, scope.answer(right).name)]
    return {"any": [equal, {"all": both_empty}]}


def _operand(known: Known, tree: Expression, scope: Scope) -> Any:
    """What a question is compared with, in the form that its kind stores."""
    if isinstance(tree, Call) and tree.function in ("number", "string", "date", "int") and len(tree.arguments) == 1:
        return _operand(known, tree.arguments[0], scope)
    if isinstance(tree, Negative):
        value = _operand(known, tree.part, scope)
        if isinstance(value, int | Decimal):
            return -value
        raise CannotCarry("only a number has a sign")
    if isinstance(tree, Literal):
        return _stored(known, tree.value)
    if isinstance(tree, Ref | Here):
        return {"field": scope.answer(tree).name}
    if isinstance(tree, Call) and tree.function in TODAY:
        return "today"
    if isinstance(tree, Binary) and tree.operator in ("+", "-") and isinstance(tree.right, Literal):
        return _moved(known, tree, tree.right, scope)
    raise CannotCarry("only a value, a question or a day can be compared with")


def _moved(known: Known, tree: Binary, by: Literal, scope: Scope) -> Any:
    """A day, so many days later or earlier."""
    start, number = _operand(known, tree.left, scope), number_of(by.value)
    if known.sort != "date" or not isinstance(number, int):
        raise CannotCarry("a sum can be compared with only where it moves a day by whole days")
    days = {"days": number if tree.operator == "+" else -number}
    if start == "today":
        return {"today": days}
    if isinstance(start, dict):
        return start | {"plus": days}
    raise CannotCarry("a fixed day is written as the day it comes to")


def _stored(known: Known, value: int | Decimal | str) -> Any:
    """A literal as the kind stores it; raises `CannotCarry` where it cannot hold it."""
    if known.sort in NUMBERS:
        number = number_of(value)
        if number is None:
            raise CannotCarry(f'"{known.name}" holds a number and is compared with "{value}"')
        return number
    if known.kind in ("choice", "choices"):
        if str(value) not in known.values:
            raise CannotCarry(f'"{value}" is no choice of "{known.name}"')
        return known.values[str(value)]
    if known.kind == "confirm":
        if str(value).lower() not in ("ok", "yes", "true"):
            raise CannotCarry(f'a box that is ticked is compared with "OK", not "{value}"')
        return True
    if (known.sort == "date" and not DAY.fullmatch(str(value))) or (
        known.sort == "time" and not CLOCK.fullmatch(str(value))
    ):
        raise CannotCarry(f'"{value}" is no {known.sort}')
    return str(value)[:5] if known.sort == "time" else str(value)


def _counted(tree: Call, right: Expression, sign: str, scope: Scope) -> Plain | bool:
    known = scope.question(_arguments(tree, 1)[0])
    wanted = "choices" if tree.function == "count-selected" else "group"
    number = number_of(right.value) if isinstance(right, Literal) else None
    if known.kind != wanted or not isinstance(number, int) or number < 0:
        what = "several choices" if wanted == "choices" else "repeated rows"
        raise CannotCarry(f"{tree.function}() counts {what} and is compared with a whole number")
    counts: Plain = {"field": known.name, "count": {COUNTS[sign]: number}}
    # Nothing counts as none there; here a comparison with nothing is false.
    return joined("any", [{"field": known.name, "empty": True}, counts]) if TESTS[sign](0, number) else counts


def _length(tree: Call, right: Expression, sign: str, scope: Scope) -> Plain | bool:
    known = scope.answer(_arguments(tree, 1)[0])
    number = number_of(right.value) if isinstance(right, Literal) else None
    filled = {(">", 0): True, (">=", 1): True, ("!=", 0): True, ("=", 0): False, ("<", 1): False, ("<=", 0): False}
    answer = filled.get((sign, number)) if isinstance(number, int) else None
    if answer is None:
        raise CannotCarry("a text's length can be looked at in its own constraint only")
    return {"field": known.name, "filled" if answer else "empty": True}
