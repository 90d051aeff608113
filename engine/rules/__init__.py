"""Conditions: what must hold for a step, field, paper or fee to be relevant, and for a check to pass."""

from engine.rules.checking import FieldFacts, check, choice_misfits
from engine.rules.compiling import NONE_KEY, Test, compile  # noqa: A004 - called as rules.compile
from engine.rules.parsing import RuleFault, parse, parse_all, rename
from engine.rules.skipping import skips
from engine.rules.tree import (
    OPERATORS,
    All,
    Any_,
    Compare,
    Condition,
    Count,
    FieldValue,
    FormulaRule,
    Not,
    Today,
    both,
    document,
    leaves,
    names,
    row_names,
)
from engine.rules.verdicts import verdict

__all__ = [
    "NONE_KEY",
    "OPERATORS",
    "All",
    "Any_",
    "Compare",
    "Condition",
    "Count",
    "FieldFacts",
    "FieldValue",
    "FormulaRule",
    "Not",
    "RuleFault",
    "Test",
    "Today",
    "both",
    "check",
    "choice_misfits",
    "compile",
    "document",
    "leaves",
    "names",
    "parse",
    "parse_all",
    "rename",
    "row_names",
    "skips",
    "verdict",
]
