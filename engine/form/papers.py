"""The papers that are sent online, as the step in which they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.procedure import PAPERS_STEP, OneOf, Paper, Procedure, Section, Step
from engine.format.texts import Text
from engine.kinds import Field
from engine.kinds.files import PaperFile

PAPERS_TITLE = Text("Giấy tờ kèm theo", "Papers")


def papers_step(procedure: Procedure) -> Iterator[Step]:
    """The step, where any paper is sent online."""
    items = tuple(item for paper in procedure.papers for item in _asked(paper))
    if items and procedure.form:
        yield Step(name=PAPERS_STEP, title=PAPERS_TITLE, hint=None, when=None, items=items)


def _asked(paper: Paper | OneOf) -> Iterator[Field | Section]:
    """What the step of the papers asks of one: its files, or, of several, at least one of those that can be sent."""
    if isinstance(paper, Paper):
        if paper.attach != "none":
            yield _paper_file(paper, required=paper.attach == "required")
    elif paper.sent:
        fields = tuple(_paper_file(one, required=False) for one in paper.sent)
        title, wanted = paper.title, paper.name if len(paper.sent) == len(paper.papers) else ""
        yield Section(title=title, hint=paper.hint, when=paper.when, fields=fields, one_of=wanted)


def _paper_file(paper: Paper, *, required: bool) -> PaperFile:
    return PaperFile(
        name=paper.name,
        label=paper.title,
        hint=paper.hint,
        required=required,
        when=paper.when,
        accept=paper.accept,
        max_files=paper.max_files,
        max_mb=paper.max_mb,
        ways=paper.ways,
    )
