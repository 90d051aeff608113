"""A whole declaration around some chosen answers: what else is asked is filled, and put right until checks hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from engine import rules
from engine.form.answers import Answers
from engine.form.compiled import CompiledCheck, CompiledForm, CompiledStep
from engine.form.journey import Journey, journey
from engine.format.texts import Text
from engine.rules import skips
from engine.trial.model import Model, Variable
from engine.trial.samples import Sample
from engine.trial.solver import AnyOf, Asked, Filled, Fits, Goal, Holds, Is, Known, Solver, offers
from engine.trial.words import Said

ROUNDS = 12  # of putting right what checks refuse

Prefer = Callable[[Variable], Iterator[Sample]]


class NoValue(Exception):
    """A field that must be answered, and no valid answer to it is known; `name` is the field's."""

    def __init__(self, name: str, why: Said) -> None:
        super().__init__(name)
        self.name = name
        self.why = why


class Contradicted(Exception):
    """What no answers were found to satisfy: `words` are those of the check, or what is asked for."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.vi)
        self.words = words


@dataclass(frozen=True, eq=False)
class Plan:
    """A declaration to be filed: `values` in stored form. `refused` is the check that ends it at its step.

    `expected` are the steps in the order in which they are to be walked, the refused one last.
    """

    agency: str
    values: Mapping[str, Any]
    walked: Journey
    expected: tuple[str, ...]
    refused: CompiledCheck | None = None

    @property
    def view(self) -> Mapping[str, Any]:
        """The answers that the pages will have seen when the walk ends."""
        return self.walked.view


def usual(variable: Variable) -> Iterator[Sample]:
    """The values of a field as they come: the usual one first."""
    return iter(variable.samples)


def completed(
    model: Model, solver: Solver, known: Known, prefer: Prefer = usual, *, spare: CompiledCheck | None = None
) -> Plan:
    """The declaration that holds what is known, with all that is required beside it, and no check against it.

    `spare` is a check that may refuse it all the same. Raises `NoValue`, `Contradicted` and
    `engine.trial.solver.GaveUp`.
    """
    seen: dict[Goal, Text] = {}
    current = known
    for _ in range(ROUNDS):
        plan = filled(model, current, prefer)
        wrong = dict(_wrong(model, plan, spare))
        if not wrong:
            return plan
        fresh = {goal: words for goal, words in wrong.items() if goal not in seen}
        seen |= fresh
        found = solver.first(tuple(seen), known) if fresh else None
        if found is None:
            break
        current = found
    raise Contradicted(next(iter((fresh or wrong).values())))


def _wrong(model: Model, plan: Plan, spare: CompiledCheck | None) -> Iterator[tuple[Goal, Text]]:
    """What would put each refusal right, with the refusal's words."""
    for check in failing(model, plan):
        if check.check.severity == "error" and check is not spare:
            group = next((name for name, scope in model.compiled.scopes.items() if check in scope.checks), "")
            yield rows_pass(model, group, check, plan) if group else passes(model, check), check.check.message
    for table, rows in (pair for step in model.compiled.steps for pair in step.groups):
        whole = partial(_rows_whole, rows, plan.view)
        if table.name in plan.walked.rows and not whole(plan.values.get(table.name) or ()):
            yield Fits(table.name, whole), table.label
    for names in wanting(model, plan):
        one_of: list[tuple[Goal, ...]] = [(Filled(name),) for name in names]
        unasked: list[tuple[Goal, ...]] = [tuple(Asked(name, want=False) for name in names)]
        yield AnyOf((*one_of, *unasked)), model.compiled.fields[names[0]].label


def rows_pass(model: Model, group: str, check: CompiledCheck, plan: Plan) -> Goal:
    """That a check inside rows refuses none of them, beside the other answers of a plan."""
    blank_rows: tuple[Goal, ...] = (Is(group, None),)
    return AnyOf(((Fits(group, partial(_rows_pass, model, check, plan.view)),), blank_rows))


def _rows_whole(rows: CompiledStep, view: Mapping[str, Any], listed: Any) -> bool:
    """Whether no row lacks what it must have, beside the other answers of a view."""
    items = [item for part in rows.parts for item in part.fields if item.field.ASKS and item.field.required]
    for row in listed:
        seen = {**view, **row}
        for item in items:
            wanted = (item.test is None or item.test(seen)) and (item.required is None or item.required(seen))
            if wanted and item.field.name not in row and item.field.none_key not in row:
                return False
    return True


def passes(model: Model, check: CompiledCheck) -> Goal:
    """That a check does not refuse: it holds, or it is passed over."""
    holds: tuple[Goal, ...] = (Holds(check.check.rule),)
    at = check.check.at
    unasked: list[tuple[Goal, ...]] = [(Asked(at, want=False),)] if at and at in model.variables else []
    may_skip = rules.skips(check.check.rule, {})
    compared = [name for name in check.names if name in model.variables and not model.variables[name].computed]
    blank: list[tuple[Goal, ...]] = [(Is(name, None),) for name in compared if may_skip]
    return AnyOf((holds, *unasked, *blank))


def _rows_pass(model: Model, check: CompiledCheck, view: Mapping[str, Any], rows: Any) -> bool:
    """Whether a check inside rows refuses none of these, beside the other answers of a view."""
    views = [{**view, **model.rates, **row} for row in rows]
    return all(skips(check.check.rule, one, model.compiled.types) or check.test(one) for one in views)


def failing(model: Model, plan: Plan) -> Iterator[CompiledCheck]:
    """The checks that speak up, the warnings too."""
    walked = plan.walked
    view = {**walked.view, **model.rates}
    for check in model.compiled.checks:
        if runs(model, check, walked) and not check.test(view):
            yield check
    for group, scope in model.compiled.scopes.items():
        yield from (check for check in scope.checks if not all(row_results(model, group, check, walked)))


def runs(model: Model, check: CompiledCheck, walked: Journey) -> bool:
    """Whether a check is asked at all."""
    return asked(check, {**walked.view, **model.rates}, walked.relevant, model.compiled)


def asked(check: CompiledCheck, view: Mapping[str, Any], relevant: Set[str], compiled: CompiledForm) -> bool:
    """Whether a check is asked of a view; `compiled` is the form, or what its rows see of it."""
    if check.check.at not in (None, *relevant):
        return False
    return not skips(check.check.rule, view, compiled.types)


def row_results(model: Model, group: str, check: CompiledCheck, walked: Journey) -> Iterator[bool]:
    """What a check inside rows says of each row in which it is asked."""
    scope = model.compiled.scopes[group]
    for row in walked.rows.get(group, ()):
        view = {**walked.view, **model.rates, **row.view}
        if asked(check, view, walked.relevant | row.relevant, scope):
            yield check.test(view)


def wanting(model: Model, plan: Plan) -> Iterator[tuple[str, ...]]:
    """The papers of which one is enough, where there is none; those that are asked."""
    for part in (part for step in model.compiled.steps for part in step.parts if part.one_of):
        asked = tuple(item.field.name for item in part.fields if item.field.name in plan.walked.relevant)
        if asked and not any(name in plan.view for name in asked):
            yield asked


def filled(model: Model, known: Known, prefer: Prefer = usual, *, lenient: bool = False) -> Plan:
    """What is known, and the rest in the order of the document; with `lenient` what has no value is left blank.

    Raises `NoValue`.
    """
    agency = known.get("agency") or (model.agencies[0] if model.agencies else "")
    view: dict[str, Any] = model.view({"agency": agency})
    values: dict[str, Any] = {}
    for step in model.compiled.steps:
        if step.test is not None and not step.test(view):
            continue
        for part in step.parts:
            if part.test is not None and not part.test(view):
                continue
            for item in part.fields:
                if item.test is not None and not item.test(view):
                    continue
                if item.compute is not None:
                    view |= {} if (value := item.compute(view)) is None else {item.field.name: value}
                elif item.field.ASKS:
                    variable = model.variables[item.field.name]
                    answer = _answer(model, variable, known, view, prefer, lenient=lenient)
                    values |= answer
                    view |= answer
    posted = frozenset(step.name for step in model.compiled.steps)
    walked = journey(model.compiled, Answers(values, {}, posted), replace(model.context, agency=agency))
    return Plan(agency, values, walked, walked.steps)


def _answer(
    model: Model, variable: Variable, known: Known, view: Mapping[str, Any], prefer: Prefer, *, lenient: bool
) -> dict[str, Any]:
    """The answer to a field as it is kept: its value, or that the box beside it is ticked, or nothing."""
    name, ticked = variable.item.name, {variable.item.none_key: True}
    if name in known:
        value = known[name]
        return ticked if known.get(variable.item.none_key) else {} if value is None else {name: value}
    for sample in prefer(variable):
        if all(model.test(goal.condition)(view) for goal in offers(variable, sample.value)):
            return {name: sample.value}
    when = variable.required_when
    if not (variable.required or (when is not None and model.test(when)(view))):
        return {}
    if variable.has_none:
        return ticked
    if lenient:
        return {}
    raise NoValue(name, why_no_value(variable))


def why_no_value(variable: Variable) -> Said:
    """Why a field has no valid value, in words."""
    pattern = getattr(variable.item, "pattern", None)
    if variable.samples:
        return Said("not_offered", variable.item.name)
    return Said("pattern", pattern) if pattern else Said("no_value", variable.item.name)
