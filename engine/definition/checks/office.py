"""Agencies, their units, stages, and the pattern of the dossier code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from engine.calendar import WORKING_HOURS_A_DAY, Duration
from engine.definition.checks.checking import Checking, twice
from engine.definition.library import Agency
from engine.definition.procedure import Stage
from engine.format.faults import did_you_mean, nearest
from engine.format.reading import Node, keys_of

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = ("agency", "yyyy", "yy", "mm", "dd", "yymmdd", "counter")
# Times are compared only where both count work, or both count calendar days.
IN_HOURS = {"working_hours": 1, "working_days": WORKING_HOURS_A_DAY, "same_day": WORKING_HOURS_A_DAY}
IN_DAYS = {"days": 1}
LONGEST_CODE = 40  # characters of a code_format: the code is read aloud, and stands in addresses


def agencies(checking: Checking) -> None:
    """Who handles the procedure is named by kind or by code."""
    library = checking.outline.library
    kinds = {agency.kind for agency in library.agencies}
    twice(checking, checking.listed("agencies"), "", "agency")
    if (named := checking.node("agencies")) is not None and named.value == []:
        checking.warn(named, "", '"agencies" is empty, so every agency handles it; leave the key out to say so')
    for node in checking.listed("agencies"):
        way, _, name = node.raw.partition(":")
        if way not in ("kind", "code") or not name:
            checking.fault(node, "", f'"{node.raw}" is no agency: "kind:…" or "code:…" is wanted')
        elif way == "code" and library.agencies and name not in library.agency_codes:
            checking.fault(node, "", f'unknown agency "{name}"{did_you_mean(name, library.agency_codes)}')
        elif way == "kind" and kinds and name not in kinds:
            checking.warn(node, "", f'no agency is of the kind "{name}"{did_you_mean(name, kinds)}')


def _handling(checking: Checking) -> list[Agency]:
    """The agencies that handle the procedure."""
    named = checking.value("agencies") or ()
    known = checking.outline.library.agencies
    return [agency for agency in known if not named or {f"kind:{agency.kind}", f"code:{agency.code}"} & set(named)]


def units(checking: Checking) -> None:
    """Each unit that is named stands in every agency that handles the procedure."""
    if checking.value("processing") is None and checking.node("processing") is None:
        return
    named = [(checking.node("processing", "reception"), "processing")]
    for index, stage in enumerate(checking.listed("processing", "stages")):
        named.append((checking.node("processing", "stages", index, "unit"), f'stage "{stage.at(["stage"]).raw}"'))
    for node, place in named:
        if node is not None:
            _unit(checking, node, place)


def _unit(checking: Checking, node: Node, place: str) -> None:
    library = checking.outline.library
    if not library.agencies:
        return
    if node.raw not in library.units:
        checking.fault(node, place, f'unknown unit "{node.raw}"{did_you_mean(node.raw, library.units)}')
        return
    for agency in _handling(checking):
        if node.raw not in {unit.name for unit in agency.units}:
            checking.fault(node, place, f'the agency "{agency.code}" has no unit "{node.raw}"')
            return


def stages(checking: Checking) -> None:
    """Stages with their times, which fit into the methods' times, and the stages of officers' fields."""
    named = [node.get("stage") for node in checking.listed("processing", "stages")]
    known = [stage.raw for stage in named if stage is not None]
    for entry in checking.outline.officer_entries:
        stage = entry.node.get("stage")
        if stage is not None and stage.raw not in known and None not in named:
            checking.fault(stage, entry.place, f'unknown stage "{stage.raw}"{did_you_mean(stage.raw, known)}')
    for node in checking.listed("processing", "stages"):
        if isinstance(node.value, dict) and _timeless(node):
            checking.warn(node, f'stage "{node.at(["stage"]).raw}"', "the stage has no time, so it is never late")


def _timeless(stage: Node) -> bool:
    known = keys_of(Stage)
    time = stage.get("time")
    misspelt = any(nearest(key, known) == "time" for key in stage.keys if key not in known)
    return not misspelt and (time is None or time.value is None)


def times(checking: Checking) -> None:
    """Stages and first answer take no longer than a dossier has; asking for more may, as it stops the clock."""
    processing = checking.value("processing")
    stages = [stage.time for stage in processing.stages] if processing is not None else []
    for unit in (IN_HOURS, IN_DAYS):
        total = sum(unit.get(time.unit, 0) * time.amount for time in stages if time is not None)
        _compare(checking, ("processing", "stages"), f"the stages take {total}", total, unit)
    if processing is not None and processing.answer_within is not None:
        _compare_one(checking, ("processing", "answer_within"), "the first answer takes", processing.answer_within)


def _compare_one(checking: Checking, path: tuple[str, ...], what: str, time: Duration) -> None:
    for unit in (IN_HOURS, IN_DAYS):
        if time.unit in unit:
            amount = time.amount * unit[time.unit]
            _compare(checking, path, f"{what} {amount}", amount, unit)


def _compare(checking: Checking, path: tuple[str, ...], what: str, amount: int, unit: Mapping[str, int]) -> None:
    """A warning for each method whose time, in the same unit, is shorter."""
    node = checking.node(*path)
    for method in checking.value("methods") or ():
        if node is None or method.time is None or method.time.unit not in unit:
            continue
        allowed = method.time.amount * unit[method.time.unit]
        if amount > allowed:
            word = "days" if unit is IN_DAYS else "working hours"
            checking.warn(node, path[0], f'{what} {word}, the method "{method.channel}" has {allowed}')


def code_format(checking: Checking) -> None:
    """The dossier code's placeholders; the counter is a must."""
    node = checking.node("code_format")
    if node is None:
        return
    found = [match.partition(":") for match in PLACEHOLDER.findall(node.raw)]
    for name, colon, width in found:
        if name not in PLACEHOLDERS:
            known = ", ".join(PLACEHOLDERS)
            what = f'unknown placeholder "{name}"{did_you_mean(name, PLACEHOLDERS)} (known: {known})'
            checking.fault(node, "code_format", what)
        elif colon and (name != "counter" or not re.fullmatch(r"[1-9]", width)):
            checking.fault(node, "code_format", f'"{{{name}:{width}}}": only the counter has a width, from 1 to 9')
    if len(node.raw) > LONGEST_CODE:
        what = f"the pattern has {LONGEST_CODE} characters at the most, not {len(node.raw)}"
        checking.fault(node, "code_format", what)
    if not any(name == "counter" or name not in PLACEHOLDERS for name, _, _ in found):
        checking.fault(node, "code_format", "{counter} is missing")
    rest = PLACEHOLDER.sub("", node.raw)
    if re.search(r"[{}]", rest):
        checking.fault(node, "code_format", "a brace stands alone")
    elif not re.fullmatch(r"[A-Za-z0-9._-]*", rest):  # it becomes a part of addresses
        checking.fault(node, "code_format", 'beside the placeholders only letters, digits, ".", "-" and "_" may stand')
    if any(before == after for before, after in pairwise([name for name, _, _ in found])):
        checking.fault(node, "code_format", "a placeholder stands twice in a row")
