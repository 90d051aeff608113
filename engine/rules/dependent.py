"""What of a field may depend on earlier answers: its texts, whether it must be answered, what is prefilled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.format.faults import nearest
from engine.format.reading import Node, Reading, described, local_text, report_unknown
from engine.format.texts import Text
from engine.rules.compiling import Test
from engine.rules.reading import condition
from engine.rules.tree import All, Condition, Not

ACCOUNT = ("full_name", "id_number", "birth_date", "phone", "email", "address")  # what a signed-in person brings


@dataclass(frozen=True, slots=True)
class DependentText(Text):
    """A text that depends on earlier answers: the first case that holds, else the text of its own."""

    cases: tuple[tuple[Condition, Text], ...] = ()

    def alternatives(self) -> tuple[tuple[Condition, Text], ...]:
        """Every text with the whole condition under which it is the one, the last one's too."""
        passed: tuple[Condition, ...] = ()
        found = []
        for when, text in self.cases:
            found.append((_together((*passed, when)), text))
            passed = (*passed, Not(when))
        return (*found, (_together(passed), Text(self.vi, self.en)))

    def chosen(self, view: Mapping[str, Any], test: Callable[[Condition], Test]) -> Text:
        """The text for these answers; `test` compiles a condition."""
        return next((text for when, text in self.cases if test(when)(view)), Text(self.vi, self.en))


def _together(conditions: tuple[Condition, ...]) -> Condition:
    return conditions[0] if len(conditions) == 1 else All(conditions)


def conditions_of_text(text: Text | None) -> tuple[Condition, ...]:
    """The conditions on which a text depends."""
    return tuple(when for when, _ in text.cases) if isinstance(text, DependentText) else ()


def dependent_text(node: Node, reading: Reading) -> Text | None:
    """A text, or a list of `{when: …, text: …}` of which the first that holds counts; the last has no `when`."""
    if not isinstance(node.value, list):
        return local_text(node, reading)
    read = [_case(item, reading, last=item is node.value[-1]) for item in node.value]
    if not read:
        reading.fault(node, "a text is wanted, not an empty list")
    whole = [case for case in read if case is not None]
    if len(whole) < len(read) or not whole:
        return None
    last = whole[-1][1]
    cases = tuple((when, text) for when, text in whole[:-1] if when is not None)
    return DependentText(last.vi, last.en, cases)


def _case(node: Node, reading: Reading, *, last: bool) -> tuple[Condition | None, Text] | None:
    if not isinstance(node.value, dict):
        reading.fault(node, f"{{when: …, text: …}} is wanted, not {described(node)}")
        return None
    misspelt = {nearest(name, ("when", "text")) for name in report_unknown(node, reading, ("when", "text"))}
    when, text = node.value.get("when"), node.value.get("text")
    if text is None and "text" not in misspelt:
        reading.fault(node, '"text" is missing')
    if when is None and not last and "when" not in misspelt:
        reading.fault(node, '"when" is missing; only the last text of a list has none')
    if when is not None and last:
        reading.fault(when, 'the last text of a list has no "when": it counts where no other does')
    condition_, said = condition(when, reading) if when else None, local_text(text, reading) if text else None
    if said is None or (when is None) is not last or (when is not None and condition_ is None):
        return None
    return condition_, said


def required(node: Node, reading: Reading) -> bool | Condition | None:
    """`true`, `false`, or the condition under which it must be answered."""
    if isinstance(node.value, dict):
        return condition(node, reading)
    if isinstance(node.value, bool):
        return node.value
    reading.fault(node, f"true, false or a condition is wanted, not {described(node)}")
    return None


def default(node: Node, reading: Reading) -> Any:
    """A value, or `{field: …}` of an earlier answer, or `{account: …}` of a signed-in person."""
    if isinstance(node.value, dict):
        heads = [head for head in ("field", "account") if head in node.value]
        if len(heads) != 1 or len(node.value) != 1:
            reading.fault(node, "a value, {field: name} or {account: full_name} is wanted")
            return None
        if heads == ["account"] and node.value["account"].raw not in ACCOUNT:
            known = ", ".join(ACCOUNT)
            reading.fault(node, f'unknown part "{node.value["account"].raw}" of an account (known: {known})')
            return None
    return node.plain()
