"""The sheets of an XLSForm as tables: headings however they are written, and every cell either used or told of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.exchange.xlsform.workbook import Sheet, column_letters

LONGEST_SHOWN = 60
VI, EN = "vi", "en"
LANGUAGES = {
    "vi": VI, "vietnamese": VI, "tiếng việt": VI, "tieng viet": VI, "việt": VI, "viet": VI, "vn": VI,
    "en": EN, "english": EN, "tiếng anh": EN, "tieng anh": EN, "anh": EN,
}  # fmt: skip
CODE = re.compile(r"\(\s*([A-Za-z]{2,3})(?:[-_][A-Za-z]+)?\s*\)")
TEXTS = ("label", "hint", "constraint_message", "required_message", "guidance_hint")
SAME = {
    "relevance": "relevant", "caption": "label", "calculate": "calculation", "readonly": "read_only",
    "list": "list_name", "listname": "list_name", "constraint_msg": "constraint_message",
    "constrain": "constraint", "required_msg": "required_message", "count": "repeat_count", "jr:count": "repeat_count",
    "bind:relevant": "relevant", "bind:required": "required", "bind:constraint": "constraint",
    "bind:calculate": "calculation", "bind:readonly": "read_only", "bind:type": "type", "body:appearance": "appearance",
    "bind:jr:constraintmsg": "constraint_message", "bind:jr:requiredmsg": "required_message", "control:appearance":
    "appearance", "command": "type", "title": "form_title", "id_string": "form_id", "set_form_title": "form_title",
    "set_form_id": "form_id",
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """A cell, a row (no column) or a sheet (row 0) that did not come over as it stands, and why.

    `lost` is false where it came over changed. `column` is its letters, `heading` what stands above it.
    """

    sheet: str
    row: int
    column: str
    heading: str
    what: str
    why: str
    lost: bool = True

    def __str__(self) -> str:
        places = [f'sheet "{self.sheet}"', f"row {self.row}" if self.row else "", self.in_column]
        said = f' "{self.what}"' if self.what else ""
        how = "not carried over" if self.lost else "changed"
        return f"{', '.join(filter(None, places))}:{said} {how}: {self.why}"

    @property
    def in_column(self) -> str:
        """The column with its heading."""
        return f"column {self.column} ({self.heading})" if self.heading else f"column {self.column}" * bool(self.column)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty, trimmed."""

    row: int
    column: int
    text: str


@dataclass
class Report:
    """What is told of a workbook."""

    told: list[Told] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def cell(self, sheet: str, cell: Cell, heading: str, why: str, *, lost: bool = True) -> None:
        """Tells of one cell."""
        self.told.append(Told(sheet, cell.row, column_letters(cell.column), heading, shortened(cell.text), why, lost))

    def end(self) -> None:
        """Tells of every cell that nobody used: none is dropped in silence."""
        for table in self.tables:
            for row in table:
                row.rest({})

    def used(self) -> frozenset[tuple[str, int, int]]:
        """Sheet, row and column of every cell that was used or told of as a cell of a table."""
        rows = [row for table in self.tables for row in table]
        return frozenset(
            (row.table.name, cell.row, cell.column)
            for row in rows
            for heading, cell in row.cells.items()
            if heading in row.taken
        )

    def row(self, sheet: str, row: int, what: str, why: str, *, lost: bool = True) -> None:
        """Tells of a whole row, or with 0 of the whole sheet."""
        self.told.append(Told(sheet, row, "", "", shortened(what), why, lost))


def shortened(text: str) -> str:
    """A text as a sentence quotes it."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"


@dataclass
class Row:
    """A row of a table; `take` uses a cell, and what nobody took is told of at the end."""

    table: Table
    number: int
    cells: dict[str, Cell]
    taken: set[str] = field(default_factory=set)

    def take(self, heading: str) -> str:
        """A cell's text, used; empty where there is none."""
        self.taken.add(heading)
        return self.cells[heading].text if heading in self.cells else ""

    def lose(self, heading: str, why: str) -> None:
        """Tells that a cell is not carried over."""
        self.taken.add(heading)
        if heading in self.cells:
            self.table.report.cell(self.table.name, self.cells[heading], heading, why)

    def change(self, heading: str, why: str) -> None:
        """Tells that a cell is carried over changed."""
        if heading in self.cells:
            self.table.report.cell(self.table.name, self.cells[heading], heading, why, lost=False)

    def lose_all(self, why: str) -> None:
        """Tells that the whole row is not carried over."""
        self.taken |= set(self.cells)
        what = next((self.cells[heading].text for heading in ("name", "type") if heading in self.cells), "")
        self.table.report.row(self.table.name, self.number, what, why)

    def texts(self, base: str) -> dict[str, tuple[str, str]]:
        """The texts of a heading by language, each with the heading it stands under; all are used."""
        found: dict[str, tuple[str, str]] = {}
        plain = ""
        for heading, cell in self.cells.items():
            if heading == base:
                plain = cell.text
            elif heading.startswith(f"{base}::"):
                self._one(heading, found)
        if plain:
            self._plain(base, plain, found)
        return found

    def _one(self, heading: str, found: dict[str, tuple[str, str]]) -> None:
        code = language_of(heading.partition("::")[2])
        if code not in (VI, EN) or code in found:
            self.lose(heading, "texts are Vietnamese and English only" if code not in found else "it stands twice")
        else:
            found[code] = (self.take(heading), heading)

    def _plain(self, base: str, text: str, found: dict[str, tuple[str, str]]) -> None:
        wanted = [self.table.default_language] if self.table.default_language in (VI, EN) else [VI, EN]
        code = next((one for one in wanted if one not in found), "")
        if code:
            found[code] = (self.take(base), base)
        else:
            self.lose(base, "the same text stands under a language of its own")

    def rest(self, reasons: dict[str, str]) -> None:
        """Tells of every cell that nobody took."""
        for heading in [heading for heading in self.cells if heading not in self.taken]:
            why = next((why for start, why in reasons.items() if heading.partition("::")[0] == start), "")
            self.lose(heading, why or f'the column "{heading}" has no counterpart')


def language_of(written: str) -> str:
    """The code of `Vietnamese (vi)`, `Tiếng Việt`, `en`, or what was written."""
    found = CODE.search(written)
    word = found[1].lower() if found else " ".join(written.lower().split())
    return LANGUAGES.get(word, word)


def heading_of(written: str) -> str:
    """A heading in one writing: `Constraint  Message` → `constraint_message`, `label:English` → `label::English`."""
    text = " ".join(written.split())
    base, mark, rest = text.partition("::")
    if not mark:
        base, mark, rest = text.partition(":")
    key = base.strip().lower().replace(" ", "_").replace("-", "_")
    whole = f"{key}:{rest.strip().lower().replace('::', ':')}" if mark else key
    if whole in SAME or not mark:
        return SAME.get(whole, whole)
    return f"{SAME.get(key, key)}::{rest.strip()}"


class Table:
    """A sheet whose first row that is not empty holds the headings."""

    def __init__(self, sheet: Sheet, report: Report, default_language: str = "") -> None:
        self.name, self.report, self.default_language = sheet.name, report, default_language
        report.tables.append(self)
        filled = sorted(sheet.rows)
        self.headings: dict[int, str] = {}
        self.rows: list[Row] = []
        if filled:
            self._head(sheet.rows[filled[0]], filled[0])
            self.rows = [row for number in filled[1:] if (row := self._row(number, sheet.rows[number])).cells]

    def _head(self, cells: Any, number: int) -> None:
        for column, text in sorted(cells.items()):
            heading = heading_of(text)
            if heading in self.headings.values():
                cell = Cell(number, column, text)
                self.report.cell(self.name, cell, heading, "the heading stands twice; the first column counts")
                heading = f"{heading} ({column_letters(column)})"
            self.headings[column] = heading

    def _row(self, number: int, cells: Any) -> Row:
        named = {}
        for column, text in sorted(cells.items()):
            cell = Cell(number, column, text.strip())
            if column in self.headings:
                named[self.headings[column]] = cell
            else:
                self.report.cell(self.name, cell, "", "it stands under no heading")
        return Row(self, number, named)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def sheet_named(sheets: Iterable[Sheet], name: str) -> Sheet | None:
    """The sheet of a name, however its letters are written."""
    return next((sheet for sheet in sheets if sheet.name.strip().lower() == name), None)
