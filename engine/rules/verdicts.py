"""Whether conditions that stand together can never hold, or always do.

Decided only for conjunctions over choices, yes or no, whole numbers and dates that are compared with constants;
of all else nothing is claimed, so that there is no false alarm. What a condition says of one field changes only
at its constants, so trying each of them and its neighbours decides it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from engine.formulas.values import OTHER, Shift, moment_of, shifted
from engine.rules.checking import FieldFacts
from engine.rules.compiling import compile  # noqa: A004 - the one of conditions
from engine.rules.tree import EQUALITY, MEMBERSHIP, ORDER, TIME_ORDER, All, Compare, Condition, leaves, operands

Verdict: TypeAlias = Literal["never", "always", "open"]
Facts: TypeAlias = Mapping[str, FieldFacts]

PLAIN = frozenset({*EQUALITY, *MEMBERSHIP, *ORDER, *TIME_ORDER, "filled", "empty"})
STEPS: dict[int, Shift] = {4: (("years", 1),), 7: (("months", 1),), 10: (("days", 1),)}  # by a date's length
NEW_CHOICE = "\0"  # stands for every value that no condition names


def verdict(conditions: Sequence[Condition], facts: Facts) -> Verdict:
    """Whether all of the conditions together never hold, always hold, or neither is certain.

    "always" is claimed only of what holds without any answer too.
    """
    parts = [part for condition in conditions for part in _conjuncts(condition)]
    by_field: dict[str, list[Condition]] = {}
    certain = True
    for part in parts:
        name = _only_field(part, facts)
        if name is None:
            certain = False
        else:
            by_field.setdefault(name, []).append(part)
    found = {_of_field(name, facts[name], tuple(group)) for name, group in by_field.items()}
    if "never" in found:
        return "never"
    return "always" if certain and found <= {"always"} else "open"


def _conjuncts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, All):
        for part in condition.parts:
            yield from _conjuncts(part)
    else:
        yield condition


def _only_field(condition: Condition, facts: Facts) -> str | None:
    """The one field that a condition compares with constants, or nothing where it does something else."""
    found = list(leaves(condition))
    names = {leaf.field if isinstance(leaf, Compare) and _is_plain(leaf) else None for leaf in found}
    name = names.pop() if len(names) == 1 else None
    return name if name is not None and name in facts and facts[name].value_type in SAMPLES else None


def _is_plain(leaf: Compare) -> bool:
    return leaf.operator in PLAIN and all(isinstance(item, str | int) for item in operands(leaf))


def _of_field(name: str, facts: FieldFacts, conditions: tuple[Condition, ...]) -> Verdict:
    whole = All(conditions)
    test = compile(whole, {name: facts.value_type})
    constants = [item for leaf in leaves(whole) if isinstance(leaf, Compare) for item in operands(leaf)]
    limits = [limit for limit in (facts.least, facts.most) if limit is not None]
    samples = SAMPLES[facts.value_type](facts, [*constants, *limits])
    answers = {test({}), *(test({name: value}) for value in samples if _within(value, facts))}
    if len(answers) == 2:
        return "open"
    return "always" if True in answers else "never"


def _within(value: Any, facts: FieldFacts) -> bool:
    """Whether the field takes the value; dates are compared at the coarser precision of the two."""
    least, most = facts.least, facts.most
    if isinstance(value, str):
        return not (
            (isinstance(least, str) and value[: len(least)] < least[: len(value)])
            or (isinstance(most, str) and value[: len(most)] > most[: len(value)])
        )
    return not ((isinstance(least, int) and value < least) or (isinstance(most, int) and value > most))


def _choices(facts: FieldFacts, constants: Iterable[Any]) -> Iterable[Any]:
    return facts.choices if facts.choices is not None else (*constants, OTHER, NEW_CHOICE)


def _booleans(facts: FieldFacts, _constants: Iterable[Any]) -> Iterable[Any]:
    return (True,) if facts.kind == "confirm" else (True, False)


def _integers(_facts: FieldFacts, constants: Iterable[Any]) -> Iterable[Any]:
    numbers = [value for value in constants if type(value) is int] or [0]
    return {value + step for value in numbers for step in (-1, 0, 1)}


def _dates(_facts: FieldFacts, constants: Iterable[Any]) -> Iterable[Any]:
    """Each constant's bounds and neighbours at every precision, as a date may be of any."""
    dates = [moment[:10] for value in constants if (moment := moment_of(value))]
    for value in dates or ["2000-01-01"]:
        for length in STEPS:
            for bound in _bounds(value, length):
                yield from (day for step in (-1, 0, 1) if (day := shifted(bound, _times(STEPS[length], step))))


def _bounds(value: str, length: int) -> tuple[str, str]:
    """The first and the last date of this length in a constant."""
    first = f"{value}-01-01"[:10]
    after = shifted(first, STEPS[len(value)]) or first
    last = shifted(after, (("days", -1),)) or first
    return first[:length], last[:length]


def _times(shift: Shift, count: int) -> Shift:
    return tuple((unit, number * count) for unit, number in shift)


SAMPLES: dict[str, Callable[[FieldFacts, Iterable[Any]], Iterable[Any]]] = {
    "choice": _choices,
    "boolean": _booleans,
    "integer": _integers,
    "money": _integers,
    "date": _dates,
}
