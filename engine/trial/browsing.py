"""A browser without script, as small as it can be: cookies, pages, and the forms on them.

Made of the standard library alone, so that the program needs nothing more where it runs.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

PATIENCE = 60  # seconds for one answer
MOST_REDIRECTS = 5
UNTYPED = frozenset({"submit", "button", "image", "reset", "file"})  # inputs that a post of the form does not carry
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

Pairs = list[tuple[str, str]]
Attributes = Mapping[str, str]


class NoAnswer(Exception):
    """The server does not answer; says why."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a post."""

    input: str
    name: str
    content: bytes
    media_type: str


@dataclass(slots=True)
class Form:
    """A form of a page: its name (`data-form`), where it posts to, what it would post now, and all its inputs.

    `offered` are the values that each box, button of choice or list offers.
    """

    name: str
    action: str
    pairs: Pairs = field(default_factory=list)
    inputs: set[str] = field(default_factory=set)
    offered: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of the server, read; `marks` are the attributes `data-…` that stand on it, with their values."""

    url: str
    status: int
    form: Form | None
    errors: tuple[str, ...]
    words: str
    marks: Mapping[str, str]

    @property
    def step(self) -> str:
        """The last part of its address."""
        return urlsplit(self.url).path.rpartition("/")[2]


class _Reader(HTMLParser):
    """Reads the one form, the sentences of the error summary, and the words of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, Attributes]] = []
        self.form: Form | None = None
        self.errors: list[str] = []
        self.words: list[str] = []
        self.marks: dict[str, str] = {}
        self._select = ""
        self._text: list[str] | None = None
        self._chosen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what an element says."""
        given = {name: value or "" for name, value in attrs}
        self.marks.update((name, value) for name, value in given.items() if name.startswith("data-"))
        if tag == "form" and "data-form" in given:
            self.form = Form(given["data-form"], given.get("action", ""))
        if tag == "a" and self._inside("data-errors"):
            self.errors.append("")
        if tag not in VOID:
            self.open.append((tag, given))
        if self.form is not None and self._inside("data-form"):
            self._control(tag, given)

    def _inside(self, attribute: str) -> bool:
        return any(attribute in given for _, given in self.open)

    def _control(self, tag: str, given: Attributes) -> None:
        assert self.form is not None
        name = given.get("name", "")
        if name:
            self.form.inputs.add(name)
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select" and name:
            self._select, self._chosen = name, []
            self.form.offered.setdefault(name, set())
        elif tag == "option" and self._select:
            self.form.offered[self._select].add(given.get("value", ""))
            if "selected" in given or not self._chosen:
                self._chosen = [given.get("value", "")]
        elif tag == "textarea" and name:
            self._text = []

    def _input(self, name: str, given: Attributes) -> None:
        assert self.form is not None
        kind = given.get("type", "text")
        if kind in ("radio", "checkbox"):
            self.form.offered.setdefault(name, set()).add(given.get("value", "on"))
        if kind in UNTYPED or (kind in ("radio", "checkbox") and "checked" not in given):
            return
        self.form.pairs.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        """Closes an element."""
        if self.form is not None and self._inside("data-form"):
            if tag == "select" and self._select:
                self.form.pairs += [(self._select, value) for value in self._chosen]
                self._select = ""
            elif tag == "textarea" and self._text is not None:
                named = next((given.get("name", "") for name, given in reversed(self.open) if name == tag), "")
                self.form.pairs.append((named, "".join(self._text).removeprefix("\n")))
                self._text = None
        while self.open and tag in [name for name, _ in self.open]:
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        """Takes up words."""
        if self._text is not None:
            self._text.append(data)
        if self.open and self.open[-1][0] in ("script", "style"):
            return
        self.words.append(data)
        if self.errors and self._inside("data-errors") and any(name == "a" for name, _ in self.open):
            self.errors[-1] += data


def read_page(url: str, status: int, text: str) -> Page:
    """A page of its text."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    errors = tuple(" ".join(sentence.split()) for sentence in reader.errors)
    words = " ".join(" ".join(reader.words).split())
    return Page(url, status, reader.form, errors, words, reader.marks)


class Browser:
    """One browser with its own cookies, on one server; its connection is kept."""

    def __init__(self, address: str) -> None:
        self.address = address
        parts = urlsplit(address)
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        self._cookies: dict[str, str] = {}

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def get(self, url: str) -> Page:
        """A page, wherever the address leads; raises `NoAnswer`."""
        return self._request("GET", url, b"", "")

    def post(self, page: Page, pairs: Iterable[tuple[str, str]], files: Iterable[SentFile] = ()) -> Page:
        """Posts the form of a page; the page that follows. Raises `NoAnswer`."""
        assert page.form is not None
        boundary = secrets.token_hex(16)
        body = multipart(pairs, files, boundary)
        target = urljoin(page.url, page.form.action)
        return self._request("POST", target, body, f"multipart/form-data; boundary={boundary}")

    def _request(self, method: str, url: str, body: bytes, media_type: str) -> Page:
        for _ in range(MOST_REDIRECTS + 1):
            url = urljoin(self.address, url)
            status, location, text = self._exchange(method, url, body, media_type)
            if not location:
                return read_page(url, status, text)
            method, url, body, media_type = "GET", urljoin(url, location), b"", ""
        raise NoAnswer(f"{url}: too many redirections")

    def _exchange(self, method: str, url: str, body: bytes, media_type: str) -> tuple[int, str, str]:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Accept-Language": "vi", "Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if media_type:
            headers["Content-Type"] = media_type
        try:
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, HTTPException) as exc:
            self._connection.close()
            raise NoAnswer(f"{method} {parts.path}: {exc or type(exc).__name__}") from exc
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(cookie).items()})
        return answer.status, answer.headers.get("Location", ""), text


def multipart(pairs: Iterable[tuple[str, str]], files: Iterable[SentFile], boundary: str) -> bytes:
    """The body of a post (RFC 7578)."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in pairs
    ]
    parts += [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{file.input}"; filename="{file.name}"\r\n'
        f"Content-Type: {file.media_type}\r\n\r\n".encode()
        + file.content
        + b"\r\n"
        for file in files
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode()
