"""The compiled page of a step: what it shows, what it keeps, and that no text of anybody becomes code."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from engine.definition.library import Catalog, CatalogEntry
from engine.form import pages, showing
from engine.form.answers import Answers
from engine.form.compiled import CompiledForm
from engine.form.journey import journey, post
from engine.format.texts import Text
from tests.forms_cases import SHIPPED, choice, compiled, inputs, step, text
from tests.kinds_cases import CASES, CONTEXT, REGION_CATALOG, Case

NASTY = ['"><script>alert(1)</script>', "{{ 7 * 7 }}", "{% for x in y %}", "[[ a ]]", "{# x #}", "'\"\\", "&amp; < >"]


def drawn(
    form: CompiledForm,
    name: str,
    answers: Answers = Answers(),  # noqa: B008
    language: str = "vi",
    today: str = CONTEXT.today,
) -> Any:
    """The page of a step as a tree."""
    at = form.step(name)
    assert at is not None
    context = replace(CONTEXT, today=today)
    walked = journey(form, answers, context)
    typed = pages.typed_inputs(at, answers, context)
    markup = pages.render(form, at, typed, errors={}, view=walked.view, context=context, language=language)
    return html.fromstring(f"<div>{markup}</div>")


def one_field(case: Case) -> CompiledForm:
    """A form of one field of a kind."""
    words = {"name": "f", "label": "Ô này"} if case.stored is not None else {}
    library = replace(SHIPPED, catalogs={**SHIPPED.catalogs, "vung": REGION_CATALOG})
    return compiled(step("mot", text("ten"), {**words, "kind": case.kind, **case.options}), library=library)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_every_kind_is_drawn_with_its_stored_value(case: Case, language: str) -> None:
    form = one_field(case)
    answers = Answers({"f": case.stored} if case.stored is not None else {}, {}, frozenset({"mot"}))
    page = drawn(form, "mot", answers, language)
    if case.stored is None:
        return
    (wrapper,) = page.xpath('//*[@data-field="f"]')
    assert wrapper.get("data-kind") == case.kind
    for name, value in case.field().typed(case.stored).items():
        assert _posted(wrapper, name) == (value if isinstance(value, list) else [value]), name


def _posted(wrapper: Any, name: str) -> list[str]:
    """What a browser would post of an input."""
    values = []
    for node in wrapper.xpath(f'.//*[@name="{name}"]'):
        if node.tag == "select":
            values += [option.get("value") for option in node.xpath(".//option[@selected]")]
        elif node.tag == "textarea":
            values.append((node.text or "").removeprefix("\n"))
        elif node.get("type") in ("radio", "checkbox"):
            values += [node.get("value")] if node.get("checked") is not None else []
        elif node.get("disabled") is None:
            values.append(node.get("value"))
    return values


@pytest.mark.parametrize("nasty", NASTY)
def test_texts_of_a_definition_stay_texts(nasty: str) -> None:
    field = choice("f", "a", label=nasty, hint=nasty)
    field["choices"] = [{"value": nasty, "label": nasty, "hint": nasty}]
    form = compiled(step("mot", text("ten"), field, {"kind": "note", "label": nasty, "text": "x"}))
    page = drawn(form, "mot", Answers({"f": nasty}, {}, frozenset({"mot"})))
    (wrapper,) = page.xpath('//*[@data-field="f"]')
    assert nasty in wrapper.text_content()
    assert not page.xpath("//script")
    assert [node.get("value") for node in wrapper.xpath(".//input[@checked]")] == [nasty]


@pytest.mark.parametrize("nasty", NASTY)
def test_answers_stay_texts(nasty: str) -> None:
    form = compiled(step("mot", text("ten"), {"name": "doan", "kind": "long_text", "label": "Đoạn"}))
    page = drawn(form, "mot", Answers({"ten": nasty, "doan": nasty}, {}, frozenset({"mot"})))
    assert page.xpath('//input[@name="ten"]')[0].get("value") == nasty
    assert page.xpath('//textarea[@name="doan"]')[0].text == nasty
    assert not page.xpath("//script")


def test_a_text_that_begins_with_an_empty_line_keeps_it() -> None:
    form = compiled(step("mot", {"name": "doan", "kind": "long_text", "label": "Đoạn"}))
    page = drawn(form, "mot", Answers({"doan": "\nHai"}, {}, frozenset({"mot"})))
    assert page.xpath('//textarea[@name="doan"]')[0].text == "\n\nHai"  # of which a browser drops the first


def test_a_label_names_an_earlier_answer() -> None:
    form = compiled(step("mot", text("ten", required=True)), step("hai", text("ho", label="Họ của {ten}")))
    answers = Answers({"ten": "An <b>"}, {}, frozenset({"mot"}))
    assert drawn(form, "hai", answers).xpath('//label[@for="ho"]')[0].text_content().startswith("Họ của An <b>")


def test_optional_fields_are_marked_and_required_ones_are_not() -> None:
    page = drawn(compiled(step("mot", text("a", required=True), text("b"))), "mot")
    marks = {
        node.get("data-field"): bool(node.xpath('.//*[@class="mc-optional"]'))
        for node in page.xpath("//*[@data-field]")
    }
    assert marks == {"a": False, "b": True}
    assert not page.xpath("//*[@required or @placeholder or @type='number']")


def test_every_input_has_a_label_and_its_name_as_id() -> None:
    for case in CASES:
        page = drawn(one_field(case), "mot")
        ids = {node.get("id") for node in page.xpath("//*[@id]")}
        labelled = {node.get("for") for node in page.xpath("//label")}
        for node in page.xpath("//input[@type != 'hidden'] | //select | //textarea"):
            assert node.get("id") in labelled, html.tostring(node)
        if case.stored is not None:
            assert {"f", "f-province", "f-0"} & ids


def test_a_page_tells_the_browser_its_conditions_and_the_answers_they_need() -> None:
    form = compiled(
        step("mot", choice("loai", "a", "b", required=True)),
        step("hai", text("x", when={"field": "loai", "is": "a"}), text("y")),
    )
    page = drawn(form, "hai", Answers({"loai": "a"}, {}, frozenset({"mot"})))
    assert page.xpath('//*[@data-field="x"]')[0].get("data-when") == '{"field":"loai","is":"a"}'
    root = page.xpath("//*[@data-types]")[0]
    assert json.loads(root.get("data-view")) == {"today": CONTEXT.today, "loai": "a"}
    assert not page.xpath("//*[@hidden]")


def test_a_page_that_compares_with_the_day_tells_the_browser_which_day_it_is() -> None:
    late = {"field": "ngay", "before": {"today": {"days": -15}}}
    form = compiled(step("mot", {"name": "ngay", "kind": "date", "label": "Ngày"}, text("ly_do", when=late)))
    root = drawn(form, "mot").xpath("//*[@data-types]")[0]
    assert json.loads(root.get("data-view")) == {"today": CONTEXT.today}


def test_a_refused_post_keeps_every_typed_value() -> None:
    form = compiled(step("mot", text("ten", required=True), {"name": "ngay", "kind": "date", "label": "Ngày"}))
    at = form.step("mot")
    assert at is not None
    result = post(form, at, Answers(), inputs(ten="", ngay="31/2/2020"), CONTEXT)
    shown = showing.Shown(form, result.journey.view, "vi", CONTEXT)
    said = showing.sentences(form, result.errors, "vi", shown)
    markup = pages.render(form, at, pages.posted_inputs(at, result.inputs), errors=said, view=result.journey.view,
                          context=CONTEXT, language="vi")  # fmt: skip
    page = html.fromstring(f"<div>{markup}</div>")
    assert page.xpath('//input[@name="ngay"]')[0].get("value") == "31/2/2020"
    assert page.xpath('//*[@id="ten-error"]')[0].text == "Nhập ten"
    assert page.xpath('//input[@name="ten"]')[0].get("aria-invalid") == "true"
    assert page.xpath('//*[@id="ngay-error"]')[0].text == "Ngày: không có ngày 31/2/2020 trong lịch"


OLD_AND_NEW = Catalog(
    catalog="cu_moi",
    title=Text("Cũ và mới"),
    entries=(
        CatalogEntry(value="cu", label=Text("Cũ"), until="2026-11-20"),
        CatalogEntry(value="moi", label=Text("Mới")),
    ),
)


@pytest.mark.parametrize(
    "shown",
    [{"kind": "choice", "display": display} for display in ("radio", "select", "search")] + [{"kind": "choices"}],
    ids=str,
)
def test_a_choice_is_offered_until_its_last_day(shown: dict[str, str]) -> None:
    library = replace(SHIPPED, catalogs={**SHIPPED.catalogs, "cu_moi": OLD_AND_NEW})
    form = compiled(step("mot", {"name": "f", "label": "F", "catalog": "cu_moi", **shown}), library=library)
    for today, expected in (("2026-11-20", ["cu", "moi"]), ("2026-11-21", ["moi"]), ("2026-11-19", ["cu", "moi"])):
        page = drawn(form, "mot", today=today)
        offered = page.xpath('.//input[@name="f"]/@value | .//select[@name="f"]/option[@value != ""]/@value')
        assert offered == expected
        assert page.xpath('.//*[@id="f"]')


def test_a_choice_with_a_condition_tells_the_browser_when_it_is_offered() -> None:
    when = {"field": "loai", "is": "a"}
    some = [{"value": "x y", "label": "X", "when": when}, {"value": "y", "label": "Y"}]
    for display in ("radio", "select"):
        shown = {"name": "f", "kind": "choice", "label": "F", "display": display, "choices": some}
        page = drawn(compiled(step("mot", choice("loai", "a", "b"), shown)), "mot")
        (conditional,) = page.xpath('.//*[@data-field="f"]//*[@data-when]')
        assert json.loads(conditional.get("data-when")) == when
        assert "loai" in json.loads(page.xpath(".//@data-types")[0])
        assert not [id_ for id_ in page.xpath(".//@id") if " " in id_]


def test_a_field_is_indented_under_what_opened_it_and_not_far_below() -> None:
    opened = {"field": "loai", "is": "a"}
    form = compiled(
        step("mot", choice("loai", "a", "b", required=True), text("x", when=opened), text("y", when=opened),
             text("giua"), text("xa", when=opened)),
    )  # fmt: skip
    page = drawn(form, "mot")
    indented = [node.get("data-field") for node in page.xpath('//*[contains(@class, "mc-conditional")]')]
    assert indented == ["x", "y"]


def test_a_single_default_of_several_choices_may_stand_alone() -> None:
    shown = {"name": "f", "label": "F", "kind": "choices", "choices": {"ab": "A", "c": "C"}, "default": "ab"}
    page = drawn(compiled(step("mot", text("ten"), shown)), "mot")
    assert page.xpath('.//*[@name="f"][@checked]/@value') == ["ab"]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ({"kind": "phone", "default": "0905 123 456"}, "0905 123 456"),
        ({"kind": "phone", "default": "+84905123456"}, "0905 123 456"),
        ({"kind": "email", "default": "a@b.vn"}, "a@b.vn"),
        ({"kind": "date", "precision": "year", "default": 2020}, "2020"),
        ({"kind": "date", "default": "2020-02-01"}, "01/02/2020"),
    ],
    ids=str,
)
def test_a_default_stands_as_people_type_it(written: dict[str, Any], typed: str) -> None:
    page = drawn(compiled(step("mot", text("ten"), {"name": "f", "label": "F", **written})), "mot")
    assert _posted(page, "f") == [typed]


@pytest.mark.parametrize(
    ("written", "chosen"),
    [
        ({"kind": "choice", "default": 2}, ["2"]),
        ({"kind": "choice", "default": True, "display": "select"}, ["true"]),
        ({"kind": "choices", "default": [1, "2"]}, ["1", "2"]),
    ],
    ids=str,
)
def test_a_default_is_ticked_however_its_value_was_written(written: dict[str, Any], chosen: list[str]) -> None:
    labels = {"1": "Một", "2": "Hai", "true": "Đúng"}
    page = drawn(compiled(step("mot", {"name": "f", "label": "F", "choices": labels, **written})), "mot")
    assert page.xpath('.//*[@name="f"][@checked]/@value | .//*[@name="f"]/option[@selected]/@value') == chosen


def test_a_note_shows_the_answers_that_it_names_and_no_code() -> None:
    note = {"kind": "note", "text": "**Chào** {ten} [[ x ]] {{ 7 * 7 }} {% raw %} {Ten}"}
    form = compiled(step("mot", text("ten")), step("hai", note))
    answers = Answers({"ten": "<b>An</b> {{ 1 }}"}, {}, frozenset({"mot"}))
    said = " ".join(drawn(form, "hai", answers).text_content().split())
    assert said == "Chào <b>An</b> {{ 1 }} [[ x ]] {{ 7 * 7 }} {% raw %} {Ten}"
