"""Whether a procedure may be used now: shown, withdrawn, closed; and old versions brought back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.errors import NoSuchProcedure, NoSuchVersion, SuccessorRefused, UnpublishedChanges
from engine.format import json_text
from engine.publishing import rows, versions
from engine.storage import journal, statements
from engine.storage.database import transaction
from engine.storage.models import ProcedureRow, TemplateFile, Version

LONGEST_CHAIN = 20  # of procedures that replaced each other
OF_VERSION = (
    "SELECT p.current, p.closed_on, p.successor FROM version v JOIN procedure p ON p.id = v.procedure_id WHERE v.id = ?"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a procedure stands: the id of the version that the public sees, from which local day it is closed
    (`YYYY-MM-DD`, empty for none), and the code of what replaces it.
    """

    current: int | None
    closed_on: str = ""
    successor: str = ""

    def closed(self, today: str) -> bool:
        """Whether nothing is received on the local day `today`."""
        return bool(self.closed_on) and self.closed_on <= today


def of_version(version_id: int) -> Standing:
    """How the procedure of a version stands, in one fixed statement."""
    found = statements.one(OF_VERSION, version_id)
    return Standing(None) if found is None else Standing(found[0], found[1] or "", found[2] or "")


def of_code(code: str) -> Standing | None:
    """How a procedure stands; nothing where there is none."""
    row = ProcedureRow.get_or_none(ProcedureRow.code == code)
    return None if row is None else Standing(row.current, row.closed_on or "", row.successor or "")


def version_of(code: str, number: int) -> Version:
    """A version by its number; raises `NoSuchVersion`."""
    found: Version | None = Version.get_or_none(Version.code == code, Version.number == number)
    if found is None:
        raise NoSuchVersion(code, number)
    return found


def ever_published(code: str) -> bool:
    """Whether the public ever saw a procedure."""
    return bool(Version.select().where(Version.code == code).exists())


# What changes it


def withdraw(code: str, *, back_to: int | None = None, by: str, now: datetime) -> None:
    """Takes the version that the public sees back; with `back_to` the public sees that one instead, else none.

    Dossiers and drafts keep their version. Nothing happens where nothing is shown. Raises `NoSuchProcedure`,
    `NoSuchVersion`.
    """
    with transaction():
        row = _row(code)
        if row.current is None:
            return
        instead = version_of(code, back_to) if back_to is not None else None
        shown = Version.get_by_id(row.current)
        Version.update(withdrawn_at=now).where(Version.id == shown.id).execute()
        details: dict[str, Any] = {"version": shown.number}
        if instead is not None:
            Version.update(withdrawn_at=None).where(Version.id == instead.id).execute()
            details["back_to"] = instead.number
        ProcedureRow.update(current=instead.id if instead else None).where(ProcedureRow.id == row.id).execute()
        journal.write("withdrawn", code, by=by, now=now, details=details)


def show_again(code: str, number: int, *, by: str, now: datetime) -> None:
    """The public sees an older version again. Raises `NoSuchProcedure`, `NoSuchVersion`."""
    with transaction():
        row, version = _row(code), version_of(code, number)
        if row.current == version.id:
            return
        Version.update(withdrawn_at=None).where(Version.id == version.id).execute()
        ProcedureRow.update(current=version.id).where(ProcedureRow.id == row.id).execute()
        journal.write("shown_again", code, by=by, now=now, details={"version": number})


def close(code: str, *, on: date, successor: str = "", by: str, now: datetime) -> None:
    """From the local day `on` nothing is received; `successor` is the code of what replaces it, or empty.

    Raises `NoSuchProcedure`, `SuccessorRefused`.
    """
    with transaction():
        row = _row(code)
        if successor:
            _raise_if_no_successor(code, successor)
        ProcedureRow.update(closed_on=on.isoformat(), successor=successor or None).where(
            ProcedureRow.id == row.id
        ).execute()
        details = {"on": on.isoformat(), **({"successor": successor} if successor else {})}
        journal.write("closed", code, by=by, now=now, details=details)


def _raise_if_no_successor(code: str, successor: str) -> None:
    """A successor must be published, and must not lead back to what it replaces."""
    following = successor
    for _ in range(LONGEST_CHAIN):
        if following == code:
            raise SuccessorRefused(successor, "circle")
        found = of_code(following)
        if found is None or (following == successor and found.current is None):
            raise SuccessorRefused(successor, "unknown")
        if not found.successor:
            return
        following = found.successor
    raise SuccessorRefused(successor, "circle")


def reopen(code: str, *, by: str, now: datetime) -> None:
    """A closed procedure receives again; nothing happens to one that is open. Raises `NoSuchProcedure`."""
    with transaction():
        row = _row(code)
        if row.closed_on is None:
            return
        ProcedureRow.update(closed_on=None, successor=None).where(ProcedureRow.id == row.id).execute()
        journal.write("reopened", code, by=by, now=now)


def restore(code: str, number: int, *, confirmed: bool, by: str, now: datetime) -> None:
    """Puts an old version into the rows, with its blank forms; the public sees nothing of it until it is published.

    Fields of blocks come back as fields of their own, since a version keeps them expanded; catalogs stay as they are
    now. Raises `NoSuchProcedure`, `NoSuchVersion`, and `UnpublishedChanges` where rows that were never published
    would be lost and nobody `confirmed` that.
    """
    with transaction():
        row, version = _row(code), version_of(code, number)
        if not confirmed and versions.differs(code):
            raise UnpublishedChanges(code)
        pinned = json_text.loads(version.document)
        rows.write(pinned["procedure"], now=now)
        for file, digest in pinned["templates"].items():
            _restore_template(row, file, digest)
        journal.write("restored", code, by=by, now=now, details={"version": number})


def _restore_template(row: ProcedureRow, file: str, digest: str) -> None:
    path = versions.template_folder() / digest
    if not path.is_file():
        return
    values = {"digest": digest, "size": path.stat().st_size, "media_type": versions.media_type(file)}
    TemplateFile.insert(procedure=row, file=file, **values).on_conflict(
        conflict_target=[TemplateFile.procedure, TemplateFile.file], update=values
    ).execute()


def _row(code: str) -> ProcedureRow:
    found: ProcedureRow | None = ProcedureRow.get_or_none(ProcedureRow.code == code)
    if found is None:
        raise NoSuchProcedure(code)
    return found
