"""The pages for what is not there, is over, or went wrong."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import Flask, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import Conflict, DraftExpired, DraftFiled, DraftMoved, NoSuchDraft, ProcedureClosed, Throttled
from public import closing
from public.site import now


def page(status: int, **facts: Any) -> Response:
    """An error page in the site's design."""
    shown = {"retry_at": None, "begin_url": "", "max_mb": 0, "reference": ""} | facts
    response = make_response(render_template("public/error.html", status=status, **shown), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def http_error(error: HTTPException) -> Response:
    """Any refusal of the web framework."""
    if error.code is not None and error.code < 400:
        return make_response(error.get_response())
    large = isinstance(error, RequestEntityTooLarge)
    return page(error.code or 500, max_mb=current_app.config["SETTINGS"].max_request_mb if large else 0)


def expired(_error: Exception) -> Response:
    """A draft that is over: 410, and where to begin again."""
    code = (request.view_args or {}).get("code", "")
    return page(410, begin_url=url_for("filing.start", code=code) if code else url_for("information.home"))


def filed(_error: Exception) -> AnyResponse:
    """A draft that another tab has sent meanwhile: its success page."""
    arguments = {"code": (request.view_args or {}).get("code", ""), "d": request.args.get("d", "")}
    return redirect(url_for("sending.done", **arguments), 303)


def moved(_error: Exception) -> AnyResponse:
    """A draft that another tab has moved to another version meanwhile: where it stands now."""
    flash(_("Hồ sơ vừa được chuyển sang phiên bản mới ở cửa sổ khác. Xem lại bước này rồi làm tiếp."), "wait")
    arguments = {"code": (request.view_args or {}).get("code", ""), "d": request.args.get("d", "")}
    return redirect(url_for("sending.review", **arguments), 303)


def closed(error: ProcedureClosed) -> Response:
    """A draft of a procedure that receives nothing any more: 410, with what replaces it."""
    return closing.refuse(error.code)


def throttled(error: Throttled) -> Response:
    """Too many tries: when to try again."""
    response = page(429, retry_at=error.retry_at)
    response.headers["Retry-After"] = str(_seconds(error.retry_at))
    return response


def busy(_error: Exception) -> Response:
    """Others never stop changing the same thing."""
    return page(409)


def _seconds(retry_at: datetime) -> int:
    return max(1, int((retry_at - now()).total_seconds()))


def broken(error: Exception) -> Response:
    """A fault of ours: logged under a reference that the citizen can tell the office."""
    reference = secrets.token_hex(4)
    # The rule, not the address: a mailed link's address is a secret, others name a dossier.
    current_app.logger.error("fault %s at %s", reference, request.url_rule, exc_info=error)
    return page(500, reference=reference)


def init_app(app: Flask) -> None:
    """Every refusal in the site's design."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(DraftExpired, expired)
    app.register_error_handler(NoSuchDraft, expired)
    app.register_error_handler(DraftFiled, filed)
    app.register_error_handler(DraftMoved, moved)
    app.register_error_handler(ProcedureClosed, closed)
    app.register_error_handler(Conflict, busy)
    app.register_error_handler(Throttled, throttled)
    app.register_error_handler(Exception, broken)
