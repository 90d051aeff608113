"""Every public page against WCAG 2.2 AA by axe, error pages included: light and dark, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page

from app import create_app
from engine.storage import database
from engine.storage.models import Draft
from tests.generic_client import GenericClient, typed_so_far
from tests.generic_client import Page as Read
from tests.walks import BIRTH, COPY, begun, citizen, furnish, open_captcha, over_network, read_captcha, with_changes

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

WIDTHS = (320, 1440)
SCHEMES: tuple[Any, ...] = ("light", "dark")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def site(config: dict[str, Any], live_server: str) -> str:
    """A live server with the shipped procedures, which asks for confirmation codes; its address."""
    furnish(config)
    return live_server


@pytest.fixture(scope="module")
def app(site: str, config: dict[str, Any]) -> Iterator[Flask]:
    """The same program in this process, to read its rows."""
    yield create_app(config)
    database.disconnect()


@pytest.fixture
def client(site: str) -> Iterator[GenericClient]:
    """Somebody who has come to a page by filling forms."""
    with over_network(site) as http:
        yield citizen(http, {"quan_he": "ban_than"})


@pytest.fixture
def window(browser: Browser, site: str) -> Iterator[Page]:
    """A browser window on the site."""
    context = browser.new_context(base_url=site, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def show(window: Page, client: GenericClient, address: str) -> None:
    """Opens an address as the client that has got there."""
    jar = client.http.cookies.jar
    window.context.add_cookies(
        [{"name": one.name, "value": one.value or "", "domain": "127.0.0.1", "path": "/"} for one in jar]
    )
    window.goto(address)


def assert_accessible(window: Page) -> None:
    """No rule of axe is broken and nothing sticks out, at any width, in any scheme."""
    for scheme in SCHEMES:
        window.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in WIDTHS:
            window.set_viewport_size({"width": width, "height": 900})
            results = Axe().run(window, options=RULES)
            assert results.violations_count == 0, f"{window.url} {scheme} {width}\n{results.generate_report()}"
            assert window.evaluate(FITS), f"{window.url} is wider than {width} px"


OPEN = [
    "/", "/thu-tuc", "/thu-tuc?truc_tuyen=1", "/thu-tuc?q=khai+sinh", "/thu-tuc?q=khong-co-gi", f"/thu-tuc/{BIRTH}",
    "/thu-tuc/1.004837", "/thu-tuc/1.012812", f"/nop-ho-so/{BIRTH}", "/tra-cuu", "/huong-dan", "/lien-he",
    "/du-lieu-ca-nhan", "/khong-co", "/?lang=en", "/quan-tri/dang-nhap",
]  # fmt: skip


@pytest.mark.parametrize("address", OPEN)
def test_a_page_for_everybody(address: str, window: Page) -> None:
    window.goto(address)
    assert_accessible(window)


STEPS = ["nguoi_yeu_cau", "nguoi_duoc_khai_sinh", "me", "ket_hon", "ban_sao", "giay_to"]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_with_and_without_errors(step: str, window: Page, client: GenericClient) -> None:
    client.choose = {}
    show(window, client, begun(client, BIRTH, step).url)
    assert_accessible(window)
    window.evaluate("document.querySelector('form[data-form]').reset()")
    for box in window.locator("form[data-form] input[type=text]").all():
        if box.is_visible():
            box.fill("")
    window.get_by_role("button", name="Tiếp tục", exact=True).click()
    window.wait_for_load_state()
    if window.locator("[data-errors]").count():
        assert_accessible(window)
    else:
        assert step in ("ban_sao", "ket_hon")  # what is chosen there stays chosen


def test_the_start_without_an_agency(window: Page) -> None:
    window.goto(f"/nop-ho-so/{BIRTH}")
    window.get_by_role("button", name="Bắt đầu").click()
    assert window.locator("[data-errors]").is_visible()
    assert_accessible(window)


def test_the_drafts_of_a_browser(window: Page, client: GenericClient) -> None:
    begun(client, COPY, "viec_ho_tich")
    show(window, client, f"/nop-ho-so/{COPY}")
    assert_accessible(window)


def test_the_review_and_a_wrong_confirmation_code(window: Page, client: GenericClient) -> None:
    show(window, client, client.to_review(COPY).url)
    assert_accessible(window)
    window.get_by_label("Mã xác nhận", exact=True).fill("1")
    window.get_by_role("button", name="Gửi thông tin").click()
    assert window.locator("[data-errors] li").count() == 2
    assert_accessible(window)


def sent(client: GenericClient, app: Flask) -> Read:
    """The success page."""
    review = client.to_review(COPY)
    given = {"consent": "true", "captcha": read_captcha(app, review)}
    answer = client.submit(review, with_changes(typed_so_far(review.form), given))
    return client.get(answer.headers["Location"])


def test_after_sending(window: Page, client: GenericClient, app: Flask) -> None:
    done = sent(client, app)
    show(window, client, done.url)
    assert_accessible(window)
    show(window, client, f"/ho-so/{done.shown('data-dossier-code')}")
    for fold in window.locator("details").all():
        fold.evaluate("part => { part.open = true }")
    assert_accessible(window)


def test_tracking_what_was_found_and_what_was_not(window: Page, client: GenericClient, app: Flask) -> None:
    done = sent(client, app)
    code = done.shown("data-dossier-code")
    window.goto("/tra-cuu")
    fill_tracking(window, app, code, "")
    assert window.locator("[data-result]").is_visible()
    assert_accessible(window)
    fill_tracking(window, app, code, "AAAA-BBBB-CCCC")
    assert "không khớp" in window.locator("[data-errors]").inner_text()
    assert_accessible(window)


def fill_tracking(window: Page, app: Flask, code: str, secret: str) -> None:
    """Looks a dossier up, with the confirmation code of the page."""
    public_id = window.locator("[name=captcha_id]").input_value()
    window.get_by_label("Mã hồ sơ", exact=True).fill(code)
    window.get_by_label("Mã tra cứu").fill(secret)
    window.get_by_label("Mã xác nhận", exact=True).fill(open_captcha(app, public_id))
    window.get_by_role("button", name="Tra cứu hồ sơ").click()
    window.wait_for_load_state()


def test_saving_for_later_and_ending(window: Page, client: GenericClient) -> None:
    show(window, client, begun(client, COPY, "viec_ho_tich").url)
    window.get_by_role("button", name="Lưu và tiếp tục sau").click()
    assert_accessible(window)
    window.get_by_role("button", name="Gửi đường dẫn").click()
    assert window.locator("[data-errors]").is_visible()
    assert_accessible(window)
    window.go_back()
    window.go_back()
    window.get_by_role("link", name="Kết thúc và xoá").click()
    assert_accessible(window)
    window.get_by_role("button", name="Kết thúc và xoá").click()
    assert_accessible(window)


@pytest.mark.usefixtures("app")
def test_an_expired_draft(window: Page, client: GenericClient) -> None:
    page = begun(client, COPY, "viec_ho_tich")
    newest = Draft.select().order_by(Draft.id.desc()).get()
    Draft.update(expires_at=datetime.now(UTC) - timedelta(seconds=1)).where(Draft.id == newest.id).execute()
    show(window, client, page.url)
    assert window.locator("[data-status='410']").is_visible()
    assert_accessible(window)
