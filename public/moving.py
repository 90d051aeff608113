"""A draft moved to the version that is published now: what that changes is shown first, and only a POST does it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.draft import drafts
from engine.errors import Conflict
from engine.form import showing
from engine.form.compiled import CompiledForm
from engine.form.journey import journey
from engine.form.moving import Carried, carry
from engine.office import agencies
from engine.platform.language import language
from engine.publishing import versions
from public.filing import Filing, context_of, next_url, open_filing, procedure_facts
from public.sending import to_start
from public.site import now

blueprint = Blueprint("moving", __name__)
CONFLICT = 409


@blueprint.route("/nop-ho-so/<code>/phien-ban-moi", methods=["GET", "POST"])
def move(code: str) -> AnyResponse:
    """What would be lost, kept and asked under the published version; a POST moves the draft."""
    filing = open_filing(code)
    if filing is None:
        return to_start(code)
    if filing.draft.dossier_id is not None:
        return redirect(filing.url("sending.done"), 303)
    current = filing.standing.current
    if current is None or current == filing.draft.version_id:
        return redirect(next_url(filing, journey(filing.compiled, filing.answers, filing.context)), 303)
    new = versions.compiled(current)
    carried = carry(filing.compiled, new, filing.answers, context_of(filing.draft, new))
    if request.method == "POST" and not hindrance(filing, new):
        return take_move(filing, current, new, carried)
    return show(filing, current, new, carried)


def hindrance(filing: Filing, new: CompiledForm) -> str:
    """Why the draft cannot be moved; empty where it can."""
    if not new.procedure.online:
        return str(_("Theo phiên bản mới, thủ tục này không còn nộp trực tuyến."))
    office = agencies.by_id(filing.draft.agency_id)
    if office.code not in [one.code for one in agencies.receiving(new.procedure)]:
        return str(_("Theo phiên bản mới, %(agency)s không nhận thủ tục này.", agency=office.name))
    return ""


def take_move(filing: Filing, version_id: int, new: CompiledForm, carried: Carried) -> AnyResponse:
    """Moves what was shown: a draft that was saved since, or another version, is shown anew first."""
    seen = (request.form.get("revision", -1, type=int), request.form.get("version", -1, type=int))
    if seen != (filing.draft.revision, version_id):
        return show(filing, version_id, new, carried, stale=True)
    try:
        drafts.move(filing.draft, version_id, carried.answers, new, now=now())
    except Conflict:
        fresh = open_filing(filing.code)
        assert fresh is not None
        again = carry(fresh.compiled, new, fresh.answers, context_of(fresh.draft, new))
        return show(fresh, version_id, new, again, stale=True)
    flash(_("Đã chuyển sang phiên bản mới. Xem lại trước khi gửi."), "good")
    return redirect(filing.url("sending.review"), 303)


def show(filing: Filing, version_id: int, new: CompiledForm, carried: Carried, *, stale: bool = False) -> Response:
    """The page that names what would change."""
    facts = {
        "procedure": procedure_facts(filing.compiled, filing.context.agency),
        "action": filing.url(".move"),
        "revision": filing.draft.revision,
        "version": version_id,
        "stale": stale,
        "hindrance": hindrance(filing, new),
        "smooth": carried.smooth,
        "kept": carried.kept,
        "lost": answers_in_words(filing, carried.lost),
        "partly": answers_in_words(filing, carried.partly),
        "refused": refused_words(filing, new, carried),
        "asked": labels(filing, new, carried, carried.asked),
        "offered": labels(filing, new, carried, carried.offered),
        "back_url": next_url(filing, journey(filing.compiled, filing.answers, filing.context)),
        "kept_until": filing.draft.expires_at,
    }
    return make_response(render_template("public/moving.html", **facts), CONFLICT if stale else 200)


def answers_in_words(filing: Filing, names: tuple[str, ...]) -> list[dict[str, str]]:
    """Answers as the old version shows them, so that they can be written down before they go."""
    lang, walked = language(), journey(filing.compiled, filing.answers, filing.context)
    shown = showing.Shown(filing.compiled, walked.view, lang, filing.context)
    fields = filing.compiled.fields
    return [
        {
            "label": showing.filled(fields[name].label, lang, shown),
            "value": fields[name].show(walked.view[name], lang, filing.context) if name in walked.view else "",
        }
        for name in names
    ]


def refused_words(filing: Filing, new: CompiledForm, carried: Carried) -> list[str]:
    """Why answers that stay are not accepted as they are."""
    context = context_of(filing.draft, new)
    shown = showing.Shown(new, journey(new, carried.answers, context).view, language(), context)
    return list(showing.sentences(new, carried.refused, language(), shown).values())


def labels(filing: Filing, new: CompiledForm, carried: Carried, names: tuple[str, ...]) -> list[dict[str, str]]:
    """Fields of the new version, each with its step."""
    lang, context = language(), context_of(filing.draft, new)
    shown = showing.Shown(new, journey(new, carried.answers, context).view, lang, context)
    found: list[dict[str, Any]] = []
    for name in names:
        step = new.step(new.step_of[name])
        title = showing.filled(step.definition.title, lang, shown) if step else ""
        found.append({"label": showing.filled(new.fields[name].label, lang, shown), "step": title})
    return found
