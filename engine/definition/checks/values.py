"""Options of fields and papers that contradict each other or name what does not exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.definition.checks import limits
from engine.definition.checks.checking import Checking, twice
from engine.definition.outline import Entry
from engine.format.faults import did_you_mean
from engine.format.reading import Node, described
from engine.formulas.values import DECIMAL, time_of
from engine.kinds import Field, Refused
from engine.kinds.address import Address
from engine.kinds.choices import OTHER, Choice, Choices
from engine.kinds.contacts import Email, Phone, TaxCode
from engine.kinds.dates import STORED, Date, valid
from engine.kinds.files import MEDIA_TYPES, File
from engine.kinds.groups import Group
from engine.kinds.linked import LinkedChoice
from engine.kinds.numbers import DecimalNumber
from engine.kinds.signature import Signature
from engine.kinds.text import ShortText
from engine.kinds.times import stored_moment

WANTED = {
    "integer": "a whole number",
    "money": "a whole number of đồng",
    "decimal": "a number",
    "boolean": "true or false",
    "date": "a date YYYY-MM-DD, or today",
    "time": "a time HH:MM",
    "datetime": "a moment YYYY-MM-DDTHH:MM",
}


def of_fields(checking: Checking) -> None:
    """Limits, defaults and kinds of files of the fields."""
    outline = checking.outline
    for entry in (*outline.entries, *outline.columns, *outline.officer_entries):
        if entry.field is not None:
            sound = limits.sound(checking, entry, entry.field)
            _default(checking, entry, entry.field, judged=sound)
            _accepted(checking, entry)
            _of_no_use(checking, entry, entry.field)
            _columns(checking, entry, entry.field)


def _columns(checking: Checking, entry: Entry, item: Field) -> None:
    read = [column.field for column in checking.outline.columns if column.group == entry.name]
    if isinstance(item, Group) and None not in read and not item.columns:
        checking.fault(entry.node.at(["fields"]), entry.place, "a group asks for one column at least")


def of_papers(checking: Checking) -> None:
    """Kinds of files and blank forms of the papers, and their numbers."""
    files = [form.file for form in checking.value("templates") or ()]
    for entry in checking.outline.papers:
        _accepted(checking, entry)
        template = entry.node.get("template")
        if template is not None and template.raw not in files:
            what = f'"{template.raw}" is none of the "templates"{did_you_mean(template.raw, files)}'
            checking.fault(template, entry.place, what)
        for key in ("originals", "copies"):
            count = entry.node.get(key)
            if count is not None and isinstance(count.value, int) and count.value < 0:
                checking.fault(count, entry.place, f'"{key}" is at least 0, not {count.value}')


def _of_no_use(checking: Checking, entry: Entry, item: Field) -> None:
    """Warnings for what is written and changes nothing."""
    if not item.ASKS and item.value_type() == "nothing":
        for key in ("required", "default", "sensitive", "message", "none"):
            node = entry.node.get(key)
            if node is not None and node.value not in (None, False):
                checking.warn(node, entry.place, f'the kind {item.KIND} asks nothing, so "{key}" has no effect')
        if not any(entry.node.get(key) for key in ("label", "text")):
            checking.warn(entry.node, entry.place, f'the {item.KIND} says nothing: it has neither "label" nor "text"')
    hint = entry.node.get("pattern_hint")
    if isinstance(item, ShortText) and hint is not None and entry.node.get("pattern") is None:
        checking.warn(hint, entry.place, '"pattern_hint" has no effect without "pattern"')
    if isinstance(item, Date) and item.partial and item.precision != ("day",):
        node = entry.node.at(["partial"])
        checking.fault(node, entry.place, '"precision" and "partial" stand together; one is enough')


def _accepted(checking: Checking, entry: Entry) -> None:
    accept = entry.node.get("accept")
    if accept is not None and accept.value == []:
        checking.fault(accept, entry.place, f'"accept" is empty; known: {", ".join(MEDIA_TYPES)}')
    for item in accept.value if accept is not None and isinstance(accept.value, list) else ():
        if item.raw not in MEDIA_TYPES:
            known = ", ".join(MEDIA_TYPES)
            what = f'unknown kind of file "{item.raw}"{did_you_mean(item.raw, MEDIA_TYPES)} (known: {known})'
            checking.fault(item, entry.place, what)


def _default(checking: Checking, entry: Entry, item: Field, *, judged: bool) -> None:
    node = entry.node.get("default")
    if node is None or isinstance(node.value, dict) or item.value_type() == "nothing":
        return
    fits = _default_listed if isinstance(item, Choice | Choices | LinkedChoice) else _default_plain
    if fits(checking, entry, node, item) and judged and (why := limits.refusal(item)):
        quoted = "" if isinstance(node.value, list) else f" {described(node)}"
        checking.fault(node, entry.place, f"the default{quoted} would be refused: {why}")


def _default_plain(checking: Checking, entry: Entry, node: Node, item: Field) -> bool:
    """Whether the default is a value of the field's kind."""
    what = ""
    if isinstance(item, Address | File | Group | Signature) or not item.ASKS:
        what = f"the kind {item.KIND} takes no default of this sort"
    elif isinstance(item, Email | Phone | TaxCode) and isinstance(node.value, str):
        what = _contact_misfit(node, item)
    elif isinstance(item, DecimalNumber) and _fits("decimal", node.value) and _places(node) > item.places:
        what = f"the default {node.raw} has more than {item.places} places"
    elif not _fits(item.VALUE_TYPE, node.value):
        what = f"the default is {WANTED.get(item.VALUE_TYPE, 'a text')}, not {described(node)}"
    if what:
        checking.fault(node, entry.place, what)
    return not what


def _default_listed(checking: Checking, entry: Entry, node: Node, item: Field) -> bool:
    """Whether each of the default is a choice."""
    if isinstance(item, LinkedChoice):
        return _default_linked(checking, entry, node, item)
    if isinstance(item, Choice) and isinstance(node.value, list):
        checking.fault(node, entry.place, "the default is one choice, not a list")
        return False
    return _default_choice(checking, entry, node, item.values if isinstance(item, Choice | Choices) else ())


def _default_choice(checking: Checking, entry: Entry, node: Node, values: Sequence[str]) -> bool:
    """Whether each of the default is a choice."""
    items = node.value if isinstance(node.value, list) else [node]
    twice(checking, items, entry.place, "choice")
    strange = [item for item in items if item.raw not in values or item.raw == OTHER]
    for item in strange:
        checking.fault(item, entry.place, f'"{item.raw}" is no choice{did_you_mean(item.raw, values)}')
    return not strange


def _default_linked(checking: Checking, entry: Entry, node: Node, item: LinkedChoice) -> bool:
    parent = ""
    for one in node.value if isinstance(node.value, list) else [node]:
        known = item.below.get(parent, {})
        if one.raw not in known:
            below = f' below "{parent}"' if parent else ""
            checking.fault(one, entry.place, f'"{one.raw}" is no entry{below}{did_you_mean(one.raw, known)}')
            return False
        parent = one.raw
    return True


def _contact_misfit(node: Node, item: Email | Phone | TaxCode) -> str:
    try:
        item.normal(node.raw)
    except Refused:
        return f'"{node.raw}" is no value of the kind {item.KIND}'
    return ""


def _places(node: Node) -> int:
    """How many digits a number has behind its point."""
    return len(node.raw.partition(".")[2].rstrip("0"))


def _fits(value_type: str, value: Any) -> bool:
    return FITS.get(value_type, _is_text)(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool) and DECIMAL.fullmatch(str(value)) is not None


def _is_date(value: Any) -> bool:
    return value == "today" or (STORED.fullmatch(str(value)) is not None and valid(str(value)))


FITS: dict[str, Callable[[Any], bool]] = {
    "integer": _is_whole,
    "money": _is_whole,
    "decimal": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "date": _is_date,
    "time": lambda value: time_of(value) is not None,
    "datetime": lambda value: isinstance(value, str) and stored_moment(value) is not None,
}
