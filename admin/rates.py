"""An agency's own amounts: for each procedure what it says and what the agency takes instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import access
from engine import search
from engine.errors import AmountRefused, UnknownRate
from engine.kinds import numbers
from engine.kinds.numbers import with_dots
from engine.office import agencies
from engine.platform.language import language
from engine.platform.paging import paged
from engine.publishing import rates
from engine.publishing.rates import Listed
from engine.storage.models import Agency

PAGE = 20  # procedures
AGENCIES = 50
LONGEST_QUERY = 200


@dataclass(frozen=True, slots=True)
class Refused:
    """What was typed for which amount of which procedure, and why it was not taken."""

    procedure: str
    rate: str
    typed: str
    words: str


def rate_agencies() -> ResponseReturnValue:
    """The agencies with how many amounts each has set; who looks after one goes straight to its own."""
    me = access.me()
    if not access.installation(me):
        return redirect(url_for(".rates", agency=agencies.by_id(me.agency_id or 0).code), 303)
    query, asked = _query(), request.args.get("trang", 1, type=int)
    found = [one for one in agencies.listing() if search.matches(query, search.fold(f"{one.code} {one.name}"))]
    number, pages = paged(len(found), AGENCIES, asked)
    counts = rates.counts()
    shown = [
        {"code": one.code, "name": one.name, "count": counts.get(one.id, 0)}
        for one in found[(number - 1) * AGENCIES : number * AGENCIES]
    ]
    return render_template(
        "back/rate_agencies.html", rows=shown, count=len(found), query=query, number=number, pages=pages
    )


def rates_page(agency: str) -> ResponseReturnValue:
    """The amounts of one agency; a POST sets one or goes back to the procedure's."""
    office = agency_of(agency)
    if request.method == "GET":
        return show(office)
    code, name = request.form.get("procedure", ""), request.form.get("rate", "")
    by, now = access.me().email, access.now()
    if request.form.get("_action") == "unset":
        rates.unset(office, code, name, by=by, now=now)
        flash(_("%(rate)s của thủ tục %(code)s không còn mức riêng.", rate=name, code=code), "good")
        return redirect(_here(office), 303)
    typed = request.form.get("amount", "").strip()
    amount = numbers.amount(typed)
    if amount is None:
        words = _("Nhập số tiền bằng đồng, là số nguyên, ví dụ 8.000.") if typed else _("Nhập số tiền, ví dụ 8.000.")
        return show(office, Refused(code, name, typed, str(words)))
    try:
        rates.set_rate(office, code, name, amount, by=by, now=now)
    except (AmountRefused, UnknownRate) as refused:
        return show(office, Refused(code, name, typed, sentence(refused)))
    said = {"rate": name, "code": code, "amount": with_dots(amount)}
    flash(_("Đã đặt %(rate)s của thủ tục %(code)s: %(amount)s đ.", **said), "good")
    return redirect(_here(office), 303)


def sentence(refused: AmountRefused | UnknownRate) -> str:
    """Why an amount was not set."""
    if isinstance(refused, UnknownRate):
        return str(_("Thủ tục đang công bố mà cơ quan này tiếp nhận không có mức tên như vậy. Tải lại trang."))
    if refused.amount < 0:
        return str(_("Số tiền không được âm."))
    return str(_("Số tiền nhiều nhất là %(most)s đ.", most=with_dots(refused.most)))


def agency_of(code: str) -> Agency:
    """The agency of an address; 404 for who looks after another."""
    office, me = agencies.by_code(code), access.me()
    if office is None or not (access.installation(me) or me.agency_id == office.id):
        abort(404)
    return office


def _query() -> str:
    return request.args.get("q", "").strip()[:LONGEST_QUERY]


def _here(office: Agency, **other: Any) -> str:
    """The address of the page that this request is about, with its search."""
    number = request.args.get("trang", 1, type=int)
    kept = {"q": _query() or None, "trang": number if number > 1 else None}
    return url_for(".rates", agency=office.code, **(kept | other))


def show(office: Agency, refused: Refused | None = None) -> Response:
    """The page; what was refused stands where it was typed."""
    number, query = max(1, min(request.args.get("trang", 1, type=int), 10**6)), _query()
    found = rates.find(office, query=query, page=number, size=PAGE)
    shown, pages = paged(found.total, PAGE, number)
    if shown != number:
        number, found = shown, rates.find(office, query=query, page=shown, size=PAGE)
    facts = {
        "agency": office,
        "query": query,
        "items": [_item(item, refused) for item in found.items],
        "total": found.total,
        "number": number,
        "pages": pages,
        "action": _here(office, trang=number if number > 1 else None),
        "previous_url": _here(office, trang=number - 1) if number > 1 else "",
        "next_url": _here(office, trang=number + 1) if number < pages else "",
        "refused": refused.words if refused else "",
        "several": access.installation(access.me()),
    }
    return make_response(render_template("back/rates.html", **facts), 422 if refused else 200)


def _item(item: Listed, refused: Refused | None) -> dict[str, Any]:
    """A procedure as the page shows it."""
    lang = language()
    lines = []
    for rate in item.rates:
        wrong = refused if refused and (refused.procedure, refused.rate) == (item.code, rate.name) else None
        own = "" if rate.own is None else with_dots(rate.own)
        lines.append({
            "name": rate.name,
            "fees": [title.in_(lang) for title in rate.fees],
            "default": "" if rate.default is None else with_dots(rate.default),
            "used": rate.default is not None,
            "own": own,
            "typed": wrong.typed if wrong else own,
            "error": wrong.words if wrong else "",
        })  # fmt: skip
    return {"code": item.code, "title": item.title.in_(lang), "published": item.published, "rates": lines}


def add_to(blueprint: Blueprint) -> None:
    """Adds the pages."""
    blueprint.add_url_rule("/muc-thu", view_func=rate_agencies)
    blueprint.add_url_rule("/muc-thu/<agency>", "rates", rates_page, methods=["GET", "POST"])
