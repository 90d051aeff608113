"""The pages that tell: home, the list, a procedure, its blank forms, the guide, contacts, personal data."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, make_response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from engine.calendar import words as duration_words
from engine.definition import schema as schemas
from engine.definition.procedure import LegalText, Method, OneOf, Paper, Procedure
from engine.dossier import dossiers
from engine.draft import drafts
from engine.errors import NoSuchVersion
from engine.form.markdown import rendered
from engine.format import json_text
from engine.format.texts import Text
from engine.office import agencies
from engine.office.places import Places, places_of
from engine.platform.language import language
from engine.platform.paging import paged
from engine.publishing import catalogue, standing, versions
from engine.storage.models import Agency
from public import closing
from public.charges import charges, may_differ
from public.site import kept, now, today

blueprint = Blueprint("information", __name__)
PAGE = 20
FEW = 10  # offices that a procedure's page names; the others are on the page of contacts
LONG_NOTE = 300  # characters; a longer note of a paper is folded
LEVELS = (1, 2, 3, 4)


@blueprint.get("/")
def home() -> Response:
    """The home page."""
    lang = language()
    categories = [
        {"title": one.title.in_(lang), "url": url_for(".procedures", linh_vuc=one.value), "count": one.count}
        for one in catalogue.categories(today=today())
    ]
    most = [listed(item) for item in catalogue.most_used(limit=6, today=today())]
    figures = dossiers.figures(now=now())
    return kept(make_response(render_template(
        "public/home.html", categories=categories, most_used=most, figures=figures,
    )))  # fmt: skip


def listed(item: catalogue.Listed, agency: str = "") -> dict[str, Any]:
    """A procedure as lists show it; `agency` is the code of the one that was chosen."""
    lang = language()
    return {
        "code": item.code,
        "title": item.title.in_(lang),
        "level": item.level,
        "category_title": item.category_title.in_(lang),
        "url": url_for("information.procedure", code=item.code, co_quan=agency or None),
    }


@blueprint.get("/thu-tuc")
def procedures() -> Response:
    """The list of procedures, searched and narrowed."""
    wanted = catalogue.Wanted(
        query=request.args.get("q", "").strip()[:200],
        category=request.args.get("linh_vuc", ""),
        level=request.args.get("muc_do", "", str),
        agency=request.args.get("co_quan", ""),
        online=request.args.get("truc_tuyen") == "1",
    )
    number = max(1, min(request.args.get("trang", 1, int), 10_000))
    found = catalogue.find(wanted, page=number, size=PAGE, today=today())
    return kept(make_response(render_template("public/list.html", **_list_facts(wanted, found, number))))


def _list_facts(wanted: catalogue.Wanted, found: catalogue.Found, number: int) -> dict[str, Any]:
    lang, (_number, pages) = language(), paged(found.total, PAGE, number)
    chosen = {"q": wanted.query, "linh_vuc": wanted.category, "muc_do": wanted.level, "co_quan": wanted.agency,
              "truc_tuyen": "1" if wanted.online else ""}  # fmt: skip

    def page_url(other: int) -> str:
        kept_words = {name: value for name, value in chosen.items() if value}
        return f"{url_for('.procedures')}?{urlencode({**kept_words, 'trang': other})}"

    narrowed = {"linh_vuc": [(one.value, one.title.in_(lang)) for one in catalogue.categories(today=today())],
                "muc_do": [(str(level), _("Mức độ %(number)s", number=level)) for level in LEVELS],
                "co_quan": [(one.code, one.name) for one in agencies.listing()]}  # fmt: skip
    options = {name: [{"value": value, "label": label, "chosen": value == chosen[name]} for value, label in pairs]
               for name, pairs in narrowed.items()}  # fmt: skip
    return {
        "query": wanted.query, "online": wanted.online, "total": found.total,
        "procedures": [listed(item, wanted.agency) for item in found.items],
        "categories": options["linh_vuc"], "levels": options["muc_do"], "agencies": options["co_quan"],
        "previous_url": page_url(number - 1) if number > 1 else "",
        "next_url": page_url(number + 1) if number < pages else "",
        "page": number, "pages": pages, "clear_url": url_for(".procedures"), "narrowed": any(chosen.values()),
    }  # fmt: skip


@blueprint.get("/thu-tuc/<code>")
def procedure(code: str) -> Response:
    """Everything that is published about a procedure."""
    version = versions.current(code)
    if version is None:
        abort(404)
    facts = _procedure_facts(versions.procedure_of(version), version, request.args.get("co_quan", ""))
    return kept(make_response(render_template("public/procedure.html", **facts)))


def _procedure_facts(of: Procedure, version: Any, wanted: str) -> dict[str, Any]:
    """All that the page tells; `wanted` is the code of the agency that the visitor chose."""
    lang = language()
    category = catalogue.category_title(of.category)
    end = closing.of_information(standing.of_version(version.id))
    offices = agencies.receiving(of)
    chosen = next((office for office in offices if office.code == wanted), None)
    start = url_for("filing.start", code=of.code, co_quan=chosen.code if chosen else None)
    forms = list(_blank_forms(of))
    head = {"code": of.code, "title": of.title.in_(lang), "level": of.level, "category_title": category.in_(lang),
            "category_url": url_for(".procedures", linh_vuc=of.category), "decision": of.decision or "",
            "summary": said(of.summary)}  # fmt: skip
    return {
        "procedure": head,
        "facts": _fact_table(of, offices, offices[0] if len(offices) == 1 else chosen),
        "papers": list(_papers(of, offered={form["url"] for form in forms})),
        "forms": forms,
        "bring_to": offices[:FEW],
        "start_url": start if of.online and not (end and end["closed"]) else "",
        "end": end,
        "partial_reason": said(of.partial_reason),
        "sections": _sections(of),
        "laws": [_law(law) for law in of.legal_basis],
        "changed_at": version.published_at,
    }


def said(text: Text | None) -> str:
    """A text in the page's language, empty where there is none."""
    return text.in_(language()) if text else ""


def _fact_table(of: Procedure, offices: Sequence[Agency], office: Agency | None) -> dict[str, Any]:
    """The facts at the top; `office` is the one whose amounts are shown, nothing where it is not known."""
    lang = language()
    return {
        "audience": [text.in_(lang) for text in of.audience],
        "agencies": _offices(of, offices),
        "result": [result.title.in_(lang) for result in of.results],
        "methods": [_method(method) for method in of.methods],
        "fees": charges(of, office),
    }


def _law(law: LegalText) -> dict[str, str]:
    """A legal text, its number where the title does not say it."""
    title, number = said(law.title), law.number or ""
    return {"title": title, "number": "" if number in title else number}


def _offices(of: Procedure, offices: Sequence[Agency]) -> list[str]:
    """The first offices by name; each leads to the page with its own amounts where those may differ."""
    asked = len(offices) > 1 and may_differ(of)
    link = Markup('<a href="{}">{}</a>')
    shown = [
        link.format(url_for(".procedure", code=of.code, co_quan=office.code), office.name) if asked else office.name
        for office in offices[:FEW]
    ]
    return shown + ([_("và các nơi khác")] if len(offices) > FEW else [])


def _method(method: Method) -> dict[str, str]:
    time = duration_words(method.time, language()) if method.time else ""
    return {"channel": method.channel, "time": time, "note": said(method.note)}


def _papers(of: Procedure, *, offered: Collection[str]) -> Iterator[dict[str, Any]]:
    """The papers in order; the first of each group bears its title. A blank form that is not `offered` has no link."""
    before = ""
    for item in of.papers:
        one_of = isinstance(item, OneOf)
        heading = str(_("%(title)s: cần một trong các giấy tờ sau", title=said(item.title))) if one_of else ""
        for paper in item.papers if isinstance(item, OneOf) else [item]:
            group = heading or said(paper.group)
            shown = {"group": group if group != before else ""} | ({"required": False} if one_of else {})
            yield _paper(of, paper, offered) | shown
            before = group


def _paper(of: Procedure, paper: Paper, offered: Collection[str]) -> dict[str, Any]:
    address = url_for(".blank_form", code=of.code, file=paper.template) if paper.template else ""
    note = said(paper.note)
    return {"title": said(paper.title), "originals": paper.originals, "copies": paper.copies, "note": note,
            "folded": rendered(note) if len(note) > LONG_NOTE else "", "required": paper.attach == "required",
            "wanted": wanted_words(paper), "template_url": address if address in offered else ""}  # fmt: skip


def wanted_words(paper: Paper) -> str:
    """Whether everybody needs a paper; empty where everybody does."""
    if paper.when is not None:
        return str(_("tuỳ trường hợp"))
    return str(_("nếu có")) if paper.attach == "optional" else ""


def _blank_forms(of: Procedure) -> Iterator[dict[str, Any]]:
    """The blank forms that are there."""
    for blank in of.templates:
        if size := versions.template_size(of, blank.file):
            kind = blank.file.rpartition(".")[2].upper()
            address = url_for(".blank_form", code=of.code, file=blank.file)
            yield {"title": blank.title.in_(language()), "url": address, "kind": kind, "size": size}


def _sections(of: Procedure) -> list[dict[str, Any]]:
    lang = language()
    texts = ((_("Trình tự thực hiện"), of.instructions), (_("Yêu cầu, điều kiện"), of.conditions))
    return [{"title": title, "body": rendered(text.in_(lang))} for title, text in texts if text]


@blueprint.get("/thu-tuc/<code>/luoc-do.json")
def answers_schema(code: str) -> Response:
    """The JSON Schema of the answers that a dossier holds, by the public version or the one that `phien_ban` names."""
    version = _version(code, request.args.get("phien_ban", type=int))
    compiled = versions.compiled(version.id)
    schema = schemas.answers_schema(compiled.procedure.title.vi, compiled.fields)
    return kept(Response(json_text.dump(schema), mimetype="application/schema+json"))


def _version(code: str, number: int | None) -> Any:
    """A published version, the public one without a number; 404 where there is none."""
    if number is None:
        return versions.current(code) or abort(404)
    try:
        return standing.version_of(code, number)
    except NoSuchVersion:
        abort(404)


@blueprint.get("/thu-tuc/<code>/mau/<file>")
def blank_form(code: str, file: str) -> Response:
    """A blank form to download."""
    found = versions.template_file(code, file)
    if found is None:
        abort(404)
    response = send_file(found.path, mimetype=found.media_type, as_attachment=True, download_name=file, etag=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/don-vi-hanh-chinh/<province>")
def wards(province: str) -> Response:
    """The wards of a province as options, for the form's script."""
    day_places: Places = places_of(today())
    options = day_places.ward_options(province)
    if not options:
        abort(404)
    return kept(make_response(render_template("public/wards.html", options=options)))


@blueprint.get("/huong-dan")
def guide() -> Response:
    """The guide: levels, steps, benefits."""
    return kept(make_response(render_template("public/guide.html")))


@blueprint.get("/lien-he")
def contact() -> Response:
    """Where somebody answers."""
    found = agencies.listing()
    page, pages = paged(len(found), PAGE, request.args.get("trang", 1, int))
    facts = {
        "agencies": found[(page - 1) * PAGE : page * PAGE],
        "page": page,
        "pages": pages,
        "previous_url": url_for(".contact", trang=page - 1) if page > 1 else "",
        "next_url": url_for(".contact", trang=page + 1) if page < pages else "",
    }
    return kept(make_response(render_template("public/contact.html", **facts)))


@blueprint.get("/du-lieu-ca-nhan")
def privacy() -> Response:
    """The notice on personal data."""
    return kept(make_response(render_template("public/privacy.html", kept_days=drafts.kept_days())))
