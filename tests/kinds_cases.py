"""Cases of each kind of field: how it is defined, typed, stored, shown, and what it refuses."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.definition.library import Catalog, CatalogEntry
from engine.format.reading import Reading, node_of
from engine.format.texts import Text
from engine.kinds import KINDS, Context, Field
from engine.kinds import field as read_field
from engine.kinds.linked import LinkedChoice

PROVINCES = {"52": "Gia Lai", "01": "Thành phố Hà Nội"}
WARDS = {
    "52": {"21553": "Phường Quy Nhơn", "21583": "Phường Quy Nhơn Đông"},
    "01": {"00004": "Phường Ba Đình"},
}
COUNTRIES = {"VN": "Việt Nam", "LA": "Lào"}


class SomePlaces:
    """Three wards of two provinces: enough for what an address may be."""

    def province_options(self) -> Mapping[str, str]:
        """The provinces."""
        return PROVINCES

    def ward_options(self, province: str) -> Mapping[str, str]:
        """The wards of one."""
        return WARDS.get(province, {})

    def title(self, code: str) -> str:
        """A unit's name."""
        wards = {code: name for wards in WARDS.values() for code, name in wards.items()}
        return (PROVINCES | wards).get(code, code)

    def country_options(self, language: str) -> Mapping[str, str]:
        """The countries."""
        return COUNTRIES

    def country(self, code: str, language: str) -> str:
        """A country's name."""
        return COUNTRIES.get(code, code)


DRAWN = "0123456789abcdef" * 2
CONTEXT = Context(
    today="2026-11-23",
    places=SomePlaces(),
    home_province="52",
    attachments={"a1": "giay.pdf", "a2": "anh.jpg", DRAWN: "chu-ky.png"},
)


@dataclass(frozen=True)
class Case:
    """A kind with its options; `typed` is posted, `stored` is kept, `shown` is read by people.

    `refused` maps a message's code to inputs that earn it.
    """

    kind: str
    options: Mapping[str, Any]
    typed: Mapping[str, list[str]]
    stored: Any
    shown: str
    refused: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)

    def field(self) -> Field:
        """The field, as a definition makes it."""
        return made(self.kind, **self.options)


REGION_CATALOG = Catalog(
    catalog="vung",
    title=Text("Vùng"),
    entries=(
        CatalogEntry(value="gia_lai", label=Text("Gia Lai")),
        CatalogEntry(value="hue", label=Text("Huế")),
        CatalogEntry(value="quy_nhon", label=Text("Quy Nhơn"), parent="gia_lai"),
        CatalogEntry(value="binh_khe", label=Text("Bình Khê"), parent="gia_lai", until="2025-06-30"),
    ),
)


def made(kind: str, **options: Any) -> Field:
    """A field `f` of a kind, read as a definition's field is; a linked choice is of `REGION_CATALOG`."""
    words = {} if not KINDS[kind].HOLDS else {"name": "f", "label": "Ô này"}
    reading = Reading()
    result = read_field(node_of({**words, "kind": kind, **options}), reading)
    assert result is not None, reading.faults
    assert not reading.faults
    return dataclasses.replace(result, options=REGION_CATALOG.options) if isinstance(result, LinkedChoice) else result


def f(*values: str) -> dict[str, list[str]]:
    """One input `f`."""
    return {"f": list(values)}


FRUIT = {"cam": "Cam", "buoi": "Bưởi"}

CASES = (
    Case("text", {"max_length": 5, "pattern": "[A-ZĐ]+", "uppercase": True}, f("  đat "), "ĐAT", "ĐAT",
         {"text.long": f("ABCDEF"), "text.pattern.bare": f("A1"), "text.lines": f("A\nB"),
          "text.control": f("A\x00B")}),
    Case("long_text", {"min_length": 3, "max_length": 9}, f(" một\r\nhai "), "một\nhai", "một\nhai",
         {"text.short": f("ab"), "text.long": f("0123456789"), "text.control": f("a\ud800b")}),
    Case("integer", {"min": 1, "max": 2000, "unit": "bản"}, f("1.200"), 1200, "1200 bản",
         {"number.form": f("1,5"), "number.min": f("0"), "number.max": f("2001")}),
    Case("decimal", {"min": Decimal("0.5"), "max": 2000, "places": 2, "unit": "m²"}, f("1.234,5"), "1234.50",
         "1.234,5 m²",
         {"decimal.form": f("một"), "decimal.places": f("1.234"), "number.min": f("0,49"), "number.max": f("2000,01"),
          "number.digits": f("1" + "0" * 15)}),
    Case("decimal", {"places": 0}, f("1.234.567"), "1234567", "1.234.567", {"decimal.places.none": f("1,5")}),
    Case("money", {"min": 1000, "max": 10**9}, f("1.000.000 đ"), 1_000_000, "1.000.000 đ",
         {"money.form": f("1.000,5"), "number.min": f("999"), "number.max": f("1.000.000.001"),
          "number.digits": f("9" * 16)}),
    Case("time", {"min": "07:30", "max": "17:00"}, f("9h30"), "09:30", "09:30",
         {"time.form": f("24:00"), "time.min": f("07:29"), "time.max": f("17:01")}),
    Case("datetime", {"min": "today", "max": "2026-12-31T17:00"}, f("24/11/2026 09:30"), "2026-11-24T09:30:00+07:00",
         "09:30 ngày 24/11/2026",
         {"datetime.form": f("24/11/2026"), "time.min": f("22/11/2026 23:59"), "time.max": f("31/12/2026 17:01")}),
    Case("date", {"partial": "year", "min": "1900", "max": "today"}, f("5/9/1990"), "1990-09-05", "05/09/1990",
         {"date.form.partial": f("hôm qua"), "date.none": f("31/02/2020"), "date.min": f("1899"),
          "date.max": f("24/11/2026")}),
    Case("email", {"again": True}, {"f": ["Lan@Example.VN"], "f-again": ["Lan@example.vn"]}, "Lan@example.vn",
         "Lan@example.vn", {"email.form": {"f": ["lan@"], "f-again": ["lan@"]},
                            "again": {"f": ["a@example.vn"], "f-again": ["b@example.vn"]}}),
    Case("phone", {}, f("0912 345 678"), "+84912345678", "0912 345 678", {"phone.form": f("12")}),
    Case("choice", {"choices": FRUIT, "other": True}, {"f": ["other"], "f-other": ["Quýt"]}, {"other": "Quýt"},
         "Khác: Quýt", {"choice.unknown": f("tao"), "choice.other": f("other")}),
    Case("choices", {"choices": FRUIT, "min": 2, "max": 2}, f("buoi", "cam", "cam"), ["cam", "buoi"], "Cam; Bưởi",
         {"choices.min": f("cam"), "choice.unknown": f("cam", "tao")}),
    Case("linked_choice", {"catalog": "vung", "levels": ["Tỉnh", "Xã"]}, {"f-0": ["gia_lai"], "f-1": ["quy_nhon"]},
         ["gia_lai", "quy_nhon"], "Quy Nhơn, Gia Lai",
         {"linked.choose": {"f-0": ["gia_lai"], "f-1": [""]}, "linked.other": {"f-0": ["mars"], "f-1": ["quy_nhon"]}}),
    Case("tax_code", {}, f("0100109106 001"), "0100109106-001", "0100109106-001",
         {"tax_code.form": f("12345"), "tax_code.digit": f("0100109107")}),
    Case("signature", {}, {"f": ["  Lê Thị  Hoa "], "f-drawn": [""]}, "Lê Thị Hoa", "Lê Thị Hoa",
         {"signature.form": f("12"), "signature.drawn": {"f-drawn": ["data:image/png;base64,aGVsbG8="]}}),
    Case("signature", {"drawn": True}, {"f": [""], "f-drawn": [DRAWN, ""]}, DRAWN, "Đã vẽ chữ ký"),
    Case("signature", {"drawn": False}, f("Lê Thị Hoa"), "Lê Thị Hoa", "Lê Thị Hoa"),
    Case("yes_no", {}, f("false"), stored=False, shown="Không", refused={"yes_no": f("có")}),
    Case("confirm", {}, f("true"), stored=True, shown="Đã xác nhận"),
    Case("national_id", {"cmnd": True}, f("052 203 001 234"), "052203001234", "052203001234",
         {"national_id.form.cmnd": f("1234567890")}),
    Case("address", {"abroad": True},
         {"f-country": ["VN"], "f-province": ["52"], "f-ward": ["21553"], "f-detail": ["12 Lê Lợi"]},
         {"country": "VN", "province": "52", "ward": "21553", "detail": "12 Lê Lợi"},
         "12 Lê Lợi, Phường Quy Nhơn, Gia Lai",
         {"address.province": {"f-province": ["99"], "f-ward": ["1"]},
          "address.ward": {"f-province": ["01"], "f-ward": [""]},
          "address.ward_of_province": {"f-province": ["01"], "f-ward": ["21553"]},
          "address.detail": {"f-province": ["52"], "f-ward": ["21553"], "f-detail": [" "]}}),
    Case("file", {"max_files": 1}, {"f-keep": ["a1", "someone-elses"]}, ["a1"], "giay.pdf",
         {"file.many": {"f-keep": ["a1", "a2"]}}),
    Case("computed", {"formula": "1 + 2", "show_as": "money"}, {}, 3, "3 đ"),
    Case("group", {"fields": [{"name": "loai", "kind": "choice", "label": "Loại", "choices": FRUIT},
                              {"name": "giong", "kind": "text", "label": "Giống"}], "min_rows": 1, "max_rows": 2},
         {"f-0": ["1"], "f-3-giong": ["Cam"], "f-3-loai": ["cam"], "f-0-giong": [" "], "f--1-giong": ["x"],
          "f-1-la": ["x"]},
         [{"loai": "cam", "giong": "Cam"}], "Cam, Cam",
         {"rows.max": {f"f-{row}-giong": ["x"] for row in range(3)}, "text.lines": {"f-0-giong": ["a\nb"]}}),
    Case("heading", {"text": "Phần một"}, {}, None, ""),
    Case("note", {"text": "Đọc **kỹ**."}, {}, None, ""),
)  # fmt: skip
