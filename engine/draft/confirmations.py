"""Confirmation codes ("Mã xác nhận") that were given out: each is good once and for a quarter of an hour."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from engine.draft import captchas, throttle
from engine.platform.running import keyring, settings
from engine.storage import statements
from engine.storage.database import transaction
from engine.storage.models import Captcha

LIFETIME = timedelta(minutes=15)
MOST_TYPED = 32

INSERT = "INSERT INTO captcha (public_id, answer, sealed, expires_at) VALUES (?, ?, ?, ?)"
FIND = "SELECT sealed FROM captcha WHERE public_id = ? AND expires_at > ?"
TAKE = "DELETE FROM captcha WHERE public_id = ? RETURNING answer, expires_at"


def make(*, now: datetime, network: str = "", randbelow: Callable[[int], int] = secrets.randbelow) -> str:
    """A new code; its public id, by which its picture, its sound and its use are asked for.

    Raises `Throttled` where too many were given to a `network`.
    """
    public_id, text = secrets.token_urlsafe(16), captchas.new_text(randbelow)
    sealed = keyring().seal(text.encode(), context=_context(public_id))
    with transaction():
        if network:
            throttle.hit("confirmation", network, now=now)
        statements.changed(INSERT, public_id, _hash(text, public_id), sealed, statements.stamp(now + LIFETIME))
    return public_id


def picture(public_id: str, *, now: datetime) -> bytes | None:
    """The code as a PNG, or nothing where it is used or over."""
    text = _text(public_id, now)
    return None if text is None else captchas.draw(text)


def sound(public_id: str, *, now: datetime) -> bytes | None:
    """The code read aloud as a WAV, or nothing where it is used or over."""
    text = _text(public_id, now)
    return None if text is None else captchas.speak(text)


def use(public_id: str, typed: str, *, now: datetime) -> bool:
    """Whether the code was typed right and in time; right or wrong, it is used up.

    Where the setting CAPTCHA is off, anything is right.
    """
    if settings().captcha == "off":
        return True
    taken = statements.one(TAKE, public_id[:64])
    if taken is None or taken[1] <= statements.stamp(now):
        return False
    given = "".join(typed.split())[:MOST_TYPED]
    return hmac.compare_digest(taken[0], _hash(given, public_id))


def sweep(now: datetime) -> int:
    """Deletes the codes that are over; how many."""
    return int(Captcha.delete().where(Captcha.expires_at <= now).execute())


def _text(public_id: str, now: datetime) -> str | None:
    found = statements.one(FIND, public_id[:64], statements.stamp(now))
    return None if found is None else keyring().open_sealed(found[0], context=_context(public_id)).decode()


def _hash(text: str, public_id: str) -> str:
    return keyring().keyed_hash(text, f"captcha:{public_id}")


def _context(public_id: str) -> bytes:
    return f"captcha:{public_id}".encode()
