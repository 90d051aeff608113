"""Dossiers as they are found and read: by citizens with the code, by officers in their own agency's list.

What changes a dossier is in `engine.dossier.desk`; what makes one, in `engine.dossier.filings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from peewee import fn

from engine import search
from engine.calendar import ZONE
from engine.definition.procedure import Procedure, Stage
from engine.form.compiled import CompiledForm
from engine.format.texts import Text
from engine.office.workflow import INTO, NEXT_STAGE, PROCESS, TITLES, Status
from engine.platform.running import settings
from engine.storage import statements, vault
from engine.storage.models import Agency, Dossier

MOST_WORDS = 8
LONGEST_CODE = 64

EVENT_TITLES: dict[str, Text] = {
    "submitted": Text("Hồ sơ được gửi", "Dossier sent"),
    "lookup_reissued": Text("Cấp mã tra cứu mới", "New lookup code issued"),
    NEXT_STAGE.event: Text("Chuyển bước", "Passed on to the next stage"),
    **{move.event: TITLES[status] for status, move in INTO.items()},
}
EVENTS = (
    "SELECT e.id, e.at, e.event, e.status, e.stage, e.unit, e.officer_id, u.full_name, e.until, t.text "
    'FROM event e LEFT JOIN "user" u ON u.id = e.officer_id LEFT JOIN event_text t ON t.event_id = e.id '
    "WHERE e.dossier_id = ? ORDER BY e.id"
)
FIGURES = (
    "SELECT (SELECT COUNT(*) FROM dossier WHERE filed_at >= ?), "
    "(SELECT COUNT(*) FROM dossier WHERE status NOT IN (3, 8, 9, 10)), "
    "COUNT(*), COALESCE(SUM(CASE WHEN d.due_at IS NULL OR e.at <= d.due_at THEN 1 ELSE 0 END), 0) "
    "FROM event e JOIN dossier d ON d.id = e.dossier_id WHERE e.event = 'done' AND e.at >= ?"
)

LineState = Literal["done", "here", "next"]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a dossier: `person` is the officer's name, `text` what was written to the citizen."""

    id: int
    at: datetime
    event: str
    status: Status
    stage: str | None
    unit: str
    officer: int | None
    person: str
    until: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class LineStep:
    """A stop on a dossier's way; `since`, `person` only where it has been there."""

    title: Text
    state: LineState
    unit: str
    person: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How the offices do this month: `period` as `11/2026`, `on_time` as `98,5 %`, empty where nothing was done."""

    period: str
    received: int
    in_hand: int
    done: int
    on_time: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, newest first; `before` leads to the next page, or is nothing on the last one."""

    items: tuple[Dossier, ...]
    before: int | None


def by_id(identity: int) -> Dossier:
    """The dossier of a row that points to it."""
    found: Dossier = Dossier.get_by_id(identity)
    return found


def by_code(code: str) -> Dossier | None:
    """The dossier of a code, however its letters were typed."""
    wanted = code.strip()[:LONGEST_CODE]
    found: Dossier | None = Dossier.get_or_none(Dossier.code == wanted)
    if found is None and wanted != wanted.upper():
        found = Dossier.get_or_none(Dossier.code == wanted.upper())
    return found


def view(dossier: Dossier, compiled: CompiledForm) -> Mapping[str, Any]:
    """The relevant answers as filed, by field of its version, with `today`, `channel` and `agency`."""
    known = compiled.known | {"today", "channel", "agency"}
    return {name: value for name, value in vault.dossier_view(dossier).items() if name in known}


def track_url(code: str) -> str:
    """Where a dossier is followed."""
    return f"{settings().base_url}/tra-cuu?ma_ho_so={code}"


def applicant(dossier: Dossier) -> str:
    """Who filed it."""
    return dossier.applicant


def events(dossier: Dossier) -> list[Happened]:
    """What happened to a dossier, in order."""
    return [_happened(row) for row in statements.rows(EVENTS, dossier.id)]


def _happened(row: statements.Row) -> Happened:
    identity, at, event, status, stage, unit, officer, person, until, text = row
    moment, ends = statements.moment(at), statements.moment(until)
    assert moment is not None
    return Happened(identity, moment, event, Status(status), stage, unit, officer, person or "", ends, text or "")


def event_title(event: Happened, procedure: Procedure) -> Text:
    """What an event is called: the stage that began, or what was done."""
    titles: dict[str | None, Text] = {stage.stage: stage.title for stage in _stages(procedure)}
    if event.event in (NEXT_STAGE.event, PROCESS.event) and event.stage in titles:
        return titles[event.stage]
    return EVENT_TITLES.get(event.event, Text(event.event))


def line(procedure: Procedure, dossier: Dossier, happened: Sequence[Happened]) -> list[LineStep]:
    """The stops of a dossier: sent, received, the procedure's own stages, done, returned.

    One that was refused or stopped has the stops that it came to, and its end.
    """
    reached = {(event.status, event.stage): event for event in reversed(happened)}
    here = (Status(dossier.status), dossier.stage)
    stops = _stops(procedure)
    if here not in [place for place, _, _ in stops]:
        unit = happened[-1].unit if happened else dossier.unit
        stops = [stop for stop in stops if stop[0] in reached] + [(here, TITLES[here[0]], unit)]
    return [_line_step(stop, here, reached) for stop in stops]


Place = tuple[Status, str | None]
Stop = tuple[Place, Text, str]


def _stops(procedure: Procedure) -> list[Stop]:
    reception = procedure.processing.reception if procedure.processing else ""
    stages: list[Stop] = [((Status.PROCESSING, stage.stage), stage.title, stage.unit) for stage in _stages(procedure)]
    plain: list[Stop] = [((Status.PROCESSING, None), TITLES[Status.PROCESSING], reception)]
    ends = (Status.DONE, Status.RETURNED)
    begins = (Status.REGISTERED, Status.RECEIVED)
    return [
        *(((status, None), TITLES[status], reception) for status in begins),
        *(stages or plain),
        *(((status, None), TITLES[status], reception) for status in ends),
    ]


def _line_step(stop: Stop, here: Place, reached: Mapping[Place, Happened]) -> LineStep:
    place, title, unit = stop
    event = reached.get(place)
    if event is None:
        return LineStep(title, "next", unit)
    state: LineState = "here" if place == here and not here[0].ended else "done"
    return LineStep(title, state, event.unit, event.person, event.at)


def _stages(procedure: Procedure) -> Sequence[Stage]:
    return procedure.processing.stages if procedure.processing else ()


def listing(
    agency: Agency | int,
    *,
    status: int | None = None,
    query: str = "",
    before: int | None = None,
    limit: int = 50,
) -> Listing:
    """One page of an agency's dossiers, newest first; every word of `query` begins a word of the dossier."""
    wanted = Dossier.agency == agency
    if status is not None:
        wanted &= Dossier.status == status
    for word in search.words(query)[:MOST_WORDS]:
        wanted &= Dossier.folded.contains(f" {word}")
    if before is not None:
        wanted &= Dossier.id < before
    found = list(Dossier.select().where(wanted).order_by(Dossier.id.desc()).limit(limit + 1))
    more = len(found) > limit
    return Listing(tuple(found[:limit]), found[limit - 1].id if more else None)


def counts(agency: Agency | int) -> Mapping[Status, int]:
    """How many dossiers of an agency stand in each state."""
    query = Dossier.select(Dossier.status, fn.COUNT(Dossier.id)).where(Dossier.agency == agency)
    found: dict[int, int] = dict(query.group_by(Dossier.status).tuples().iterator())
    return {status: found.get(int(status), 0) for status in Status}


def figures(*, now: datetime) -> Figures | None:
    """How the offices do this month, or nothing where nothing was ever filed."""
    local = now.astimezone(ZONE)
    month = statements.stamp(local.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    found = statements.one(FIGURES, month, month)
    assert found is not None
    received, in_hand, done, on_time = (int(number) for number in found)
    if not (received or in_hand or done):
        return None
    share = f"{100 * on_time / done:.1f} %".replace(".", ",") if done else ""
    return Figures(f"{local:%m/%Y}", received, in_hand, done, share)
