"""Progress through a form, derived from the answers: what is relevant, what is missing, what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine import rules
from engine.form.answers import Answers
from engine.form.compiled import CompiledCheck, CompiledField, CompiledForm, CompiledStep, Inputs, Test
from engine.form.parsing import parse
from engine.format.texts import Text
from engine.kinds import Context, Field
from engine.kinds.base import Typed
from engine.kinds.groups import Group
from engine.kinds.messages import Problem


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a group: its relevant answers, and the names of its relevant columns."""

    view: Mapping[str, Any]
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Journey:
    """The relevant view of some answers.

    view: stored values of the relevant, answered fields, with `today`, `channel`, `agency`.
    relevant: names of the relevant fields. steps: names of the relevant steps, in order.
    missing: the first step that was not posted or lacks something, or nothing when all is there.
    rows: what was walked of each row of the relevant groups, as they stand in the draft; the view leaves those out
    in which nothing relevant is answered.
    """

    view: Mapping[str, Any]
    relevant: frozenset[str]
    steps: tuple[str, ...]
    missing: str | None
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    def reached(self, step: str) -> bool:
        """Whether a citizen may open the step: it is relevant, and nothing before it is missing."""
        if step not in self.steps:
            return False
        return self.missing is None or self.steps.index(step) <= self.steps.index(self.missing)

    def before(self, step: str) -> str | None:
        """The relevant step before this one."""
        place = self.steps.index(step)
        return self.steps[place - 1] if place else None


def expected(compiled: CompiledForm, answers: Answers, walked: Journey) -> tuple[str, ...]:
    """The steps that are relevant, and those that may still become so: what they hang on was not asked yet."""
    return tuple(
        step.name for step in compiled.steps if step.name in walked.steps or _undecided(compiled, step, answers)
    )


def _undecided(compiled: CompiledForm, step: CompiledStep, answers: Answers) -> bool:
    conditions = [item.field.when for part in step.parts for item in part.fields] if step.papers else []
    looked = {name for condition in (step.definition.when, *conditions) if condition for name in rules.names(condition)}
    return any(name in compiled.step_of and compiled.step_of[name] not in answers.posted for name in looked)


@dataclass(frozen=True, slots=True)
class FieldError:
    """Why a step or a submission is refused, at a field; `step` is where the field stands."""

    field: str
    step: str
    cause: Problem | Text


@dataclass(frozen=True, slots=True)
class Posted:
    """A step after a post: the new answers, the errors, and the inputs as they came."""

    answers: Answers
    journey: Journey
    errors: tuple[FieldError, ...]
    inputs: Inputs = field(default_factory=Inputs)

    @property
    def good(self) -> bool:
        """Whether the step was accepted."""
        return not self.errors


@dataclass(frozen=True, slots=True)
class Review:
    """The whole form before it is sent: what stops it, and what only warns."""

    journey: Journey
    errors: tuple[FieldError, ...]
    warnings: tuple[FieldError, ...]

    @property
    def missing(self) -> str | None:
        """The first step to go to, or nothing when the form may be sent."""
        if self.journey.missing:
            return self.journey.missing
        wrong = {error.step for error in self.errors}
        return next((step for step in self.journey.steps if step in wrong), None)


@dataclass(slots=True)
class _Way:
    """What was walked so far; `lacks` where something required or readable is missing in the present step."""

    view: dict[str, Any]
    relevant: list[str] = field(default_factory=list)
    rows: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    lacks: bool = False


def journey(compiled: CompiledForm, answers: Answers, context: Context) -> Journey:
    """Walks the form once, in the order of the document."""
    rates = amounts(compiled, context)
    way = _Way({"today": context.today, "channel": context.channel, "agency": context.agency, **rates})
    steps: list[str] = []
    missing = None
    for step in compiled.steps:
        if step.test is not None and not step.test(way.view):
            continue
        before = len(way.relevant)
        _walk(step, answers.values, answers.typed, way)
        if step.papers and len(way.relevant) == before:
            continue
        steps.append(step.name)
        if missing is None and (way.lacks or step.name not in answers.posted):
            missing = step.name
    for name in rates:
        del way.view[name]
    return Journey(way.view, frozenset(way.relevant), tuple(steps), missing, way.rows)


def amounts(compiled: CompiledForm, context: Context) -> dict[str, int]:
    """The amounts that computed fields and checks name; no part of the answers."""
    if not compiled.rates_used:
        return {}
    rates = compiled.rates(context)
    return {name: rates[name] for name in compiled.rates_used}


def _walk(step: CompiledStep, values: Mapping[str, Any], typed: Mapping[str, Typed], way: _Way) -> None:
    """Adds a step's relevant fields to the view."""
    view, relevant, lacks = way.view, way.relevant, False
    way.lacks = False
    for part in step.parts:
        if part.test is not None and not part.test(view):
            continue
        asked, answered = len(relevant), len(view)
        for item in part.fields:
            if item.test is not None and not item.test(view):
                continue
            name = item.name
            if item.holds:
                relevant.append(name)
            value = values.get(name) if item.plain else _worked_out(item, values, typed, way)
            if value is not None:
                view[name] = value
            elif name in typed and item.plain:
                lacks = True
            elif item.may_lack and _lacks_value(item, values, view):
                lacks = True
        if part.one_of and len(relevant) > asked and len(view) == answered:
            lacks = True
    way.lacks = way.lacks or lacks


def _worked_out(item: CompiledField, values: Mapping[str, Any], typed: Mapping[str, Typed], way: _Way) -> Any:
    """A value that is not simply what was answered: one that is computed, or the rows of a group."""
    if item.compute is not None:
        return item.compute(way.view)
    name = item.field.name
    return _walk_rows(item, values.get(name, ()), typed.get(name, {}), way)


def _lacks_value(item: CompiledField, values: Mapping[str, Any], view: dict[str, Any]) -> bool:
    """Whether a field without a value must have one; a box ticked in its place goes into the view."""
    if item.field.none is not None and item.field.none_key in values:
        view[item.field.none_key] = True
        return False
    return bool(item.field.required) and (item.required is None or item.required(view))


def _walk_rows(
    item: CompiledField, held: Sequence[Mapping[str, Any]], entry: Typed, way: _Way
) -> list[Mapping[str, Any]] | None:
    """The relevant rows of a group.

    A row's answers stand in the view only while it is walked: no column has the name of a field.
    """
    assert isinstance(item.field, Group)
    assert item.rows is not None
    unread = item.field.unread(entry) if entry else {}
    walked: list[Row] = []
    for number, row in enumerate(held):
        own = _Way(way.view)
        _walk(item.rows, row, unread.get(number, {}), own)
        way.lacks = way.lacks or own.lacks
        found = {key: way.view.pop(key) for key in item.rows.keys if key in way.view}
        walked.append(Row(found, frozenset(own.relevant)))
    way.rows[item.field.name] = tuple(walked)
    rows = [row.view for row in walked if row.view]
    if len(held) > item.field.most or 0 < len(rows) < (item.field.min_rows or 0):
        way.lacks = True
    return rows or None


def post(compiled: CompiledForm, step: CompiledStep, answers: Answers, inputs: Inputs, context: Context) -> Posted:
    """Takes a post of one step: parse, then relevance, then validation of what is relevant."""
    read = parse(step, inputs, context, known=answers.values)
    posted = answers.with_step(step.name, read.values, read.typed, posted=True)
    walked = journey(compiled, posted, context)
    errors = [*_errors(step, walked, read.refused, context), *_part_errors(step, walked, read.refused)]
    wrong = {name for error in errors for name in (error.field, error.field.partition("-")[0])}
    errors += [
        error
        for check, names, error in _check_errors(compiled, walked, context, severity="error")
        if check.step == step.name and wrong.isdisjoint(names)
    ]
    return Posted(posted, walked, tuple(errors), read.inputs)


def look(compiled: CompiledForm, step: CompiledStep, answers: Answers, inputs: Inputs, context: Context) -> Posted:
    """A step as it was typed so far, for the page that shows it again: nothing is validated, blank rows are kept."""
    read = parse(step, inputs, context, known=answers.values, blank_rows=True)
    typed = answers.with_step(step.name, read.values, read.typed, posted=False)
    return Posted(typed, journey(compiled, typed, context), (), read.inputs)


def save(step: CompiledStep, answers: Answers, inputs: Inputs, context: Context) -> Answers:
    """Keeps what was typed on a step, validating nothing; the step is not posted any more."""
    read = parse(step, inputs, context, known=answers.values)
    return answers.with_step(step.name, read.values, read.typed, posted=False)


def _errors(
    step: CompiledStep, walked: Journey, refused: Mapping[str, Problem], context: Context
) -> Iterator[FieldError]:
    """What is wrong with the relevant fields of a step, and with the columns of its rows, by their full names.

    Of a group with too many rows nothing more is said.
    """
    yield from _field_errors(step, walked, refused, context)
    for group, rows in step.groups:
        listed = walked.rows.get(group.name, ())
        if problem := group.too_many(len(listed)):
            if not group.too_many(len(walked.view.get(group.name, ()))):  # else it was said above
                yield FieldError(group.name, step.name, problem)
            continue
        for number, row in enumerate(listed):
            own = {name: problem for name in group.column if (problem := refused.get(group.at(number, name)))}
            for error in _field_errors(rows, _inside(walked, row), own, context):
                yield FieldError(group.at(number, error.field), step.name, error.cause)


def _inside(walked: Journey, row: Row) -> Journey:
    """The form as a row sees it."""
    return Journey({**walked.view, **row.view}, row.relevant, (), None)


def _field_errors(
    step: CompiledStep, walked: Journey, refused: Mapping[str, Problem], context: Context
) -> Iterator[FieldError]:
    for item in step.fields:
        if item.name in walked.relevant:
            value = walked.view.get(item.name)
            problem = refused.get(item.name) or value_problem(item, value, context)
            if value is None and problem is None and _lacks(step, item, walked.view):
                problem = item.missing()
            if problem is None and item.name in step.offered and _withheld(step.offered[item.name], value, walked.view):
                problem = Problem("choice.unknown")
            if problem is not None:
                yield FieldError(item.name, step.name, item.message or problem)


def _part_errors(step: CompiledStep, walked: Journey, refused: Mapping[str, Problem]) -> Iterator[FieldError]:
    """At the first of several papers of which one is enough, where there is none."""
    for part in step.parts:
        asked = [item.field.name for item in part.fields if item.field.name in walked.relevant] if part.one_of else []
        if part.section and asked and not any(name in walked.view or name in refused for name in asked):
            yield FieldError(asked[0], step.name, Problem("paper.one_of", {"title": part.section.title}))


def _withheld(offered: Mapping[str, Test], value: Any, view: Mapping[str, Any]) -> bool:
    """Whether something is chosen that is not offered with these answers."""
    chosen = value if isinstance(value, list) else [value]
    return any(isinstance(one, str) and one in offered and not offered[one](view) for one in chosen)


def _lacks(step: CompiledStep, item: Field, view: Mapping[str, Any]) -> bool:
    """Whether a relevant field without a value must have one: neither may it be left out nor is its box ticked."""
    if not item.required or item.none_key in view:
        return False
    return item.required is True or step.required[item.name](view)


def value_problem(item: Field, value: Any, context: Context) -> Problem | None:
    """What is wrong with a relevant field's stored value; nothing of nothing."""
    return None if value is None else item.problem(value, context)


def _check_errors(
    compiled: CompiledForm, walked: Journey, context: Context, *, severity: str
) -> Iterator[tuple[CompiledCheck, tuple[str, ...], FieldError]]:
    """The checks that do not hold, each with the names that it compares."""
    form = replace(walked, view={**walked.view, **amounts(compiled, context)})
    for check in compiled.checks:
        if error := _broken(check, form, severity, compiled.types):
            yield check, check.names, error
    for group, scope in compiled.scopes.items():
        rows = walked.rows.get(group, ()) if scope.checks else ()
        for number, row in enumerate(rows):
            inside = _inside(form, row)
            columns = {name: f"{group}-{number}-{name}" for name in row.relevant}
            for check in scope.checks:
                if error := _broken(check, inside, severity, scope.types):
                    names = tuple(columns.get(name, name) for name in check.names)
                    yield check, names, replace(error, field=columns.get(error.field, error.field or group))


def _broken(check: CompiledCheck, walked: Journey, severity: str, types: Mapping[str, str]) -> FieldError | None:
    if check.check.severity != severity or check.check.at not in (None, *walked.relevant):
        return None
    if rules.skips(check.check.rule, walked.view, types) or check.test(walked.view):
        return None
    at = check.check.at or (check.names[-1] if check.names else "")
    return FieldError(at, check.at_step, check.check.message)


def _step_errors(
    compiled: CompiledForm, step: CompiledStep, answers: Answers, walked: Journey, context: Context
) -> list[FieldError]:
    unread = _unread(compiled, answers)
    return [*_errors(step, walked, unread, context), *_part_errors(step, walked, unread)]


def standing(
    compiled: CompiledForm, step: CompiledStep, answers: Answers, walked: Journey, context: Context
) -> tuple[FieldError, ...]:
    """What is wrong on a step as it stands: an earlier answer may have been changed since it was posted."""
    checks = _check_errors(compiled, walked, context, severity="error")
    shown_here = [error for *_, error in checks if error.step == step.name]
    return (*_step_errors(compiled, step, answers, walked, context), *shown_here)


def review(compiled: CompiledForm, answers: Answers, context: Context) -> Review:
    """Validates everything that is relevant, and runs every check."""
    walked = journey(compiled, answers, context)
    relevant = [step for step in compiled.steps if step.name in walked.steps]
    errors = [error for step in relevant for error in _step_errors(compiled, step, answers, walked, context)]
    errors += [error for *_, error in _check_errors(compiled, walked, context, severity="error")]
    warnings = tuple(error for *_, error in _check_errors(compiled, walked, context, severity="warning"))
    return Review(walked, tuple(errors), warnings)


def _unread(compiled: CompiledForm, answers: Answers) -> dict[str, Problem]:
    """The problem of each entry of a draft that has no stored form, by field or by a column's full name."""
    found: dict[str, Problem] = {}
    for name, entry in answers.typed.items():
        item = compiled.fields[name]
        if isinstance(item, Group):
            unread = item.unread(entry)
            for row, columns in unread.items():
                found |= {item.at(row, inner): Problem(item.column[inner].MISSING) for inner in columns}
        else:
            found[name] = Problem(item.MISSING)
    return found
