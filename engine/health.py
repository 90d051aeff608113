"""Whether the program lives (`/healthz`) and whether it can work (`/readyz`)."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import peewee
from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from engine.storage import migrations
from engine.storage.database import database
from engine.storage.models import Heartbeat

WORKER_SEEN = timedelta(seconds=90)


def database_answers() -> bool:
    """Whether the database answers a question."""
    try:
        database.execute_sql("SELECT 1").fetchone()
    except peewee.PeeweeException:
        return False
    return True


def migrated() -> bool:
    """Whether every migration is applied."""
    try:
        return not migrations.pending()
    except peewee.PeeweeException:
        return False


def worker_seen(now: datetime) -> bool:
    """Whether a worker gave a sign of life of late."""
    try:
        return Heartbeat.select().where(Heartbeat.at > now - WORKER_SEEN).exists()
    except peewee.PeeweeException:
        return False


def init_app(app: Flask, data_dir: Path) -> None:
    """Adds the two addresses."""
    checks: dict[str, Callable[[], bool]] = {
        "database": database_answers,
        "data_folder": lambda: os.access(data_dir, os.W_OK | os.X_OK),
        "migrations": migrated,
        "worker": lambda: worker_seen(datetime.now(UTC)),
    }

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return "ok\n", {"Content-Type": "text/plain"}

    @app.get("/readyz")
    def readyz() -> ResponseReturnValue:
        found = {name: check() for name, check in checks.items()}
        return jsonify(found), 200 if all(found.values()) else 503
