"""The step of the papers: what is attached, what comes another way, and of which several one is enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from engine.definition.loading import load_document
from engine.form import pages, showing
from engine.form.answers import Answers
from engine.form.checklist import checklist
from engine.form.compiled import CompiledForm
from engine.form.declaration import read_back
from engine.form.journey import journey, post, review
from tests.forms_cases import HEAD, SHIPPED, choice, compiled, inputs, step, text
from tests.kinds_cases import CONTEXT


def paper(name: str, **more: Any) -> dict[str, Any]:
    """A paper that may be sent."""
    return {"name": name, "title": f"Giấy {name}", "attach": "optional", **more}


FORM = compiled(
    step("mot", text("ten"), choice("cho_o", "nha_minh", "thue", required=True)),
    papers=[
        paper("to_khai", attach="required", **{"or": ["in_person", "post", "on_file"]}),
        paper("hop_dong", attach="required", when={"field": "cho_o", "is": "thue"}),
        {"one_of": "chung_minh", "title": "Giấy tờ chứng minh chỗ ở", "when": {"field": "cho_o", "is": "nha_minh"},
         "papers": [paper("so_do"), paper("so_hong", **{"or": ["in_person"]})]},
        paper("don", attach="none"),
    ],
)  # fmt: skip
OWN = Answers({"cho_o": "nha_minh"}, {}, frozenset({"mot"}))


NOTHING = Answers({}, {}, frozenset({"mot"}))


def posted(form: CompiledForm = FORM, answers: Answers = OWN, **typed: Any) -> Any:
    """The outcome of one post of the papers."""
    at = form.step("giay_to")
    assert at is not None
    return post(form, at, answers, inputs(**{key.replace("__", "-"): value for key, value in typed.items()}), CONTEXT)


def codes(result: Any) -> dict[str, str]:
    """The refused fields with their causes."""
    return {error.field: error.cause.code for error in result.errors}


def drawn(answers: Answers) -> Any:
    """The page of the papers."""
    at = FORM.step("giay_to")
    assert at is not None
    walked = journey(FORM, answers, CONTEXT)
    typed = pages.typed_inputs(at, answers, CONTEXT, walked.view)
    return html.fromstring(
        f"<div>{pages.render(FORM, at, typed, errors={}, view=walked.view, context=CONTEXT, language='vi')}</div>"
    )


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ({"to_khai__keep": ["a1"]}, ["a1"]),
        ({"to_khai__keep": ["a1"], "to_khai__way": "attach"}, ["a1"]),
        ({"to_khai__way": "in_person"}, "in_person"),
        ({"to_khai__way": "post", "to_khai__keep": ["a1"]}, "post"),
        ({"to_khai__way": "on_file", "to_khai__number": " 12/2020 "}, {"on_file": "12/2020"}),
    ],
)
def test_a_required_paper_may_come_another_way(typed: dict[str, Any], stored: Any) -> None:
    result = posted(so_do__keep=["a2"], **typed)
    assert codes(result) == {}
    assert result.journey.view["to_khai"] == stored
    assert result.journey.missing is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({}, "attach"),
        ({"to_khai__way": "attach"}, "attach"),
        ({"to_khai__way": "by_pigeon"}, "choice.unknown"),
        ({"to_khai__way": "on_file"}, "paper.number"),
        ({"to_khai__way": "on_file", "to_khai__number": "1" * 101}, "paper.number"),
        ({"to_khai__way": "on_file", "to_khai__number": "\x01"}, "text.control"),
    ],
)
def test_a_way_that_is_none_or_lacks_its_number_is_refused(typed: dict[str, Any], code: str) -> None:
    assert codes(posted(so_do__keep=["a2"], **typed)) == {"to_khai": code}


def test_a_paper_without_other_ways_knows_none() -> None:
    at_home = Answers({"cho_o": "thue"}, {}, frozenset({"mot"}))
    result = posted(answers=at_home, to_khai__way="post", hop_dong__way="in_person")
    assert codes(result) == {"hop_dong": "attach"}


@pytest.mark.parametrize("typed", [{"so_do__keep": ["a1"]}, {"so_hong__keep": ["a1"]}, {"so_hong__way": "in_person"}])
def test_one_of_several_papers_is_enough(typed: dict[str, Any]) -> None:
    result = posted(to_khai__way="post", **typed)
    assert codes(result) == {}
    assert result.journey.missing is None


def test_none_of_several_papers_is_refused_at_the_first_with_what_they_are_to_show() -> None:
    result = posted(to_khai__way="post")
    assert codes(result) == {"so_do": "paper.one_of"}
    shown = showing.Shown(FORM, result.journey.view, "vi", CONTEXT)
    said = showing.sentences(FORM, result.errors, "vi", shown)
    assert said["so_do"] == "Giấy tờ chứng minh chỗ ở: cần ít nhất một trong các giấy tờ này"
    assert result.journey.missing == "giay_to"


def test_several_papers_that_are_not_asked_for_are_not_missed() -> None:
    rented = Answers({"cho_o": "thue"}, {}, frozenset({"mot"}))
    assert codes(posted(answers=rented, to_khai__way="post", hop_dong__keep=["a1"])) == {}


def test_what_is_missing_is_found_again_before_sending() -> None:
    answers = posted(to_khai__way="post", so_do__keep=["a1"]).answers
    assert review(FORM, answers, CONTEXT).errors == ()
    gone = replace(CONTEXT, attachments={})
    assert [error.field for error in review(FORM, answers, gone).errors] == ["so_do"]
    without = Answers({"cho_o": "nha_minh", "to_khai": "post"}, {}, frozenset({"mot", "giay_to"}))
    assert [error.field for error in review(FORM, without, CONTEXT).errors] == ["so_do"]


def test_several_papers_that_do_not_say_how_they_come_are_asked_for() -> None:
    silent = [{key: value for key, value in paper(name).items() if key != "attach"} for name in ("a", "b")]
    form = compiled(step("mot", text("ten")), papers=[{"one_of": "o", "title": "T", "papers": silent}])
    assert codes(posted(form, NOTHING)) == {"a": "paper.one_of"}


def test_where_one_of_them_cannot_be_sent_nothing_is_demanded_online() -> None:
    form = compiled(
        step("mot", text("ten")),
        papers=[{"one_of": "o", "title": "T", "papers": [paper("a"), paper("b", attach="none")]}],
    )
    assert codes(posted(form, Answers({}, {}, frozenset({"mot"})))) == {}


def test_the_page_offers_the_ways_and_keeps_what_was_chosen() -> None:
    page = drawn(Answers({"cho_o": "nha_minh", "to_khai": {"on_file": "12/2020"}}))
    assert page.xpath('//input[@name="to_khai-way"]/@value') == ["attach", "in_person", "post", "on_file"]
    assert page.xpath('//input[@name="to_khai-way"][@checked]/@value') == ["on_file"]
    assert page.xpath('//input[@name="to_khai-number"]/@value') == ["12/2020"]
    assert page.xpath('//input[@name="hop_dong-way"]') == []
    fresh = drawn(OWN)
    assert fresh.xpath('//input[@name="to_khai-way"][@checked]/@value') == ["attach"]
    assert [head.text for head in fresh.xpath("//section/h2")] == ["Giấy tờ chứng minh chỗ ở"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (["a1", "a2"], "giay.pdf, anh.jpg"),
        ("in_person", "Mang đến khi làm thủ tục"),
        ({"on_file": "12/2020"}, "Cơ quan đã có: 12/2020"),
    ],
)
def test_the_way_is_read_back_in_words(value: Any, words: str) -> None:
    view = journey(FORM, Answers({"cho_o": "nha_minh", "to_khai": value}), CONTEXT).view
    rows = [row for part in read_back(FORM, view, CONTEXT, "vi") for row in part.rows]
    assert ("Giấy to_khai", words) in rows


def test_a_check_may_ask_how_a_paper_comes() -> None:
    rule = {"not": {"field": "to_khai", "is": "post"}}
    form = compiled(
        step("mot", text("ten")), papers=[paper("to_khai", **{"or": ["post", "in_person"]})],
        checks=[{"rule": rule, "at": "to_khai", "message": "Không nhận qua bưu chính"}],
    )  # fmt: skip
    answers = Answers({}, {}, frozenset({"mot"}))
    assert posted(form, answers, to_khai__way="post").errors[0].cause.vi == "Không nhận qua bưu chính"
    assert posted(form, answers, to_khai__way="in_person").errors == ()


@pytest.mark.parametrize(
    ("papers", "place", "what"),
    [
        ([paper("a", **{"or": ["pigeon"]})], 'paper "a"', 'unknown value "pigeon"'),
        ([paper("a"), {"one_of": "a", "title": "T", "papers": [paper("b")]}], "papers", '"a" stands twice'),
        ([paper("a"), {"one_of": "o", "title": "T", "papers": [paper("a")]}], 'paper "a"', '"a" stands twice'),
        ([{"one_of": "o", "title": "T"}], 'papers "o"', '"papers" is missing'),
        ([{"one_of": "o", "title": "T", "papers": [paper("a", attach="maybe")]}], 'papers "o", paper "a"',
         'unknown value "maybe"'),
        ([{"one_of": "o", "title": "T", "papers": [paper("a")], "when": {"field": "x", "filled": True}}], 'papers "o"',
         'unknown name "x"'),
        ([{"one_of": "o", "title": "T", "papers": [paper("a", when={"field": "x", "filled": True})]}], 'paper "a"',
         'unknown name "x"'),
        ([paper("a"), paper("b", when={"field": "a", "is": "post"})], 'paper "b"', 'operator "is" does not fit "a"'),
        ([paper("a", **{"or": ["in_person"]}), paper("b", when={"field": "a", "is": "post"})], 'paper "b"',
         '"post" is no choice of "a"'),
    ],
)  # fmt: skip
def test_papers_that_cannot_be_are_faults(papers: list[dict[str, Any]], place: str, what: str) -> None:
    form = [step("mot", text("ten"))]
    _, faults = load_document({**HEAD, "applicant": {"name": "ten"}, "form": form, "papers": papers}, SHIPPED)
    assert [(fault.place, what in fault.what) for fault in faults] == [(place, True)], [str(f) for f in faults]


def ways(**view: Any) -> dict[str, str]:
    """Each paper of the reception's checklist, with how it comes."""
    return {one.paper.name: one.words("vi") for one in checklist(FORM, {"cho_o": "nha_minh", **view})}


class TestTheReceptionsChecklist:
    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (["a1"], "Đã gửi kèm"),
            ("in_person", "Mang đến khi làm thủ tục"),
            ("post", "Gửi qua bưu chính"),
            ({"on_file": "12/2020"}, "Cơ quan đã có: 12/2020"),
        ],
    )
    def test_it_says_how_a_paper_comes(self, value: Any, words: str) -> None:
        assert ways(to_khai=value)["to_khai"] == words

    def test_what_nobody_sends_is_missing_and_what_cannot_be_sent_is_brought(self) -> None:
        assert (ways()["to_khai"], ways()["don"]) == ("Chưa có", "Mang đến khi làm thủ tục")

    def test_of_several_papers_only_those_that_come_are_listed(self) -> None:
        assert [*ways()] == ["to_khai", "so_do", "so_hong", "don"]
        assert [*ways(so_hong="in_person")] == ["to_khai", "so_hong", "don"]

    def test_a_paper_that_the_answers_do_not_call_for_is_not_on_it(self) -> None:
        assert [*ways(cho_o="thue")] == ["to_khai", "hop_dong", "don"]

    @pytest.mark.parametrize(
        ("value", "carried"), [(["a1"], True), ("in_person", True), ("post", False), ({"on_file": "1"}, False)]
    )
    def test_what_comes_by_post_or_is_on_file_need_not_be_carried(self, value: Any, *, carried: bool) -> None:
        form = compiled(
            step("mot", text("ten")), papers=[paper("giay", originals=1, **{"or": ["in_person", "post", "on_file"]})]
        )
        assert [one.carried for one in checklist(form, {"giay": value})] == [carried]
