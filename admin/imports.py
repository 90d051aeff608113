"""Importing procedures: a file is read, all that it would change is shown, and only then it is written."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import access
from engine.definition.change_words import sentence
from engine.errors import ProcedureMoved, UploadGone
from engine.exchange import imports, pending
from engine.exchange.imports import Import
from engine.exchange.pending import Upload
from engine.exchange.xlsform.sheets import Told
from engine.format.faults import Fault

MOST_SHOWN = 300  # of each list; the page says how many more there are
GIVEN = ("code", "title", "category", "level")
LONGEST_GIVEN = 200


def import_page() -> ResponseReturnValue:
    """A file is sent here; a GET shows where."""
    if request.method == "GET":
        return show()
    sent = request.files.get("upload")
    if sent is None or not sent.filename:
        return show(refused=_("Chọn một tệp rồi gửi."), status=422)
    said = {key: request.form.get(key, "").strip()[:LONGEST_GIVEN] for key in GIVEN}
    said["replace"] = request.form.get("replace", "")
    return offer(Upload(PurePath(sent.filename.replace("\\", "/")).name[-120:], sent.read(), said, {}))


def confirm() -> ResponseReturnValue:
    """Writes an upload that was shown before, if nothing it was compared with has changed."""
    token, person = request.form.get("token", ""), access.me()
    try:
        upload = pending.find(token, person=person.id, now=access.now())
    except UploadGone:
        return show(refused=_("Tệp chờ nhập không còn: đã quá 30 phút hoặc đã nhập rồi. Gửi lại tệp."), status=410)
    found = read(upload)
    try:
        imports.write(found, by=person.email, now=access.now(), revisions=upload.revisions)
    except ProcedureMoved as moved:
        words = _("Người khác vừa sửa bản nháp của thủ tục %(code)s. Chưa nhập gì: xem lại rồi nhập.", code=moved.code)
        return offer(upload, refused=words, status=409)
    except ValueError:
        return offer(upload, refused=_("Chưa nhập gì: tệp không còn hợp lệ với những gì đang có."), status=422)
    pending.drop(token)
    flash(_("Đã nhập %(number)s thủ tục vào bản nháp.", number=len(found.proposals)), "good")
    if len(found.proposals) == 1:
        return redirect(url_for(".procedure", code=found.proposals[0].code), 303)
    return redirect(url_for(".procedures"), 303)


def read(upload: Upload) -> Import:
    """What an upload would bring."""
    given = {key: value for key in GIVEN if (value := upload.said.get(key))}
    if not str(given.get("level", "")).isdecimal():
        given.pop("level", None)
    return imports.read(upload.data, upload.file, given=given, replace_shared=bool(upload.said.get("replace")))


def offer(upload: Upload, *, refused: str = "", status: int | None = None) -> Response:
    """Shows what an upload would change; one that can be written waits for the button."""
    found = read(upload)
    token = ""
    if found.good:
        kept = Upload(upload.file, upload.data, upload.said, found.revisions)
        token = pending.keep(kept, person=access.me().id, now=access.now(), token=lambda: secrets.token_urlsafe(24))
    return show(found, said=upload.said, token=token, refused=refused, status=status or (200 if found.good else 422))


def show(
    found: Import | None = None,
    *,
    said: Mapping[str, Any] | None = None,
    token: str = "",
    refused: str = "",
    status: int = 200,
) -> Response:
    """The page."""
    facts = {"found": None if found is None else shown(found), "said": said or {}, "token": token, "refused": refused}
    return make_response(render_template("back/import.html", endings=",".join(imports.ENDINGS), **facts), status)


def shown(found: Import) -> dict[str, Any]:
    """An import as the page says it."""
    faults = sorted(found.faults, key=lambda fault: fault.warning)
    lost = [one for one in found.told if one.lost]
    changed = [one for one in found.told if not one.lost]
    return {
        "file": found.file,
        "good": found.good,
        "faults": [_fault(fault) for fault in faults[:MOST_SHOWN]],
        "errors": sum(not fault.warning for fault in faults),
        "warnings": sum(fault.warning for fault in faults),
        "lost": _few(lost),
        "changed": _few(changed),
        "lost_count": len(lost),
        "changed_count": len(changed),
        "replaced": found.replaced,
        "proposals": [_proposal(one) for one in found.proposals],
        "more": max(0, max(len(faults), len(lost), len(changed)) - MOST_SHOWN),
    }


def _few(told: Sequence[Told]) -> list[dict[str, Any]]:
    return [
        {"place": _place(one), "what": one.what, "why": one.why}
        for one in told[:MOST_SHOWN]
    ]  # fmt: skip


def _place(one: Told) -> str:
    row = _("dòng %(row)s", row=one.row) if one.row else ""
    return ", ".join(filter(None, (one.sheet, row, one.in_column)))


def _fault(fault: Fault) -> dict[str, Any]:
    return {"at": f"{fault.file}:{fault.line}", "place": fault.place, "what": fault.what, "warning": fault.warning}


def _proposal(one: imports.Proposal) -> dict[str, Any]:
    changes = None if one.changes is None else [sentence(change, "vi") for change in one.changes[:MOST_SHOWN]]
    return {
        "code": one.code, "title": one.title, "text": one.text, "good": one.procedure is not None,
        "new": one.revision is None, "changes": changes, "count": len(one.changes or ()),
        "revision": one.revision, "templates": sorted(one.templates),
    }  # fmt: skip


def add_to(blueprint: Blueprint) -> None:
    """Adds the pages."""
    blueprint.add_url_rule("/nhap-thu-tuc", view_func=import_page, methods=["GET", "POST"])
    blueprint.add_url_rule("/nhap-thu-tuc/xac-nhan", view_func=confirm, methods=["POST"])
