"""Work on hostile input in a process of its own, which the system itself keeps within CPU time and memory."""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from engine.definition.library import Library
from engine.definition.loading import check_path
from engine.format.faults import errors
from engine.formulas import FormulaFault, compile, parse  # noqa: A004 - the one of formulas
from engine.kinds import Context
from engine.kinds.text import ShortText, compiled_pattern
from engine.platform.settings import ROOT

CPU_SECONDS = 15
MORE_MEMORY = 400_000_000  # bytes beyond what the program takes by itself
TOLD = 20  # faults that are handed back


def checked(path: str) -> list[str]:
    """The faults of a file or a zip: how many, and the first of them."""
    faults = errors(check_path(Path(path), base=Library.folder(ROOT / "definitions")))
    return [str(len(faults)), *(fault.what for fault in faults[:TOLD])]


def computed(text: str) -> list[str]:
    """What a formula gives, or why it is refused."""
    try:
        value = compile(parse(text), {"n": "integer", "t": "text"})({"n": 10**15, "t": "x" * 10_000})
    except FormulaFault as fault:
        return [str(fault)]
    return [str(value)[:100]]


def matched(pattern: str) -> list[str]:
    """Whether the longest text that is typed matches a pattern."""
    field = ShortText(name="t", label="T", pattern=pattern, max_length=10_000)  # type: ignore[arg-type]
    try:
        compiled_pattern(pattern)
    except Exception as error:  # noqa: BLE001 - re2 raises its own error, which has no public name
        return [f"refused: {type(error).__name__}"]
    problem = field.problem("a" * 9_999 + "b", Context("2026-01-15", None))  # type: ignore[arg-type]
    return ["fits" if problem is None else problem.code]


WORK: dict[str, Callable[[str], list[str]]] = {"check": checked, "compute": computed, "match": matched}


def _limit() -> None:
    taken = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MORE_MEMORY, taken + MORE_MEMORY))
    spent = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, spent + CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Does the work of each line (`[what, input]` in JSON) in a child of its own; answers a line of JSON each."""
    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            what, given = json.loads(line)
            _limit()
            said = json.dumps(WORK[what](given))
            os.write(writer, said.encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        print(said if status == 0 else json.dumps([f"died with status {status}"]), flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
