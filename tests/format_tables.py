"""The tables of docs/definition-format.md, made of the classes: `python -m tests.format_tables` writes them anew."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

from engine.definition import library
from engine.definition import procedure as definition
from engine.definition.blocks import BlockUse
from engine.format.reading import keys_of
from engine.kinds import KINDS
from engine.kinds.base import Field
from engine.kinds.choices import Option
from engine.rules import OPERATORS
from engine.rules.reading import Check

PAGE = Path(__file__).resolve().parent.parent / "docs" / "definition-format.md"
TABLE = re.compile(r"<!-- (\w+) -->\n(?:\|.*\n)*")

RECORDS: dict[str, type] = {
    record.__name__: record
    for record in (
        definition.Procedure, definition.Method, definition.Result, definition.LegalText, definition.BlankForm,
        definition.Paper, definition.OneOf, definition.Step, definition.Section,
        definition.Applicant, Check, definition.Fee,
        definition.Processing, definition.Stage, definition.OfficerField, definition.Supplement, definition.MailText,
        definition.Retention, BlockUse, Option, Field, library.Block, library.Catalog, library.CatalogEntry,
        library.Agency, library.Unit,
    )
}  # fmt: skip


def tables() -> dict[str, str]:
    """Every table of the page by its name."""
    found = {name: _table(keys_of(record)) for name, record in RECORDS.items()}
    return found | {"Kinds": _kinds(), "Operators": _operators()}


def _table(keys: dict[str, dataclasses.Field[Any]]) -> str:
    rows = [f"| `{name}` | {_wanted(item)} | {item.metadata['doc']} |" for name, item in keys.items()]
    return "\n".join(["| key | | what it says |", "|---|---|---|", *rows])


def _wanted(item: dataclasses.Field[Any]) -> str:
    if item.metadata["required"]:
        return "required"
    default = item.default
    if (
        default is None
        or default is dataclasses.MISSING
        or default in ((), "")
        or not isinstance(default, str | int | tuple)
    ):
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return f"`{', '.join(default) if isinstance(default, tuple) else default}`"


def _kinds() -> str:
    rows = ["| kind | what it holds | its own keys |", "|---|---|---|"]
    common = keys_of(Field)
    kinds: dict[str, type] = dict(KINDS)
    for name, kind in kinds.items():
        said = (kind.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        own = [
            f"`{key}`: {item.metadata['doc']}"
            for key, item in keys_of(kind).items()
            if key not in common or item.metadata["doc"] != common[key].metadata["doc"]
        ]
        rows.append(f"| `{name}` | {' '.join(said.split())} | {'<br>'.join(own)} |")
    return "\n".join(rows)


def _operators() -> str:
    rows = ["| kind | operators |", "|---|---|"]
    for name, kind in KINDS.items():
        if kind.OPERATORS:
            listed = ", ".join(f"`{operator}`" for operator in OPERATORS if operator in kind.OPERATORS)
            rows.append(f"| `{name}` | {listed} |")
    return "\n".join(rows)


def written(page: str) -> str:
    """The page with its tables made anew."""
    made = tables()
    return TABLE.sub(lambda match: f"<!-- {match[1]} -->\n{made[match[1]]}\n", page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
