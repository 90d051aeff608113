"""What a definition is read against: blocks, catalogs, agencies, administrative units and blank forms.

A library is made of a folder, of the database's rows (`engine.publishing.rows`), or of what a version pinned
(`engine.publishing.versions`). What stands beside a file goes before what stands in the base.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.definition.areas import Area, read_areas
from engine.format.faults import Fault, TooManyFaults, errors
from engine.format.reading import (
    Node,
    Reading,
    anything,
    described,
    key,
    local_text,
    name,
    node_of,
    record,
    recorded,
    report_unknown,
    several,
    text,
)
from engine.format.source import parse
from engine.format.texts import Text
from engine.kinds.choices import Option

FORMAT = 1
CATEGORIES = "categories"
PROVINCES, WARDS = "provinces", "wards"
AREAS_FILE, AGENCIES_FILE = "administrative-units.csv", "agencies.yaml"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FILE_NAME = re.compile(r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]*")


def day(node: Node, reading: Reading) -> str | None:
    """A day, `YYYY-MM-DD`."""
    plain = text(node, reading)
    if plain is not None and not DAY.fullmatch(plain):
        reading.fault(node, f'a day YYYY-MM-DD is wanted, not "{plain}"')
        return None
    return plain


@dataclass(frozen=True, kw_only=True)
class CatalogEntry:
    """One entry of a catalog."""

    value: str = key(text, required=True, doc="What is stored.")
    label: Text = key(local_text, required=True, doc="What is read.")
    parent: str | None = key(text, doc="The entry of the outer list to which it belongs.")
    until: str | None = key(day, doc="The last day on which it may be chosen.")

    def option(self) -> Option:
        """The entry as a field offers it."""
        return Option(value=self.value, label=self.label, until=self.until, parent=self.parent)


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """A list of choices shared by procedures."""

    catalog: str = key(text, required=True, doc="Its name.")
    title: Text = key(local_text, required=True, doc="Its title.")
    entries: tuple[CatalogEntry, ...] = key(
        several(recorded(CatalogEntry, 'entry "{}"')), required=True, doc="The entries, in order."
    )

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """What a field offers."""
        return tuple(entry.option() for entry in self.entries)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """What may be stored."""
        return tuple(entry.value for entry in self.entries)

    def document(self) -> dict[str, Any]:
        """The plain data that reads back as this catalog."""
        entries = [_plain(entry) for entry in self.entries]
        return {"format": FORMAT, "catalog": self.catalog, "title": plain_text(self.title), "entries": entries}


def _plain(entry: CatalogEntry) -> dict[str, Any]:
    values = {item.name: getattr(entry, item.name) for item in dataclasses.fields(entry)}
    return {
        name: plain_text(value) if isinstance(value, Text) else value
        for name, value in values.items()
        if value is not None
    }


def plain_text(value: Text) -> str | dict[str, str]:
    """A text as a document writes it."""
    return value.vi if value.en is None else {"vi": value.vi, "en": value.en}


@dataclass(frozen=True, kw_only=True)
class Block:
    """A reusable part of a form; its fields are read anew at each use."""

    block: str = key(name, required=True, doc="Its name.")
    title: Text = key(local_text, required=True, doc="Its title.")
    fields: Any = key(anything, required=True, doc="Its fields and sections.")
    node: Node = field(default_factory=lambda: Node(None), compare=False, repr=False)

    @property
    def items(self) -> tuple[Node, ...]:
        """The nodes of its fields."""
        inner = self.node.at(["fields"]).value
        return tuple(inner) if isinstance(inner, list) else ()


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit of an agency, as stages name it."""

    name: str = key(text, required=True, doc="Its name.")
    title: str = key(text, required=True, doc="Its title.")


@dataclass(frozen=True, kw_only=True)
class Agency:
    """An agency that receives dossiers."""

    code: str = key(text, required=True, doc="Its code.")
    name: str = key(text, required=True, doc="Its name.")
    kind: str = key(text, required=True, doc="Its kind, as procedures name it in `kind:…`.")
    parent: str = key(text, default="", doc="The code of the agency above it.")
    ward: str = key(text, default="", doc="The code of its administrative unit.")
    address: str = key(text, default="", doc="Its address.")
    phone: str = key(text, default="", doc="Its phone.")
    email: str = key(text, default="", doc="Its mail address.")
    hours: str = key(text, default="", doc="When it is open.")
    units: tuple[Unit, ...] = key(several(recorded(Unit, 'unit "{}"')), default=(), doc="Its units.")


def no_template(_code: str, _file: str) -> bytes | None:
    """The blank forms of a library that has none."""
    return None


@dataclass(frozen=True)
class Library:
    """Where a definition finds what it names.

    `broken` are the faults of files that could not be read, by the names that stand in them: who uses one is told
    of those, and not that it is unknown. `template` gives a blank form's bytes by procedure code and file name.
    """

    blocks: Mapping[str, Block] = field(default_factory=dict)
    catalogs: Mapping[str, Catalog] = field(default_factory=dict)
    agencies: tuple[Agency, ...] = ()
    areas: tuple[Area, ...] = ()
    broken: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    template: Callable[[str, str], bytes | None] = no_template

    @classmethod
    def folder(cls, path: Path, *, base: Library | None = None) -> Library:
        """What stands in a folder, and after it what stands in `base`."""
        shelf = _Shelf()
        for file in sorted((path / "blocks").glob("*.yaml")):
            shelf.block(file)
        for file in sorted((path / "catalogs").glob("*.yaml")):
            shelf.catalog(file)
        if (path / AGENCIES_FILE).is_file():
            shelf.take_agencies(path / AGENCIES_FILE)
        if (path / AREAS_FILE).is_file():
            shelf.areas, faults = read_areas(path / AREAS_FILE)
            shelf.faults += faults
        own = cls(
            shelf.blocks, shelf.catalogs, shelf.agencies, shelf.areas, shelf.broken, tuple(shelf.faults),
            lambda code, file: read_template(path, code, file),
        )  # fmt: skip
        return own if base is None else own.before(base)

    def before(self, base: Library) -> Library:
        """This library, and `base` for what it lacks."""

        def template(code: str, file: str) -> bytes | None:
            own = self.template(code, file)
            return base.template(code, file) if own is None else own

        return Library(
            {**self._sound("block", base.blocks), **self._blocks_with_lines(base.blocks)},
            {**self._sound("catalog", base.catalogs), **self.catalogs},
            self.agencies + tuple(one for one in base.agencies if one.code not in self.agency_codes),
            self.areas or base.areas,
            {**base.broken, **self.broken},
            self.faults,
            template,
        )

    def _blocks_with_lines(self, of_base: Mapping[str, Block]) -> dict[str, Block]:
        """The own blocks; one that rows gave, without lines, as the base's file where that says the same."""
        found = dict(self.blocks)
        for block in self.blocks.values():
            other = of_base.get(block.block)
            if other and block.node.at(["fields"]).line <= 1 and other.node.plain() == block.node.plain():
                found[block.block] = other
        return found

    def _sound(self, sort: str, of_base: Mapping[str, Any]) -> dict[str, Any]:
        """What the base has, save what a broken file of this library stands for."""
        return {name: value for name, value in of_base.items() if f"{sort} {name}" not in self.broken}

    def catalog(self, wanted: str) -> Catalog | None:
        """The catalog of this name; `provinces` and `wards` are made of the administrative units."""
        return self.catalogs.get(wanted) or self._area_catalogs.get(wanted)

    def linked(self, wanted: str) -> tuple[Option, ...]:
        """The entries of a catalog with those that they lie below: `wards` stand below the `provinces`."""
        names = (PROVINCES, WARDS) if wanted == WARDS and WARDS not in self.catalogs else (wanted,)
        found = [catalog for name in names if (catalog := self.catalog(name))]
        return tuple(option for catalog in found for option in catalog.options)

    @property
    def catalog_names(self) -> tuple[str, ...]:
        """Every catalog that may be named."""
        return (*self.catalogs, *self._area_catalogs)

    @cached_property
    def _area_catalogs(self) -> Mapping[str, Catalog]:
        if not self.areas:
            return {}
        wards = [area for area in self.areas if area.parent]
        provinces = [area for area in self.areas if not area.parent]
        return {
            PROVINCES: _area_catalog(PROVINCES, Text("Tỉnh, thành phố", "Province"), provinces),
            WARDS: _area_catalog(WARDS, Text("Phường, xã", "Ward"), wards),
        }

    @property
    def units(self) -> frozenset[str]:
        """The name of every unit of every agency."""
        return frozenset(unit.name for agency in self.agencies for unit in agency.units)

    @property
    def agency_codes(self) -> frozenset[str]:
        """The code of every agency."""
        return frozenset(agency.code for agency in self.agencies)


def _area_catalog(catalog: str, title: Text, areas: Iterable[Area]) -> Catalog:
    latest = {area.code: area for area in sorted(areas, key=lambda area: area.since)}
    entries = tuple(
        CatalogEntry(value=area.code, label=Text(area.name), parent=area.parent or None, until=area.until or None)
        for area in latest.values()
    )
    return Catalog(catalog=catalog, title=title, entries=entries)


def read_template(folder: Path, code: str, file: str) -> bytes | None:
    """A blank form's bytes; nothing for a name or a link that leaves the folder."""
    path = folder / code / file
    if not FILE_NAME.fullmatch(code) or not FILE_NAME.fullmatch(file) or path.is_symlink() or not path.is_file():
        return None
    return path.read_bytes() if path.resolve().parent == (folder / code).resolve() else None


class _Shelf:
    """The files of one folder while they are being read."""

    def __init__(self) -> None:
        self.blocks: dict[str, Block] = {}
        self.catalogs: dict[str, Catalog] = {}
        self.agencies: tuple[Agency, ...] = ()
        self.areas: tuple[Area, ...] = ()
        self.broken: dict[str, tuple[Fault, ...]] = {}
        self.faults: list[Fault] = []

    def block(self, file: Path) -> None:
        """Takes a block's file."""
        node, faults = parse(file.read_bytes(), str(file))
        block, more = (None, ()) if node is None else read_block(node)
        self._keep(self.blocks, f"block {file.stem}", block.block if block else "", block, (*faults, *more))

    def catalog(self, file: Path) -> None:
        """Takes a catalog's file."""
        node, faults = parse(file.read_bytes(), str(file))
        catalog, more = (None, ()) if node is None else read_catalog(node)
        name = catalog.catalog if catalog else ""
        self._keep(self.catalogs, f"catalog {file.stem}", name, catalog, (*faults, *more))

    def _keep(self, shelf: dict[str, Any], stem: str, name: str, value: Any, faults: tuple[Fault, ...]) -> None:
        self.faults += faults
        if value is None or errors(faults):
            self.broken[stem] = faults
        else:
            shelf[name] = value

    def take_agencies(self, file: Path) -> None:
        """Takes the file of the agencies."""
        node, faults = parse(file.read_bytes(), str(file))
        self.agencies, more = ((), ()) if node is None else read_agencies(node)
        self.faults += (*faults, *more)
        if errors(self.faults):
            self.broken["agencies"] = tuple(self.faults)


def check_format(node: Node, reading: Reading) -> None:
    """A fault where a file is not of the format's number."""
    inner = node.get("format")
    if inner is None:
        reading.fault(node, '"format" is missing')
    elif inner.value != FORMAT:
        reading.fault(inner, f"the format is {FORMAT}, not {described(inner)}")


def _without_format(node: Node, reading: Reading) -> Node:
    if not isinstance(node.value, dict):
        return node
    check_format(node, reading)
    rest = {name: inner for name, inner in node.value.items() if name != "format"}
    return dataclasses.replace(node, value=rest)


def read_block(node: Node) -> tuple[Block | None, tuple[Fault, ...]]:
    """A block of its file's node."""
    reading = Reading("block")
    block = None
    with suppress(TooManyFaults):
        block = record(Block, _without_format(node, reading), reading)
    if block is not None:
        inner = node.at(["fields"])
        if not isinstance(inner.value, list):
            reading.fault(inner, f"a list of fields is wanted, not {described(inner)}")
        block = dataclasses.replace(block, node=node)
    return block, tuple(reading.faults)


def read_catalog(node: Node) -> tuple[Catalog | None, tuple[Fault, ...]]:
    """A catalog of its file's node."""
    reading = Reading()
    catalog = None
    with suppress(TooManyFaults):
        catalog = record(Catalog, _without_format(node, reading), reading)
        _report_twice(node, reading)
    return catalog, tuple(reading.faults)


def _report_twice(node: Node, reading: Reading) -> None:
    seen: dict[str, int] = {}
    entries = node.at(["entries"]).value
    for entry in entries if isinstance(entries, list) else ():
        value = entry.at(["value"])
        if value.raw in seen and value is not entry:
            reading.fault(value, f'the value "{value.raw}" stands twice, first in line {seen[value.raw]}')
        seen.setdefault(value.raw, value.line)


def read_agencies(node: Node) -> tuple[tuple[Agency, ...], tuple[Fault, ...]]:
    """The agencies of their file's node."""
    reading = Reading()
    if not isinstance(node.value, dict) or "agencies" not in node.value:
        reading.fault(node, '"agencies" is missing')
        return (), tuple(reading.faults)
    agencies: tuple[Agency, ...] = ()
    with suppress(TooManyFaults):
        report_unknown(node, reading, ("format", "agencies"))
        check_format(node, reading)
        agencies = several(recorded(Agency, 'agency "{}"'))(node.value["agencies"], reading) or ()
    return agencies, tuple(reading.faults)


def catalog_of(document: Mapping[str, Any]) -> Catalog:
    """The catalog of a document that was checked before; raises `ValueError` where it is none."""
    catalog, faults = read_catalog(node_of(document))
    if catalog is None:
        raise ValueError(str(faults[0]))
    return catalog
