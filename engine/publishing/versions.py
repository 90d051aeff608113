"""Publishing: the rows of a procedure frozen into a version, and the versions that the public sees.

A version's document holds the procedure with its blocks expanded, the catalogs it uses whole, and the digests of
its blank forms, whose bytes are kept under their digest. So nothing that is edited later changes it.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from engine.definition.archive import unpacked
from engine.definition.library import CATEGORIES, FILE_NAME, PROVINCES, WARDS, Library, catalog_of
from engine.definition.loading import load, load_document, load_published, procedure_files, read_bytes
from engine.definition.procedure import Procedure
from engine.errors import NoSuchProcedure, NotPublishable
from engine.form.compiled import CompiledForm, compile_form
from engine.format import documents, json_text
from engine.format.faults import Fault, errors
from engine.kinds.choices import Choice, Choices
from engine.kinds.files import MEDIA_TYPES
from engine.kinds.groups import Group
from engine.kinds.linked import LinkedChoice
from engine.platform.running import settings
from engine.publishing import rows
from engine.search import words
from engine.storage.database import database, transaction
from engine.storage.models import ProcedureRow, TemplateFile, Version

LATEST_COMPILED = 64
SUMMARY = 500


@dataclass(frozen=True, slots=True)
class StoredTemplate:
    """A blank form as it is kept; `size` in bytes."""

    path: Path
    media_type: str
    size: int


# The back office's draft


def library() -> Library:
    """What a procedure of the back office is read against: rows, and the blank forms that were uploaded."""
    digests = cache(template_digests)
    return replace(rows.library_of_rows(), template=lambda code, file: _bytes_of(digests(code).get(file)))


def checked(code: str) -> tuple[Procedure | None, tuple[Fault, ...]]:
    """The procedure that the rows make, with its faults and warnings; raises `NoSuchProcedure`."""
    return load_document(rows.read(code), library())


# Blank forms


def template_folder() -> Path:
    """Where the bytes of blank forms stand, each under its digest."""
    return settings().data_dir / "templates"


def store_template(code: str, file: str, data: bytes) -> TemplateFile:
    """Keeps a blank form of a procedure's rows; raises `NoSuchProcedure`, or `ValueError` for a name with a path."""
    if not FILE_NAME.fullmatch(file):
        raise ValueError(f"{file!r} is no plain file name")
    procedure = _row(code)
    digest = hashlib.sha256(data).hexdigest()
    _keep(template_folder() / digest, data)
    values = {"digest": digest, "size": len(data), "media_type": media_type(file)}
    TemplateFile.insert(procedure=procedure, file=file, **values).on_conflict(
        conflict_target=[TemplateFile.procedure, TemplateFile.file], update=values
    ).execute()
    found: TemplateFile = TemplateFile.get(TemplateFile.procedure == procedure, TemplateFile.file == file)
    return found


def _keep(path: Path, data: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)


def media_type(file: str) -> str:
    """The media type that a file's ending says."""
    known = MEDIA_TYPES.get(file.rpartition(".")[2].lower())
    return known or mimetypes.guess_type(file)[0] or "application/octet-stream"


def _row(code: str) -> ProcedureRow:
    row = ProcedureRow.get_or_none(ProcedureRow.code == code)
    if row is None:
        raise NoSuchProcedure(code)
    found: ProcedureRow = row
    return found


def template_digests(code: str) -> dict[str, str]:
    """The digest of each blank form of a procedure's rows, by file name."""
    query = TemplateFile.select().join(ProcedureRow).where(ProcedureRow.code == code)
    return {template.file: template.digest for template in query.order_by(TemplateFile.file)}


def _bytes_of(digest: str | None) -> bytes | None:
    path = template_folder() / digest if digest else None
    return path.read_bytes() if path is not None and path.is_file() else None


def template_file(code: str, file: str) -> StoredTemplate | None:
    """A blank form of the version that the public sees."""
    version = current(code)
    digest = pinned(version.id)["templates"].get(file) if version is not None else None
    path = template_folder() / digest if digest else None
    if path is None or not path.is_file():
        return None
    return StoredTemplate(path, media_type(file), path.stat().st_size)


def template_size(of: Procedure, file: str) -> int:
    """The size in bytes of a blank form of the public version, 0 where it is gone."""
    found = template_file(of.code, file)
    return found.size if found else 0


# Publishing


def publish(code: str, *, by: str, note: str, now: datetime) -> Version:
    """Freezes the rows of a procedure into a version that the public sees; the same content makes no new one.

    Raises `NoSuchProcedure`, or `NotPublishable` with every fault.
    """
    with transaction():
        row = _row(code)
        found = library()
        procedure, faults = load_document(rows.read(code), found)
        if procedure is None:
            raise NotPublishable(code, errors(faults))
        document = json_text.compact(_frozen(procedure, found))
        digest = _digest(document)
        shown: Version | None = Version.get_or_none(Version.id == row.current) if row.current else None
        if shown is not None and shown.digest == digest:
            return shown
        return _publish(row, procedure, document, digest, by=by, note=note, now=now)


def _publish(
    row: ProcedureRow, procedure: Procedure, document: str, digest: str, *, by: str, note: str, now: datetime
) -> Version:
    last = Version.select().where(Version.procedure == row).order_by(Version.number.desc()).first()
    version: Version = Version.create(
        procedure=row,
        number=last.number + 1 if last else 1,
        digest=digest,
        document=document,
        note=note,
        author=by,
        published_at=now,
        code=procedure.code,
        title=procedure.title.vi,
        title_en=procedure.title.en,
        summary=procedure.summary.vi[:SUMMARY] if procedure.summary else "",
        category=procedure.category,
        level=procedure.level,
        agencies="".join(f" {agency} " for agency in procedure.agencies),
        folded=_folded(procedure),
        rates=dict(procedure.rates) or None,
    )
    ProcedureRow.update(current=version.id).where(ProcedureRow.id == row.id).execute()
    return version


def differs(code: str) -> bool:
    """Whether a procedure's rows differ from what was published last; a draft with faults does.

    Raises `NoSuchProcedure`.
    """
    last = Version.select().join(ProcedureRow).where(ProcedureRow.code == code).order_by(Version.number.desc()).first()
    found = library()
    procedure, _ = load_document(rows.read(code), found)
    if last is None or procedure is None:
        return True
    return _digest(json_text.compact(_frozen(procedure, found))) != str(last.digest)


def _digest(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def _folded(procedure: Procedure) -> str:
    """The words by which it is found, each with a space before it; the title's come first."""
    said = [procedure.title, procedure.summary]
    texts = [text.in_(language) for text in said if text for language in ("vi", "en")]
    found = dict.fromkeys(word for text in (*texts, *procedure.keywords, procedure.code) for word in words(text))
    return " " + " ".join(found)


def _frozen(procedure: Procedure, found: Library) -> dict[str, Any]:
    digests = template_digests(procedure.code)
    files = [form.file for form in procedure.templates]
    return {
        "procedure": procedure.expanded,
        "catalogs": {name: _catalog(found, name) for name in sorted(_catalogs(procedure))},
        "templates": {file: digests[file] for file in files if file in digests},
    }


def _catalogs(procedure: Procedure) -> set[str]:
    """The catalogs that a procedure uses; administrative units are resolved by the day and not pinned."""
    fields = [field for step in procedure.form for field in step.fields()]
    fields += [item.field for item in procedure.officer_fields]
    fields += [column for item in fields if isinstance(item, Group) for column in item.columns]
    used = {field.catalog for field in fields if isinstance(field, Choice | Choices | LinkedChoice) and field.catalog}
    return (used | {CATEGORIES}) - {PROVINCES, WARDS}


def _catalog(found: Library, name: str) -> dict[str, Any]:
    catalog = found.catalog(name)
    if catalog is None:
        raise LookupError(name)  # a checked procedure names none that is unknown
    return catalog.document()


# What the public sees


def current(code: str) -> Version | None:
    """The version that the public sees, or nothing."""
    query = Version.select().join(ProcedureRow, on=(ProcedureRow.current == Version.id))
    version: Version | None = query.where(ProcedureRow.code == code).first()
    return version


def numbers(code: str) -> dict[int, int]:
    """The numbers of a procedure's versions, by id."""
    query = Version.select(Version.id, Version.number).where(Version.code == code)
    return {version.id: version.number for version in query}


def compiled(version_id: int) -> CompiledForm:
    """The form of a version, compiled once per process; raises `LookupError` for no version."""
    return _kept(database.obj, version_id)[0]


def procedure_of(version: Version) -> Procedure:
    """The procedure of a version."""
    return compiled(version.id).procedure


def pinned(version_id: int) -> Mapping[str, Any]:
    """What a version holds: `procedure` with its blocks expanded, `catalogs`, the digests of `templates` by file."""
    return _kept(database.obj, version_id)[1]


@lru_cache(maxsize=LATEST_COMPILED)
def _kept(_database: Any, version_id: int) -> tuple[CompiledForm, Mapping[str, Any]]:
    """A version's form, and what it pinned; versions never change, so that nothing grows old here."""
    version = Version.get_or_none(Version.id == version_id)
    if version is None:
        raise LookupError(f"no version {version_id}")
    pinned = json_text.loads(version.document)
    procedure, faults = load_published(pinned["procedure"], pinned_library(pinned))
    if procedure is None:
        raise LookupError(f"version {version_id} cannot be read: {faults[0]}")
    return compile_form(procedure), pinned


def pinned_library(pinned: Mapping[str, Any]) -> Library:
    """What a version is read against: its own catalogs, and the administrative units of all times."""
    catalogs = {name: catalog_of(document) for name, document in pinned["catalogs"].items()}
    return Library(catalogs=catalogs, areas=rows.read_areas())


# Folders and files


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """What became of a file: its code, the faults, and the version where it was published."""

    path: Path
    code: str
    faults: tuple[Fault, ...]
    version: Version | None = None

    @property
    def good(self) -> bool:
        """Whether the procedure was loaded."""
        return not errors(self.faults)


def load_folder(
    path: Path, *, publish: bool, now: datetime, by: str, only_new: bool = False, base: Library | None = None
) -> tuple[LoadedFile, ...]:
    """Loads a file, a folder of definitions or an exported zip into rows, with what its procedures use.

    What a file names is looked for beside it, then in the rows, then in `base`. With `only_new` whatever is there
    already stays as it is. Nothing of a faulty file is loaded. Raises `ArchiveRefused`.
    """
    if path.suffix == ".zip":
        with unpacked(path) as folder:
            return load_folder(folder, publish=publish, now=now, by=by, only_new=only_new, base=base)
    beside = Library.folder(path if path.is_dir() else path.parent)
    load_shared(beside, only_new=only_new)
    if base is not None:
        load_shared(base, only_new=True)
    found = beside.before(rows.library_of_rows())
    known = set(rows.codes()) if only_new else set()
    files = procedure_files(path) if path.is_dir() else (path,)
    loaded = [_load_file(file, found, known, now) for file in files]
    done = [one for one in loaded if one is not None]
    return tuple(_published(one, by=by, now=now) if publish and one.good else one for one in done)


def load_shared(found: Library, *, only_new: bool) -> None:
    """Loads blocks and catalogs into rows."""
    with transaction():
        old = (set(rows.read_blocks()), set(rows.read_catalogs())) if only_new else (set(), set())
        for name, block in found.blocks.items():
            if name not in old[0]:
                rows.write_block(block.node.plain())
        for name, catalog in found.catalogs.items():
            if name not in old[1]:
                rows.write_catalog(catalog.document())


def _load_file(file: Path, found: Library, known: Iterable[str], now: datetime) -> LoadedFile | None:
    node, faults = documents.parse(read_bytes(file), str(file))
    code = node.at(["code"]).raw if node is not None else ""
    if code in known:
        return None
    procedure, more = (None, ()) if node is None else load(node, found)
    if procedure is not None:
        with transaction():
            rows.write(procedure.document, now=now)
            for form in procedure.templates:
                if data := found.template(procedure.code, form.file):
                    store_template(procedure.code, form.file, data)
    return LoadedFile(file, code, (*faults, *more))


def _published(loaded: LoadedFile, *, by: str, now: datetime) -> LoadedFile:
    try:
        return replace(loaded, version=publish(loaded.code, by=by, note="", now=now))
    except NotPublishable as refused:
        return replace(loaded, faults=(*loaded.faults, *refused.faults))
