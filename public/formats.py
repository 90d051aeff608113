"""How pages write times, days, amounts and sizes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.kinds.numbers import in_dong

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def moment(value: datetime | None) -> str:
    """`09:30 ngày 24/11/2026`, local time; the same in both languages but for the word."""
    return f"{value.astimezone(LOCAL):%H:%M} ngày {value.astimezone(LOCAL):%d/%m/%Y}" if value else ""


def moment_en(value: datetime | None) -> str:
    """`09:30 on 24/11/2026`."""
    return moment(value).replace(" ngày ", " on ")


def day(value: datetime | None) -> str:
    """`24/11/2026`, local."""
    return f"{value.astimezone(LOCAL):%d/%m/%Y}" if value else ""


def money(amount: int) -> str:
    """`1.000.000 đ`."""
    return in_dong(amount)


def filesize(size: int) -> str:
    """`34 KB`, `1,2 MB`."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")


def masked_email(address: str) -> str:
    """`l•••@example.vn`: enough to know one's own address again."""
    user, _, host = address.partition("@")
    return f"{user[:1]}•••@{host}" if host else ""
