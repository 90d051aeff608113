"""What the buttons of a group do to a post: a row more, a row less, a row twice; what was typed stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.form.compiled import CompiledStep, Inputs
from engine.form.parsing import renumbered
from engine.kinds.groups import Group
from engine.kinds.messages import Problem

ACTION = re.compile(r"(add|remove|copy):([a-z][a-z0-9_]*)(?::(0|[1-9][0-9]{0,8}))?")

Rows = dict[int, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Acted:
    """A post after a button: its inputs, the id of the row to go to, and, with its group, why nothing was done."""

    inputs: Inputs
    target: str = ""
    group: Group | None = None
    problem: Problem | None = None


def act(step: CompiledStep, inputs: Inputs, action: str) -> Acted | None:
    """Does what a button `add:xe`, `remove:xe:1` or `copy:xe:0` says; nothing where the page has no such button."""
    found = ACTION.fullmatch(action)
    group = next((group for group, _ in step.groups if found and group.name == found[2]), None)
    if found is None or group is None or (found[3] is None) is not (found[1] == "add"):
        return None
    rows: Rows = dict(group.rows_of(inputs))
    changed, place, problem = ACTIONS[found[1]](group, rows, int(found[3] or 0))
    target = group.at(place) if changed and problem is None else group.name
    return Acted(renumbered(group, inputs, changed), target, group, problem)


Changed = tuple[list[Mapping[str, Any]], int, Problem | None]


def _add(group: Group, rows: Rows, _number: int) -> Changed:
    listed = list(rows.values())
    listed += [{}] * (group.least - len(listed))  # those that the page shows in any case
    if len(listed) >= group.most:
        return listed, 0, Problem("rows.full", {"limit": group.most})
    return [*listed, {}], len(listed), None


def _copy(group: Group, rows: Rows, number: int) -> Changed:
    listed = list(rows.values())
    if number not in rows:
        return listed, 0, Problem("rows.gone")
    if len(listed) >= group.most:
        return listed, 0, Problem("rows.full", {"limit": group.most})
    place = list(rows).index(number) + 1
    return [*listed[:place], rows[number], *listed[place:]], place, None


def _remove(group: Group, rows: Rows, number: int) -> Changed:
    if number not in rows:
        return list(rows.values()), 0, Problem("rows.gone")
    place = list(rows).index(number)
    kept = [row for other, row in rows.items() if other != number]
    return kept, min(place, len(kept) - 1), None


ACTIONS: dict[str, Callable[[Group, Rows, int], Changed]] = {"add": _add, "copy": _copy, "remove": _remove}
