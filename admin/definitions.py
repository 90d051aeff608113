"""The procedures as flat tables: one row for each part, beside the page that edits a whole one as text."""

from __future__ import annotations

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from admin import access
from admin.forms import Choice, DocumentArea, YesNo, options
from admin.tables import Equals, Reference, Table, Within
from engine.kinds import KINDS
from engine.storage.models import (
    BlockRow,
    CheckRow,
    ChoiceRow,
    FeeRow,
    FieldRow,
    PaperRow,
    ProcedureRow,
    StageRow,
    StepRow,
    User,
)

WORDS = {
    "procedure": _l("Thủ tục"),
    "position": _l("Thứ tự"),
    "more": _l("Các khoá khác (JSON)"),
    "code": _l("Mã"),
    "category": _l("Lĩnh vực"),
    "level": _l("Mức độ"),
    "name": _l("Tên"),
    "title": _l("Tiêu đề"),
    "title_en": _l("Tiêu đề tiếng Anh"),
    "step": _l("Bước"),
    "of_block": _l("Khối"),
    "section": _l("Nằm trong phần"),
    "item": _l("Là"),
    "kind": _l("Kiểu"),
    "label": _l("Nhãn"),
    "label_en": _l("Nhãn tiếng Anh"),
    "required": _l("Bắt buộc"),
    "field": _l("Trường"),
    "value": _l("Giá trị"),
    "originals": _l("Bản chính"),
    "copies": _l("Bản sao"),
    "attach": _l("Đính kèm"),
    "type": _l("Loại"),
    "amount": _l("Công thức"),
    "collected": _l("Thu khi"),
    "stage": _l("Tên"),
    "unit": _l("Bộ phận"),
    "at": _l("Hiện tại trường"),
    "message": _l("Câu thông báo"),
    "message_en": _l("Câu tiếng Anh"),
    "severity": _l("Mức"),
}

UNSAID = {"": _l("Không ghi")}
ATTACH = UNSAID | {"required": _l("Bắt buộc"), "optional": _l("Tuỳ chọn"), "none": _l("Không")}
FEE_TYPES = UNSAID | {"phi": _l("Phí"), "le_phi": _l("Lệ phí")}
COLLECTED = UNSAID | {
    "on_receipt": _l("Khi tiếp nhận"),
    "on_supplement": _l("Khi bổ sung"),
    "on_return": _l("Khi trả kết quả"),
}
SEVERITIES = UNSAID | {"error": _l("Lỗi, dừng lại"), "warning": _l("Cảnh báo")}
ITEMS = {"field": _l("Trường"), "section": _l("Phần"), "block": _l("Khối dùng lại")}
KIND_CHOICES = {"": _l("Không có")} | {kind: kind for kind in KINDS}

ABOUT = _l("Sửa ở đây đổi bản nháp. Người dân chỉ thấy sau khi kiểm tra và công bố ở trang của thủ tục.")


def procedures_by_code() -> Any:
    """The keys of procedures, for a filter by code."""
    return ProcedureRow.select(ProcedureRow.id)


def _fields_in_order() -> Any:
    return FieldRow.select(FieldRow, StepRow).join(StepRow, peewee.JOIN.LEFT_OUTER)


class PartTable(Table):
    """A table of the parts of procedures: a change of a part is a change of its procedure."""

    about = ABOUT
    column_labels = WORDS
    column_default_sort = [("procedure", False), ("position", False)]  # noqa: RUF012
    form_ajax_refs = {"procedure": Reference("procedure", ProcedureRow, ["code", "title"])}  # noqa: RUF012

    def mine(self, _user: User) -> Any:
        """All of them, with their procedure."""
        return self.model.select(self.model, ProcedureRow).join(ProcedureRow)

    def procedure_of(self, row: Any) -> int | None:
        """The key of the procedure that the row is a part of."""
        key: int | None = row.procedure_id
        return key

    def on_model_change(self, _form: Any, model: Any, is_created: bool) -> None:
        """Whoever edits the whole as text at this time is told."""
        changed(self.procedure_of(model))

    def on_model_delete(self, model: Any) -> None:
        """The same when a part goes."""
        changed(self.procedure_of(model))


def changed(procedure: int | None) -> None:
    """Counts a change of a procedure's rows."""
    if procedure is not None:
        counted = {"revision": ProcedureRow.revision + 1, "changed_at": access.now()}
        ProcedureRow.update(counted).where(ProcedureRow.id == procedure).execute()


def item_words(_view: Any, _context: Any, row: FieldRow, _name: str) -> str:
    """What a row of the table of fields is."""
    return str(ITEMS.get(row.item, row.item))


def of_procedure(column: Any) -> Within:
    """The filter of a table of parts by the code of their procedure."""
    return Within(column, _l("Mã thủ tục"), procedures_by_code, ProcedureRow.code)


class Procedures(Table):
    """The procedures' own rows; a new one is made on the page that takes the whole text."""

    about = ABOUT
    can_create = False
    can_delete = False
    column_list = ("code", "title", "category", "level")
    column_labels = WORDS
    column_searchable_list = ("code", "title")
    column_filters = (Equals(ProcedureRow.category, _l("Lĩnh vực")), Equals(ProcedureRow.level, _l("Mức độ")))
    column_default_sort = ("code", False)
    form_columns = ("title", "title_en", "category", "level", "more")

    def on_model_change(self, _form: Any, model: Any, is_created: bool) -> None:
        """Whoever edits the whole as text at this time is told."""
        model.revision, model.changed_at = ProcedureRow.revision + 1, access.now()


class Steps(PartTable):
    """The steps of the online forms."""

    column_list = ("step", "title", "procedure", "position")
    column_searchable_list = ("step", "title")
    column_sortable_list = ("position", "step", "title")
    column_filters = (of_procedure(StepRow.procedure),)
    form_columns = ("procedure", "position", "step", "title", "title_en", "more")


class Fields(PartTable):
    """The fields, sections and uses of blocks, of steps and of blocks."""

    column_list = ("name", "label", "item", "kind", "required", "step", "position")
    column_searchable_list = ("name", "label")
    column_sortable_list = ("position", "name", "kind")
    column_default_sort = [("step", False), ("position", False)]  # noqa: RUF012
    column_filters = (
        Equals(FieldRow.kind, _l("Kiểu"), [(kind, kind) for kind in KINDS]),
        Within(FieldRow.of_block, _l("Khối"), lambda: BlockRow.select(BlockRow.id), BlockRow.name),
        Within(
            FieldRow.step, _l("Mã thủ tục"), lambda: StepRow.select(StepRow.id).join(ProcedureRow), ProcedureRow.code
        ),
    )
    form_columns = (
        "step", "of_block", "section", "position", "item", "name", "kind", "label", "label_en", "required", "more",
    )  # fmt: skip
    column_formatters = {"item": item_words}  # noqa: RUF012
    form_overrides = {"required": YesNo, "kind": SelectField}  # noqa: RUF012
    form_args = {"kind": {"choices": options(KIND_CHOICES)}, "item": {"choices": list(ITEMS.items())}}  # noqa: RUF012
    form_ajax_refs = {  # noqa: RUF012
        "step": Reference("step", StepRow, ["step", "title"]),
        "of_block": Reference("of_block", BlockRow, ["name", "title"]),
        "section": Reference("section", FieldRow, ["label", "name"]),
    }

    def mine(self, _user: User) -> Any:
        """All of them, with their step."""
        return _fields_in_order()

    def procedure_of(self, row: Any) -> int | None:
        """The procedure of its step; a block is of none."""
        return row.step.procedure_id if row.step_id else None


class Choices(PartTable):
    """The choices of fields."""

    column_list = ("value", "label", "field", "position")
    column_searchable_list = ("value", "label")
    column_sortable_list = ("position", "value", "label")
    column_default_sort = [("field", False), ("position", False)]  # noqa: RUF012
    column_filters = (Within(ChoiceRow.field, _l("Trường"), lambda: FieldRow.select(FieldRow.id), FieldRow.name),)
    form_columns = ("field", "position", "value", "label", "label_en", "more")
    form_ajax_refs = {"field": Reference("field", FieldRow, ["name", "label"])}  # noqa: RUF012

    def mine(self, _user: User) -> Any:
        """All of them, with their field and its step."""
        joined = ChoiceRow.select(ChoiceRow, FieldRow, StepRow).join(FieldRow)
        return joined.join(StepRow, peewee.JOIN.LEFT_OUTER)

    def procedure_of(self, row: Any) -> int | None:
        """The procedure of its field's step."""
        return row.field.step.procedure_id if row.field.step_id else None


class Papers(PartTable):
    """The papers of dossiers."""

    column_list = ("name", "title", "originals", "copies", "attach", "procedure", "position")
    column_searchable_list = ("name", "title")
    column_sortable_list = ("position", "name", "title")
    column_filters = (of_procedure(PaperRow.procedure),)
    form_columns = ("procedure", "position", "name", "title", "title_en", "originals", "copies", "attach", "more")
    form_overrides = {"attach": Choice}  # noqa: RUF012
    form_args = {"attach": {"choices": options(ATTACH)}}  # noqa: RUF012


class Fees(PartTable):
    """The fees."""

    column_list = ("name", "title", "type", "collected", "procedure", "position")
    column_searchable_list = ("name", "title")
    column_sortable_list = ("position", "name", "title")
    column_filters = (of_procedure(FeeRow.procedure),)
    form_columns = ("procedure", "position", "name", "title", "title_en", "type", "amount", "collected", "more")
    form_overrides = {"type": Choice, "collected": Choice, "amount": DocumentArea}  # noqa: RUF012
    form_args = {"type": {"choices": options(FEE_TYPES)}, "collected": {"choices": options(COLLECTED)}}  # noqa: RUF012


class Stages(PartTable):
    """The stages inside "Đang xử lý"."""

    column_list = ("stage", "title", "unit", "procedure", "position")
    column_searchable_list = ("stage", "title")
    column_sortable_list = ("position", "stage", "title")
    column_filters = (of_procedure(StageRow.procedure),)
    form_columns = ("procedure", "position", "stage", "title", "title_en", "unit", "more")


class Checks(PartTable):
    """The rules across fields."""

    column_list = ("message", "at", "severity", "procedure", "position")
    column_searchable_list = ("message",)
    column_sortable_list = ("position", "at")
    column_filters = (of_procedure(CheckRow.procedure),)
    form_columns = ("procedure", "position", "at", "message", "message_en", "severity", "more")
    form_overrides = {"severity": Choice}  # noqa: RUF012
    form_args = {"severity": {"choices": options(SEVERITIES)}}  # noqa: RUF012


class Blocks(Table):
    """The reusable parts of forms; their fields are in the table of fields."""

    about = ABOUT
    column_list = ("name", "title", "title_en")
    column_labels = WORDS
    column_searchable_list = ("name", "title")
    column_default_sort = ("name", False)
    form_columns = ("name", "title", "title_en")
