"""What an expression of a sheet may name: the questions by their names there, as they are called and asked here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from engine.definition.checks.names import RESERVED_FIELDS, RESERVED_STEPS
from engine.errors import CannotCarry
from engine.exchange.xlsform.xpath import Expression, Here, Ref
from engine.search import fold

NUMBERS = ("integer", "decimal")
TIMES = ("date", "time", "datetime")
LONGEST_NAME = 60
DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9.]+)?")


@dataclass(frozen=True, slots=True)
class Known:
    """A question: its name and kind here, the group whose column it is, its place in the order of the sheet.

    `values` are its choices, by what the sheet calls them.
    """

    name: str
    kind: str
    group: str = ""
    order: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    shown_as: str = ""
    step: int = 0

    @property
    def sort(self) -> str:
        """What its answer is: the kind, and of a computed value what it is shown as."""
        return self.shown_as or self.kind


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands. `before` is the order from which on questions may not be named (0: all may)."""

    known: Mapping[str, Known]
    here: Known | None = None
    group: str = ""
    before: int = 0
    step: int = -1  # the step of a condition: computed values of the same step may not be looked at

    def question(self, tree: Expression) -> Known:
        """The question that `${name}` or `.` means; raises `CannotCarry`."""
        if isinstance(tree, Here):
            if self.here is None:
                raise CannotCarry('"." stands where no question is answered')
            return self.here
        if not isinstance(tree, Ref):
            raise CannotCarry("a question ${so} is wanted on one side of a comparison")
        found = self.known.get(tree.name)
        if found is None:
            raise CannotCarry(f"${{{tree.name}}} is not carried over, or names no question")
        if self.before and found.order >= self.before:
            raise CannotCarry(f"${{{tree.name}}} is asked later; a condition looks back only")
        if found.kind == "computed" and found.step == self.step:
            raise CannotCarry(f"${{{tree.name}}} is computed in the same step; a condition sees those of earlier steps")
        return found

    def answer(self, tree: Expression) -> Known:
        """The same for one whose single answer can be looked at from here."""
        found = self.question(tree)
        if found.group and found.group != self.group:
            raise CannotCarry("a column of repeated rows can be looked at from its own row only")
        if found.kind in ("group", "note", "heading"):
            raise CannotCarry(f'"{found.name}" has no answer of its own')
        return found


class Names:
    """Gives every question, step and choice a name of the format, each once."""

    def __init__(self, reserved: tuple[str, ...], stem: str) -> None:
        self.taken = set(reserved)
        self.stem = stem

    def make(self, written: str) -> str:
        """`Họ tên` → `ho_ten`; one that is taken gets a number."""
        bare = fold(written.replace("-", " ").replace(".", " ")).replace(" ", "_")
        bare = re.sub(r"[^a-z0-9_]", "", bare)[:LONGEST_NAME].strip("_")
        if not bare[:1].isalpha():
            bare = f"{self.stem}_{bare}".strip("_")
        name, number = bare, 1
        while name in self.taken:
            number += 1
            name = f"{bare}_{number}"
        self.taken.add(name)
        return name

    def own(self, written: str) -> str:
        """The name as it stands where it is one of the format and free, else one made of it."""
        if re.fullmatch(r"[a-z][a-z0-9_]*", written) and written not in self.taken and len(written) <= LONGEST_NAME:
            self.taken.add(written)
            return written
        return self.make(written)


def field_names() -> Names:
    """Names for questions."""
    return Names(RESERVED_FIELDS, "cau")


def step_names() -> Names:
    """Names for steps."""
    return Names(RESERVED_STEPS, "buoc")


def number_of(value: object) -> int | Decimal | None:
    """The number of a literal, or nothing where it is none."""
    if isinstance(value, int | Decimal):
        return value
    text = str(value).strip()
    if not DECIMAL.fullmatch(text) or len(text) > 30:
        return None
    return Decimal(text) if "." in text else int(text)
