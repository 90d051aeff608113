"""What differs between two definitions of a procedure: each change at its place, option by option.

It walks the records of the format (`keys_of`), so that a new kind or option needs nothing here. Which record is which,
`matching` says; the fields of the form are the same by name wherever they stand, so that one in another step has moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.definition import compatibility
from engine.definition.matching import Item, Spot, is_record, item_of, matched, out_of_order, parts_of
from engine.definition.procedure import OfficerField, Procedure, Section, Step
from engine.kinds import Field

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
# What one of a list is called; a list that is not named here is called by its key.
SORTS = {"papers": "paper", "fees": "fee", "checks": "check", "choices": "choice", "methods": "method",
         "results": "result", "legal_basis": "law", "templates": "blank_form", "stages": "stage",
         "officer_fields": "officer_field", "rates": "rate"}  # fmt: skip


Place = tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `place` leads from the procedure inwards; it is empty for the procedure itself.

    what: `added`, `removed`, `changed` or `moved`. option: the key that changed. old, new: its values; of something
    added or removed the record; of something moved the places that hold it, or where they are the same, the spot that
    stands before it (nothing for the first).
    why_not: why drafts in hand could not go on over it, a key of `compatibility.REASONS`.
    """

    what: str
    place: Place
    option: str = ""
    old: Any = None
    new: Any = None
    why_not: str = ""

    @property
    def compatible(self) -> bool:
        """Whether a draft begun before could go on without losing an answer or being asked anew."""
        return not self.why_not


def differences(old: Procedure, new: Procedure) -> tuple[Change, ...]:
    """Every difference from `old` to `new`, in the order of the format; none where the two are equal.

    A procedure differs by what is read of it, not by how it was written: a default that is written out is none.
    """
    changes: list[Change] = []
    parts = parts_of(new)
    for key, before in parts_of(old).items():
        if key == "form":
            changes += _forms(old.form, new.form)
        else:
            changes += _values("procedure", key, before, parts[key], parts, ())
    return tuple(changes)


def _judged(item: Item) -> Mapping[str, Any]:
    """What the judgement of compatibility looks at."""
    record = item.record.field if isinstance(item.record, OfficerField) else item.record
    return {**item.parts, "asks": record.ASKS} if isinstance(record, Field) else item.parts


# Values, records, lists


def _values(sort: str, key: str, old: Any, new: Any, parts: Mapping[str, Any], place: Place) -> Iterator[Change]:
    """The differences of one option: of its records one by one, else of the whole value."""
    if old == new:
        return
    if _lists_records(old) or _lists_records(new):
        yield from _lists(old or (), new or (), _sort_of(sort, key), place)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _mappings(old, new, SORTS.get(key, key), place)
    elif is_record(old) or is_record(new):
        yield from _records(old, new, (*place, Spot(key)))
    else:
        yield Change(CHANGED, place, key, old, new, compatibility.of_changed(sort, key, old, new, parts))


def _lists_records(value: Any) -> bool:
    return isinstance(value, tuple) and any(map(is_record, value))


def _sort_of(sort: str, key: str) -> str:
    if key == "fields":
        return "column" if sort == "field" else "field"
    return SORTS.get(key, key)


def _records(old: Any, new: Any, place: Place) -> Iterator[Change]:
    sort = place[-1].sort
    if old is None or new is None:
        yield Change(REMOVED if new is None else ADDED, place, old=old, new=new)
        return
    parts = parts_of(new)
    for key, before in parts_of(old).items():
        yield from _values(sort, key, before, parts.get(key), parts, place)


def _mappings(old: Mapping[str, Any], new: Mapping[str, Any], sort: str, place: Place) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        before, after, at = old.get(key), new.get(key), (*place, Spot(sort, key))
        if before == after:
            continue
        if is_record(before) or is_record(after):
            yield from _records(before, after, at)
        else:
            what = ADDED if key not in old else REMOVED if key not in new else CHANGED
            yield Change(what, at, old=before, new=after)


def _lists(old: Sequence[Any], new: Sequence[Any], sort: str, place: Place) -> Iterator[Change]:
    before, after = [item_of(one, sort) for one in old], [item_of(one, sort) for one in new]
    pairs = matched(before, after)
    yield from _gone_and_come(before, after, pairs, place)
    yield from _reordered(before, after, pairs, place)
    for here, there in sorted(pairs.items(), key=lambda pair: pair[1]):
        yield from _compared(before[here], after[there], place)


def _gone_and_come(
    before: Sequence[Item], after: Sequence[Item], pairs: Mapping[int, int], place: Place
) -> Iterator[Change]:
    for here, item in enumerate(before):
        if here not in pairs:
            yield _removed(item, place)
    come = set(range(len(after))) - set(pairs.values())
    for there in sorted(come):
        yield _added(after[there], place)


def _removed(item: Item, place: Place) -> Change:
    why = compatibility.of_removed(item.sort, _judged(item))
    return Change(REMOVED, (*place, item.spot), old=item.record, why_not=why)


def _added(item: Item, place: Place) -> Change:
    why = compatibility.of_added(item.sort, _judged(item))
    return Change(ADDED, (*place, item.spot), new=item.record, why_not=why)


def _reordered(
    before: Sequence[Item], after: Sequence[Item], pairs: Mapping[int, int], place: Place
) -> Iterator[Change]:
    for here, there in out_of_order(pairs):
        ahead = [items[at - 1].spot if at else None for items, at in ((before, here), (after, there))]
        yield Change(MOVED, (*place, after[there].spot), old=ahead[0], new=ahead[1])


def _compared(old: Item, new: Item, place: Place) -> Iterator[Change]:
    parts, at = _judged(new), (*place, new.spot)
    if old.parts.get("kind") != new.parts.get("kind"):
        kinds = (old.parts.get("kind"), new.parts.get("kind"))
        asked = {**parts, "asks": parts.get("asks", True) or _judged(old).get("asks", True)}
        yield Change(CHANGED, at, "kind", *kinds, compatibility.of_changed(new.sort, "kind", *kinds, asked))
    for key, before in old.parts.items():
        if key in new.parts and key != "kind":  # another kind has other options
            yield from _values(new.sort, key, before, new.parts[key], parts, at)


# The form: its fields are the same wherever they stand


@dataclass
class _Form:
    """One of two forms; `home` says which section is which in both (the number of a pair), and 0 outside of any."""

    steps: Sequence[Item]
    sections: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Standing:
    """A named field where it stands."""

    item: Item
    home: tuple[str, int]
    place: Place
    conditions: tuple[Any, ...]


def _forms(old: Sequence[Step], new: Sequence[Step]) -> Iterator[Change]:
    before, after = _Form([item_of(one, "step") for one in old]), _Form([item_of(one, "step") for one in new])
    pairs = matched(before.steps, after.steps)
    yield from _gone_and_come(before.steps, after.steps, pairs, ())
    yield from _reordered(before.steps, after.steps, pairs, ())
    inside: list[Change] = []
    for here, there in sorted(pairs.items(), key=lambda pair: pair[1]):
        inside += _compared(before.steps[here], after.steps[there], ())
        inside += _insides(before, after, here, there)
    # Sections of steps that are only on one side have no counterpart, but a home of their own all the same.
    for form in (before, after):
        _house(form, (one for step in form.steps for one in _sections(step)))
    yield from inside
    yield from _fields(before, after)


def _sections(step: Item) -> list[Item]:
    return [item_of(one, "section") for one in step.record.items if isinstance(one, Section)]


def _house(form: _Form, sections: Iterable[Item]) -> None:
    for section in sections:
        form.sections.setdefault(id(section.record), -id(section.record))


def _insides(before: _Form, after: _Form, here: int, there: int) -> Iterator[Change]:
    """The sections and the nameless parts of one step, and what changed its place inside it."""
    old, new = before.steps[here], after.steps[there]
    place = (new.spot,)
    sections = _sections(old), _sections(new)
    pairs = matched(*sections)
    yield from _gone_and_come(*sections, pairs, place)
    for one, other in sorted(pairs.items()):
        home = len(before.sections) + 1
        before.sections[id(sections[0][one].record)] = after.sections[id(sections[1][other].record)] = home
        yield from _compared(sections[0][one], sections[1][other], place)
        first, second = sections[0][one].record, sections[1][other].record
        yield from _within(before, after, first.fields, second.fields, (*place, sections[1][other].spot))
    yield from _within(before, after, old.record.items, new.record.items, place)


def _within(before: _Form, after: _Form, old: Sequence[Any], new: Sequence[Any], place: Place) -> Iterator[Change]:
    """What has no name among the direct parts of a step or section, and what stands elsewhere among them."""
    items = [_part(one) for one in old], [_part(one) for one in new]
    nameless = _nameless(items[0]), _nameless(items[1])
    said = matched(*nameless)
    yield from _gone_and_come(*nameless, said, place)
    for one, other in sorted(said.items()):
        yield from _compared(nameless[0][one], nameless[1][other], place)
    marks = {id(nameless[0][one].record): ("said", id(nameless[1][other].record)) for one, other in said.items()}
    pairs = _same_parts(before, after, items, marks)
    yield from _reordered(*items, pairs, place)


def _nameless(items: Sequence[Item]) -> list[Item]:
    return [one for one in items if one.sort == "field" and not one.name]


def _part(record: Any) -> Item:
    return item_of(record, "section" if isinstance(record, Section) else "field")


def _same_parts(
    before: _Form, after: _Form, items: tuple[Sequence[Item], Sequence[Item]], marks: Mapping[int, Any]
) -> dict[int, int]:
    """Which direct part is which, fields by name, sections by their pair, the rest by `marks`."""

    def marked(form: _Form, item: Item, own: Any) -> Any:
        if item.sort == "section":
            return ("section", form.sections.get(id(item.record), id(item.record)))
        return ("field", item.name) if item.name else own

    numbers = {marked(after, item, ("said", id(item.record))): number for number, item in enumerate(items[1])}
    found = ((here, marked(before, item, marks.get(id(item.record)))) for here, item in enumerate(items[0]))
    return {here: numbers[mark] for here, mark in found if mark in numbers}


def _standing(form: _Form) -> dict[str, _Standing]:
    """Every named field of a form, by name."""
    found: dict[str, _Standing] = {}
    for step in form.steps:
        for part in step.record.items:
            section = part if isinstance(part, Section) else None
            home = form.sections[id(section)] if section else 0
            place = (step.spot, *([item_of(section, "section").spot] if section else []))
            conditions = (step.parts.get("when"), section.when if section else None)
            for one in section.fields if section else (part,):
                if one.name:
                    found[one.name] = _Standing(item_of(one, "field"), (step.name, home), place, conditions)
    return found


def _fields(before: _Form, after: _Form) -> Iterator[Change]:
    old, new = _standing(before), _standing(after)
    for name, one in old.items():
        if name not in new:
            yield _removed(one.item, one.place)
    for name, other in new.items():
        if name not in old:
            yield _added(other.item, other.place)
            continue
        one = old[name]
        if one.home != other.home:
            why = "shown" if one.conditions != other.conditions and _judged(other.item)["asks"] else ""
            yield Change(MOVED, (*other.place, other.item.spot), old=one.place, new=other.place, why_not=why)
        yield from _compared(one.item, other.item, other.place)
