"""Small files of every sort that an office takes, to be attached by a trial."""

from __future__ import annotations

import struct
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from io import BytesIO

from engine.kinds.files import MEDIA_TYPES, File
from engine.kinds.signature import PICTURE
from engine.trial.browsing import SentFile

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


def _png() -> bytes:
    """One white pixel."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\x00\xff")),
        (b"IEND", b""),
    )
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _office(main: str) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr(main, b"<xml/>")
    return packed.getvalue()


CONTENTS: Mapping[str, Callable[[], bytes]] = {
    "pdf": lambda: PDF,
    "jpg": lambda: JPG,
    "png": _png,
    "docx": lambda: _office("word/document.xml"),
    "xlsx": lambda: _office("xl/workbook.xml"),
}


def drawing() -> str:
    """A drawn signature as a page sends it."""
    return PICTURE + b64encode(_png()).decode()


def files_for(item: File, count: int) -> list[SentFile]:
    """So many files of the first sort that a field takes."""
    ending = next(one for one in item.accept if one in CONTENTS)
    content = CONTENTS[ending]()
    return [
        SentFile(item.name, f"giay-to-{number}.{ending}", content, MEDIA_TYPES[ending])
        for number in range(1, count + 1)
    ]
