"""The door of the back office: who comes in, who does not, and who gets where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from admin.access import OPEN
from engine.storage.models import Limit, User
from tests import admin_cases as cases
from tests.admin_cases import CHIEF, NOBODY, OFFICER, PASSWORD, WARD_CHIEF, Desk

DOOR = "/quan-tri/dang-nhap"


@pytest.fixture(autouse=True)
def office(app: Flask) -> Iterator[None]:
    cases.make_office(app)
    yield
    Limit.delete().execute()


def test_the_door_asks_for_an_address_and_a_password_in_vietnamese(app: Flask) -> None:
    page = Desk(app).get(DOOR)
    assert page.status_code == 200
    assert 'name="email"' in page.text
    assert 'name="password"' in page.text
    assert "Đăng nhập" in page.text


@pytest.mark.parametrize(
    ("email", "lands_at"),
    [(OFFICER, "/quan-tri/ho-so"), (CHIEF, "/quan-tri/thu-tuc"), (WARD_CHIEF, "/quan-tri/ho-so")],
)
def test_everybody_lands_at_their_own_work(app: Flask, email: str, lands_at: str) -> None:
    desk = Desk(app, email)
    assert desk.get("/quan-tri/").location == lands_at
    assert desk.get(lands_at).status_code == 200


def test_who_has_no_role_is_told_so(app: Flask) -> None:
    page = Desk(app, NOBODY).get("/quan-tri/")
    assert page.status_code == 403
    assert "chưa được giao việc" in page.text


def test_an_address_is_taken_in_any_case(app: Flask) -> None:
    assert Desk(app).sign_in(OFFICER.upper()).status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [(OFFICER, "sai"), ("ai@example.vn", PASSWORD), ("", ""), (OFFICER, ""), (OFFICER, "x" * 5000)],
)
def test_a_wrong_pair_is_answered_the_same_whatever_is_wrong(app: Flask, email: str, password: str) -> None:
    page = Desk(app).sign_in(email, password)
    assert page.status_code == 422
    assert "Thư điện tử hoặc mật khẩu không đúng." in page.text
    assert f'value="{email}"' in page.text


@pytest.fixture
def locked(office: None) -> Iterator[None]:
    User.update(active=False).where(User.email == OFFICER).execute()
    yield
    User.update(active=True).where(User.email == OFFICER).execute()


@pytest.mark.usefixtures("locked")
def test_a_locked_person_is_told_so_only_with_the_right_password(app: Flask) -> None:
    assert "đã bị khoá" in Desk(app).sign_in(OFFICER).text
    assert "đã bị khoá" not in Desk(app).sign_in(OFFICER, "sai").text


def test_locking_ends_a_session_at_once(app: Flask) -> None:
    desk = Desk(app, OFFICER)
    User.update(active=False).where(User.email == OFFICER).execute()
    page = desk.get("/quan-tri/ho-so")
    User.update(active=True).where(User.email == OFFICER).execute()
    assert page.location.startswith(DOOR)


def test_a_new_mark_ends_the_sessions_that_hold_the_old_one(app: Flask) -> None:
    desk = Desk(app, OFFICER)
    User.update(fs_uniquifier="another").where(User.email == OFFICER).execute()
    assert desk.get("/quan-tri/ho-so").status_code == 303


def test_a_session_ends_after_a_working_day(app: Flask) -> None:
    desk = Desk(app, OFFICER)
    with desk.client.session_transaction() as session:
        session["fs_paa"] = (datetime.now(UTC) - timedelta(hours=13)).timestamp()
    assert desk.get("/quan-tri/ho-so").location.startswith(DOOR)


def test_only_wrong_passwords_are_counted(app: Flask) -> None:
    assert {Desk(app).sign_in(CHIEF).status_code for _ in range(12)} == {303}


def test_the_eleventh_wrong_try_on_one_account_waits_and_is_told_until_when(app: Flask) -> None:
    desk = Desk(app)
    answers = [desk.sign_in(CHIEF, "sai").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    page = desk.sign_in(CHIEF)
    assert page.status_code == 429
    assert "Thử lại lúc" in page.text
    assert Desk(app).sign_in(OFFICER).status_code == 303


def test_wrong_tries_from_elsewhere_do_not_keep_a_person_out(app: Flask) -> None:
    elsewhere = Desk(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    answers = [elsewhere.sign_in(OFFICER, "sai").status_code for _ in range(11)]
    assert answers[-1] == 429
    assert Desk(app).sign_in(OFFICER).status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.com/quan-tri/", "//example.com", "/quan-tri/\\..//example.com", "/thu-tuc", "javascript:alert(1)",
     "/quan-trix", "///quan-tri"],
)  # fmt: skip
def test_the_door_leads_to_no_other_place(app: Flask, elsewhere: str) -> None:
    location = Desk(app).sign_in(OFFICER, next=elsewhere).location
    assert location == "/quan-tri/"


def test_the_door_leads_on_to_the_page_that_was_asked_for(app: Flask) -> None:
    desk = Desk(app)
    asked = desk.get("/quan-tri/ho-so?muc=moi")
    assert asked.location == f"{DOOR}?next=/quan-tri/ho-so?muc%3Dmoi"
    assert desk.sign_in(OFFICER, next="/quan-tri/ho-so?muc=moi").location == "/quan-tri/ho-so?muc=moi"


def test_signing_out_is_a_post_and_ends_the_session(app: Flask) -> None:
    desk = Desk(app, OFFICER)
    assert desk.get("/quan-tri/dang-xuat").status_code == 405
    assert desk.post("/quan-tri/dang-xuat").location == DOOR
    assert desk.get("/quan-tri/ho-so").status_code == 303


def test_signing_in_changes_the_token_of_the_session(app: Flask) -> None:
    desk = Desk(app)
    before = desk.token()
    desk.sign_in(OFFICER)
    with desk.client.session_transaction() as session:
        after = session.get("csrf_token")
    assert before != after


@pytest.mark.parametrize("path", [DOOR, "/quan-tri/dang-xuat", "/quan-tri/co-quan/new/", "/quan-tri/nguoi-dung/khoa"])
def test_a_post_without_token_is_refused(app: Flask, path: str) -> None:
    assert Desk(app, CHIEF).client.post(path, data={"email": CHIEF}).status_code == 400


def test_nothing_is_open_to_who_is_not_signed_in(app: Flask) -> None:
    """Every address below the prefix, whatever it is: the door's own page and files excepted."""
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/quan-tri") or rule.endpoint in OPEN:
            continue
        address = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
        assert address is not None
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.open(address[1], method=method)
        assert answer.status_code in (303, 400), rule.rule  # a post fails at the token before it gets to the guard


@pytest.mark.parametrize("path", ["/quan-tri/thu-tuc", "/quan-tri/nguoi-dung/", "/quan-tri/phien-ban/"])
def test_an_officer_opens_no_page_of_administrators(app: Flask, path: str) -> None:
    page = Desk(app, OFFICER).get(path)
    assert page.status_code == 403
    assert "không có quyền" in page.text


@pytest.mark.parametrize("path", ["/quan-tri/thu-tuc", "/quan-tri/truong/", "/quan-tri/danh-muc/"])
def test_a_wards_administrator_opens_no_page_of_the_installation(app: Flask, path: str) -> None:
    assert Desk(app, WARD_CHIEF).get(path).status_code == 403


def test_the_rail_offers_only_what_can_be_opened(app: Flask) -> None:
    rail = Desk(app, OFFICER).get("/quan-tri/ho-so").text
    assert "/quan-tri/nguoi-dung/" not in rail
    assert "/quan-tri/thu-tuc" not in rail


def test_pages_of_the_back_office_are_never_kept_and_carry_their_policy(app: Flask) -> None:
    page = Desk(app, OFFICER).get("/quan-tri/ho-so")
    assert page.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
