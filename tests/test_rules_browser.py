"""The browser evaluates conditions as the server does: the same vectors, in a real Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

SOURCE = (Path(__file__).parents[1] / "public" / "static" / "rules.js").read_text(encoding="utf-8")
VECTORS = (Path(__file__).parent / "vectors" / "rules.json").read_text(encoding="utf-8")
LOAD = "async (source) => { window.rules = await import(`data:text/javascript,${encodeURIComponent(source)}`); }"
HOLDS = "([tree, view, types]) => window.rules.holds(tree, view, types)"
RUN_ALL = """(vectors) => JSON.parse(vectors).map(({name, tree, view, types, holds}) => {
  let answer;
  try { answer = window.rules.holds(tree, view, types); } catch (error) { answer = String(error); }
  return [name, holds, answer];
})"""


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    """One empty page that has loaded the evaluator."""
    page = browser.new_page()
    page.evaluate(LOAD, SOURCE)
    yield page
    page.close()


def test_every_vector_is_answered_as_on_the_server(blank: Page) -> None:
    answers = blank.evaluate(RUN_ALL, VECTORS)
    assert len(answers) == len(json.loads(VECTORS))
    assert [name for name, holds, answer in answers if answer is not holds] == []


FORMULA = {"formula": "a > 1"}
YES = {"field": "a", "is": True}
NO = {"field": "a", "is": False}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (FORMULA, None),
        ({"not": FORMULA}, None),
        ({"all": [FORMULA, YES]}, None),
        ({"all": [FORMULA, NO]}, False),
        ({"any": [FORMULA, YES]}, True),
        ({"any": [FORMULA, NO]}, None),
        ({"field": "g", "any_row": FORMULA}, None),
        ({"field": "g", "every_row": {"all": [FORMULA, NO]}}, False),
    ],
)
def test_a_formula_is_unknown_unless_the_rest_decides(
    blank: Page, tree: dict[str, Any], *, expected: bool | None
) -> None:
    assert blank.evaluate(HOLDS, [tree, {"a": True, "g": [{}]}, {"a": "boolean", "g": "group"}]) is expected


def test_a_number_beyond_what_floats_hold_is_compared_exactly(blank: Page) -> None:
    compare = (
        "() => window.rules.holds({field: 'x', more_than: 9007199254740992n}, {x: 9007199254740993n}, {x: 'integer'})"
    )
    assert blank.evaluate(compare) is True


@pytest.mark.parametrize("name", ["constructor", "toString", "hasOwnProperty"])
def test_a_field_called_like_something_built_in_is_unanswered(blank: Page, name: str) -> None:
    assert blank.evaluate(HOLDS, [{"field": name, "filled": True}, {}, {}]) is False
    assert blank.evaluate(HOLDS, [{"field": name, "is": "a"}, {}, {name: "text"}]) is False


def test_the_view_is_not_changed(blank: Page) -> None:
    view = {"g": [{"x": 1}], "y": 2}
    script = "([tree, view]) => { window.rules.holds(tree, view, {}); return view; }"
    assert blank.evaluate(script, [{"field": "g", "any_row": {"field": "x", "is": 1}}, view]) == view
