"""What a condition lets nobody reach, and what it lets everybody pass: warnings, since nothing breaks by it.

All of it is decided by `rules.verdict`, which claims nothing beyond its fragment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine import formulas, rules
from engine.definition.checks.checking import RESERVED, Checking
from engine.definition.checks.conditions import row_checks
from engine.definition.outline import Entry
from engine.format.reading import Node
from engine.rules import Compare, Condition, FormulaRule, Not

PRESENCE = ("filled", "empty", "none")


def conditions(checking: Checking) -> None:
    """A warning for each condition that can never hold, or always does where it is asked."""
    reach = _Reach(checking)
    reach.heads()
    for entry in checking.outline.entries:
        reach.field(entry)
    for entry in checking.outline.columns:
        if entry.group not in reach.never:
            reach.inside(entry.group).field(entry)
    for entry in checking.outline.officer_entries:
        reach.part(entry.node, entry.place, (), "it is never filled")
    for entry in checking.outline.papers:
        reach.part(entry.node, entry.place, (), "it is never wanted")
    for fee in checking.listed("fees"):
        reach.part(fee, f'fee "{fee.at(["name"]).raw}"', (), "it is never due")
    for check in checking.listed("checks"):
        reach.check(check)
    for entry in checking.outline.entries:
        for check in row_checks(entry):
            reach.inside(entry.name).check(check, f"{entry.place}, check")


class _Reach:
    """One walk over the conditions; `dead` are the steps and sections that nobody reaches, `never` such fields."""

    def __init__(self, checking: Checking, group: str = "") -> None:
        self.checking, self.facts = checking, checking.facts_in(group)
        self.dead: set[int] = set()
        self.never: set[str] = set()
        self.read: dict[int, tuple[Condition, ...]] = {}  # of each step and section, by its node

    def inside(self, group: str) -> _Reach:
        """The same walk inside the rows of a group."""
        inner = _Reach(self.checking, group)
        inner.dead, inner.read = self.dead, self.read
        return inner

    def heads(self) -> None:
        """Steps, and the sections in them."""
        step: tuple[Node, ...] = ()
        for head in self.checking.outline.heads:
            above = step if head.node.get("step") is None else ()
            step = step if above else (head.node,)
            if not self.part(head.node, head.place, above, "nothing in it is asked"):
                self.dead.add(id(head.node))

    def field(self, entry: Entry) -> None:
        """A field, and its choices that are offered under conditions."""
        if not self.part(entry.node, entry.place, entry.above, "it is never asked"):
            self.never.add(entry.name)
            return
        for choice in _choices(entry):
            what = f'the choice "{choice.at(["value"]).raw}"'
            self.part(choice, entry.place, (*entry.above, entry.node), "it is never offered", what)

    def part(self, node: Node, place: str, above: Sequence[Node], so: str, what: str = "") -> bool:
        """Whether the part is ever asked, as far as can be told; a warning where its own condition says no."""
        if any(id(one) in self.dead for one in above):
            return False
        own = self.parsed(node)
        if not own:
            return True
        outer = [condition for one in above for condition in self.parsed(one)]
        head = f"{what}: " if what else ""
        if self.verdict([*outer, *own]) == "never":
            self.checking.warn(node.at(["when"]), place, f"{head}its conditions can never hold, so {so}")
            return False
        if self.verdict([*outer, Not(own[0])]) == "never":
            self.checking.warn(node.at(["when"]), place, f"{head}its condition always holds; leave it out")
        return True

    def parsed(self, node: Node) -> tuple[Condition, ...]:
        """The condition of a part, or none."""
        if id(node) not in self.read:
            when = node.get("when")
            condition = None if when is None or when.value is None else rules.parse_all(when.plain())[0]
            self.read[id(node)] = () if condition is None else (condition,)
        return self.read[id(node)]

    def verdict(self, conditions: Sequence[Condition]) -> str:
        return rules.verdict(conditions, self.facts)

    def check(self, node: Node, place: str = "check") -> None:
        """A check that nothing passes, or everything."""
        rule = node.at(["rule"])
        condition, _ = rules.parse_all(rule.plain(), allow_formula=True)
        if condition is None:
            return
        if isinstance(condition, FormulaRule) and not self.asked(condition):
            self.checking.warn(rule, place, "the rule names no answer, so it always comes out the same")
        elif self.verdict([condition]) == "never":
            self.checking.warn(rule, place, "the rule can never hold, so no answer passes it")
        elif all(self.certain(part) for part in _conjuncts(condition)):
            self.checking.warn(rule, place, "the rule always holds, so it says nothing")

    def asked(self, rule: FormulaRule) -> list[str]:
        passed = {*RESERVED, *self.checking.rates}
        return [name for name in formulas.names(rule.formula) if name not in passed] or list(
            formulas.functions(rule.formula) & {"filled"}
        )

    def certain(self, part: Condition) -> bool:
        """Whether a rule holds of every answer; it is put to none that is nothing, unless it asks for that itself."""
        asked = [leaf for leaf in rules.leaves(part) if isinstance(leaf, Compare)]
        presence = any(leaf.operator in PRESENCE for leaf in asked)
        filled = [] if presence else [Compare(leaf.field, "filled", True) for leaf in asked]  # noqa: FBT003 - its operand
        return self.verdict([*filled, Not(part)]) == "never"


def _choices(entry: Entry) -> Iterator[Node]:
    inner = entry.node.get("choices")
    if inner is not None and isinstance(inner.value, list):
        yield from inner.value


def _conjuncts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, rules.All):
        for part in condition.parts:
            yield from _conjuncts(part)
    else:
        yield condition
