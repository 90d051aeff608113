"""A zip from elsewhere: what leaves the folder, links and what is too large is refused before anything is written."""

from __future__ import annotations

import stat
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from engine.definition import archive
from engine.definition.archive import unpack
from engine.errors import ArchiveRefused


def packed(*names: str, mode: int = stat.S_IFREG | 0o644, content: bytes = b"x") -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, content)
    return data.getvalue()


def test_the_files_of_an_export_are_written(tmp_path: Path) -> None:
    unpack(packed("1.yaml", "blocks/nguoi.yaml", "1/don.docx"), tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*") if path.is_file()) == [
        "1.yaml",
        "1/don.docx",
        "blocks/nguoi.yaml",
    ]


@pytest.mark.parametrize(
    "name",
    ["../a.yaml", "/a.yaml", "a/../../b.yaml", "a/b/c.yaml", ".hidden", "a/.hidden", "a\\..\\b.yaml", "..", "a/\nb"],
)
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(ArchiveRefused, match="leaves the folder"):
        unpack(packed("good.yaml", name), inside)
    assert list(tmp_path.rglob("*")) == [inside]


def test_a_link_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match="is a link"):
        unpack(packed("a.yaml", mode=stat.S_IFLNK | 0o777, content=b"/etc/passwd"), tmp_path)


def test_what_is_too_large_is_refused_whatever_it_declares(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match="more than 50 MB"):
        unpack(packed("a.yaml", "b.yaml", content=b"\0" * (archive.LARGEST // 2 + 1)), tmp_path)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match="more than 200 files"):
        unpack(packed(*(f"{number}.yaml" for number in range(archive.MOST_FILES + 1))), tmp_path)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_broken_file_is_refused_however_it_is_packed(tmp_path: Path, method: int) -> None:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", method) as written:
        written.writestr("a.yaml", b"some content that is long enough to be compressed " * 9)
    data = bytearray(whole.getvalue())
    data[40:60] = b"\xff" * 20
    with pytest.raises(ArchiveRefused, match="cannot be read"):
        unpack(bytes(data), tmp_path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip", packed("a.yaml")[:-30]])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ArchiveRefused, match="cannot be read"):
        unpack(data, tmp_path)


def test_a_broken_file_in_a_zip_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed("a.yaml", content=b"some content that is long enough to be compressed " * 9))
    data[40:60] = bytes(20)
    with pytest.raises(ArchiveRefused, match="cannot be read"):
        unpack(bytes(data), tmp_path)
