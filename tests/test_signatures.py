"""Drawn signatures: posted as a text by any client, kept as an attached file, measured, counted and erased like one."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from PIL import Image

from engine.dossier import filings
from engine.draft import attachments, drafts
from engine.form.compiled import Inputs
from engine.kinds.signature import PICTURE
from engine.storage.database import database
from engine.storage.models import Attachment, Draft
from tests import filing_cases as cases
from tests.filing_cases import NOW
from tests.generic_client import GenericClient, Page, typed_so_far
from tests.walks import citizen, in_process, published, with_changes

UNSEEN = Path(__file__).parent / "definitions" / "unseen"
CODE = "9.200020"
STEP = "nguoi_ky"
TOO_MANY = attachments.MOST_FILES
SIGNED: dict[str, Any] = {
    "form": [
        {
            "step": "nguoi",
            "title": "Người yêu cầu",
            "fields": [
                {"name": "ho_ten", "kind": "text", "label": "Họ tên", "required": True},
                {"name": "so_dinh_danh", "kind": "national_id", "label": "Số định danh", "required": True},
                {"name": "thu", "kind": "email", "label": "Thư điện tử"},
                {"name": "chu_ky", "kind": "signature", "label": "Chữ ký", "required": True},
                {"name": "lam_chung", "kind": "signature", "label": "Người làm chứng"},
            ],
        }
    ],
    "papers": None,
    "fees": None,
}
VALUES = {"ho_ten": "Lê Thị Hoa", "so_dinh_danh": "052199001234"}


def picture(width: int = 64, height: int = 24, kind: str = "PNG") -> bytes:
    """A small picture with a stroke."""
    image = Image.new("RGB", (width, height), "white")
    image.paste("black", (2, 2, min(20, width), min(6, height)))
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


def sent(content: bytes) -> str:
    """A picture as a page posts it."""
    return PICTURE + base64.b64encode(content).decode()


def wide(width: int) -> bytes:
    """A picture that claims to be so wide."""
    content = picture()
    return content[:16] + struct.pack(">I", width) + content[20:]


@pytest.fixture
def program(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
    database.settle()


@pytest.fixture
def draft(program: None) -> Draft:
    return cases.begun(cases.published(**SIGNED))[0]


def received(draft: Draft, *drawn: str, field: str = "chu_ky") -> attachments.Received:
    at = cases.compiled(draft).steps[0]
    return attachments.receive_drawn(draft, at.signatures, Inputs({f"{field}-drawn": list(drawn)}), now=NOW)


def test_a_drawing_becomes_a_file_of_the_draft(draft: Draft) -> None:
    came = received(draft, sent(picture()))
    (public_id,) = came.ids["chu_ky"]
    kept = attachments.find(public_id)
    assert kept is not None
    assert (kept.field, kept.name, kept.media_type) == ("chu_ky", "chu-ky.png", "image/png")
    with attachments.open_file(kept) as file:
        assert file.read() == picture()
    assert attachments.names(draft) == {public_id: "chu-ky.png"} == came.names


@pytest.mark.parametrize(
    ("drawn", "code"),
    [
        (sent(picture(kind="JPEG")), "signature.drawn"),
        (sent(b"<svg onload=alert(1)>" * 9), "signature.drawn"),
        (sent(picture()[:-1]), "signature.drawn"),
        (sent(b""), "signature.drawn"),
        (sent(picture()) + "!", "signature.drawn"),
        (sent(picture()) + "\u00e9", "signature.drawn"),
        ("data:image/svg+xml,<svg/>", "signature.drawn"),
        ("data:", "signature.drawn"),
        (sent(wide(0)), "signature.drawn"),
        (sent(wide(4_001)), "signature.drawn"),
        (sent(b"\x89PNG" * 110_000), "signature.large"),
        ("data:" + "A" * 600_000, "signature.large"),
    ],
    ids=lambda value: value[:32],
)
def test_what_is_no_small_picture_is_refused_and_not_kept(draft: Draft, drawn: str, code: str) -> None:
    came = received(draft, drawn)
    assert {name: problem.code for name, problem in came.refused.items()} == {"chu_ky": code}
    assert not came.ids
    assert not Attachment.select().where(Attachment.draft == draft.id).exists()
    assert len(came.sentences(cases.compiled(draft), "vi")["chu_ky"]) > 20


def test_drawings_count_among_the_files_of_a_draft(draft: Draft) -> None:
    for _ in range(TOO_MANY):
        received(draft, sent(picture(2, 2)))
    assert received(draft, sent(picture())).refused["chu_ky"].code == "file.quota"


def test_only_the_last_of_several_drawings_is_kept(draft: Draft) -> None:
    came = received(draft, sent(picture(2, 2)), "", sent(picture(9, 9)))
    (kept,) = Attachment.select().where(Attachment.draft == draft.id)
    assert came.ids == {"chu_ky": (kept.public_id,)}
    assert kept.size == len(picture(9, 9))


def test_a_filed_drawing_goes_with_the_dossier_and_an_unused_one_is_erased(draft: Draft) -> None:
    unused = received(draft, sent(picture()), field="lam_chung").ids["lam_chung"][0]
    used = received(draft, sent(picture())).ids["chu_ky"][0]
    compiled = cases.compiled(draft)
    answers = drafts.answers(draft, compiled).with_step("nguoi", {**VALUES, "chu_ky": used}, {}, posted=True)
    drafts.save(draft, answers, compiled, now=NOW)
    dossier = filings.submit(draft, now=NOW, language="vi").dossier
    assert [one.public_id for one in attachments.of_dossier(dossier)] == [used]
    assert attachments.find(unused) is None


# ── over HTTP, as a client that was told nothing but the page ───────────────────────────────────────────────


@pytest.fixture(scope="module")
def config(config: dict[str, Any]) -> dict[str, Any]:
    return published(config, UNSEEN)


@pytest.fixture
def http(app: Flask) -> Iterator[httpx.Client]:
    with in_process(app) as client:
        yield client


@pytest.fixture
def signing(http: httpx.Client) -> tuple[GenericClient, Page]:
    """A client at the step where it signs, everything else on it answered."""
    client = citizen(http)
    page = client.walk(client.fill(client.get(f"/nop-ho-so/{CODE}")), STEP)
    return client, page


OTHERS = {
    "mst": "0100109106",
    "tk_chu_tai_khoan": "LE THI HOA",
    "tk_so_tai_khoan": "0071000123456",
    "tk_ngan_hang": "VCB",
}


def signed(client: GenericClient, page: Page, **more: str) -> httpx.Response:
    return client.submit(
        page, with_changes(typed_so_far(page.form), OTHERS | {n.replace("__", "-"): v for n, v in more.items()})
    )


def kept_id(page: Page) -> str:
    """The id of the drawing that a page says it keeps."""
    return str(next(iter(page.tree.xpath("//input[@name='chu_ky-drawn'][@type='checkbox'][@checked]/@value")), ""))


def test_the_page_holds_both_inputs_in_one_wrapper(signing: tuple[GenericClient, Page]) -> None:
    (box,) = signing[1].tree.xpath("//*[@data-field='chu_ky'][@data-kind='signature'][@data-required='true']")
    assert box.xpath(".//input/@name") == ["chu_ky", "chu_ky-drawn"]
    assert box.xpath(".//*[@data-draw]/@hidden"), "only script shows what needs it"
    (typed,) = signing[1].tree.xpath("//*[@data-field='ky_nhay']")
    assert typed.xpath(".//input/@name") == ["ky_nhay"]
    assert not typed.xpath(".//canvas")


def test_a_stranger_signs_with_a_picture(signing: tuple[GenericClient, Page]) -> None:
    client, page = signing
    answer = signed(client, page, chu_ky__drawn=sent(picture()))
    assert answer.status_code == httpx.codes.SEE_OTHER
    review = client.get(answer.headers["Location"])
    assert "Đã vẽ chữ ký" in review.words()
    assert kept_id(client.get(f"/nop-ho-so/{CODE}/{STEP}"))


def test_a_refused_step_keeps_the_drawing_and_a_later_post_needs_no_other(signing: tuple[GenericClient, Page]) -> None:
    client, page = signing
    answer = signed(client, page, mst="12345", chu_ky__drawn=sent(picture()))
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    again = Page(answer)
    assert [href for _, href in again.errors()] == ["#mst"]
    kept = kept_id(again)
    assert kept
    assert kept_id(client.get(f"/nop-ho-so/{CODE}/{STEP}")) == kept
    assert signed(client, again).status_code == httpx.codes.SEE_OTHER


def test_unticked_a_drawing_gives_way_to_the_name(signing: tuple[GenericClient, Page]) -> None:
    client, page = signing
    signed(client, page, chu_ky__drawn=sent(picture()))
    page = client.get(f"/nop-ho-so/{CODE}/{STEP}")
    pairs = [pair for pair in typed_so_far(page.form) if pair[0] != "chu_ky-drawn"]
    answer = client.submit(page, with_changes(pairs, {"chu_ky": "Lê Thị Hoa"}))
    assert "Lê Thị Hoa" in client.get(answer.headers["Location"]).words()


def test_a_bad_drawing_is_told_at_the_field_and_never_kept_as_text(signing: tuple[GenericClient, Page]) -> None:
    client, page = signing
    answer = signed(client, page, chu_ky__drawn="data:image/png;base64,aGVsbG8=")
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    (error,) = Page(answer).errors()
    assert error == ("Chữ ký của người đăng ký: không đọc được chữ ký đã vẽ, hãy vẽ lại hoặc gõ họ và tên", "#chu_ky")
    assert "aGVsbG8" not in answer.text


def test_somebody_elses_drawing_cannot_be_claimed(signing: tuple[GenericClient, Page], app: Flask) -> None:
    client, page = signing
    signed(client, page, chu_ky__drawn=sent(picture()))
    foreign = kept_id(client.get(f"/nop-ho-so/{CODE}/{STEP}"))
    with in_process(app) as other:
        thief = citizen(other)
        theirs = thief.walk(thief.fill(thief.get(f"/nop-ho-so/{CODE}")), STEP)
        answer = signed(thief, theirs, chu_ky__drawn=foreign)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY


def test_without_script_the_next_list_comes_with_the_refresh_button_and_with_a_post(http: httpx.Client) -> None:
    client = citizen(http)
    page = client.walk(client.fill(client.get(f"/nop-ho-so/{CODE}")), "noi_ban")
    (button,) = page.tree.xpath("//*[@data-field='vung']//button")
    assert (button.get("name"), button.get("value"), "formnovalidate" in button.attrib) == ("_action", "refresh", True)
    given = {"vung-0": "trung"}
    fresh = client.submit(page, [*with_changes(typed_so_far(page.form), given), ("_action", "refresh")])
    assert fresh.status_code == httpx.codes.OK
    assert offered(Page(fresh)) == [["bac", "trung", "bien"], ["tay_nguyen", "duyen_hai"], []]
    posted = client.submit(Page(fresh), with_changes(typed_so_far(Page(fresh).form), {"vung-1": "duyen_hai"}))
    assert posted.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert offered(Page(posted)) == [["bac", "trung", "bien"], ["tay_nguyen", "duyen_hai"], ["gia_lai_ven_bien"]]
    assert ("Vùng: chọn tỉnh", "#vung-2") in Page(posted).errors()


def offered(page: Page) -> list[list[str]]:
    """The values of each level's list."""
    lists = page.tree.xpath("//*[@data-field='vung']//select")
    return [[value for value in one.xpath("option/@value") if value] for one in lists]
