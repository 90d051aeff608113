"""The tables. Columns and their queries only: what may happen is decided by the modules of the verbs."""

from engine.storage.models.base import Document, ExactDocument, Model, Moment, dumps
from engine.storage.models.definitions import (
    BlockRow,
    CatalogEntryRow,
    CatalogRow,
    CheckRow,
    ChoiceRow,
    FeeRow,
    FieldRow,
    PaperRow,
    Place,
    ProcedureRow,
    StageRow,
    StepRow,
    TemplateFile,
    Version,
)
from engine.storage.models.dossiers import (
    Attachment,
    Counter,
    Dossier,
    Draft,
    Event,
    EventText,
    OneTimeCode,
    ResumeLink,
)
from engine.storage.models.operations import Captcha, Heartbeat, JournalEntry, Limit, OutboxMessage, Trial
from engine.storage.models.people import Agency, AgencyRate, Role, Unit, User, UserRole

TABLES: tuple[type[Model], ...] = (
    Agency, AgencyRate, Unit, Role, User, UserRole,
    ProcedureRow, Version, BlockRow, StepRow, FieldRow, ChoiceRow, PaperRow, FeeRow, StageRow, CheckRow,
    CatalogRow, CatalogEntryRow, TemplateFile, Place,
    Dossier, Event, EventText, Draft, ResumeLink, Attachment, OneTimeCode, Counter,
    OutboxMessage, JournalEntry, Captcha, Limit, Heartbeat, Trial,
)  # fmt: skip

__all__ = [
    "TABLES", "Agency", "AgencyRate", "Attachment", "BlockRow", "Captcha", "CatalogEntryRow", "CatalogRow", "CheckRow",
    "ChoiceRow", "Counter", "Document", "Dossier", "Draft", "Event", "EventText", "ExactDocument", "FeeRow", "FieldRow",
    "Heartbeat", "JournalEntry", "Limit", "Model", "Moment", "OneTimeCode", "OutboxMessage", "PaperRow", "Place",
    "ProcedureRow", "ResumeLink", "Role", "StageRow", "StepRow", "TemplateFile", "Trial", "Unit", "User", "UserRole",
    "Version", "dumps",
]  # fmt: skip
