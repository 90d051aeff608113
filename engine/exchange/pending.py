"""A file that waits to be agreed to: kept under the hash of a random token, for one person and a short time."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine.errors import UploadGone
from engine.platform.running import settings

LIFETIME = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, with what was said beside it; `revisions` are the drafts that it was shown against."""

    file: str
    data: bytes
    said: Mapping[str, Any]
    revisions: Mapping[str, int | None]


def folder() -> Path:
    """Where uploads wait; a folder with a dot, which backups leave out."""
    return settings().data_dir / ".imports"


def keep(upload: Upload, *, person: int, now: datetime, token: Callable[[], str]) -> str:
    """Keeps an upload in place of this person's other ones; gives the token under which it can be taken."""
    made = token()
    _clear(person, now)
    head = {"person": person, "until": (now + LIFETIME).isoformat(), "file": upload.file, "said": dict(upload.said),
            "revisions": dict(upload.revisions)}  # fmt: skip
    path = _path(made)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(json.dumps(head).encode() + b"\n" + upload.data)
    return made


def find(token: str, *, person: int, now: datetime) -> Upload:
    """The upload under a token; raises `UploadGone`."""
    try:
        head, _, data = _path(token).read_bytes().partition(b"\n")
    except FileNotFoundError:
        raise UploadGone from None
    known = json.loads(head)
    if known["person"] != person or datetime.fromisoformat(known["until"]) <= now:
        raise UploadGone
    return Upload(known["file"], data, known["said"], known["revisions"])


def drop(token: str) -> None:
    """Forgets an upload that was used or given up."""
    _path(token).unlink(missing_ok=True)


def _path(token: str) -> Path:
    return folder() / hashlib.sha256(token.encode()).hexdigest()


def _clear(person: int, now: datetime) -> None:
    """Removes what this person uploaded before, and what nobody agreed to in time."""
    for path in folder().glob("*"):
        try:
            with path.open("rb") as file:
                head = json.loads(file.readline())
        except (FileNotFoundError, json.JSONDecodeError):
            continue  # another process is removing or writing it just now
        if head["person"] == person or datetime.fromisoformat(head["until"]) <= now:
            path.unlink(missing_ok=True)
