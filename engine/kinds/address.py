"""The kind that holds a place where somebody lives or something happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from engine.format.reading import boolean, key, one_of
from engine.kinds.base import Context, Field, Inputs, Refused, Typed, clean, first
from engine.kinds.messages import Problem

HOME = "VN"


@dataclass(frozen=True, kw_only=True)
class Address(Field):
    """Province, ward and detail of a Vietnamese address, or with `abroad` a country and detail.

    Stored as an object of country (ISO 3166 code), province, ward (official codes of the day) and detail; parts
    that were not given are absent.
    """

    KIND: ClassVar[str] = "address"
    VALUE_TYPE: ClassVar[str] = "address"
    OPERATORS: ClassVar[frozenset[str]] = frozenset({"filled", "empty"})
    GROUPED: ClassVar[bool] = True

    abroad: bool = key(boolean, default=False, doc="A country may be chosen.")
    detail: str = key(one_of("required", "optional", "none"), default="required", doc="House number and street.")

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are asked for."""
        return ("country",) * self.abroad + ("province", "ward") + ("detail",) * (self.detail != "none")

    def inputs(self) -> tuple[str, ...]:
        """`<f>-country -province -ward -detail`."""
        return tuple(f"{self.name}-{part}" for part in self.parts)

    def parse(self, data: Inputs, context: Context) -> dict[str, str] | None:
        """The parts; nothing while only the preselected country and province are given and it may be left out."""
        typed = {part: clean(first(data, f"{self.name}-{part}")) for part in self.parts}
        country = typed.get("country") or HOME
        if country != HOME:
            return self._foreign(country, typed.get("detail", ""))
        if not typed["ward"] and not typed.get("detail") and typed["province"] in ("", context.home_province):
            return None
        return self._domestic(typed, context)

    def _foreign(self, country: str, detail: str) -> dict[str, str]:
        if len(country) > 3 or not country.isalnum():
            raise Refused("address.country")
        if self.detail == "required" and not detail:
            raise Refused("address.detail")
        return {"country": country} | ({"detail": detail} if detail else {})

    def _domestic(self, typed: dict[str, str], context: Context) -> dict[str, str]:
        province, ward, detail = typed["province"], typed["ward"], typed.get("detail", "")
        if province not in context.places.province_options():
            raise Refused("address.province")
        if not ward:
            raise Refused("address.ward")
        if ward not in context.places.ward_options(province):
            raise Refused("address.ward_of_province")
        if self.detail == "required" and not detail:
            raise Refused("address.detail")
        whole = {"country": HOME, "province": province, "ward": ward, "detail": detail}
        return {part: value for part, value in whole.items() if value}

    def problem(self, value: Any, context: Context) -> Problem | None:
        """Its length; the codes were checked against the units of the day when it was typed."""
        length = len(value.get("detail", ""))
        return Problem("text.long", {"limit": 500, "length": length}) if length > 500 else None

    def typed(self, value: Any) -> Typed:
        """The parts."""
        parts = value or {}
        return {f"{self.name}-{part}": parts.get(part, "") for part in self.parts}

    def page_values(self, typed: Typed, context: Context, language: str) -> dict[str, Any]:
        """The province shown (the agency's, before one was chosen) and the list of its wards."""
        name = f"{self.name}-province"
        province = typed.get(name) or context.home_province
        return {name: province, f"{self.name}#wards": province}

    def show(self, value: Any, language: str, context: Context) -> str:
        """Detail, ward, province; or detail and country."""
        codes = [value.get("ward"), value.get("province")]
        named = [context.places.title(code) for code in codes if code]
        country = value.get("country", HOME)
        abroad = [] if country == HOME else [context.places.country(country, language)]
        return ", ".join([part for part in (value.get("detail"), *named, *abroad) if part])

    def schema(self) -> dict[str, Any]:
        """An object of its parts."""
        parts = ("country", *self.parts) if "country" not in self.parts else self.parts
        return {
            "type": "object",
            "properties": {part: {"type": "string"} for part in parts},
            "required": ["country"],
            "additionalProperties": False,
        }

    def anchor(self, problem: Problem | None) -> str:
        """The part that is wrong; the first one where none is named, as no input bears the field's name."""
        part = super().anchor(problem)
        return self.inputs()[0] if part == self.name else part

    def page(self) -> dict[str, Any]:
        """Its parts."""
        return {"abroad": self.abroad, "detail": self.detail}
