"""The anchor: the same thirty fields as somebody would write them by hand with Flask-WTF and Peewee."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import peewee
import wtforms
from flask import Flask, redirect, render_template_string, session
from flask_wtf import FlaskForm
from wtforms import validators
from wtforms.fields import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)

CHOICES = [(f"lua_chon_{number}", f"Lựa chọn {number}") for number in range(8)]

PAGE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Tờ khai</title></head><body><main><h1>Tờ khai</h1>
<form method="post" novalidate>{{ form.csrf_token }}
{% for field in form if field.name != "csrf_token" %}
<div class="field">{{ field.label }} {{ field(class_="input") }}
{% for error in field.errors %}<p class="error">{{ error }}</p>{% endfor %}</div>
{% endfor %}
<button type="submit">Tiếp tục</button></form></main></body></html>"""


def fields() -> dict[str, Any]:
    """12 text, 3 long text, 2 email, 4 date, 3 integer, 4 choices of 8, 2 confirm."""
    made: dict[str, Any] = {}
    for number in range(12):
        made[f"chu_{number}"] = StringField(
            f"Dòng chữ {number}", [validators.InputRequired(), validators.Length(max=100)]
        )
    for number in range(3):
        made[f"doan_{number}"] = TextAreaField(
            f"Đoạn chữ {number}", [validators.InputRequired(), validators.Length(max=1000)]
        )
    for number in range(2):
        made[f"thu_{number}"] = EmailField(f"Thư điện tử {number}", [validators.InputRequired(), validators.Email()])
    for number in range(4):
        made[f"ngay_{number}"] = DateField(f"Ngày {number}", [validators.InputRequired()], format="%d/%m/%Y")
    for number in range(3):
        made[f"so_{number}"] = IntegerField(
            f"Số {number}", [validators.InputRequired(), validators.NumberRange(min=1, max=100)]
        )
    for number in range(4):
        made[f"chon_{number}"] = SelectField(
            f"Chọn {number}", [validators.InputRequired()], choices=[("", "Chọn"), *CHOICES]
        )
    for number in range(2):
        made[f"cam_doan_{number}"] = BooleanField(f"Cam đoan {number}", [validators.InputRequired()])
    return made


def make(folder: Path) -> Flask:
    """The hand-written app: FlaskForm with CSRF, its own widgets, a row, a connection opened per request."""
    database = peewee.SqliteDatabase(
        str(folder / "anchor.db"), pragmas={"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1}
    )

    class Row(peewee.Model):
        person = peewee.CharField(unique=True)
        answers = peewee.TextField()

        class Meta:
            pass

    Row.bind(database)
    with database:
        database.create_tables([Row])
        Row.create(person="1", answers="{}")
    form_class: type[wtforms.Form] = type("HandWritten", (FlaskForm,), fields())
    app = Flask("anchor")
    app.config["SECRET_KEY"] = "anchor" * 8

    @app.before_request
    def connect() -> None:
        database.connect()

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        database.close()

    @app.route("/", methods=["GET", "POST"])
    def page() -> Any:
        session.setdefault("person", "1")
        row = Row.get(Row.person == session["person"])
        form = form_class(data=_typed(json.loads(row.answers)))
        if form.validate_on_submit():
            row.answers = json.dumps({name: str(value) for name, value in form.data.items()})
            row.save()
            return redirect("/", 303)
        return render_template_string(PAGE, form=form), 422 if form.errors else 200

    return app


def _typed(answers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in answers.items() if name.startswith(("chu_", "doan_", "thu_"))}
