"""Windows of a real browser in the middle of a declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect


@contextmanager
def windows(browser: Browser, server: str, code: str, **usual: Any) -> Iterator[Callable[..., Page]]:
    """Opens windows at the first step of a fresh draft of a procedure; no script may report a fault."""
    contexts, faults = [], []

    def open_window(**options: Any) -> Page:
        contexts.append(browser.new_context(base_url=server, locale="vi-VN", **{**usual, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"/nop-ho-so/{code}")
        page.get_by_label("Ủy ban nhân dân phường Quy Nhơn").check()
        page.get_by_role("button", name="Bắt đầu").click()
        expect(page.locator("[data-form=step]")).to_be_visible()
        page.wait_for_load_state()
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert faults == []


def go_on(page: Page) -> None:
    """Presses "Tiếp tục" and waits for the page that follows."""
    page.get_by_role("button", name="Tiếp tục", exact=True).click()
    page.wait_for_load_state()
