"""What of a field depends on earlier answers: its texts, whether it must be answered, its default, the box "none"."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from engine.definition.library import Library
from engine.definition.loading import load_document
from engine.form import pages, showing
from engine.form.answers import Answers
from engine.form.compiled import CompiledForm
from engine.form.declaration import read_back
from engine.form.journey import journey, post, review, save
from tests.forms_cases import HEAD, SHIPPED, choice, compiled, inputs, step, text
from tests.kinds_cases import CONTEXT

NAMES = [{"when": {"field": "loai", "is": "to_chuc"}, "text": "Tên tổ chức"}, {"text": {"vi": "Họ tên", "en": "Name"}}]
OWNER = compiled(
    step(
        "chu",
        choice("loai", "to_chuc", "ca_nhan", required=True),
        text("ten", required=True, label=NAMES),
        text("ma_so", required={"field": "loai", "is": "to_chuc"}),
    ),
    step(
        "lien_he",
        {"name": "dien_thoai", "kind": "phone", "label": "Điện thoại", "required": True, "none": "Tôi không có"},
        text("ly_do", required=True, when={"field": "dien_thoai", "none": True}),
        text("ten_lai", default={"field": "ten"}),
        title=[{"when": {"field": "loai", "is": "to_chuc"}, "text": "Liên hệ của {ten}"}, {"text": "Liên hệ"}],
    ),
)


def posted(form: CompiledForm, name: str, answers: Answers = Answers(), **typed: Any) -> Any:  # noqa: B008
    """The outcome of one post."""
    at = form.step(name)
    assert at is not None
    return post(form, at, answers, inputs(**{key.replace("__", "-"): value for key, value in typed.items()}), CONTEXT)


def drawn(form: CompiledForm, name: str, answers: Answers) -> Any:
    """The page of a step as a tree."""
    at = form.step(name)
    assert at is not None
    walked = journey(form, answers, CONTEXT)
    typed = pages.typed_inputs(at, answers, CONTEXT, walked.view)
    markup = pages.render(form, at, typed, errors={}, view=walked.view, context=CONTEXT, language="vi")
    return html.fromstring(f"<div>{markup}</div>")


def codes(result: Any) -> dict[str, str]:
    """The refused fields with their causes."""
    return {error.field: error.cause.code for error in result.errors}


# Required where a condition holds


@pytest.mark.parametrize(("kind", "refused"), [("to_chuc", {"ma_so": "enter"}), ("ca_nhan", {})])
def test_a_field_is_required_only_where_its_condition_holds(kind: str, refused: dict[str, str]) -> None:
    result = posted(OWNER, "chu", loai=kind, ten="An")
    assert codes(result) == refused
    assert result.journey.missing == ("chu" if refused else "lien_he")


def test_the_page_says_now_what_must_be_answered_and_how_the_browser_finds_out() -> None:
    page = drawn(OWNER, "chu", Answers({"loai": "to_chuc"}))
    (field,) = page.xpath('//*[@data-field="ma_so"]')
    assert field.get("data-required") == "true"
    assert field.get("data-required-when") == '{"field":"loai","is":"to_chuc"}'
    assert field.xpath('.//*[@class="mc-optional"]/@hidden') == [""]
    (field,) = drawn(OWNER, "chu", Answers({"loai": "ca_nhan"})).xpath('//*[@data-field="ma_so"]')
    assert field.get("data-required") is None
    assert field.xpath('.//*[@class="mc-optional"]/@hidden') == []


# Texts


@pytest.mark.parametrize(("kind", "label"), [("to_chuc", "Tên tổ chức"), ("ca_nhan", "Họ tên"), (None, "Họ tên")])
def test_a_label_is_the_first_of_its_texts_that_holds(kind: str | None, label: str) -> None:
    page = drawn(OWNER, "chu", Answers({"loai": kind} if kind else {}))
    (words,) = page.xpath('//*[@data-field="ten"]//label')
    shown = [span.text for span in words.xpath("./span[@data-when]") if span.get("hidden") is None]
    assert shown == [label]


def test_each_text_stands_on_the_page_with_the_condition_under_which_it_counts() -> None:
    (words,) = drawn(OWNER, "chu", Answers()).xpath('//*[@data-field="ten"]//label')
    assert [span.get("data-when") for span in words.xpath("./span[@data-when]")] == [
        '{"field":"loai","is":"to_chuc"}',
        '{"not":{"field":"loai","is":"to_chuc"}}',
    ]


@pytest.mark.parametrize(("kind", "sentence"), [("to_chuc", "Nhập tên tổ chức"), ("ca_nhan", "Nhập họ tên")])
def test_the_sentence_of_an_error_names_the_label_that_counts(kind: str, sentence: str) -> None:
    result = posted(OWNER, "chu", loai=kind, ma_so="1")
    shown = showing.Shown(OWNER, result.journey.view, "vi", CONTEXT)
    said = showing.sentences(OWNER, result.errors, "vi", shown)["ten"]
    assert said.lower() == sentence.lower()


def test_what_was_declared_is_read_back_under_the_texts_that_count() -> None:
    answers = Answers({"loai": "to_chuc", "ten": "Công ty An", "ma_so": "1", "dien_thoai": "+84912345678"})
    parts = list(read_back(OWNER, journey(OWNER, answers, CONTEXT).view, CONTEXT, "vi"))
    assert ("Tên tổ chức", "Công ty An") in parts[0].rows
    assert parts[1].title == "Liên hệ của Công ty An"


def test_a_text_of_several_says_its_last_where_no_answers_are_known() -> None:
    label = OWNER.fields["ten"].label
    assert (label.in_("vi"), label.in_("en")) == ("Họ tên", "Name")


@pytest.mark.parametrize(("number", "label"), [(1, "Ít"), (2, "Nhiều")])
def test_the_page_and_the_words_choose_the_same_text_by_a_fraction(number: int, label: str) -> None:
    cases = [{"when": {"field": "so", "more_than": Decimal("1.5")}, "text": "Nhiều"}, {"text": "Ít"}]
    form = compiled(step("mot", {"name": "so", "kind": "integer", "label": "Số"}, text("ghi", label=cases)))
    answers = Answers({"so": number})
    spans = drawn(form, "mot", answers).xpath('//*[@data-field="ghi"]//label/span[@data-when]')
    assert [span.text for span in spans if span.get("hidden") is None] == [label]
    shown = showing.Shown(form, journey(form, answers, CONTEXT).view, "vi", CONTEXT)
    assert showing.filled(form.fields["ghi"].label, "vi", shown) == label


# The box beside a field


def test_a_ticked_box_meets_required_and_the_value_is_nothing() -> None:
    first = posted(OWNER, "chu", loai="ca_nhan", ten="An")
    result = posted(OWNER, "lien_he", first.answers, dien_thoai__none="true", ly_do="Ở xa")
    assert result.good
    assert "dien_thoai" not in result.journey.view
    assert result.journey.view["dien_thoai#none"] is True
    assert result.journey.missing is None


def test_what_hangs_on_the_box_is_asked_once_it_is_ticked() -> None:
    first = posted(OWNER, "chu", loai="ca_nhan", ten="An")
    assert codes(posted(OWNER, "lien_he", first.answers, dien_thoai__none="true")) == {"ly_do": "enter"}
    assert codes(posted(OWNER, "lien_he", first.answers)) == {"dien_thoai": "enter"}


def test_box_and_value_together_are_refused_and_both_are_kept() -> None:
    first = posted(OWNER, "chu", loai="ca_nhan", ten="An")
    result = posted(OWNER, "lien_he", first.answers, dien_thoai="0912345678", dien_thoai__none="true")
    assert codes(result) == {"dien_thoai": "none.both"}
    page = drawn(OWNER, "lien_he", result.answers)
    assert page.xpath('//input[@id="dien_thoai"]/@value') == ["0912345678"]
    assert page.xpath('//input[@id="dien_thoai-none"]/@checked') == ["checked"]
    assert review(OWNER, result.answers, CONTEXT).missing == "lien_he"


def test_unticking_the_box_takes_it_away_again() -> None:
    first = posted(OWNER, "chu", loai="ca_nhan", ten="An")
    ticked = posted(OWNER, "lien_he", first.answers, dien_thoai__none="true", ly_do="Ở xa")
    later = posted(OWNER, "lien_he", ticked.answers, dien_thoai="0912345678")
    assert later.good
    assert "dien_thoai#none" not in later.journey.view
    assert "ly_do" not in later.journey.view


def test_a_saved_box_is_shown_ticked_and_read_back_in_its_words() -> None:
    at = OWNER.step("lien_he")
    assert at is not None
    saved = save(at, Answers({"loai": "ca_nhan", "ten": "An"}), inputs(**{"dien_thoai-none": "true"}), CONTEXT)
    assert drawn(OWNER, "lien_he", saved).xpath('//input[@id="dien_thoai-none"]/@checked') == ["checked"]
    parts = list(read_back(OWNER, journey(OWNER, saved, CONTEXT).view, CONTEXT, "vi"))
    assert ("Điện thoại", "Tôi không có") in parts[-1].rows


# Defaults that copy


def test_a_default_copies_an_earlier_answer_and_is_no_answer_until_posted() -> None:
    answers = posted(OWNER, "chu", loai="ca_nhan", ten="An").answers
    assert drawn(OWNER, "lien_he", answers).xpath('//input[@id="ten_lai"]/@value') == ["An"]
    assert "ten_lai" not in journey(OWNER, answers, CONTEXT).view
    posted_blank = posted(OWNER, "lien_he", answers, dien_thoai="0912345678", ten_lai="").answers
    assert drawn(OWNER, "lien_he", posted_blank).xpath('//input[@id="ten_lai"]/@value') == [""]


def test_a_default_takes_what_an_account_says_and_nothing_without_one() -> None:
    form = compiled(step("mot", text("ten", default={"account": "full_name"})))
    at = form.step("mot")
    assert at is not None
    assert pages.typed_inputs(at, Answers(), CONTEXT) == {"ten": ""}
    signed_in = replace(CONTEXT, account={"full_name": "Nguyễn Văn An"})
    assert pages.typed_inputs(at, Answers(), signed_in) == {"ten": "Nguyễn Văn An"}


# Faults


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ({"label": []}, "a text is wanted, not an empty list"),
        ({"label": ["A"]}, '{when: …, text: …} is wanted, not "A"'),
        ({"label": [{"when": {"field": "loai", "is": "x"}, "text": "A"}, {"text": "B"}]}, '"x" is no choice of "loai"'),
        ({"label": [{"text": "A"}, {"text": "B"}]}, '"when" is missing; only the last text of a list has none'),
        ({"label": [{"when": {"field": "loai", "is": "a"}, "text": "A"}]},
         'the last text of a list has no "when": it counts where no other does'),
        ({"hint": [{"when": {"field": "sau", "is": "a"}, "text": "A"}, {"text": "B"}]}, '"sau" stands later'),
        ({"hint": [{"when": {"field": "lo", "is": "a"}, "text": "A"}, {"text": "B"}]}, 'unknown name "lo"'),
        ({"hint": [{"txt": "A"}]}, 'unknown key "txt"'),
        ({"required": {"field": "sau", "is": "a"}}, '"sau" stands later'),
        ({"required": {"field": "loai", "less_than": 1}}, 'operator "less_than" does not fit "loai"'),
        ({"required": "yes"}, 'true, false or a condition is wanted, not "yes"'),
        ({"required": {"formula": "1 == 1"}}, 'a "when" may not be a formula'),
        ({"default": {"field": "sau"}}, '"sau" stands later'),
        ({"default": {"field": "khong_co"}}, 'unknown name "khong_co"'),
        ({"default": {"field": "loai"}},
         '"loai" is of the kind choice; its answer cannot be copied into the kind text'),
        ({"default": {"account": "name"}}, 'unknown part "name" of an account'),
        ({"default": {"a": 1}}, "a value, {field: name} or {account: full_name} is wanted"),
        ({"when": {"field": "loai", "none": True}}, '"loai" has no box "none"'),
        ({"none": ["A"]}, "a text is wanted, not a list"),
    ],
)  # fmt: skip
def test_what_cannot_depend_so_is_a_fault_at_its_field(field: dict[str, Any], what: str) -> None:
    form = [step("mot", choice("loai", "a", "b"), text("x") | field, text("sau"))]
    _, faults = load_document({**HEAD, "applicant": {"name": "sau"}, "form": form}, SHIPPED)
    assert [fault.place for fault in faults] == ['step "mot", field "x"']
    assert what in faults[0].what


def test_the_parts_of_a_block_that_depend_are_renamed_with_it(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "chu.yaml").write_text(
        """format: 1
block: chu
title: Chủ
fields:
  - {name: loai, kind: choice, label: Loại, choices: {x: X, y: Y}}
  - {name: ten, kind: text, label: Tên, required: {field: loai, is: x}}
  - name: lai
    kind: text
    label: [{when: {field: loai, is: x}, text: "Tên của {ten}"}, {text: Tên}]
    default: {field: ten}
""",
        "utf-8",
    )
    form = compiled(
        step("mot", {"block": "chu", "prefix": "a"}, text("cuoi")), library=Library.folder(tmp_path, base=SHIPPED)
    )
    view = journey(form, Answers({"a_loai": "x", "a_ten": "An"}), CONTEXT).view
    shown = showing.Shown(form, view, "vi", CONTEXT)
    assert showing.filled(form.fields["a_lai"].label, "vi", shown) == "Tên của An"
    assert form.fields["a_lai"].default == {"field": "a_ten"}
    assert codes(posted(form, "mot", a_loai="x")) == {"a_ten": "enter"}
