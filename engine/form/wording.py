"""The texts of a page as template code: constants escaped, answers and alternatives left to the request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from engine import rules
from engine.form.markdown import rendered
from engine.format.texts import Text
from engine.rules import Condition
from engine.rules.dependent import DependentText

NAMED = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Source(str):
    """A piece of template code, as against a text that must stay a text."""

    __slots__ = ()


def literal(value: object) -> object:
    """A constant in a page's source: escaped, and never template code."""
    if isinstance(value, Markup):
        return value  # what a macro gave: its parts came through here already
    if isinstance(value, Source):
        return Markup(value)  # noqa: S704 - the code was made here, of names that the loader checked
    return Markup(str(escape(value)).replace("{", "&#123;"))  # noqa: S704 - escaped one call further in


def text_source(text: Text | None, language: str) -> Source:
    """A text with the answers it names in `{name}`, as template code; of several, script shows the one that counts."""
    return _cases(text, "span", lambda one: words_source(one, language))


def words_source(text: Text, language: str) -> Source:
    return _with_answers(NAMED.split(text.in_(language)), lambda piece: str(literal(piece)))


def _cases(text: Text | None, element: str, source: Callable[[Text], Source]) -> Source:
    if text is None:
        return Source("")
    if not isinstance(text, DependentText):
        return source(text)
    return Source("".join(_case(when, source(one), element) for when, one in text.alternatives()))


def _case(when: Condition, source: Source, element: str) -> str:
    """A text with its condition, for the server to decide by now and for the browser later."""
    written = condition_text(when)
    hidden = "{% if not holds(" + ascii(written) + ") %} hidden{% endif %}"
    return f'<{element} data-when="{literal(written)}"{hidden}>{source}</{element}>'


def _with_answers(pieces: list[str], constant: Callable[[str], str]) -> Source:
    shown = [
        "{{ s.get('" + piece + "', '…') }}" if place % 2 else constant(piece) for place, piece in enumerate(pieces)
    ]
    return Source("".join(shown))


def note_source(text: Text, language: str) -> Source:
    """A text in Markdown, as sanitised markup, with the answers it names."""
    return _cases(text, "div", lambda one: _note_source(one, language))


def _note_source(text: Text, language: str) -> Source:
    pieces = NAMED.split(str(rendered(text.in_(language))))
    return _with_answers(pieces, lambda piece: piece.replace("{", "&#123;"))


def condition_text(condition: Any) -> str:
    """A condition as the browser's evaluator reads it."""
    return json.dumps(rules.document(condition), ensure_ascii=False, separators=(",", ":"), default=str)
