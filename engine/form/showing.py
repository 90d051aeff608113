"""Answers in words: in labels that name them, and in the sentences about what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.form.compiled import CompiledForm
from engine.form.journey import FieldError
from engine.form.wording import NAMED
from engine.format.texts import Text
from engine.kinds import Context
from engine.kinds.groups import Group
from engine.kinds.messages import Problem
from engine.rules.dependent import DependentText

ROW = Text("Dòng {number}", "Row {number}")
ROW_TITLED = Text("{number}. {title}", "{number}. {title}")
IN_ROW = Text("{row} – {sentence}", "{row} – {sentence}")


class Shown(dict[str, str]):
    """What earlier answers show in a label, worked out only for those that a label names."""

    def __init__(self, compiled: CompiledForm, view: Mapping[str, Any], language: str, context: Context) -> None:
        super().__init__()
        self._facts = (compiled, view, language, context)

    def row(self, name: str) -> Shown:
        """What the row of a full name such as `xe-1-nam` shows; the same for a field of the form."""
        compiled, view, language, context = self._facts
        group, _, inner = name.partition("-")
        scope, number = compiled.scopes.get(group), inner.partition("-")[0]
        if scope is None or not number:
            return self
        rows = view.get(group) or ()
        row = rows[int(number)] if int(number) < len(rows) else {}
        return Shown(scope, {**view, **row}, language, context)

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
            scope, name = compiled.scope(error.field)
            label = filled(scope.fields[name].label, language, shown.row(error.field))
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


def row_title(group: Group, number: int, language: str, shown: Shown) -> str:
    """What a row is called: its number, with its own title where the group says one."""
    if group.row_title is None or not _says_something(group.row_title, language, shown):
        return ROW.in_(language).format(number=number + 1)
    return ROW_TITLED.in_(language).format(number=number + 1, title=filled(group.row_title, language, shown))


def _says_something(title: Text, language: str, shown: Shown) -> bool:
    """Whether a row's title names no answers, or any that is given."""
    named = NAMED.findall(shown.case(title).in_(language))
    return not named or any(shown.get(name) for name in named)


def in_summary(compiled: CompiledForm, name: str, sentence: str, language: str, shown: Shown) -> str:
    """A sentence as the summary of errors tells it: with the row to which it belongs."""
    group, _, inner = name.partition("-")
    item = compiled.fields.get(group)
    if not inner or not isinstance(item, Group):
        return sentence
    row = row_title(item, int(inner.partition("-")[0]), language, shown.row(name))
    return IN_ROW.in_(language).format(row=row, sentence=sentence)


def anchor(compiled: CompiledForm, error: FieldError) -> str:
    """The id of the input at which an error is put right."""
    scope, name = compiled.scope(error.field)
    field = scope.fields.get(name)
    if field is None:
        return error.field
    own = field.anchor(error.cause if isinstance(error.cause, Problem) else None)
    return error.field.removesuffix(name) + own
