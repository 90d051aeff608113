"""Numbers, amounts, times, tax codes, linked lists and signatures: read as people write them, told clearly."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import formulas, rules
from engine.definition.library import Catalog, CatalogEntry, Library
from engine.definition.loading import load_document
from engine.form.answers import Answers
from engine.form.journey import post
from engine.format.texts import Text
from engine.kinds import Refused
from engine.kinds.messages import Problem
from engine.kinds.times import in_words, stored_moment
from tests.forms_cases import HEAD, SHIPPED, compiled, inputs, step, text
from tests.kinds_cases import CONTEXT, DRAWN, REGION_CATALOG, f, made

REGIONS = replace(SHIPPED, catalogs={**SHIPPED.catalogs, "vung": REGION_CATALOG})


def read(kind: str, typed: str, **options: Any) -> Any:
    """The stored value of what is typed, or the code of why it has none."""
    field = made(kind, **options)
    try:
        value = field.parse(f(typed), CONTEXT)
    except Refused as refused:
        return refused.problem.code
    problem = None if value is None else field.problem(value, CONTEXT)
    return problem.code if problem else value


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "places", "stored"),
    [
        ("1,5", 2, "1.50"), ("1.5", 2, "1.50"), ("1,50", 1, "1.5"), ("0,1", 1, "0.1"), ("12", 2, "12.00"),
        ("12", 0, "12"), ("12,0", 0, "12"), ("-3,25", 2, "-3.25"), ("-0", 1, "0.0"), ("+7", 0, "7"),
        ("1.234,5", 2, "1234.50"), ("1,234.5", 2, "1234.50"), ("1 234,5", 2, "1234.50"), ("1.234.567", 0, "1234567"),
        ("1.234", 3, "1.234"), ("1.234", 2, "decimal.places"), ("1,234", 2, "decimal.places"),
        ("0,123", 0, "decimal.places.none"),
        ("1.234.5", 2, "decimal.form"), ("12.34,5", 2, "decimal.form"), ("1e3", 2, "decimal.form"),
        ("١٢", 2, "decimal.form"), ("NaN", 2, "decimal.form"), (",5", 2, "decimal.form"), ("5,", 2, "decimal.form"),
        ("9" * 15 + ",99", 2, "9" * 15 + ".99"), ("1" + "0" * 15, 2, "number.digits"),
        ("9" * 500, 2, "decimal.form"), ("0," + "1" * 50, 2, "decimal.places"),
    ],
)  # fmt: skip
def test_a_decimal_is_read_as_people_write_it(typed: str, places: int, stored: str) -> None:
    assert read("decimal", typed, places=places) == stored


@given(st.decimals(-(10**14), 10**14, places=2))
def test_a_decimal_is_exact_and_reads_back_as_it_is_typed_and_shown(number: Decimal) -> None:
    field = made("decimal", places=2)
    stored = field.parse(f(str(number)), CONTEXT)
    assert Decimal(stored) == number
    assert field.parse({"f": [str(field.typed(stored)["f"])]}, CONTEXT) == stored
    shown = field.show(stored, "vi", CONTEXT)
    assert Decimal(shown.replace(".", "").replace(",", ".")) == number


@pytest.mark.parametrize(
    ("stored", "places", "shown", "typed"),
    [
        ("1234.50", 2, "1.234,5", "1234,5"),
        ("0.10", 2, "0,1", "0,1"),
        ("-1000.00", 2, "-1.000", "-1000"),
        ("10", 0, "10", "10"),
    ],
)
def test_a_decimal_is_shown_with_a_comma_and_without_idle_noughts(
    stored: str, places: int, shown: str, typed: str
) -> None:
    field = made("decimal", places=places)
    assert field.show(stored, "vi", CONTEXT) == shown
    assert field.typed(stored) == {"f": typed}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1000000", 1_000_000), ("1.000.000", 1_000_000), ("1,000,000", 1_000_000), ("1 000 000", 1_000_000),
        ("1.000.000 đ", 1_000_000), ("1.000.000 ĐỒNG", 1_000_000), ("5000VND", 5000), ("0", 0), ("007", 7),
        ("1.000", 1000), ("1,5", "money.form"), ("1.000,5", "money.form"), ("1.00", "money.form"),
        ("1.0000", "money.form"),
        ("1.000,000", "money.form"), ("một triệu", "money.form"), ("-5", "number.min"),
        ("9" * 15, 10**15 - 1), ("9" * 16, "number.digits"), ("9" * 100, "money.form"), ("$5", "money.form"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(typed: str, stored: Any) -> None:
    assert read("money", typed) == stored


def test_an_amount_is_below_nought_only_where_its_limit_is() -> None:
    assert read("money", "-5.000", min=-10_000) == -5000
    assert made("money").attributes()["data-min"] == "0"


@given(st.integers(0, 10**15 - 1))
def test_an_amount_reads_back_as_it_is_shown(amount: int) -> None:
    field = made("money")
    assert field.parse(f(field.show(amount, "vi", CONTEXT)), CONTEXT) == amount


def test_limits_stand_on_the_page_in_stored_form() -> None:
    assert made("decimal", min=Decimal("0.5"), max=2000).attributes() == {"data-min": "0.5", "data-max": "2000"}
    assert made("time", min="07:30").attributes() == {"data-min": "07:30"}
    field = made("datetime", min="today", max="2026-12-31T17:00")
    assert field.page_values({}, CONTEXT, "vi") == {"f#min": "2026-11-23", "f#max": "2026-12-31T17:00:00+07:00"}


# ── times ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("09:30", "09:30"), ("9:30", "09:30"), ("9h30", "09:30"), ("9H30", "09:30"), ("9 giờ 30", "09:30"),
        ("0:00", "00:00"),
        ("9 giờ 30 phút", "09:30"), ("9h", "09:00"), ("23:59", "23:59"), ("24:00", "time.form"), ("9:60", "time.form"),
        ("9:5", "time.form"), ("9:", "time.form"), ("9", "time.form"), ("930", "time.form"), ("9:30 SA", "time.form"),
        ("٩:٣٠", "time.form"),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(typed: str, stored: str) -> None:
    assert read("time", typed) == stored


MORNING = "2026-11-24T09:30:00+07:00"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("24/11/2026 09:30", MORNING), ("24-11-2026 9h30", MORNING), ("24/11/2026, 09:30", MORNING),
        ("09:30 ngày 24/11/2026", MORNING), ("09:30 24/11/2026", MORNING), ("24/11/2026 lúc 9 giờ 30", MORNING),
        ("2026-11-24T09:30", MORNING), (MORNING, MORNING), ("2026-11-24T02:30:00Z", MORNING),
        ("2026-11-23T21:30:00-05:00", MORNING), ("2026-11-24T09:30:59+07:00", MORNING),
        ("24/11/2026", "datetime.form"), ("09:30", "datetime.form"), ("31/02/2026 09:30", "datetime.form"),
        ("24/11/2026 24:00", "datetime.form"), ("24/11/0000 09:30", "datetime.form"),
        ("24/11/26 09:30", "datetime.form"),
        ("0001-01-01T00:00:00+14:00", "datetime.form"), ("2026-11-24", "datetime.form"),
    ],
)  # fmt: skip
def test_a_moment_is_read_as_people_write_it(typed: str, stored: str) -> None:
    assert read("datetime", typed) == stored


@given(st.datetimes())
def test_a_moment_reads_back_as_it_is_shown_in_both_languages(moment: Any) -> None:
    stored = f"{moment:%H:%M}"
    stored = f"{moment.year:04}-{moment.month:02}-{moment.day:02}T{stored}:00+07:00"
    for language in ("vi", "en"):
        assert stored_moment(in_words(stored, language)) == stored


@pytest.mark.parametrize(
    ("limits", "typed", "found"),
    [
        ({"max": "today"}, "23/11/2026 23:59", "2026-11-23T23:59:00+07:00"),
        ({"max": "today"}, "24/11/2026 00:00", "time.max"),
        ({"min": {"today": {"days": 1}}}, "23/11/2026 23:59", "time.min"),
        ({"min": "2026-11-24T09:30"}, "24/11/2026 09:29", "time.min"),
        ({"min": "2026-11-24T02:30:00Z"}, "24/11/2026 09:30", MORNING),
    ],
)
def test_a_day_as_a_limit_counts_whole(limits: dict[str, Any], typed: str, found: str) -> None:
    assert read("datetime", typed, **limits) == found


def test_a_limit_of_a_moment_is_said_in_the_citizens_language() -> None:
    problem = made("datetime", min="2026-11-24T09:30").problem("2026-11-24T09:29:00+07:00", CONTEXT)
    assert problem is not None
    assert problem.sentence("Giờ hẹn", "vi") == "Giờ hẹn: nhập từ 09:30 ngày 24/11/2026 trở đi"
    assert problem.sentence("Appointment", "en") == "Appointment: enter 09:30 on 24/11/2026 or later"


# ── tax codes ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0100109106", "0100109106"), ("01 001 09 106", "0100109106"), ("0100109106-001", "0100109106-001"),
        ("0100109106001", "0100109106-001"), ("0100233488", "0100233488"), ("052190001234", "052190001234"),
        ("0100109106-000", "tax_code.form"), ("0100109105", "tax_code.digit"), ("01001091061", "tax_code.form"),
        ("010010910A", "tax_code.form"), ("0000000000", "tax_code.form"), ("- .", None),
    ],
)  # fmt: skip
def test_a_tax_code_is_read_with_its_check_digit(typed: str, stored: str | None) -> None:
    assert read("tax_code", typed) == stored


@given(st.integers(0, 10**9 - 1), st.integers(0, 8))
def test_one_wrong_digit_of_a_tax_code_is_always_found(number: int, place: int) -> None:
    for last in "0123456789":
        code = f"{number:09}{last}"
        if read("tax_code", code) == code:
            others = [code[:place] + digit + code[place + 1 :] for digit in "0123456789" if digit != code[place]]
            assert all(read("tax_code", other) in ("tax_code.digit", "tax_code.form") for other in others)


# ── linked lists ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (["gia_lai", "quy_nhon"], ["gia_lai", "quy_nhon"]),
        (["hue", ""], ["hue"]),
        (["hue", "quy_nhon"], ["hue"]),
        (["gia_lai", ""], "linked.choose"),
        (["gia_lai", "hue"], "linked.choose"),
        (["gia_lai", "mars"], "linked.other"),
        (["gia_lai", "binh_khe"], "linked.choose"),
        (["quy_nhon", ""], "linked.other"),
        (["", "quy_nhon"], None),
    ],
    ids=str,
)
def test_a_linked_choice_goes_down_to_an_entry_with_nothing_below(chosen: list[str], found: Any) -> None:
    field = made("linked_choice", catalog="vung")
    typed = {"f-0": chosen[:1], "f-1": chosen[1:]}
    if isinstance(found, str):
        with pytest.raises(Refused) as refused:
            field.parse(typed, CONTEXT)
        assert refused.value.problem.code == found
        assert field.anchor(refused.value.problem) == ("f-1" if chosen[0] == "gia_lai" else "f-0")
    else:
        assert field.parse(typed, CONTEXT) == found


def test_the_level_that_is_missing_is_named() -> None:
    field = made("linked_choice", catalog="vung", levels=["Tỉnh", "Xã, phường"])
    with pytest.raises(Refused) as refused:
        field.parse({"f-0": ["gia_lai"]}, CONTEXT)
    assert refused.value.problem.sentence("Nơi ở", "vi") == "Nơi ở: chọn xã, phường"
    assert made("linked_choice", catalog="vung").page()["levels"][1].vi == "Cấp 2"


def test_what_was_chosen_may_be_offered_no_more() -> None:
    field = made("linked_choice", catalog="vung")
    problem = field.problem(["gia_lai", "binh_khe"], CONTEXT)
    assert problem is not None
    assert problem.code == "linked.other"
    assert field.problem(["gia_lai", "binh_khe"], replace(CONTEXT, today="2025-06-30")) is None


def test_a_post_that_lacks_a_level_is_answered_with_its_list() -> None:
    form = compiled(
        step("mot", text("ten"), {"name": "noi", "kind": "linked_choice", "label": "Nơi", "catalog": "vung"}),
        library=REGIONS,
    )
    at = form.step("mot")
    assert at is not None
    result = post(form, at, Answers(), inputs(**{"ten": "An", "noi-0": "gia_lai", "noi-1": ""}), CONTEXT)
    assert [error.field for error in result.errors] == ["noi"]
    assert result.answers.typed["noi"] == {"noi-0": "gia_lai", "noi-1": ""}


def test_wards_stand_below_their_provinces() -> None:
    form = compiled(
        step("mot", text("ten"), {"name": "noi", "kind": "linked_choice", "label": "Nơi", "catalog": "wards"})
    )
    field = form.fields["noi"]
    assert field.inputs() == ("noi-0", "noi-1")
    value = field.parse({"noi-0": ["52"], "noi-1": ["21583"]}, CONTEXT)
    assert value == ["52", "21583"]
    assert "Gia Lai" in field.show(value, "vi", CONTEXT)


@pytest.mark.parametrize("catalog", ["provinces", "wards"])
@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_provinces_and_wards_may_be_chosen_from(kind: str, catalog: str) -> None:
    form = compiled(
        step("mot", text("ten"), {"name": "noi", "kind": kind, "label": "N", "choices": {"catalog": catalog}})
    )
    value = {"provinces": "52", "wards": "21583"}[catalog]
    stored = form.fields["noi"].parse({"noi": [value]}, CONTEXT)
    assert form.fields["noi"].problem(stored, CONTEXT) is None
    gone = {"provinces": "00", "wards": "00"}[catalog]
    problem = form.fields["noi"].problem([gone] if kind == "choices" else gone, CONTEXT)
    assert problem == Problem("choice.unknown")


# ── signatures ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "drawn", "found"),
    [
        ("Lê Thị  Hoa", "", "Lê Thị Hoa"),
        ("Lê Thị Hoa", DRAWN, DRAWN),
        ("", DRAWN, DRAWN),
        ("", "f" * 32, "signature.drawn"),
        ("Hoa", "data:image/png;base64,AAAA", "signature.drawn"),
        (DRAWN, "", "signature.form"),
        ("123", "", "signature.form"),
        ("H" * 101, "", "signature.form"),
        (" \u200b ", "", None),
    ],
)
def test_a_signature_is_a_name_or_a_drawing_of_this_draft(typed: str, drawn: str, found: str | None) -> None:
    field = made("signature")
    try:
        value = field.parse({"f": [typed], "f-drawn": [drawn]}, CONTEXT)
    except Refused as refused:
        value = refused.problem.code
    assert value == found


def test_a_signature_that_may_only_be_typed_takes_no_drawing() -> None:
    field = made("signature", drawn=False, required=True)
    assert field.inputs() == ("f",)
    assert field.parse({"f": ["Hoa"], "f-drawn": [DRAWN]}, CONTEXT) == "Hoa"
    assert field.missing().sentence("Chữ ký", "vi") == "Gõ họ và tên để ký ở ô chữ ký"


# ── conditions and formulas ──────────────────────────────────────────────────────────────────────────────────

TYPES = {"gia": "money", "dai": "decimal", "luc": "datetime", "gio": "time", "noi": "choices"}
VIEW = {
    "gia": 1_000_000,
    "dai": "2.50",
    "luc": MORNING,
    "gio": "09:30",
    "noi": ["gia_lai", "quy_nhon"],
    "today": "2026-11-24",
}


@pytest.mark.parametrize(
    "tree",
    [
        {"field": "gia", "at_least": 1_000_000},
        {"field": "dai", "is": "2.5"},
        {"field": "dai", "less_than": Decimal("2.51")},
        {"field": "luc", "is": "today"},
        {"field": "luc", "after": "2026-11-24T02:29:00Z"},
        {"field": "gio", "on_or_before": "09:30"},
        {"field": "noi", "contains": "gia_lai"},
        {"field": "noi", "contains_any": ["hue", "quy_nhon"]},
        {"formula": "gia * dai == 2500000"},
        {"formula": "days_between(luc, today) == 0"},
        {"formula": "count(noi) == 2"},
    ],
    ids=str,
)
def test_a_condition_and_a_formula_read_every_new_kind(tree: dict[str, Any]) -> None:
    assert rules.compile(rules.parse(tree), TYPES)(VIEW) is True


def test_formulas_of_decimals_and_amounts_are_exact() -> None:
    formula = formulas.parse("round(gia * dai / 3, 2)")
    assert formulas.compile(formula, TYPES)(VIEW) == Decimal("833333.33")


# ── what is told before publishing ───────────────────────────────────────────────────────────────────────────


def faults(library: Library = REGIONS, **options: Any) -> list[str]:
    """What is wrong with a field of these options."""
    steps = [step("mot", text("ten"), {"name": "f", "label": "F", **options})]
    _, found = load_document({**HEAD, "applicant": {"name": "ten"}, "form": steps}, library)
    return [fault.what for fault in found if fault.place != "applicant"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"kind": "decimal", "min": "2.5", "max": 1}, '"min" is 2.5 and "max" only 1'),
        ({"kind": "decimal", "min": "hai"}, 'a number is wanted, not "hai"'),
        ({"kind": "decimal", "min": True}, "a number is wanted, not true"),
        ({"kind": "decimal", "places": 11}, "0 to 10 places are wanted, not 11"),
        ({"kind": "decimal", "default": "1.234"}, "the default 1.234 has more than 2 places"),
        ({"kind": "decimal", "default": "nhiều"}, 'the default is a number, not "nhiều"'),
        ({"kind": "money", "min": 5, "max": 4}, '"min" is 5 and "max" only 4'),
        ({"kind": "money", "default": "1.5"}, 'the default is a whole number of đồng, not "1.5"'),
        ({"kind": "money", "max": "1.5"}, 'a whole number is wanted, not "1.5"'),
        ({"kind": "money", "places": 2}, 'unknown key "places"'),
        ({"kind": "time", "min": "17:00", "max": "07:30"}, '"min" is 17:00 and "max" only 07:30'),
        ({"kind": "time", "max": "25:00"}, 'a time HH:MM is wanted, not "25:00"'),
        ({"kind": "time", "default": "9h30"}, 'the default is a time HH:MM, not "9h30"'),
        (
            {"kind": "datetime", "min": "2026-02-01", "max": "2026-01-31T09:00"},
            '"min" is 2026-02-01 and "max" only 2026-01-31T09:00:00+07:00',
        ),
        ({"kind": "datetime", "min": "2026-02-30T09:00"},
         'a moment YYYY-MM-DDTHH:MM is wanted, not "2026-02-30T09:00"'),
        ({"kind": "datetime", "default": "today"}, 'the default is a moment YYYY-MM-DDTHH:MM, not "today"'),
        ({"kind": "linked_choice", "catalog": "dan_toc"},
         'no entry of the catalog "dan_toc" has a "parent", so there is nothing to link'),
        ({"kind": "linked_choice", "catalog": "vug"}, 'unknown catalog "vug"; did you mean "vung"?'),
        ({"kind": "linked_choice"}, '"catalog" is missing'),
        ({"kind": "linked_choice", "catalog": "vung", "levels": ["A", "B", "C"]},
         '"levels" names 3, but there are only 2'),
        ({"kind": "linked_choice", "catalog": "vung", "default": ["hue", "quy_nhon"]},
         '"quy_nhon" is no entry below "hue"'),
        ({"kind": "tax_code", "default": "0100109105"}, '"0100109105" is no value of the kind tax_code'),
        ({"kind": "signature", "default": "Hoa"}, "the kind signature takes no default of this sort"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)  # fmt: skip
def test_options_that_cannot_be_are_told(options: dict[str, Any], said: str) -> None:
    assert faults(**options) == [said]


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "decimal", "default": "1.5", "min": "0.5", "max": 3},
        {"kind": "money", "default": 0},
        {"kind": "time", "default": "09:30", "min": "07:30", "max": "17:00"},
        {"kind": "datetime", "default": "2026-01-31T09:00", "min": "2026-01-31", "max": "2026-01-31T09:00"},
        {"kind": "linked_choice", "catalog": "vung", "default": ["gia_lai", "quy_nhon"]},
        {"kind": "tax_code", "default": "0100109106"},
    ],
    ids=str,
)
def test_options_that_fit_are_taken_and_the_default_is_a_stored_value(options: dict[str, Any]) -> None:
    assert faults(**options) == []
    form = compiled(step("mot", text("ten"), {"name": "f", "label": "F", **options}), library=REGIONS)
    field = form.fields["f"]
    default = field.prefill(CONTEXT)
    typed = {name: [value] if isinstance(value, str) else value for name, value in field.typed(default).items()}
    assert field.parse(typed, CONTEXT) == default


def test_an_entry_below_none_of_its_catalog_is_told() -> None:
    entries = (
        CatalogEntry(value="a", label=Text("A")),
        CatalogEntry(value="b", label=Text("B"), parent="a"),
        CatalogEntry(value="c", label=Text("C"), parent="d"),
    )
    library = replace(
        SHIPPED, catalogs={**SHIPPED.catalogs, "x": Catalog(catalog="x", title=Text("X"), entries=entries)}
    )
    assert faults(library, kind="linked_choice", catalog="x") == [
        'the catalog "x" has no entry "d", the "parent" of "c"'
    ]


@pytest.mark.parametrize("form_of", [Decimal, str])
def test_an_exact_number_of_a_definition_may_be_quoted(form_of: Any) -> None:
    options = {name: form_of(value) for name, value in {"min": "0.5", "max": "9.75", "default": "1.5"}.items()}
    field = made("decimal", places=3, **options)
    assert field.attributes() == {"data-min": "0.5", "data-max": "9.75"}
    assert field.prefill(CONTEXT) == "1.500"


def test_the_shipped_block_asks_for_a_bank_account() -> None:
    form = compiled(step("mot", text("ten"), {"block": "tai_khoan_ngan_hang", "prefix": "tk"}))
    bank = form.fields["tk_ngan_hang"]
    assert bank.show("VCB", "vi", CONTEXT) == "Ngân hàng TMCP Ngoại thương Việt Nam (Vietcombank)"
    assert form.fields["tk_so_tai_khoan"].sensitive
    number = form.fields["tk_so_tai_khoan"]
    assert number.problem("0071000123456", CONTEXT) is None
    assert number.problem("0071 000 123", CONTEXT) is not None
