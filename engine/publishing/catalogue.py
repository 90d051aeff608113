"""The published procedures as the public finds them: by words, category, level and agency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from peewee import fn

from engine.definition.procedure import Procedure
from engine.format.texts import Text
from engine.kinds.groups import Group
from engine.kinds.numbers import in_dong
from engine.search import words
from engine.storage.models import Agency, CatalogEntryRow, CatalogRow, Dossier, ProcedureRow, Version

CATEGORIES = "categories"
ONLINE = 3
WORD = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")  # a name, or a column of a group
OVER_ROWS = {"sum": Text("tổng", "sum of"), "count": Text("số", "number of")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; an empty text narrows nothing."""

    query: str = ""
    category: str = ""
    level: str = ""
    agency: str = ""
    online: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A procedure in a list."""

    code: str
    title: Text
    level: int
    category_title: Text


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found, and how many there are in all."""

    items: tuple[Listed, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Category:
    """A category with the number of its published procedures."""

    value: str
    title: Text
    count: int


def _open(today: str) -> Any:
    """That a procedure is not closed on the local day `today`."""
    return ProcedureRow.closed_on.is_null() | (ProcedureRow.closed_on > today)


def _published(today: str) -> Any:
    return Version.select().join(ProcedureRow, on=(ProcedureRow.current == Version.id)).where(_open(today))


def _titles() -> Mapping[str, Text]:
    rows = (
        CatalogEntryRow.select()
        .join(CatalogRow)
        .where(CatalogRow.name == CATEGORIES)
        .order_by(CatalogEntryRow.position)
    )
    return {row.value: Text(row.label, row.label_en) for row in rows}


def category_title(value: str) -> Text:
    """The title of a category, or its value where the catalog lost it."""
    return _titles().get(value, Text(value))


def categories(*, today: str) -> tuple[Category, ...]:
    """The categories that hold something on the local day `today`, in the catalog's order."""
    counted = Version.select(Version.category, fn.COUNT(Version.id)).join(
        ProcedureRow, on=(ProcedureRow.current == Version.id)
    )
    counted = counted.where(_open(today))
    counts: dict[str, int] = dict(counted.group_by(Version.category).tuples())  # type: ignore[arg-type]  # rows of two
    titles = _titles()
    order = [*titles, *(value for value in sorted(counts) if value not in titles)]
    return tuple(Category(value, titles.get(value, Text(value)), counts[value]) for value in order if value in counts)


def find(wanted: Wanted, *, page: int, size: int, today: str) -> Found:
    """One page of the procedures that fit and are not closed on the local day `today`, by title; `page` from 1."""
    query = _published(today)
    conditions = _conditions(wanted)
    if conditions:
        query = query.where(reduce(and_, conditions))
    ordered = query.order_by(Version.level.desc(), Version.folded, Version.id)
    return Found(_listed(ordered.paginate(page, size)), query.count())


def _conditions(wanted: Wanted) -> list[Any]:
    conditions: list[Any] = [Version.folded.contains(f" {word}") for word in words(wanted.query)[:12]]
    if wanted.category:
        conditions.append(Version.category == wanted.category)
    if wanted.level.isdigit():
        conditions.append(Version.level == int(wanted.level[:1]))
    if wanted.online:
        conditions.append(Version.level >= ONLINE)
    if wanted.agency:
        agency = Agency.get_or_none(Agency.code == wanted.agency[:64])
        kind = f" kind:{agency.kind} " if agency else " nothing "
        named = Version.agencies.contains(f" code:{wanted.agency[:64]} ") | Version.agencies.contains(kind)
        conditions.append(named | ((Version.agencies == "") & (agency is not None)))
    return conditions


def _listed(query: Any) -> tuple[Listed, ...]:
    titles = _titles()
    return tuple(
        Listed(row.code, Text(row.title, row.title_en), row.level, titles.get(row.category, Text(row.category)))
        for row in query
    )


def most_used(*, limit: int, today: str) -> tuple[Listed, ...]:
    """The online procedures that were filed most, then the other online ones."""
    filed = Dossier.select(Dossier.procedure, fn.COUNT(Dossier.id).alias("count")).group_by(Dossier.procedure)
    counted = filed.alias("filed")
    query = (
        _published(today)
        .join(counted, "LEFT OUTER JOIN", on=(counted.c.procedure == Version.code))
        .where(Version.level >= ONLINE)
        .order_by(fn.COALESCE(counted.c.count, 0).desc(), Version.folded)
        .limit(limit)
    )
    return _listed(query)


def amount_words(of: Procedure, amount: str, own: Mapping[str, int] | None = None) -> Text:
    """A fee's formula as a citizen reads it: rates as money, an agency's `own` before the procedure's, fields by their
    labels.
    """
    rates = {**of.rates, **(own or {})}
    fields = [field for step in of.form for field in step.fields() if field.ASKS]
    labels = {field.name: field.label for field in fields}
    for group in (field for field in fields if isinstance(field, Group)):
        labels |= {f"{group.name}.{column.name}": column.label for column in group.columns}
    labels = OVER_ROWS | labels

    def written(language: str) -> str:
        def word(match: re.Match[str]) -> str:
            name = match[0]
            if name in rates:
                return in_dong(rates[name])
            return labels[name].in_(language).lower() if name in labels else name

        text = in_dong(int(amount)) if amount.isdigit() else WORD.sub(word, amount)
        return text.replace("*", "×")

    return Text(written("vi"), written("en"))
