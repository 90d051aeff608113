"""What happens at the edge with every request and response, whichever page it is."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, Response, g, request
from flask import Request as FlaskRequest
from werkzeug.datastructures import ImmutableMultiDict

ADMIN = "/quan-tri/"
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
        super()._load_form_data()
        pairs = list(self.form.items(multi=True))
        if any("\0" in name or "\0" in value for name, value in pairs):
            cleaned = [(name.replace("\0", ""), value.replace("\0", "")) for name, value in pairs]
            self.__dict__["form"] = ImmutableMultiDict(cleaned)


def csp_nonce() -> str:
    """The nonce by which an inline script of the back office runs; one for each request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def init_app(app: Flask, *, secure: bool) -> None:
    """Puts the security headers on every response; `secure` where people reach the site by https."""
    common = (*HEADERS, HSTS) if secure else HEADERS
    app.request_class = Request
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.extend(common)
        if "Content-Security-Policy" not in headers:  # files carry a stricter one
            headers["Content-Security-Policy"] = _policy()
        if "Cache-Control" not in headers:  # on a shared machine, going back must not show another's answers
            headers["Cache-Control"] = "no-store"
        return response


def _policy() -> str:
    if request.path.startswith(ADMIN):
        return POLICY.format(nonce=f" 'nonce-{csp_nonce()}'")
    return PUBLIC_POLICY
