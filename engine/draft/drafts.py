"""Drafts: what a citizen has typed so far, found again by a secret that only their browser holds."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from engine import mails
from engine.draft import attachments
from engine.errors import Conflict, DraftExpired, DraftFiled, DraftMoved, NoSuchDraft
from engine.form.answers import Answers
from engine.form.compiled import CompiledForm
from engine.format.texts import Text
from engine.mails import outbox
from engine.platform.running import settings
from engine.storage import statements, vault
from engine.storage.database import is_postgres, transaction
from engine.storage.models import Agency, Draft, ResumeLink, Version

TOKEN_BYTES = 24  # 192 random bits
TRIES = 5  # to save beside others who save the same draft
SWEPT_AT_ONCE = 200

COLUMNS = (
    "id", "token", "version_id", "agency_id", "channel", "language", "answers", "sealed", "revision",
    "created_at", "saved_at", "expires_at", "dossier_id", "lookup",
)  # fmt: skip
NAMES = tuple(column.removesuffix("_id") for column in COLUMNS)
MOMENTS = ("created_at", "saved_at", "expires_at")
SELECT = f"SELECT {', '.join(COLUMNS)} FROM draft"  # noqa: S608 - the columns are named above
FIND = SELECT + " WHERE token = ? OR id = (SELECT draft_id FROM resume_link WHERE token = ?)"  # noqa: S608 - constants
BY_ID = f"{SELECT} WHERE id = ?"
SAVE = (
    "UPDATE draft SET answers = ?, sealed = ?, revision = revision + 1, saved_at = ?, expires_at = ? "
    "WHERE id = ? AND token = ? AND revision = ? AND dossier_id IS NULL"
)
MOVE = (
    "UPDATE draft SET version_id = ?, answers = ?, sealed = ?, revision = revision + 1, saved_at = ?, expires_at = ? "
    "WHERE id = ? AND token = ? AND revision = ? AND version_id = ? AND dossier_id IS NULL"
)
# SQLite gives the number of an erased last row again; a dossier remembers its draft by number, so the numbers of
# drafts that were filed are never given again.
FIRST_FREE = "SELECT 1 + MAX(COALESCE((SELECT MAX(id) FROM draft), 0), COALESCE((SELECT MAX(draft) FROM dossier), 0))"


def new_token() -> str:
    """A fresh secret for a draft."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(token: str) -> str:
    """What is stored of a token; it is random and long, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def kept_days() -> int:
    """How many days a draft is kept after its last change."""
    return settings().draft_days


def start(
    version: Version,
    agency: Agency,
    *,
    channel: str,
    language: str,
    now: datetime,
    token: str,
) -> Draft:
    """Begins a draft of a version for an agency."""
    values = {
        "token": hashed(token), "version": version.id, "agency": agency.id, "channel": channel,
        "language": language, "created_at": now, "saved_at": now, "expires_at": _expiry(now),
    }  # fmt: skip
    with transaction():
        if not is_postgres():
            first = statements.one(FIRST_FREE)
            assert first is not None
            values["id"] = first[0]
        return Draft.get_by_id(Draft.insert(values).execute())


def find(token: str, *, now: datetime) -> Draft:
    """The draft of a token. Raises `NoSuchDraft`, `DraftExpired`."""
    digest = hashed(token)
    return _alive(statements.one(FIND, digest, digest), now)


def alive(token: str, *, now: datetime) -> bool:
    """Whether the draft of a token can be gone on with."""
    try:
        return find(token, now=now).dossier_id is None
    except (NoSuchDraft, DraftExpired):
        return False


def leads_to(token: str, dossier_id: int, *, now: datetime) -> bool:
    """Whether a draft was filed as this dossier."""
    try:
        return find(token, now=now).dossier_id == dossier_id
    except (NoSuchDraft, DraftExpired):
        return False


def answers(draft: Draft, compiled: CompiledForm) -> Answers:
    """What was typed; fields that the version does not know are left out."""
    held = vault.draft_answers(draft)
    if held.values.keys() <= compiled.known and held.typed.keys() <= compiled.fields.keys():
        return held
    values = {name: value for name, value in held.values.items() if name in compiled.known}
    typed = {name: entry for name, entry in held.typed.items() if name in compiled.fields}
    return Answers(values, typed, held.posted)


def save(draft: Draft, typed: Answers, compiled: CompiledForm, *, now: datetime) -> None:
    """Stores the answers of a draft, in one statement, and moves its end.

    Where another tab or device saved in between, what it changed is kept and what was changed here is put on top.
    Raises `NoSuchDraft`, `DraftFiled`, `DraftMoved`, and `Conflict` where others never stop.
    """
    for _ in range(TRIES):
        opened, sealed = vault.draft_parts(typed, compiled.sensitive, draft.id)
        if _stored(draft, opened, sealed, now):
            return
        before = vault.draft_answers(draft)
        _take_over(draft)
        typed = merged(before, typed, vault.draft_answers(draft))
    raise Conflict("saved", "", draft.saved_at)


def _stored(draft: Draft, opened: str, sealed: bytes | None, now: datetime) -> bool:
    ends = _expiry(now)
    at = (statements.stamp(now), statements.stamp(ends))
    if not statements.changed(SAVE, opened, sealed, *at, draft.id, draft.token, draft.revision):
        return False
    draft.answers, draft.sealed, draft.revision = opened, sealed, draft.revision + 1
    draft.saved_at, draft.expires_at = now, ends
    return True


def _take_over(draft: Draft) -> None:
    """Brings a draft's row up to what is stored now. Raises `NoSuchDraft`, `DraftFiled`, `DraftMoved`."""
    fresh = again(draft)
    if fresh.dossier_id is not None:
        raise DraftFiled(fresh.dossier_id)
    if fresh.version_id != draft.version_id:
        raise DraftMoved
    draft.answers, draft.sealed, draft.revision = fresh.answers, fresh.sealed, fresh.revision


def merged(before: Answers, mine: Answers, theirs: Answers) -> Answers:
    """Their answers with what was changed here since `before`, field by field and step by step."""
    steps = (theirs.posted | (mine.posted - before.posted)) - (before.posted - mine.posted)
    values, typed = dict(theirs.values), dict(theirs.typed)
    for name in {*before.values, *mine.values, *before.typed, *mine.typed}:
        if _entry(mine, name) != _entry(before, name):
            values.pop(name, None)
            typed.pop(name, None)
            values |= {name: mine.values[name]} if name in mine.values else {}
            typed |= {name: mine.typed[name]} if name in mine.typed else {}
    return Answers(values, typed, frozenset(steps))


def _entry(held: Answers, name: str) -> tuple[object, object]:
    return held.values.get(name), held.typed.get(name)


def move(draft: Draft, version_id: int, carried: Answers, compiled: CompiledForm, *, now: datetime) -> None:
    """Moves a draft to another version of its procedure with the answers that were carried over, in one statement.

    `compiled` is the other version's form. Raises `NoSuchDraft`, `DraftFiled`, `DraftMoved`, and `Conflict` where the
    draft was saved since it was read: what would be lost has to be shown anew.
    """
    opened, sealed = vault.draft_parts(carried, compiled.sensitive, draft.id)
    at = (statements.stamp(now), statements.stamp(_expiry(now)))
    of = (draft.id, draft.token, draft.revision, draft.version_id)
    if not statements.changed(MOVE, version_id, opened, sealed, *at, *of):
        _take_over(draft)
        raise Conflict("saved", "", draft.saved_at)


def by_id(draft_id: int, *, lock: bool = False) -> Draft:
    """The draft of a row, locked until the transaction ends where asked for. Raises `NoSuchDraft`."""
    found = statements.one(statements.locking(BY_ID) if lock else BY_ID, draft_id)
    if found is None:
        raise NoSuchDraft
    return _draft(found)


def again(draft: Draft, *, lock: bool = False) -> Draft:
    """The same draft as it is now. Raises `NoSuchDraft`, also where its row's number was given to another one."""
    fresh = by_id(draft.id, lock=lock)
    if fresh.token != draft.token:
        raise NoSuchDraft
    return fresh


def finish(draft: Draft) -> None:
    """ "Kết thúc và xoá": erases a draft with its files and links; of a filed one only what led to it."""
    with transaction():
        attachments.remove_of_draft(draft.id)
        Draft.delete().where(Draft.id == draft.id).execute()


def lookup_code(draft: Draft) -> str:
    """The lookup code of the dossier that was made of it, while it may still be shown; else an empty text."""
    return vault.open_lookup(draft)


def mail_link(
    draft: Draft,
    address: str,
    *,
    language: str,
    now: datetime,
    make_token: Callable[[], str] = new_token,
) -> None:
    """Lays out a mail with a link by which the draft goes on elsewhere, until the draft's end."""
    token = make_token()
    version = Version.get_by_id(draft.version_id)
    title = Text(version.title, version.title_en).in_(language)
    mail = mails.write("resume", language, title=title, address=outbox.SECRET, until=draft.expires_at)
    with transaction():
        _add_link(draft, token)
        link = f"{settings().base_url}/tiep-tuc/{token}"
        outbox.put("resume", address, mail, now=now, secret=link)


def by_link(token: str, *, now: datetime) -> Draft:
    """The draft of a mailed link. Raises `NoSuchDraft`, `DraftExpired`.

    A link does not lead to a draft that was filed: its page shows the lookup code, which is never mailed.
    """
    link = ResumeLink.get_or_none(ResumeLink.token == hashed(token))
    if link is None:
        raise NoSuchDraft
    draft = _alive(statements.one(BY_ID, link.draft_id), now)
    if draft.dossier_id is not None:
        raise NoSuchDraft
    return draft


def resume(token: str, *, now: datetime, make_token: Callable[[], str] = new_token) -> str:
    """A fresh token for the browser that opened a mailed link; the first browser's goes on as well.

    Raises `NoSuchDraft`, `DraftExpired`.
    """
    fresh = make_token()
    _add_link(by_link(token, now=now), fresh)
    return fresh


def sweep(now: datetime) -> int:
    """Erases the drafts whose time is over, with their files; how many."""
    over = Draft.select(Draft.id).where(Draft.expires_at <= now).limit(SWEPT_AT_ONCE)
    swept = 0
    for draft in list(over):
        with transaction():
            still_over = (Draft.id == draft.id) & (Draft.expires_at <= now)
            if Draft.delete().where(still_over).execute():
                attachments.remove_of_draft(draft.id)
                swept += 1
    return swept


def _add_link(draft: Draft, token: str) -> None:
    ResumeLink.create(draft=draft.id, token=hashed(token), expires_at=draft.expires_at)


def _expiry(now: datetime) -> datetime:
    return now + timedelta(days=kept_days())


def _alive(found: statements.Row | None, now: datetime) -> Draft:
    if found is None:
        raise NoSuchDraft
    draft = _draft(found)
    if draft.expires_at <= now:
        raise DraftExpired(draft.expires_at)
    return draft


def _draft(row: statements.Row) -> Draft:
    values = dict(zip(NAMES, row, strict=True))
    return Draft(**values | {name: statements.moment(values[name]) for name in MOMENTS})
