"""Progress through a form is derived: what is relevant, what is missing, what comes next, what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.form.answers import Answers
from engine.form.compiled import CompiledForm, Inputs
from engine.form.journey import Posted, expected, journey, post, review, save
from tests.forms_cases import choice, compiled, inputs, step, text
from tests.kinds_cases import CONTEXT

KIND_OF_BIRTH = compiled(
    step("tre", text("ten", required=True), choice("loai", "ca_hai", "chi_me", "bo_roi", required=True)),
    step("me", text("ten_me", required=True), when={"field": "loai", "in": ["ca_hai", "chi_me"]}),
    step("cuoi", text("ghi_chu"), text("ly_do", required=True, when={"field": "loai", "is": "bo_roi"})),
)


def walk(form: CompiledForm, answers: Answers, *posts: tuple[str, Inputs]) -> Posted:
    """Posts one step after the other; the last result."""
    for name, typed in posts:
        at = form.step(name)
        assert at is not None
        result = post(form, at, answers, typed, CONTEXT)
        answers = result.answers
    return result


def codes(result: Posted) -> dict[str, str]:
    """The refused fields with their causes."""
    return {error.field: getattr(error.cause, "code", getattr(error.cause, "vi", "")) for error in result.errors}


def test_a_new_form_begins_at_its_first_step() -> None:
    walked = journey(KIND_OF_BIRTH, Answers(), CONTEXT)
    assert walked.missing == "tre"
    assert walked.steps == ("tre", "cuoi")
    assert walked.reached("tre")
    assert not walked.reached("cuoi")


def test_a_step_that_becomes_relevant_is_asked_for() -> None:
    result = walk(KIND_OF_BIRTH, Answers(), ("tre", inputs(ten="An", loai="chi_me")))
    assert result.good
    assert result.journey.steps == ("tre", "me", "cuoi")
    assert result.journey.missing == "me"


def test_nothing_typed_is_lost_when_it_becomes_irrelevant() -> None:
    filled = walk(
        KIND_OF_BIRTH, Answers(), ("tre", inputs(ten="An", loai="chi_me")), ("me", inputs(ten_me="Hoa")),
        ("tre", inputs(ten="An", loai="bo_roi")),
    )  # fmt: skip
    assert "ten_me" not in filled.journey.view
    assert filled.answers.values["ten_me"] == "Hoa"
    again = walk(KIND_OF_BIRTH, filled.answers, ("tre", inputs(ten="An", loai="ca_hai")))
    assert again.journey.view["ten_me"] == "Hoa"
    assert again.journey.missing == "cuoi"


def test_a_required_field_that_becomes_relevant_later_is_missing_again() -> None:
    done = walk(
        KIND_OF_BIRTH, Answers(), ("tre", inputs(ten="An", loai="chi_me")), ("me", inputs(ten_me="Hoa")),
        ("cuoi", inputs()),
    )  # fmt: skip
    assert done.journey.missing is None
    changed = walk(KIND_OF_BIRTH, done.answers, ("tre", inputs(ten="An", loai="bo_roi")))
    assert changed.journey.missing == "cuoi"


def test_a_required_field_left_blank_is_refused() -> None:
    result = walk(KIND_OF_BIRTH, Answers(), ("tre", inputs(ten=" ", loai="")))
    assert codes(result) == {"ten": "enter", "loai": "choose"}


def test_a_post_that_makes_a_required_field_of_its_own_step_relevant_is_refused() -> None:
    form = compiled(
        step("mot", choice("loai", "a", "khac", required=True),
             text("ghi_ro", required=True, when={"field": "loai", "is": "khac"})),
    )  # fmt: skip
    assert codes(walk(form, Answers(), ("mot", inputs(loai="khac")))) == {"ghi_ro": "enter"}
    assert walk(form, Answers(), ("mot", inputs(loai="a"))).good


def test_a_malformed_value_of_an_irrelevant_field_is_no_error() -> None:
    form = compiled(
        step("mot", choice("loai", "a", "b", required=True),
             {"name": "ngay", "kind": "date", "label": "Ngày", "when": {"field": "loai", "is": "b"}}),
    )  # fmt: skip
    result = walk(form, Answers(), ("mot", inputs(loai="a", ngay="hôm qua")))
    assert result.good
    assert result.answers.typed["ngay"] == {"ngay": "hôm qua"}
    assert codes(walk(form, Answers(), ("mot", inputs(loai="b", ngay="hôm qua")))) == {"ngay": "date.form"}


def test_a_section_hides_all_its_fields() -> None:
    section = {"section": "Nơi sinh", "when": {"field": "loai", "is": "a"}, "fields": [text("noi", required=True)]}
    form = compiled(step("mot", choice("loai", "a", "b", required=True), section))
    assert walk(form, Answers(), ("mot", inputs(loai="b"))).good
    assert codes(walk(form, Answers(), ("mot", inputs(loai="a")))) == {"noi": "enter"}


def test_what_is_saved_is_kept_but_not_posted() -> None:
    form = compiled(step("mot", {"name": "ngay", "kind": "date", "label": "Ngày", "required": True}))
    at = form.step("mot")
    assert at is not None
    saved = save(at, Answers(), inputs(ngay="31/2"), CONTEXT)
    assert saved.typed["ngay"] == {"ngay": "31/2"}
    assert journey(form, saved, CONTEXT).missing == "mot"
    posted = post(form, at, saved, inputs(ngay="28/02/2020"), CONTEXT)
    assert posted.good
    assert "ngay" not in posted.answers.typed
    assert save(at, posted.answers, inputs(ngay="1/3/2020"), CONTEXT).posted == frozenset()


DATES = [{"name": name, "kind": "date", "label": name} for name in ("sinh", "mat")]
ORDER = {"rule": {"field": "mat", "on_or_after": {"field": "sinh"}}, "at": "mat", "message": "Ngày mất sau ngày sinh"}


def test_a_check_runs_where_the_last_of_its_fields_is_answered() -> None:
    form = compiled(step("mot", DATES[0]), step("hai", DATES[1]), checks=[ORDER])
    first = walk(form, Answers(), ("mot", inputs(sinh="01/01/2000")))
    assert first.good
    last = walk(form, first.answers, ("hai", inputs(mat="01/01/1999")))
    assert codes(last) == {"mat": "Ngày mất sau ngày sinh"}


def test_a_check_broken_by_an_earlier_step_is_found_at_the_review() -> None:
    form = compiled(step("mot", DATES[0]), step("hai", DATES[1]), checks=[ORDER])
    good = walk(form, Answers(), ("mot", inputs(sinh="01/01/2000")), ("hai", inputs(mat="01/01/2010")))
    broken = walk(form, good.answers, ("mot", inputs(sinh="01/01/2020")))
    assert broken.good
    found = review(form, broken.answers, CONTEXT)
    assert [error.field for error in found.errors] == ["mat"]
    assert found.missing == "hai"


def test_a_check_is_skipped_while_a_field_it_compares_is_nothing() -> None:
    form = compiled(step("mot", *DATES), checks=[ORDER])
    assert walk(form, Answers(), ("mot", inputs(mat="01/01/1999"))).good


def test_a_warning_does_not_stop() -> None:
    late = {"rule": {"field": "sinh", "after": {"today": {"days": -60}}}, "at": "sinh", "severity": "warning",
            "message": "Quá hạn 60 ngày"}  # fmt: skip
    form = compiled(step("mot", *DATES), checks=[late])
    done = walk(form, Answers(), ("mot", inputs(sinh="01/01/2020")))
    assert done.good
    found = review(form, done.answers, CONTEXT)
    assert found.missing is None
    assert [warning.field for warning in found.warnings] == ["sinh"]


def test_papers_make_a_last_step_while_one_of_them_is_relevant() -> None:
    papers = [{"name": "giay", "title": "Giấy chứng sinh", "attach": "required", "when": {"field": "loai", "is": "a"}}]
    form = compiled(step("mot", choice("loai", "a", "b", required=True)), papers=papers)
    with_paper = walk(form, Answers(), ("mot", inputs(loai="a")))
    assert with_paper.journey.missing == "giay_to"
    assert walk(form, Answers(), ("mot", inputs(loai="b"))).journey.missing is None
    sent = walk(form, with_paper.answers, ("giay_to", Inputs({"giay-keep": ["a1"]})))
    assert sent.good
    assert sent.journey.missing is None
    assert codes(walk(form, with_paper.answers, ("giay_to", Inputs()))) == {"giay": "attach"}


def test_a_step_of_notes_alone_is_passed_by_posting_it() -> None:
    form = compiled(
        step("doc", {"kind": "note", "text": "Đọc kỹ."}), step("mot", text("ten")), applicant={"name": "ten"}
    )
    assert journey(form, Answers(), CONTEXT).missing == "doc"
    assert walk(form, Answers(), ("doc", inputs())).journey.missing == "mot"


def test_limits_are_held_again_at_the_review() -> None:
    form = compiled(step("mot", {"name": "sinh", "kind": "date", "label": "Sinh", "max": "today", "required": True}))
    tomorrow = Answers({"sinh": "2026-11-24"}, {}, frozenset({"mot"}))
    assert journey(form, tomorrow, CONTEXT).missing is None
    assert review(form, tomorrow, CONTEXT).missing == "mot"


def test_answers_are_parted_into_open_and_sealed_without_loss() -> None:
    answers = Answers({"ten": "An", "cccd": "052203001234"}, {"so": {"so": "x"}}, frozenset({"mot"}))
    opened, sealed = answers.parts({"cccd", "so"})
    assert "052203001234" not in str(opened)
    assert Answers.of(opened, sealed) == answers


VALUES: Sequence[str] = ("", "a", "b", "khac", "x" * 30, "31/02/2020", "01/01/2020", "true", "other")
NAMES = ("ten", "loai", "ngay", "ten_me", "cam_doan", "ghi_ro")
TWISTED = compiled(
    step("mot", choice("loai", "a", "b", "khac", required=True),
         text("ghi_ro", required=True, max_length=20, when={"field": "loai", "is": "khac"})),
    step("hai", {"name": "ngay", "kind": "date", "label": "Ngày", "required": True, "max": "today"},
         text("ten_me", required=True, when={"field": "ngay", "filled": True}),
         when={"not": {"field": "loai", "is": "b"}}),
    step("ba", {"name": "cam_doan", "kind": "confirm", "label": "Cam đoan", "required": True}, text("ten")),
    checks=[{"rule": {"field": "ten", "is_not": {"field": "ten_me"}}, "at": "ten", "message": "Hai tên khác nhau"}],
    applicant={"name": "ten"},
)  # fmt: skip
POSTS = st.lists(
    st.tuples(
        st.sampled_from(["mot", "hai", "ba"]),
        st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES)),
        st.booleans(),
    ),
    max_size=12,
)


@given(POSTS)
@settings(max_examples=150, deadline=None)
def test_no_sequence_of_posts_reaches_the_submission_with_an_invalid_or_unasked_answer(posts: Any) -> None:
    answers = Answers()
    for name, typed, saving in posts:
        at = TWISTED.step(name)
        assert at is not None
        if not journey(TWISTED, answers, CONTEXT).reached(name):
            continue
        posted = inputs(**typed)
        if saving:
            answers = save(at, answers, posted, CONTEXT)
        elif (result := post(TWISTED, at, answers, posted, CONTEXT)).good:
            answers = result.answers
    found = review(TWISTED, answers, CONTEXT)
    view = found.journey.view
    if found.missing is None:
        assert view["loai"] in ("a", "b", "khac")
        assert view["cam_doan"] is True
        assert ("ghi_ro" in view) == (view["loai"] == "khac")
        assert ("ngay" in view) == (view["loai"] != "b")
        assert view.get("ten") is None or view.get("ten") != view.get("ten_me")
    assert set(view) - {"today", "channel", "agency"} <= found.journey.relevant


CONDITIONAL_CHOICES = [
    {"value": "x", "label": "X", "when": {"field": "loai", "is": "a"}},
    {"value": "y", "label": "Y"},
]


@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_a_choice_is_taken_only_while_its_condition_holds(kind: str) -> None:
    form = compiled(
        step("mot", choice("loai", "a", "b")),
        step("hai", {"name": "f", "kind": kind, "label": "F", "choices": CONDITIONAL_CHOICES}),
    )
    taken = walk(form, Answers(), ("mot", inputs(loai="a")), ("hai", inputs(f="x")))
    assert taken.good
    assert codes(walk(form, Answers(), ("mot", inputs(loai="b")), ("hai", inputs(f="x")))) == {"f": "choice.unknown"}
    assert walk(form, Answers(), ("mot", inputs(loai="b")), ("hai", inputs(f="y"))).good
    changed = walk(form, taken.answers, ("mot", inputs(loai="b")))
    assert changed.good
    assert review(form, changed.answers, CONTEXT).missing == "hai"


@pytest.mark.parametrize("name", ["data", "process", "validate", "errors", "meta", "populate_obj", "form_errors"])
def test_a_field_may_be_called_as_parts_of_the_form_are(name: str) -> None:
    form = compiled(step("mot", text(name), text("ten")))
    result = walk(form, Answers(), ("mot", inputs(**{name: "một", "ten": "An"})))
    assert result.good
    assert result.answers.values == {name: "một", "ten": "An"}


def test_steps_are_counted_until_it_is_known_that_they_are_not_asked() -> None:
    begun = journey(KIND_OF_BIRTH, Answers(), CONTEXT)
    assert expected(KIND_OF_BIRTH, Answers(), begun) == ("tre", "me", "cuoi")
    result = walk(KIND_OF_BIRTH, Answers(), ("tre", inputs(ten="An", loai="bo_roi")))
    assert expected(KIND_OF_BIRTH, result.answers, result.journey) == ("tre", "cuoi")
