"""Many national texts brought into the back office, one after the other: all of a file or nothing of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from engine.calendar import Unit
from engine.definition.library import CATEGORIES, Catalog, Library
from engine.definition.loading import load_document, read_bytes
from engine.errors import NotPublishable
from engine.exchange.national.texts import Imported, imported
from engine.format.faults import Fault, errors
from engine.publishing import rows, versions
from engine.storage.database import transaction

Became = Literal["imported", "replaced", "skipped", "failed"]
COUNTED = ("methods", "papers", "results", "legal_basis")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How texts are taken: the category where their own is unknown, the unit of times without one, what may be done."""

    category: str | None = None
    unit: Unit | None = None
    publish: bool = False
    replace: bool = False
    by: str
    now: datetime


@dataclass(frozen=True)
class Outcome:
    """What became of a file; `faults` holds what stopped it, and a warning for whatever was kept as text."""

    path: Path
    became: Became
    code: str = ""
    faults: tuple[Fault, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """In how many places something was kept as text."""
        return sum(fault.warning for fault in self.faults)


def bring(paths: Iterable[Path], known: Library, wish: Wish) -> Iterator[Outcome]:
    """Takes the files one by one; a procedure that is there already stays, unless it may be replaced.

    `known` is what they are read against beside the back office's own. A code that two files bear is taken once.
    """
    versions.load_shared(known, only_new=True)
    found = versions.library()
    there, seen = set(rows.codes()), dict[str, Path]()
    for path in paths:
        outcome = _bring(path, found, wish, there, seen)
        seen.setdefault(outcome.code, path)
        yield outcome


def _bring(path: Path, found: Library, wish: Wish, there: set[str], seen: dict[str, Path]) -> Outcome:
    text = _read(path, found.catalogs[CATEGORIES], wish)
    document = text.document
    if document is None:
        return Outcome(path, "failed", faults=text.faults)
    code = text.code
    if code in seen:
        what = f'"{seen[code]}" bears the code {code} too and was taken first'
        return Outcome(path, "failed", code, (Fault(str(path), 1, "ma_thu_tuc", what),))
    if code in there and not wish.replace:
        return Outcome(path, "skipped", code)
    faults = errors(load_document(document, found, file=str(path))[1]) or _written(document, wish, str(path))
    if faults:
        return Outcome(path, "failed", code, faults)
    counts = {key: len(document.get(key, ())) for key in COUNTED}
    return Outcome(path, "replaced" if code in there else "imported", code, text.faults, counts)


def _read(path: Path, categories: Catalog, wish: Wish) -> Imported:
    try:
        data = read_bytes(path)
    except OSError as error:
        return Imported(None, (Fault(str(path), 1, "", f"this file cannot be read: {error.strerror}"),))
    return imported(data, str(path), categories, category=wish.category, unit=wish.unit)


def _written(document: dict[str, Any], wish: Wish, file: str) -> tuple[Fault, ...]:
    """Writes a document into rows, and publishes it where that is wished; without the one there is not the other."""
    try:
        with transaction():
            rows.write(document, now=wish.now)
            if wish.publish:
                versions.publish(document["code"], by=wish.by, note="", now=wish.now)
    except NotPublishable as refused:
        return tuple(replace(fault, file=file, line=1) for fault in refused.faults)
    return ()
