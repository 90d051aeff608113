"""What a procedure costs, on its information page: by formulas or in words, with an agency's own amounts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import gettext as _

from engine import formulas
from engine.definition.procedure import Fee, Method, Procedure
from engine.kinds.numbers import with_dots
from engine.platform.language import language
from engine.publishing import catalogue, rates
from engine.storage.models import Agency

CALL = re.compile(r"[a-z_]\(")  # a formula with functions is no sentence


@dataclass(frozen=True, slots=True)
class Charge:
    """A line of what is to be paid."""

    title: str
    amount: str
    note: str = ""


def charges(of: Procedure, office: Agency | None) -> list[Charge]:
    """What is to be paid: by its formulas where a citizen can read them, else as the ways to file say it.

    The amounts are those of `office`; where it is not known, the procedure's, with a note that an agency may have its
    own.
    """
    own = rates.receiver(office.id, of)[1] if office and of.rates else {}
    calculated = any(CALL.search(fee.amount.text) for fee in of.fees)
    in_words = _in_words(of, _general_note(office) if may_differ(of) else "") if calculated or not of.fees else []
    if in_words:
        return in_words + [_instead(of, fee, office, own) for fee in of.fees if office and _named(of, fee) & own.keys()]
    return [
        Charge(
            fee.title.in_(language()),
            catalogue.amount_words(of, fee.amount.text, own).in_(language()),
            _note(of, fee, office, own),
        )
        for fee in of.fees
    ]


def may_differ(of: Procedure) -> bool:
    """Whether an agency may ask something else than the procedure says."""
    return any(_named(of, fee) for fee in of.fees)


def _named(of: Procedure, fee: Fee) -> set[str]:
    """The named amounts of a fee."""
    return set(formulas.names(fee.amount)) & of.rates.keys()


def _note(of: Procedure, fee: Fee, office: Agency | None, own: dict[str, int]) -> str:
    """Whose amount is shown, where it matters."""
    if office and _named(of, fee) & own.keys():
        return str(_("Mức của %(agency)s.", agency=office.name))
    return _general_note(office) if _named(of, fee) else ""


def _general_note(office: Agency | None) -> str:
    return "" if office else str(_("Mức chung; nơi tiếp nhận có thể có mức riêng."))


def _instead(of: Procedure, fee: Fee, office: Agency, own: dict[str, int]) -> Charge:
    """What an agency asks instead of amounts that are said in words."""
    changed = [
        str(_("%(own)s đ thay cho %(general)s đ", own=with_dots(own[name]), general=with_dots(of.rates[name])))
        for name in of.rates
        if name in _named(of, fee) & own.keys()
    ]
    return Charge(fee.title.in_(language()), "; ".join(changed), str(_("Mức của %(agency)s.", agency=office.name)))


def _in_words(of: Procedure, note: str) -> list[Charge]:
    """The fees of the ways to file, those that cost the same together."""
    ways: dict[str, list[str]] = {}
    for method in of.methods:
        if method.fee:
            ways.setdefault(method.fee.in_(language()), []).append(method_words(method))
    return [Charge(", ".join(titles), fee, note) for fee, titles in ways.items()]


def method_words(method: Method) -> str:
    """A way to file."""
    words = {"online": _("Trực tuyến"), "in_person": _("Trực tiếp"), "post": _("Qua bưu chính")}
    return str(words[method.channel])
