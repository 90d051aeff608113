"""What a citizen has typed into a form so far."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from engine.kinds.base import Typed


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a draft; a change returns a new value.

    values: stored values by field, hidden fields' too (nothing typed is lost).
    typed: the inputs of fields whose entry has no stored form, by field.
    posted: the steps that were posted and found valid.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    typed: Mapping[str, Typed] = field(default_factory=dict)
    posted: frozenset[str] = frozenset()

    def with_step(self, step: str, values: Mapping[str, Any], typed: Mapping[str, Typed], *, posted: bool) -> Answers:
        """These answers with one step's fields replaced; `None` in `values` takes an answer away."""
        kept = {name: value for name, value in self.values.items() if name not in values and name not in typed}
        filled = {name: value for name, value in values.items() if value is not None}
        unread = {name: entry for name, entry in self.typed.items() if name not in values}
        steps = self.posted | {step} if posted else self.posted - {step}
        return Answers(kept | filled, unread | dict(typed), frozenset(steps))

    def with_values(self, values: Mapping[str, Any]) -> Answers:
        """These answers with some values replaced, and nothing marked as posted."""
        return Answers({**self.values, **values}, self.typed, self.posted)

    def parts(self, sensitive: Set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The document in two parts: what may be kept in the open, and what is to be sealed."""
        return self._part(sensitive, inside=False) | {"posted": sorted(self.posted)}, self._part(sensitive, inside=True)

    def _part(self, sensitive: Set[str], *, inside: bool) -> dict[str, Any]:
        parts = {"values": self.values, "typed": self.typed}
        chosen = {
            part: {name: value for name, value in held.items() if (name in sensitive) is inside}
            for part, held in parts.items()
        }
        return {part: held for part, held in chosen.items() if held}

    @classmethod
    def of(cls, opened: Mapping[str, Any], unsealed: Mapping[str, Any]) -> Answers:
        """The answers of the two parts of a document."""
        values = {**opened.get("values", {}), **unsealed.get("values", {})}
        typed = {**opened.get("typed", {}), **unsealed.get("typed", {})}
        return cls(values, typed, frozenset(opened.get("posted", ())))
