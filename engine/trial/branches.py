"""Every branch of a form: what a condition, a choice, a limit or a check can come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine import rules
from engine.definition.checks.checking import facts_of
from engine.definition.procedure import OneOf, Paper
from engine.form.compiled import CompiledCheck, CompiledField, CompiledStep
from engine.format.texts import Text
from engine.formulas.values import nothing
from engine.kinds.groups import Group
from engine.rules import NONE_KEY, All, Any_, Compare, Condition, FormulaRule, Not, Today
from engine.rules.dependent import DependentText
from engine.rules.tree import base, leaves
from engine.trial.filling import Plan, row_results, runs
from engine.trial.model import Model, Variable, conditions_of_rows, constants_of, texts_of, texts_of_step
from engine.trial.solver import Asked, Filled, Fits, Goal, Holds, Is, RowHolds, Ticked
from engine.trial.valid import columns_of
from engine.trial.words import Said, joined

MOST_WORDS = 160  # of a condition in a report

Reached = Callable[[Plan], bool]
Place = tuple[Said, ...]


@dataclass(frozen=True, eq=False)
class Branch:
    """One thing that answers can lead to: `place` and `what` in words, the goals that lead there.

    `conditions` are those that must hold for it. `refused` is the check that is to refuse, and `sample` whether it is
    a value of a field, which any declaration may take in passing.
    """

    place: Place
    what: Said
    goals: tuple[Goal, ...]
    reached: Reached
    conditions: tuple[Condition, ...] = ()
    refused: CompiledCheck | None = None
    sample: bool = False

    def __str__(self) -> str:
        return f"{joined(self.place, 'en')}: {self.what}"


def branches_of(model: Model) -> tuple[Branch, ...]:
    """Every branch of the form, in the order of the document."""
    found = [*_of_agencies(model)]
    for step in model.compiled.steps:
        found += _of_step(model, step)
    procedure = model.compiled.procedure
    for paper in procedure.papers:
        found += _of_paper(model, paper)
    for fee in procedure.fees:
        if fee.when is not None:
            found += _of_condition(model, (Said("fee", fee.name),), (), fee.when)
    for check in model.compiled.checks:
        found += _of_check(model, check)
    return tuple(found)


def _of_agencies(model: Model) -> Iterator[Branch]:
    looked = {name for condition in model.conditions for name in rules.names(condition)}
    for code in model.agencies if "agency" in looked else ():
        yield Branch((Said("start"),), Said("agency", code), (Is("agency", code),), partial(_at_agency, code))


def _of_paper(model: Model, paper: Paper | OneOf, above: tuple[Condition, ...] = ()) -> Iterator[Branch]:
    """Of papers that are only listed; those that are sent are fields of their step."""
    place, sent = (Said("paper", paper.name),), bool(paper.sent) if isinstance(paper, OneOf) else paper.attach != "none"
    if paper.when is not None and not sent:
        yield from _of_condition(model, place, above, paper.when)
    for inner in paper.papers if isinstance(paper, OneOf) else ():
        yield from _of_paper(model, inner, (*above, paper.when) if paper.when is not None else above)


def _at_agency(code: str, plan: Plan) -> bool:
    return plan.agency == code


def _of_step(model: Model, step: CompiledStep) -> Iterator[Branch]:
    when, at = step.definition.when, (Said("step", step.name),)
    if when is not None:
        yield from _of_condition(model, at, (), when)
    for sort, text in texts_of_step(step):
        yield from _of_text(model, (*at, Said(sort)), (when,) if when is not None else (), text)
    above = (when,) if when is not None else ()
    for part in step.parts:
        inside = above
        if part.section is not None and part.section.when is not None:
            place = (*at, Said("section", part.section.title.vi))
            yield from _of_condition(model, place, above, part.section.when)
            inside = (*above, part.section.when)
        for item in part.fields:
            yield from _of_item(model, item, at, inside)


def _of_item(model: Model, item: CompiledField, at: Place, inside: tuple[Condition, ...]) -> Iterator[Branch]:
    name, when = item.field.name, item.field.when
    place = (*at, Said("field", name) if name else Said("note"))
    chain = inside if when is None else (*inside, when)
    if when is not None:
        yield from _of_condition(model, place, inside, when)
    for sort, text in texts_of(item.field):
        yield from _of_text(model, (*place, Said(sort)), chain, text)
    if item.compute is not None:
        yield Branch(place, Said("filled"), (Filled(name), Asked(name)), partial(_is_filled, name), chain)
    elif item.field.ASKS:
        yield from _of_field(model, model.variables[name], place)
    if item.rows is not None:
        yield from _of_rows(model, item, place, chain)


# Conditions


def _of_condition(model: Model, place: Place, above: tuple[Condition, ...], own: Condition) -> Iterator[Branch]:
    for want in (True, False):
        yield _conditional(model, place, Said("holds" if want else "fails"), above, own, want=want)
    found = list(leaves(own))
    for leaf in found if len(found) > 1 else ():
        for want in (True, False):
            what = Said("leaf_holds" if want else "leaf_fails", worded(leaf))
            yield _conditional(model, place, what, above, leaf, want=want)


def _conditional(
    model: Model, place: Place, what: Said, above: tuple[Condition, ...], own: Condition, *, want: bool
) -> Branch:
    goals = (*(Holds(condition) for condition in above), Holds(own, want))
    return Branch(
        place, what, goals, partial(_came_to, model, above, own, want), (*above, own if want else Not(own)),
    )  # fmt: skip


def _came_to(model: Model, above: tuple[Condition, ...], own: Condition, want: bool, plan: Plan) -> bool:
    return all(model.test(one)(plan.view) for one in above) and model.test(own)(plan.view) is want


def _of_text(model: Model, place: Place, above: tuple[Condition, ...], text: Text | None) -> Iterator[Branch]:
    for when, words in text.alternatives() if isinstance(text, DependentText) else ():
        yield _conditional(model, place, Said("reads", words.vi), above, when, want=True)


def worded(condition: Condition) -> str:
    """A condition nearly as the file writes it, in one line."""
    words = _whole(condition)
    return words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}…"


def _whole(condition: Condition) -> str:
    if isinstance(condition, Not):
        return f"not ({_whole(condition.part)})"
    if isinstance(condition, All | Any_):
        between = " and " if isinstance(condition, All) else " or "
        return f"({between.join(_whole(part) for part in condition.parts)})"
    if isinstance(condition, FormulaRule):
        return condition.formula.text
    return f"{condition.field} {condition.operator} {_plain(rules.document(condition)[condition.operator])}"


def _plain(operand: Any) -> str:
    if isinstance(operand, bool):
        return str(operand).lower()
    return f"[{', '.join(map(_plain, operand))}]" if isinstance(operand, list) else str(operand)


# Fields


def _of_field(model: Model, variable: Variable, place: Place) -> Iterator[Branch]:
    name, chain = variable.item.name, variable.chain
    plain = [sample for sample in variable.samples if not sample.branch]
    if plain or not variable.samples:
        yield Branch(place, Said("filled"), (Filled(name), Asked(name)), partial(_is_filled, name), chain, sample=True)
    if not variable.required:
        yield Branch(place, Said("blank"), (Is(name, None), Asked(name)), partial(_is_blank, name), chain)
    if variable.has_none:
        yield Branch(place, Said("none"), (Ticked(name),), partial(_has, variable.item.none_key, True), chain)  # noqa: FBT003
    if variable.required_when is not None:
        yield from _of_condition(model, (*place, Said("required")), chain, variable.required_when)
    for value, when in variable.offered.items():
        yield from _of_condition(model, (*place, Said("choice", value)), chain, when)
    for sample in variable.samples:
        if sample.branch and isinstance(variable.item, Group):
            fits = Fits(name, partial(_so_many, len(sample.value)))
            yield Branch(place, sample.branch, (fits,), partial(_has_rows, name, len(sample.value)), chain)
        elif sample.branch:
            goals = (Is(name, sample.value), Asked(name))
            yield Branch(place, sample.branch, goals, partial(_has, name, sample.value), chain, sample=True)


def _is_filled(name: str, plan: Plan) -> bool:
    return not nothing(plan.view.get(name))


def _is_blank(name: str, plan: Plan) -> bool:
    return name in plan.walked.relevant and nothing(plan.view.get(name)) and name + NONE_KEY not in plan.view


def _so_many(count: int, rows: Any) -> bool:
    return len(rows) == count


def _has_rows(name: str, count: int, plan: Plan) -> bool:
    return len(plan.view.get(name) or ()) == count


def _has(name: str, value: Any, plan: Plan) -> bool:
    return name in plan.view and plan.view[name] == value


# Rows


def _of_rows(model: Model, item: CompiledField, place: Place, chain: tuple[Condition, ...]) -> Iterator[Branch]:
    assert isinstance(item.field, Group)
    assert item.rows is not None
    group, wanted = item.field, constants_of(tuple(conditions_of_rows(item.field, item.rows)), model.context.today)
    pairs = [(name, value) for name, values in wanted.items() for value in values]
    samples = columns_of(group, model.context, pairs)
    for column in (inner for part in item.rows.parts for inner in part.fields if inner.field.ASKS):
        at, name = (*place, Said("column", column.field.name)), column.field.name
        if column.field.when is not None:
            for want in (True, False):
                goals = (RowHolds(group.name, column.field.when, want),)
                reached = partial(_column_asked, group.name, name, want)
                yield Branch(at, Said("holds" if want else "fails"), goals, reached, (*chain, column.field.when))
        shown = () if column.field.when is None else (RowHolds(group.name, column.field.when),)
        for sample in samples[name]:
            if sample.branch:
                has = Fits(group.name, partial(_in_some_row, name, sample.value))
                reached = partial(_row_has, group.name, name, sample.value)
                yield Branch(at, sample.branch, (has, *shown), reached, chain)
    for check in model.compiled.scopes[group.name].checks:
        yield from _of_row_check(model, group.name, check)


def _of_row_check(model: Model, group: str, check: CompiledCheck) -> Iterator[Branch]:
    place, rule, stops = (Said("check", check.check.message.vi),), check.check.rule, check.check.severity == "error"
    columns = model.variables[group].item
    assert isinstance(columns, Group)
    compared = tuple(name for name in rules.names(rule) if name in columns.column) if rules.skips(rule, {}) else ()
    for want in (True, False):
        what = Said("passes" if want else "refuses" if stops else "warns")
        refused = check if stops and not want else None
        goals = (RowHolds(group, rule, want, compared),)
        yield Branch(place, what, goals, partial(_row_check_is, model, group, check, want), (rule,), refused)


def _column_asked(group: str, column: str, want: bool, plan: Plan) -> bool:
    return any((column in row.relevant) is want for row in plan.walked.rows.get(group, ()))


def _in_some_row(column: str, value: Any, rows: Any) -> bool:
    return any(row.get(column) == value for row in rows)


def _row_has(group: str, column: str, value: Any, plan: Plan) -> bool:
    return _in_some_row(column, value, plan.view.get(group) or ())


def _row_check_is(model: Model, group: str, check: CompiledCheck, want: bool, plan: Plan) -> bool:
    return any(result is want for result in row_results(model, group, check, plan.walked))


# Checks


def _of_check(model: Model, check: CompiledCheck) -> Iterator[Branch]:
    rule, place = check.check.rule, (Said("check", check.check.message.vi),)
    asked: tuple[Goal, ...] = (
        tuple(Filled(name) for name in check.names if name in model.variables) if rules.skips(rule, {}) else ()
    )
    if check.check.at in model.variables:
        asked = (Asked(check.check.at or ""), *asked)
    stops = check.check.severity == "error"
    yield Branch(place, Said("passes"), (Holds(rule), *asked), partial(_check_is, model, check, True), (rule,))  # noqa: FBT003
    yield Branch(
        place,
        Said("refuses" if stops else "warns"),
        (Holds(rule, want=False), *asked),
        partial(_check_is, model, check, False),  # noqa: FBT003
        (Not(rule),),
        check if stops else None,
    )


def _check_is(model: Model, check: CompiledCheck, want: bool, plan: Plan) -> bool:
    return runs(model, check, plan.walked) and check.test({**plan.view, **model.rates}) is want


# Why one is not reached


def undecided(model: Model, condition: Condition) -> str:
    """What of a condition lies beyond what is decided, in words; empty where nothing does."""
    for leaf in leaves(condition):
        if isinstance(leaf, FormulaRule):
            return worded(leaf)
        variable = model.variables.get(base(leaf.field))
        if leaf.operator in ("filled", "empty") and variable and not variable.computed and "." not in leaf.field:
            continue
        facts = facts_of(variable.item) if variable and not variable.computed else None
        if facts is None or facts.value_type not in DECIDED or leaf.operator in BEYOND or not _constant(leaf):
            return worded(leaf)
    return ""


DECIDED = frozenset({"choice", "boolean", "integer", "money", "date"})
BEYOND = frozenset({"contains", "contains_any", "contains_all", "count", "none", "any_row", "every_row"})


def _constant(leaf: Compare) -> bool:
    return all(isinstance(item, str | int | Today) for item in rules.tree.operands(leaf))
