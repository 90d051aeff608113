"""What every kind of field has in common.

A kind is a frozen dataclass derived from `Field`: its dataclass fields are its options in the format, an instance
is one field of a definition. The kind alone knows how its value is typed, stored, checked, shown and exported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from engine.format import reading
from engine.format.reading import key
from engine.format.texts import Text
from engine.kinds.messages import Problem
from engine.rules import NONE_KEY, Condition, dependent
from engine.rules.reading import condition

EQUALITY = frozenset({"is", "is_not", "in", "not_in", "filled", "empty"})
ORDER = frozenset({"less_than", "at_most", "more_than", "at_least"})
TIME_ORDER = frozenset({"before", "on_or_before", "after", "on_or_after"})

Inputs = Mapping[str, Sequence[str]]
Typed = dict[str, "str | list[str]"]


class Refused(Exception):
    """A typed value that cannot be stored; carries the problem."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.problem = Problem(code, params)


class Places(Protocol):
    """The administrative units of a day, as the address kind needs them."""

    def province_options(self) -> Mapping[str, str]: ...
    def ward_options(self, province: str) -> Mapping[str, str]: ...
    def title(self, code: str) -> str: ...
    def country_options(self, language: str) -> Mapping[str, str]: ...
    def country(self, code: str, language: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a value may depend on beside itself.

    today: the local day, `YYYY-MM-DD`. attachments: names of the files that the draft holds, by id. account: what is
    known of a signed-in person, by the words of `default: {account: …}`. rates: the amounts in đồng that the
    receiving agency has set itself.
    """

    today: str
    places: Places
    channel: str = "online"
    agency: str = ""
    home_province: str = ""
    attachments: Mapping[str, str] = field(default_factory=dict)
    account: Mapping[str, Any] = field(default_factory=dict)
    rates: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form; `when` is its own condition, without those of its section and step."""

    KIND: ClassVar[str] = ""
    PAGE: ClassVar[str] = ""  # the page template, where it is another kind's
    VALUE_TYPE: ClassVar[str] = "text"
    OPERATORS: ClassVar[frozenset[str]] = EQUALITY
    ASKS: ClassVar[bool] = True  # somebody types or chooses its value
    HOLDS: ClassVar[bool] = True  # it has a value, be it asked or computed
    MISSING: ClassVar[str] = "enter"
    WIDTH: ClassVar[str] = "l"
    GROUPED: ClassVar[bool] = False  # several inputs in one fieldset, whose wrapper bears the id
    IN_ROWS: ClassVar[bool] = True  # whether it may be a column of a group

    name: str = key(reading.name, required=True, doc="The field's name, unique in the form.")
    label: Text = key(dependent.dependent_text, required=True, doc="What the citizen reads.")
    hint: Text | None = key(dependent.dependent_text, doc="A line of help under the label.")
    required: bool | Condition = key(
        dependent.required, default=False, doc="Must be answered where it is relevant, or where a condition holds."
    )
    when: Condition | None = key(condition, doc="The field is asked only when this holds.")
    default: Any = key(dependent.default, doc="Prefilled; no answer until posted.")
    width: str | None = key(reading.one_of("xs", "s", "m", "l"), doc="How wide the input is.")
    sensitive: bool = key(reading.boolean, default=False, doc="Stored sealed, masked in mails.")
    message: Text | None = key(reading.local_text, doc="Replaces the standard error sentence.")
    none: Text | None = key(reading.local_text, doc="A box to tick instead of an answer.")

    @property
    def none_input(self) -> str:
        """The name of the box's input."""
        return f"{self.name}-none"

    @property
    def none_key(self) -> str:
        """Under which the ticked box stands among the answers."""
        return f"{self.name}{NONE_KEY}"

    @property
    def sealed(self) -> bool:
        """Whether its answer is stored sealed."""
        return self.sensitive

    def value_type(self) -> str:
        """As what conditions and formulas read its value."""
        return self.VALUE_TYPE

    def operators(self) -> frozenset[str]:
        """What conditions may ask of it, its box left aside."""
        return self.OPERATORS

    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs on the page."""
        return (self.name,)

    def parse(self, data: Inputs, context: Context) -> Any:
        """The stored value of what was typed, or `None` for nothing; raises `Refused` if it has no stored form."""
        raise NotImplementedError

    def problem(self, value: Any, context: Context) -> Problem | None:
        """What is wrong with a stored value, such as a limit it passes."""
        return None

    def typed(self, value: Any) -> Typed:
        """The inputs as they would be typed for a stored value (`None` for nothing)."""
        return {self.name: "" if value is None else str(value)}

    def show(self, value: Any, language: str, context: Context) -> str:
        """The value in words, for review, mail, papers and desk."""
        return str(value)

    def export(self, value: Any, context: Context) -> str:
        """The value for one cell of a sheet."""
        return self.show(value, "vi", context)

    def index_text(self, value: Any, context: Context) -> str:
        """The words by which a dossier may be found."""
        return self.show(value, "vi", context)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the stored value."""
        return {"type": "string"}

    def attributes(self) -> dict[str, str]:
        """The `data-…` attributes of the page's wrapper, in stored form."""
        return {"data-required": "true"} if self.required is True else {}

    def page(self) -> dict[str, Any]:
        """What the kind's page template needs beside the field."""
        return {}

    def page_values(self, typed: Typed, context: Context, language: str) -> dict[str, Any]:
        """What the page needs at each request beside the typed inputs."""
        return {}

    def prefill(self, context: Context) -> Any:
        """The stored value shown before anything was typed, or nothing."""
        return self.default

    def missing(self) -> Problem:
        """The problem of a required field with nothing in it."""
        return Problem(self.MISSING)

    def anchor(self, problem: Problem | None) -> str:
        """The id of the input at which a problem is put right: a part that its code names, or the whole."""
        part = f"{self.name}-{problem.code.partition('.')[2].split('_of_')[0]}" if problem else ""
        return part if part in self.inputs() else self.name


def first(data: Inputs, name: str) -> str:
    """The first value of an input, or an empty text."""
    values = data.get(name)
    return values[0] if values else ""


def entry(data: Inputs, name: str) -> str:
    """What was typed into an input, cleaned, or an empty text; raises `Refused`."""
    typed = first(data, name)
    return clean(typed) if typed else ""


def posted(typed: Mapping[str, str | Sequence[str]]) -> dict[str, Sequence[str]]:
    """The inputs of a stored value as a browser would post them."""
    return {name: [said] if isinstance(said, str) else said for name, said in typed.items()}


INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(typed: str) -> str:
    """A typed text in its stored form: NFC, trimmed, without invisible marks; CR LF is LF.

    Raises `Refused` for control characters and broken surrogates: no database holds them.
    """
    if typed.isascii():
        trimmed = typed.strip().replace("\r\n", "\n")
    else:
        trimmed = unicodedata.normalize("NFC", INVISIBLE.sub("", typed)).strip().replace("\r\n", "\n")
    if CONTROL.search(trimmed):
        raise Refused("text.control")
    return trimmed
