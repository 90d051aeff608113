"""Backups: one tar file with the database, the received files and the keys, and the way back.

The archive holds `backup.json` (which database, which migrations, when), `database` (the SQLite file, or what
`pg_dump` wrote), and `data/`: everything else in the data folder but the local mails. The database is copied
first, so that every file it names is there. Whoever holds the archive can read everything: keep it safe.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from engine.platform.settings import Settings
from engine.storage import migrations
from engine.storage.database import database

FORMAT = 1
MANIFEST, DATABASE, DATA = "backup.json", "database", "data"
LEFT_OUT = {"mail"}  # of the data folder: the mails of the local mail server


class BackupFault(Exception):
    """Why a backup was not made or not put back, in one sentence."""


def back_up(settings: Settings, archive: Path, *, now: datetime) -> None:
    """Writes the archive, whole or not at all, readable by its owner only. Raises `BackupFault`."""
    archive = archive.absolute()
    if archive.exists():
        raise BackupFault(f"{archive} is there already; choose another name.")
    if not archive.parent.is_dir():
        raise BackupFault(f"{archive.parent} is no folder; make it first.")
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".backup-") as folder:
        copy, whole = Path(folder) / DATABASE, Path(folder) / archive.name
        _copy_database(settings, copy)
        with open(os.open(whole, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            _write(file, _manifest(settings, now), copy, settings, archive)
        whole.rename(archive)


def restore(settings: Settings, archive: Path) -> dict[str, Any]:
    """Puts an archive in the place of what is there, and applies newer migrations; what `backup.json` says.

    Everything is unpacked and checked first. Files that came after the backup stay; keys and the database are
    replaced, an embedded database in one step even while it is in use. Raises `BackupFault`.
    """
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restore-") as folder:
        unpacked = Path(folder)
        _unpack(archive, unpacked)
        manifest = _checked_manifest(settings, archive, unpacked)
        _raise_if_damaged(settings, unpacked / DATABASE)
        _put_files_back(settings, unpacked / DATA)
        _put_database_back(settings, unpacked / DATABASE)
    migrations.upgrade()
    return manifest


def _manifest(settings: Settings, now: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "database": _sort(settings),
        "migrations": migrations.applied(),
        "made_at": now.isoformat(),
    }


def _sort(settings: Settings) -> str:
    return "sqlite" if settings.sqlite_file else "postgresql"


def _write(file: IO[bytes], manifest: dict[str, Any], copy: Path, settings: Settings, archive: Path) -> None:
    with tarfile.open(fileobj=file, mode="w") as tar:
        text = json.dumps(manifest, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(text), 0o600
        tar.addfile(entry, io.BytesIO(text))
        tar.add(copy, DATABASE)
        for path in _kept_files(settings, archive):
            tar.add(path, f"{DATA}/{path.relative_to(settings.data_dir).as_posix()}")


def _kept_files(settings: Settings, archive: Path) -> Iterator[Path]:
    """The files of the data folder that belong into an archive: no database, nothing temporary."""
    database_name = settings.sqlite_file.name if settings.sqlite_file else None
    for path in _files(settings.data_dir):
        parts = path.relative_to(settings.data_dir).parts
        if parts[0] in LEFT_OUT or any(part.startswith(".") for part in parts):
            continue
        if database_name and path.name.startswith(database_name):
            continue
        if path.parent == archive.parent and path.suffix == archive.suffix:
            continue
        yield path


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _unpack(archive: Path, folder: Path) -> None:
    """The archive's plain files; anything else, and any name that leads elsewhere, is refused."""
    try:
        with tarfile.open(archive, mode="r:") as tar:
            for entry in tar:
                target = (folder / entry.name).resolve()
                if not entry.isfile() or not target.is_relative_to(folder.resolve()):
                    raise BackupFault(f"{archive} is no backup of this program: it holds {entry.name!r}.")
                target.parent.mkdir(parents=True, exist_ok=True)
                _write_entry(tar, entry, target)
    except (OSError, tarfile.TarError) as exc:
        raise BackupFault(f"{archive} cannot be read: {exc}.") from exc


def _write_entry(tar: tarfile.TarFile, entry: tarfile.TarInfo, target: Path) -> None:
    source = tar.extractfile(entry)
    mode = 0o600 | (entry.mode & 0o777)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        if source is not None:
            shutil.copyfileobj(source, file)


def _checked_manifest(settings: Settings, archive: Path, unpacked: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((unpacked / MANIFEST).read_bytes())
        sort, version, names = manifest["database"], manifest["format"], set(manifest["migrations"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise BackupFault(f"{archive} is no backup of this program.") from exc
    if sort != _sort(settings):
        raise BackupFault(f"{archive} is of {sort}; point MOTCUA_DATABASE_URL to a database of that sort.")
    if version != FORMAT or names - set(migrations.names()):
        raise BackupFault(f"{archive} is of a newer version of this program; install that one first.")
    return manifest


def _raise_if_damaged(settings: Settings, copy: Path) -> None:
    if settings.sqlite_file is None:
        _run(settings, "pg_restore", "--list", str(copy))
        return
    try:
        with closing(sqlite3.connect(copy)) as connection:
            found = connection.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as exc:
        found = str(exc)
    if found != "ok":
        raise BackupFault(f"The database in the backup is damaged: {found}.")


def _put_files_back(settings: Settings, folder: Path) -> None:
    for path in _files(folder):
        target = settings.data_dir / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.replace(target)


def _copy_database(settings: Settings, target: Path) -> None:
    if settings.sqlite_file is None:
        _run(settings, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return
    with closing(sqlite3.connect(target)) as copy:
        database.connection().backup(copy)


def _put_database_back(settings: Settings, copy: Path) -> None:
    if settings.sqlite_file is not None:
        with closing(sqlite3.connect(copy)) as source:
            source.backup(database.connection())
        return
    tables = ", ".join(f'"{table}"' for table in database.get_tables())
    if tables:
        database.execute_sql(f"DROP TABLE {tables} CASCADE")
    _run(
        settings,
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        str(copy),
    )


def _run(settings: Settings, program: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL on the database; the password goes by the environment, unlisted."""
    if shutil.which(program) is None:
        raise BackupFault(f"{program} is missing; install PostgreSQL's client programs (postgresql-client).")
    parts = conninfo_to_dict(settings.database_url)
    environment = os.environ | {"PGPASSWORD": str(parts.pop("password", "") or "")}
    target = [] if "--list" in arguments else [f"--dbname={make_conninfo('', **parts)}"]
    done = subprocess.run(  # noqa: S603  the program is one of two, the arguments are ours
        [program, *target, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupFault(f"{program} failed: {done.stderr.strip()}")
