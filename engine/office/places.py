"""The administrative units as they stand on a day, from their table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from engine.definition.areas import Area, Areas
from engine.storage import statements
from engine.storage.database import transaction
from engine.storage.models import CatalogEntryRow, CatalogRow, Place

COUNTRIES = "quoc_tich"
ON = "SELECT code, name, kind, parent FROM place WHERE since <= ? AND (until = '' OR until >= ?)"
ANY = f"{ON} LIMIT 1"
EVER = "SELECT name FROM place WHERE code = ? ORDER BY since DESC LIMIT 1"


@dataclass(frozen=True, eq=False)
class Places:
    """The units of one day; `countries` maps a language to its list. One object per day and process."""

    day: str
    areas: Areas
    countries: Mapping[str, Mapping[str, str]]

    def province_options(self) -> Mapping[str, str]:
        """Code to name of the provinces, in the order of the alphabet."""
        return self.areas.below[""]

    def ward_options(self, province: str) -> Mapping[str, str]:
        """Code to name of a province's wards, in the order of the alphabet; empty for an unknown province."""
        return self.areas.below.get(province, {}) if province else {}

    def title(self, code: str) -> str:
        """A unit's name; of one that is gone, the last it had; its code where nobody knows it."""
        return self.areas.titles.get(code) or _last_name(code) or code

    @cached_property
    def _provinces(self) -> Mapping[str, str]:
        return {area.code: area.parent for area in self.areas.listed}

    def province_of(self, ward: str) -> str:
        """The province of a ward, or an empty text."""
        return self._provinces.get(ward, "")

    def country_options(self, language: str) -> Mapping[str, str]:
        """Code to name of the countries, Vietnam first."""
        return self.countries[language]

    def country(self, code: str, language: str) -> str:
        """A country's name, or its code."""
        return self.countries[language].get(code, code)


def _last_name(code: str) -> str:
    found = statements.one(EVER, code)
    return str(found[0]) if found else ""


def places_of(day: str) -> Places:
    """The units of a day `YYYY-MM-DD`, read once per process; `forget` after loading others.

    As long as there are none, one statement asks whether another process has loaded them meanwhile.
    """
    found = _places_of(day)
    if not found.areas.listed and statements.one(ANY, day, day):
        forget()
        found = _places_of(day)
    return found


@lru_cache(maxsize=64)
def _places_of(day: str) -> Places:
    areas = Areas(tuple(Area(*row) for row in statements.rows(ON, day, day)))
    return Places(day, areas, {language: _countries(language) for language in ("vi", "en")})


def _countries(language: str) -> Mapping[str, str]:
    rows = CatalogEntryRow.select().join(CatalogRow).where(CatalogRow.name == COUNTRIES)
    ordered = rows.order_by(CatalogEntryRow.position)
    return {row.value: (row.label_en if language == "en" else None) or row.label for row in ordered}


def forget() -> None:
    """Reads the units anew the next time."""
    _places_of.cache_clear()


def are_there() -> bool:
    """Whether any unit of any day is known."""
    return bool(Place.select().exists())


def load(areas: Iterable[Area]) -> int:
    """Writes units into the table, over those of the same code and first day; how many there are now."""
    rows = [
        {"code": one.code, "name": one.name, "kind": one.kind, "parent": one.parent, "since": one.since,
         "until": one.until} for one in areas
    ]  # fmt: skip
    kept = [Place.name, Place.kind, Place.parent, Place.until]
    with transaction():
        for start in range(0, len(rows), 100):
            query = Place.insert_many(rows[start : start + 100])
            query.on_conflict(conflict_target=[Place.code, Place.since], preserve=kept).execute()
        count: int = Place.select().count()
    forget()
    return count
