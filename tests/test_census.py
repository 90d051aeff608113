"""Every address of the program, and who may open it: what is not in this table fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from flask import Flask
from werkzeug.routing import MapAdapter, Rule

from app import create_app
from engine.storage import database
from tests.generic_client import GenericClient, Page, typed_so_far
from tests.walks import BIRTH, COPY, MACHINES_WELCOME, account, begun, citizen, command, furnish, in_process

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

# Whom a page is for
ANYONE = "anyone"
DRAFT = "the draft's own browser"
LOOKUP = "the browser in which the lookup code was typed"
SIGNED_IN = "whoever is signed in"
OFFICE = "who handles the dossiers of an agency: its officers and administrators"
ADMINISTRATORS = "an administrator, of an agency or of the installation"
INSTALLATION = "an administrator of the whole installation"

# Who comes
STRANGER, OFFICER, CHIEF, ROOT = "a stranger", "an officer", "an agency's administrator", "the installation's"
STAFF = (OFFICER, CHIEF, ROOT)
MAY: dict[str, tuple[str, ...]] = {
    ANYONE: (STRANGER, *STAFF),
    DRAFT: (),
    LOOKUP: (),
    SIGNED_IN: STAFF,
    OFFICE: (OFFICER, CHIEF),
    ADMINISTRATORS: (CHIEF, ROOT),
    INSTALLATION: (ROOT,),
}

PAGES: dict[str, str] = {
    "healthz": ANYONE,
    "readyz": ANYONE,
    "public.static": ANYONE,
    "information.home": ANYONE,
    "information.procedures": ANYONE,
    "information.procedure": ANYONE,
    "information.blank_form": ANYONE,
    "information.answers_schema": ANYONE,
    "information.wards": ANYONE,
    "information.guide": ANYONE,
    "information.contact": ANYONE,
    "information.privacy": ANYONE,
    "confirming.picture": ANYONE,
    "confirming.sound": ANYONE,
    "confirming.renew": ANYONE,
    "filing.start": ANYONE,
    "filing.step": DRAFT,
    "sending.review": DRAFT,
    "sending.send": DRAFT,
    "sending.done": DRAFT,
    "sending.receipt": DRAFT,
    "moving.move": DRAFT,
    "keeping.saved": DRAFT,
    "keeping.end": DRAFT,
    "keeping.resume": ANYONE,  # the address itself holds the secret
    "tracking.track": ANYONE,
    "tracking.dossier": LOOKUP,
    "tracking.file": LOOKUP,
    "tracking.receipt": LOOKUP,
    "tracking.leave": LOOKUP,
    "back.static": ANYONE,
    "tong_quan.static": ANYONE,
    "back.sign_in": ANYONE,
    "back.sign_out": SIGNED_IN,
    "tong_quan.index": SIGNED_IN,
    "back.dossier_list": OFFICE,
    "back.dossier": OFFICE,
    "back.dossier_file": OFFICE,
    "back.move": OFFICE,
    "back.new_lookup_code": OFFICE,
    "back.procedures": INSTALLATION,
    "back.new_procedure": INSTALLATION,
    "back.procedure": INSTALLATION,
    "back.publish": INSTALLATION,
    "back.version_list": INSTALLATION,
    "back.version": INSTALLATION,
    "back.compare": INSTALLATION,
    "back.mail_words": INSTALLATION,
    "back.try_run": INSTALLATION,
    "back.withdraw": INSTALLATION,
    "back.show_again": INSTALLATION,
    "back.restore": INSTALLATION,
    "back.close": INSTALLATION,
    "back.reopen": INSTALLATION,
    "back.trial": INSTALLATION,
    "back.download": INSTALLATION,
    "back.import_page": INSTALLATION,
    "back.confirm": INSTALLATION,
    "back.rate_agencies": ADMINISTRATORS,
    "back.rates": ADMINISTRATORS,
}
TABLES: dict[str, str] = {  # each with the addresses of `VERBS`
    "nguoi_dung": ADMINISTRATORS,
    "co_quan": ADMINISTRATORS,
    "thu_gui": ADMINISTRATORS,
    "nhat_ky": ADMINISTRATORS,
    "dong_thu_tuc": INSTALLATION,
    "buoc": INSTALLATION,
    "truong": INSTALLATION,
    "lua_chon": INSTALLATION,
    "giay_to": INSTALLATION,
    "phi": INSTALLATION,
    "cong_doan": INSTALLATION,
    "kiem_tra": INSTALLATION,
    "mau_don": INSTALLATION,
    "khoi": INSTALLATION,
    "danh_muc": INSTALLATION,
    "muc_danh_muc": INSTALLATION,
    "phien_ban": INSTALLATION,
}
VERBS = (
    "index_view", "create_view", "edit_view", "details_view", "delete_view", "action_view", "ajax_lookup",
    "ajax_update", "export",
)  # fmt: skip
MORE_VERBS = (
    "nguoi_dung.disable", "nguoi_dung.enable", "nguoi_dung.new_password", "mau_don.file", "thu_gui.send_again",
)  # fmt: skip

SIGN_IN = "/quan-tri/dang-nhap"
BUDGET = 15  # statements of one page
# These read a whole draft and all that it may refer to: a fixed number of statements, however large they are.
WHOLE = {"back.compare": 26, "back.publish": 26, "back.mail_words": 26}
REDIRECTS = (httpx.codes.FOUND, httpx.codes.SEE_OTHER, httpx.codes.PERMANENT_REDIRECT)


def census() -> dict[str, str]:
    """Who may open each endpoint."""
    tables = {f"{table}.{verb}": who for table, who in TABLES.items() for verb in VERBS}
    more = {endpoint: TABLES[endpoint.partition(".")[0]] for endpoint in MORE_VERBS}
    return PAGES | tables | more


@dataclass(frozen=True)
class Site:
    """The program with a dossier and a draft in it, and a browser for each who comes."""

    app: Flask
    people: Mapping[str, httpx.Client]
    values: Mapping[str, Any]

    def rules(self, who: str | None = None) -> Iterator[Rule]:
        """The addresses that are for these, or all."""
        known = census()
        return (rule for rule in self.app.url_map.iter_rules() if who is None or known.get(rule.endpoint) == who)

    def address(self, rule: Rule) -> str:
        """An address of a rule, of things that exist."""
        own = self.values.get(rule.endpoint, {})
        values = {name: own.get(name, self.values.get(name, "1")) for name in rule.arguments}
        urls: MapAdapter = self.app.url_map.bind("127.0.0.1")
        return urls.build(rule.endpoint, values)

    def token(self, who: str) -> str:
        """The CSRF token of somebody's session."""
        page = citizen(self.people[who]).get("/tra-cuu")
        return dict(typed_so_far(page.form))["csrf_token"]


@pytest.fixture(scope="module")
def site(config: dict[str, Any]) -> Iterator[Site]:
    """The site, furnished as in a demo, with somebody who looks after one ward."""
    settings = config | MACHINES_WELCOME
    furnish(settings)
    email = "chu-tich@example.vn"
    said = command(settings, "users", "create", email, "--role", "administrator", "--agency", "H21.52.01")
    app = create_app(settings | {"TESTING": True})
    root, officer = account(config, "administrator"), account(config, "officer", "H21.52.01")
    signs = {
        STRANGER: None,
        OFFICER: (officer["email"], officer["password"]),
        CHIEF: (email, said.split()[-1]),
        ROOT: (root["email"], root["password"]),
    }
    people = {who: signed_in(app, sign) for who, sign in signs.items()}
    yield Site(app, people, values(app))
    for client in people.values():
        client.close()
    database.disconnect()


def signed_in(app: Flask, sign: tuple[str, str] | None) -> httpx.Client:
    """A browser, through the door of the back office if there is a sign-in."""
    http = in_process(app)
    if sign is not None:
        page = citizen(http).get(SIGN_IN)
        token = str(page.tree.xpath("//input[@name='csrf_token']/@value")[0])
        answer = http.post(SIGN_IN, data={"email": sign[0], "password": sign[1], "csrf_token": token})
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
    return http


def values(app: Flask) -> dict[str, Any]:
    """What stands in the addresses: a dossier, a procedure, a ward."""
    with in_process(app) as http:
        sent = citizen(http, {"quan_he": "ban_than"}).file(COPY)
    dossiers = ("tracking", "back.dossier", "back.move", "back.new_lookup")
    own = {
        rule.endpoint: {"code": sent.dossier_code}
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(dossiers)
    }
    static = {"public.static": "css/site.css", "back.static": "back.css", "tong_quan.static": "admin/css/x.css"}
    return own | {endpoint: {"filename": name} for endpoint, name in static.items()} | {
        "code": BIRTH, "step": "me", "province": "52", "number": 1, "ending": "yaml", "export_type": "csv",
        "file": "to-khai-dang-ky-khai-sinh.docx", "agency": "H21.52.01",
    }  # fmt: skip


# The table


def test_every_address_is_in_the_table(site: Site) -> None:
    assert {rule.endpoint for rule in site.rules()} == set(census())


def test_nothing_else_takes_a_post(site: Site) -> None:
    methods = {rule.endpoint: (rule.methods or set()) - {"HEAD", "OPTIONS"} for rule in site.rules()}
    assert {endpoint for endpoint, found in methods.items() if not found <= {"GET", "POST"}} == set()
    told = {"information.", "healthz", "readyz", "public.static"}
    assert not [one for one, found in methods.items() if "POST" in found and one.startswith(tuple(told))]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("who", [OFFICE, SIGNED_IN, ADMINISTRATORS, INSTALLATION])
def test_a_stranger_is_led_to_the_door(who: str, method: str, site: Site) -> None:
    token = site.token(STRANGER)
    for rule in site.rules(who):
        if method in (rule.methods or ()):
            given = {"csrf_token": token} if method == "POST" else None
            answer = site.people[STRANGER].request(method, site.address(rule), data=given)
            assert answer.status_code in REDIRECTS, rule
            assert answer.headers["Location"].startswith(SIGN_IN), rule


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("person", STAFF)
def test_nobody_gets_further_than_their_role(person: str, method: str, site: Site) -> None:
    token = site.token(person)
    for rule in site.rules():
        who = census()[rule.endpoint]
        if who in (DRAFT, LOOKUP) or person in MAY[who] or method not in (rule.methods or ()):
            continue
        given = {"csrf_token": token} if method == "POST" else None
        answer = site.people[person].request(method, site.address(rule), data=given)
        assert answer.status_code == httpx.codes.FORBIDDEN, rule


@pytest.mark.parametrize("person", STAFF)
def test_everybody_gets_as_far_as_their_role(person: str, site: Site) -> None:
    for rule in site.rules():
        if person in MAY[census()[rule.endpoint]] and "GET" in (rule.methods or ()):
            answer = site.people[person].get(site.address(rule))
            assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR or rule.endpoint == "readyz", rule
            assert answer.status_code != httpx.codes.FORBIDDEN, rule
            assert not answer.headers.get("Location", "").startswith(SIGN_IN), rule


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("who", [DRAFT, LOOKUP])
def test_another_browser_sees_neither_draft_nor_dossier(who: str, method: str, site: Site) -> None:
    for person, http in site.people.items():
        token = site.token(person)
        for rule in site.rules(who):
            if method in (rule.methods or ()):
                answer = http.request(
                    method, site.address(rule), data={"csrf_token": token} if method == "POST" else None
                )
                assert answer.status_code in (httpx.codes.SEE_OTHER, httpx.codes.NOT_FOUND), (person, rule)
                assert "Nguyễn Thị Hạnh" not in answer.text


@pytest.mark.parametrize("person", [STRANGER, ROOT])
def test_no_post_is_taken_without_its_token(person: str, site: Site) -> None:
    for rule in site.rules():
        if "POST" in (rule.methods or ()) and (person == ROOT or not rule.rule.startswith("/quan-tri")):
            answer = site.people[person].post(site.address(rule), data={"id": "1"})
            assert answer.status_code == httpx.codes.BAD_REQUEST, rule


def test_an_address_that_is_not_there_tells_a_stranger_nothing(site: Site) -> None:
    answer = site.people[STRANGER].get("/quan-tri/khong-co")
    assert answer.status_code in REDIRECTS
    assert site.people[ROOT].get("/quan-tri/khong-co").status_code == httpx.codes.NOT_FOUND


# What a page costs


def test_no_page_asks_the_database_too_often(site: Site) -> None:
    costly = {}
    for rule in site.rules():
        who = census()[rule.endpoint]
        if who not in (DRAFT, LOOKUP) and "GET" in (rule.methods or ()) and MAY[who]:
            address, person = site.address(rule), MAY[who][0 if who != ANYONE else -1]
            site.people[person].get(address)  # what is kept by the process is made once
            with database.count_queries() as statements:
                site.people[person].get(address)
            if len(statements) > WHOLE.get(rule.endpoint, BUDGET):
                costly[rule.endpoint] = statements
    assert not costly, "\n".join(f"{name} {len(found)}\n" + "\n".join(found) for name, found in costly.items())


def test_no_page_of_a_declaration_asks_the_database_too_often(site: Site) -> None:
    with in_process(site.app) as http:
        client = citizen(http)
        page = client.fill(client.get(f"/nop-ho-so/{BIRTH}"))
        while page.form_name == "step":
            assert queries(client, page) <= BUDGET, page.url
            page = client.fill(page)
        assert page.form_name == "review"
        assert queries(client, page) <= BUDGET
        with database.count_queries() as statements:
            done = client.fill(page, {"consent": "true"})
        assert len(statements) <= 2 * BUDGET  # sending and the page after it
        assert queries(client, done) <= BUDGET
        dossier = client.get(f"/ho-so/{done.shown('data-dossier-code')}")
        assert queries(client, dossier) <= BUDGET


def test_a_post_of_a_step_stays_in_the_budget(site: Site) -> None:
    with in_process(site.app) as http:
        client = citizen(http)
        page = begun(client, BIRTH, "nguoi_duoc_khai_sinh")
        with database.count_queries() as statements:
            refused = client.submit(page, typed_so_far(page.form))
        assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
        assert len(statements) <= BUDGET


def queries(client: GenericClient, page: Page) -> int:
    """How many statements a page costs when it is opened again."""
    with database.count_queries() as statements:
        assert client.get(page.url).status == httpx.codes.OK
    return len(statements)
