"""The expressions of XLSForm (a part of XPath 1.0): text into a frozen tree. Nothing is evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from engine.errors import CannotCarry

MAX_LENGTH = 4_000
MAX_DEPTH = 40
MAX_DIGITS = 30

TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<ref>\$\{\s*(?:[^{}\s][^{}]*)\})|(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
    |(?P<text>"[^"]*"|'[^']*'|“[^”]*”|‘[^’]*’)|(?P<here>\.(?!\.))|(?P<parent>\.\.)
    |(?P<name>[^\W\d](?:[\w-]*\w)?(?::[\w-]+)?)|(?P<mark>!=|<=|>=|[-+*=<>(),/|@\[\]])""",
    re.VERBOSE,
)
BINDING = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "div": 6, "mod": 6,
}  # fmt: skip
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a quoted text."""

    value: int | Decimal | str


@dataclass(frozen=True, slots=True)
class Ref:
    """`${name}`."""

    name: str


@dataclass(frozen=True, slots=True)
class Here:
    """`.`: the question that the expression belongs to."""


@dataclass(frozen=True, slots=True)
class Parent:
    """`..`: the row or group it stands in."""


@dataclass(frozen=True, slots=True)
class Bare:
    """A name without `${}`: a column of the choices sheet, in a choice filter."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Negative:
    """`-part`."""

    part: Expression


Expression: TypeAlias = Literal | Ref | Here | Parent | Bare | Call | Binary | Negative
Word = tuple[str, str]  # kind, text


def words(text: str) -> Iterator[Word]:
    """The words of an expression and an end; raises `CannotCarry` at a character that starts none."""
    place = 0
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            raise CannotCarry(f'"{text[place]}" has no meaning in an expression')
        if found.lastgroup != "space":
            yield str(found.lastgroup), found.group()
        place = found.end()
    yield "end", ""


def parse(text: str) -> Expression:
    """The tree of an expression; raises `CannotCarry`."""
    if len(text) > MAX_LENGTH:
        raise CannotCarry(f"an expression of more than {MAX_LENGTH} characters is not read")
    parser = _Parser(list(words(text)))
    tree = parser.expression(0, 0)
    if parser.word[0] != "end":
        raise CannotCarry(f'the expression should end before "{parser.word[1]}"')
    return tree


class _Parser:
    """Precedence climbing over the words of one expression."""

    def __init__(self, found: list[Word]) -> None:
        self.words, self.place = found, 0

    @property
    def word(self) -> Word:
        return self.words[self.place]

    def take(self) -> Word:
        self.place += 1
        return self.words[self.place - 1]

    def expression(self, binding: int, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise CannotCarry(f"an expression nested more than {MAX_DEPTH} deep is not read")
        left = self.operand(depth)
        while self.word[0] in ("mark", "name") and BINDING.get(self.word[1], 0) > binding:
            operator = self.take()[1]
            left = Binary(operator, left, self.expression(BINDING[operator], depth + 1))
        return left

    def operand(self, depth: int) -> Expression:
        kind, text = self.take()
        if kind == "number":
            return _number(text)
        if kind == "text":
            return Literal(text[1:-1])
        if kind == "ref":
            return Ref(text[2:-1].strip())
        if kind in ("here", "parent"):
            return self.path(Here() if kind == "here" else Parent())
        if kind == "name" and self.word == ("mark", "("):
            return Call(text, self.arguments(depth))
        if kind == "name":
            return Bare(text)
        if (kind, text) == ("mark", "-"):
            return Negative(self.expression(6, depth + 1))
        if (kind, text) == ("mark", "("):
            inner = self.expression(0, depth + 1)
            self.expect(")")
            return inner
        raise CannotCarry(f"a value is wanted, not {shown(text)}" if text != "/" else "a path has no counterpart")

    def path(self, at: Expression) -> Expression:
        if self.word == ("mark", "/"):
            raise CannotCarry("a path has no counterpart; questions are named ${so}")
        return at

    def arguments(self, depth: int) -> tuple[Expression, ...]:
        self.take()
        found: list[Expression] = []
        while self.word != ("mark", ")"):
            if found:
                self.expect(",")
            found.append(self.expression(0, depth + 1))
        self.take()
        return tuple(found)

    def expect(self, mark: str) -> None:
        if self.word != ("mark", mark):
            raise CannotCarry(f'"{mark}" is wanted, not {shown(self.word[1])}')
        self.take()


def _number(text: str) -> Literal:
    if len(text) > MAX_DIGITS:
        raise CannotCarry(f"a number of more than {MAX_DIGITS} digits is not read")
    return Literal(Decimal(text) if "." in text else int(text))


def shown(text: str) -> str:
    """A word of an expression, for a sentence."""
    return f'"{text}"' if text else "the end"


def parts(tree: Expression) -> tuple[Expression, ...]:
    """What an expression is made of, from left to right."""
    if isinstance(tree, Binary):
        return (tree.left, tree.right)
    if isinstance(tree, Negative):
        return (tree.part,)
    return tree.arguments if isinstance(tree, Call) else ()


def walk(tree: Expression) -> Iterator[Expression]:
    """The expression and everything inside it."""
    yield tree
    for part in parts(tree):
        yield from walk(part)


def conjuncts(tree: Expression) -> Iterator[Expression]:
    """The parts that must all hold."""
    if isinstance(tree, Binary) and tree.operator == "and":
        yield from conjuncts(tree.left)
        yield from conjuncts(tree.right)
    else:
        yield tree
