"""Texts: the answers they name, and the languages they lack."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.blocks import NAMED, TEXTS
from engine.definition.checks.checking import Checking, where
from engine.definition.outline import Entry
from engine.format.reading import Node

IN_PAPERS = ("title", "hint")


def names_in_texts(checking: Checking) -> None:
    """`{name}` in a text of the form names an earlier field."""
    for head in checking.outline.heads:
        _check_part(checking, head.node, TEXTS, head.place, head.order)
    for entry in (*checking.outline.entries, *checking.outline.columns):
        _check_part(checking, entry.node, TEXTS, entry.place, entry.order, entry)
    for entry in checking.outline.papers:
        _check_part(checking, entry.node, IN_PAPERS, entry.place, entry.order)


def _check_part(
    checking: Checking, part: Node, keys: tuple[str, ...], place: str, order: int, own: Entry | None = None
) -> None:
    if not isinstance(part.value, dict):
        return
    for key in keys:
        if key not in part.value or (key == "text" and "kind" not in part.value):
            continue
        for text in _written(part.value[key]):
            for name in dict.fromkeys(NAMED.findall(text.raw)):
                if not _is_column(checking, text, place, name, key, own):
                    _check_name(checking, text, place, name, order)


def _written(node: Node) -> Iterator[Node]:
    if isinstance(node.value, list):
        for case in node.value:
            yield from _written(case.value["text"]) if isinstance(case.value, dict) and "text" in case.value else ()
    elif isinstance(node.value, dict):
        yield from (inner for inner in node.value.values() if isinstance(inner.value, str))
    elif isinstance(node.value, str):
        yield node


def _is_column(checking: Checking, node: Node, place: str, name: str, key: str, own: Entry | None) -> bool:
    """Whether a text names a column of its own row; a row's title may name each, a column's text those before it."""
    group = "" if own is None else own.group or (own.name if key == "row_title" else "")
    columns = list(checking.columns.get(group, ()))
    if own is None or name not in columns:
        return False
    if own.name in columns and columns.index(name) >= columns.index(own.name):
        line = where(checking.columns[group][name].node, node)
        checking.fault(node, place, f'"{name}" does not stand before, but in {line}; a text names earlier fields only')
    return True


def _check_name(checking: Checking, node: Node, place: str, name: str, order: int) -> None:
    entry = checking.entries.get(name)
    if entry is None:
        checking.report_unknown(node, place, name)
    elif name in checking.officer_names:
        checking.fault(node, place, f'"{name}" is filled by officers; a citizen\'s form cannot name it')
    elif entry.order >= order:
        line = where(entry.node, node)
        checking.fault(node, place, f'"{name}" does not stand before, but in {line}; a text names earlier fields only')


def languages(checking: Checking) -> None:
    """A warning for each text that lacks the English that the title has."""
    title = checking.value("title")
    if title is None or title.en is None:
        return
    for node, place in checking.outline.reading.texts:
        if isinstance(node.value, str) or (isinstance(node.value, dict) and "en" not in node.value):
            checking.warn(node, place, 'the text has no English ("en"), though the title has')


def empty(checking: Checking) -> None:
    """A text that is written says something, in each language."""
    for node, place in checking.outline.reading.texts:
        inner = node.value.values() if isinstance(node.value, dict) else [node]
        for one in inner:
            if isinstance(one.value, str) and not one.value.strip():
                checking.fault(one, place, "the text is empty; write it, or leave the key out")
