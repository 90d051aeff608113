"""The words of the mails: one text for each event and language, whose first line is the subject.

A lookup code never stands in a mail. What an officer wrote does not either: the mail says that there is a note,
and the citizen reads it behind the lookup code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.calendar import ZONE
from engine.definition import mail_words
from engine.definition.procedure import Procedure
from engine.format.texts import Text
from engine.kinds.numbers import in_dong

MASK = "••••"
SHOWN_OF_SENSITIVE = 3

TEXTS = Environment(
    loader=PackageLoader("engine.mails", "."),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
    autoescape=False,  # noqa: S701 - plain text, sent as such
)


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as it is read."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Line:
    """An answer, or a fee, as a mail lists it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """A step of the form with its answers."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What every mail about a dossier says: texts are in its language, moments aware.

    `unit` and `person` hold the dossier; `has_note` where an officer wrote something to read on the site.
    """

    code: str
    title: str
    agency: str
    unit: str
    status: str
    track_url: str
    at: datetime
    filed_at: datetime
    person: str = ""
    until: datetime | None = None
    due_at: datetime | None = None
    has_note: bool = False
    stage: str = ""


def about_dossier(event: str, about: About, *, procedure: Procedure, language: str, **more: Any) -> Written:
    """The mail of an event of a dossier, in the procedure's own words where it has some."""
    standard = write(event, language, about=about, **more)
    own = procedure.mail.get(event)
    if own is None:
        return standard
    facts = _named_facts(about, language)
    return Written(
        _one_line(_own(own.subject, facts, language) or standard.subject),
        _own(own.body, facts, language) or standard.body,
    )


def write(event: str, language: str, **facts: Any) -> Written:
    """The mail of an event by its text in `engine/mails/<language>/<event>.txt`."""
    text = TEXTS.get_template(f"{language}/{event}.txt").render(moment=moment_in(language), **facts)
    subject, _, body = text.partition("\n")
    return Written(_one_line(subject), re.sub(r"\n{3,}", "\n\n", body).strip() + "\n")


def masked(shown: str) -> str:
    """A sensitive answer as a mail shows it: its last three characters, if it is longer than twice that."""
    return MASK + (shown[-SHOWN_OF_SENSITIVE:] if len(shown) > 2 * SHOWN_OF_SENSITIVE else "")


def moment_in(language: str) -> Any:
    """Writes a moment as pages do: `09:30 ngày 24/11/2026`, `09:30 on 24/11/2026`."""
    between = " ngày " if language == "vi" else " on "

    def moment(value: datetime | None) -> str:
        if value is None:
            return ""
        local = value.astimezone(ZONE)
        return f"{local:%H:%M}{between}{local:%d/%m/%Y}"

    return moment


def total(fees: Sequence[int]) -> str:
    """What the fees come to."""
    return in_dong(sum(fees))


def _named_facts(about: About, language: str) -> Mapping[str, str]:
    moment = moment_in(language)
    names = ("code", "title", "agency", "unit", "status", "person", "track_url", "stage")
    moments = ("filed_at", "until", "due_at")
    return {name: getattr(about, name) for name in names} | {name: moment(getattr(about, name)) for name in moments}


def _own(text: Text | None, facts: Mapping[str, str], language: str) -> str:
    """An office's own words with what they name; nothing where it has none."""
    return "" if text is None else mail_words.fill(text.in_(language), facts)


def _one_line(subject: str) -> str:
    return " ".join(subject.split())
