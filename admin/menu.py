"""The tables of the back office, in the order of the rail."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from admin import agencies, blank_forms, definitions, operations, people
from admin.tables import Table
from engine.storage.models import (
    Agency,
    BlockRow,
    CatalogEntryRow,
    CatalogRow,
    CheckRow,
    ChoiceRow,
    FeeRow,
    FieldRow,
    JournalEntry,
    OutboxMessage,
    PaperRow,
    ProcedureRow,
    StageRow,
    StepRow,
    TemplateFile,
    User,
    Version,
)

PEOPLE, PARTS, LISTS, RUNNING = (
    _l("Cơ quan"),
    _l("Bảng của thủ tục"),
    _l("Danh mục dùng chung"),
    _l("Vận hành"),
)


def tables() -> list[Table]:
    """One view for each table; `endpoint` names it in addresses and in the rules of access."""
    return [
        people.People(User, _l("Người dùng"), PEOPLE, "nguoi_dung", "nguoi-dung"),
        agencies.Agencies(Agency, _l("Cơ quan và bộ phận"), PEOPLE, "co_quan", "co-quan"),
        definitions.Procedures(ProcedureRow, _l("Dòng thủ tục"), PARTS, "dong_thu_tuc", "dong-thu-tuc"),
        definitions.Steps(StepRow, _l("Bước"), PARTS, "buoc", "buoc"),
        definitions.Fields(FieldRow, _l("Trường"), PARTS, "truong", "truong"),
        definitions.Choices(ChoiceRow, _l("Lựa chọn"), PARTS, "lua_chon", "lua-chon"),
        definitions.Papers(PaperRow, _l("Giấy tờ"), PARTS, "giay_to", "giay-to"),
        definitions.Fees(FeeRow, _l("Phí, lệ phí"), PARTS, "phi", "phi"),
        definitions.Stages(StageRow, _l("Công đoạn"), PARTS, "cong_doan", "cong-doan"),
        definitions.Checks(CheckRow, _l("Kiểm tra chéo"), PARTS, "kiem_tra", "kiem-tra"),
        blank_forms.BlankForms(TemplateFile, _l("Mẫu đơn"), PARTS, "mau_don", "mau-don"),
        definitions.Blocks(BlockRow, _l("Khối"), LISTS, "khoi", "khoi"),
        agencies.Catalogs(CatalogRow, _l("Danh mục"), LISTS, "danh_muc", "danh-muc"),
        agencies.CatalogEntries(CatalogEntryRow, _l("Mục của danh mục"), LISTS, "muc_danh_muc", "muc-danh-muc"),
        operations.Outbox(OutboxMessage, _l("Thư gửi đi"), RUNNING, "thu_gui", "thu-gui"),
        operations.Journal(JournalEntry, _l("Nhật ký"), RUNNING, "nhat_ky", "nhat-ky"),
        operations.Versions(Version, _l("Phiên bản"), RUNNING, "phien_ban", "phien-ban"),
    ]
