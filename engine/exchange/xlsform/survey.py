"""The rows of a survey sheet as a tree of questions, groups and repeats, each with its name in the format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.exchange.xlsform.scope import Known, Names, field_names
from engine.exchange.xlsform.sheets import Row, Table

MOST_NESTED = 30
GROUP, REPEAT, QUESTION = "group", "repeat", "question"
BEGIN = re.compile(r"begin[ _]?(group|repeat)")
END = re.compile(r"end[ _]?(group|repeat)")
CHOOSING = re.compile(
    r"(select[ _]?one|select1|select[ _]multiple|select all that apply)(?:[ _]from)?(_file|_external)?\s+(\S+)(.*)",
    re.I,
)
KINDS = {
    "text": "text", "string": "text", "note": "note", "integer": "integer", "int": "integer", "decimal": "decimal",
    "range": "integer", "date": "date", "time": "time", "datetime": "datetime", "acknowledge": "confirm",
    "trigger": "confirm", "calculate": "computed", "image": "file", "photo": "file", "file": "file", "barcode": "text",
}  # fmt: skip
NO_PLACE = "a place on a map has no counterpart; ask for an address"
NO_MEDIUM = "sound and moving pictures are not taken as files here"
NO_METADATA = "what the device says of itself is not asked for here"
WHY_NOT = {
    **dict.fromkeys(("geopoint", "geotrace", "geoshape", "location"), NO_PLACE),
    **dict.fromkeys(("audio", "video", "background-audio"), NO_MEDIUM),
    **dict.fromkeys(
        ("start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit",
         "start-geopoint", "device id", "phone number"), NO_METADATA),
    "hidden": "a value that nobody sees has no counterpart",
    "xml-external": "a list in another file has no counterpart",
    "csv-external": "a list in another file has no counterpart",
    "rank": "putting choices into an order has no counterpart",
    "osm": NO_PLACE,
}  # fmt: skip


@dataclass
class Item:
    """A question, a group or a repeat where it stands; `choices` names the list of a question."""

    row: Row
    sort: str
    written: str
    known: Known
    choices: str = ""
    other: bool = False
    from_file: bool = False
    children: list[Item] = field(default_factory=list)


@dataclass
class Survey:
    """The whole sheet: its top level, and every question by its name there."""

    top: list[Item] = field(default_factory=list)
    known: dict[str, Known] = field(default_factory=dict)


def survey(table: Table, choices: Mapping[str, Mapping[str, str]]) -> Survey:
    """Reads the sheet; `choices` are the values of each list by what the sheet calls them."""
    return _Walk(table, choices).walk()


class _Walk:
    """The groups that are open, from the outermost."""

    def __init__(self, table: Table, choices: Mapping[str, Mapping[str, str]]) -> None:
        self.table, self.choices = table, choices
        self.names: Names = field_names()
        self.survey = Survey()
        self.open: list[Item] = []
        self.lost: list[str] = []  # what is open of a part that is left out

    def walk(self) -> Survey:
        for row in self.table:
            if row.take("disabled").lower() in ("yes", "true", "true()", "1"):
                row.lose_all("the row is switched off")
                continue
            word = " ".join(row.take("type").split())
            self.take(row, word, word.lower())
        for item in self.open:
            item.row.change("type", f"the {item.sort} is never closed; it ends with the sheet")
        return self.survey

    def take(self, row: Row, word: str, lower: str) -> None:
        begin, end = BEGIN.fullmatch(lower), END.fullmatch(lower)
        if begin:
            self.begin(row, begin[1])
        elif end:
            self.end(row, end[1])
        elif self.lost:
            row.lose_all("it stands in a part that is not carried over")
        elif not word:
            row.lose_all("it has no type")
        else:
            self.question(row, word, lower)

    def begin(self, row: Row, sort: str) -> None:
        inside = any(item.sort == REPEAT for item in self.open)
        if self.lost or (sort == REPEAT and inside) or len(self.open) >= MOST_NESTED:
            why = "repeated rows inside repeated rows have no counterpart" if sort == REPEAT else ""
            row.lose_all(why or "it stands in a part that is not carried over")
            self.lost.append(sort)
            return
        item = self.item(row, sort, "group" if sort == REPEAT else "", row.take("name") or sort)
        self.put(item)
        self.open.append(item)

    def end(self, row: Row, sort: str) -> None:
        row.take("name")
        row.taken |= {heading for heading in row.cells if heading.partition("::")[0] == "label"}
        if self.lost:
            row.taken |= set(row.cells)
            self.lost.pop()
        elif not self.open:
            row.lose_all(f"it ends a {sort} that was not begun")
        else:
            if self.open[-1].sort != sort:
                row.change("type", f"it ends a {self.open[-1].sort}")
            self.open.pop()

    def question(self, row: Row, word: str, lower: str) -> None:
        choosing = CHOOSING.fullmatch(word)
        kind = KINDS.get(lower, "")
        if choosing:
            self.choosing(row, choosing)
        elif kind:
            shown_only = kind == "text" and "calculation" in row.cells and "read_only" in row.cells
            if shown_only:
                row.take("read_only")
            self.put(self.item(row, QUESTION, "computed" if shown_only else kind, row.take("name")))
        else:
            first = lower.split(" ")[0]
            why = WHY_NOT.get(lower) or WHY_NOT.get(first) or f'the type "{word}" is not known'
            row.lose_all(why)

    def choosing(self, row: Row, found: re.Match[str]) -> None:
        several = found[1].lower().replace("_", " ") in ("select multiple", "select all that apply")
        from_file = bool(found[2]) or bool(re.search(r"\.(csv|xml|geojson)$", found[3], re.I))
        kind = "text" if from_file else "choices" if several else "choice"
        item = self.item(row, QUESTION, kind, row.take("name"), found[3])
        item.from_file = from_file
        item.other = "other" in found[4].lower().replace("_", " ").split()
        if found[4].strip() and not item.other:
            row.change("type", f'"{found[4].strip()}" after the list has no counterpart')
        self.put(item)

    def item(self, row: Row, sort: str, kind: str, written: str, choices: str = "") -> Item:
        group = next((item.known.name for item in self.open if item.sort == REPEAT), "")
        name = written if sort == GROUP else self.names.own(written)
        if written and name != written:
            row.change("name", f'it is called "{name}" here')
        values = self.choices.get(choices, {})
        known = Known(name, kind, group, row.number, values, step=len(self.survey.top))
        return Item(row, sort, written, known, choices)

    def put(self, item: Item) -> None:
        (self.open[-1].children if self.open else self.survey.top).append(item)
        if item.sort != GROUP and item.written:
            self.survey.known.setdefault(item.written, item.known)


def questions(items: list[Item]) -> Iterator[Item]:
    """The questions and repeats of some items, those in groups too."""
    for item in items:
        if item.sort == GROUP:
            yield from questions(item.children)
        else:
            yield item
