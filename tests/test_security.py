"""What somebody with bad intent tries from outside, and what the database says to a thief."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from werkzeug.routing import Rule

from app import create_app
from engine.draft.throttle import RATES
from engine.storage import database
from engine.storage.models import Attachment, Draft, JournalEntry, Limit, OutboxMessage, ResumeLink
from tests.generic_client import SMALL_PDF, GenericClient, Page, Sent
from tests.walks import BIRTH, COPY, account, begun, citizen, furnish, in_process, open_captcha, text_of, work_once

OK, SEE_OTHER, BAD, REFUSED, TOO_LARGE, SLOWLY = (
    httpx.codes.OK, httpx.codes.SEE_OTHER, httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY,
    httpx.codes.REQUEST_ENTITY_TOO_LARGE, httpx.codes.TOO_MANY_REQUESTS,
)  # fmt: skip
NUMBER = "052199001234"
PERSON = {"quan_he": "ban_than", "yc_so_dinh_danh": NUMBER}
DONE = f"/nop-ho-so/{COPY}/hoan-tat"


@pytest.fixture(scope="module")
def furnished(config: dict[str, Any]) -> dict[str, Any]:
    """Throttled as on the net; the confirmation code is off where it is not the matter."""
    settings = config | {"CAPTCHA": "off"}
    furnish(settings)
    return settings


@pytest.fixture(scope="module")
def app(furnished: dict[str, Any]) -> Iterator[Flask]:
    """The program."""
    yield create_app(furnished | {"TESTING": True})
    database.disconnect()


@pytest.fixture(autouse=True)
def nothing_counted(app: Flask) -> None:
    Limit.delete().execute()


@pytest.fixture
def http(app: Flask) -> Iterator[httpx.Client]:
    """A browser."""
    with in_process(app) as client:
        yield client


@pytest.fixture
def sent(http: httpx.Client) -> Sent:
    """What this browser has filed."""
    return citizen(http, PERSON).file(COPY)


def token(page: Page) -> str:
    return str(page.tree.xpath("//input[@name='csrf_token']/@value")[0])


def post(http: httpx.Client, shown: str, to: str, **fields: str) -> httpx.Response:
    """Posts with the token of a page that this browser shows."""
    return http.post(to, data={"csrf_token": token(citizen(http).get(shown)), **fields})


def begin(http: httpx.Client, address: str = "127.0.0.1") -> httpx.Response:
    """Begins a draft; `address` is where the post comes from."""
    shown = f"/nop-ho-so/{COPY}"
    agency = str(citizen(http).get(shown).tree.xpath("//input[@name='agency']/@value")[0])
    fields = {"csrf_token": token(citizen(http).get(shown)), "agency": agency}
    transport: Any = http._transport
    program = transport.app
    transport.app = lambda environ, start: program({**environ, "REMOTE_ADDR": address}, start)
    try:
        return http.post(shown, data=fields)
    finally:
        transport.app = program


def full(name: str) -> None:
    """Brings every counter of a thing to the brim."""
    assert Limit.update(count=RATES[name].amount).where(Limit.name.contains(f"{name} ")).execute()


# Forged posts


def sample(rule: Rule) -> str:
    return rule.rule.replace("<path:filename>", "x").translate(str.maketrans("", "", "<>")).replace("int:number", "1")


def test_no_post_is_taken_without_the_session_s_token(app: Flask, http: httpx.Client) -> None:
    taken = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert len(taken) > 12
    answers = {rule.rule: http.post(sample(rule), data={"email": "a@example.vn"}).status_code for rule in taken}
    assert set(answers.values()) == {BAD}, answers


# Floods


def test_drafts_are_begun_so_often_in_one_network_and_no_more(http: httpx.Client) -> None:
    assert begin(http, "203.0.113.7").status_code == SEE_OTHER
    full("start")
    before = Draft.select().count()
    refused = begin(http, "203.0.113.7")
    assert (refused.status_code, Draft.select().count()) == (SLOWLY, before)
    assert int(refused.headers["Retry-After"]) <= RATES["start"].get_expiry()
    assert begin(http, "203.0.113.8").status_code == SEE_OTHER


def test_an_ipv6_network_is_one(http: httpx.Client) -> None:
    begin(http, "2001:db8:1:2::1")
    full("start")
    assert begin(http, "2001:db8:1:2:ffff::9").status_code == SLOWLY
    assert begin(http, "2001:db8:1:3::1").status_code == SEE_OTHER


def test_a_ward_s_hall_with_one_address_is_not_stopped(http: httpx.Client) -> None:
    """Ten machines, each beginning a draft every minute, and each code asked for anew ten times a minute."""
    assert RATES["start"].amount / RATES["start"].get_expiry() >= 10 / 60
    assert RATES["confirmation"].amount / RATES["confirmation"].get_expiry() >= 10 * 10 / 60


def ask_for_link(http: httpx.Client, email: str) -> httpx.Response:
    """Begins a draft and asks for the link to go on with it."""
    begin(http)
    address = f"/nop-ho-so/{COPY}/luu-lai"
    return post(http, address, address, email=email)


def test_nobody_s_mailbox_is_flooded_with_links_of_ever_new_drafts(app: Flask) -> None:
    came = []
    for _ in range(RATES["resume_mailbox"].amount + 2):
        with in_process(app) as http:  # a fresh browser and a fresh draft each time
            came.append(ask_for_link(http, "Nan.Nhan@example.vn").status_code)
    assert came.count(SLOWLY) == 2
    mails = OutboxMessage.select().where(OutboxMessage.recipient == "Nan.Nhan@example.vn").count()
    assert mails == RATES["resume_mailbox"].amount


def test_nor_are_many_mailboxes_from_one_network(app: Flask) -> None:
    with in_process(app) as http:
        assert ask_for_link(http, "mot@example.vn").status_code == OK
    full("resume_network")
    with in_process(app) as http:
        assert ask_for_link(http, "hai@example.vn").status_code == SLOWLY


def test_confirmation_codes_are_given_so_often_in_one_network_and_no_more(furnished: dict[str, Any]) -> None:
    careful = create_app(furnished | {"TESTING": True, "CAPTCHA": "image"})
    with in_process(careful) as http:
        page = citizen(http).get("/tra-cuu")
        assert len(open_captcha(careful, str(page.tree.xpath("//input[@name='captcha_id']/@value")[0]))) == 5
        full("confirmation")
        assert http.get("/tra-cuu").status_code == SLOWLY
        answer = http.post("/ma-xac-nhan/moi", headers={"X-CSRFToken": token(page)})
        assert answer.status_code == SLOWLY
    create_app(furnished)


def test_a_mailed_link_opens_in_so_many_browsers_and_no_more(app: Flask, furnished: dict[str, Any]) -> None:
    link = mailed_link(app, furnished)
    with in_process(app) as other:
        assert post(other, link, link).status_code == SEE_OTHER
        full("resume_opened")
        before = ResumeLink.select().count()
        assert (post(other, link, link).status_code, ResumeLink.select().count()) == (SLOWLY, before)


def test_a_form_of_very_many_inputs_is_refused_before_it_is_read(http: httpx.Client) -> None:
    page = begun(citizen(http, PERSON), COPY, "nguoi_yeu_cau")
    body = f"csrf_token={token(page)}".encode() + b"&a" * 900_000
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    began = time.process_time()
    assert http.post(str(page.form.get("action")), content=body, headers=head).status_code == TOO_LARGE
    assert time.process_time() - began < 1


def test_very_many_files_in_one_post_are_not_even_looked_at(http: httpx.Client, app: Flask) -> None:
    page = begun(citizen(http, PERSON | {"giay_to_khac": ""}), BIRTH, "giay_to")
    name = str(page.tree.xpath("//input[@type='file']/@name")[0])
    files = [(name, (f"{place}.pdf", SMALL_PDF, "application/pdf")) for place in range(2000)]
    before = Attachment.select().count()
    answer = http.post(str(page.form.get("action")), data={"csrf_token": token(page)}, files=files)
    assert answer.status_code == REFUSED
    assert Attachment.select().count() - before <= 60
    assert "đã đủ dung lượng tệp" in Page(answer).words()


# Somebody else's draft, somebody else's dossier


def test_what_was_closed_on_a_shared_machine_stays_closed(http: httpx.Client, sent: Sent) -> None:
    shown = f"/ho-so/{sent.dossier_code}"
    assert citizen(http).get(DONE).shown("data-lookup-code") == sent.lookup_code
    assert post(http, shown, f"{shown}/dong").status_code == SEE_OTHER
    assert http.get(shown).status_code == SEE_OTHER
    assert sent.lookup_code not in http.get(DONE, follow_redirects=True).text
    assert http.get(shown).status_code == SEE_OTHER


def test_closing_one_dossier_leaves_the_drafts_of_this_browser(http: httpx.Client, sent: Sent) -> None:
    begin(http)
    shown = f"/ho-so/{sent.dossier_code}"
    post(http, shown, f"{shown}/dong")
    assert http.get(f"/nop-ho-so/{COPY}/nguoi_yeu_cau").status_code == OK


def test_the_traces_that_were_erased_are_gone(http: httpx.Client, sent: Sent) -> None:
    end = f"/nop-ho-so/{COPY}/ket-thuc"
    assert post(http, end, end).status_code == OK
    for address in (DONE, f"/nop-ho-so/{COPY}/giay-xac-nhan.pdf", f"/ho-so/{sent.dossier_code}"):
        answer = http.get(address, follow_redirects=True)
        assert sent.lookup_code not in answer.text
        assert answer.headers["Content-Type"].startswith("text/html")


def test_a_stranger_reaches_nothing_by_the_numbers_of_drafts(http: httpx.Client, app: Flask, sent: Sent) -> None:
    begun(citizen(http, PERSON), COPY, "viec_ho_tich")
    with in_process(app) as stranger:
        begin(stranger)
        for number in range(4):
            for step in ("nguoi_yeu_cau", "xem-lai", "hoan-tat", "giay-xac-nhan.pdf", "luu-lai", "ket-thuc"):
                answer = stranger.get(f"/nop-ho-so/{COPY}/{step}?d={number}", follow_redirects=True)
                assert NUMBER not in answer.text
                assert sent.lookup_code not in answer.text


def test_whether_a_dossier_exists_is_not_told_at_its_address(http: httpx.Client, app: Flask, sent: Sent) -> None:
    with in_process(app) as stranger:
        for end in ("", "/giay-xac-nhan.pdf", "/tep/0123"):
            real = stranger.get(f"/ho-so/{sent.dossier_code}{end}")
            none = stranger.get(f"/ho-so/X-{sent.dossier_code[2:]}{end}")
            assert real.status_code == none.status_code
            places = [answer.headers.get("Location", "").partition("=")[0] for answer in (real, none)]
            assert places[0] == places[1]


def test_a_link_leads_to_the_site_s_own_address_whatever_the_request_calls_it(
    app: Flask, furnished: dict[str, Any]
) -> None:
    assert mailed_link(app, furnished, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    for mail in OutboxMessage.select():
        assert "evil.example" not in mail.body


def mailed_link(app: Flask, furnished: dict[str, Any], headers: dict[str, str] | None = None) -> str:
    """The path of a link to go on, asked for with a post of these headers, as the mail carries it."""
    address = f"/nop-ho-so/{COPY}/luu-lai"
    with in_process(app) as http:
        begin(http)
        fields = {"csrf_token": token(citizen(http).get(address)), "email": "toi@example.vn"}
        assert http.post(address, data=fields, headers=headers).status_code == OK
    message = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
    keyring = app.config["KEYRING"]
    link: str = keyring.open_sealed(message.secret, context=b"outbox:toi@example.vn").decode()
    base = app.config["SETTINGS"].base_url
    assert link.startswith(f"{base}/tiep-tuc/")
    return link.removeprefix(base)


# What a thief of the database, the mails or the logs reads


def officer(app: Flask, furnished: dict[str, Any], sent: Sent) -> GenericClient:
    """Who handles the dossier, signed in."""
    http = in_process(app)
    known = account(furnished, "officer", sent.dossier_code.rpartition("-")[0].rpartition("-")[0])
    door = "/quan-tri/dang-nhap"
    assert post(http, door, door, email=known["email"], password=known["password"]).status_code == SEE_OTHER
    return citizen(http)


def receive(client: GenericClient, sent: Sent) -> None:
    """Moves a dossier to "Được tiếp nhận"."""
    shown = f"/quan-tri/ho-so/{sent.dossier_code}"
    page = client.get(shown)
    assert NUMBER in page.words()
    fields = {"move": "receive", "revision": str(page.tree.xpath("//input[@name='revision']/@value")[0])}
    assert post(client.http, shown, f"{shown}/chuyen", **fields).status_code == SEE_OTHER


def test_no_file_and_no_row_holds_a_sealed_answer_or_a_lookup_code(
    app: Flask, http: httpx.Client, furnished: dict[str, Any], mail_sink: Any, sent: Sent
) -> None:
    begun(citizen(http, PERSON), COPY, "viec_ho_tich")  # a draft too
    receive(officer(app, furnished, sent), sent)
    work_once(furnished)
    secrets = (NUMBER, sent.lookup_code, sent.lookup_code.replace("-", ""))
    for table in database.database.get_tables():
        rows = repr(database.database.execute_sql(f'SELECT * FROM "{table}"').fetchall())  # noqa: S608 - our own
        assert not [secret for secret in secrets if secret in rows], table
    for file in files_of(furnished):
        held = file.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in held], file
    mails = [text_of(mail) for mail in mail_sink.mails()]
    assert any(sent.dossier_code in mail for mail in mails)
    assert not [mail for mail in mails for secret in secrets if secret in mail]


def files_of(settings: dict[str, Any]) -> Iterator[Path]:
    """Every file of the program: the data folder and the embedded database with what stands beside it."""
    yield from (path for path in settings["DATA_DIR"].rglob("*") if path.is_file())
    scheme, _, path = settings["DATABASE_URL"].partition(":///")
    if scheme == "sqlite":
        yield from Path(f"/{path.lstrip('/')}").parent.glob("*.db*")


def test_whoever_opens_a_dossier_is_noted(app: Flask, furnished: dict[str, Any], sent: Sent) -> None:
    officer(app, furnished, sent).get(f"/quan-tri/ho-so/{sent.dossier_code}")
    with in_process(app) as other:
        assert citizen(other).track(sent.dossier_code, sent.lookup_code).status == OK
    query = JournalEntry.select().where(JournalEntry.subject == sent.dossier_code, JournalEntry.action == "opened")
    actors = [entry.actor for entry in query.order_by(JournalEntry.id)]
    assert len(actors) == 2
    assert "@" in actors[0]
    assert actors[1] == "citizen"


def test_a_fault_is_logged_by_its_rule_and_not_by_a_secret_address(
    app: Flask, furnished: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    link = mailed_link(app, furnished)
    broken = create_app(furnished | {"PROPAGATE_EXCEPTIONS": False})
    broken.view_functions["keeping.resume"] = lambda token: token / 0
    with caplog.at_level(logging.ERROR), in_process(broken) as http:
        assert http.get(link).status_code == httpx.codes.INTERNAL_SERVER_ERROR
    assert "/tiep-tuc/<token>" in caplog.text
    assert link not in caplog.text


@pytest.mark.parametrize("key", ["9" * 30, "-1", "9" * 5000, "٣", "1e3", ""])
def test_no_key_in_an_address_breaks_the_desk(key: str, app: Flask, furnished: dict[str, Any], sent: Sent) -> None:
    desk = officer(app, furnished, sent)
    assert desk.get(f"/quan-tri/ho-so?sau={key}").status == OK
    assert desk.get(f"/quan-tri/ho-so?truoc={key}").status == OK


@pytest.mark.parametrize("key", ["9" * 30, "9" * 5000, "-1", "", "a"])
def test_no_key_in_a_post_breaks_a_table(key: str, app: Flask, furnished: dict[str, Any]) -> None:
    root = account(furnished, "administrator")
    door, table = "/quan-tri/dang-nhap", "/quan-tri/nguoi-dung/"
    with in_process(app) as http:
        assert post(http, door, door, email=root["email"], password=root["password"]).status_code == SEE_OTHER
        assert http.get(table).status_code == OK
        assert post(http, table, f"{table}khoa", id=key).status_code == httpx.codes.NOT_FOUND


@pytest.mark.parametrize("words", ["%", "_", "\\", "%' OR 1=1 --", "a%b"])
def test_the_desk_s_search_knows_no_wildcards(words: str, app: Flask, furnished: dict[str, Any], sent: Sent) -> None:
    desk = officer(app, furnished, sent)
    found = Page(desk.http.get("/quan-tri/ho-so", params={"muc": "tat-ca", "q": f"khongcoten{words}"}))
    assert found.status == OK
    assert sent.dossier_code not in found.words()
