"""The rail at the left of every page: what this person can open, with counts where something waits."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext as _

from admin import access
from admin.queues import QUEUES, counts
from engine.kinds.numbers import with_dots

PROCEDURE_PAGES = {
    "back.procedures", "back.procedure", "back.new_procedure", "back.version_list", "back.version", "back.compare",
    "back.mail_words", "back.publish", "back.try_run", "back.close", "back.import_page", "back.confirm",
}  # fmt: skip
RATE_PAGES = {"back.rate_agencies", "back.rates"}


@dataclass(frozen=True, slots=True)
class Link:
    """A line of the rail."""

    words: str
    url: str
    icon: str
    here: bool
    count: str | None = None
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together."""

    title: str
    links: list[Link]


def rail() -> list[Group]:
    """The groups of this request's person, those without a line left out."""
    groups = [_dossiers(), _procedures(), *_tables()]
    return [group for group in groups if group.links]


def _dossiers() -> Group:
    me = access.me()
    if not access.officer(me):
        return Group("", [])
    numbers = counts(me.agency_id, now=access.now())
    here = request.args.get("muc", "") if request.endpoint == "back.dossier_list" else None
    links = [
        Link(queue.words(), url_for("back.dossier_list", muc=name or None), queue.icon, here == name,
             with_dots(numbers[name]), queue.late)
        for name, queue in QUEUES.items()
    ]  # fmt: skip
    return Group(_("Hồ sơ"), links)


def _procedures() -> Group:
    me, links = access.me(), []
    if access.installation(me):
        links.append(Link(_("Thủ tục"), url_for("back.procedures"), "list", request.endpoint in PROCEDURE_PAGES))
    if access.administrator(me):
        here = request.endpoint in RATE_PAGES
        links.append(Link(_("Mức thu của cơ quan"), url_for("back.rate_agencies"), "money", here))
    return Group("", links)


def _tables() -> list[Group]:
    groups: dict[str, Group] = {}
    current = (request.endpoint or "").partition(".")[0]
    for view in current_app.extensions["back_views"]:
        if type(view).allowed(access.me()):
            group = groups.setdefault(str(view.category), Group(str(view.category), []))
            link = Link(str(view.name), url_for(f"{view.endpoint}.index_view"), view.icon, current == view.endpoint)
            group.links.append(link)
    return list(groups.values())
