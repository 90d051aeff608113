"""JSON Schemas: of the format, made of the classes that read it, and of the answers to a procedure.

A schema says which keys there are and what they hold; what names refer to, the checks say. A reader that
neither stands here nor says what it gives is left open: anything may stand there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition import library, procedure
from engine.definition.blocks import BlockUse
from engine.definition.procedure import OneOf, Paper, Procedure, Section, Step
from engine.format import reading
from engine.format.reading import ListOf, MappingOf, Reader, RecordOf, WordOf, keys_of
from engine.kinds import KINDS, choices, dates, numbers, text, times
from engine.kinds.base import Field
from engine.rules import OPERATORS, dependent
from engine.rules import reading as rules
from engine.rules.tree import PRESENCE, ROWS

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
WORDS: Schema = {"type": ["string", "number"]}  # a number is taken as it was written
UNITS = {unit: {"type": "integer"} for unit in ("years", "months", "days")}
TODAY: Schema = {
    "type": "object", "required": ["today"], "additionalProperties": False,
    "properties": {"today": {"type": "object", "properties": UNITS, "additionalProperties": False}},
}  # fmt: skip
LIMIT: Schema = {"anyOf": [WORDS, TODAY]}
PRECISION: Schema = {"enum": list(dates.PRECISIONS)}


def ref(name: str) -> Schema:
    """A reference to a definition of the schema."""
    return {"$ref": f"#/$defs/{name}"}


LOCAL: Schema = {
    "anyOf": [
        WORDS,
        {"type": "object", "properties": {"vi": WORDS, "en": WORDS}, "required": ["vi"], "additionalProperties": False},
    ]
}
CASES: Schema = {
    "type": "array", "minItems": 1,
    "items": {"type": "object", "properties": {"when": ref("condition"), "text": ref("local_text")},
              "required": ["text"], "additionalProperties": False},
}  # fmt: skip
DURATION: Schema = {
    "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False,
    "properties": {"working_days": {"type": "integer"}, "working_hours": {"type": "integer"},
                   "days": {"type": "integer"}, "same_day": {"const": True}},
}  # fmt: skip
CONDITION: Schema = {
    "type": "object",
    "properties": {
        "all": {"type": "array", "items": ref("condition"), "minItems": 1},
        "any": {"type": "array", "items": ref("condition"), "minItems": 1},
        "not": ref("condition"),
        "field": {"type": "string"},
        **{operator: {} for operator in OPERATORS},
        **{operator: ref("condition") for operator in ROWS},
        **{operator: {"const": True} for operator in PRESENCE},
    },
    "oneOf": [{"required": [head]} for head in ("all", "any", "not", "field")],
    "maxProperties": 2,
    "additionalProperties": False,
}
RULE: Schema = {
    "anyOf": [
        ref("condition"),
        {"type": "object", "properties": {"formula": {"type": "string"}}, "required": ["formula"],
         "additionalProperties": False},
    ]
}  # fmt: skip
CHOICES: Schema = {
    "anyOf": [
        {"type": "object", "additionalProperties": ref("local_text")},
        {"type": "array", "items": ref("Option")},
    ]
}
READERS: Mapping[Reader[Any], Schema] = {
    reading.text: WORDS,
    reading.local_text: ref("local_text"),
    reading.name: NAME,
    reading.integer: {"type": "integer"},
    reading.positive: {"type": "integer", "minimum": 1},
    reading.boolean: {"type": "boolean"},
    rules.condition: ref("condition"),
    rules.rule: ref("rule"),
    rules.formula: WORDS,
    dependent.dependent_text: ref("dependent_text"),
    dependent.required: {"anyOf": [{"type": "boolean"}, ref("condition")]},
    dependent.default: {},
    procedure.duration: ref("duration"),
    procedure.applicant_names: {"anyOf": [WORDS, {"type": "array", "items": WORDS}]},
    procedure.paper: {"if": {"required": ["one_of"]}, "then": ref("OneOf"), "else": ref("Paper")},
    library.day: {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    choices.choices: CHOICES,
    dates.limit: LIMIT,
    dates.precisions: {"anyOf": [PRECISION, {"type": "array", "items": PRECISION}]},
    times.time: WORDS,
    times.limit: LIMIT,
    numbers.fraction: WORDS,
    numbers.places: {"type": "integer", "minimum": 0},
    text.pattern: {"type": "string"},
}
# What any other reader takes, by what it gives, so that a new kind needs nothing here.
BY_RESULT: Mapping[str, Schema] = {
    "int | None": {"type": "integer"},
    "str | None": WORDS,
    "bool | None": {"type": "boolean"},
    "Decimal | None": WORDS,
    "Text | None": ref("local_text"),
}
# Parts that the loader reads in its own way, by their key.
PARTS: Mapping[str, Schema] = {
    "form": {"type": "array", "items": ref("Step")},
    "fields": {"type": "array", "items": ref("item")},
    "officer_fields": {"type": "array", "items": ref("officer_field")},
}


def format_schema() -> Schema:
    """The JSON Schema of a procedure's file."""
    records = (Step, Section, Paper, OneOf, BlockUse, choices.Option)
    kinds = {f"kind_{name}": _record(kind, {"kind": {"const": name}}) for name, kind in KINDS.items()}
    defs: dict[str, Schema] = {
        "local_text": LOCAL,
        "dependent_text": {"anyOf": [ref("local_text"), CASES]},
        "condition": CONDITION,
        "rule": RULE,
        "duration": DURATION,
        "item": _either([("block", ref("BlockUse")), ("section", ref("Section"))], ref("field")),
        "field": _of_kind({}),
        "officer_field": _officer_field(),
        **{cls.__name__: _record(cls) for cls in records},
        **kinds,
    }
    return {"$schema": DIALECT, "title": "Một Cửa: a procedure", **_record(Procedure), "$defs": defs}


def _record(cls: type, more: Mapping[str, Schema] | None = None) -> Schema:
    """A record: its keys with what each says, and those that must stand."""
    keys = keys_of(cls)
    properties = {name: _key(name, item.metadata) for name, item in keys.items()}
    return {
        "type": "object",
        "description": (cls.__doc__ or "").split("\n\n")[0].replace("\n", " "),
        "properties": {**(more or {}), **properties},
        "required": [*(more or {}), *(name for name, item in keys.items() if item.metadata["required"])],
        "additionalProperties": False,
    }


def _key(name: str, metadata: Mapping[str, Any]) -> Schema:
    return {"description": metadata["doc"], **schema_of(metadata["reader"], name)}


def schema_of(reader: Reader[Any], name: str = "") -> Schema:
    """What a reader takes; `name` is the key it stands at."""
    if isinstance(reader, WordOf):
        return {"enum": list(reader.known)}
    if isinstance(reader, ListOf):
        return {"type": "array", "items": schema_of(reader.reader)}
    if isinstance(reader, MappingOf):
        return {"type": "object", "additionalProperties": schema_of(reader.reader)}
    if isinstance(reader, RecordOf):
        return _record(reader.cls)
    if reader is reading.anything:
        return PARTS.get(name, {})
    return READERS.get(reader) or BY_RESULT.get(getattr(reader, "__annotations__", {}).get("return", ""), {})


def _of_kind(more: Mapping[str, Schema]) -> Schema:
    """A field: its kind says which keys it has."""
    cases = [
        {"if": {"properties": {"kind": {"const": name}}, "required": ["kind"]}, "then": ref(f"kind_{name}")}
        for name in KINDS
    ]
    return {"type": "object", "properties": {"kind": {"enum": list(KINDS)}, **more}, "required": ["kind"],
            "allOf": cases}  # fmt: skip


def _officer_field() -> Schema:
    """A field of the officers: `stage` stands among its keys."""
    kinds: list[type] = list(KINDS.values())
    known = sorted({name for kind in kinds for name in keys_of(kind)} | {"kind", "stage"})
    return {"type": "object", "properties": {"kind": {"enum": list(KINDS)}, "stage": NAME, "name": NAME},
            "required": ["kind", "name"], "propertyNames": {"enum": known}}  # fmt: skip


def _either(cases: list[tuple[str, Schema]], otherwise: Schema) -> Schema:
    """The first of the cases whose key stands there."""
    schema = otherwise
    for name, then in reversed(cases):
        schema = {"if": {"required": [name]}, "then": then, "else": schema}
    return schema


# Answers


def answers_schema(title: str, fields: Mapping[str, Field]) -> Schema:
    """The JSON Schema of what a filed dossier holds of these fields, papers among them.

    Only what was relevant and answered is there, so that nothing is required.
    """
    properties: dict[str, Schema] = {name: {"title": one.label.vi, **one.schema()} for name, one in fields.items()}
    boxes: dict[str, Schema] = {one.none_key: {"const": True} for one in fields.values() if one.none is not None}
    given = {"today": {"type": "string"}, "channel": {"enum": list(procedure.CHANNELS)}, "agency": {"type": "string"}}
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "properties": {**given, **properties, **boxes},
        "additionalProperties": False,
    }
