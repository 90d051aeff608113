"""The records of two definitions side by side: which is which, and what has to move.

Things are the same by their names: steps, papers, fees and stages in their lists, methods by channel, choices by value.
What has no name (checks, sections, legal texts, headings) is the same where its content is, or most of it, or else its
position.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from engine.definition.procedure import OfficerField, Section, Step
from engine.format.reading import keys_of
from engine.format.texts import Text
from engine.kinds import Field

NAMES = ("name", "step", "one_of", "stage", "value", "channel", "file")  # the first of these keys names a record
TITLES = ("label", "title", "section", "message", "text")


@dataclass(frozen=True, slots=True)
class Spot:
    """One part of a place: what sort of thing, its name in the format (empty where it has none), and its title."""

    sort: str
    name: str = ""
    title: Text | None = None


@dataclass(frozen=True)
class Item:
    """A record of a list, with what it is compared by."""

    record: Any
    sort: str
    name: str
    parts: Mapping[str, Any]
    spot: Spot
    inner: frozenset[str] = frozenset()


def parts_of(record: Any) -> dict[str, Any]:
    """The options of a record by their keys, of a field with its kind."""
    if isinstance(record, OfficerField):
        return {**parts_of(record.field), "stage": record.stage}
    kind: Any = type(record)
    parts = {key: getattr(record, item.name) for key, item in keys_of(kind).items()}
    known = {item.name for item in keys_of(kind).values()}
    # What stands beside the keys, such as the last day of a catalog's entry.
    parts |= {one.name: getattr(record, one.name) for one in fields(record) if one.compare and one.name not in known}
    return {"kind": record.KIND, **parts} if isinstance(record, Field) else parts


def item_of(record: Any, sort: str) -> Item:
    """A record with its name, its title and its options; a step and a section without their fields."""
    parts = parts_of(record)
    inner: frozenset[str] = frozenset()
    if isinstance(record, Step | Section):
        held = record.fields() if isinstance(record, Step) else record.fields
        inner = frozenset(one.name for one in held if one.name)
        del parts["fields"]
    name = next((str(parts[key]) for key in NAMES if parts.get(key)), "")
    title = next((parts[key] for key in TITLES if _said(parts.get(key))), None)
    return Item(record, sort, name, parts, Spot(sort, name, title), inner)


def _said(value: Any) -> bool:
    return isinstance(value, Text) and bool(value.vi)


def is_record(value: Any) -> bool:
    """Whether a value is a record of the format, with keys of its own."""
    kind: Any = type(value)
    return is_dataclass(value) and bool(keys_of(kind))


def matched(old: Sequence[Item], new: Sequence[Item]) -> dict[int, int]:
    """Which of the new is which of the old, by their numbers: by name, content, most of it, position."""
    pairs: dict[int, int] = {}
    numbered = _numbered(new)
    for name, here in _numbered(old).items():
        if name in numbered:
            pairs[here] = numbered[name]
    free_old = [here for here, item in enumerate(old) if not item.name]
    free_new = [there for there, item in enumerate(new) if not item.name]
    for alike in (_equal, _like, _in_place):
        for here in [one for one in free_old if one not in pairs]:
            taken = set(pairs.values())
            found = alike(old, here, new, [one for one in free_new if one not in taken])
            if found is not None:
                pairs[here] = found
    return pairs


def _numbered(items: Sequence[Item]) -> dict[tuple[str, int], int]:
    """Where each name stands; of a name that stands several times, the first, the second…"""
    seen: dict[str, int] = {}
    found: dict[tuple[str, int], int] = {}
    for number, item in enumerate(items):
        if item.name:
            found[item.name, seen.setdefault(item.name, 0)] = number
            seen[item.name] += 1
    return found


def _equal(old: Sequence[Item], here: int, new: Sequence[Item], free: Sequence[int]) -> int | None:
    return next((there for there in free if new[there].record == old[here].record), None)


def _like(old: Sequence[Item], here: int, new: Sequence[Item], free: Sequence[int]) -> int | None:
    best = max(free, key=lambda there: _likeness(old[here], new[there]), default=None)
    return best if best is not None and _likeness(old[here], new[best]) else None


def _likeness(one: Item, other: Item) -> int:
    """How much two things have in common beside what most of their sort have."""
    same = [key for key, value in one.parts.items() if _tells(key, value) and value == other.parts.get(key)]
    return len(same) + len(one.inner & other.inner)


def _tells(key: str, value: Any) -> bool:
    return key not in ("kind", "severity", "at") and not isinstance(value, bool | int) and bool(value)


def _in_place(_old: Sequence[Item], here: int, _new: Sequence[Item], free: Sequence[int]) -> int | None:
    return here if here in free else None


def out_of_order(pairs: Mapping[int, int]) -> list[tuple[int, int]]:
    """The fewest pairs that have to move, so that all others stand in their old order."""
    order = [there for _, there in sorted(pairs.items())]
    stay = _longest_rising(order)
    return [(here, there) for here, there in sorted(pairs.items()) if there not in stay]


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The longest rising part of some different numbers."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(ends, number)
        before[number] = ends[at - 1] if at else None
        ends[at : at + 1] = [number]
    rising: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        rising.add(last)
        last = before[last]
    return rising
