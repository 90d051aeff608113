"""Tables on the site: rows added, copied and removed by posts alone, keeping all that was typed; and read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

from engine.publishing import rows
from tests.filing_cases import NOW
from tests.generic_client import GenericClient, Page, Pairs, typed_so_far
from tests.walks import begun, citizen, in_process, published, with_changes

FILE = Path(__file__).parent / "definitions" / "unseen" / "groups.yaml"
CODE = "9.200010"
KEEPER = {"ten": "Trần Văn An", "noi_nuoi": "trai"}
FIRST = {"con_vat-0-goi": "Mực", "con_vat-0-loai": "khac", "con_vat-0-loai_khac": "Trâu", "con_vat-0-phi_rieng": "700"}
SECOND = {"con_vat-1-goi": "Vàng", "con_vat-1-sinh": "hôm qua", "con_vat-1-can_nang": "12,5"}


@pytest.fixture(scope="module")
def config(config: dict[str, Any]) -> dict[str, Any]:
    """The definition with rows, published."""
    return published(config, FILE)


@pytest.fixture
def client(app: Flask) -> Iterator[GenericClient]:
    """Somebody who knows only what the pages say."""
    with in_process(app) as http:
        yield citizen(http, KEEPER)


@pytest.fixture
def page(client: GenericClient) -> Page:
    """The step with the table."""
    return begun(client, CODE, "dan")


def typed(page: Page) -> dict[str, str]:
    """What stands in the rows."""
    filled = ((name, value) for name, value in typed_so_far(page.form) if value)
    return {name: value for name, value in filled if name.startswith("con_vat-") and name.count("-") > 1}


def notice(page: Page) -> str:
    """What the page says above its form."""
    return " ".join(found.text_content().strip() for found in page.tree.xpath("//*[contains(@class, 'mc-panel')]"))


def test_it_works(page: Page) -> None:
    table = next(one for one in page.asked() if one.name == "con_vat")
    assert (table.kind, table.required, table.said("min"), table.said("max")) == ("group", True, "2", "4")
    assert {one.name for one in page.asked()} >= {"con_vat-0-goi", "con_vat-1-goi", "con_vat-1-dau_dan"}
    assert [value for value in page.tree.xpath("//button[@formnovalidate]/@value") if "con_vat" in value] == [
        "copy:con_vat:0", "remove:con_vat:0", "copy:con_vat:1", "remove:con_vat:1", "add:con_vat",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("add:con_vat", {**FIRST, **SECOND}),
        ("refresh", {**FIRST, **SECOND}),
        ("copy:con_vat:0", {**FIRST, **{name.replace("-0-", "-1-"): value for name, value in FIRST.items()},
                            **{name.replace("-1-", "-2-"): value for name, value in SECOND.items()}}),
        ("remove:con_vat:0", {name.replace("-1-", "-0-"): value for name, value in SECOND.items()}),
        ("remove:con_vat:1", FIRST),
        ("remove:con_vat:77", {**FIRST, **SECOND}),
        ("copy:con_vat:9999999999", {**FIRST, **SECOND}),
        ("add:khac", {**FIRST, **SECOND}),
        ("add:", {**FIRST, **SECOND}),
    ],
)  # fmt: skip
def test_a_row_button_keeps_what_was_typed_and_validates_nothing(
    client: GenericClient, page: Page, action: str, expected: dict[str, str]
) -> None:
    after = client.press(page, action, {**FIRST, **SECOND})
    assert after.status == httpx.codes.OK
    assert after.errors() == []
    assert {name: value for name, value in typed(after).items() if value != "cho"} == expected  # the default species
    assert bool(notice(after)) is action.endswith((":77", "9999999999", ":khac", "add:"))


def test_rows_are_added_up_to_the_most_and_no_further(client: GenericClient, page: Page) -> None:
    for rows_shown in (3, 4):
        page = client.press(page, "add:con_vat")
        assert len(page.tree.xpath("//*[@data-row]")) == rows_shown
        assert page.tree.xpath("//fieldset[@autofocus]/@id") == [f"con_vat-{rows_shown - 1}"]
    assert not page.tree.xpath("//button[starts-with(@value, 'add:') or starts-with(@value, 'copy:')]")
    full = client.press(page, "copy:con_vat:0", FIRST)
    assert len(full.tree.xpath("//*[@data-row]")) == 4
    assert notice(full) == "Con vật: nhiều nhất 4 dòng"
    assert typed(full).items() >= FIRST.items()


def test_errors_of_rows_lead_to_their_inputs(client: GenericClient, page: Page) -> None:
    pairs = with_changes(typed_so_far(page.form), {**FIRST, **SECOND, "con_vat-0-loai_khac": ""})
    answer = Page(client.submit(page, pairs))
    assert answer.status == httpx.codes.UNPROCESSABLE_ENTITY
    assert [href for _, href in answer.errors()] == ["#con_vat-0-loai_khac", "#con_vat-1-sinh"]
    assert answer.errors()[0][0] == "1. Con Mực – Nhập loài của Mực"
    assert answer.field_at("#con_vat-1-sinh") == "con_vat-1-sinh"
    assert typed(answer)["con_vat-1-sinh"] == "hôm qua"


def test_a_check_inside_a_row_and_one_of_all_rows_are_shown_where_they_belong(
    client: GenericClient, page: Page
) -> None:
    born = {"con_vat-1-sinh": "2024", "con_vat-1-tiem": "01/01/2023", "con_vat-1-can_nang": "1"}
    pairs = with_changes(typed_so_far(page.form), {**FIRST, **SECOND, **born})
    assert Page(client.submit(page, pairs)).errors() == [("2. Con Vàng – Không tiêm trước khi sinh", "#con_vat-1-tiem")]
    leaders = {"con_vat-1-tiem": "", "con_vat-0-dau_dan": "true", "con_vat-1-dau_dan": "true"}
    assert Page(client.submit(page, with_changes(pairs, leaders))).errors() == [
        ("Nhiều nhất một con đầu đàn", "#con_vat")
    ]


def test_too_few_rows_are_refused_and_blank_ones_do_not_count(client: GenericClient, page: Page) -> None:
    answer = Page(client.submit(page, with_changes(typed_so_far(page.form), FIRST)))
    assert answer.errors() == [("Con vật: điền ít nhất 2 dòng, hiện có 1", "#con_vat")]
    assert len(answer.tree.xpath("//*[@data-row]")) == 2


@pytest.mark.parametrize(
    "more",
    [
        [("con_vat--1-goi", "x")], [("con_vat-99999999-goi", "Xa")], [("con_vat-x-goi", "x"), ("con_vat-", "x")],
        [(f"con_vat-{row}-goi", "Đông") for row in range(900)], [("con_vat-0-goi-goi-goi", "x")], [("con_vat-0", "x")],
        [("con_vat-2-goi", "a\x00b\ud7ff")], [("con_vat", "x")],
    ],
)  # fmt: skip
@pytest.mark.parametrize("action", ["", "add:con_vat", "copy:con_vat:99999999", "remove:con_vat:-1", "save"])
def test_no_post_of_rows_breaks_a_page(client: GenericClient, page: Page, more: Pairs, action: str) -> None:
    pairs = [*typed_so_far(page.form), *more, *([("_action", action)] if action else [])]
    answer = client.submit(page, pairs)
    assert answer.status_code in (httpx.codes.OK, httpx.codes.SEE_OTHER, httpx.codes.UNPROCESSABLE_ENTITY)
    if more[0][1] == "Đông" and not action:
        assert ("Con vật: nhiều nhất 4 dòng, hiện có 898; xoá bớt dòng", "#con_vat") in Page(answer).errors()


def test_what_is_saved_for_later_is_there_again(client: GenericClient, page: Page) -> None:
    pairs = with_changes(typed_so_far(page.form), {**FIRST, **SECOND})
    client.submit(page, [*pairs, ("_action", "save")])
    again = client.get(page.url)
    assert typed(again).items() >= {**FIRST, **SECOND}.items()


def test_rows_are_read_back_everywhere(client: GenericClient) -> None:
    client.choose = {**KEEPER, **FIRST, "con_vat-1-goi": "Vàng", "con_vat-1-loai": "meo"}
    review = client.to_review(CODE)
    titles = [found.text_content() for found in review.tree.xpath("//*[contains(@class, 'mc-summary-head')]/h3")]
    assert titles == ["Con vật: 1. Con Mực", "Con vật: 2. Con Vàng"]
    edit = [href for href in review.tree.xpath("//a[contains(@class, 'mc-edit')]/@href") if "#" in href]
    assert [href.rpartition("/")[2] for href in edit] == ["dan?d=1#con_vat-0", "dan?d=1#con_vat-1"]
    assert "10.700" in review.words()
    sent = client.fill(review, {"consent": "true"})
    dossier = client.track(sent.shown("data-dossier-code"), sent.shown("data-lookup-code"))
    assert "Con vật: 2. Con Vàng" in dossier.words()
    assert "Trâu" in dossier.words()


def test_a_step_that_hangs_on_the_number_of_rows_comes_and_goes(client: GenericClient, page: Page) -> None:
    two = {**FIRST, "con_vat-1-goi": "Vàng", "con_vat-1-loai": "meo"}
    page = client.press(page, "add:con_vat", two)
    answer = client.submit(
        page, with_changes(typed_so_far(page.form), {"con_vat-2-goi": "Vện", "con_vat-2-loai": "cho"})
    )
    minders = client.get(answer.headers["Location"])
    assert minders.url.endswith("/nguoi_trong?d=1")
    client.choose = {"nguoi-0-tr_ho_ten": "Lê Thị Hoa", "nguoi-0-tr_so_dinh_danh": "052203001234"}
    review = client.fill(minders)
    assert review.form_name == "review"
    assert "052203001234" in review.words()
    client.submit(fewer := client.press(client.get(page.url), "remove:con_vat:2"), typed_so_far(fewer.form))
    assert "052203001234" not in client.get(review.url).words()


def test_a_definition_with_rows_is_written_back_as_it_was(app: Flask) -> None:
    with app.app_context():
        document = rows.read(CODE)
        rows.write(document, now=NOW)
        assert rows.read(CODE) == document
    group = document["form"][1]["fields"][0]
    assert [column["name"] for column in group["fields"]][:2] == ["goi", "loai"]
    assert group["checks"][0]["at"] == "tiem"
    use = {"block": "nguoi", "prefix": "tr", "only": ["ho_ten", "so_dinh_danh"]}
    assert document["form"][2]["fields"][0]["fields"] == [use]
