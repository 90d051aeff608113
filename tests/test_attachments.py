"""Files are believed by their content alone, measured while they come in, and served to be saved."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from engine.draft import attachments, drafts
from engine.form.answers import Answers
from engine.format.contents import content_of
from engine.format.texts import Text
from engine.kinds import Refused
from engine.kinds.base import Context
from engine.kinds.files import MEDIA_TYPES, File
from engine.platform.running import settings
from engine.storage.database import database
from engine.storage.models import Attachment, Draft
from tests import filing_cases as cases
from tests.filing_cases import JPG, NOW, PDF, PNG, office_file, upload

ALL = tuple(MEDIA_TYPES)
DOCX = office_file("word/document.xml")
XLSX = office_file("xl/workbook.xml")


def broken_office_file(method: int) -> bytes:
    """A document whose list of parts cannot be unpacked."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        archive.writestr("[Content_Types].xml", b"<Types>" + b"many a word " * 99)
        archive.writestr("word/document.xml", b"<xml/>")
    data = bytearray(whole.getvalue())
    data[55:75] = b"\xff" * 20
    return bytes(data)


@pytest.fixture(autouse=True)
def program(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
    database.settle()


@pytest.fixture
def draft() -> Draft:
    return cases.begun(cases.published())[0]


def field(*accept: str, max_mb: int = 1) -> File:
    return File(name="giay_to", label=Text("Giấy tờ"), accept=accept or ALL, max_mb=max_mb)


def received(draft: Draft, content: bytes, name: str, *accept: str, max_mb: int = 1) -> Attachment:
    return attachments.receive(draft, field(*accept, max_mb=max_mb), upload(content, name), now=NOW)


def left_aside() -> list[Path]:
    return list((settings().data_dir / "files" / ".incoming").glob("*"))


@pytest.mark.parametrize(
    ("content", "name", "kept_name", "ending"),
    [
        (PDF, "giấy khai sinh.pdf", "giấy khai sinh.pdf", "pdf"),
        (b"\xef\xbb\xbf\r\n" + PDF, "a.PDF", "a.PDF", "pdf"),
        (PNG, "ảnh.png", "ảnh.png", "png"),
        (JPG, "ảnh.JPEG", "ảnh.JPEG", "jpg"),
        (DOCX, "đơn.docx", "đơn.docx", "docx"),
        (XLSX, "bảng.xlsx", "bảng.xlsx", "xlsx"),
        (JPG, "chup", "chup.jpg", "jpg"),
        (PDF, "virus.exe", "virus.exe.pdf", "pdf"),
    ],
)  # fmt: skip
def test_what_it_is_says_its_content(draft: Draft, content: bytes, name: str, kept_name: str, ending: str) -> None:
    kept = received(draft, content, name)
    assert (kept.name, kept.media_type) == (kept_name, MEDIA_TYPES[ending])
    assert (kept.size, kept.digest) == (len(content), hashlib.sha256(content).hexdigest())
    with attachments.open_file(kept) as file:
        assert file.read() == content


@pytest.mark.parametrize(
    ("content", "name", "accept"),
    [
        (b"<html><script>alert(1)</script>", "a.pdf", ALL),
        (b"<html>" + PDF, "a.pdf", ALL),
        (PNG, "a.pdf", ALL),
        (PDF, "a.png", ALL),
        (PNG, "a.png", ("pdf",)),
        (b"MZ\x90\x00" * 100, "a.exe", ALL),
        (b"PK\x03\x04 damaged", "a.docx", ALL),
        (broken_office_file(zipfile.ZIP_DEFLATED), "a.docx", ALL),
        (broken_office_file(zipfile.ZIP_BZIP2), "a.docx", ALL),
        (broken_office_file(zipfile.ZIP_LZMA), "a.docx", ALL),
        (office_file("other.xml"), "a.docx", ALL),
        (office_file("word/document.xml", "word/vbaProject.bin"), "a.docx", ALL),
        (office_file("word/document.xml", "word/embeddings/oleObject1.bin"), "a.docx", ALL),
        (office_file("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "a.xlsx", ALL),
        (office_file("word/document.xml", index=b"application/vnd.ms-word.document.macroEnabled"), "a.docx", ALL),
        (DOCX, "a.xlsx", ALL),
        (b"\x89PNG\r\n\x1a\n and no header", "a.png", ALL),
        (b"\xff\xd8", "a.jpg", ALL),
        (b" ", "a.pdf", ALL),
    ],
)
def test_what_it_is_not_is_refused(draft: Draft, content: bytes, name: str, accept: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as refusal:
        received(draft, content, name, *accept)
    assert refusal.value.problem.code == "file.type"
    assert refusal.value.problem.params == {"name": name, "accept": ", ".join(accept).upper()}
    assert not left_aside()


def test_an_empty_one_is_refused(draft: Draft) -> None:
    with pytest.raises(Refused) as refusal:
        received(draft, b"", "trong.pdf")
    assert (refusal.value.problem.code, refusal.value.problem.params) == ("file.empty", {"name": "trong.pdf"})


def test_one_that_is_too_large_is_refused_without_being_read_to_its_end(draft: Draft) -> None:
    file = upload(PDF + b"x" * 3 * attachments.MEGABYTE, "to.pdf")
    with pytest.raises(Refused) as refusal:
        attachments.receive(draft, field(max_mb=1), file, now=NOW)
    assert (refusal.value.problem.code, refusal.value.problem.params) == ("file.large", {"name": "to.pdf", "limit": 1})
    assert file.stream.tell() <= attachments.MEGABYTE + attachments.PIECE
    assert not left_aside()


def test_one_of_exactly_the_limit_is_taken(draft: Draft) -> None:
    assert received(draft, PDF.ljust(attachments.MEGABYTE, b" "), "a.pdf").size == attachments.MEGABYTE


def test_a_draft_holds_so_much_and_no_more(app: Flask, draft: Draft) -> None:
    told = app.config["SETTINGS"]
    app.config["SETTINGS"] = type(told)(**{**vars(told), "draft_mb": 1})
    try:
        received(draft, PDF.ljust(attachments.MEGABYTE - 100, b" "), "a.pdf")
        with pytest.raises(Refused) as refusal:
            received(draft, PDF.ljust(101, b" "), "b.pdf")
        assert refusal.value.problem.code == "file.quota"
        assert received(draft, PDF, "c.pdf").size < 100
    finally:
        app.config["SETTINGS"] = told


def test_a_draft_holds_so_many_and_no_more(draft: Draft) -> None:
    for number in range(attachments.MOST_FILES):
        received(draft, PDF, f"{number}.pdf")
    with pytest.raises(Refused) as refusal:
        received(draft, PDF, "more.pdf")
    assert refusal.value.problem.code == "file.quota"


def test_of_very_many_at_once_the_first_are_looked_at_and_the_others_not_even_read(draft: Draft) -> None:
    files = [upload(b"no paper at all", f"{place}.pdf") for place in range(attachments.MOST_FILES + 40)]
    refused = cases.attached(draft, *files).refused
    assert refused["giay_to"].code == "file.quota"
    assert [file.stream.tell() > 0 for file in files] == [True] * attachments.MOST_FILES + [False] * 40


def test_a_full_disk_is_left_to_the_database(draft: Draft) -> None:
    file = upload()
    with pytest.raises(Refused) as refusal, attachments.incoming(file, field(), reserve=2**80):
        pass
    assert refusal.value.problem.code == "file.space"
    assert file.stream.tell() == 0
    assert not left_aside()


def test_it_stands_under_a_random_name_that_others_on_the_machine_cannot_read(draft: Draft) -> None:
    kept = received(draft, PDF, "../../etc/passwd.pdf")
    path = attachments.path(kept)
    assert path.relative_to(settings().data_dir).parts == ("files", kept.public_id[:2], kept.public_id)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept.name == "passwd.pdf"
    assert not left_aside()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("giấy tờ.pdf", "giấy tờ.pdf"),
        ("gia\u0302\u0301y.pdf", "giấy.pdf"),
        ("C:\\Users\\hoa\\giay.pdf", "giay.pdf"),
        ("../../x.pdf", "x.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie: b.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("\x00a\u200b.pdf", "a.pdf"),
        (" .htaccess ", "htaccess"),
        ("...", "tep"),
        ("", "tep"),
        ("ệ" * 300 + ".pdf", "ệ" * 116 + ".pdf"),
        ("x" * 300, "x" * 120),
        ("a." + "b" * 300, "a." + "b" * 118),
    ],
)
def test_its_name_is_made_safe(typed: str, expected: str) -> None:
    assert attachments.safe_name(typed) == expected


def test_it_is_served_to_be_saved_and_never_to_run(draft: Draft) -> None:
    headers = attachments.headers(received(draft, PDF, 'Giấy "khai" sinh.pdf'))
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith('attachment; filename="Giay _khai_ sinh.pdf"; ')
    assert "filename*=UTF-8''Gi%E1%BA%A5y%20%22khai%22%20sinh.pdf" in headers["Content-Disposition"]
    assert headers["Content-Disposition"].isascii()
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]


class TestPost:
    def test_good_ones_are_kept_and_bad_ones_refused_each_with_its_sentence(self, draft: Draft) -> None:
        got = cases.attached(draft, upload(PDF, "tot.pdf"), upload(b"", "trong.pdf"), upload(PNG, "anh.png"))
        assert [got.names[one] for one in got.ids["giay_to"]] == ["tot.pdf", "anh.png"]
        assert list(attachments.names(draft).values()) == ["tot.pdf", "anh.png"]
        said = got.sentences(cases.compiled(draft), "vi")
        assert said == {"giay_to": "Giấy tờ tùy thân: tệp “trong.pdf” trống"}

    def test_an_input_without_a_file_is_nothing(self, draft: Draft) -> None:
        got = cases.attached(draft, upload(b"", ""))
        assert not got.ids
        assert not got.refused

    def test_the_context_knows_what_has_just_come(self, draft: Draft) -> None:
        got = cases.attached(draft, upload())
        before = Context("2026-11-24", None, attachments={"old": "cu.pdf"})  # type: ignore[arg-type]
        assert attachments.with_received(before, got).attachments == {"old": "cu.pdf", **got.names}
        assert attachments.with_received(before, attachments.Received()) is before

    def test_what_the_answers_no_longer_name_makes_room_for_others(self, draft: Draft) -> None:
        (used,) = cases.attached(draft, upload(PDF, "dung.pdf")).ids["giay_to"]
        cases.attached(draft, upload(PDF, "bo.pdf"))
        drafts.save(draft, Answers({"giay_to": [used]}), cases.compiled(draft), now=NOW)
        cases.attached(draft, upload(PDF, "ngay.pdf"), now=NOW + timedelta(minutes=1))
        assert len(attachments.names(draft)) == 3  # another request may still be about to save it
        cases.attached(draft, upload(PDF, "moi.pdf"), now=NOW + timedelta(minutes=11, seconds=1))
        assert sorted(attachments.names(draft).values()) == ["dung.pdf", "moi.pdf"]


def test_one_is_found_by_its_id(draft: Draft) -> None:
    kept = received(draft, PDF, "a.pdf")
    found = attachments.find(kept.public_id)
    assert found is not None
    assert found.id == kept.id
    assert attachments.find("nobody") is None


def test_removing_erases_bytes_and_row(draft: Draft) -> None:
    kept = received(draft, PDF, "a.pdf")
    attachments.remove([kept])
    assert attachments.find(kept.public_id) is None
    with pytest.raises(FileNotFoundError):
        attachments.open_file(kept)


def test_what_an_ended_process_left_aside_is_swept(draft: Draft) -> None:
    received(draft, PDF, "a.pdf")
    aside = settings().data_dir / "files" / ".incoming" / "left"
    aside.write_bytes(PDF)
    yesterday = (NOW - timedelta(hours=25)).timestamp()
    os.utime(aside, (yesterday, yesterday))
    assert attachments.sweep(NOW) == 1
    assert not aside.exists()


def test_what_came_just_when_its_draft_was_erased_is_swept(draft: Draft) -> None:
    drafts.finish(draft)
    late = received(draft, PDF, "a.pdf")
    other = received(cases.begun(cases.published())[0], PDF, "a.pdf")
    if other.draft == late.draft:  # SQLite gives the number of the last row again
        Attachment.update(draft=10**6).where(Attachment.id == late.id).execute()
    assert attachments.sweep_orphans(NOW) == 1
    assert attachments.find(late.public_id) is None
    assert not attachments.path(late).exists()
    assert attachments.find(other.public_id) is not None


def test_every_ending_that_a_definition_may_accept_is_known(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for ending, content in {"pdf": PDF, "jpg": JPG, "png": PNG, "docx": DOCX, "xlsx": XLSX}.items():
        path.write_bytes(content)
        assert content_of(path, MEDIA_TYPES) == ending
