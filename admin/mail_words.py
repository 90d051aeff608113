"""How the office's own words of its mails read, with an example dossier, and what they may name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from admin.procedures import of_code
from engine.definition import mail_words
from engine.definition.checks.publishing import EVENTS
from engine.definition.procedure import MailText, Procedure
from engine.format.texts import LANGUAGES, Text
from engine.publishing import versions


def preview(code: str) -> ResponseReturnValue:
    """Every event's words, those of the draft."""
    row = of_code(code)
    of, _found = versions.checked(code)
    mails = [_event(of, event) for event in EVENTS] if of is not None else []
    names = [(name, said.vi, shown) for name, (said, shown) in mail_words.NAMES.items()]
    return render_template("back/mail_words.html", row=row, mails=mails, names=names, readable=of is not None)


def _event(of: Procedure, event: str) -> dict[str, Any]:
    own = of.mail.get(event, MailText())
    facts = mail_words.example() | {"title": of.title.vi}
    written = [
        {
            "language": language,
            "subject": _filled(own.subject, facts, language),
            "body": _filled(own.body, facts, language),
        }
        for language in LANGUAGES
        if any(text is not None and (language == "vi" or text.en) for text in (own.subject, own.body))
    ]
    return {"event": event, "written": written}


def _filled(text: Text | None, facts: dict[str, str], language: str) -> str:
    return "" if text is None else mail_words.fill(text.in_(language), facts)


def add_to(blueprint: Blueprint) -> None:
    """The page's address."""
    blueprint.add_url_rule("/thu-tuc/<code>/loi-thu", view_func=preview, endpoint="mail_words")
