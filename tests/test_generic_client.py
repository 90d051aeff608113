"""A client that knows only what pages say of themselves files every procedure, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from engine.mails.sink import Sink
from tests.generic_client import Choice, GenericClient, Page, Pairs, step_of, typed_so_far
from tests.walks import (
    BIRTH,
    BUILDING,
    BUSINESS,
    CERTIFIED,
    COPY,
    DEATH,
    FUNERAL,
    MACHINES_WELCOME,
    MARRIAGE,
    PERMANENT,
    RESIDENCE,
    STATUS,
    TEMPORARY,
    begun,
    citizen,
    furnish,
    over_network,
    text_of,
    with_changes,
    work_once,
)

CITIZEN_NUMBER = "052190001234"
PERSON = ("nguoi_yeu_cau",)
PARENTS = ("me", "cha", "ket_hon")
LINK = re.compile(r"https?://\S+/tiep-tuc/[\w-]+")
CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4})*\b|\b\d{6,8}\b")


@dataclass(frozen=True)
class Branch:
    """One way through a procedure: what is answered otherwise than first, and the steps that follow from it."""

    code: str
    title: str
    steps: tuple[str, ...]
    choose: dict[str, Choice] = field(default_factory=dict)


def birth(title: str, between: tuple[str, ...], **choose: Choice) -> Branch:
    steps = (*PERSON, "nguoi_duoc_khai_sinh", *between, "ban_sao", "giay_to")
    return Branch(BIRTH, title, steps, {"loai_khai_sinh": title, **choose})


def copies(title: str, between: tuple[str, ...], **choose: Choice) -> Branch:
    return Branch(COPY, title, (*PERSON, *between, "viec_ho_tich", "ban_sao", "giay_to"), choose)


def certificate(title: str, between: tuple[str, ...], **choose: Choice) -> Branch:
    steps = (*PERSON, *between, "tinh_trang", "muc_dich", "cap_lai", "nhan_ket_qua", "giay_to")
    return Branch(STATUS, title, steps, choose)


def way(code: str, title: str, steps: str, **choose: Choice) -> Branch:
    return Branch(code, title, tuple(steps.split()), choose)


BRANCHES = [
    birth("ca_hai", PARENTS),
    birth("chi_me", ("me",), chung_minh_viec_sinh="lam_chung", con_dan_toc={"": "other", "other": "Pa Dí"}),
    birth("chi_cha", ("cha",), con_que_quan={"country": "LA", "detail": "Bản Na Hin, Khăm Muộn"}),
    birth("bo_roi", (), quan_he="nuoi_duong", de_nghi_ban_sao="false", cach_nhan="buu_chinh"),
    copies("for oneself", (), quan_he="ban_than"),
    copies("for another", ("nguoi_duoc_cap",), quan_he="nguoi_uy_quyen", loai_trich_luc="ket_hon"),
    copies("for an office", ("nguoi_duoc_cap",), doi_tuong="to_chuc"),
    certificate("single", (), quan_he="ban_than", da_duoc_cap="false"),
    certificate("divorced", ("nguoi_duoc_cap",), quan_he="vo", tinh_trang="da_ly_hon", nop_lai_duoc="false"),
    certificate("another purpose", (), quan_he="ban_than", tinh_trang="vo_chong_chet", muc_dich="khac"),
    way(DEATH, "long ago", "nguoi_yeu_cau nguoi_chet su_kien ban_sao giay_to", loai_giay_bao_tu="khong_co"),
    way(MARRIAGE, "the first one", "nguoi_nop ben_nam ben_nu ban_sao giay_to"),
    way(MARRIAGE, "the second one", "nguoi_nop ben_nam ben_nu ban_sao giay_to", nu_lan_ket_hon="2"),
    way(RESIDENCE, "for oneself", "nguoi_ke_khai ho_gia_dinh noi_dung nhan_ket_qua giay_to"),
    way(FUNERAL, "by a household", "nguoi_de_nghi nguoi_chet che_do nhan_tien giay_to", khai_tu_tai_day="false"),
    way(
        PERMANENT,
        "with relatives",
        "nguoi_ke_khai noi_dang_ky ho_gia_dinh thanh_vien y_kien cam_doan giay_to",
        truong_hop="nguoi_than",
    ),
    way(
        PERMANENT,
        "in barracks",
        "nguoi_ke_khai noi_dang_ky thanh_vien cam_doan giay_to",
        truong_hop="don_vi",
        co_thanh_vien="false",
    ),
    way(
        TEMPORARY, "a household", "truong_hop nguoi_ke_khai noi_tam_tru ho_gia_dinh thanh_vien y_kien cam_doan giay_to"
    ),
    way(
        TEMPORARY, "by list", "truong_hop nguoi_ke_khai noi_tam_tru thanh_vien cam_doan giay_to", truong_hop="danh_sach"
    ),
    way(CERTIFIED, "an appointment", "nguoi_yeu_cau giay_to_chung_thuc lich_hen"),
    way(
        BUSINESS,
        "by a household",
        "chu_ho_kinh_doanh ten_va_tru_so nganh_nghe von chu_the cam_ket giay_to",
        chu_the="ho_gia_dinh",
    ),
    way(BUILDING, "a house", "chu_dau_tu thua_dat thiet_ke loai quy_mo cam_ket giay_to"),
    way(
        BUILDING,
        "along a route",
        "chu_dau_tu thua_dat thiet_ke loai quy_mo cam_ket giay_to",
        loai_cong_trinh="theo_tuyen",
        doi_tuong="to_chuc",
    ),
    way(FUNERAL, "by an office", "nguoi_de_nghi nguoi_chet che_do nhan_tien giay_to", doi_tuong="to_chuc"),
]


@pytest.fixture(scope="module")
def config(config: dict[str, Any]) -> dict[str, Any]:
    """Without what stops machines: this client is one."""
    return config | MACHINES_WELCOME


@pytest.fixture(scope="module")
def site(config: dict[str, Any], live_server: str) -> str:
    """A live server with the shipped procedures; its address."""
    furnish(config)
    return live_server


@pytest.fixture
def http(site: str) -> Iterator[httpx.Client]:
    """A browser's connection, cookies and all."""
    with over_network(site) as client:
        yield client


@pytest.mark.parametrize("branch", BRANCHES, ids=lambda branch: f"{branch.code}-{branch.title}")
def test_a_procedure_is_filed_and_can_be_followed(branch: Branch, http: httpx.Client, site: str) -> None:
    sent = citizen(http, branch.choose).file(branch.code)
    assert sent.steps == branch.steps
    assert sent.dossier_code.startswith("H21.52.0")
    with over_network(site) as elsewhere:
        found = citizen(elsewhere).track(sent.dossier_code)
        assert found.status == httpx.codes.OK
        assert "Mới đăng ký" in found.words()
        assert "Nguyễn Thị Hạnh" not in found.words()
        opened = citizen(elsewhere).track(sent.dossier_code, sent.lookup_code)
        assert urlsplit(opened.url).path == f"/ho-so/{sent.dossier_code}"
        assert "Nguyễn Thị Hạnh" in opened.words()


@pytest.mark.parametrize(
    "code",
    sorted({branch.code for branch in BRANCHES}),
)
def test_every_optional_field_can_be_filled_too(code: str, http: httpx.Client) -> None:
    assert citizen(http, everything=True).file(code).lookup_code


def test_two_dossiers_have_codes_of_their_own(http: httpx.Client) -> None:
    first, second = (citizen(http, {"quan_he": "ban_than"}).file(COPY) for _ in range(2))
    assert first.dossier_code != second.dossier_code
    assert first.lookup_code != second.lookup_code


def test_answers_that_are_not_relevant_are_not_filed(http: httpx.Client) -> None:
    """The client fills the hidden fields too, as anybody without script may."""
    sent = citizen(http, {"loai_khai_sinh": "bo_roi", "co_so_y_te": "Bệnh viện Đa khoa tỉnh"}).file(BIRTH)
    dossier = citizen(http).get(f"/ho-so/{sent.dossier_code}")
    assert "Trẻ bị bỏ rơi" in dossier.words()
    assert "Bệnh viện Đa khoa tỉnh" not in dossier.words()


def test_what_was_registered_is_mailed_without_its_secrets(
    http: httpx.Client, config: dict[str, Any], mail_sink: Sink
) -> None:
    choose: dict[str, Choice] = {"yc_so_dinh_danh": CITIZEN_NUMBER, "con_ho_ten": "Trần Gia Hân"}
    mail_sink.clear()  # both databases count their dossiers from one
    sent = citizen(http, choose).file(BIRTH)
    work_once(config)
    texts = [text for text in map(text_of, mail_sink.mails()) if sent.dossier_code in text]
    assert len(texts) == 1
    text = texts[0]
    assert "Trần Gia Hân" in text
    assert sent.lookup_code not in text
    assert CITIZEN_NUMBER not in text


def test_a_double_click_makes_one_dossier(http: httpx.Client, site: str) -> None:
    client = citizen(http, {"quan_he": "ban_than"})
    review = client.to_review(COPY)
    pairs = [*typed_so_far(review.form), ("consent", "true")]
    url = str(review.form.get("action"))

    def click(_number: int) -> tuple[int, str]:
        with httpx.Client(base_url=site, cookies=http.cookies, timeout=30) as connection:
            answer = connection.post(url, data=dict(pairs))
            return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(click, range(4)))
    assert {status for status, _ in answers} == {httpx.codes.SEE_OTHER}
    assert {step_of(location) for _, location in answers} == {"hoan-tat"}
    codes = {client.get(location).shown("data-dossier-code") for _, location in answers}
    assert len(codes) == 1
    assert click(5)[0] == httpx.codes.SEE_OTHER


# The way through


def located(client: GenericClient, url: str) -> tuple[int, str]:
    """The answer to a GET, and the last part of the address it leads to."""
    response = client.http.get(url)
    return response.status_code, step_of(response.headers.get("Location", ""))


def test_a_get_never_makes_a_draft(http: httpx.Client) -> None:
    page = citizen(http).get(f"/nop-ho-so/{BIRTH}")
    assert page.form_name == "start"
    again = citizen(http).get(f"/nop-ho-so/{BIRTH}")
    assert not again.tree.xpath("//a[contains(@href, '?d=')]")


@pytest.mark.parametrize("step", ["ban_sao", "giay_to", "xem-lai"])
def test_a_step_that_is_not_reached_leads_to_the_first_missing_one(step: str, http: httpx.Client) -> None:
    client = citizen(http)
    begun(client, BIRTH, "me")
    assert located(client, f"/nop-ho-so/{BIRTH}/{step}") == (httpx.codes.SEE_OTHER, "me")


def test_a_step_that_is_not_relevant_leads_to_the_first_missing_one(http: httpx.Client) -> None:
    client = citizen(http, {"loai_khai_sinh": "chi_me"})
    begun(client, BIRTH, "ban_sao")
    assert located(client, f"/nop-ho-so/{BIRTH}/cha") == (httpx.codes.SEE_OTHER, "ban_sao")


def test_sending_with_something_missing_leads_to_it_with_a_notice(http: httpx.Client) -> None:
    client = citizen(http)
    page = begun(client, BIRTH, "me")
    pairs = [("csrf_token", page.tree.xpath("//input[@name='csrf_token']/@value")[0]), ("consent", "true")]
    answer = client.submit(page, pairs, url=f"/nop-ho-so/{BIRTH}/gui")
    assert (answer.status_code, step_of(answer.headers["Location"])) == (httpx.codes.SEE_OTHER, "me")
    assert "Còn chỗ chưa điền xong" in client.get(answer.headers["Location"]).words()


def test_an_address_of_a_step_without_a_draft_leads_to_the_start(http: httpx.Client) -> None:
    status, place = located(citizen(http), f"/nop-ho-so/{BIRTH}/me")
    assert (status, place) == (httpx.codes.SEE_OTHER, BIRTH)


def test_after_a_correction_the_review_comes_back(http: httpx.Client) -> None:
    client = citizen(http, {"quan_he": "ban_than"})
    review = client.to_review(COPY)
    edits = [url for url in review.tree.xpath("//a[@class='mc-edit']/@href") if step_of(url) == "viec_ho_tich"]
    client.choose = {"noi_dang_ky": "Ủy ban nhân dân xã Phước Lộc"}
    after = client.fill(client.get(edits[0]))
    assert after.form_name == "review"
    assert "Ủy ban nhân dân xã Phước Lộc" in after.words()


def test_two_drafts_stand_side_by_side(http: httpx.Client) -> None:
    """Twins: the same procedure twice, in one browser."""
    names = ("Trần Minh An", "Trần Minh Bình")
    clients = [citizen(http, {"con_ho_ten": name}) for name in names]
    reviews = [client.to_review(BIRTH) for client in clients]
    numbers = [parse_qs(urlsplit(review.url).query)["d"] for review in reviews]
    assert numbers[0] != numbers[1]
    for review, mine, other in zip(reviews, names, reversed(names), strict=True):
        words = clients[0].get(review.url).words()
        assert mine in words
        assert other not in words
    assert located(clients[0], f"/nop-ho-so/{BIRTH}/xem-lai") == (httpx.codes.SEE_OTHER, BIRTH)
    listed = clients[0].get(f"/nop-ho-so/{BIRTH}")
    assert all(name in listed.words() for name in names)
    assert all(listed.tree.xpath("//a[contains(@href, $end)]", end=f"d={number[0]}") for number in numbers)


def test_another_browser_cannot_open_the_draft(http: httpx.Client, site: str) -> None:
    page = begun(citizen(http), BIRTH, "me")
    with over_network(site) as stranger:
        assert located(citizen(stranger), page.url) == (httpx.codes.SEE_OTHER, BIRTH)


def test_saving_for_later_keeps_everything_and_marks_nothing_as_done(http: httpx.Client) -> None:
    client = citizen(http)
    page = begun(client, BIRTH, "nguoi_duoc_khai_sinh")
    given = {"_action": "save", "con_ho_ten": "Lê Gia Hân", "con_ngay_sinh": "32/13/2026"}
    answer = client.submit(page, with_changes(typed_so_far(page.form), given))
    assert answer.status_code == httpx.codes.SEE_OTHER
    kept = client.get(page.url)
    inputs = dict(typed_so_far(kept.form))
    assert (inputs["con_ho_ten"], inputs["con_ngay_sinh"]) == ("Lê Gia Hân", "32/13/2026")
    assert located(client, f"/nop-ho-so/{BIRTH}/me") == (httpx.codes.SEE_OTHER, "nguoi_duoc_khai_sinh")


def test_refreshing_keeps_everything_and_complains_of_nothing(http: httpx.Client) -> None:
    client = citizen(http)
    page = begun(client, BIRTH, "nguoi_duoc_khai_sinh")
    given = {"_action": "refresh", "con_ho_ten": "Lê Gia Hân", "con_ngay_sinh": "32/13/2026"}
    answer = client.submit(page, with_changes(typed_so_far(page.form), given))
    shown = Page(answer)
    assert answer.status_code == httpx.codes.OK
    assert shown.errors() == []
    assert dict(typed_so_far(shown.form))["con_ho_ten"] == "Lê Gia Hân"


def test_another_province_brings_its_wards_without_script(http: httpx.Client) -> None:
    client = citizen(http)
    page = begun(client, BIRTH, "nguoi_yeu_cau")
    box = next(asked for asked in page.asked() if asked.name == "yc_noi_cu_tru")
    wards = set(box.options("yc_noi_cu_tru-ward"))
    here = box.named("yc_noi_cu_tru-province")[0].value
    other = next(code for code in box.options("yc_noi_cu_tru-province") if code != here)
    pairs = [pair for pair in typed_so_far(page.form) if pair[0] != "yc_noi_cu_tru-province"]
    answer = client.submit(page, [*pairs, ("yc_noi_cu_tru-province", other)])
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    shown = next(asked for asked in Page(answer).asked() if asked.name == "yc_noi_cu_tru")
    offered = set(shown.options("yc_noi_cu_tru-ward"))
    assert wards
    assert offered
    assert not wards & offered


# Later, elsewhere, or not at all


def action_of(page: Page, part: str) -> tuple[str, Pairs]:
    """Where a form of a page posts to whose address ends so, and its token."""
    form = page.tree.xpath("//form[contains(@action, $part)]", part=part)[0]
    return str(form.get("action")), typed_so_far(form)


def test_a_mailed_link_goes_on_in_another_browser(
    http: httpx.Client, site: str, config: dict[str, Any], mail_sink: Sink
) -> None:
    mail_sink.clear()
    client = citizen(http, {"con_ho_ten": "Lê Gia Hân"})
    page = begun(client, BIRTH, "me")
    saved = client.submit(page, [*typed_so_far(page.form), ("_action", "save")])
    action, pairs = action_of(client.get(saved.headers["Location"]), "luu-lai")
    answer = client.submit(page, with_changes(pairs, {"email": "hanh@example.vn"}), url=action)
    assert "h•••@example.vn" in answer.text
    work_once(config)
    link = next(found[0] for text in map(text_of, mail_sink.mails()) if (found := LINK.search(text)))
    with over_network(site) as elsewhere:
        other = citizen(elsewhere)
        asked = other.get(urlsplit(link).path)
        assert "Lê Gia Hân" not in asked.words()  # a mail scanner that opens the link sees and takes nothing
        action, pairs = action_of(asked, "tiep-tuc")
        opened = other.submit(asked, pairs, url=action)
        assert "Lê Gia Hân" in other.walk(other.get(opened.headers["Location"]), "review").words()


def test_ending_erases_the_draft(http: httpx.Client) -> None:
    client = citizen(http)
    page = begun(client, BIRTH, "me")
    asked = client.get(page.url.replace("/me?", "/ket-thuc?"))
    action, pairs = action_of(asked, "ket-thuc")
    assert "Máy này không còn giữ gì" in client.submit(asked, pairs, url=action).text
    assert located(client, page.url) == (httpx.codes.SEE_OTHER, BIRTH)
    assert "đang làm dở" not in client.get(f"/nop-ho-so/{BIRTH}").words()


def test_a_code_sent_to_the_filed_address_opens_the_dossier_once(
    http: httpx.Client, site: str, config: dict[str, Any], mail_sink: Sink
) -> None:
    sent = citizen(http, {"quan_he": "ban_than"}).file(COPY)
    work_once(config)
    mail_sink.clear()
    with over_network(site) as elsewhere:
        client = citizen(elsewhere)
        page = client.get("/tra-cuu")
        given = {"ma_ho_so": sent.dossier_code, "_action": "mail"}
        assert client.submit(page, with_changes(typed_so_far(page.form), given)).status_code == httpx.codes.OK
        work_once(config)
        text = next(text for text in map(text_of, mail_sink.mails()) if sent.dossier_code in text)
        codes = [word for word in CODE.findall(text) if word not in sent.dossier_code]
        opened = client.track(sent.dossier_code, codes[0])
        assert urlsplit(opened.url).path == f"/ho-so/{sent.dossier_code}"
    with over_network(site) as third:
        assert citizen(third).track(sent.dossier_code, codes[0]).status == httpx.codes.UNPROCESSABLE_ENTITY
