"""What a browser carries: the tokens of its drafts and the dossiers it has opened, in its signed session cookie."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, session

MOST_DRAFTS = 12
MOST_OPENED = 5
FINGERPRINT = 16


@dataclass(frozen=True, slots=True)
class Held:
    """A draft of this browser: its number in addresses (no secret), its token, and the procedure's code."""

    number: int
    token: str
    code: str


def held() -> list[Held]:
    """The drafts of this browser, the oldest first."""
    drafts = session.get("drafts", {})
    return sorted((Held(int(number), *pair) for number, pair in drafts.items()), key=lambda one: one.number)


def held_for(code: str) -> list[Held]:
    """The drafts of this browser for a procedure."""
    return [one for one in held() if one.code == code]


def chosen(code: str) -> Held | None:
    """The draft that `?d=N` names, or the only one of this procedure."""
    drafts = session.get("drafts", {})
    number = request.args.get("d", "")
    if number:
        pair = drafts.get(number)
        return Held(int(number), *pair) if pair and pair[1] == code else None
    mine = held_for(code)
    return mine[0] if len(mine) == 1 else None


def remember(token: str, code: str) -> Held:
    """Keeps a draft's token; beyond `MOST_DRAFTS` the oldest is forgotten here (it stays until it expires)."""
    known = next((one for one in held() if one.token == token), None)
    if known is not None:
        return known
    drafts = dict(session.get("drafts", {}))
    number = int(session.get("last_draft", 0)) + 1
    drafts[str(number)] = [token, code]
    for old in sorted(drafts, key=int)[:-MOST_DRAFTS]:
        del drafts[old]
    session["drafts"], session["last_draft"] = drafts, number
    session.permanent = True
    return Held(number, token, code)


def forget(number: int) -> None:
    """Takes a draft out of this browser."""
    session["drafts"] = {key: pair for key, pair in session.get("drafts", {}).items() if key != str(number)}


def opened(code: str, lookup: str) -> bool:
    """Whether this browser has opened the dossier; `lookup` is the hash of its lookup code now."""
    return bool(session.get("opened", {}).get(code) == lookup[:FINGERPRINT])


def remember_opened(code: str, lookup: str) -> None:
    """Keeps that the dossier was opened here, for as long as its lookup code stays the same."""
    others = [pair for pair in session.get("opened", {}).items() if pair[0] != code]
    session["opened"] = dict([*others, (code, lookup[:FINGERPRINT])][-MOST_OPENED:])


def forget_opened(code: str) -> None:
    """Closes the dossier on this machine."""
    session["opened"] = {key: mark for key, mark in session.get("opened", {}).items() if key != code}


def forget_all_opened() -> None:
    """Closes every dossier on this machine."""
    session.pop("opened", None)
