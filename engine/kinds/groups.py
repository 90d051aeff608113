"""The kind that holds a table: rows of the same columns, as many as are needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from engine import formulas
from engine.format.reading import Node, Reading, anything, key, local_text, one_of, positive, recorded, several
from engine.format.texts import Text
from engine.kinds.base import Context, Field, Inputs, Typed
from engine.kinds.computed import Computed
from engine.kinds.messages import Problem
from engine.rules.reading import Check

MOST_ROWS = 200
INDEX = re.compile(r"0|[1-9][0-9]{0,8}")

Row = Mapping[str, Any]


def least_rows(node: Node, reading: Reading) -> int | None:
    """How many rows are wanted at least; 0 says that there may be none."""
    if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value < 0:
        reading.fault(node, f"a number of at least 0 is wanted, not {node.value}")
        return None
    return 0 if node.raw == "0" else most_rows(node, reading)


def most_rows(node: Node, reading: Reading) -> int | None:
    """How many rows may be asked for."""
    number = positive(node, reading)
    if number is not None and number > MOST_ROWS:
        reading.fault(node, f"a group holds {MOST_ROWS} rows at the most, not {number}")
        return None
    return number


@dataclass(frozen=True, kw_only=True)
class Group(Field):
    """A table of rows, each with the same columns. Stored as a list of objects.

    On the page a column's input is called `<g>-<row>-<column>`, rows counted from 0; the hidden input `<g>-<row>` tells
    of a row in which nothing is ticked. A column itself knows only its own name: a row's inputs are given to it
    without what stands before.
    """

    KIND: ClassVar[str] = "group"
    VALUE_TYPE: ClassVar[str] = "group"
    OPERATORS: ClassVar[frozenset[str]] = frozenset({"filled", "empty", "count", "any_row", "every_row"})
    MISSING: ClassVar[str] = "rows.missing"
    GROUPED: ClassVar[bool] = True
    IN_ROWS: ClassVar[bool] = False

    fields: tuple[Field, ...] = key(anything, required=True, default=(), doc="Its columns and uses of blocks.")
    checks: tuple[Check, ...] = key(
        several(recorded(Check, "check")), default=(), doc="Rules inside each row, which see the row, then the form."
    )
    min_rows: int | None = key(least_rows, doc="At least so many rows; what `required` is to other kinds.")
    max_rows: int | None = key(most_rows, doc=f"At most so many rows; {MOST_ROWS} without it.")
    row_title: Text | None = key(local_text, doc="What each row is called; may carry `{column}`.")
    layout: str = key(
        one_of("table", "cards", "pages"),
        default="cards",
        doc="`table`: a row's fields side by side; `cards` and `pages`: one below the other.",
    )

    def __post_init__(self) -> None:
        """A least number of rows is what `required` is to other kinds."""
        if self.min_rows:
            object.__setattr__(self, "required", True)

    @property
    def sealed(self) -> bool:
        """A sensitive column seals the whole table."""
        return self.sensitive or any(column.sensitive for column in self.fields)

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """The columns that have a value, be it asked or computed."""
        return tuple(column for column in self.fields if column.HOLDS)

    @cached_property
    def column(self) -> Mapping[str, Field]:
        """The columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def least(self) -> int:
        """How many rows a page shows at least."""
        return max(1, self.min_rows or 0)

    @property
    def most(self) -> int:
        """How many rows it takes."""
        return self.max_rows or MOST_ROWS

    def at(self, row: int, inner: str = "") -> str:
        """The full name of something in a row: `xe-0-loai`; of the row itself: `xe-0`."""
        return f"{self.name}-{row}-{inner}" if inner else f"{self.name}-{row}"

    def inputs(self) -> tuple[str, ...]:
        """Those of the rows that are always shown."""
        names = [name for column in self.columns for name in column.inputs()]
        return tuple(self.at(row, name) for row in range(self.least) for name in names)

    def rows_of(self, data: Inputs) -> dict[int, dict[str, Sequence[str]]]:
        """The inputs of each row that was posted, by its number, under the columns' own names.

        Inputs of no column, and numbers that no page writes, are passed over.
        """
        prefix, found = f"{self.name}-", dict[int, dict[str, Sequence[str]]]()
        for name, values in data.items():
            if not name.startswith(prefix):
                continue
            number, _, inner = name[len(prefix) :].partition("-")
            if INDEX.fullmatch(number) and (not inner or inner.partition("-")[0] in self.column):
                row = found.setdefault(int(number), {})
                row |= {inner: values} if inner else {}
        return dict(sorted(found.items()))

    def unread(self, entry: Typed) -> dict[int, dict[str, Typed]]:
        """The inputs of a draft's entries that have no stored form, by row and column."""
        found: dict[int, dict[str, Typed]] = {}
        for number, row in self.rows_of(entry).items():
            for name, typed in row.items():
                column = found.setdefault(number, {}).setdefault(name.partition("-")[0], {})
                column[name] = typed if isinstance(typed, str) else list(typed)
        return found

    def parse(self, data: Inputs, context: Context) -> list[dict[str, Any]] | None:
        """The rows without those left blank; raises `Refused` for the first entry that has no stored form."""
        parsed = [self._row(inputs, context) for inputs in self.rows_of(data).values()]
        return [row for row in parsed if not self.blank(row, context)] or None

    def _row(self, inputs: Inputs, context: Context) -> dict[str, Any]:
        values = {column.name: column.parse(inputs, context) for column in self.columns}
        return {name: value for name, value in values.items() if value is not None}

    def blank(self, row: Row, context: Context) -> bool:
        """Whether nothing in a row differs from what was prefilled."""
        asked = (column for column in self.columns if column.ASKS)
        return all(row.get(column.name) in (None, column.prefill(context)) for column in asked)

    def problem(self, value: Any, context: Context) -> Problem | None:
        """The number of its rows."""
        if too_many := self.too_many(len(value)):
            return too_many
        if len(value) < (self.min_rows or 0):
            return Problem("rows.min", {"limit": self.min_rows, "count": len(value)})
        return None

    def too_many(self, count: int) -> Problem | None:
        """What is wrong with so many rows."""
        return Problem("rows.max", {"limit": self.most, "count": count}) if count > self.most else None

    def missing(self) -> Problem:
        """The problem of none where some are wanted."""
        return Problem(self.MISSING, {"limit": self.min_rows or 1})

    def typed(self, value: Any) -> Typed:
        """The inputs of its rows."""
        rows = value or [{}] * self.least
        return {self.at(index, name): typed for index, row in enumerate(rows) for name, typed in self.typed_row(row)}

    def typed_row(self, row: Row) -> Iterator[tuple[str, str | list[str]]]:
        """The inputs of one row, under the columns' own names."""
        for column in self.columns:
            yield from column.typed(row.get(column.name)).items()

    def shown(self, row: Row, language: str, context: Context) -> list[tuple[Field, str]]:
        """A row's answers in words, in the order of the columns."""
        answered = [column for column in self.columns if column.name in row]
        return [(column, column.show(row[column.name], language, context)) for column in answered]

    def show(self, value: Any, language: str, context: Context) -> str:
        """Its rows one after the other, the answers of each with commas between."""
        return "; ".join(", ".join(words for _, words in self.shown(row, language, context)) for row in value)

    def export(self, value: Any, context: Context) -> str:
        """A line for each row, with the columns' labels."""
        return "\n".join(
            "; ".join(f"{column.label.vi}: {column.export(row[column.name], context)}" for column in self.columns
                      if column.name in row)
            for row in value
        )  # fmt: skip

    def index_text(self, value: Any, context: Context) -> str:
        """The short texts of its rows; nothing where a column is sensitive."""
        indexed = [column for column in self.columns if column.VALUE_TYPE == "text" and not self.sealed]
        words = (column.index_text(row[column.name], context) for row in value for column in indexed
                 if column.name in row)  # fmt: skip
        return " ".join(words)

    def schema(self) -> dict[str, Any]:
        """A list of objects of the columns."""
        properties = {column.name: column.schema() for column in self.columns}
        rows = {"type": "object", "properties": properties, "additionalProperties": False}
        return {"type": "array", "items": rows, "minItems": max(1, self.min_rows or 0), "maxItems": self.most}

    def attributes(self) -> dict[str, str]:
        """How many rows."""
        limits = {"data-min": self.min_rows or None, "data-max": self.max_rows}
        return super().attributes() | {name: str(limit) for name, limit in limits.items() if limit is not None}

    def page(self) -> dict[str, Any]:
        """How it is laid out, and how many rows it takes."""
        return {"layout": "table" if self.layout == "table" else "cards", "most": self.most}


def sources_of(item: Field) -> tuple[str, ...]:
    """The names of which a field's value, or that of a column of it, is computed."""
    if isinstance(item, Group):
        return tuple(name for column in item.columns for name in sources_of(column))
    return formulas.names(item.formula) if isinstance(item, Computed) else ()
