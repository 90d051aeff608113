"""People are made with a role and an agency, shut out at once, and every change of them is written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from flask_security import PeeweeUserDatastore, Security, verify_password

from engine.definition.library import Agency
from engine.errors import NoSuchAgency, NoSuchPerson, PasswordTooShort, PersonExists, UnknownRole
from engine.office import agencies, people
from engine.storage import journal
from engine.storage.database import database
from engine.storage.models import Role, User, UserRole

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
BY = "quan-tri@example.vn"
PASSWORD = "một mật khẩu đủ dài"


@pytest.fixture(autouse=True)
def program(app: Flask) -> Iterator[None]:
    if "security" not in app.extensions:
        app.config["SECURITY_PASSWORD_SALT"] = "muối"
        people_of = PeeweeUserDatastore(database, User, Role, UserRole)  # type: ignore[no-untyped-call]
        Security(app, people_of, register_blueprint=False)
    with app.app_context():
        agencies.load([Agency(code="A1", name="Phường", kind="phuong")], overwrite=False)
        yield
    database.settle()


@pytest.fixture
def email() -> str:
    return f"{uuid4().hex}@example.vn"


def make(email: str, *roles: str, agency: str | None = "A1") -> User:
    person, _ = people.create(
        email, roles=roles or ("officer",), agency=agency, full_name=" Lê Thị Hoa ", password=PASSWORD, by=BY, now=NOW
    )
    return person


def test_a_person_is_made_with_role_agency_and_name(email: str) -> None:
    make(email)
    person = people.find(email)
    assert people.role_names(person) == {"officer"}
    assert person.agency is not None
    assert person.agency.code == "A1"
    assert person.full_name == "Lê Thị Hoa"
    assert person.active
    assert person.created_at == NOW


def test_the_password_is_kept_as_a_hash_that_the_sign_in_knows(email: str) -> None:
    person = make(email)
    assert PASSWORD not in person.password
    assert "argon2" in person.password
    assert verify_password(PASSWORD, person.password)
    assert not verify_password(PASSWORD + "x", person.password)


def test_a_password_is_made_where_none_is_given(email: str) -> None:
    person, password = people.create(email, roles=("officer",), by=BY, now=NOW, make_password=lambda: "x" * 20)
    assert password == "x" * 20
    assert verify_password(password, person.password)
    assert len(people.new_password()) >= 20
    assert people.new_password() != people.new_password()


def test_without_an_agency_a_person_is_of_the_whole_installation(email: str) -> None:
    assert make(email, "administrator", agency=None).agency_id is None


def test_addresses_are_compared_without_case(email: str) -> None:
    make(f"  {email.upper()} ")
    assert people.find(email).email == email
    with pytest.raises(PersonExists) as fault:
        make(email)
    assert fault.value.email == email


def test_nobody_is_made_where_something_is_wrong(email: str) -> None:
    with pytest.raises(UnknownRole) as role:
        make(email, "king")
    assert role.value.known == tuple(people.ROLES)
    with pytest.raises(NoSuchAgency):
        make(email, agency="A0")
    with pytest.raises(PasswordTooShort) as short:
        people.create(email, roles=("officer",), password="ngắn", by=BY, now=NOW)
    assert short.value.least == people.SHORTEST_PASSWORD
    with pytest.raises(NoSuchPerson):
        people.find(email)


def test_a_new_password_ends_the_old_one_and_every_session(email: str) -> None:
    mark = make(email).fs_uniquifier
    password = people.reset(email, by=BY, now=NOW)
    person = people.find(email)
    assert verify_password(password, person.password)
    assert not verify_password(PASSWORD, person.password)
    assert person.fs_uniquifier != mark


def test_a_disabled_person_is_out_at_once_and_can_be_let_in_again(email: str) -> None:
    mark = make(email).fs_uniquifier
    people.disable(email, by=BY, now=NOW)
    assert not people.find(email).active
    assert people.find(email).fs_uniquifier != mark
    people.enable(email, by=BY, now=NOW)
    assert people.find(email).active


def test_roles_are_replaced(email: str) -> None:
    make(email)
    people.set_roles(email, ("administrator",), by=BY, now=NOW)
    assert people.role_names(people.find(email)) == {"administrator"}
    with pytest.raises(UnknownRole):
        people.set_roles(email, ("officer", "king"), by=BY, now=NOW)
    assert people.role_names(people.find(email)) == {"administrator"}


def test_a_person_moves_to_another_agency(email: str) -> None:
    make(email, agency=None)
    people.set_agency(email, "A1", by=BY, now=NOW)
    assert people.find(email).agency_id is not None
    with pytest.raises(NoSuchAgency):
        people.set_agency(email, "A0", by=BY, now=NOW)


def test_nobody_unknown_is_changed(email: str) -> None:
    for change in (people.reset, people.disable, people.enable):
        with pytest.raises(NoSuchPerson):
            change(email, by=BY, now=NOW)


def test_every_change_is_in_the_journal_without_the_password(email: str) -> None:
    make(email)
    people.reset(email, by=BY, now=NOW)
    people.set_roles(email, ("administrator",), by=BY, now=NOW)
    people.set_agency(email, None, by=BY, now=NOW)
    people.disable(email, by=BY, now=NOW)
    people.enable(email, by=BY, now=NOW)
    entries = journal.of_subject(email)
    assert [entry.action for entry in reversed(entries)] == [
        "person_created", "person_reset", "person_roles", "person_agency", "person_disabled", "person_enabled",
    ]  # fmt: skip
    assert {entry.actor for entry in entries} == {BY}
    assert entries[-1].details == {"roles": ["officer"], "agency": "A1"}
    assert PASSWORD not in str([entry.details for entry in entries])


def test_the_journal_is_read_page_by_page(email: str) -> None:
    make(email)
    people.reset(email, by=BY, now=NOW)
    first, second = journal.latest(limit=2)
    assert (first.action, second.action) == ("person_reset", "person_created")
    assert [entry.id for entry in journal.latest(before=first.id, limit=1)] == [second.id]
