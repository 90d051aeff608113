"""What the tests of whole walks share: the program furnished as an operator furnishes it, and the people who use it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx
from flask import Flask

from app import create_app
from engine.platform.sealing import Keyring
from engine.platform.settings import ROOT
from engine.storage import database
from engine.storage.models import Captcha
from tests.generic_client import Choice, GenericClient, Page, Pairs

BIRTH, DEATH, MARRIAGE, STATUS, COPY = "1.001193", "1.000656", "1.000894", "1.004873", "2.000635"
RESIDENCE, FUNERAL = "1.010041", "1.001731"
PERMANENT, TEMPORARY, CERTIFIED, BUSINESS, BUILDING = "1.004222", "1.004194", "2.000815", "1.001612", "1.013225"
MACHINES_WELCOME = {"CAPTCHA": "off", "RATELIMIT_ENABLED": "off"}  # settings without what stops machines
Chosen = Mapping[str, Choice]


def command(config: Mapping[str, Any], *arguments: str) -> str:
    """Runs one command of the program on these settings; what it printed. Fails where the command does."""
    app = create_app(config)
    result = app.test_cli_runner().invoke(args=list(arguments))
    database.disconnect()
    assert result.exit_code == 0, result.output
    return result.output


def furnish(config: Mapping[str, Any]) -> None:
    """The demo agencies and accounts, and the shipped procedures, published."""
    command(config, "demo")
    command(config, "definitions", "load", str(ROOT / "definitions"), "--publish")


def accounts(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The demo sign-ins."""
    found: list[dict[str, Any]] = json.loads((config["DATA_DIR"] / "demo-accounts.json").read_text())
    return found


def account(config: Mapping[str, Any], role: str, agency: str = "") -> dict[str, Any]:
    """The demo sign-in with this role in an agency, or of the whole installation."""
    return next(one for one in accounts(config) if role in one["roles"] and one["agency"] == agency)


def text_of(mail: EmailMessage) -> str:
    """A mail's words."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def work_once(config: Mapping[str, Any]) -> None:
    """Sends what waits in the outbox."""
    command(config, "worker", "--once")


def over_network(address: str) -> httpx.Client:
    """A browser's connection to a live server, with cookies of its own."""
    return httpx.Client(base_url=address, timeout=30)


class InProcess(httpx.BaseTransport):
    """Calls the program as a server does: the bytes of a path as they are (PEP 3333), where httpx decodes them."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The program's answer."""
        path = unquote_to_bytes(request.url.raw_path.partition(b"?")[0]).decode("latin-1")
        transport = httpx.WSGITransport(app=lambda environ, start: self.app({**environ, "PATH_INFO": path}, start))
        return transport.handle_request(request)


def in_process(app: Flask) -> httpx.Client:
    """A browser's connection to the program in this process."""
    return httpx.Client(transport=InProcess(app), base_url="http://127.0.0.1:8000")


def citizen(
    http: httpx.Client, choose: Chosen | None = None, *, everything: bool = False, none: bool = False, way: str = ""
) -> GenericClient:
    """Somebody who fills forms by what they say of themselves."""
    return GenericClient(http, choose=choose, everything=everything, none=none, way=way)


def begun(client: GenericClient, code: str, until: str) -> Page:
    """A draft filled up to a step."""
    return client.walk(client.fill(client.get(f"/nop-ho-so/{code}")), until)


def read_captcha(app: Flask, page: Page) -> str:
    """The digits of a page's confirmation code, opened with the program's own keys as its picture is."""
    return open_captcha(app, str(page.tree.xpath("//input[@name='captcha_id']/@value")[0]))


def open_captcha(app: Flask, public_id: str) -> str:
    """The digits of a confirmation code."""
    row = Captcha.get(Captcha.public_id == public_id)
    keyring: Keyring = app.config["KEYRING"]
    return keyring.open_sealed(row.sealed, context=f"captcha:{public_id}".encode()).decode()


def with_changes(pairs: Pairs, typed: Mapping[str, str | None]) -> Pairs:
    """The pairs with some inputs typed otherwise, or (None) not sent."""
    kept = [pair for pair in pairs if pair[0] not in typed]
    return kept + [(name, value) for name, value in typed.items() if value is not None]


def published(config: dict[str, Any], path: Path) -> dict[str, Any]:
    """Settings of a program that asks for no confirmation code, with a definition, or a folder of them, published."""
    found = config | MACHINES_WELCOME
    furnish(found)
    command(found, "definitions", "load", str(path), "--publish")
    return found
