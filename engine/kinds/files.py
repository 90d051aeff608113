"""The kind that holds files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from engine.format.reading import key, positive, several, text
from engine.format.texts import Text
from engine.kinds.base import EQUALITY, Context, Field, Inputs, Refused, Typed, clean, first
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
    IN_ROWS: ClassVar[bool] = False

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


WAYS = {
    "in_person": Text("Mang đến khi làm thủ tục", "Brought in person"),
    "post": Text("Gửi qua bưu chính", "Sent by post"),
    "on_file": Text("Cơ quan đã có", "The office has it already"),
}
ATTACHED = "attach"
ON_FILE = "on_file"
LONGEST_NUMBER = 100


@dataclass(frozen=True, kw_only=True)
class PaperFile(File):
    """A paper of the dossier as its step asks for it: its files, or the way in which it comes otherwise.

    Stored as a list of attachment ids, as the way's word, or as `{on_file: number}` with the number of the paper or of
    the dossier in which the office has it. The way is posted as `<f>-way`, the number as `<f>-number`.
    """

    ways: tuple[str, ...] = ()

    def operators(self) -> frozenset[str]:
        """The way may be asked like a choice."""
        return super().operators() | (EQUALITY if self.ways else frozenset())

    def inputs(self) -> tuple[str, ...]:
        """The ids that are kept, the way, the number."""
        more = (f"{self.name}-way", f"{self.name}-number") if self.ways else ()
        return (*super().inputs(), *more)

    def parse(self, data: Inputs, context: Context) -> Any:
        """The ids, or the way; raises `Refused` for one that is not offered or lacks its number."""
        way = first(data, f"{self.name}-way")
        if not way or way == ATTACHED or not self.ways:
            return super().parse(data, context)
        if way not in self.ways:
            raise Refused("choice.unknown")
        if way != ON_FILE:
            return way
        number = clean(first(data, f"{self.name}-number"))
        if not number or len(number) > LONGEST_NUMBER:
            raise Refused("paper.number", limit=LONGEST_NUMBER)
        return {ON_FILE: number}

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Of files only; a way was checked when it was chosen."""
        return super().problem(value, context) if isinstance(value, list) else None

    def typed(self, value: Any) -> Typed:
        """The ids, the way, the number."""
        kept = super().typed(value if isinstance(value, list) else None)
        if not self.ways:
            return kept
        number = value.get(ON_FILE, "") if isinstance(value, dict) else ""
        way = ON_FILE if number else value if isinstance(value, str) else ATTACHED
        return kept | {f"{self.name}-way": way, f"{self.name}-number": number}

    def show(self, value: Any, language: str, context: Context) -> str:
        """The names of the files, or the way in words."""
        if isinstance(value, list):
            return super().show(value, language, context)
        if isinstance(value, dict):
            return f"{WAYS[ON_FILE].in_(language)}: {value[ON_FILE]}"
        return WAYS[value].in_(language)

    def schema(self) -> dict[str, Any]:
        """A list of ids, or a way."""
        if not self.ways:
            return super().schema()
        words = [way for way in self.ways if way != ON_FILE]
        number = {"type": "object", "properties": {ON_FILE: {"type": "string"}}, "required": [ON_FILE],
                  "additionalProperties": False}  # fmt: skip
        forms = [super().schema(), *([{"enum": words}] if words else []), *([number] if ON_FILE in self.ways else [])]
        return {"anyOf": forms}

    def page(self) -> dict[str, Any]:
        """The ways beside attaching it."""
        return super().page() | {"ways": [(way, WAYS[way]) for way in self.ways], "on_file": ON_FILE in self.ways}
