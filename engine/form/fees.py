"""What is to be paid: each fee's formula over the relevant view, in whole đồng."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine import formulas, rules
from engine.definition.procedure import Fee
from engine.formulas import Evaluate
from engine.formulas.values import View
from engine.rules import Test


class AmountNotWhole(ValueError):
    """A fee's formula gave no whole amount in đồng; carries the fee's name and the amount."""

    def __init__(self, name: str, amount: object) -> None:
        super().__init__(f'fee "{name}": {amount!r} is no whole amount in đồng')
        self.name = name
        self.amount = amount


@dataclass(frozen=True, slots=True)
class CompiledFee:
    """A fee with its amount and its condition as functions of a view."""

    name: str
    type: str
    collected: str
    amount: Evaluate
    test: Test | None


@dataclass(frozen=True, slots=True)
class FeeDue:
    """A fee that is due: `amount` in đồng, `type` phi or le_phi, `collected` when."""

    name: str
    amount: int
    type: str
    collected: str


def compile_fee(fee: Fee, types: Mapping[str, str]) -> CompiledFee:
    """The fee ready to be computed; `types` as for `formulas.compile`."""
    test = None if fee.when is None else rules.compile(fee.when, types)
    return CompiledFee(fee.name, fee.type, fee.collected, formulas.compile(fee.amount, types), test)


def fees_due(fees: Iterable[CompiledFee], view: View, rates: Mapping[str, int]) -> tuple[FeeDue, ...]:
    """The fees that are due for a view, in order; `rates` in đồng, the agency's own where it has them.

    A fee whose amount is nothing, because an answer that it needs is, is not due; one below zero is 0, as nobody is
    paid for filing. Raises `AmountNotWhole`.
    """
    seen = {**view, **rates}
    amounts = ((fee, fee.amount(seen)) for fee in fees if fee.test is None or fee.test(seen))
    return tuple(
        FeeDue(fee.name, max(whole(fee.name, amount), 0), fee.type, fee.collected)
        for fee, amount in amounts
        if amount is not None
    )


def stored(rows: Iterable[Mapping[str, object]]) -> tuple[FeeDue, ...]:
    """The fees that a dossier was filed with, of its rows."""
    return tuple(
        FeeDue(str(row["name"]), int(str(row["amount"])), str(row["type"]), str(row["collected"])) for row in rows
    )


def whole(name: str, amount: object) -> int:
    """The amount of the fee `name` in whole đồng; raises `AmountNotWhole`."""
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        raise AmountNotWhole(name, amount)
    if amount != int(amount):
        raise AmountNotWhole(name, amount)
    return int(amount)
