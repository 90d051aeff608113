"""What a trial found, as a value that can be printed, stored and shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.trial.covering import Cover, Missed
from engine.trial.walking import Stuck, Walk
from engine.trial.words import Said, joined

LONGEST_INPUT = 120


@dataclass(frozen=True, slots=True)
class Unreached:
    """A branch that was not reached; `fault` says whether it should have been."""

    place: tuple[Said, ...]
    what: Said
    why: Said
    fault: bool


@dataclass(frozen=True, slots=True)
class Walked:
    """A declaration: its number from 1, the steps that were passed, whether it was to be refused, where it stuck."""

    number: int
    passed: tuple[str, ...]
    refused: bool
    stuck: Stuck | None


@dataclass(frozen=True, slots=True)
class Report:
    """One procedure on trial."""

    code: str
    title: str
    branches: int
    walks: tuple[Walked, ...]
    unreached: tuple[Unreached, ...]

    @property
    def reached(self) -> int:
        """How many branches were reached."""
        return self.branches - len(self.unreached)

    @property
    def stuck(self) -> tuple[Walked, ...]:
        """The declarations that could not go on."""
        return tuple(walk for walk in self.walks if walk.stuck is not None)

    @property
    def good(self) -> bool:
        """Whether every page was passed, and every branch reached that should be."""
        return not self.stuck and not any(one.fault for one in self.unreached)

    def document(self) -> dict[str, Any]:
        """Plain data, from which `of` makes the report again."""
        return {
            "code": self.code,
            "title": self.title,
            "good": self.good,
            "branches": self.branches,
            "reached": self.reached,
            "walks": [_walk_document(walk) for walk in self.walks],
            "unreached": [_unreached_document(one) for one in self.unreached],
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Report:
        """The report of its document."""
        walks = tuple(_walk_of(one) for one in document["walks"])
        unreached = tuple(_unreached_of(one) for one in document["unreached"])
        return cls(document["code"], document["title"], document["branches"], walks, unreached)


def report_of(code: str, title: str, cover: Cover, walks: Iterable[Walk]) -> Report:
    """What came of a cover's declarations; a branch counts as reached where a walk that went well leads there."""
    walked = tuple(walks)
    went_well = [walk.plan for walk in walked if walk.stuck is None]
    missed = {one.branch: one for one in cover.missed}
    for branch in cover.branches:
        if branch not in missed and not any(branch.reached(plan) for plan in went_well):
            missed[branch] = Missed(branch, Said("not_passed"))
    unreached = [missed[branch] for branch in cover.branches if branch in missed]
    return Report(
        code,
        title,
        len(cover.branches),
        tuple(
            Walked(number, walk.passed, walk.plan.refused is not None, walk.stuck)
            for number, walk in enumerate(walked, 1)
        ),
        tuple(Unreached(one.branch.place, one.branch.what, one.why, one.fault) for one in unreached),
    )


def _walk_document(walk: Walked) -> dict[str, Any]:
    return {
        "number": walk.number,
        "passed": list(walk.passed),
        "refused": walk.refused,
        "stuck": None if walk.stuck is None else _stuck_document(walk.stuck),
    }


def _stuck_document(stuck: Stuck) -> dict[str, Any]:
    return {
        "page": stuck.page.document(),
        "status": stuck.status,
        "what": stuck.what.document(),
        "errors": list(stuck.errors),
        "inputs": [[name, value[:LONGEST_INPUT]] for name, value in stuck.inputs],
    }


def _unreached_document(one: Unreached) -> dict[str, Any]:
    return {
        "place": [part.document() for part in one.place],
        "what": one.what.document(),
        "why": one.why.document(),
        "fault": one.fault,
        "words": f"{joined(one.place, 'en')}: {one.what}: {one.why}",
    }


def _walk_of(document: Mapping[str, Any]) -> Walked:
    stuck = document["stuck"]
    found = None if stuck is None else _stuck_of(stuck)
    return Walked(document["number"], tuple(document["passed"]), document["refused"], found)


def _stuck_of(document: Mapping[str, Any]) -> Stuck:
    inputs = tuple((name, value) for name, value in document["inputs"])
    page, what = Said.of(document["page"]), Said.of(document["what"])
    return Stuck(page, document["status"], what, tuple(document["errors"]), inputs)


def _unreached_of(document: Mapping[str, Any]) -> Unreached:
    place = tuple(Said.of(part) for part in document["place"])
    return Unreached(place, Said.of(document["what"]), Said.of(document["why"]), document["fault"])


# As text


def lines(report: Report) -> Iterator[str]:
    """The report for a terminal, in English as all commands are."""
    refused = sum(walk.refused for walk in report.walks)
    words = f"{len(report.walks)} walks ({refused} to a refusal), {sum(len(one.passed) for one in report.walks)} pages"
    yield f"{report.code} {report.title}"
    yield f"  {words} passed, {report.reached} of {report.branches} branches reached"
    for walk in report.stuck:
        yield from _stuck_lines(walk)
    for one in report.unreached:
        yield f"  {'NOT REACHED' if one.fault else 'not reached'}: {joined(one.place, 'en')}: {one.what}"
        yield f"      {one.why}"


def _stuck_lines(walk: Walked) -> Iterator[str]:
    assert walk.stuck is not None
    stuck = walk.stuck
    yield f"  NOT PASSED: walk {walk.number}, {stuck.page}: {stuck.what} (status {stuck.status})"
    yield from (f"      the page says: {sentence}" for sentence in stuck.errors)
    yield from (f"      sent: {name} = {value[:LONGEST_INPUT]!r}" for name, value in stuck.inputs)


def table(reports: Iterable[Report]) -> Iterator[str]:
    """One line for each procedure, below a line of headings."""
    rows = [("procedure", "walks", "pages passed", "branches reached", "not passed", "missed", "")]
    for one in reports:
        pages = sum(len(walk.passed) for walk in one.walks)
        missed = sum(branch.fault for branch in one.unreached)
        reached = f"{one.reached}/{one.branches}"
        result = "good" if one.good else "BAD"
        rows.append((one.code, str(len(one.walks)), str(pages), reached, str(len(one.stuck)), str(missed), result))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    yield from ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
