"""Filing: from a complete draft to a dossier, in one transaction and only once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import peewee

from engine import mails
from engine.calendar import ZONE, due, vietnam_calendar
from engine.dossier import codes, dossiers
from engine.draft import attachments, drafts
from engine.errors import DraftExpired, NotComplete, ProcedureClosed
from engine.form import fees
from engine.form.answers import Answers
from engine.form.compiled import CompiledForm
from engine.form.declaration import read_back
from engine.form.fees import FeeDue
from engine.form.journey import review
from engine.form.markdown import plain
from engine.kinds import Context
from engine.kinds.numbers import in_dong
from engine.mails import About, Line, Part, outbox
from engine.office import agencies, places
from engine.office.workflow import Status
from engine.publishing import rates, standing, versions
from engine.search import fold
from engine.storage import journal, statements, vault
from engine.storage.database import transaction
from engine.storage.models import Agency, Dossier, Draft, dumps

NOTICE = 1  # the number of the notice on personal data that was consented to
CODES_TRIED = 50  # a code may be taken where a procedure's pattern was changed
LONGEST_INDEXED = 200

COLUMNS = (
    "code", "draft", "version_id", "procedure", "agency_id", "channel", "language", "filed_on", "filed_at",
    "status", "unit", "since", "until", "revision", "answers", "sealed", "fees", "applicant", "folded", "email",
    "lookup", "consent",
)  # fmt: skip
INSERT = (
    f"INSERT INTO dossier ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) "  # noqa: S608
    "ON CONFLICT (code) DO NOTHING RETURNING id"
)
MOVE_FILES = "UPDATE attachment SET dossier_id = ?, draft = NULL WHERE draft = ? AND public_id IN ({})"
INSERT_EVENT = "INSERT INTO event (dossier_id, at, event, status, unit, until) VALUES (?, ?, ?, ?, ?, ?)"
# What was typed stands in the dossier now; the draft keeps only the way to the lookup code.
CLOSE = (
    "UPDATE draft SET dossier_id = ?, lookup = ?, answers = '{}', sealed = NULL, revision = revision + 1 WHERE id = ?"
)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A dossier and its lookup code; `created` is false where the draft had been sent before.

    The lookup code is empty where it cannot be shown any more.
    """

    dossier: Dossier
    lookup_code: str
    created: bool


@dataclass(frozen=True, slots=True)
class _Filing:
    """A draft while it is being filed: what it says, and when."""

    draft: Draft
    compiled: CompiledForm
    agency: Agency
    context: Context
    view: Mapping[str, Any]
    fees: tuple[FeeDue, ...]
    now: datetime
    language: str

    def first(self, names: tuple[str, ...]) -> str:
        """The first of these fields that is answered, in words."""
        name = next((name for name in names if name in self.view), None)
        return "" if name is None else self.words(name, "vi")

    def words(self, name: str, language: str) -> str:
        """An answer in words."""
        return self.compiled.fields[name].show(self.view[name], language, self.context)


def submit(
    draft: Draft,
    *,
    now: datetime,
    language: str | None = None,
    randbits: Callable[[int], int] = secrets.randbits,
) -> Submitted:
    """Files a draft: validates all of it anew, and makes dossier, code, event, mail and journal entry at once.

    However often and from wherever it is sent, there is one dossier. `language` is that of the mails, the draft's
    unless given. Raises `NotComplete`, `NoSuchDraft`, `DraftExpired`, `ProcedureClosed`.
    """
    try:
        with transaction():
            return _submit(drafts.again(draft, lock=True), now, language, randbits)
    except peewee.IntegrityError:
        filed = Dossier.get_or_none(Dossier.draft == draft.id)
        if filed is None:
            raise
        return Submitted(filed, drafts.lookup_code(drafts.by_id(draft.id)), created=False)


def _submit(draft: Draft, now: datetime, language: str | None, randbits: Callable[[int], int]) -> Submitted:
    if draft.dossier_id is not None:
        return Submitted(Dossier.get_by_id(draft.dossier_id), drafts.lookup_code(draft), created=False)
    if draft.expires_at <= now:
        raise DraftExpired(draft.expires_at)
    _raise_if_closed(draft, now)
    filing = _filing(draft, now, language or draft.language)
    lookup_code = codes.new_lookup_code(randbits)
    dossier = _insert(filing, lookup_code)
    _move_files(filing, dossier)
    _write_down(filing, dossier)
    statements.changed(CLOSE, dossier.id, vault.seal_lookup(lookup_code, draft.id), draft.id)
    return Submitted(dossier, lookup_code, created=True)


def _raise_if_closed(draft: Draft, now: datetime) -> None:
    found = standing.of_version(draft.version_id)
    if found.closed(local_day(now)):
        raise ProcedureClosed(versions.compiled(draft.version_id).procedure.code, found.closed_on)


def _filing(draft: Draft, now: datetime, language: str) -> _Filing:
    """The draft with everything that its dossier will say. Raises `NotComplete`."""
    compiled = versions.compiled(draft.version_id)
    agency, context = received_by(draft, compiled, today=local_day(now))
    view = _complete_view(compiled, drafts.answers(draft, compiled), context)
    amounts = fees.fees_due(compiled.fees, view, compiled.rates(context))
    return _Filing(draft, compiled, agency, context, view, amounts, now, language)


def _complete_view(compiled: CompiledForm, answers: Answers, context: Context) -> Mapping[str, Any]:
    whole = review(compiled, answers, context)
    if whole.missing is not None or whole.errors:
        raise NotComplete(whole.missing or whole.journey.steps[0])
    return whole.journey.view


def local_day(now: datetime) -> str:
    """The day of an instant where the offices are, `YYYY-MM-DD`."""
    return now.astimezone(ZONE).date().isoformat()


def received_by(draft: Draft, compiled: CompiledForm, *, today: str) -> tuple[Agency, Context]:
    """The agency of a draft, and what its answers depend on beside themselves: the agency's own amounts among that,
    its files only where the form asks for any.
    """
    agency, own = rates.receiver(draft.agency_id, compiled.procedure)
    of_day = places.places_of(today)
    home = of_day.province_of(agency.ward)
    files = attachments.names(draft) if compiled.takes_files else {}
    return agency, Context(today, of_day, draft.channel, agency.code, home, files, rates=own)


def _insert(filing: _Filing, lookup_code: str) -> Dossier:
    """The dossier with the next free code."""
    procedure = filing.compiled.procedure
    values = _values(filing)
    for _ in range(CODES_TRIED):
        code = codes.dossier_code(procedure.code_format, agency=filing.agency.code, now=filing.now)
        opened, sealed = vault.view_parts(filing.view, filing.compiled.sensitive, code)
        values |= {
            "code": code,
            "answers": dumps(opened),
            "sealed": sealed,
            "folded": f" {fold(code)} {_folded(filing)}",
            "lookup": vault.lookup_hash(codes.normalised(lookup_code), code),
        }
        inserted = statements.one(INSERT, *(values[column] for column in COLUMNS))
        if inserted is not None:
            return _dossier(inserted[0], values)
    raise peewee.IntegrityError(f"no free code of {procedure.code_format}")


def _values(filing: _Filing) -> dict[str, Any]:
    """The columns that do not depend on the code."""
    draft, procedure, at = filing.draft, filing.compiled.procedure, statements.stamp(filing.now)
    until = answer_until(filing.compiled, filing.now)
    consent = {"purpose": "filing", "notice": NOTICE, "at": filing.now.isoformat(timespec="seconds")}
    applicant = procedure.applicant
    return {
        "draft": draft.id,
        "version_id": draft.version_id,
        "procedure": procedure.code,
        "agency_id": draft.agency_id,
        "channel": draft.channel,
        "language": filing.language,
        "filed_on": filing.context.today,
        "filed_at": at,
        "status": int(Status.REGISTERED),
        "unit": procedure.processing.reception if procedure.processing else "",
        "since": at,
        "until": None if until is None else statements.stamp(until),
        "revision": 0,
        "fees": dumps([asdict(fee) for fee in filing.fees]),
        "applicant": filing.first(tuple(_unsealed(filing, applicant.name))) if applicant else "",
        "email": filing.first(applicant.email) if applicant else "",
        "consent": dumps(consent),
    }


def _unsealed(filing: _Filing, names: tuple[str, ...]) -> Iterator[str]:
    """The fields of these whose answers may stand in a column of their own."""
    return (name for name in names if name not in filing.compiled.sensitive)


def answer_until(compiled: CompiledForm, now: datetime) -> datetime | None:
    """Until when the office has to answer what comes in at `now`."""
    processing = compiled.procedure.processing
    if processing is None or processing.answer_within is None:
        return None
    return due(now, processing.answer_within, vietnam_calendar())


def _dossier(identity: int, values: Mapping[str, Any]) -> Dossier:
    """The row that was inserted, without asking for it again."""
    fields = {name.removesuffix("_id"): value for name, value in values.items()}
    moments = {name: statements.moment(fields[name]) for name in ("filed_at", "since", "until")}
    documents = {name: Dossier._meta.fields[name].python_value(fields[name]) for name in ("answers", "fees", "consent")}
    return Dossier(id=identity, **fields | moments | documents)


def _folded(filing: _Filing) -> str:
    """The words by which officers find a dossier: short texts that are not sensitive."""
    fields = filing.compiled.fields.values()
    wanted = (one for one in fields if one.VALUE_TYPE == "text" and not one.sensitive and one.name in filing.view)
    found = (one.index_text(filing.view[one.name], filing.context) for one in wanted)
    return " ".join(fold(text) for text in found if len(text) <= LONGEST_INDEXED)


def _move_files(filing: _Filing, dossier: Dossier) -> None:
    """Gives the dossier the files that the view names, and erases the draft's others."""
    held = filing.context.attachments
    used = [name for name in attachments.used_ids(filing.view) if name in held]
    if used:
        statement = MOVE_FILES.format(", ".join("?" * len(used)))
        statements.changed(statement, dossier.id, filing.draft.id, *used)
    if len(used) < len(held):
        attachments.remove_of_draft(filing.draft.id)


def _write_down(filing: _Filing, dossier: Dossier) -> None:
    """The first event, the mail to the address that was filed, and the journal's entry."""
    at, until = statements.stamp(filing.now), dossier.until
    stamped = None if until is None else statements.stamp(until)
    statements.changed(INSERT_EVENT, dossier.id, at, "submitted", dossier.status, dossier.unit, stamped)
    if dossier.email:
        mail = submitted_mail(filing, dossier)
        outbox.put("submitted", dossier.email, mail, now=filing.now, dossier=dossier.id)
    journal.write("submitted", dossier.code, by=journal.CITIZEN, now=filing.now)


def submitted_mail(filing: _Filing, dossier: Dossier) -> mails.Written:
    """The mail that says what was registered."""
    procedure, language = filing.compiled.procedure, filing.language
    titles = {fee.name: fee.title.in_(language) for fee in procedure.fees}
    amounts = [fee for fee in filing.fees if fee.amount]
    about = About(
        code=dossier.code, title=procedure.title.in_(language), agency=filing.agency.name,
        unit=agencies.unit_title(dossier.agency_id, dossier.unit),
        status=Status.REGISTERED.title(language), track_url=dossiers.track_url(dossier.code),
        at=filing.now, filed_at=filing.now, until=dossier.until,
    )  # fmt: skip
    return mails.about_dossier(
        "submitted", about, procedure=procedure, language=language,
        parts=tuple(_parts(filing)),
        fees=[Line(titles[fee.name], in_dong(fee.amount)) for fee in amounts],
        total=mails.total([fee.amount for fee in amounts]) if amounts else "",
        next_steps=plain(procedure.next_steps.in_(language)) if procedure.next_steps else "",
    )  # fmt: skip


def _parts(filing: _Filing) -> Iterator[Part]:
    """The answers as a mail lists them, sensitive ones masked, in labels too."""
    read = read_back(filing.compiled, filing.view, filing.context, filing.language, mask=mails.masked)
    for part in read:
        yield Part(part.title, tuple(Line(label, words) for label, words in part.rows))
