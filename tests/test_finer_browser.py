"""Texts, boxes and papers that follow the answers, in a real browser: live with script, by posting without."""

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
CODE = "9.200030"  # finer.yaml
PHONE = {"width": 360, "height": 740}
PLAIN = {"java_script_enabled": False}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def config(config: dict[str, Any]) -> dict[str, Any]:
    return published(config, UNSEEN)


@pytest.fixture
def window(browser: Browser, live_server: str) -> Iterator[Callable[..., Page]]:
    """Opens windows at the first step of a fresh draft, on a phone; no script may report a fault."""
    with windows(browser, live_server, CODE, viewport=PHONE) as opened:
        yield opened


def fill_seller(page: Page, kind: str = "Tổ chức") -> None:
    page.get_by_label(kind, exact=True).check()
    page.locator("#ten").fill("Hợp tác xã Bàu Trúc")
    page.locator("#ma_so").fill("0100109106")
    page.locator("#dien_thoai").fill("0905 123 456")
    page.locator("#noi_o-ward").select_option(index=1)
    page.locator("#noi_o-detail").fill("12 Trần Hưng Đạo")
    go_on(page)


def fill_goods(page: Page) -> None:
    page.locator("#hang-0-ten_hang").fill("Nước mắm")
    page.locator("#hang-0-so_luong").fill("12")
    page.locator("#hang-0-don_gia").fill("50.000")
    page.locator("#hang-0-xuat_xu").fill("Quy Nhơn")
    page.locator("#dien_tich").fill("2,5")
    go_on(page)


def marked_optional(page: Page, field: str) -> Any:
    """The mark of a field that may be left out."""
    return page.locator(f"[data-field={field}] .mc-optional")


def test_labels_hints_notes_and_marks_change_with_the_answer(window: Callable[..., Page]) -> None:
    page = window()
    expect(page.get_by_role("textbox", name="Họ và tên", exact=True)).to_be_visible()
    page.get_by_label("Cá nhân", exact=True).check()
    expect(page.get_by_text("Như trong căn cước")).to_be_visible()
    expect(page.get_by_text("Cá nhân tự nộp.")).to_be_visible()
    expect(marked_optional(page, "ma_so")).to_be_visible()
    page.get_by_label("Tổ chức", exact=True).check()
    expect(page.get_by_role("textbox", name="Tên tổ chức", exact=True)).to_have_id("ten")
    expect(page.get_by_text("Như trong quyết định thành lập")).to_be_visible()
    expect(page.get_by_text("Như trong căn cước")).to_be_hidden()
    expect(page.get_by_text("Cá nhân tự nộp.")).to_be_hidden()
    expect(marked_optional(page, "ma_so")).to_be_hidden()


def test_a_box_of_none_shows_what_hangs_on_it_by_keyboard(window: Callable[..., Page]) -> None:
    page = window()
    follows = page.locator("[data-field=lien_lac]")
    expect(follows).to_be_hidden()
    page.locator("#dien_thoai").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Tôi không có số điện thoại")).to_be_focused()
    page.keyboard.press("Space")
    expect(follows).to_be_visible()
    page.keyboard.press("Space")
    expect(follows).to_be_hidden()


def test_a_box_of_none_beside_a_value_is_refused_and_nothing_is_lost(window: Callable[..., Page]) -> None:
    page = window()
    page.get_by_label("Tôi không có số điện thoại").check()
    fill_seller(page)
    expect(page.locator("[data-errors]")).to_be_focused()
    expect(page.locator("[data-errors]")).to_contain_text("Số điện thoại: hoặc điền, hoặc đánh dấu")
    expect(page.locator("[data-field=lien_lac]")).to_be_hidden()
    expect(page.locator("#dien_thoai")).to_have_value("0905 123 456")
    expect(page.get_by_label("Tôi không có số điện thoại")).to_be_checked()


def test_the_next_step_is_called_by_the_answer_and_asks_for_more_in_a_row_of_many(window: Callable[..., Page]) -> None:
    page = window()
    fill_seller(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Gian hàng của tổ chức")
    expect(page.get_by_role("heading", name="Hàng của Hợp tác xã Bàu Trúc")).to_be_visible()
    expect(page.locator("#noi_nhan-detail")).to_have_value("12 Trần Hưng Đạo")
    page.locator("#hang-0-so_luong").fill("10")
    expect(marked_optional(page, "hang-0-xuat_xu")).to_be_visible()
    page.locator("#hang-0-so_luong").fill("11")
    expect(marked_optional(page, "hang-0-xuat_xu")).to_be_hidden()


def test_the_way_of_a_paper_is_chosen_by_keyboard_and_read_back(window: Callable[..., Page]) -> None:
    page = window()
    fill_seller(page)
    fill_goods(page)
    paper = page.locator("[data-field=giay_chung_nhan]")
    expect(paper.locator("input[type=file]")).to_be_visible()
    page.locator("#giay_chung_nhan-way").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Mang đến khi làm thủ tục").first).to_be_checked()
    expect(paper.locator("input[type=file]")).to_be_hidden()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(paper.get_by_label("Số giấy tờ hoặc mã hồ sơ")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("12/2020")
    page.locator("#giay_uy_quyen-way--in_person").check()
    page.locator("#hop_dong-way--in_person").check()
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")
    for words in ("Cơ quan đã có: 12/2020", "Mang đến khi làm thủ tục", "Tên tổ chức", "Tổng số lượng", "50.000 đ"):
        expect(page.locator(".mc-summary").get_by_text(words, exact=True).first).to_be_visible()


def test_without_script_everything_is_shown_and_posting_decides(window: Callable[..., Page]) -> None:
    page = window(**PLAIN)
    expect(page.get_by_label("Liên lạc qua ai")).to_be_visible()
    page.get_by_label("Tổ chức", exact=True).check()
    page.get_by_label("Tôi không có số điện thoại").check()
    go_on(page)
    errors = page.locator("[data-errors]")
    expect(errors).to_contain_text("Nhập tên tổ chức")
    expect(errors).to_contain_text("Nhập mã số thuế")
    expect(errors).to_contain_text("Ghi tên một người hàng xóm hoặc người thân")
    expect(errors).not_to_contain_text("Nhập số điện thoại")
    expect(page.get_by_text("Tên tổ chức", exact=True)).to_be_visible()
    expect(page.get_by_text("Họ và tên", exact=True)).to_be_hidden()
    page.get_by_label("Tôi không có số điện thoại").uncheck()
    fill_seller(page)
    page.get_by_label("Chưa biết sẽ bán gì").check()
    page.locator("#dien_tich").fill("2,5")
    go_on(page)
    page.locator("#giay_chung_nhan-way--post").check()
    page.locator("#giay_uy_quyen-way--in_person").check()
    page.locator("#giay_dat-way--on_file").check()
    page.locator("#giay_dat-number").fill("AB 123")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")
    for words in ("Gửi qua bưu chính", "Cơ quan đã có: AB 123", "Chưa biết sẽ bán gì"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()


def assert_accessible(page: Page) -> None:
    """No rule of axe is broken and nothing sticks out."""
    results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
    assert page.evaluate(FITS), f"{page.url} is too wide"


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_every_page_passes_axe_with_and_without_errors(window: Callable[..., Page], scheme: str, width: int) -> None:
    page = window(color_scheme=scheme, viewport={"width": width, "height": 740}, reduced_motion="reduce")
    for act in (fill_seller, fill_goods):
        assert_accessible(page)
        go_on(page)
        expect(page.locator("[data-errors]")).to_be_visible()
        assert_accessible(page)
        act(page)
    for way in ("in_person", "on_file"):
        page.locator(f"#giay_chung_nhan-way--{way}").check()
        assert_accessible(page)
    page.locator("#giay_uy_quyen-way--in_person").check()
    page.locator("#hop_dong-way--in_person").check()
    page.locator("#giay_chung_nhan-number").fill("12/2020")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")
    assert_accessible(page)
