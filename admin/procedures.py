"""The procedures: their list, and for each one page that edits the whole as text, checks and publishes it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
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

from admin import access
from admin.words import clock
from engine import search
from engine.definition import loading
from engine.definition.procedure import Procedure
from engine.exchange import exports
from engine.format import source
from engine.format.faults import Fault, errors
from engine.platform.paging import paged
from engine.publishing import rows, versions
from engine.storage import journal
from engine.storage.database import transaction
from engine.storage.models import ProcedureRow, Version

PAGE = 50
LATEST = 5  # versions that the page of a procedure lists
FILE = "thu-tuc.yaml"  # what the text is called in faults
FACTS = (ProcedureRow.id, ProcedureRow.code, ProcedureRow.title, ProcedureRow.level, ProcedureRow.changed_at)
SKELETON = """\
format: 1
code: ""                # mã thủ tục hành chính
title: ""
category: ""            # một mục trong danh mục categories
level: 1
methods:
  - {channel: in_person}
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list."""

    code: str
    title: str
    level: int
    changed_at: str
    published: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list; pages count from 1."""

    rows: list[Listed]
    count: int
    number: int
    pages: int


def procedures() -> ResponseReturnValue:
    """The list of all procedures."""
    words, number = request.args.get("q", "").strip(), request.args.get("trang", 1, type=int)
    return render_template("back/procedures.html", words=words, page=page_of(words, number))


def page_of(words: str, number: int) -> Page:
    """A page of the procedures whose code and title hold the words, however they were typed."""
    published = Version.select(Version.id, Version.number).alias("published")
    query = ProcedureRow.select(*FACTS, published.c.number.alias("published"))
    query = query.left_outer_join(published, on=(published.c.id == ProcedureRow.current)).order_by(ProcedureRow.code)
    every: Any = query.namedtuples()
    found = [row for row in every if search.matches(words, search.fold(f"{row.code} {row.title}"))]
    number, pages = paged(len(found), PAGE, number)
    shown = [
        Listed(row.code, row.title, row.level, clock(row.changed_at), row.published)
        for row in found[(number - 1) * PAGE : number * PAGE]
    ]
    return Page(shown, len(found), number, pages)


# The text of one


def new_procedure() -> ResponseReturnValue:
    """A procedure from its text."""
    if request.method == "GET":
        return show(None, SKELETON)
    text = typed()
    loaded, faults = loading.load_text(text, FILE, versions.library())
    if loaded is None or request.form.get("_action") == "check":
        return show(None, text, faults=faults, checked=True)
    with transaction():
        if ProcedureRow.select().where(ProcedureRow.code == loaded.code).exists():
            words = _("Đã có thủ tục mã %(code)s. Mở trang của thủ tục đó để sửa.", code=loaded.code)
            return show(None, text, faults=faults, refused=words)
        store(loaded)
    return saved(loaded.code, faults)


def procedure(code: str) -> ResponseReturnValue:
    """The text of a procedure: checked, or written into rows if nothing is wrong with it."""
    row = of_code(code)
    if request.method == "GET":
        return show(row, source.dump(rows.read(code)))
    text, action = typed(), request.form.get("_action", "save")
    loaded, faults = loading.load_text(text, FILE, versions.library())
    if loaded is None or action == "check":
        return show(row, text, faults=faults, checked=True)
    if loaded.code != code:
        words = _("Mã trong định nghĩa (%(code)s) khác mã của thủ tục này. Thủ tục mới thì lập ở trang Thủ tục mới.",
                  code=loaded.code)  # fmt: skip
        return show(row, text, faults=faults, refused=words)
    with transaction():
        row = of_code(code)
        if row.revision != revision() and action != "overwrite":
            return stale(row, text)
        store(loaded)
    return saved(code, faults)


def store(loaded: Procedure) -> None:
    """Writes a procedure into rows, inside a transaction."""
    rows.write(loaded.document, now=access.now())
    journal.write("procedure_saved", loaded.code, by=access.me().email, now=access.now())


def typed() -> str:
    """The text of the page, with the line ends of a file."""
    return request.form.get("yaml", "").replace("\r\n", "\n")


def revision() -> int:
    """Which state of the rows the page was made from."""
    return request.form.get("revision", -1, type=int)


def of_code(code: str) -> ProcedureRow:
    """The row of a procedure."""
    row: ProcedureRow = ProcedureRow.get_or_none(ProcedureRow.code == code) or abort(404)
    return row


def saved(code: str, faults: Sequence[Fault]) -> ResponseReturnValue:
    """Back to the page after writing."""
    if faults:
        flash(_("Đã lưu bản nháp, còn %(number)s cảnh báo: bấm Kiểm tra để xem.", number=len(faults)), "wait")
    else:
        flash(_("Đã lưu bản nháp."), "good")
    return redirect(url_for(".procedure", code=code), 303)


def stale(row: ProcedureRow, text: str) -> Response:
    """Somebody else changed the rows: nothing is lost, both texts are shown."""
    words = _("Người khác đã sửa thủ tục này lúc %(at)s. Chưa lưu gì: so hai bản, chép phần cần giữ rồi ghi đè.",
              at=clock(row.changed_at))  # fmt: skip
    return show(row, text, refused=words, theirs=source.dump(rows.read(row.code)), kept=revision(), status=409)


def show(
    row: ProcedureRow | None,
    text: str,
    *,
    faults: Sequence[Fault] = (),
    checked: bool = False,
    refused: str = "",
    theirs: str | None = None,
    kept: int | None = None,
    status: int | None = None,
) -> Response:
    """The page; `kept` is the revision it goes on from, where that is not the row's own."""
    facts = {
        "row": row,
        "text": text,
        "revision": kept if kept is not None else row.revision if row else 0,
        "faults": [shown_fault(fault) for fault in sorted(faults, key=lambda fault: fault.warning)],
        "marks": marks(faults),
        "checked": checked,
        "refused": refused,
        "theirs": theirs,
        **(_published(row) if row else {}),
    }
    code = status or (422 if refused or errors(faults) else 200)
    return make_response(render_template("back/procedure.html", **facts), code)


def shown_fault(fault: Fault) -> dict[str, Any]:
    """A fault as the page says it; `elsewhere` is where it stands outside this text."""
    inside = fault.file == FILE
    used = fault.used_at.rpartition(":")[2] if fault.used_at.startswith(f"{FILE}:") else ""
    return {
        "line": fault.line if inside else int(used or 0),
        "elsewhere": "" if inside else f"{fault.file}:{fault.line}",
        "place": fault.place,
        "what": fault.what,
        "warning": fault.warning,
    }


def marks(faults: Sequence[Fault]) -> dict[str, str]:
    """The colour of each line that a fault stands at."""
    lines = sorted(faults, key=lambda fault: not fault.warning)
    return {str(fault.line): "mb-wait" if fault.warning else "mb-bad" for fault in lines if fault.file == FILE}


# Publishing


def _published(row: ProcedureRow) -> dict[str, Any]:
    """What the public sees, and the latest versions."""
    columns = (Version.id, Version.number, Version.digest, Version.note, Version.author, Version.published_at)
    query = Version.select(*columns).where(Version.procedure == row).order_by(Version.number.desc())
    found = list(query.limit(LATEST))
    current = next((one for one in found if one.id == row.current), None)
    if current is None and row.current is not None:
        current = Version.get_or_none(Version.id == row.current)
    listed = [
        {"number": one.number, "digest": one.digest, "note": one.note, "author": one.author,
         "published_at": clock(one.published_at)}
        for one in found
    ]  # fmt: skip
    closed = "/".join(reversed(row.closed_on.split("-"))) if row.closed_on else ""
    ahead = current and row.changed_at > current.published_at
    return {"published": current, "versions": listed, "ahead": ahead, "closed_on": closed}


# Files


def download(code: str, ending: str) -> ResponseReturnValue:
    """The rows as a file: the text alone, or with its blocks and blank forms."""
    row = of_code(code)
    if ending not in exports.EXPORTS:
        abort(404)
    content = io.BytesIO(exports.exported(row.code, ending))
    return send_file(content, f"application/{ending}", as_attachment=True, download_name=f"{row.code}.{ending}")


def add_to(blueprint: Blueprint) -> None:
    """Adds the pages."""
    both = ["GET", "POST"]
    blueprint.add_url_rule("/thu-tuc", view_func=procedures)
    blueprint.add_url_rule("/thu-tuc-moi", view_func=new_procedure, methods=both)
    blueprint.add_url_rule("/thu-tuc/<code>", view_func=procedure, methods=both)
    blueprint.add_url_rule("/thu-tuc/<code>/tai-ve.<ending>", view_func=download)
