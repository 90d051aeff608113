"""Agencies are loaded without losing anything, and procedures find those that take them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.definition.library import Agency, Library, Unit
from engine.office import agencies
from engine.platform.settings import ROOT
from engine.storage.models import Agency as AgencyRow
from engine.storage.models import Unit as UnitRow

pytestmark = pytest.mark.usefixtures("db")

WARD = Agency(code="A1", name="Ủy ban nhân dân phường Đống Đa", kind="phuong", ward="21583", phone="0256 1", units=(
    Unit(name="mot-cua", title="Bộ phận Một cửa"), Unit(name="tu-phap", title="Tư pháp"),
))  # fmt: skip
COMMUNE = replace(WARD, code="A2", name="Ủy ban nhân dân xã An Lão", kind="xa", units=WARD.units[:1])


@pytest.fixture(autouse=True)
def _loaded(db: Any) -> None:
    UnitRow.delete().execute()
    AgencyRow.delete().execute()
    agencies.load((WARD, COMMUNE), overwrite=False)


def test_each_is_found_by_its_code_and_by_its_row() -> None:
    found = agencies.by_code("A1")
    assert found is not None
    assert (found.name, found.kind, found.ward, found.phone) == (WARD.name, "phuong", "21583", "0256 1")
    assert agencies.by_id(found.id).code == "A1"
    assert agencies.by_code("nobody") is None


def test_they_are_listed_in_vietnamese_order() -> None:
    agencies.load([replace(WARD, code="A3", name="Ủy ban nhân dân xã Ân Hảo", units=())], overwrite=False)
    assert [one.code for one in agencies.listing()] == ["A1", "A2", "A3"]


def test_a_second_load_keeps_what_was_edited() -> None:
    AgencyRow.update(phone="0256 9").where(AgencyRow.code == "A1").execute()
    assert agencies.load((WARD, replace(WARD, code="A9")), overwrite=False) == ("A9",)
    found = agencies.by_code("A1")
    assert found is not None
    assert found.phone == "0256 9"


def test_unless_it_is_told_to_overwrite() -> None:
    changed = replace(WARD, name="Mới", units=(Unit(name="mot-cua", title="Một cửa mới"),))
    assert agencies.load([changed], overwrite=True) == ("A1",)
    found = agencies.by_code("A1")
    assert found is not None
    assert found.name == "Mới"
    assert agencies.unit_title(found.id, "mot-cua") == "Một cửa mới"
    assert agencies.unit_title(found.id, "tu-phap") == "Tư pháp"  # dossiers may stand there


def test_a_unit_that_is_gone_keeps_its_name() -> None:
    found = agencies.by_code("A2")
    assert found is not None
    assert agencies.unit_title(found.id, "tu-phap") == "tu-phap"
    assert [unit.name for unit in agencies.units(found.id)] == ["mot-cua"]


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ((), ["A1", "A2"]),
        (("kind:phuong",), ["A1"]),
        (("kind:phuong", "kind:xa"), ["A1", "A2"]),
        (("code:A2",), ["A2"]),
        (("kind:tinh",), []),
        (("A1",), []),
    ],
)
def test_a_procedure_is_taken_by_those_it_names(wanted: tuple[str, ...], codes: list[str]) -> None:
    assert [one.code for one in agencies.listing() if agencies.takes(wanted, one)] == codes


def test_a_site_of_one_agency_is_known() -> None:
    assert agencies.only_one() is None
    UnitRow.delete().execute()
    AgencyRow.delete().where(AgencyRow.code == "A2").execute()
    only = agencies.only_one()
    assert only is not None
    assert only.code == "A1"


def test_the_shipped_ones_load() -> None:
    shipped = Library.folder(ROOT / "definitions")
    made = agencies.load(shipped.agencies, overwrite=False)
    assert len(made) == len(shipped.agencies) >= 2
