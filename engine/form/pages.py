"""The pages of a form, compiled: one Jinja template for each step and language, with everything constant folded in.

A kind's file in `kinds/pages/` is rendered once when a step is first asked for; it uses `[[ … ]]` and `[% … %]`, and
what it writes in `{{ … }}` is evaluated at each request. There, `v` holds the typed inputs by name, `e` the error
sentences by field, `s` what earlier answers show in a label.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import count
from typing import Any

from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup, escape

from engine import rules
from engine.form.answers import Answers
from engine.form.compiled import CompiledField, CompiledForm, CompiledPart, CompiledStep, Inputs, choices_of
from engine.form.journey import FieldError
from engine.form.markdown import rendered
from engine.format.texts import Text
from engine.kinds import Context, Field, Places
from engine.kinds.base import Typed
from engine.kinds.choices import OTHER, OTHER_LABEL, Option
from engine.kinds.messages import Problem, lower_first

NAMED = re.compile(r"\{([a-z][a-z0-9_]*)\}")
INLINE_OPTIONS = 20

WORDS: dict[str, Text] = {
    "optional": Text("(không bắt buộc)", "(optional)"),
    "choose": Text("Chọn", "Choose"),
    "again": Text("Nhập lại", "Re-enter"),
    "other": Text("Ghi rõ", "Please specify"),
    "yes": Text("Có", "Yes"),
    "no": Text("Không", "No"),
    "country": Text("Quốc gia", "Country"),
    "province": Text("Tỉnh, thành phố", "Province"),
    "ward": Text("Phường, xã", "Ward"),
    "detail": Text("Số nhà, đường, thôn, tổ", "House number, street, hamlet, residential group"),
    "keep": Text("Giữ tệp", "Keep the file"),
    "date": Text("Ngày/tháng/năm, ví dụ 24/11/2026", "Day/month/year, such as 24/11/2026"),
    "date.year": Text("Ngày/tháng/năm, hoặc chỉ năm nếu không nhớ ngày",
                      "Day/month/year, or the year alone if you do not know the day"),
    "date.month": Text("Tháng/năm, ví dụ 11/2026", "Month/year, such as 11/2026"),
    "date.only_year": Text("Năm, ví dụ 2026", "Year, such as 2026"),
    "files": Text("Nhận tệp {accept}, mỗi tệp tối đa {max_mb} MB, nhiều nhất {max_files} tệp",
                  "{accept}, up to {max_mb} MB each; at most {max_files} files"),
    "error": Text("Lỗi:", "Error:"),
}  # fmt: skip


class Source(str):
    """A piece of template code, as against a text that must stay a text."""

    __slots__ = ()


def literal(value: object) -> object:
    """A constant in a page's source: escaped, and never template code."""
    if isinstance(value, Markup):
        return value  # what a macro gave: its parts came through here already
    if isinstance(value, Source):
        return Markup(value)  # noqa: S704 - the code was made here, of names that the loader checked
    return Markup(str(escape(value)).replace("{", "&#123;"))  # noqa: S704 - escaped one call further in


COMPILE = Environment(
    loader=PackageLoader("engine.kinds", "pages"),
    autoescape=True,
    variable_start_string="[[",
    variable_end_string="]]",
    block_start_string="[%",
    block_end_string="%]",
    comment_start_string="[#",
    comment_end_string="#]",
    finalize=literal,
    trim_blocks=True,
    lstrip_blocks=True,
)
RUN = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)


def text_source(text: Text | None, language: str) -> Source:
    """A text with the answers it names in `{name}`, as template code."""
    pieces = NAMED.split(text.in_(language) if text else "")
    return _with_answers(pieces, lambda piece: str(literal(piece)))


def _with_answers(pieces: list[str], constant: Callable[[str], str]) -> Source:
    shown = [
        "{{ s.get('" + piece + "', '…') }}" if place % 2 else constant(piece) for place, piece in enumerate(pieces)
    ]
    return Source("".join(shown))


def note_source(text: Text, language: str) -> Source:
    """A text in Markdown, as sanitised markup, with the answers it names."""
    pieces = NAMED.split(str(rendered(text.in_(language))))
    return _with_answers(pieces, lambda piece: piece.replace("{", "&#123;"))


def page(compiled: CompiledForm, step: CompiledStep, language: str, today: str) -> Template:
    """The compiled template of a step in a language, made on first use and anew when a choice's last day is over."""
    key = (step.name, language, bisect_left(step.last_days, today))
    if key not in compiled.pages:
        source = COMPILE.get_template("step.html").render(_page_facts(compiled, step, language, today))
        compiled.pages[key] = RUN.from_string(source, globals=_run_facts(step, language, today))
    template: Template = compiled.pages[key]
    return template


def _page_facts(compiled: CompiledForm, step: CompiledStep, language: str, today: str) -> dict[str, Any]:
    asked = step.conditions
    looked = {name for condition in asked for name in rules.names(condition) if name in compiled.types}
    numbers = count(1)
    return {
        "parts": [_part_facts(part, today, numbers) for part in step.parts],
        "types": json.dumps({name: compiled.types[name] for name in sorted(looked)}) if asked else "",
        "w": {name: word.in_(language) for name, word in WORDS.items()},
        "language": language,
        "text": partial(text_source, language=language),
        "note": partial(note_source, language=language),
        "lower": lambda source: Source(lower_first(source)),
        "code": lambda value: Source(ascii(value)),
        "other_label": OTHER_LABEL,
    }


def _part_facts(part: CompiledPart, today: str, numbers: Iterator[int]) -> dict[str, Any]:
    return {
        "section": part.section,
        "when": condition_text(part.section.when) if part.section and part.section.when else "",
        "fields": [
            _field_facts(item, today, next(numbers)) | {"follows": follows}
            for item, follows in zip(part.fields, following(part), strict=True)
        ],
    }


def following(part: CompiledPart) -> Iterator[bool]:
    """Whether each field hangs on the one before it, or on the one before the run of its like: it is indented."""
    opened: set[str] = set()
    for item in part.fields:
        follows = bool(item.field.when and opened.intersection(rules.names(item.field.when)))
        opened = {*opened, item.field.name} if follows else {item.field.name}
        yield follows


def _field_facts(item: CompiledField, today: str, number: int) -> dict[str, Any]:
    field = item.field
    offered = offered_on(today, field)
    return {
        "field": field,
        "id": field.name or f"doan-{number}",
        "template": f"{field.KIND}.html",
        "when": condition_text(item.shown_when) if item.shown_when else "",
        "attributes": field.attributes(),
        "width": field.width or field.WIDTH,
        **field.page(),
        "many": len(offered) > INLINE_OPTIONS and not item.offered,
        "options": offered,
        "offered_when": {option.value: condition_text(option.when) for option in offered if option.when},
    }


def offered_on(today: str, field: Field) -> tuple[Option, ...]:
    """The choices of a field whose last day is not over."""
    return tuple(option for option in choices_of(field) if option.until is None or option.until >= today)


def condition_text(condition: Any) -> str:
    """A condition as the browser's evaluator reads it."""
    return json.dumps(rules.document(condition), ensure_ascii=False, separators=(",", ":"), default=str)


def _run_facts(step: CompiledStep, language: str, today: str) -> dict[str, Any]:
    lists = {item.name: _options_text(item, language, today) for item in step.fields if choices_of(item)}
    return {
        "listed": lambda name, chosen: _chosen(lists[name], chosen),
        "provinces": lambda places, chosen: _chosen(province_options(places), chosen),
        "wards": lambda places, province, chosen: _chosen(ward_options(places, province), chosen),
        "countries": lambda places, chosen: _chosen(country_options(places, language), chosen or "VN"),
    }


def _options_text(field: Any, language: str, today: str) -> str:
    listed = {option.value: option.label.in_(language) for option in offered_on(today, field)}
    return _option_list(listed | ({OTHER: OTHER_LABEL.in_(language)} if field.other else {}))


def _option_list(labels: Mapping[str, str]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in labels.items())


def _chosen(options: str, chosen: str) -> Markup:
    if chosen:
        value = f'value="{escape(chosen)}"'
        options = options.replace(f"{value}>", f"{value} selected>", 1)
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


def typed_inputs(step: CompiledStep, answers: Answers, context: Context) -> dict[str, Any]:
    """The inputs of a step as its answers would be typed; a step not yet posted shows what is prefilled."""
    typed: dict[str, Any] = {}
    for field in step.fields:
        if field.name in answers.typed:
            typed |= answers.typed[field.name]
            continue
        value = answers.values.get(field.name)
        if value is None and step.name not in answers.posted:
            value = field.prefill(context)
        typed |= field.typed(value)
    return typed


def posted_inputs(step: CompiledStep, inputs: Inputs) -> dict[str, Any]:
    """The inputs of a step as they were just posted."""
    typed: dict[str, Any] = {}
    for field in step.fields:
        for name, blank in field.typed(None).items():
            values = inputs.get(name, [])
            typed[name] = list(values) if isinstance(blank, list) else (values[0] if values else "")
    return typed


def render(
    compiled: CompiledForm,
    step: CompiledStep,
    typed: Typed,
    *,
    errors: Mapping[str, str],
    view: Mapping[str, Any],
    context: Context,
    language: str,
) -> Markup:
    """The fields of a step as markup."""
    shown = dict(typed)
    for field in step.with_page_values:
        shown |= field.page_values(typed, context, language)
    text = page(compiled, step, language, context.today).render(
        v=shown,
        e=Said(errors),
        s=Shown(compiled, view, language, context),
        places=context.places,
        view=_named_outside(step, view),
    )
    return Markup(text)  # noqa: S704 - the output of an autoescaping template


class Said(dict[str, str]):
    """The sentences by field; an empty text for a field without one."""

    def __missing__(self, _name: str) -> str:
        return ""


class Shown(dict[str, str]):
    """What earlier answers show in a label, worked out only for those that a label names."""

    def __init__(self, compiled: CompiledForm, view: Mapping[str, Any], language: str, context: Context) -> None:
        super().__init__()
        self._facts = (compiled, view, language, context)

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        """The answer in words, or `default`."""
        compiled, view, language, context = self._facts
        value = view.get(name)
        return default if value is None else compiled.fields[name].show(value, language, context)


def _named_outside(step: CompiledStep, view: Mapping[str, Any]) -> str:
    """The answers of other steps that this page's conditions look at, for the browser's evaluator."""
    known = {name: view[name] for name in step.looked_at if name in view}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")) if step.looked_at else "{}"


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
    return NAMED.sub(lambda match: shown.get(match[1], "…"), text.in_(language))


def bare(text: Text, language: str) -> str:
    """A text where no answers are known yet."""
    return NAMED.sub("…", text.in_(language))


def anchor(compiled: CompiledForm, error: FieldError) -> str:
    """The id of the input at which an error is put right."""
    field = compiled.fields.get(error.field)
    if field is None:
        return error.field
    part = error.cause.code.partition(".")[2].split("_of_")[0] if isinstance(error.cause, Problem) else ""
    if f"{field.name}-{part}" in field.inputs():
        return f"{field.name}-{part}"
    if field.KIND == "address":
        return field.inputs()[0]
    return field.name
