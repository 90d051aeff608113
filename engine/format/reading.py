"""Reading the parsed nodes of a file into frozen values, with every fault where it stands.

A record of the format is a frozen dataclass whose fields carry their reader (`key(…)`); `record` reads one. So
the classes are the format: the loader, the documentation's test and the editors' schema derive from them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, Generic, TypeVar

from engine.format.faults import MOST_FAULTS, Fault, TooManyFaults, and_more, did_you_mean, nearest
from engine.format.texts import LANGUAGES, Text

NAME = re.compile(r"[a-z][a-z0-9_]*")
MOST_OF_A_NAME = 100  # characters; a block's prefix comes before it, and both stand in one column
MOST_CHARACTERS = 255  # of codes and words, which columns hold
MOST_OF_A_TEXT = 100_000
SHOWN = 200  # characters of what is quoted in a fault
MOST_SAID = 1_000  # characters of a fault

T = TypeVar("T")
Scalar = str | int | bool | Decimal | None


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a file: a scalar, a mapping or a list, with its file and line (from 1).

    `raw` is a scalar as it was written; `keys` the lines of a mapping's keys; `used_at` is `file:line` of the
    use, where the node stands in a block.
    """

    value: Scalar | dict[str, Node] | list[Node]
    file: str = ""
    line: int = 0
    raw: str = ""
    keys: dict[str, int] = field(default_factory=dict)
    used_at: str = ""

    def plain(self) -> Any:
        """The value without its lines."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def get(self, name: str) -> Node | None:
        """The value of a key, where this is a mapping that has it."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def at(self, path: Iterable[str | int]) -> Node:
        """The node at `path` below this one, or the last one on the way there."""
        node = self
        for part in path:
            inner = node.value
            if isinstance(inner, dict) and part in inner:
                node = inner[str(part)]
            elif isinstance(inner, list) and isinstance(part, int) and part < len(inner):
                node = inner[part]
            else:
                break
        return node


def node_of(plain: Any, file: str = "", line: int = 0) -> Node:
    """A node tree of plain data, all of it on one line."""
    if isinstance(plain, dict):
        inner = {str(name): node_of(value, file, line) for name, value in plain.items()}
        return Node(inner, file, line, keys=dict.fromkeys(inner, line))
    if isinstance(plain, list | tuple):
        return Node([node_of(value, file, line) for value in plain], file, line)
    return Node(plain, file, line, raw=_raw(plain))


def _raw(plain: Scalar) -> str:
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return "" if plain is None else str(plain)


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the reader stands; the faults found and the texts read so far, shared by all places of one reading."""

    place: str = ""
    faults: list[Fault] = field(default_factory=list)
    texts: list[tuple[Node, str]] = field(default_factory=list)

    def at(self, place: str) -> Reading:
        """The same reading, one place further in."""
        return Reading(f"{self.place}, {place}" if self.place else place, self.faults, self.texts)

    def fault(self, node: Node, what: str, *, line: int = 0, warning: bool = False) -> None:
        """Notes that `what` is wrong at `node`; raises `TooManyFaults` where that ends the telling."""
        if not warning and len(self.faults) >= MOST_FAULTS:
            self.faults.append(and_more(node.file, line or node.line))
            raise TooManyFaults
        said = what if len(what) <= MOST_SAID else f"{what[:MOST_SAID]}…"
        self.faults.append(Fault(node.file, line or node.line, self.place, said, warning, node.used_at))


Reader = Callable[[Node, Reading], T | None]


def key(reader: Reader[Any], *, required: bool = False, default: Any = None, doc: str = "", named: str = "") -> Any:
    """A dataclass field that is a key of the format, read by `reader`; `doc` is one sentence for the manual.

    `named` is the key's name in the file, where the dataclass field has another one.
    """
    metadata = {"reader": reader, "required": required, "doc": doc} | ({"key": named} if named else {})
    return dataclasses.field(default=default, metadata=metadata)


@cache
def keys_of(cls: type) -> dict[str, dataclasses.Field[Any]]:
    """The keys that a record knows, by their name in the file."""
    return {item.metadata.get("key", item.name): item for item in dataclasses.fields(cls) if "reader" in item.metadata}


def record(cls: type[T], node: Node, reading: Reading, **known: Any) -> T | None:
    """Reads one record; nothing where a required key is missing or the node is no mapping.

    `known` are fields that do not stand in the file; keys of the same name are passed over.
    """
    values, whole = values_of(cls, node, reading, **known)
    return cls(**values) if whole else None


def values_of(cls: type, node: Node, reading: Reading, **known: Any) -> tuple[dict[str, Any], bool]:
    """The values that could be read of one record, and whether they are enough to make it."""
    if not isinstance(node.value, dict):
        reading.fault(node, f"a mapping of keys is wanted, not {described(node)}")
        return {}, False
    keys, values, whole = keys_of(cls), dict(known), True
    # What was misspelt is told as an unknown key, and not once more as a missing one.
    misspelt = {nearest(name, keys) for name in report_unknown(node, reading, keys)}
    for name, item in keys.items():
        inner = node.value.get(name)
        if item.name in known:
            continue
        if inner is not None and inner.value is not None:
            value = item.metadata["reader"](inner, reading)
            if value is not None:
                values.setdefault(item.name, value)
            elif item.metadata["required"]:
                whole = False
        elif item.metadata["required"]:
            whole = False
            if name not in misspelt:
                reading.fault(node, f'"{name}" is missing', line=node.keys.get(name, 0))
    return values, whole


def report_unknown(node: Node, reading: Reading, known: Iterable[str]) -> list[str]:
    """Faults for the keys of a mapping that are not `known`; gives these keys."""
    inner = node.value if isinstance(node.value, dict) else {}
    unknown = [name for name in inner if name not in known]
    for name in unknown:
        what = f'unknown key "{name}"{did_you_mean(name, known)}'
        reading.fault(inner[name], what, line=node.keys.get(name, 0))
    return unknown


def described(node: Node) -> str:
    """What a node is, for a sentence: `a list`, `"abc"`, `true`."""
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    if node.value is None:
        return "nothing"
    raw = node.raw if len(node.raw) <= SHOWN else f"{node.raw[:SHOWN]}…"
    return f'"{raw}"' if isinstance(node.value, str) else raw


def text(node: Node, reading: Reading) -> str | None:
    """A short text; a number is taken as it was written (codes are always text)."""
    return long_text(node, reading, most=MOST_CHARACTERS)


def long_text(node: Node, reading: Reading, *, most: int = MOST_OF_A_TEXT) -> str | None:
    """A text of `most` characters at the most."""
    if isinstance(node.value, dict | list | bool) or node.value is None:
        reading.fault(node, f"a text is wanted, not {described(node)}")
        return None
    plain = node.raw if not isinstance(node.value, str) else node.value
    if len(plain) > most:
        reading.fault(node, f"{most} characters may stand here at the most, not {len(plain)}")
        return None
    return plain


def local_text(node: Node, reading: Reading) -> Text | None:
    """A text, or `{vi: …, en: …}`."""
    reading.texts.append((node, reading.place))
    if not isinstance(node.value, dict):
        plain = long_text(node, reading)
        return None if plain is None else Text(plain)
    report_unknown(node, reading, LANGUAGES)
    if "vi" not in node.value:
        reading.fault(node, '"vi" is missing')
        return None
    vi = long_text(node.value["vi"], reading)
    en = long_text(node.value["en"], reading) if "en" in node.value else None
    return None if vi is None else Text(vi, en)


def integer(node: Node, reading: Reading) -> int | None:
    """A whole number."""
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    reading.fault(node, f"a whole number is wanted, not {described(node)}")
    return None


def positive(node: Node, reading: Reading) -> int | None:
    """A whole number of at least 1."""
    number = integer(node, reading)
    if number is not None and number < 1:
        reading.fault(node, f"a number of at least 1 is wanted, not {number}")
        return None
    return number


def boolean(node: Node, reading: Reading) -> bool | None:
    """`true` or `false`."""
    if isinstance(node.value, bool):
        return node.value
    reading.fault(node, f"true or false is wanted, not {described(node)}")
    return None


def name(node: Node, reading: Reading) -> str | None:
    """A name: `[a-z][a-z0-9_]*`."""
    plain = long_text(node, reading, most=MOST_OF_A_NAME)
    if plain is not None and not NAME.fullmatch(plain):
        reading.fault(node, f'"{plain}" is no name: small letters, digits and _ are wanted, a letter first')
        return None
    return plain


@dataclass(frozen=True, slots=True)
class WordOf:
    """Reads one word of a closed list."""

    known: tuple[str, ...]

    def __call__(self, node: Node, reading: Reading) -> str | None:
        """The word."""
        plain = text(node, reading)
        if plain is not None and plain not in self.known:
            listed = ", ".join(self.known)
            reading.fault(node, f'unknown value "{plain}"{did_you_mean(plain, self.known)} (known: {listed})')
            return None
        return plain


@dataclass(frozen=True, slots=True)
class ListOf(Generic[T]):
    """Reads a list; faulty items are left out."""

    reader: Reader[T]

    def __call__(self, node: Node, reading: Reading) -> tuple[T, ...] | None:
        """The items."""
        if not isinstance(node.value, list):
            reading.fault(node, f"a list is wanted, not {described(node)}")
            return None
        values = (self.reader(inner, reading) for inner in node.value)
        return tuple(value for value in values if value is not None)


@dataclass(frozen=True, slots=True)
class MappingOf(Generic[T]):
    """Reads a mapping of names of one's own; faulty values are left out."""

    reader: Reader[T]

    def __call__(self, node: Node, reading: Reading) -> dict[str, T] | None:
        """The values by name."""
        if not isinstance(node.value, dict):
            reading.fault(node, f"a mapping is wanted, not {described(node)}")
            return None
        values = {key_: self.reader(inner, reading) for key_, inner in node.value.items()}
        return {key_: value for key_, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class RecordOf(Generic[T]):
    """Reads a record of a class; `place` names it in faults."""

    cls: type[T]
    place: str

    def __call__(self, node: Node, reading: Reading) -> T | None:
        """The record."""
        inner = reading.at(self.place.format(_own_name(node))) if self.place else reading
        return record(self.cls, node, inner)


def one_of(*known: str) -> Reader[str]:
    """One word of a closed list."""
    return WordOf(known)


def several(reader: Reader[T]) -> Reader[tuple[T, ...]]:
    """A list, each read by `reader`; faulty ones are left out."""
    return ListOf(reader)


def mapping(reader: Reader[T]) -> Reader[dict[str, T]]:
    """A mapping of names of one's own to values read by `reader`; faulty ones are left out."""
    return MappingOf(reader)


def anything(node: Node, _reading: Reading) -> Any:
    """The plain value, checked elsewhere."""
    return node.plain()


def recorded(cls: type[T], place: str = "") -> Reader[T]:
    """A record of `cls`; `place` names it in faults, with its own name in `{}` (e.g. `paper "{}"`)."""
    return RecordOf(cls, place)


def _own_name(node: Node) -> str:
    if isinstance(node.value, dict):
        for word in ("name", "one_of", "stage", "step", "title", "file", "channel"):
            if word in node.value:
                return node.value[word].raw or str(node.value[word].plain())
    return ""
