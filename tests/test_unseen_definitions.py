"""Definitions that nobody wrote this program for: loaded from files, filed by what their pages say, written out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from flask import Flask
from pypdf import PdfReader

from engine.format.source import parse
from tests.walks import Chosen, citizen, command, in_process, published

UNSEEN = Path(__file__).parent / "definitions" / "unseen"
FILES = sorted(UNSEEN.glob("*.yaml"))
CHECKED = "A-10_x"  # checks.yaml
WAYS = {
    "": "giay-to.pdf",
    "in_person": "Mang đến khi làm thủ tục",
    "post": "Gửi qua bưu chính",
    "on_file": "Cơ quan đã có: 12/2020",
}

ANSWERS: dict[str, Chosen] = {
    "checks": {"n1": "1", "n2": "2", "n3": "5"},
    "groups": {f"con_vat-{row}-dau_dan": [] for row in range(1, 5)},  # one leader at the most
    "household": {f"nk-{row}-nk_tuoi": "40" for row in range(5)},
    "papers_fees_checks": {"so_ban": "4", "so_trang": "3", "tu_ngay": "01/01/2026", "den_ngay": "02/01/2026"},
}


@pytest.fixture(scope="module")
def config(config: dict[str, Any]) -> dict[str, Any]:
    """The unseen definitions, published, beside the shipped ones."""
    return published(config, UNSEEN)


@pytest.fixture
def http(app: Flask) -> Iterator[httpx.Client]:
    """A browser's connection, cookies and all."""
    with in_process(app) as client:
        yield client


@dataclass(frozen=True)
class Wanted:
    """A file's code and document as written."""

    code: str
    document: Any


def wanted(path: Path) -> Wanted:
    """What a file says."""
    node, faults = parse(path.read_bytes(), path.name)
    assert node is not None, faults
    return Wanted(node.at(["code"]).raw, node.plain())


@pytest.mark.parametrize("everything", [False, True], ids=["what must be", "everything"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_whatever_is_defined_can_be_filed_and_followed(path: Path, everything: bool, http: httpx.Client) -> None:
    client = citizen(http, ANSWERS.get(path.stem), everything=everything)
    sent = client.file(wanted(path).code)
    assert client.track(sent.dossier_code, sent.lookup_code).url.endswith(f"/ho-so/{sent.dossier_code}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_written_out_says_the_same(path: Path, config: dict[str, Any], tmp_path: Path) -> None:
    said = wanted(path)
    command(config, "definitions", "export", said.code, str(tmp_path / "out.yaml"))
    written = wanted(tmp_path / "out.yaml")
    assert written.code == said.code
    if path.stem not in ("names", "plain_scalars"):  # texts with a point, which are written in quotes
        assert written.document == said.document


def test_a_correction_that_breaks_a_check_says_so_where_it_leads(http: httpx.Client) -> None:
    client = citizen(http, ANSWERS["checks"])
    client.to_review(CHECKED)
    client.choose = {"n1": "10"}
    page = client.fill(client.get(f"/nop-ho-so/{CHECKED}/s1"))
    assert page.errors() == [("N1 phải nhỏ hơn N3", "#n1")]
    assert page.status == httpx.codes.OK
    client.choose = {"n1": "2"}
    assert client.fill(page).form_name == "review"


def test_a_check_whose_field_stands_on_another_step_links_to_it(http: httpx.Client) -> None:
    client = citizen(http, ANSWERS["checks"])
    client.to_review(CHECKED)
    page = client.get(f"/nop-ho-so/{CHECKED}/s2")
    token = page.form.xpath(".//input[@name='csrf_token']/@value")[0]
    answer = client.submit(page, [("csrf_token", token), ("n3", "1"), ("ten", "An")])
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert f'href="/nop-ho-so/{CHECKED}/s1?d=1#n1"' in answer.text


def test_an_offices_own_pattern_of_codes_is_tracked_as_it_is_written(http: httpx.Client) -> None:
    sent = citizen(http, ANSWERS["papers_fees_checks"]).file("9.200004")
    assert sent.dossier_code.startswith("pt-H21.52.0")
    page = citizen(http).track(sent.dossier_code)
    assert (page.status, sent.dossier_code in page.words()) == (httpx.codes.OK, True)


def test_who_gave_no_address_is_told_that_no_mail_was_sent(http: httpx.Client) -> None:
    client = citizen(http)
    sent = client.file(wanted(UNSEEN / "choices.yaml").code)
    words = client.get(sent.url).words()
    assert "không khai địa chỉ thư điện tử" in words
    assert "Hãy in trang này" in words


FINER = "9.200030"  # finer.yaml
DESCRIBED = {
    "ca_nhan": ["Họ và tên", "Gian hàng"],
    "to_chuc": ["Tên tổ chức", "Gian hàng của tổ chức", "Giấy ủy quyền"],
}


@pytest.mark.parametrize("way", ["", "in_person", "post", "on_file"])
@pytest.mark.parametrize("none", [False, True], ids=["all of it", "none of it"])
@pytest.mark.parametrize("kind", [*DESCRIBED])
def test_whoever_has_none_of_it_and_brings_papers_another_way_is_taken(
    kind: str, none: bool, way: str, http: httpx.Client
) -> None:
    client = citizen(http, {"loai": kind}, none=none, way=way)
    review = client.to_review(FINER).words()
    wanted = [*DESCRIBED[kind], WAYS[way]] + ["Tôi không có số điện thoại", "Chưa biết sẽ bán gì"] * none
    assert [words for words in wanted if words not in review] == []
    assert ("Tôi không có số điện thoại" in review) is none
    sent = client.file(FINER)
    followed = client.track(sent.dossier_code, sent.lookup_code).words()
    assert [words for words in wanted if words not in followed] == []


@pytest.mark.parametrize(
    ("way", "carried", "posted"),
    [("in_person", True, False), ("post", False, True), ("on_file", False, False)],
)
def test_who_has_filed_reads_what_to_bring_and_what_to_post(
    way: str, carried: bool, posted: bool, http: httpx.Client
) -> None:
    client = citizen(http, {"loai": "ca_nhan"}, way=way)
    sent = client.file(FINER)
    heads = {
        str(part.xpath("string(./h2)")): part.text_content()
        for part in client.get(sent.url).tree.xpath("//main//section[h2]")
    }
    certificate = "Giấy chứng nhận an toàn thực phẩm"
    assert (certificate in heads.get("Giấy tờ mang theo khi đến", "")) is carried
    assert (certificate in heads.get("Giấy tờ gửi qua bưu chính", "")) is posted


def test_the_receipt_says_how_each_paper_comes(http: httpx.Client) -> None:
    client = citizen(http, {"loai": "to_chuc"}, way="on_file")
    sent = client.file(FINER)
    (address,) = client.get(sent.url).tree.xpath("//a[contains(@href, 'giay-xac-nhan.pdf')]/@href")
    pages = PdfReader(BytesIO(http.get(urljoin(sent.url, address)).content)).pages
    words = " ".join("\n".join(page.extract_text() for page in pages).split())
    assert "Giấy chứng nhận an toàn thực phẩm 1 0 Cơ quan đã có: 12/2020" in words
    assert "Giấy ủy quyền 0 1 Đã gửi kèm" in words
    assert "Ảnh gian hàng 0 0 Chưa có" in words
    assert "Giấy tờ về đất" not in words  # the lease is enough
