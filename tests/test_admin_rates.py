"""The page of an agency's own amounts: who may open it, what it shows, sets and refuses; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask
from lxml import html

from engine.office import agencies
from engine.publishing import rates
from engine.storage.database import count_queries
from engine.storage.models import Agency, AgencyRate, JournalEntry, ProcedureRow, Version
from tests import admin_cases, filing_cases
from tests.admin_cases import CHIEF, NOBODY, OFFICER, WARD_CHIEF, Desk, words_of
from tests.filing_cases import DOCUMENT, NOW

CODE = DOCUMENT["code"]
OWN, OTHERS, ALL = "/quan-tri/muc-thu/H52.01", "/quan-tri/muc-thu/H52.02", "/quan-tri/muc-thu"


@pytest.fixture(autouse=True)
def office(app: Flask) -> Iterator[None]:
    admin_cases.make_office(app)
    with app.app_context():
        filing_cases.published()
    yield
    ProcedureRow.update(current=None).execute()
    for table in (AgencyRate, Version, ProcedureRow, JournalEntry):
        table.delete().execute()
    Agency.delete().where(Agency.code.startswith("H90.")).execute()


@pytest.fixture
def chief(app: Flask) -> Desk:
    """Who looks after ward A."""
    return Desk(app, WARD_CHIEF)


def put(desk: Desk, amount: str = "5000", *, path: str = OWN, action: str = "set", **other: str) -> Any:
    return desk.post(path, **{"procedure": CODE, "rate": "gia", "amount": amount, "_action": action} | other)


def own(code: str = "H52.01") -> dict[str, int]:
    agency = agencies.by_code(code)
    assert agency is not None
    return rates.rates_of(agency, CODE)


def tree(page: Any) -> Any:
    return html.fromstring(page.text)


def row_of(page: Any, name: str = "gia") -> Any:
    (row,) = tree(page).xpath(f'//tr[@data-rate="{name}"]')
    return row


def test_it_shows_the_general_amount_and_an_input_for_the_own(chief: Desk) -> None:
    row = row_of(chief.get(OWN))
    assert row.xpath(".//td[@data-default]/text()") == ["8.000"]
    assert "Phí bản sao" in row.text_content()
    (entry,) = row.xpath('.//input[@name="amount"]')
    assert entry.get("value") == ""
    assert row.xpath(f'.//label[@for="{entry.get("id")}"]')[0].text == f"Mức riêng của gia, thủ tục {CODE}"
    assert row.xpath(".//button/@value") == ["set"]


@pytest.mark.parametrize(("typed", "amount"), [("5000", 5000), (" 5.000 ", 5000), ("5 000 đ", 5000), ("0", 0)])
def test_an_amount_is_set_as_people_write_it(chief: Desk, typed: str, amount: int) -> None:
    assert put(chief, typed).location == OWN
    assert own() == {"gia": amount}
    page = chief.get(OWN)
    assert "Đã đặt gia" in words_of(page.text)
    assert row_of(page).xpath('.//input[@name="amount"]/@value') == [f"{amount:,}".replace(",", ".")]
    assert row_of(page).xpath(".//button/@value") == ["set", "unset"]


def test_going_back_takes_the_general_amount_again(chief: Desk) -> None:
    put(chief)
    assert put(chief, "", action="unset").status_code == 303
    assert own() == {}
    assert "không còn mức riêng" in words_of(chief.get(OWN).text)


def test_the_journal_says_who_set_what_of_which_agency(chief: Desk) -> None:
    put(chief)
    put(chief, action="unset")
    told = [(entry.action, entry.actor, entry.subject) for entry in JournalEntry.select().order_by(JournalEntry.id)]
    assert [one for one in told if one[0].startswith("rate")] == [
        ("rate_set", WARD_CHIEF, CODE), ("rate_unset", WARD_CHIEF, CODE),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("-1", "Số tiền không được âm."),
        ("-5.000 đ", "Số tiền không được âm."),
        ("8000,5", "là số nguyên"),
        ("8,5", "là số nguyên"),
        ("tám nghìn", "là số nguyên"),
        ("8e3", "là số nguyên"),
        ("٨٠٠٠", "là số nguyên"),
        ("", "Nhập số tiền, ví dụ 8.000."),
        ("   ", "Nhập số tiền, ví dụ 8.000."),
        ("1000000000001", "Số tiền nhiều nhất là 1.000.000.000.000 đ."),
        ("9" * 59, "Số tiền nhiều nhất là"),
        ("9" * 5000, "là số nguyên"),
        ("<b>\u202e\u200b😀", "là số nguyên"),
    ],
)
def test_what_is_no_amount_is_refused_in_words_beside_what_was_typed(chief: Desk, typed: str, says: str) -> None:
    put(chief, "7000")
    page = put(chief, typed)
    assert page.status_code == 422
    row = row_of(page)
    (entry,) = row.xpath('.//input[@name="amount"]')
    assert entry.get("value") == typed.strip()
    assert entry.get("aria-invalid") == "true"
    assert says in row.xpath(f'.//*[@id="{entry.get("aria-describedby")}"]')[0].text
    assert says in tree(page).xpath("//*[@data-errors]")[0].text_content()
    assert own() == {"gia": 7000}


@pytest.mark.parametrize(
    "change",
    [
        {"rate": "khac"},
        {"procedure": "0.0"},
        {"rate": ""},
        {"rate": "a\x00b"},
        {"procedure": "x" * 5000},
        {"rate": "😀"},
    ],
)
@pytest.mark.parametrize("action", ["set", "unset"])
def test_an_amount_that_is_not_there_is_never_set(chief: Desk, change: dict[str, str], action: str) -> None:
    page = put(chief, action=action, **change)
    if action == "set":
        assert page.status_code == 422
        assert "không có mức tên như vậy" in tree(page).xpath("//*[@data-errors]")[0].text_content()
    else:
        assert page.status_code == 303
    assert not AgencyRate.select().exists()


@pytest.mark.parametrize("path", [OTHERS, f"{ALL}/khong-co", f"{ALL}/%00", f"{ALL}/{'9' * 3000}"])
def test_another_agencys_page_is_not_there(chief: Desk, path: str) -> None:
    assert chief.get(path).status_code == 404
    assert put(chief, path=path).status_code == 404
    assert not AgencyRate.select().exists()


def test_who_looks_after_one_agency_goes_straight_to_it(chief: Desk) -> None:
    assert chief.get(ALL).location == OWN
    assert OWN not in chief.get("/quan-tri/").text
    assert ALL in chief.get("/quan-tri/co-quan/").text


@pytest.mark.parametrize("email", [OFFICER, NOBODY])
@pytest.mark.parametrize("path", [ALL, OWN])
def test_nobody_else_gets_in(app: Flask, email: str, path: str) -> None:
    desk = Desk(app, email)
    assert desk.get(path).status_code == 403
    assert put(desk, path=OWN).status_code == 403
    assert own() == {}


def test_a_post_without_its_token_is_refused(chief: Desk) -> None:
    sent = {"procedure": CODE, "rate": "gia", "amount": "5000", "_action": "set"}
    assert chief.client.post(OWN, data=sent).status_code == 400
    assert own() == {}


def test_the_installations_administrators_reach_every_agency(app: Flask) -> None:
    root = Desk(app, CHIEF)
    put(root, "5000", path=OTHERS)
    assert (own(), own("H52.02")) == ({}, {"gia": 5000})
    page = tree(root.get(ALL, q="phuong b"))
    (row,) = page.xpath("//tbody/tr")
    assert [cell.text_content() for cell in row.xpath("./td")] == ["H52.02", "Phường B", "1"]
    assert row.xpath(".//a/@href") == [OTHERS]
    assert "Không có cơ quan nào khớp" in root.get(ALL, q="không có đâu").text


def test_the_list_of_agencies_is_paged(app: Flask) -> None:
    Agency.insert_many({"code": f"H90.{at:03}", "name": f"Thử {at:03}", "kind": "xa"} for at in range(60)).execute()
    root = Desk(app, CHIEF)
    first = tree(root.get(ALL, q="thu"))
    assert len(first.xpath("//tbody/tr")) == 50
    for number, shown in (("2", 10), ("99", 10), ("-1", 50), ("x", 50)):
        assert len(tree(root.get(ALL, q="thu", trang=number)).xpath("//tbody/tr")) == shown


def test_a_long_list_is_paged_in_few_statements_and_a_refusal_stays_on_its_page(app: Flask, chief: Desk) -> None:
    with app.app_context():
        for number in range(25):
            filing_cases.published(code=f"9.1000{number:02}", title=f"Việc {number}")
    for asked, shown in (("1", 20), ("2", 6), ("99", 6), ("-3", 20), ("9" * 30, 6), ("x", 20)):
        with count_queries() as statements:
            page = tree(chief.get(OWN, trang=asked))
        assert len(page.xpath("//section[@data-procedure]")) == shown
        assert len(statements) <= 15
    refused = put(chief, "-1", path=f"{OWN}?trang=2", procedure="9.100024")
    assert "Số tiền không được âm." in row_in(refused, "9.100024").text_content()
    assert tree(refused).xpath('//a[@rel="prev"]/@href') == [f"{OWN}?trang=1"]
    done = put(chief, "1", path=f"{OWN}?q=việc&trang=2", procedure="9.100024")
    assert unescape(done.location).endswith("trang=2")
    assert len(tree(chief.get(OWN, q="viec 24")).xpath("//section[@data-procedure]")) == 1


def row_in(page: Any, code: str) -> Any:
    (section,) = tree(page).xpath(f'//section[@data-procedure="{code}"]')
    return section


def test_an_amount_that_a_newer_version_dropped_is_shown_as_unused_and_can_only_be_deleted(
    app: Flask, chief: Desk
) -> None:
    put(chief)
    with app.app_context():
        amount = [{"name": "phi", "title": "Phí", "amount": "so_luong * moi"}]
        filing_cases.published(rates={"moi": 3000}, fees=amount)
    page = chief.get(OWN)
    assert row_of(page, "moi").xpath(".//td[@data-default]/text()") == ["3.000"]
    row = row_of(page)
    assert "Không dùng nữa" in row.text_content()
    assert (row.xpath(".//button/@value"), row.xpath(".//*[@data-own]/text()")) == (["unset"], ["5.000"])
    assert not row.xpath('.//input[@name="amount"]')
    put(chief, action="unset")
    assert 'data-rate="gia"' not in chief.get(OWN).text


def test_an_agency_that_receives_nothing_with_amounts_is_told_so(app: Flask, chief: Desk) -> None:
    with app.app_context():
        filing_cases.published(agencies=["kind:xa"])
    assert "không tiếp nhận thủ tục nào có mức thu đặt tên" in chief.get(OWN).text


def test_it_is_there_in_english(chief: Desk) -> None:
    page = words_of(chief.get(OWN, lang="en").text)
    assert "General (đ)" in page
    assert "Trial certificate" in page
    assert f"{NOW.year}" not in page
