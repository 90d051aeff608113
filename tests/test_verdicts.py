"""What is said of conditions that never or always hold: never wrong, and complete where it is decided at all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from engine import rules
from engine.rules import FieldFacts, verdict

EQUALITY = frozenset({"is", "is_not", "in", "not_in", "filled", "empty"})
ORDER = EQUALITY | {"less_than", "at_most", "more_than", "at_least"}
TIME = EQUALITY | {"before", "on_or_before", "after", "on_or_after"}
FACTS = {
    "loai": FieldFacts("choice", "choice", EQUALITY, ("a", "b", "c")),
    "khac": FieldFacts("choice", "choice", EQUALITY, ("a", "other")),
    "co": FieldFacts("yes_no", "boolean", EQUALITY),
    "dong_y": FieldFacts("confirm", "boolean", EQUALITY),
    "so": FieldFacts("integer", "integer", ORDER),
    "it": FieldFacts("integer", "integer", ORDER, least=1, most=5),
    "ngay": FieldFacts("date", "date", TIME),
    "sinh": FieldFacts("date", "date", TIME, least="2020-06", most="2022"),
    "ten": FieldFacts("text", "text", EQUALITY),
}
DAYS = ("2020", "2020-06", "2020-12-31", "2021-01", "2021-01-01", "2021-06-15", "2022-12-31")
VALUES: dict[str, tuple[Any, ...]] = {
    "loai": ("a", "b", "c"),
    "khac": ("a", {"other": "x"}),
    "co": (True, False),
    "dong_y": (True,),
    "so": tuple(range(-2, 10)),
    "it": tuple(range(1, 6)),
    "ngay": (*DAYS, "2019-12-31", "2023", "2021-06-16", "2020-06-01"),
    "sinh": (*DAYS, "2020-06-01", "2020-06-30", "2020-07", "2021", "2022", "2022-11"),
    "ten": ("", "x", "y"),
}
OPERANDS: dict[str, tuple[Any, ...]] = VALUES | {
    "khac": ("a", "other"), "so": tuple(range(8)), "it": tuple(range(7)), "sinh": DAYS, "ngay": DAYS, "ten": ("x", "y"),
}  # fmt: skip
TYPES = {name: facts.value_type for name, facts in FACTS.items()}


def leaf(dice: random.Random, name: str) -> dict[str, Any]:
    operator = dice.choice(sorted(FACTS[name].operators))
    if operator in ("filled", "empty"):
        return {"field": name, operator: True}
    if operator in ("in", "not_in"):
        return {"field": name, operator: dice.sample(OPERANDS[name], dice.randint(1, min(3, len(OPERANDS[name]))))}
    return {"field": name, operator: dice.choice(OPERANDS[name])}


def tree(dice: random.Random, names: list[str], depth: int = 0) -> dict[str, Any]:
    shape = dice.choice(("leaf", "leaf", "all", "any", "not")) if depth < 3 else "leaf"
    if shape == "leaf":
        return leaf(dice, dice.choice(names))
    if shape == "not":
        return {"not": tree(dice, names, depth + 1)}
    return {shape: [tree(dice, names, depth + 1) for _ in range(dice.randint(1, 3))]}


def views(names: list[str]) -> Iterator[dict[str, Any]]:
    """Every view of a few values of these fields, and of none."""
    for values in product(*((None, *VALUES[name]) for name in names)):
        yield {name: value for name, value in zip(names, values, strict=True) if value not in (None, "")}


@pytest.mark.parametrize("seed", range(12))
def test_no_view_contradicts_a_verdict(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same conditions in each run
    claims = 0
    for _ in range(120):
        names = dice.sample(sorted(FACTS), dice.randint(1, 2))
        conditions = [rules.parse(tree(dice, names)) for _ in range(dice.randint(1, 3))]
        said = verdict(conditions, FACTS)
        if said == "open":
            continue
        claims += 1
        tests = [rules.compile(condition, TYPES) for condition in conditions]
        held = {all(test(view) for test in tests) for view in views(names)}
        assert held == {said == "always"}, [rules.document(condition) for condition in conditions]
    assert claims > 5


@pytest.mark.parametrize("name", [name for name in FACTS if name != "ten"])
def test_what_one_field_is_asked_is_decided_wholly(name: str) -> None:
    dice = random.Random(name)  # noqa: S311 - the same conditions in each run
    for _ in range(150):
        conditions = [rules.parse(tree(dice, [name])) for _ in range(dice.randint(1, 2))]
        tests = [rules.compile(condition, TYPES) for condition in conditions]
        held = {all(test(view) for test in tests) for view in views([name])}
        said = verdict(conditions, FACTS)
        # The views are few: what none of them shows may still be open.
        assert said == "open" or held == {said == "always"}
        if len(held) == 2:
            assert said == "open"
        if name in ("loai", "khac", "co", "dong_y", "so", "it"):
            assert (said == "open") == (len(held) == 2)


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ([{"field": "it", "at_least": 6}], "never"),
        ([{"field": "it", "less_than": 1}], "never"),
        ([{"field": "it", "at_most": 5}], "open"),  # without an answer it does not hold
        ([{"any": [{"field": "it", "at_most": 5}, {"field": "it", "empty": True}]}], "always"),
        ([{"field": "sinh", "before": "2020-06"}], "never"),
        ([{"field": "sinh", "before": "2020-07"}], "open"),
        ([{"field": "sinh", "after": "2022-12-31"}], "never"),
        ([{"field": "sinh", "is": "2022"}], "open"),
        ([{"field": "ten", "is": "x"}, {"field": "ten", "is": "y"}], "open"),  # a text is beyond what is decided
        ([{"field": "co", "is": True}, {"field": "loai", "is": "a"}, {"field": "co", "is": False}], "never"),
    ],
)
def test_limits_count(conditions: list[Any], said: str) -> None:
    assert verdict([rules.parse(condition) for condition in conditions], FACTS) == said
