"""A workbook from elsewhere: its cells as texts, or a sentence; in bounded time and memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from engine.errors import WorkbookRefused
from engine.exchange.xlsform import workbook as workbooks
from engine.exchange.xlsform.workbook import column_letters, read
from engine.platform.settings import ROOT
from tests.xlsforms import workbook

MEMORY = 400_000_000  # bytes of address space
GOOD = workbook({"survey": [("type", "name"), ("text", "a")]})


def cells(*row: Any) -> dict[int, str]:
    """What is read of one row."""
    (sheet,) = read(workbook({"s": [row]}))
    return dict(sheet.rows.get(1, {}))


def changed(parts: dict[str, bytes | Callable[[bytes], bytes]], data: bytes = GOOD) -> bytes:
    """A workbook with some of its parts put in or changed."""
    old, new = zipfile.ZipFile(BytesIO(data)), BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as made:
        for name in [*old.namelist(), *(name for name in parts if name not in old.namelist())]:
            content = old.read(name) if name in old.namelist() else b""
            change = parts.get(name, content)
            made.writestr(name, change(content) if callable(change) else change)
    return new.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def in_sheet(xml: str) -> bytes:
    """A workbook whose sheet holds these rows."""
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return changed({SHEET: f"{head}{xml}</sheetData></worksheet>".encode()})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Họ tên", "Họ tên"), (5, "5"), (5.0, "5"), (0.1, "0.1"), (12.5, "12.5"), (-3, "-3"), (True, "true"),
        (False, "false"), (date(2026, 1, 31), "2026-01-31"), (datetime(2026, 1, 31, 8, 30), "2026-01-31 08:30"),
        (time(7, 30), "07:30"), (10**15, "1000000000000000.0"), ("=1+1", None), ("  ", None), ("a\nb", "a\nb"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_people_see_it(value: Any, text: str | None) -> None:
    assert cells(value).get(1) == text


def test_sheets_rows_and_columns_keep_their_places() -> None:
    found = read(workbook({"a": [(), (None, "x"), ("y",)], "b": [("z",)]}))
    assert [sheet.name for sheet in found] == ["a", "b"]
    assert found[0].rows == {2: {2: "x"}, 3: {1: "y"}}
    assert [column_letters(number) for number in (1, 26, 27, 703)] == ["A", "Z", "AA", "AAA"]


def test_only_the_first_of_merged_cells_holds_the_text_and_formats_change_nothing() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B1"] = "x", "y"
    sheet["A1"].font = Font(bold=True)
    sheet.merge_cells("A1:B2")
    data = BytesIO()
    book.save(data)
    assert read(data.getvalue())[0].rows == {1: {1: "x"}}


def test_texts_inside_cells_and_readings_of_letters_are_told_apart() -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>no</t></rPh></is></c>'
        '<c t="str"><f>1+1</f><v>2</v></c></row><row><c t="e"><v>#REF!</v></c></row>'
    )
    assert read(in_sheet(rows))[0].rows == {1: {1: "ab", 2: "2"}, 2: {1: "#REF!"}}


def broken(part: str) -> bytes:
    """A workbook with some bytes of a part overwritten."""
    at = zipfile.ZipFile(BytesIO(GOOD)).getinfo(part).header_offset + 80
    return GOOD[:at] + b"\xff" * 40 + GOOD[at + 40 :]


ENTITY = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = b"<!DOCTYPE x [" + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 9) for n in range(1, 9)) + b"]>"


def after_head(what: bytes) -> Callable[[bytes], bytes]:
    return lambda content: (
        b'<?xml version="1.0"?>' + what + content[content.index(b"<", 1 if content[:2] == b"<?" else 0) :]
    )


REFUSED: dict[str, tuple[bytes, str]] = {
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(500), "an old .xls file"),
    "a text": (b"type,name\ntext,a\n", "this is no Excel workbook"),
    "nothing": (b"", "this is no Excel workbook"),
    "another zip": (changed({}, data=workbook({"s": []}))[:0] + b"PK\x03\x04" + bytes(100), "cannot be read"),
    "half of it": (GOOD[: len(GOOD) // 2], "cannot be read"),
    "broken bytes": (broken(SHEET), "cannot be read"),
    "macros": (changed({"xl/vbaProject.bin": b"x"}), "macros"),
    "macros by its types": (
        changed(
            {"[Content_Types].xml": lambda content: content.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")}
        ),
        "macros",
    ),
    "an embedded file": (changed({"xl/embeddings/x.bin": b"x"}), "files of its own"),
    "an external entity in the sheet": (changed({SHEET: after_head(ENTITY)}), "declares a document type"),
    "an external entity in the workbook": (
        changed({"xl/workbook.xml": after_head(ENTITY)}),
        "declares a document type",
    ),
    "entities that laugh": (changed({SHEET: after_head(LAUGHS)}), "declares a document type"),
    "an entity in another writing": (
        changed({SHEET: '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16")}),
        "declares a document type",
    ),
    "broken XML": (changed({SHEET: b"<worksheet>"}), "cannot be read"),
    "too deep": (changed({SHEET: b"<a>" * 100_000}), "nested more than 60 deep"),
    "a row too far": (in_sheet('<row r="1048576"><c r="A1048576" t="str"><v>x</v></c></row>'), "A1048576 is filled"),
    "a column too far": (in_sheet('<row r="1"><c r="XFD1" t="str"><v>x</v></c></row>'), "XFD1 is filled"),
    "too many cells": (in_sheet('<row><c t="str"><v>x</v></c></row>' * 20_001), "A20001 is filled"),
    "too many sheets": (workbook({f"s{number}": [] for number in range(101)}), "too many sheets"),
    "a part of 60 MB": (changed({"xl/media/x.png": bytes(60_000_000)}), "unpacks to more than 50 MB"),
    "a sheet of 30 MB": (in_sheet(" " * 30_000_000), "unpack to more than 20 MB"),
    "a long text in many cells": (
        in_sheet("".join(f'<row><c t="str"><v>{"x" * 30_000}</v></c></row>' for _ in range(150))),
        "4000000 letters",
    ),
    "too large": (b"PK\x03\x04" + bytes(workbooks.LARGEST_FILE), "larger than 10 MB"),
    "no sheet": (changed({"xl/workbook.xml": b"<workbook/>"}), "this is no Excel workbook"),
    "no links": (changed({"_rels/.rels": b"<x/>"}), "this is no Excel workbook"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_or_broken_workbook_is_refused_with_a_sentence(name: str) -> None:
    data, says = REFUSED[name]
    with pytest.raises(WorkbookRefused) as refused:
        read(data)
    assert says in str(refused.value)


def test_a_part_that_lies_about_its_size_is_counted_as_it_grows() -> None:
    data = bytearray(in_sheet(" " * 30_000_000))
    entry = zipfile.ZipFile(BytesIO(bytes(data))).getinfo(SHEET)
    for place in (
        data.index(entry.file_size.to_bytes(4, "little")),
        data.rindex(entry.file_size.to_bytes(4, "little")),
    ):
        data[place : place + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(WorkbookRefused):
        read(bytes(data))


def test_what_is_refused_costs_little_memory(tmp_path: Path) -> None:
    for name, (data, _) in REFUSED.items():
        (tmp_path / f"{name}.xlsx").write_bytes(data)
    script = (
        "import sys, pathlib\nfrom engine.errors import WorkbookRefused\nfrom engine.exchange.xlsform.converting import convert\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    try:\n        convert(path.read_bytes(), path.name)\n"
        "    except WorkbookRefused as refused:\n        print(path.stem)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip
    assert done.stderr == ""
    assert sorted(done.stdout.splitlines()) == sorted(REFUSED)


def test_a_sheet_in_another_file_is_not_opened() -> None:
    external = changed({
        "xl/_rels/workbook.xml.rels": lambda content: content.replace(
            b"</Relationships>",
            b'<Relationship Id="r9" Type="x/worksheet" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'),
    })  # fmt: skip
    assert [sheet.name for sheet in read(external)] == ["survey"]
