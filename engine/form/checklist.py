"""The reception's checklist: the papers that a declaration calls for, and how each of them comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.definition.procedure import Paper
from engine.form.compiled import CompiledForm
from engine.format.texts import Text
from engine.kinds.files import ATTACHED, ON_FILE, WAYS

NOT_YET = ""
IN_PERSON = "in_person"
WORDS = WAYS | {ATTACHED: Text("Đã gửi kèm", "Sent along"), NOT_YET: Text("Chưa có", "Not yet")}
WITH_NUMBER = Text("{way}: {number}", "{way}: {number}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper and the way it comes: `attach`, `in_person`, `post`, `on_file`, or an empty text where it is not said.

    `number` is that of a paper that the office has on file.
    """

    paper: Paper
    way: str
    number: str = ""

    @property
    def carried(self) -> bool:
        """Whether somebody brings it on paper, its original beside the copy that was sent too."""
        counted = bool(self.paper.originals or self.paper.copies)
        return self.way == IN_PERSON or (counted and self.way in (ATTACHED, NOT_YET))

    def words(self, language: str) -> str:
        """How it comes, in words."""
        way = WORDS[self.way].in_(language)
        return WITH_NUMBER.in_(language).format(way=way, number=self.number) if self.number else way


def checklist(compiled: CompiledForm, view: Mapping[str, Any]) -> tuple[Wanted, ...]:
    """The papers that a view calls for, in order; of several of which one is enough, those that come if any does."""
    return tuple(one for item in compiled.procedure.papers for one in _called_for(compiled, view, item))


def _called_for(compiled: CompiledForm, view: Mapping[str, Any], item: Any) -> Iterator[Wanted]:
    if item.when is not None and not compiled.test(item.when)(view):
        return
    if isinstance(item, Paper):
        yield _wanted(item, view.get(item.name))
        return
    members = [one for paper in item.papers for one in _called_for(compiled, view, paper)]
    yield from [one for one in members if one.paper.name in view] or members


def _wanted(paper: Paper, value: Any) -> Wanted:
    if isinstance(value, dict):
        return Wanted(paper, ON_FILE, value[ON_FILE])
    if isinstance(value, str):
        return Wanted(paper, value)
    if value:
        return Wanted(paper, ATTACHED)
    return Wanted(paper, IN_PERSON if paper.attach == "none" else NOT_YET)
