"""The confirmation code ("Mã xác nhận"): its picture, its sound, and taking what was typed."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, request, url_for
from flask_babel import gettext as _

from engine.draft import confirmations
from public.site import network, now

blueprint = Blueprint("confirming", __name__, url_prefix="/ma-xac-nhan")


def challenge() -> dict[str, str] | None:
    """A new confirmation code for a page, or nothing where it is off."""
    if current_app.config["SETTINGS"].captcha == "off":
        return None
    made = confirmations.make(now=now(), network=network())
    return {
        "id": made,
        "image_url": url_for("confirming.picture", public_id=made),
        "audio_url": url_for("confirming.sound", public_id=made),
        "refresh_url": url_for("confirming.renew"),
    }


def refusal() -> str:
    """Why the confirmation code of this request is refused, or an empty text; it is used up by asking."""
    if current_app.config["SETTINGS"].captcha == "off":
        return ""
    typed = request.form.get("captcha", "").strip()
    good = confirmations.use(request.form.get("captcha_id", ""), typed, now=now())
    if good:
        return ""
    return str(_("Mã xác nhận chưa đúng hoặc đã hết hạn, nhập mã mới") if typed else _("Nhập mã xác nhận"))


@blueprint.post("/moi")
def renew() -> Response:
    """A new code, for the page's script."""
    return jsonify(challenge())


@blueprint.get("/<public_id>.png")
def picture(public_id: str) -> Response:
    """The picture."""
    return _served(confirmations.picture(public_id, now=now()), "image/png")


@blueprint.get("/<public_id>.wav")
def sound(public_id: str) -> Response:
    """The digits, spoken in Vietnamese."""
    return _served(confirmations.sound(public_id, now=now()), "audio/wav")


def _served(content: bytes | None, media_type: str) -> Response:
    if content is None:
        abort(404)
    response = make_response(content)
    response.headers["Content-Type"] = media_type
    response.headers["Cache-Control"] = "no-store"
    return response
