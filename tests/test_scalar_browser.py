"""Amounts, times, linked lists and signatures in a real browser: shown and hidden as typed, drawn by pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.walks import published
from tests.windows import go_on, windows

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

UNSEEN = Path(__file__).parent / "definitions" / "unseen"
CODE = "9.200020"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
FIRST_STEP = {
    "ten": "Gốm Bàu Trúc", "dien_tich": "12,5", "chenh_lech": "-1", "gia_von": "2.000.000", "ghi_chu_gia": "Tự làm",
    "gio_mo": "10h30",
}  # fmt: skip


@pytest.fixture(scope="module")
def config(config: dict[str, Any]) -> dict[str, Any]:
    return published(config, UNSEEN)


@pytest.fixture
def window(browser: Browser, live_server: str) -> Iterator[Callable[..., Page]]:
    """Opens windows at the first step of a fresh draft; no script may report a fault."""
    with windows(browser, live_server, CODE) as opened:
        yield opened


def fill_first(page: Page) -> None:
    for name, value in FIRST_STEP.items():
        page.locator(f"#{name}").fill(value)
    low = page.locator("[data-field=giao_hang]").get_attribute("data-min") or ""
    page.locator("#giao_hang").fill(f"{'/'.join(reversed(low.split('-')))} 9h")
    go_on(page)


def fill_second(page: Page) -> None:
    page.locator("#vung-0").select_option("bien")
    page.locator("#tinh").select_option(index=1)
    go_on(page)


def to_signing(page: Page) -> None:
    fill_first(page)
    fill_second(page)
    page.locator("#mst").fill("0100109106")
    page.locator("#tk_chu_tai_khoan").fill("Lê Thị Hoa")
    page.locator("#tk_so_tai_khoan").fill("0071000123456")
    page.locator("#tk_ngan_hang").select_option("VCB")


def draw(page: Page) -> None:
    """One stroke across the board."""
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 20, steps=5)
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 30, steps=5)
    page.mouse.up()


@pytest.mark.parametrize(
    ("name", "typed", "shown", "follows"),
    [
        ("gia_von", "999.999", False, "ghi_chu_gia"),
        ("gia_von", "1.000.000", True, "ghi_chu_gia"),
        ("gia_von", "1 000 000 đ", True, "ghi_chu_gia"),
        ("gia_von", "một triệu", False, "ghi_chu_gia"),
        ("gio_mo", "12:00", False, "ly_do_muon"),
        ("gio_mo", "12h01", True, "ly_do_muon"),
        ("gio_mo", "13 giờ", True, "ly_do_muon"),
    ],
)
def test_what_is_typed_shows_what_hangs_on_it(
    window: Callable[..., Page], name: str, typed: str, *, shown: bool, follows: str
) -> None:
    page = window()
    page.locator(f"#{name}").fill(typed)
    expect(page.locator(f"[data-field={follows}]")).to_be_visible(visible=shown)


def test_each_list_follows_the_one_before_it(window: Callable[..., Page]) -> None:
    page = window()
    fill_first(page)
    expect(page.locator("[data-links-refresh]").first).to_be_hidden()
    page.locator("#vung-0").select_option("trung")
    page.locator("#vung-1").select_option("duyen_hai")
    page.locator("#vung-2").select_option("gia_lai_ven_bien")
    expect(page.locator("[data-field=cang]")).to_be_visible()
    page.locator("#vung-0").select_option("bac")
    expect(page.locator("#vung-1 option")).to_have_text(["Chọn", "Đông Bắc"])
    expect(page.locator("#vung-2 option")).to_have_text(["Chọn"])
    expect(page.locator("[data-field=cang]")).to_be_hidden()


def test_a_drawn_signature_is_sent_undone_and_kept(window: Callable[..., Page]) -> None:
    page = window()
    to_signing(page)
    hidden = page.locator("#chu_ky-drawn")
    draw(page)
    assert hidden.input_value().startswith("data:image/png;base64,")
    page.get_by_role("button", name="Bỏ nét cuối").click()
    assert hidden.input_value() == ""
    expect(page.locator("#chu_ky")).to_be_focused()
    draw(page)
    go_on(page)
    expect(page.get_by_text("Đã vẽ chữ ký")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_label("Giữ chữ ký đã vẽ")).to_be_checked()
    draw(page)
    expect(page.get_by_label("Giữ chữ ký đã vẽ")).not_to_be_checked()
    go_on(page)
    expect(page.get_by_text("Đã vẽ chữ ký")).to_be_visible()


def test_the_same_step_is_signed_by_keyboard(window: Callable[..., Page]) -> None:
    page = window()
    to_signing(page)
    page.locator("#chu_ky").focus()
    page.keyboard.type("Lê Thị Hoa")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")
    expect(page.get_by_text("Lê Thị Hoa").first).to_be_visible()


def test_without_script_a_name_signs_and_no_board_is_shown(window: Callable[..., Page]) -> None:
    page = window(java_script_enabled=False)
    fill_first(page)
    page.locator("#vung-0").select_option("trung")
    page.locator("[data-field=vung] [data-links-refresh]").click()
    page.locator("#vung-1").select_option("tay_nguyen")
    page.locator("#tinh").select_option(index=1)
    go_on(page)
    page.locator("#vung-2").select_option("gia_lai")
    go_on(page)
    expect(page.locator("canvas")).to_be_hidden()
    expect(page.locator("#chu_ky")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_fit_the_window(window: Callable[..., Page], width: int) -> None:
    page = window(viewport={"width": width, "height": 900})
    assert page.evaluate(FITS)
    fill_first(page)
    assert page.evaluate(FITS)
    fill_second(page)
    expect(page.locator("canvas")).to_be_visible()
    assert page.evaluate(FITS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_pass_axe(window: Callable[..., Page], scheme: str) -> None:
    page = window(color_scheme=scheme)
    for act in (fill_first, fill_second, draw):
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
        act(page)
