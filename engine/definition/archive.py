"""Unpacking an exported procedure: a zip from elsewhere, of which nothing is believed."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from engine.definition.library import FILE_NAME
from engine.errors import ArchiveRefused
from engine.format.contents import BROKEN

MOST_FILES = 200
LARGEST = 50_000_000  # bytes of all files, unpacked
DEEPEST = 2  # a folder and a file in it


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A folder with the files of a zip, for as long as the block runs; raises `ArchiveRefused`."""
    with TemporaryDirectory(prefix="motcua-") as folder:
        yield unpack(path.read_bytes(), Path(folder))


def unpack(data: bytes, folder: Path) -> Path:
    """Writes the files of a zip into an empty folder; gives the folder.

    Raises `ArchiveRefused` before anything is written: for a broken zip, paths that leave the folder, links,
    what is encrypted, and more than `MOST_FILES` files or `LARGEST` bytes.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            files = dict(_files(archive))
    except BROKEN as error:
        raise ArchiveRefused(f"the zip cannot be read: {error}") from error
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _files(archive: zipfile.ZipFile) -> Iterator[tuple[PurePosixPath, bytes]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise ArchiveRefused(f"the zip holds more than {MOST_FILES} files")
    room = LARGEST
    for entry in entries:
        path = _path(entry)
        with archive.open(entry) as file:
            content = file.read(room + 1)  # the size that the zip declares may be a lie
        room -= len(content)
        if room < 0:
            raise ArchiveRefused(f"the zip holds more than {LARGEST // 1_000_000} MB")
        yield path, content


def _path(entry: zipfile.ZipInfo) -> PurePosixPath:
    path = PurePosixPath(entry.filename)
    if path.is_absolute() or len(path.parts) > DEEPEST or not all(map(FILE_NAME.fullmatch, path.parts)):
        raise ArchiveRefused(f'"{entry.filename}" leaves the folder, or is no plain file name')
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveRefused(f'"{entry.filename}" is a link')
    if entry.flag_bits & 1:
        raise ArchiveRefused(f'"{entry.filename}" is encrypted')
    return path
