"""Kinds by which the office reaches a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.vn import mst

from engine.format.reading import boolean, key
from engine.kinds.base import Context, Field, Inputs, Refused, clean, first


@dataclass(frozen=True, kw_only=True)
class _Twice(Field):
    """A field that may be asked twice, against slips."""

    WIDTH: ClassVar[str] = "m"

    again: bool = key(boolean, default=False, doc="Asked twice.")

    def inputs(self) -> tuple[str, ...]:
        """The input, and the second one."""
        return (self.name, f"{self.name}-again") if self.again else (self.name,)

    def normal(self, typed: str) -> str:
        """The stored form of one entry; raises `Refused`."""
        raise NotImplementedError

    def parse(self, data: Inputs, context: Context) -> str | None:
        """The stored form, when both entries agree in it."""
        typed = first(data, self.name)
        value = self.normal(cleaned) if typed and (cleaned := clean(typed)) else None
        if self.again:
            second = clean(first(data, f"{self.name}-again"))
            try:
                agreed = (self.normal(second) if second else None) == value
            except Refused:
                agreed = False
            if not agreed:
                raise Refused("again")
        return value

    def typed(self, value: Any) -> dict[str, str | list[str]]:
        """The same entry in both inputs."""
        shown = "" if value is None else self.written(value)
        return dict.fromkeys(self.inputs(), shown)

    def written(self, value: str) -> str:
        """A stored value as people type it."""
        return value

    def prefill(self, context: Context) -> str | None:
        """The default in its stored form, however it was written."""
        return None if self.default is None else self.normal(self.default)

    def page(self) -> dict[str, Any]:
        """Whether it is asked twice."""
        return {"again": self.again}


@dataclass(frozen=True, kw_only=True)
class Email(_Twice):
    """An email address."""

    KIND: ClassVar[str] = "email"

    def normal(self, typed: str) -> str:
        """The normalised address; nothing is asked of the network."""
        try:
            return validate_email(typed, check_deliverability=False, test_environment=True).normalized
        except EmailNotValidError as error:
            raise Refused("email.form") from error

    def schema(self) -> dict[str, Any]:
        """A string of the format email."""
        return {"type": "string", "format": "email"}


@dataclass(frozen=True, kw_only=True)
class Phone(_Twice):
    """A phone number, stored as E.164."""

    KIND: ClassVar[str] = "phone"

    def normal(self, typed: str) -> str:
        """E.164; a number without a country is Vietnamese."""
        try:
            number = phonenumbers.parse(typed, "VN")
        except phonenumbers.NumberParseException as error:
            raise Refused("phone.form") from error
        if len(typed) > 30 or not phonenumbers.is_valid_number(number):
            raise Refused("phone.form")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def written(self, value: str) -> str:
        """The national form for Vietnamese numbers, the international one for others."""
        number = phonenumbers.parse(value)
        home = number.country_code == 84
        form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, form)

    def show(self, value: Any, language: str, context: Context) -> str:
        """The national form."""
        return self.written(value)

    def schema(self) -> dict[str, Any]:
        """E.164."""
        return {"type": "string", "pattern": r"^\+[1-9]\d{6,14}$"}


@dataclass(frozen=True, kw_only=True)
class NationalId(Field):
    """The 12-digit citizen number (số định danh cá nhân); with `cmnd` the 9 digits of the old card too."""

    KIND: ClassVar[str] = "national_id"
    WIDTH: ClassVar[str] = "s"

    sensitive: bool = key(boolean, default=True, doc="Sealed unless said otherwise.")
    cmnd: bool = key(boolean, default=False, doc="9 digits too.")

    def parse(self, data: Inputs, context: Context) -> str | None:
        """Digits; spaces and dots between them are taken. There is no check digit."""
        typed = first(data, self.name)
        if not typed or not (digits := clean(typed).translate(SEPARATORS)):
            return None
        wanted = (9, 12) if self.cmnd else (12,)
        if not (digits.isascii() and digits.isdigit() and len(digits) in wanted):
            raise Refused("national_id.form.cmnd" if self.cmnd else "national_id.form")
        return digits

    def schema(self) -> dict[str, Any]:
        """Digits."""
        return {"type": "string", "pattern": r"^(\d{9}|\d{12})$" if self.cmnd else r"^\d{12}$"}

    def attributes(self) -> dict[str, str]:
        """The pattern, so that any client knows what to type."""
        pattern = r"\d{9}|\d{12}" if self.cmnd else r"\d{12}"
        return super().attributes() | {"data-pattern": pattern}


@dataclass(frozen=True, kw_only=True)
class TaxCode(Field):
    """A tax code (mã số thuế): 10 digits, with `-NNN` those of a dependent unit, or a 12-digit personal number."""

    KIND: ClassVar[str] = "tax_code"
    PAGE: ClassVar[str] = "national_id"
    WIDTH: ClassVar[str] = "s"

    def parse(self, data: Inputs, context: Context) -> str | None:
        """Digits; spaces, dots and hyphens between them are taken."""
        typed = first(data, self.name)
        cleaned = clean(typed) if typed else ""
        return self.normal(cleaned) if cleaned.translate(SEPARATORS) else None

    def normal(self, typed: str) -> str:
        """The stored form of one entry; raises `Refused`.

        From 1/7/2025 a person's tax code is the personal number, which has no check digit (Thông tư 86/2024/TT-BTC).
        """
        digits = typed.translate(SEPARATORS)
        if len(digits) == 12 and digits.isascii() and digits.isdigit():
            return digits
        try:
            return str(mst.format(mst.validate(digits)))
        except InvalidChecksum as wrong:
            raise Refused("tax_code.digit", typed=digits[:10]) from wrong
        except ValidationError as wrong:
            raise Refused("tax_code.form") from wrong

    def prefill(self, context: Context) -> str | None:
        """The default in its stored form, however it was written."""
        return None if self.default is None else self.normal(self.default)

    def schema(self) -> dict[str, Any]:
        """Digits."""
        return {"type": "string", "pattern": r"^(\d{10}(-\d{3})?|\d{12})$"}

    def attributes(self) -> dict[str, str]:
        """The pattern, so that any client knows what to type."""
        return super().attributes() | {"data-pattern": r"\d{10}(-?\d{3})?|\d{12}"}


SEPARATORS = str.maketrans("", "", " .-")
