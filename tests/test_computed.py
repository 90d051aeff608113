"""Computed fields: worked out in document order, stored, shown, sealed with their sources, and checked beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from engine.definition.loading import load_document
from engine.form import pages
from engine.form.answers import Answers
from engine.form.compiled import CompiledForm
from engine.form.declaration import read_back
from engine.form.journey import journey, post, review
from tests.forms_cases import HEAD, SHIPPED, compiled, inputs, step, text
from tests.kinds_cases import CONTEXT


def integer(name: str, **more: Any) -> dict[str, Any]:
    """A whole number."""
    return {"name": name, "kind": "integer", "label": name, **more}


def computed(name: str, formula: str, **more: Any) -> dict[str, Any]:
    """A computed field."""
    return {"name": name, "kind": "computed", "label": name, "formula": formula, **more}


COPIES = compiled(
    step("mot", integer("so_luong", required=True), integer("so_trang"), computed("tong", "so_luong * so_trang")),
    step(
        "hai",
        computed("tien", "tong * gia"),
        text("ghi_chu", when={"field": "tong", "more_than": 10}),
        computed("ghi", 'join(" ", "Tổng", tong)'),
    ),
    rates={"gia": 2000},
    checks=[{"rule": {"formula": "tong * gia <= 100000"}, "at": "so_luong", "message": "Nhiều quá"}],
)


def view_of(form: CompiledForm, context: Any = CONTEXT, **values: Any) -> Any:
    """The relevant view of some stored values."""
    return journey(form, Answers(values), context).view


def test_a_value_is_computed_of_what_stands_before_it_and_of_other_computed_ones() -> None:
    view = view_of(COPIES, so_luong=2, so_trang=3)
    assert (view["tong"], view["tien"], view["ghi"]) == (6, 12000, "Tổng 6")


def test_amounts_are_seen_by_formulas_and_are_no_part_of_the_answers() -> None:
    assert "gia" not in view_of(COPIES, so_luong=2, so_trang=3)


def test_an_agency_s_own_amount_counts() -> None:
    own = replace(CONTEXT, rates={"gia": 500})
    assert view_of(COPIES, own, so_luong=2, so_trang=3)["tien"] == 3000


def test_arithmetic_with_nothing_is_nothing_and_leaves_nothing_behind() -> None:
    view = view_of(COPIES, so_luong=2)
    assert {"tong", "tien"}.isdisjoint(view)
    assert "ghi" not in view


@pytest.mark.parametrize(("pages_", "asked"), [(5, False), (6, True)])
def test_a_later_step_may_ask_what_an_earlier_one_computes(pages_: int, asked: bool) -> None:
    walked = journey(COPIES, Answers({"so_luong": 2, "so_trang": pages_}), CONTEXT)
    assert ("ghi_chu" in walked.relevant) is asked


@pytest.mark.parametrize(("number", "refused"), [(50, []), (51, ["so_luong"])])
def test_a_check_sees_computed_values_and_amounts(number: int, refused: list[str]) -> None:
    answers = Answers({"so_luong": number, "so_trang": 1}, {}, frozenset({"mot", "hai"}))
    assert [error.field for error in review(COPIES, answers, CONTEXT).errors] == refused


def test_whatever_is_posted_under_its_name_is_passed_over() -> None:
    at = COPIES.step("mot")
    assert at is not None
    result = post(COPIES, at, Answers(), inputs(so_luong="2", so_trang="3", tong="1000"), CONTEXT)
    assert result.good
    assert result.journey.view["tong"] == 6
    assert "tong" not in result.answers.values


def test_it_is_never_missing_and_never_asked() -> None:
    answers = Answers({"so_luong": 2}, {}, frozenset({"mot", "hai"}))
    assert journey(COPIES, answers, CONTEXT).missing is None


def test_the_page_shows_it_and_has_no_input_for_it() -> None:
    at = COPIES.step("mot")
    assert at is not None
    for values, shown in (({"so_luong": 2, "so_trang": 600}, "1200"), ({}, "—")):
        view = view_of(COPIES, **values)
        markup = pages.render(COPIES, at, {}, errors={}, view=view, context=CONTEXT, language="vi")
        (field,) = html.fromstring(f"<div>{markup}</div>").xpath('//*[@data-field="tong"]')
        assert field.get("data-kind") == "computed"
        assert field.xpath(".//output/text()") == [shown]
        assert field.xpath(".//input | .//select | .//textarea") == []


def test_it_is_read_back_with_the_declaration() -> None:
    view = view_of(COPIES, so_luong=2, so_trang=3)
    rows = [row for part in read_back(COPIES, view, CONTEXT, "vi") for row in part.rows]
    assert ("tong", "6") in rows


@pytest.mark.parametrize(
    ("formula", "show_as", "stored", "shown"),
    [
        ("a * 2", None, 6, "6"),
        ("a / 2", None, "1.5", "1,5"),
        ("round(a / 7, 2)", None, "0.43", "0,43"),
        ("a * 1000000", "money", 3_000_000, "3.000.000 đ"),
        ("a", "decimal", "3", "3"),
        ("today", None, "2026-11-23", "23/11/2026"),
        ('join("-", "x", a)', None, "x-3", "x-3"),
        ("a", "text", "3", "3"),
        ("years_between(b, today)", None, 26, "26"),
        ("if(a > 2, a, 0)", None, 3, "3"),
        ("c + 1", None, None, None),
    ],
)
def test_a_value_is_stored_and_shown_as_its_formula_gives_it(
    formula: str, show_as: str | None, stored: Any, shown: str | None
) -> None:
    more = {"show_as": show_as} if show_as else {}
    date = {"name": "b", "kind": "date", "label": "b"}
    form = compiled(step("mot", integer("a"), date, integer("c"), computed("x", formula, **more)))
    view = view_of(form, a=3, b="2000-01-01")
    assert view.get("x") == stored
    if shown is not None:
        assert form.fields["x"].show(view["x"], "vi", CONTEXT) == shown


def test_what_is_computed_of_a_sensitive_answer_is_sealed_like_it() -> None:
    number = {"name": "so", "kind": "national_id", "label": "so"}
    form = compiled(step("mot", number, computed("a", 'join("", so, "x")'), computed("b", 'join("", a)'), integer("c"),
                         computed("d", "c + 1")))  # fmt: skip
    assert form.sensitive == {"so", "a", "b"}


@pytest.mark.parametrize(
    ("formula", "more", "what"),
    [
        ("sau + 1", {}, '"sau" does not stand before, but in line 0; a formula looks back only'),
        ("x + 1", {}, '"x" does not stand before'),
        ("truc + 1", {}, 'unknown name "truc"; did you mean "truoc"?'),
        ("ten + 1", {}, "wants a number"),
        ("truoc / 2", {"show_as": "money"}, "which cannot be shown as money; round it, or divide by //"),
        ("ten", {"show_as": "date"}, '"ten" gives text, which cannot be shown as date'),
        ("truoc > 2", {}, "gives boolean, which cannot be shown as text"),
        ("truoc +", {}, "formula:"),
        ("so_noi_bo + 1", {}, '"so_noi_bo" is filled by officers'),
        ("truoc", {"show_as": "percent"}, 'unknown value "percent"'),
    ],
)
def test_a_formula_that_cannot_be_is_a_fault(formula: str, more: dict[str, Any], what: str) -> None:
    form = [step("mot", text("ten"), integer("truoc"), computed("x", formula, **more), integer("sau"))]
    officer = [{"name": "so_noi_bo", "kind": "integer", "label": "Số"}]
    document = {**HEAD, "applicant": {"name": "ten"}, "form": form, "officer_fields": officer}
    _, faults = load_document(document, SHIPPED)
    assert [fault.place for fault in faults] == ['step "mot", field "x"']
    assert what in faults[0].what


def test_a_condition_may_not_ask_what_its_own_step_computes() -> None:
    form = [step("mot", integer("a"), computed("x", "a + 1"), text("b", when={"field": "x", "more_than": 1}))]
    _, faults = load_document({**HEAD, "applicant": {"name": "b"}, "form": form}, SHIPPED)
    assert [fault.what for fault in faults] == [
        '"x" is computed on the same step; a condition may ask what an earlier step computes'
    ]
