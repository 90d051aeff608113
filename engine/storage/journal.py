"""Who did what in the back office, and who opened which dossier: references only, never an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.storage import statements
from engine.storage.models import JournalEntry, dumps

CITIZEN = "citizen"
SYSTEM = "system"

INSERT = "INSERT INTO journal_entry (at, actor, action, subject, details) VALUES (?, ?, ?, ?, ?)"


def write(action: str, subject: str, *, by: str, now: datetime, details: Mapping[str, Any] | None = None) -> None:
    """Writes one entry in the caller's transaction; `by` is a person's address, `citizen` or `system`."""
    statements.changed(INSERT, statements.stamp(now), by, action, subject, dumps(details or {}))


def of_subject(subject: str, *, limit: int = 100) -> list[JournalEntry]:
    """The latest entries about a dossier's code, a person's address or a procedure's code, newest first."""
    query = JournalEntry.select().where(JournalEntry.subject == subject)
    return list(query.order_by(JournalEntry.id.desc()).limit(limit))


def latest(*, before: int | None = None, limit: int = 100) -> list[JournalEntry]:
    """One page of the journal, newest first; `before` is the id of the last entry of the page before."""
    query = JournalEntry.select() if before is None else JournalEntry.select().where(JournalEntry.id < before)
    return list(query.order_by(JournalEntry.id.desc()).limit(limit))
