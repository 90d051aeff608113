"""Every kind of field through every face: read, typed, stored, checked, shown, exported, drawn."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

import pytest

from engine.format.reading import Reading, node_of
from engine.kinds import KINDS, Refused
from engine.kinds import field as read_field
from engine.kinds.base import clean
from engine.kinds.messages import MESSAGES, Problem
from tests.kinds_cases import CASES, CONTEXT, DRAWN, Case, f, made

ASKING = [case for case in CASES if KINDS[case.kind].ASKS]


def test_every_kind_has_a_case() -> None:
    assert {case.kind for case in CASES} == set(KINDS)


@pytest.mark.parametrize("case", ASKING, ids=lambda case: case.kind)
def test_what_is_typed_is_stored_and_shown(case: Case) -> None:
    field = case.field()
    value = field.parse(case.typed, CONTEXT)
    assert value == case.stored
    assert field.problem(value, CONTEXT) is None
    assert field.show(value, "vi", CONTEXT) == case.shown
    assert field.export(value, CONTEXT)
    assert field.index_text(value, CONTEXT) or value == DRAWN  # a drawing has no words


@pytest.mark.parametrize("case", ASKING, ids=lambda case: case.kind)
def test_a_stored_value_is_typed_again_as_it_was(case: Case) -> None:
    field = case.field()
    typed = {name: [value] if isinstance(value, str) else value for name, value in field.typed(case.stored).items()}
    assert set(typed) == set(field.inputs())
    assert field.parse(typed, CONTEXT) == case.stored


@pytest.mark.parametrize("case", ASKING, ids=lambda case: case.kind)
def test_nothing_typed_is_nothing(case: Case) -> None:
    field = case.field()
    blank = {name: [""] for name in field.inputs()}
    assert field.parse(blank, CONTEXT) is None
    assert field.parse({}, CONTEXT) is None
    assert field.missing().code in MESSAGES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_stored_value_is_json_and_its_schema_too(case: Case) -> None:
    field = case.field()
    assert json.loads(json.dumps(case.stored)) == case.stored
    assert json.loads(json.dumps(field.schema()))
    assert all(name.startswith("data-") for name in field.attributes())


REFUSED = [(case, code, typed) for case in CASES for code, typed in case.refused.items()]


@pytest.mark.parametrize(("case", "code", "typed"), REFUSED, ids=[f"{case.kind}-{code}" for case, code, _ in REFUSED])
def test_a_wrong_value_has_its_own_sentence(case: Case, code: str, typed: Mapping[str, list[str]]) -> None:
    field = case.field()
    try:
        problem = field.problem(field.parse(typed, CONTEXT), CONTEXT)
    except Refused as refused:
        problem = refused.problem
    assert problem is not None
    assert problem.code == code
    for language in ("vi", "en"):
        sentence = problem.sentence(field.label.in_(language), language)
        assert "{" not in sentence
        assert len(sentence) > 5


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("24/11/2026", "2026-11-24"), ("24-11-2026", "2026-11-24"), ("24.11.2026", "2026-11-24"),
     ("1/2/2020", "2020-02-01"),
     ("2026-11-24", "2026-11-24"),
     ("29/02/2024", "2024-02-29"), ("١/٢/2020", None), ("29/02/2023", None),
     ("24/11/26", None), ("2026", None), ("11/2026", None), ("0/1/2020", None), ("1/13/2020", None)],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(typed: str, stored: str | None) -> None:
    field = made("date")
    if stored is None:
        with pytest.raises(Refused):
            field.parse(f(typed), CONTEXT)
    else:
        assert field.parse(f(typed), CONTEXT) == stored


@pytest.mark.parametrize(
    ("precision", "typed", "taken"),
    [("month", "11/2026", True), ("month", "24/11/2026", False), ("year", "2026", True),
     (["day", "year"], "2026", True),
     (["day", "year"], "11/2026", False)],
)  # fmt: skip
def test_a_date_takes_only_the_precisions_it_allows(precision: Any, typed: str, *, taken: bool) -> None:
    field = made("date", precision=precision)
    if taken:
        assert field.parse(f(typed), CONTEXT)
    else:
        with pytest.raises(Refused):
            field.parse(f(typed), CONTEXT)


def test_limits_of_a_date_follow_the_day_of_the_request() -> None:
    field = made("date", max={"today": {"years": -18}})
    assert field.problem("2008-11-23", CONTEXT) is None
    problem = field.problem("2008-11-24", CONTEXT)
    assert problem is not None
    assert problem.sentence("Ngày sinh", "vi") == "Ngày sinh: nhập ngày từ 23/11/2008 trở về trước"


def test_a_year_alone_is_held_against_a_limit_as_a_year() -> None:
    field = made("date", partial="year", max="today")
    assert field.problem("2026", CONTEXT) is None
    assert field.problem("2027", CONTEXT) is not None


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_letters_count_as_people_count_them(form: Any) -> None:
    field = made("text", max_length=6)
    typed = unicodedata.normalize(form, "Nguyễn")
    assert field.parse(f(typed), CONTEXT) == "Nguyễn"
    assert field.problem("Nguyễn", CONTEXT) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Lan\u200b", "Lan"),
        ("\u202eLan", "Lan"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("  \u00a0Lan ", "Lan"),
        ("a\r\nb", "a\nb"),
    ],
)
def test_invisible_marks_are_dropped_and_emoji_stay_whole(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize("typed", ["a\x00b", "a\x1bb", "\ud83d", "a\x85b"])
def test_what_no_database_holds_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        clean(typed)


def test_an_optional_address_with_only_the_preselected_province_is_nothing() -> None:
    field = made("address")
    assert field.parse({"f-province": ["52"], "f-ward": [""], "f-detail": [""]}, CONTEXT) is None


def test_an_address_abroad_needs_no_ward() -> None:
    field = made("address", abroad=True)
    typed = {"f-country": ["LA"], "f-province": ["52"], "f-ward": [""], "f-detail": ["Viêng Chăn"]}
    assert field.parse(typed, CONTEXT) == {"country": "LA", "detail": "Viêng Chăn"}
    assert field.show({"country": "LA", "detail": "Viêng Chăn"}, "vi", CONTEXT) == "Viêng Chăn, Lào"


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1"])
def test_a_pattern_that_is_none_is_a_fault(pattern: str) -> None:
    reading = Reading()
    node = node_of({"name": "f", "kind": "text", "label": "Ô", "pattern": pattern}, "a.yaml", 3)
    read_field(node, reading)
    assert len(reading.faults) == 1
    assert reading.faults[0].line == 3


def test_a_pattern_made_to_hang_does_not() -> None:
    field = made("text", pattern="(a+)+b")
    assert field.problem("a" * 900, CONTEXT) == Problem("text.pattern.bare")


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Họ tên", "Nhập họ tên"),
        ("CMND", "Nhập CMND"),
        ("Ô này", "Nhập ô này"),
        ("Ngày sinh", "Nhập ngày sinh"),
    ],
)
def test_a_label_inside_a_sentence_begins_small(label: str, inside: str) -> None:
    assert Problem("enter").sentence(label, "vi") == inside
