"""Since when a procedure is closed and what replaces it; when a version was withdrawn."""

from __future__ import annotations

from typing import Any

import peewee as pw


def up(migrator: Any, _db: pw.Database) -> None:
    """Adds the columns."""
    migrator.migrate(
        migrator.add_column("procedure", "closed_on", pw.CharField(null=True)),
        migrator.add_column("procedure", "successor", pw.CharField(null=True)),
        migrator.add_column("version", "withdrawn_at", pw.BigIntegerField(null=True)),
    )
