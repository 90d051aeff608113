"""Excel forms of the XLSForm standard: what comes over means the same, and what does not is named, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.definition.library import Library
from engine.definition.loading import load
from engine.errors import WorkbookRefused
from engine.exchange.xlsform.converting import Converted, convert
from engine.exchange.xlsform.workbook import read
from engine.format import source
from engine.format.faults import errors
from engine.kinds import KINDS
from tests.xlsforms import FORMS, Rows, of_name, workbook

RESULTS = Path(__file__).parent / "xlsform_results"
SHIPPED = Library.folder(Path(__file__).parent.parent / "definitions")
GIVEN = {"code": "9.100009"}
HEAD = ("type", "name", "label", "relevant", "constraint", "required", "default", "calculation", "appearance")


def converted(*rows: Mapping[str, Any], choices: Rows = (), settings: Rows = ()) -> Converted:
    """What becomes of some rows of a survey, each given by its headings."""
    survey = [HEAD, *(tuple(row.get(heading) for heading in HEAD) for row in rows)]
    return convert(workbook({"survey": survey, "choices": choices, "settings": settings}), "a.xlsx", GIVEN)


def asked(type_: str, name: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": type_, "name": name, "label": name.upper(), **more}


def fields_of(found: Converted) -> list[dict[str, Any]]:
    return [field for step in found.document["form"] for field in step["fields"]]


def lost(found: Converted) -> list[str]:
    return [one.why for one in found.told if one.lost and one.sheet == "survey"]


# The five forms


@pytest.mark.parametrize("name", FORMS)
def test_a_form_becomes_this_document(name: str) -> None:
    node, faults = source.parse((RESULTS / f"{name}.yaml").read_bytes(), "a.yaml")
    assert faults == ()
    assert node is not None
    assert convert(of_name(name), f"{name}.xlsx").document == node.plain()


@pytest.mark.parametrize("name", FORMS)
def test_each_thing_that_does_not_come_over_is_named(name: str) -> None:
    told = [str(one) for one in convert(of_name(name), f"{name}.xlsx").told]
    assert told == (RESULTS / f"{name}.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", FORMS)
def test_every_cell_is_used_or_told_of(name: str) -> None:
    found = convert(of_name(name), f"{name}.xlsx")
    sheets = {one.sheet for one in found.told if not one.row and not one.what}
    whole = {(one.sheet, one.row) for one in found.told if not one.column}
    for sheet in read(of_name(name)):
        head = min(sheet.rows, default=0)
        for row, cells in sheet.rows.items():
            for column in cells:
                cell = (sheet.name, row, column)
                told = any((one.sheet, one.row) == cell[:2] and one.what in cells[column] for one in found.told)
                known = row == head or sheet.name in sheets or cell[:2] in whole
                assert known or told or cell in found.used, cell


@pytest.mark.parametrize("name", FORMS)
def test_what_comes_over_is_read_as_a_definition_with_faults_only_where_the_sheet_is_wrong(name: str) -> None:
    found = convert(of_name(name), f"{name}.xlsx", {"code": "9.100009"})
    _, faults = load(found.node, SHIPPED)
    expected = {"sloppy": ['field "gioitinh": there is nothing to choose from']}
    if {"group", "computed"} <= set(KINDS) or name != "computed":
        assert [re.sub(r"^.*?, (?=field)", "", str(fault)) for fault in errors(faults)] == expected.get(name, [])


def test_a_fault_names_the_file_the_sheet_and_the_row() -> None:
    found = convert(of_name("sloppy"), "sloppy.xlsx", GIVEN)
    _, faults = load(found.node, SHIPPED)
    assert str(faults[0]).startswith('sloppy.xlsx [Survey]:5: step "khai_bao", field "gioitinh": ')


def test_the_five_forms_cover_the_types_of_the_standard() -> None:
    rows = [
        row
        for form in FORMS.values()
        for name, rows in form.items()
        if name.strip().lower() == "survey"
        for row in rows
    ]
    types = {str(row[0]).strip().lower() for row in rows if row}
    for wanted in (
        "text", "integer", "decimal", "date", "time", "datetime", "note", "calculate", "acknowledge", "image", "file",
        "geopoint", "audio", "barcode", "begin group", "begin repeat", "begin_group", "end_group", "start", "trigger",
    ):  # fmt: skip
        assert wanted in types
    for begin in ("select_one ", "select_multiple ", "select_one_from_file ", "rank ", "range", "select one from "):
        assert any(one.startswith(begin) for one in types), begin
    assert any(one.endswith("or_other") for one in types)


# Expressions

QUESTIONS = (
    asked("integer", "n"), asked("decimal", "x"), asked("text", "t"), asked("date", "d"), asked("time", "h"),
    asked("select_one c", "one"), asked("select_multiple c", "many"), asked("acknowledge", "box"),
    asked("text", "t2"), asked("date", "d2"), asked("begin repeat", "rows"), asked("integer", "r"),
    asked("end repeat", ""),
)  # fmt: skip
CHOICES: Rows = [("list_name", "name", "label"), ("c", "k", "K"), ("c", "l", "L"), ("c", "other", "O")]


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ("${n} > 5", {"field": "n", "more_than": 5}),
        ("5 >= ${n}", {"field": "n", "at_most": 5}),
        ("${n} = '5'", {"field": "n", "is": 5}),
        ("${n} = -5", {"field": "n", "is": -5}),
        ("${n} != 5", {"not": {"field": "n", "is": 5}}),
        ("${t} = ''", {"field": "t", "empty": True}),
        ("${t} != ''", {"field": "t", "filled": True}),
        ("string-length(${t}) > 0", {"field": "t", "filled": True}),
        ("string-length(${t}) = 0", {"field": "t", "empty": True}),
        ("${t} = \"it's\"", {"field": "t", "is": "it's"}),
        ("${one} = 'k'", {"field": "one", "is": "k"}),
        ("selected(${one}, 'k')", {"field": "one", "is": "k"}),
        ("selected(${many}, 'k')", {"field": "many", "contains": "k"}),
        ("not(selected(${many}, 'other'))", {"not": {"field": "many", "contains": "khac"}}),
        ("${many} = 'k'", {"all": [{"field": "many", "contains": "k"}, {"field": "many", "count": {"is": 1}}]}),
        ("count-selected(${many}) >= 2", {"field": "many", "count": {"at_least": 2}}),
        ("count-selected(${many}) < 2", {"any": [{"field": "many", "empty": True}, {"field": "many", "count": {"less_than": 2}}]}),
        ("count(${rows}) > 1", {"field": "rows", "count": {"more_than": 1}}),
        ("${box} = 'OK'", {"field": "box", "is": True}),
        ("${box}", {"field": "box", "is": True}),
        ("${d} <= today()", {"field": "d", "on_or_before": "today"}),
        ("${d} > today() - 30", {"field": "d", "after": {"today": {"days": -30}}}),
        ("${d} < ${d2} + 7", {"field": "d", "before": {"field": "d2", "plus": {"days": 7}}}),
        ("${d} = date('2026-01-31')", {"field": "d", "is": "2026-01-31"}),
        ("${h} >= '07:30:00.000'", {"field": "h", "on_or_after": "07:30"}),
        ("${n} > 1 and (${n} < 9 and ${x} = 0.5)",
         {"all": [{"field": "n", "more_than": 1}, {"field": "n", "less_than": 9}, {"field": "x", "is": "0.5"}]}),
        ("${n} = 1 or ${n} = 2 or false()", {"any": [{"field": "n", "is": 1}, {"field": "n", "is": 2}]}),
        ("not(not(${n} = 1))", {"field": "n", "is": 1}),
        ("${t} = ${t2}",
         {"any": [{"field": "t", "is": {"field": "t2"}}, {"all": [{"field": "t", "empty": True}, {"field": "t2", "empty": True}]}]}),
    ],
)  # fmt: skip
def test_a_condition_means_here_what_it_means_there(written: str, condition: Any) -> None:
    found = converted(*QUESTIONS, asked("text", "z", relevant=written), choices=CHOICES)
    assert lost(found) == []
    said = fields_of(found)[-1]["when"]
    assert _plain(said) == condition


def _plain(said: Any) -> Any:
    """Decimals as their texts, so that they compare exactly."""
    if isinstance(said, dict):
        return {key: _plain(value) for key, value in said.items()}
    if isinstance(said, list):
        return [_plain(value) for value in said]
    return said if isinstance(said, int | str) else str(said)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("${nobody} = 1", "${nobody} is not carried over, or names no question"),
        ("${z} = 1", "${z} is asked later; a condition looks back only"),
        ("${r} = 1", "a column of repeated rows can be looked at from its own row only"),
        ("${t} > 'a'", '"t" is compared by size and holds neither a number nor a time'),
        ("${n} = 'abc'", '"n" holds a number and is compared with "abc"'),
        ("${one} = 'm'", '"m" is no choice of "one"'),
        ("${d} > 'soon'", '"soon" is no date'),
        ("string-length(${t}) > 5", "a text's length can be looked at in its own constraint only"),
        ("regex(${t}, 'a')", "regex() has no counterpart in a condition"),
        ("${n} + 1 > 2", "a question ${so} is wanted on one side of a comparison"),
        ("${t}", "a comparison is wanted; a bare value has no counterpart as a condition"),
        ("../t = 'a'", "a path has no counterpart; questions are named ${so}"),
        ("/data/t = 'a'", "a path has no counterpart"),
        ("${n} >", "a value is wanted, not the end"),
        ("${n} = 1 1", 'the expression should end before "1"'),
        ("${n} = 1 & 2", '"&" has no meaning in an expression'),
        ("selected(${one})", "selected() takes 2 arguments, not 1"),
        ("selected(${t}, 'a')", "selected() asks of a question with choices only"),
        ("count(${n}) > 1", "count() counts repeated rows and is compared with a whole number"),
        ("(" * 60 + "1" + ")" * 60, "an expression nested more than 40 deep is not read"),
        ("-" * 2000 + "1", "an expression nested more than 40 deep is not read"),
        ("1=1 or " * 1000 + "1=1", "an expression of more than 4000 characters is not read"),
        ("true()", "it is always or never asked"),
        ("'a' = 'b'", "it would never be asked; without it, it always is"),
    ],
)  # fmt: skip
def test_a_condition_that_has_no_counterpart_is_told_with_its_cell(written: str, why: str) -> None:
    found = converted(*QUESTIONS, asked("text", "z", relevant=written), choices=CHOICES)
    told = [one for one in found.told if one.lost and one.sheet == "survey"]
    assert "when" not in fields_of(found)[-1]
    if why != "it is always or never asked":  # what always holds says nothing, and is used up
        assert [(one.row, one.column, one.heading, one.why) for one in told] == [(15, "D", "relevant", why)]


@pytest.mark.parametrize(
    ("type_", "written", "options"),
    [
        ("integer", ". >= 1 and . <= 9", {"min": 1, "max": 9}),
        ("integer", ".>1 and 9 > .", {"min": 2, "max": 8}),
        ("integer", "${a} < -3", {"max": -4}),
        ("decimal", ". >= 0.5", {"min": "0.5"}),
        ("date", ". < today()", {"max": {"today": {"days": -1}}}),
        ("date", ". >= '2020-01-01' and . <= today() + 30", {"min": "2020-01-01", "max": {"today": {"days": 30}}}),
        ("date", ". > date('2019-12-31')", {"min": "2020-01-01"}),
        ("text", "string-length(.) = 12", {"min_length": 12, "max_length": 12}),
        ("text", "string-length(.) > 2 and string-length(${a}) < 9", {"min_length": 3, "max_length": 8}),
        ("text", "regex(., '^[A-Z]{2}\\d+$')", {"pattern": "[A-Z]{2}\\d+"}),
        ("select_multiple c", "count-selected(.) >= 2 and count-selected(.) <= 3", {"min": 2, "max": 3}),
    ],
)
def test_a_constraint_becomes_options_where_they_say_the_same(type_: str, written: str, options: Any) -> None:
    found = converted(asked(type_, constraint=written), choices=CHOICES)
    assert lost(found) == []
    assert "checks" not in found.document
    field = fields_of(found)[0]
    assert _plain({key: field[key] for key in field if key in options}) == options


@pytest.mark.parametrize(
    ("type_", "written", "rule"),
    [
        ("integer", ". != 5", {"not": {"field": "a", "is": 5}}),
        ("decimal", ". > 0.5", {"field": "a", "more_than": "0.5"}),
        ("integer", ". mod 2 = 0", {"formula": "(a % 2) == 0"}),
        ("integer", ". = ${n} * 2", {"formula": "not filled(a) or (a == (n * 2))"}),
        ("integer", ". >= ${n}", {"any": [{"field": "a", "empty": True}, {"field": "a", "at_least": {"field": "n"}}]}),
        ("text", "regex(., '(?=x)y') or . = 'z'", None),
        ("text", "regex(., '(?=x)y')", None),
    ],
)
def test_the_rest_of_a_constraint_becomes_a_check_or_is_told(type_: str, written: str, rule: Any) -> None:
    found = converted(asked("integer", "n"), asked(type_, constraint=written))
    if rule is None:
        assert lost(found) == ["regex() has no counterpart in a condition"]
        assert "checks" not in found.document
    else:
        assert [(_plain(one["rule"]), one["at"]) for one in found.document["checks"]] == [(rule, "a")]


@pytest.mark.parametrize(
    ("written", "formula", "shown_as"),
    [
        ("${n} + ${x} * 2", "n + (x * 2)", "decimal"),
        ("${n} * -2", "n * (-2)", "integer"),
        ("${n} div 2", "n / 2", "decimal"),
        ("round(${x}, 2)", "round(x, 2)", "decimal"),
        ("sum(${r})", "sum(rows.r)", "integer"),
        ("count(${rows})", "count(rows)", "integer"),
        ("count-selected(${many})", "count(many)", "integer"),
        ("today() - ${d}", "days_between(d, today)", "integer"),
        ("concat('a\"', ${t})", 'join("", "a\\"", first(t, ""))', "text"),
        ("if(${one} = 'k', 'x', 'y')", 'if((one == "k"), "x", "y")', "text"),
        ("if(${t} = '', 1, 2)", "if((not filled(t)), 1, 2)", "integer"),
        ("if(selected(${one}, 'other'), 1, 0)", 'if((one == "khac"), 1, 0)', "integer"),
        ("coalesce(${n}, 0)", "first(n, 0)", "integer"),
        ("max(${n}, 3)", "max(n, 3)", "integer"),
        ("${d}", "d", "date"),
    ],
)
def test_a_calculation_becomes_a_formula(written: str, formula: str, shown_as: str) -> None:
    found = converted(*QUESTIONS, asked("calculate", "z", calculation=written), choices=CHOICES)
    assert lost(found) == []
    field = fields_of(found)[-1]
    assert (field["formula"], field["show_as"]) == (formula, shown_as)


@pytest.mark.parametrize(
    "written",
    ["pulldata('a', 'b', 'c', 'd')", "uuid()", "${many}", "max(${r})", "once(${n})", "today() + 5", "1 = 1", "", "..",
     "int(${t})", "today() - date('2020-01-01')", "9" * 40, "concat(" + "${t}, " * 300 + "${t})"],
)  # fmt: skip
def test_a_calculation_without_counterpart_takes_its_row_with_it(written: str) -> None:
    found = converted(*QUESTIONS, asked("calculate", "z", calculation=written), choices=CHOICES)
    assert [one.row for one in found.told if one.lost and one.sheet == "survey"] == [15]
    assert "z" not in [field["name"] for field in fields_of(found)]


# Structure


def test_a_flattened_group_leaves_its_condition_with_its_questions() -> None:
    found = converted(
        asked("integer", "n"),
        asked("begin group", "g"), asked("begin group", "s"), asked("begin group", "deep", relevant="${n} > 1"),
        asked("text", "a"), asked("text", "b", relevant="${a} = 'x'"), asked("begin repeat", "rows"), asked("text", "c"),
        asked("end repeat"), asked("end group"), asked("end group"), asked("end group"),
    )  # fmt: skip
    section = found.document["form"][1]["fields"][0]
    outer = {"field": "n", "more_than": 1}
    assert [field.get("when") for field in section["fields"]] == [
        outer, {"all": [outer, {"field": "a", "is": "x"}]}, outer,
    ]  # fmt: skip


def test_a_check_of_a_column_stands_in_its_group() -> None:
    found = converted(
        asked("begin repeat", "rows"), asked("integer", "lo"), asked("integer", "hi", constraint=". > ${lo}"),
        asked("end repeat"),
    )  # fmt: skip
    group = fields_of(found)[0]
    assert [check["at"] for check in group["checks"]] == ["hi"]
    assert "checks" not in found.document


@pytest.mark.parametrize(
    ("name", "made"),
    [("Họ tên", "ho_ten"), ("a-b", "a_b"), ("Tuổi", "tuoi"), ("1st", "cau_1st"), ("field", "field_2"), ("A", "a"),
     ("…", "cau"), ("x" * 80, "x" * 60)],
)  # fmt: skip
def test_a_name_is_made_into_one_of_the_format_and_references_follow(name: str, made: str) -> None:
    found = converted(asked("integer", name), asked("text", "z", relevant=f"${{{name}}} = 1"))
    assert fields_of(found)[0]["name"] == made
    assert fields_of(found)[1]["when"] == {"field": made, "is": 1}
    assert any(one.heading == "name" and made in one.why and not one.lost for one in found.told)


@pytest.mark.parametrize(
    ("type_", "written", "default"),
    [("integer", "5", 5), ("integer", 5, 5), ("text", "abc", "abc"), ("text", "'abc'", "abc"), ("date", "today()", "today"),
     ("date", "2026-01-31", "2026-01-31"), ("select_one c", "other", "khac"), ("select_multiple c", "k l", ["k", "l"]),
     ("integer", "${n}", {"field": "n"}), ("text", "once(random())", None), ("select_one c", "m", None),
     ("integer", "${later}", None)],
)  # fmt: skip
def test_a_default_comes_over_where_it_has_a_counterpart(type_: str, written: Any, default: Any) -> None:
    found = converted(asked("integer", "n"), asked(type_, default=written), asked("integer", "later"), choices=CHOICES)
    assert fields_of(found)[1].get("default") == default
    assert bool(lost(found)) is (default is None)


def test_what_the_caller_gives_goes_before_the_settings_and_they_before_the_defaults() -> None:
    settings: Rows = [("form_title", "form_id", "level"), ("Tên", "9.1", 2)]
    rows = {"survey": [HEAD, ("text", "a", "A")], "settings": settings}
    document = convert(workbook(rows), "a.xlsx", {"code": "9.2", "category": "x"}).document
    assert (document["code"], document["title"], document["category"], document["level"]) == ("9.2", "Tên", "x", 2)


@pytest.mark.parametrize(
    "sheets",
    [{"Sheet1": [("type", "name")]}, {"survey": [("kind", "name"), ("text", "a")]}, {"survey": []}],
)
def test_a_workbook_that_is_no_xlsform_is_refused(sheets: dict[str, Rows]) -> None:
    with pytest.raises(WorkbookRefused, match="so it is no XLSForm"):
        convert(workbook(sheets), "a.xlsx")
