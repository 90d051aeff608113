"""The office's own words of its mails can be read, and name only what is known."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition import mail_words
from engine.definition.checks.checking import Checking
from engine.format.reading import Node


def of_mails(checking: Checking) -> None:
    """Each subject and body, in each language."""
    node = checking.node("mail")
    for event, own in node.value.items() if node is not None and isinstance(node.value, dict) else ():
        for part in filter(None, (own.get("subject"), own.get("body"))):
            for text in _written(part):
                for fault in mail_words.faults(text.raw):
                    more = fault.line - 1 if "\n" in text.raw else 0
                    checking.fault(text, f'mail "{event}"', fault.what, line=text.line + more)


def _written(node: Node) -> Iterator[Node]:
    if isinstance(node.value, dict):
        yield from (inner for inner in node.value.values() if isinstance(inner.value, str))
    elif isinstance(node.value, str):
        yield node
