"""A definition compiled once: its conditions as closures, its steps as form classes, its checks in their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import wtforms

from engine import formulas, rules
from engine.definition.procedure import PAPERS_STEP, Procedure, Section, Step
from engine.form.entry import AnswerField, wtforms_field
from engine.form.entry import Inputs as Inputs
from engine.form.fees import CompiledFee, compile_fee
from engine.form.papers import papers_step
from engine.form.wording import condition_text
from engine.format.texts import Text
from engine.kinds import Context, Field
from engine.kinds.computed import Computed
from engine.kinds.files import File
from engine.kinds.groups import Group, sources_of
from engine.kinds.offered import choices_of, conditions_of_choices
from engine.kinds.signature import Signature
from engine.rules import Condition
from engine.rules.dependent import DependentText, conditions_of_text
from engine.rules.reading import Check

Test = Callable[[Mapping[str, Any]], bool]
Compute = Callable[[Mapping[str, Any]], Any]
RESERVED_TYPES = {"today": "date", "channel": "choice", "agency": "text"}


@dataclass(frozen=True)
class CompiledField:
    """A field with its own test and the whole condition under which its page shows it.

    `offered` are the tests of those choices that are offered only when something holds, by value. `required` says
    of a view whether the field must be answered, where that is not plain; `compute` works out the stored value of one
    that nobody answers. `rows` are the columns of a group, as a step of their own that is walked once for each row.
    """

    field: Field
    test: Test | None
    shown_when: Condition | None
    offered: Mapping[str, Test]
    required: Test | None = None
    compute: Compute | None = None
    rows: CompiledStep | None = None

    @cached_property
    def plain(self) -> bool:
        """Whether its value is what was answered, and nothing more."""
        return self.compute is None and self.rows is None

    @cached_property
    def name(self) -> str:
        """The field's name, near at hand for the journey."""
        return self.field.name

    @cached_property
    def holds(self) -> bool:
        """Whether the field has a value, near at hand for the journey."""
        return self.field.HOLDS

    @cached_property
    def may_lack(self) -> bool:
        """Whether it matters that it has no value: it must have one, or a box may stand in its place."""
        return bool(self.field.required) or self.field.none is not None

    @property
    def texts(self) -> tuple[Text | None, ...]:
        """What may depend on answers."""
        return self.field.label, self.field.hint, getattr(self.field, "text", None)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that its page asks."""
        item = self.field
        return (
            *([self.shown_when] if self.shown_when else []),
            *([] if isinstance(item.required, bool) else [item.required]),
            *conditions_of_choices(item).values(),
            *(when for text in self.texts for when in conditions_of_text(text)),
            *(self.rows.conditions if self.rows else ()),
        )


@dataclass(frozen=True, slots=True)
class CompiledPart:
    """The fields of a section, or those between two sections, with the section's test."""

    test: Test | None
    fields: tuple[CompiledField, ...]
    section: Section | None = None

    @property
    def texts(self) -> tuple[Text | None, ...]:
        """What may depend on answers, its fields' left aside."""
        return (self.section.title, self.section.hint) if self.section else ()

    @property
    def one_of(self) -> bool:
        """Whether it is made of papers of which one is enough."""
        return self.section is not None and bool(self.section.one_of)


@dataclass(frozen=True, eq=False)
class CompiledStep:
    """A step ready to be walked and posted; `papers` marks the one made of the papers."""

    definition: Step
    test: Test | None
    parts: tuple[CompiledPart, ...]
    papers: bool = False

    @property
    def name(self) -> str:
        """The step's name in addresses."""
        return self.definition.name

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields that ask something."""
        return tuple(item for item in self.held if item.ASKS)

    @cached_property
    def held(self) -> tuple[Field, ...]:
        """The fields that have a value, be it asked or computed."""
        return tuple(item.field for part in self.parts for item in part.fields if item.field.HOLDS)

    @cached_property
    def groups(self) -> tuple[tuple[Group, CompiledStep], ...]:
        """The groups, each with its columns as a step that is walked once for each row."""
        return tuple(
            (item.field, item.rows)
            for part in self.parts
            for item in part.fields
            if isinstance(item.field, Group) and item.rows
        )

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Under which names the answers stand, those of the boxes too."""
        return tuple(name for item in self.held for name in (item.name, item.none_key))

    @cached_property
    def files(self) -> tuple[File, ...]:
        """The fields that take files."""
        return tuple(item for item in self.fields if isinstance(item, File))

    @cached_property
    def signatures(self) -> tuple[Signature, ...]:
        """The fields that may be drawn."""
        return tuple(item for item in self.fields if isinstance(item, Signature) and item.drawn)

    @cached_property
    def with_page_values(self) -> tuple[Field, ...]:
        """The fields whose page needs something worked out at each request."""
        return tuple(item for item in self.fields if type(item).page_values is not Field.page_values)

    @cached_property
    def looked_at(self) -> tuple[str, ...]:
        """The fields of other steps that this page's conditions look at."""
        own = {item.name for item in self.fields} | {name for group, _ in self.groups for name in group.column}
        return tuple(sorted(self.asked - own))

    @cached_property
    def asked(self) -> frozenset[str]:
        """Every name that this page's conditions look at, inside rows too."""
        return frozenset(
            name
            for condition in self.conditions
            for name in (*rules.names(condition), *(inner for _, inner in rules.row_names(condition)))
        )

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """All that the page of this step asks to show its fields and their choices."""
        return (
            *(condition for part in self.parts for item in part.fields for condition in item.conditions),
            *(when for part in self.parts for text in part.texts for when in conditions_of_text(text)),
        )

    @cached_property
    def cases(self) -> Mapping[str, Condition]:
        """The conditions under which each of several texts is the one, as the page writes them."""
        texts = [text for part in self.parts for text in part.texts]
        texts += [text for part in self.parts for item in part.fields for text in item.texts]
        found = (when for text in texts if isinstance(text, DependentText) for when, _ in text.alternatives())
        return {condition_text(when): when for when in found}

    @cached_property
    def offered(self) -> Mapping[str, Mapping[str, Test]]:
        """The tests of choices that are not always offered, by field and value."""
        return {item.field.name: item.offered for part in self.parts for item in part.fields if item.offered}

    @cached_property
    def required(self) -> Mapping[str, Test]:
        """The tests of fields that must be answered only where something holds, by name."""
        return {item.field.name: item.required for part in self.parts for item in part.fields if item.required}

    @cached_property
    def last_days(self) -> tuple[str, ...]:
        """The days after which a choice of this step is offered no more."""
        own = {option.until for item in self.fields for option in choices_of(item) if option.until}
        return tuple(sorted(own.union(*(rows.last_days for _, rows in self.groups))))

    @cached_property
    def form_class(self) -> type[wtforms.Form]:
        """The WTForms class that parses a post of this step, made once."""
        # A field may be called as something of the form's own is (`data`, `process`), hence the prefix.
        plain = (item for item in self.fields if not isinstance(item, Group))
        attributes = {f"answer_{item.name}": wtforms_field(item) for item in plain}
        return type("StepForm", (wtforms.Form,), attributes)

    def parse(self, inputs: Inputs, context: Context) -> Iterator[AnswerField]:
        """The fields of one post."""
        return iter(self.form_class(inputs, meta={"context": context}))


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    """A check with its test, the step where it runs, and the step of the field at which it is shown."""

    check: Check
    test: Test
    names: tuple[str, ...]
    step: str
    at_step: str


@dataclass(frozen=True, eq=False)
class CompiledForm:
    """A version of a procedure, ready to be filled."""

    procedure: Procedure
    steps: tuple[CompiledStep, ...]
    checks: tuple[CompiledCheck, ...]
    fees: tuple[CompiledFee, ...]
    types: Mapping[str, str]
    tests: dict[Condition, Test] = field(default_factory=dict, compare=False)
    pages: dict[tuple[str, str, int], Any] = field(default_factory=dict, compare=False)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field that has a value, the papers too, by name."""
        return {item.name: item for step in self.steps for item in step.held}

    @cached_property
    def sensitive(self) -> frozenset[str]:
        """The fields whose answers are sealed, with what is computed of them."""
        found: set[str] = set()
        for item in self.fields.values():
            if item.sealed or not found.isdisjoint(sources_of(item)):
                found.add(item.name)
        return frozenset(found)

    def sensitive_in(self, group: Group) -> frozenset[str]:
        """The columns of a group that are sensitive, with what is computed of them and of sensitive fields."""
        found = set(self.sensitive - {group.name})
        for column in group.columns:
            if group.sensitive or column.sensitive or not found.isdisjoint(sources_of(column)):
                found.add(column.name)
        return frozenset(found & group.column.keys())

    @cached_property
    def rates_used(self) -> frozenset[str]:
        """The amounts that computed fields and checks name; fees are given all of them."""
        checks = [*self.procedure.checks, *(check for step in self.steps for group, _ in step.groups
                                            for check in group.checks)]  # fmt: skip
        looked = {name for item in self.fields.values() for name in sources_of(item)}
        looked |= {name for check in checks for name in rules.names(check.rule)}
        return frozenset(looked & self.procedure.rates.keys())

    def rates(self, context: Context) -> dict[str, int]:
        """Every named amount in đồng, the receiving agency's own where it has one."""
        return {**self.procedure.rates, **context.rates}

    @cached_property
    def known(self) -> frozenset[str]:
        """Under which names answers stand: the fields', and those of the boxes beside them."""
        return frozenset(self.fields) | {item.none_key for item in self.fields.values() if item.none is not None}

    @cached_property
    def takes_files(self) -> bool:
        """Whether any step asks for files, drawn signatures among them."""
        return any(step.files or step.signatures for step in self.steps)

    @cached_property
    def step_of(self) -> Mapping[str, str]:
        """The step on which each field stands."""
        return {item.name: step.name for step in self.steps for item in step.held}

    @cached_property
    def scopes(self) -> Mapping[str, CompiledForm]:
        """The form as the rows of each group see it: with their columns and their own checks."""
        return {group.name: _scope(self, group, rows) for step in self.steps for group, rows in step.groups}

    def scope(self, name: str) -> tuple[CompiledForm, str]:
        """Where a field or, by its full name, a column is known, and its own name there."""
        group, _, inner = name.partition("-")
        known = self.scopes.get(group) if inner else None
        return (known, inner.partition("-")[2]) if known and "-" in inner else (self, group if inner else name)

    def test(self, condition: Condition) -> Test:
        """A condition of a text as a function of a view, compiled once."""
        if condition not in self.tests:
            self.tests[condition] = rules.compile(condition, self.types)
        return self.tests[condition]

    def step(self, name: str) -> CompiledStep | None:
        """The step of this name."""
        return next((step for step in self.steps if step.name == name), None)


def compile_form(procedure: Procedure) -> CompiledForm:
    """Compiles a procedure's form; the procedure has been checked."""
    definitions = (*procedure.form, *papers_step(procedure))
    fields = [item for step in definitions for item in step.fields() if item.HOLDS]
    types = RESERVED_TYPES | {item.name: item.value_type() for item in fields}
    types |= {f"{group.name}.{column.name}": column.value_type() for group in fields if isinstance(group, Group)
              for column in group.columns}  # fmt: skip
    steps = tuple(_step(step, types, papers=step.name == PAPERS_STEP) for step in definitions)
    order = {item.name: (place, step.name) for place, step in enumerate(steps) for item in step.held}
    checks = tuple(_check(check, types, order) for check in procedure.checks if order)
    fees = tuple(compile_fee(fee, types) for fee in procedure.fees)
    return CompiledForm(procedure, steps, checks, fees, types)


def _step(step: Step, types: Mapping[str, str], *, papers: bool) -> CompiledStep:
    parts: list[CompiledPart] = []
    loose: list[Field] = []
    for item in step.items:
        if isinstance(item, Section):
            parts += _part(loose, None, types)
            parts += _part(item.fields, item, types)
            loose = []
        else:
            loose.append(item)
    parts += _part(loose, None, types)
    return CompiledStep(step, _test(step.when, types), tuple(parts), papers)


def _part(fields: Sequence[Field], section: Section | None, types: Mapping[str, str]) -> list[CompiledPart]:
    if not fields and section is None:
        return []
    above = section.when if section else None
    compiled = tuple(_field(item, above, types) for item in fields)
    return [CompiledPart(_test(above, types), compiled, section)]


def _field(item: Field, above: Condition | None, types: Mapping[str, str]) -> CompiledField:
    offered = {value: rules.compile(when, types) for value, when in conditions_of_choices(item).items()}
    required = None if isinstance(item.required, bool) else rules.compile(item.required, types)
    shown_when = rules.both(above, item.when)
    test, compute = _test(item.when, types), _compute(item, types)
    rows = _row_step(item, types) if isinstance(item, Group) else None
    return CompiledField(item, test, shown_when, offered, required, compute, rows)


def _compute(item: Field, types: Mapping[str, str]) -> Compute | None:
    if not isinstance(item, Computed):
        return None
    evaluate = formulas.compile(item.formula, types)
    return lambda view: item.stored(evaluate(view))


def _row_step(group: Group, types: Mapping[str, str]) -> CompiledStep:
    """A group's columns as a step: what is walked, parsed and drawn once for each row."""
    definition = Step(name=group.name, title=group.label, hint=None, when=None, items=group.fields)
    return CompiledStep(definition, None, tuple(_part(group.fields, None, _row_types(group, types))))


def _row_types(group: Group, types: Mapping[str, str]) -> dict[str, str]:
    return {**types, **{column.name: column.value_type() for column in group.columns}}


def _scope(form: CompiledForm, group: Group, rows: CompiledStep) -> CompiledForm:
    types = _row_types(group, form.types)
    order = {item.name: (place, step.name) for place, step in enumerate(form.steps) for item in step.held}
    order |= dict.fromkeys(group.column, order[group.name])
    checks = tuple(_check(check, types, order) for check in group.checks)
    return CompiledForm(form.procedure, (*form.steps, rows), checks, (), types)


def _test(condition: Condition | None, types: Mapping[str, str]) -> Test | None:
    return None if condition is None else rules.compile(condition, types)


def _check(check: Check, types: Mapping[str, str], order: Mapping[str, tuple[int, str]]) -> CompiledCheck:
    names = tuple(name for name in rules.names(check.rule) if name in order)
    at = check.at or ""
    asked = [order[name] for name in (*names, at) if name in order]
    step = max(asked, default=(0, ""))[1]
    at_step = order[at][1] if at in order else step
    return CompiledCheck(check, rules.compile(check.rule, types), names, step, at_step)
