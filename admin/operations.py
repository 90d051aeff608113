"""What leaves the office, what is remembered, and what was published, as tables to read."""

from __future__ import annotations

from typing import Any

import peewee
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from admin import access
from admin.tables import Equals, ReadOnly, RowVerb
from admin.words import clock
from engine.errors import SecretGone
from engine.mails import outbox
from engine.storage import journal
from engine.storage.database import transaction
from engine.storage.models import Dossier, JournalEntry, OutboxMessage, ProcedureRow, User, Version

STATES = {"waiting": _l("Đang chờ gửi"), "sent": _l("Đã gửi"), "failed": _l("Không gửi được")}
STATE_TONES = {"waiting": "wait", "sent": "good", "failed": "bad"}


def moment(_view: Any, _context: Any, row: Any, name: str) -> str:
    """A time of a row, as the desk writes it."""
    return clock(getattr(row, name)) or "–"


def state_words(_view: Any, _context: Any, row: OutboxMessage, _name: str) -> Markup:
    """The state of a mail, in colour and in words."""
    words = Markup('<span class="mb-state mb-{}">{}</span>')
    return words.format(STATE_TONES.get(row.state, "stop"), STATES.get(row.state, row.state))


class Outbox(ReadOnly):
    """The mails; who looks after one agency sees those of its dossiers."""

    icon = "mail"
    allowed = staticmethod(access.administrator)
    column_list = ("created_at", "recipient", "subject", "event", "state", "tries", "sent_at")
    column_details_list = (
        "recipient", "subject", "body", "event", "state", "tries", "error", "created_at", "due_at", "sent_at",
    )  # fmt: skip
    column_labels = {  # noqa: RUF012
        "created_at": _l("Lập lúc"),
        "recipient": _l("Người nhận"),
        "subject": _l("Tiêu đề"),
        "body": _l("Nội dung"),
        "event": _l("Sự kiện"),
        "state": _l("Trạng thái"),
        "tries": _l("Số lần thử"),
        "error": _l("Lỗi"),
        "due_at": _l("Gửi lúc"),
        "sent_at": _l("Đã gửi lúc"),
    }
    column_formatters = {  # noqa: RUF012
        "created_at": moment, "due_at": moment, "sent_at": moment, "state": state_words,
    }  # fmt: skip
    column_searchable_list = ("recipient", "subject")
    column_sortable_list = ("created_at", "state", "tries")
    column_filters = (Equals(OutboxMessage.state, _l("Trạng thái"), list(STATES.items())),)
    column_default_sort = ("id", True)

    def mine(self, user: User) -> Any:
        """All of them, or those of the agency's dossiers."""
        if access.installation(user):
            return OutboxMessage.select()
        theirs = Dossier.select(Dossier.id).where(Dossier.agency == user.agency_id)
        return OutboxMessage.select().where(OutboxMessage.dossier.in_(theirs))

    def verbs_of(self, row: Any) -> list[RowVerb]:
        """A mail that failed, or was lost on its way, can be sent again."""
        question = _("Gửi lại thư này cho %(recipient)s?", recipient=row.recipient)
        return [RowVerb(_("Gửi lại"), self.get_url(".send_again"), question)]

    @expose("/gui-lai", methods=("POST",))  # type: ignore[untyped-decorator]
    def send_again(self) -> ResponseReturnValue:
        """Puts a mail into the queue once more."""
        row = self.get_one(request.form.get("id", ""))
        try:
            with transaction():
                outbox.send_again(row.id, now=access.now())
                about = row.dossier.code if row.dossier_id else ""
                details = {"message": row.id}  # whom it goes to is personal, and stands in the message
                journal.write("mail.sent_again", about, by=access.me().email, now=access.now(), details=details)
        except SecretGone:
            flash(_("Thư này có mã đã xoá sau khi gửi. Hãy cấp mã mới thay vì gửi lại."), "bad")
        else:
            flash(_("Thư sẽ được gửi ngay trong lượt tới."), "good")
        return redirect(url_for(".index_view"), 303)


class Journal(ReadOnly):
    """Who did what; who looks after one agency sees what its own people did."""

    icon = "list"
    allowed = staticmethod(access.administrator)
    column_list = ("at", "actor", "action", "subject", "details")
    column_details_list = column_list
    column_labels = {  # noqa: RUF012
        "at": _l("Lúc"),
        "actor": _l("Ai"),
        "action": _l("Việc"),
        "subject": _l("Đối tượng"),
        "details": _l("Chi tiết"),
    }
    column_formatters = {"at": moment}  # noqa: RUF012
    column_searchable_list = ("actor", "action", "subject")
    column_sortable_list = ("at",)
    column_default_sort = ("id", True)

    def mine(self, user: User) -> Any:
        """All of them, or those of the agency's people."""
        if access.installation(user):
            return JournalEntry.select()
        people = User.select(User.email).where(User.agency == user.agency_id)
        return JournalEntry.select().where(JournalEntry.actor.in_(people))


class Versions(ReadOnly):
    """The published versions of all procedures."""

    icon = "lock"
    column_list = ("procedure", "number", "digest", "author", "published_at", "note")
    column_labels = {  # noqa: RUF012
        "procedure": _l("Thủ tục"),
        "number": _l("Số"),
        "digest": _l("Mã băm"),
        "author": _l("Người công bố"),
        "published_at": _l("Công bố lúc"),
        "note": _l("Ghi chú"),
    }
    column_formatters = {"published_at": moment}  # noqa: RUF012
    column_searchable_list = ("code", "title")
    column_sortable_list = ("number", "published_at")
    column_default_sort = ("id", True)

    def mine(self, _user: User) -> Any:
        """All of them with their procedure, without the documents."""
        columns = [one for one in Version._meta.sorted_fields if one.name != "document"]
        return Version.select(*columns, ProcedureRow).join(ProcedureRow, peewee.JOIN.INNER)

    def address_of(self, row: Any, return_url: str) -> str:
        """The page that shows the version's text."""
        return url_for("back.version", code=row.procedure.code, number=row.number)
