"""What every public page knows: its language, its assets, the site and its own address in the other language."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, current_app, g, request, url_for
from markupsafe import Markup, escape

from engine.draft import throttle
from engine.office import agencies
from engine.platform.language import language, speaker
from public import formats

STATIC = Path(__file__).parent / "static"
ICON = '<svg class="mc-icon" aria-hidden="true" focusable="false" width="24" height="24"><use href="{}"></use></svg>'
SITE_NAME = {"vi": "Cổng dịch vụ công", "en": "Public services"}


def now() -> datetime:
    """The instant of this request, the same wherever it asks."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    moment: datetime = g.now
    return moment


def network() -> str:
    """The network that this request comes from, by which floods are counted."""
    return throttle.network(request.remote_addr or "")


def today() -> str:
    """The local day of this request, `YYYY-MM-DD`."""
    return now().astimezone(formats.LOCAL).date().isoformat()


@lru_cache(maxsize=256)
def fingerprint(path: str) -> str:
    """The first letters of a static file's hash."""
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]


def asset(path: str) -> str:
    """The address of a file under `public/static`, which changes when the file does."""
    return f"{request.script_root}/static/{path}?v={fingerprint(path)}"


def icon(name: str) -> Markup:
    """A drawing of the sprite, for the eye only."""
    return _icon(request.script_root, name)


@lru_cache(maxsize=256)
def _icon(root: str, name: str) -> Markup:
    address = f"{root}/static/icons.svg?v={fingerprint('icons.svg')}#{name}"
    return Markup(ICON.format(escape(address)))  # noqa: S704 - escaped in this line


def switch_url(lang: str, root: str) -> str:
    """This page in the other language; a page that was posted leads to its own GET."""
    kept = request.environ.get("QUERY_STRING", "")
    if "lang=" in kept:
        kept = urlencode({key: values for key, values in request.args.lists() if key != "lang"}, doseq=True)
    other = "en" if lang == "vi" else "vi"
    return f"{root}{quote(request.path)}?{kept}{'&' if kept else ''}lang={other}"


def page_facts() -> dict[str, Any]:
    """The variables of every template; what depends on the language, the root and the app is bound once."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy itself is no key
    lang, root, minute = language(), request.script_root, int(time.time()) // 60
    return {
        "_": speaker(lang),
        "lang": lang,
        "switch_url": switch_url(lang, root),
        "site": site_facts(app, lang, minute),
        "chrome": partial(chrome, app, lang, root, minute),
        "icon": partial(_icon, root),
    }


@lru_cache(maxsize=16)
def site_facts(_app: Flask, lang: str, _minute: int) -> dict[str, str]:
    """The site's name, and its agency where there is only one; asked for once a minute."""
    only = agencies.only_one()
    facts = {name: getattr(only, name, "") for name in ("address", "phone", "email", "hours")}
    return {"name": SITE_NAME[lang], "agency": only.name if only else "", **facts}


@lru_cache(maxsize=128)
def chrome(app: Flask, lang: str, root: str, minute: int, part: str, here: str) -> Markup:
    """A part of every page that is the same for everybody: drawn once a minute, language and menu item."""
    facts = {"here": here, "lang": lang, "root": root, "site": site_facts(app, lang, minute), "_": speaker(lang)}
    return Markup(app.jinja_env.get_template(f"public/chrome/{part}.html").render(facts))  # noqa: S704 - autoescaped


@lru_cache(maxsize=4096)
def _address(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


def address(endpoint: str, **values: Any) -> str:
    """`url_for`, remembered: an address depends on nothing but its parts."""
    return _address(request.script_root, endpoint, tuple(values.items()))


def kept(response: Response) -> Response:
    """A page that does not depend on the person: it may be kept, and is asked for again by its ETag."""
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def moment_of_page(value: datetime | None) -> str:
    """A time as the page's language writes it."""
    return formats.moment(value) if language() == "vi" else formats.moment_en(value)


def init_app(app: Flask) -> None:
    """Gives the templates their variables and filters."""
    app.context_processor(page_facts)
    app.jinja_env.globals |= {"asset": asset, "icon": icon}
    filters = {
        "moment": moment_of_page,
        "day": formats.day,
        "money": formats.money,
        "filesize": formats.filesize,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals["mc"] = app.jinja_env.get_template("public/macros.html").module
