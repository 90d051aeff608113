"""The papers that the program prints, as PDF: data goes into a template, and is never read as markup."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import segno
import typst

from engine.calendar import ZONE
from engine.kinds.numbers import in_dong

if TYPE_CHECKING:
    from typst import PDFStandards

PAPERS = Path(__file__).parent / "papers"

# To be read in twenty years (PDF/A) and by screen readers (PDF/UA).
STANDARDS: PDFStandards = ["a-2a", "ua-1"]
# Control characters, halves of pairs, private and unassigned ones: no font shows them, and no archive takes them.
UNPRINTABLE = {"Cc", "Cs", "Co", "Cn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """A paper of the dossier: how many originals and copies are wanted, and in words how it comes."""

    name: str
    originals: int = 0
    copies: int = 0
    comes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """A fee in whole đồng; `collected` is `on_receipt`, `on_supplement` or `on_return`."""

    title: str
    amount: int
    collected: str = "on_receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the paper that confirms an online filing says; texts are already in `language` (`vi` or `en`).

    `channel` is `online`, `in_person` or `post`; `filed_at` an aware moment; an empty text is left out. Raises
    ValueError where the tracking address bears the lookup code: the QR code made of it is seen by many eyes.
    """

    agency_name: str
    procedure_title: str
    procedure_code: str
    dossier_code: str
    applicant: str
    filed_at: datetime
    tracking_url: str
    agency_address: str = ""
    agency_phone: str = ""
    lookup_code: str = ""
    channel: str = "online"
    due: str = ""
    papers: tuple[PaperLine, ...] = ()
    fees: tuple[FeeLine, ...] = ()
    next_steps: tuple[str, ...] = ()
    language: str = "vi"

    def __post_init__(self) -> None:
        if self.filed_at.tzinfo is None:
            raise ValueError("filed_at is a moment without a time zone")
        if self.lookup_code and _bare(self.lookup_code) in _bare(self.tracking_url):
            raise ValueError("the tracking address must not bear the lookup code")


def receipt(data: Receipt) -> bytes:
    """The paper as a PDF; the same data give the same bytes. Raises typst.TypstError where it cannot be set."""
    return _compiled("receipt.typ", _receipt_document(data), data.filed_at)


def _receipt_document(data: Receipt) -> dict[str, Any]:
    return {
        "language": data.language,
        "agency": {"name": data.agency_name, "address": data.agency_address, "phone": data.agency_phone},
        "procedure": {"title": data.procedure_title, "code": data.procedure_code},
        "dossier_code": data.dossier_code,
        "lookup_code": data.lookup_code,
        "applicant": data.applicant,
        "channel": data.channel,
        "filed_at": _moment(data.filed_at),
        "due": data.due,
        "papers": [asdict(paper) for paper in data.papers],
        "fees": [{**asdict(fee), "amount": in_dong(fee.amount)} for fee in data.fees],
        "total": in_dong(sum(fee.amount for fee in data.fees)),
        "next_steps": list(data.next_steps),
        "tracking_url": data.tracking_url,
        "qr": _qr(data.tracking_url),
    }


def _compiled(template: str, document: dict[str, Any], at: datetime) -> bytes:
    inputs = {"data": json.dumps(_printable(document))}
    try:
        return _pdf(template, inputs, at, STANDARDS)
    except typst.TypstError:
        # The standards forbid a letter that no font of ours has, such as a Chinese name's or an emoji: its box on a
        # lesser PDF is better than no paper.
        return _pdf(template, inputs, at, [])


def _pdf(template: str, inputs: dict[str, str], at: datetime, standards: PDFStandards) -> bytes:
    return typst.compile(
        PAPERS / template,
        root=PAPERS,
        format="pdf",
        ignore_system_fonts=True,  # so that a paper looks the same on every machine
        sys_inputs=inputs,
        pdf_standards=standards,
        timestamp=int(at.timestamp()),
    )


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        whole = unicodedata.normalize("NFC", value)
        return "".join(" " if unicodedata.category(char) in UNPRINTABLE else char for char in whole)
    if isinstance(value, dict):
        return {name: _printable(inner) for name, inner in value.items()}
    return [_printable(inner) for inner in value] if isinstance(value, list) else value


def _qr(address: str) -> str:
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def _moment(at: datetime) -> dict[str, str]:
    local = at.astimezone(ZONE)
    return {"time": f"{local:%H:%M}", "day": f"{local:%d/%m/%Y}"}


def _bare(text: str) -> str:
    return "".join(char for char in text if char.isalnum()).lower()
