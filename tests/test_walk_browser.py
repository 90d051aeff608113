"""A citizen registers a birth in a real browser, and an officer answers: the whole way, seen from both sides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from app import create_app
from engine.mails.sink import Sink
from engine.storage import database
from tests.generic_client import SMALL_PDF
from tests.walks import account, furnish, open_captcha, text_of, work_once

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
FOCUSED = """() => { const at = document.activeElement;
  return {name: at.name ?? "", id: at.id, type: at.type ?? "", value: at.value ?? "", words: at.innerText ?? ""} }"""
FIRST = "the first that is offered"
OFFICER = "Trần Văn Một"  # as the demo calls the first ward's officer

PERSON = {
    "yc_ho_ten": "Nguyễn Thị Hạnh",
    "yc_ngay_sinh": "15/06/1990",
    "yc_so_dinh_danh": "052190001234",
    "yc_loai_giay_to": "can_cuoc",
    "yc_so_giay_to": "052190001234",
    "yc_noi_cu_tru-ward": FIRST,
    "yc_noi_cu_tru-detail": "12 Trần Hưng Đạo",
    "yc_dien_thoai": "0905 123 456",
    "yc_email": "hanh@example.vn",
    "yc_email-again": "hanh@example.vn",
    "quan_he": "me",
}
CHILD = {
    "loai_khai_sinh": "ca_hai",
    "con_ho_ten": "Trần Gia Hân",
    "con_ngay_sinh": "01/11/2026",
    "con_gioi_tinh": "nu",
    "con_dan_toc": FIRST,
    "con_que_quan-ward": FIRST,
    "sinh_tai_co_so_y_te": "true",
    "co_so_y_te": "Bệnh viện Đa khoa tỉnh",
    "con_noi_sinh-ward": FIRST,
    "chung_minh_viec_sinh": "giay_chung_sinh",
    "so_chung_sinh": "0123/2026",
    "mang_thai_ho": "false",
}
FOUND_CHILD = {name: CHILD[name] for name in ("con_ho_ten", "con_ngay_sinh", "con_gioi_tinh", "con_dan_toc")}


def parent(prefix: str, name: str) -> dict[str, str]:
    return {
        f"{prefix}_ho_ten": name,
        f"{prefix}_ngay_sinh": "1990",
        f"{prefix}_dan_toc": FIRST,
        f"{prefix}_noi_cu_tru-ward": FIRST,
        f"{prefix}_noi_cu_tru-detail": "12 Trần Hưng Đạo",
    }


LAST = {"de_nghi_ban_sao": "true", "so_luong": "3", "cam_doan": "true"}
PARENTS_KNOWN = [
    ("Người yêu cầu", PERSON),
    ("Người được khai sinh", CHILD),
    ("Thông tin về mẹ", parent("me", "Nguyễn Thị Hạnh")),
    ("Thông tin về cha", parent("cha", "Trần Văn Minh")),
    ("Giấy chứng nhận kết hôn của cha mẹ", {"da_ket_hon": "false"}),
    ("Bản sao, nhận kết quả và cam đoan", LAST),
    ("Giấy tờ kèm theo", {"giay_chung_sinh": "file"}),
]
FOUNDLING = [
    ("Người yêu cầu", PERSON | {"quan_he": "nuoi_duong", "quan_he_khac": "Trung tâm bảo trợ"}),
    ("Người được khai sinh", {"loai_khai_sinh": "bo_roi"} | FOUND_CHILD),
    ("Bản sao, nhận kết quả và cam đoan", {"de_nghi_ban_sao": "false", "cam_doan": "true"}),
    ("Giấy tờ kèm theo", {"bien_ban_bo_roi": "file"}),
]


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
def paper(tmp_path: Path) -> Path:
    """A scan."""
    file = tmp_path / "giay-chung-sinh.pdf"
    file.write_bytes(SMALL_PDF)
    return file


@pytest.fixture
def window(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens browser windows of their own; they end with the test, and none of them may report a fault of a script."""
    contexts, faults = [], []

    def open_window(**options: Any) -> Page:
        contexts.append(browser.new_context(base_url=site, locale="vi-VN", **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert faults == []


def is_fault(message: ConsoleMessage) -> bool:
    """Whether the browser complains; that it also logs a refused form (422) is its own habit."""
    return message.type == "error" and "422 (UNPROCESSABLE" not in message.text


# Ways of filling a page


def by_name(page: Page, name: str) -> Locator:
    return page.locator(f"form[data-form] [name='{name}']")


def answer(page: Page, name: str, value: str, paper: Path) -> None:
    """Answers one input, whatever it is, as a pointer and a keyboard do."""
    inputs = by_name(page, name)
    kind = inputs.first.evaluate("one => one.type")
    if value == "file":
        inputs.first.set_input_files(paper)
    elif kind in ("radio", "checkbox"):
        page.locator(f"form[data-form] [name='{name}'][value='{value}']").check()
    elif kind == "select-one":
        inputs.first.select_option(index=1) if value == FIRST else inputs.first.select_option(value)
    else:
        inputs.first.fill(value)


def by_pointer(page: Page, answers: Mapping[str, str], paper: Path) -> None:
    """Answers a step and goes on."""
    for name, value in answers.items():
        answer(page, name, value, paper)
    page.get_by_role("button", name="Tiếp tục", exact=True).click()


def by_keyboard(page: Page, answers: Mapping[str, str], paper: Path) -> None:
    """The same with Tab, arrows, Space and Enter alone, from the top of the page."""
    wanted = dict(answers)
    for _ in range(150):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["words"].strip() == "Tiếp tục":
            assert wanted == {}
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
        if focused["name"] in wanted:
            press(page, focused, wanted.pop(focused["name"]), paper)
    raise AssertionError(f"not reached by Tab: {wanted}")


def press(page: Page, focused: Mapping[str, str], value: str, paper: Path) -> None:
    """Answers the input that has the focus."""
    if value == "file":
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        chooser.value.set_files(paper)
    elif focused["type"] in ("radio", "checkbox") and focused["value"] == value:
        page.keyboard.press("Space")
    elif focused["type"] == "radio":
        while page.evaluate(FOCUSED)["value"] != value:
            page.keyboard.press("ArrowDown")
    elif focused["type"] == "select-one":
        page.keyboard.press("ArrowDown")
        while value != FIRST and page.evaluate(FOCUSED)["value"] != value:
            page.keyboard.press("ArrowDown")
    else:
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(value)


Way = Callable[[Page, Mapping[str, str], Path], None]


def fill_all(page: Page, steps: list[tuple[str, dict[str, str]]], paper: Path, way: Way) -> None:
    """Every step up to the review."""
    for number, (title, answers) in enumerate(steps, 1):
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.locator("main .mc-over")).to_contain_text(f"Bước {number}/")
        page.wait_for_load_state()  # with its scripts, which follow what is chosen
        assert page.evaluate(FITS)
        way(page, answers, paper)
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")


def begin(page: Page) -> None:
    """From the home page to the first step, by the words of the guide."""
    page.goto("/")
    page.get_by_role("link", name="Các dịch vụ công có thể thực hiện trực tuyến").first.click()
    page.get_by_role("link", name="Đăng ký khai sinh", exact=True).click()
    page.get_by_role("link", name="Nộp hồ sơ trực tuyến").first.click()
    page.get_by_label("Ủy ban nhân dân phường Quy Nhơn").check()
    page.get_by_role("button", name="Bắt đầu").click()
    expect(page.locator("[data-form=step]")).to_be_visible()
    page.wait_for_load_state()


def send(page: Page, app: Flask) -> tuple[str, str]:
    """Consents, types the confirmation code and sends; the dossier's two codes."""
    page.locator("#consent").check()
    public_id = page.locator("[name=captcha_id]").input_value()
    assert page.locator("[data-captcha-image]").evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_label("Mã xác nhận", exact=True).fill(open_captcha(app, public_id))
    page.get_by_role("button", name="Gửi thông tin").click()
    done = page.locator("[data-dossier-code]")
    return done.get_attribute("data-dossier-code") or "", done.get_attribute("data-lookup-code") or ""


# The citizen


def test_seven_steps_without_script_on_a_small_phone(window: Any, app: Flask, paper: Path) -> None:
    page = window(java_script_enabled=False, viewport={"width": 320, "height": 640})
    begin(page)
    fill_all_without_script(page, paper)
    dossier, lookup = send_without_script(page, app)
    assert dossier.startswith("H21.52.01-")
    page.get_by_role("link", name="Xem hồ sơ của tôi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng ký khai sinh")
    expect(page.locator("#now-title")).to_contain_text("Mới đăng ký")
    assert lookup not in page.content()


def fill_all_without_script(page: Page, paper: Path) -> None:
    """Every step; whatever is not relevant is left as it is."""
    for title, answers in PARENTS_KNOWN:
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        by_pointer(page, answers, paper)
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")


def send_without_script(page: Page, app: Flask) -> tuple[str, str]:
    """Another picture by the button, then the code and the consent."""
    first = page.locator("[name=captcha_id]").input_value()
    page.locator("#consent").check()
    page.get_by_role("button", name="Đổi mã khác").click()
    second = page.locator("[name=captcha_id]").input_value()
    assert first != second
    page.locator("#consent").check()
    page.get_by_label("Mã xác nhận", exact=True).fill(open_captcha(app, second))
    page.get_by_role("button", name="Gửi thông tin").click()
    done = page.locator("[data-dossier-code]")
    return done.get_attribute("data-dossier-code") or "", done.get_attribute("data-lookup-code") or ""


def test_by_keyboard_alone(window: Any, app: Flask, paper: Path) -> None:
    page = window(viewport={"width": 768, "height": 900})
    page.on("filechooser", lambda chooser: None)  # from now on choosers come here; turned on at the key it may be late
    begin(page)
    fill_all(page, FOUNDLING, paper, by_keyboard)
    public_id = page.locator("[name=captcha_id]").input_value()
    wanted = {"consent": "true", "captcha": open_captcha(app, public_id)}
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["words"].strip() == "Gửi thông tin":
            break
        if focused["name"] in wanted:
            press(page, focused, wanted.pop(focused["name"]), paper)
    page.keyboard.press("Enter")
    expect(page.locator("[data-dossier-code]")).to_be_visible()


def test_the_parts_of_a_step_follow_what_is_chosen(window: Any, paper: Path) -> None:
    page = window()
    begin(page)
    expect(by_name(page, "yc_so_giay_to")).to_be_hidden()
    answer(page, "yc_loai_giay_to", "can_cuoc", paper)
    expect(by_name(page, "yc_so_giay_to")).to_be_visible()
    expect(by_name(page, "yc_loai_giay_to-other")).to_be_hidden()
    answer(page, "yc_loai_giay_to", "other", paper)
    expect(by_name(page, "yc_loai_giay_to-other")).to_be_visible()
    answer(page, "quan_he", "khac", paper)
    expect(by_name(page, "quan_he_khac")).to_be_visible()
    answer(page, "quan_he", "me", paper)
    expect(by_name(page, "quan_he_khac")).to_be_hidden()
    wards_follow_the_province(page, "yc_noi_cu_tru")
    by_pointer(page, PERSON, paper)
    answer(page, "loai_khai_sinh", "bo_roi", paper)
    expect(page.get_by_role("heading", name="Nơi phát hiện trẻ")).to_be_visible()
    expect(page.get_by_role("heading", name="Nơi sinh", exact=True)).to_be_hidden()
    answer(page, "loai_khai_sinh", "chi_me", paper)
    expect(page.get_by_text("phần ghi về cha để trống")).to_be_visible()
    expect(page.get_by_role("heading", name="Nơi phát hiện trẻ")).to_be_hidden()


def wards_follow_the_province(page: Page, field: str) -> None:
    """Another province brings its own wards; a foreign country needs neither."""
    wards = by_name(page, f"{field}-ward").locator("option:not([value=''])")
    before = wards.first.get_attribute("value")
    provinces = by_name(page, f"{field}-province")
    home = provinces.input_value()
    provinces.select_option("01")
    expect(wards.first).not_to_have_attribute("value", before or "")
    provinces.select_option(home)
    expect(wards.first).to_have_attribute("value", before or "")
    by_name(page, f"{field}-country").select_option("LA")
    expect(provinces).to_be_hidden()
    by_name(page, f"{field}-country").select_option("VN")
    expect(provinces).to_be_visible()


def test_errors_take_the_focus_and_lead_to_their_inputs(window: Any) -> None:
    page = window()
    begin(page)
    page.get_by_role("button", name="Tiếp tục", exact=True).click()
    summary = page.locator("[data-errors]")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Lỗi: Bước 1/. · Người yêu cầu · Đăng ký khai sinh"))
    summary.get_by_role("link").first.click()
    assert page.evaluate(FOCUSED)["id"] == "yc_ho_ten"


# Both


@dataclass(frozen=True)
class Answered:
    """One move of the officer: the button, and what the citizen then reads about state and unit."""

    button: str
    status: str
    unit: str
    note: str = ""
    result: bool = False


MOVES = [
    Answered("Tiếp nhận hồ sơ", "Được tiếp nhận", "Bộ phận Một cửa", note="Hồ sơ đủ, mời ông/bà theo dõi."),
    Answered("Chuyển xử lý", "Đang xử lý", "Tư pháp – Hộ tịch"),
    Answered("Chuyển bước", "Đang xử lý", "Lãnh đạo UBND"),
    Answered("Hoàn thành xử lý", "Đã xử lý xong", "Bộ phận Một cửa", result=True),
    Answered("Trả kết quả", "Đã trả kết quả", ""),
]


def sign_in(page: Page, person: Mapping[str, Any]) -> None:
    """Through the door of the back office."""
    page.goto("/quan-tri/")
    page.get_by_label("Thư điện tử").fill(person["email"])
    page.get_by_label("Mật khẩu").fill(person["password"])
    page.get_by_role("button", name="Đăng nhập").click()


def make_move(desk: Page, move: Answered, result: Path) -> None:
    """One move on the dossier's page."""
    if move.note:
        desk.get_by_label("Lời nhắn cho người dân").fill(move.note)
    if move.result:
        desk.get_by_label("Tệp kết quả").set_input_files(result)
    desk.locator("button[name=move]").filter(has_text=move.button).click()
    expect(desk.locator(".mb-head")).to_contain_text(move.status)


def track(page: Page, app: Flask, dossier: str) -> None:
    """What anybody sees who knows the dossier's code."""
    page.goto("/tra-cuu")
    public_id = page.locator("[name=captcha_id]").input_value()
    page.get_by_label("Mã hồ sơ", exact=True).fill(dossier)
    page.get_by_label("Mã xác nhận", exact=True).fill(open_captcha(app, public_id))
    page.get_by_role("button", name="Tra cứu hồ sơ").click()


def test_a_dossier_from_the_first_page_to_the_result(
    window: Any, app: Flask, paper: Path, config: dict[str, Any], mail_sink: Sink
) -> None:
    page, desk, anybody = window(viewport={"width": 1440, "height": 900}), window(), window()
    begin(page)
    fill_all(page, PARENTS_KNOWN, paper, by_pointer)
    dossier, lookup = send(page, app)
    with page.expect_download() as receipt:
        page.get_by_role("link", name="Tải giấy xác nhận (PDF)").click()
    assert Path(receipt.value.path()).read_bytes().startswith(b"%PDF")
    page.get_by_role("link", name="Xem hồ sơ của tôi").click()
    sign_in(desk, account(config, "officer", "H21.52.01"))
    desk.get_by_role("link", name=dossier).click()
    expect(desk.get_by_text("Trần Gia Hân").first).to_be_visible()
    for move in MOVES:
        make_move(desk, move, paper)
        page.reload()
        expect(page.locator("#now-title")).to_contain_text(move.status)
        expect(page.locator("[aria-labelledby=now-title]")).to_contain_text(move.unit)
        expect(page.locator(".mc-stage-here")).to_have_count(1 if move.unit else 0)
        expect(page.locator(".mc-events li").first).to_contain_text(OFFICER)
        track(anybody, app, dossier)
        expect(anybody.locator("[data-result] h2")).to_contain_text(move.status)
        expect(anybody.locator("[data-result]")).to_contain_text(move.unit)
        assert "Hạnh" not in anybody.content()
        assert OFFICER not in anybody.content()
    expect(page.get_by_text(MOVES[0].note)).to_be_visible()
    assert MOVES[0].note not in anybody.content()
    with page.expect_download() as result:
        page.locator("[aria-labelledby=results-title]").get_by_role("link").click()
    assert Path(result.value.path()).read_bytes() == SMALL_PDF
    work_once(config)
    mailed = "".join(map(text_of, mail_sink.mails()))
    assert mailed.count(dossier) >= len(MOVES)
    assert lookup not in mailed


def test_an_officer_of_another_ward_does_not_see_the_dossier(
    window: Any, app: Flask, paper: Path, config: dict[str, Any]
) -> None:
    page, desk = window(), window()
    begin(page)
    fill_all(page, FOUNDLING, paper, by_pointer)
    dossier, _ = send(page, app)
    sign_in(desk, account(config, "officer", "H21.52.02"))
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    assert dossier not in desk.content()
    answer = desk.request.get(f"/quan-tri/ho-so/{dossier}")
    assert answer.status == 404
