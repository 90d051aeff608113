"""The program as a whole: what goes around every page, and whether it says that it is well."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort, render_template_string, request, session
from flask.testing import FlaskClient
from flask_babel import get_locale
from playwright.sync_api import Page

from app import create_app
from engine.platform import edge
from engine.platform.language import language
from engine.platform.settings import SettingsError
from engine.storage import database
from engine.storage.models import Heartbeat


@pytest.fixture(scope="module")
def app(config: dict[str, Any]) -> Any:
    """The program with a few pages of these tests' own."""
    made = create_app(config | {"TESTING": True, "WTF_CSRF_ENABLED": True})
    add_pages(made)
    yield made
    database.disconnect()


def add_pages(app: Flask) -> None:
    @app.route("/test/echo/<word>", methods=["GET", "POST"])
    def echo(word: str) -> dict[str, Any]:
        return {"word": word, "args": dict(request.args.lists()), "form": dict(request.form.lists())}

    @app.route("/test/session", methods=["GET", "POST"])
    def remember() -> str:
        session["a"] = 1
        return render_template_string("{{ csrf_token() }}")

    @app.get("/test/file")
    def file() -> tuple[str, dict[str, str]]:
        return "x", {"Content-Security-Policy": "sandbox", "Cache-Control": "private"}

    @app.get("/test/language")
    def speak() -> str:
        return f"{language()} {get_locale()}"

    @app.get("/test/refused")
    def refuse() -> str:
        abort(403)

    app.extensions["csrf"].exempt(echo)


# Headers


@pytest.mark.parametrize("path", ["/healthz", "/test/refused", "/khong-co"])
def test_every_page_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    for directive in ("default-src 'self'", "script-src 'self'", "object-src 'none'", "frame-ancestors 'none'"):
        assert directive in policy.split("; ")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_scripts_of_the_back_office_run_by_a_nonce_of_their_request() -> None:
    app = Flask(__name__)
    edge.init_app(app, secure=False)

    @app.get("/quan-tri/script")
    @app.get("/script")
    def script() -> str:
        assert edge.csp_nonce() == edge.csp_nonce()
        return render_template_string('<script nonce="{{ csp_nonce() }}"></script>')

    nonces = set()
    for _ in range(2):
        page = app.test_client().get("/quan-tri/script")
        (nonce,) = re.findall('nonce="(.+)"', page.text)
        assert f"script-src 'self' 'nonce-{nonce}';" in page.headers["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == 2
    assert "nonce" not in app.test_client().get("/script").headers["Content-Security-Policy"]


def test_a_page_may_be_stricter_and_may_be_cached(client: FlaskClient) -> None:
    headers = client.get("/test/file").headers
    assert headers.getlist("Content-Security-Policy") == ["sandbox"]
    assert headers.getlist("Cache-Control") == ["private"]


def test_pages_are_not_kept_on_shared_machines(client: FlaskClient) -> None:
    assert client.get("/test/session").headers["Cache-Control"] == "no-store"


# Cookies and forged posts


def test_over_http_cookies_are_not_secure(client: FlaskClient) -> None:
    cookie = client.get("/test/session").headers["Set-Cookie"]
    assert cookie.startswith("motcua=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_over_https_cookies_are_secure(config: dict[str, Any]) -> None:
    app = create_app(config | {"BASE_URL": "https://example.vn"})
    add_pages(app)
    headers = app.test_client().get("/test/session", base_url="https://example.vn").headers
    assert headers["Set-Cookie"].startswith("__Host-motcua=")
    assert "Secure" in headers["Set-Cookie"]
    assert "Strict-Transport-Security" in headers


def test_a_post_without_the_token_is_refused(client: FlaskClient) -> None:
    token = client.get("/test/session").text
    assert client.post("/test/session").status_code == 400
    assert client.post("/test/session", data={"csrf_token": token[::-1]}).status_code == 400
    assert client.post("/test/session", data={"csrf_token": token}).status_code == 200


# NUL characters


def test_nul_characters_never_arrive(client: FlaskClient) -> None:
    found = client.post("/test/echo/a%00b?q=x%00y&q=z", data={"na\0me": "Lan\0 Anh", "other": "x"}).get_json()
    assert found == {"word": "ab", "args": {"q": ["xy", "z"]}, "form": {"name": ["Lan Anh"], "other": ["x"]}}


def test_other_values_arrive_as_they_are(client: FlaskClient) -> None:
    found = client.post("/test/echo/đơn?q=%25%2000", data={"a": ["1", "", "\n"]}).get_json()
    assert found == {"word": "đơn", "args": {"q": ["% 00"]}, "form": {"a": ["1", "", "\n"]}}


# Language


def test_pages_are_vietnamese_unless_asked(client: FlaskClient) -> None:
    assert client.get("/test/language", headers={"Accept-Language": "en"}).text == "vi vi"


def test_the_switch_is_remembered(client: FlaskClient) -> None:
    assert client.get("/test/language?lang=en").text == "en en"
    assert client.get("/test/language").text == "en en"
    assert client.get("/test/language?lang=vi").text == "vi vi"
    assert client.get("/test/language").text == "vi vi"


@pytest.mark.parametrize("asked", ["", "fr", "../etc", "EN"])
def test_unknown_languages_are_passed_over(client: FlaskClient, asked: str) -> None:
    response = client.get("/test/language", query_string={"lang": asked})
    assert response.text == "vi vi"
    assert "Set-Cookie" not in response.headers


def test_sentences_of_templates_are_said_in_the_language_of_the_page(app: Flask) -> None:
    template = '{{ _("Tìm %(what)s", what="<a>") }}, {{ ngettext("%(num)s ngày", "%(num)s ngày", 3) }}'
    for lang, days in (("vi", "3 ngày"), ("en", "3 days")):
        with app.test_request_context(f"/?lang={lang}"):
            assert render_template_string(template) == f"Tìm &lt;a&gt;, {days}"


# Proxies


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("count", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")])
def test_only_trusted_proxies_say_who_asks(config: dict[str, Any], count: int, address: str) -> None:
    app = create_app(config | {"TRUSTED_PROXIES": count})

    @app.get("/test/who")
    def who() -> str:
        return request.remote_addr or ""

    headers = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    assert app.test_client().get("/test/who", headers=headers).text == address


# Health


def test_it_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_real_browser_reaches_a_real_server(page: Page) -> None:
    response = page.goto("/healthz")
    assert response is not None
    assert response.ok
    assert page.inner_text("body").strip() == "ok"


def test_it_is_ready_when_a_worker_was_seen(client: FlaskClient) -> None:
    Heartbeat.delete().execute()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json() == {"database": True, "data_folder": True, "migrations": True, "worker": False}
    Heartbeat.create(worker="a", at=datetime.now(UTC))
    assert client.get("/readyz").status_code == 200


def test_a_worker_not_seen_for_long_is_missed(client: FlaskClient) -> None:
    Heartbeat.delete().execute()
    Heartbeat.create(worker="a", at=datetime.now(UTC) - timedelta(minutes=5))
    assert client.get("/readyz").get_json()["worker"] is False


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_without_migrations_it_lives_and_is_not_ready(app: Flask, tmp_path: Path) -> None:
    bare = create_app({"DATA_DIR": tmp_path}).test_client()
    assert bare.get("/healthz").status_code == 200
    assert bare.get("/readyz").get_json()["migrations"] is False
    database.connect(app.config["SETTINGS"])


def test_wrong_settings_stop_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="MOTCUA_CAPTCHA must be image"):
        create_app({"DATA_DIR": tmp_path, "CAPTCHA": "off", "BASE_URL": "https://example.vn"})
