"""Agencies, their units, stages, and the pattern of the dossier code."""

from __future__ import annotations

import re
from itertools import pairwise

from engine.calendar import WORKING_HOURS_A_DAY, Duration
from engine.definition.checks.checking import Checking
from engine.definition.library import Agency
from engine.format.faults import did_you_mean
from engine.format.reading import Node

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = ("agency", "yyyy", "yy", "mm", "dd", "yymmdd", "counter")
HOURS = {"working_hours": 1, "working_days": WORKING_HOURS_A_DAY, "same_day": WORKING_HOURS_A_DAY}


def agencies(checking: Checking) -> None:
    """Who handles the procedure is named by kind or by code."""
    library = checking.outline.library
    kinds = {agency.kind for agency in library.agencies}
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
    processing = checking.value("processing")
    known = [node.at(["stage"]).raw for node in checking.listed("processing", "stages")]
    for entry in checking.outline.officer_entries:
        stage = entry.node.value.get("stage") if isinstance(entry.node.value, dict) else None
        if stage is not None and stage.raw not in known:
            checking.fault(stage, entry.place, f'unknown stage "{stage.raw}"{did_you_mean(stage.raw, known)}')
    for node in checking.listed("processing", "stages"):
        if isinstance(node.value, dict) and "time" not in node.value:
            checking.warn(node, f'stage "{node.at(["stage"]).raw}"', "the stage has no time, so it is never late")
    if processing is not None:
        _sum_of_times(checking, [stage.time for stage in processing.stages])


def _sum_of_times(checking: Checking, times: list[Duration | None]) -> None:
    stages = [_hours(time) for time in times]
    if not stages or None in stages:
        return
    total = sum(hours or 0 for hours in stages)
    for method in checking.value("methods") or ():
        allowed = _hours(method.time)
        node = checking.node("processing", "stages")
        if allowed is not None and total > allowed and node is not None:
            what = f'the stages take {total} working hours, the method "{method.channel}" has {allowed}'
            checking.warn(node, "processing", what)


def _hours(time: Duration | None) -> int | None:
    """A time in working hours; nothing where it counts calendar days."""
    return None if time is None or time.unit not in HOURS else time.amount * HOURS[time.unit]


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
    if not any(name == "counter" for name, _, _ in found):
        checking.fault(node, "code_format", "{counter} is missing")
    rest = PLACEHOLDER.sub("", node.raw)
    if re.search(r"[{}]", rest):
        checking.fault(node, "code_format", "a brace stands alone")
    elif not re.fullmatch(r"[A-Za-z0-9._-]*", rest):  # it becomes a part of addresses
        checking.fault(node, "code_format", 'beside the placeholders only letters, digits, ".", "-" and "_" may stand')
    if any(before == after for before, after in pairwise([name for name, _, _ in found])):
        checking.fault(node, "code_format", "a placeholder stands twice in a row")
