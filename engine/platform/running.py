"""What the running program was told: its settings and its keys."""

from __future__ import annotations

from flask import current_app

from engine.platform.sealing import Keyring
from engine.platform.settings import Settings


def settings() -> Settings:
    """The settings of the program."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def keyring() -> Keyring:
    """The keys that seal sensitive data."""
    found: Keyring = current_app.config["KEYRING"]
    return found
