"""Opening a dossier: by its lookup code, or by a one-time code that is mailed to the address it was filed with.

Whether the dossier, the code or the address is wrong is never said. Wrong guesses are counted by dossier code:
from the sixth on each demands a wait that doubles. A right code is let through even then, which costs no safety
(60 random bits, or 40 for a quarter of an hour behind a confirmation code, are not guessed) and means that nobody
can lock the owner out.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from engine import mails
from engine.dossier import codes, dossiers
from engine.draft import throttle
from engine.errors import NoSuchDossier, Throttled
from engine.mails import outbox
from engine.platform.running import keyring
from engine.storage import journal, vault
from engine.storage.database import transaction
from engine.storage.models import Dossier, OneTimeCode

LIFETIME = timedelta(minutes=15)
MINUTES = LIFETIME // timedelta(minutes=1)
GUESSES = "lookup"
MAILED = "one_time_code"


def open_dossier(code: str, typed: str, *, now: datetime) -> Dossier:
    """The dossier of a code, opened by its lookup code or by a one-time code, which is used up; the journal notes it.

    Raises `NoSuchDossier`, and `Throttled` instead of it while a wait is demanded.
    """
    dossier = dossiers.by_code(code)
    secret = codes.normalised(typed[:64])
    # Without a dossier the same is worked out, so that the answer takes as long.
    of = dossier.code if dossier else code[:64]
    right = hmac.compare_digest(vault.lookup_hash(secret, of), dossier.lookup if dossier else "")
    if dossier is not None and (right or _use_one_time_code(dossier, secret, now)):
        throttle.right(GUESSES, dossier.code.upper())
        journal.write("opened", dossier.code, by=journal.CITIZEN, now=now)
        return dossier
    throttle.wrong(GUESSES, of.upper(), now=now)
    raise NoSuchDossier


def send_one_time_code(
    code: str,
    *,
    now: datetime,
    language: str,
    randbits: Callable[[int], int] = secrets.randbits,
) -> None:
    """Mails a one-time code to the address that a dossier was filed with; earlier ones end.

    Whether there is such a dossier, or an address, or there were too many mails, nobody is told.
    """
    dossier = dossiers.by_code(code)
    if dossier is None or not dossier.email:
        return
    try:
        throttle.hit(MAILED, dossier.code, now=now)
    except Throttled:
        return
    _send(dossier, codes.new_one_time_code(randbits), now, language)


def _send(dossier: Dossier, secret: str, now: datetime, language: str) -> None:
    facts = {"code": dossier.code, "minutes": MINUTES, "track_url": dossiers.track_url(dossier.code)}
    mail = mails.write(MAILED, language, secret=outbox.SECRET, **facts)
    with transaction():
        OneTimeCode.delete().where(OneTimeCode.dossier == dossier.id).execute()
        OneTimeCode.create(dossier=dossier.id, code=_hash(codes.normalised(secret), dossier), expires_at=now + LIFETIME)
        outbox.put(MAILED, dossier.email, mail, now=now, dossier=dossier.id, secret=secret)


def _use_one_time_code(dossier: Dossier, secret: str, now: datetime) -> bool:
    """Whether this is the dossier's one-time code; it is taken out in the same statement."""
    mine = (OneTimeCode.dossier == dossier.id) & (OneTimeCode.code == _hash(secret, dossier))
    return bool(OneTimeCode.delete().where(mine & (OneTimeCode.expires_at > now)).execute())


def sweep(now: datetime) -> int:
    """Deletes the one-time codes that are over; how many."""
    return int(OneTimeCode.delete().where(OneTimeCode.expires_at <= now).execute())


def _hash(normalised: str, dossier: Dossier) -> str:
    return keyring().keyed_hash(normalised, f"one-time:{dossier.id}")
