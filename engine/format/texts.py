"""A text of a definition in the languages it was written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Vietnamese and, where somebody wrote it, in English."""

    vi: str
    en: str | None = None

    def in_(self, language: str) -> str:
        """The text in `language`, or in Vietnamese where it is missing."""
        return (self.en if language == "en" else None) or self.vi

    @classmethod
    def of(cls, plain: str | Mapping[str, str]) -> Text:
        """The text that a document writes as a string or as `{vi: …, en: …}`."""
        return cls(plain) if isinstance(plain, str) else cls(plain["vi"], plain.get("en"))
