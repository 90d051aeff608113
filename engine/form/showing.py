"""Answers in words: in labels that name them, and in the sentences about what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.form.compiled import CompiledForm
from engine.form.journey import FieldError
from engine.form.wording import NAMED
from engine.format.texts import Text
from engine.kinds import Context
from engine.kinds.messages import Problem
from engine.rules.dependent import DependentText


class Shown(dict[str, str]):
    """What earlier answers show in a label, worked out only for those that a label names."""

    def __init__(self, compiled: CompiledForm, view: Mapping[str, Any], language: str, context: Context) -> None:
        super().__init__()
        self._facts = (compiled, view, language, context)

    def case(self, text: Text) -> Text:
        """The one of several texts that counts for these answers."""
        compiled, view, *_ = self._facts
        return text.chosen(view, compiled.test) if isinstance(text, DependentText) else text

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        """The answer in words, or `default`."""
        compiled, view, language, context = self._facts
        value = view.get(name)
        return default if value is None else compiled.fields[name].show(value, language, context)


def sentences(compiled: CompiledForm, errors: tuple[FieldError, ...], language: str, shown: Shown) -> dict[str, str]:
    """One sentence for each field that is refused, the first of each."""
    said: dict[str, str] = {}
    for error in errors:
        if error.field in said:
            continue
        if isinstance(error.cause, Problem):
            label = filled(compiled.fields[error.field].label, language, shown)
            said[error.field] = error.cause.sentence(label, language)
        else:
            said[error.field] = error.cause.in_(language)
    return said


def filled(text: Text, language: str, shown: Shown) -> str:
    """A text with the answers it names."""
    return NAMED.sub(lambda match: shown.get(match[1], "…"), shown.case(text).in_(language))


def bare(text: Text, language: str) -> str:
    """A text where no answers are known yet."""
    return NAMED.sub("…", text.in_(language))


def anchor(compiled: CompiledForm, error: FieldError) -> str:
    """The id of the input at which an error is put right."""
    field = compiled.fields.get(error.field)
    if field is None:
        return error.field
    return field.anchor(error.cause if isinstance(error.cause, Problem) else None)
