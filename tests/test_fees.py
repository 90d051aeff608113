"""Fees: what is due for a view, in whole đồng."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine import formulas, rules
from engine.definition.procedure import Fee
from engine.form.fees import AmountNotWhole, FeeDue, compile_fee, fees_due
from engine.format.texts import Text

TYPES = {"so_luong": "integer", "dien_tich": "decimal", "de_nghi": "boolean"}
RATES = {"ban_sao": 8000}


def fee(amount: str, when: object = None, **other: Any) -> Fee:
    condition = None if when is None else rules.parse(when)
    terms = {"name": "phi", "title": Text("Phí"), "amount": formulas.parse(amount), "when": condition, **other}
    return Fee(**terms)


def due(*fees: Fee, rates: dict[str, int] = RATES, **view: Any) -> tuple[FeeDue, ...]:
    return fees_due([compile_fee(item, TYPES) for item in fees], view, rates)


def test_a_fee_says_how_much_of_what_and_when_it_is_collected() -> None:
    found = due(fee("so_luong * ban_sao", name="phi_ban_sao", type="le_phi", collected="on_return"), so_luong=3)
    assert found == (FeeDue("phi_ban_sao", 24000, "le_phi", "on_return"),)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("50000", 50000),
        ("0", 0),
        ("so_luong * ban_sao", 24000),
        ("so_luong * ban_sao / 2", 12000),
        ("round(dien_tich * 1500)", 18752),
        ("round(dien_tich * 1500, -3)", 19000),
        ("if(so_luong > 2, 20000, 8000)", 20000),
        ("dien_tich * 2", 25),
    ],
)
def test_an_amount_comes_out_whole(amount: str, expected: int) -> None:
    (found,) = due(fee(amount), so_luong=3, dien_tich="12.501" if "round" in amount else "12.5")
    assert found.amount == expected
    assert type(found.amount) is int


@pytest.mark.parametrize("amount", ["dien_tich", "so_luong / 2", '"8000"', "true", "0.5"])
def test_an_amount_that_is_not_whole_is_refused_with_the_name_of_the_fee(amount: str) -> None:
    with pytest.raises(AmountNotWhole, match='fee "phi"') as raised:
        due(fee(amount), so_luong=3, dien_tich="12.5")
    assert raised.value.name == "phi"


def test_the_refused_amount_is_told() -> None:
    with pytest.raises(AmountNotWhole) as raised:
        due(fee("so_luong / 2"), so_luong=3)
    assert raised.value.amount == Decimal("1.5")


@pytest.mark.parametrize(("view", "count"), [({"de_nghi": True}, 1), ({"de_nghi": False}, 0), ({}, 0)])
def test_a_fee_is_due_only_where_its_condition_holds(view: dict[str, Any], count: int) -> None:
    assert len(due(fee("8000", {"field": "de_nghi", "is": True}), **view)) == count


def test_a_fee_of_an_answer_that_is_nothing_is_not_due() -> None:
    assert due(fee("so_luong * ban_sao"), fee("5000", name="le_phi")) == (FeeDue("le_phi", 5000, "phi", "on_receipt"),)


def test_fees_keep_their_order_and_rates_are_those_of_the_agency() -> None:
    fees = (fee("ban_sao", name="mot"), fee("ban_sao * 2", name="hai"))
    found = due(*fees, rates={"ban_sao": 5000})
    assert [(item.name, item.amount) for item in found] == [("mot", 5000), ("hai", 10000)]


def test_a_condition_by_formula_sees_the_rates_too() -> None:
    assert len(due(fee("1000", {"formula": "so_luong * ban_sao > 10000"}), so_luong=2)) == 1
    assert due(fee("1000", {"formula": "so_luong * ban_sao > 10000"}), so_luong=1) == ()


def test_nobody_is_paid_for_filing() -> None:
    (found,) = due(fee("8000 * (so_luong - 5)"), so_luong=3)
    assert found.amount == 0
