"""Trials of the back office: asked for on a procedure's page, walked by the worker, kept with their report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import peewee

from engine.definition.procedure import Procedure
from engine.errors import NoSuchProcedure, NotOnline, NotPublishable, ScratchRefused, TrialRunning, TrialStopped
from engine.format.faults import errors
from engine.publishing import versions
from engine.storage import journal, statements
from engine.storage.database import is_postgres, transaction
from engine.storage.models import ProcedureRow, Trial, dumps
from engine.trial import trials
from engine.trial.report import Report
from engine.trial.scratch import Source
from engine.trial.words import Said

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
LEASE = timedelta(minutes=3)  # longer than planning and one walk may take
LONGEST = timedelta(minutes=20)  # for a whole trial
TRIES = 2  # before a trial that ends its worker is left alone
KEPT = 5  # ended trials of one procedure

NEXT = (
    "SELECT id FROM trial WHERE state IN ('waiting', 'running') AND (leased_until IS NULL OR leased_until <= ?) "
    "ORDER BY id LIMIT 1"
)
CLAIM = (
    "UPDATE trial SET state = 'running', leased_until = ?, tries = tries + 1 WHERE id = ({next}) "
    "AND (leased_until IS NULL OR leased_until <= ?) RETURNING id"
)


def ask(code: str, *, by: str, now: datetime) -> Trial:
    """Has the saved draft of a procedure tried.

    Raises `NoSuchProcedure`, `NotPublishable` with every fault, `NotOnline`, and `TrialRunning` while one is under way.
    """
    row, procedure = checked(code)
    try:
        with transaction():
            trial: Trial = Trial.create(
                procedure=row, running=row.id, digest=digest_of(procedure), revision=row.revision, asked_by=by,
                asked_at=now,
            )  # fmt: skip
            journal.write("trial.asked", code, by=by, now=now, details={"draft": trial.digest[:16]})
            _forget_old(row.id)
    except peewee.IntegrityError as exc:  # the column `running` is unique
        raise TrialRunning(code) from exc
    return trial


def checked(code: str) -> tuple[ProcedureRow, Procedure]:
    """The draft of a procedure as it would be published, and its row as it was before; raises as `ask` does."""
    row: ProcedureRow | None = ProcedureRow.get_or_none(ProcedureRow.code == code)
    procedure, faults = versions.checked(code)
    if row is None:
        raise NoSuchProcedure(code)
    if procedure is None:
        raise NotPublishable(code, errors(faults))
    if not procedure.online:
        raise NotOnline(code)
    return row, procedure


def digest_of(procedure: Procedure) -> str:
    """The hash of a draft with its blocks expanded."""
    return hashlib.sha256(dumps(procedure.expanded).encode()).hexdigest()


def latest(code: str) -> Trial | None:
    """The last trial of a procedure that was asked for."""
    query = Trial.select().join(ProcedureRow).where(ProcedureRow.code == code)
    found: Trial | None = query.order_by(Trial.id.desc()).first()
    return found


def report_of(trial: Trial) -> Report | None:
    """What a trial found, once it is done."""
    return None if trial.report is None else Report.of(trial.report)


def _forget_old(procedure: int) -> None:
    ended = Trial.select(Trial.id).where(Trial.procedure == procedure, Trial.running.is_null())
    kept = [one.id for one in ended.order_by(Trial.id.desc()).limit(KEPT)]
    Trial.delete().where(Trial.procedure == procedure, Trial.running.is_null(), Trial.id.not_in(kept)).execute()


# The worker's side


def claim(now: datetime) -> Trial | None:
    """The next trial that is due, leased to the caller; one whose worker ended is taken up again, and then given up."""
    at, until = statements.stamp(now), statements.stamp(now + LEASE)
    if statements.one(NEXT, at) is None:
        return None
    lock = " FOR UPDATE SKIP LOCKED" if is_postgres() else ""
    with transaction():
        found = statements.one(CLAIM.format(next=NEXT + lock), until, at, at)
    trial: Trial | None = None if found is None else Trial.get_by_id(found[0])
    if trial is not None and trial.tries > TRIES:
        fail(trial, Said("abandoned"), now=now)
        return None
    return trial


def perform(trial: Trial, *, clock: Callable[[], datetime], stop: Callable[[], bool]) -> None:
    """Tries the draft as it stands now, and keeps the report; where `stop` says so it waits for another worker."""
    begun = clock()

    def over() -> bool:
        return stop() or clock() - begun > LONGEST

    def tell(progress: trials.Progress) -> None:
        values = {"done": progress.done, "walks": progress.walks, "leased_until": clock() + LEASE}
        _update(trial, values)

    try:
        row, procedure = checked(trial.procedure.code)
        _update(trial, {"digest": digest_of(procedure), "revision": row.revision})
        (report,) = trials.run(Source(versions.library(), (procedure,)), now=begun, tell=tell, stop=over)
    except (NotPublishable, NotOnline):
        fail(trial, Said("faulty"), now=clock())
    except ScratchRefused as refused:
        fail(trial, Said("refused", str(refused)), now=clock())
    except TrialStopped:
        if stop():
            _update(trial, {"state": WAITING, "leased_until": None, "tries": trial.tries - 1})
        else:
            fail(trial, Said("too_long", str(int(LONGEST.total_seconds() // 60))), now=clock())
    else:
        _end(trial, {"state": DONE, "report": report.document()}, now=clock())


def fail(trial: Trial, why: Said, *, now: datetime) -> None:
    """Ends a trial without a report."""
    _end(trial, {"state": FAILED, "why": dumps(why.document())}, now=now)


def _end(trial: Trial, values: dict[str, object], *, now: datetime) -> None:
    _update(trial, {**values, "running": None, "leased_until": None, "ended_at": now})


def _update(trial: Trial, values: dict[str, object]) -> None:
    Trial.update(values).where(Trial.id == trial.id, Trial.running.is_null(is_null=False)).execute()
