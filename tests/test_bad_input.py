"""Whatever is typed, sent or guessed wrong: said plainly, nothing lost, and never a fault of the program."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes

import httpx
import pytest
from flask import Flask

from app import create_app
from engine.platform.settings import ROOT
from engine.storage import database
from engine.storage.models import Draft, Limit
from tests.generic_client import SMALL_PDF, Files, Filler, GenericClient, Page, Pairs, small_picture, typed_so_far
from tests.walks import (
    BIRTH,
    COPY,
    MACHINES_WELCOME,
    STATUS,
    begun,
    citizen,
    furnish,
    in_process,
    read_captcha,
    with_changes,
)

OK, SEE_OTHER, REFUSED = httpx.codes.OK, httpx.codes.SEE_OTHER, httpx.codes.UNPROCESSABLE_ENTITY
NOT_FOUND, GONE, SLOWLY, TOO_LARGE = (
    httpx.codes.NOT_FOUND, httpx.codes.GONE, httpx.codes.TOO_MANY_REQUESTS, httpx.codes.REQUEST_ENTITY_TOO_LARGE,
)  # fmt: skip
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def config(config: dict[str, Any]) -> dict[str, Any]:
    """Without what stops machines; the tests of captcha and throttle turn theirs on again."""
    return config | MACHINES_WELCOME


@pytest.fixture(scope="module")
def furnished(config: dict[str, Any]) -> dict[str, Any]:
    """The settings of a database that holds the shipped procedures."""
    furnish(config)
    return config


@pytest.fixture(scope="module")
def app(furnished: dict[str, Any]) -> Iterator[Flask]:
    """The program."""
    yield create_app(furnished | {"TESTING": True})
    database.disconnect()


@pytest.fixture
def http(app: Flask) -> Iterator[httpx.Client]:
    """A browser."""
    with in_process(app) as client:
        yield client


def assert_in_design(page: Page, heading: str) -> None:
    """The page stands in the site's own frame and says what is the matter."""
    assert page.tree.xpath("//header[contains(@class, 'mc-header')]")
    assert page.tree.xpath("string(//h1)").strip() == heading


# Wrong values


@dataclass(frozen=True)
class Wrong:
    """A wrong entry of one field of a step, and a part of the sentence that is said about it."""

    step: str
    typed: Mapping[str, str | None]
    sentence: str
    code: str = BIRTH
    shown_again: bool = True  # an option that is not offered cannot be shown

    def __str__(self) -> str:
        return f"{self.code}-{'-'.join(self.typed)}-{'-'.join(str(value) for value in self.typed.values())}"[:60]


def person(sentence: str, **typed: str | None) -> Wrong:
    return Wrong("nguoi_yeu_cau", {name.replace("__", "-"): value for name, value in typed.items()}, sentence)


def child(sentence: str, **typed: str | None) -> Wrong:
    return Wrong("nguoi_duoc_khai_sinh", {name.replace("__", "-"): value for name, value in typed.items()}, sentence)


TOMORROW = f"{datetime.now(UTC) + timedelta(days=2):%d/%m/%Y}"
WRONG = [
    person("Nhập họ, chữ đệm, tên", yc_ho_ten=""),
    person("Nhập họ, chữ đệm, tên", yc_ho_ten="   "),
    person("Nhập họ, chữ đệm, tên", yc_ho_ten=None),
    person("nhiều nhất 100 ký tự, hiện có 101", yc_ho_ten="ồ" * 101),
    person("trên một dòng", yc_ho_ten="Nguyễn\nThị Hạnh"),
    person("không có ngày 31/02/1990", yc_ngay_sinh="31/02/1990"),
    person("ngày/tháng/năm", yc_ngay_sinh="hôm qua"),
    person("ngày/tháng/năm", yc_ngay_sinh="15/06"),
    person("từ 01/01/1900 trở về sau", yc_ngay_sinh="31/12/1899"),
    person("trở về trước", yc_ngay_sinh="01/01/2999"),
    person("12 chữ số", yc_so_dinh_danh="12345678901"),
    person("12 chữ số", yc_so_dinh_danh="05219000123A"),
    person("số điện thoại", yc_dien_thoai="12"),
    person("thư điện tử", yc_email="khong phai thu", yc_email__again="khong phai thu"),
    person("hai lần nhập chưa giống nhau", yc_email__again="khac@example.vn"),
    person("hai lần nhập chưa giống nhau", yc_email__again=""),
    person("chọn phường, xã", yc_noi_cu_tru__ward=""),
    person("số nhà", yc_noi_cu_tru__detail=""),
    Wrong("nguoi_yeu_cau", {"yc_noi_cu_tru-ward": "00001"}, "chọn phường, xã", shown_again=False),
    Wrong(
        "nguoi_yeu_cau",
        {"yc_noi_cu_tru-province": "99", "yc_noi_cu_tru-ward": "21583"},
        "tỉnh, thành phố",
        shown_again=False,
    ),
    Wrong("nguoi_yeu_cau", {"yc_noi_cu_tru-country": "!!"}, "quốc gia", shown_again=False),
    Wrong("nguoi_yeu_cau", {"quan_he": "vua"}, "một mục trong danh sách", shown_again=False),
    Wrong("nguoi_yeu_cau", {"quan_he": None}, "Chọn quan hệ"),
    Wrong("nguoi_yeu_cau", {"quan_he": "khac", "quan_he_khac": ""}, "Nhập ghi rõ quan hệ"),
    child("hôm nay hoặc trước đó", con_ngay_sinh=TOMORROW),
    child("ghi rõ", con_dan_toc="other", con_dan_toc__other=""),
    Wrong("nguoi_duoc_khai_sinh", {"sinh_tai_co_so_y_te": "maybe"}, "Có hoặc Không", shown_again=False),
    Wrong("nguoi_duoc_khai_sinh", {"sinh_tai_co_so_y_te": None}, "chọn Có hoặc Không"),
    Wrong("ban_sao", {"so_luong": "0"}, "từ 1 trở lên"),
    Wrong("ban_sao", {"so_luong": "51"}, "nhiều nhất là 50"),
    Wrong("ban_sao", {"so_luong": "hai"}, "số nguyên"),
    Wrong("ban_sao", {"so_luong": "1,5"}, "số nguyên"),
    Wrong("ban_sao", {"so_luong": "9" * 30}, "số nguyên"),
    Wrong("ban_sao", {"cam_doan": None}, "Đánh dấu vào ô"),
    Wrong("ban_sao", {"cam_doan": "2"}, "Đánh dấu vào ô", shown_again=False),
    Wrong("viec_ho_tich", {"noi_dang_ky": ""}, "Nhập tên cơ quan", COPY),
    Wrong("viec_ho_tich", {"ngay_dang_ky": "2999"}, "trở về trước", COPY),
    Wrong("ban_sao", {"so_luong": ""}, "Nhập số lượng", COPY),
    Wrong("tinh_trang", {"tu_ngay": "02/01/2020", "den_ngay": "01/01/2020"}, "bằng hoặc sau ngày bắt đầu", STATUS),
    Wrong("tinh_trang", {"nhieu_noi_thuong_tru": "true", "noi_thuong_tru_truoc": ""}, "Nhập những nơi", STATUS),
]


Standing = dict[tuple[str, str], tuple[GenericClient, Page]]


@pytest.fixture(scope="module")
def at_step(app: Flask) -> Iterator[Standing]:
    """The steps that tests stand at, by procedure and name: a refused post stores nothing, so that they may share."""
    kept: Standing = {}
    yield kept
    for client, _ in kept.values():
        client.http.close()


def standing(app: Flask, kept: Standing, code: str, step: str) -> tuple[GenericClient, Page]:
    """A client that has come as far as this step, and its page."""
    if (code, step) not in kept:
        client = citizen(in_process(app))
        kept[code, step] = (client, begun(client, code, step))
    return kept[code, step]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_wrong_value_is_refused_with_everything_kept(wrong: Wrong, app: Flask, at_step: Standing) -> None:
    client, page = standing(app, at_step, wrong.code, wrong.step)
    pairs, _ = Filler().post(page)
    pairs = with_changes(pairs, wrong.typed)
    answer = client.submit(page, pairs)
    assert answer.status_code == REFUSED
    shown = Page(answer)
    assert any(wrong.sentence in sentence for sentence, _ in shown.errors())
    assert_told_well(shown)
    expected = {pair for pair in pairs if wrong.shown_again or pair[0] not in wrong.typed}
    assert expected - {(name, value) for name, value in typed_so_far(shown.form)} <= {
        pair for pair in expected if pair[1] == "" or pair[0] == "csrf_token"
    }


def assert_told_well(page: Page) -> None:
    """Title, summary and fields agree; every link leads to an input; one sentence for each field."""
    assert page.tree.xpath("string(//title)").startswith("Lỗi: ")
    sentences = page.errors()
    assert sentences
    ids = set(page.tree.xpath("//@id"))
    assert len(ids) == len(page.tree.xpath("//@id"))
    for sentence, href in sentences:
        assert href.startswith("#")
        assert href[1:] in ids
        beside = page.tree.xpath("string(//*[@id=$id])", id=f"{page.field_at(href)}-error")
        assert sentence in beside
    assert len({page.field_at(href) for _, href in sentences}) == len(sentences)


def test_every_field_left_blank_is_named_in_order(app: Flask, at_step: Standing) -> None:
    client, page = standing(app, at_step, BIRTH, "nguoi_yeu_cau")
    answer = client.submit(page, [pair for pair in typed_so_far(page.form) if pair[0] == "csrf_token"])
    shown = Page(answer)
    assert answer.status_code == REFUSED
    assert_told_well(shown)
    order = [asked.name for asked in shown.asked()]
    named = [shown.field_at(href) for _, href in shown.errors()]
    assert named == sorted(named, key=order.index)
    assert {"yc_ho_ten", "yc_ngay_sinh", "yc_noi_cu_tru", "yc_dien_thoai", "yc_email", "quan_he"} <= set(named)


def test_the_sentences_are_english_on_an_english_page(app: Flask, at_step: Standing) -> None:
    client, page = standing(app, at_step, BIRTH, "nguoi_yeu_cau")
    pairs = with_changes(Filler().post(page)[0], {"yc_ho_ten": ""})
    answer = client.submit(page, pairs, url=f"{page.url}&lang=en")
    client.get("/?lang=vi")
    assert ("Enter full name", "#yc_ho_ten") in Page(answer).errors()


def test_what_is_wrong_in_a_field_that_is_not_relevant_is_no_error(http: httpx.Client) -> None:
    client = citizen(http, {"loai_khai_sinh": "bo_roi", "chung_minh_viec_sinh": "khong co", "co_so_y_te": "x" * 500})
    assert begun(client, BIRTH, "ban_sao").status == OK


# What is not there


UNKNOWN = [
    "/khong-co", "/thu-tuc/9.999999", "/thu-tuc/9.999999/mau/to-khai.docx", f"/thu-tuc/{BIRTH}/mau/khong-co.docx",
    f"/thu-tuc/{BIRTH}/mau/..%2f..%2fapp.py", "/nop-ho-so/9.999999", "/nop-ho-so/9.999999/me",
    f"/nop-ho-so/{BIRTH}/khong_co", "/nop-ho-so/9.999999/xem-lai", "/nop-ho-so/9.999999/hoan-tat",
    "/nop-ho-so/1.012812", "/nop-ho-so/1.004837", "/ma-xac-nhan/khong-co.png", "/ma-xac-nhan/khong-co.wav",
    "/don-vi-hanh-chinh/99", "/ho-so/H21.52.01-260101-0001/tep/x", "/thu-tuc/%00", "/nop-ho-so/%F0%9F%98%80",
    "/nop-ho-so/%ED%A0%80", f"/thu-tuc/{'9' * 3000}", "/%2e%2e/%2e%2e/etc/passwd", "/static/../app.py",
]  # fmt: skip


@pytest.mark.parametrize("address", UNKNOWN, ids=lambda address: address[:40])
def test_what_is_not_there_is_answered_in_the_site_s_design(address: str, http: httpx.Client) -> None:
    answer = http.get(address)
    assert answer.status_code == NOT_FOUND
    assert_in_design(Page(answer), "Không có trang này")


@pytest.mark.parametrize("code", [BIRTH, COPY, STATUS])
def test_a_step_that_does_not_exist_is_not_there_with_a_draft_either(code: str, http: httpx.Client) -> None:
    page = begun(citizen(http), code, "nguoi_yeu_cau")
    assert http.get(page.url.replace("nguoi_yeu_cau", "khong_co")).status_code == NOT_FOUND


@pytest.mark.parametrize("number", ["0", "99", "-1", "x", "²", "%00", "9" * 40, "1.0", ""])
def test_a_draft_number_of_nobody_leads_to_the_start(number: str, http: httpx.Client) -> None:
    answer = http.get(f"/nop-ho-so/{BIRTH}/me?d={quote(number, safe='%')}")
    assert (answer.status_code, answer.headers["Location"]) == (SEE_OTHER, f"/nop-ho-so/{BIRTH}")


@pytest.mark.parametrize("given", ["", "H21.99.99", "\0", "H21.52.01' --"])
def test_an_agency_that_does_not_receive_is_refused(given: str, http: httpx.Client) -> None:
    page = citizen(http).get(f"/nop-ho-so/{BIRTH}")
    answer = citizen(http).submit(page, with_changes(typed_so_far(page.form), {"agency": given}))
    assert answer.status_code == REFUSED
    assert ("Chọn nơi nộp hồ sơ", "#agency") in Page(answer).errors()


def test_an_expired_draft_says_how_to_begin_again(http: httpx.Client, app: Flask) -> None:
    page = begun(citizen(http), BIRTH, "me")
    newest = Draft.select().order_by(Draft.id.desc()).get()
    Draft.update(expires_at=datetime.now(UTC) - timedelta(seconds=1)).where(Draft.id == newest.id).execute()
    answer = http.get(page.url)
    assert answer.status_code == GONE
    shown = Page(answer)
    assert_in_design(shown, "Hồ sơ làm dở đã hết hạn")
    assert shown.tree.xpath(f"//main//a[@href='/nop-ho-so/{BIRTH}']")
    posted = citizen(http).submit(page, typed_so_far(page.form))
    assert posted.status_code == GONE
    assert http.get(f"/nop-ho-so/{BIRTH}").status_code == OK


# Files


@dataclass(frozen=True)
class BadFile:
    """A file that is refused, and a part of the sentence that is said about it."""

    name: str
    content: bytes
    sentence: str


BAD_FILES = [
    BadFile("trang.pdf", b"", "“trang.pdf” trống"),
    BadFile("lon.pdf", SMALL_PDF + b"\n" * (10 * MEGABYTE + MEGABYTE // 2), "“lon.pdf” lớn hơn 10 MB"),
    BadFile("chu.pdf", b"Toi khong phai la PDF", "“chu.pdf” không phải loại được nhận"),
    BadFile("ma.png", b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200), "“ma.png” không phải loại được nhận"),
    BadFile("trang.jpg", b"<!doctype html><script>alert(1)</script>", "“trang.jpg” không phải loại được nhận"),
    BadFile("hinh.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "“hinh.svg” không phải loại được nhận"),
]
PAPER, OTHER_PAPER = "giay_chung_sinh", "giay_to_tuy_than"
NO_OTHER_PAPER = {"mang_thai_ho": "false"}  # asks for `PAPER` alone; `OTHER_PAPER` may come too


def with_files(client: GenericClient, page: Page, files: Files) -> httpx.Response:
    """Posts the step of papers with these files."""
    return client.submit(page, typed_so_far(page.form), files)


def kept_files(page: Page, name: str) -> list[str]:
    """The names of the files that a field keeps."""
    return [str(label) for label in page.tree.xpath(f"//label[starts-with(@for, '{name}-keep--')]/text()")]


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_and_the_good_ones_of_the_post_are_kept(bad: BadFile, http: httpx.Client) -> None:
    client = citizen(http, NO_OTHER_PAPER)
    page = begun(client, BIRTH, "giay_to")
    good = ("giay-chung-sinh.pdf", SMALL_PDF, "application/pdf")
    files: Files = [
        (PAPER, good),
        (OTHER_PAPER, (bad.name, bad.content, "application/pdf")),
        (OTHER_PAPER, ("can-cuoc.png", small_picture(), "image/png")),
    ]
    answer = with_files(client, page, files)
    assert answer.status_code == REFUSED
    shown = Page(answer)
    assert [href for _, href in shown.errors()] == [f"#{OTHER_PAPER}"]
    assert bad.sentence in shown.errors()[0][0]
    assert_told_well(shown)
    assert "giay-chung-sinh.pdf" in kept_files(shown, PAPER)[0]
    assert "can-cuoc.png" in kept_files(shown, OTHER_PAPER)[0]
    again = client.get(page.url)
    assert "giay-chung-sinh.pdf" in kept_files(again, PAPER)[0]
    assert client.fill(shown).form_name == "review"


def test_more_files_than_are_taken_are_refused(http: httpx.Client) -> None:
    client = citizen(http, NO_OTHER_PAPER)
    page = begun(client, BIRTH, "giay_to")
    answer = with_files(client, page, [(PAPER, (f"{n}.pdf", SMALL_PDF, "application/pdf")) for n in range(6)])
    assert answer.status_code == REFUSED
    assert "nhiều nhất 5 tệp" in Page(answer).errors()[0][0]


def test_a_required_paper_left_out_is_asked_for(http: httpx.Client) -> None:
    client = citizen(http, NO_OTHER_PAPER)
    page = begun(client, BIRTH, "giay_to")
    answer = with_files(client, page, [])
    assert answer.status_code == REFUSED
    assert "Đính kèm giấy chứng sinh" in Page(answer).errors()[0][0]


def test_a_request_beyond_all_limits_is_refused_in_the_site_s_design(http: httpx.Client) -> None:
    client = citizen(http, NO_OTHER_PAPER)
    page = begun(client, BIRTH, "giay_to")
    answer = with_files(client, page, [(PAPER, ("lon.pdf", bytes(61 * MEGABYTE), "application/pdf"))])
    assert answer.status_code == TOO_LARGE
    assert_in_design(Page(answer), "Tệp gửi lên quá lớn")
    assert client.get(page.url).status == OK


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd.pdf", "\u202egnp.fdp", "a" * 300 + ".pdf", "tệp có dấu.pdf", ".pdf"]
)
def test_the_name_of_a_file_is_only_a_name(name: str, http: httpx.Client) -> None:
    client = citizen(http, NO_OTHER_PAPER)
    page = begun(client, BIRTH, "giay_to")
    answer = with_files(client, page, [(PAPER, (name, SMALL_PDF, "application/pdf"))])
    assert answer.status_code == SEE_OTHER
    assert "etc/passwd" not in " ".join(kept_files(client.get(page.url), PAPER))


def test_a_file_of_another_draft_cannot_be_kept(http: httpx.Client, app: Flask) -> None:
    client = citizen(http, NO_OTHER_PAPER)
    page = begun(client, BIRTH, "giay_to")
    with_files(client, page, [(PAPER, ("rieng.pdf", SMALL_PDF, "application/pdf"))])
    mine = client.get(page.url).tree.xpath(f"//input[@name='{PAPER}-keep']/@value")[0]
    with in_process(app) as stranger:
        other = citizen(stranger, NO_OTHER_PAPER)
        theirs = begun(other, BIRTH, "giay_to")
        answer = other.submit(theirs, [*typed_so_far(theirs.form), (f"{PAPER}-keep", str(mine))])
        assert answer.status_code == REFUSED
        assert not kept_files(Page(answer), PAPER)


# The confirmation code


@pytest.fixture
def careful(furnished: dict[str, Any]) -> Iterator[Flask]:
    """The program as it stands on the net: it asks for the confirmation code and slows guesses down."""
    yield create_app(furnished | {"TESTING": True, "CAPTCHA": "image", "RATELIMIT_ENABLED": "on"})
    create_app(furnished)


@pytest.mark.parametrize("typed", ["", "00000x", "abc", "\0", "9" * 2000])
def test_a_wrong_confirmation_code_brings_a_new_one_and_keeps_the_rest(typed: str, careful: Flask) -> None:
    with in_process(careful) as http:
        client = citizen(http, {"quan_he": "ban_than"})
        review = client.to_review(COPY)
        given = {"consent": "true", "captcha": typed}
        answer = client.submit(review, with_changes(typed_so_far(review.form), given))
        shown = Page(answer)
        assert answer.status_code == REFUSED
        assert [href for _, href in shown.errors()] == ["#captcha"]
        assert shown.shown("data-form") == "review"
        assert ("consent", "true") in typed_so_far(shown.form)
        assert dict(typed_so_far(shown.form))["captcha_id"] != dict(typed_so_far(review.form))["captcha_id"]
        right = with_changes(typed_so_far(shown.form), {"captcha": read_captcha(careful, shown)})
        assert client.submit(shown, right).headers["Location"].partition("?")[0].endswith("/hoan-tat")


def test_a_confirmation_code_works_once(careful: Flask) -> None:
    with in_process(careful) as http:
        page = citizen(http).get("/tra-cuu")
        given = {"ma_ho_so": "H21.52.01-260101-0001", "captcha": read_captcha(careful, page)}
        pairs = with_changes(typed_so_far(page.form), given)
        first, second = (Page(citizen(http).submit(page, pairs)) for _ in range(2))
        assert [href for _, href in first.errors()] == ["#ma_ho_so"]
        assert [href for _, href in second.errors()] == ["#captcha"]
        assert ("ma_ho_so", "H21.52.01-260101-0001") in typed_so_far(second.form)


# Looking up


@pytest.fixture
def filed(app: Flask) -> tuple[str, str]:
    """A dossier's two codes."""
    with in_process(app) as http:
        sent = citizen(http, {"quan_he": "ban_than"}).file(COPY)
        return sent.dossier_code, sent.lookup_code


@pytest.mark.parametrize("secret", ["AAAA-BBBB-CCCC", "0", "a\0b", "😀" * 50, "x" * 5000])
def test_a_wrong_lookup_code_and_an_unknown_dossier_are_answered_alike(
    secret: str, filed: tuple[str, str], http: httpx.Client
) -> None:
    answers = [citizen(http).track(code, secret) for code in (filed[0], "H21.52.01-990101-9999", "không có")]
    said = {str(answer.errors()) for answer in answers}
    assert {answer.status for answer in answers} == {REFUSED}
    assert len(said) == 1
    assert "Mã hồ sơ và mã tra cứu không khớp" in said.pop()
    assert http.get(f"/ho-so/{filed[0]}").status_code == SEE_OTHER


def test_wrong_lookup_codes_are_heard_more_and_more_slowly_and_the_right_one_always(
    filed: tuple[str, str], furnished: dict[str, Any]
) -> None:
    app = create_app(furnished | {"TESTING": True, "RATELIMIT_ENABLED": "on"})
    with in_process(app) as http:
        waits = []
        for _ in range(12):
            answer = citizen(http).track(filed[0], "AAAA-BBBB-CCCC")
            if answer.status == SLOWLY:
                assert_in_design(answer, "Xin chờ một lát")
                waits.append(int(last_wait(http, filed[0])))
                let_pass(waits[-1])
            else:
                assert answer.status == REFUSED
        assert len(waits) >= 3
        assert all(later > 1.5 * earlier for earlier, later in pairwise(waits))
        assert citizen(http).track(filed[0], "AAAA-BBBB-CCCC").status in (REFUSED, SLOWLY)
        opened = citizen(http).track(*filed)
        assert opened.url.endswith(f"/ho-so/{filed[0]}")
    create_app(furnished)


def last_wait(http: httpx.Client, code: str) -> str:
    """How long one is told to wait, in seconds."""
    page = citizen(http).get("/tra-cuu")
    pairs = with_changes(typed_so_far(page.form), {"ma_ho_so": code, "ma_tra_cuu": "AAAA-BBBB-CCCC"})
    return str(citizen(http).submit(page, pairs).headers["Retry-After"])


def let_pass(seconds: int) -> None:
    """Moves every counter back, as if this time had passed."""
    for row in Limit.select():
        moved = row.expires_at - timedelta(seconds=seconds + 1)
        Limit.update(expires_at=moved).where(Limit.name == row.name).execute()


# What no keyboard writes

NAUGHTY = {
    "nul": b"a\0b",
    "lone surrogate": b"\xed\xa0\x80",
    "broken utf-8": b"\xff\xfe\xc3",
    "a megabyte": b"x" * MEGABYTE,
    "emoji": "👩‍👩‍👧‍👦🇻🇳".encode(),
    "right to left": "\u202eمرحبا\u202c".encode(),
    "zero width": "Ng\u200bu\ufeffyễn".encode(),
    "only invisible": "\u200b\u2060\ufeff".encode(),
    "decomposed": unicodedata.normalize("NFD", "Nguyễn Thị Hạnh").encode(),
    "many marks": ("e" + "\u0301" * 5000).encode(),
    "markup": b"<script>alert(1)</script>\"'`",
    "template": b"{{ 7*7 }}{% raw %}[[ x ]] %(name)s {0} $1",
    "sql": b"' OR 1=1; DROP TABLE dossier; --",
    "separators": "a\u2028b\u2029c\x85d".encode(),
    "controls": bytes(range(1, 32)),
    "noncharacter": "\uffff\U0010ffff".encode(),
}


@pytest.fixture(params=list(NAUGHTY.values()), ids=list(NAUGHTY))
def naughty(request: pytest.FixtureRequest) -> bytes:
    """Bytes that somebody posts."""
    given: bytes = request.param
    return given


def post_bytes(http: httpx.Client, url: str, pairs: Pairs, given: Mapping[str, bytes]) -> httpx.Response:
    """Posts a form in which some inputs are raw bytes."""
    encoded = [f"{quote(name)}={quote(value)}" for name, value in pairs if name not in given]
    encoded += [f"{quote(name)}={quote_from_bytes(value)}" for name, value in given.items()]
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    return http.post(url, content="&".join(encoded).encode(), headers=head)


@pytest.mark.parametrize(
    ("code", "step"), [(BIRTH, "nguoi_yeu_cau"), (BIRTH, "nguoi_duoc_khai_sinh"), (STATUS, "tinh_trang")]
)
def test_no_text_in_any_input_of_a_step_breaks_it(
    naughty: bytes, code: str, step: str, app: Flask, at_step: Standing
) -> None:
    client, page = standing(app, at_step, code, step)
    names = set(page.tree.xpath("//form[@data-form]//*[@name]/@name")) - {"csrf_token", "_action"}
    url = str(page.form.get("action"))
    answer = post_bytes(client.http, url, typed_so_far(page.form), dict.fromkeys(names, naughty))
    assert answer.status_code in (REFUSED, TOO_LARGE)
    assert "<script>alert(1)" not in answer.text
    if answer.status_code == REFUSED:
        assert_told_well(Page(answer))


def test_no_text_in_a_name_breaks_the_way_to_the_dossier(naughty: bytes, app: Flask) -> None:
    """Where a text may be filed, it can be read back everywhere; where it may not, it is refused at its step."""
    with in_process(app) as http:
        client = citizen(http, {"quan_he": "ban_than"})
        page = begun(client, COPY, "nguoi_yeu_cau")
        pairs, _ = Filler(client.choose).post(page)
        answer = post_bytes(http, str(page.form.get("action")), pairs, {"yc_ho_ten": naughty})
        assert answer.status_code in (SEE_OTHER, REFUSED)
        if answer.status_code == SEE_OTHER:
            review = client.walk(client.get(answer.headers["Location"]), "review")
            done = client.fill(review, {"consent": "true"})
            shown = client.get(f"/ho-so/{done.shown('data-dossier-code')}")
            assert shown.status == OK


@pytest.mark.parametrize("action", ["save", "refresh", "add:x", "remove:x:0", "copy:x:9", "khong-co"])
def test_no_text_breaks_saving_for_later(naughty: bytes, action: str, http: httpx.Client) -> None:
    client = citizen(http)
    page = begun(client, BIRTH, "nguoi_yeu_cau")
    names = set(page.tree.xpath("//form[@data-form]//*[@name]/@name")) - {"csrf_token", "_action"}
    given = dict.fromkeys(names, naughty) | {"_action": action.encode()}
    answer = post_bytes(http, str(page.form.get("action")), typed_so_far(page.form), given)
    assert answer.status_code in (OK, SEE_OTHER, REFUSED, TOO_LARGE)
    assert client.get(page.url).status == OK


QUERIES = [
    "/thu-tuc?q={}", "/thu-tuc?linh_vuc={}", "/thu-tuc?muc_do={}", "/thu-tuc?co_quan={}", "/thu-tuc?trang={}",
    "/thu-tuc?truc_tuyen={}", "/thu-tuc/{}", "/nop-ho-so/{}", "/tra-cuu?ma_ho_so={}", "/ho-so/{}", "/tiep-tuc/{}",
    "/don-vi-hanh-chinh/{}", "/ma-xac-nhan/{}.png", "/?lang={}", "/quan-tri/dang-nhap?next={}",
]  # fmt: skip


@pytest.mark.parametrize("address", QUERIES)
def test_no_text_in_an_address_breaks_a_page(naughty: bytes, address: str, http: httpx.Client) -> None:
    answer = http.get(address.format(quote_from_bytes(naughty[:2000], safe="")))
    assert answer.status_code in (OK, SEE_OTHER, NOT_FOUND, GONE, 308)
    assert "<script>alert(1)" not in answer.text


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/tra-cuu", ("ma_ho_so", "ma_tra_cuu", "captcha", "captcha_id")),
        ("/quan-tri/dang-nhap", ("email", "password", "next")),
        (f"/nop-ho-so/{BIRTH}", ("agency",)),
    ],
)
def test_no_text_breaks_a_form(naughty: bytes, address: str, names: tuple[str, ...], http: httpx.Client) -> None:
    page = citizen(http).get(address)
    token = [("csrf_token", str(page.tree.xpath("//input[@name='csrf_token']/@value")[0]))]
    answer = post_bytes(http, address, token, dict.fromkeys(names, naughty))
    assert answer.status_code in (OK, REFUSED, SEE_OTHER, TOO_LARGE, SLOWLY)
    assert "<script>alert(1)" not in answer.text


def test_a_text_is_kept_in_one_normal_form(http: httpx.Client) -> None:
    name = "Nguyễn Thị Hạnh"
    client = citizen(http, {"yc_ho_ten": unicodedata.normalize("NFD", f"  {name}\u200b "), "quan_he": "ban_than"})
    values = client.to_review(COPY).tree.xpath("//dd/text()")
    assert name in [str(value).strip() for value in values]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_a_method_that_is_not_meant_is_refused_in_the_site_s_design(method: str, http: httpx.Client) -> None:
    page = citizen(http).get("/tra-cuu")
    token = page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    answer = http.request(method, "/huong-dan", data={"csrf_token": str(token)} if method == "POST" else None)
    assert answer.status_code in (httpx.codes.METHOD_NOT_ALLOWED, httpx.codes.BAD_REQUEST)
    assert Page(answer).tree.xpath("//header[contains(@class, 'mc-header')]")


# Definitions


FAULTY = """format: 1
code: "9.000001"
title: Thử
category: khong-co
level: 3
methods: [{channel: online, time: {working_days: 1}}]
form:
  - step: mot
    title: Một
    fields:
      - {name: a, kind: dte, label: A}
      - {name: b, kind: text, label: B, when: {field: khong_co, is: x}}
"""


def test_a_faulty_definition_names_every_fault_with_its_line_and_loads_nothing(
    furnished: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text(FAULTY, encoding="utf-8")
    app = create_app(furnished)
    result = app.test_cli_runner().invoke(args=["definitions", "load", str(file), "--publish"])
    assert result.exit_code != 0
    for line, quoted in {4: "khong-co", 11: 'did you mean "date"', 12: "khong_co"}.items():
        assert re.search(rf"faulty\.yaml:{line}: .*{re.escape(quoted)}", result.output)
    for missing in ("partial_reason", "applicant", "processing", "next_steps"):
        assert missing in result.output
    with in_process(app) as http:
        assert http.get("/thu-tuc/9.000001").status_code == NOT_FOUND
    assert (ROOT / "definitions").exists()
