"""Bringing a file in: all that would change is said first, and then all of it is written or nothing.

A file of one procedure (YAML, JSON, an Excel form) or a zip of several with their blocks, catalogs and blank forms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.definition.archive import unpack
from engine.definition.difference import Change, differences
from engine.definition.library import AGENCIES_FILE, AREAS_FILE, Library
from engine.definition.loading import load, procedure_files, read_bytes
from engine.definition.procedure import Procedure
from engine.errors import ArchiveRefused, ProcedureMoved, WorkbookRefused
from engine.exchange.xlsform.converting import convert
from engine.exchange.xlsform.sheets import Told
from engine.format import documents, source
from engine.format.faults import Fault, errors
from engine.format.reading import Node
from engine.publishing import rows, versions
from engine.storage import journal
from engine.storage.database import transaction
from engine.storage.models import ProcedureRow

ENDINGS = (".yaml", ".yml", ".json", ".xlsx", ".zip")
EXCEL = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One procedure of a file beside the draft that is there.

    `procedure` is nothing where it has faults. `revision` is that of the rows it would replace, nothing where there
    are none; `changes` is nothing where the two cannot be compared, since the draft that is there has faults.
    """

    code: str
    title: str
    text: str
    procedure: Procedure | None
    revision: int | None
    changes: tuple[Change, ...] | None
    templates: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Import:
    """What a file would bring: procedures, blocks and catalogs that are new or differ, faults, and what is told."""

    file: str
    proposals: tuple[Proposal, ...] = ()
    faults: tuple[Fault, ...] = ()
    told: tuple[Told, ...] = ()
    shared: Library = field(default_factory=Library, repr=False)
    replaced: tuple[str, ...] = ()  # blocks and catalogs that are there already and would change

    @property
    def good(self) -> bool:
        """Whether it can be written."""
        return bool(self.proposals) and not errors(self.faults)

    @property
    def revisions(self) -> dict[str, int | None]:
        """The state of the drafts that it was compared with."""
        return {one.code: one.revision for one in self.proposals}


def read(data: bytes, file: str, *, given: Mapping[str, Any] | None = None, replace_shared: bool = False) -> Import:
    """What a file would bring; `file` is its name, whose ending says what it is.

    `given` are code, title, category and level of an Excel form. Without `replace_shared` a block or catalog that is
    there already and differs is a fault.
    """
    ending = Path(file).suffix.lower()
    try:
        if ending in EXCEL:
            return _of_workbook(data, file, given or {})
        if ending == ".zip":
            return _of_zip(data, file, replace_shared=replace_shared)
    except (ArchiveRefused, WorkbookRefused) as refused:
        return Import(file, faults=(Fault(file, 1, "", str(refused)),))
    if ending not in ENDINGS:
        what = f"a file of this sort is not read; known: {', '.join(ENDINGS)}"
        return Import(file, faults=(Fault(file, 1, "", what),))
    node, faults = documents.parse_far(data, file)
    proposals, more = _proposals([(node, data)] if node else [], versions.library())
    return Import(file, proposals, (*faults, *more))


def _of_workbook(data: bytes, file: str, given: Mapping[str, Any]) -> Import:
    found = convert(data, file, given)
    text = source.dump(found.document).encode()
    proposals, faults = _proposals([(found.node, text)], versions.library())
    return Import(file, proposals, faults, found.told)


def _of_zip(data: bytes, file: str, *, replace_shared: bool) -> Import:
    with TemporaryDirectory(prefix="motcua-") as name:
        folder = unpack(data, Path(name))
        found = _of_folder(folder, file, replace_shared=replace_shared)
        faults = tuple(replace(one, file=one.file.replace(str(folder), file)) for one in found.faults)
        return replace(found, faults=faults)


def _of_folder(folder: Path, file: str, *, replace_shared: bool) -> Import:
    beside = Library.folder(folder)
    known = beside.before(versions.library())
    faults = list(beside.faults)
    parsed: list[tuple[Node, bytes]] = []
    for path in (*procedure_files(folder), *sorted(folder.glob("*.json"))):
        node, more = documents.parse_far(read_bytes(path), str(path))
        faults += more
        parsed += [(node, read_bytes(path))] if node else []
    if not parsed and not faults:
        faults.append(Fault(file, 1, "", "the zip holds no definition of a procedure"))
    replaced = tuple(_replaced(beside))
    if replaced and not replace_shared:
        what = "is there already and says something else; agree to replace what is shared, or take it out of the zip"
        faults += [Fault(f"{file}/{one}", 1, "", what) for one in replaced]
    told = [
        Told(name, 0, "", "", "", "agencies and administrative units are not imported with a procedure")
        for name in (AGENCIES_FILE, AREAS_FILE) if (folder / name).exists()
    ]  # fmt: skip
    proposals, more = _proposals(parsed, known)
    return Import(file, proposals, (*faults, *more), tuple(told), beside, replaced)


def _replaced(beside: Library) -> Iterator[str]:
    """The blocks and catalogs of a zip that are there already with another content."""
    blocks, catalogs = rows.read_blocks(), rows.read_catalogs()
    for name, block in beside.blocks.items():
        if name in blocks and blocks[name] != block.node.plain():
            yield f"blocks/{name}.yaml"
    for name, catalog in beside.catalogs.items():
        if name in catalogs and catalogs[name] != catalog:
            yield f"catalogs/{name}.yaml"


def _proposals(parsed: list[tuple[Node, bytes]], known: Library) -> tuple[tuple[Proposal, ...], tuple[Fault, ...]]:
    found: dict[str, Proposal] = {}
    faults: list[Fault] = []
    for node, data in parsed:
        procedure, more = load(node, known)
        faults += more
        one = _proposal(node, data, procedure, known)
        if one.code in found:
            faults.append(Fault(node.file, node.line, "", f'the procedure "{one.code}" stands twice in the file'))
        found.setdefault(one.code, one)
    return tuple(found.values()), tuple(faults)


def _proposal(node: Node, data: bytes, procedure: Procedure | None, known: Library) -> Proposal:
    code, title, text = node.at(["code"]).raw, node.at(["title"]), data.decode("utf-8-sig", "replace")
    shown = title.raw or str(title.at(["vi"]).raw)
    row = ProcedureRow.get_or_none(ProcedureRow.code == code)
    if procedure is None:
        return Proposal(code, shown, text, None, row.revision if row else None, None)
    templates = {
        form.file: content
        for form in procedure.templates
        if (content := known.template(procedure.code, form.file)) is not None
    }
    if row is None:
        return Proposal(code, shown, text, procedure, None, (), templates)
    old, _ = versions.checked(code)
    changes = None if old is None else differences(old, procedure)
    return Proposal(code, shown, text, procedure, row.revision, changes, templates)


def write(found: Import, *, by: str, now: datetime, revisions: Mapping[str, int | None] | None = None) -> None:
    """Writes all of a good import into rows, in one transaction; publishes nothing.

    `revisions` are those of the drafts that the import was shown against. Raises `ProcedureMoved` where one of them was
    changed in between, and `ValueError` for an import with faults.
    """
    if not found.good:
        raise ValueError("an import with faults is not written")
    with transaction():
        for code, revision in (found.revisions if revisions is None else revisions).items():
            row = ProcedureRow.get_or_none(ProcedureRow.code == code)
            if (row.revision if row else None) != revision:
                raise ProcedureMoved(code)
        versions.load_shared(found.shared, only_new=False)
        for one in found.proposals:
            _write(one, found.file, by=by, now=now)


def _write(one: Proposal, file: str, *, by: str, now: datetime) -> None:
    if one.procedure is None:
        raise ValueError(one.code)
    rows.write(one.procedure.document, now=now)
    for name, content in one.templates.items():
        versions.store_template(one.procedure.code, name, content)
    details = {"file": file, "digest": hashlib.sha256(one.text.encode()).hexdigest()}
    journal.write("procedure_imported", one.procedure.code, by=by, now=now, details=details)
