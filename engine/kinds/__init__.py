"""The kinds of fields. To add one, see docs/adding-a-kind.md."""

from __future__ import annotations

from typing import Any

from engine.format.faults import did_you_mean, nearest
from engine.format.reading import Node, Reading, described, record, several
from engine.kinds.address import Address
from engine.kinds.base import Context, Field, Places, Refused
from engine.kinds.choices import Choice, Choices, Confirm, YesNo
from engine.kinds.computed import Computed
from engine.kinds.contacts import Email, NationalId, Phone, TaxCode
from engine.kinds.dates import Date
from engine.kinds.files import File
from engine.kinds.groups import Group
from engine.kinds.linked import LinkedChoice
from engine.kinds.notes import Heading, Note
from engine.kinds.numbers import DecimalNumber, Integer, Money
from engine.kinds.signature import Signature
from engine.kinds.text import LongText, ShortText
from engine.kinds.times import DateTime, Time

KINDS: dict[str, type[Field]] = {
    "text": ShortText,
    "long_text": LongText,
    "integer": Integer,
    "decimal": DecimalNumber,
    "money": Money,
    "date": Date,
    "time": Time,
    "datetime": DateTime,
    "email": Email,
    "phone": Phone,
    "choice": Choice,
    "choices": Choices,
    "linked_choice": LinkedChoice,
    "yes_no": YesNo,
    "confirm": Confirm,
    "national_id": NationalId,
    "tax_code": TaxCode,
    "address": Address,
    "file": File,
    "signature": Signature,
    "computed": Computed,
    "group": Group,
    "heading": Heading,
    "note": Note,
}


def _report_no_kind(node: Node, reading: Reading) -> None:
    keys = node.value if isinstance(node.value, dict) else {}
    misspelt = next((name for name in keys if nearest(name, ("kind",))), None)
    if misspelt is None:
        reading.fault(node, '"kind" is missing')
    else:
        reading.fault(keys[misspelt], f'unknown key "{misspelt}"; did you mean "kind"?')


def field(node: Node, reading: Reading, **known: Any) -> Field | None:
    """Reads one field of a form; its `kind` says which class of `KINDS`.

    `known` are its dataclass fields that were read already, such as a group's columns with their blocks expanded.
    """
    if not isinstance(node.value, dict):
        reading.fault(node, f"a mapping of keys is wanted, not {described(node)}")
        return None
    if "kind" not in node.value:
        _report_no_kind(node, reading)
        return None
    kind = node.value["kind"]
    word = kind.raw or str(kind.value)
    if word not in KINDS:
        reading.fault(kind, f'unknown kind "{word}"{did_you_mean(word, KINDS)}')
        return None
    rest = {name: inner for name, inner in node.value.items() if name != "kind"}
    without_kind = Node(rest, node.file, node.line, keys=node.keys, used_at=node.used_at)
    if KINDS[word] is Group and "fields" in rest and "fields" not in known:
        known["fields"] = several(field)(rest["fields"], reading) or ()
    return record(KINDS[word], without_kind, reading, **known)


__all__ = ["KINDS", "Context", "Field", "Places", "Refused", "field"]
