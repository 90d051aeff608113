"""Filing online: start, the steps, review, sending, and the page after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.dossier import filings
from engine.draft import attachments, drafts, throttle
from engine.errors import ProcedureClosed
from engine.form import pages, rows, showing
from engine.form.answers import Answers
from engine.form.compiled import CompiledForm, CompiledStep, Inputs
from engine.form.journey import FieldError, Journey, Posted, expected, journey, look, post, save, standing
from engine.kinds import Context
from engine.office import agencies
from engine.platform.language import language
from engine.publishing import versions
from engine.publishing.standing import Standing, of_version
from engine.storage.models import Draft
from public import browser, closing
from public.browser import Held
from public.information import wanted_words
from public.site import address, network, now, today

blueprint = Blueprint("filing", __name__, url_prefix="/nop-ho-so")


@dataclass(frozen=True, slots=True)
class Filing:
    """A draft of this browser with all that its pages need."""

    held: Held
    draft: Draft
    compiled: CompiledForm
    answers: Answers
    context: Context
    standing: Standing

    @property
    def code(self) -> str:
        """The procedure's code."""
        return self.held.code

    def url(self, endpoint: str, **values: Any) -> str:
        """An address of this draft."""
        return address(endpoint, code=self.code, d=self.held.number, **values)

    def notices(self) -> list[dict[str, str]]:
        """What the citizen has to know of the procedure by now."""
        return closing.notices(self.standing, self.draft.version_id, self.draft.expires_at, self.url("moving.move"))

    def step_url(self, step: str) -> str:
        """The address of a step."""
        return self.url("filing.step", step=step)


def open_filing(code: str, *, though_closed: bool = False) -> Filing | None:
    """The draft that this request is about; nothing where the browser holds none or several of the procedure.

    Raises `NoSuchDraft`, `DraftExpired`, and `ProcedureClosed` for a draft that cannot be sent any more.
    """
    held = browser.chosen(code)
    if held is None:
        return None
    draft = drafts.find(held.token, now=now())
    stood = of_version(draft.version_id)
    if stood.closed(today()) and draft.dossier_id is None and not though_closed:
        raise ProcedureClosed(code, stood.closed_on)
    compiled = versions.compiled(draft.version_id)
    answers = drafts.answers(draft, compiled)
    return Filing(held, draft, compiled, answers, context_of(draft, compiled), stood)


def context_of(draft: Draft, compiled: CompiledForm) -> Context:
    """What the answers of a draft may depend on today."""
    return filings.received_by(draft, compiled, today=today())[1]


def first_or_start(code: str) -> AnyResponse:
    """Where a request goes that names no draft: to the page where one is begun or chosen."""
    return redirect(url_for("filing.start", code=code), 303)


@blueprint.route("/<code>", methods=["GET", "POST"])
def start(code: str) -> AnyResponse:
    """What will be asked; a POST begins a draft, a GET never does."""
    version = versions.current(code)
    stood = of_version(version.id) if version else None
    if version is None or stood is None or stood.closed(today()):
        return closing.refuse(code)
    compiled = versions.compiled(version.id)
    if not compiled.procedure.online:
        abort(404)
    offices = agencies.receiving(compiled.procedure)
    given = offices[0].code if len(offices) == 1 else request.args.get("co_quan", "")
    chosen = request.form.get("agency", given)
    office = next((one for one in offices if one.code == chosen), None)
    if request.method == "POST" and office is not None:
        throttle.hit("start", network(), now=now())
        token = drafts.new_token()
        drafts.start(version, office, channel="online", language=language(), now=now(), token=token)
        held = browser.remember(token, code)
        return redirect(url_for(".step", code=code, step=compiled.steps[0].name, d=held.number), 303)
    refused = request.method == "POST"
    facts = _start_facts(compiled, offices, chosen, refused=refused)
    facts["last_day"] = closing.last_day(stood.closed_on) if stood.closed_on else ""
    return make_response(render_template("public/start.html", **facts), 422 if refused else 200)


def _start_facts(compiled: CompiledForm, offices: Any, chosen: str, *, refused: bool) -> dict[str, Any]:
    lang, of = language(), compiled.procedure
    sentence = _("Chọn nơi nộp hồ sơ") if refused else ""
    return {
        "procedure": procedure_facts(compiled),
        "action": url_for(".start", code=of.code),
        "steps": [showing.bare(step.definition.title, lang) for step in compiled.steps],
        "papers": [
            {"title": paper.title.in_(lang), "wanted": wanted_words(paper)}
            for paper in of.every_paper
            if paper.attach != "none"
        ],
        "agencies": [
            {"code": one.code, "name": one.name, "address": one.address, "chosen": one.code == chosen}
            for one in offices
        ],
        "agency_error": sentence,
        "errors": [{"text": sentence, "href": "#agency"}] if refused else [],
        "drafts": [_draft_facts(held) for held in browser.held_for(of.code) if drafts.alive(held.token, now=now())],
        "kept_days": drafts.kept_days(),
        "minutes": 0,
    }


def procedure_facts(compiled: CompiledForm, agency: str = "") -> dict[str, str]:
    """The procedure as the filing pages name it; `agency` is the code of the one whose amounts its page is to show."""
    of = compiled.procedure
    shown = {"co_quan": agency} if agency and of.rates else {}
    return {
        "title": of.title.in_(language()),
        "url": address("information.procedure", code=of.code, **shown),
        "code": of.code,
    }


def _draft_facts(held: Held) -> dict[str, Any]:
    draft = drafts.find(held.token, now=now())
    compiled = versions.compiled(draft.version_id)
    answers = drafts.answers(draft, compiled)
    walked = journey(compiled, answers, context_of(draft, compiled))
    step = compiled.step(walked.missing or "")
    return {
        "url": _draft_url(held, walked),
        "agency": agencies.by_id(draft.agency_id).name,
        "saved_at": draft.saved_at,
        "expires_at": draft.expires_at,
        "step": showing.bare(step.definition.title, language()) if step else _("Xem lại và gửi"),
        "label": _draft_label(compiled, walked),
    }


def _draft_label(compiled: CompiledForm, walked: Journey) -> str:
    """What tells a draft from its twins: the applicant, and the first line of text of another step."""
    applicant = compiled.procedure.applicant
    names = [name for name in (applicant.name if applicant else ()) if name in walked.view][:1]
    others = (
        item.name
        for step in compiled.steps
        for item in step.fields
        if item.KIND == "text" and item.name in walked.view and step.name not in map(compiled.step_of.get, names)
    )
    return " · ".join(str(walked.view[name]) for name in [*names, *list(others)[:1]])


def _draft_url(held: Held, walked: Journey) -> str:
    if walked.missing is None:
        return url_for("sending.review", code=held.code, d=held.number)
    return url_for(".step", code=held.code, step=walked.missing, d=held.number)


@blueprint.route("/<code>/<step>", methods=["GET", "POST"])
def step(code: str, step: str) -> AnyResponse:
    """One step of the form."""
    filing = open_filing(code)
    if filing is None:
        known_or_404(code, step)
        return first_or_start(code)
    at = filing.compiled.step(step)
    if at is None:
        abort(404)
    if filing.draft.dossier_id is not None:
        return redirect(filing.url("sending.done"), 303)
    walked = journey(filing.compiled, filing.answers, filing.context)
    if not walked.reached(step):
        return redirect(next_url(filing, walked), 303)
    if request.method == "GET":
        typed = pages.typed_inputs(at, filing.answers, filing.context, walked.view)
        return show_step(filing, at, walked, typed, *standing_errors(filing, at, walked))
    return take_post(filing, at, walked)


def standing_errors(filing: Filing, at: CompiledStep, walked: Journey) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What is wrong on a step that was accepted once: a change of an earlier answer may have led back to it."""
    if at.name not in filing.answers.posted:
        return {}, []
    errors = standing(filing.compiled, at, filing.answers, walked, filing.context)
    shown = showing.Shown(filing.compiled, walked.view, language(), filing.context)
    said = showing.sentences(filing.compiled, errors, language(), shown)
    return said, _links(filing, at, errors, said, shown)


def known_or_404(code: str, step: str) -> None:
    """Ends in 404 for a procedure or a step that does not exist."""
    version = versions.current(code)
    if version is None or versions.compiled(version.id).step(step) is None:
        abort(404)


def next_url(filing: Filing, walked: Journey) -> str:
    """The first missing step, or the review."""
    return filing.step_url(walked.missing) if walked.missing else filing.url("sending.review")


def take_post(filing: Filing, at: CompiledStep, walked: Journey) -> AnyResponse:
    """Files first, so that good ones are kept whatever else is wrong; then the answers."""
    inputs = Inputs(request.form.lists())
    received = attachments.receive_all(filing.draft, at.files, request.files, now=now())
    received = received.with_(attachments.receive_drawn(filing.draft, at.signatures, inputs, now=now()))
    context = attachments.with_received(filing.context, received)
    inputs = with_ids(at, inputs, received)
    action = request.form.get("_action", "")
    if action == "save":
        drafts.save(filing.draft, save(at, filing.answers, inputs, context), filing.compiled, now=now())
        return redirect(filing.url("keeping.saved"), 303)
    if action:
        return act(filing, at, inputs, received, context)
    result = post(filing.compiled, at, filing.answers, inputs, context)
    if result.good and not received.refused:
        drafts.save(filing.draft, result.answers, filing.compiled, now=now())
        return redirect(next_url(filing, result.journey), 303)
    return refuse(filing, at, result, received, context)


def with_ids(at: CompiledStep, posted: Inputs, received: attachments.Received) -> Inputs:
    """What was posted, with the ids of what has just come in place of the files and drawings themselves."""
    inputs = Inputs(posted)
    for item in at.files:
        inputs[f"{item.name}-keep"] = [*posted.getlist(f"{item.name}-keep"), *received.ids.get(item.name, ())]
    for name in (item.name for item in at.signatures):
        sent = [value for value in posted.getlist(f"{name}-drawn") if not value.startswith(attachments.DATA_URL)]
        drawn = [value for value in (*sent, *received.ids.get(name, ())) if value]
        inputs[f"{name}-drawn"] = drawn[-1:]
    return inputs


def act(filing: Filing, at: CompiledStep, inputs: Inputs, received: Any, context: Context) -> AnyResponse:
    """What a button inside the form asks for: a row more or less, or the page anew; nothing is validated."""
    action = request.form["_action"]
    acted = rows.act(at, inputs, action)
    result = look(filing.compiled, at, filing.answers, acted.inputs if acted else inputs, context)
    shown = showing.Shown(filing.compiled, result.journey.view, language(), context)
    notice = "" if acted or action == "refresh" else _("Nút vừa bấm không có trên trang này. Những gì đã điền vẫn còn.")
    if acted and acted.problem and acted.group:
        notice = acted.problem.sentence(showing.filled(acted.group.label, language(), shown), language())
    page = kept_files(filing, at, result, received, context)
    said = received.sentences(filing.compiled, language())
    links = _links(filing, at, (), said, shown)
    typed = pages.posted_inputs(at, result.inputs)
    return show_step(page, at, result.journey, typed, said, links, notice=notice, target=acted.target if acted else "")


def kept_files(filing: Filing, at: CompiledStep, result: Posted, received: Any, context: Context) -> Filing:
    """Stores what came of good files and nothing else; the filing that shows them."""
    if received.ids:
        kept: dict[str, Any] = {item.name: item.parse(result.inputs, context) for item in at.files}
        kept |= {item.name: received.ids[item.name][-1] for item in at.signatures if item.name in received.ids}
        drafts.save(filing.draft, filing.answers.with_values(kept), filing.compiled, now=now())
    return replace(filing, context=context)


def refuse(filing: Filing, at: CompiledStep, result: Posted, received: Any, context: Context) -> AnyResponse:
    """The page again with all that was typed; of what came only the good files are stored."""
    page = kept_files(filing, at, result, received, context)
    shown = showing.Shown(filing.compiled, result.journey.view, language(), context)
    said = received.sentences(filing.compiled, language()) | {}
    for name, sentence in showing.sentences(filing.compiled, result.errors, language(), shown).items():
        said.setdefault(name, sentence)
    links = _links(filing, at, result.errors, said, shown)
    typed = pages.posted_inputs(at, result.inputs)
    return show_step(page, at, result.journey, typed, said, links, status=422 if links else 200)


def _links(
    filing: Filing, at: CompiledStep, errors: tuple[FieldError, ...], said: dict[str, str], shown: showing.Shown
) -> list[dict[str, str]]:
    by_field = {error.field: error for error in reversed(errors)}
    links = []
    for name in sorted(said, key=lambda name: _place(at, name)):  # by group; rows stand in order already
        error = by_field.get(name)
        target = showing.anchor(filing.compiled, error) if error else name
        elsewhere = error is not None and error.step != at.name
        href = f"{filing.step_url(error.step)}#{target}" if error and elsewhere else f"#{target}"
        text = showing.in_summary(filing.compiled, name, said[name], language(), shown)
        links.append({"text": text, "href": href})
    return links


def _place(at: CompiledStep, name: str) -> int:
    """Where a field stands on the page; a column stands with its group."""
    names = [item.name for item in at.fields]
    own = name.partition("-")[0]
    return names.index(own) if own in names else len(names)


def show_step(
    filing: Filing,
    at: CompiledStep,
    walked: Journey,
    typed: dict[str, Any],
    said: dict[str, str],
    links: list[dict[str, str]],
    *,
    status: int = 200,
    notice: str = "",
    target: str = "",
) -> Response:
    """The page of a step; `target` is the id of the row to which it goes."""
    lang = language()
    fields = pages.render(
        filing.compiled, at, typed, errors=said, view=walked.view, context=filing.context, language=lang,
        rows=walked.rows, target=target,
    )  # fmt: skip
    before = walked.before(at.name) if at.name in walked.steps else None
    facts = {
        "procedure": procedure_facts(filing.compiled, filing.context.agency),
        "step": _step_facts(filing, at, walked),
        "steps": _rail(filing, at, walked),
        "action": filing.step_url(at.name),
        "fields": fields,
        "errors": links,
        "notices": [*filing.notices(), *([{"text": notice, "url": "", "link": ""}] if notice else [])],
        "back_url": filing.step_url(before) if before else address("filing.start", code=filing.code),
        "end_url": filing.url("keeping.end"),
        "saved_at": filing.draft.saved_at if filing.answers.posted else None,
        "kept_until": filing.draft.expires_at,
    }
    return make_response(render_template("public/step.html", **facts), status)


def _step_facts(filing: Filing, at: CompiledStep, walked: Journey) -> dict[str, Any]:
    lang = language()
    shown = showing.Shown(filing.compiled, walked.view, lang, filing.context)
    hint = at.definition.hint
    return {
        "number": _expected(filing, at, walked).index(at.name) + 1,
        "title": showing.filled(at.definition.title, lang, shown),
        "hint": showing.filled(hint, lang, shown) if hint else "",
    }


def _expected(filing: Filing, at: CompiledStep, walked: Journey) -> tuple[str, ...]:
    """The steps that are counted, this one in any case."""
    steps = expected(filing.compiled, filing.answers, walked)
    return steps if at.name in steps else (at.name, *steps)


def _rail(filing: Filing, at: CompiledStep, walked: Journey) -> list[dict[str, str]]:
    lang = language()
    rail = []
    for name in _expected(filing, at, walked):
        one = filing.compiled.step(name)
        assert one is not None
        done = name in filing.answers.posted
        state = "here" if name == at.name else "done" if done else "next"
        url = filing.step_url(name) if walked.reached(name) else ""
        rail.append({"title": showing.bare(one.definition.title, lang), "url": url, "state": state})
    return rail
