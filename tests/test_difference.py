"""What differs between two definitions: reported once, at its place, and judged for drafts in hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from engine import formulas, rules
from engine.calendar import Duration
from engine.definition.change_words import LONGEST, cut, reason, sentence, value_words
from engine.definition.compatibility import REASONS
from engine.definition.difference import Change, differences
from engine.definition.loading import load_file, load_published
from engine.definition.matching import NAMES, Spot
from engine.definition.procedure import OfficerField, Procedure, Section, Step
from engine.format.reading import keys_of
from engine.format.texts import LANGUAGES, Text
from engine.formulas import Formula
from engine.platform.settings import ROOT
from engine.rules import Condition
from tests.forms_cases import SHIPPED, choice, procedure, step, text

FILES = sorted((ROOT / "definitions").glob("[0-9]*.yaml"))
FEW = 3  # of a long list only the first, one inside and the last are put to the test


def shipped(path: Any) -> Procedure:
    loaded, _ = load_file(path)
    assert loaded is not None
    return loaded


# Nothing is reported of nothing, and everything of everything


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_definition_does_not_differ_from_itself(path: Any) -> None:
    loaded = shipped(path)
    again, _ = load_published(loaded.expanded, SHIPPED)
    assert again is not None
    assert differences(loaded, loaded) == ()
    assert differences(loaded, again) == ()


def is_record(value: Any) -> bool:
    kind: Any = type(value)
    return dataclasses.is_dataclass(value) and bool(keys_of(kind))


def name_of(record: Any) -> str:
    if isinstance(record, OfficerField):
        return record.field.name
    kind: Any = type(record)
    keys = keys_of(kind)
    return next((str(getattr(record, keys[key].name)) for key in NAMES if key in keys), "")


def other_value(value: Any) -> Any:
    """Another value of the same sort, or nothing where there is none that is easily made."""
    if isinstance(value, Text):
        return Text(value.vi + " khác", value.en)
    if isinstance(value, Formula):
        return formulas.parse(f"{value.text} + 1")
    if isinstance(value, Condition):
        return rules.Not(value)
    if isinstance(value, Duration):
        return Duration("days", 77)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return f"{value}x" if isinstance(value, str) and value else None


def mutations(record: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[Any, tuple[str, tuple[str, ...], str]]]:
    """Each record that differs from this one in one point, with the (what, names of the place, option) expected."""
    kind: Any = type(record)
    for key, item in keys_of(kind).items():
        value = getattr(record, item.name)
        if key in NAMES or (key == "required" and getattr(record, "min_rows", None)):
            continue  # of rows the least number is what "required" says of other kinds
        if isinstance(value, tuple) and value and all(is_record(one) for one in value):
            inner: Any = in_list(value, path)
        elif is_record(value):
            inner = mutations(value, path)
        else:
            changed = other_value(value)
            inner = [(changed, ("changed", path, key))] if changed is not None else []
        for mutated, expected in inner:
            yield dataclasses.replace(record, **{item.name: mutated}), expected


def in_list(records: tuple[Any, ...], path: tuple[str, ...]) -> Iterator[tuple[Any, Any]]:
    few = {0, len(records) // 2, len(records) - 1} if len(records) > FEW else range(len(records))
    for at in sorted(few):
        record, before, after = records[at], records[:at], records[at + 1 :]
        here = (*path, *filter(None, [name_of(record)]))
        if not (isinstance(record, Section | Step) and record_fields(record)):
            yield (*before, *after), ("removed", here, "")
        if after and after[0] != record and not (isinstance(record, Section) or isinstance(after[0], Section)):
            yield (*before, after[0], record, *after[1:]), ("moved", path, "")
        for mutated, expected in mutations(record, here):
            yield (*before, mutated, *after), expected


def record_fields(record: Any) -> tuple[Any, ...]:
    return tuple(record.fields()) if isinstance(record, Step) else record.fields


def names(change: Change) -> tuple[str, ...]:
    titled = ("processing", "applicant", "supplement", "retention")
    return tuple(spot.name for spot in change.place if spot.name and spot.sort not in titled)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_single_mutation_is_reported_once_and_at_its_place(path: Any) -> None:
    loaded = shipped(path)
    count = 0
    for mutated, (what, place, option) in mutations(loaded):
        found = differences(loaded, mutated)
        assert len(found) == 1, (what, place, option, found)
        change = found[0]
        assert (change.what, change.option) == (what, option), (place, change)
        assert names(change)[: len(place)] == place, (option, change)
        for language in LANGUAGES:
            said = sentence(change, language)
            assert said[0].isupper()
            assert not any(hole in said for hole in ("{place}", "{option}", "{old}", "{new}"))
        count += 1
    assert count > 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_added_one_way_is_removed_the_other(path: Any) -> None:
    loaded = shipped(path)
    for mutated, (what, place, _) in mutations(loaded):
        if what == "removed":
            (back,) = differences(mutated, loaded)
            assert (back.what, names(back)[: len(place)]) == ("added", place)


# Identity


BOTH = ("mot", "hai")


def two_steps(**more: Any) -> dict[str, Any]:
    """A document of two steps."""
    first = step("mot", text("a", required=True), choice("b", "x", "y"), text("c"))
    return dict(procedure(first, step("hai", text("d")), **more).document)


def changed(edit: Any, **more: Any) -> tuple[Change, ...]:
    """What `edit` made different in the document of two steps."""
    document = deepcopy(two_steps(**more))
    old, _ = load_published(deepcopy(document), SHIPPED)
    edit(document)
    new, faults = load_published(document, SHIPPED)
    assert old is not None
    assert new is not None, faults
    return differences(old, new)


def fields(document: Any, place: int = 0) -> list[Any]:
    found: list[Any] = document["form"][place]["fields"]
    return found


def test_a_field_in_another_step_has_moved() -> None:
    (change,) = changed(lambda it: fields(it, 1).insert(0, fields(it).pop(2)))
    assert (change.what, change.compatible) == ("moved", True)
    assert [spot.name for spot in change.place] == ["hai", "c"]
    assert change.old == (Spot("step", "mot", Text("mot")),)
    assert sentence(change, "vi") == "Bước “hai” (hai), ô “c” (c): chuyển sang đây từ bước “mot” (mot)"
    assert sentence(change, "en") == "Step “hai” (hai), field “c” (c): moved here from step “mot” (mot)"


def test_a_field_that_moved_and_changed_is_told_of_both() -> None:
    def edit(it: Any) -> None:
        fields(it, 1).insert(0, fields(it).pop(2) | {"label": "khác"})

    assert [(one.what, one.option) for one in changed(edit)] == [("moved", ""), ("changed", "label")]


def test_the_fewest_fields_move() -> None:
    (change,) = changed(lambda it: fields(it).append(fields(it).pop(0)))
    assert (change.what, change.place[-1].name, change.old) == ("moved", "a", None)
    assert sentence(change, "en") == "Step “mot” (mot), field “a” (a): moved behind field “c” (c)"
    (back,) = changed(lambda it: fields(it).insert(0, fields(it).pop(2)))
    assert sentence(back, "vi") == "Bước “mot” (mot), ô “c” (c): chuyển lên đầu"


def test_a_field_of_another_name_is_another_field() -> None:
    found = changed(lambda it: fields(it)[2].update(name="z"))
    assert [(one.what, one.place[-1].name) for one in found] == [("removed", "c"), ("added", "z")]


def test_putting_fields_into_a_section_moves_them() -> None:
    def edit(it: Any) -> None:
        it["form"][0]["fields"] = [fields(it)[0], {"section": "S", "fields": fields(it)[1:]}]

    assert [(one.what, one.place[-1].name or one.place[-1].sort) for one in changed(edit)] == [
        ("added", "section"), ("moved", "b"), ("moved", "c"),
    ]  # fmt: skip


def in_section(document: Any, **more: Any) -> None:
    document["form"][0]["fields"] = [fields(document)[0], {"section": "S", "fields": fields(document)[1:], **more}]


def test_a_section_is_known_by_its_fields_when_its_title_changes() -> None:
    document = deepcopy(two_steps())
    in_section(document)
    old, _ = load_published(deepcopy(document), SHIPPED)
    fields(document)[1]["section"] = "T"
    new, _ = load_published(document, SHIPPED)
    (change,) = differences(old, new)  # type: ignore[arg-type]
    assert (change.option, change.old, change.new) == ("section", Text("S"), Text("T"))
    assert [spot.sort for spot in change.place] == ["step", "section"]


def test_a_heading_without_a_name_is_known_by_its_content() -> None:
    def edit(it: Any) -> None:
        fields(it).insert(1, {"kind": "heading", "text": "Tiêu đề"})

    (change,) = changed(edit)
    assert (change.what, change.place[-1].title, change.compatible) == ("added", Text("Tiêu đề"), True)


CHECKS = [
    {"rule": {"field": "a", "is": "1"}, "message": "một"},
    {"rule": {"field": "c", "is": "2"}, "message": "hai"},
]


def test_a_check_is_known_by_what_is_left_of_it() -> None:
    def edit(it: Any) -> None:
        it["checks"][1]["message"] = "ba"
        it["checks"][0]["rule"] = {"field": "a", "is": "9"}

    assert [(one.option, one.why_not) for one in changed(edit, checks=CHECKS)] == [
        ("rule", "checked"), ("message", ""),
    ]  # fmt: skip


def test_a_check_with_nothing_left_of_it_is_known_by_its_position() -> None:
    def edit(it: Any) -> None:
        it["checks"][0] = {"rule": {"field": "b", "is": "x"}, "message": "bốn"}

    assert [one.option for one in changed(edit, checks=CHECKS)] == ["rule", "message"]


def test_checks_that_change_places_have_moved() -> None:
    assert [one.what for one in changed(lambda it: it["checks"].reverse(), checks=CHECKS)] == ["moved"]


def test_another_kind_is_one_change() -> None:
    (change,) = changed(lambda it: fields(it)[1].update(kind="choices"))
    assert (change.option, change.old, change.new, change.why_not) == ("kind", "choice", "choices", "kind")


def test_a_rate_is_told_by_its_name() -> None:
    rates = {"ban_sao": 8000}
    (change,) = changed(lambda it: it["rates"].update(ban_sao=9000), rates=rates)
    assert sentence(change, "vi") == "Mức thu “ban_sao”: đổi từ “8000” thành “9000”"
    (change,) = changed(lambda it: it["rates"].update(moi=1), rates=rates)
    assert (change.what, change.place) == ("added", (Spot("rate", "moi"),))


def test_the_words_of_a_mail_are_compared_one_by_one() -> None:
    mail = {"submitted": {"subject": "Đã nhận"}}
    (change,) = changed(lambda it: it["mail"]["submitted"].update(subject="Xong"), mail=mail)
    assert (change.place, change.option) == ((Spot("mail", "submitted"),), "subject")


def test_an_officer_field_is_compared_with_its_stage() -> None:
    stages = {"reception": "mot-cua", "stages": [
        {"stage": "xem", "title": "Xem", "unit": "tu-phap", "time": {"days": 1}},
        {"stage": "ky", "title": "Ký", "unit": "lanh-dao", "time": {"days": 1}},
    ]}  # fmt: skip
    officer = [{"name": "so", "kind": "text", "label": "Số", "stage": "xem"}]

    def edit(it: Any) -> None:
        it["officer_fields"][0].update(stage="ky", required=True, max_length=5)

    found = changed(edit, processing=stages, officer_fields=officer)
    assert sorted(one.option for one in found) == ["max_length", "required", "stage"]
    assert all(one.compatible and one.place[0].sort == "officer_field" for one in found)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Invented(type(procedure(step("mot", text("a"))).form[0].items[0])):  # type: ignore[misc]
    """A kind that nobody has told the comparison of, with rows of its own."""

    KIND = "invented"
    fields: tuple[Any, ...] = dataclasses.field(default=(), metadata={"reader": None, "required": False, "doc": ""})
    stretch: int = dataclasses.field(default=1, metadata={"reader": None, "required": False, "doc": ""})


def with_rows(**more: Any) -> Procedure:
    loaded = procedure(step("mot", text("a"), text("b", max_length=9), text("c")))
    asked, *columns = loaded.form[0].fields()
    rows = Invented(name="xe", label=Text("Xe"), fields=tuple(columns), **more)
    return dataclasses.replace(loaded, form=(dataclasses.replace(loaded.form[0], items=(asked, rows)),))


def test_a_kind_that_is_not_known_is_compared_by_its_options_and_columns() -> None:
    old, new = with_rows(), with_rows(stretch=2)
    (change,) = differences(old, new)
    assert (change.option, change.why_not) == ("stretch", "unsure")
    assert sentence(change, "en") == "Step “mot” (mot), field “Xe” (xe): stretch “1” becomes “2”"


def test_a_column_stands_in_its_group() -> None:
    old = with_rows()
    rows: Any = old.form[0].items[1]
    shorter = dataclasses.replace(rows.fields[0], max_length=3)
    kept = dataclasses.replace(rows, fields=(shorter,))
    new = dataclasses.replace(old, form=(dataclasses.replace(old.form[0], items=(old.form[0].items[0], kept)),))
    removed, limit = differences(old, new)
    assert [spot.sort for spot in removed.place] == ["step", "field", "column"]
    assert (removed.what, removed.place[-1].name, removed.why_not) == ("removed", "c", "lost")
    assert (limit.option, limit.why_not) == ("max_length", "tighter")


# Compatible or not


def field_change(**options: Any) -> str:
    """Why a draft cannot go on over the change of the third field's options."""
    (change,) = changed(lambda it: fields(it)[2].update(options))
    return change.why_not


@pytest.mark.parametrize(
    ("options", "why_not"),
    [
        ({"label": "khác"}, ""),
        ({"hint": "khác"}, ""),
        ({"default": "x"}, ""),
        ({"sensitive": True}, ""),
        ({"required": True}, "asked"),
        ({"max_length": 5}, "tighter"),
        ({"min_length": 5}, "tighter"),
        ({"pattern": "[0-9]+"}, "tighter"),
        ({"uppercase": True}, "unsure"),
        ({"when": {"field": "b", "is": "x"}}, "shown"),
    ],
)
def test_a_field_that_asks_for_more_is_not_compatible(options: dict[str, Any], why_not: str) -> None:
    assert field_change(**options) == why_not


@pytest.mark.parametrize(
    ("kind", "old", "new", "why_not"),
    [
        ("integer", {"min": 3}, {"min": 2}, ""),
        ("integer", {"min": 3}, {"min": 4}, "tighter"),
        ("integer", {"max": 3}, {"max": 4}, ""),
        ("integer", {"max": 4}, {"max": 3}, "tighter"),
        ("integer", {"max": 4}, {}, ""),
        ("integer", {}, {"max": 4}, "tighter"),
        ("text", {"required": True}, {}, ""),
        ("text", {"pattern": "a"}, {}, ""),
        ("date", {"max": "today"}, {"max": {"today": {"years": 1}}}, ""),
        ("date", {"max": {"today": {"years": 1}}}, {"max": "today"}, "tighter"),
        ("date", {"min": "2000-01-01"}, {"min": "1990-01-01"}, ""),
        ("date", {"max": "2000-01-01"}, {"max": "today"}, "tighter"),
        ("date", {"partial": "year"}, {}, "lost"),
        ("date", {}, {"partial": "year"}, ""),
        ("date", {"precision": ["day", "year"]}, {"precision": ["day"]}, "tighter"),
        ("date", {"precision": ["day"]}, {"precision": ["day", "month"]}, ""),
        ("address", {"abroad": True}, {}, "lost"),
        ("address", {"detail": "optional"}, {"detail": "required"}, "tighter"),
        ("address", {"detail": "required"}, {"detail": "optional"}, ""),
        ("file", {"accept": ["pdf", "jpg"]}, {"accept": ["pdf"]}, "tighter"),
        ("file", {"accept": ["pdf"]}, {"accept": ["pdf", "jpg"]}, ""),
        ("file", {"max_files": 2}, {"max_files": 1}, "tighter"),
        ("note", {"text": "a"}, {"text": "b"}, ""),
    ],
)
def test_loosening_is_compatible_and_tightening_is_not(kind: str, old: Any, new: Any, why_not: str) -> None:
    base = {"name": "z", "kind": kind, "label": "z"}
    before = procedure(step("mot", text("a"), base | old))
    after = procedure(step("mot", text("a"), base | new))
    (change,) = differences(before, after)
    assert change.why_not == why_not


@pytest.mark.parametrize(
    ("edit", "what", "why_not"),
    [
        (lambda it: fields(it).pop(2), "removed", "lost"),
        (lambda it: fields(it).append(text("z")), "added", ""),
        (lambda it: fields(it).append(text("z", required=True)), "added", "asked"),
        (lambda it: fields(it)[1]["choices"].pop("y"), "removed", "choice"),
        (lambda it: fields(it)[1]["choices"].update(z="z"), "added", ""),
        (lambda it: fields(it)[1]["choices"].update(y="Y"), "changed", ""),
        (lambda it: it["papers"][0].update(attach="required"), "changed", "asked"),
        (lambda it: it["papers"][0].update(attach="none"), "changed", "lost"),
        (lambda it: it["papers"][0].update(copies=2), "changed", ""),
        (lambda it: it["papers"].pop(), "removed", "lost"),
        (lambda it: it["papers"].append({"name": "q", "title": "Q"}), "added", ""),
        (lambda it: it["papers"].append({"name": "q", "title": "Q", "attach": "required"}), "added", "asked"),
        (lambda it: it.update(agencies=["kind:xa"]), "changed", "agency"),
        (lambda it: it.update(level=2), "changed", "offline"),
        (lambda it: it.update(summary="khác"), "changed", ""),
        (lambda it: it["form"][1].update(when={"field": "a", "is": "1"}), "changed", "shown"),
        (lambda it: it["form"][1].update(title="Khác"), "changed", ""),
        (lambda it: it["checks"].pop(), "removed", ""),
        (lambda it: it["checks"][0].update(severity="warning"), "changed", ""),
        (lambda it: it["checks"].append(CHECKS[1]), "added", "checked"),
        (lambda it: it["checks"].append({**CHECKS[1], "severity": "warning"}), "added", ""),
    ],
)  # fmt: skip
def test_each_sort_of_change_is_judged(edit: Any, what: str, why_not: str) -> None:
    papers = [{"name": "p", "title": "P", "attach": "optional"}]
    (change,) = changed(edit, papers=papers, checks=CHECKS[:1])
    assert (change.what, change.why_not, change.compatible) == (what, why_not, not why_not)
    assert reason(change, "vi") == (REASONS[why_not].vi if why_not else "")


@pytest.mark.parametrize(
    ("old", "new", "why_not"),
    [
        (False, "when", "asked"),
        ("when", True, "asked"),
        ("when", "other", "asked"),
        (True, "when", ""),
        ("when", False, ""),
    ],
)
def test_an_answer_that_is_wanted_under_a_condition_is_judged_too(old: Any, new: Any, why_not: str) -> None:
    conditions = {"when": rules.parse({"field": "a", "is": "1"}), "other": rules.parse({"field": "a", "is": "2"})}
    loaded = procedure(step("mot", text("a"), text("b")))
    first, asked = loaded.form[0].items

    def with_required(value: Any) -> Procedure:
        wanted = dataclasses.replace(asked, required=conditions.get(value, value))
        return dataclasses.replace(loaded, form=(dataclasses.replace(loaded.form[0], items=(first, wanted)),))

    (change,) = differences(with_required(old), with_required(new))
    assert (change.option, change.why_not) == ("required", why_not)


def test_a_new_step_has_to_be_passed() -> None:
    found = changed(lambda it: it["form"].append(step("ba", text("e"))))
    assert [(one.what, one.place[-1].sort, one.why_not) for one in found] == [
        ("added", "step", "asked"), ("added", "field", ""),
    ]  # fmt: skip


def test_a_field_that_moves_under_a_condition_may_be_lost() -> None:
    def edit(it: Any) -> None:
        it["form"][1]["when"] = {"field": "a", "is": "1"}
        fields(it, 1).append(fields(it).pop(2))

    assert [(one.what, one.option, one.why_not) for one in changed(edit)] == [
        ("changed", "when", "shown"), ("moved", "", "shown"),
    ]  # fmt: skip


def test_the_end_of_a_catalogs_entry_takes_a_choice_away() -> None:
    old = procedure(step("mot", text("a"), {"name": "b", "kind": "choice", "label": "b", "catalog": "dan_toc"}))
    item: Any = old.form[0].items[1]
    first = dataclasses.replace(item.choices[0], until="2026-12-31")
    ended = dataclasses.replace(item, choices=(first, *item.choices[1:]))
    new = dataclasses.replace(old, form=(dataclasses.replace(old.form[0], items=(old.form[0].items[0], ended)),))
    (change,) = differences(old, new)
    assert (change.place[-1].sort, change.option, change.why_not) == ("choice", "until", "choice")


# Words


def test_long_texts_are_cut_to_where_they_differ() -> None:
    same = "x" * 500
    old, new = cut(same + "cũ", same + "mới" + "y" * 500)
    assert (old[:1], old[-2:]) == ("…", "cũ")
    assert "mới" in new
    assert len(new) <= LONGEST + 2


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (True, "có", "yes"),
        (None, "không có", "none"),
        (Text("một", "one"), "một / one", "một / one"),
        (("a", "b"), "a, b", "a, b"),
        (Duration("days", 3), "3 ngày", "3 days"),
        (rules.parse({"field": "a", "in": ["x", "y"]}), "{field: a, in: [x, y]}", "{field: a, in: [x, y]}"),
        (rules.parse({"field": "a", "is": True}), "{field: a, is: true}", "{field: a, is: true}"),
        (formulas.parse("a + 1"), "a + 1", "a + 1"),
        ("online", "trực tuyến", "online"),
        (7, "7", "7"),
    ],
)
def test_values_have_words(value: Any, vi: str, en: str) -> None:
    assert (value_words(value, "vi"), value_words(value, "en")) == (vi, en)


def test_an_option_that_is_set_changed_and_dropped_is_said_so() -> None:
    (made,) = changed(lambda it: fields(it)[2].update(hint="gợi ý"))
    assert sentence(made, "vi") == "Bước “mot” (mot), ô “c” (c): đặt lời chỉ dẫn là “gợi ý”"
    (gone,) = changed(lambda it: it.pop("keywords"), keywords=["k"])
    assert sentence(gone, "en") == "The procedure: keywords is dropped (was “k”)"
