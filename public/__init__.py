"""The public side: information, filing, tracking."""

from __future__ import annotations

from flask import Blueprint, Flask, request

from public import confirming, filing, information, keeping, moving, refusals, sending, site, tracking

BLUEPRINTS = (
    information.blueprint,
    sending.blueprint,
    keeping.blueprint,
    moving.blueprint,
    filing.blueprint,
    confirming.blueprint,
    tracking.blueprint,
)


YEAR = 365 * 24 * 3600  # seconds


class Files(Blueprint):
    """The static files: one with its fingerprint in the address never changes, and fonts do not either."""

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Seconds for which a browser need not ask again; none where it always must."""
        return YEAR if "v" in request.args or (filename or "").startswith("fonts/") else None


def init_app(app: Flask) -> None:
    """Registers the public pages, their templates and static files, and the error pages."""
    files = Files("public", __name__, static_folder="static", static_url_path="/static", template_folder="templates")
    for blueprint in (files, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    site.init_app(app)
    refusals.init_app(app)
