"""The composition root: settings, database, the two sides, and what goes around every page."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import admin
import public
from engine import cli, health
from engine.platform import edge, language
from engine.platform.sealing import Keyring
from engine.platform.sessions import Sessions
from engine.platform.settings import SETTINGS, Settings, read_settings, unknown_settings
from engine.storage import database

logger = logging.getLogger(__name__)

MEGABYTE = 1_000_000
FORM_PARTS = 5_000  # a form with many rows has many inputs


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application, by the environment's settings (`MOTCUA_…`), overridden by `config` (without prefix).

    What `config` holds beyond the settings goes to Flask. Raises `engine.platform.settings.SettingsError`.
    """
    settings = read_settings(config)
    for name in unknown_settings(os.environ):
        logger.warning("%s is not a setting of this program.", name)
    app = Flask(__name__, static_folder=None)
    app.session_interface = Sessions()
    app.config.from_mapping(flask_config(settings))
    app.config.from_mapping({name: value for name, value in (config or {}).items() if name not in SETTINGS})
    _trust_proxies(app, settings.trusted_proxies)
    database.connect(settings)
    database.init_app(app)
    edge.init_app(app, secure=settings.secure)
    language.init_app(app, secure=settings.secure)
    health.init_app(app, settings.data_dir)
    public.init_app(app)
    admin.init_app(app)
    cli.init_app(app)
    return app


def flask_config(settings: Settings) -> dict[str, Any]:
    """What Flask and its extensions are told; `SETTINGS` and `KEYRING` are this program's own."""
    return {
        "SETTINGS": settings,
        "KEYRING": Keyring.of(settings.data_keys),
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "__Host-motcua" if settings.secure else "motcua",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.draft_days),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,  # a form may take longer than an hour; the token ends with the session
        "MAX_CONTENT_LENGTH": settings.max_request_mb * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": 2 * MEGABYTE,
        "MAX_FORM_PARTS": FORM_PARTS,
        "MAIL_SERVER": settings.mail_server,
        "MAIL_PORT": settings.mail_port,
        "MAIL_USERNAME": settings.mail_username or None,
        "MAIL_PASSWORD": settings.mail_password or None,
        "MAIL_USE_TLS": settings.mail_use_tls,
        "MAIL_DEFAULT_SENDER": settings.mail_default_sender,
    }


def _trust_proxies(app: Flask, count: int) -> None:
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, count)  # type: ignore[method-assign]
