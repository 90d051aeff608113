"""Sentences that the libraries of the back office say themselves, in Vietnamese, and how its lists write times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from engine.calendar import ZONE

SOON = timedelta(hours=4)

# What WTForms says of a refused value.
FORM_WORDS = {
    "This field is required.": "Điền ô này.",
    "Not a valid choice": "Chọn một mục trong danh sách.",
    "Not a valid choice.": "Chọn một mục trong danh sách.",
    "Invalid Choice: could not coerce.": "Chọn một mục trong danh sách.",
    "'%(value)s' is not a valid choice for this field.": "Chọn một mục trong danh sách.",
    "'%(value)s' are not valid choices for this field.": "Chọn trong danh sách.",
    "Not a valid integer value.": "Nhập một số nguyên.",
    "Invalid email address.": "Nhập địa chỉ thư điện tử, ví dụ ten@example.vn.",
    "Field cannot be longer than %(max)d character.": "Viết nhiều nhất %(max)d ký tự.",
    "Field cannot be longer than %(max)d characters.": "Viết nhiều nhất %(max)d ký tự.",
    "The CSRF token is missing.": "Trang này đã cũ. Tải lại trang rồi làm lại.",
    "The CSRF tokens do not match.": "Trang này đã cũ. Tải lại trang rồi làm lại.",
    "The CSRF session token is missing.": "Trang này đã cũ. Tải lại trang rồi làm lại.",
}


class FormTranslations:
    """WTForms asks it for its sentences; one that is not in the table comes back as it is."""

    def gettext(self, words: str) -> str:
        """The sentence in Vietnamese."""
        return FORM_WORDS.get(words, words)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The sentence for a number in Vietnamese, which has no plural."""
        words = one if number == 1 else many
        return FORM_WORDS.get(words, words)


@dataclass(frozen=True, slots=True)
class Due:
    """How long is left until a moment, in words; `soon` within four hours."""

    words: str
    exact: str
    late: bool
    soon: bool


def due(until: datetime | None, *, now: datetime) -> Due | None:
    """`còn 1 ngày 3 giờ`, or `quá hạn 2 giờ` when it is past; nothing where nothing is due."""
    if until is None:
        return None
    left = until - now
    late = left < timedelta(0)
    words = span(-left if late else left)
    said = _("quá hạn %(span)s", span=words) if late else _("còn %(span)s", span=words)
    return Due(said, clock(until), late, soon=not late and left < SOON)


def span(length: timedelta) -> str:
    """A length in its two largest units: `1 ngày 3 giờ`, `3 giờ 5 phút`, `5 phút`."""
    minutes = int(length.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        parts = [_days(days), _hours(hours)]
    else:
        parts = [_hours(hours), _minutes(minutes)]
    return " ".join(filter(None, parts)) or _minutes(1)


def clock(moment: datetime | None) -> str:
    """`09:30 24/11/2026`, local."""
    return f"{moment.astimezone(ZONE):%H:%M %d/%m/%Y}" if moment else ""


def _days(number: int) -> str:
    return str(ngettext("%(num)s ngày", "%(num)s ngày", number))


def _hours(number: int) -> str:
    return ngettext("%(num)s giờ", "%(num)s giờ", number) if number else ""


def _minutes(number: int) -> str:
    return ngettext("%(num)s phút", "%(num)s phút", number) if number else ""
