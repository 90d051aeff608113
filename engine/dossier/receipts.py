"""The receipt of an online filing, made of a dossier by the version it was filed with."""

from __future__ import annotations

import re

from engine.calendar import words
from engine.dossier import dossiers
from engine.dossier.documents import FeeLine, PaperLine, Receipt, receipt
from engine.form import fees
from engine.form.checklist import checklist
from engine.form.compiled import CompiledForm
from engine.form.markdown import plain
from engine.office import agencies
from engine.platform import running
from engine.storage.models import Dossier

BULLET = re.compile(r"^(\d+[.)]|[-*•])\s+")


def receipt_of(dossier: Dossier, compiled: CompiledForm, lookup_code: str, *, language: str) -> bytes:
    """The PDF; `lookup_code` is printed where it is given."""
    of, agency = compiled.procedure, agencies.by_id(dossier.agency_id)
    view = dossiers.view(dossier, compiled)
    base = running.settings().base_url
    titles = {fee.name: fee.title.in_(language) for fee in of.fees}
    papers = tuple(
        PaperLine(
            name=one.paper.title.in_(language),
            originals=one.paper.originals,
            copies=one.paper.copies,
            comes=one.words(language),
        )
        for one in checklist(compiled, view)
    )
    return receipt(
        Receipt(
            agency_name=agency.name,
            agency_address=agency.address,
            agency_phone=agency.phone,
            procedure_title=of.title.in_(language),
            procedure_code=of.code,
            dossier_code=dossier.code,
            lookup_code=lookup_code,
            applicant=dossiers.applicant(dossier),
            channel=dossier.channel,
            due=due_words(compiled, dossier.channel, language),
            filed_at=dossier.filed_at,
            tracking_url=f"{base}/tra-cuu?ma_ho_so={dossier.code}",
            papers=papers,
            fees=tuple(FeeLine(title=titles[one.name], amount=one.amount, collected=one.collected)
                       for one in fees.stored(dossier.fees) if one.amount),
            next_steps=tuple(plain_lines(of.next_steps.in_(language))) if of.next_steps else (),
            language=language,
        )
    )  # fmt: skip


def due_words(compiled: CompiledForm, channel: str, language: str) -> str:
    """How long it takes once it is received, in words."""
    method = compiled.procedure.method(channel)
    return words(method.time, language) if method and method.time else ""


def plain_lines(markdown: str) -> list[str]:
    """The lines of a short Markdown text, without their bullets and marks."""
    lines = (BULLET.sub("", line.strip()).strip() for line in plain(markdown).splitlines())
    return [line for line in lines if line]
