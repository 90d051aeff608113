"""Answers carried over to another version of a form: what stays, what no longer fits, what is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.form.answers import Answers
from engine.form.compiled import CompiledForm
from engine.form.journey import FieldError, Journey, Review, review
from engine.kinds import Context, Field, Refused
from engine.kinds.base import Typed, posted


@dataclass(frozen=True, slots=True)
class Carried:
    """Answers under another version, and what that changes for whoever gave them.

    kept: how many answers stay. lost: fields of the old form whose answer will not be sent any more; partly: those
    of which a part is dropped. refused: answers that stay but must be put right. asked: fields of the new form that
    must be answered and were not; offered: those that may be.
    """

    answers: Answers
    kept: int
    lost: tuple[str, ...]
    partly: tuple[str, ...]
    refused: tuple[FieldError, ...]
    asked: tuple[str, ...]
    offered: tuple[str, ...]

    @property
    def smooth(self) -> bool:
        """Whether nothing is lost and nothing has to be done."""
        return not (self.lost or self.partly or self.refused or self.asked)


def carry(old: CompiledForm, new: CompiledForm, answers: Answers, context: Context) -> Carried:
    """Carries answers from one version's form to another's; the steps that are still there stay posted."""
    values, typed, partly = dict[str, Any](), dict[str, Typed](), []
    for name, value in answers.values.items():
        before, after = old.fields.get(name), new.fields.get(name)
        if before is None:
            values |= {name: value} if name in new.known else {}
        elif after is not None:
            fitted, entry = _fitted(before, after, value, context)
            values |= {} if fitted is None else {name: fitted}
            typed |= {name: entry} if entry else {}
            partly += [name] if fitted not in (None, value) and _less(fitted, value) else []
    typed |= {name: entry for name, entry in answers.typed.items() if _same_kind(old, new, name)}
    steps = frozenset(step.name for step in new.steps)
    carried = Answers(values, typed, answers.posted & steps)
    return _judged(old, new, answers, carried, tuple(partly), context)


def _fitted(before: Field, after: Field, value: Any, context: Context) -> tuple[Any, Typed | None]:
    """A stored value as another definition of its field stores it, or what was typed, to be put right."""
    if before == after:
        return value, None
    if before.value_type() != after.value_type():
        return None, None
    entry = (after if type(before) is type(after) else before).typed(value)
    try:
        return after.parse(posted(entry), context), None
    except Refused:
        return None, {name: said for name, said in entry.items() if name in after.inputs()} or None


def _less(fitted: Any, value: Any) -> bool:
    """Whether something of an answer is gone, rather than written another way."""
    if isinstance(fitted, Mapping) and isinstance(value, Mapping):
        return bool(set(value) - set(fitted)) or any(_less(fitted[key], value[key]) for key in value)
    if isinstance(fitted, list) and isinstance(value, list):
        return len(fitted) < len(value) or any(_less(one, other) for one, other in zip(fitted, value, strict=False))
    return False


def _same_kind(old: CompiledForm, new: CompiledForm, name: str) -> bool:
    return name in old.fields and type(old.fields[name]) is type(new.fields.get(name))


def _judged(
    old: CompiledForm, new: CompiledForm, answers: Answers, carried: Answers, partly: tuple[str, ...], context: Context
) -> Carried:
    before, after = review(old, answers, context), review(new, carried, context)
    answered = [name for name in old.fields if name in before.journey.view]
    held = {*carried.values, *carried.typed}
    kept = [name for name in answered if name in held and name in after.journey.relevant]
    missing = set(_lacking(old, before, answers))
    asked = tuple(name for name in _lacking(new, after, carried) if name not in missing)
    known = [(error.field, error.cause) for error in before.errors]
    fresh = (error for error in after.errors if (error.field, error.cause) not in known)
    return Carried(
        carried,
        len(kept),
        lost=tuple(name for name in answered if name not in kept),
        partly=partly,
        refused=tuple(error for error in fresh if error.field in held or error.field not in new.fields),
        asked=asked,
        offered=tuple(_offered(old, new, after.journey, {*asked, *held})),
    )


def _lacking(compiled: CompiledForm, whole: Review, answers: Answers) -> Iterator[str]:
    """The fields that have to be answered and were not; what is wrong inside a row is put right, not asked anew."""
    held = {*answers.values, *answers.typed}
    wrong = (error.field for error in whole.errors)
    return iter(dict.fromkeys(name for name in wrong if name in compiled.fields and name not in held))


def _offered(old: CompiledForm, new: CompiledForm, walked: Journey, others: set[str]) -> Iterator[str]:
    """The fields that only the new form asks, and that may be left out."""
    return (name for name in new.fields if name in walked.relevant and name not in old.fields and name not in others)
