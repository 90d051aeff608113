"""Kinds that are chosen from a list, and the two that are only ticked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from engine.format.reading import (
    MOST_CHARACTERS,
    Node,
    Reading,
    boolean,
    described,
    key,
    local_text,
    node_of,
    one_of,
    positive,
    record,
    text,
)
from engine.format.texts import Text
from engine.kinds.base import EQUALITY, Context, Field, Inputs, Refused, Typed, clean, first
from engine.kinds.messages import Problem
from engine.rules import Condition
from engine.rules.reading import condition

OTHER = "other"
OTHER_LABEL = Text("Khác", "Other")
RADIO_AT_MOST = 6
SEARCH_FROM = 21


@dataclass(frozen=True, kw_only=True)
class Option:
    """One choice; `until` is the last day it may be chosen (from a catalog)."""

    value: str = key(text, required=True, doc="What is stored.")
    label: Text = key(local_text, required=True, doc="What is read.")
    hint: Text | None = key(local_text, doc="A line of help.")
    when: Condition | None = key(condition, doc="Offered only when this holds.")
    until: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogUse:
    """The name of a catalog whose entries are the choices."""

    catalog: str


def choices(node: Node, reading: Reading) -> tuple[Option, ...] | CatalogUse | None:
    """`{value: label, …}`, a list of `{value:, label:, hint:, when:}`, or `{catalog: name}`."""
    if isinstance(node.value, list):
        read = [record(Option, inner, reading) for inner in node.value]
        options = tuple(option for option in read if option is not None)
    elif isinstance(node.value, dict):
        if set(node.value) == {"catalog"}:
            return CatalogUse(node.value["catalog"].raw or str(node.value["catalog"].value))
        labels = {value: local_text(inner, reading) for value, inner in node.value.items()}
        options = tuple(Option(value=value, label=label) for value, label in labels.items() if label)
    else:
        reading.fault(node, f"choices are wanted, not {described(node)}")
        return None
    _report_choices(node, reading, options)
    return options


def _report_choices(node: Node, reading: Reading, options: Sequence[Option]) -> None:
    seen: set[str] = set()
    if not options and not node.value:
        reading.fault(node, "there is nothing to choose from")
    for option in options:
        if len(option.value) > MOST_CHARACTERS:
            reading.fault(node, f"a choice has {MOST_CHARACTERS} characters at the most, not {len(option.value)}")
        if option.value == OTHER:
            reading.fault(node, 'the choice "other" is reserved; write other: true')
        if option.value in seen:
            reading.fault(node, f'the choice "{option.value}" stands twice')
        seen.add(option.value)


@dataclass(frozen=True, kw_only=True)
class _Listed(Field):
    """What both choosing kinds share. After loading, `choices` are the options, those of a catalog too."""

    MISSING: ClassVar[str] = "choose"

    choices: Any = key(choices, doc="What may be chosen: value to label, in order.")
    catalog: str | None = key(text, doc="The catalog whose entries may be chosen.")
    other: bool = key(boolean, default=False, doc='Adds "other" with a free text.')

    @property
    def options(self) -> tuple[Option, ...]:
        """The options in order, without "other"."""
        return self.choices if isinstance(self.choices, tuple) else ()

    @property
    def values(self) -> tuple[str, ...]:
        """Every value that may be stored or compared with."""
        return tuple(option.value for option in self.options) + ((OTHER,) if self.other else ())

    def inputs(self) -> tuple[str, ...]:
        """The list, and the free text of "other"."""
        return (self.name, f"{self.name}-other") if self.other else (self.name,)

    def one(self, value: str, data: Inputs) -> str | dict[str, str]:
        """The stored form of one chosen value; raises `Refused`."""
        if value != OTHER:
            return value
        said = clean(first(data, f"{self.name}-other"))
        if not said or len(said) > 1000:
            raise Refused("choice.other")
        return {OTHER: said}

    def known(self, value: Any, context: Context) -> bool:
        """Whether a stored value is among those offered on the day."""
        if isinstance(value, dict):
            return self.other
        return any(
            option.value == value and (option.until is None or option.until >= context.today) for option in self.options
        )

    def label_of(self, value: Any, language: str) -> str:
        """A stored value in words."""
        if isinstance(value, dict):
            return f"{OTHER_LABEL.in_(language)}: {value[OTHER]}"
        return next((option.label.in_(language) for option in self.options if option.value == value), str(value))

    def prefill(self, context: Context) -> Any:
        """The default, a text however it was written: `2` and `true` too."""
        return None if self.default is None else node_of(self.default).raw

    def value_schema(self) -> dict[str, Any]:
        """One stored value."""
        listed: dict[str, Any] = {"enum": [option.value for option in self.options]}
        if not self.other:
            return listed
        said = {"type": "object", "properties": {OTHER: {"type": "string"}}, "required": [OTHER]}
        return {"anyOf": [listed, said]}


@dataclass(frozen=True, kw_only=True)
class Choice(_Listed):
    """One of a list. Stored as its value, or `{other: text}`."""

    KIND: ClassVar[str] = "choice"
    VALUE_TYPE: ClassVar[str] = "choice"
    WIDTH: ClassVar[str] = "m"

    display: str | None = key(one_of("radio", "select", "search"), doc="How it is offered; by count without it.")

    @property
    def shown_as(self) -> str:
        """radio, select or search."""
        count = len(self.options)
        by_count = "radio" if count <= RADIO_AT_MOST else "select" if count < SEARCH_FROM else "search"
        return self.display or by_count

    def parse(self, data: Inputs, context: Context) -> Any:
        """The chosen value."""
        value = first(data, self.name)
        return self.one(value, data) if value else None

    def problem(self, value: Any, context: Context) -> Problem | None:
        """It must be offered."""
        return None if self.known(value, context) else Problem("choice.unknown")

    def typed(self, value: Any) -> Typed:
        """The list's value and the free text."""
        chosen = OTHER if isinstance(value, dict) else value or ""
        said = value[OTHER] if isinstance(value, dict) else ""
        return {self.name: chosen, f"{self.name}-other": said} if self.other else {self.name: chosen}

    def show(self, value: Any, language: str, context: Context) -> str:
        """The label."""
        return self.label_of(value, language)

    def schema(self) -> dict[str, Any]:
        """One of the values."""
        return self.value_schema()

    def page(self) -> dict[str, Any]:
        """How it is offered."""
        return {"shown_as": self.shown_as, "other": self.other, "options": self.options}


@dataclass(frozen=True, kw_only=True)
class Choices(_Listed):
    """Several of a list."""

    KIND: ClassVar[str] = "choices"
    VALUE_TYPE: ClassVar[str] = "choices"
    OPERATORS: ClassVar[frozenset[str]] = frozenset(
        {"contains", "contains_any", "contains_all", "filled", "empty", "count"}
    )
    GROUPED: ClassVar[bool] = True

    min: int | None = key(positive, doc="At least so many.")
    max: int | None = key(positive, doc="At most so many.")

    def parse(self, data: Inputs, context: Context) -> list[Any] | None:
        """The chosen values in the order of the list, each once."""
        posted = [value for value in data.get(self.name, ()) if value]
        order = {value: place for place, value in enumerate(self.values)}
        chosen = sorted(dict.fromkeys(posted), key=lambda value: order.get(value, len(order)))
        return [self.one(value, data) for value in chosen] or None

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Each must be offered; their number has limits."""
        if not all(self.known(item, context) for item in value):
            return Problem("choice.unknown")
        if self.min is not None and len(value) < self.min:
            return Problem("choices.min", {"limit": self.min})
        if self.max is not None and len(value) > self.max:
            return Problem("choices.max", {"limit": self.max})
        return None

    def prefill(self, context: Context) -> list[str]:
        """The defaults; a single one may stand alone."""
        listed = self.default if isinstance(self.default, list) else [self.default]
        return [node_of(item).raw for item in listed if item is not None]

    def typed(self, value: Any) -> Typed:
        """The ticked values and the free text."""
        items = value or []
        said = next((item[OTHER] for item in items if isinstance(item, dict)), "")
        ticked = [OTHER if isinstance(item, dict) else item for item in items]
        return {self.name: ticked, f"{self.name}-other": said} if self.other else {self.name: ticked}

    def show(self, value: Any, language: str, context: Context) -> str:
        """The labels."""
        return "; ".join(self.label_of(item, language) for item in value)

    def schema(self) -> dict[str, Any]:
        """A list of values."""
        return {"type": "array", "items": self.value_schema(), "uniqueItems": True}

    def attributes(self) -> dict[str, str]:
        """Its limits."""
        limits = {"data-min": self.min, "data-max": self.max}
        return super().attributes() | {name: str(limit) for name, limit in limits.items() if limit is not None}

    def page(self) -> dict[str, Any]:
        """The boxes."""
        return {"other": self.other, "options": self.options}


@dataclass(frozen=True, kw_only=True)
class YesNo(Field):
    """Yes or no; unanswered it is nothing."""

    KIND: ClassVar[str] = "yes_no"
    VALUE_TYPE: ClassVar[str] = "boolean"
    OPERATORS: ClassVar[frozenset[str]] = EQUALITY
    MISSING: ClassVar[str] = "yes_no"

    def parse(self, data: Inputs, context: Context) -> bool | None:
        """`true` or `false`."""
        typed = first(data, self.name)
        if typed not in ("", "true", "false"):
            raise Refused("yes_no")
        return (typed == "true") if typed else None

    def typed(self, value: Any) -> Typed:
        """`true`, `false` or nothing."""
        return {self.name: "" if value is None else "true" if value else "false"}

    def show(self, value: Any, language: str, context: Context) -> str:
        """Có, Không."""
        return (Text("Có", "Yes") if value else Text("Không", "No")).in_(language)

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, kw_only=True)
class Confirm(Field):
    """A box that is ticked; unticked it is nothing."""

    KIND: ClassVar[str] = "confirm"
    VALUE_TYPE: ClassVar[str] = "boolean"
    OPERATORS: ClassVar[frozenset[str]] = EQUALITY
    MISSING: ClassVar[str] = "confirm"

    def parse(self, data: Inputs, context: Context) -> bool | None:
        """`true`."""
        return True if first(data, self.name) == "true" else None

    def typed(self, value: Any) -> Typed:
        """`true` or nothing."""
        return {self.name: "true" if value else ""}

    def show(self, value: Any, language: str, context: Context) -> str:
        """Đã xác nhận."""
        return Text("Đã xác nhận", "Confirmed").in_(language)

    def schema(self) -> dict[str, Any]:
        """`true`."""
        return {"const": True}
