"""The back office in a real browser: keys, questions before deleting, lines of faults, lookups, both schemes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from engine.publishing import rows
from engine.storage.models import Agency, AgencyRate, CatalogEntryRow, CatalogRow, Unit
from tests import admin_cases, filing_cases
from tests.admin_cases import CHIEF, OFFICER, PASSWORD, WARD_CHIEF
from tests.filing_cases import DOCUMENT, NOW
from tests.test_admin_desk import file_one
from tests.xlsforms import of_name

pytestmark = pytest.mark.browser

PROCEDURE = f"/quan-tri/thu-tuc/{DOCUMENT['code']}"


@pytest.fixture(scope="module")
def database_kind() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def office(app: Flask) -> Iterator[None]:
    admin_cases.make_office(app)
    with app.app_context():
        filing_cases.prepare()
        rows.write(DOCUMENT, now=NOW)
    catalog = CatalogRow.create(name="mau_sac", title="Màu sắc")
    for value in ("do", "xanh"):
        CatalogEntryRow.create(catalog=catalog, value=value, label=value)
    yield
    catalog.delete_instance()


@pytest.fixture
def faults(page: Page) -> Iterator[list[str]]:
    """What the page's scripts complained of; inline handlers of Flask-Admin's forms are blocked by design."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield heard
    assert heard == []


def enter(page: Page, email: str) -> None:
    page.goto("/quan-tri/dang-nhap")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".mb-me")).to_be_visible()
    page.wait_for_load_state()  # the keys are a script's, which a page in sight may still be waiting for


@pytest.mark.usefixtures("faults")
def test_the_desk_is_worked_with_keys(app: Flask, page: Page) -> None:
    older, newer = file_one(app, "Người Một"), file_one(app, "Người Hai")
    enter(page, OFFICER)
    page.keyboard.press("j")
    expect(page.locator("tr.mb-at")).to_contain_text(newer.code)
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(page.locator("tr.mb-at")).to_contain_text(older.code)
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jk?")
    expect(page.locator("#q")).to_have_value("jk?")
    page.locator(f'a:has-text("{older.code}")').press("Enter")
    expect(page.locator("h1")).to_have_text(older.code)


@pytest.mark.usefixtures("faults")
def test_a_refusal_asks_first_and_moves_nothing_when_it_is_taken_back(app: Flask, page: Page) -> None:
    one = file_one(app, "Người Ba")
    enter(page, OFFICER)
    page.goto(f"/quan-tri/ho-so/{one.code}")
    page.fill("#note", "Không đúng thẩm quyền")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.click('button[value="refuse"]')
    expect(page.locator("h1 ~ .mb-state")).to_have_text("Mới đăng ký")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click('button[value="refuse"]')
    expect(page.locator("h1 ~ .mb-state")).to_have_text("Không được tiếp nhận")


@pytest.mark.usefixtures("faults")
def test_deleting_asks_first_under_the_content_policy(page: Page) -> None:
    enter(page, CHIEF)
    page.goto("/quan-tri/muc-danh-muc/?search=xanh")
    asked: list[str] = []

    def dismiss(dialog: object) -> None:
        asked.append(dialog.message)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.once("dialog", dismiss)
    page.locator(".mb-tail button").click()
    assert asked == ["Xoá “xanh”? Việc này không hoàn tác được."]
    expect(page.locator("tbody tr")).to_contain_text("xanh")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".mb-tail button").click()
    expect(page.locator(".mb-note")).to_contain_text("Đã xoá")


@pytest.mark.usefixtures("faults")
def test_all_rows_are_chosen_at_once_and_deleted_after_a_question(page: Page) -> None:
    enter(page, CHIEF)
    page.goto("/quan-tri/muc-danh-muc/?flt0_0=mau_sac")
    page.check("[data-all]")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("text=Xoá các dòng đã chọn")
    expect(page.locator(".mb-note")).to_contain_text("Đã xoá")
    assert not CatalogEntryRow.select().join(CatalogRow).where(CatalogRow.name == "mau_sac").exists()


@pytest.mark.usefixtures("faults")
def test_a_fault_leads_to_its_line_in_the_text(page: Page) -> None:
    enter(page, CHIEF)
    page.goto(PROCEDURE)
    text = page.input_value("#yaml")
    line = next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith("level:"))
    expect(page.locator("[data-lines] div")).to_have_count(len(text.split("\n")))
    page.fill("#yaml", text.replace("\nlevel: 3", "\nlevel: 9"))
    page.click('button[value="check"]')
    expect(page.locator("[data-line]").first).to_be_visible()
    page.wait_for_load_state()
    page.click(f'[data-line="{line}"]')
    chosen = page.evaluate("(a => a.value.slice(a.selectionStart, a.selectionEnd))(document.activeElement)")
    assert chosen == "level: 9"
    expect(page.locator(f"[data-lines] div:nth-child({line})")).to_have_class("mb-bad")


@pytest.mark.usefixtures("faults")
def test_a_row_inside_a_form_is_added_and_a_foreign_key_is_looked_up(page: Page) -> None:
    enter(page, CHIEF)
    page.goto("/quan-tri/co-quan/")
    page.click("text=H52.01")
    page.wait_for_url("**/edit/**")  # and its scripts
    page.click("#units-button")
    page.fill('[name="units-3-name"]', "van-thu")
    page.fill('[name="units-3-title"]', "Văn thư")
    page.click('input[value="Lưu"]')
    expect(page.locator(".mb-note")).to_contain_text("Đã lưu")
    assert Unit.select().where(Unit.name == "van-thu").exists()
    page.goto("/quan-tri/muc-danh-muc/new/")
    page.click(".select2-choice")
    page.keyboard.type("mau")
    page.click(".select2-result-label")
    page.fill("#value", "vang")
    page.fill("#label", "Vàng")
    page.click('input[value="Lưu"]')
    expect(page.locator(".mb-note")).to_contain_text("Đã lưu")
    assert CatalogEntryRow.get(CatalogEntryRow.value == "vang").catalog.name == "mau_sac"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_agencys_own_amounts_are_set_with_keys_on_a_page_for_everybody(app: Flask, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    with app.app_context():
        filing_cases.published(code="9.000055")
    ward = Agency.get(Agency.code == "H52.01")
    AgencyRate.create(agency=ward, procedure="9.000055", name="cu", amount=1)
    enter(page, WARD_CHIEF)
    page.goto("/quan-tri/muc-thu")
    entry = page.get_by_label("Mức riêng của gia, thủ tục 9.000055")
    entry.focus()
    page.keyboard.type("-5")
    page.keyboard.press("Enter")
    expect(page.locator("[data-errors]")).to_contain_text("không được âm")
    expect(entry).to_have_value("-5")
    assert_accessible(page)
    entry.fill("5.000")
    page.keyboard.press("Enter")
    expect(page.locator(".mb-note")).to_contain_text("5.000 đ")
    assert_accessible(page)
    entry.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".mb-note")).to_contain_text("không còn mức riêng")
    assert [rate.name for rate in AgencyRate.select()] == ["cu"]
    AgencyRate.delete().execute()


def assert_accessible(page: Page) -> None:
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    found = Axe().run(page, options=rules)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("email", "path"),
    [
        ("", "/quan-tri/dang-nhap"),
        (OFFICER, "/quan-tri/ho-so"),
        (OFFICER, "dossier"),
        (CHIEF, "/quan-tri/thu-tuc"),
        (CHIEF, PROCEDURE),
        (CHIEF, "/quan-tri/nhap-thu-tuc"),
        (CHIEF, "import"),
        (CHIEF, "/quan-tri/nguoi-dung/"),
        (CHIEF, "/quan-tri/muc-thu"),
    ],
)
def test_our_own_pages_break_no_rule_of_accessibility(
    app: Flask, page: Page, email: str, path: str, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    if email:
        enter(page, email)
    if path == "import":
        page.goto("/quan-tri/nhap-thu-tuc")
        file: Any = {"name": "a.xlsx", "mimeType": "application/octet-stream", "buffer": of_name("sloppy")}
        page.locator("#upload").set_input_files(file)
        page.get_by_role("button", name="Xem trước").click()
        expect(page.locator("[data-errors]")).to_be_visible()
    else:
        page.goto(f"/quan-tri/ho-so/{file_one(app, 'Người Bốn').code}" if path == "dossier" else path)
    assert_accessible(page)


@pytest.mark.usefixtures("faults")
def test_changes_are_compared_and_published_with_a_note(app: Flask, page: Page) -> None:
    with app.app_context():
        filing_cases.published()
        rows.write({**DOCUMENT, "title": "Tên mới", "keywords": ["mới"]}, now=NOW)
    enter(page, CHIEF)
    page.goto(f"{PROCEDURE}/so-sanh")
    expect(page.locator("[data-changes]")).to_have_attribute("data-changes", "2")
    page.goto(PROCEDURE)
    page.get_by_role("link", name="Xem thay đổi và công bố").click()
    expect(page.locator("[data-changes]")).to_contain_text("Tên mới")
    page.get_by_label("Ghi chú: đổi gì, vì sao").fill("Đổi tên theo luật mới")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Công bố", exact=True).click()
    expect(page.locator(".mb-head")).to_contain_text("Đang công bố phiên bản 2")
    page.get_by_role("link", name="Mọi phiên bản").click()
    expect(page.locator("tbody tr").first).to_contain_text("Đổi tên theo luật mới")
    for path in ("phien-ban", "phien-ban/1", "so-sanh", "cong-bo", "chay-thu", "dong"):
        page.goto(f"{PROCEDURE}/{path}")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
