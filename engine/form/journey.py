"""Progress through a form, derived from the answers: what is relevant, what is missing, what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import rules
from engine.form.answers import Answers
from engine.form.compiled import CompiledCheck, CompiledField, CompiledForm, CompiledStep, Inputs, Test
from engine.format.texts import Text
from engine.kinds import Context, Field
from engine.kinds.base import Typed
from engine.kinds.messages import Problem


@dataclass(frozen=True, slots=True)
class Journey:
    """The relevant view of some answers.

    view: stored values of the relevant, answered fields, with `today`, `channel`, `agency`.
    relevant: names of the relevant fields. steps: names of the relevant steps, in order.
    missing: the first step that was not posted or lacks something, or nothing when all is there.
    """

    view: Mapping[str, Any]
    relevant: frozenset[str]
    steps: tuple[str, ...]
    missing: str | None

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


def journey(compiled: CompiledForm, answers: Answers, context: Context) -> Journey:
    """Walks the form once, in the order of the document."""
    rates = amounts(compiled, context)
    view: dict[str, Any] = {"today": context.today, "channel": context.channel, "agency": context.agency, **rates}
    relevant: list[str] = []
    steps: list[str] = []
    missing = None
    for step in compiled.steps:
        if step.test is not None and not step.test(view):
            continue
        before = len(relevant)
        lacks = _walk(step, answers, view, relevant)
        if step.papers and len(relevant) == before:
            continue
        steps.append(step.name)
        if missing is None and (lacks or step.name not in answers.posted):
            missing = step.name
    for name in rates:
        del view[name]
    return Journey(view, frozenset(relevant), tuple(steps), missing)


def amounts(compiled: CompiledForm, context: Context) -> dict[str, int]:
    """The amounts that computed fields and checks name; no part of the answers."""
    return {name: compiled.rates(context)[name] for name in compiled.rates_used} if compiled.rates_used else {}


def _walk(step: CompiledStep, answers: Answers, view: dict[str, Any], relevant: list[str]) -> bool:
    """Adds a step's relevant fields to the view; says whether something required or readable is missing."""
    values, typed, lacks = answers.values, answers.typed, False
    for part in step.parts:
        if part.test is not None and not part.test(view):
            continue
        asked, answered = len(relevant), len(view)
        for item in part.fields:
            if item.test is not None and not item.test(view):
                continue
            name = item.field.name
            if item.field.HOLDS:
                relevant.append(name)
            value = values.get(name) if item.compute is None else item.compute(view)
            if value is not None:
                view[name] = value
            elif name in typed:
                lacks = True
            elif item.may_lack and _lacks_value(item, values, view):
                lacks = True
        if part.one_of and len(relevant) > asked and len(view) == answered:
            lacks = True
    return lacks


def _lacks_value(item: CompiledField, values: Mapping[str, Any], view: dict[str, Any]) -> bool:
    """Whether a field without a value must have one; a box ticked in its place goes into the view."""
    if item.field.none is not None and item.field.none_key in values:
        view[item.field.none_key] = True
        return False
    return bool(item.field.required) and (item.required is None or item.required(view))


def post(compiled: CompiledForm, step: CompiledStep, answers: Answers, inputs: Inputs, context: Context) -> Posted:
    """Takes a post of one step: parse, then relevance, then validation of what is relevant."""
    values, typed, refused = _parsed(step, inputs, context)
    posted = answers.with_step(step.name, values, typed, posted=True)
    walked = journey(compiled, posted, context)
    errors = [*_field_errors(step, walked, refused, context), *_part_errors(step, walked, refused)]
    wrong = {error.field for error in errors}
    errors += [
        error
        for check, error in _check_errors(compiled, walked, context, severity="error")
        if check.step == step.name and wrong.isdisjoint(check.names)
    ]
    return Posted(posted, walked, tuple(errors), inputs)


def save(step: CompiledStep, answers: Answers, inputs: Inputs, context: Context) -> Answers:
    """Keeps what was typed on a step, validating nothing; the step is not posted any more."""
    values, typed, _ = _parsed(step, inputs, context)
    return answers.with_step(step.name, values, typed, posted=False)


def _parsed(
    step: CompiledStep, inputs: Inputs, context: Context
) -> tuple[dict[str, Any], dict[str, Typed], dict[str, Problem]]:
    values: dict[str, Any] = {}
    typed: dict[str, Typed] = {}
    refused: dict[str, Problem] = {}
    for item in step.parse(inputs, context):
        name = item.definition.name
        if item.definition.none is not None:
            values[item.definition.none_key] = True if item.none else None
        if item.problem is None:
            values[name] = item.data
        else:
            typed[name] = item.typed(inputs)
            refused[name] = item.problem
    return values, typed, refused


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
) -> Iterator[tuple[CompiledCheck, FieldError]]:
    view = {**walked.view, **amounts(compiled, context)}
    for check in compiled.checks:
        at = check.check.at or (check.names[-1] if check.names else "")
        skipped = check.check.at not in (None, *walked.relevant) or rules.skips(check.check.rule, view, compiled.types)
        if check.check.severity == severity and not skipped and not check.test(view):
            yield check, FieldError(at, check.at_step, check.check.message)


def _step_errors(
    compiled: CompiledForm, step: CompiledStep, answers: Answers, walked: Journey, context: Context
) -> list[FieldError]:
    unread = {name: Problem(compiled.fields[name].MISSING) for name in answers.typed}
    return [*_field_errors(step, walked, unread, context), *_part_errors(step, walked, unread)]


def standing(
    compiled: CompiledForm, step: CompiledStep, answers: Answers, walked: Journey, context: Context
) -> tuple[FieldError, ...]:
    """What is wrong on a step as it stands: an earlier answer may have been changed since it was posted."""
    checks = _check_errors(compiled, walked, context, severity="error")
    shown_here = [error for _, error in checks if error.step == step.name]
    return (*_step_errors(compiled, step, answers, walked, context), *shown_here)


def review(compiled: CompiledForm, answers: Answers, context: Context) -> Review:
    """Validates everything that is relevant, and runs every check."""
    walked = journey(compiled, answers, context)
    relevant = [step for step in compiled.steps if step.name in walked.steps]
    errors = [error for step in relevant for error in _step_errors(compiled, step, answers, walked, context)]
    errors += [error for _, error in _check_errors(compiled, walked, context, severity="error")]
    warnings = tuple(error for _, error in _check_errors(compiled, walked, context, severity="warning"))
    return Review(walked, tuple(errors), warnings)
