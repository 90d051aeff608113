"""`flask serve`: everything at once, for a first look: the pages, the worker and a local mail server."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from multiprocessing import connection, get_context
from multiprocessing.context import ForkProcess
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from gunicorn.app.base import BaseApplication

import engine.worker
from engine.cli.definitions import SHIPPED, tell
from engine.cli.demo import ACCOUNTS, make_demo, say_accounts
from engine.definition.library import Library
from engine.format.faults import errors
from engine.mails.sink import HOST, Sink
from engine.office import places
from engine.platform.settings import PREFIX, Settings
from engine.publishing import versions
from engine.storage import database, migrations
from engine.storage.models import Place

BY = "flask serve"  # whom the journal names
PATIENCE = 10  # seconds that a process has for ending
BEGINNING = 60  # seconds that the pages have for coming up
LOOK_AGAIN = 0.05  # seconds between two looks whether the pages are served
THREADS = 8


@click.command()
@with_appcontext
def serve() -> None:
    """Prepare what is missing, then run until stopped."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    settings: Settings = app.config["SETTINGS"]
    raise_if_taken(settings.port)
    prepare(settings)
    database.disconnect()  # each process opens its own
    sink = None if os.environ.get(f"{PREFIX}MAIL_SERVER") else Sink(settings.data_dir / "mail")
    if sink:
        app.config.update(MAIL_SERVER=HOST, MAIL_PORT=sink.port)
    # A fork has imported everything already, and finds the connections of this process forgotten.
    fork = get_context("fork").Process
    parts = [fork(target=pages, args=(app, settings.port)), fork(target=work, args=(app,))]
    sys.exit(supervise(parts, sink, lambda: announce(settings, sink)))


def prepare(settings: Settings) -> None:
    """Makes what a first start lacks; what is there stays as it is."""
    now = datetime.now(UTC)
    migrations.upgrade()
    if not Place.select().exists():
        places.load(Library.folder(SHIPPED).areas)
    if settings.loopback:
        say_accounts(make_demo(settings.data_dir / ACCOUNTS, now))
    for loaded in versions.load_folder(SHIPPED, publish=True, now=now, by=BY, only_new=True):
        tell(errors(loaded.faults))


def raise_if_taken(port: int) -> None:
    """Ends with a sentence where another program listens already."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError as exc:
        sentence = f"Port {port} cannot be used ({exc.strerror}); choose one: make run PORT=8080"
        raise click.ClickException(sentence) from exc


# The processes beside this one


class Pages(BaseApplication):  # type: ignore[misc]
    """The pages behind Gunicorn, as in production."""

    def __init__(self, app: Flask, port: int) -> None:
        self._app, self._port = app, port
        super().__init__()

    def load_config(self) -> None:
        """What would stand on Gunicorn's command line."""
        for name, value in (
            ("bind", f"{HOST}:{self._port}"),
            ("threads", THREADS),
            ("loglevel", "warning"),
            ("graceful_timeout", 5),
        ):
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The program."""
        return self._app


def pages(app: Flask, port: int) -> None:
    """Serves the pages until a signal comes."""
    Pages(app, port).run()


def work(app: Flask) -> None:
    """Works through the outbox until a signal comes."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    engine.worker.run(app, stop=stop)


# This process


def supervise(parts: Sequence[ForkProcess], sink: Sink | None, started: Callable[[], None]) -> int:
    """Runs the parts until one ends or a signal comes, and ends them all; 0 when it was a signal."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    try:
        for part in parts:
            part.start()
        if sink:
            sink.start()  # after the forks: threads do not live on in them
        started()
        connection.wait([part.sentinel for part in parts])
    except KeyboardInterrupt:
        return 0
    finally:
        _end([part for part in parts if part.pid is not None])
        if sink:
            sink.stop()
    click.echo("A part has ended; see above. Everything is stopped.", err=True)
    return 1


def announce(settings: Settings, sink: Sink | None) -> None:
    """Says where everything is, once the pages are served; nothing where they never are."""
    if not _served(settings.port):
        return
    click.echo(f"Một Cửa:        {settings.base_url}/")
    click.echo(f"Back office:    {settings.base_url}/quan-tri/")
    if (settings.data_dir / ACCOUNTS).exists():
        click.echo(f"Demo sign-ins:  {settings.data_dir / ACCOUNTS}")
    if sink:
        click.echo(f"Mails:          {sink.folder}")
    click.echo("Ctrl-C ends it.")


def _served(port: int) -> bool:
    while not os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):  # no process has ended
        with closing(HTTPConnection(HOST, port, timeout=BEGINNING)) as asking:
            try:
                asking.request("GET", "/healthz")
                return asking.getresponse().status == HTTPStatus.OK
            except (OSError, HTTPException):
                time.sleep(LOOK_AGAIN)
    return False


def _interrupt(_number: int, _frame: object) -> None:
    # A group and its `make` both tell this process to end: the second time must not disturb the ending.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _end(parts: Sequence[ForkProcess]) -> None:
    for part in parts:
        part.terminate()
    for part in parts:
        part.join(PATIENCE)
        if part.is_alive():
            part.kill()
            part.join()
