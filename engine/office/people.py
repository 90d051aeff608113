"""The people who sign in: made, disabled, given roles and an agency, and new passwords."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from flask_security import hash_password

from engine.errors import NoSuchAgency, NoSuchPerson, PasswordTooShort, PersonExists, UnknownRole
from engine.office import agencies
from engine.office.workflow import ADMINISTRATOR, OFFICER
from engine.storage import journal
from engine.storage.database import transaction
from engine.storage.models import Role, User, UserRole

ROLES: dict[str, str] = {
    ADMINISTRATOR: "Quản trị thủ tục, cơ quan và tài khoản",
    OFFICER: "Tiếp nhận và giải quyết hồ sơ của cơ quan mình",
}
SHORTEST_PASSWORD = 12
PASSWORD_BYTES = 15  # 120 random bits, 20 characters


def new_password() -> str:
    """A fresh random password."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def create(
    email: str,
    *,
    roles: Collection[str],
    by: str,
    now: datetime,
    agency: str | None = None,
    full_name: str = "",
    password: str | None = None,
    make_password: Callable[[], str] = new_password,
) -> tuple[User, str]:
    """Makes a person of an agency (its code; none: of the whole installation); the row and the password.

    Raises `PersonExists`, `UnknownRole`, `NoSuchAgency`, `PasswordTooShort`.
    """
    address, chosen = normal(email), password or make_password()
    _raise_if_unusable(roles, chosen)
    with transaction():
        if User.select().where(User.email == address).exists():
            raise PersonExists(address)
        person = User.create(
            email=address, password=hash_password(chosen), fs_uniquifier=_mark(), full_name=full_name.strip(),
            agency=_agency_id(agency), created_at=now,
        )  # fmt: skip
        _give_roles(person, roles)
        details = {"roles": sorted(roles), "agency": agency or ""}
        journal.write("person_created", address, by=by, now=now, details=details)
    return person, chosen


def find(email: str) -> User:
    """The person who signs in with an address. Raises `NoSuchPerson`."""
    person: User | None = User.get_or_none(User.email == normal(email))
    if person is None:
        raise NoSuchPerson(normal(email))
    return person


def reset(
    email: str,
    *,
    by: str,
    now: datetime,
    password: str | None = None,
    make_password: Callable[[], str] = new_password,
) -> str:
    """Gives a person a new password and signs them out everywhere; the password.

    Raises `NoSuchPerson`, `PasswordTooShort`.
    """
    person, chosen = find(email), password or make_password()
    _raise_if_unusable((), chosen)
    values = {"password": hash_password(chosen), "fs_uniquifier": _mark()}
    _update(person, values, "person_reset", by=by, now=now)
    return chosen


def disable(email: str, *, by: str, now: datetime) -> None:
    """Shuts a person out, at once and everywhere. Raises `NoSuchPerson`."""
    _update(find(email), {"active": False, "fs_uniquifier": _mark()}, "person_disabled", by=by, now=now)


def enable(email: str, *, by: str, now: datetime) -> None:
    """Lets a person in again. Raises `NoSuchPerson`."""
    _update(find(email), {"active": True}, "person_enabled", by=by, now=now)


def set_roles(email: str, roles: Collection[str], *, by: str, now: datetime) -> None:
    """Gives a person these roles and no others. Raises `NoSuchPerson`, `UnknownRole`."""
    person = find(email)
    _raise_if_unknown(roles)
    with transaction():
        _give_roles(person, roles)
        journal.write("person_roles", person.email, by=by, now=now, details={"roles": sorted(roles)})


def set_agency(email: str, agency: str | None, *, by: str, now: datetime) -> None:
    """Moves a person to another agency. Raises `NoSuchPerson`, `NoSuchAgency`."""
    _update(find(email), {"agency": _agency_id(agency)}, "person_agency", by=by, now=now)


def role_names(person: User) -> frozenset[str]:
    """The roles of a person."""
    query = Role.select(Role.name).join(UserRole).where(UserRole.user == person.id)
    return frozenset(role.name for role in query)


def make_roles() -> None:
    """Makes the roles that are not there yet."""
    for name, description in ROLES.items():
        Role.insert(name=name, description=description).on_conflict_ignore().execute()


def normal(email: str) -> str:
    """An address as it is compared."""
    return email.strip().lower()


def _give_roles(person: User, roles: Collection[str]) -> None:
    make_roles()
    UserRole.delete().where(UserRole.user == person.id).execute()
    for role in Role.select().where(Role.name.in_(list(roles))):
        UserRole.create(user=person.id, role=role.id)


def _update(person: User, values: Mapping[str, object], action: str, *, by: str, now: datetime) -> None:
    with transaction():
        User.update(dict(values)).where(User.id == person.id).execute()
        journal.write(action, person.email, by=by, now=now)


def _agency_id(code: str | None) -> int | None:
    if code is None:
        return None
    agency = agencies.by_code(code)
    if agency is None:
        raise NoSuchAgency(code)
    identity: int = agency.id
    return identity


def _raise_if_unusable(roles: Collection[str], password: str) -> None:
    _raise_if_unknown(roles)
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(SHORTEST_PASSWORD)


def _raise_if_unknown(roles: Collection[str]) -> None:
    for role in roles:
        if role not in ROLES:
            raise UnknownRole(role, tuple(ROLES))


def _mark() -> str:
    """What a session is bound to; a new one ends every session of the person."""
    return secrets.token_hex(32)
