"""Review, "Gửi thông tin", and the page after it."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.definition.procedure import Paper
from engine.dossier import dossiers, filings, receipts
from engine.draft import drafts
from engine.errors import NotComplete
from engine.form import fees, showing
from engine.form.checklist import checklist
from engine.form.compiled import CompiledForm
from engine.form.declaration import read_back
from engine.form.journey import FieldError, Review
from engine.form.journey import review as reviewed
from engine.form.markdown import rendered
from engine.kinds import Context
from engine.office import agencies
from engine.platform.language import language
from engine.publishing import versions
from engine.storage.models import Dossier
from public import browser, formats
from public.confirming import challenge, refusal
from public.filing import Filing, first_or_start, open_filing, procedure_facts
from public.site import now

blueprint = Blueprint("sending", __name__, url_prefix="/nop-ho-so")


@blueprint.get("/<code>/xem-lai")
def review(code: str) -> AnyResponse:
    """Everything read back before it is sent."""
    filing = open_filing(code)
    if filing is None:
        return to_start(code)
    if filing.draft.dossier_id is not None:
        return redirect(filing.url(".done"), 303)
    whole = reviewed(filing.compiled, filing.answers, filing.context)
    if whole.missing:
        return redirect(filing.step_url(whole.missing), 303)
    return show_review(filing, whole, {}, ticked=False)


def to_start(code: str) -> AnyResponse:
    """Where a request goes that names no draft of this browser."""
    if versions.current(code) is None and not browser.held_for(code):
        abort(404)
    return first_or_start(code)


def show_review(filing: Filing, whole: Review, refused: dict[str, str], *, ticked: bool) -> Response:
    """The review page."""
    lang, compiled = language(), filing.compiled
    facts = {
        "procedure": procedure_facts(compiled, filing.context.agency),
        "agency": agencies.by_id(filing.draft.agency_id),
        "sections": sections(compiled, whole.journey.view, filing.context, filing),
        "warnings": [_warning(filing, whole, error, lang) for error in whole.warnings],
        "fees": fee_facts(compiled, fees.fees_due(compiled.fees, whole.journey.view, compiled.rates(filing.context))),
        "notices": filing.notices(),
        "consent_ticked": ticked,
        "consent_error": refused.get("consent", ""),
        "captcha_error": refused.get("captcha", ""),
        "captcha": challenge(),
        "action": filing.url(".send"),
        "errors": [{"text": text, "href": f"#{name}"} for name, text in refused.items() if text],
        "back_url": filing.step_url(whole.journey.steps[-1]),
        "end_url": filing.url("keeping.end"),
        "saved_at": filing.draft.saved_at,
        "kept_until": filing.draft.expires_at,
    }
    return make_response(render_template("public/review.html", **facts), 422 if refused else 200)


def sections(compiled: CompiledForm, view: Any, context: Context, filing: Filing | None = None) -> list[dict[str, Any]]:
    """The relevant answers, step by step, with "Sửa" where there is a draft to change."""
    return [
        {
            "title": part.title,
            "edit_url": filing.step_url(part.step) + (f"#{part.row}" if part.row else "") if filing else "",
            "row": bool(part.row),
            "rows": [{"label": label, "value": words} for label, words in part.rows],
        }
        for part in read_back(compiled, view, context, language())
    ]


def _warning(filing: Filing, whole: Review, error: FieldError, lang: str) -> dict[str, str]:
    shown = showing.Shown(filing.compiled, whole.journey.view, lang, filing.context)
    said = showing.sentences(filing.compiled, (error,), lang, shown)[error.field]
    return {
        "text": showing.in_summary(filing.compiled, error.field, said, lang, shown),
        "url": filing.step_url(error.step),
    }


def fee_facts(compiled: CompiledForm, due: Any) -> dict[str, Any]:
    """What has to be paid, for the pages."""
    lang = language()
    titles = {fee.name: fee.title.in_(lang) for fee in compiled.procedure.fees}
    rows = [
        {"title": titles[one.name], "amount": one.amount, "collected": one.collected, "note": ""}
        for one in due
        if one.amount
    ]
    return {"rows": rows, "total": sum(row["amount"] for row in rows)}


@blueprint.route("/<code>/gui", methods=["GET", "POST"])
def send(code: str) -> AnyResponse:
    """Takes the confirmation code and the consent, and sends."""
    filing = open_filing(code)
    if filing is None:
        return to_start(code)
    if filing.draft.dossier_id is not None:
        return redirect(filing.url(".done"), 303)
    whole = reviewed(filing.compiled, filing.answers, filing.context)
    if whole.missing:
        flash(_("Còn chỗ chưa điền xong. Điền tiếp rồi gửi."), "wait")
        return redirect(filing.step_url(whole.missing), 303)
    if request.method == "GET":
        return redirect(filing.url(".review"), 303)
    return take_send(filing, whole)


def take_send(filing: Filing, whole: Review) -> AnyResponse:
    """Sends what was reviewed, or shows the review again."""
    ticked = request.form.get("consent") == "true"
    if request.form.get("_action") == "refresh":
        return show_review(filing, whole, {}, ticked=ticked)
    refused = {
        "consent": "" if ticked else _("Đánh dấu vào ô đồng ý để gửi hồ sơ"),
        "captcha": refusal(),
    }
    refused = {name: text for name, text in refused.items() if text}
    if refused:
        return show_review(filing, whole, refused, ticked=ticked)
    try:
        filings.submit(filing.draft, now=now(), language=language())
    except NotComplete as missing:
        flash(_("Còn chỗ chưa điền xong. Điền tiếp rồi gửi."), "wait")
        return redirect(filing.step_url(missing.step), 303)
    return redirect(filing.url(".done"), 303)


@blueprint.get("/<code>/hoan-tat")
def done(code: str) -> AnyResponse:
    """The success page, for the draft's own browser."""
    filing = open_filing(code)
    if filing is None:
        return to_start(code)
    if filing.draft.dossier_id is None:
        return redirect(filing.url(".review"), 303)
    dossier = dossiers.by_id(filing.draft.dossier_id)
    browser.remember_opened(dossier.code, dossier.lookup)
    return make_response(render_template("public/done.html", **_done_facts(filing, dossier)))


def _done_facts(filing: Filing, dossier: Dossier) -> dict[str, Any]:
    of, lang = filing.compiled.procedure, language()
    papers = checklist(filing.compiled, dossiers.view(dossier, filing.compiled))
    return {
        "procedure": procedure_facts(filing.compiled, filing.context.agency),
        "agency": agencies.by_id(dossier.agency_id),
        "dossier_code": dossier.code,
        "lookup_code": drafts.lookup_code(filing.draft),
        "sent_at": dossier.filed_at,
        "answer_by": dossier.until,
        "next_steps": rendered(of.next_steps.in_(lang)) if of.next_steps else "",
        "originals": [_paper(one.paper) for one in papers if one.carried],
        "posted": [_paper(one.paper) for one in papers if one.way == "post"],
        "fees": fee_facts(filing.compiled, fees.stored(dossier.fees)),
        "receipt_url": filing.url(".receipt"),
        "mailed_to": formats.masked_email(dossier.email),
        "dossier_url": url_for("tracking.dossier", code=dossier.code),
        "end_url": filing.url("keeping.end"),
    }


def _paper(paper: Paper) -> dict[str, Any]:
    return {"title": paper.title.in_(language()), "originals": paper.originals, "copies": paper.copies}


@blueprint.get("/<code>/giay-xac-nhan.pdf")
def receipt(code: str) -> AnyResponse:
    """The receipt, with the lookup code while its own browser may see it."""
    filing = open_filing(code)
    if filing is None or filing.draft.dossier_id is None:
        return to_start(code)
    dossier = dossiers.by_id(filing.draft.dossier_id)
    lookup = drafts.lookup_code(filing.draft)
    return served_receipt(receipts.receipt_of(dossier, filing.compiled, lookup, language=language()), dossier.code)


def served_receipt(content: bytes, code: str) -> Response:
    """A receipt as a file to keep."""
    response = make_response(content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{code}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
