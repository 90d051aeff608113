"""The product with the procedure of thirty fields published, and a browser in the middle of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app import create_app
from engine.definition import library
from engine.office import agencies
from engine.platform.settings import ROOT
from engine.publishing import rows, versions
from engine.storage import migrations
from tests.bench.form_page import DEFINITION, Caller, token_of


def begun(folder: Path) -> tuple[Caller, str]:
    """A caller that has begun a draft, and the address of its step."""
    app = create_app({"DATA_DIR": str(folder / "var"), "CAPTCHA": "off"})
    with app.app_context():
        migrations.upgrade()
        found = library.Library.folder(ROOT / "definitions")
        versions.load_shared(found, only_new=False)
        agencies.load(found.agencies, overwrite=True)
        rows.write(DEFINITION, now=datetime.now(UTC))
        versions.publish(DEFINITION["code"], by="bench", note="", now=datetime.now(UTC))
    caller = Caller(app)
    start = f"/nop-ho-so/{DEFINITION['code']}"
    page = caller.call("GET", start)[1]
    status, _ = caller.call("POST", start, {"csrf_token": token_of(page), "agency": "H21.52.01"})
    assert status == 303, status
    return caller, caller.location
