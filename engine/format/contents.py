"""What a file is by its content: the allow-list of what an office takes, each with what proves it."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

HEAD = 1024  # bytes; a PDF may begin with a mark or a few blank bytes
MOST_ENTRIES = 5_000
LARGEST_INDEX = 1_000_000
CONTENT_TYPES = "[Content_Types].xml"
# What a damaged, encrypted or strangely packed zip raises.
BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, ValueError, OSError, EOFError,
)  # fmt: skip
FORBIDDEN = ("vbaproject", "activex", "embeddings/", "macrosheets/")  # what runs, or carries a file of its own


def content_of(path: Path, accept: Iterable[str]) -> str | None:
    """The first of the endings in `accept` whose content this is, or nothing."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return next((ending for ending in accept if CONTENTS[ending](path, head)), None)


def is_pdf(_path: Path, head: bytes) -> bool:
    """ISO 32000: the header at the beginning, after nothing but a mark or blanks."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x00\t\r\n ").startswith(b"%PDF-")


def is_jpg(_path: Path, head: bytes) -> bool:
    """The start of an image, and a segment after it."""
    return head.startswith(b"\xff\xd8\xff")


def is_png(_path: Path, head: bytes) -> bool:
    """The signature, and the image header as the first chunk."""
    return head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR"


def is_docx(path: Path, head: bytes) -> bool:
    """A Word document without macros."""
    return _is_office(path, head, "word/document.xml")


def is_xlsx(path: Path, head: bytes) -> bool:
    """A workbook without macros."""
    return _is_office(path, head, "xl/workbook.xml")


CONTENTS: dict[str, Callable[[Path, bytes], bool]] = {
    "pdf": is_pdf,
    "jpg": is_jpg,
    "png": is_png,
    "docx": is_docx,
    "xlsx": is_xlsx,
}


def _is_office(path: Path, head: bytes, main: str) -> bool:
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return _has_no_macros(archive, main)
    except BROKEN:
        return False


def _has_no_macros(archive: zipfile.ZipFile, main: str) -> bool:
    entries = archive.namelist()
    if main not in entries or CONTENT_TYPES not in entries or len(entries) > MOST_ENTRIES:
        return False
    if any(word in entry.lower() for entry in entries for word in FORBIDDEN):
        return False
    if archive.getinfo(CONTENT_TYPES).file_size > LARGEST_INDEX:
        return False
    return b"macroenabled" not in archive.read(CONTENT_TYPES).lower()
