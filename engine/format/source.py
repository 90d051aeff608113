"""The text of a definition file: YAML with the format's own scalar rules, read into nodes and written again.

The parser's events are taken one by one and nothing is ever constructed from a tag or expanded from an alias, so
a hostile file can neither run anything nor grow.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import yaml

from engine.format.faults import MOST_FAULTS, Fault, and_more
from engine.format.reading import Node, Scalar

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
SHORT = 90  # characters of a mapping or list that is written on one line

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
CONSTANTS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "": None}
BREAKS = re.compile("[\r\x85\u2028\u2029\ufeff]")  # they end a line in YAML, or vanish
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # may be written as an escape, but no database holds them
UNREADABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")

# libyaml is ten times faster; an installation without it reads the same.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def scalar(raw: str) -> Scalar:
    """The value of a scalar that stands without quotes."""
    if raw in CONSTANTS:
        return CONSTANTS[raw]
    if INTEGER.fullmatch(raw):
        return int(raw)
    return Decimal(raw) if DECIMAL.fullmatch(raw) else raw


def parse(data: bytes | str, file: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """The nodes of a file and what is wrong with its YAML; no nodes where anything is.

    `file` is its name in faults. Lines count from 1.
    """
    node, faults = parse_far(data, file)
    return (None if faults else node), faults


def parse_far(data: bytes | str, file: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """The same, but with the nodes where all values could be read, so that whatever else is wrong can be told too."""
    text, faults = text_of(data, file)
    if text is None:
        return None, faults
    building = _Building(file)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            building.take(event)
            if building.stopped:
                break
    except yaml.MarkedYAMLError as error:
        building.faults.append(Fault(file, _line(error, text), "", f"this is no YAML: {_problem(error)}"))
        building.broken = True
    if building.root is None and not building.faults:
        building.faults.append(Fault(file, 1, "", "the file is empty"))
    return (None if building.broken else building.root), tuple(building.faults)


def _line(error: yaml.MarkedYAMLError, text: str) -> int:
    last = text.rstrip().count("\n")
    mark = error.problem_mark or error.context_mark
    if mark and error.context_mark and mark.index >= len(text.rstrip()):
        mark = error.context_mark  # what is never closed is looked for where it was opened
    return min(mark.line if mark else 0, last) + 1


def _problem(error: yaml.MarkedYAMLError) -> str:
    return ", ".join(part for part in (error.context, error.problem) if part)


def text_of(data: bytes | str, file: str) -> tuple[str | None, tuple[Fault, ...]]:
    """The text of a file's bytes, or nothing and what is wrong with them."""
    if len(data) > MAX_BYTES:
        return None, (Fault(file, 1, "", f"the file is larger than {MAX_BYTES // 1_000_000} MB"),)
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return None, (Fault(file, line, "", "the file is not UTF-8"),)
    found = UNREADABLE.search(text)
    if found:
        what = f"the character U+{ord(found[0]):04X} may not stand in a file"
        return None, (Fault(file, text.count("\n", 0, found.start()) + 1, "", what),)
    return text, ()


class _Building:
    """The nodes that are being built from events, and the faults on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.root: Node | None = None
        self.stopped = False  # nothing more is read
        self.broken = False  # a value is missing, or stands under the wrong key
        self._open: list[Node] = []
        self._keys: list[tuple[str, int] | None] = []  # of each open mapping, the key that waits for its value

    def fault(self, mark: Any, what: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(self.file, mark.line + 1, "", what))
        elif not self.stopped:
            self.faults.append(and_more(self.file, mark.line + 1))
            self.stopped = self.broken = True

    def take(self, event: Any) -> None:
        """Takes the next event of the parser."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_extras(event)
            self._enter(Node({} if isinstance(event, yaml.MappingStartEvent) else [], self.file, line), event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_extras(event)
            if unfit := UNSTORABLE.search(event.value):
                self.fault(event.start_mark, f"the character U+{ord(unfit[0]):04X} may not stand in a file")
            value = scalar(event.value) if event.implicit[0] else event.value
            self._put(Node(value, self.file, line, raw=event.value), event)
        elif isinstance(event, yaml.AliasEvent):
            self.broken = True
            self.fault(event.start_mark, f'an alias "*{event.anchor}" may not stand here; write the value again')
            self._put(Node(None, self.file, line, raw=f"*{event.anchor}"), event)

    def _begin(self, event: Any) -> None:
        if self.root is not None:
            self.fault(event.start_mark, "a second document begins here; one file holds one")
            self.stopped = True

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor is not None:
            self.fault(event.start_mark, f'an anchor "&{event.anchor}" may not stand here')
        if event.tag is not None:
            self.fault(event.start_mark, f'a tag "{event.tag}" may not stand here')

    def _enter(self, node: Node, event: Any) -> None:
        self._put(node, event)
        self._open.append(node)
        self._keys.append(None)
        if len(self._open) > MAX_DEPTH:
            self.fault(event.start_mark, f"the file is nested more than {MAX_DEPTH} deep")
            self.stopped = self.broken = True

    def _put(self, node: Node, event: Any) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1].value
        if isinstance(parent, list):
            parent.append(node)
        elif isinstance(parent, dict) and (waiting := self._keys[-1]) is not None:
            self._keys[-1] = None
            parent.setdefault(waiting[0], node)
        else:
            self._keys[-1] = (self._key(node, event), node.line)

    def _key(self, node: Node, event: Any) -> str:
        parent = self._open[-1]
        if isinstance(node.value, dict | list):
            self.fault(event.start_mark, "a key is a word, not a list or a mapping")
            self.broken = True
        elif node.raw in parent.keys:
            self.fault(event.start_mark, f'the key "{node.raw}" stands twice, first in line {parent.keys[node.raw]}')
        parent.keys.setdefault(node.raw, node.line)
        return node.raw


class _Dumper(yaml.SafeDumper):
    """Writes lists indented under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)  # noqa: FBT003 - the library's own signature


def dump(document: Any) -> str:
    """The YAML text of plain data, which `parse` reads back as equal values; long texts stand as blocks."""
    written: str = yaml.dump(
        document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9, default_flow_style=False
    )
    return written


def _write_text(dumper: _Dumper, value: str) -> yaml.Node:
    style = '"' if BREAKS.search(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _write_decimal(dumper: _Dumper, value: Decimal) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:float", str(value))


def _write_mapping(dumper: _Dumper, value: dict[str, Any]) -> yaml.Node:
    short = _length(value) <= SHORT
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=short)


def _write_list(dumper: _Dumper, value: list[Any] | tuple[Any, ...]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=_length(value) <= SHORT)


def _length(value: Any) -> int:
    """About how long a value is on one line; beyond all measure where it may not stand on one."""
    if isinstance(value, dict):
        return 2 + sum(len(str(name)) + 4 + _length(inner) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return 2 + sum(2 + _length(inner) for inner in value)
    shown = str(value)
    return SHORT * 10 if "\n" in shown else len(shown)


_Dumper.add_representer(str, _write_text)
_Dumper.add_representer(Decimal, _write_decimal)
_Dumper.add_representer(dict, _write_mapping)
_Dumper.add_representer(list, _write_list)
_Dumper.add_representer(tuple, _write_list)
_Dumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]
