"""The officers' desk: the lists of an agency's dossiers, and the page of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import access, queues
from admin.tables import as_id
from admin.words import clock, due
from engine.dossier import desk as verbs
from engine.dossier import dossiers
from engine.draft import attachments
from engine.errors import Conflict, IllegalMove, NoSuchDossier, NotAllowed, ReasonMissing
from engine.form import fees
from engine.form.checklist import checklist
from engine.form.compiled import CompiledForm
from engine.form.declaration import read_back
from engine.kinds import Context, Refused
from engine.office import agencies, places
from engine.office.workflow import Status
from engine.publishing import versions
from engine.storage import journal
from engine.storage.models import Attachment, Dossier

LANGUAGE = "vi"
TONES = {"stopped": "stop"}


def dossier_list() -> ResponseReturnValue:
    """A list of the agency's dossiers."""
    agency, name, words = access.me().agency_id, request.args.get("muc", ""), request.args.get("q", "").strip()
    queue = queues.QUEUES.get(name) or abort(404)
    after, before = request.args.get("sau", type=as_id), request.args.get("truoc", type=as_id)
    page = queues.page_of(agency, queue, words, now=access.now(), after=after, before=before)
    units = unit_titles(agency)
    rows = [_row(one, units) for one in page.rows]
    return render_template("back/dossiers.html", queue=queue, name=name, words=words, rows=rows, page=page)


def unit_titles(agency: int | None) -> dict[str, str]:
    """What people call the units of an agency, by name."""
    return {unit.name: unit.title for unit in agencies.units(agency or 0)}


def _row(found: Dossier, units: dict[str, str]) -> dict[str, Any]:
    status = Status(found.status)
    return {
        "code": found.code,
        "url": url_for(".dossier", code=found.code),
        "title": found.version.title,
        "applicant": found.applicant,
        "tone": tone(status),
        "status": status.title(LANGUAGE),
        "unit": units.get(found.unit, found.unit),
        "officer": str(found.officer) if found.officer else "",
        "due": None if status.ended else due(found.until, now=access.now()),
    }


def tone(status: Status) -> str:
    """The colour of a state, as the style sheet calls it."""
    return TONES.get(status.tone, status.tone)


def dossier(code: str) -> ResponseReturnValue:
    """A dossier of the agency; that it was opened is remembered."""
    with _not_found():
        found = verbs.opened(_found(code), by=access.me(), now=access.now())
    return show(found)


def mine(code: str) -> Dossier:
    """The dossier, if it is of the officer's agency; another's is answered like none."""
    with _not_found():
        return verbs.theirs(_found(code), by=access.me())


def _found(code: str) -> Dossier:
    return dossiers.by_code(code) or abort(404)


@contextmanager
def _not_found() -> Iterator[None]:
    """What an officer may not see is answered like what is not there."""
    try:
        yield
    except (NoSuchDossier, NotAllowed):
        abort(404)


def show(found: Dossier, refused: str = "", *, move: str = "", note: str = "", status: int = 200) -> Response:
    """The page of a dossier; with what was refused, if anything was."""
    compiled = versions.compiled(found.version_id)
    files, units = attachments.of_dossier(found), unit_titles(found.agency_id)
    view = dossiers.view(found, compiled)
    facts = {
        "dossier": _facts(found, compiled, units),
        "steps": read_back(compiled, view, _context(found, files), LANGUAGE),
        "papers": [one for one in files if one.purpose == "answer"],
        "checklist": checklist(compiled, view),
        "results": [one for one in files if one.purpose == "result"],
        "fees": _fees(found, compiled),
        "events": _events(found, compiled, units),
        "moves": offered(found, compiled),
        "refused": refused,
        "chosen": move,
        "note": note,
    }
    return make_response(render_template("back/dossier.html", **facts), status)


def _facts(found: Dossier, compiled: CompiledForm, units: dict[str, str]) -> dict[str, Any]:
    status = Status(found.status)
    return {
        "code": found.code,
        "title": compiled.procedure.title.in_(LANGUAGE),
        "applicant": found.applicant,
        "tone": tone(status),
        "status": status.title(LANGUAGE),
        "stage": _stage_titles(compiled).get(found.stage or "", ""),
        "unit": units.get(found.unit, found.unit),
        "officer": str(found.officer) if found.officer else "",
        "filed_at": clock(found.filed_at),
        "since": clock(found.since),
        "due": None if status.ended else due(found.until, now=access.now()),
        "due_at": clock(found.due_at),
        "channel": CHANNELS[found.channel](),
        "email": found.email,
        "revision": found.revision,
        "version": found.version.number,
        "digest": found.version.digest,
    }


CHANNELS = {
    "online": lambda: _("Trực tuyến"),
    "in_person": lambda: _("Trực tiếp"),
    "post": lambda: _("Qua bưu chính"),
}


def offered(found: Dossier, compiled: CompiledForm) -> list[dict[str, Any]]:
    """The moves that the officer can make now."""
    titles = _stage_titles(compiled)
    return [
        {
            "name": move.name,
            "title": move.title.in_(LANGUAGE),
            "to": titles.get(move.to.stage or "") or move.to.status.title(LANGUAGE),
            "needs_reason": move.needs_reason,
            "needs_result": move.needs_result,
        }
        for move in verbs.moves(found)
    ]


def _stage_titles(compiled: CompiledForm) -> dict[str, str]:
    processing = compiled.procedure.processing
    return {stage.stage: stage.title.in_(LANGUAGE) for stage in processing.stages} if processing else {}


def _context(found: Dossier, files: list[Attachment]) -> Context:
    names = {one.public_id: one.name for one in files}
    agency = agencies.by_id(found.agency_id).code
    return Context(found.filed_on, places.places_of(found.filed_on), found.channel, agency, "", names)


def _fees(found: Dossier, compiled: CompiledForm) -> list[tuple[str, int]]:
    titles = {fee.name: fee.title.in_(LANGUAGE) for fee in compiled.procedure.fees}
    return [(titles[one.name], one.amount) for one in fees.stored(found.fees) if one.amount]


def _events(found: Dossier, compiled: CompiledForm, units: dict[str, str]) -> list[dict[str, Any]]:
    """What happened, the latest first."""
    return [
        {
            "title": dossiers.event_title(event, compiled.procedure).in_(LANGUAGE),
            "at": clock(event.at),
            "unit": units.get(event.unit, event.unit),
            "person": event.person,
            "until": clock(event.until),
            "text": event.text,
        }
        for event in reversed(dossiers.events(found))
    ]


def move(code: str) -> ResponseReturnValue:
    """Makes a move; what is refused keeps the words that were typed."""
    found, name, note = mine(code), request.form.get("move", ""), request.form.get("note", "")
    revision, result = request.form.get("revision", -1, type=int), request.files.get("result")
    try:
        verbs.move(found.id, name, revision=revision, by=access.me(), now=access.now(), note=note, result=result)
    except Conflict as conflict:
        return show(dossiers.by_id(found.id), _conflict_words(conflict, found), move=name, note=note, status=409)
    except IllegalMove:
        return show(found, _("Việc này không làm được ở trạng thái hiện tại."), note=note, status=422)
    except ReasonMissing:
        return show(found, _("Ghi lý do vào lời nhắn cho người dân."), move=name, note=note, status=422)
    except Refused as refused:
        return show(found, refused.problem.sentence(_("Tệp kết quả"), LANGUAGE), move=name, note=note, status=422)
    flash(_("Đã xong. Người dân được báo qua thư điện tử.") if found.email else _("Đã xong."), "good")
    return redirect(url_for(".dossier", code=found.code), 303)


def _conflict_words(conflict: Conflict, found: Dossier) -> str:
    title = dossiers.EVENT_TITLES.get(conflict.event)
    words = _("%(who)s vừa làm “%(what)s” lúc %(at)s. Xem lại hồ sơ rồi làm tiếp; lời nhắn của ông/bà còn ở dưới.")
    facts = {
        "who": conflict.by or _("Người khác"),
        "what": title.in_(LANGUAGE) if title else conflict.event,
        "at": clock(conflict.at),
    }
    return str(words % facts)


def new_lookup_code(code: str) -> ResponseReturnValue:
    """A new lookup code, which is shown here and nowhere else."""
    found = mine(code)
    if request.form.get("checked") != "true":
        words = _("Kiểm tra giấy tờ của người nộp, đánh dấu vào ô đã kiểm tra rồi cấp mã.")
        return show(found, words, status=422)
    try:
        lookup = verbs.reissue_lookup(found.id, by=access.me(), now=access.now())
    except Conflict as conflict:
        return show(dossiers.by_id(found.id), _conflict_words(conflict, found), status=409)
    address = dossiers.track_url(found.code)
    return render_template("back/lookup_code.html", dossier=found, lookup=lookup, address=address)


def dossier_file(code: str, public_id: str) -> ResponseReturnValue:
    """A file of the dossier, to be saved; that it was taken is remembered."""
    found, one = mine(code), attachments.find(public_id)
    if one is None or one.dossier_id != found.id:
        abort(404)
    journal.write("file_taken", found.code, by=access.me().email, now=access.now(), details={"file": one.public_id})
    response = send_file(attachments.path(one), mimetype=one.media_type, as_attachment=True, download_name=one.name)
    response.headers.update(attachments.headers(one))
    return response


def add_to(blueprint: Blueprint) -> None:
    """Adds the pages of the desk."""
    blueprint.add_url_rule("/ho-so", view_func=dossier_list)
    blueprint.add_url_rule("/ho-so/<code>", view_func=dossier)
    blueprint.add_url_rule("/ho-so/<code>/tep/<public_id>", view_func=dossier_file)
    blueprint.add_url_rule("/ho-so/<code>/chuyen", view_func=move, methods=["POST"])
    blueprint.add_url_rule("/ho-so/<code>/ma-tra-cuu", view_func=new_lookup_code, methods=["POST"])
