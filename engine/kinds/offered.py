"""What fields of every sort offer to choose from."""

from __future__ import annotations

from engine.kinds.base import Field
from engine.kinds.choices import Choice, Choices, Option
from engine.kinds.linked import LinkedChoice
from engine.rules import Condition


def choices_of(item: Field) -> tuple[Option, ...]:
    """What a field offers to choose from; nothing for other kinds."""
    return item.options if isinstance(item, Choice | Choices | LinkedChoice) else ()


def conditions_of_choices(item: Field) -> dict[str, Condition]:
    """The conditions of the choices that have one, by value."""
    return {option.value: option.when for option in choices_of(item) if option.when is not None}
