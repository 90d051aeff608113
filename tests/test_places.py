"""Provinces and wards: those of the day, in the order in which people look for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.definition.areas import Area, Areas, alphabetical, read_areas
from engine.definition.library import Library
from engine.office import places
from engine.publishing import rows
from engine.storage.models import Place

HERE = Path(__file__).parent / "definitions"
TODAY, BEFORE = "2026-11-22", "2025-06-30"


@pytest.fixture(autouse=True)
def loaded(db: Any) -> Iterator[None]:
    places.forget()
    with db.atomic() as transaction:
        places.load(Library.folder(HERE).areas)
        yield
        transaction.rollback()
    places.forget()


def test_provinces_come_in_vietnamese_order() -> None:
    assert list(places.places_of(TODAY).province_options().values()) == ["Cà Mau", "Cao Bằng", "Thành phố Hà Nội"]


def test_wards_are_those_of_their_province() -> None:
    of_day = places.places_of(TODAY)
    assert of_day.ward_options("01") == {"00004": "Phường Ba Đình", "00008": "Phường Ngọc Hà"}
    assert of_day.ward_options("99") == {}
    assert of_day.ward_options("") == {}
    assert of_day.province_of("00004") == "01"
    assert of_day.province_of("01") == ""


def test_units_are_those_of_the_day() -> None:
    assert list(places.places_of(BEFORE).province_options()) == ["35"]
    assert "35" not in places.places_of(TODAY).province_options()


def test_a_unit_that_is_gone_keeps_its_name() -> None:
    assert places.places_of(TODAY).title("35") == "Hà Nam"
    assert places.places_of(TODAY).title("nowhere") == "nowhere"


def test_a_unit_that_was_renamed_has_the_name_of_the_day() -> None:
    old = Area("04", "Cao Bằng", "tỉnh", "", "2025-07-01", "2026-11-30")
    places.load([old, Area("04", "Cao Bằng Mới", "tỉnh", "", "2026-12-01", "")])
    assert places.places_of(TODAY).title("04") == "Cao Bằng"
    assert places.places_of("2026-12-01").title("04") == "Cao Bằng Mới"


def test_loading_again_changes_nothing() -> None:
    count = places.load(Library.folder(HERE).areas)
    assert places.load(Library.folder(HERE).areas) == count == 7


def test_countries_come_from_their_catalog() -> None:
    entries = [{"value": "VN", "label": {"vi": "Việt Nam", "en": "Viet Nam"}}, {"value": "LA", "label": "Lào"}]
    rows.write_catalog({"format": 1, "catalog": "quoc_tich", "title": "Quốc tịch", "entries": entries})
    of_day = places.places_of(TODAY)
    assert of_day.country_options("en") == {"VN": "Viet Nam", "LA": "Lào"}
    assert of_day.country("VN", "vi") == "Việt Nam"
    assert of_day.country("XX", "vi") == "XX"


def test_as_long_as_there_are_no_units_they_are_looked_for_anew() -> None:
    Place.delete().execute()
    places.forget()
    assert (places.are_there(), dict(places.places_of(TODAY).province_options())) == (False, {})
    Place.insert(code="97", name="Tỉnh Mới", kind="tỉnh", parent="", since="", until="").execute()  # another process
    assert (places.are_there(), list(places.places_of(TODAY).province_options())) == (True, ["97"])


def test_a_day_is_read_once_until_others_are_loaded() -> None:
    first = places.places_of(TODAY)
    assert places.places_of(TODAY) is first
    places.load([Area("97", "Tỉnh Mới", "tỉnh", "", "2026-01-01", "")])
    assert "97" in places.places_of(TODAY).province_options()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Cà Mau", "Cao Bằng"),
        ("Thành phố Đà Nẵng", "Đắk Lắk"),
        ("Xã Bình An", "Phường Bình Ân"),
        ("Phường 2", "Phường 10"),
    ],
)
def test_the_words_that_say_a_kind_are_passed_over(first: str, second: str) -> None:
    assert alphabetical(first) < alphabetical(second)


def test_the_shipped_units_are_whole() -> None:
    areas, faults = read_areas(Path(__file__).parent.parent / "definitions" / "administrative-units.csv")
    assert faults == ()
    below = Areas.on(TODAY, areas).below
    assert len(below[""]) == 34
    assert sum(len(wards) for parent, wards in below.items() if parent) == 3321


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("code,name,kind\n", '1: the column "parent" is missing'),
        ("code,name,kind,parent\n01,,tỉnh,\n", '2: unit "01": code and name are wanted'),
        ("code,name,kind,parent\n01,A,tỉnh,\n01,B,tỉnh,\n", '3: unit "01": the code "01" stands twice'),
        ("code,name,kind,parent\n01,A,xã,77\n", '2: unit "01": unknown parent "77"'),
    ],
)
def test_a_faulty_list_is_told(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "units.csv"
    path.write_text(text, "utf-8")
    assert [str(found) for found in read_areas(path)[1]] == [f"{path}:{fault}"]


def test_a_list_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(b"code\xff")
    assert [fault.what for fault in read_areas(path)[1]] == ["the file is not UTF-8"]
