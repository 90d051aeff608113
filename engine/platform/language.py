"""The language of a page: Vietnamese, or English by a switch that a cookie remembers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations
from flask import Flask, Response, has_request_context, request
from flask_babel import Babel

from engine.format.texts import LANGUAGES

PARAMETER = "lang"
COOKIE = "lang"
REMEMBERED = 365 * 24 * 3600  # seconds
CATALOGUES = Path(__file__).parent / "translations"
FOUND = "motcua.language"  # where a request keeps what was found


def language() -> str:
    """`vi` or `en`: what `?lang=` asks for, else what was asked for last, else Vietnamese."""
    if not has_request_context():
        return LANGUAGES[0]
    environ = request.environ
    if FOUND not in environ:
        environ[FOUND] = _asked_for() or _known(request.cookies.get(COOKIE)) or LANGUAGES[0]
    found: str = environ[FOUND]
    return found


def init_app(app: Flask, *, secure: bool) -> None:
    """Lets Flask-Babel follow `language`, and remembers what was asked for."""
    Babel(
        app,
        default_locale=LANGUAGES[0],
        default_timezone="Asia/Ho_Chi_Minh",
        default_translation_directories=str(CATALOGUES),
        locale_selector=language,
    )
    # A page says dozens of sentences: Flask-Babel looks for the locale at each, and Jinja's own `_` formats each.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        _gettext, _ngettext, newstyle=True, pgettext=_pgettext, npgettext=_npgettext
    )
    app.jinja_env.globals["_"] = sentence

    @app.after_request
    def remember(response: Response) -> Response:
        if f"{PARAMETER}=" in request.environ.get("QUERY_STRING", "") and (asked := _asked_for()):
            response.set_cookie(COOKIE, asked, REMEMBERED, secure=secure, httponly=True, samesite="Lax")
        return response


def sentence(words: str, /, **variables: object) -> str:
    """A sentence of a template in the language of the page; `%(name)s` in it stands for a variable.

    It is plain text, which the template escapes as a whole.
    """
    said = _gettext(words)
    return said % variables if variables else said


@cache
def speaker(spoken: str) -> Callable[..., str]:
    """`sentence` for a page whose language is known: it need not ask at each sentence again."""

    def say(words: str, /, **variables: object) -> str:
        said = words if spoken == LANGUAGES[0] else _catalogue(spoken).ugettext(words)
        return said % variables if variables else said

    return say


def _asked_for() -> str | None:
    return _known(request.args.get(PARAMETER))


def _known(asked: str | None) -> str | None:
    return asked if asked in LANGUAGES else None


@cache
def _catalogue(spoken: str) -> NullTranslations:
    """The sentences of a language; those of Vietnamese are their own keys."""
    return Translations.load(CATALOGUES, [spoken])


def _gettext(words: str) -> str:
    spoken = language()
    return words if spoken == LANGUAGES[0] else _catalogue(spoken).ugettext(words)


def _ngettext(one: str, many: str, number: int) -> str:
    return _catalogue(language()).ungettext(one, many, number)


def _pgettext(context: str, words: str) -> str:
    spoken = language()
    return words if spoken == LANGUAGES[0] else str(_catalogue(spoken).upgettext(context, words))


def _npgettext(context: str, one: str, many: str, number: int) -> str:
    return str(_catalogue(language()).unpgettext(context, one, many, number))
