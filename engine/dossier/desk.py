"""What officers do with a dossier: every verb asks the workflow, and changes it only as it was seen.

Each change is one transaction: the dossier where its revision is still the one that the officer saw, one event,
the words to the citizen, the mail, the journal.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from engine import mails
from engine.calendar import due, vietnam_calendar
from engine.definition.procedure import Procedure
from engine.dossier import codes, dossiers
from engine.draft import attachments
from engine.draft.attachments import Incoming, Upload
from engine.errors import Conflict, NoSuchDossier, NotAllowed, ReasonMissing
from engine.format.texts import Text
from engine.kinds.files import File
from engine.mails import About, outbox
from engine.office import agencies, people, workflow
from engine.office.workflow import Move, Position, Status
from engine.publishing import versions
from engine.storage import journal, vault
from engine.storage.database import transaction
from engine.storage.models import Dossier, Draft, Event, EventText, OneTimeCode, User

RESULT = File(name="result", label=Text("Kết quả", "Result"), accept=("pdf", "docx", "xlsx", "jpg", "png"), max_mb=20)
LONGEST_NOTE = 4_000
DUE = frozenset({Status.RECEIVED, Status.PROCESSING})  # where the whole time still runs


@dataclass(frozen=True, slots=True)
class Change:
    """What one verb makes of a dossier."""

    event: str
    status: Status
    stage: str | None
    unit: str
    until: datetime | None
    due_at: datetime | None
    lookup: str


def seen(dossier_id: int, *, by: User) -> Dossier:
    """A dossier of the officer's own agency. Raises `NoSuchDossier`, `NotAllowed`."""
    return theirs(Dossier.get_or_none(Dossier.id == dossier_id), by=by)


def theirs(dossier: Dossier | None, *, by: User) -> Dossier:
    """The dossier itself, where the officer may see it. Raises `NoSuchDossier`, `NotAllowed`."""
    if dossier is None or by.agency_id is None or dossier.agency_id != by.agency_id:
        raise NoSuchDossier
    if not by.active or not workflow.may(people.role_names(by), by.agency_id, dossier.agency_id):
        raise NotAllowed("see")
    return dossier


def opened(dossier: Dossier, *, by: User, now: datetime) -> Dossier:
    """The same, noted in the journal, as personal data are looked at."""
    seen_one = theirs(dossier, by=by)
    journal.write("opened", seen_one.code, by=by.email, now=now)
    return seen_one


def moves(dossier: Dossier) -> tuple[Move, ...]:
    """The moves that are offered where a dossier stands."""
    return workflow.moves(_position(dossier), _stage_names(_procedure(dossier)))


def move(
    dossier_id: int,
    name: str,
    *,
    revision: int,
    by: User,
    now: datetime,
    note: str = "",
    result: Upload | None = None,
) -> Dossier:
    """Makes a move; `note` is written to the citizen, `result` is a file for them. The dossier as it is then.

    Raises `NoSuchDossier`, `NotAllowed`, `Conflict` where the dossier is not the one of `revision` any more,
    `IllegalMove`, `ReasonMissing`, and `Refused` for the file.
    """
    dossier = seen(dossier_id, by=by)
    _raise_if_changed(dossier, revision)
    wanted = workflow.find(_position(dossier), name, _stage_names(_procedure(dossier)))
    words = note.strip()[:LONGEST_NOTE]
    if wanted.needs_reason and not words:
        raise ReasonMissing(name)
    with _taken_in(result) as file, transaction():
        _change(dossier, _change_of(dossier, wanted, now), by=by, now=now, words=words)
        if file is not None:
            attachments.keep(file, now=now, dossier=dossier.id, purpose=attachments.RESULT)
    return dossiers.by_id(dossier_id)


def reissue_lookup(
    dossier_id: int,
    *,
    by: User,
    now: datetime,
    randbits: Callable[[int], int] = secrets.randbits,
) -> str:
    """A new lookup code, for the officer to hand over after checking the person; the old one ends.

    Raises `NoSuchDossier`, `NotAllowed`, `Conflict`.
    """
    dossier = seen(dossier_id, by=by)
    code = codes.new_lookup_code(randbits)
    change = Change(
        "lookup_reissued", Status(dossier.status), dossier.stage, dossier.unit, dossier.until, dossier.due_at,
        vault.lookup_hash(codes.normalised(code), dossier.code),
    )  # fmt: skip
    with transaction():
        _change(dossier, change, by=by, now=now, words="")
        Draft.update(lookup=None).where(Draft.dossier == dossier.id).execute()
        OneTimeCode.delete().where(OneTimeCode.dossier == dossier.id).execute()
    return code


def _change_of(dossier: Dossier, wanted: Move, now: datetime) -> Change:
    procedure, status = _procedure(dossier), wanted.to.status
    due_at = due_on_receipt(procedure, dossier.channel, now) if status is Status.RECEIVED else dossier.due_at
    until = due_at if status in DUE else None
    return Change(wanted.event, status, wanted.to.stage, _unit(procedure, wanted.to), until, due_at, dossier.lookup)


def due_on_receipt(procedure: Procedure, channel: str, now: datetime) -> datetime | None:
    """When the whole is due for what is received at `now`: by the time of the way it came."""
    method = procedure.method(channel)
    if method is None or method.time is None:
        return None
    return due(now, method.time, vietnam_calendar())


def _change(dossier: Dossier, change: Change, *, by: User, now: datetime, words: str) -> None:
    """Changes a dossier as it was seen, and everything that follows. Raises `Conflict`."""
    values = {
        "status": int(change.status), "stage": change.stage, "unit": change.unit, "until": change.until,
        "due_at": change.due_at, "lookup": change.lookup, "officer": by.id, "since": _since(dossier, change, now),
        "revision": Dossier.revision + 1,
    }  # fmt: skip
    as_seen = (Dossier.id == dossier.id) & (Dossier.revision == dossier.revision)
    if not Dossier.update(values).where(as_seen).execute():
        raise _conflict(dossier)
    event = Event.create(
        dossier=dossier.id, at=now, event=change.event, status=int(change.status), stage=change.stage,
        unit=change.unit, officer=by.id, until=change.until,
    )  # fmt: skip
    if words:
        EventText.create(event=event.id, text=words)
    if dossier.email:
        mail = _mail(dossier, change, by=by, now=now, has_note=bool(words))
        outbox.put(change.event, dossier.email, mail, now=now, dossier=dossier.id)
    journal.write(change.event, dossier.code, by=by.email, now=now, details={"event": event.id})


def _since(dossier: Dossier, change: Change, now: datetime) -> datetime:
    """Since when it is where it is: a new code does not move it."""
    moved = (change.status, change.stage) != (dossier.status, dossier.stage)
    since: datetime = now if moved else dossier.since
    return since


def _mail(dossier: Dossier, change: Change, *, by: User, now: datetime, has_note: bool) -> mails.Written:
    procedure, language = _procedure(dossier), dossier.language
    stages = {stage.stage: stage.title for stage in procedure.processing.stages} if procedure.processing else {}
    about = About(
        code=dossier.code, title=procedure.title.in_(language), agency=agencies.by_id(dossier.agency_id).name,
        unit=agencies.unit_title(dossier.agency_id, change.unit), status=change.status.title(language),
        track_url=dossiers.track_url(dossier.code), at=now, filed_at=dossier.filed_at, person=by.full_name,
        until=change.until, due_at=change.due_at, has_note=has_note,
        stage=stages[change.stage].in_(language) if change.stage else "",
    )  # fmt: skip
    return mails.about_dossier(change.event, about, procedure=procedure, language=language)


def _taken_in(result: Upload | None) -> AbstractContextManager[Incoming | None]:
    if result is None or not result.filename:
        return nullcontext()
    return attachments.incoming(result, RESULT)


def _raise_if_changed(dossier: Dossier, revision: int) -> None:
    if dossier.revision != revision:
        raise _conflict(dossier)


def _conflict(dossier: Dossier) -> Conflict:
    last = dossiers.events(dossier)[-1]
    return Conflict(last.event, last.person, last.at)


def _procedure(dossier: Dossier) -> Procedure:
    return versions.compiled(dossier.version_id).procedure


def _position(dossier: Dossier) -> Position:
    return Position(Status(dossier.status), dossier.stage)


def _stage_names(procedure: Procedure) -> tuple[str, ...]:
    return tuple(stage.stage for stage in procedure.processing.stages) if procedure.processing else ()


def _unit(procedure: Procedure, position: Position) -> str:
    if procedure.processing is None:
        return ""
    units = {stage.stage: stage.unit for stage in procedure.processing.stages}
    return workflow.unit(position, units, procedure.processing.reception)
