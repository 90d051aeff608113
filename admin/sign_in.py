"""Signing in and out of the back office, over Flask-Security's session and password handling."""

from __future__ import annotations

from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import PeeweeUserDatastore, Security, hash_password, login_user, logout_user
from flask_security.utils import validate_redirect_url

from admin import access
from admin.words import clock
from engine.draft import throttle
from engine.errors import Throttled
from engine.storage.database import database
from engine.storage.models import Role, User, UserRole

# Flask-Security keeps the session and the passwords; its own pages are not registered.
SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    "SECURITY_REGISTERABLE": False,
    "SECURITY_RECOVERABLE": False,
    "SECURITY_CHANGEABLE": False,
    "SECURITY_TRACKABLE": False,
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "WTF_CSRF_CHECK_DEFAULT": True,
}


LONGEST_PASSWORD = 1000


def sign_in() -> ResponseReturnValue:
    """The door: takes an address and a password."""
    if current_user.is_authenticated:
        return redirect(url_for("tong_quan.index"), 303)
    if request.method == "GET":
        return _door(next_=request.args.get("next", ""))
    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    try:
        found = _person(email, password)
    except Throttled as throttled:
        words = _("Thử quá nhiều lần. Thử lại lúc %(time)s.", time=clock(throttled.retry_at))
        return _door(words, email=email, status=429)
    if found is None:
        return _door(_("Thư điện tử hoặc mật khẩu không đúng."), email=email, status=422)
    if not found.active:
        return _door(_("Tài khoản này đã bị khoá. Liên hệ người quản trị cơ quan."), email=email, status=422)
    return _let_in(found)


def _person(email: str, password: str) -> User | None:
    """Whose address and password these are; raises Throttled.

    A disabled person is found too: only who knows the password learns that the account is disabled.
    """
    account, network = email.lower(), throttle.network(request.remote_addr or "")
    counted = {"sign_in_address": network, "sign_in": f"{account} {network}", "sign_in_account": account}
    for name, key in counted.items():
        throttle.raise_if_throttled(name, key, now=access.now())
    found: User | None = current_app.extensions["security"].datastore.find_user(case_insensitive=True, email=email)
    if found is None:
        hash_password(password[:LONGEST_PASSWORD])  # an unknown address takes as long as a wrong password
    elif len(password) <= LONGEST_PASSWORD and found.verify_and_update_password(password):
        return found
    for name, key in counted.items():
        throttle.hit(name, key, now=access.now())
    return None


def _let_in(user: User) -> ResponseReturnValue:
    session.pop("csrf_token", None)
    session.permanent = False  # ends with the browser; a permanent one would not be held to address and browser
    login_user(user, remember=False, authn_via=["password"])
    user.last_login_at = access.now()
    user.save(only=[User.last_login_at])
    wanted = request.form.get("next", "")
    inside = wanted.startswith(f"{access.PREFIX}/") and "\\" not in wanted and validate_redirect_url(wanted)
    return redirect(wanted if inside else url_for("tong_quan.index"), 303)


def sign_out() -> ResponseReturnValue:
    """Ends the session of this browser."""
    logout_user()
    flash(_("Đã đăng xuất."), "good")
    return redirect(url_for("back.sign_in"), 303)


def _door(refused: str = "", *, email: str = "", next_: str = "", status: int = 200) -> Response:
    wanted = next_ or request.form.get("next", "")
    return make_response(render_template("back/sign_in.html", refused=refused, email=email, next=wanted), status)


def init_app(app: Flask) -> None:
    """Lets Flask-Security keep sessions and passwords."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    app.config.setdefault("SECURITY_PASSWORD_SALT", app.config["SECRET_KEY"])
    datastore = PeeweeUserDatastore(database, User, Role, UserRole)  # type: ignore[no-untyped-call]
    Security(app, datastore, register_blueprint=False)
    app.login_manager.session_protection = "strong"  # type: ignore[attr-defined]
