"""A table in a real browser: rows by keyboard, shown and hidden by their own answers, and the pages put to axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.generic_client import GenericClient
from tests.test_accessibility import RULES, show
from tests.walks import begun, citizen, over_network, published

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

FILE = Path(__file__).parent / "definitions" / "unseen" / "groups.yaml"
CODE = "9.200010"
FOCUSED = "() => document.activeElement.id"


@pytest.fixture(scope="module")
def config(config: dict[str, Any]) -> dict[str, Any]:
    """The definition with rows, published."""
    return published(config, FILE)


@pytest.fixture
def client(live_server: str) -> Iterator[GenericClient]:
    """Somebody who has come as far as the table."""
    with over_network(live_server) as http:
        yield citizen(http, {"ten": "An", "noi_nuoi": "nha"})


@pytest.fixture(params=[True, False], ids=["with script", "without"])
def window(request: pytest.FixtureRequest, browser: Browser, live_server: str) -> Iterator[Page]:
    """A browser window on the site; a broken script fails the test."""
    context = browser.new_context(base_url=live_server, locale="vi-VN", java_script_enabled=request.param)
    page = context.new_page()
    page.set_default_timeout(10_000)
    broken: list[str] = []
    page.on("pageerror", lambda fault: broken.append(str(fault)))
    yield page
    context.close()
    assert broken == []


def fill_first(window: Page) -> None:
    """Types a first row that makes a permit necessary, and half a second one."""
    window.locator("#con_vat-0-goi").fill("Mực")
    window.locator("[name='con_vat-0-loai'][value='khac']").check()
    window.locator("#con_vat-0-loai_khac").fill("Trâu")
    window.locator("#con_vat-1-goi").fill("Vàng")
    window.locator("#con_vat-1-can_nang").fill("12,5")


def test_rows_by_keyboard_with_and_without_script(window: Page, client: GenericClient) -> None:
    show(window, client, begun(client, CODE, "dan").url)
    window.wait_for_load_state("networkidle")
    fill_first(window)
    window.locator("button[value='add:con_vat']").press("Enter")
    expect(window.locator("[data-row]")).to_have_count(3)
    expect(window.locator("#con_vat-0-loai_khac")).to_have_value("Trâu")
    expect(window.locator("#con_vat-1-can_nang")).to_have_value("12,5")
    window.locator("button[value='copy:con_vat:0']").press("Enter")
    expect(window.locator("#con_vat-1-loai_khac")).to_have_value("Trâu")
    expect(window.locator("#con_vat-2-goi")).to_have_value("Vàng")
    expect(window.locator("button[value='add:con_vat']")).to_have_count(0)
    window.locator("button[value='remove:con_vat:1']").press("Enter")
    expect(window.locator("[data-row]")).to_have_count(3)
    expect(window.locator("#con_vat-1-goi")).to_have_value("Vàng")
    window.locator("#con_vat-0-goi").press("Enter")  # in a text box: go on, whatever row buttons stand before it
    expect(window.locator("[data-errors] a")).to_have_text(["Nhập giấy phép"])
    window.locator("#giay_phep").fill("GP 12")
    window.locator("#giay_phep").press("Enter")
    expect(window.locator(".mc-summary-row h3")).to_have_text(["Con vật: 1. Con Mực", "Con vật: 2. Con Vàng"])


@pytest.mark.parametrize("window", [True], indirect=True)
def test_rows_are_shown_and_hidden_by_their_own_answers(window: Page, client: GenericClient) -> None:
    show(window, client, begun(client, CODE, "dan").url)
    window.wait_for_load_state("networkidle")
    expect(window.locator("[data-field='con_vat-0-loai_khac']")).to_be_hidden()
    expect(window.locator("[data-field='con_vat-0-phi_rieng']")).to_be_hidden()  # asked on farms only
    expect(window.locator("[data-field='giay_phep']")).to_be_hidden()
    window.locator("[name='con_vat-1-loai'][value='khac']").check()
    expect(window.locator("[data-field='con_vat-1-loai_khac']")).to_be_visible()
    expect(window.locator("[data-field='con_vat-0-loai_khac']")).to_be_hidden()
    expect(window.locator("[data-field='giay_phep']")).to_be_visible()
    window.locator("button[value='add:con_vat']").press("Enter")
    expect(window.locator("[data-row]")).to_have_count(3)
    expect(window.locator("#con_vat-2-goi")).to_be_focused()
    expect(window.locator("[data-field='con_vat-2-loai_khac']")).to_be_hidden()
    window.locator("[name='con_vat-1-loai'][value='meo']").check()
    expect(window.locator("[data-field='giay_phep']")).to_be_hidden()
    window.locator("button[value='remove:con_vat:1']").press("Enter")
    expect(window.locator("[data-row]")).to_have_count(2)
    assert window.evaluate(FOCUSED) == "con_vat-1"


@pytest.mark.parametrize("window", [True], indirect=True)
@pytest.mark.parametrize("width", [320, 1440])
def test_a_page_with_rows_passes_axe(window: Page, client: GenericClient, width: int) -> None:
    window.set_viewport_size({"width": width, "height": 900})
    show(window, client, begun(client, CODE, "dan").url)
    fill_first(window)
    found = Axe().run(window, options=RULES)
    assert [one["id"] for one in found.response["violations"]] == []
    assert window.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    window.locator("#con_vat-0-goi").fill("")
    window.locator("#con_vat-1-goi").press("Enter")
    expect(window.locator("[data-errors]")).to_be_visible()
    found = Axe().run(window, options=RULES)
    assert [one["id"] for one in found.response["violations"]] == []
