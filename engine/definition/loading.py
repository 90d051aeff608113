"""Loading: from a file, its node or a document to a checked `Procedure`, or to every fault there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.definition import checks
from engine.definition.archive import unpacked
from engine.definition.library import AGENCIES_FILE, Library, read_agencies, read_block, read_catalog
from engine.definition.outline import Outline, outline, read_form
from engine.definition.procedure import Procedure
from engine.errors import ArchiveRefused
from engine.format.documents import parse_far
from engine.format.faults import Fault, errors
from engine.format.reading import Node, node_of
from engine.format.source import MAX_BYTES

Faults = tuple[Fault, ...]


def load(node: Node, library: Library) -> tuple[Procedure | None, Faults]:
    """The procedure of a file's node with all faults and warnings; no procedure where there is a fault."""
    found = outline(node, library)
    faults = _told_once((*found.reading.faults, *checks.check(found)))
    if not found.whole or errors(faults):
        return None, faults
    return Procedure(**found.values), faults


def load_document(document: Mapping[str, Any], library: Library, *, file: str = "") -> tuple[Procedure | None, Faults]:
    """The procedure of plain data, such as the rows' or a version's."""
    return load(node_of(document, file, 1 if file else 0), library)


def load_published(document: Mapping[str, Any], library: Library) -> tuple[Procedure | None, Faults]:
    """The procedure of a version's document, which was checked when it was published and is not judged again."""
    found = outline(node_of(document), library)
    return (Procedure(**found.values) if found.whole else None), tuple(found.reading.faults)


def load_text(data: bytes | str, file: str, library: Library) -> tuple[Procedure | None, Faults]:
    """The procedure of a text, YAML or by its name JSON; `file` is its name in faults."""
    node, faults = parse_far(data, file)
    if node is None:
        return None, faults
    procedure, more = load(node, library)
    return (None if faults else procedure), _told_once((*faults, *more))


def load_file(path: Path, *, base: Library | None = None) -> tuple[Procedure | None, Faults]:
    """The procedure of a file, which finds what it names beside itself and then in `base`."""
    return load_text(read_bytes(path), str(path), Library.folder(path.parent, base=base))


def read_bytes(path: Path) -> bytes:
    """A file's bytes, and no more of them than it takes to see that it is too large."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _told_once(faults: Iterable[Fault]) -> Faults:
    """Each fault once, in the order of the files: one in a block is not told for each use."""
    first: dict[tuple[str, int, str], Fault] = {}
    for fault in faults:
        first.setdefault((fault.file, fault.line, fault.what), fault)
    return tuple(sorted(first.values(), key=lambda fault: (fault.file, fault.line)))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file of a procedure with what became of it."""

    path: Path
    procedure: Procedure | None
    faults: Faults


def procedure_files(folder: Path) -> tuple[Path, ...]:
    """The files of procedures in a folder of definitions, by name."""
    return tuple(path for path in sorted(folder.glob("*.yaml")) if path.name != AGENCIES_FILE)


def load_all(paths: Iterable[Path], *, base: Library | None = None) -> Iterator[Loaded]:
    """The procedures of files and of folders of definitions, one after the other."""
    libraries: dict[Path, Library] = {}
    for path in paths:
        for file in procedure_files(path) if path.is_dir() else (path,):
            if file.parent not in libraries:
                libraries[file.parent] = Library.folder(file.parent, base=base)
            procedure, faults = load_text(read_bytes(file), str(file), libraries[file.parent])
            yield Loaded(file, procedure, faults)


def check_path(path: Path, *, base: Library | None = None) -> Faults:
    """The faults and warnings of a file of any sort, of a whole folder of definitions, or of an exported zip."""
    if path.suffix == ".zip":
        return _check_zip(path, base)
    if path.is_dir():
        library = Library.folder(path, base=base)
        found = [fault for loaded in load_all([path], base=base) for fault in loaded.faults]
        blocks = [fault for block in library.blocks.values() for fault in _check_block(block.node, library)]
        used = {(fault.file, fault.line) for fault in found}  # where it is used is told too
        blocks = [fault for fault in blocks if (fault.file, fault.line) not in used]
        return _told_once((*library.faults, *blocks, *found))
    node, faults = parse_far(read_bytes(path), str(path))
    if node is None:
        return faults
    folder = path.parent.parent if path.parent.name in ("blocks", "catalogs") else path.parent
    return _told_once((*faults, *_check_node(node, Library.folder(folder, base=base))))


def _check_zip(path: Path, base: Library | None) -> Faults:
    try:
        with unpacked(path) as folder:
            faults = check_path(folder, base=base)
            return tuple(replace(fault, file=fault.file.replace(str(folder), str(path))) for fault in faults)
    except ArchiveRefused as refused:
        return (Fault(str(path), 1, "", str(refused)),)


def _check_node(node: Node, library: Library) -> Faults:
    keys = node.value if isinstance(node.value, dict) else {}
    for word, check in FILES.items():
        if word in keys and "code" not in keys:
            return _told_once(check(node, library))
    return load(node, library)[1]


def _check_block(node: Node, library: Library) -> Faults:
    block, faults = read_block(node)
    if block is None or errors(faults):
        return faults
    # A block alone is put to the checks of a form, as if it were the only step.
    form = node_of([{"step": "block", "title": "…", "fields": []}], node.file, node.line)
    step = form.at([0])
    step = replace(step, value={**step.value, "fields": node.at(["fields"])})  # type: ignore[dict-item]
    found = Outline(node, library)
    read_form(replace(form, value=[step]), found)
    told = (*found.reading.faults, *checks.check_form(found))
    place = f'block "{block.block}"'
    return (*faults, *(replace(fault, place=fault.place.replace('step "block"', place, 1)) for fault in told))


FILES: dict[str, Callable[[Node, Library], Faults]] = {
    "block": _check_block,
    "catalog": lambda node, _: read_catalog(node)[1],
    "agencies": lambda node, _: read_agencies(node)[1],
}
