"""Whatever the definition and whatever is posted: the way ends, asks for nothing hidden, and lets nothing unfit pass.

Definitions and posts are made at random from fixed seeds. What a form should make of them is worked out a second
time here, plainly, from the definition's plain data and from what was typed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from engine.form.answers import Answers
from engine.form.compiled import CompiledForm, Inputs
from engine.form.journey import journey, post, review, save
from tests.forms_cases import compiled
from tests.kinds_cases import CONTEXT

SEEDS = range(60)
CHOICES = ("a", "b", "c", "d")
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2022, 12, 31)
Plain = dict[str, Any]


# Definitions


def definition(dice: random.Random) -> list[Plain]:
    """Steps of a form: each condition asks only what stands before it."""
    before: list[Plain] = []
    steps = []
    for number in range(dice.randint(2, 5)):
        step: Plain = {"step": f"s{number}", "title": f"S{number}", **condition(dice, before, 0.4), "fields": []}
        for place in range(dice.randint(1, 4)):
            step["fields"].append(part(dice, before, f"f{number}{place}"))
        steps.append(step)
    return steps


def part(dice: random.Random, before: list[Plain], name: str) -> Plain:
    if dice.random() < 0.75:
        before.append(item := some_field(dice, before, name))
        return item
    section: Plain = {"section": "Phần", **condition(dice, before, 0.7), "fields": []}
    for place in range(dice.randint(1, 3)):
        before.append(item := some_field(dice, before, f"{name}{place}"))
        section["fields"].append(item)
    return section


def some_field(dice: random.Random, before: list[Plain], name: str) -> Plain:
    kind = dice.choice(("choice", "choice", "yes_no", "integer", "date"))
    item: Plain = {"name": name, "kind": kind, "label": name, **condition(dice, before, 0.4)}
    if dice.random() < 0.6:
        item["required"] = tree(dice, before) if before and dice.random() < 0.2 else True
    if kind == "choice":
        options: list[Plain] = [{"value": value, "label": value} for value in CHOICES[: dice.randint(2, 4)]]
        options[-1] |= condition(dice, before, 0.3)
        item["choices"] = options
    elif kind == "integer":
        item |= {"min": 0, "max": 9}
    elif kind == "date":
        item |= {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
    return item


def condition(dice: random.Random, before: list[Plain], likely: float) -> Plain:
    return {"when": tree(dice, before)} if before and dice.random() < likely else {}


def tree(dice: random.Random, before: list[Plain], depth: int = 0) -> Plain:
    head = dice.choice(("leaf", "leaf", "leaf", "all", "any", "not")) if depth < 2 else "leaf"
    if head == "leaf":
        return leaf(dice, dice.choice(before))
    if head == "not":
        return {"not": tree(dice, before, depth + 1)}
    return {head: [tree(dice, before, depth + 1) for _ in range(dice.randint(1, 3))]}


def leaf(dice: random.Random, asked: Plain) -> Plain:
    name, kind = asked["name"], asked["kind"]
    operators = {"integer": ("at_least", "less_than"), "date": ("before", "on_or_after")}.get(kind, ())
    operator = dice.choice(("is", "is_not", "in", "not_in", "filled", "empty", *operators, *operators))
    if operator in ("filled", "empty"):
        return {"field": name, operator: True}
    some = [fit(dice, asked) for _ in range(2)]
    return {"field": name, operator: some if operator in ("in", "not_in") else some[0]}


def checks(dice: random.Random, steps: list[Plain]) -> list[Plain]:
    """A rule or two between whole numbers."""
    numbers = [item["name"] for item, _ in asked(steps) if item["kind"] == "integer"]
    if len(numbers) < 2:
        return []
    one, other = dice.sample(numbers, 2)
    rule = {"field": one, "less_than": {"field": other}}
    return [{"rule": rule, "at": dice.choice((one, other)), "message": "M"}]


# Answers


def fit(dice: random.Random, item: Plain) -> Any:
    """A stored value that the field takes, as far as itself goes."""
    if item["kind"] == "choice":
        return dice.choice(item["choices"])["value"]
    if item["kind"] == "yes_no":
        return dice.random() < 0.5
    if item["kind"] == "integer":
        return dice.randint(0, 9)
    return (FIRST_DAY + timedelta(dice.randrange((LAST_DAY - FIRST_DAY).days + 1))).isoformat()


def written(value: Any) -> str:
    """A stored value as it is typed."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


JUNK = {
    "choice": ("zz", "A", "a,b", "0"),
    "yes_no": ("maybe", "1", "True"),
    "integer": ("-1", "10", "1.5", "x", "9" * 40),
    "date": ("31/02/2021", "2019-12-31", "01/01/2023", "2021", "hôm qua"),
}


def typed(dice: random.Random, item: Plain, wrong: float) -> str:
    chance = dice.random()
    if chance < wrong:
        return dice.choice(JUNK[item["kind"]])
    return "" if chance < wrong + 0.15 else written(fit(dice, item))


# What a form should make of them


def asked(steps: list[Plain]) -> Iterator[tuple[Plain, list[Plain]]]:
    """Each field with what stands above it, in order."""
    for step in steps:
        for item in step["fields"]:
            inner = item["fields"] if "section" in item else [item]
            yield from ((one, [step, item] if "section" in item else [step]) for one in inner)


UNREADABLE = object()


def read(item: Plain, entry: str) -> Any:
    """What a typed entry is stored as; `None` for nothing."""
    if not entry:
        return None
    try:
        if item["kind"] == "integer":
            return int(entry) if len(entry) < 16 else UNREADABLE
        if item["kind"] == "date":
            day = "-".join(reversed(entry.split("/")))  # people write the day first
            return date.fromisoformat(day).isoformat()
    except ValueError:
        return UNREADABLE
    if item["kind"] == "yes_no":
        return {"true": True, "false": False}.get(entry, UNREADABLE)
    return entry


def holds(condition: Plain | None, view: Mapping[str, Any]) -> bool:
    if condition is None:
        return True
    for head, decide in (("all", all), ("any", any)):
        if head in condition:
            return bool(decide(holds(inner, view) for inner in condition[head]))
    if "not" in condition:
        return not holds(condition["not"], view)
    value = view.get(condition["field"])
    operator, operand = next((key, one) for key, one in condition.items() if key != "field")
    if operator in ("filled", "empty"):
        return (value is None) == (operator == "empty")
    return value is not None and COMPARE[operator](value, operand)


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, operand: value == operand,
    "is_not": lambda value, operand: value != operand,
    "in": lambda value, operand: value in operand,
    "not_in": lambda value, operand: value not in operand,
    "at_least": lambda value, operand: value >= operand,
    "less_than": lambda value, operand: value < operand,
    "before": lambda value, operand: value < operand,
    "on_or_after": lambda value, operand: value >= operand,
}


@dataclass
class Oracle:
    """What was typed last at each step, which steps count as posted, and what follows from that."""

    steps: list[Plain]
    checks: list[Plain]
    entries: dict[str, str] = field(default_factory=dict)
    posted: set[str] = field(default_factory=set)

    def take(self, step: str, entries: Mapping[str, str], *, posted: bool) -> None:
        self.entries |= entries
        self.posted = self.posted | {step} if posted else self.posted - {step}

    def walk(self) -> tuple[dict[str, Any], list[str], dict[str, str]]:
        """The view, the relevant fields, and what is wrong with each of those."""
        view: dict[str, Any] = {}
        relevant, wrong = [], {}
        for item, above in asked(self.steps):
            if not all(holds(one.get("when"), view) for one in (*above, item)):
                continue
            name = item["name"]
            relevant.append(name)
            value = read(item, self.entries.get(name, ""))
            required = item.get("required", False)
            if value is UNREADABLE:
                wrong[name] = "unreadable"
            elif value is None:
                if required is True or (isinstance(required, dict) and holds(required, view)):
                    wrong[name] = "missing"
            else:
                if not self.fits(item, value, view):
                    wrong[name] = "unfit"
                view[name] = value
        return view, relevant, wrong

    def fits(self, item: Plain, value: Any, view: Mapping[str, Any]) -> bool:
        if item["kind"] == "integer":
            return bool(0 <= value <= 9)
        if item["kind"] == "date":
            return bool(FIRST_DAY.isoformat() <= value <= LAST_DAY.isoformat())
        if item["kind"] == "choice":
            return any(one["value"] == value and holds(one.get("when"), view) for one in item["choices"])
        return True

    def relevant_steps(self) -> list[str]:
        view, _, _ = self.walk()
        passed: list[str] = []
        for step in self.steps:  # a step's own condition looks back only
            if holds(step.get("when"), view):
                passed.append(step["step"])
        return passed

    def broken_checks(self) -> list[Plain]:
        view, relevant, _ = self.walk()
        return [check for check in self.checks if check["at"] in relevant and self.breaks(check, view)]

    def breaks(self, check: Plain, view: Mapping[str, Any]) -> bool:
        one, other = view.get(check["rule"]["field"]), view.get(check["rule"]["less_than"]["field"])
        return one is not None and other is not None and not one < other

    def complete(self) -> bool:
        _, _, wrong = self.walk()
        return not wrong and not self.broken_checks() and set(self.relevant_steps()) <= self.posted


@dataclass
class Case:
    """A definition, compiled and as the oracle sees it, with the answers of both."""

    steps: list[Plain]
    form: CompiledForm
    oracle: Oracle
    answers: Answers = field(default_factory=Answers)

    @classmethod
    def of(cls, dice: random.Random) -> Case:
        steps = definition(dice)
        rules = checks(dice, steps)
        return cls(steps, compiled(*steps, checks=rules), Oracle(steps, rules))

    def fields(self, step: str) -> list[Plain]:
        return [item for item, above in asked(self.steps) if above[0]["step"] == step]

    def step_of(self, name: str) -> str:
        return next(str(above[0]["step"]) for item, above in asked(self.steps) if item["name"] == name)

    def post(self, step: str, entries: dict[str, str], *, more: Mapping[str, str]) -> list[str]:
        """Posts a step as the pages do: what is refused is not kept. The refused fields."""
        at = self.form.step(step)
        assert at is not None
        inputs = Inputs({name: [entry] for name, entry in (entries | dict(more)).items()})
        result = post(self.form, at, self.answers, inputs, CONTEXT)
        if result.good:
            self.answers = result.answers
            self.oracle.take(step, entries, posted=True)
        return [error.field for error in result.errors]

    def save(self, step: str, entries: dict[str, str]) -> None:
        at = self.form.step(step)
        assert at is not None
        self.answers = save(at, self.answers, Inputs({name: [entry] for name, entry in entries.items()}), CONTEXT)
        self.oracle.take(step, entries, posted=False)


def answered(view: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name not in ("today", "channel", "agency")}


def same(case: Case) -> None:
    """The form and the oracle see the same."""
    walked = journey(case.form, case.answers, CONTEXT)
    view, relevant, _ = case.oracle.walk()
    assert answered(walked.view) == view
    assert walked.relevant == frozenset(relevant)
    assert list(walked.steps) == case.oracle.relevant_steps()
    assert walked.missing is None or walked.missing in walked.steps


@pytest.mark.parametrize("seed", SEEDS)
def test_no_posts_reach_the_submission_with_an_unfit_or_unasked_answer(seed: int) -> None:
    dice = random.Random(f"posts {seed}")  # noqa: S311 - the same posts in each run
    case = Case.of(dice)
    names = [step["step"] for step in case.steps]
    everything = [item for item, _ in asked(case.steps)]
    for _ in range(40):
        step = dice.choice(names)
        entries = {item["name"]: typed(dice, item, 0.12) for item in case.fields(step)}
        if dice.random() < 0.15:
            case.save(step, entries)
        else:
            others = [item for item in everything if item["name"] not in entries]
            more = {item["name"]: written(fit(dice, item)) for item in dice.sample(others, min(2, len(others)))}
            case.post(step, entries, more=more)
        same(case)
        whole = review(case.form, case.answers, CONTEXT)
        ready = whole.missing is None and not whole.errors
        assert ready == case.oracle.complete()


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_answers_what_is_asked_comes_to_the_end_and_is_asked_nothing_hidden(seed: int) -> None:
    dice = random.Random(f"way {seed}")  # noqa: S311 - the same way in each run
    case = Case.of(dice)
    everything = [item for item, _ in asked(case.steps)]
    for _ in range(4 * len(everything) + 10):
        whole = review(case.form, case.answers, CONTEXT)
        if whole.missing is None:
            break
        assert whole.missing in case.oracle.relevant_steps()
        entries = asked_only(dice, case, whole.missing)
        seen = Oracle(case.steps, case.oracle.checks, case.oracle.entries | entries)
        refused = case.post(whole.missing, entries, more={})
        assert set(refused) <= set(seen.walk()[1])
        for elsewhere in {case.step_of(name) for name in refused} - {whole.missing}:
            case.post(elsewhere, asked_only(dice, case, elsewhere), more={})  # a check's field may stand there
    else:
        broken = case.oracle.broken_checks()
        pytest.fail(f"no end: {whole.missing}, {broken}")
    assert case.oracle.complete()
    same(case)


def asked_only(dice: random.Random, case: Case, step: str) -> dict[str, str]:
    """Fit answers to what a step asks, field after field as it comes to be asked; nothing elsewhere."""
    trial = Oracle(case.steps, case.oracle.checks, dict(case.oracle.entries), set(case.oracle.posted))
    trial.entries |= {item["name"]: "" for item in case.fields(step)}
    for item in case.fields(step):
        view, relevant, _ = trial.walk()
        if item["name"] in relevant:
            trial.entries[item["name"]] = written(fitting(dice, case, item, view, trial))
    return {item["name"]: trial.entries[item["name"]] for item in case.fields(step)}


def fitting(dice: random.Random, case: Case, item: Plain, view: Mapping[str, Any], trial: Oracle) -> Any:
    """A value that the field takes beside the others, and that breaks no check where one is left."""
    for _ in range(60):
        value = fit(dice, item)
        seen = {**view, item["name"]: value}
        if trial.fits(item, value, view) and not any(trial.breaks(check, seen) for check in trial.checks):
            return value
    return value
