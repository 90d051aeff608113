"""What becomes of a procedure that is published: withdrawn, shown again, closed, opened; old versions as drafts."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import access
from admin.procedures import of_code
from admin.versions import head, numbered, today
from engine.errors import SuccessorRefused, UnpublishedChanges
from engine.publishing import standing
from engine.storage.models import ProcedureRow

LONGEST_CODE = 64


def back(code: str) -> Response:
    """To the list of versions."""
    return make_response(redirect(url_for(".version_list", code=code), 303))


def withdraw(code: str) -> ResponseReturnValue:
    """Takes the published version back; the public sees another one instead where one is named."""
    row, named = of_code(code), request.form.get("back_to", "")
    instead = numbered(code, int(named)).number if named.isdecimal() and len(named) < 9 else None
    if row.current is None:
        flash(_("Thủ tục này không có phiên bản nào đang công bố."), "info")
        return back(code)
    standing.withdraw(code, back_to=instead, by=access.me().email, now=access.now())
    if instead is None:
        flash(_("Đã thu hồi. Người dân không còn thấy thủ tục này; hồ sơ đang làm dở vẫn gửi được."), "good")
    else:
        flash(_("Đã thu hồi. Người dân thấy lại phiên bản %(number)s.", number=instead), "good")
    return back(code)


def show_again(code: str, number: int) -> ResponseReturnValue:
    """Lets the public see an older version again."""
    of_code(code)
    standing.show_again(code, numbered(code, number).number, by=access.me().email, now=access.now())
    flash(_("Người dân thấy lại phiên bản %(number)s.", number=number), "good")
    return back(code)


def restore(code: str, number: int) -> ResponseReturnValue:
    """Puts an old version into the draft; unpublished changes are only given up where that was ticked."""
    of_code(code)
    number, confirmed = numbered(code, number).number, request.form.get("confirmed") == "true"
    try:
        standing.restore(code, number, confirmed=confirmed, by=access.me().email, now=access.now())
    except UnpublishedChanges:
        flash(_("Chưa khôi phục: bản nháp có thay đổi chưa công bố. Muốn bỏ thì đánh dấu vào ô rồi bấm lại."), "bad")
        return redirect(url_for(".version", code=code, number=number, _anchor="khoi-phuc"), 303)
    flash(_("Bản nháp nay giống phiên bản %(number)s; khối dùng chung đã thành từng ô riêng. Chưa công bố.",
            number=number), "good")  # fmt: skip
    return redirect(url_for(".procedure", code=code), 303)


# Closing


def close(code: str) -> ResponseReturnValue:
    """Asks for the day and the successor; a POST closes."""
    row = of_code(code)
    if request.method == "GET":
        return show_close(row, on=row.closed_on or today(), successor=row.successor or "")
    on, successor = request.form.get("on", "").strip(), request.form.get("successor", "").strip()[:LONGEST_CODE]
    try:
        day = date.fromisoformat(on)
    except ValueError:
        return show_close(row, on=on, successor=successor, wrong={"on": _("Chọn ngày ngừng nhận hồ sơ.")})
    try:
        standing.close(code, on=day, successor=successor, by=access.me().email, now=access.now())
    except SuccessorRefused as refused:
        return show_close(row, on=on, successor=successor, wrong={"successor": successor_words(refused)})
    flash(_("Thủ tục ngừng nhận hồ sơ từ ngày %(day)s.", day=f"{day:%d/%m/%Y}"), "good")
    return back(code)


def successor_words(refused: SuccessorRefused) -> str:
    """Why a procedure cannot replace this one."""
    if refused.why == "circle":
        return str(_("Thủ tục %(code)s lại được thay bằng chính thủ tục này.", code=refused.successor))
    return str(_("Không có thủ tục mã %(code)s đang công bố.", code=refused.successor))


def show_close(row: ProcedureRow, *, on: str, successor: str, wrong: dict[str, str] | None = None) -> Response:
    """The page that asks."""
    facts = {"on": on, "successor_code": successor, "wrong": wrong or {}}
    return make_response(render_template("back/close.html", **facts, **head(row)), 422 if wrong else 200)


def reopen(code: str) -> ResponseReturnValue:
    """Receives again."""
    of_code(code)
    standing.reopen(code, by=access.me().email, now=access.now())
    flash(_("Thủ tục nhận hồ sơ trở lại."), "good")
    return back(code)


def add_to(blueprint: Blueprint) -> None:
    """Adds the pages."""
    blueprint.add_url_rule("/thu-tuc/<code>/thu-hoi", view_func=withdraw, methods=["POST"])
    blueprint.add_url_rule("/thu-tuc/<code>/phien-ban/<int:number>/cong-bo-lai", view_func=show_again, methods=["POST"])
    blueprint.add_url_rule("/thu-tuc/<code>/phien-ban/<int:number>/khoi-phuc", view_func=restore, methods=["POST"])
    blueprint.add_url_rule("/thu-tuc/<code>/dong", view_func=close, methods=["GET", "POST"])
    blueprint.add_url_rule("/thu-tuc/<code>/mo-lai", view_func=reopen, methods=["POST"])
