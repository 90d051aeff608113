"""Finds answers that make conditions come out as wanted, by going back over what each of them looks at.

A goal is taken apart into smaller ones until only values are left; each way is tried in turn, and given up as
soon as it contradicts what was chosen before. The number of ways that are tried is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine import rules
from engine.formulas.values import nothing
from engine.rules import NONE_KEY, All, Any_, Compare, Condition, FormulaRule, Not
from engine.rules.tree import leaf_names
from engine.trial.model import Model, Variable, related
from engine.trial.samples import normal

Known: TypeAlias = Mapping[str, Any]  # what was chosen: a stored value, or None for nothing


class GaveUp(Exception):
    """The search took too long; `tries` is how many ways it took."""

    def __init__(self, tries: int) -> None:
        super().__init__(tries)
        self.tries = tries


@dataclass(frozen=True, slots=True)
class Holds:
    """A condition comes out as wanted."""

    condition: Condition
    want: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """A field is asked, or is not."""

    name: str
    want: bool = True


@dataclass(frozen=True, slots=True)
class Is:
    """A field has this value, or (None) none."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Filled:
    """A field has some value."""

    name: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """The box beside a field is ticked."""

    name: str


@dataclass(frozen=True, slots=True)
class Fits:
    """A field has a value of which something can be said."""

    name: str
    test: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class RowHolds:
    """In some row of a group, with these columns filled, a condition that sees row and form comes out as wanted."""

    group: str
    condition: Condition
    want: bool = True
    filled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several lists of goals."""

    ways: tuple[tuple[Goal, ...], ...]


Goal: TypeAlias = Holds | Asked | Is | Filled | Ticked | Fits | RowHolds | AnyOf
Way: TypeAlias = tuple[tuple[Goal, ...], dict[str, Any]]


class Solver:
    """One search over a model; it gives up after `tries` ways."""

    def __init__(self, model: Model, tries: int) -> None:
        self.model = model
        self.tries = tries
        self.tried = 0

    def solutions(self, goals: tuple[Goal, ...], known: Known) -> Iterator[Known]:
        """Choices that reach all goals, on top of what is known; raises `GaveUp`."""
        if not goals:
            yield known
            return
        for more, chosen in self.ways(goals[0], known):
            self.tried += 1
            if self.tried > self.tries:
                raise GaveUp(self.tries)
            yield from self.solutions((*more, *goals[1:]), {**known, **chosen} if chosen else known)

    def first(self, goals: tuple[Goal, ...], known: Known) -> Known | None:
        """The first solution, or nothing; raises `GaveUp`."""
        return next(self.solutions(goals, known), None)

    def ways(self, goal: Goal, known: Known) -> Iterator[Way]:
        """The ways to one goal: smaller goals, and values chosen."""
        known_ways: dict[type, Callable[[Any, Known], Iterator[Way]]] = {
            Holds: self._holds, Asked: self._asked, Is: self._is, Filled: self._filled, Ticked: self._ticked,
            Fits: self._fits, RowHolds: self._row_holds, AnyOf: self._any_of,
        }  # fmt: skip
        return known_ways[type(goal)](goal, known)

    def _any_of(self, goal: AnyOf, _known: Known) -> Iterator[Way]:
        yield from ((way, {}) for way in goal.ways)

    def _fits(self, goal: Fits, known: Known) -> Iterator[Way]:
        for value, more, chosen in self._values(goal.name, known):
            if goal.test(value):
                yield more, chosen

    def _row_holds(self, goal: RowHolds, known: Known) -> Iterator[Way]:
        for rows, more, chosen in self._values(goal.group, known):
            for row in (row for row in rows if all(name in row for name in goal.filled)):
                # A column has no field's name: its value stands among the known ones while the condition is tried.
                yield (Holds(goal.condition, goal.want), *more), {**chosen, **row}

    def _values(self, name: str, known: Known) -> Iterator[tuple[Any, tuple[Goal, ...], dict[str, Any]]]:
        """The value that a field has, or those it may have, with what each needs and what is known then."""
        if name in known:
            if not nothing(known[name]):
                yield known[name], (), {}
            return
        for sample in self.model.variables[name].samples:
            yield sample.value, self.needs(name, sample.value), self.chosen(name, sample.value)

    def _holds(self, goal: Holds, known: Known) -> Iterator[Way]:
        condition, want = goal.condition, goal.want
        if isinstance(condition, Not):
            yield (Holds(condition.part, not want),), {}
        elif isinstance(condition, All | Any_) and isinstance(condition, All) is want:
            yield tuple(Holds(part, want) for part in condition.parts), {}
        elif isinstance(condition, All | Any_):
            yield from (((Holds(part, want),), {}) for part in condition.parts)
        else:
            yield from self._leaf(condition, goal, known)

    def _leaf(self, leaf: Compare | FormulaRule, goal: Holds, known: Known) -> Iterator[Way]:
        sources = (source for one in looked_at(leaf) for source in self.model.sources(one))
        name = next((one for one in sources if self._free(one, known)), None)
        if name is None:
            if self.model.test(leaf)(self.model.view(known)) is goal.want:
                yield (), {}
            return
        for value in self.domain(name, leaf, known):
            yield (goal, *self.needs(name, value)), self.chosen(name, value)
        if name in self.model.variables and self.model.variables[name].has_none:
            yield (goal, Asked(name)), self.chosen(name, None, ticked=True)

    def _free(self, name: str, known: Known) -> bool:
        return name not in known and (name in self.model.variables or name == "agency")

    def domain(self, name: str, leaf: Compare | FormulaRule, known: Known) -> Iterator[Any]:
        """The values to try for a field that a condition looks at."""
        if name == "agency":
            yield from self.model.agencies
            return
        variable = self.model.variables[name]
        if isinstance(leaf, Compare):
            near = related(leaf, name, self.model.view(known))
            taken = (normal(variable.item, value, self.model.context) for value in near)
            yield from (value for value in taken if value is not None)
        yield from (sample.value for sample in variable.samples)
        yield None

    def chosen(self, name: str, value: Any, *, ticked: bool = False) -> dict[str, Any]:
        """What is known once a field has this value, or the box beside it is ticked."""
        return {name: value, name + NONE_KEY: ticked or None}

    def needs(self, name: str, value: Any) -> tuple[Goal, ...]:
        """What else must hold for a field to have a value, or to have none."""
        if name == "agency":
            return ()
        variable = self.model.variables[name]
        if value is not None:
            return (Asked(name), *offers(variable, value))
        unasked = (Asked(name, want=False),)
        if variable.required_when is not None:
            return (AnyOf((unasked, (Holds(variable.required_when, want=False),))),)
        return unasked if variable.required else ()

    def _asked(self, goal: Asked, _known: Known) -> Iterator[Way]:
        chain = self.model.variables[goal.name].chain
        if goal.want:
            yield tuple(Holds(condition) for condition in chain), {}
        else:
            yield from (((Holds(condition, want=False),), {}) for condition in chain)

    def _is(self, goal: Is, known: Known) -> Iterator[Way]:
        if goal.name not in known:
            yield self.needs(goal.name, goal.value), self.chosen(goal.name, goal.value)
        elif known[goal.name] == goal.value and not known.get(goal.name + NONE_KEY):
            yield (), {}

    def _filled(self, goal: Filled, known: Known) -> Iterator[Way]:
        if self.model.variables[goal.name].computed:
            yield (Holds(Compare(goal.name, "filled", operand=True)),), {}
            return
        yield from ((more, chosen) for _, more, chosen in self._values(goal.name, known))

    def _ticked(self, goal: Ticked, known: Known) -> Iterator[Way]:
        if goal.name not in known:
            yield (Asked(goal.name),), self.chosen(goal.name, None, ticked=True)
        elif known.get(goal.name + NONE_KEY):
            yield (), {}


def offers(variable: Variable, value: Any) -> tuple[Holds, ...]:
    """That what is chosen is offered."""
    chosen = value if isinstance(value, list) else [value]
    return tuple(Holds(variable.offered[one]) for one in chosen if isinstance(one, str) and one in variable.offered)


def looked_at(leaf: Compare | FormulaRule) -> tuple[str, ...]:
    """The names that a comparison looks at, those inside a row's tree too."""
    inner = [name for _, name in rules.row_names(leaf)]
    return tuple(dict.fromkeys((*leaf_names(leaf), *inner)))
