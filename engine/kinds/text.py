"""Kinds that hold words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import re2

from engine.format.reading import Node, Reading, boolean, key, local_text, long_text, positive, text
from engine.format.texts import Text
from engine.kinds.base import Context, Field, Inputs, Refused, clean, first
from engine.kinds.messages import Problem

MAX_TYPED = 10_000
MOST_OF_A_PATTERN = 1_000  # characters


@lru_cache(maxsize=1024)
def compiled_pattern(pattern: str) -> Any:
    """An administrator's pattern in RE2, which cannot be made to hang; raises `re2.error`."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(pattern, options)


def pattern(node: Node, reading: Reading) -> str | None:
    """A pattern in RE2 syntax."""
    plain = long_text(node, reading, most=MOST_OF_A_PATTERN)
    if plain is None:
        return None
    try:
        compiled_pattern(plain)
    except re2.error as error:
        said = error.args[0] if error.args else "it is broken"
        why = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        reading.fault(node, f'"{plain}" is no pattern: {why}')
        return None
    return plain


@dataclass(frozen=True, kw_only=True)
class _Words(Field):
    """What both kinds of text share."""

    min_length: int | None = key(positive, doc="At least so many characters.")
    max_length: int | None = key(positive, doc="At most so many characters.")

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Its length, in characters of NFC."""
        length = len(value)
        if self.min_length and length < self.min_length:
            return Problem("text.short", {"limit": self.min_length})
        limit = self.max_length or self.longest()
        return Problem("text.long", {"limit": limit, "length": length}) if length > limit else None

    def longest(self) -> int:
        """How long it may be where the definition does not say."""
        return MAX_TYPED

    def schema(self) -> dict[str, Any]:
        """A string with its lengths."""
        lengths = {"minLength": self.min_length, "maxLength": self.max_length}
        return {"type": "string"} | {name: limit for name, limit in lengths.items() if limit}

    def attributes(self) -> dict[str, str]:
        """Its lengths."""
        lengths = {"data-min-length": self.min_length, "data-max-length": self.max_length}
        return super().attributes() | {name: str(limit) for name, limit in lengths.items() if limit}


@dataclass(frozen=True, kw_only=True)
class ShortText(_Words):
    """One line of text."""

    KIND: ClassVar[str] = "text"

    pattern: str | None = key(pattern, doc="What it must look like, RE2 syntax.")
    pattern_hint: Text | None = key(local_text, doc="The pattern in words.")
    autocomplete: str | None = key(text, doc="The browser's autocomplete token.")
    uppercase: bool = key(boolean, default=False, doc="Stored in capitals.")

    def parse(self, data: Inputs, context: Context) -> str | None:
        """One line, NFC and trimmed."""
        typed = first(data, self.name)
        if not typed:
            return None
        value = clean(typed)
        if "\n" in value:
            raise Refused("text.lines")
        return (value.upper() if self.uppercase else value) or None

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Its length, then its pattern (the whole must match)."""
        problem = super().problem(value, context)
        if problem is None and self.pattern and not compiled_pattern(self.pattern).fullmatch(value):
            if self.pattern_hint:
                return Problem("text.pattern", {"pattern_hint": self.pattern_hint})
            return Problem("text.pattern.bare")
        return problem

    def longest(self) -> int:
        """A line."""
        return 1000

    def schema(self) -> dict[str, Any]:
        """A string with lengths and pattern."""
        return super().schema() | ({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {})

    def attributes(self) -> dict[str, str]:
        """Lengths and pattern."""
        return super().attributes() | ({"data-pattern": self.pattern} if self.pattern else {})

    def page(self) -> dict[str, Any]:
        """What the browser may fill in by itself."""
        return {"autocomplete": self.autocomplete}


@dataclass(frozen=True, kw_only=True)
class LongText(_Words):
    """Several lines of text."""

    KIND: ClassVar[str] = "long_text"

    rows: int = key(positive, default=4, doc="How many lines the input shows.")

    def parse(self, data: Inputs, context: Context) -> str | None:
        """Lines, NFC and trimmed."""
        typed = first(data, self.name)
        return (clean(typed) or None) if typed else None

    def page(self) -> dict[str, Any]:
        """Its height."""
        return {"rows": self.rows}
