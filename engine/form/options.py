"""What a page offers to choose from, as the options of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from engine.form.compiled import CompiledStep
from engine.kinds import Field, Places
from engine.kinds.choices import OTHER, OTHER_LABEL, Option
from engine.kinds.linked import LinkedChoice
from engine.kinds.offered import choices_of


def offered_on(today: str, field: Field) -> tuple[Option, ...]:
    """The choices of a field whose last day is not over."""
    return tuple(option for option in choices_of(field) if option.until is None or option.until >= today)


def listed(step: CompiledStep, language: str, today: str) -> Callable[[str, str], Markup]:
    """Gives the options of a long list with one of them chosen."""
    plain = (item for item in step.fields if choices_of(item) and not isinstance(item, LinkedChoice))
    lists = {item.name: _options_text(item, language, today) for item in plain}
    return lambda name, value: chosen(lists[name], value)


def linked(step: CompiledStep, language: str, today: str) -> Callable[[str, str, str], Markup]:
    """Gives the options below an entry of a linked list with one of them chosen."""
    lists = {item.name: _linked_texts(item, language, today) for item in step.fields if isinstance(item, LinkedChoice)}
    return lambda name, parent, value: chosen(lists[name].get(parent, ""), value)


def _linked_texts(field: LinkedChoice, language: str, today: str) -> dict[str, str]:
    """The options below each entry."""
    return {
        parent: _option_list({option.value: option.label.in_(language) for option in field.offered(parent, today)})
        for parent in field.below
    }


def _options_text(field: Any, language: str, today: str) -> str:
    listed = {option.value: option.label.in_(language) for option in offered_on(today, field)}
    return _option_list(listed | ({OTHER: OTHER_LABEL.in_(language)} if field.other else {}))


def _option_list(labels: Mapping[str, str]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in labels.items())


def chosen(options: str, value: str) -> Markup:
    """The options with one of them chosen."""
    if value:
        written = f'value="{escape(value)}"'
        options = options.replace(f"{written}>", f"{written} selected>", 1)
    return Markup(options)  # noqa: S704 - made of escaped parts above


@lru_cache(maxsize=16)
def province_options(places: Places) -> str:
    """The provinces of a day as options."""
    return _option_list(places.province_options())


@lru_cache(maxsize=512)
def ward_options(places: Places, province: str) -> str:
    """The wards of a province as options."""
    return _option_list(places.ward_options(province)) if province else ""


@lru_cache(maxsize=16)
def country_options(places: Places, language: str) -> str:
    """The countries as options."""
    return _option_list(places.country_options(language))
