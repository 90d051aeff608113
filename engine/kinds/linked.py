"""The kind that is chosen level by level, each list depending on the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from engine.format.reading import key, local_text, node_of, several, text
from engine.format.texts import Text
from engine.kinds.base import Context, Field, Inputs, Refused, Typed, first
from engine.kinds.choices import Option
from engine.kinds.messages import Problem, lower_first

LEVEL = Text("Cấp {}", "Level {}")


@dataclass(frozen=True, kw_only=True)
class LinkedChoice(Field):
    """One entry of a catalog with parents, chosen level by level. Stored as the list of values, outermost first."""

    KIND: ClassVar[str] = "linked_choice"
    VALUE_TYPE: ClassVar[str] = "choices"
    OPERATORS: ClassVar[frozenset[str]] = frozenset({"contains", "contains_any", "contains_all", "filled", "empty"})
    MISSING: ClassVar[str] = "choose"
    GROUPED: ClassVar[bool] = True

    catalog: str = key(text, required=True, doc="The catalog, whose entries name their `parent`.")
    levels: tuple[Text, ...] = key(several(local_text), default=(), doc="What each level is called, outermost first.")
    options: tuple[Option, ...] = ()  # the catalog's entries, after loading

    @cached_property
    def below(self) -> Mapping[str, Mapping[str, Option]]:
        """The entries by value below each parent, in the catalog's order; the outermost stand below an empty one."""
        found: dict[str, dict[str, Option]] = {"": {}}
        for option in self.options:
            found.setdefault(option.parent or "", {})[option.value] = option
        return found

    @cached_property
    def depth(self) -> int:
        """How many levels there are."""
        level, depth = set(self.below[""]), 0
        while level and depth <= len(self.options):
            level, depth = {inner for value in level for inner in self.below.get(value, {})}, depth + 1
        return depth

    @property
    def values(self) -> tuple[str, ...]:
        """Every value of any level."""
        return tuple(option.value for option in self.options)

    def title(self, level: int) -> Text:
        """What a level is called."""
        if level < len(self.levels):
            return self.levels[level]
        return Text(LEVEL.vi.format(level + 1), LEVEL.in_("en").format(level + 1))

    def inputs(self) -> tuple[str, ...]:
        """`<f>-0`, `<f>-1`, …"""
        return tuple(f"{self.name}-{level}" for level in range(self.depth))

    def offered(self, parent: str, today: str) -> tuple[Option, ...]:
        """What may be chosen below an entry on a day."""
        below = self.below.get(parent, {}).values()
        return tuple(option for option in below if option.until is None or option.until >= today)

    def parse(self, data: Inputs, context: Context) -> list[str] | None:
        """The values from the outermost to one that has nothing below it; nothing where none is chosen.

        What was chosen below another entry than the present one is passed over, and asked for anew.
        """
        chosen: list[str] = []
        parent = ""
        for level, name in enumerate(self.inputs()):
            offered = {option.value for option in self.offered(parent, context.today)}
            value = first(data, name)
            if not offered:
                break
            if not value and not level:
                return None
            if value not in offered:
                misplaced = not value or (level > 0 and value in self.values)
                raise Refused("linked.choose" if misplaced else "linked.other", **self._at(level))
            chosen.append(value)
            parent = value
        return chosen or None

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Each must be offered below the one before it."""
        parent = ""
        for level, item in enumerate(value):
            if item not in {option.value for option in self.offered(parent, context.today)}:
                return Problem("linked.other", self._at(level))
            parent = item
        return Problem("linked.choose", self._at(len(value))) if self.offered(parent, context.today) else None

    def _at(self, level: int) -> dict[str, object]:
        title = self.title(level)
        small = Text(lower_first(title.vi), lower_first(title.in_("en")))
        return {"level": small, "input": f"{self.name}-{level}"}

    def anchor(self, problem: Problem | None) -> str:
        """The level that is wrong; the outermost one where none is."""
        return str((problem.params if problem else {}).get("input", f"{self.name}-0"))

    def typed(self, value: Any) -> Typed:
        """Each level's value."""
        chosen = [*(value or []), *[""] * self.depth]
        return dict(zip(self.inputs(), chosen, strict=False))

    def page_values(self, typed: Typed, context: Context, language: str) -> dict[str, Any]:
        """For each level the entry whose list it shows; nothing where that was not chosen, or lies elsewhere."""
        shown, parent = {}, ""
        for level, name in enumerate(self.inputs()):
            shown[f"{name}#below"] = parent
            chosen = str(typed.get(name) or "")
            parent = chosen if (parent or not level) and chosen in self.below.get(parent, {}) else ""
        return shown

    def show(self, value: Any, language: str, context: Context) -> str:
        """The labels, innermost first, as an address is written."""
        labels = {option.value: option.label.in_(language) for option in self.options}
        return ", ".join(labels.get(item, item) for item in reversed(value))

    def schema(self) -> dict[str, Any]:
        """A list of values, outermost first."""
        return {"type": "array", "items": {"enum": list(self.values)}, "minItems": 1, "maxItems": self.depth}

    def page(self) -> dict[str, Any]:
        """Its levels' names."""
        return {"levels": [self.title(level) for level in range(self.depth)]}

    def prefill(self, context: Context) -> list[str] | None:
        """The default's values, outermost first; a single one may stand alone."""
        if self.default is None:
            return None
        listed = self.default if isinstance(self.default, list) else [self.default]
        return [node_of(item).raw for item in listed]
