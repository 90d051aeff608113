"""What was posted, and one field of it read."""

from __future__ import annotations

from typing import Any

import wtforms

from engine.kinds import Field, Refused
from engine.kinds.messages import Problem


class Inputs(dict[str, list[str]]):
    """What was posted: each input's values in order."""

    def getlist(self, name: str) -> list[str]:
        """The values of one input."""
        return self.get(name, [])


class AnswerField(wtforms.Field):  # type: ignore[misc]
    """One field of a definition as a WTForms field: its kind parses, and what it refuses is kept as a problem."""

    def __init__(self, definition: Field, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.definition = definition
        self.problem: Problem | None = None
        self.none = False

    def process(self, formdata: Inputs, data: Any = None, extra_filters: Any = None) -> None:
        """Takes the stored value of what was typed, or the problem that it has none."""
        self.process_errors: list[str] = []
        try:
            self.data = self.definition.parse(formdata, self.meta.context)
        except Refused as refused:
            self.data = None
            self.problem = refused.problem
        if self.definition.none is not None and formdata.get(self.definition.none_input):
            self._take_none()

    def _take_none(self) -> None:
        """The box beside the field is ticked, so there is no value; both together say two things at once."""
        if self.data is not None or self.problem is not None:
            self.data, self.problem = None, Problem("none.both", {"none": self.definition.none})
        else:
            self.none = True

    def typed(self, formdata: Inputs) -> dict[str, str | list[str]]:
        """The inputs as they came, for a value without a stored form."""
        return {name: (formdata.get(name) or [""])[0] for name in inputs_of(self.definition)}


def inputs_of(item: Field) -> tuple[str, ...]:
    """The names of a field's inputs, that of its box among them."""
    return item.inputs() if item.none is None else (*item.inputs(), item.none_input)


def wtforms_field(item: Field) -> Any:
    """The WTForms field of a definition's field, still unbound."""
    return AnswerField(definition=item, label=item.label.vi)
