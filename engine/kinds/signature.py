"""The kind by which somebody signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from engine.format.reading import boolean, key
from engine.format.texts import Text
from engine.kinds.base import Context, Field, Inputs, Refused, Typed, clean, first
from engine.kinds.messages import Problem

DRAWN = re.compile("[0-9a-f]{32}")  # the id of an attachment
PICTURE = "data:image/png;base64,"  # how a page sends what was drawn
MOST_TYPED = 100
LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, kw_only=True)
class Signature(Field):
    """A signature, typed as a full name or drawn. Stored as the text, or as the id of the drawing's attachment.

    A drawing is received before the form is parsed (`engine.draft.attachments`); one that was received already is
    kept by its id in `<f>-drawn`.
    """

    KIND: ClassVar[str] = "signature"
    OPERATORS: ClassVar[frozenset[str]] = frozenset({"filled", "empty"})
    GROUPED: ClassVar[bool] = True
    IN_ROWS: ClassVar[bool] = False

    drawn: bool = key(boolean, default=True, doc="May be drawn too, not only typed.")

    def inputs(self) -> tuple[str, ...]:
        """The typed name, and the drawing."""
        return (self.name, f"{self.name}-drawn") if self.drawn else (self.name,)

    def parse(self, data: Inputs, context: Context) -> str | None:
        """The drawing where there is one, else the name."""
        if self.drawn:
            drawn = next((value for value in reversed(data.get(f"{self.name}-drawn", ())) if value), "")
            if drawn in context.attachments:
                return drawn
            if drawn:
                raise Refused("signature.drawn")
        typed = first(data, self.name)
        name = " ".join(clean(typed).split()) if typed else ""
        if not name:
            return None
        if len(name) > MOST_TYPED or not LETTER.search(name) or DRAWN.fullmatch(name):
            raise Refused("signature.form", limit=MOST_TYPED)
        return name

    def problem(self, value: Any, context: Context) -> Problem | None:
        """That a drawing is still there."""
        return Problem("file.gone") if DRAWN.fullmatch(value) and value not in context.attachments else None

    def typed(self, value: Any) -> Typed:
        """The name, or the drawing's id."""
        drawn = bool(value) and DRAWN.fullmatch(value) is not None
        typed: Typed = {self.name: "" if drawn or value is None else value}
        return typed | {f"{self.name}-drawn": value if drawn else ""} if self.drawn else typed

    def page_values(self, typed: Typed, context: Context, language: str) -> dict[str, Any]:
        """The id of a drawing that is kept."""
        drawn = str(typed.get(f"{self.name}-drawn") or "")
        return {f"{self.name}#kept": drawn if drawn in context.attachments else ""}

    def show(self, value: Any, language: str, context: Context) -> str:
        """The name, or that it was drawn."""
        return Text("Đã vẽ chữ ký", "Drawn").in_(language) if DRAWN.fullmatch(value) else str(value)

    def index_text(self, value: Any, context: Context) -> str:
        """The name; nothing of a drawing."""
        return "" if DRAWN.fullmatch(value) else str(value)

    def schema(self) -> dict[str, Any]:
        """A text, or an attachment's id."""
        return {"type": "string", "maxLength": MOST_TYPED}

    def attributes(self) -> dict[str, str]:
        """How long a name may be."""
        return super().attributes() | {"data-max-length": str(MOST_TYPED)}

    def page(self) -> dict[str, Any]:
        """Whether it may be drawn."""
        return {"drawn": self.drawn}

    def anchor(self, problem: Problem | None) -> str:
        """The typed name, which everybody reaches."""
        return self.name

    def missing(self) -> Problem:
        """What is wanted."""
        return Problem("sign" if self.drawn else "sign.typed")
