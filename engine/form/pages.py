"""The pages of a form, compiled: one Jinja template for each step and language, with everything constant folded in.

A kind's file in `kinds/pages/` is rendered once when a step is first asked for; it uses `[[ … ]]` and `[% … %]`, and
what it writes in `{{ … }}` is evaluated at each request. There, `v` holds the typed inputs by name, `e` the error
sentences by field, `s` what earlier answers show in a label.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from itertools import count
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup, escape

from engine import rules
from engine.form.answers import Answers
from engine.form.compiled import CompiledField, CompiledForm, CompiledPart, CompiledStep, Inputs, choices_of
from engine.form.showing import Shown
from engine.form.wording import Source, condition_text, literal, note_source, text_source, words_source
from engine.format.texts import Text
from engine.kinds import Context, Field, Places
from engine.kinds.base import Typed
from engine.kinds.choices import OTHER, OTHER_LABEL, Option
from engine.kinds.linked import LinkedChoice
from engine.kinds.messages import lower_first

INLINE_OPTIONS = 20
NO_VIEW: Mapping[str, Any] = MappingProxyType({})

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
    "time": Text("Giờ:phút, ví dụ 09:30", "Hours:minutes, such as 09:30"),
    "datetime": Text("Ngày/tháng/năm giờ:phút, ví dụ 24/11/2026 09:30",
                     "Day/month/year hours:minutes, such as 24/11/2026 09:30"),
    "refresh": Text("Hiện danh sách tiếp theo", "Show the next list"),
    "sign.type": Text("Gõ họ và tên để ký", "Type your full name to sign"),
    "sign.draw": Text("Hoặc vẽ chữ ký bằng chuột, bút hay ngón tay", "Or draw it with mouse, pen or finger"),
    "sign.undo": Text("Bỏ nét cuối", "Undo the last stroke"),
    "sign.clear": Text("Xoá, vẽ lại", "Clear and draw again"),
    "sign.keep": Text("Giữ chữ ký đã vẽ", "Keep the drawn signature"),
    "way": Text("Nộp giấy tờ này bằng cách nào", "How this paper comes"),
    "attach": Text("Đính kèm tệp ở đây", "Attach a file here"),
    "number": Text("Số giấy tờ hoặc mã hồ sơ", "Number of the paper or of the dossier"),
    "error": Text("Lỗi:", "Error:"),
}  # fmt: skip


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
# What is constant was folded in already, so the optimiser would only cost time.
RUN = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, optimized=False)


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
        "parts": [_part_facts(part, today, language, numbers) for part in step.parts],
        "types": json.dumps({name: compiled.types[name] for name in sorted(looked)}) if asked else "",
        "w": {name: word.in_(language) for name, word in WORDS.items()},
        "language": language,
        "text": partial(text_source, language=language),
        "note": partial(note_source, language=language),
        "lower": lambda source: Source(lower_first(source)),
        "code": lambda value: Source(ascii(value)),
        "other_label": OTHER_LABEL,
    }


def _part_facts(part: CompiledPart, today: str, language: str, numbers: Iterator[int]) -> dict[str, Any]:
    return {
        "section": part.section,
        "when": condition_text(part.section.when) if part.section and part.section.when else "",
        "fields": [
            _field_facts(item, today, language, next(numbers)) | {"follows": follows}
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


def _field_facts(item: CompiledField, today: str, language: str, number: int) -> dict[str, Any]:
    field = item.field
    offered = offered_on(today, field)
    return {
        "field": field,
        "id": field.name or f"doan-{number}",
        "template": f"{field.PAGE or field.KIND}.html",
        "when": condition_text(item.shown_when) if item.shown_when else "",
        "required_when": "" if isinstance(field.required, bool) else condition_text(field.required),
        "none": words_source(field.none, language) if field.none else "",
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


def _run_facts(step: CompiledStep, language: str, today: str) -> dict[str, Any]:
    plain = (item for item in step.fields if choices_of(item) and not isinstance(item, LinkedChoice))
    lists = {item.name: _options_text(item, language, today) for item in plain}
    linked = {item.name: _linked_texts(item, language, today) for item in step.fields if isinstance(item, LinkedChoice)}
    return {
        "listed": lambda name, chosen: _chosen(lists[name], chosen),
        "linked": lambda name, parent, chosen: _chosen(linked[name].get(parent, ""), chosen),
        "provinces": lambda places, chosen: _chosen(province_options(places), chosen),
        "wards": lambda places, province, chosen: _chosen(ward_options(places, province), chosen),
        "countries": lambda places, chosen: _chosen(country_options(places, language), chosen or "VN"),
    }


def _options_text(field: Any, language: str, today: str) -> str:
    listed = {option.value: option.label.in_(language) for option in offered_on(today, field)}
    return _option_list(listed | ({OTHER: OTHER_LABEL.in_(language)} if field.other else {}))


def _linked_texts(field: LinkedChoice, language: str, today: str) -> dict[str, str]:
    """The options below each entry."""
    return {
        parent: _option_list({option.value: option.label.in_(language) for option in field.offered(parent, today)})
        for parent in field.below
    }


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


def typed_inputs(
    step: CompiledStep, answers: Answers, context: Context, view: Mapping[str, Any] = NO_VIEW
) -> dict[str, Any]:
    """The inputs of a step as its answers would be typed; a step not yet posted shows what is prefilled."""
    typed: dict[str, Any] = {}
    for field in step.fields:
        if field.name in answers.typed:
            typed |= answers.typed[field.name]
            continue
        value = answers.values.get(field.name)
        if field.none is not None and field.none_key in answers.values:
            typed[field.none_input] = "true"
        elif value is None and step.name not in answers.posted:
            value = prefilled(field, view, context)
        typed |= field.typed(value)
    return typed


def prefilled(field: Field, view: Mapping[str, Any], context: Context) -> Any:
    """What is shown before anything was typed: a value of its own, an earlier answer, or what an account says."""
    if not isinstance(field.default, dict):
        return field.prefill(context)
    if "field" in field.default:
        return view.get(field.default["field"])
    return context.account.get(field.default["account"])


def posted_inputs(step: CompiledStep, inputs: Inputs) -> dict[str, Any]:
    """The inputs of a step as they were just posted."""
    typed: dict[str, Any] = {}
    for field in step.fields:
        for name, blank in field.typed(None).items():
            values = inputs.get(name, [])
            typed[name] = list(values) if isinstance(blank, list) else (values[0] if values else "")
        if field.none is not None:
            typed[field.none_input] = "".join(inputs.get(field.none_input, [])[:1])
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
        r={name for name, test in step.required.items() if test(view)},
        holds=lambda written: compiled.holds(written, view),
        places=context.places,
        view=_named_outside(step, view),
    )
    return Markup(text)  # noqa: S704 - the output of an autoescaping template


class Said(dict[str, str]):
    """The sentences by field; an empty text for a field without one."""

    def __missing__(self, _name: str) -> str:
        return ""


def _named_outside(step: CompiledStep, view: Mapping[str, Any]) -> str:
    """The day, and the answers of other steps that this page's conditions look at, for the browser's evaluator."""
    names = ("today", *step.looked_at, *(f"{name}{rules.NONE_KEY}" for name in step.looked_at))
    known = {name: view[name] for name in names if name in view}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")) if step.conditions else "{}"
