"""The administrative units (provinces and wards) with the days between which they exist."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path

from engine.format.faults import Fault
from engine.format.reading import MOST_CHARACTERS
from engine.search import collation_key

COLUMNS = ("code", "name", "kind", "parent")
DATES = ("from", "until")

TITLES = ("Thành phố ", "Tỉnh ", "Phường ", "Xã ", "Đặc khu ")


def alphabetical(name: str) -> str:
    """The key by which units are listed: the words that only say their kind are passed over."""
    return collation_key(next((name.removeprefix(title) for title in TITLES if name.startswith(title)), name))


@dataclass(frozen=True, slots=True)
class Area:
    """A province or a ward; `since` and `until` are days `YYYY-MM-DD`, empty where open; a province has no parent."""

    code: str
    name: str
    kind: str
    parent: str = ""
    since: str = ""
    until: str = ""

    def on(self, day: str) -> bool:
        """Whether it exists on the day."""
        return self.since <= day and (not self.until or day <= self.until)


def read_areas(path: Path) -> tuple[tuple[Area, ...], tuple[Fault, ...]]:
    """The units of a CSV file (code, name, kind, parent, from, until), and what is wrong with it."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        return (), (Fault(str(path), 1, "", "the file is not UTF-8"),)
    rows = csv.DictReader(StringIO(text))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        return (), (Fault(str(path), 1, "", f'the column "{missing[0]}" is missing'),)
    read = [(rows.line_num, _area(row)) for row in rows]
    return tuple(area for _, area in read), tuple(_faults(str(path), read))


def _area(row: Mapping[str, str | None]) -> Area:
    code, name, kind, parent, since, until = ((row.get(column) or "").strip() for column in COLUMNS + DATES)
    return Area(code, name, kind, parent, since, until)


def _faults(file: str, read: Iterable[tuple[int, Area]]) -> list[Fault]:
    rows = list(read)
    provinces = {area.code for _, area in rows if not area.parent}
    faults, seen = [], set()
    for line, area in rows:
        place = f'unit "{area.code}"'
        if not area.code or not area.name:
            faults.append(Fault(file, line, place, "code and name are wanted"))
        if any(len(getattr(area, column)) > MOST_CHARACTERS for column in COLUMNS):
            faults.append(Fault(file, line, place, f"a column has {MOST_CHARACTERS} characters at the most"))
        if area.parent and area.parent not in provinces:
            faults.append(Fault(file, line, place, f'unknown parent "{area.parent}"'))
        if (area.code, area.since) in seen:
            faults.append(Fault(file, line, place, f'the code "{area.code}" stands twice'))
        seen.add((area.code, area.since))
    return faults


@dataclass(frozen=True)
class Areas:
    """The units of one day."""

    listed: tuple[Area, ...]

    @classmethod
    def on(cls, day: str, areas: Iterable[Area]) -> Areas:
        """Those of `areas` that exist on the day."""
        return cls(tuple(area for area in areas if area.on(day)))

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The name of each unit by its code."""
        return {area.code: area.name for area in self.listed}

    @cached_property
    def below(self) -> Mapping[str, Mapping[str, str]]:
        """Code to name by parent, in Vietnamese order; the provinces stand below an empty code."""
        ordered = sorted(self.listed, key=lambda area: (alphabetical(area.name), area.code))
        found: dict[str, dict[str, str]] = {"": {}}
        for area in ordered:
            found.setdefault(area.parent, {})[area.code] = area.name
        return found
