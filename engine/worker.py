"""The worker: sends what lies in the outbox, tries procedures, erases what is over. Any number of them may run."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask

from engine.dossier import lookup
from engine.draft import attachments, confirmations, drafts, throttle
from engine.mails import outbox
from engine.storage.database import database
from engine.storage.models import Heartbeat, Trial
from engine.trial import jobs
from engine.trial.words import Said

logger = logging.getLogger(__name__)

PAUSE = 2.0  # seconds between two rounds
BATCH = 50  # mails of one round
SWEEP_EVERY = timedelta(minutes=5)
BEAT_EVERY = timedelta(seconds=20)
FORGOTTEN = timedelta(days=1)  # after which a worker that ended is no longer listed

SWEEPS: dict[str, Callable[[datetime], int]] = {
    "drafts": drafts.sweep,
    "captchas": confirmations.sweep,
    "limits": throttle.sweep,
    "one-time codes": lookup.sweep,
    "files left aside": attachments.sweep,
    "files of no draft": attachments.sweep_orphans,
    "mails about no dossier": outbox.sweep,
}


def run(
    app: Flask,
    *,
    once: bool = False,
    stop: threading.Event | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    jitter: Callable[[], float] = random.random,
) -> bool:
    """Works until `stop` is set, or with `once` until nothing is due; whether every round went well.

    A fault ends a round, not the worker: it is logged, and the next round begins after a pause.
    """
    ended = stop or threading.Event()
    outbox.init_app(app)
    beside = Beside(app, clock)
    name = f"{socket.gethostname()}:{os.getpid()}"
    swept: datetime | None = None
    well = True
    while not ended.is_set():
        now, worked = clock(), 0
        due = swept is None or now - swept >= SWEEP_EVERY
        try:
            with app.app_context():
                worked = work(name, now=now, clock=clock, jitter=jitter, sweeping=due)
            beside.look(now)
            swept = now if due else swept
        except Exception:
            logger.exception("A round of the worker failed.")
            well = False
        finally:
            database.settle()
        if once and (not worked or not well):
            break
        ended.wait(0 if worked == BATCH or once else PAUSE)
    beside.end(at_once=not once)
    return well and beside.well


class Beside:
    """The one trial that is walked beside the mails, in a thread of its own: it takes minutes, and they do not wait."""

    def __init__(self, app: Flask, clock: Callable[[], datetime]) -> None:
        self.app, self.clock = app, clock
        self.well = True
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def look(self, now: datetime) -> None:
        """Takes up the next trial that is due, unless one is under way."""
        if self._thread is not None and self._thread.is_alive():
            return
        with self.app.app_context():
            trial = jobs.claim(now)
        if trial is not None:
            self._thread = threading.Thread(target=self._perform, args=(trial,))
            self._thread.start()

    def end(self, *, at_once: bool) -> None:
        """Waits for what is under way; `at_once` leaves it to another worker."""
        if at_once:
            self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _perform(self, trial: Trial) -> None:
        with self.app.app_context():
            try:
                jobs.perform(trial, clock=self.clock, stop=self._ended.is_set)
            except Exception:
                logger.exception("Trial %s failed.", trial.id)
                self.well = False
                jobs.fail(trial, Said("broken"), now=self.clock())
            finally:
                database.settle()
                database.close()


def work(
    name: str,
    *,
    now: datetime,
    clock: Callable[[], datetime],
    jitter: Callable[[], float],
    sweeping: bool,
) -> int:
    """One round; how many mails were tried."""
    beat(name, now)
    if sweeping:
        sweep(now)
    for tried in range(BATCH):
        at = clock()
        if at - now >= BEAT_EVERY:  # a server that does not answer takes its time for each mail
            now = at
            beat(name, now)
        if not _deliver_one(at, jitter):
            return tried
    return BATCH


def beat(name: str, now: datetime) -> None:
    """Gives a sign of life."""
    Heartbeat.insert(worker=name, at=now).on_conflict(conflict_target=[Heartbeat.worker], update={"at": now}).execute()


def sweep(now: datetime) -> None:
    """Erases everything that is over."""
    for what, erase in SWEEPS.items():
        if count := erase(now):
            logger.info("Erased %s: %s", what, count)
    Heartbeat.delete().where(Heartbeat.at < now - FORGOTTEN).execute()


def _deliver_one(now: datetime, jitter: Callable[[], float]) -> bool:
    message = outbox.claim(now)
    if message is None:
        return False
    if not outbox.deliver(message, now=now, jitter=jitter):
        logger.warning("Mail %s was not sent: try %s of %s.", message.id, message.tries, outbox.TRIES)
    return True
