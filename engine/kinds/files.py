"""The kind that holds files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from engine.format.reading import key, positive, several, text
from engine.kinds.base import Context, Field, Inputs, Typed
from engine.kinds.messages import Problem

# What an office takes: the ending, its media type, and (in engine.draft.attachments) what its content must be.
MEDIA_TYPES: dict[str, str] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, kw_only=True)
class File(Field):
    """One or more files, stored as a list of attachment ids.

    The bytes are received before the form is parsed (`engine.draft.attachments`); a file that was received already is
    kept by `<f>-keep`.
    """

    KIND: ClassVar[str] = "file"
    VALUE_TYPE: ClassVar[str] = "file"
    OPERATORS: ClassVar[frozenset[str]] = frozenset({"filled", "empty", "count"})
    MISSING: ClassVar[str] = "attach"

    accept: tuple[str, ...] = key(several(text), default=("pdf", "jpg", "png"), doc="Kinds of file.")
    max_mb: int = key(positive, default=10, doc="How large a file may be, in MB.")
    max_files: int = key(positive, default=5, doc="How many at the most.")

    def inputs(self) -> tuple[str, ...]:
        """The ids that are kept; the new files come beside them."""
        return (f"{self.name}-keep",)

    def parse(self, data: Inputs, context: Context) -> list[str] | None:
        """The ids that belong to this draft, each once; others are passed over."""
        kept = dict.fromkeys(data.get(f"{self.name}-keep", ()))
        return [item for item in kept if item in context.attachments] or None

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Their number, and that each is still there."""
        if len(value) > self.max_files:
            return Problem("file.many", {"limit": self.max_files})
        if any(item not in context.attachments for item in value):
            return Problem("file.gone")
        return None

    def typed(self, value: Any) -> Typed:
        """The ids."""
        return {f"{self.name}-keep": list(value or [])}

    def page_values(self, typed: Typed, context: Context, language: str) -> dict[str, Any]:
        """The files that are kept, as pairs of id and name."""
        kept = typed.get(f"{self.name}-keep") or []
        return {
            f"{self.name}#files": [(item, context.attachments[item]) for item in kept if item in context.attachments]
        }

    def show(self, value: Any, language: str, context: Context) -> str:
        """The names."""
        return ", ".join(context.attachments.get(item, item) for item in value)

    def schema(self) -> dict[str, Any]:
        """A list of ids."""
        return {"type": "array", "items": {"type": "string"}, "maxItems": self.max_files}

    def attributes(self) -> dict[str, str]:
        """How many and how large."""
        return super().attributes() | {"data-max": str(self.max_files), "data-max-mb": str(self.max_mb)}

    def page(self) -> dict[str, Any]:
        """What the browser offers to choose."""
        endings = [f".{ending}" for ending in self.accept] + ([".jpeg"] if "jpg" in self.accept else [])
        return {"accept_attribute": ",".join(endings), "multiple": self.max_files > 1, "accept": self.accept,
                "max_mb": self.max_mb, "max_files": self.max_files}  # fmt: skip
