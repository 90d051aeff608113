"""Agencies, units, and the people who work in them."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Agency(pw.Model):
    code = pw.CharField(unique=True)
    name = pw.CharField()
    kind = pw.CharField()
    parent = pw.CharField()
    ward = pw.CharField()
    address = pw.CharField()
    phone = pw.CharField()
    email = pw.CharField()
    hours = pw.CharField()

    class Meta:
        legacy_table_names = False
        table_name = "agency"


class Role(pw.Model):
    name = pw.CharField(unique=True)
    description = pw.CharField()
    permissions = pw.TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "role"


class Unit(pw.Model):
    agency = pw.ForeignKeyField(Agency, on_delete="CASCADE", backref="+")
    name = pw.CharField()
    title = pw.CharField()

    class Meta:
        legacy_table_names = False
        table_name = "unit"
        indexes = ((("agency", "name"), True),)


class User(pw.Model):
    email = pw.CharField(unique=True)
    password = pw.CharField()
    active = pw.BooleanField()
    fs_uniquifier = pw.CharField(unique=True)
    full_name = pw.CharField()
    agency = pw.ForeignKeyField(Agency, null=True, on_delete="RESTRICT", backref="+")
    created_at = pw.BigIntegerField()
    last_login_at = pw.BigIntegerField(null=True)
    tf_phone_number = pw.CharField(null=True)
    tf_primary_method = pw.CharField(null=True)
    tf_totp_secret = pw.CharField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "user"


class UserRole(pw.Model):
    user = pw.ForeignKeyField(User, on_delete="CASCADE", backref="+")
    role = pw.ForeignKeyField(Role, on_delete="CASCADE", backref="+")

    class Meta:
        legacy_table_names = False
        table_name = "user_role"
        indexes = ((("user", "role"), True),)


TABLES = (
    Agency,
    Role,
    Unit,
    User,
    UserRole,
)


def up(_migrator: Any, db: pw.Database) -> None:
    """Makes the tables."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
