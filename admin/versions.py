"""The versions of a procedure: their list, one of them, what differs between two, publishing, and the dry run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from peewee import fn

from admin import access
from admin.procedures import FILE, of_code, revision, shown_fault
from admin.tables import as_id
from admin.words import clock
from engine.calendar import ZONE
from engine.definition import change_words
from engine.definition.difference import Change
from engine.dossier import dry_run
from engine.errors import NoSuchVersion, NotPublishable
from engine.form.compiled import CompiledForm, compile_form
from engine.format import source
from engine.format.faults import Fault, errors
from engine.platform.paging import paged
from engine.publishing import comparing, standing, versions
from engine.publishing.comparing import State
from engine.storage import journal
from engine.storage.models import Dossier, Draft, ProcedureRow, Version

PAGE = 20
CHANGES = 100  # of a comparison on one page
LANGUAGE = "vi"
DRAFT = "nhap"
COLUMNS = (
    Version.id, Version.number, Version.digest, Version.note, Version.author, Version.published_at,
    Version.withdrawn_at, Version.title, Version.code,
)  # fmt: skip
BADGES = {
    "added": ("good", "check"),
    "removed": ("bad", "trash"),
    "changed": ("info", "edit"),
    "moved": ("stop", "next"),
}


def today() -> str:
    """The local day, `YYYY-MM-DD`."""
    return access.now().astimezone(ZONE).date().isoformat()


def head(row: ProcedureRow) -> dict[str, Any]:
    """What every page of a procedure's versions shows of it."""
    stood = standing.Standing(row.current, row.closed_on or "", row.successor or "")
    closed = "/".join(reversed(stood.closed_on.split("-"))) if stood.closed_on else ""
    return {"row": row, "closed_on": closed, "closed": stood.closed(today()), "successor": stood.successor}


# The list


def version_list(code: str) -> ResponseReturnValue:
    """The versions, the latest first, with how many dossiers and drafts stand on each."""
    row = of_code(code)
    count = Version.select().where(Version.procedure == row).count()
    number, pages = paged(count, PAGE, request.args.get("trang", 1, type=int))
    query = Version.select(*COLUMNS).where(Version.procedure == row).order_by(Version.number.desc())
    found = list(query.paginate(number, PAGE))
    filed, begun = _counted(Dossier, found), _counted(Draft, found)
    listed = [_facts(one, row) | {"dossiers": filed.get(one.id, 0), "drafts": begun.get(one.id, 0)} for one in found]
    facts = {"versions": listed, "count": count, "number": number, "pages": pages, "numbers": _numbers(row)}
    return render_template("back/versions.html", **facts, **head(row))


def _counted(table: Any, found: Sequence[Version]) -> dict[int, int]:
    """How many dossiers, or drafts that were not sent, stand on each version."""
    wanted = table.version.in_([one.id for one in found])
    if table is Draft:
        wanted &= table.dossier.is_null()
    query = table.select(table.version, fn.COUNT(table.id)).where(wanted).group_by(table.version)
    return dict(query.tuples())


def _facts(one: Version, row: ProcedureRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": one.number,
        "digest": one.digest,
        "note": one.note,
        "author": one.author,
        "published_at": clock(one.published_at),
        "withdrawn_at": clock(one.withdrawn_at),
        "shown": one.id == row.current,
        "title": one.title,
    }


def _numbers(row: ProcedureRow) -> list[int]:
    """The numbers that can be compared: the latest hundred, newest first."""
    query = Version.select(Version.number).where(Version.procedure == row).order_by(Version.number.desc())
    return [one.number for one in query.limit(100)]


# One


def version(code: str, number: int) -> ResponseReturnValue:
    """A published version, to read, with what today's checks say of it."""
    row, found = of_code(code), numbered(code, number)
    faults = [shown_fault(fault) for fault in comparing.faults_of(found)]
    facts = {
        "version": _facts(found, row),
        "text": source.dump(versions.pinned(found.id)["procedure"]),
        "faults": faults,
        "numbers": [other for other in _numbers(row) if other != number],
    }
    return render_template("back/version.html", **facts, **head(row))


def numbered(code: str, number: int) -> Version:
    """A version by its number, or the page that there is none."""
    try:
        return standing.version_of(code, number)
    except NoSuchVersion:
        abort(404)


# Two


def compare(code: str) -> ResponseReturnValue:
    """What differs between two versions, or a version and the draft."""
    row = of_code(code)
    numbers = _numbers(row)
    if not numbers:
        return render_template("back/compare.html", numbers=[], old=None, new=None, told=None, **head(row))
    last = str(_current_number(row) or numbers[0])
    old, new = request.args.get("tu", last), request.args.get("den", DRAFT)
    first, second = state_of(code, old), state_of(code, new)
    told = Told(()) if first is None or second is None else told_of(comparing.changes(first, second))
    facts = {"numbers": numbers, "old": old, "new": new, "told": told, "broken": first is None or second is None}
    return render_template("back/compare.html", **facts, **head(row))


def _current_number(row: ProcedureRow) -> int | None:
    found = Version.get_or_none(Version.id == row.current) if row.current else None
    return found.number if found else None


def state_of(code: str, named: str) -> State | None:
    """The version of a number, or the draft; nothing where the draft has faults. Ends in 404 for what is not there."""
    if named == DRAFT:
        return comparing.of_draft(code)[0]
    return comparing.of_version(numbered(code, int(named) if named.isdecimal() and len(named) < 9 else 0))


@dataclass(frozen=True, slots=True)
class Line:
    """A change as a page tells it."""

    what: str
    tone: str
    icon: str
    sentence: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Told:
    """One page of changes, and how many there are in all; `broken` of them drafts in hand could not go on over."""

    lines: tuple[Line, ...]
    count: int = 0
    broken: int = 0
    number: int = 1
    pages: int = 1


def told_of(changes: Sequence[Change]) -> Told:
    """The page of changes that is asked for, those that touch drafts in hand first."""
    ordered = sorted(changes, key=lambda change: change.compatible)
    number, pages = paged(len(ordered), CHANGES, request.args.get("trang", 1, type=int))
    shown = ordered[(number - 1) * CHANGES : number * CHANGES]
    broken = sum(not change.compatible for change in changes)
    return Told(tuple(_line(one) for one in shown), len(changes), broken, number, pages)


def _line(change: Change) -> Line:
    words = {"added": _("Thêm"), "removed": _("Bỏ"), "changed": _("Đổi"), "moved": _("Chuyển")}
    return Line(
        str(words[change.what]),
        *BADGES[change.what],
        change_words.sentence(change, LANGUAGE),
        change_words.reason(change, LANGUAGE),
    )


# Publishing


def publish(code: str) -> ResponseReturnValue:
    """What publishing would change and what is still to do; a POST publishes."""
    row = of_code(code)
    if request.method == "GET":
        return show_publish(row)
    note = request.form.get("note", "").strip()
    if row.revision != revision():
        return show_publish(row, note=note, refused=_("Bản nháp vừa được sửa. Đọc lại rồi công bố."), status=409)
    try:
        made = versions.publish(code, by=access.me().email, note=note, now=access.now())
    except NotPublishable:
        words = _("Chưa công bố: sửa các lỗi được chỉ ra rồi lưu trước.")
        return show_publish(row, note=note, refused=words, status=422)
    if made.id == row.current:
        flash(_("Bản nháp giống hệt phiên bản %(number)s đang công bố, không có gì mới.", number=made.number), "info")
    else:
        journal.write("published", code, by=access.me().email, now=access.now(), details={"version": made.number})
        flash(_("Đã công bố phiên bản %(number)s.", number=made.number), "good")
    return redirect(url_for(".procedure", code=code), 303)


def show_publish(row: ProcedureRow, *, note: str = "", refused: str = "", status: int = 200) -> Response:
    """The page before publishing: the changes, the faults and warnings, and who is in the middle of the form."""
    draft, faults = comparing.of_draft(row.code, file=FILE)
    last = Version.select().where(Version.procedure == row).order_by(Version.number.desc()).first()
    shown = Version.get_or_none(Version.id == row.current) if row.current else last
    told = told_of(comparing.changes(comparing.of_version(shown), draft)) if shown and draft else None
    facts = {
        "note": note,
        "refused": refused,
        "revision": row.revision,
        "faults": [shown_fault(fault) for fault in sorted(faults, key=_weight)],
        "ready": not errors(faults),
        "told": told,
        "against": shown.number if shown else None,
        "next": last.number + 1 if last else 1,
        "drafts": _in_hand(row),
    }
    return make_response(render_template("back/publish.html", **facts, **head(row)), status)


def _weight(fault: Fault) -> bool:
    return fault.warning


def _in_hand(row: ProcedureRow) -> int:
    """How many drafts of citizens are open on any version."""
    unsent = Draft.dossier.is_null() & (Draft.expires_at > access.now())
    return int(Draft.select().join(Version).where((Version.procedure == row) & unsent).count())


# The dry run


def try_run(code: str) -> ResponseReturnValue:
    """What filed dossiers would lose or gain under a version or the draft: fields and counts, never an answer."""
    row = of_code(code)
    named, before = request.args.get("voi", ""), request.args.get("truoc", type=as_id)
    facts: dict[str, Any] = {"numbers": _numbers(row), "named": named, "run": None, "broken": False}
    form = form_of(code, named) if named else None
    if named and form is None:
        facts["broken"] = True
    elif form is not None:
        run = dry_run.run(code, form, before=before)
        codes = [one.code for one in run.outcomes]
        details = {"against": named, "dossiers": codes}
        journal.write("dry_run", code, by=access.me().email, now=access.now(), details=details)
        facts |= _run_facts(run, form)
    return render_template("back/dry_run.html", **facts, **head(row))


def form_of(code: str, named: str) -> CompiledForm | None:
    """The form of a version by its number, or of the draft; nothing where the draft has faults."""
    if named != DRAFT:
        return versions.compiled(numbered(code, int(named) if named.isdecimal() and len(named) < 9 else 0).id)
    state, _faults = comparing.of_draft(code)
    return compile_form(state.procedure) if state else None


def _run_facts(run: dry_run.Run, form: CompiledForm) -> dict[str, Any]:
    titles = {
        "lost": _("Câu trả lời sẽ mất"),
        "partly": _("Câu trả lời sẽ mất một phần"),
        "refused": _("Câu trả lời không được nhận"),
        "asked": _("Phải khai thêm"),
    }
    summary = [{"title": title, "rows": run.counts(what)} for what, title in titles.items() if run.counts(what)]
    if run.fee_counts():
        summary.append({"title": _("Phí, lệ phí khác đi"), "rows": run.fee_counts()})
    labels = {name: change_words.value_words(item.label, LANGUAGE) for name, item in form.fields.items()}
    labels |= {fee.name: fee.title.in_(LANGUAGE) for fee in form.procedure.fees}
    return {"run": run, "summary": summary, "labels": labels, "same": sum(one.same for one in run.outcomes)}


def add_to(blueprint: Blueprint) -> None:
    """Adds the pages."""
    blueprint.add_url_rule("/thu-tuc/<code>/phien-ban", view_func=version_list)
    blueprint.add_url_rule("/thu-tuc/<code>/phien-ban/<int:number>", view_func=version)
    blueprint.add_url_rule("/thu-tuc/<code>/so-sanh", view_func=compare)
    blueprint.add_url_rule("/thu-tuc/<code>/cong-bo", view_func=publish, methods=["GET", "POST"])
    blueprint.add_url_rule("/thu-tuc/<code>/chay-thu", view_func=try_run)
