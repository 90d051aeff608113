"""Agencies, their units, and the people who work in them."""

from __future__ import annotations

import peewee
from flask_security import RoleMixin, UserMixin

from engine.storage.models.base import Model, Moment


class Agency(Model):
    """An agency that receives dossiers; `ward` is its administrative unit's code."""

    code = peewee.CharField(unique=True)
    name = peewee.CharField()
    kind = peewee.CharField()
    parent = peewee.CharField(default="")
    ward = peewee.CharField(default="")
    address = peewee.CharField(default="")
    phone = peewee.CharField(default="")
    email = peewee.CharField(default="")
    hours = peewee.CharField(default="")

    def __str__(self) -> str:
        return str(self.name)


class Unit(Model):
    """A unit of an agency, such as its one-stop desk; `name` is what a procedure's stages name."""

    agency = peewee.ForeignKeyField(Agency, backref="units", on_delete="CASCADE")
    name = peewee.CharField()
    title = peewee.CharField()

    class Meta:
        indexes = ((("agency", "name"), True),)

    def __str__(self) -> str:
        return str(self.title)


class AgencyRate(Model):
    """An agency's own amount in đồng for a named amount of a procedure; `procedure` is the code."""

    agency = peewee.ForeignKeyField(Agency, backref="rates", on_delete="CASCADE")
    procedure = peewee.CharField()
    name = peewee.CharField()
    amount = peewee.BigIntegerField()

    class Meta:
        indexes = ((("agency", "procedure", "name"), True),)


class Role(Model, RoleMixin):  # type: ignore[misc]
    """What a person may do: `administrator` or `officer`."""

    name = peewee.CharField(unique=True)
    description = peewee.CharField(default="")
    permissions = peewee.TextField(null=True)  # type: ignore[assignment]  # the library reads its own text form

    def __str__(self) -> str:
        return str(self.name)


class User(Model, UserMixin):  # type: ignore[misc]
    """A person who signs in; without an agency, an administrator of the whole installation."""

    agency_id: int | None
    email = peewee.CharField(unique=True)
    password = peewee.CharField()
    active = peewee.BooleanField(default=True)
    fs_uniquifier = peewee.CharField(unique=True)
    full_name = peewee.CharField(default="")
    agency = peewee.ForeignKeyField(Agency, null=True, backref="people", on_delete="RESTRICT")
    created_at = Moment()
    last_login_at = Moment(null=True)
    tf_phone_number = peewee.CharField(null=True)
    tf_primary_method = peewee.CharField(null=True)
    tf_totp_secret = peewee.CharField(null=True)

    def get_id(self) -> str:
        """What the session holds: Peewee's own `get_id` is the row's number, which never ends a session."""
        return str(self.fs_uniquifier)

    def __str__(self) -> str:
        return str(self.full_name or self.email)


class UserRole(Model):
    """Which roles a person has."""

    user = peewee.ForeignKeyField(User, backref="roles", on_delete="CASCADE")
    role = peewee.ForeignKeyField(Role, backref="users", on_delete="CASCADE")

    name = property(lambda self: self.role.name)

    class Meta:
        indexes = ((("user", "role"), True),)

    def get_permissions(self) -> set[str]:
        """The permissions of the role, as the sign-in library asks for them."""
        return set(self.role.get_permissions())
