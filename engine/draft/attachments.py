"""Received files: taken in while they are measured, kept under random names, served as attachments only."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import shutil
import struct
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import quote

from engine.form.compiled import CompiledForm
from engine.form.showing import bare
from engine.format.contents import content_of
from engine.format.texts import Text
from engine.kinds import Context, Refused
from engine.kinds.files import MEDIA_TYPES, File
from engine.kinds.messages import Problem
from engine.kinds.signature import PICTURE, Signature
from engine.platform.running import settings
from engine.storage import statements, vault
from engine.storage.models import Attachment, Dossier, Draft

MEGABYTE = 1_048_576  # as people's machines count it
MOST_FILES = 60  # of one draft
LONGEST_NAME = 120  # characters
PIECE = 65_536  # bytes read at a time
RESERVE = 200 * MEGABYTE  # of the disk, kept free of received files: the database needs room to go on
KEPT_UNUSED = timedelta(minutes=10)  # another request may be about to save what it has just received
ALIASES = {"jpeg": "jpg", "jfif": "jpg"}

# What a drawn signature may be: a small picture, as a page's canvas makes it.
DRAWING = File(name="chu_ky", label=Text("Chữ ký"), accept=("png",), max_mb=1, max_files=1)
DRAWING_NAME = "chu-ky.png"
DATA_URL = "data:"
UNREADABLE = ("file.type", "file.empty")
LARGEST_DRAWING = 400_000  # bytes, after decoding
MOST_PIXELS = 4_000  # of a side

RESULT = "result"
ANSWER = "answer"

NAMES = "SELECT public_id, name FROM attachment WHERE draft = ? ORDER BY id"
HELD = "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM attachment WHERE draft = ?"


class Upload(Protocol):
    """A file as a request carries it; its own type and length are not believed."""

    @property
    def filename(self) -> str | None: ...
    @property
    def stream(self) -> IO[bytes]: ...


class Uploads(Protocol):
    """The files of a request, by input."""

    def getlist(self, key: str, /) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that was taken in and found good, not kept yet."""

    path: Path
    name: str
    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Received:
    """What came of the files of one post: the ids of the good ones and the problems of the others, by field."""

    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, Problem] = field(default_factory=dict)

    def with_(self, other: Received) -> Received:
        """What came of both."""
        return Received({**self.ids, **other.ids}, {**self.names, **other.names}, {**self.refused, **other.refused})

    def sentences(self, compiled: CompiledForm, language: str) -> dict[str, str]:
        """One sentence for each field with a refused file."""
        return {
            name: problem.sentence(bare(compiled.fields[name].label, language), language)
            for name, problem in self.refused.items()
        }


def receive_all(draft: Draft, fields: Iterable[File], uploads: Uploads, *, now: datetime) -> Received:
    """Takes in every file of a post; a bad one is refused with its own problem, and the good ones are kept."""
    sent = [(item, upload) for item in fields for upload in uploads.getlist(item.name) if upload.filename]
    if not sent:
        return Received()
    forget_unused(draft, now=now)
    ids: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    refused = {item.name: _over_quota(upload) for item, upload in sent[MOST_FILES:]}  # not even looked at
    for item, upload in sent[:MOST_FILES]:
        try:
            kept = receive(draft, item, upload, now=now)
        except Refused as refusal:
            refused.setdefault(item.name, refusal.problem)
        else:
            ids[item.name] = (*ids.get(item.name, ()), kept.public_id)
            names[kept.public_id] = kept.name
    return Received(ids, names, refused)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn signature as an upload."""

    stream: IO[bytes]
    filename: str = DRAWING_NAME


def receive_drawn(
    draft: Draft, fields: Iterable[Signature], inputs: Mapping[str, Sequence[str]], *, now: datetime
) -> Received:
    """Takes in the signatures that a post brings as `data:image/png;base64,…` in `<f>-drawn`, the last of each."""
    received = Received()
    for item in fields:
        sent = [value for value in inputs.get(f"{item.name}-drawn", ()) if value.startswith(DATA_URL)]
        if not sent:
            continue
        forget_unused(draft, now=now)
        try:
            with incoming(drawing(sent[-1]), DRAWING) as file:
                _raise_if_over_quota(draft, file)
                kept = keep(file, now=now, field=item.name, draft=draft.id)
        except Refused as refusal:
            problem = Problem("signature.drawn") if refusal.problem.code in UNREADABLE else refusal.problem
            received = received.with_(Received(refused={item.name: problem}))
        else:
            received = received.with_(Received({item.name: (kept.public_id,)}, {kept.public_id: kept.name}))
    return received


def drawing(sent: str) -> Drawing:
    """The picture of a data URL; raises `Refused` with `signature.drawn` or `signature.large`."""
    if len(sent) > LARGEST_DRAWING * 4 // 3 + len(PICTURE) + 4:
        raise Refused("signature.large")
    try:
        content = base64.b64decode(sent.removeprefix(PICTURE), validate=True)
    except ValueError as error:
        raise Refused("signature.drawn") from error
    sides = struct.unpack(">II", content[16:24]) if len(content) > 45 else (0, 0)
    if not all(0 < side <= MOST_PIXELS for side in sides) or content[-8:-4] != b"IEND":
        raise Refused("signature.drawn")
    return Drawing(BytesIO(content))


def receive(draft: Draft, item: File, upload: Upload, *, now: datetime) -> Attachment:
    """Takes in one file for a field of a draft.

    Raises `Refused` with `file.quota`, and as `incoming` does.
    """
    with incoming(upload, item) as file:
        _raise_if_over_quota(draft, file)
        return keep(file, now=now, field=item.name, draft=draft.id)


@contextmanager
def incoming(upload: Upload, item: File, *, reserve: int = RESERVE) -> Iterator[Incoming]:
    """Writes a file aside and looks at it; what was not kept when the block ends is gone.

    Raises `Refused` with `file.empty`, `file.large` or `file.type`, and with `file.space` where less than `reserve`
    bytes of the disk are free.
    """
    name = safe_name(upload.filename or "")
    path = _folder() / ".incoming" / secrets.token_hex(16)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(path.parent).free < reserve:
        raise Refused("file.space", name=name)
    try:
        digest, size = _write(upload.stream, path, name, item.max_mb)
        ending = _ending(path, name, item)
        yield Incoming(path, _with_ending(name, ending), digest, size, MEDIA_TYPES[ending])
    finally:
        path.unlink(missing_ok=True)


def keep(
    file: Incoming,
    *,
    now: datetime,
    field: str = "",
    draft: int | None = None,
    dossier: int | None = None,
    purpose: str = ANSWER,
) -> Attachment:
    """Gives a file that was taken in its row and its place."""
    row = Attachment(
        public_id=secrets.token_hex(16), draft=draft, dossier=dossier, purpose=purpose, field=field, name=file.name,
        digest=file.digest, size=file.size, media_type=file.media_type, received_at=now,
    )  # fmt: skip
    target = path(row)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.path.replace(target)
    row.save(force_insert=True)
    return row


def names(draft: Draft) -> dict[str, str]:
    """The names of the files that a draft holds, by their ids."""
    return dict(statements.rows(NAMES, draft.id))


def with_received(context: Context, received: Received) -> Context:
    """The context with the files that have just come."""
    return replace(context, attachments={**context.attachments, **received.names}) if received.names else context


def of_dossier(dossier: Dossier) -> list[Attachment]:
    """The files of a dossier, those of the citizen and those of the office, in the order they came."""
    return list(Attachment.select().where(Attachment.dossier == dossier.id).order_by(Attachment.id))


def find(public_id: str) -> Attachment | None:
    """The file of this id."""
    found: Attachment | None = Attachment.get_or_none(Attachment.public_id == public_id)
    return found


def path(attachment: Attachment) -> Path:
    """Where a file's bytes stand: in two hundred and fifty-six folders, under a name that says nothing."""
    return _folder() / attachment.public_id[:2] / attachment.public_id


def open_file(attachment: Attachment) -> IO[bytes]:
    """The bytes of a file; raises `FileNotFoundError` where they are gone."""
    return path(attachment).open("rb")


def headers(attachment: Attachment) -> dict[str, str]:
    """The headers with which a file is served: to be saved, never to be run in the site's name.

    `X-Content-Type-Options: nosniff` is on every response already.
    """
    plain = unicodedata.normalize("NFKD", attachment.name).encode("ascii", "ignore").decode()
    plain = "".join(char if char.isalnum() or char in "._- " else "_" for char in plain)
    return {
        "Content-Type": attachment.media_type,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(attachment.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }


def remove(attachments: Iterable[Attachment]) -> None:
    """Erases files and their rows; bytes first, so that none stay behind without a row."""
    for attachment in attachments:
        path(attachment).unlink(missing_ok=True)
        attachment.delete_instance()


def remove_of_draft(draft_id: int) -> None:
    """Erases what a draft holds and no dossier does."""
    unfiled = (Attachment.draft == draft_id) & Attachment.dossier.is_null()
    remove(list(Attachment.select().where(unfiled)))


def forget_unused(draft: Draft, *, now: datetime) -> None:
    """Erases files of a draft that its answers do not name any more."""
    old = (Attachment.draft == draft.id) & (Attachment.received_at < now - KEPT_UNUSED)
    held = list(Attachment.select().where(old))
    used = used_ids(vault.draft_answers(draft).values) if held else frozenset()
    remove(one for one in held if one.public_id not in used)


def used_ids(values: Mapping[str, Any]) -> frozenset[str]:
    """Every id that a view may hold, in lists of files or as a drawn signature."""
    lists = [value if isinstance(value, list) else [value] for value in values.values()]
    return frozenset(item for held in lists for item in held if isinstance(item, str))


def sweep(now: datetime) -> int:
    """Erases what a process that ended in the middle left aside; how many files."""
    oldest = (now - timedelta(days=1)).timestamp()
    left = [one for one in (_folder() / ".incoming").glob("*") if one.stat().st_mtime < oldest]
    for one in left:
        one.unlink(missing_ok=True)
    return len(left)


def sweep_orphans(_now: datetime) -> int:
    """Erases files that reached a draft just when it was erased; how many."""
    of_none = Attachment.dossier.is_null() & Attachment.draft.not_in(Draft.select(Draft.id))
    left = list(Attachment.select().where(of_none))
    remove(left)
    return len(left)


def safe_name(typed: str) -> str:
    """A file's name without its folders, control and invisible characters, in NFC, at most 120 characters."""
    last = unicodedata.normalize("NFC", typed).replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if dot and len(ending) <= 8:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return shown[:LONGEST_NAME] or "tep"


def _write(stream: IO[bytes], path: Path, name: str, max_mb: int) -> tuple[str, int]:
    """Writes a stream to disk, and stops as soon as it is too large; its SHA-256 and size."""
    digest, size = hashlib.sha256(), 0
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > max_mb * MEGABYTE:
                raise Refused("file.large", name=name, limit=max_mb)
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise Refused("file.empty", name=name)
    return digest.hexdigest(), size


def _ending(path: Path, name: str, item: File) -> str:
    """What the content is; raises `Refused` where it is not taken, or not what the name claims."""
    found = content_of(path, item.accept)
    claimed = _claimed(name)
    if found is None or (claimed in MEDIA_TYPES and claimed != found):
        accept = ", ".join(ending.upper() for ending in item.accept)
        raise Refused("file.type", name=name, accept=accept)
    return found


def _claimed(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    return ALIASES.get(ending, ending)


def _with_ending(name: str, ending: str) -> str:
    """The name, so that a machine opens it as what it is."""
    return name if _claimed(name) == ending else f"{name[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _raise_if_over_quota(draft: Draft, file: Incoming) -> None:
    held = statements.one(HELD, draft.id)
    assert held is not None
    if held[0] >= MOST_FILES or held[1] + file.size > settings().draft_mb * MEGABYTE:
        raise Refused("file.quota", name=file.name, limit=settings().draft_mb)


def _over_quota(upload: Upload) -> Problem:
    return Problem("file.quota", {"name": safe_name(upload.filename or ""), "limit": settings().draft_mb})


def _folder() -> Path:
    return settings().data_dir / "files"
