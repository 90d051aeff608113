"""A workbook's cells as texts, read as a stream: of a file from elsewhere nothing is believed.

Only the parts that hold cells are read, by expat, with no tree built: neither a style sheet of any size nor a
document type is ever taken in, and what a file grows to is counted while it grows.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from posixpath import join, normpath
from typing import Any
from xml.parsers import expat

from engine.errors import WorkbookRefused
from engine.format.contents import BROKEN, CONTENT_TYPES, FORBIDDEN

LARGEST_FILE = 10_000_000
LARGEST_UNPACKED = 50_000_000  # bytes of all parts, as they are and as they say they are
LARGEST_READ = 20_000_000
MOST_PARTS = 1_000
MOST_SHEETS = 100
MOST_ROWS = 20_000
MOST_COLUMNS = 500
MOST_CELLS = 200_000
MOST_LETTERS = 4_000_000
DEEPEST = 60
PIECE = 65_536

OLD = b"\xd0\xcf\x11\xe0"
PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
DATE_FORMATS = frozenset({14, 15, 16, 17, 22, 27, 30, 36, 50, 57})
TIME_FORMATS = frozenset({18, 19, 20, 21, 45, 46, 47})
QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
DAY_ONE = datetime(1899, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: the texts of its cells that are not empty, by row and column; both count from 1."""

    name: str
    rows: Mapping[int, Mapping[int, str]]


def column_letters(number: int) -> str:
    """What a column is called: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read(data: bytes) -> tuple[Sheet, ...]:
    """The sheets of a workbook in their order. Raises `WorkbookRefused` with a sentence."""
    if data.startswith(OLD):
        raise WorkbookRefused("an old .xls file or one with a password; save it as .xlsx without a password")
    if not data.startswith(b"PK\x03\x04"):
        raise WorkbookRefused("this is no Excel workbook (.xlsx)")
    if len(data) > LARGEST_FILE:
        raise WorkbookRefused(f"the workbook is larger than {LARGEST_FILE // 1_000_000} MB")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _Book(archive).sheets()
    except BROKEN as error:
        raise WorkbookRefused(f"the workbook cannot be read: {error}") from error


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]


def _nothing(_name: str) -> None:
    """What a part without interest in ends does."""


@dataclass
class _Book:
    """A workbook's zip, and how much of it was read."""

    archive: zipfile.ZipFile
    read: int = 0
    letters: int = 0
    cells: int = 0
    strings: list[str] = field(default_factory=list)
    forms: dict[int, str] = field(default_factory=dict)  # of a style: "date", "time"

    def sheets(self) -> tuple[Sheet, ...]:
        self.raise_if_hostile()
        main = next((part for kind, part in self.links("", "").values() if kind == "officeDocument"), "")
        links = self.links(*main.rpartition("/")[::2]) if main in self.archive.namelist() else {}
        kinds = dict(links.values())
        self.read_strings(kinds.get("sharedStrings", ""))
        self.read_styles(kinds.get("styles", ""))
        named = self.names(main) if links else []
        if not named or len(named) > MOST_SHEETS:
            raise WorkbookRefused("this is no Excel workbook (.xlsx), or one of too many sheets")
        parts = [(name, links[link][1]) for name, link in named if link in links and links[link][0] == "worksheet"]
        return tuple(Sheet(name, self.rows(part)) for name, part in parts)

    def raise_if_hostile(self) -> None:
        entries = self.archive.infolist()
        names = [entry.filename.lower() for entry in entries]
        if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
            raise WorkbookRefused(f"the workbook unpacks to more than {LARGEST_UNPACKED // 1_000_000} MB")
        if any(entry.flag_bits & 1 for entry in entries):
            raise WorkbookRefused("the workbook has a password; save it without one")
        if len(set(names)) != len(names):
            raise WorkbookRefused("the workbook cannot be read: a part of it stands twice")
        if any(word in name for name in names for word in FORBIDDEN):
            raise WorkbookRefused("the workbook holds macros or files of its own; save it as .xlsx without them")
        kinds: list[str] = []
        self.parse(CONTENT_TYPES, lambda _name, given: kinds.append(given.get("ContentType", "").lower()))
        if any("macroenabled" in kind for kind in kinds):
            raise WorkbookRefused("the workbook holds macros; save it as .xlsx without them")

    def parse(self, part: str, start: Start, end: End = _nothing, text: Callable[[str], None] | None = None) -> None:
        """Reads one part; nothing happens where the workbook has none of this name."""
        if part not in self.archive.namelist():
            return
        parser = expat.ParserCreate(namespace_separator=" ")
        watch = _Watch(start, end, part)
        parser.StartElementHandler, parser.EndElementHandler = watch.begin, watch.finish
        parser.StartDoctypeDeclHandler = watch.refuse
        parser.CharacterDataHandler = text
        try:
            with self.archive.open(part) as file:
                while piece := file.read(PIECE):
                    self.read += len(piece)
                    if self.read > LARGEST_READ:
                        raise WorkbookRefused(f"the sheets unpack to more than {LARGEST_READ // 1_000_000} MB")
                    parser.Parse(piece)
            parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature
        except expat.ExpatError as error:
            raise WorkbookRefused(f"the workbook cannot be read: {part}: {error}") from error

    def links(self, folder: str, file: str) -> dict[str, tuple[str, str]]:
        """The kind and the part of each link of a part, by the link's id."""
        found: dict[str, tuple[str, str]] = {}

        def start(name: str, given: Mapping[str, str]) -> None:
            if name == "Relationship" and given.get("TargetMode") != "External":
                kind, target = given.get("Type", "").rpartition("/")[2], given.get("Target", "")
                found[given.get("Id", "")] = (kind, normpath(join("/", folder, target))[1:])

        self.parse(normpath(join(folder, "_rels", f"{file}.rels")), start)
        return found

    def names(self, main: str) -> list[tuple[str, str]]:
        """The name and the link of each sheet."""
        found: list[tuple[str, str]] = []

        def start(name: str, given: Mapping[str, str]) -> None:
            if name == "sheet":
                link = next((value for key, value in given.items() if _local(key) == "id"), "")
                found.append((given.get("name", ""), link))

        self.parse(main, start)
        return found

    def read_strings(self, part: str) -> None:
        """The texts that cells share; readings of Asian letters are passed over."""
        said, inside = list[str](), set[str]()

        def start(name: str, _given: Mapping[str, str]) -> None:
            inside.add(name)
            if name == "si":
                said.clear()

        def end(name: str) -> None:
            inside.discard(name)
            if name == "si":
                self.strings.append("".join(said))

        self.parse(part, start, end, lambda text: said.append(text) if "t" in inside and "rPh" not in inside else None)

    def read_styles(self, part: str) -> None:
        """Which styles show a number as a day or a time."""
        own, styles, inside = dict[int, str](), list[int](), set[str]()

        def start(name: str, given: Mapping[str, str]) -> None:
            inside.add(name)
            if name == "numFmt":
                own[_whole(given.get("numFmtId"))] = given.get("formatCode", "")
            elif name == "xf" and "cellXfs" in inside:
                styles.append(_whole(given.get("numFmtId")))

        self.parse(part, start, inside.discard)
        for index, number in enumerate(styles):
            if form := _form_of(number, own.get(number, "")):
                self.forms[index] = form

    def rows(self, part: str) -> dict[int, dict[int, str]]:
        reading = _Rows(self)
        self.parse(part, reading.start, reading.end, reading.text)
        return reading.rows

    def keep(self, text: str) -> str:
        """A cell's text, counted."""
        self.cells += 1
        self.letters += len(text)
        if self.cells > MOST_CELLS or self.letters > MOST_LETTERS:
            raise WorkbookRefused(f"the workbook holds more than {MOST_CELLS} cells or {MOST_LETTERS} letters")
        return text


class _Watch:
    """Counts how deep a part goes, and refuses a document type, which could hold entities."""

    def __init__(self, start: Start, end: End, part: str) -> None:
        self.start, self.end, self.part, self.depth = start, end, part, 0

    def begin(self, name: str, given: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise WorkbookRefused(f"the workbook cannot be read: {self.part} is nested more than {DEEPEST} deep")
        self.start(_local(name), given)

    def finish(self, name: str) -> None:
        self.depth -= 1
        self.end(_local(name))

    def refuse(self, *_given: Any) -> None:
        raise WorkbookRefused(f"{self.part} declares a document type, which no workbook needs")


class _Rows:
    """The cells of a sheet while they are being read."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.rows: dict[int, dict[int, str]] = {}
        self.row = self.column = 0
        self.given: Mapping[str, str] = {}
        self.said: list[str] = []
        self.inside: set[str] = set()

    def start(self, name: str, given: Mapping[str, str]) -> None:
        self.inside.add(name)
        if name == "row":
            self.row, self.column = _whole(given.get("r")) or self.row + 1, 0
        elif name == "c":
            place = PLACE.fullmatch(given.get("r", ""))
            self.column = _number(place[1]) if place else self.column + 1
            self.row = int(place[2]) if place else self.row
            self.given = given
            self.said = []

    def text(self, text: str) -> None:
        if "c" in self.inside and ("v" in self.inside or "t" in self.inside) and "rPh" not in self.inside:
            self.said.append(text)

    def end(self, name: str) -> None:
        self.inside.discard(name)
        if name != "c":
            return
        text = self.value("".join(self.said))
        if not text.strip():
            return
        if self.row > MOST_ROWS or self.column > MOST_COLUMNS:
            at = f"{column_letters(self.column)}{self.row}"
            raise WorkbookRefused(f"a sheet holds more than {MOST_ROWS} rows or {MOST_COLUMNS} columns: {at} is filled")
        self.rows.setdefault(self.row, {})[self.column] = self.book.keep(text)

    def value(self, written: str) -> str:
        kind = self.given.get("t", "n")
        if kind == "s":
            index = _whole(written)
            return self.book.strings[index] if written and index < len(self.book.strings) else ""
        if kind == "b":
            return "true" if written == "1" else "false"
        if kind == "n" and written:
            return _shown(written, self.book.forms.get(_whole(self.given.get("s")), ""))
        return written


def _whole(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdecimal() and len(written) < 10 else 0


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _form_of(number: int, code: str) -> str:
    """Whether a format shows a day or a time; nothing for a plain number."""
    if number in DATE_FORMATS or number in TIME_FORMATS:
        return "time" if number in TIME_FORMATS else "datetime" if number == 22 else "date"
    bare = QUOTED.sub("", code.lower())
    day, time = bool(re.search("[dy]", bare)), bool(re.search("[hs]", bare))
    return "datetime" if day and time else "date" if day else "time" if time else ""


def _shown(written: str, form: str) -> str:
    """A number as people write it: a whole one without a point, a day as `YYYY-MM-DD`."""
    try:
        number = float(written)
    except ValueError:
        return written
    if form and 0 <= number < 2_958_466:  # the days up to the year 9999
        moment = DAY_ONE + timedelta(seconds=round(number * 86_400))
        return moment.strftime({"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%d %H:%M"}[form])
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
