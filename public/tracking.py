"""Tracking: what anybody may see with the dossier's code, and the dossier itself behind its lookup code."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.dossier import dossiers, lookup, receipts
from engine.draft import attachments, drafts
from engine.errors import NoSuchDossier
from engine.form import fees
from engine.form.compiled import CompiledForm
from engine.kinds import Context
from engine.kinds.files import MEDIA_TYPES
from engine.office import agencies, places
from engine.office.workflow import Status
from engine.platform.language import language
from engine.publishing import versions
from engine.storage.models import Attachment, Dossier
from public import browser
from public.confirming import challenge, refusal
from public.sending import fee_facts, sections, served_receipt
from public.site import now

blueprint = Blueprint("tracking", __name__)
NO_TONE = {"stopped": "stop"}


@blueprint.route("/tra-cuu", methods=["GET", "POST"])
def track() -> AnyResponse:
    """Status, stage, unit, since and until of a dossier; with the lookup code on to the dossier itself."""
    typed = request.values.get("ma_ho_so", "").strip()[:64]
    if request.method == "GET" or request.form.get("_action") == "refresh":
        return _track_page(typed)
    code = typed
    faults = {"ma_ho_so": "" if code else _("Nhập mã hồ sơ"), "captcha": refusal()}
    faults = {name: text for name, text in faults.items() if text}
    if faults:
        return _track_page(typed, faults)
    if request.form.get("_action") == "mail":
        lookup.send_one_time_code(code, now=now(), language=language())
        return _track_page(typed, mail_sent=True)
    secret = request.form.get("ma_tra_cuu", "").strip()
    return _open(code, secret) if secret else _status(code)


def _open(code: str, secret: str) -> AnyResponse:
    try:
        found = lookup.open_dossier(code, secret, now=now())
    except NoSuchDossier:
        return _track_page(code, {"ma_tra_cuu": _("Mã hồ sơ và mã tra cứu không khớp. Xem lại cả hai mã.")})
    browser.remember_opened(found.code, found.lookup)
    return redirect(url_for(".dossier", code=found.code), 303)


def _status(code: str) -> AnyResponse:
    found = dossiers.by_code(code)
    if found is None:
        return _track_page(code, {"ma_ho_so": _("Không có hồ sơ mang mã này. Xem lại mã trên giấy xác nhận.")})
    return _track_page(code, result=_result(found))


def _track_page(
    typed: str,
    faults: dict[str, str] | None = None,
    *,
    result: dict[str, Any] | None = None,
    mail_sent: bool = False,
) -> Response:
    facts = {
        "ma_ho_so": typed,
        "captcha": challenge(),
        "errors": [{"text": text, "href": f"#{name}"} for name, text in (faults or {}).items()],
        "faults": faults or {},
        "result": result,
        "action": url_for(".track"),
        "mail_sent": mail_sent,
    }
    return make_response(render_template("public/track.html", **facts), 422 if faults else 200)


def _result(found: Dossier) -> dict[str, Any]:
    status = Status(found.status)
    return {
        "code": found.code,
        "tone": tone(found),
        "status": status.title(language()),
        "agency": agencies.by_id(found.agency_id).name,
        "unit": unit_now(found),
        "since": found.since,
        "until": found.until,
        "stages": stages(found, persons=False),
        "next": next_for_citizen(status),
    }


def unit_now(found: Dossier) -> str:
    """The unit that holds a dossier; none once it has ended."""
    return "" if Status(found.status).ended else agencies.unit_title(found.agency_id, found.unit)


def tone(found: Dossier) -> str:
    """The colour of a dossier's state; red once it is late."""
    if found.until is not None and found.until < now():
        return "bad"
    word = Status(found.status).tone
    return NO_TONE.get(word, word)


def next_for_citizen(status: Status) -> str:
    """The one thing that the citizen can do now."""
    if status is Status.DONE:
        return str(_("Đã có kết quả. Mời ông/bà đến nơi tiếp nhận để nhận, mang theo bản chính giấy tờ."))
    return ""


def stages(found: Dossier, *, persons: bool) -> list[dict[str, Any]]:
    """The line of stages: received, the procedure's own, done, returned."""
    of = versions.compiled(found.version_id).procedure
    events = dossiers.events(found)
    return [_stage(found, step, events, persons=persons) for step in dossiers.line(of, found, events)]


def _stage(found: Dossier, step: dossiers.LineStep, events: Any, *, persons: bool) -> dict[str, Any]:
    late = step.state == "here" and found.until is not None and found.until < now()
    return {
        "title": step.title.in_(language()),
        "state": step.state,
        "unit": agencies.unit_title(found.agency_id, step.unit) if step.unit else "",
        "person": step.person if persons else "",
        "since": step.since,
        "until": found.until if step.state == "here" else None,
        "late": late,
    }


@blueprint.get("/ho-so/<code>")
def dossier(code: str) -> AnyResponse:
    """The citizen's own dossier."""
    found = opened_or_none(code)
    if found is None:
        return redirect(url_for(".track", ma_ho_so=code), 303)
    return make_response(render_template("public/dossier.html", **_dossier_facts(found)))


def opened_or_none(code: str) -> Dossier | None:
    """The dossier, where this browser has opened it with its lookup code."""
    found = dossiers.by_code(code)
    return found if found is not None and browser.opened(found.code, found.lookup) else None


def _dossier_facts(found: Dossier) -> dict[str, Any]:
    compiled = versions.compiled(found.version_id)
    files = attachments.of_dossier(found)
    context = _context(found, files)
    view = dossiers.view(found, compiled)
    status = Status(found.status)
    hint = next_for_citizen(status)
    return {
        "dossier": {
            "code": found.code,
            "title": compiled.procedure.title.in_(language()),
            "agency": agencies.by_id(found.agency_id).name,
            "sent_at": found.filed_at,
            "tone": tone(found),
            "status": status.title(language()),
            "unit": unit_now(found),
            "person": found.officer.full_name if found.officer else "",
            "since": found.since,
            "until": found.until,
        },
        "todo": {"text": hint, "url": "", "words": ""} if hint else None,
        "stages": stages(found, persons=True),
        "events": _events(found, compiled),
        "results": [_file(one, found) for one in files if one.purpose == "result"],
        "papers": [_file(one, found) for one in files if one.purpose == "answer"],
        "sections": sections(compiled, view, context),
        "fees": fee_facts(compiled, fees.stored(found.fees)),
        "receipt_url": url_for(".receipt", code=found.code),
        "leave_url": url_for(".leave", code=found.code),
    }


def _context(found: Dossier, files: list[Attachment]) -> Context:
    names = {one.public_id: one.name for one in files}
    of_day = places.places_of(found.filed_on)
    return Context(found.filed_on, of_day, found.channel, agencies.by_id(found.agency_id).code, "", names)


def _events(found: Dossier, compiled: CompiledForm) -> list[dict[str, Any]]:
    lang = language()
    return [
        {
            "at": event.at,
            "title": dossiers.event_title(event, compiled.procedure).in_(lang),
            "unit": agencies.unit_title(found.agency_id, event.unit),
            "person": event.person,
            "note": event.text,
            "files": [],
        }
        for event in reversed(dossiers.events(found))
    ]


def _file(one: Attachment, found: Dossier) -> dict[str, Any]:
    kinds = {media_type: ending.upper() for ending, media_type in MEDIA_TYPES.items()}
    return {"title": one.name, "url": url_for(".file", code=found.code, public_id=one.public_id),
            "kind": kinds.get(one.media_type, ""), "size": one.size}  # fmt: skip


@blueprint.get("/ho-so/<code>/tep/<public_id>")
def file(code: str, public_id: str) -> AnyResponse:
    """A file of the dossier."""
    found = opened_or_none(code)
    one = attachments.find(public_id) if found else None
    if found is None or one is None or one.dossier_id != found.id:
        abort(404)
    response = send_file(attachments.path(one), mimetype=one.media_type, as_attachment=True, download_name=one.name)
    response.headers.update(attachments.headers(one))
    return response


@blueprint.get("/ho-so/<code>/giay-xac-nhan.pdf")
def receipt(code: str) -> AnyResponse:
    """The receipt, without the lookup code."""
    found = opened_or_none(code)
    if found is None:
        abort(404)
    compiled = versions.compiled(found.version_id)
    return served_receipt(receipts.receipt_of(found, compiled, "", language=language()), found.code)


@blueprint.post("/ho-so/<code>/dong")
def leave(code: str) -> AnyResponse:
    """Closes the dossier on this machine, and the page after sending, which shows its lookup code."""
    found = opened_or_none(code)
    if found is not None:
        browser.forget_opened(found.code)
        for held in browser.held():
            if drafts.leads_to(held.token, found.id, now=now()):
                browser.forget(held.number)
    return redirect(url_for(".track"), 303)
