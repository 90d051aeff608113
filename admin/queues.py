"""The lists of the officers' desk: what each holds, and how many dossiers are in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee
from flask_babel import gettext as _

from engine.dossier.dossiers import MOST_WORDS
from engine.office.workflow import Status
from engine.search import words as folded_words
from engine.storage.models import Dossier, User, Version

OPEN = tuple(status for status in Status if not status.ended and status is not Status.DONE)


@dataclass(frozen=True, slots=True)
class Queue:
    """A list: its words, its icon, the states it holds; `late`: only what is overdue."""

    words: Callable[[], str]
    icon: str
    statuses: tuple[Status, ...]
    late: bool = False


# "" is where the desk opens.
QUEUES: dict[str, Queue] = {
    "": Queue(lambda: _("Cần làm"), "office", OPEN),
    "qua-han": Queue(lambda: _("Quá hạn"), "alert", OPEN, late=True),
    "moi": Queue(lambda: _("Mới đăng ký"), "mail", (Status.REGISTERED,)),
    "dang-xu-ly": Queue(lambda: _("Đang xử lý"), "refresh", (Status.RECEIVED, Status.PROCESSING)),
    "cho-cong-dan": Queue(lambda: _("Chờ công dân"), "person", (Status.SUPPLEMENT, Status.FEE)),
    "cho-tra": Queue(lambda: _("Chờ trả kết quả"), "hand", (Status.DONE,)),
    "tat-ca": Queue(lambda: _("Tất cả"), "list", tuple(Status)),
}
PAGE = 50
COLUMNS = (
    Dossier.id, Dossier.code, Dossier.applicant, Dossier.status, Dossier.stage, Dossier.unit, Dossier.since,
    Dossier.until, Dossier.filed_at, Version.id, Version.title, User.id, User.full_name, User.email,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its rows, and the keys by which the pages beside it begin (None: there is none)."""

    rows: list[Dossier]
    before: int | None
    after: int | None


def counts(agency: int | None, *, now: datetime) -> dict[str, int]:
    """How many dossiers of an agency each list holds, by one statement."""
    late = peewee.Case(None, [(Dossier.until < now, 1)], 0)
    found: Any = (
        Dossier.select(Dossier.status, peewee.fn.COUNT(Dossier.id), peewee.fn.SUM(late))
        .where(Dossier.agency == agency)
        .group_by(Dossier.status)
        .tuples()
    )
    by_status = {status: (whole, overdue or 0) for status, whole, overdue in found}
    return {
        name: sum(int(by_status.get(status, (0, 0))[queue.late]) for status in queue.statuses)
        for name, queue in QUEUES.items()
    }


def page_of(
    agency: int | None, queue: Queue, words: str, *, now: datetime, after: int | None = None, before: int | None = None
) -> Page:
    """A page of an agency's list, by key: after or before a dossier, or from the beginning.

    Every one of `words` begins a word that the dossier is found by.
    """
    query = Dossier.select(*COLUMNS).join(Version).switch(Dossier).join(User, peewee.JOIN.LEFT_OUTER)
    query = query.where(Dossier.agency == agency, Dossier.status.in_([int(one) for one in queue.statuses]))
    if queue.late:
        query = query.where(Dossier.until < now)
    for word in folded_words(words)[:MOST_WORDS]:
        query = query.where(Dossier.folded.contains(f" {word}"))
    return _cut(query, after, before)


def _cut(query: Any, after: int | None, before: int | None) -> Page:
    """Newest first; one row more than a page says whether there is another."""
    if before is not None:
        rows = list(query.where(Dossier.id > before).order_by(Dossier.id).limit(PAGE + 1))
        more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return Page(rows, rows[0].id if more else None, rows[-1].id if rows else None)
    later = query if after is None else query.where(Dossier.id < after)
    rows = list(later.order_by(Dossier.id.desc()).limit(PAGE + 1))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    first = rows[0].id if rows and after is not None else None
    return Page(rows, first, rows[-1].id if more else None)
