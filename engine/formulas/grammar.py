"""The grammar of formulas: text into a frozen tree. Nothing of the host language is evaluated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from engine.format.faults import did_you_mean

MAX_LENGTH = 2_000
MAX_DEPTH = 50
MAX_DIGITS = 30

TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<text>"(?:[^"\\]|\\["'\\])*"|'(?:[^'\\]|\\["'\\])*')|(?P<mark>==|!=|<=|>=|//|[-+*/%<>(),.=])""",
    re.VERBOSE,
)
NAME = re.compile(r"[a-z][a-z0-9_]*")
ESCAPE = re.compile(r"\\(.)")
WORDS = ("and", "or", "not", "true", "false")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
CHAINS = ("or", "and", "+", "-", "*", "/", "//", "%")
BINDING = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(COMPARISONS, 4),
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "//": 6,
    "%": 6,
}
NOT_BINDING = 3
SIGN_BINDING = 7
# How many arguments each function takes; no end is written as MAX_LENGTH.
FUNCTIONS = {
    "if": (3, 3),
    "min": (1, MAX_LENGTH),
    "max": (1, MAX_LENGTH),
    "round": (1, 2),
    "count": (1, 1),
    "sum": (1, MAX_LENGTH),
    "first": (1, MAX_LENGTH),
    "filled": (1, 1),
    "join": (2, MAX_LENGTH),
    "years_between": (2, 2),
    "days_between": (2, 2),
}
OVER_COLUMNS = ("count", "sum")


class FormulaFault(ValueError):
    """What is wrong in a formula, and at which character (from 0)."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(message)
        self.position = position
        self.message = message


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a quoted text, true or false."""

    value: int | Decimal | str | bool
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """A field, a rate, `today` or `channel`."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Column:
    """All values of one column of a group."""

    group: str
    column: str
    position: int


@dataclass(frozen=True, slots=True)
class Sign:
    """`-x`, `+x` or `not x`."""

    operator: str
    part: Expression
    position: int


@dataclass(frozen=True, slots=True)
class Chain:
    """`a + b - c`: operators of one binding, from left to right. Flat, so that a long sum is not deep."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]
    position: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`a <= b`."""

    left: Expression
    operator: str
    right: Expression
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the closed list."""

    function: str
    arguments: tuple[Expression, ...]
    position: int


Expression: TypeAlias = Literal | Name | Column | Sign | Chain | Comparison | Call


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it was written, and its tree."""

    text: str
    root: Expression


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a formula."""

    kind: str
    text: str
    position: int


def tokens(text: str) -> Iterator[Token]:
    """The words of a formula and an end; raises `FormulaFault` at a character that starts none."""
    position = 0
    while position < len(text):
        found = TOKEN.match(text, position)
        if not found:
            raise FormulaFault(position, _stray(text[position]))
        if found.lastgroup != "space":
            yield Token(found.lastgroup or "", found.group(), position)
        position = found.end()
    yield Token("end", "", len(text))


def _stray(character: str) -> str:
    if character in "\"'":
        return "a text is not closed by its quote"
    hint = {"&": '; did you mean "and"?', "|": '; did you mean "or"?', "!": '; did you mean "not"?'}
    return f'"{character}" has no meaning in a formula{hint.get(character, "")}'


def parse(text: str) -> Formula:
    """The tree of a formula; raises `FormulaFault`."""
    if len(text) > MAX_LENGTH:
        raise FormulaFault(MAX_LENGTH, f"a formula has {MAX_LENGTH} characters at the most")
    parser = _Parser(list(tokens(text)))
    root = parser.expression(0, 0)
    parser.expect("end", "")
    return Formula(text, root)


class _Parser:
    """A Pratt parser over the words of one formula."""

    def __init__(self, words: list[Token]) -> None:
        self.words = words
        self.place = 0

    @property
    def word(self) -> Token:
        return self.words[self.place]

    def take(self) -> Token:
        self.place += 1
        return self.words[self.place - 1]

    def at(self, text: str) -> bool:
        return self.word.kind == "mark" and self.word.text == text

    def expect(self, kind: str, text: str) -> None:
        if (self.word.kind, self.word.text) != (kind, text):
            wanted = f'"{text}" is wanted' if text else "the formula should end"
            raise FormulaFault(self.word.position, f"{wanted}, not {_shown(self.word)}")
        self.take()

    def expression(self, binding: int, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise FormulaFault(self.word.position, f"a formula may be nested {MAX_DEPTH} deep at the most")
        left = self.operand(depth)
        while BINDING.get(self.operator(), 0) > binding:
            word = self.take()
            right = self.expression(BINDING[word.text], depth + 1)
            left = self.joined(left, word, right)
        return left

    def operator(self) -> str:
        if self.at("="):
            raise FormulaFault(self.word.position, 'a comparison is written "=="')
        return self.word.text if self.word.kind in ("mark", "name") else ""

    def joined(self, left: Expression, word: Token, right: Expression) -> Expression:
        if word.text in COMPARISONS:
            if BINDING.get(self.operator()) == BINDING["=="]:
                raise FormulaFault(self.word.position, 'comparisons do not chain; join two with "and"')
            return Comparison(left, word.text, right, word.position)
        if isinstance(left, Chain) and BINDING[left.rest[0][0]] == BINDING[word.text]:
            return Chain(left.first, (*left.rest, (word.text, right)), left.position)
        return Chain(left, ((word.text, right),), word.position)

    def operand(self, depth: int) -> Expression:
        word = self.take()
        if word.kind == "number":
            return self.number(word)
        if word.kind == "text":
            value = ESCAPE.sub(r"\1", word.text[1:-1])
            return Literal(unicodedata.normalize("NFC", value), word.position)
        if word.kind == "mark" and word.text == "(":
            inner = self.expression(0, depth + 1)
            self.expect("mark", ")")
            return inner
        if word.kind == "mark" and word.text in "+-":
            return Sign(word.text, self.expression(SIGN_BINDING, depth + 1), word.position)
        if word.text == "not":
            return Sign("not", self.expression(NOT_BINDING, depth + 1), word.position)
        if word.kind == "name" and word.text not in ("and", "or"):
            return self.named(word, depth)
        raise FormulaFault(word.position, f"a value is wanted, not {_shown(word)}")

    def number(self, word: Token) -> Expression:
        if self.word.kind == "name" and self.word.position == word.position + len(word.text):
            raise FormulaFault(word.position, f'"{word.text}{self.word.text}" is neither a number nor a name')
        if len(word.text.replace(".", "")) > MAX_DIGITS:
            raise FormulaFault(word.position, f"a number has {MAX_DIGITS} digits at the most")
        return Literal(Decimal(word.text) if "." in word.text else int(word.text), word.position)

    def named(self, word: Token, depth: int) -> Expression:
        if word.text in ("true", "false"):
            return Literal(word.text == "true", word.position)
        if self.at("("):
            return self.call(word, depth)
        if not NAME.fullmatch(word.text):
            raise FormulaFault(word.position, f'"{word.text}" is no name of a field')
        if self.at("."):
            raise FormulaFault(self.word.position, f"a column stands only in {' and '.join(OVER_COLUMNS)}")
        return Name(word.text, word.position)

    def call(self, word: Token, depth: int) -> Expression:
        if word.text not in FUNCTIONS:
            hint = did_you_mean(word.text, FUNCTIONS)
            raise FormulaFault(word.position, f'unknown function "{word.text}"{hint}')
        self.take()
        arguments = [self.argument(word.text, depth)] if not self.at(")") else []
        while self.at(","):
            self.take()
            arguments.append(self.argument(word.text, depth))
        self.expect("mark", ")")
        least, most = FUNCTIONS[word.text]
        if not least <= len(arguments) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}" if most < MAX_LENGTH else f"{least} or more"
            raise FormulaFault(word.position, f'"{word.text}" takes {wanted} arguments, not {len(arguments)}')
        return Call(word.text, tuple(arguments), word.position)

    def argument(self, function: str, depth: int) -> Expression:
        word, dot, column = (*self.words[self.place :], self.words[-1], self.words[-1])[:3]
        if function in OVER_COLUMNS and word.kind == "name" and dot.text == "." and dot.kind == "mark":
            if column.kind != "name" or not NAME.fullmatch(column.text):
                raise FormulaFault(column.position, f"a column is wanted, not {_shown(column)}")
            self.place += 3
            return Column(word.text, column.text, word.position)
        return self.expression(0, depth + 1)


def _shown(word: Token) -> str:
    return f'"{word.text}"' if word.text else "the end"


def parts(expression: Expression) -> tuple[Expression, ...]:
    """What an expression is made of, from left to right."""
    if isinstance(expression, Sign):
        return (expression.part,)
    if isinstance(expression, Chain):
        return (expression.first, *(part for _, part in expression.rest))
    if isinstance(expression, Comparison):
        return (expression.left, expression.right)
    return expression.arguments if isinstance(expression, Call) else ()


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything inside it, from left to right."""
    yield expression
    for part in parts(expression):
        yield from walk(part)


def names(formula: Formula) -> tuple[str, ...]:
    """Every field, group, rate and reserved name of a formula, once, in order."""
    found = (
        item.name if isinstance(item, Name) else item.group
        for item in walk(formula.root)
        if isinstance(item, Name | Column)
    )
    return tuple(dict.fromkeys(found))


def columns(formula: Formula) -> tuple[tuple[str, str], ...]:
    """Every (group, column) of a formula, once, in order."""
    found = ((item.group, item.column) for item in walk(formula.root) if isinstance(item, Column))
    return tuple(dict.fromkeys(found))


def compared_texts(formula: Formula) -> Iterator[tuple[str, str]]:
    """Every (name, text in quotes) that are compared with each other."""
    for item in walk(formula.root):
        if isinstance(item, Comparison):
            for one, other in ((item.left, item.right), (item.right, item.left)):
                if isinstance(one, Name) and isinstance(other, Literal) and isinstance(other.value, str):
                    yield one.name, other.value


def functions(formula: Formula) -> frozenset[str]:
    """The functions that a formula calls."""
    return frozenset(item.function for item in walk(formula.root) if isinstance(item, Call))


def rename(text: str, names: Mapping[str, str]) -> str:
    """The text with its fields and groups renamed, all else as it was written; raises `FormulaFault`."""
    words, renamed, end = list(tokens(text)), [], 0
    for index, word in enumerate(words[:-1]):
        before, after = words[index - 1].text if index else "", words[index + 1].text
        name = word.kind == "name" and word.text not in WORDS and after != "(" and before != "."
        renamed += [text[end : word.position], names.get(word.text, word.text) if name else word.text]
        end = word.position + len(word.text)
    return "".join(renamed) + text[end:]
