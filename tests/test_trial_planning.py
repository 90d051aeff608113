"""Declarations are planned that reach each branch of a form, few of them; what is out of reach is named."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from engine.definition.loading import load_all
from engine.form.answers import Answers
from engine.form.compiled import compile_form
from engine.form.journey import review
from engine.kinds import KINDS
from engine.platform.settings import ROOT
from engine.trial.branches import branches_of, worded
from engine.trial.covering import Cover, cover
from engine.trial.filling import Plan
from engine.trial.model import Model
from engine.trial.solver import GaveUp, Holds, Solver
from engine.trial.valid import SAMPLES, samples_of
from engine.trial.words import WORDS, Said
from tests.forms_cases import choice, compiled, step, text
from tests.kinds_cases import CASES
from tests.trial_cases import CONTEXT, form, model, said

YES_NO: dict[str, Any] = {"name": "co", "kind": "yes_no", "label": "Có", "required": True}


def number(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "integer", "label": name, "required": True, **more}


def day(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "date", "label": name, "required": True, **more}


# Values


def test_every_kind_has_its_values() -> None:
    assert SAMPLES.keys() == KINDS.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_the_values_of_a_kind_are_those_it_takes(case: Any) -> None:
    item = case.field()
    samples = samples_of(item, CONTEXT)
    assert bool(samples) is item.ASKS
    for sample in samples:
        typed = {name: [one] if isinstance(one, str) else one for name, one in item.typed(sample.value).items()}
        assert item.parse(typed, CONTEXT) == sample.value
        assert item.problem(sample.value, CONTEXT) is None
    named = [sample.branch for sample in samples if sample.branch]
    assert len(set(named)) == len(named)


BOUNDARIES = [
    (number("x", min=3, max=9), {"least": 3, "most": 9}),
    (text("x", min_length=4, max_length=11), {"shortest": 4, "longest": 11}),
    (text("x", max_length=7, pattern="[A-Z]+"), {"longest": 7}),
    (day("x", min="2026-01-01", max="today"), {"earliest": "2026-01-01", "latest": "2026-11-23"}),
    (day("x", partial="year"), {"only_year": "1990"}),
    (YES_NO, {"yes": True, "no": False}),
]


@pytest.mark.parametrize(("field", "wanted"), BOUNDARIES, ids=str)
def test_the_boundaries_of_a_field_are_branches(field: dict[str, Any], wanted: dict[str, Any]) -> None:
    (variable,) = form(field).variables.values()
    found = {sample.branch.code: sample.value for sample in variable.samples if sample.branch}
    assert {code: len(found[code]) if code in ("shortest", "longest") else found[code] for code in wanted} == wanted


def test_of_a_long_list_the_ends_and_what_is_asked_for_are_branches() -> None:
    values = [f"v{place}" for place in range(40)]
    asked = text("rieng", when={"field": "x", "is": "v20"})
    variable = form(choice("x", *values, other=True), asked).variables["x"]
    chosen = {sample.branch.about for sample in variable.samples if sample.branch}
    assert chosen == {"v0", "v20", "v39", "other"}


# Search


def test_conditions_are_followed_back_through_what_they_look_at() -> None:
    made = model(
        compiled(
            step("a", choice("loai", "x", "y", required=True)),
            step("b", number("tuoi", when={"field": "loai", "is": "y"})),
            step("c", text("ten", when={"field": "tuoi", "at_least": 60}), when={"field": "loai", "is_not": "x"}),
        )
    )
    plans = cover(made).plans
    assert any("ten" in plan.view and plan.view["tuoi"] >= 60 and plan.view["loai"] == "y" for plan in plans)
    assert any("ten" not in plan.view and plan.view.get("tuoi", 60) < 60 for plan in plans)


@pytest.mark.parametrize("want", [True, False])
@pytest.mark.parametrize(
    "condition",
    [
        {"any": [{"field": "co", "is": True}, {"field": "x", "more_than": 5}]},
        {"not": {"all": [{"field": "co", "is": True}, {"field": "x", "in": [1, 2, 3]}]}},
        {"field": "x", "less_than": {"field": "y"}},
        {"all": [{"field": "x", "at_least": {"field": "y"}}, {"field": "y", "more_than": 7}]},
        {"formula": "x + y > 10"},
    ],
    ids=str,
)
def test_a_condition_can_be_had_either_way(condition: dict[str, Any], want: bool) -> None:
    fields = (YES_NO, number("x"), number("y"), text("ten"))
    made = form(*fields, checks=[{"rule": condition, "at": "ten", "message": "Không hợp"}])
    rule = made.compiled.procedure.checks[0].rule
    known = Solver(made, 5_000).first((Holds(rule, want),), {})
    assert known is not None
    assert made.test(rule)(made.view(known)) is want


def test_dates_come_in_the_order_that_checks_want() -> None:
    names = ("sinh", "cuoi", "ly_hon", "chet")
    checks = [{"rule": {"field": later, "after": {"field": first}}, "at": later, "message": f"{later} sau {first}"}
              for first, later in pairwise(names)]  # fmt: skip
    found = cover(form(*(day(name, max="today") for name in names), checks=checks))
    assert said(found) == {  # nobody marries, divorces and dies after today
        'field "sinh": the latest': 'a check refuses it: "cuoi sau sinh"',
        'field "cuoi": the latest': 'a check refuses it: "ly_hon sau cuoi"',
        'field "ly_hon": the latest': 'a check refuses it: "cuoi sau sinh"',
    }
    whole = [plan for plan in found.plans if plan.refused is None]
    assert all(plan.view["sinh"] < plan.view["cuoi"] < plan.view["ly_hon"] < plan.view["chet"] for plan in whole)
    assert {plan.refused.check.message.vi for plan in found.plans if plan.refused} == {
        "cuoi sau sinh", "ly_hon sau cuoi", "chet sau ly_hon",
    }  # fmt: skip


def test_the_search_ends_after_so_many_tries() -> None:
    made = form(*(number(f"x{place}") for place in range(5)), text("ten"),
                checks=[{"rule": {"formula": " + ".join(f"x{place}" for place in range(5)) + " == 123457"},
                         "message": "Tổng"}])  # fmt: skip
    rule = made.compiled.procedure.checks[0].rule
    with pytest.raises(GaveUp) as gave_up:
        Solver(made, 200).first((Holds(rule),), {})
    assert gave_up.value.tries == 200
    reasons = {one.why.code for one in cover(made, tries=200).missed}
    assert "gave_up" in reasons


# Few declarations reach much


def test_what_goes_together_is_walked_together() -> None:
    fields = [{**YES_NO, "name": f"co{place}"} for place in range(20)]
    more = [text(f"ten{place}", when={"field": f"co{place}", "is": True}) for place in range(20)]
    found = cover(form(*fields, *more))
    assert said(found) == {}
    assert len(found.branches) == 20 * 6
    assert len(found.plans) <= 4


def test_as_many_as_a_list_is_long_and_no_more() -> None:
    found = cover(form(*(choice(f"x{place}", *"abcdef", required=True) for place in range(5))))
    assert len(found.plans) == 6


def test_agencies_are_branches_where_something_asks_for_them() -> None:
    fields = (text("ten"), text("rieng", when={"field": "agency", "is": "B"}))
    found = cover(model(compiled(step("mot", *fields)), "A", "B", "C"))
    assert {plan.agency for plan in found.plans} == {"A", "B", "C"}
    assert {code for branch in found.branches if (code := branch.what.about)} == {"A", "B", "C"}


# What depends on answers


def places(found: Cover) -> set[str]:
    return {str(branch).partition(", ")[2] for branch in found.branches}


def test_a_field_that_is_required_only_sometimes_is_left_blank_only_where_it_may_be() -> None:
    found = cover(form(YES_NO, text("ly_do", required={"field": "co", "is": True})))
    assert said(found) == {}
    assert {'field "ly_do", required: holds', 'field "ly_do": left blank'} <= places(found)
    assert all(plan.view["co"] is False for plan in found.plans if "ly_do" not in plan.view)


def test_the_box_of_none_is_a_branch_of_its_own() -> None:
    found = cover(form(text("so", required=True, none="Không có"), text("vi_sao", when={"field": "so", "none": True})))
    assert said(found) == {}
    assert 'field "so": none of it ticked' in places(found)
    assert all(("vi_sao" in plan.walked.relevant) is (plan.view.get("so#none") is True) for plan in found.plans)


def test_each_case_of_a_text_is_a_branch() -> None:
    label = [{"when": {"field": "co", "is": True}, "text": "Tên tổ chức"}, {"text": "Họ tên"}]
    found = cover(form(YES_NO, {**text("ten"), "label": label}))
    assert said(found) == {}
    assert {'field "ten", label: reads "Tên tổ chức"', 'field "ten", label: reads "Họ tên"'} <= places(found)


def test_a_condition_on_what_is_computed_is_followed_to_what_it_is_computed_of() -> None:
    total = {"name": "tong", "kind": "computed", "label": "Tổng", "formula": "a * 2 + b", "show_as": "integer"}
    more = step("hai", text("vi_sao", when={"field": "tong", "more_than": 20}))
    found = cover(model(compiled(step("mot", number("a", min=1, max=9), number("b", min=1, max=9), total), more)))
    assert said(found) == {}
    assert {plan.view["tong"] > 20 for plan in found.plans} == {True, False}


def test_what_only_a_formula_could_reach_is_named_as_beyond() -> None:
    total = {"name": "tong", "kind": "computed", "label": "Tổng", "formula": "a * a", "show_as": "integer"}
    more = step("hai", text("vi_sao", when={"field": "tong", "is": 49}))
    found = cover(model(compiled(step("mot", number("a", min=1, max=9), total), more)))
    assert said(found)['field "vi_sao": holds'] == "beyond what is decided: tong is 49"
    assert not any(one.fault for one in found.missed)


PAPERS: dict[str, Any] = {
    "papers": [
        {"name": "don", "title": "Đơn", "attach": "required", "or": ["in_person", "on_file"]},
        {"one_of": "cho_o", "title": "Chỗ ở", "papers": [
            {"name": "hop_dong", "title": "Hợp đồng", "attach": "optional"},
            {"name": "so_do", "title": "Sổ đỏ", "attach": "optional"},
        ]},
    ]
}  # fmt: skip


def test_papers_come_in_each_way_and_one_of_several_is_enough() -> None:
    found = cover(form(text("ten"), **PAPERS))
    assert said(found) == {}
    ways = {repr(plan.view["don"])[:9] for plan in found.plans}
    assert {"'in_perso", "{'on_file"} < ways
    assert all("hop_dong" in plan.view or "so_do" in plan.view for plan in found.plans)
    assert any("hop_dong" not in plan.view for plan in found.plans)


# Rows


CHILDREN: dict[str, Any] = {
    "name": "con", "kind": "group", "label": "Con", "min_rows": 1, "max_rows": 3,
    "fields": [
        {**text("ten"), "required": True},
        day("sinh", max="today"),
        choice("song_voi", "me", "cha", "khac", required=True),
        text("voi_ai", required=True, when={"field": "song_voi", "is": "khac"}),
        text("lop", when={"field": "co", "is": True}),
        {"name": "chinh", "kind": "confirm", "label": "Con cả"},
    ],
    "checks": [{"rule": {"field": "sinh", "on_or_after": "2000-01-01"}, "at": "sinh", "message": "Sinh từ năm 2000"}],
}  # fmt: skip


def test_every_branch_of_a_table_is_reached_in_some_row() -> None:
    one = [{"rule": {"formula": "count(con.chinh) == 1"}, "at": "con", "message": "Đúng một con cả"}]
    found = cover(form(YES_NO, CHILDREN, checks=one))
    refused = {plan.refused.check.message.vi for plan in found.plans if plan.refused}
    assert refused == {"Sinh từ năm 2000", "Đúng một con cả"}
    assert said(found) == {}
    assert {len(plan.view["con"]) for plan in found.plans if not plan.refused} >= {1, 3}
    rows = [row for plan in found.plans if not plan.refused for row in plan.view["con"]]
    assert {row["song_voi"] for row in rows} == {"me", "cha", "khac"}
    assert all(row["sinh"] >= "2000" for row in rows)
    assert {"voi_ai" in row for row in rows} == {"lop" in row for row in rows} == {True, False}


@pytest.mark.parametrize(
    "when",
    [
        {"field": "con", "any_row": {"field": "song_voi", "is": "khac"}},
        {"field": "con", "every_row": {"field": "song_voi", "is": "cha"}},
        {"field": "con", "count": {"at_least": 3}},
        {"not": {"field": "con", "any_row": {"field": "song_voi", "is": "me"}}},
    ],
    ids=str,
)
def test_a_condition_on_rows_is_had_both_ways(when: dict[str, Any]) -> None:
    found = cover(form(YES_NO, CHILDREN, text("them", when=when)))
    assert {"them" in plan.walked.relevant for plan in found.plans} == {True, False}
    assert said(found) == {}


# What is not reached, and why


UNREACHED = [
    (
        (number("x", max=5), text("ten", when={"field": "x", "more_than": 5})),
        {},
        {'field "ten": holds': "can never come to this: x more_than 5"},
    ),
    (
        (choice("x", "a", "b", required=True), text("ten", when={"field": "x", "filled": True})),
        {},
        {'field "ten": does not hold': "can never come to this: not (x filled true)"},
    ),
    (
        (text("ten"), text("hai", when={"field": "channel", "is": "post"})),
        {},
        {'field "hai": holds': "filing over the pages is always online: channel is post"},
    ),
    (
        (text("ten", required=True), text("hai", when={"field": "ten", "is": "x" * 2000})),
        {},
        {'field "hai": holds': "beyond what is decided: ten is xx"},
    ),
    (
        (choice("x", "a", "b", required=True), text("ten")),
        {"checks": [{"rule": {"field": "x", "is": "a"}, "message": "Nộp trực tiếp"}]},
        {},  # a value that a check refuses is reached where it is refused
    ),
]


@pytest.mark.parametrize(("fields", "more", "wanted"), UNREACHED, ids=lambda value: str(value)[:40])
def test_a_branch_out_of_reach_is_named_with_its_reason(
    fields: tuple[dict[str, Any], ...], more: dict[str, Any], wanted: dict[str, str]
) -> None:
    found = cover(form(*fields, **more))
    named = {name: why for name, why in said(found).items() if why.startswith(wanted.get(name, "?"))}
    assert named.keys() == wanted.keys()
    assert not any(one.fault for one in found.missed)


ONLY_IF_YES = {"value": "a", "label": "A", "when": {"field": "co", "is": True}}
NO_WHOLE = {"name": "x", "kind": "decimal", "label": "X", "places": 0, "min": Decimal("0.2"), "max": Decimal("0.8"),
            "required": True}  # fmt: skip
IMPASSABLE = [
    ((text("x", required=True, pattern=r"[^\x00-\x{10FFFF}]"),), {}, "could not make a value for the pattern"),
    ((text("x", required=True, pattern="a{5}", max_length=4),), {}, 'the pattern "a{5}"'),
    ((NO_WHOLE,), {}, 'no value was found that field "x" takes'),
    (
        (YES_NO, {**choice("x", required=True), "choices": [ONLY_IF_YES]}),
        {},
        'none of the choices of field "x" is offered then',
    ),
    (
        (number("x"),),
        {"checks": [{"rule": {"field": "x", "at_most": 5}, "message": "Nhiều nhất 5"},
                    {"rule": {"field": "x", "at_least": 10}, "message": "Ít nhất 10"}]},
        "",  # each value is reached where one of the two checks refuses it
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "more", "why"), IMPASSABLE, ids=lambda value: str(value)[:40])
def test_where_nobody_can_go_on_a_declaration_is_walked_up_to_there(
    fields: tuple[dict[str, Any], ...], more: dict[str, Any], why: str
) -> None:
    found = cover(form(*fields, **more))
    assert len(found.blocked) == 1
    assert not why or any(why in reason for reason in said(found).values())
    assert all(plan.refused is not None for plan in found.plans) or len(fields) > 1


# The shipped procedures


@cache
def shipped() -> dict[str, tuple[Model, Cover]]:
    loaded = [one.procedure for one in load_all([ROOT / "definitions"]) if one.procedure and one.procedure.online]
    models = {one.code: model(compile_form(one), "H21.52.01", "H21.52.02") for one in loaded}
    return {code: (made, cover(made)) for code, made in models.items()}


def reviewed(made: Model, plan: Plan) -> Any:
    posted = frozenset(step.name for step in made.compiled.steps)
    context = replace(made.context, agency=plan.agency)
    return review(made.compiled, Answers(plan.values, {}, posted), context)


@pytest.mark.parametrize("code", shipped())
def test_each_planned_declaration_is_one_that_the_form_itself_takes(code: str) -> None:
    made, found = shipped()[code]
    for plan in found.plans:
        whole = reviewed(made, plan)
        wrong = [error.cause for error in whole.errors]
        assert wrong == ([plan.refused.check.message] if plan.refused else [])
        assert whole.journey.view == plan.view or plan.refused


@pytest.mark.parametrize("code", shipped())
def test_each_branch_is_reached_or_named(code: str) -> None:
    _, found = shipped()[code]
    missed = {one.branch for one in found.missed}
    assert all(branch in missed or any(branch.reached(plan) for plan in found.plans) for branch in found.branches)
    assert not any(branch.reached(plan) for branch in missed for plan in found.plans)
    assert not found.blocked
    assert not any(one.fault for one in found.missed)


@pytest.mark.parametrize("code", shipped())
def test_few_declarations_reach_many_branches(code: str) -> None:
    _, found = shipped()[code]
    assert len(found.plans) * 5 < len(found.branches)


def test_a_form_of_four_hundred_fields_is_planned() -> None:
    fields = [choice(f"x{place}", "a", "b", required=True) for place in range(100)]
    more = [text(f"t{place}", when={"field": f"x{place % 100}", "is": "ab"[place % 2]}) for place in range(300)]
    found = cover(model(compiled(step("mot", *fields), step("hai", *more))))
    assert said(found) == {}
    assert len(found.plans) <= 10


# Words


def test_every_word_is_in_both_languages() -> None:
    assert all(text.vi and text.en for text in WORDS.values())
    assert all(text.vi.count("{}") == (text.en or "").count("{}") <= 1 for text in WORDS.values())


def test_what_is_said_is_kept_and_said_again() -> None:
    one = Said("chosen", "ban {than}")
    assert Said.of(one.document()) == one
    assert one.in_("vi") == "chọn “ban {than}”"


def test_a_condition_is_written_in_one_line() -> None:
    made = form(
        number("x"), text("ten", when={"any": [{"not": {"field": "x", "in": [1, 2]}}, {"field": "x", "is": 3}]})
    )
    condition = made.variables["ten"].chain[0]
    assert worded(condition) == "(not (x in [1, 2]) or x is 3)"


def test_branches_stand_in_the_order_of_the_document() -> None:
    made = model(compiled(step("a", text("x")), step("b", text("y", when={"field": "x", "filled": True}))))
    places = [branch.place[0].about for branch in branches_of(made)]
    assert places == sorted(places)
