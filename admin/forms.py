"""The forms of the tables: Flask-Admin's, with a token and Vietnamese sentences, and the fields of our own columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import peewee
from flask_admin.contrib.peewee.form import CustomModelConverter
from flask_admin.form import BaseForm
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from admin.words import FormTranslations
from engine.format import json_text
from engine.storage.models import ExactDocument

YES, NO = _l("Có"), _l("Không")


class TableForm(BaseForm):  # type: ignore[misc]
    """Flask-Admin's form with a CSRF token, which it does not have by itself, and with Vietnamese sentences."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """As Flask-WTF's forms."""

        def get_translations(self, _form: Any) -> FormTranslations:
            """Our own table of sentences."""
            return FormTranslations()

    hidden_tag = FlaskForm.hidden_tag


class DocumentArea(TextAreaField):  # type: ignore[misc]
    """The remaining keys of a row, as JSON to read and to edit."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return json_text.dump(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the JSON; raises ValueError with the sentence for the page."""
        typed = valuelist[0].strip() if valuelist else ""
        try:
            self.data = json_text.loads(typed) if typed else {}
        except json.JSONDecodeError as fault:
            raise ValueError(f"Viết đúng JSON: dòng {fault.lineno}, cột {fault.colno}.") from fault


class MappingArea(DocumentArea):
    """The same where it must be a mapping of keys."""

    def pre_validate(self, form: Any) -> None:
        """Refuses what is no mapping."""
        super().pre_validate(form)
        if not isinstance(self.data, dict):
            raise ValidationError('Viết các khoá trong một cặp ngoặc nhọn, ví dụ {"hint": "…"}.')


def options(words: Mapping[str, Any]) -> list[SelectChoice]:
    """The choices of a select, by value."""
    return [SelectChoice(value, label) for value, label in words.items()]


class Choice(SelectField):  # type: ignore[misc]
    """One of a few words, or nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"coerce": lambda value: value or None})


TRUTHS = {"": None, "true": True, "false": False, "True": True, "False": False}


class YesNo(SelectField):  # type: ignore[misc]
    """Yes, no, or not said: three different things in a definition."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = options({"": _l("Không ghi"), "true": YES, "false": NO})
        super().__init__(*args, **kwargs | {"choices": choices, "coerce": lambda value: TRUTHS.get(str(value))})


class Converter(CustomModelConverter):  # type: ignore[misc]
    """Form fields of columns. The key of a row inside another's form is hidden: unmapped, it would be asked for."""

    def __init__(self, view: Any, additional: Any = None) -> None:
        super().__init__(view, additional)
        self.converters[peewee.AutoField] = self.handle_pk
        self.converters[ExactDocument] = self.handle_document

    def handle_document(self, _model: Any, field: Any, **kwargs: Any) -> tuple[str, Any]:
        """A document is edited as JSON."""
        kwargs.pop("default", None)
        kwargs["filters"] = []
        return field.name, MappingArea(render_kw={"rows": 8, "spellcheck": "false"}, **kwargs)
