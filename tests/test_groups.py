"""Groups on the way through a form: rows typed, dropped, numbered anew, walked and checked, each row for itself."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from engine.form import fees, pages, showing
from engine.form.answers import Answers
from engine.form.compiled import CompiledForm, Inputs
from engine.form.declaration import Part, read_back
from engine.form.journey import FieldError, Posted, journey, look, post, review, save
from engine.form.rows import act
from engine.kinds.groups import Group
from engine.kinds.messages import Problem
from engine.storage.models import dumps
from tests.forms_cases import choice, compiled, inputs, step, text
from tests.kinds_cases import CONTEXT
from tests.test_group_definitions import CARS

FORM = compiled(
    step("mot", text("ten", required=True), CARS),
    step("hai", text("bang_lai", required=True, when={"field": "xe", "any_row": {"field": "loai", "is": "o_to"}})),
    fees=[{"name": "phi", "title": "Phí", "amount": "count(xe) * 1000 + sum(xe.cho)"}],
)
CAR = {"xe-0-loai": "o_to", "xe-0-bien_so": "51A", "xe-0-cho": "5"}
BIKE = {"xe-1-loai": "xe_may", "xe-1-bien_so": "59B"}


def posted(typed: dict[str, str], form: CompiledForm = FORM, answers: Answers = Answers()) -> Posted:  # noqa: B008
    """The first step posted."""
    return post(form, form.steps[0], answers, inputs(**{"ten": "An", **typed}), CONTEXT)


def codes(result: Posted) -> dict[str, str]:
    """The refused fields with their causes."""
    return {error.field: getattr(error.cause, "code", getattr(error.cause, "vi", "")) for error in result.errors}


def test_rows_are_stored_as_objects_of_what_is_relevant_and_answered() -> None:
    result = posted({**CAR, **BIKE, "xe-1-cho": "2"})
    assert result.good
    assert result.journey.view["xe"] == [
        {"loai": "o_to", "bien_so": "51A", "cho": 5}, {"loai": "xe_may", "bien_so": "59B"},
    ]  # fmt: skip
    assert result.answers.values["xe"][1]["cho"] == 2  # what a hidden column holds is kept in the draft
    assert "loai" not in result.journey.view


def test_what_comes_later_sees_the_rows() -> None:
    assert posted(CAR).journey.missing == "hai"
    assert "bang_lai" in posted(CAR).journey.relevant
    bikes = posted({"xe-0-loai": "xe_may", "xe-0-bien_so": "59B"})
    assert "bang_lai" not in bikes.journey.relevant
    assert [fee.amount for fee in fees.fees_due(FORM.fees, posted({**CAR, **BIKE}).journey.view, {})] == [2005]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ({**BIKE}, [0]),
        ({"xe-7-loai": "xe_may", "xe-7-bien_so": "a", "xe-3-loai": "xe_may", "xe-3-bien_so": "b"}, [0, 1]),
        ({**BIKE, "xe-0-loai": "", "xe-0-bien_so": " ", "xe-2": "1"}, [0]),
        ({"xe-99999999-loai": "xe_may", "xe-99999999-bien_so": "a"}, [0]),
    ],
)
def test_blank_rows_and_gaps_are_closed(typed: dict[str, str], numbers: list[int]) -> None:
    result = posted(typed)
    assert result.good
    assert len(result.journey.view["xe"]) == len(numbers)
    rows = {name.split("-")[1] for name in result.inputs if name.startswith("xe-")}
    assert rows == {str(number) for number in numbers}


@pytest.mark.parametrize(
    "name", ["xe--1-loai", "xe-01-loai", "xe-1e3-loai", "xe-٣-loai", "xe-0-la", "xe-9999999999-loai", "xe-"]
)
def test_inputs_that_no_page_writes_are_passed_over(name: str) -> None:
    assert codes(posted({name: "o_to"})) == {"xe": "rows.missing"}


def test_each_row_has_its_own_errors_at_its_own_inputs() -> None:
    result = posted({**CAR, **BIKE, "xe-0-cho": "năm", "xe-1-bien_so": ""})
    assert codes(result) == {"xe-0-cho": "number.form", "xe-1-bien_so": "enter"}
    assert result.answers.typed["xe"] == {"xe-0-cho": "năm"}
    shown = showing.Shown(FORM, result.journey.view, "vi", CONTEXT)
    said = showing.sentences(FORM, result.errors, "vi", shown)
    assert said["xe-0-cho"] == "Số chỗ của 51A: nhập một số nguyên, ví dụ 12"
    assert showing.in_summary(FORM, "xe-0-cho", said["xe-0-cho"], "vi", shown).startswith("1. Xe 51A – Số chỗ của 51A")
    assert [showing.anchor(FORM, error) for error in result.errors] == ["xe-0-cho", "xe-1-bien_so"]


def test_errors_stand_at_the_rows_as_they_are_shown_again() -> None:
    result = posted({"xe-0-loai": "", "xe-4-loai": "o_to", "xe-4-bien_so": "51A", "xe-4-cho": "x"})
    assert codes(result) == {"xe-0-cho": "number.form"}
    assert pages.posted_inputs(FORM.steps[0], result.inputs)["xe"][0]["cho"] == "x"


def test_an_unreadable_entry_of_an_irrelevant_column_is_no_error_and_is_kept() -> None:
    result = posted({"xe-0-loai": "xe_may", "xe-0-bien_so": "59B", "xe-0-cho": "năm"})
    assert result.good
    assert result.answers.typed["xe"] == {"xe-0-cho": "năm"}
    assert result.journey.missing == "hai"
    assert pages.typed_inputs(FORM.steps[0], result.answers, CONTEXT)["xe"][0]["cho"] == "năm"


@pytest.mark.parametrize(
    ("count", "code"), [(0, "rows.missing"), (1, "rows.min"), (2, None), (3, None), (4, "rows.max")]
)
def test_the_number_of_rows_has_limits(count: int, code: str | None) -> None:
    group = {"name": "con", "kind": "group", "label": "Con", "min_rows": 2, "max_rows": 3, "fields": [text("ho_ten")]}
    form = compiled(step("mot", text("ten"), group))
    result = posted({f"con-{row}-ho_ten": f"Con {row}" for row in range(count)}, form)
    assert codes(result) == ({"con": code} if code else {})
    if count:
        assert len(result.answers.values["con"]) == count  # nothing is lost of too many either
    assert (review(form, result.answers, CONTEXT).missing is None) is (code is None)


def test_very_many_rows_are_refused_with_a_sentence() -> None:
    form = compiled(step("mot", text("ten"), {"name": "con", "kind": "group", "label": "Con", "fields": [text("x")]}))
    result = posted({f"con-{row}-x": "a" for row in range(201)}, form)
    (error,) = result.errors
    assert isinstance(error.cause, Problem)
    assert error.cause.sentence("Con", "vi") == "Con: nhiều nhất 200 dòng, hiện có 201; xoá bớt dòng"


def test_a_row_at_its_defaults_is_dropped() -> None:
    group = {"name": "con", "kind": "group", "label": "Con", "min_rows": 1,
             "fields": [choice("nuoc", "vn", "la", default="vn"), text("ho_ten"),
                        {**text("o"), "default": {"field": "ten"}}]}  # fmt: skip
    form = compiled(step("mot", text("ten"), group))
    assert codes(posted({"con-0-nuoc": "vn", "con-0-ho_ten": "", "con-0-o": "An"}, form)) == {"con": "rows.missing"}
    assert posted({"con-0-nuoc": "la", "con-0-o": "An"}, form).journey.view["con"] == [{"nuoc": "la", "o": "An"}]


def test_checks_run_inside_each_row() -> None:
    result = posted({**CAR, "xe-1-loai": "o_to", "xe-1-bien_so": "52C", "xe-1-cho": "16"})
    assert codes(result) == {"xe-1-cho": "Không quá 9 chỗ"}
    assert posted({**CAR, **BIKE, "xe-1-cho": "16"}).good  # a check is skipped while its column is irrelevant


def test_a_check_of_a_row_sees_the_form_and_runs_where_the_last_of_its_fields_is_answered() -> None:
    born = {"name": "sinh", "kind": "date", "label": "Sinh"}
    rule = {"rule": {"field": "sinh", "after": {"field": "cuoi"}}, "at": "sinh", "message": "Sau ngày cưới"}
    group = {"name": "con", "kind": "group", "label": "Con", "fields": [born], "checks": [rule]}
    form = compiled(step("mot", text("ten"), group), step("hai", {"name": "cuoi", "kind": "date", "label": "Cưới"}))
    first = posted({"con-0-sinh": "01/01/2020", "con-1-sinh": "01/01/2000"}, form)
    assert first.good
    last = post(form, form.steps[1], first.answers, inputs(cuoi="01/01/2010"), CONTEXT)
    assert last.errors == (FieldError("con-1-sinh", "mot", last.errors[0].cause),)
    assert review(form, last.answers, CONTEXT).missing == "mot"


MAIN: dict[str, Any] = {
    "name": "nganh", "kind": "group", "label": "Ngành", "min_rows": 1,
    "fields": [text("ma", required=True), {"name": "chinh", "kind": "confirm", "label": "Ngành chính"}],
}  # fmt: skip
EXACTLY_ONE = {"rule": {"formula": "count(nganh.chinh) == 1"}, "at": "nganh", "message": "Chọn đúng một ngành chính"}


@pytest.mark.parametrize(("main", "good"), [([], False), ([0], True), ([1], True), ([0, 1], False)])
def test_exactly_one_row_is_the_main_one(main: list[int], *, good: bool) -> None:
    form = compiled(step("mot", text("ten"), MAIN), checks=[EXACTLY_ONE])
    typed = {f"nganh-{row}-ma": f"A{row}" for row in range(2)} | {f"nganh-{row}-chinh": "true" for row in main}
    assert codes(posted(typed, form)) == ({} if good else {"nganh": "Chọn đúng một ngành chính"})


def test_a_check_of_a_group_waits_until_its_rows_are_right() -> None:
    form = compiled(step("mot", text("ten"), MAIN), checks=[EXACTLY_ONE])
    assert codes(posted({"nganh-0-chinh": "true", "nganh-1-chinh": "true"}, form)) == {
        "nganh-0-ma": "enter", "nganh-1-ma": "enter",
    }  # fmt: skip


def test_a_row_with_nothing_relevant_counts_for_nothing() -> None:
    group = {"name": "con", "kind": "group", "label": "Con", "when": {"field": "ten", "is": "An"},
             "fields": [choice("loai", "a", "b"), text("ghi", when={"field": "loai", "is": "a"})]}  # fmt: skip
    form = compiled(step("mot", text("ten"), group), step("hai", text("x", when={"field": "con", "filled": True})))
    result = posted({"con-0-ghi": "chữ"}, form)
    assert "con" not in result.journey.view
    assert result.answers.values["con"] == [{"ghi": "chữ"}]
    hidden = post(form, form.steps[0], Answers(), inputs(ten="Bình", **{"con-0-loai": "a"}), CONTEXT)
    assert "con" not in hidden.journey.view
    assert hidden.answers.values["con"] == [{"loai": "a"}]


def test_a_saved_draft_keeps_what_is_not_yet_right() -> None:
    typed = inputs(ten="An", **{**CAR, "xe-0-cho": "năm", "xe-1-bien_so": "59B"})
    saved = save(FORM.steps[0], Answers(), typed, CONTEXT)
    assert saved.values["xe"] == [{"loai": "o_to", "bien_so": "51A"}, {"bien_so": "59B"}]
    assert journey(FORM, saved, CONTEXT).missing == "mot"
    again = json.loads(dumps(saved.parts(frozenset())[0]))
    shown = pages.typed_inputs(FORM.steps[0], Answers.of(again, {}), CONTEXT)["xe"]
    assert [row["bien_so"] for row in shown] == ["51A", "59B"]
    assert shown[0]["cho"] == "năm"


def test_a_box_beside_a_column_is_an_answer_of_its_row() -> None:
    group = {"name": "con", "kind": "group", "label": "Con",
             "fields": [text("so", required=True, none="Không có số")]}  # fmt: skip
    form = compiled(step("mot", text("ten"), group))
    result = posted({"con-0-so-none": "true", "con-1-so": "12"}, form)
    assert result.good
    assert result.journey.view["con"] == [{"so#none": True}, {"so": "12"}]
    assert [row.get("so-none") for row in pages.typed_inputs(form.steps[0], result.answers, CONTEXT)["con"]] == [
        "true",
        None,
    ]
    assert codes(posted({"con-0-so-none": "true", "con-0-so": "12"}, form)) == {"con-0-so": "none.both"}


class TestABoxBesideATable:
    FORM = compiled(
        step("mot", text("ten"),
             {"name": "con", "kind": "group", "label": "Con", "min_rows": 1, "none": "Chưa có con",
              "fields": [text("so")]},
             text("ly_do", required=True, when={"field": "con", "none": True})),
        step("hai", text("gi")),
    )  # fmt: skip

    def test_ticked_it_stands_for_the_rows(self) -> None:
        result = posted({"con-none": "true", "con-0": "1", "con-0-so": " ", "ly_do": "Độc thân"}, self.FORM)
        assert result.good
        assert "con" not in result.journey.view
        assert result.journey.view["con#none"] is True
        assert next(read_back(self.FORM, result.journey.view, CONTEXT, "vi")).rows[1] == ("Con", "Chưa có con")

    def test_what_hangs_on_it_is_asked(self) -> None:
        assert codes(posted({"con-none": "true"}, self.FORM)) == {"ly_do": "enter"}

    def test_without_it_a_row_is_wanted(self) -> None:
        assert codes(posted({}, self.FORM)) == {"con": "rows.missing"}

    def test_with_rows_it_says_two_things_at_once_and_neither_is_lost(self) -> None:
        result = posted({"con-none": "true", "con-0": "1", "con-0-so": "12"}, self.FORM)
        assert codes(result) == {"con": "none.both"}
        shown = pages.posted_inputs(self.FORM.steps[0], result.inputs)
        assert (shown["con-none"], [row["so"] for row in shown["con"]]) == ("true", ["12"])

    def test_it_stays_ticked_when_the_page_is_opened_again_or_a_row_is_added(self) -> None:
        result = posted({"con-none": "true", "ly_do": "Độc thân"}, self.FORM)
        assert pages.typed_inputs(self.FORM.steps[0], result.answers, CONTEXT)["con-none"] == "true"
        looked = look(self.FORM, self.FORM.steps[0], Answers(), inputs(**{"con-none": "true", "con-0": "1"}), CONTEXT)
        assert pages.posted_inputs(self.FORM.steps[0], looked.inputs)["con-none"] == "true"


# Buttons


def after(typed: dict[str, str], *actions: str, form: CompiledForm = FORM) -> Inputs:
    """What stands on the page after some buttons."""
    now = inputs(**typed)
    for action in actions:
        acted = act(form.steps[0], now, action)
        assert acted is not None
        now = look(form, form.steps[0], Answers(), acted.inputs, CONTEXT).inputs
    return now


def rows_of(now: Inputs) -> list[list[str]]:
    """The typed values of each row."""
    group = FORM.fields["xe"]
    assert isinstance(group, Group)
    return [[value for values in row.values() for value in values] for row in group.rows_of(now).values()]


CAR_TYPED, BIKE_TYPED = list(CAR.values()), list(BIKE.values())


@pytest.mark.parametrize(
    ("action", "rows", "target"),
    [
        ("add:xe", [CAR_TYPED, BIKE_TYPED, []], "xe-2"),
        ("copy:xe:0", [CAR_TYPED, CAR_TYPED, BIKE_TYPED], "xe-1"),
        ("copy:xe:1", [CAR_TYPED, BIKE_TYPED, BIKE_TYPED], "xe-2"),
        ("remove:xe:0", [BIKE_TYPED], "xe-0"),
        ("remove:xe:1", [CAR_TYPED], "xe-0"),
    ],
)
def test_a_button_changes_the_rows_and_keeps_what_was_typed(action: str, rows: list[list[str]], target: str) -> None:
    acted = act(FORM.steps[0], inputs(ten="An", **CAR, **BIKE), action)
    assert acted is not None
    assert (rows_of(acted.inputs), acted.target, acted.problem) == (rows, target, None)
    assert acted.inputs["ten"] == ["An"]


@pytest.mark.parametrize(
    ("action", "code"),
    [("remove:xe:77", "rows.gone"), ("copy:xe:77", "rows.gone"), ("copy:xe:0", "rows.full"), ("add:xe", "rows.full")],
)
def test_a_button_that_can_do_nothing_says_why(action: str, code: str) -> None:
    full = {f"xe-{row}-bien_so": f"51A {row}" for row in range(5)}
    acted = act(FORM.steps[0], inputs(**full), action)
    assert acted is not None
    assert acted.problem is not None
    assert acted.problem.code == code
    assert rows_of(acted.inputs) == [[plate] for plate in full.values()]
    assert "{" not in acted.problem.sentence("Xe", "vi") + acted.problem.sentence("Xe", "en")


@pytest.mark.parametrize(
    "action",
    ["add:khac", "add:ten", "add:xe:1", "remove:xe", "copy:xe:-1", "remove:xe:01", "drop:xe", "add:", "x", "add:xe "],
)
def test_a_button_that_no_page_has_is_none(action: str) -> None:
    assert act(FORM.steps[0], inputs(**CAR), action) is None


def test_rows_are_added_beyond_those_that_are_always_shown() -> None:
    assert rows_of(after({}, "add:xe")) == [[], []]
    assert rows_of(after({}, "add:xe", "add:xe")) == [[], [], []]
    assert rows_of(after({**BIKE}, "add:xe", "remove:xe:0")) == [[]]


ACTION = st.one_of(
    st.just("add:xe"),
    st.integers(0, 6).map(lambda row: f"remove:xe:{row}"),
    st.integers(0, 6).map(lambda row: f"copy:xe:{row}"),
)
TYPED = st.dictionaries(
    st.tuples(st.integers(0, 5), st.sampled_from(["loai", "bien_so", "cho"])).map(lambda at: f"xe-{at[0]}-{at[1]}"),
    st.sampled_from(["o_to", "xe_may", "5", "năm", "", " ", "a\nb", "99"]),
)


@settings(max_examples=150, deadline=None)
@given(TYPED, st.lists(ACTION, max_size=6))
def test_no_sequence_of_buttons_loses_what_was_typed_in_a_row_that_stays(
    typed: dict[str, str], actions: list[str]
) -> None:
    step_ = FORM.steps[0]
    now = look(FORM, step_, Answers(), inputs(**typed), CONTEXT).inputs
    for action in actions:
        before = rows_of(now)
        acted = act(step_, now, action)
        assert acted is not None
        now = look(FORM, step_, Answers(), acted.inputs, CONTEXT).inputs
        kind, _, number = action.partition(":xe")
        lost = Counter(map(tuple, before)) - Counter(map(tuple, rows_of(now)))
        removed = [tuple(before[int(number[1:])])] if kind == "remove" and int(number[1:]) < len(before) else []
        assert list(lost.elements()) == removed
        assert len(rows_of(now)) <= max(5, len(before))
    result = post(FORM, step_, Answers(), Inputs({**now, "ten": ["An"]}), CONTEXT)
    kept = [value for row in rows_of(result.inputs) for value in row if value.strip()]
    assert sorted(kept) == sorted(value for row in rows_of(now) for value in row if value.strip())
    assert result.journey.missing in ("mot", "hai", None)
    whole = review(FORM, result.answers, CONTEXT)
    assert result.good == (whole.missing != "mot" and "mot" not in {error.step for error in whole.errors})


# Pages


def drawn(answers: Answers, form: CompiledForm = FORM, **more: Any) -> Any:
    """The first step's page as a tree."""
    walked = journey(form, answers, CONTEXT)
    typed = more.pop("typed", None) or pages.typed_inputs(form.steps[0], answers, CONTEXT, walked.view)
    markup = pages.render(form, form.steps[0], typed, errors=more.pop("errors", {}), view=walked.view, context=CONTEXT,
                          language=more.pop("language", "vi"), rows=walked.rows, **more)  # fmt: skip
    return html.fromstring(f"<div>{markup}</div>")


def test_a_page_shows_each_row_with_its_answers_and_buttons() -> None:
    page = drawn(posted({**CAR, **BIKE}).answers)
    (group,) = page.xpath('//*[@data-field="xe"]')
    assert (group.get("id"), group.get("data-kind"), group.get("data-min"), group.get("data-max")) == (
        "xe",
        "group",
        "1",
        "5",
    )
    assert group.get("data-required") == "true"
    assert page.xpath('//*[@data-field="xe-1-loai"]/@data-kind') == ["choice"]
    assert page.xpath('//input[@name="xe-0-bien_so"]/@value | //input[@id="xe-1-bien_so"]/@value') == ["51A", "59B"]
    assert page.xpath('//input[@name="xe-1-loai"][@checked]/@value') == ["xe_may"]
    assert page.xpath('//fieldset[@id="xe-1"]/legend/text()') == ["2. Xe 59B"]
    assert page.xpath('//label[@for="xe-0-cho"]')[0].text_content() == "Số chỗ của 51A"
    assert page.xpath("//button/@value") == ["copy:xe:0", "remove:xe:0", "copy:xe:1", "remove:xe:1", "add:xe"]
    assert all(button.get("formnovalidate") is not None for button in page.xpath("//button"))
    assert json.loads(page.xpath('//*[@data-field="xe-0-cho"]/@data-when')[0]) == {"field": "loai", "is": "o_to"}


def test_a_page_shows_the_rows_that_are_always_there_with_their_defaults() -> None:
    group = {"name": "con", "kind": "group", "label": "Con", "min_rows": 2, "max_rows": 2,
             "fields": [choice("nuoc", "vn", "la", default="vn"),
                        {"kind": "note", "text": "Ghi chú {ten}"}]}  # fmt: skip
    page = drawn(Answers(), compiled(step("mot", text("ten"), group)))
    assert page.xpath('//input[starts-with(@name, "con-")][@checked]/@value') == ["vn", "vn"]
    assert page.xpath("//legend[@class='mc-row-title']/text()") == ["Dòng 1", "Dòng 2"]
    assert page.xpath("//button/@value") == ["remove:con:0", "remove:con:1"]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert json.loads(page.xpath("//@data-blank")[0]) == {"nuoc": "vn"}


def test_errors_of_a_row_stand_at_its_inputs() -> None:
    page = drawn(Answers(), errors={"xe-0-cho": "Sai số chỗ", "xe": "Thiếu xe"})
    assert page.xpath('//*[@id="xe-0-cho-error"]')[0].text_content() == "Sai số chỗ"
    assert page.xpath('//input[@id="xe-0-cho"]/@aria-invalid') == ["true"]
    assert page.xpath('//*[@id="xe-error"]')[0].text_content() == "Thiếu xe"


def test_a_page_goes_to_the_row_that_was_just_added() -> None:
    page = drawn(Answers(), typed={"ten": "", "xe": [{}, {}]}, target="xe-1")
    assert page.xpath("//fieldset[@autofocus]/@id") == ["xe-1"]


@pytest.mark.parametrize("nasty", ['"><script>x</script>', "{{ 7 * 7 }}", "{% for %}", "\x02", "]]"])
def test_no_text_in_a_row_becomes_code(nasty: str) -> None:
    answers = Answers({"ten": nasty, "xe": [{"bien_so": nasty, "loai": "o_to"}]}, {}, frozenset({"mot"}))
    page = drawn(answers)
    assert page.xpath('//input[@name="xe-0-bien_so"]/@value') == [nasty.replace("\x02", "")] or nasty == "\x02"
    assert not page.xpath("//script")
    named = {**CARS, "row_title": f"Xe {nasty}", "fields": [text("bien_so", label=nasty, hint=nasty)], "checks": []}
    page = drawn(Answers(), compiled(step("mot", text("ten"), named)))
    assert page.xpath('//input[@name="xe-0-bien_so"]')
    assert not page.xpath("//script")


def test_the_types_of_columns_are_told_to_the_browser() -> None:
    (root,) = drawn(Answers()).xpath("//*[@data-types]")
    types = json.loads(root.get("data-types"))
    assert types["xe.loai"] == "choice"
    assert types["xe.cho"] == "integer"


# Read back


def test_a_declaration_is_read_back_row_by_row() -> None:
    form = compiled(step("mot", text("ten"), CARS, text("cuoi")), step("hai", text("khac")))
    result = posted({**CAR, **BIKE, "cuoi": "x"}, form)
    assert list(read_back(form, result.journey.view, CONTEXT, "vi")) == [
        Part("mot", "mot", (("ten", "An"),)),
        Part("mot", "Xe: 1. Xe 51A", (("loai", "o_to"), ("bien_so", "51A"), ("Số chỗ của 51A", "5")), "xe-0"),
        Part("mot", "Xe: 2. Xe 59B", (("loai", "xe_may"), ("bien_so", "59B")), "xe-1"),
        Part("mot", "", (("cuoi", "x"),)),
    ]


def test_sensitive_columns_are_masked_and_the_group_is_sealed() -> None:
    group = {"name": "con", "kind": "group", "label": "Con", "row_title": "Số {so}",
             "fields": [{"name": "so", "kind": "national_id", "label": "Số"}, text("ho_ten")]}  # fmt: skip
    form = compiled(step("mot", text("ten"), group))
    result = posted({"con-0-so": "052203001234", "con-0-ho_ten": "Hoa"}, form)
    parts = list(read_back(form, result.journey.view, CONTEXT, "vi", mask=lambda words: f"•••{words[-3:]}"))
    assert parts[1] == Part("mot", "Con: Dòng 1", (("Số", "•••234"), ("ho_ten", "Hoa")), "con-0")
    opened, sealed = result.answers.parts(form.sensitive)
    assert "052203001234" not in dumps(opened)
    assert sealed["values"]["con"][0]["so"] == "052203001234"
    assert form.fields["con"].index_text(result.journey.view["con"], CONTEXT) == ""


def test_a_group_says_itself_in_one_cell_and_in_words_by_which_it_is_found() -> None:
    rows = posted({**CAR, **BIKE}).journey.view["xe"]
    group = FORM.fields["xe"]
    assert group.show(rows, "vi", CONTEXT) == "o_to, 51A, 5; xe_may, 59B"
    assert group.export(rows, CONTEXT).splitlines()[1] == "loai: xe_may; bien_so: 59B"
    assert group.index_text(rows, CONTEXT) == "51A 59B"
    assert group.schema()["items"]["properties"]["cho"] == {"type": "integer"}


def test_a_row_whose_title_has_no_answer_yet_is_called_by_its_number() -> None:
    group = FORM.fields["xe"]
    assert isinstance(group, Group)
    blank = showing.Shown(FORM.scopes["xe"], {}, "vi", CONTEXT)
    typed = showing.Shown(FORM.scopes["xe"], {"bien_so": "51A"}, "vi", CONTEXT)
    assert showing.row_title(group, 0, "vi", blank) == "Dòng 1"
    assert showing.row_title(group, 0, "vi", typed) == "1. Xe 51A"
