"""What happens at the edge with every request and response, whichever page it is."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, request
from flask import Request as FlaskRequest
from flask_wtf import CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADMIN = "/quan-tri/"
URLENCODED = "application/x-www-form-urlencoded"
NONCE = "motcua.csp_nonce"  # where a request keeps its nonce
POLICY = (
    "default-src 'self'; script-src 'self'{nonce}; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PUBLIC_POLICY = POLICY.format(nonce="")
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
HSTS = ("Strict-Transport-Security", "max-age=31536000")


class Request(FlaskRequest):
    """A request without NUL characters: nobody types them, and PostgreSQL refuses them."""

    def __init__(self, environ: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        query, path = environ.get("QUERY_STRING", ""), environ.get("PATH_INFO", "")
        if "%00" in query or "\0" in path:
            environ = environ | {
                "QUERY_STRING": query.replace("%00", ""),
                "PATH_INFO": path.replace("\0", ""),
            }
        super().__init__(environ, *args, **kwargs)

    def _load_form_data(self) -> None:
        if self.mimetype == URLENCODED:
            self._raise_if_too_many()
        super()._load_form_data()
        pairs = list(self.form.items(multi=True))
        if any("\0" in name or "\0" in value for name, value in pairs):
            cleaned = [(name.replace("\0", ""), value.replace("\0", "")) for name, value in pairs]
            self.__dict__["form"] = ImmutableMultiDict(cleaned)

    def _raise_if_too_many(self) -> None:
        """The library counts the parts of a multipart form only: two megabytes of `a&a&…` took seconds to read."""
        if (self.content_length or 0) > (self.max_form_memory_size or 0):
            return  # the library refuses it by its length, without reading it
        if self.get_data(parse_form_data=False).count(b"&") >= (self.max_form_parts or 0):
            raise RequestEntityTooLarge


class PostGuard(CSRFProtect):  # type: ignore[misc]
    """Refuses forged posts; other requests pass at once, before it is asked whether their view is exempt."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Raises `CSRFError` for a post without the session's token."""
        if request.method in current_app.config["WTF_CSRF_METHODS"]:
            super().protect(apply_exemptions)


class SecurityHeaders:
    """Puts the security headers on every response, below Flask: there it costs a fifth of what a hook costs."""

    def __init__(self, program: WSGIApplication, *, secure: bool) -> None:
        self._program = program
        self._common = [*HEADERS, HSTS] if secure else [*HEADERS]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Runs the program; what a page set itself, such as a stricter policy for files, stays."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            present = {name.lower() for name, _ in headers}
            headers += self._common
            if "content-security-policy" not in present:
                headers.append(("Content-Security-Policy", _policy(environ)))
            if "cache-control" not in present:  # on a shared machine, going back must not show another's answers
                headers.append(("Cache-Control", "no-store"))
            return start_response(status, headers, exc_info)

        return self._program(environ, start)


def _policy(environ: WSGIEnvironment) -> str:
    nonce = environ.get(NONCE)
    return PUBLIC_POLICY if nonce is None else POLICY.format(nonce=f" 'nonce-{nonce}'")


def csp_nonce() -> str:
    """The nonce by which an inline script of the back office runs, one for each request; none elsewhere."""
    environ = request.environ
    if NONCE not in environ and request.path.startswith(ADMIN):
        environ[NONCE] = secrets.token_urlsafe(16)
    return str(environ.get(NONCE, ""))


def init_app(app: Flask, *, secure: bool) -> None:
    """Guards every request and response; `secure` where people reach the site by https."""
    app.request_class = Request
    PostGuard(app)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.wsgi_app = SecurityHeaders(app.wsgi_app, secure=secure)  # type: ignore[method-assign]
