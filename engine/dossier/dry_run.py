"""What filed dossiers would lose or gain under another version; nothing is changed, and no answer leaves this module.

A dossier's stored view is carried over as a draft's answers are, with the day, channel and agency of its filing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.dossier import dossiers
from engine.form import fees
from engine.form.answers import Answers
from engine.form.compiled import CompiledForm
from engine.form.fees import AmountNotWhole
from engine.form.journey import review
from engine.form.moving import carry
from engine.kinds import Context
from engine.office import places
from engine.publishing import versions
from engine.storage.models import Agency, Attachment, Dossier

UNKNOWN = -1  # the amount of a fee that cannot be computed


@dataclass(frozen=True, slots=True)
class FeeChange:
    """A fee before and after, in đồng; nothing where it is not due, `UNKNOWN` where it cannot be computed."""

    name: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one dossier would lose or gain, by the names of fields; `version` is the number it was filed by."""

    code: str
    version: int
    lost: tuple[str, ...]
    partly: tuple[str, ...]
    refused: tuple[str, ...]
    asked: tuple[str, ...]
    fees: tuple[FeeChange, ...]

    @property
    def same(self) -> bool:
        """Whether nothing would be different."""
        return not (self.lost or self.partly or self.refused or self.asked or self.fees)


@dataclass(frozen=True, slots=True)
class Run:
    """Some dossiers, newest first; `before` leads to the next ones, or is nothing."""

    outcomes: tuple[Outcome, ...]
    before: int | None

    def counts(self, what: str) -> list[tuple[str, int]]:
        """In how many of them each field is among `lost`, `partly`, `refused`, `asked`, the most frequent first."""
        return Counter(name for one in self.outcomes for name in getattr(one, what)).most_common()

    def fee_counts(self) -> list[tuple[str, int]]:
        """In how many of them each fee would be another."""
        return Counter(fee.name for one in self.outcomes for fee in one.fees).most_common()


def run(code: str, new: CompiledForm, *, before: int | None = None, limit: int = 25) -> Run:
    """Tries a form on one page of the dossiers of a procedure."""
    wanted = Dossier.procedure == code
    if before is not None:
        wanted &= Dossier.id < before
    query = Dossier.select().where(wanted).order_by(Dossier.id.desc()).limit(limit + 1)
    found = list(query)
    shown = found[:limit]
    files, agencies, numbers = _files(shown), _agency_codes(shown), versions.numbers(code)
    outcomes = tuple(
        outcome(one, new, context_of(one, agencies[one.agency_id], files.get(one.id, {})), numbers[one.version_id])
        for one in shown
    )
    return Run(outcomes, shown[-1].id if len(found) > limit else None)


def _files(found: Iterable[Dossier]) -> dict[int, dict[str, str]]:
    """The names of the files of several dossiers, by id, in one query."""
    held: dict[int, dict[str, str]] = {}
    for one in Attachment.select().where(Attachment.dossier.in_([dossier.id for dossier in found])):
        held.setdefault(one.dossier_id or 0, {})[one.public_id] = one.name
    return held


def _agency_codes(found: Iterable[Dossier]) -> dict[int, str]:
    wanted = {dossier.agency_id for dossier in found}
    return {agency.id: agency.code for agency in Agency.select().where(Agency.id.in_(wanted))}


def context_of(dossier: Dossier, agency: str, files: Mapping[str, str]) -> Context:
    """What the answers of a dossier depend on, as on the day it was filed."""
    return Context(dossier.filed_on, places.places_of(dossier.filed_on), dossier.channel, agency, "", files)


def outcome(dossier: Dossier, new: CompiledForm, context: Context, number: int) -> Outcome:
    """What one dossier would lose or gain under another form."""
    old = versions.compiled(dossier.version_id)
    view = dossiers.view(dossier, old)
    steps = frozenset(step.name for form in (old, new) for step in form.steps)
    values = {name: value for name, value in view.items() if name in old.known}
    carried = carry(old, new, Answers(values, {}, steps), context)
    return Outcome(
        dossier.code,
        number,
        carried.lost,
        carried.partly,
        tuple(dict.fromkeys(error.field for error in carried.refused)),
        carried.asked,
        _fees(dossier, new, carried.answers, context),
    )


def _fees(dossier: Dossier, new: CompiledForm, answers: Answers, context: Context) -> tuple[FeeChange, ...]:
    """The fees that would be others than those it was filed with."""
    before: dict[str, int | None] = {fee.name: fee.amount for fee in fees.stored(dossier.fees)}
    view = review(new, answers, context).journey.view
    try:
        due = fees.fees_due(new.fees, view, new.procedure.rates)
        after: dict[str, int | None] = {fee.name: fee.amount for fee in due}
    except AmountNotWhole as fault:
        after = {**before, fault.name: UNKNOWN}
    names = dict.fromkeys((*before, *after))
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return tuple(FeeChange(name, old, new) for name, old, new in pairs if (old or 0) != (new or 0))
