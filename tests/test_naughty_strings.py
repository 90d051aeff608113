"""Whatever text is sent into whatever kind of field, and into the back office: stored as it should be, or refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes

import httpx
import pytest
from flask import Flask

from engine.draft import drafts
from engine.format.source import dump
from engine.kinds import KINDS
from engine.publishing import versions
from engine.storage.models import Draft
from tests import admin_cases
from tests.admin_cases import CHIEF, Desk
from tests.generic_client import GenericClient, Page, typed_so_far
from tests.naughty import BROKEN, NAUGHTY, NUMBERS, named
from tests.walks import MACHINES_WELCOME, begun, citizen, command, furnish, in_process

CODE = "9.300001"
OK, SEE_OTHER, REFUSED, TOO_LARGE = 200, 303, 422, 413
CHOICES = {"a": "A", "b": "B"}
# Each kind with what it cannot be without, and what lets the most through.
OPTIONS: dict[str, dict[str, Any]] = {
    "text": {}, "long_text": {}, "integer": {}, "decimal": {}, "money": {}, "time": {},
    "date": {"precision": ["day", "month", "year"]}, "datetime": {}, "yes_no": {}, "confirm": {},
    "email": {"again": True}, "phone": {"again": True},
    "choice": {"choices": CHOICES, "other": True}, "choices": {"choices": CHOICES, "other": True},
    "linked_choice": {"catalog": "noi_thu", "levels": ["Tỉnh", "Xã"]}, "national_id": {"cmnd": True}, "tax_code": {},
    "address": {"abroad": True}, "file": {}, "signature": {}, "computed": {"formula": 'join("", text, long_text)'},
    "group": {"fields": [{"name": "c", "kind": "text", "label": "C"}, {"name": "s", "kind": "integer", "label": "S"}]},
    "heading": {"text": "T"}, "note": {"text": "N {text}"},
}  # fmt: skip
SILENT = ("heading", "note")
# What is dropped from a text wherever it stands, and what may not stand in one.
DROPPED = re.compile("[\x00\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
FORBIDDEN = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f]")


def definition() -> dict[str, Any]:
    """A step with the two kinds of text, and one with every kind there is."""
    words = [{"name": kind, "kind": kind, "label": kind} for kind in ("text", "long_text")]
    every = [
        ({"kind": kind, "label": kind} if kind in SILENT else {"name": f"k_{kind}", "kind": kind, "label": kind})
        | options
        for kind, options in OPTIONS.items()
    ]
    return {
        "format": 1, "code": CODE, "title": "Mọi loại ô", "category": "ho-tich", "level": 3, "partial_reason": "Ký",
        "methods": [{"channel": "online"}], "processing": {"reception": "mot-cua"}, "next_steps": "Chờ",
        "applicant": {"name": "text", "email": "k_email"},
        "form": [
            {"step": "chu", "title": "Chữ", "fields": words},
            {"step": "moi_loai", "title": "Mọi loại", "fields": every},
        ],
    }  # fmt: skip


CATALOG = """format: 1
catalog: noi_thu
title: Nơi
entries:
  - {value: t, label: T}
  - {value: x, label: X, parent: t}
"""


def test_every_kind_is_tried() -> None:
    assert set(OPTIONS) == set(KINDS)


@pytest.fixture(scope="module")
def config(config: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The definition with every kind, published."""
    found = config | MACHINES_WELCOME
    furnish(found)
    folder = tmp_path_factory.mktemp("moi-loai")
    (folder / "catalogs").mkdir()
    (folder / "catalogs" / "noi_thu.yaml").write_text(CATALOG, "utf-8")
    (folder / f"{CODE}.yaml").write_text(dump(definition()), "utf-8")
    command(found, "definitions", "load", str(folder), "--publish")
    return found


@pytest.fixture(scope="module")
def app(app: Flask) -> Flask:
    return app


@pytest.fixture(scope="module")
def client(app: Flask) -> Iterator[GenericClient]:
    with in_process(app) as http:
        yield citizen(http)


@pytest.fixture(scope="module")
def words(client: GenericClient) -> Page:
    """The page of the step with texts."""
    return begun(client, CODE, "chu")


@pytest.fixture(scope="module")
def every(client: GenericClient, words: Page) -> Page:
    """The page of the step with every kind; the one before it is filled."""
    return client.walk(client.get(words.url), "moi_loai")


def send(client: GenericClient, page: Page, given: dict[str, bytes]) -> httpx.Response:
    """Posts a step in which some inputs are raw bytes."""
    pairs = [(name, value.encode()) for name, value in typed_so_far(page.form) if name not in given]
    body = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in [*pairs, *given.items()])
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    return client.http.post(str(page.form.get("action")), content=body.encode(), headers=head)


def stored() -> dict[str, Any]:
    """The answers of the newest draft."""
    draft = Draft.select().order_by(Draft.id.desc()).get()
    return dict(drafts.answers(draft, versions.compiled(draft.version_id)).values)


def wanted(given: bytes) -> str | None:
    """What a text is stored as: one normal form, without invisible marks; nothing where it may not be stored at all."""
    text = DROPPED.sub("", given.decode("utf-8", "werkzeug.url_quote"))  # bytes that are no text stay quoted
    text = unicodedata.normalize("NFC", text).strip().replace("\r\n", "\n")
    return None if FORBIDDEN.search(text) else text


def assert_harmless(answer: httpx.Response) -> None:
    assert answer.status_code in (OK, SEE_OTHER, REFUSED, TOO_LARGE)
    assert "<script>alert(1)" not in answer.text
    assert "onerror=alert(1)>" not in answer.text


@pytest.mark.parametrize("given", NAUGHTY, ids=named)
def test_a_text_is_stored_as_it_should_be_or_refused_with_a_sentence(
    given: bytes, client: GenericClient, words: Page
) -> None:
    answer = send(client, words, {"text": given, "long_text": given})
    assert_harmless(answer)
    text = wanted(given)
    lines = text is not None and "\n" in text
    refused = {
        "text": text is None or lines or len(text) > 1_000,
        "long_text": text is None or len(text) > 10_000,
    }
    if answer.status_code == TOO_LARGE:
        assert len(given) >= 1_000_000
    elif any(refused.values()):
        assert answer.status_code == REFUSED
        page = Page(answer)
        assert {page.field_at(href) for _, href in page.errors()} == {name for name, is_so in refused.items() if is_so}
    else:
        assert answer.status_code == SEE_OTHER
        kept = stored()
        assert {name: kept.get(name, "") for name in refused} == dict.fromkeys(refused, text)
        assert_harmless(client.http.get(words.url))


@pytest.mark.parametrize("given", NAUGHTY, ids=named)
def test_every_kind_takes_a_text_or_refuses_it_with_a_sentence(
    given: bytes, client: GenericClient, every: Page
) -> None:
    names = set(every.tree.xpath("//form[@data-form]//*[@name]/@name")) - {"csrf_token", "_action"}
    assert len(names) >= len(KINDS) - len(SILENT)
    answer = send(client, every, dict.fromkeys(names, given))
    assert_harmless(answer)
    if answer.status_code == REFUSED:
        page = Page(answer)
        assert page.errors()
        assert all(page.field_at(href) and sentence for sentence, href in page.errors())
    if len(given) < 10_000:
        alone = sorted(names)[NAUGHTY.index(given) % len(names)]
        assert_harmless(send(client, every, {alone: given}))


# The back office


@pytest.fixture(scope="module")
def desk(app: Flask) -> Desk:
    """An administrator of the installation, and a browser that was given its token."""
    admin_cases.make_office(app)
    return Desk(app, CHIEF)


@pytest.fixture(scope="module")
def token(desk: Desk) -> str:
    return desk.token()


def posted(desk: Desk, token: str, path: str, **given: bytes) -> Any:
    """Posts a form of the back office, its inputs raw bytes."""
    body = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in given.items()) + f"&csrf_token={token}"
    return desk.client.post(path, data=body, content_type="application/x-www-form-urlencoded")


def assert_answered(answer: Any) -> None:
    assert answer.status_code in (OK, 302, SEE_OTHER, 400, 404, 409, REFUSED, TOO_LARGE), answer.status_code
    assert "<script>alert(1)" not in answer.text


FEWER = (*NAUGHTY[::5], *(number.encode() for number in NUMBERS[::2]), *BROKEN[::3])


@pytest.mark.parametrize("given", FEWER, ids=named)
def test_the_back_office_takes_a_text_or_says_what_is_wrong(given: bytes, desk: Desk, token: str) -> None:
    page = desk.get(f"/quan-tri/thu-tuc/{CODE}")
    assert page.status_code == OK
    yaml = dump(definition() | {"title": "TITLE"}).encode().replace(b"TITLE", b'"' + given.replace(b'"', b"") + b'"')
    for path, fields in (
        ("/quan-tri/thu-tuc/moi", {"yaml": given}),
        (f"/quan-tri/thu-tuc/{CODE}", {"yaml": yaml, "revision": given}),
        (
            "/quan-tri/co-quan/new/",
            dict.fromkeys(("code", "name", "kind", "address", "phone", "email", "hours"), given),
        ),
        ("/quan-tri/danh-muc/new/", {"name": b"thu", "title": given, "title_en": given}),
        ("/quan-tri/muc-danh-muc/new/", {"value": given, "label": given, "parent": given, "until": given}),
    ):
        assert_answered(posted(desk, token, path, **fields))
    number, words = quote_from_bytes(given[:40]), quote_from_bytes(given[:500])
    for query in (
        f"co-quan/?search={words}&page={number}", f"nhat-ky/?sort={number}&flt0_0={words}",
        f"muc-danh-muc/edit/?id={number}", f"thu-tuc?q={words}&trang={number}", f"thu-tuc/{words}",
    ):  # fmt: skip
        assert_answered(desk.client.get(f"/quan-tri/{query}"))
