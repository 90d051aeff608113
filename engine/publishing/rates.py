"""An agency's own amounts: what it takes where a procedure names an amount, instead of what the procedure says.

They are read when a draft is filled, reviewed and sent. A dossier keeps the fees that it was filed with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

from peewee import SQL, fn

from engine import formulas
from engine.definition.checks.publishing import MOST_DONG
from engine.definition.procedure import Procedure
from engine.errors import AmountRefused, UnknownRate
from engine.format import json_text
from engine.format.texts import Text
from engine.office import agencies
from engine.publishing import versions
from engine.search import words
from engine.storage import journal, statements
from engine.storage.database import transaction
from engine.storage.models import Agency, AgencyRate, ProcedureRow, Version

OWN = "SELECT name, amount FROM agency_rate WHERE agency_id = ? AND procedure = ? ORDER BY name"
MOST_WORDS = 12  # of a search


@dataclass(frozen=True, slots=True)
class Rate:
    """A named amount in đồng: the procedure's, nothing where it names it no more; the agency's own, if any; and the
    titles of the fees that it is part of.
    """

    name: str
    default: int | None
    own: int | None
    fees: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A procedure with its amounts for an agency; `published` is false where the public sees none of its versions."""

    code: str
    title: Text
    rates: tuple[Rate, ...]
    published: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One page of procedures, and how many there are in all."""

    items: tuple[Listed, ...]
    total: int


# What forms and fees ask


def rates_of(agency: Agency, code: str) -> dict[str, int]:
    """All amounts in đồng that an agency has set for a procedure, in one fixed statement; unused ones too."""
    return {row[0]: row[1] for row in statements.rows(OWN, agency.id, code)}


def receiver(agency_id: int, procedure: Procedure) -> tuple[Agency, dict[str, int]]:
    """An agency, with those of its own amounts that this version of a procedure names; one fixed statement."""
    if not procedure.rates:
        return agencies.by_id(agency_id), {}
    agency, own = agencies.with_rates(agency_id, procedure.code)
    # A name that this version does not have may be a field of it, which must not be hidden by an old amount.
    return agency, {name: amount for name, amount in own.items() if name in procedure.rates}


# What changes them


def set_rate(agency: Agency, code: str, name: str, amount: int, *, by: str, now: datetime) -> None:
    """Sets an agency's own amount in đồng; the same again changes nothing. Raises `UnknownRate`, `AmountRefused`."""
    if not 0 <= amount <= MOST_DONG:
        raise AmountRefused(amount, MOST_DONG)
    with transaction():
        version = versions.current(code)
        if version is None or not agencies.takes(version.agencies.split(), agency) or name not in (version.rates or {}):
            raise UnknownRate(code, name)
        before = rates_of(agency, code).get(name)
        if before == amount:
            return
        AgencyRate.insert(agency=agency, procedure=code, name=name, amount=amount).on_conflict(
            conflict_target=[AgencyRate.agency, AgencyRate.procedure, AgencyRate.name], update={"amount": amount}
        ).execute()
        details = {"agency": agency.code, "rate": name, "amount": amount, "before": before}
        journal.write("rate_set", code, by=by, now=now, details=details)


def unset(agency: Agency, code: str, name: str, *, by: str, now: datetime) -> None:
    """Goes back to the procedure's amount; nothing happens where that is taken already."""
    with transaction():
        before = rates_of(agency, code).get(name)
        if before is None:
            return
        own = (AgencyRate.agency == agency, AgencyRate.procedure == code, AgencyRate.name == name)
        AgencyRate.delete().where(*own).execute()
        details = {"agency": agency.code, "rate": name, "before": before}
        journal.write("rate_unset", code, by=by, now=now, details=details)


# What the back office lists


def find(agency: Agency, *, query: str = "", page: int, size: int) -> Found:
    """One page, from 1, of the procedures that name amounts and that the agency receives, and of those for which it
    has set some; by code. `query` narrows them by words of title and code.
    """
    folded = [Version.folded.contains(f" {word}") for word in words(query)[:MOST_WORDS]]
    codes = _named(agency, folded) | _own(agency, folded)
    wanted = [code for (code,) in codes.order_by(SQL("code")).paginate(page, size).tuples()]
    return Found(tuple(_listed(agency, wanted)), codes.count())


def counts() -> dict[int, int]:
    """How many own amounts each agency has set, by the agency's id."""
    counted = AgencyRate.select(AgencyRate.agency, fn.COUNT(AgencyRate.id)).group_by(AgencyRate.agency)
    return dict(counted.tuples())  # type: ignore[arg-type]  # rows of two


def _current() -> Any:
    return ProcedureRow.current == Version.id


def _named(agency: Agency, folded: list[Any]) -> Any:
    """The codes of what the public sees, the agency receives, and names amounts."""
    named = [Version.agencies.contains(f" {one} ") for one in (f"code:{agency.code}", f"kind:{agency.kind}")]
    received = (Version.agencies == "") | named[0] | named[1]
    query = Version.select(Version.code.alias("code")).join(ProcedureRow, on=_current())
    return query.where(reduce(and_, [~Version.rates.is_null(), received, *folded]))


def _own(agency: Agency, folded: list[Any]) -> Any:
    query = AgencyRate.select(AgencyRate.procedure.alias("code")).where(AgencyRate.agency == agency)
    if folded:
        found = Version.select(Version.code).where(reduce(and_, folded))
        query = query.where(AgencyRate.procedure.in_(found))
    return query.distinct()


def _listed(agency: Agency, codes: list[str]) -> Iterable[Listed]:
    """These procedures, each with what it names and what the agency has set."""
    if not codes:
        return
    columns = (Version.code, Version.title, Version.title_en, Version.agencies, Version.rates, Version.document)
    shown = {row.code: row for row in Version.select(*columns).join(ProcedureRow, on=_current())
             .where(Version.code.in_(codes))}  # fmt: skip
    titles = _titles([code for code in codes if code not in shown])
    own: dict[str, dict[str, int]] = {code: {} for code in codes}
    for row in AgencyRate.select().where(AgencyRate.agency == agency, AgencyRate.procedure.in_(codes)):
        own[row.procedure][row.name] = row.amount
    for code in codes:
        version = shown.get(code)
        title = Text(version.title, version.title_en) if version else titles.get(code, Text(code))
        yield Listed(code, title, tuple(_rates(agency, version, own[code])), version is not None)


def _titles(codes: list[str]) -> dict[str, Text]:
    """The titles of procedures that the public does not see now, as they were last published."""
    query = Version.select(Version.code, Version.title, Version.title_en).where(Version.code.in_(codes))
    return {row.code: Text(row.title, row.title_en) for row in query.order_by(Version.number)} if codes else {}


def _rates(agency: Agency, version: Version | None, own: Mapping[str, int]) -> Iterable[Rate]:
    """What the version names, in its order, then what the agency has set beside that."""
    taken = version is not None and agencies.takes(version.agencies.split(), agency)
    named: Mapping[str, int] = (version.rates or {}) if version is not None and taken else {}
    if version is not None and named:
        fees = json_text.loads(version.document)["procedure"].get("fees", [])
        for name, default in named.items():
            yield Rate(name, int(default), own.get(name), tuple(_fees_with(name, fees)))
    for name in sorted(own.keys() - named.keys()):
        yield Rate(name, None, own[name])


def _fees_with(name: str, fees: Iterable[Mapping[str, Any]]) -> Iterable[Text]:
    for fee in fees:
        if name in formulas.names(formulas.parse(str(fee["amount"]))):
            yield Text.of(fee["title"])
