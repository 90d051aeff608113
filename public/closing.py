"""What is said where a procedure is closed, will be, was withdrawn, or has another version by now."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, abort, make_response, render_template, url_for
from flask_babel import gettext as _

from engine.draft import drafts
from engine.errors import DraftExpired, NoSuchDraft
from engine.format.texts import Text
from engine.platform.language import language
from engine.publishing import standing, versions
from engine.publishing.standing import Standing
from engine.storage.models import Version
from public import browser, formats
from public.browser import Held
from public.site import now, today

GONE = 410


def day_words(day: str) -> str:
    """A local day `YYYY-MM-DD` as pages write it."""
    return f"{date.fromisoformat(day):%d/%m/%Y}"


def last_day(closed_on: str) -> str:
    """The last day on which something is received, as pages write it."""
    return f"{date.fromisoformat(closed_on) - timedelta(days=1):%d/%m/%Y}"


def notices(stood: Standing, version_id: int, kept_until: datetime, newer_url: str) -> list[dict[str, str]]:
    """What a citizen in the middle of the form has to know of the procedure: `text`, and an `url` with its `link`."""
    found = []
    if stood.closed_on:
        words = _("Thủ tục này chỉ nhận hồ sơ đến hết ngày %(day)s. Hãy gửi trước đó.", day=last_day(stood.closed_on))
        found.append({"text": words, "url": "", "link": ""})
    if stood.current is None:
        words = _("Thủ tục này tạm không nhận hồ sơ mới. Hồ sơ đang làm dở vẫn điền và gửi được đến hết ngày %(day)s.",
                  day=formats.day(kept_until))  # fmt: skip
        found.append({"text": words, "url": "", "link": ""})
    elif stood.current != version_id:
        words = _("Tờ khai của thủ tục này đã có phiên bản khác. Hồ sơ này vẫn theo phiên bản cũ và vẫn gửi được.")
        found.append({"text": words, "url": newer_url, "link": _("Xem sẽ đổi gì nếu chuyển sang phiên bản mới")})
    return found


def successor_facts(stood: Standing) -> dict[str, str] | None:
    """The procedure that replaces this one, where the public sees it."""
    version = versions.current(stood.successor) if stood.successor else None
    if version is None:
        return None
    title = Text(version.title, version.title_en).in_(language())
    return {"title": title, "code": version.code, "url": url_for("information.procedure", code=version.code)}


def of_information(stood: Standing) -> dict[str, Any] | None:
    """What the page of a procedure says of its end; nothing where it has none."""
    if not stood.closed_on:
        return None
    return {
        "closed": stood.closed(today()),
        "from": day_words(stood.closed_on),
        "last": last_day(stood.closed_on),
        "successor": successor_facts(stood),
    }


def refuse(code: str) -> Response:
    """The page of a procedure that cannot be filed now: closed, or withdrawn while this browser has a draft of it.

    Ends in 404 where the public never saw it, or sees nothing of it any more.
    """
    stood = standing.of_code(code)
    mine = [held for held in browser.held_for(code) if drafts.alive(held.token, now=now())]
    if stood is None or (stood.current is None and not stood.closed(today()) and not mine):
        abort(404)
    version = Version.select().where(Version.code == code).order_by(Version.number.desc()).first()
    if version is None:
        abort(404)
    closed = stood.closed(today())
    facts = {
        "procedure": {"title": Text(version.title, version.title_en).in_(language()), "code": code,
                      "url": url_for("information.procedure", code=code) if stood.current else ""},
        "closed": closed,
        "since": day_words(stood.closed_on) if closed else "",
        "successor": successor_facts(stood),
        "drafts": [_draft(held, closed=closed) for held in mine],
    }  # fmt: skip
    response = make_response(render_template("public/closed.html", **facts), GONE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _draft(held: Held, *, closed: bool) -> dict[str, Any]:
    """A draft in hand: where it goes on, or where it is erased."""
    endpoint = "keeping.end" if closed else "sending.review"
    try:
        until = drafts.find(held.token, now=now()).expires_at
    except (NoSuchDraft, DraftExpired):  # swept since it was found alive
        until = now()
    return {"url": url_for(endpoint, code=held.code, d=held.number), "number": held.number, "kept_until": until}
