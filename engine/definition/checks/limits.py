"""Limits of a field that leave nothing between them, and defaults that the field itself would refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.checks.checking import Checking
from engine.definition.outline import Entry
from engine.formulas.values import moment_of
from engine.kinds import Context, Field, Refused
from engine.kinds.base import posted
from engine.kinds.choices import Choices
from engine.kinds.dates import Limit, written
from engine.kinds.messages import Problem
from engine.kinds.numbers import LARGEST, Integer
from engine.kinds.text import LongText, ShortText

PAIRS = (("min", "max"), ("min_length", "max_length"), ("min_rows", "max_rows"))
# What depends on today is said to be wrong only where it is wrong on each of these days: of a year of 365 days and
# one of 366, the first, middle and last of the shortest and the longest months, and days far away.
DAYS = (
    "2026-01-15",
    *(
        f"{year}-{day}"
        for year in (2023, 2024)
        for day in ("01-31", "02-28", "03-01", "03-15", "03-31", "05-30", "12-31")
    ),
    "2024-02-29",
    "1950-06-15",
    "2100-06-15",
)


class _Nowhere:
    """No places: what is judged here is in none."""

    def province_options(self) -> Mapping[str, str]:
        return {}

    def ward_options(self, province: str) -> Mapping[str, str]:
        return {}

    def title(self, code: str) -> str:
        return code

    def country_options(self, language: str) -> Mapping[str, str]:
        return {}

    def country(self, code: str, language: str) -> str:
        return code


NOWHERE = _Nowhere()


def sound(checking: Checking, entry: Entry, item: Field) -> bool:
    """Whether some value may pass the field's limits; a fault where none does."""
    found = [_pair(item, low, high) for low, high in PAIRS]
    for (low, _), what in zip(PAIRS, found, strict=True):
        if what:
            checking.fault(entry.node.at([low]), entry.place, what)
    if any(found):
        return False
    alone = _alone(item)
    for name, what in alone.items():
        checking.fault(entry.node.at([name]), entry.place, what)
    return not alone


def _pair(item: Field, low: str, high: str) -> str:
    """What is wrong with two limits, or an empty text."""
    lowest, highest = getattr(item, low, None), getattr(item, high, None)
    if isinstance(lowest, Limit) and isinstance(highest, Limit):
        return _dates(lowest, highest)
    low_, high_ = _comparable(lowest), _comparable(highest)
    if low_ is None or high_ is None or not _passes(low_, high_):
        return ""
    return f'"{low}" is {low_} and "{high}" only {high_}'


def _comparable(limit: Any) -> Any:
    """A limit that is known before any day is: a number, a time, a day or a moment."""
    return (limit.fixed or None) if isinstance(limit, Limit) else limit


def _passes(low: Any, high: Any) -> bool:
    """Whether a lower limit lies above the upper one; dates at the coarser precision of the two."""
    if isinstance(low, str):
        low, high = moment_of(low) or low, moment_of(high) or high
        return bool(low[: len(high)] > high[: len(low)])
    return bool(low > high)


def _dates(lowest: Limit, highest: Limit) -> str:
    """Dates are compared at the coarser precision of the two."""
    for today in DAYS:
        low, high = lowest.on(today), highest.on(today)
        if low[: len(high)] <= high[: len(low)]:
            return ""
    if lowest.fixed and highest.fixed:
        return f'"min" is {lowest.fixed} and "max" only {highest.fixed}'
    return (
        f'"min" is after "max": on {written(DAYS[0])} {written(lowest.on(DAYS[0]))} and {written(highest.on(DAYS[0]))}'
    )


def _alone(item: Field) -> dict[str, str]:
    """What is wrong with single limits, by the key."""
    if isinstance(item, Choices) and item.min and item.choices is not None and item.min > len(item.values):
        return {"min": f'"min" is {item.min}, but there are only {len(item.values)} choices'}
    if isinstance(item, ShortText | LongText) and not item.max_length and (item.min_length or 0) > item.longest():
        return {
            "min_length": f'"min_length" is {item.min_length}, but without "max_length" {item.longest()} are the most'
        }
    if isinstance(item, Integer):
        limits = {name: getattr(item, name) for name in ("min", "max")}
        return {
            name: f'"{name}" is {limit}, but numbers go from {-LARGEST} to {LARGEST}'
            for name, limit in limits.items()
            if limit is not None and abs(limit) > LARGEST
        }
    return {}


def refusal(item: Field) -> str:
    """Why the field refuses its own default on every day, in a sentence; an empty text where it takes it."""
    said = ""
    for today in DAYS:
        problem = _problem(item, Context(today, NOWHERE))
        if problem is None:
            return ""
        said = said or problem.sentence(item.name, "en").removeprefix(f"{item.name}: ")
    return said


def _problem(item: Field, context: Context) -> Problem | None:
    """What becomes of the default when it is posted as it was shown."""
    value = item.prefill(context)
    try:
        stored = item.parse(posted(item.typed(value)), context)
    except Refused as refused:
        return refused.problem
    return None if stored is None else item.problem(stored, context)
