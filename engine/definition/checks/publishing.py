"""What a procedure must say at its level, and the files and fields that it counts on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.definition.blocks import GROUP, formula_names
from engine.definition.checks.checking import RESERVED, Checking, twice
from engine.definition.library import CATEGORIES, FILE_NAME
from engine.definition.procedure import FORMAT
from engine.format.faults import did_you_mean
from engine.format.reading import NAME, Node
from engine.formulas.grammar import FUNCTIONS, WORDS

LEVELS = (1, 2, 3, 4)
ONLINE = 3
NEEDED_ONLINE = ("form", "applicant", "processing", "next_steps")
TEMPLATES = 2
MOST_MONTHS = 1200  # a hundred years: what is kept for good says so by having no retention
MOST_DONG = 1_000_000_000_000
KEPT = frozenset((*RESERVED, *FUNCTIONS, *WORDS))
WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
EVENTS = (
    "submitted", "received", "refused", "supplement", "fee", "done", "returned", "withdrawn", "stopped", "extended",
)  # fmt: skip
APPLICANT_KINDS = {"email": ("email",), "phone": ("phone",), "id_number": ("national_id", "text", "tax_code")}
# What the other parts may be read from, by the type of the value.
APPLICANT_TYPES = {"name": ("text", "choice"), "address": ("address", "text")}


def heading(checking: Checking) -> None:
    """Format, code and category."""
    number = checking.node("format")
    if number is not None and isinstance(number.value, int) and number.value != FORMAT:
        checking.fault(number, "", f"the format is {FORMAT}, not {number.raw}")
    code = checking.node("code")
    if code is not None and not CODE.fullmatch(code.raw):
        checking.fault(code, "", f'the code "{code.raw}" holds more than letters, digits, ".", "-" and "_"')
    category = checking.node("category")
    if category is not None and isinstance(category.value, str | int):
        _category(checking, category)


def _category(checking: Checking, node: Node) -> None:
    library = checking.outline.library
    catalog = library.catalog(CATEGORIES)
    if catalog is None:
        broken = library.broken.get(f"catalog {CATEGORIES}")
        if broken:
            checking.faults.extend(broken)
        else:
            checking.fault(node, "", f'the catalog "{CATEGORIES}" is missing')
    elif node.raw not in catalog.values:
        checking.fault(node, "", f'unknown category "{node.raw}"{did_you_mean(node.raw, catalog.values)}')


def level(checking: Checking) -> None:
    """What each level asks for."""
    node = checking.node("level")
    if node is None or not isinstance(node.value, int):
        return
    if node.value not in LEVELS:
        checking.fault(node, "", f"the level is 1, 2, 3 or 4, not {node.raw}")
        return
    if node.value == ONLINE:
        _need(checking, node, "partial_reason")
    if node.value > ONLINE:
        checking.fault(node, "", "level 4 needs a way to pay online, which is not supported yet")
    if node.value >= ONLINE:
        for name in NEEDED_ONLINE:
            _need(checking, node, name)


def promises(checking: Checking) -> None:
    """Warnings for what a level or an amount promises, and for mails that nobody gets."""
    node = checking.node("level")
    if node is not None and checking.level == TEMPLATES and not checking.listed("templates"):
        checking.warn(node, "", 'level 2 promises blank forms to download, but there are no "templates"')
    applicant = checking.node("applicant")
    if checking.level >= ONLINE and applicant is not None and checking.node("applicant", "email") is None:
        what = '"email" is missing, so nobody is told by mail what becomes of the dossier'
        checking.warn(applicant, "applicant", what)
    rates = checking.node("rates")
    used = {name for text in _formulas(checking.outline.root) for name in formula_names(text)}
    for name, inner in rates.value.items() if rates is not None and isinstance(rates.value, dict) else ():
        if name not in used:
            checking.warn(inner, f'rate "{name}"', "no formula uses this amount")


def _need(checking: Checking, level: Node, name: str) -> None:
    node = checking.node(name)
    if node is None and name in checking.misspelt:
        return
    if node is None:
        root = checking.outline.root
        checking.fault(root, "", f'"{name}" is missing; level {level.raw} needs it', line=root.keys.get(name, 0))
    elif node.value in ([], {}, ""):
        checking.fault(node, "", f'"{name}" is empty; level {level.raw} needs it')


def methods(checking: Checking) -> None:
    """One method of each channel, and one that is online where the procedure is."""
    listed = checking.listed("methods")
    node = checking.node("methods")
    if node is not None and node.value == []:
        checking.fault(node, "", '"methods" is empty; at least one way to file is wanted')
    seen: dict[str, int] = {}
    for method in listed:
        channel = method.at(["channel"])
        if channel.raw in seen and channel is not method:
            what = f'the channel "{channel.raw}" stands twice, first in line {seen[channel.raw]}'
            checking.fault(channel, f'method "{channel.raw}"', what)
        seen.setdefault(channel.raw, channel.line)
    level = checking.level if checking.level in LEVELS else 0
    if node is not None and level >= ONLINE and seen and set(seen) <= {"in_person", "post"}:
        checking.fault(node, "", f"no method is online; level {level} needs it")


def templates(checking: Checking) -> None:
    """Each blank form stands in the folder beside the file that bears the procedure's code."""
    code = checking.value("code")
    for template in checking.listed("templates"):
        file = template.get("file")
        if file is None or not file.raw:
            continue
        place = f'template "{file.raw}"'
        if not FILE_NAME.fullmatch(file.raw):
            checking.fault(file, place, f'"{file.raw}" is no plain file name')
        elif code and CODE.fullmatch(code) and checking.outline.library.template(code, file.raw) is None:
            what = f'there is no file "{file.raw}" in the folder "{code}"; it is not offered until it is there'
            checking.warn(file, place, what)


def applicant(checking: Checking) -> None:
    """The fields that say who files are fields of the form, and of a fitting kind."""
    node = checking.node("applicant")
    if node is None or not isinstance(node.value, dict):
        return
    for key, inner in node.value.items():
        items = inner.value if isinstance(inner.value, list) else [inner]
        if not items:
            checking.fault(inner, "applicant", f'"{key}" is an empty list; name a field, or leave it out')
        twice(checking, items, "applicant", "field")
        for item in items:
            if item.raw:
                _applicant_field(checking, item, key)


def _applicant_field(checking: Checking, node: Node, key: str) -> None:
    entry = checking.entries.get(node.raw)
    if entry is None or node.raw in checking.paper_names or node.raw in checking.officer_names:
        checking.report_unknown(node, "applicant", node.raw)
        return
    if key == "email" and entry.field is not None and entry.field.sensitive:
        checking.fault(node, "applicant", f'"{node.raw}" is sensitive, but mails need its address in the open')
    if entry.field is None or entry.field.KIND == "computed":
        return
    if entry.field.KIND == GROUP:
        checking.fault(node, "applicant", f'"{node.raw}" is a group; the applicant is named by a field of its own')
        return
    kinds, types = APPLICANT_KINDS.get(key), APPLICANT_TYPES.get(key)
    if not entry.field.ASKS:
        checking.fault(node, "applicant", f'"{node.raw}" asks nothing, so it cannot say who files')
    elif kinds and entry.field.KIND not in kinds:
        what = f'"{node.raw}" is of the kind {entry.field.KIND}, but "{key}" needs {kinds[0]}'
        checking.fault(node, "applicant", what)
    elif types and entry.field.value_type() not in types:
        checking.warn(node, "applicant", f'"{node.raw}" is of the kind {entry.field.KIND}, which is no {key} as a rule')


def mail(checking: Checking) -> None:
    """Known events."""
    node = checking.node("mail")
    if node is None or not isinstance(node.value, dict):
        return
    for event in node.value:
        if event not in EVENTS:
            what = f'unknown event "{event}"{did_you_mean(event, EVENTS)} (known: {", ".join(EVENTS)})'
            checking.fault(node, "mail", what, line=node.keys.get(event, 0))


def retention(checking: Checking) -> None:
    """How long a dossier is kept has an end that the calendar knows."""
    node = checking.node("retention", "months")
    if node is not None and isinstance(node.value, int) and node.value > MOST_MONTHS:
        what = f"a dossier is kept {MOST_MONTHS} months at the most, not {node.raw}; leave retention out to keep it"
        checking.fault(node, "retention", what)


def links(checking: Checking) -> None:
    """The addresses of legal texts are those of the web."""
    for text in checking.listed("legal_basis"):
        url = text.get("url")
        if url is not None and url.raw and not WEB.match(url.raw):
            place = f'legal text "{text.at(["title"]).raw}"'
            checking.fault(url, place, f'"{url.raw}" is no address of the web: https://… is wanted')


def rates(checking: Checking) -> None:
    """Names of amounts, which are at least 0."""
    node = checking.node("rates")
    for name, inner in node.value.items() if node is not None and isinstance(node.value, dict) else ():
        place = f'rate "{name}"'
        if not NAME.fullmatch(name):
            checking.fault(inner, place, f'"{name}" is no name: small letters, digits and _ are wanted, a letter first')
        if name in checking.entries or any(name in columns for columns in checking.columns.values()):
            checking.fault(inner, place, f'the name "{name}" is a field already')
        elif name in KEPT:
            checking.fault(inner, place, f'the name "{name}" has a meaning of its own in formulas')
        if type(inner.value) is int and inner.value < 0:
            checking.fault(inner, place, f"an amount is at least 0, not {inner.raw}")
        elif type(inner.value) is int and inner.value > MOST_DONG:
            checking.fault(inner, place, f"an amount is {MOST_DONG} at the most, not {inner.raw}")


def _formulas(node: Node) -> Iterator[str]:
    """The texts of everything that may be a formula."""
    if isinstance(node.value, dict):
        for key, inner in node.value.items():
            if key in ("amount", "formula"):
                yield inner.raw
            yield from _formulas(inner)
    elif isinstance(node.value, list):
        for inner in node.value:
            yield from _formulas(inner)
