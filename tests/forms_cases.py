"""Small forms for the tests: made of plain data by the loader, as an administrator's are."""

from __future__ import annotations

from typing import Any

from engine.definition.library import Library
from engine.definition.loading import load_document
from engine.definition.procedure import Procedure
from engine.form.compiled import CompiledForm, Inputs, compile_form
from engine.platform.settings import ROOT

SHIPPED = Library.folder(ROOT / "definitions")

HEAD: dict[str, Any] = {
    "format": 1,
    "code": "9.000001",
    "title": "Thủ tục thử",
    "category": "ho-tich",
    "level": 3,
    "partial_reason": "Nhận kết quả trực tiếp",
    "methods": [{"channel": "online", "time": {"working_days": 1}}],
    "processing": {"reception": "mot-cua"},
    "next_steps": "Chờ kết quả.",
}


def procedure(*steps: dict[str, Any], library: Library = SHIPPED, **more: Any) -> Procedure:
    """A procedure with these steps; `more` are further keys of the format."""
    first = next(item["name"] for step in steps for item in step["fields"] if "name" in item)
    document = {**HEAD, "applicant": {"name": first}, "form": list(steps), **more}
    loaded, faults = load_document(document, library)
    assert loaded is not None, [str(fault) for fault in faults]
    return loaded


def compiled(*steps: dict[str, Any], **more: Any) -> CompiledForm:
    """The same, compiled."""
    return compile_form(procedure(*steps, **more))


def step(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A step."""
    return {"step": name, "title": name, "fields": list(fields), **more}


def text(name: str, **more: Any) -> dict[str, Any]:
    """A text field."""
    return {"name": name, "kind": "text", "label": name, **more}


def choice(name: str, *values: str, **more: Any) -> dict[str, Any]:
    """A choice of these values."""
    return {"name": name, "kind": "choice", "label": name, "choices": {value: value for value in values}, **more}


def inputs(**typed: str | list[str]) -> Inputs:
    """What is posted."""
    return Inputs({name: [value] if isinstance(value, str) else value for name, value in typed.items()})
