"""Answers carried over to another version: what stays, what no longer fits, what is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from engine.form.answers import Answers
from engine.form.compiled import CompiledForm
from engine.form.moving import Carried, carry
from engine.kinds import Context
from engine.office.places import places_of
from tests.forms_cases import choice, compiled, step, text

CONTEXT = Context("2026-11-22", None)  # type: ignore[arg-type]  # no address is asked here
BOTH = frozenset({"mot", "hai"})


def form(*first: dict[str, Any], second: tuple[dict[str, Any], ...] = (), **more: Any) -> CompiledForm:
    """A form of one step, or of two."""
    return compiled(step("mot", *first), *([step("hai", *second)] if second else []), **more)


def moved(old: CompiledForm, new: CompiledForm, posted: frozenset[str] = BOTH, **values: Any) -> Carried:
    return carry(old, new, Answers(values, {}, posted), CONTEXT)


OLD = form(text("a", required=True), choice("b", "x", "y"), second=(text("c"),))


def test_nothing_happens_between_equal_forms() -> None:
    carried = moved(OLD, form(text("a", required=True), choice("b", "x", "y"), second=(text("c"),)), a="1", b="x")
    assert carried.smooth
    assert (carried.kept, carried.answers) == (2, Answers({"a": "1", "b": "x"}, {}, BOTH))


def test_the_answer_of_a_field_that_is_gone_is_lost() -> None:
    carried = moved(OLD, form(text("a"), second=(text("c"),)), a="1", b="x", c="3")
    assert (carried.lost, carried.kept, carried.smooth) == (("b",), 2, False)
    assert "b" not in carried.answers.values


def test_an_answer_moves_with_its_field_to_another_step() -> None:
    carried = moved(OLD, form(text("a"), text("c"), second=(choice("b", "x", "y"),)), a="1", b="x", c="3")
    assert carried.smooth
    assert carried.answers.values == {"a": "1", "b": "x", "c": "3"}


def test_a_choice_that_is_gone_has_to_be_chosen_again() -> None:
    carried = moved(OLD, form(text("a"), choice("b", "y", "z"), second=(text("c"),)), a="1", b="x")
    assert [error.field for error in carried.refused] == ["b"]
    assert carried.lost == ()


def test_a_tighter_limit_names_the_answer_that_passes_it() -> None:
    new = form(text("a", max_length=3), choice("b", "x", "y"), second=(text("c"),))
    assert [error.field for error in moved(OLD, new, a="12345").refused] == ["a"]
    assert moved(OLD, new, a="123").smooth


def test_a_new_required_field_is_asked_and_a_new_optional_one_offered() -> None:
    new = form(text("a"), text("n", required=True), text("o"), choice("b", "x", "y"), second=(text("c"),))
    carried = moved(OLD, new, a="1")
    assert (carried.asked, carried.offered) == (("n",), ("o",))
    assert not carried.smooth


def test_what_was_missing_before_is_not_told_as_new() -> None:
    new = form(text("a", required=True), text("n", required=True), second=(text("c"),))
    assert moved(OLD, new, frozenset()).asked == ("n",)


def test_a_field_that_becomes_required_is_asked_where_it_was_left_empty() -> None:
    new = form(text("a"), choice("b", "x", "y", required=True), second=(text("c"),))
    assert moved(OLD, new, a="1").asked == ("b",)
    assert moved(OLD, new, a="1", b="x").smooth


def test_an_answer_that_is_no_longer_asked_for_is_lost() -> None:
    new = form(text("a"), choice("b", "x", "y", when={"field": "a", "is": "ja"}), second=(text("c"),))
    assert moved(OLD, new, a="1", b="x").lost == ("b",)
    assert moved(OLD, new, a="ja", b="x").smooth


def test_a_hidden_answer_is_no_loss() -> None:
    old = form(text("a"), text("h", when={"field": "a", "is": "ja"}))
    carried = moved(old, form(text("a")), frozenset({"mot"}), a="1", h="2")
    assert carried.lost == ()
    assert "h" not in carried.answers.values


def test_steps_that_are_still_there_stay_posted() -> None:
    new = compiled(step("mot", text("a"), choice("b", "x", "y")), step("ba", text("c")))
    assert moved(OLD, new, a="1").answers.posted == {"mot"}


@pytest.mark.parametrize(
    ("old", "new", "value", "carried", "lost"),
    [
        ({"kind": "text"}, {"kind": "long_text"}, "một", "một", ()),
        ({"kind": "text"}, {"kind": "integer"}, "12", None, ("z",)),
        ({"kind": "yes_no"}, {"kind": "text"}, True, None, ("z",)),
        ({"kind": "date", "partial": "year"}, {"kind": "date"}, "2020-01-02", "2020-01-02", ()),
    ],
)
def test_an_answer_of_another_kind_stays_only_where_the_values_are_alike(
    old: dict[str, Any], new: dict[str, Any], value: Any, carried: Any, lost: tuple[str, ...]
) -> None:
    base = {"name": "z", "label": "Z"}
    found = moved(form(text("a"), base | old), form(text("a"), base | new), frozenset({"mot"}), z=value)
    assert (found.answers.values.get("z"), found.lost) == (carried, lost)


def test_an_entry_that_does_not_fit_any_more_is_kept_as_it_was_typed() -> None:
    base = {"name": "z", "kind": "date", "label": "Z"}
    found = moved(form(text("a"), base | {"partial": "year"}), form(text("a"), base), frozenset({"mot"}), z="2020")
    assert found.answers.typed == {"z": {"z": "2020"}}
    assert [error.field for error in found.refused] == ["z"]
    assert found.lost == ()


def test_some_of_several_choices_that_are_gone_are_told() -> None:
    base = {"name": "z", "kind": "choices", "label": "Z"}
    old = form(text("a"), base | {"choices": {"x": "X", "y": "Y"}})
    new = form(text("a"), base | {"choices": {"x": "X"}})
    found = moved(old, new, frozenset({"mot"}), z=["x", "y"])
    assert not found.smooth
    assert "z" in found.partly or [error.field for error in found.refused] == ["z"]


def test_a_new_check_that_fails_names_its_field() -> None:
    checks = [{"rule": {"field": "a", "is": "ja"}, "at": "a", "message": "phải là ja"}]
    new = form(text("a"), choice("b", "x", "y"), second=(text("c"),), checks=checks)
    assert [error.field for error in moved(OLD, new, a="1").refused] == ["a"]
    assert moved(OLD, new, a="ja").smooth


def test_the_box_beside_a_field_stays_ticked() -> None:
    asked = text("z", required=True, none="Không có")
    old, new = form(text("a"), asked), form(text("a"), asked | {"label": "khác"})
    carried = moved(old, new, frozenset({"mot"}), **{old.fields["z"].none_key: True})
    assert carried.smooth
    assert carried.answers.values == {old.fields["z"].none_key: True}


def test_a_file_stays_with_its_field() -> None:
    papers = [{"name": "p", "title": "P", "attach": "optional"}]
    old, new = form(text("a"), papers=papers), form(text("a"), papers=[papers[0] | {"max_files": 2}])
    context = Context("2026-11-22", places_of, attachments={"id1": "giay.pdf"})  # type: ignore[arg-type]
    carried = carry(old, new, Answers({"p": ["id1"]}, {}, frozenset({"mot", "giay_to"})), context)
    assert carried.answers.values == {"p": ["id1"]}
    assert carried.smooth


def table(*columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "xe", "kind": "group", "label": "Xe", "fields": list(columns), **more}


def test_a_column_that_is_gone_is_lost_in_part_and_a_row_that_does_not_fit_is_put_right() -> None:
    old = form(text("a"), table(text("loai"), text("so")))
    new = form(text("a"), table(text("so", max_length=3), text("moi", required=True)))
    carried = moved(old, new, frozenset({"mot"}), a="1", xe=[{"loai": "x", "so": "12345"}])
    assert (carried.lost, carried.partly, carried.asked) == ((), ("xe",), ())
    assert carried.answers.values["xe"] == [{"so": "12345"}]
    assert {error.field for error in carried.refused} == {"xe-0-so", "xe-0-moi"}
