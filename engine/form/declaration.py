"""The declaration read back in words, step by step: for the review, the mail, the citizen's page and the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.form.compiled import CompiledForm
from engine.form.showing import Shown, filled
from engine.kinds import Context, Field


@dataclass(frozen=True, slots=True)
class Part:
    """A step with its answers: pairs of label and words."""

    step: str
    title: str
    rows: tuple[tuple[str, str], ...]


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
    hidden = compiled.sensitive if mask else frozenset()
    shown = Shown(compiled, {name: view[name] for name in view if name not in hidden}, language, context)

    def words_of(field: Field) -> str:
        if field.none is not None and field.none_key in view:
            return field.none.in_(language)
        words = field.show(view[field.name], language, context)
        return mask(words) if mask and field.name in hidden else words

    for step in compiled.steps:
        answered = [field for field in step.held if field.name in view or field.none_key in view]
        if answered:
            rows = tuple((filled(field.label, language, shown), words_of(field)) for field in answered)
            yield Part(step.name, filled(step.definition.title, language, shown), rows)
