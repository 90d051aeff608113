"""The pages that tell: home, list, procedure, blank forms, guide, contacts, personal data; and what feeds them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from engine.definition.areas import Area
from engine.definition.library import Agency, Library
from engine.office import agencies, places
from engine.platform.settings import ROOT
from engine.publishing import catalogue, versions
from engine.publishing.catalogue import Wanted
from engine.storage.database import count_queries

DEFINITIONS = ROOT / "definitions"
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
ONLINE = {
    "1.000656", "1.000894", "1.001193", "1.001612", "1.001731", "1.004194", "1.004222", "1.004873", "1.010041",
    "1.013225", "2.000635", "2.000815",
}  # fmt: skip
ALL = ONLINE | {"1.004837", "1.012812"}


@pytest.fixture(scope="module", autouse=True)
def shipped(app: Flask) -> Iterator[None]:
    """The shipped procedures, published; the agencies and units of the country."""
    with app.app_context():
        found = Library.folder(DEFINITIONS)
        agencies.load(found.agencies, overwrite=False)
        places.load(found.areas)
        loaded = versions.load_folder(DEFINITIONS, publish=True, by="test", now=NOW)
        assert all(one.good for one in loaded), loaded
    yield
    places.forget()


def codes(client: FlaskClient, query: str) -> list[str]:
    """The codes that the list page shows."""
    page = html.fromstring(client.get(f"/thu-tuc?{query}").data)
    return [node.text for node in page.xpath('//main//*[@class="mc-code"]')]


def test_the_home_page_leads_to_what_can_be_done_online(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/").data)
    (link,) = page.xpath('//a[contains(., "Các dịch vụ công có thể thực hiện trực tuyến")]')
    assert link.get("href") == "/thu-tuc?truc_tuyen=1"
    assert set(codes(client, "truc_tuyen=1")) == ONLINE


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ALL),
        ("q=khai+sinh", {"1.001193", "2.000635"}),
        ("q=KHAI+SINH", {"1.001193", "2.000635"}),
        ("q=Khai%20sinh", {"1.001193", "2.000635"}),
        ("q=hoa+giai+dat", {"1.012812"}),
        ("q=%C4%91%E1%BA%A5t", {"1.012812"}),
        ("q=1.004873", {"1.004873"}),
        ("muc_do=2", {"1.004837"}),
        ("muc_do=1", {"1.012812"}),
        ("linh_vuc=dat-dai", {"1.012812"}),
        ("co_quan=H21.52.01", ALL),
        ("co_quan=nowhere", set()),
        ("q=%25", ALL),
        ("muc_do=x", ALL),
    ],
)
def test_procedures_are_found_without_marks_and_narrowed(client: FlaskClient, query: str, found: set[str]) -> None:
    listed = set(codes(client, query))
    assert found <= listed  # words without marks may stand in others too: "đất" is found where "đạt" stands
    assert "q=" in query or listed == found


def test_a_word_that_no_procedure_has_finds_nothing(client: FlaskClient) -> None:
    assert codes(client, "q=zzzz") == []


@pytest.mark.parametrize("number", ["0", "-3", "99", "x", "1e9"])
def test_a_page_of_the_list_that_is_not_there_is_no_fault(client: FlaskClient, number: str) -> None:
    assert client.get(f"/thu-tuc?trang={number}").status_code == 200


def test_a_list_is_paged(app: Flask) -> None:
    with app.app_context():
        size = len(ALL) - 2
        first, second = (catalogue.find(Wanted(), page=page, size=size, today="2026-11-22") for page in (1, 2))
    assert first.total == second.total == len(ALL)
    assert [len(first.items), len(second.items)] == [len(ALL) - 2, 2]
    assert not {item.code for item in first.items} & {item.code for item in second.items}


@pytest.mark.parametrize("code", sorted(ALL))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_procedure_tells_everything_that_is_published(client: FlaskClient, code: str, language: str) -> None:
    answer = client.get(f"/thu-tuc/{code}?lang={language}")
    assert answer.status_code == 200
    page = html.fromstring(answer.data)
    words = page.text_content()
    with client.application.app_context():
        version = versions.current(code)
        assert version is not None
        of = versions.procedure_of(version)
    assert code in words
    for law in of.legal_basis:
        assert law.number is None or law.number in words
    for paper in of.every_paper:
        assert paper.title.in_(language) in words
    for blank in of.templates:
        assert page.xpath(f'//a[@href="/thu-tuc/{code}/mau/{blank.file}"]')
    starts = page.xpath(f'//a[@href="/nop-ho-so/{code}"]')
    assert bool(starts) == (code in ONLINE)


def test_a_paper_says_whether_everybody_needs_it(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/thu-tuc/1.001193").data)
    said = {row[0].text: row[1].text for row in page.xpath('//*[@class="mc-papers"]/li[span]')}
    assert said["Giấy chứng sinh"] == "1 bản chính · tuỳ trường hợp"
    assert said["Giấy tờ có giá trị chứng minh thông tin về cư trú"] == "1 bản chính · nếu có"
    page = html.fromstring(client.get("/thu-tuc/1.004837").data)
    said = {row[0].text: row[1].text for row in page.xpath('//*[@class="mc-papers"]/li[span]')}
    assert said["Tờ khai đăng ký giám hộ theo mẫu"] == "1 bản chính"


def test_blank_forms_say_where_and_when_to_bring_them(client: FlaskClient) -> None:
    words = html.fromstring(client.get("/thu-tuc/1.004837").data).text_content()
    assert "UBND phường Quy Nhơn" in words
    with client.get("/thu-tuc/1.004837/mau/to-khai-dang-ky-giam-ho.docx") as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "word/document.xml" in ZipFile(BytesIO(answer.data)).namelist()


@pytest.mark.parametrize(
    "address",
    ["/thu-tuc/9.999999", "/thu-tuc/1.004837/mau/khac.docx", "/thu-tuc/1.004837/mau/..%2F..%2Fapp.py",
     "/don-vi-hanh-chinh/99", "/nop-ho-so/1.012812", "/nop-ho-so/9.999999", "/nop-ho-so/1.001193/khong-co",
     "/ho-so/khong-co/tep/x", "/tiep-tuc/khong-co-gi"],
)  # fmt: skip
def test_what_is_not_there_is_said_in_the_sites_design(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (404, 410)
    assert "mc-header" in answer.text


@pytest.mark.parametrize(
    "address", ["/", "/thu-tuc", "/thu-tuc/1.001193", "/huong-dan", "/lien-he", "/du-lieu-ca-nhan"]
)
def test_a_page_for_everybody_may_be_kept_and_asks_little(client: FlaskClient, address: str) -> None:
    client.get(address)
    with count_queries() as queries:
        answer = client.get(address)
    assert len(queries) <= 15, [str(query) for query in queries]
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "address", ["/", "/thu-tuc", "/thu-tuc/1.001193", "/huong-dan", "/lien-he", "/du-lieu-ca-nhan"]
)
def test_the_language_is_switched_and_remembered(client: FlaskClient, address: str) -> None:
    english = client.get(f"{address}?lang=en")
    assert 'lang="en"' in english.text
    assert 'lang="en"' in client.get(address).text
    assert '<html lang="vi">' in client.get(f"{address}?lang=vi").text


def test_static_files_with_a_fingerprint_are_kept_for_good(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/").data)
    sheets = page.xpath('//link[@rel="stylesheet"]/@href')
    assert sheets
    for sheet in sheets:
        with client.get(sheet) as answer:
            assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_units_are_those_of_the_day(app: Flask) -> None:
    with app.app_context():
        places.load([Area("99001", "Phường Cũ", "phường", "52", "2020-01-01", "2026-11-30")])
        assert "99001" in places.places_of("2026-11-30").ward_options("52")
        after = places.places_of("2026-12-01")
        assert "99001" not in after.ward_options("52")
        assert after.title("99001") == "Phường Cũ"
        assert after.title("nobody-knows") == "nobody-knows"


def test_units_stand_in_the_order_of_the_alphabet(app: Flask) -> None:
    with app.app_context():
        names = list(places.places_of("2026-11-25").province_options().values())
    assert len(names) == 34
    assert names.index("An Giang") < names.index("Bắc Ninh") < names.index("Đắk Lắk") < names.index("Gia Lai")


def test_wards_come_as_options_for_the_forms_script(client: FlaskClient) -> None:
    answer = client.get("/don-vi-hanh-chinh/52")
    assert '<option value="21583">' in answer.text


@pytest.mark.parametrize(
    ("amount", "words"),
    [("8000", "8.000 đ"), ("so_luong * ban_sao", "số lượng bản sao × 8.000 đ"), ("ban_sao", "8.000 đ")],
)
def test_a_fee_is_told_in_words(app: Flask, amount: str, words: str) -> None:
    with app.app_context():
        version = versions.current("1.001193")
        assert version is not None
        of = versions.procedure_of(version)
    assert catalogue.amount_words(of, amount).vi == words


def test_many_agencies_are_paged_and_chosen_from_a_list(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        many = [Agency(code=f"H99.{n:03}", name=f"UBND phường Thử {n:03}", kind="phuong", units=()) for n in range(45)]
        agencies.load(many, overwrite=False)
    first, last = (html.fromstring(client.get(f"/lien-he?trang={page}").data) for page in (1, 3))
    assert len(first.xpath('//ul[contains(@class, "mc-cards")]/li')) == 20
    assert first.xpath('//a[@rel="next"]')
    assert not last.xpath('//a[@rel="next"]')
    start = html.fromstring(client.get("/nop-ho-so/1.001193").data)
    options = start.xpath('//form[@data-form="start"]//select[@name="agency"]/option/@value')
    assert options[0] == ""
    assert {"H21.52.01", "H99.044"} <= set(options)
    told = html.fromstring(client.get("/thu-tuc/1.001193").data).text_content()
    assert "và các nơi khác" in told
    assert client.get("/lien-he?trang=99").status_code == 200


def test_a_fee_that_is_calculated_is_told_in_the_words_of_the_ways_to_file(client: FlaskClient) -> None:
    facts = client.get("/thu-tuc/2.000815").get_data(as_text=True)
    assert "2.000 đồng/trang" in facts
    assert "tổng(" not in facts
