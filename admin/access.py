"""Who may open what in the back office: nothing that is not allowed by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

from flask import Flask, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security import logout_user
from werkzeug.exceptions import HTTPException

from engine.office import people
from engine.office.workflow import ADMINISTRATOR, may
from engine.storage.models import User

PREFIX = "/quan-tri"
LONGEST_SESSION = timedelta(hours=12)
OPEN = frozenset({"back.sign_in", "back.static", "tong_quan.static"})

Rule = Callable[[User], bool]


def now() -> datetime:
    """The instant of this request, the same wherever it asks."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    moment: datetime = g.now
    return moment


def me() -> User:
    """The person of this request; the guard lets nobody else in."""
    return cast(User, current_user._get_current_object())


def roles_of(user: User) -> frozenset[str]:
    """The names of a person's roles, asked for once in a request."""
    known: dict[int, frozenset[str]] = g.setdefault("roles", {})
    if user.id not in known:
        known[user.id] = people.role_names(user)
    return known[user.id]


def anyone(_user: User) -> bool:
    """Whoever is signed in."""
    return True


def officer(user: User) -> bool:
    """Who may handle the dossiers of an agency."""
    return user.agency_id is not None and may(roles_of(user), user.agency_id, user.agency_id)


def administrator(user: User) -> bool:
    """Who looks after an agency, or after the whole installation."""
    return ADMINISTRATOR in roles_of(user)


def installation(user: User) -> bool:
    """Who looks after the whole installation."""
    return user.agency_id is None and administrator(user)


# Our own pages. Tables say it themselves (`Table.allowed`).
PAGES: dict[str, Rule] = {
    "tong_quan.index": anyone,
    "back.sign_out": anyone,
    "back.dossier_list": officer,
    "back.dossier": officer,
    "back.dossier_file": officer,
    "back.move": officer,
    "back.new_lookup_code": officer,
    "back.procedures": installation,
    "back.new_procedure": installation,
    "back.procedure": installation,
    "back.publish": installation,
    "back.version_list": installation,
    "back.version": installation,
    "back.compare": installation,
    "back.mail_words": installation,
    "back.try_run": installation,
    "back.withdraw": installation,
    "back.show_again": installation,
    "back.restore": installation,
    "back.close": installation,
    "back.reopen": installation,
    "back.trial": installation,
    "back.download": installation,
    "back.import_page": installation,
    "back.confirm": installation,
    "back.rate_agencies": administrator,
    "back.rates": administrator,
}


def guard() -> ResponseReturnValue | None:
    """Lets a request to the back office pass, or answers it: sign in, or not allowed."""
    if not (request.path == PREFIX or request.path.startswith(f"{PREFIX}/")):
        return None
    if request.endpoint in OPEN:
        return None
    if not signed_in():
        return redirect(url_for("back.sign_in", next=_way_back()), 303)
    if request.endpoint is None or rule_of(request.endpoint)(me()):
        return None
    words = _("Tài khoản này không có quyền ở đây. Báo người quản trị nếu cần quyền.")
    return refused(_("Không được mở trang này"), words), 403


def signed_in() -> bool:
    """Whether somebody is signed in, and has been for less than a working day."""
    if not current_user.is_authenticated:
        return False
    if now().timestamp() - session.get("fs_paa", 0) < LONGEST_SESSION.total_seconds():
        return True
    logout_user()
    return False


def rule_of(endpoint: str) -> Rule:
    """Who may open an endpoint; nobody where nothing is said of it."""
    if endpoint in PAGES:
        return PAGES[endpoint]
    tables: dict[str, Rule] = current_app.extensions["back_tables"]
    return tables.get(endpoint.partition(".")[0], lambda _user: False)


def nothing_to_do() -> ResponseReturnValue:
    """The page of somebody who has no role."""
    words = _("Tài khoản này chưa được giao việc gì. Báo người quản trị cơ quan.")
    return refused(_("Chưa có quyền"), words), 403


def refused(title: str, words: str) -> str:
    """The page that says why something cannot be opened, in the shell for whoever is signed in."""
    template = "back/refused.html" if current_user.is_authenticated else "back/refused_door.html"
    return render_template(template, title=title, words=words)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """A refusal of the web framework on a page of the back office."""
    code = error.code or 500
    if code < 400:
        return error.get_response()
    title, words = ERRORS.get(code, ERRORS[500])
    return refused(str(title), str(words)), code


ERRORS = {
    400: (_l("Trang này đã cũ"), _l("Phiên làm việc đã đổi từ khi trang mở ra. Quay lại, tải lại trang rồi làm lại.")),
    404: (_l("Không có trang này"), _l("Dòng hoặc hồ sơ này không có, hoặc không thuộc cơ quan của ông/bà.")),
    405: (_l("Không mở được trực tiếp"), _l("Việc này chỉ làm được bằng nút trên trang.")),
    413: (_l("Tệp quá lớn"), _l("Gửi tệp nhỏ hơn.")),
    500: (_l("Không làm được"), _l("Thử lại. Nếu vẫn vậy, báo người quản trị hệ thống.")),
}


def _way_back() -> str | None:
    """Where to go on after signing in: the page that was asked for, if it can be asked for again."""
    return request.full_path.rstrip("?") if request.method == "GET" else None


def init_app(app: Flask) -> None:
    """Puts the guard before every request."""
    app.before_request(guard)
