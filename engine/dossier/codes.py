"""Codes: of dossiers, which are no secret, and those by which a dossier is opened, which are."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from engine.calendar import ZONE
from engine.storage import statements

PLACEHOLDER = re.compile(r"\{(agency|yyyy|yymmdd|yy|mm|dd|counter)(?::([1-9]))?\}")
COUNTER = "counter"

# Douglas Crockford's base 32: no I, L, O, U, so that what is read aloud or copied by hand is not mistaken.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("ILO", "110")
BITS = 5  # of a letter
GROUP = 4  # letters between two dashes
LOOKUP_LETTERS = 12  # 60 bits: never guessed, so it may stay on paper for years
ONE_TIME_LETTERS = 8  # 40 bits: enough for the minutes it is good for

NEXT = (
    "INSERT INTO counter (scope, value) VALUES (?, 1) "
    "ON CONFLICT (scope) DO UPDATE SET value = counter.value + 1 RETURNING value"
)


def dossier_code(code_format: str, *, agency: str, now: datetime) -> str:
    """The next code in a procedure's format, counted in the caller's transaction.

    The counter's scope is what the rest of the code spells out: it begins again with each agency and day where
    the code names them. Days are local days.
    """
    parts = _parts(agency, now)
    scope = PLACEHOLDER.sub(lambda found: parts.get(found[1], "#"), code_format)
    number = next_number(f"code {scope}")
    return PLACEHOLDER.sub(lambda found: parts.get(found[1]) or str(number).zfill(int(found[2] or 1)), code_format)


def _parts(agency: str, now: datetime) -> dict[str, str]:
    day = now.astimezone(ZONE)
    spelt = {"yyyy": "%Y", "yy": "%y", "mm": "%m", "dd": "%d", "yymmdd": "%y%m%d"}
    return {"agency": agency} | {name: day.strftime(form) for name, form in spelt.items()}


def next_number(scope: str) -> int:
    """The next number of a scope, from 1; of two that ask at once, the second waits for the first."""
    found = statements.one(NEXT, scope)
    assert found is not None
    return int(found[0])


def new_lookup_code(randbits: Callable[[int], int]) -> str:
    """A lookup code such as `7K3M-9QXB-02TD`, of 60 random bits; `randbits(n)` gives an integer of n bits."""
    return _grouped(randbits, LOOKUP_LETTERS)


def new_one_time_code(randbits: Callable[[int], int]) -> str:
    """A one-time code such as `7K3M-9QXB`, of 40 random bits."""
    return _grouped(randbits, ONE_TIME_LETTERS)


def _grouped(randbits: Callable[[int], int], length: int) -> str:
    letters = "".join(LETTERS[randbits(BITS)] for _ in range(length))
    return "-".join(letters[start : start + GROUP] for start in range(0, length, GROUP))


def normalised(typed: str) -> str:
    """What was typed, as codes are compared: capital letters and digits alone, mistaken letters put right."""
    letters = typed.upper().translate(MISREAD)
    return "".join(letter for letter in letters if letter in LETTERS)
