"""The blank forms to download: their files are taken here, and kept by the engine."""

from __future__ import annotations

from typing import Any

from flask import send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from admin import access
from admin.definitions import changed, of_procedure
from admin.tables import Reference, Refused, Table
from engine import kinds
from engine.draft import attachments
from engine.format.texts import Text
from engine.kinds.files import File
from engine.publishing import versions
from engine.storage import journal
from engine.storage.models import ProcedureRow, TemplateFile, User

BLANK_FORM = File(name="upload", label=Text("Tệp"), accept=("pdf", "docx", "xlsx"), max_mb=20)


class BlankForms(Table):
    """The files; a procedure names them under `templates`, and a published version keeps the ones it was given."""

    icon = "file"
    about = _l("Thêm tệp rồi ghi tên tệp vào mục templates của thủ tục. Gửi lại tệp cùng tên thì bản mới thay bản cũ.")
    can_edit = False
    column_list = ("file", "procedure", "size", "media_type")
    column_labels = {  # noqa: RUF012
        "procedure": _l("Thủ tục"),
        "file": _l("Tệp"),
        "size": _l("Cỡ (byte)"),
        "media_type": _l("Loại"),
    }
    column_searchable_list = ("file",)
    column_sortable_list = ("file", "size")
    column_filters = (of_procedure(TemplateFile.procedure),)
    form_columns = ("procedure",)
    form_extra_fields = {  # noqa: RUF012
        "upload": FileField(_l("Tệp"), validators=[FileRequired(_l("Chọn một tệp."))])
    }
    form_ajax_refs = {"procedure": Reference("procedure", ProcedureRow, ["code", "title"])}  # noqa: RUF012

    def mine(self, _user: User) -> Any:
        """All of them, with their procedure."""
        return TemplateFile.select(TemplateFile, ProcedureRow).join(ProcedureRow)

    def address_of(self, row: Any, return_url: str) -> str:
        """The file itself."""
        return str(self.get_url(".file", id=row.id))

    def save_row(self, form: Any, row: Any, *, is_created: bool) -> None:
        """Takes the file in; one of the same name gives way to it."""
        procedure = form.procedure.data
        try:
            with attachments.incoming(form.upload.data, BLANK_FORM) as file:
                row.id = versions.store_template(procedure.code, file.name, file.path.read_bytes()).id
        except kinds.Refused as refused:
            raise Refused(refused.problem.sentence(_("Tệp"), "vi")) from refused
        changed(procedure.id)
        details = {"file": file.name}
        journal.write("template_stored", procedure.code, by=access.me().email, now=access.now(), details=details)

    def on_model_delete(self, model: Any) -> None:
        """A file that goes is a change of its procedure."""
        changed(model.procedure_id)

    @expose("/tep/<id>")  # type: ignore[untyped-decorator]
    def file(self, id: str) -> ResponseReturnValue:  # noqa: A002 as addresses call it
        """The file, to be saved."""
        row = self.get_one(id)
        path = versions.template_folder() / row.digest
        return send_file(path, mimetype=row.media_type, as_attachment=True, download_name=row.file)
