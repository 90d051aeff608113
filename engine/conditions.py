"""Reads a condition or a formula of a file, with each fault at its own line."""

from __future__ import annotations

from engine import formulas, rules
from engine.formulas import Formula
from engine.reading import Node, Reading, described
from engine.rules import Condition


def condition(node: Node, reading: Reading) -> Condition | None:
    """A condition tree (`when`, `rule`)."""
    parsed, faults = rules.parse_all(node.plain())
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
