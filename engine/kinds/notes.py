"""Kinds that ask nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from engine.format import reading
from engine.format.reading import boolean, key
from engine.format.texts import Text
from engine.kinds.base import Context, Field, Inputs
from engine.rules.dependent import dependent_text


@dataclass(frozen=True, kw_only=True)
class _Said(Field):
    """A part of the page that only says something. Its label may be left out; so may its name."""

    VALUE_TYPE: ClassVar[str] = "nothing"
    OPERATORS: ClassVar[frozenset[str]] = frozenset()
    ASKS: ClassVar[bool] = False
    HOLDS: ClassVar[bool] = False

    name: str = key(reading.name, default="", doc="Its name, where one is wanted.")
    label: Text = key(dependent_text, default=Text(""), doc="A title.")
    text: Text = key(dependent_text, default=Text(""), doc="What it says; Markdown in a note.")

    def inputs(self) -> tuple[str, ...]:
        """None."""
        return ()

    def parse(self, data: Inputs, context: Context) -> None:
        """Nothing."""

    def typed(self, value: Any) -> dict[str, str | list[str]]:
        """Nothing."""
        return {}

    def attributes(self) -> dict[str, str]:
        """None."""
        return {}


@dataclass(frozen=True, kw_only=True)
class Heading(_Said):
    """A heading inside a step."""

    KIND: ClassVar[str] = "heading"


@dataclass(frozen=True, kw_only=True)
class Note(_Said):
    """An explanation inside a step, open or folded."""

    KIND: ClassVar[str] = "note"

    folded: bool = key(boolean, default=False, doc="Folded behind its label.")

    def page(self) -> dict[str, Any]:
        """Whether it is folded."""
        return {"folded": self.folded}
