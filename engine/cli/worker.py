"""`flask worker`: sends mails and tidies up, beside the pages."""

from __future__ import annotations

import signal
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

import engine.worker
from engine.cli.tables import migrated


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end; fails if something went wrong.")
@with_appcontext
@migrated
def worker(*, once: bool) -> None:
    """Send mails and tidy up until stopped."""
    stop = threading.Event()
    if not once:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if not engine.worker.run(app, once=once, stop=stop):
        raise SystemExit(1)
