"""The product with procedures published, and a browser in the middle of a form."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import create_app
from engine.definition import library
from engine.office import agencies
from engine.platform.settings import ROOT
from engine.publishing import rows, versions
from engine.storage import migrations
from tests.bench.form_page import Caller


def begin(folder: Path, document: dict[str, Any]) -> tuple[Caller, str]:
    """A caller that has begun a draft of a procedure, and the address of its step."""
    app = create_app({"DATA_DIR": str(folder / "var"), "CAPTCHA": "off", "RATELIMIT_ENABLED": False})
    with app.app_context():
        migrations.upgrade()
        found = library.Library.folder(ROOT / "definitions")
        versions.load_shared(found, only_new=False)
        agencies.load(found.agencies, overwrite=True)
        rows.write(document, now=datetime.now(UTC))
        versions.publish(document["code"], by="bench", note="", now=datetime.now(UTC))
    caller = Caller(app)
    return caller, caller.begin(document["code"])
