"""The uses of blocks in a form, expanded into fields that keep both lines: the block's and the use's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from engine import formulas
from engine.definition.library import Block, Library
from engine.format.faults import did_you_mean, nearest
from engine.format.reading import Node, Reading, key, keys_of, local_text, mapping, name, record, several, text
from engine.format.texts import Text
from engine.rules import Condition
from engine.rules.reading import condition
from engine.rules.tree import ROWS

CONDITIONS = ("when", "required", "default", "formula", "rule")  # keys whose value may name another field
ROW_PARTS = ("fields", "checks")
TEXTS = ("label", "hint", "text", "message", "title", "section", "row_title")
GROUP = "group"
NAMED = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, kw_only=True)
class BlockUse:
    """The use of a block among the fields of a step."""

    block: str = key(text, required=True, doc="The block's name.")
    prefix: str | None = key(name, doc="Put with `_` before the name of each field.")
    without: tuple[str, ...] | None = key(several(text), doc="Fields that are left out.")
    only: tuple[str, ...] | None = key(several(text), doc="Fields that are taken; all others are left out.")
    required: tuple[str, ...] = key(several(text), default=(), doc="Fields that must be answered here.")
    optional: tuple[str, ...] = key(several(text), default=(), doc="Fields that need no answer here.")
    labels: Mapping[str, Text] | None = key(mapping(local_text), doc="Other labels, by the field's name.")
    when: Condition | None = key(condition, doc="Holds for each of its fields beside their own.")


def is_use(node: Node) -> bool:
    """Whether an item of a step is the use of a block."""
    return isinstance(node.value, dict) and "block" in node.value


def is_group(node: Node) -> bool:
    """Whether a field's node is a group with columns."""
    return isinstance(node.value, dict) and node.at(["kind"]).raw == GROUP and "fields" in node.value


def expand(node: Node, library: Library, reading: Reading) -> tuple[Node, ...] | None:
    """The fields of a use, renamed and with what the use says of them; nothing where that cannot be told."""
    inner = reading.at(f'block "{node.at(["block"]).raw}"')
    use = record(BlockUse, node, inner)
    if use is None or (use.prefix is None and (_given(node, "prefix") or _misspelt(node, "prefix"))):
        return None
    block = library.blocks.get(use.block)
    if block is None:
        _report_unknown(node.at(["block"]), use.block, library, inner)
        return None
    expansion = _Expansion(node, use, block, inner, reading)
    expansion.report()
    return tuple(expansion.items(block.items))


def _given(node: Node, name: str) -> bool:
    return isinstance(node.value, dict) and name in node.value


def _misspelt(node: Node, name: str) -> bool:
    known = keys_of(BlockUse)
    return any(nearest(key_, known) == name for key_ in node.keys if key_ not in known)


def _report_unknown(node: Node, block: str, library: Library, reading: Reading) -> None:
    broken = library.broken.get(f"block {block}")
    if broken:
        reading.faults.extend(broken)
    else:
        reading.fault(node, f'unknown block "{block}"{did_you_mean(block, library.blocks)}')


def field_name(node: Node) -> str:
    """The name of a field's node, or an empty text."""
    inner = node.get("name")
    return inner.raw if inner is not None else ""


def fields_of(items: Collection[Node]) -> Iterator[Node]:
    """The nodes of fields, those inside sections too."""
    for item in items:
        inner = item.value.get("fields") if isinstance(item.value, dict) and "section" in item.value else None
        if inner is None:
            yield item
        elif isinstance(inner.value, list):
            yield from inner.value


class _Expansion:
    """One use with its block; `names` are the block's own, `kept` those that are taken."""

    def __init__(self, node: Node, use: BlockUse, block: Block, place: Reading, outer: Reading) -> None:
        self.node, self.use, self.block, self.place, self.outer = node, use, block, place, outer
        self.at = f"{node.file}:{node.line}"
        self.names = [name for field in fields_of(block.items) if (name := field_name(field))]
        left_out = set(self.names) - set(use.only) if use.only is not None else set(use.without or ())
        self.kept = [name for name in self.names if name not in left_out]
        self.renamed = {name: self.prefixed(name) for name in self.kept}

    def prefixed(self, name: str) -> str:
        return f"{self.use.prefix}_{name}" if self.use.prefix else name

    def report(self) -> None:
        """Faults for names that the block does not have, or that were left out."""
        if self.use.only is not None and self.use.without is not None:
            self.place.fault(self.node.at(["without"]), '"only" and "without" stand together; one is enough')
        parts = {"without": self.names, "only": self.names, "required": self.kept, "optional": self.kept}
        for part, known in parts.items():
            inner = self.node.at([part]).value
            for item in inner if isinstance(inner, list) else ():
                self._report_name(item, item.raw, known)
        labels = self.node.at(["labels"]).value if _given(self.node, "labels") else None
        for word, label in labels.items() if isinstance(labels, dict) else ():
            self._report_name(label, word, self.kept)

    def _report_name(self, node: Node, name: str, known: list[str]) -> None:
        if name in known:
            return
        if name in self.names:
            self.place.fault(node, f'"{name}" is left out here')
        else:
            what = f'unknown field "{name}" of block "{self.block.block}"{did_you_mean(name, known)}'
            self.place.fault(node, what)

    def items(self, items: Collection[Node]) -> Iterator[Node]:
        for item in items:
            if is_use(item):
                self.place.fault(self._marked(item), "a block holds no block")
            elif isinstance(item.value, dict) and "section" in item.value:
                inner = item.at(["fields"]).value
                kept = tuple(self.items(inner if isinstance(inner, list) else ()))
                if kept:
                    yield self._section(item, kept)
            elif field_name(item) in self.kept or not field_name(item):
                yield self._field(item)

    def _section(self, item: Node, kept: tuple[Node, ...]) -> Node:
        section = self._written(item, self.outer)
        return _with(section, {"fields": replace(section.at(["fields"]), value=list(kept))})

    def _field(self, item: Node) -> Node:
        name = field_name(item)
        place = self.outer.at(f'field "{self.prefixed(name)}"')
        field = self._written(item, place)
        if not name or not isinstance(field.value, dict):
            return field
        changed = {"name": replace(field.value["name"], value=self.renamed[name], raw=self.renamed[name])}
        changed |= self._answered(name)
        if self.use.labels and name in self.use.labels:
            changed["label"] = self.node.at(["labels", name])
        if self.use.when is not None:
            changed["when"] = both(self.node.at(["when"]), field.value.get("when"))
        return _with(field, changed)

    def _answered(self, name: str) -> dict[str, Node]:
        for part, wanted in (("required", True), ("optional", False)):
            inner = self.node.at([part]).value
            for item in inner if isinstance(inner, list) else ():
                if item.raw == name:
                    return {"required": replace(item, value=wanted, raw="true" if wanted else "false")}
        return {}

    def _written(self, item: Node, place: Reading) -> Node:
        """An item of the block with its texts and conditions in the names of the form."""
        marked = self._marked(item)
        if not isinstance(marked.value, dict):
            return marked
        changed: dict[str, Node] = {}
        lost: list[str] = []
        for key_, inner in marked.value.items():
            if key_ in TEXTS:
                changed[key_] = self._text(inner, place)
            elif key_ in CONDITIONS:
                missing = [node for node in referred(_as_condition(key_, inner)) if self._left_out(node.raw)]
                for node in missing:
                    self._report_needed(node, _base(node.raw), item, place)
                lost += [key_] if missing else []
                changed[key_] = _renamed(key_, inner, self.renamed)
            elif key_ == "choices":
                changed[key_] = renamed(inner, self.renamed) if isinstance(inner.value, list) else inner
            elif key_ in ROW_PARTS and isinstance(inner.value, list) and is_group(item):
                parts = [self._row_part(part, place) for part in inner.value]
                changed[key_] = replace(inner, value=[part for part in parts if part is not None])
        return _with(marked, changed, lost)

    def _row_part(self, item: Node, place: Reading) -> Node | None:
        """A column of a group, or a check inside its rows: columns keep their names, the form's are renamed."""
        if is_use(item):
            self.place.fault(item, "a block holds no block")
            return None
        return self._written(item, place)

    def _left_out(self, name: str) -> bool:
        return _base(name) in self.names and _base(name) not in self.kept

    def _report_needed(self, node: Node, name: str, item: Node, place: Reading) -> None:
        place.fault(self.node, f'"{field_name(item)}" of {_line(node)} needs "{name}", which is left out here')

    def _text(self, node: Node, place: Reading) -> Node:
        if isinstance(node.value, list):
            return replace(node, value=[self._case(inner, place) for inner in node.value])
        if isinstance(node.value, dict):
            return replace(node, value={name: self._text(inner, place) for name, inner in node.value.items()})
        if not isinstance(node.value, str):
            return node

        def written(match: re.Match[str]) -> str:
            if self._left_out(match[1]):
                place.fault(self.node, f'the text of {_line(node)} names "{match[1]}", which is left out here')
                return match[1]
            return "{" + self.renamed.get(match[1], match[1]) + "}"

        changed = NAMED.sub(written, node.value)
        return replace(node, value=changed, raw=changed)

    def _case(self, node: Node, place: Reading) -> Node:
        """One of several texts, with the condition under which it counts."""
        if not isinstance(node.value, dict):
            return node
        for named in referred(node.value.get("when", Node(None))):
            if self._left_out(named.raw):
                self._report_needed(named, _base(named.raw), node, place)
        changed = {"text": self._text(node.value["text"], place)} if "text" in node.value else {}
        return _with(renamed(node, self.renamed), changed)

    def _marked(self, node: Node) -> Node:
        """A node of the block that knows where the block is used."""
        value = node.value
        if isinstance(value, dict):
            value = {name: self._marked(inner) for name, inner in value.items()}
        elif isinstance(value, list):
            value = [self._marked(inner) for inner in value]
        return replace(node, value=value, used_at=self.at)


def _as_condition(key_: str, node: Node) -> Node:
    """A computed field's formula as `referred` reads it; any other value as it is."""
    return replace(node, value={"formula": node}) if key_ == "formula" else node


def _line(node: Node) -> str:
    return f"{node.file}:{node.line}"


def _base(name: str) -> str:
    return name.partition(".")[0]


def _with(node: Node, changed: Mapping[str, Node], lost: Collection[str] = ()) -> Node:
    """A mapping with some values put in and some taken away."""
    if not isinstance(node.value, dict):
        return node
    value = {name: inner for name, inner in {**node.value, **changed}.items() if name not in lost}
    keys = {name: node.keys.get(name, inner.line) for name, inner in value.items()}
    return replace(node, value=value, keys=keys)


def both(first: Node, second: Node | None) -> Node:
    """The condition that both hold; each keeps its own lines."""
    if second is None or second.value is None:
        return first
    parts = replace(first, value=[first, second], keys={})
    return replace(first, value={"all": parts}, keys={"all": first.line})


def referred(node: Node) -> Iterator[Node]:
    """The nodes of a condition that name a field; a formula's names are given as nodes at its line."""
    return (named for named, _ in referred_in(node))


def referred_in(node: Node, group: str = "") -> Iterator[tuple[Node, str]]:
    """The same, each with the group whose row is asked first; an empty text for the form alone."""
    if isinstance(node.value, list):
        for inner in node.value:
            yield from referred_in(inner, group)
    elif isinstance(node.value, dict):
        for key_, inner in node.value.items():
            if key_ == "field" and isinstance(inner.value, str):
                yield inner, group
            elif key_ == "formula" and isinstance(inner.value, str):
                yield from ((replace(inner, raw=name), group) for name in formula_names(inner.value))
            else:
                yield from referred_in(inner, node.at(["field"]).raw if key_ in ROWS else group)


def formula_names(written: str) -> tuple[str, ...]:
    """The names in a formula; none where it cannot be read, which is said where it is read."""
    try:
        return formulas.names(formulas.parse(written))
    except formulas.FormulaFault:
        return ()


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """A condition's node with its fields renamed, inside formulas too; every line stays."""
    if isinstance(node.value, list):
        return replace(node, value=[renamed(inner, names) for inner in node.value])
    if not isinstance(node.value, dict):
        return node
    changed = {key_: _renamed(key_, inner, names) for key_, inner in node.value.items()}
    return replace(node, value=changed)


def _renamed(key_: str, node: Node, names: Mapping[str, str]) -> Node:
    if not isinstance(node.value, str):
        return renamed(node, names)
    written = node.value
    if key_ == "field":
        name, dot, part = written.partition(".")
        written = names.get(name, name) + dot + part
    elif key_ == "formula" and formula_names(written):
        written = formulas.rename(written, names)
    return replace(node, value=written, raw=written)
