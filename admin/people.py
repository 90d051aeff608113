"""The people who sign in: made, changed, disabled, given a new password; an agency's administrator sees its own."""

from __future__ import annotations

from typing import Any

import peewee
from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import SelectMultipleField
from wtforms.validators import Email, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from admin import access
from admin.forms import options
from admin.tables import Equals, Reference, Refused, RowVerb, Table, Within
from admin.words import clock
from engine.errors import PersonExists
from engine.office import people
from engine.office.workflow import ADMINISTRATOR, OFFICER
from engine.storage.models import Agency, Role, User, UserRole

ROLES = {ADMINISTRATOR: _l("Quản trị"), OFFICER: _l("Cán bộ xử lý hồ sơ")}


class RoleBoxes(SelectMultipleField):  # type: ignore[misc]
    """Roles as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_data(self, value: Any) -> None:
        """Takes the names of the roles of a person."""
        self.data = [one.role.name for one in value] if value else []

    def populate_obj(self, obj: Any, name: str) -> None:
        """Roles are not a column: the engine writes them."""


def agencies_to_choose() -> Any:
    """The agencies that this administrator may put people into."""
    me = access.me()
    return Agency.select() if access.installation(me) else Agency.select().where(Agency.id == me.agency_id)


def roles_words(_view: Any, _context: Any, row: Any, _name: str) -> str:
    """The roles of a person in words."""
    return ", ".join(str(ROLES[name]) for name in ROLES if name in row.role_names)


def active_words(_view: Any, _context: Any, row: User, _name: str) -> Markup:
    """Whether a person may sign in."""
    tone, words = ("good", _("Đang dùng")) if row.active else ("stop", _("Đã khoá"))
    return Markup('<span class="mb-state mb-{}">{}</span>').format(tone, words)


def last_login(_view: Any, _context: Any, row: User, _name: str) -> str:
    """When a person last came in."""
    return clock(row.last_login_at) or _("Chưa lần nào")


class People(Table):
    """The people; the engine's verbs make and change them, and end the sessions of whom they lock out."""

    icon = "person"
    allowed = staticmethod(access.administrator)
    can_delete = False
    action_disallowed_list = ("delete",)
    column_list = ("full_name", "email", "agency", "roles", "active", "last_login_at")
    column_labels = {  # noqa: RUF012
        "full_name": _l("Họ và tên"),
        "email": _l("Thư điện tử"),
        "agency": _l("Cơ quan"),
        "roles": _l("Vai trò"),
        "active": _l("Tài khoản"),
        "last_login_at": _l("Đăng nhập lần cuối"),
    }
    column_formatters = {"roles": roles_words, "active": active_words, "last_login_at": last_login}  # noqa: RUF012
    column_searchable_list = ("full_name", "email")
    column_sortable_list = ("full_name", "email", "active", "last_login_at")
    column_filters = (
        Equals(User.active, _l("Tài khoản"), [("1", _l("Đang dùng")), ("0", _l("Đã khoá"))]),
        Within(User.agency, _l("Mã cơ quan"), lambda: Agency.select(Agency.id), Agency.code),
    )
    column_default_sort = ("full_name", False)
    form_columns = ("full_name", "email", "agency")
    form_args = {  # noqa: RUF012
        "email": {"validators": [InputRequired(), Email()]},
        "full_name": {"validators": [InputRequired(), Length(max=100)]},
        "agency": {"description": _l("Để trống: người quản trị toàn hệ thống.")},
    }
    form_extra_fields = {  # noqa: RUF012
        "roles": RoleBoxes(_l("Vai trò"), choices=options(ROLES), validators=[InputRequired()])
    }
    form_ajax_refs = {"agency": Reference("agency", Agency, ["code", "name"], agencies_to_choose)}  # noqa: RUF012

    def mine(self, user: User) -> Any:
        """Everybody, or those of one's own agency."""
        rows = User.select(User, Agency).join(Agency, peewee.JOIN.LEFT_OUTER)
        return rows if access.installation(user) else rows.where(User.agency == user.agency_id)

    def get_list(self, *args: Any, **kwargs: Any) -> tuple[int | None, list[Any]]:
        """A page of people, with their roles by one statement."""
        count, rows = super().get_list(*args, **kwargs)
        shown = list(rows)
        query = UserRole.select(UserRole.user, Role.name).join(Role)
        given: Any = query.where(UserRole.user.in_([one.id for one in shown]))
        names = [(one.user_id, one.role.name) for one in given]
        for row in shown:
            row.role_names = {name for user, name in names if user == row.id}
        return count, shown

    def create_form(self, obj: Any = None) -> Any:
        """The form; who looks after one agency puts people into that one only."""
        return self._own_agency(super().create_form(obj))

    def edit_form(self, obj: Any = None) -> Any:
        """The same for a change; an address stays as it is."""
        form = self._own_agency(super().edit_form(obj))
        del form.email
        return form

    @staticmethod
    def _own_agency(form: Any) -> Any:
        if not access.installation(access.me()):
            del form.agency
        return form

    def save_row(self, form: Any, row: Any, *, is_created: bool) -> None:
        """Makes or changes the person by the engine's verbs."""
        agency = form.agency.data if "agency" in form else access.me().agency
        roles = form.roles.data
        if row.id == access.me().id and ADMINISTRATOR not in roles:
            raise Refused(_("Không tự bỏ quyền quản trị của chính mình."))
        if OFFICER in roles and agency is None:
            raise Refused(_("Cán bộ xử lý hồ sơ phải thuộc một cơ quan: chọn cơ quan."))
        code = agency.code if agency else None
        if is_created:
            _make(form, row, code)
        else:
            _change(form, row, code)

    def verbs_of(self, row: Any) -> list[RowVerb]:
        """A new password, and the lock; nobody locks themselves out."""
        who = row.full_name or row.email
        verbs = [
            RowVerb(
                _("Mật khẩu mới"),
                self.get_url(".new_password"),
                _("Cấp mật khẩu mới cho %(who)s? Mật khẩu cũ hết hiệu lực ngay.", who=who),
            )
        ]
        if row.id == access.me().id:
            return verbs
        if row.active:
            question = _("Khoá tài khoản của %(who)s? Người này bị đưa ra khỏi hệ thống ngay.", who=who)
            return [*verbs, RowVerb(_("Khoá"), self.get_url(".disable"), question)]
        return [*verbs, RowVerb(_("Mở khoá"), self.get_url(".enable"))]

    def stored(self) -> ResponseReturnValue:
        """A person who was made gets a password, which is shown here and nowhere else."""
        made = g.pop("new_password", None)
        return shown_once(*made) if made else super().stored()

    @expose("/mat-khau", methods=("POST",))  # type: ignore[untyped-decorator]
    def new_password(self) -> ResponseReturnValue:
        """Gives a person a new random password, which is shown here and nowhere else."""
        row = self.get_one(request.form.get("id", ""))
        return shown_once(row, people.reset(row.email, by=access.me().email, now=access.now()))

    @expose("/khoa", methods=("POST",))  # type: ignore[untyped-decorator]
    def disable(self) -> ResponseReturnValue:
        """Locks a person out, at once."""
        row = self.get_one(request.form.get("id", ""))
        if row.id == access.me().id:
            flash(_("Không tự khoá tài khoản của chính mình."), "bad")
        else:
            people.disable(row.email, by=access.me().email, now=access.now())
            flash(_("Đã khoá tài khoản của %(who)s.", who=row), "good")
        return redirect(self.get_url(".index_view"), 303)

    @expose("/mo-khoa", methods=("POST",))  # type: ignore[untyped-decorator]
    def enable(self) -> ResponseReturnValue:
        """Lets a person sign in again."""
        row = self.get_one(request.form.get("id", ""))
        people.enable(row.email, by=access.me().email, now=access.now())
        flash(_("Đã mở khoá tài khoản của %(who)s.", who=row), "good")
        return redirect(self.get_url(".index_view"), 303)


def _make(form: Any, row: User, agency: str | None) -> None:
    by, now = access.me().email, access.now()
    name, roles = form.full_name.data, form.roles.data
    try:
        made, password = people.create(form.email.data, full_name=name, agency=agency, roles=roles, by=by, now=now)
    except PersonExists as taken:
        raise Refused(_("%(email)s đã có tài khoản.", email=taken.email)) from taken
    row.id, g.new_password = made.id, (made, password)


def _change(form: Any, row: User, agency: str | None) -> None:
    """The address stays: it is what the journal knows a person by."""
    by, now = access.me().email, access.now()
    if agency != (row.agency.code if row.agency else None):
        people.set_agency(row.email, agency, by=by, now=now)
    if set(form.roles.data) != access.roles_of(row):
        people.set_roles(row.email, form.roles.data, by=by, now=now)
    row.full_name = form.full_name.data.strip()
    row.save(only=[User.full_name])


def shown_once(person: User, password: str) -> ResponseReturnValue:
    """The page that hands a new password over."""
    return render_template("back/password.html", person=person, password=password)
