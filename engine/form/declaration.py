"""The declaration read back in words, step by step: for the review, the mail, the citizen's page and the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.form.compiled import CompiledForm, CompiledStep
from engine.form.showing import Shown, filled, row_title
from engine.format.texts import Text
from engine.kinds import Context, Field
from engine.kinds.groups import Group

OF_GROUP = Text("{group}: {row}", "{group}: {row}")


@dataclass(frozen=True, slots=True)
class Part:
    """A step with its answers, as pairs of label and words; or a row of a group in it, whose id is `row`.

    What follows a group in the same step is a part without a title.
    """

    step: str
    title: str
    rows: tuple[tuple[str, str], ...]
    row: str = ""


def read_back(
    compiled: CompiledForm,
    view: Mapping[str, Any],
    context: Context,
    language: str,
    *,
    mask: Callable[[str], str] | None = None,
) -> Iterator[Part]:
    """The relevant, answered fields in the order of the form; a step without any is left out.

    `mask` hides the words of sensitive answers, which then stand in no label either.
    """
    reading = _Reading(compiled, view, context, language, mask)
    for step in compiled.steps:
        yield from reading.of_step(step)


class _Reading:
    """What the parts of one declaration share."""

    def __init__(
        self,
        compiled: CompiledForm,
        view: Mapping[str, Any],
        context: Context,
        language: str,
        mask: Callable[[str], str] | None,
    ) -> None:
        self.compiled, self.view, self.context, self.language, self.mask = compiled, view, context, language, mask
        self.hidden = compiled.sensitive if mask else frozenset()
        self.around = {name: view[name] for name in view if name not in self.hidden}
        self.shown = Shown(compiled, self.around, language, context)

    def of_step(self, step: CompiledStep) -> Iterator[Part]:
        """A step, and after what stands before a group that group's rows."""
        title = filled(step.definition.title, self.language, self.shown)
        lines: list[tuple[str, str]] = []
        for field in step.held:
            if isinstance(field, Group) and field.name in self.view:
                yield Part(step.name, title, tuple(lines))
                yield from self.of_rows(step.name, field)
                title, lines = "", []
            elif field.name in self.view or field.none_key in self.view:
                lines.append(self.line(field, self.view, self.shown, self.hidden))
        if lines:
            yield Part(step.name, title, tuple(lines))

    def of_rows(self, step: str, group: Group) -> Iterator[Part]:
        """The rows of a group; under a mask none of its own sensitive answers stands in a title."""
        scope = self.compiled.scopes[group.name]
        hidden = self.compiled.sensitive_in(group) if self.mask else frozenset()
        label = filled(group.label, self.language, self.shown)
        for number, row in enumerate(self.view[group.name]):
            own = {name: row[name] for name in row if name not in hidden}
            shown = Shown(scope, {**self.around, **own}, self.language, self.context)
            answered = [column for column in group.columns if column.name in row or column.none_key in row]
            named = row_title(group, number, self.language, shown)
            title = OF_GROUP.in_(self.language).format(group=label, row=named)
            rows = tuple(self.line(column, row, shown, hidden) for column in answered)
            yield Part(step, title, rows, group.at(number))

    def line(self, field: Field, answers: Mapping[str, Any], shown: Shown, hidden: frozenset[str]) -> tuple[str, str]:
        """A field with its words."""
        label = filled(field.label, self.language, shown)
        if field.none is not None and field.none_key in answers:
            return label, field.none.in_(self.language)
        words = field.show(answers[field.name], self.language, self.context)
        return label, self.mask(words) if self.mask and field.name in hidden else words
