"""Conditions and formulas: the names in them, what may be asked of those, and that they look back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from engine import formulas, rules
from engine.definition import blocks
from engine.definition.blocks import TEXTS, referred_in
from engine.definition.checks.checking import RESERVED, Checking, attached, where
from engine.definition.outline import Entry
from engine.format.faults import did_you_mean
from engine.format.reading import Node
from engine.kinds.computed import Computed

EVERYTHING = 1 << 30  # the order of what sees the whole form


def of_form(checking: Checking) -> None:
    """The conditions of steps, sections, fields and choices, which look back only."""
    for head in checking.outline.heads:
        _check(checking, head.node, "when", head.place, head.order)
        for case in _cases(head.node):
            _check(checking, case, "when", head.place, head.order)
    for entry in (*checking.outline.entries, *checking.outline.columns):
        _check(checking, entry.node, "when", entry.place, entry.order, own=entry)
        if (required := entry.node.get("required")) and isinstance(required.value, dict):
            _check(checking, entry.node, "required", entry.place, entry.order, own=entry)
        for part in (*_choices(entry), *_cases(entry.node)):
            _check(checking, part, "when", entry.place, entry.order, own=entry)
        _check_default(checking, entry)


def _cases(node: Node) -> Iterator[Node]:
    """The cases of texts that depend on answers."""
    for inner in filter(None, map(node.get, TEXTS)):
        yield from (
            (case for case in inner.value if isinstance(case.value, dict)) if isinstance(inner.value, list) else ()
        )


def _check_default(checking: Checking, entry: Entry) -> None:
    """A default that copies an earlier answer: there is one of that name, and of the same kind of value."""
    node = entry.node.get("default")
    named = node.get("field") if node else None
    if named is None:
        return
    if not _is_column(checking, named, entry.group, entry.place, entry):
        check_name(checking, named, entry.node, entry.place, entry.order, ())
    facts = checking.facts_in(entry.group)
    other, own = facts.get(named.raw), facts.get(entry.name)
    if other is not None and own is not None and (other.kind, other.value_type) != (own.kind, own.value_type):
        what = f'"{named.raw}" is of the kind {other.kind}; its answer cannot be copied into the kind {own.kind}'
        checking.fault(named, entry.place, what)


def _choices(entry: Entry) -> Iterator[Node]:
    inner = entry.node.get("choices")
    if inner is not None and isinstance(inner.value, list):
        yield from inner.value


def of_papers(checking: Checking) -> None:
    """The conditions of papers, which see the whole form and the papers before."""
    for node in checking.listed("papers"):
        if (several := node.get("one_of")) is not None:
            _check(checking, node, "when", f'papers "{several.raw}"', EVERYTHING)
    for entry in checking.outline.papers:
        _check(checking, entry.node, "when", entry.place, entry.order)


def of_officer_fields(checking: Checking) -> None:
    """The conditions of officers' fields, which see the form and the officers' fields before."""
    for entry in checking.outline.officer_entries:
        _check(checking, entry.node, "when", entry.place, entry.order, officer=True)


def of_checks(checking: Checking) -> None:
    """The rules of checks, and the fields at which they are shown."""
    for node in checking.listed("checks"):
        _check(checking, node, "rule", "check", EVERYTHING)
        at = node.get("at")
        if at is not None and at.raw:
            _check_at(checking, at)


def _check_at(checking: Checking, at: Node) -> None:
    entry = checking.entries.get(at.raw)
    if entry is None or at.raw in checking.officer_names:
        checking.report_unknown(at, "check", at.raw)
    elif at.raw in checking.paper_names and not attached(entry):
        checking.fault(at, "check", f'the paper "{at.raw}" is not sent online, so nothing can be shown at it')
    elif entry.field is not None and not entry.field.ASKS:
        checking.fault(at, "check", f'"{at.raw}" asks nothing; name the field at which the sentence is shown')


def row_checks(entry: Entry) -> Iterator[Node]:
    """The checks inside a group's rows."""
    listed = entry.node.get("checks") if blocks.is_group(entry.node) else None
    yield from listed.value if listed is not None and isinstance(listed.value, list) else ()


def of_row_checks(checking: Checking) -> None:
    """The rules of checks inside the rows of groups, which see the row, then the whole form."""
    for entry in checking.outline.entries:
        for node in row_checks(entry):
            place = f"{entry.place}, check"
            _check(checking, node, "rule", place, EVERYTHING, group=entry.name)
            at = node.get("at")
            columns = checking.columns.get(entry.name, {})
            if at is not None and at.raw not in columns:
                what = f'"{at.raw}" is no column of "{entry.name}"{did_you_mean(at.raw, columns)}'
                checking.fault(at, place, what)


def of_fees(checking: Checking) -> None:
    """The conditions and amounts of fees."""
    rates = checking.rates
    for fee in checking.listed("fees"):
        place = f'fee "{fee.at(["name"]).raw}"'
        _check(checking, fee, "when", place, EVERYTHING)
        amount = fee.get("amount")
        if amount is not None:
            _check_amount(checking, fee, amount, place, rates)


def _check_amount(checking: Checking, fee: Node, node: Node, place: str, rates: tuple[str, ...]) -> None:
    try:
        formula = formulas.parse(node.raw)
    except formulas.FormulaFault:
        return  # said where it was read
    for name in formulas.names(formula):
        check_name(checking, replace(node, raw=name), fee, place, EVERYTHING, rates)
    if set(formulas.names(formula)) & set(rates) & set(RESERVED):
        return  # said at the rate
    checked = formulas.check(formula, checking.types, rates)
    misfits = (*(f"formula: {fault}" for fault in checked.faults), *rules.choice_misfits(formula, checking.facts))
    for what in misfits:
        checking.fault(node, place, what)
    if misfits:
        return
    if checked.type not in (None, "integer"):
        hint = "; round it, or divide by //" if checked.type == "decimal" else ""
        checking.fault(node, place, f'"{node.raw}" gives no whole amount in đồng ({checked.type}){hint}')
    elif not formulas.names(formula):
        _check_constant(checking, node, place, formula)


def _check_constant(checking: Checking, node: Node, place: str, formula: formulas.Formula) -> None:
    amount = formulas.compile(formula, {})({})
    if amount is None:
        checking.fault(node, place, f'"{node.raw}" never gives an amount')
    elif isinstance(amount, int | Decimal) and amount < 0:
        checking.fault(node, place, f"an amount is at least 0, not {amount}")


def _check(
    checking: Checking,
    part: Node,
    key_: str,
    place: str,
    order: int,
    *,
    officer: bool = False,
    own: Entry | None = None,
    group: str = "",
) -> None:
    """One condition; `own` is the field or column that has it, `group` the one in whose rows it is asked."""
    node = part.get(key_)
    if node is None or node.value is None:
        return
    rates = checking.rates if key_ == "rule" else ()
    group = own.group if own else group
    for name, rows in referred_in(node, group):
        if rows not in ("", group) and rows not in checking.columns:
            continue  # rows are asked of what has none, which is said of that
        if not _is_column(checking, name, rows, place, own):
            check_name(checking, name, part, place, order, rates, officer=officer)
    condition, faults = rules.parse_all(node.plain(), allow_formula=key_ == "rule")
    if condition is None or faults:
        return  # said where it was read
    for fault in rules.check(condition, checking.facts_in(group), rates):
        checking.fault(node.at(fault.path), place, fault.message)
    for leaf in rules.leaves(condition):
        if isinstance(leaf, rules.Compare) and leaf.field.endswith((".province", ".ward")):
            _check_units(checking, node, leaf, place)


def _check_units(checking: Checking, node: Node, leaf: rules.Compare, place: str) -> None:
    """A warning for the code of an administrative unit that there is on no day."""
    known = checking.area_codes
    for code in leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,):
        if isinstance(code, str) and known and code not in known:
            checking.warn(node, place, f'no administrative unit has the code "{code}"')


def _is_column(checking: Checking, node: Node, group: str, place: str, own: Entry | None) -> bool:
    """Whether a name is a column of the group that is asked; a fault where it stands later in the same row."""
    columns = checking.columns.get(group, {})
    name = node.raw.partition(".")[0]
    if own is not None and name == own.group:
        checking.fault(node, place, f'"{name}" is asked inside its own rows')
        return True
    if name not in columns:
        return False
    order = list(columns)
    if own is not None and own.group == group and own.name in columns and order.index(name) >= order.index(own.name):
        if name == own.name:
            checking.fault(node, place, f'"{name}" is asked by its own condition')
        else:
            line = where(columns[name].node, node)
            checking.fault(node, place, f'"{name}" stands later, in {line}; a condition looks back only')
    return True


def check_name(
    checking: Checking, node: Node, part: Node, place: str, order: int, rates: tuple[str, ...], *, officer: bool = False
) -> None:
    name = node.raw.partition(".")[0]
    entry = checking.entries.get(name)
    if name in RESERVED or name in rates or not check_asked(checking, node, place, name, rates, officer=officer):
        return
    assert entry is not None
    if entry.node is part:
        checking.fault(node, place, f'"{name}" is asked by its own condition')
    elif isinstance(entry.field, Computed) and _same_step(checking, entry, order):
        what = f'"{name}" is computed on the same step; a condition may ask what an earlier step computes'
        checking.fault(node, place, what)
    elif entry.order >= order:
        line = where(entry.node, node)
        checking.fault(node, place, f'"{name}" stands later, in {line}; a condition looks back only')


def check_asked(
    checking: Checking, node: Node, place: str, name: str, rates: tuple[str, ...] = (), *, officer: bool = False
) -> bool:
    """Whether a name can be asked at all; a fault where not."""
    entry = checking.entries.get(name)
    if entry is None:
        checking.report_unknown(node, place, name, rates)
    elif name in checking.officer_names and not officer:
        checking.fault(node, place, f'"{name}" is filled by officers; a citizen\'s form cannot ask it')
    elif name in checking.paper_names and not attached(entry):
        checking.fault(node, place, f'the paper "{name}" is not sent online, so nothing can ask it')
    else:
        return True
    return False


def _same_step(checking: Checking, entry: Entry, order: int) -> bool:
    """Whether what stands at `order` is on the step of an earlier computed field, which only the server knows."""
    entries = checking.outline.entries
    return entry.order < order < len(entries) and entries[order].step == entry.step
