"""Agencies and their units: what was loaded, and what pages ask of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from engine.definition import library
from engine.definition.procedure import Procedure
from engine.search import collation_key
from engine.storage import statements
from engine.storage.database import transaction
from engine.storage.models import Agency, Unit

COLUMNS = ("id", "code", "name", "kind", "parent", "ward", "address", "phone", "email", "hours")
LOADED = ("name", "kind", "parent", "ward", "address", "phone", "email", "hours")
FIND = f"SELECT {', '.join(COLUMNS)} FROM agency"  # noqa: S608 - the columns are named above
BY_ID = f"{FIND} WHERE id = ?"
BY_CODE = f"{FIND} WHERE code = ?"
WITH_RATES = (
    f"SELECT {', '.join(f'a.{name}' for name in COLUMNS)}, r.name, r.amount FROM agency a "  # noqa: S608 - as above
    "LEFT JOIN agency_rate r ON r.agency_id = a.id AND r.procedure = ? WHERE a.id = ?"
)
UNIT_TITLE = "SELECT title FROM unit WHERE agency_id = ? AND name = ?"


def by_id(identity: int) -> Agency:
    """The agency of a row that points to it."""
    found = statements.one(BY_ID, identity)
    assert found is not None
    return _agency(found)


def with_rates(identity: int, code: str) -> tuple[Agency, dict[str, int]]:
    """The agency of a row that points to it, with its own amounts in đồng for a procedure, in one fixed statement."""
    found = statements.rows(WITH_RATES, code, identity)
    own = {name: amount for *_, name, amount in found if name is not None}
    return _agency(found[0][: len(COLUMNS)]), own


def by_code(code: str) -> Agency | None:
    """The agency of this code."""
    found = statements.one(BY_CODE, code)
    return None if found is None else _agency(found)


def listing() -> tuple[Agency, ...]:
    """Every agency, by name."""
    agencies = map(_agency, statements.rows(FIND))
    return tuple(sorted(agencies, key=lambda one: (collation_key(one.name), one.code)))


def only_one() -> Agency | None:
    """The agency of a site that has only one."""
    found = statements.rows(f"{FIND} LIMIT 2")
    return _agency(found[0]) if len(found) == 1 else None


def receiving(procedure: Procedure) -> tuple[Agency, ...]:
    """The agencies that take this procedure, by name."""
    return tuple(agency for agency in listing() if takes(procedure.agencies, agency))


def takes(wanted: Collection[str], agency: Agency | library.Agency) -> bool:
    """Whether an agency is among `kind:…` and `code:…`; all are where nothing is named."""
    return not wanted or f"kind:{agency.kind}" in wanted or f"code:{agency.code}" in wanted


def unit_title(agency_id: int, unit: str) -> str:
    """A unit as people call it, or its name where the agency lost it."""
    found = statements.one(UNIT_TITLE, agency_id, unit)
    return str(found[0]) if found else unit


def units(agency_id: int) -> tuple[Unit, ...]:
    """The units of an agency, in the order in which they were made."""
    return tuple(Unit.select().where(Unit.agency == agency_id).order_by(Unit.id))


def load(agencies: Iterable[library.Agency], *, overwrite: bool) -> tuple[str, ...]:
    """Makes the agencies that are not there yet; with `overwrite` the others become as they are given.

    Nothing is deleted: dossiers point to agencies and units. The codes of those made or changed.
    """
    with transaction():
        return tuple(agency.code for agency in agencies if _load(agency, overwrite=overwrite))


def _load(given: library.Agency, *, overwrite: bool) -> bool:
    values = {name: getattr(given, name) for name in LOADED}
    row = by_code(given.code)
    if row is None:
        row = Agency.create(code=given.code, **values)
    elif not overwrite:
        return False
    else:
        Agency.update(values).where(Agency.id == row.id).execute()
    _load_units(row, given.units)
    return True


def _load_units(agency: Agency, given: Iterable[library.Unit]) -> None:
    for unit in given:
        query = Unit.insert(agency=agency, name=unit.name, title=unit.title)
        query.on_conflict(conflict_target=[Unit.agency, Unit.name], update={"title": unit.title}).execute()


def _agency(row: tuple[Any, ...]) -> Agency:
    return Agency(**dict(zip(COLUMNS, row, strict=True)))
