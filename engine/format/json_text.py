"""The same document as JSON: read into nodes with their lines, and written again with its decimals exact.

The program's own reader, since the standard one knows no lines, lets a key stand twice and makes floats.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.format.faults import MOST_FAULTS, Fault, and_more
from engine.format.reading import Node, Scalar
from engine.format.source import CONSTANTS, MAX_DEPTH, UNREADABLE, UNSTORABLE, scalar, text_of

TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)|(?P<text>"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")
    |(?P<number>-?[0-9][0-9.eE+-]*)|(?P<word>[A-Za-z_]+)|(?P<mark>[][{}:,])""",
    re.VERBOSE,
)
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
WORDS = ("true", "false", "null")
ENDS = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a file, with its line."""

    kind: str
    text: str
    line: int


class _Broken(Exception):
    """The file is no JSON from here on."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


def parse_far(data: bytes | str, file: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """The nodes of a JSON file where all values could be read, and every fault of its text."""
    text, faults = text_of(data, file)
    if text is None:
        return None, faults
    building = _Building(file, tokens(text))
    try:
        return building.whole(), tuple(building.faults)
    except _Broken as broken:
        building.fault(broken.line, str(broken))
        return None, tuple(building.faults)


def tokens(text: str) -> Iterator[Token]:
    """The words of a text and an end; raises `_Broken` at a character that starts none."""
    place, line = 0, 1
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            what = "a text is not closed by its quote" if text[place] == '"' else f'"{text[place]}" has no meaning here'
            raise _Broken(line, f"this is no JSON: {what}")
        place = found.end()
        if found.lastgroup == "space":
            line += found.group().count("\n")
        else:
            yield Token(str(found.lastgroup), found.group(), line)
    yield Token("end", "", line)


class _Building:
    """The nodes that are being built of words, and the faults on the way."""

    def __init__(self, file: str, words: Iterator[Token]) -> None:
        self.file, self.words = file, words
        self.faults: list[Fault] = []
        self.word = next(words)

    def fault(self, line: int, what: str) -> None:
        self.faults.append(Fault(self.file, line, "", what))
        if len(self.faults) == MOST_FAULTS:
            raise _Broken(line, and_more(self.file, line).what)

    def take(self) -> Token:
        taken = self.word
        self.word = next(self.words, taken)
        return taken

    def at(self, mark: str) -> bool:
        return self.word.kind == "mark" and self.word.text == mark

    def expect(self, mark: str) -> None:
        if not self.at(mark):
            raise self.unexpected(f'"{mark}"')
        self.take()

    def unexpected(self, wanted: str) -> _Broken:
        found = f'"{self.word.text[:40]}"' if self.word.text else "the end"
        return _Broken(self.word.line, f"this is no JSON: {wanted} is wanted, not {found}")

    def whole(self) -> Node:
        if self.word.kind == "end":
            raise _Broken(1, "the file is empty")
        node = self.value(0)
        if self.word.kind != "end":
            raise self.unexpected("the end")
        return node

    def value(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise _Broken(self.word.line, f"the file is nested more than {MAX_DEPTH} deep")
        if self.at("{"):
            return self.mapping(depth)
        if self.at("["):
            return self.listing(depth)
        if self.word.kind == "text":
            line, text = self.word.line, self.text()
            return Node(text, self.file, line, raw=text)
        return self.bare()

    def bare(self) -> Node:
        """A number or a constant; both mean what they mean in YAML."""
        if self.word.kind == "number" and not NUMBER.fullmatch(self.word.text):
            raise self.unexpected("a number such as 12 or 0.5")
        if self.word.kind != "number" and self.word.text not in WORDS:
            raise self.unexpected("a value")
        word = self.take()
        value: Scalar = CONSTANTS[word.text] if word.kind == "word" else scalar(word.text)
        return Node(value, self.file, word.line, raw=word.text)

    def text(self) -> str:
        word = self.take()
        try:
            text: str = json.loads(word.text)
        except json.JSONDecodeError as error:
            raise _Broken(word.line, f"this is no JSON: {error.msg}") from error
        if unfit := UNSTORABLE.search(text):
            self.fault(word.line, f"the character U+{ord(unfit[0]):04X} may not stand in a file")
        return text

    def listing(self, depth: int) -> Node:
        line, inner = self.take().line, list[Node]()
        while not self.at("]"):
            if inner:
                self.expect(",")
            inner.append(self.value(depth + 1))
        self.take()
        return Node(inner, self.file, line)

    def mapping(self, depth: int) -> Node:
        line, inner, keys, count = self.take().line, dict[str, Node](), dict[str, int](), 0
        while not self.at("}"):
            if count:
                self.expect(",")
            key_line, name = self.word.line, self.key()
            self.expect(":")
            value = self.value(depth + 1)
            if name in keys:
                self.fault(key_line, f'the key "{name}" stands twice, first in line {keys[name]}')
            keys.setdefault(name, key_line)
            inner.setdefault(name, value)
            count += 1
        self.take()
        return Node(inner, self.file, line, keys=keys)

    def key(self) -> str:
        if self.word.kind != "text":
            raise self.unexpected("a key in quotes")
        return self.text()


def dump(document: Any) -> str:
    """The JSON text of plain data, which `parse_far` reads back as equal values."""
    return "".join(_written(document, "\n")) + "\n"


def compact(document: Any) -> str:
    """The same on one line, without blanks."""
    return "".join(_written(document, ""))


def loads(text: str) -> Any:
    """The plain data of a JSON text of our own; a number with a point is an exact decimal."""
    return json.loads(text, parse_float=Decimal)


def _written(value: Any, line: str) -> Iterator[str]:
    """The parts of the text; `line` begins a line, and is empty where all stands on one."""
    if isinstance(value, dict):
        items = [(f"{_plain(str(name))}:{' ' * bool(line)}", part) for name, part in value.items()]
        yield from _listed("{", items, line)
    elif isinstance(value, list | tuple):
        yield from _listed("[", [("", part) for part in value], line)
    elif isinstance(value, Decimal):
        yield f"{value:f}"
    else:
        yield _plain(value)


def _plain(value: Any) -> str:
    """A scalar; letters as they are, save those that may not stand in a file."""
    return UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _listed(begin: str, items: list[tuple[str, Any]], line: str) -> Iterator[str]:
    deeper = f"{line}  " if line else ""
    yield begin
    for place, (name, part) in enumerate(items):
        yield f"{',' * bool(place)}{deeper}{name}"
        yield from _written(part, deeper)
    yield f"{line * bool(items)}{ENDS[begin]}"
