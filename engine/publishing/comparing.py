"""Two states of a procedure side by side: versions, or the rows of the back office."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.definition.difference import ADDED, CHANGED, REMOVED, Change, differences
from engine.definition.loading import load_document, load_text
from engine.definition.matching import Spot
from engine.definition.procedure import Procedure
from engine.format import source
from engine.format.faults import Fault
from engine.publishing import rows, versions
from engine.storage.models import Version

SHORT = 12  # letters of a digest that a sentence shows


@dataclass(frozen=True, slots=True)
class State:
    """A procedure with the digests of its blank forms; `number` is nothing for the draft."""

    number: int | None
    procedure: Procedure
    templates: Mapping[str, str]


def of_version(version: Version) -> State:
    """What a version holds."""
    return State(version.number, versions.procedure_of(version), versions.pinned(version.id)["templates"])


def of_draft(code: str, *, file: str = "") -> tuple[State | None, tuple[Fault, ...]]:
    """What the rows hold, with every fault and warning, at their lines in the text of that name where there is one.

    No state where there is a fault. Raises `NoSuchProcedure`.
    """
    if file:
        procedure, faults = load_text(source.dump(rows.read(code)), file, versions.library())
    else:
        procedure, faults = versions.checked(code)
    if procedure is None:
        return None, faults
    wanted = {form.file for form in procedure.templates}
    held = {file: digest for file, digest in versions.template_digests(code).items() if file in wanted}
    return State(None, procedure, held), faults


def changes(old: State, new: State) -> tuple[Change, ...]:
    """Every difference, those inside the files of blank forms too."""
    return (*differences(old.procedure, new.procedure), *_templates(old.templates, new.templates))


def _templates(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for file in dict.fromkeys((*old, *new)):
        before, after = old.get(file), new.get(file)
        if before != after:
            what = ADDED if before is None else REMOVED if after is None else CHANGED
            place = (Spot("blank_form", file),)
            option = "content" if what == CHANGED else ""
            yield Change(what, place, option, (before or "")[:SHORT] or None, (after or "")[:SHORT] or None)


def faults_of(version: Version) -> tuple[Fault, ...]:
    """What today's checks say of a version, with its own catalogs and today's agencies."""
    pinned = versions.pinned(version.id)
    library = replace(versions.pinned_library(pinned), agencies=tuple(rows.read_agencies()))
    _, faults = load_document(pinned["procedure"], replace(library, template=lambda _code, file: _held(pinned, file)))
    return faults


def _held(pinned: Mapping[str, Mapping[str, str]], file: str) -> bytes | None:
    digest = pinned["templates"].get(file)
    path = versions.template_folder() / digest if digest else None
    return path.read_bytes() if path is not None and path.is_file() else None
