"""The agencies with their units, and the catalogs, as tables."""

from __future__ import annotations

from typing import Any

from flask_admin.model.form import InlineFormAdmin
from flask_babel import lazy_gettext as _l

from admin import access
from admin.tables import Reference, Table, Within
from engine.storage.models import Agency, CatalogEntryRow, CatalogRow, Unit, User

AGENCY_COLUMNS = ("code", "name", "kind", "parent", "ward", "address", "phone", "email", "hours")
OWN_COLUMNS = ("name", "address", "phone", "email", "hours")  # what an agency says of itself

AGENCY_WORDS = {
    "code": _l("Mã"),
    "name": _l("Tên"),
    "kind": _l("Loại"),
    "parent": _l("Cơ quan cấp trên"),
    "ward": _l("Mã đơn vị hành chính"),
    "address": _l("Địa chỉ"),
    "phone": _l("Điện thoại"),
    "email": _l("Thư điện tử"),
    "hours": _l("Giờ làm việc"),
    "units": _l("Bộ phận"),
    "title": _l("Tên"),
    "agency": _l("Cơ quan"),
}


class UnitRows(InlineFormAdmin):  # type: ignore[misc]
    """The units inside the form of their agency."""

    form_columns = ("id", "name", "title")
    form_label = _l("Bộ phận")
    column_labels = {"name": _l("Tên trong quy trình"), "title": _l("Tên hiển thị")}  # noqa: RUF012
    form_args = {"name": {"label": _l("Tên trong quy trình")}, "title": {"label": _l("Tên hiển thị")}}  # noqa: RUF012


class Agencies(Table):
    """The agencies; who looks after one of them sees only that one, and not what others rely on."""

    allowed = staticmethod(access.administrator)
    column_list = ("code", "name", "kind", "phone", "email")
    column_labels = AGENCY_WORDS
    column_searchable_list = ("code", "name")
    form_columns = AGENCY_COLUMNS
    inline_models = (UnitRows(Unit),)
    column_default_sort = ("code", False)

    def mine(self, user: User) -> Any:
        """All of them, or one's own."""
        return Agency.select() if access.installation(user) else Agency.select().where(Agency.id == user.agency_id)

    @property
    def can_create(self) -> bool:
        """Only the installation's administrators make agencies."""
        return access.installation(access.me())

    @property
    def can_delete(self) -> bool:
        """Only the installation's administrators delete agencies."""
        return access.installation(access.me())

    def edit_form(self, obj: Any = None) -> Any:
        """The form, without what dossier codes and procedures rely on for who looks after one agency."""
        form = super().edit_form(obj)
        if not access.installation(access.me()):
            for name in set(AGENCY_COLUMNS) - set(OWN_COLUMNS):
                delattr(form, name)
        return form


class Catalogs(Table):
    """The lists of choices that procedures share; a published version keeps its own copy."""

    about = _l("Phiên bản đã công bố giữ bản sao riêng: sửa ở đây không đổi hồ sơ đã nộp.")
    column_list = ("name", "title", "title_en")
    column_labels = {"name": _l("Tên trong định nghĩa"), "title": _l("Tiêu đề"), "title_en": _l("Tiêu đề tiếng Anh")}  # noqa: RUF012
    column_searchable_list = ("name", "title")
    form_columns = ("name", "title", "title_en")
    column_default_sort = ("name", False)


class CatalogEntries(Table):
    """The entries of the catalogs."""

    about = Catalogs.about
    column_list = ("value", "label", "catalog", "position", "parent", "until")
    column_labels = {  # noqa: RUF012
        "catalog": _l("Danh mục"),
        "position": _l("Thứ tự"),
        "value": _l("Giá trị"),
        "label": _l("Nhãn"),
        "label_en": _l("Nhãn tiếng Anh"),
        "parent": _l("Thuộc mục"),
        "until": _l("Dùng đến hết ngày"),
    }
    column_searchable_list = ("value", "label")
    column_sortable_list = ("position", "value", "label")
    column_filters = (Within(CatalogEntryRow.catalog, _l("Danh mục"), CatalogRow.select, CatalogRow.name),)
    column_default_sort = [("catalog", False), ("position", False)]  # noqa: RUF012
    form_columns = ("catalog", "position", "value", "label", "label_en", "parent", "until")
    form_ajax_refs = {"catalog": Reference("catalog", CatalogRow, ["name", "title"])}  # noqa: RUF012

    def mine(self, _user: User) -> Any:
        """All of them, with the catalog they are in."""
        return CatalogEntryRow.select(CatalogEntryRow, CatalogRow).join(CatalogRow)
