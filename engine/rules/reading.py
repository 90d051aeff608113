"""Reads a condition, a formula or a check of a file, with each fault at its own line."""

from __future__ import annotations

from dataclasses import dataclass

from engine import formulas, rules
from engine.format.reading import Node, Reading, described, key, local_text, one_of, text
from engine.format.texts import Text
from engine.formulas import Formula
from engine.rules import Condition


def condition(node: Node, reading: Reading) -> Condition | None:
    """A condition tree (`when`)."""
    return _read(node, reading, allow_formula=False)


def rule(node: Node, reading: Reading) -> Condition | None:
    """What must hold (`rule`): a condition tree, or a formula."""
    return _read(node, reading, allow_formula=True)


def _read(node: Node, reading: Reading, *, allow_formula: bool) -> Condition | None:
    parsed, faults = rules.parse_all(node.plain(), allow_formula=allow_formula)
    for fault in faults:
        reading.fault(node.at(fault.path), fault.message)
    return None if faults else parsed


def formula(node: Node, reading: Reading) -> Formula | None:
    """A formula; a whole number stands for itself."""
    if isinstance(node.value, dict | list | bool) or node.value is None:
        reading.fault(node, f"a formula is wanted, not {described(node)}")
        return None
    try:
        return formulas.parse(node.raw if not isinstance(node.value, str) else node.value)
    except formulas.FormulaFault as fault:
        reading.fault(node, f"formula: {fault}")
        return None


@dataclass(frozen=True, kw_only=True)
class Check:
    """A rule across fields, or across the columns of a row: what must hold, where it is shown, and the sentence."""

    rule: Condition = key(rule, required=True, doc="What must hold.")
    at: str | None = key(text, doc="The field at which the sentence is shown.")
    message: Text = key(local_text, required=True, doc="The sentence.")
    severity: str = key(one_of("error", "warning"), default="error", doc="A warning does not stop.")
