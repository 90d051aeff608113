"""A procedure's file as far as it can be read: its values, and each field with its node, place and order.

The checks walk it, so that a file with faults is told all of them at once; what could not be read is known by name
and draws no further fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from engine import formulas, kinds
from engine.definition import blocks
from engine.definition.library import Library
from engine.definition.procedure import PAPERS_STEP, OfficerField, Procedure, Section, Step
from engine.format.faults import TooManyFaults, did_you_mean
from engine.format.reading import Node, Reading, described, record, text, values_of
from engine.kinds import Field
from engine.kinds.choices import CatalogUse, Choice, Choices
from engine.kinds.computed import Computed
from engine.kinds.linked import LinkedChoice


@dataclass(frozen=True, slots=True)
class Entry:
    """A field, paper, column or officer's field where it stands; `field` is nothing where it could not be read.

    `order` counts all of them in the order of the document, a column with its group; `above` are the nodes of its step
    and section, and of its group.
    """

    name: str
    node: Node
    place: str
    order: int
    step: str
    field: Field | None = None
    above: tuple[Node, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A step or a section; its condition is asked before the field of number `order`."""

    node: Node
    place: str
    order: int
    step: str


@dataclass
class Outline:
    """What was read of a procedure. `unsure` are the prefixes of names that could not be read, such as those
    of an unknown block; an empty one stands for any name.
    """

    root: Node
    library: Library
    reading: Reading = field(default_factory=Reading)
    values: dict[str, Any] = field(default_factory=dict)
    whole: bool = False
    entries: list[Entry] = field(default_factory=list)
    columns: list[Entry] = field(default_factory=list)
    papers: list[Entry] = field(default_factory=list)
    officer_entries: list[Entry] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


def plain_document(node: Node) -> Any:
    """A procedure's plain data; its code is a text however it was written, all other numbers are as they are."""
    plain, code = node.plain(), node.at(["code"])
    return plain | {"code": code.raw} if isinstance(code.value, int | Decimal) else plain


def outline(node: Node, library: Library) -> Outline:
    """Reads a procedure's node as far as it goes; its faults stand in `reading`."""
    found = Outline(node, library)
    reading = found.reading
    if not isinstance(node.value, dict):
        reading.fault(node, f"a mapping of keys is wanted, not {described(node)}")
        return found
    with suppress(TooManyFaults):
        _fill(node, found)
    return found


def _fill(node: Node, found: Outline) -> None:
    reading = found.reading
    assert isinstance(node.value, dict)
    steps, form = read_form(node.value.get("form"), found)
    papers = node.value.get("papers")
    parts = {"form": form, "papers": papers}
    value = {name: parts.get(name) or inner for name, inner in node.value.items()}
    found.root = replace(node, value=value)
    found.papers = list(_paper_entries(papers, len(found.entries)))
    officer_fields = _officer_fields(node.value.get("officer_fields"), found)
    documents = {"document": plain_document(node), "expanded": plain_document(found.root)}
    found.values, found.whole = values_of(
        Procedure, found.root, reading, form=steps, officer_fields=officer_fields, **documents
    )


def _listed(node: Node | None, reading: Reading, what: str) -> Sequence[Node]:
    """The items of a list; a fault where something else stands."""
    if node is None or node.value is None:
        return ()
    if isinstance(node.value, list):
        return node.value
    reading.fault(node, f"a list of {what} is wanted, not {described(node)}")
    return ()


def read_form(node: Node | None, found: Outline) -> tuple[tuple[Step, ...], Node | None]:
    """The steps that could be read, and the form's node with its blocks expanded."""
    read = [_step(inner, found) for inner in _listed(node, found.reading, "steps")]
    if node is None or not isinstance(node.value, list):
        return (), node
    return tuple(step for step, _ in read if step), replace(node, value=[inner for _, inner in read])


def _step(node: Node, found: Outline) -> tuple[Step | None, Node]:
    name = node.at(["step"]).raw
    reading = found.reading.at(f'step "{name}"')
    found.heads.append(Head(node, reading.place, len(found.entries), name))
    if not isinstance(node.value, dict) or "fields" not in node.value:
        found.unsure.append("")
        return record(Step, node, reading), node
    fields = node.value["fields"]
    found.unsure += _unread(fields)
    expanded = list(_expanded(_listed(fields, reading, "fields"), found, reading))
    items = [_item(item, found, reading, (node,)) for item in expanded]
    read = tuple(item for item, _ in items if item is not None)
    whole = replace(node, value=node.value | {"fields": replace(fields, value=[inner for _, inner in items])})
    return record(Step, whole, reading, items=read), whole


def _unread(fields: Node) -> list[str]:
    """Any name, where the fields of a step or a section cannot be read, or are still to be written."""
    return [] if isinstance(fields.value, list) and fields.value else [""]


def _expanded(items: Sequence[Node], found: Outline, reading: Reading) -> Iterator[Node]:
    for item in items:
        if not blocks.is_use(item):
            yield item
        elif (fields := blocks.expand(item, found.library, reading)) is None:
            found.unsure.append(item.at(["prefix"]).raw)
        else:
            yield from fields


def _item(node: Node, found: Outline, reading: Reading, above: tuple[Node, ...]) -> tuple[Field | Section | None, Node]:
    if isinstance(node.value, dict) and "section" in node.value:
        return _section(node, found, reading, above)
    entry = read_field(node, found, reading, above)
    return entry.field, entry.node


def _section(node: Node, found: Outline, outer: Reading, above: tuple[Node, ...]) -> tuple[Section | None, Node]:
    reading = outer.at(f'section "{node.at(["section"]).raw}"')
    found.heads.append(Head(node, reading.place, len(found.entries), above[0].at(["step"]).raw))
    if not isinstance(node.value, dict) or "fields" not in node.value:
        found.unsure.append("")
        return record(Section, node, reading), node
    fields = node.value["fields"]
    found.unsure += _unread(fields)
    kept: list[Node] = []
    read: list[Field] = []
    for item in _expanded(_listed(fields, reading, "fields"), found, outer):
        if isinstance(item.value, dict) and "section" in item.value:
            reading.fault(item, "a section holds no section")
            continue
        entry = read_field(item, found, outer, (*above, node))
        kept.append(entry.node)
        read += [entry.field] if entry.field is not None else []
    whole = replace(node, value=node.value | {"fields": replace(fields, value=kept)})
    return record(Section, whole, reading, fields=tuple(read)), whole


def read_field(node: Node, found: Outline, outer: Reading, above: tuple[Node, ...] = ()) -> Entry:
    """Reads one field, with its columns where it is a group, and notes it as the next entry."""
    name = blocks.field_name(node)
    reading = outer.at(f'field "{name}"') if name else outer
    known: dict[str, Any] = {}
    if blocks.is_group(node):
        known["fields"], node = _columns(node, found, reading, above)
    elif "fields" in _keys(node) or node.at(["kind"]).raw == blocks.GROUP:
        found.unsure.append("")  # its columns are not known
    read = _read(node, found, reading, **known)
    if not name and (read is None or read.ASKS):
        found.unsure.append("")
    step = above[0].at(["step"]).raw if above else ""
    entry = Entry(name, node, reading.place, len(found.entries), step, read, above)
    found.entries.append(entry)
    return entry


def _read(node: Node, found: Outline, reading: Reading, row: Sequence[Entry] = (), **known: Any) -> Field | None:
    """The field of a node; `row` are the columns before it, where it is one itself."""
    read = kinds.field(node, reading, **known)
    if isinstance(read, Choice | Choices):
        return _with_options(read, node, found.library, reading)
    if isinstance(read, LinkedChoice):
        return _with_levels(read, node, found.library, reading)
    if isinstance(read, Computed) and read.show_as is None:
        return replace(read, show_as=_sort_of(read, found, row))
    return read


def _columns(node: Node, found: Outline, reading: Reading, above: tuple[Node, ...]) -> tuple[tuple[Field, ...], Node]:
    """The columns of a group that could be read, and the group's node with their blocks expanded."""
    fields = node.at(["fields"])
    entries: list[Entry] = []
    for item in _expanded(_listed(fields, reading, "fields"), found, reading):
        entry = _column(item, found, reading, (*above, node), entries)
        entries += [entry] if entry is not None else []
    found.columns += entries
    expanded = replace(fields, value=[entry.node for entry in entries])
    whole = replace(node, value=node.value | {"fields": expanded}) if isinstance(fields.value, list) else node  # type: ignore[operator]
    return tuple(entry.field for entry in entries if entry.field is not None), whole


def _column(node: Node, found: Outline, outer: Reading, above: tuple[Node, ...], row: Sequence[Entry]) -> Entry | None:
    if isinstance(node.value, dict) and "section" in node.value:
        outer.fault(node, "a group holds no section")
        return None
    name, group = blocks.field_name(node), above[-1]
    reading = outer.at(f'column "{name}"') if name else outer
    kind = node.at(["kind"])
    known = kinds.KINDS.get(kind.raw) if kind is not node else None
    if known is not None and not known.IN_ROWS:
        reading.fault(kind, "groups do not nest" if kind.raw == "group" else f"the kind {kind.raw} is no column")
        read = None
        node = replace(node, value={key: node.at([key]) for key in ("name", "kind") if key in _keys(node)})
    else:
        read = _read(node, found, reading, row)
    step = above[0].at(["step"]).raw if len(above) > 1 else ""
    return Entry(name, node, reading.place, len(found.entries), step, read, above, blocks.field_name(group))


def _sort_of(item: Computed, found: Outline, row: Sequence[Entry]) -> str | None:
    """As what a formula's value is shown where the definition does not say: as what it gives."""
    types = {entry.name: entry.field.value_type() for entry in (*found.entries, *row) if entry.field is not None}
    rates = found.root.get("rates")
    names = tuple(rates.value) if rates is not None and isinstance(rates.value, dict) else ()
    given = formulas.check(item.formula, types, names).type
    return given if given in ("integer", "decimal", "date") else "text"


def _with_options(item: Choice | Choices, node: Node, library: Library, reading: Reading) -> Field | None:
    """The field with a catalog's entries as its choices."""
    named = item.choices.catalog if isinstance(item.choices, CatalogUse) else item.catalog
    if named is None:
        if item.choices is None and "choices" not in _keys(node) and "catalog" not in _keys(node):
            reading.fault(node, '"choices" or "catalog" is missing')
        return item
    if item.catalog is not None and item.choices is not None:
        reading.fault(node.at(["catalog"]), '"choices" and "catalog" stand together; one is enough')
    catalog = library.catalog(named)
    if catalog is not None:
        return replace(item, choices=catalog.options, catalog=named)
    at = node.at(["choices", "catalog"]) if "choices" in _keys(node) else node.at(["catalog"])
    _report_no_catalog(at, named, library, reading)
    return None


def _report_no_catalog(at: Node, named: str, library: Library, reading: Reading) -> None:
    if broken := library.broken.get(f"catalog {named}"):
        reading.faults.extend(broken)
    else:
        reading.fault(at, f'unknown catalog "{named}"{did_you_mean(named, library.catalog_names)}')


def _with_levels(item: LinkedChoice, node: Node, library: Library, reading: Reading) -> Field | None:
    """The field with a catalog's entries; one of a catalog without levels is told, and not read."""
    at = node.at(["catalog"])
    options = library.linked(item.catalog)
    if not options:
        _report_no_catalog(at, item.catalog, library, reading)
        return None
    whole = replace(item, options=options)
    if whole.depth < 2:
        reading.fault(at, f'no entry of the catalog "{item.catalog}" has a "parent", so there is nothing to link')
        return None
    values = set(whole.values)
    for option in options:
        if option.parent and option.parent not in values:
            what = f'the catalog "{item.catalog}" has no entry "{option.parent}", the "parent" of "{option.value}"'
            reading.fault(at, what + did_you_mean(option.parent, values))
            return None
    if len(whole.levels) > whole.depth:
        reading.fault(node.at(["levels"]), f'"levels" names {len(whole.levels)}, but there are only {whole.depth}')
    return whole


def _keys(node: Node) -> Sequence[str]:
    return list(node.value) if isinstance(node.value, dict) else ()


def _paper_entries(node: Node | None, order: int) -> Iterator[Entry]:
    if node is None or not isinstance(node.value, list):
        return
    for index, (item, group) in enumerate(_papers_of(node.value)):
        name = blocks.field_name(item)
        yield Entry(name, item, f'paper "{name}"', order + index, PAPERS_STEP, above=(group,) if group else ())


def _papers_of(items: Sequence[Node]) -> Iterator[tuple[Node, Node | None]]:
    """Every paper, with the node of those of which one is enough."""
    for item in items:
        inner = item.get("papers") if item.get("one_of") is not None else None
        if inner is None:
            yield item, None
        else:
            yield from ((one, item) for one in (inner.value if isinstance(inner.value, list) else ()))


def _officer_fields(node: Node | None, found: Outline) -> tuple[OfficerField, ...]:
    read = []
    form = list(found.entries)
    for item in _listed(node, found.reading, "fields"):
        stage = item.get("stage")
        if blocks.is_group(item):
            found.reading.at("officer_fields").fault(item.at(["kind"]), "officers fill no group")
            continue
        entry = read_field(_without(item, "stage"), found, found.reading.at("officer_fields"))
        found.officer_entries.append(replace(entry, node=item, order=len(form) + len(found.papers) + entry.order))
        if entry.field is not None:
            read.append(OfficerField(field=entry.field, stage=text(stage, found.reading) if stage else None))
    found.entries[:] = form
    return tuple(read)


def _without(node: Node, key: str) -> Node:
    if not isinstance(node.value, dict):
        return node
    return replace(node, value={name: inner for name, inner in node.value.items() if name != key})
