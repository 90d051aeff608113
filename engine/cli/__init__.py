"""The commands beside the pages: `flask --app app …`, one file for each noun."""

from __future__ import annotations

from flask import Flask

from engine.cli.agencies import agencies
from engine.cli.config import config
from engine.cli.db import db
from engine.cli.definitions import definitions
from engine.cli.demo import demo
from engine.cli.national import import_national
from engine.cli.serve import serve
from engine.cli.standing import COMMANDS as STANDING
from engine.cli.trying import try_
from engine.cli.users import users
from engine.cli.worker import worker

COMMANDS = (agencies, config, db, definitions, demo, serve, users, worker)


def init_app(app: Flask) -> None:
    """Adds the commands to Flask's own."""
    for part in (import_national, try_, *STANDING):
        definitions.add_command(part)
    for command in COMMANDS:
        app.cli.add_command(command)
