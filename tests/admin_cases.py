"""An office to test the back office with: two wards, the people who sign in, and a browser for each of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from werkzeug.test import TestResponse

from engine.office import people
from engine.storage.models import Agency, Role, Unit, User, UserRole

PASSWORD = "Hoa-phượng-đỏ-2026"
CHIEF = "chief@example.vn"  # looks after the whole installation
WARD_CHIEF = "chief.a@example.vn"  # looks after ward A
OFFICER = "officer.a@example.vn"  # handles the dossiers of ward A
OTHER = "officer.b@example.vn"  # the same in ward B
NOBODY = "nobody@example.vn"  # has no role
UNITS = (("mot-cua", "Bộ phận Một cửa"), ("tu-phap", "Tư pháp – Hộ tịch"), ("lanh-dao", "Lãnh đạo"))


def make_office(app: Flask) -> None:
    """The two wards and their people, once for a database."""
    with app.app_context():
        if User.select().where(User.email == CHIEF).exists():
            return
        people.make_roles()
        roles = {role.name: role for role in Role.select()}
        wards = [_ward(code, name) for code, name in (("H52.01", "Phường A"), ("H52.02", "Phường B"))]
        secret = hash_password(PASSWORD)
        _person(CHIEF, "Nguyễn Quản Trị", None, secret, roles["administrator"])
        _person(WARD_CHIEF, "Trần Chủ Tịch", wards[0], secret, roles["administrator"])
        _person(OFFICER, "Lê Cán Bộ", wards[0], secret, roles["officer"])
        _person(OTHER, "Phạm Phường B", wards[1], secret, roles["officer"])
        _person(NOBODY, "Người Mới", wards[0], secret)


def _ward(code: str, name: str) -> Agency:
    ward = Agency.create(code=code, name=name, kind="phuong")
    for unit, title in UNITS:
        Unit.create(agency=ward, name=unit, title=title)
    return ward


def _person(email: str, name: str, agency: Agency | None, secret: str, *roles: Role) -> None:
    now = datetime.now(UTC)
    user = User.create(email=email, full_name=name, agency=agency, password=secret, fs_uniquifier=email, created_at=now)
    for role in roles:
        UserRole.create(user=user, role=role)


class Desk:
    """A browser of the back office, signed in."""

    def __init__(self, app: Flask, email: str = "") -> None:
        self.client: FlaskClient = app.test_client()
        if email:
            answer = self.sign_in(email)
            assert answer.status_code == 303, answer.text

    def sign_in(self, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Goes through the door."""
        return self.post("/quan-tri/dang-nhap", email=email, password=password, **more)

    def get(self, path: str, **query: Any) -> TestResponse:
        """Opens a page."""
        return self.client.get(path, query_string=query or None)

    def token(self) -> str:
        """The CSRF token of this browser's session."""
        for path in ("/quan-tri/dang-nhap", "/quan-tri/"):
            page = self.client.get(path, follow_redirects=True)
            if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text):
                return found[1]
        raise AssertionError("no page shows a token")

    def post(self, path: str, **data: Any) -> TestResponse:
        """Sends a form, with the token."""
        fields = {"csrf_token": self.token()} | data
        return self.client.post(path, data=fields, content_type="multipart/form-data")


def row_ids(page: str) -> list[str]:
    """The ids of the rows of a list that can be chosen."""
    return re.findall(r'name="rowid" value="(\d+)"', page)


def words_of(page: str) -> str:
    """The text of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
