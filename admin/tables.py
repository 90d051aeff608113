"""The one base of all tables of the back office: Flask-Admin's view, made safe where it is not by itself."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import peewee
from flask import Blueprint, abort, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.actions import action
from flask_admin.contrib.peewee import ModelView
from flask_admin.contrib.peewee.ajax import QueryAjaxModelLoader
from flask_admin.contrib.peewee.filters import BasePeeweeFilter
from flask_admin.contrib.peewee.form import save_inline
from flask_admin.form import FormOpts
from flask_admin.helpers import get_redirect_target
from flask_admin.model.typefmt import BASE_FORMATTERS
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

from admin import access
from admin.forms import NO, YES, Converter, TableForm
from engine.storage.database import transaction
from engine.storage.models import Model, User

PAGE = 50
LAST_PAGE = 1_000_000
LOOKUP = 20  # rows that one answer of a lookup holds at most
LARGEST_ID = 2**63 - 1
LONGEST_ID = 20  # digits, one more than the largest has

DELETED = _l("Đã xoá.")
TAKEN = _l("Không lưu được: tên hoặc mã này đã có, hoặc dòng đang được nơi khác dùng.")
IN_USE = _l("Không xoá được: nơi khác đang dùng.")
SAVED = _l("Đã lưu.")


class Refused(Exception):
    """A change that the table's own rules refuse; carries the sentence for the page."""


class Reference(QueryAjaxModelLoader):  # type: ignore[misc]
    """Looks rows up for a foreign key, among those that the person may choose."""

    def __init__(self, name: str, model: Any, fields: Iterable[str], mine: Any = None) -> None:
        super().__init__(name, model, fields=list(fields), minimum_input_length=0, placeholder="Tìm và chọn")
        self.mine = mine or model.select

    def get_one(self, pk: Any) -> Any:
        """The row of this key, or nothing where the person may not choose it."""
        number = as_id(pk)
        return None if number is None else self.mine().where(getattr(self.model, self.pk) == number).first()

    def get_list(self, term: str | None, offset: int | None = 0, limit: int | None = LOOKUP) -> list[Any]:
        """The rows that hold the words."""
        query = self.mine()
        if term:
            query = query.where(reduce(operator.or_, [field.contains(term) for field in self._cached_fields]))
        return list(query.offset(max(0, offset or 0)).limit(min(limit or LOOKUP, LOOKUP)))


class Equals(BasePeeweeFilter):  # type: ignore[misc]
    """Rows whose column has one of a few values."""

    def apply(self, query: Any, value: Any) -> Any:
        """Only the rows of this value."""
        return query.where(self.column == value)

    def operation(self) -> str:
        """Its word; pages do not show it."""
        return "="


class Within(Equals):
    """Rows that hang on a parent whose column begins with what was typed."""

    def __init__(self, column: Any, name: Any, parents: Any, parent_column: Any) -> None:
        super().__init__(column, name)
        self.parents, self.parent_column = parents, parent_column

    def apply(self, query: Any, value: Any) -> Any:
        """Only the rows of these parents."""
        return query.where(self.column.in_(self.parents().where(self.parent_column.startswith(value))))


@dataclass(frozen=True, slots=True)
class ChosenFilter:
    """A filter as a page shows it: its name in the address, its words, its options if it has any, its value."""

    name: str
    words: str
    options: Any
    value: str


@dataclass(frozen=True, slots=True)
class RowVerb:
    """A button of a row: what it says, where it posts to, what it asks before."""

    words: str
    url: str
    question: str = ""


def as_id(value: Any) -> int | None:
    """A key as a number, or nothing where it cannot be one."""
    text = str(value)[:LONGEST_ID]  # a text of thousands of digits is no number to Python
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= LARGEST_ID else None


def yes_no(_view: Any, value: bool, _name: str) -> str:
    """A truth in a list."""
    return str(YES if value else NO)


class Table(ModelView):  # type: ignore[misc]
    """A table of the back office.

    A table says who opens it (`allowed`) and which rows are that person's (`mine`): every way to a row goes
    through `mine`. A change is one transaction; what a rule refuses (`Refused`) is said on the page.
    """

    allowed: access.Rule = staticmethod(access.installation)
    about: Any = ""
    empty: Any = _l("Chưa có dòng nào.")
    icon = "list"

    form_base_class = TableForm
    model_form_converter = Converter
    list_template = "back/table.html"
    details_template = "back/details.html"
    page_size = PAGE
    can_set_page_size = False
    can_export = False
    named_filter_urls = False
    column_type_formatters = {**BASE_FORMATTERS, bool: yes_no}  # noqa: RUF012
    column_default_sort: Any = ("id", False)
    form_args: Any = None

    def create_blueprint(self, admin: Any) -> Blueprint:
        """The table's addresses, which refuse in the words of the back office."""
        blueprint: Blueprint = super().create_blueprint(admin)
        blueprint.register_error_handler(HTTPException, access.http_error)
        return blueprint

    def is_accessible(self) -> bool:
        """The guard has asked already; this holds where a view is used without it."""
        return access.signed_in() and type(self).allowed(access.me())

    # Rows

    def mine(self, _user: User) -> Any:
        """The rows that this person may see."""
        return self.model.select()

    def get_query(self) -> Any:
        """The rows of the person who asks."""
        return self.mine(access.me())

    def get_one(self, id: Any) -> Any:  # noqa: A002 the library's name
        """A row of the person who asks; another's is not there."""
        number = as_id(id)
        row = None if number is None else self.get_query().where(self.model._meta.primary_key == number).first()
        return row if row is not None else abort(404)

    def get_list(self, page: int | None, sort_column: str | None, *rest: Any, **more: Any) -> Any:
        """The rows of a page; a number that no database counts to leads to an empty one, an unknown order to none."""
        order = sort_column if sort_column in self._sortable_columns else None
        return super().get_list(min(max(page or 0, 0), LAST_PAGE), order, *rest, **more)

    def name_of(self, row: Model) -> str:
        """What a row is called: what its first column shows."""
        return str(getattr(row, str(self._list_columns[0][0]), row))

    def may_delete(self, _row: Model) -> bool:
        """Whether a row of the list offers it."""
        return bool(self.can_delete)

    def address_of(self, row: Model, return_url: str) -> str:
        """Where a row is opened."""
        if self.can_edit:
            return str(self.get_url(".edit_view", id=self.get_pk_value(row), url=return_url))
        if self.can_view_details:
            return str(self.get_url(".details_view", id=self.get_pk_value(row), url=return_url))
        return ""

    def verbs_of(self, _row: Model) -> list[RowVerb]:
        """The buttons of a row."""
        return []

    # Filters, as plain inputs

    def filters_of_page(self, active: list[tuple[int, str, str]] | None) -> list[ChosenFilter]:
        """Every filter with its present value."""
        values = {index: value for index, _name, value in active or ()}
        return [
            ChosenFilter(f"flt{index}_{self.get_filter_arg(index, one)}", one.name, one.get_options(self),
                         str(values.get(index, "")))
            for index, one in enumerate(self._filters or ())
        ]  # fmt: skip

    def _get_list_filter_args(self) -> Any:
        chosen = super()._get_list_filter_args()
        return [one for one in chosen if one[2] != ""] if chosen else chosen

    def is_valid_filter(self, filter: Any) -> bool:  # noqa: A002 the library's name
        """Our own filters are."""
        return isinstance(filter, BasePeeweeFilter)

    # Changes

    def create_model(self, form: Any) -> Any:
        """Makes the row and those inside its form, all or nothing."""
        row = self.model()
        return row if self._store(form, row, is_created=True) else False

    def update_model(self, form: Any, model: Any) -> bool:
        """Changes the row and those inside its form, all or nothing."""
        return self._store(form, model, is_created=False)

    def _store(self, form: Any, row: Any, *, is_created: bool) -> bool:
        try:
            with transaction():
                self.save_row(form, row, is_created=is_created)
        except peewee.IntegrityError:
            flash(TAKEN, "bad")
            return False
        except Refused as refusal:
            flash(str(refusal), "bad")
            return False
        return True

    def save_row(self, form: Any, row: Any, *, is_created: bool) -> None:
        """Writes the row; runs inside the transaction."""
        form.populate_obj(row)
        self._on_model_change(form, row, is_created)
        row.save(force_insert=is_created)
        save_inline(form, row)

    def delete_model(self, model: Any) -> bool:
        """Deletes the row; what hangs on it goes with it or forbids it, as the database's keys say."""
        return self._delete([model])

    def _delete(self, rows: list[Any]) -> bool:
        try:
            with transaction():
                for row in rows:
                    self.on_model_delete(row)
                    row.delete_instance()
        except peewee.IntegrityError:
            flash(IN_USE, "bad")
            return False
        except Refused as refusal:
            flash(str(refusal), "bad")
            return False
        return True

    @action(  # type: ignore[untyped-decorator]
        "delete", _l("Xoá các dòng đã chọn"), _l("Xoá các dòng đã chọn? Việc này không hoàn tác được.")
    )
    def action_delete(self, ids: list[str]) -> None:
        """Deletes the chosen rows, all or none, if all of them are the person's own."""
        if self._delete([self.get_one(one) for one in ids]) and ids:
            flash(DELETED, "good")

    # Pages. Flask-Admin's own answer 200 to what was refused and speak of "records".

    @expose("/new/", methods=("GET", "POST"))  # type: ignore[untyped-decorator]
    def create_view(self) -> ResponseReturnValue:
        """The form of a new row."""
        if not self.can_create:
            abort(404)
        form = self.create_form()
        if self.validate_form(form) and self.create_model(form):
            return self.stored()
        return self.form_page(form)

    @expose("/edit/", methods=("GET", "POST"))  # type: ignore[untyped-decorator]
    def edit_view(self) -> ResponseReturnValue:
        """The form of a row."""
        row = self.get_one(request.args.get("id", "")) if self.can_edit else abort(404)
        form = self.edit_form(obj=row)
        if self.validate_form(form) and self.update_model(form, row):
            return self.stored()
        return self.form_page(form, model=row)

    @expose("/delete/", methods=("POST",))  # type: ignore[untyped-decorator]
    def delete_view(self) -> ResponseReturnValue:
        """Deletes one row."""
        form = self.delete_form() if self.can_delete else abort(404)
        if self.validate_form(form) and self.delete_model(self.get_one(form.id.data)):
            flash(DELETED, "good")
        return redirect(self.way_back(), 303)

    def stored(self) -> ResponseReturnValue:
        """Back to the list after a change."""
        flash(SAVED, "good")
        return redirect(self.way_back(), 303)

    def form_page(self, form: Any, **facts: Any) -> ResponseReturnValue:
        """The page with the form; after a post it was refused: 422."""
        opts = FormOpts(widget_args=self.form_widget_args, form_rules=None)
        page = self.render("back/form.html", form=form, form_opts=opts, return_url=self.way_back(), **facts)
        return make_response(page, 422 if request.method == "POST" else 200)

    def way_back(self) -> str:
        """The list as it was left, or as it opens; never another site."""
        return str(get_redirect_target() or self.get_url(".index_view"))

    # Words

    def scaffold_form(self) -> Any:
        """The form, its fields labelled as the columns are."""
        given: dict[str, Any] = self.form_args or {}
        labels = {name: {"label": words} for name, words in (self.column_labels or {}).items()}
        self.form_args = {name: labels.get(name, {}) | given.get(name, {}) for name in {**labels, **given}}
        return super().scaffold_form()

    def search_placeholder(self) -> str:
        """Which columns the search looks at."""
        return ", ".join(str(self.get_column_name(name)).lower() for name in self.column_searchable_list)


class ReadOnly(Table):
    """A table that nobody changes here."""

    can_create = can_edit = can_delete = False
    can_view_details = True
    action_disallowed_list = ("delete",)
