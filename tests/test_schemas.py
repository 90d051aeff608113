"""JSON Schemas: definitions fit the format's, wrong ones do not, and filed dossiers fit their procedure's."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from app import create_app
from engine.definition import procedure, schema
from engine.definition.blocks import BlockUse
from engine.definition.loading import procedure_files
from engine.format import reading, source
from engine.format.reading import ListOf, MappingOf, RecordOf, WordOf, keys_of
from engine.kinds import KINDS
from engine.kinds.choices import Option
from engine.platform.settings import ROOT
from engine.publishing import versions
from engine.storage import database, vault
from engine.storage.models import Dossier
from tests.walks import BIRTH, COPY, MACHINES_WELCOME, citizen, furnish, in_process

HERE = Path(__file__).parent / "definitions"
FOLDERS = (ROOT / "definitions", HERE, HERE / "unseen")
FILES = [path for folder in FOLDERS for path in procedure_files(folder)]
ONLINE = [path.stem for path in procedure_files(ROOT / "definitions") if "\nlevel: 3" in path.read_text("utf-8")]
FORMAT = schema.format_schema()


def plain(path: Path) -> Any:
    node, _ = source.parse(path.read_bytes(), path.name)
    assert node is not None
    return node.plain()


def faults(document: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(FORMAT).iter_errors(document)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(FORMAT)
    json.dumps(FORMAT)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_definition_fits(path: Path) -> None:
    assert faults(plain(path)) == []


WHOLE = plain(HERE / "whole.yaml")


def field(**keys: Any) -> dict[str, Any]:
    return {"form": [{"step": "a", "title": "A", "fields": [keys]}]}


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "T"}, {"title": None}, {"level": "ba"}, {"methods": {}}, {"methods": [{"channel": "fax"}]},
        {"methods": [{"channel": "online", "time": {"weeks": 1}}]}, {"keywords": "a"}, {"rates": {"a": "x"}},
        {"methods": [{"channel": "online", "time": {"days": 1, "working_days": 1}}]}, {"summary": {"en": "S"}},
        {"papers": [{"name": "a"}]}, {"papers": [{"name": "Họ tên", "title": "A"}]},
        {"papers": [{"name": "a", "title": "A", "attach": "maybe"}]},
        {"papers": [{"one_of": "a", "title": "A", "papers": [{"name": "b"}]}]},
        {"checks": [{"rule": {"field": "a", "is": 1}}]}, {"checks": [{"rule": {"any": []}, "message": "M"}]},
        {"checks": [{"rule": {"field": "a", "equals": 1}, "message": "M"}]},
        {"processing": {"stages": []}}, {"retention": {"months": 0}}, {"mail": {"submitted": {"title": "S"}}},
        field(name="a", kind="txet", label="A"), field(name="a", label="A"), field(kind="text", label="A"),
        field(name="a", kind="text", label="A", min=1), field(name="a", kind="integer", label="A", min="x"),
        field(name="a", kind="text", label="A", max_length=0), field(name="a", kind="text", label="A", required="yes"),
        field(name="a", kind="date", label="A", min={"today": {"weeks": 1}}),
        field(name="a", kind="choice", label="A", choices="x"),
        field(name="a", kind="text", label="A", when={"field": "b", "filled": False}),
        field(name="a", kind="text", label="A", when={"field": "b", "is": 1, "in": [1]}),
        field(section="S"), field(block="nguoi", prefixx="a"), field(section="S", fields=[{"kind": "text"}]),
        {"form": [{"title": "A", "fields": []}]}, {"officer_fields": [{"name": "a", "kind": "text", "lable": "A"}]},
    ],
)  # fmt: skip
def test_a_wrong_definition_does_not_fit(change: dict[str, Any]) -> None:
    assert faults(WHOLE) == []
    assert faults({**WHOLE, **change}) != []


def readers(cls: type) -> Iterator[Any]:
    """Every reader of a record, those inside lists and mappings too."""
    for item in keys_of(cls).values():
        reader = item.metadata["reader"]
        while isinstance(reader, ListOf | MappingOf):
            reader = reader.reader
        yield reader


def test_every_reader_of_the_format_says_its_schema() -> None:
    records = [one for one in vars(procedure).values() if isinstance(one, type) and dataclasses.is_dataclass(one)]
    known = {*schema.READERS, reading.anything}
    for cls in (*records, *KINDS.values(), BlockUse, Option):
        found = [one for one in readers(cls) if not isinstance(one, WordOf | RecordOf) and one not in known]
        open_ = [one for one in found if not schema.schema_of(one)]
        assert open_ == [], cls


def test_every_key_is_described() -> None:
    for name, kind in KINDS.items():
        described = FORMAT["$defs"][f"kind_{name}"]["properties"]
        kind_: type = kind
        assert {key: part["description"] for key, part in described.items() if key != "kind"} == {
            key: item.metadata["doc"] for key, item in keys_of(kind_).items()
        }


# Answers


@pytest.fixture(scope="module")
def site(config: dict[str, Any]) -> Iterator[Flask]:
    furnish(config | MACHINES_WELCOME)
    yield create_app(config | MACHINES_WELCOME | {"TESTING": True})
    database.disconnect()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("code", ONLINE)
def test_a_filed_dossier_fits_the_schema_of_its_procedure(site: Flask, code: str, *, everything: bool) -> None:
    with in_process(site) as http:
        sent = citizen(http, {"quan_he": "ban_than"} if code == COPY else {}, everything=everything).file(code)
        answer = http.get(f"/thu-tuc/{code}/luoc-do.json")
    found = answer.json()
    Draft202012Validator.check_schema(found)
    with site.app_context():
        dossier = Dossier.get(Dossier.code == sent.dossier_code)
        view = dict(vault.dossier_view(dossier))
    assert len(view) > 5
    assert list(Draft202012Validator(found).iter_errors(view)) == []
    wrong = view | {"today": 5}, view | {"khong_co": "x"}
    assert all(list(Draft202012Validator(found).iter_errors(one)) for one in wrong)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_schema_of_answers_is_public_and_kept(site: Flask) -> None:
    with in_process(site) as http:
        answer = http.get(f"/thu-tuc/{BIRTH}/luoc-do.json")
        assert answer.headers["Content-Type"].startswith("application/schema+json")
        again = http.get(f"/thu-tuc/{BIRTH}/luoc-do.json", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        assert http.get(f"/thu-tuc/{BIRTH}/luoc-do.json?phien_ban=1").json() == answer.json()
        for address in ("/thu-tuc/0.0/luoc-do.json", f"/thu-tuc/{BIRTH}/luoc-do.json?phien_ban=7"):
            assert http.get(address).status_code == 404
    with site.app_context():
        version = versions.current(BIRTH)
        assert version is not None
        assert set(versions.compiled(version.id).fields) <= set(answer.json()["properties"])
