"""An Excel form of the XLSForm standard as a document of the format, with all that did not come over told of.

Groups of the top level become steps, those inside them sections, repeats groups of rows. What the standard says of
processing a dossier is nothing, so that the document is a draft to go on from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.definition.library import FORMAT
from engine.definition.procedure import Procedure
from engine.errors import CannotCarry, WorkbookRefused
from engine.exchange.xlsform import workbook
from engine.exchange.xlsform.choices import Lists, lists_of
from engine.exchange.xlsform.questions import Form, Plain, made, relevant
from engine.exchange.xlsform.scope import Names, number_of, step_names
from engine.exchange.xlsform.sheets import Report, Row, Table, Told, language_of, sheet_named
from engine.exchange.xlsform.survey import GROUP, REPEAT, Item, survey
from engine.exchange.xlsform.wording import text
from engine.exchange.xlsform.workbook import Sheet
from engine.format.reading import Node, keys_of

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
LEVEL = 1
ONLY_HERE = ("code", "title", "category", "level")  # what a column of the settings or an option of the import gives
DEFAULTS: dict[str, Any] = {"code": "", "title": "Thủ tục nhập từ Excel", "category": "ho-tich", "level": LEVEL}
WHY_SETTINGS = {
    "version": "versions are counted when they are published",
    "style": "how pages look follows from the steps",
    "instance_name": "a dossier is called by its code",
    "submission_url": "declarations are sent here",
    "public_key": "answers are sealed with the keys of this installation",
    "allow_choice_duplicates": "each choice stands once in its list",
}
WHY_CHOICES = {"media": "pictures and sounds beside a choice have no counterpart"}


@dataclass(frozen=True, slots=True)
class Converted:
    """A workbook in the format: the document with the sheets' rows as lines, and what is told of the rest."""

    node: Node
    told: tuple[Told, ...]
    used: frozenset[tuple[str, int, int]] = frozenset()  # sheet, row and column of the cells that were used

    @property
    def document(self) -> dict[str, Any]:
        """The plain data."""
        plain: dict[str, Any] = self.node.plain()
        return plain


def convert(data: bytes, file: str, given: Mapping[str, Any] | None = None) -> Converted:
    """The document of a workbook; `given` are code, title, category and level where the caller knows them.

    Raises `WorkbookRefused` with a sentence.
    """
    sheets, report = workbook.read(data), Report()
    sheet = sheet_named(sheets, SURVEY)
    if sheet is None:
        raise WorkbookRefused('the workbook has no sheet "survey", so it is no XLSForm')
    settings = _settings(sheets, report)
    language = language_of(settings.take("default_language")) if settings else ""
    _tell_other_sheets(sheets, report)
    choices = sheet_named(sheets, CHOICES)
    lists = lists_of(Table(choices, report, language)) if choices else Lists()
    table = Table(sheet, report, language)
    if "type" not in table.headings.values():
        raise WorkbookRefused('the sheet "survey" has no column "type", so it is no XLSForm')
    steps, form = _Making(table, lists).steps()
    _tell_unused(lists)
    head = _head(settings, report, given or {})
    if settings:
        settings.rest(WHY_SETTINGS)
    report.end()
    root = _document(head, steps, form.checks)
    node = _node(root, f"{file} [{sheet.name.strip()}]", 1)
    return Converted(node, tuple(sorted(report.told)), report.used())


def _settings(sheets: Iterable[Sheet], report: Report) -> Row | None:
    sheet = sheet_named(sheets, SETTINGS)
    found = list(Table(sheet, report)) if sheet else []
    for row in found[1:]:
        row.lose_all("settings have one row")
    return found[0] if found else None


def _tell_other_sheets(sheets: Iterable[Sheet], report: Report) -> None:
    seen: set[str] = set()
    for sheet in sheets:
        name = sheet.name.strip().lower()
        if sheet.rows and (name not in (SURVEY, CHOICES, SETTINGS) or name in seen):
            report.row(sheet.name, 0, "", "only the sheets survey, choices and settings are read")
        seen.add(name)


def _tell_unused(lists: Lists) -> None:
    for name, found in lists.lists.items():
        for choice in found:
            if name in lists.used:
                choice.row.rest(WHY_CHOICES)
            else:
                choice.row.lose_all(f'no question asks the list "{name}"')


def _head(settings: Row | None, report: Report, given: Mapping[str, Any]) -> Plain:
    """Code, title, category and level: as the caller gives them, as the settings say, or by default."""
    said: dict[str, Any] = {key: settings.take(key) for key in ONLY_HERE} if settings else {}
    if settings:
        said = _from_form(settings, said)
        if said.get("level") and number_of(said["level"]) not in (1, 2, 3, 4):
            settings.lose("level", "a level is 1, 2, 3 or 4")
            said["level"] = ""
    head: Plain = {}
    for key in ONLY_HERE:
        value = given.get(key) or said.get(key)
        if not value:
            value = DEFAULTS[key]
            why = f'neither the settings nor the import say it; it is "{value}" for now'
            report.row(SETTINGS, 0, key, why, lost=False)
        head[key] = int(value) if key == "level" else str(value)
    return head


def _from_form(settings: Row, said: dict[str, Any]) -> dict[str, Any]:
    title, code = settings.take("form_title"), settings.take("form_id")
    if title and said["title"]:
        settings.lose("form_title", 'the column "title" says it')
    if code and said["code"]:
        settings.lose("form_id", 'the column "code" says it')
    return said | {"title": said["title"] or title, "code": said["code"] or code}


def _document(head: Plain, steps: list[Plain], checks: list[Plain]) -> Plain:
    document = {"format": FORMAT, **head, "methods": [{"channel": "online"}, {"channel": "in_person"}]}
    document |= {"form": steps} if steps else {}
    document |= {"checks": checks} if checks else {}
    order = list(keys_of(Procedure))
    return dict(sorted(document.items(), key=lambda item: order.index(item[0])))


class _At(dict[str, Any]):
    """A part of the document that knows its row."""

    def __init__(self, plain: Plain, row: int) -> None:
        super().__init__(plain)
        self.row = row


def _node(plain: Any, file: str, line: int) -> Node:
    """The nodes of a document, each at the row of the part that holds it."""
    if isinstance(plain, dict):
        line = plain.row if isinstance(plain, _At) else line
        inner = {str(name): _node(value, file, line) for name, value in plain.items()}
        return Node(inner, file, line, keys=dict.fromkeys(inner, line))
    if isinstance(plain, list | tuple):
        return Node([_node(value, file, line) for value in plain], file, line)
    raw = str(plain).lower() if isinstance(plain, bool) else "" if plain is None else str(plain)
    return Node(plain, file, line, raw=raw)


@dataclass
class _Making:
    """The steps of a survey while they are made."""

    table: Table
    lists: Lists
    names: Names = field(default_factory=step_names)

    def steps(self) -> tuple[list[Plain], Form]:
        found = survey(self.table, self.lists.values())
        self.form = Form(found.known, self.lists)
        steps, loose = [], list[Item]()
        for item in found.top:
            if item.sort == GROUP:
                steps += self.loose_step(loose)
                loose = []
                steps += self.step(item)
            else:
                loose.append(item)
        steps += self.loose_step(loose)
        self.form.checks = [check for check in self.form.checks if check]
        return steps, self.form

    def loose_step(self, items: Sequence[Item]) -> list[Plain]:
        """A step of questions that stand in no group."""
        fields = [one for item in items for one in self.fields(item, [])]
        if not fields:
            return []
        name = self.names.make("khai bao")
        items[0].row.change("type", f'it stands in no group; the step "{name}" holds it')
        return [_At({"step": name, "title": "Thông tin khai báo", "fields": fields}, items[0].row.number)]

    def step(self, item: Item) -> list[Plain]:
        head = self.head(item)
        fields = [one for child in item.children for one in self.inside(child)]
        if not fields:
            item.row.change("type", "nothing of the group came over, so there is no step for it")
            return []
        name = self.names.own(item.written)
        if name != item.written:
            item.row.change("name", f'the step is called "{name}" here')
        return [_At({"step": name, "title": head.pop("label"), **head, "fields": fields}, item.row.number)]

    def head(self, item: Item, when: Sequence[Plain] = ()) -> Plain:
        """The label, hint and condition of a group; `when` are the conditions around it that have no place else."""
        row = item.row
        row.take("appearance") if row.cells.get("appearance") and self.is_page(row) else None
        label = text(row, "label", self.form.scope(item, back=True))
        if label is None:
            row.change("type", "it has no label; its name stands in its place")
            label = item.written
        hint = text(row, "hint", self.form.scope(item, back=True))
        head: Plain = {"label": label} | ({"hint": hint} if hint is not None else {})
        head |= relevant(item, self.form, list(when))
        if item.sort == GROUP:
            row.rest(WHY_GROUP)
        return head

    @staticmethod
    def is_page(row: Row) -> bool:
        """Whether a group's appearance says what a step is anyway: its questions on one page."""
        return row.cells["appearance"].text.lower() == "field-list"

    def inside(self, item: Item) -> list[Plain]:
        """What stands directly in a step."""
        if item.sort != GROUP:
            return self.fields(item, [])
        head = self.head(item)
        fields = [one for child in item.children for one in self.fields(child, [])]
        if not fields:
            item.row.change("type", "nothing of the group came over, so there is no section for it")
            return []
        return [_At({"section": head.pop("label"), **head, "fields": fields}, item.row.number)]

    def fields(self, item: Item, when: list[Plain]) -> list[Plain]:
        """The fields of a question, of repeated rows, or of a group that has no counterpart of its own."""
        if item.sort == REPEAT:
            return self.repeated(item, when)
        if item.sort == GROUP:
            return self.flattened(item, when)
        try:
            return [_At(made(item, self.form, when), item.row.number)]
        except CannotCarry as why:
            if self.form.known.get(item.written) is item.known:
                del self.form.known[item.written]
            item.row.lose_all(f"nothing is left of it: {why}")
            return []

    def flattened(self, item: Item, when: list[Plain]) -> list[Plain]:
        head = self.head(item, when)
        item.row.change("type", "a group inside a section or a row has no counterpart; its questions stand without it")
        inner = [head["when"]] if "when" in head else []
        return [one for child in item.children for one in self.fields(child, inner)]

    def repeated(self, item: Item, when: list[Plain]) -> list[Plain]:
        head = self.head(item, when)
        count = item.row.take("repeat_count")
        limits: Plain = {}
        if count:
            number = number_of(count)
            if isinstance(number, int) and number > 0:
                limits = {"min_rows": number, "max_rows": number}
            else:
                item.row.lose("repeat_count", "only a fixed number of rows has a counterpart")
        item.row.rest(WHY_GROUP)
        fields = [one for child in item.children for one in self.fields(child, [])]
        if not fields:
            item.row.change("type", "nothing of the rows came over, so they are left out")
            return []
        checks = self.form.rows.pop(item.known.name, [])
        group: Plain = {"name": item.known.name, "kind": "group", **head, **limits, "fields": fields}
        return [_At(group | ({"checks": checks} if checks else {}), item.row.number)]


WHY_GROUP = {
    "appearance": "how it looks follows from its place",
    "required": "a group is required by its questions",
    "read_only": "a question that cannot be answered has no counterpart",
    "repeat_count": "a number of rows belongs to repeated rows",
    "media": "pictures and sounds beside a text have no counterpart",
    "relevant": "it is always or never asked",
}
