"""Expressions of XLSForm as formulas of the format, where both mean the same; else `CannotCarry` says why not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine import formulas
from engine.errors import CannotCarry
from engine.exchange.xlsform.scope import NUMBERS, Scope
from engine.exchange.xlsform.xpath import COMPARISONS, Binary, Call, Expression, Here, Literal, Negative, Ref

OPERATORS = {"+": "+", "-": "-", "*": "*", "div": "/", "mod": "%", "and": "and", "or": "or", "=": "=="} | {
    sign: sign for sign in COMPARISONS if sign != "="
}
DAYS = ("today", "now")


def formula(tree: Expression, scope: Scope) -> str:
    """The formula's text; raises `CannotCarry`."""
    text = _text(tree, scope)
    if text.startswith("(") and isinstance(tree, Binary):
        text = text[1:-1]
    try:
        formulas.parse(text)
    except formulas.FormulaFault as fault:
        raise CannotCarry(f"as a formula: {fault}") from fault
    return text


def _text(tree: Expression, scope: Scope) -> str:
    if isinstance(tree, Literal):
        return quoted(tree.value) if isinstance(tree.value, str) else str(tree.value)
    if isinstance(tree, Ref | Here):
        return _named(tree, scope)
    if isinstance(tree, Negative):
        return f"(-{_text(tree.part, scope)})"
    if isinstance(tree, Binary):
        return _binary(tree, scope)
    if isinstance(tree, Call):
        if tree.function not in CALLS:
            raise CannotCarry(f"{tree.function}() has no counterpart in a formula")
        return CALLS[tree.function](tree, scope)
    raise CannotCarry("a path or a bare name has no counterpart in a formula")


def quoted(text: str) -> str:
    """A text in quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _named(tree: Ref | Here, scope: Scope) -> str:
    known = scope.answer(tree)
    if known.kind in ("choices", "file", "signature"):
        raise CannotCarry(f'"{known.name}" holds no single value that a formula could use')
    return known.name


def _binary(tree: Binary, scope: Scope) -> str:
    left, right = tree.left, tree.right
    if tree.operator == "-" and result(left, scope) == result(right, scope) == "date":
        return f"days_between({_text(right, scope)}, {_text(left, scope)})"
    if tree.operator in ("+", "-") and "date" in (result(left, scope), result(right, scope)):
        raise CannotCarry("a day moved by days has no counterpart in a formula")
    if tree.operator in ("=", "!="):
        for side, other in ((left, right), (right, left)):
            if isinstance(other, Literal) and other.value == "":
                filled = f"filled({_text(side, scope)})"
                return filled if tree.operator == "!=" else f"(not {filled})"
    text = f"{_text(left, scope)} {OPERATORS[tree.operator if tree.operator != '!=' else '=']} {_text(right, scope)}"
    return f"(not ({text}))" if tree.operator == "!=" else f"({text})"  # what is nothing differs there


def _wants(tree: Call, least: int, most: int | None = None) -> tuple[Expression, ...]:
    if not least <= len(tree.arguments) <= (least if most is None else most):
        raise CannotCarry(f"{tree.function}() with {len(tree.arguments)} arguments has no counterpart")
    return tree.arguments


def _function(name: str, least: int, most: int) -> Callable[[Call, Scope], str]:
    def write(tree: Call, scope: Scope) -> str:
        return f"{name}({', '.join(_text(part, scope) for part in _wants(tree, least, most))})"

    return write


def _same(tree: Call, scope: Scope) -> str:
    return _text(_wants(tree, 1)[0], scope)


def _number(tree: Call, scope: Scope) -> str:
    part = _wants(tree, 1)[0]
    if result(part, scope) not in NUMBERS:
        raise CannotCarry(f"{tree.function}() of what is no number has no counterpart")
    return _text(part, scope)


def _whole(tree: Call, scope: Scope) -> str:
    """`int()` cuts towards zero; `//` goes down."""
    inner = _number(tree, scope)
    return f"if({inner} >= 0, {inner} // 1, -(-{inner} // 1))"


def _sum(tree: Call, scope: Scope) -> str:
    known = scope.question(_wants(tree, 1)[0])
    if not known.group or known.group == scope.group:
        raise CannotCarry("sum() adds up a column of repeated rows, from outside them")
    return f"sum({known.group}.{known.name})"


def _count(tree: Call, scope: Scope) -> str:
    known = scope.question(_wants(tree, 1)[0])
    group = known.name if known.kind == "group" else known.group
    if not group or group == scope.group:
        raise CannotCarry("count() counts repeated rows, from outside them")
    return f"count({group})"


def _count_selected(tree: Call, scope: Scope) -> str:
    known = scope.answer(_wants(tree, 1)[0])
    if known.kind != "choices":
        raise CannotCarry("count-selected() counts several choices")
    return f"count({known.name})"


def _selected(tree: Call, scope: Scope) -> str:
    left, right = _wants(tree, 2)
    known = scope.answer(left)
    if known.kind != "choice" or not isinstance(right, Literal) or str(right.value) not in known.values:
        raise CannotCarry("selected() in a formula asks one choice of a question with a single choice")
    return f"({known.name} == {quoted(known.values[str(right.value)])})"


def _concat(tree: Call, scope: Scope) -> str:
    """An unanswered part is an empty text there; here it would make the whole nothing."""
    parts = [
        _text(part, scope) if isinstance(part, Literal) else f'first({_text(part, scope)}, "")'
        for part in _wants(tree, 1, 100)
    ]
    return f'join("", {", ".join(parts)})'


def _date(tree: Call, scope: Scope) -> str:
    part = _wants(tree, 1)[0]
    if result(part, scope) != "date":
        raise CannotCarry("a fixed day has no counterpart in a formula")
    return _text(part, scope)


def _day(tree: Call, _scope: Scope) -> str:
    _wants(tree, 0)
    return "today"


CALLS: dict[str, Callable[[Call, Scope], str]] = {
    "if": _function("if", 3, 3),
    "coalesce": _function("first", 2, 2),
    "max": _function("max", 2, 100),
    "min": _function("min", 2, 100),
    "round": _function("round", 1, 2),
    "number": _number,
    "int": _whole,
    "string": _same,
    "date": _date,
    "sum": _sum,
    "count": _count,
    "count-selected": _count_selected,
    "selected": _selected,
    "concat": _concat,
    "today": _day,
    "now": _day,
    "not": lambda tree, scope: f"(not {_text(_wants(tree, 1)[0], scope)})",
    "true": lambda tree, _: "true",
    "false": lambda tree, _: "false",
}
RESULTS = {
    "concat": "text", "string": "text", "count": "integer", "count-selected": "integer", "int": "integer",
    "today": "date", "now": "date", "date": "date", "true": "boolean", "false": "boolean", "not": "boolean",
    "selected": "boolean",
}  # fmt: skip


def result(tree: Expression, scope: Scope) -> str:
    """What an expression gives: integer, decimal, text, date or boolean; empty where that cannot be told."""
    if isinstance(tree, Literal):
        return "text" if isinstance(tree.value, str) else "decimal" if isinstance(tree.value, Decimal) else "integer"
    if isinstance(tree, Ref | Here):
        known = scope.question(tree)
        return known.sort if known.sort in (*NUMBERS, "date") else "text"
    if isinstance(tree, Negative):
        return result(tree.part, scope)
    if isinstance(tree, Binary):
        return _of_binary(tree, scope)
    return _of_call(tree, scope) if isinstance(tree, Call) else ""


def _of_binary(tree: Binary, scope: Scope) -> str:
    if tree.operator in (*COMPARISONS, "and", "or"):
        return "boolean"
    sides = [result(tree.left, scope), result(tree.right, scope)]
    if tree.operator == "-" and sides == ["date", "date"]:
        return "integer"
    return "integer" if sides == ["integer", "integer"] and tree.operator != "div" else "decimal"


def _of_call(tree: Call, scope: Scope) -> str:
    if tree.function in RESULTS:
        return RESULTS[tree.function]
    if tree.function == "round":
        return "integer" if len(tree.arguments) == 1 else "decimal"
    parts = {result(part, scope) for part in tree.arguments[tree.function == "if" :]}
    if parts <= set(NUMBERS) and parts:
        return "integer" if parts == {"integer"} else "decimal"
    return parts.pop() if len(parts) == 1 else "text"
