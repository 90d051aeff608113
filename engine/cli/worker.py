"""`flask worker`: sends mails and tidies up, beside the pages."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

import engine.worker


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end; fails if a mail could not be sent.")
@with_appcontext
def worker(*, once: bool) -> None:
    """Send mails and tidy up until stopped."""
    if once:
        raise SystemExit(1 if engine.worker.work_once(_clock) else 0)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    engine.worker.work(_clock, stop)


def _clock() -> datetime:
    return datetime.now(UTC)
