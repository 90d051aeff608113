"""The back office: sign-in, tables, the page that edits a procedure, the officers' desk."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.theme import BootstrapTheme
from werkzeug.exceptions import HTTPException

from admin import access, confines, desk, imports, mail_words, procedures, rates, sign_in, standing, trials, versions
from admin.menu import tables
from admin.rail import rail
from engine.platform.edge import csp_nonce

STATIC = Path(__file__).parent / "static"


class Overview(AdminIndexView):  # type: ignore[misc]
    """The back office's first address: it leads everybody to their own work."""

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> ResponseReturnValue:
        """Officers begin at the desk, administrators at the procedures or at their agency's people."""
        me = access.me()
        if access.officer(me):
            return redirect(url_for("back.dossier_list"), 303)
        if access.installation(me):
            return redirect(url_for("back.procedures"), 303)
        return redirect(url_for("nguoi_dung.index_view"), 303) if access.administrator(me) else access.nothing_to_do()


@lru_cache(maxsize=64)
def fingerprint(path: str) -> str:
    """The first letters of a static file's hash."""
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]


def back_asset(path: str) -> str:
    """The address of a file under `admin/static`, which changes when the file does."""
    return url_for("back.static", filename=path, v=fingerprint(path))


def pages() -> Blueprint:
    """Our own pages; tables are Flask-Admin's."""
    blueprint = Blueprint(
        "back", __name__, url_prefix=access.PREFIX, template_folder="templates", static_folder="static",
        static_url_path="/tep-giao-dien",
    )  # fmt: skip
    blueprint.add_url_rule("/dang-nhap", view_func=sign_in.sign_in, methods=["GET", "POST"])
    blueprint.add_url_rule("/dang-xuat", view_func=sign_in.sign_out, methods=["POST"])
    desk.add_to(blueprint)
    procedures.add_to(blueprint)
    imports.add_to(blueprint)
    rates.add_to(blueprint)
    mail_words.add_to(blueprint)
    versions.add_to(blueprint)
    standing.add_to(blueprint)
    trials.add_to(blueprint)
    blueprint.register_error_handler(HTTPException, access.http_error)
    blueprint.add_app_template_global(back_asset)
    blueprint.add_app_template_global(rail)
    blueprint.add_app_template_global(access.me, "back_me")
    return blueprint


def init_app(app: Flask) -> None:
    """Registers sign-in, pages, tables and the guard before them."""
    sign_in.init_app(app)
    app.register_blueprint(pages())
    back = Admin(
        name="Một Cửa", url=access.PREFIX, index_view=Overview(endpoint="tong_quan", url=access.PREFIX),
        theme=BootstrapTheme(folder="bootstrap4", base_template="back/stock.html"),
        csp_nonce_generator=csp_nonce,
    )  # fmt: skip
    views = tables()
    back.add_views(*views)
    back.init_app(app)
    app.extensions["back_views"] = views
    app.extensions["back_tables"] = {view.endpoint: type(view).allowed for view in views}
    access.init_app(app)
    confines.init_app(app)
