"""A form as the solver sees it: for each field the values it may take, and what must hold for it to be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine import formulas, rules
from engine.form.compiled import CompiledField, CompiledForm, CompiledPart, CompiledStep, Test
from engine.form.journey import amounts
from engine.format.texts import Text
from engine.formulas.values import shifted
from engine.kinds import Context, Field
from engine.kinds.computed import Computed
from engine.kinds.groups import Group
from engine.kinds.offered import conditions_of_choices
from engine.rules import Compare, Condition, Count, FieldValue, Today
from engine.rules.dependent import conditions_of_text
from engine.rules.tree import PRESENCE, base, leaves, operands
from engine.trial.samples import Sample
from engine.trial.valid import samples_of

PAGES = "online"  # the channel of everything that is filed over the pages


@dataclass(frozen=True, slots=True)
class Variable:
    """A field with its step, the conditions under which it is asked, and its valid values.

    `offered` are the conditions of those choices that have one, by value.
    """

    item: Field
    step: str
    chain: tuple[Condition, ...]
    samples: tuple[Sample, ...]
    offered: Mapping[str, Condition]

    @property
    def computed(self) -> bool:
        """Whether the server works it out."""
        return not self.item.ASKS

    @property
    def required(self) -> bool:
        """Whether it must always be answered where it is asked."""
        return self.item.required is True

    @property
    def required_when(self) -> Condition | None:
        """When it must be answered, where that depends."""
        return None if isinstance(self.item.required, bool) else self.item.required

    @property
    def has_none(self) -> bool:
        """Whether a box beside it may be ticked instead."""
        return self.item.none is not None


@dataclass(frozen=True, eq=False)
class Model:
    """All that the solver knows of a form; `agencies` are the codes of those that receive it."""

    compiled: CompiledForm
    context: Context
    agencies: tuple[str, ...]
    tests: dict[int, tuple[Condition, Test]] = field(default_factory=dict)

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """The fields that ask something, in the order of the document."""
        wanted = constants_of(self.conditions, self.context.today)
        for _, _, item in self.places():
            if isinstance(item.field, Group) and item.rows is not None:
                inner = constants_of(tuple(conditions_of_rows(item.field, item.rows)), self.context.today)
                pairs = [(column, value) for column, values in inner.items() for value in values]
                wanted[item.field.name] = (*wanted.get(item.field.name, ()), *pairs)
        return {
            item.field.name: Variable(
                item.field,
                step.name,
                _chain(step, part, item),
                samples_of(item.field, self.context, wanted.get(item.field.name, ())),
                conditions_of_choices(item.field),
            )
            for step, part, item in self.places()
            if item.field.HOLDS
        }

    @cached_property
    def computed(self) -> tuple[CompiledField, ...]:
        """The fields that the server works out, in order."""
        return tuple(item for _, _, item in self.places() if item.compute is not None)

    @cached_property
    def rates(self) -> Mapping[str, int]:
        """The amounts that computed fields and checks name."""
        return amounts(self.compiled, self.context)

    def sources(self, name: str) -> tuple[str, ...]:
        """The names that decide a field's value: its own, or for a computed one those of its formula and conditions."""
        variable = self.variables.get(name)
        if variable is None or not isinstance(variable.item, Computed):
            return (name,)
        looked = [*formulas.names(variable.item.formula)]
        looked += [inner for condition in variable.chain for inner in rules.names(condition)]
        return tuple(dict.fromkeys(source for one in looked for source in self.sources(one)))

    def places(self) -> Iterator[tuple[CompiledStep, CompiledPart, CompiledField]]:
        """Every field with where it stands."""
        for step in self.compiled.steps:
            for part in step.parts:
                for item in part.fields:
                    yield step, part, item

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition there is."""
        procedure = self.compiled.procedure
        listed = [one for paper in procedure.papers for one in (paper, *getattr(paper, "papers", ()))]
        own = [condition for step, part, item in self.places() for condition in _conditions_of(step, part, item)]
        papers = [paper.when for paper in listed]
        fees = [fee.when for fee in procedure.fees]
        checks = [check.rule for check in procedure.checks]
        return tuple(condition for condition in (*own, *papers, *fees, *checks) if condition is not None)

    def test(self, condition: Condition) -> Test:
        """The condition as a function, compiled once."""
        known = self.tests.get(id(condition))
        if known is None:  # the condition is kept too, so that its id stays its own
            known = self.tests[id(condition)] = (condition, rules.compile(condition, self.compiled.types))
        return known[1]

    def view(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """The view of some answers, with what is computed of them."""
        view = {"today": self.context.today, "channel": PAGES, **self.rates}
        view |= {name: value for name, value in known.items() if value is not None}
        for item in self.computed:
            asked = all(self.test(condition)(view) for condition in self.variables[item.field.name].chain)
            value = item.compute(view) if asked and item.compute is not None else None
            if value is not None:
                view[item.field.name] = value
        return view


def _chain(step: CompiledStep, part: CompiledPart, item: CompiledField) -> tuple[Condition, ...]:
    above = (step.definition.when, part.section.when if part.section else None, item.field.when)
    return tuple(condition for condition in above if condition is not None)


def _conditions_of(step: CompiledStep, part: CompiledPart, item: CompiledField) -> Iterator[Condition]:
    yield from _chain(step, part, item)
    yield from conditions_of_choices(item.field).values()
    if not isinstance(item.field.required, bool):
        yield item.field.required
    for _, text in (*texts_of_step(step), *texts_of(item.field)):
        yield from conditions_of_text(text)


def conditions_of_rows(group: Group, rows: CompiledStep) -> Iterator[Condition]:
    """Every condition inside the rows of a group, its checks' too."""
    for part in rows.parts:
        for item in part.fields:
            yield from _conditions_of(rows, part, item)
    yield from (check.rule for check in group.checks)


def texts_of(item: Field) -> tuple[tuple[str, Text | None], ...]:
    """The texts of a field that may depend on answers, with what each is."""
    return (("label", item.label), ("hint", item.hint), ("text", getattr(item, "text", None)))


def texts_of_step(step: CompiledStep) -> tuple[tuple[str, Text | None], ...]:
    """The texts of a step that may depend on answers."""
    return (("title", step.definition.title), ("hint", step.definition.hint))


def constants_of(conditions: tuple[Condition, ...], today: str) -> dict[str, tuple[Any, ...]]:
    """What each field is compared with; for a part of an address or a column of a group (part, constant)."""
    found: dict[str, dict[Any, None]] = {}
    for leaf in (leaf for condition in conditions for leaf in leaves(condition)):
        if isinstance(leaf, Compare) and isinstance(leaf.operand, Condition):
            inner = constants_of((leaf.operand,), today)
            pairs = {(column, value): None for column, values in inner.items() for value in values}
            found.setdefault(leaf.field, {}).update(pairs)
        elif isinstance(leaf, Compare) and leaf.operator not in PRESENCE:
            name, _, part = leaf.field.partition(".")
            for operand in operands(leaf):
                constant = _constant(operand, today)
                if constant is not None:
                    found.setdefault(name, {})[(part, constant) if part else constant] = None
    return {name: tuple(constants) for name, constants in found.items()}


def _constant(operand: Any, today: str) -> Any:
    if isinstance(operand, Today):
        return shifted(today, operand.plus) if operand.plus else today
    return None if isinstance(operand, FieldValue | Count) else operand


def related(leaf: Compare, name: str, view: Mapping[str, Any]) -> Iterator[Any]:
    """Values of one side of a comparison of two fields that stand at the border of the other side's."""
    for operand in operands(leaf):
        if not isinstance(operand, FieldValue):
            continue
        ours = base(leaf.field) == name
        other = view.get(base(operand.name) if ours else base(leaf.field))
        shift = operand.plus if ours else tuple((unit, -count) for unit, count in operand.plus)
        if isinstance(other, str) and other[:4].isdigit():
            moved = shifted(other, shift) or other
            yield from filter(None, (shifted(moved, (("days", step),)) for step in (0, -1, 1)))
        elif type(other) is int:
            yield from (other, other - 1, other + 1)
        elif other is not None:
            yield other
