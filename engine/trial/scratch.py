"""A scratch copy of the program: definitions of one's choice published in a database of its own, on a port of its own.

It runs as a process beside this one (`engine.trial.site`), which ends itself when this one is gone, whatever the
reason, and leaves nothing behind. It sends no mail, asks for no confirmation code and counts no tries.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from engine.definition.areas import COLUMNS, DATES
from engine.definition.library import AGENCIES_FILE, AREAS_FILE, FORMAT, Library
from engine.definition.procedure import Procedure
from engine.errors import ScratchRefused
from engine.format import source
from engine.platform.settings import PREFIX, ROOT

PATIENCE = 20  # seconds that the copy has for ending


@dataclass(frozen=True)
class Source:
    """What is put on trial: procedures, and the library they are read against."""

    library: Library
    procedures: tuple[Procedure, ...]


@contextmanager
def scratch_copy(of: Source, *, database_url: str = "") -> Iterator[str]:
    """The copy's address for as long as the block runs.

    `database_url` names an empty PostgreSQL database; without it the copy has its own SQLite. Raises
    `ScratchRefused` where it does not come up.
    """
    with TemporaryDirectory(prefix="motcua-thu-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        write(of, folder / "definitions")
        process = _started(folder, database_url)
        try:
            yield _address(process)
        finally:
            _end(process)


def _started(folder: Path, database_url: str) -> subprocess.Popen[str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    variables |= {f"{PREFIX}DATA_DIR": str(folder / "data"), f"{PREFIX}CAPTCHA": "off"}
    variables |= {f"{PREFIX}RATELIMIT_ENABLED": "off"}
    if database_url:
        variables[f"{PREFIX}DATABASE_URL"] = database_url
    command = [sys.executable, "-m", "engine.trial.site", str(folder)]
    # A session of its own: Ctrl-C is for this process, which ends the copy in good order.
    return subprocess.Popen(  # noqa: S603 - the program itself, with a folder of our own making
        command, cwd=ROOT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def _address(process: subprocess.Popen[str]) -> str:
    """Where the copy is, once it says so."""
    assert process.stdout is not None
    said = process.stdout.readline()
    answer: dict[str, str] = json.loads(said) if said else {"refused": "the scratch copy did not come up"}
    if "refused" in answer:
        raise ScratchRefused(answer["refused"])
    return answer["address"]


def _end(process: subprocess.Popen[str]) -> None:
    """Closes the pipe, at which the copy ends; what does not end in time is killed."""
    pipes: Sequence[IO[str] | None] = (process.stdin, process.stdout)
    try:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(PATIENCE)
    except (subprocess.TimeoutExpired, OSError):
        process.kill()
        process.wait()
    finally:
        for pipe in pipes:
            if pipe is not None:
                pipe.close()


# The folder from which the copy is made


def write(of: Source, folder: Path) -> None:
    """Writes procedures with all they are read against as a folder of definitions."""
    for part in ("blocks", "catalogs"):
        (folder / part).mkdir(parents=True)
    library = of.library
    for name, block in library.blocks.items():
        _dump(folder / "blocks" / f"{name}.yaml", block.node.plain())
    for name, catalog in library.catalogs.items():
        _dump(folder / "catalogs" / f"{name}.yaml", catalog.document())
    agencies = [_filled(dataclasses.asdict(agency)) for agency in library.agencies]
    _dump(folder / AGENCIES_FILE, {"format": FORMAT, "agencies": agencies})
    _write_areas(of.library, folder / AREAS_FILE)
    for number, procedure in enumerate(of.procedures):
        _dump(folder / f"{number:04}.yaml", procedure.document)
        _write_templates(procedure, library, folder / procedure.code)


def _dump(path: Path, document: Any) -> None:
    path.write_text(source.dump(document), "utf-8")


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value}


def _write_areas(library: Library, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS + DATES)
        rows.writerows((one.code, one.name, one.kind, one.parent, one.since, one.until) for one in library.areas)


def _write_templates(procedure: Procedure, library: Library, folder: Path) -> None:
    for form in procedure.templates:
        data = library.template(procedure.code, form.file)
        if data is not None:
            folder.mkdir(exist_ok=True)
            (folder / form.file).write_bytes(data)
