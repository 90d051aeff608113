"""Slows down whoever tries too often: counted in the database, so that every process sees the same.

Two ways. `hit` allows a number of tries in a window of time. `wrong` is for guesses of a secret that is too long
to be guessed: the first few wrong ones are merely refused, after that each demands a wait that doubles. What is
right is always let through, so that nobody can lock the owner out by guessing badly; see `engine.dossier.lookup`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from engine.errors import Throttled
from engine.platform.running import settings
from engine.storage import statements
from engine.storage.models import Limit

# How often a thing may be done: by whom or to what is the caller's key.
RATES: dict[str, RateLimitItem] = {
    "start": parse("600 per hour"),  # drafts begun in one network: a ward's hall or a mobile network shares an address
    "resume": parse("5 per hour"),  # mailed links of one draft
    "resume_mailbox": parse("10 per day"),  # mailed links to one mailbox, of whichever drafts
    "resume_network": parse("60 per hour"),  # mailed links asked for in one network
    "resume_opened": parse("30 per hour"),  # browsers that open one mailed link
    "one_time_code": parse("3 per 15 minutes"),  # mailed codes of one dossier
    "sign_in": parse("10 per 15 minutes"),  # of one account from one network: nobody elsewhere keeps its owner out
    "sign_in_account": parse("100 per 15 minutes"),  # of one account from wherever
    "sign_in_address": parse("100 per 15 minutes"),  # from one address, which a whole office may share
    "confirmation": parse("300 per minute"),  # confirmation codes given to one network
}

FREE = 5  # wrong guesses before a wait is demanded
FIRST_WAIT = timedelta(seconds=15)  # then doubled by each further wrong guess
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN = timedelta(hours=24)  # after the last wrong guess

COUNT = (
    'INSERT INTO "limit" (name, count, expires_at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET '
    'count = CASE WHEN "limit".expires_at <= ? THEN excluded.count ELSE "limit".count + excluded.count END, '
    'expires_at = CASE WHEN "limit".expires_at <= ? THEN excluded.expires_at ELSE "limit".expires_at END '
    "RETURNING count"
)
COUNT_AND_EXTEND = (
    'INSERT INTO "limit" (name, count, expires_at) VALUES (?, 1, ?) ON CONFLICT (name) DO UPDATE SET '
    'count = CASE WHEN "limit".expires_at <= ? THEN 1 ELSE "limit".count + 1 END, '
    "expires_at = excluded.expires_at"
)
FIND = 'SELECT count, expires_at FROM "limit" WHERE name = ? AND expires_at > ?'
FORGET = 'DELETE FROM "limit" WHERE name = ?'


class LimitTable(Storage):
    """The counters of the `limits` library in the table `limit`, at one moment."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._now = statements.stamp(now)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the storage raises: the database's own exceptions go through as they are."""
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counts in one statement; `expiry` in seconds."""
        found = statements.one(COUNT, key, amount, self._now + expiry * 1000, self._now, self._now)
        assert found is not None
        return int(found[0])

    def get(self, key: str) -> int:
        """The count of a window that is not over."""
        found = statements.one(FIND, key, self._now)
        return int(found[0]) if found else 0

    def get_expiry(self, key: str) -> float:
        """When the window is over, in seconds since 1970."""
        found = statements.one(FIND, key, self._now)
        return (found[1] if found else self._now) / 1000

    def check(self) -> bool:
        """Whether the table answers."""
        return statements.one("SELECT 1") is not None

    def reset(self) -> int:
        """Forgets every counter; how many there were."""
        return statements.changed('DELETE FROM "limit"')

    def clear(self, key: str) -> None:
        """Forgets one counter."""
        statements.changed(FORGET, key)


def network(address: str) -> str:
    """Whom an address stands for: an IPv4 address itself, and the /64 of an IPv6 address, all of which one has."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))


def hit(name: str, key: str, *, now: datetime) -> None:
    """Counts one try of a thing in `RATES`. Raises `Throttled` beyond its rate."""
    if not settings().ratelimit_enabled:
        return
    limiter, rate = FixedWindowRateLimiter(LimitTable(now)), RATES[name]
    if not limiter.hit(rate, _key(name, key)):
        reset, _ = limiter.get_window_stats(rate, _key(name, key))
        raise Throttled(datetime.fromtimestamp(reset, tz=now.tzinfo))


def raise_if_throttled(name: str, key: str, *, now: datetime) -> None:
    """Raises `Throttled` where a thing in `RATES` was tried too often already; counts nothing."""
    limiter, rate = FixedWindowRateLimiter(LimitTable(now)), RATES[name]
    if settings().ratelimit_enabled and not limiter.test(rate, _key(name, key)):
        reset, _ = limiter.get_window_stats(rate, _key(name, key))
        raise Throttled(datetime.fromtimestamp(reset, tz=now.tzinfo))


def wrong(name: str, key: str, *, now: datetime) -> None:
    """Counts a wrong guess; raises `Throttled` while a wait is demanded, and then does not count."""
    if not settings().ratelimit_enabled:
        return
    until = waits_until(name, key, now=now)
    if until is not None:
        raise Throttled(until)
    ends = statements.stamp(now + FORGOTTEN)
    statements.changed(COUNT_AND_EXTEND, _key(name, key), ends, statements.stamp(now))


def waits_until(name: str, key: str, *, now: datetime) -> datetime | None:
    """Until when wrong guesses are not heard, or nothing where the next one is."""
    found = statements.one(FIND, _key(name, key), statements.stamp(now))
    if found is None or not settings().ratelimit_enabled:
        return None
    last = statements.moment(found[1])
    assert last is not None
    until = last - FORGOTTEN + wait_after(int(found[0]))
    return until if until > now else None


def wait_after(guesses: int) -> timedelta:
    """The wait that so many wrong guesses demand: nothing, then 15 s, 30 s, … up to an hour."""
    if guesses < FREE:
        return timedelta()
    doubled: int = 2 ** min(guesses - FREE, 20)
    return min(LONGEST_WAIT, FIRST_WAIT * doubled)


def right(name: str, key: str) -> None:
    """Forgets the wrong guesses, as the right one came."""
    statements.changed(FORGET, _key(name, key))


def sweep(now: datetime) -> int:
    """Deletes the counters that are over; how many."""
    return int(Limit.delete().where(Limit.expires_at <= now).execute())


def _key(name: str, key: str) -> str:
    """A counter's name: keys may be addresses of people, which are nobody's business in this table."""
    return f"{name} {hashlib.sha256(key.encode()).hexdigest()[:40]}"
