"""Formulas of computed fields, fees and rules: parsed, checked and compiled, never evaluated as code."""

from engine.formulas.checking import Checked, check
from engine.formulas.compiling import Evaluate, compared, compile, shown_text  # noqa: A004 - called as formulas.compile
from engine.formulas.grammar import (
    Formula,
    FormulaFault,
    columns,
    compared_texts,
    functions,
    names,
    parse,
    rename,
)

__all__ = [
    "Checked",
    "Evaluate",
    "Formula",
    "FormulaFault",
    "check",
    "columns",
    "compared",
    "compared_texts",
    "compile",
    "functions",
    "names",
    "parse",
    "rename",
    "shown_text",
]
