"""Formulas: exact, total, bounded, and never evaluated as code."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import formulas
from engine.formulas import FormulaFault

TYPES = {
    "a": "integer",
    "b": "integer",
    "rong": "decimal",
    "dai": "decimal",
    "gia": "money",
    "ten": "text",
    "ho": "text",
    "loai": "choice",
    "co": "boolean",
    "sinh": "date",
    "cap": "date",
    "luc": "datetime",
    "gio": "time",
    "muc": "choices",
    "tep": "file",
    "noi": "address",
    "con": "group",
    "con.tuoi": "integer",
    "con.rong": "decimal",
    "con.co": "boolean",
    "con.ten": "text",
}
VIEW: dict[str, Any] = {
    "a": 7,
    "b": 2,
    "rong": "2.50",
    "gia": 8000,
    "ten": "An",
    "ho": "Nguyễn",
    "loai": {"other": "Khác"},
    "co": True,
    "sinh": "2004-02-29",
    "luc": "2026-03-14T17:30:00Z",
    "muc": ["x", "y"],
    "con": [
        {"tuoi": 3, "rong": "1.5", "co": True, "ten": "Bi"},
        {"tuoi": 5, "co": False},
        {"ten": "Bo", "rong": "0.25", "co": True},
    ],
    "today": "2026-03-15",
    "channel": "online",
    "ban_sao": 8000,
}


def value(text: str, view: dict[str, Any] | None = None) -> Any:
    return formulas.compile(formulas.parse(text), TYPES)(VIEW if view is None else view)


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", 5),
        ("a + b", 9),
        ("a - b - b", 3),
        ("a + b * 3", 13),
        ("(a + b) * 3", 27),
        ("a * ban_sao", 56000),
        ("-a + 1", -6),
        ("- -a", 7),
        ("+a", 7),
        ("-a * b", -14),
        ("a / b", Decimal("3.5")),
        ("8 / 2", Decimal(4)),
        ("12 / 3 / 2", Decimal(2)),
        ("a // b", 3),
        ("-a // b", -4),
        ("a % b", 1),
        ("-a % 3", 2),
        ("rong // 1", 2),
        ("-rong // 1", -3),
        ("-rong % 2", Decimal("1.50")),
        ("rong + 1", Decimal("3.50")),
        ("rong * a", Decimal("17.50")),
        ("0.1 + 0.2", Decimal("0.3")),
        ("1.10 - 1", Decimal("0.10")),
        ("gia * 2", 16000),
        ("round(a / b)", 4),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(2.4999)", 2),
        ("round(2.345, 2)", Decimal("2.35")),
        ("round(12345, -3)", 12000),
        ("round(12500, -3)", 13000),
        ("round(5)", 5),
        ("min(a, b)", 2),
        ("max(a, rong, b)", 7),
        ("min(sinh, today)", "2004-02-29"),
        ('join(" ", ho, ten)', "Nguyễn An"),
        ('join("-", a, rong, sinh)', "7-2.50-2004-02-29"),
        ("join(', ', \"a\\\"b\", 'c')", 'a"b, c'),
        ("count(con)", 3),
        ("count(con.co)", 2),
        ("count(con.ten)", 2),
        ("count(muc)", 2),
        ("sum(con.tuoi)", 8),
        ("sum(con.rong)", Decimal("1.75")),
        ("sum(con.tuoi, a)", 15),
        ("sum(a, b, 1)", 10),
        ("first(a, b)", 7),
        ("filled(ten)", True),
        ("years_between(sinh, today)", 22),
        ("days_between(today, sinh)", -8050),
        ("if(a > b, 1, 2)", 1),
        ("if(a < b, 1, 2)", 2),
        ("if(co, 1, 2)", 1),
        ('if(channel == "online", 0, gia)', 0),
        ("true", True),
    ],
)
def test_a_formula_gives_the_exact_value(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected) or isinstance(expected, str)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a == 7", True),
        ("a != 7", False),
        ("a < 7", False),
        ("a <= 7", True),
        ("a > 6.5", True),
        ("rong >= 2.5", True),
        ("rong == 2.5", True),
        ("a + b == 9", True),
        ('ten == "An"', True),
        ('loai == "other"', True),
        ("co == true", True),
        ("co != false", True),
        ("sinh < today", True),
        ("luc == today", True),
        ("sinh <= sinh", True),
        ("a > 1 and b > 1", True),
        ("a > 1 and b > 5", False),
        ("a > 9 or b > 1", True),
        ("a > 9 or b > 5 or co", True),
        ("not a > 9", True),
        ("not (a > 1) or co", True),
        ("a > 9 and co or co", True),
        ("co or co and a > 9", True),
        ('a == "7"', False),
        ('a != "7"', False),
        ("co == 1", False),
        ("true < 2", False),
        ('sinh == "2004-02-29"', False),
    ],
)
def test_a_comparison_is_typed_and_never_coerces(text: str, *, expected: bool) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "a + dai",
        "dai * 0",
        "-dai",
        "dai / 2",
        "a // dai",
        "round(dai)",
        "min(a, dai)",
        "max(dai)",
        'join(" ", ten, gio)',
        "years_between(sinh, cap)",
        "days_between(cap, today)",
        "dai",
        "first(dai, cap)",
        "if(a > 1, dai, 1)",
        "a / 0",
        "a // 0",
        "a % 0",
        "rong / (b - 2)",
        "1 / 0 + a",
        "ten + 1",
        "co + 1",
        "noi",
        "sum(con.ten)",
        "min(ten, ho)",
        "round(a, 31)",
    ],
)
def test_nothing_gives_nothing_and_what_has_no_value_is_nothing(text: str) -> None:
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dai == 1", False),
        ("dai != 1", False),
        ("dai == dai", False),
        ("dai < 1", False),
        ("not dai < 1", True),
        ("dai < 1 or a > 1", True),
        ("filled(dai)", False),
        ("not filled(dai)", True),
        ("filled(a + dai)", False),
        ("sum(a, dai, b)", 9),
        ("sum(dai)", 0),
        ("first(dai, a)", 7),
        ("if(dai > 1, 1, 2)", 2),
        ("if(dai > 1, 1, dai)", None),
    ],
)
def test_what_may_meet_nothing_says_so(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("count(con)", 0), ("count(con.co)", 0), ("sum(con.tuoi)", 0), ("filled(con)", False), ("count(muc)", 0)],
)
def test_a_hidden_group_counts_as_none(text: str, expected: object) -> None:
    assert value(text, {}) == expected
    assert value(text, {"con": [], "muc": []}) == expected


def test_whole_numbers_and_decimals_of_thirty_digits_add_up_exactly() -> None:
    assert value("a + rong", {"a": 10**29, "rong": "0.0"}) == 10**29
    assert value("a - rong", {"a": 10**29 + 1, "rong": str(10**29)}) == 1


@pytest.mark.parametrize(("stored", "filled"), [("", False), ({}, False), ([], False), (0, True), ("x", True)])
def test_a_name_without_a_type_is_taken_as_it_is(stored: object, *, filled: bool) -> None:
    assert value("filled(la)", {"la": stored}) is filled


def test_an_empty_text_is_nothing() -> None:
    assert value("filled(ten)", {"ten": ""}) is False
    assert value("first(ten, ho)", {"ten": "", "ho": "Lê"}) == "Lê"


def test_only_the_chosen_branch_is_evaluated() -> None:
    seen: list[str] = []

    class Watched(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            seen.append(key)
            return super().get(key, default)

    assert value("if(co, a, b)", Watched(VIEW)) == 7
    assert seen == ["co", "a"]


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        ("2008-03-15", "2026-03-15", 18),
        ("2008-03-16", "2026-03-15", 17),
        ("2008-03-14", "2026-03-15", 18),
        ("2004-02-29", "2022-02-28", 18),
        ("2004-02-29", "2022-02-27", 17),
        ("2004-02-29", "2024-02-28", 19),
        ("2004-02-29", "2024-02-29", 20),
        ("2026-03-15", "2008-03-15", -18),
        ("2026-03-15", "2026-03-15", 0),
        ("2004", "2026-03-15", None),
        ("2004-02", "2026-03-15", None),
        ("2004-02-30", "2026-03-15", None),
    ],
)
def test_years_between_counts_whole_years(first: str, last: str, years: int | None) -> None:
    assert value("years_between(sinh, cap)", {"sinh": first, "cap": last}) == years


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [("2024-02-28", "2024-03-01", 2), ("2026-03-15", "2026-03-15", 0), ("2026", "2026-03-15", None)],
)
def test_days_between_counts_days(first: str, last: str, days: int | None) -> None:
    assert value("days_between(sinh, cap)", {"sinh": first, "cap": last}) == days


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ({"a": "7"}, None),
        ({"a": True}, None),
        ({"a": 7.5}, None),
        ({"a": 10**30}, None),
        ({"a": 10**30 - 1}, 10**30 - 1),
        ({"a": [7]}, None),
    ],
)
def test_a_value_that_is_not_of_its_type_is_nothing(view: dict[str, Any], expected: object) -> None:
    assert value("a", view) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a * a", None),
        ("a + a", None),
        ("a * a * 0", None),
        ("a - 1", 10**30 - 2),
        ("a * a > 1", False),
        ("round(rong * a)", None),
    ],
)
def test_a_number_of_too_many_digits_is_nothing(text: str, expected: object) -> None:
    assert value(text, {"a": 10**30 - 1, "rong": "99999.5"}) == expected


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 0, "a value is wanted, not the end"),
        ("a +", 3, "a value is wanted, not the end"),
        ("a b", 2, 'the formula should end, not "b"'),
        ("(a", 2, '")" is wanted, not the end'),
        ("a)", 1, 'the formula should end, not ")"'),
        ("a = 3", 2, 'a comparison is written "=="'),
        ("a < b < 3", 6, 'comparisons do not chain; join two with "and"'),
        ("foo(1)", 0, 'unknown function "foo"'),
        ("sun(a)", 0, 'unknown function "sun"; did you mean "sum"?'),
        ("__import__(1)", 0, 'unknown function "__import__"'),
        ("a.b", 1, "a column stands only in count and sum"),
        ("a.__class__", 1, "a column stands only in count and sum"),
        ("max(con.tuoi)", 7, "a column stands only in count and sum"),
        ("sum(con.)", 8, 'a column is wanted, not ")"'),
        ("sum(con.__x)", 8, 'a column is wanted, not "__x"'),
        ("a[0]", 1, '"[" has no meaning in a formula'),
        ("a & b", 2, '"&" has no meaning in a formula; did you mean "and"?'),
        ("a || b", 2, '"|" has no meaning in a formula; did you mean "or"?'),
        ("!a", 0, '"!" has no meaning in a formula; did you mean "not"?'),
        ("a ** b", 3, 'a value is wanted, not "*"'),
        ("lambda: 1", 6, '":" has no meaning in a formula'),
        ("'abc", 0, "a text is not closed by its quote"),
        ("3a", 0, '"3a" is neither a number nor a name'),
        ("1.2.3", 3, 'the formula should end, not "."'),
        ("Tong", 0, '"Tong" is no name of a field'),
        ("tổng", 1, '"ổ" has no meaning in a formula'),
        ("if(a, 1)", 0, '"if" takes 3 arguments, not 2'),
        ("round(1, 2, 3)", 0, '"round" takes 1 to 2 arguments, not 3'),
        ("join(a)", 0, '"join" takes 2 or more arguments, not 1'),
        ("min()", 0, '"min" takes 1 or more arguments, not 0'),
        ("sum(a,)", 6, 'a value is wanted, not ")"'),
        ("and", 0, 'a value is wanted, not "and"'),
        ("9" * 31, 0, "a number has 30 digits at the most"),
        ("(" * 51 + "1" + ")" * 51, 51, "a formula may be nested 50 deep at the most"),
        ("-" * 60 + "1", 51, "a formula may be nested 50 deep at the most"),
        ("not " * 60 + "co", 204, "a formula may be nested 50 deep at the most"),
        ("a" * 2001, 2000, "a formula has 2000 characters at the most"),
    ],
)
def test_a_fault_says_at_which_character_and_what(text: str, position: int, message: str) -> None:
    with pytest.raises(FormulaFault) as raised:
        formulas.parse(text)
    assert (raised.value.position, raised.value.message) == (position, message)


def test_a_long_sum_is_flat_and_computed() -> None:
    text = "+".join(["a"] * 1000)
    assert len(text) == 1999
    assert value(text) == 7000


def test_brackets_may_be_nested_fifty_deep() -> None:
    assert value("(" * 50 + "a" + ")" * 50) == 7


def test_names_are_listed_once_in_order_without_functions_columns_and_words() -> None:
    formula = formulas.parse(
        'if(co and not filled(ten), sum(con.tuoi, a), years_between(sinh, today)) * a > 1 or "b" == ten'
    )
    assert formulas.names(formula) == ("co", "ten", "con", "a", "sinh", "today")
    assert formulas.columns(formula) == (("con", "tuoi"),)
    assert formulas.functions(formula) == {"if", "filled", "sum", "years_between"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a+b", "x_a+b"),
        ("  a * ( a )  ", "  x_a * ( x_a )  "),
        ("sum(con.a) + count( con )", "sum(x_con.a) + count( x_con )"),
        ("join(\"a\", a, 'con')", "join(\"a\", x_a, 'con')"),
        ("if(a and b, first(a), min (b))", "if(x_a and b, first(x_a), min (b))"),
        ("5", "5"),
    ],
)
def test_renaming_changes_names_and_nothing_else(text: str, expected: str) -> None:
    names = {"a": "x_a", "con": "x_con", "min": "x_min", "first": "x_first", "and": "x_and"}
    assert formulas.rename(text, names) == expected


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", "integer"),
        ("a + rong", "decimal"),
        ("a * ban_sao", "integer"),
        ("gia * 2", "integer"),
        ("a / b", "decimal"),
        ("rong // 2", "integer"),
        ("rong % 2", "decimal"),
        ("-rong", "decimal"),
        ("round(rong)", "integer"),
        ("round(rong, 2)", "decimal"),
        ("round(rong, -3)", "integer"),
        ("count(con)", "integer"),
        ("count(tep)", "integer"),
        ("sum(con.tuoi)", "integer"),
        ("sum(con.rong, a)", "decimal"),
        ("a > 1 and not co", "boolean"),
        ("filled(noi)", "boolean"),
        ('join(" ", ho, ten, a, sinh)', "text"),
        ("if(co, a, rong)", "decimal"),
        ('if(co, loai, "x")', "text"),
        ("first(sinh, cap)", "date"),
        ("max(sinh, luc)", "date"),
        ("years_between(sinh, luc)", "integer"),
        ("today", "date"),
        ('channel == "online"', "boolean"),
        ("la + 1", None),
        ("if(co, la, 1)", None),
    ],
)
def test_a_formula_has_a_type(text: str, expected: str | None) -> None:
    checked = formulas.check(formulas.parse(text), TYPES, ["ban_sao"])
    assert (checked.type, [fault.message for fault in checked.faults]) == (expected, [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a + ten", '"+" wants a number, not "ten" (a text)'),
        ('a * "2"', '"*" wants a number, not "2"'),
        ("-co", '"-" wants a number, not "co" (true or false)'),
        ("not a", '"not" wants true or false, not "a" (a number)'),
        ("a and co", '"and" wants true or false, not "a" (a number)'),
        ("today + 30", '"+" wants a number, not "today" (a date)'),
        ('a == "7"', '"a" (a number) is compared with "7"; this never holds'),
        ("sinh < ten", '"sinh" (a date) is compared with "ten" (a text); this never holds'),
        ("co < true", 'true and false have no order for "<"'),
        ("muc == ten", '"muc" (a list) cannot be compared'),
        ("noi == ten", '"noi" (an address) cannot be compared'),
        ("if(a, 1, 2)", '"if" wants true or false, not "a" (a number)'),
        ("if(co, 1, ten)", '"if" mixes a number with "ten" (a text)'),
        ("first(sinh, a)", '"first" mixes "sinh" (a date) with "a" (a number)'),
        ("min(ten, ho)", '"min" wants numbers or dates, not "ten" (a text)'),
        ("round(ten)", '"round" wants a number, not "ten" (a text)'),
        ("round(a, rong)", '"round" wants a whole number of places'),
        ("count(a)", '"count" wants a group, choices or files, not "a" (a number)'),
        ("count(con.tuo)", 'unknown column "tuo" of "con"; did you mean "tuoi"?'),
        ("sum(a.tuoi)", '"a" is no group and has no columns'),
        ("sum(con.ten)", '"sum" wants a number, not "con.ten" (a text)'),
        ("sum(con)", '"sum" wants a number, not "con" (a list)'),
        ('join(" ", co)', '"join" wants texts, numbers or dates, not "co" (true or false)'),
        ("years_between(sinh, a)", '"years_between" wants a date, not "a" (a number)'),
    ],
)
def test_kinds_that_do_not_fit_are_a_fault(text: str, message: str) -> None:
    faults = formulas.check(formulas.parse(text), TYPES).faults
    assert [fault.message for fault in faults] == [message]


def test_all_faults_of_kinds_come_at_once() -> None:
    faults = formulas.check(formulas.parse("(a + ten) * (co + 1)"), TYPES).faults
    assert [fault.message for fault in faults] == [
        '"+" wants a number, not "ten" (a text)',
        '"+" wants a number, not "co" (true or false)',
    ]


# ── properties ───────────────────────────────────────────────────────────────────────────────────────────────

atoms = st.sampled_from([*TYPES, "today", "ban_sao", "la", "1", "2.5", "0", '"An"', "true", "99999999999999999999"])
atoms = atoms.filter(lambda atom: "." not in atom or atom == "2.5")
columns = st.sampled_from(["con.tuoi", "con.co", "con.rong", "con.ten"])
symbols = st.sampled_from(["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or"])
texts = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, symbols, inner),
        st.builds("(not {})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("if({}, {}, {})".format, inner, inner, inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max", "first", "join", "sum", "round"]), inner, inner),
        st.builds("{}({}, {})".format, st.sampled_from(["years_between", "days_between"]), inner, inner),
        st.builds("{}({})".format, st.sampled_from(["filled", "count"]), inner),
        st.builds("{}({})".format, st.sampled_from(["sum", "count"]), columns),
    ),
    max_leaves=8,
).filter(lambda text: len(text) <= 500)
partial_views = st.sets(st.sampled_from(sorted(VIEW))).map(lambda kept: {name: VIEW[name] for name in kept})


@given(texts, partial_views)
def test_a_formula_never_raises_on_any_view(text: str, view: dict[str, Any]) -> None:
    found = value(text, view)
    if isinstance(found, int | Decimal) and not isinstance(found, bool):
        assert -(10**30) < found < 10**30


@given(texts)
def test_what_was_checked_has_the_type_that_was_told(text: str) -> None:
    checked = formulas.check(formulas.parse(text), TYPES, ["ban_sao"])
    found = value(text)
    if not checked.faults and checked.type is not None and found is not None:
        wanted: dict[str, Any] = {"integer": int, "decimal": (int, Decimal), "boolean": bool, "list": list}
        assert isinstance(found, wanted.get(checked.type, str))


@given(st.text(max_size=60) | st.text("ab1.+-*/(), \"'if", max_size=60))
def test_any_text_is_a_formula_or_a_fault_inside_it(text: str) -> None:
    assert 0 <= fault_position(text) <= len(text)


def fault_position(text: str) -> int:
    try:
        return len(formulas.parse(text).text)
    except FormulaFault as fault:
        return fault.position


numbers = st.integers(-(10**12), 10**12) | st.decimals(-(10**6), 10**6, allow_nan=False, places=4)


@given(numbers, numbers)
def test_floor_and_remainder_make_up_the_number(a: int | Decimal, b: int | Decimal) -> None:
    types = dict.fromkeys("ab", "decimal")
    view = {"a": str(a), "b": str(b)}
    whole, rest = (formulas.compile(formulas.parse(text), types)(view) for text in ("a // b", "a % b"))
    if b == 0:
        assert (whole, rest) == (None, None)
    else:
        assert whole * Decimal(b) + rest == a
        assert 0 <= rest / Decimal(b) < 1


@given(st.decimals(-(10**6), 10**6, allow_nan=False, places=6), st.integers(0, 5))
def test_rounding_is_never_further_than_half_a_place(number: Decimal, places: int) -> None:
    rounded = value(f"round(rong, {places})", {"rong": str(number)})
    assert abs(rounded - number) <= Decimal(5).scaleb(-places - 1)
    assert Decimal(rounded).as_tuple().exponent >= -places  # type: ignore[operator]


@given(texts)
def test_renaming_there_and_back_is_the_same_text(text: str) -> None:
    there = {name: f"tien_to_{name}" for name in TYPES if "." not in name}
    back = {new: name for name, new in there.items()}
    renamed = formulas.rename(text, there)
    assert formulas.rename(renamed, back) == text
    old_names = formulas.names(formulas.parse(text))
    assert formulas.names(formulas.parse(renamed)) == tuple(there.get(name, name) for name in old_names)
