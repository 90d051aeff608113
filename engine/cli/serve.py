"""`flask serve`: everything at once, for a first look: web, worker and a local mail server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

import click
from flask import current_app

from engine import database, migrations
from engine.settings import PREFIX, ROOT, Settings
from engine.sink import HOST, Sink

PATIENCE = 10  # seconds that a process has for ending
LOOK_AGAIN = 0.05  # seconds between two looks whether the pages are served
THREADS = 8

Process = subprocess.Popen[bytes]


@click.command()
def serve() -> None:
    """Prepare what is missing, then run until stopped."""
    settings: Settings = current_app.config["SETTINGS"]
    raise_if_taken(settings.port)
    prepare()
    database.disconnect()  # each process opens its own
    sink = None if os.environ.get(f"{PREFIX}MAIL_SERVER") else Sink(settings.data_dir / "mail")
    status = supervise(commands(settings), with_sink(sink), lambda: announce(settings, sink))
    if sink:
        sink.stop()
    raise SystemExit(status)


def prepare() -> None:
    """Makes what a first start lacks; what is there stays as it is."""
    migrations.upgrade()


def raise_if_taken(port: int) -> None:
    """Ends with a sentence where another program listens already."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError as exc:
        raise click.ClickException(
            f"Port {port} cannot be used ({exc.strerror}); choose one: make run PORT=8080"
        ) from exc


def with_sink(sink: Sink | None) -> dict[str, str]:
    """The variables of the processes beside this one, which send to the local mail server where there is one."""
    if sink is None:
        return dict(os.environ)
    sink.start()
    return dict(os.environ) | {f"{PREFIX}MAIL_SERVER": HOST, f"{PREFIX}MAIL_PORT": str(sink.port)}


def commands(settings: Settings) -> list[list[str]]:
    """The processes beside this one, the pages first."""
    python = [sys.executable, "-m"]
    return [
        [*python, "gunicorn", "--bind", f"{HOST}:{settings.port}", "--threads", str(THREADS),
         "--log-level", "warning", "app:create_app()"],
        [*python, "flask", "--app", "app", "worker"],
    ]  # fmt: skip


def announce(settings: Settings, sink: Sink | None) -> None:
    """Says where everything is, once the pages are served; nothing where they never are."""
    if not _served(settings.port):
        return
    click.echo(f"Một Cửa:        {settings.base_url}/")
    click.echo(f"Back office:    {settings.base_url}/quan-tri/")
    if (settings.data_dir / "demo-accounts.json").exists():
        click.echo(f"Demo sign-ins:  {settings.data_dir / 'demo-accounts.json'}")
    if sink:
        click.echo(f"Mails:          {sink.folder}")
    click.echo("Ctrl-C ends it.")


def _served(port: int) -> bool:
    for _ in range(round(60 / LOOK_AGAIN)):
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            if os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return False  # a process ended already
            time.sleep(LOOK_AGAIN)
        else:
            return True
    return False


def supervise(processes: Sequence[Sequence[str]], variables: Mapping[str, str], started: Callable[[], None]) -> int:
    """Runs the processes until one ends or a signal comes, and ends them all; 0 when it was a signal."""
    signal.signal(signal.SIGTERM, _interrupt)
    children: list[Process] = []
    try:
        for command in processes:
            children.append(subprocess.Popen(command, cwd=ROOT, env=variables))  # noqa: S603  commands of our own
        started()
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            child.terminate()
        for child in children:
            _end(child)
    click.echo("A part has ended; see above. Everything is stopped.", err=True)
    return 1


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _end(child: Process) -> None:
    try:
        child.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
