"""The pages of a form, compiled: one Jinja template for each step and language, with everything constant folded in.

A kind's file in `kinds/pages/` is rendered once when a step is first asked for; it uses `[[ … ]]` and `[% … %]`, and
what it writes in `{{ … }}` is evaluated at each request. There, `v` holds the typed inputs by name, `e` the error
sentences by field, `s` what earlier answers show in a label.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup

from engine import rules
from engine.form import options
from engine.form.answers import Answers
from engine.form.compiled import CompiledField, CompiledForm, CompiledPart, CompiledStep, Inputs
from engine.form.journey import Row
from engine.form.parsing import NO_ANSWERS, prefilled
from engine.form.showing import Shown, row_title
from engine.form.wording import Source, condition_text, literal, note_source, text_source, words_source
from engine.format.texts import Text
from engine.kinds import Context
from engine.kinds.choices import OTHER_LABEL
from engine.kinds.groups import Group
from engine.kinds.messages import lower_first

INLINE_OPTIONS = 20
NO_ROWS: Mapping[str, Sequence[Row]] = MappingProxyType({})
SLOT = "\x02"  # in a row's source: where its group and number belong; no text holds it
CODE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)

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
    "add_row": Text("Thêm dòng", "Add a row"),
    "copy_row": Text("Chép dòng", "Copy the row"),
    "remove_row": Text("Xoá dòng", "Remove the row"),
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
    numbers = count(1)
    words = _words(language)
    return {
        "parts": [_part_facts(part, today, language, numbers) for part in step.parts],
        "types": json.dumps(_looked_types(compiled, step)) if step.conditions else "",
        **words,
    }


def _looked_types(compiled: CompiledForm, step: CompiledStep) -> dict[str, str]:
    """The types of what the page's conditions look at, and of the columns of its groups and of those looked at."""
    groups = {group.name for group, _ in step.groups} | step.asked
    return {
        name: kind
        for name, kind in sorted(compiled.types.items())
        if name in step.asked or ("." in name and name.partition(".")[0] in groups)
    }


def _words(language: str) -> dict[str, Any]:
    """What every kind's page is rendered with."""
    return {
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
    offered = options.offered_on(today, field)
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
        **({} if item.rows is None else _group_facts(item.rows, today, language)),
    }


def _group_facts(rows: CompiledStep, today: str, language: str) -> dict[str, Any]:
    """A group's own facts: the source of one row."""
    numbers = count(1)
    columns = [
        _field_facts(_slotted(item, next(numbers)), today, language, 0) | {"follows": follows}
        for part in rows.parts
        for item, follows in zip(part.fields, following(part), strict=True)
    ]
    source = COMPILE.get_template("row.html").render(fields=columns, **_words(language))
    return {"row": Source(_numbered(source, rows.name))}


def _slotted(item: CompiledField, number: int) -> CompiledField:
    """A column whose name leaves room for that of its group and the row's number."""
    name = item.field.name or f"doan-{number}"
    return replace(item, field=replace(item.field, name=SLOT + name))


def _numbered(source: str, group: str) -> str:
    """A row's source with its slots filled: by group and number in what is shown, by nothing in what is looked up."""
    pieces = CODE.split(source)
    return "".join(
        piece.replace(SLOT, "") if place % 2 else piece.replace(SLOT, group + "-{{ i }}-")
        for place, piece in enumerate(pieces)
    )


def _run_facts(step: CompiledStep, language: str, today: str) -> dict[str, Any]:
    groups = [(group.name, rows) for group, rows in step.groups]
    return {
        "listed": options.listed(step, language, today),
        "linked": options.linked(step, language, today),
        "row_listed": {name: options.listed(rows, language, today) for name, rows in groups},
        "row_linked": {name: options.linked(rows, language, today) for name, rows in groups},
        "provinces": lambda places, chosen: options.chosen(options.province_options(places), chosen),
        "wards": lambda places, province, chosen: options.chosen(options.ward_options(places, province), chosen),
        "countries": lambda places, chosen: options.chosen(options.country_options(places, language), chosen or "VN"),
    }


def typed_inputs(
    step: CompiledStep, answers: Answers, context: Context, view: Mapping[str, Any] = NO_ANSWERS
) -> dict[str, Any]:
    """The inputs of a step as its answers would be typed; a step not yet posted shows what is prefilled.

    Of a group the inputs of each row, under the columns' own names.
    """
    typed: dict[str, Any] = {group.name: _typed_rows(group, rows, answers, context) for group, rows in step.groups}
    for field in step.fields:
        if field.name in typed:
            typed |= {field.none_input: "true"} if field.none is not None and field.none_key in answers.values else {}
            continue
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


def _typed_rows(group: Group, rows: CompiledStep, answers: Answers, context: Context) -> list[dict[str, Any]]:
    held = answers.values.get(group.name) or ()
    unread = group.unread(answers.typed.get(group.name, {}))
    typed = (Answers(row, unread.get(number, {}), frozenset({rows.name})) for number, row in enumerate(held))
    return [typed_inputs(rows, one, context) for one in typed]


def posted_inputs(step: CompiledStep, inputs: Inputs) -> dict[str, Any]:
    """The inputs of a step as they were just posted; of a group those of each row, nothing for a row just added."""
    typed: dict[str, Any] = {
        group.name: [posted_inputs(rows, Inputs(row)) if row else {} for row in group.rows_of(inputs).values()]  # type: ignore[arg-type]
        for group, rows in step.groups
    }
    for field in step.fields:
        blanks = {} if field.name in typed else field.typed(None)
        for name, blank in blanks.items():
            values = inputs.get(name, [])
            typed[name] = list(values) if isinstance(blank, list) else (values[0] if values else "")
        if field.none is not None:
            typed[field.none_input] = "".join(inputs.get(field.none_input, [])[:1])
    return typed


def render(
    compiled: CompiledForm,
    step: CompiledStep,
    typed: Mapping[str, Any],
    *,
    errors: Mapping[str, str],
    view: Mapping[str, Any],
    context: Context,
    language: str,
    rows: Mapping[str, Sequence[Row]] = NO_ROWS,
    target: str = "",
) -> Markup:
    """The fields of a step as markup.

    `rows` are the rows of its groups as they were walked, `target` is the id of the row to which the page goes.
    """
    template = page(compiled, step, language, context.today)
    at = _At(compiled, step, Shown(compiled, view, language, context), errors, view, context, language)
    text = template.render(
        v=_with_page_values(step, typed, context, language),
        e=Said(errors),
        s=at.shown,
        r=_required(step, view),
        holds=partial(_holds, compiled, step, view),
        places=context.places,
        view=_named_outside(step, view),
        rows={
            group.name: list(_rows(at, group, inner, typed[group.name], rows, target)) for group, inner in step.groups
        },
        blank={group.name: _blank(inner, view, context) for group, inner in step.groups},
    )
    return Markup(text)  # noqa: S704 - the output of an autoescaping template


def _holds(compiled: CompiledForm, step: CompiledStep, view: Mapping[str, Any], written: str) -> bool:
    """Whether the condition of a text holds, named as the page writes it."""
    return compiled.test(step.cases[written])(view)


def _with_page_values(step: CompiledStep, typed: Mapping[str, Any], context: Context, language: str) -> dict[str, Any]:
    shown = dict(typed)
    for field in step.with_page_values:
        shown |= field.page_values(shown, context, language)
    return shown


def _required(step: CompiledStep, view: Mapping[str, Any]) -> set[str]:
    """The fields that must be answered with these answers, and not always."""
    return {name for name, test in step.required.items() if test(view)}


@dataclass(frozen=True, slots=True)
class _At:
    """What the rows of a page are drawn with."""

    compiled: CompiledForm
    step: CompiledStep
    shown: Shown
    errors: Mapping[str, str]
    view: Mapping[str, Any]
    context: Context
    language: str


def _rows(
    at: _At,
    group: Group,
    rows: CompiledStep,
    typed: Sequence[Mapping[str, Any]],
    walked: Mapping[str, Sequence[Row]],
    target: str,
) -> Iterator[tuple[Any, ...]]:
    """What the template of a group needs for each row: number, title, and the names of a step's own template."""
    scope = at.compiled.scopes[group.name]
    answered = [row.view for row in walked.get(group.name, ())]
    fresh = typed_inputs(rows, Answers(), at.context, at.view)
    said = _said_of(group.name, at.errors)
    for number in range(max(len(typed), group.least)):
        inputs = typed[number] if number < len(typed) and typed[number] else fresh
        view = ChainMap(dict(answered[number]) if number < len(answered) else {}, at.view)  # type: ignore[arg-type]
        shown = Shown(scope, view, at.language, at.context)
        yield (
            number,
            row_title(group, number, at.language, shown),
            _with_page_values(rows, inputs, at.context, at.language),
            said.get(number, Said()),
            shown,
            _required(rows, view),
            partial(_holds, scope, rows, view),
            target == group.at(number),
        )


def _said_of(group: str, errors: Mapping[str, str]) -> dict[int, Said]:
    """The sentences of each row of a group, by column."""
    found: dict[int, Said] = {}
    for name, sentence in errors.items():
        row, _, column = name.removeprefix(f"{group}-").partition("-")
        if column and name.startswith(f"{group}-"):
            found.setdefault(int(row), Said())[column] = sentence
    return found


def _blank(rows: CompiledStep, view: Mapping[str, Any], context: Context) -> str:
    """What stands in a row before anything is typed, for the browser's evaluator: such a row does not count."""
    values = {field.name: prefilled(field, view, context) for field in rows.fields}
    return json.dumps({name: value for name, value in values.items() if value not in (None, [])}, ensure_ascii=False)


class Said(dict[str, str]):
    """The sentences by field; an empty text for a field without one."""

    def __missing__(self, _name: str) -> str:
        return ""


def _named_outside(step: CompiledStep, view: Mapping[str, Any]) -> str:
    """The day, and the answers of other steps that this page's conditions look at, for the browser's evaluator."""
    names = ("today", *step.looked_at, *(f"{name}{rules.NONE_KEY}" for name in step.looked_at))
    known = {name: view[name] for name in names if name in view}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")) if step.conditions else "{}"
