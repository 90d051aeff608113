"""The language of a page: Vietnamese, or English by a switch that a cookie remembers."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, has_request_context, request
from flask_babel import Babel

from engine.texts import LANGUAGES

PARAMETER = "lang"
COOKIE = "lang"
REMEMBERED = 365 * 24 * 3600  # seconds
CATALOGUES = Path(__file__).parent / "translations"


def language() -> str:
    """`vi` or `en`: what `?lang=` asks for, else what was asked for last, else Vietnamese."""
    if not has_request_context():
        return LANGUAGES[0]
    asked = request.args.get(PARAMETER)
    if asked not in LANGUAGES:
        asked = request.cookies.get(COOKIE)
    return asked if asked in LANGUAGES else LANGUAGES[0]


def init_app(app: Flask, *, secure: bool) -> None:
    """Lets Flask-Babel follow `language`, and remembers what was asked for."""
    Babel(
        app,
        default_locale=LANGUAGES[0],
        default_timezone="Asia/Ho_Chi_Minh",
        default_translation_directories=str(CATALOGUES),
        locale_selector=language,
    )

    @app.after_request
    def remember(response: Response) -> Response:
        asked = request.args.get(PARAMETER) if request.query_string else None
        if asked in LANGUAGES:
            response.set_cookie(COOKIE, asked, REMEMBERED, secure=secure, httponly=True, samesite="Lax")
        return response
