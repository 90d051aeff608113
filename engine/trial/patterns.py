"""Texts that an administrator's pattern takes: made of the pattern itself, and proved by RE2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from engine.kinds.text import compiled_pattern

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzĐđÀàẢảÁáẠạĂăÂâÊêÔôƠơƯưỲỳ"
ALPHABET += " -/.,:;_()+#&'\"@!?%*=<>|~$^[]{}"
REPEATS = (0, 1, 2, 3, 5, 8, 13, 20, 30, 60)  # how often more than the least
TURNS = 4  # ways to choose among alternatives and letters
DEEPEST = 60
MOST = 200  # of one quantifier; RE2 takes up to 1000
COUNTED = re.compile(r"\{(\d+)(,?)(\d*)\}")
OPENING = re.compile(r"\((?:\?(?:P?<\w+>|[imsU-]*:|[imsU-]+(?=\))))?")
ESCAPE = re.compile(r"\\(?:[pP](?:\{\^?\w+\}|\w)|x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|[0-7]{3}|.)", re.DOTALL)
NO_WIDTH = frozenset("^$")
NO_WIDTH_ESCAPES = frozenset({r"\b", r"\B", r"\A", r"\z"})


class CannotRead(Exception):
    """A part of a pattern of which no texts are made."""


@dataclass(frozen=True, slots=True)
class Letters:
    """One of these letters."""

    known: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part so many times; without `most` there is no end."""

    part: Part
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """Parts one after the other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several."""

    parts: tuple[Part, ...]


Part: TypeAlias = Letters | Repeat | Row | Either


def examples(pattern: str, longest: int = 0) -> Iterator[str]:
    """Different texts that the whole pattern matches, short ones first; none where it is too much for this.

    One of `longest` characters is tried too.
    """
    try:
        tree = _Parser(pattern).whole()
    except CannotRead:
        return
    seen = set()
    to_longest = max(longest - len(_made(tree, 0, 0)), 0)
    for more, turn in product((*REPEATS, to_longest), range(TURNS)):
        made = _made(tree, more, turn)
        if made not in seen and compiled_pattern(pattern).fullmatch(made):
            yield made
        seen.add(made)


def _made(part: Part, more: int, turn: int) -> str:
    if isinstance(part, Letters):
        return part.known[turn % len(part.known)]
    if isinstance(part, Row):
        return "".join(_made(inner, more, turn) for inner in part.parts)
    if isinstance(part, Either):
        return _made(part.parts[turn % len(part.parts)], more, turn)
    most = part.least + more if part.most is None else min(part.most, part.least + more)
    return "".join(_made(part.part, more, turn + place) for place in range(most))


class _Parser:
    """Reads the part of RE2's syntax that patterns of forms are made of."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.place = 0
        self.depth = 0

    def whole(self) -> Part:
        """The whole pattern; raises `CannotRead`."""
        tree = self.either()
        if self.place < len(self.pattern):
            raise CannotRead(self.pattern)
        return tree

    @property
    def next(self) -> str:
        """The next character, or an empty text at the end."""
        return self.pattern[self.place : self.place + 1]

    def either(self) -> Part:
        """Alternatives."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise CannotRead(self.pattern)
        parts = [self.row()]
        while self.next == "|":
            self.place += 1
            parts.append(self.row())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def row(self) -> Part:
        """What stands one after the other."""
        parts = []
        while self.next and self.next not in "|)":
            parts.append(self.repeated(self.atom()))
        return Row(tuple(parts))

    def repeated(self, part: Part) -> Part:
        """A part with its quantifier, where it has one."""
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        counted = COUNTED.match(self.pattern, self.place)
        if self.next in simple and self.next:
            least, most = simple[self.next]
            self.place += 1
        elif counted:
            least = int(counted[1])
            most = (int(counted[3]) if counted[3] else None) if counted[2] else least
            self.place = counted.end()
        else:
            return part
        if least > MOST:
            raise CannotRead(self.pattern)
        if self.next == "?":  # lazy: it takes the same texts
            self.place += 1
        return Repeat(part, least, most)

    def atom(self) -> Part:
        """A letter, a class of letters or a group."""
        if self.next == "(":
            return self.group()
        if self.next in NO_WIDTH:
            self.place += 1
            return Row(())
        end = self._end_of_class() if self.next == "[" else self._end_of_letter()
        source, self.place = self.pattern[self.place : end], end
        if source in NO_WIDTH_ESCAPES:
            return Row(())
        return Letters(self._letters(source))

    def group(self) -> Part:
        """A group, named or not."""
        opening = OPENING.match(self.pattern, self.place)
        if opening is None:
            raise CannotRead(self.pattern)
        self.place = opening.end()
        inner = self.either()
        if self.next != ")":
            raise CannotRead(self.pattern)
        self.place += 1
        return inner

    def _end_of_class(self) -> int:
        place = self.place + 1
        place += self.pattern[place : place + 1] == "^"
        place += self.pattern[place : place + 1] == "]"  # a bracket that stands first is a letter
        while self.pattern[place : place + 1] != "]":
            escape = ESCAPE.match(self.pattern, place)
            named = self.pattern.find(":]", place) if self.pattern.startswith("[:", place) else -1
            place = escape.end() if escape else named + 2 if named > 0 else place + 1
            if place >= len(self.pattern):
                raise CannotRead(self.pattern)
        return place + 1

    def _end_of_letter(self) -> int:
        escape = ESCAPE.match(self.pattern, self.place)
        return escape.end() if escape else self.place + 1

    def _letters(self, source: str) -> str:
        """The letters that RE2 itself says this part takes: those of the alphabet, and those it names."""
        matcher = compiled_pattern(source)
        found = "".join(letter for letter in dict.fromkeys(ALPHABET + source) if matcher.fullmatch(letter))
        if not found:
            raise CannotRead(source)
        return found
