"""A draft that goes on later, on another device, or not at all."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.draft import drafts, throttle
from engine.form.journey import journey
from engine.platform.language import language
from engine.publishing import versions
from public import browser, formats
from public.filing import Filing, next_url, open_filing, procedure_facts
from public.sending import to_start
from public.site import network, now

blueprint = Blueprint("keeping", __name__)


@blueprint.route("/nop-ho-so/<code>/luu-lai", methods=["GET", "POST"])
def saved(code: str) -> AnyResponse:
    """What was typed is kept; a link to go on elsewhere can be mailed."""
    filing = open_filing(code)
    if filing is None:
        return to_start(code)
    if request.method == "GET":
        return _resume_page(filing, mode="saved")
    typed = request.form.get("email", "").strip()
    try:
        address = validate_email(typed, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        sentence = _("Nhập địa chỉ thư điện tử, ví dụ ten@example.vn") if typed else _("Nhập địa chỉ thư điện tử")
        return _resume_page(filing, mode="saved", email=typed, error=sentence)
    raise_if_too_many(filing, address)
    drafts.mail_link(filing.draft, address, language=language(), now=now())
    return _resume_page(filing, mode="sent", sent_to=formats.masked_email(address))


def raise_if_too_many(filing: Filing, address: str) -> None:
    """Counts a mail: by draft, and by mailbox and network, as drafts cost nothing and the mailbox may be anybody's."""
    counted = {"resume": filing.draft.token, "resume_network": network(), "resume_mailbox": address.lower()}
    for name, key in counted.items():
        throttle.hit(name, key, now=now())


def _resume_page(filing: Filing, *, mode: str, email: str = "", error: str = "", sent_to: str = "") -> AnyResponse:
    walked = journey(filing.compiled, filing.answers, filing.context)
    facts: dict[str, Any] = {
        "mode": mode,
        "procedure": procedure_facts(filing.compiled, filing.context.agency),
        "action": filing.url("keeping.saved"),
        "draft_url": next_url(filing, walked),
        "kept_until": filing.draft.expires_at,
        "email": email,
        "email_error": error,
        "sent_to": sent_to,
        "errors": [{"text": error, "href": "#email"}] if error else [],
    }
    return make_response(render_template("public/resume.html", **facts), 422 if error else 200)


@blueprint.route("/tiep-tuc/<token>", methods=["GET", "POST"])
def resume(token: str) -> AnyResponse:
    """Goes on with a draft in this browser; only a POST opens it, so that a mail scanner does not."""
    draft = drafts.by_link(token, now=now())
    compiled = versions.compiled(draft.version_id)
    code = compiled.procedure.code
    if request.method == "POST":
        throttle.hit("resume_opened", drafts.hashed(token), now=now())
        fresh = drafts.resume(token, now=now())
        held = browser.remember(fresh, code)
        return redirect(url_for("filing.step", code=code, step=compiled.steps[0].name, d=held.number), 303)
    facts = {
        "mode": "open",
        "procedure": procedure_facts(compiled),
        "action": url_for(".resume", token=token),
        "draft_url": "",
        "kept_until": draft.expires_at,
        "email": "",
        "email_error": "",
        "sent_to": "",
        "errors": [],
    }
    return make_response(render_template("public/resume.html", **facts))


@blueprint.route("/nop-ho-so/<code>/ket-thuc", methods=["GET", "POST"])
def end(code: str) -> AnyResponse:
    """ "Kết thúc và xoá": erases the draft, or after sending the traces of it on this machine."""
    filing = open_filing(code, though_closed=True)
    if filing is None:
        return to_start(code)
    filed = filing.draft.dossier_id is not None
    erased = request.method == "POST"
    if erased:
        browser.forget(filing.held.number)
        if filed:
            browser.forget_all_opened()
        else:
            drafts.finish(filing.draft)
    walked = journey(filing.compiled, filing.answers, filing.context)
    back = filing.url("sending.done") if filed else next_url(filing, walked)
    facts = {
        "erased": erased,
        "filed": filed,
        "procedure": procedure_facts(filing.compiled, filing.context.agency),
        "action": "" if erased else filing.url("keeping.end"),
        "back_url": "" if erased else back,
    }
    return make_response(render_template("public/end.html", **facts))
