"""The texts of a sheet in the format: languages, and `${name}` as `{name}`."""

from __future__ import annotations

import re
from typing import Any

from engine.errors import CannotCarry
from engine.exchange.xlsform.scope import Scope
from engine.exchange.xlsform.sheets import EN, VI, Row
from engine.exchange.xlsform.xpath import Ref

NAMED = re.compile(r"\$\{\s*([^{}]+?)\s*\}")
BRACES = re.compile(r"(?<!\$)\{([a-z][a-z0-9_]*)\}")

Text = str | dict[str, str]


def text(row: Row, base: str, scope: Scope) -> Text | None:
    """What stands under `label`, `hint` or the like, in one language or in both; nothing where nothing does."""
    found = {code: _named(said, heading, row, scope) for code, (said, heading) in row.texts(base).items()}
    if not found:
        return None
    if set(found) == {VI, EN}:
        return {VI: found[VI], EN: found[EN]}
    if EN in found:
        heading = row.texts(base)[EN][1]
        if heading != base:
            row.change(heading, "there is no Vietnamese text; the English one stands in its place")
        return found[EN]
    return found[VI]


def _named(said: str, heading: str, row: Row, scope: Scope) -> str:
    """A text that names earlier answers as the format does; any other braces become brackets."""
    whole = BRACES.sub(r"(\1)", said)

    def written(match: re.Match[str]) -> str:
        try:
            return "{" + scope.answer(Ref(match[1])).name + "}"
        except CannotCarry as why:
            row.change(heading, f"{match[0]} stands as its name alone: {why}")
            return match[1]

    if whole != said:
        row.change(heading, "braces name an answer here; they became brackets")
    return NAMED.sub(written, whole)


def plain(said: Any) -> str:
    """One text of a text in languages."""
    return str(said[VI] if isinstance(said, dict) else said)
