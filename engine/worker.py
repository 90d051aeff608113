"""The worker: sends what lies in the outbox, sweeps out what has expired, and shows that it lives."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from engine import confirmations, outbox, throttle
from engine.database import database
from engine.models import Heartbeat

logger = logging.getLogger(__name__)

IDLE = 1.0  # seconds between two looks into an empty outbox
BEAT_EVERY = timedelta(seconds=15)  # well within what `/readyz` allows
SWEEP_EVERY = timedelta(minutes=5)
FORGOTTEN = timedelta(days=1)  # after which a worker that ended is no longer listed
BATCH = 100  # mails between two signs of life
SWEEPERS: tuple[Callable[[datetime], int], ...] = (confirmations.sweep, throttle.sweep)


def name() -> str:
    """This worker's name: the machine and the process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def beat(worker: str, now: datetime) -> None:
    """Shows that the worker lives."""
    row = Heartbeat.insert(worker=worker, at=now)
    row.on_conflict(conflict_target=[Heartbeat.worker], update={Heartbeat.at: now}).execute()
    Heartbeat.delete().where(Heartbeat.at < now - FORGOTTEN).execute()


def send_due(clock: Callable[[], datetime], limit: int) -> tuple[int, int]:
    """Sends the mails that are due, at most `limit`; how many were sent and how many were put off."""
    sent = put_off = 0
    while sent + put_off < limit and (message := outbox.claim(clock())):
        if outbox.deliver(message, now=clock(), jitter=random.random):
            sent += 1
        else:
            put_off += 1
            logger.warning("Mail %s was not sent, try %s.", message.id, message.tries)
    return sent, put_off


def sweep(now: datetime) -> None:
    """Deletes what has expired."""
    for sweeper in SWEEPERS:
        sweeper(now)


def work_once(clock: Callable[[], datetime]) -> int:
    """Everything that is due now; how many mails could not be sent."""
    beat(name(), clock())
    failed = 0
    while True:
        sent, put_off = send_due(clock, BATCH)
        failed += put_off
        if not sent + put_off:
            break
    sweep(clock())
    return failed


def work(clock: Callable[[], datetime], stop: threading.Event) -> None:
    """Works until `stop` is set; whatever one round meets is logged, and the next one begins."""
    worker = name()
    beaten = swept = datetime.min.replace(tzinfo=clock().tzinfo)
    while not stop.is_set():
        now, busy = clock(), False
        try:
            if now - beaten >= BEAT_EVERY:
                beat(worker, now)
                beaten = now
            if now - swept >= SWEEP_EVERY:
                sweep(now)
                swept = now
            busy = any(send_due(clock, BATCH))
        except Exception:  # one broken message must not stop the others
            logger.exception("A round of the worker failed.")
        finally:
            database.settle()
        if not busy:
            stop.wait(IDLE)
    Heartbeat.delete().where(Heartbeat.worker == worker).execute()
