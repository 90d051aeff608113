"""`flask serve`: everything at once, for a first look: web, worker and a local mail server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

import click
from flask import current_app

from engine import database
from engine.settings import PREFIX, ROOT, Settings
from engine.sink import Sink

PATIENCE = 10  # seconds that a process has for ending
THREADS = 8


@click.command()
def serve() -> None:
    """Prepare what is missing, then run until stopped."""
    settings: Settings = current_app.config["SETTINGS"]
    raise_if_taken(settings.port)
    database.disconnect()  # each process opens its own
    variables = dict(os.environ)
    sink = None
    if not os.environ.get(f"{PREFIX}MAIL_SERVER"):
        sink = Sink(settings.data_dir / "mail")
        sink.start()
        variables |= {f"{PREFIX}MAIL_SERVER": "127.0.0.1", f"{PREFIX}MAIL_PORT": str(sink.port)}
    announce(settings, sink)
    ended = supervise(commands(settings), variables)
    if sink:
        sink.stop()
    raise SystemExit(ended)


def raise_if_taken(port: int) -> None:
    """Ends with a sentence where another program listens already."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as exc:
        raise click.ClickException(
            f"Port {port} cannot be used ({exc.strerror}); choose one: make run PORT=8080"
        ) from exc


def commands(settings: Settings) -> list[list[str]]:
    """The processes beside this one."""
    python = [sys.executable, "-m"]
    return [
        [*python, "gunicorn", "--bind", f"127.0.0.1:{settings.port}", "--threads", str(THREADS),
         "--log-level", "warning", "app:create_app()"],
        [*python, "flask", "--app", "app", "worker"],
    ]  # fmt: skip


def announce(settings: Settings, sink: Sink | None) -> None:
    """Says where everything is."""
    click.echo(f"Một Cửa:        {settings.base_url}/")
    click.echo(f"Back office:    {settings.base_url}/quan-tri/")
    if (settings.data_dir / "demo-accounts.json").exists():
        click.echo(f"Demo sign-ins:  {settings.data_dir / 'demo-accounts.json'}")
    if sink:
        click.echo(f"Mails:          {sink.folder}")
    click.echo("Ctrl-C ends it.")


def supervise(processes: Sequence[Sequence[str]], variables: Mapping[str, str]) -> int:
    """Runs the processes until one ends or a signal comes, and ends them all; 0 when it was a signal."""
    signal.signal(signal.SIGTERM, _interrupt)
    children: list[subprocess.Popen[bytes]] = []
    try:
        for command in processes:
            children.append(subprocess.Popen(command, cwd=ROOT, env=variables))  # noqa: S603  commands of our own
        os.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            _end(child)
    return 1


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
