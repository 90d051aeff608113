"""A small procedure, two agencies and their officers, for the tests of filing and of the desk."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict

from engine.definition.areas import Area
from engine.definition.library import CATEGORIES, Agency, Unit
from engine.draft import attachments, drafts
from engine.form.answers import Answers
from engine.form.compiled import CompiledForm
from engine.office import agencies, people, places
from engine.publishing import rows, versions
from engine.storage.database import database
from engine.storage.models import Agency as AgencyRow
from engine.storage.models import Draft, Place, User, Version

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)  # Tuesday, 09:00 in Việt Nam, a day off: 24/11 is a holiday
WORKING = datetime(2026, 11, 25, 2, tzinfo=UTC)  # Wednesday, 09:00 in Việt Nam
UNITS = (
    Unit(name="mot-cua", title="Bộ phận Một cửa"),
    Unit(name="tu-phap", title="Tư pháp – Hộ tịch"),
    Unit(name="lanh-dao", title="Lãnh đạo UBND"),
)
WARD = Agency(code="H21.52.01", name="UBND phường Quy Nhơn", kind="phuong", ward="21583", units=UNITS)
COMMUNE = Agency(code="H21.52.02", name="UBND xã Tuy Phước", kind="xa", ward="21952", units=UNITS)

DOCUMENT: dict[str, Any] = {
    "format": 1,
    "code": "9.000001",
    "title": {"vi": "Xác nhận thử", "en": "Trial certificate"},
    "category": "ho-tich",
    "level": 3,
    "partial_reason": "Nhận kết quả trực tiếp",
    "methods": [{"channel": "online", "time": {"working_days": 3}}, {"channel": "in_person"}],
    "form": [
        {
            "step": "nguoi",
            "title": {"vi": "Người yêu cầu", "en": "Applicant"},
            "fields": [
                {"name": "ho_ten", "kind": "text", "label": {"vi": "Họ tên", "en": "Name"}, "required": True},
                {"name": "so_dinh_danh", "kind": "national_id", "label": "Số định danh", "required": True},
                {"name": "thu", "kind": "email", "label": "Thư điện tử"},
            ],
        },
        {
            "step": "viec",
            "title": {"vi": "Việc của {ho_ten}", "en": "The matter of {ho_ten}"},
            "fields": [
                {"name": "ban_sao", "kind": "yes_no", "label": "Cần bản sao", "required": True},
                {"name": "so_luong", "kind": "integer", "label": "Số lượng", "required": True,
                 "when": {"field": "ban_sao", "is": True}},
            ],
        },
    ],
    "papers": [
        {"name": "giay_to", "title": "Giấy tờ tùy thân", "attach": "optional", "accept": ["pdf", "png"], "max_mb": 1},
        {"name": "ban_chinh", "title": "Bản chính", "originals": 1, "when": {"field": "ban_sao", "is": True}},
    ],
    "applicant": {"name": "ho_ten", "id_number": "so_dinh_danh", "email": "thu"},
    "rates": {"gia": 8000},
    "fees": [{"name": "phi", "title": "Phí bản sao", "amount": "so_luong * gia",
              "when": {"field": "ban_sao", "is": True}}],
    "processing": {
        "reception": "mot-cua",
        "answer_within": {"working_hours": 8},
        "stages": [
            {"stage": "tham_tra", "title": {"vi": "Thẩm tra", "en": "Examination"}, "unit": "tu-phap"},
            {"stage": "ky", "title": "Ký", "unit": "lanh-dao"},
        ],
    },
    "next_steps": "Mang bản chính đến Bộ phận Một cửa.",
}  # fmt: skip

VALUES: dict[str, Any] = {
    "ho_ten": "Lê Thị Hoa",
    "so_dinh_danh": "052199001234",
    "thu": "hoa@example.vn",
    "ban_sao": True,
    "so_luong": 2,
}
STEPS = frozenset({"nguoi", "viec", "giay_to"})
PDF = b"%PDF-1.7\nmot to giay\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
JPG = b"\xff\xd8\xff\xe0" + b"\x00" * 40


def prepare() -> None:
    """Makes the agencies and the catalog that the procedure needs."""
    agencies.load((WARD, COMMUNE), overwrite=False)
    entries = [{"value": "ho-tich", "label": "Hộ tịch"}]
    rows.write_catalog({"format": 1, "catalog": CATEGORIES, "title": "Lĩnh vực", "entries": entries})


@contextmanager
def some_units() -> Iterator[None]:
    """One ward: where nobody loaded any unit, they are looked for at each request."""
    places.load([Area("01", "Thành phố Hà Nội", "province"), Area("00004", "Phường Ba Đình", "ward", "01")])
    yield
    Place.delete().execute()
    places.forget()


def published(**more: Any) -> Version:
    """The procedure's version, with further or other keys of the format."""
    prepare()
    document = {key: value for key, value in {**DOCUMENT, **more}.items() if value is not None}
    rows.write(document, now=NOW)
    return versions.publish(document["code"], by="quan-tri@example.vn", note="", now=NOW)


def agency(code: str = WARD.code) -> AgencyRow:
    """An agency's row."""
    found = agencies.by_code(code)
    assert found is not None
    return found


def begun(version: Version, *, now: datetime = NOW, language: str = "vi", of: str = WARD.code) -> tuple[Draft, str]:
    """A fresh draft and its token."""
    token = drafts.new_token()
    draft = drafts.start(version, agency(of), channel="online", language=language, now=now, token=token)
    return draft, token


def compiled(draft: Draft) -> CompiledForm:
    """The form of a draft."""
    return versions.compiled(draft.version_id)


def filled(
    version: Version,
    values: Mapping[str, Any] = VALUES,
    *,
    steps: frozenset[str] = STEPS,
    now: datetime = NOW,
    language: str = "vi",
    of: str = WARD.code,
) -> Draft:
    """A draft with these answers; values that are None are left out."""
    draft, _ = begun(version, now=now, language=language, of=of)
    given = {name: value for name, value in values.items() if value is not None}
    drafts.save(draft, Answers(given, {}, steps), compiled(draft), now=now)
    return draft


def upload(content: bytes = PDF, name: str = "giay.pdf") -> FileStorage:
    """A file as a request brings it."""
    return FileStorage(BytesIO(content), filename=name, content_type="text/html")


def attached(draft: Draft, *files: FileStorage, field: str = "giay_to", now: datetime = NOW) -> attachments.Received:
    """What becomes of these files of a post."""
    item = compiled(draft).fields[field]
    return attachments.receive_all(draft, [item], MultiDict([(field, file) for file in files]), now=now)  # type: ignore[list-item]


def officer(email: str, of: str = WARD.code, role: str = "officer") -> User:
    """A person who works in an agency; signs in nowhere."""
    people.make_roles()
    found: User | None = User.get_or_none(User.email == email)
    if found is not None:
        return found
    person: User = User.create(
        email=email, password="!", fs_uniquifier=email, full_name=f"Cán bộ {email.partition('@')[0]}",
        agency=agency(of).id, created_at=NOW,
    )  # fmt: skip
    people._give_roles(person, (role,))
    return person


def office_file(main: str, *more: str, index: bytes = b"<Types/>") -> bytes:
    """A zip as Word and Excel write it."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", index)
        for name in (main, *more):
            archive.writestr(name, b"<xml/>")
    return packed.getvalue()


def at_once(app: Flask, count: int, act: Callable[[int], object]) -> list[object]:
    """What comes of one act done by several threads at the same time, each on a connection of its own."""
    begin = threading.Barrier(count)
    came: list[object] = [None] * count

    def run(number: int) -> None:
        with app.app_context():
            begin.wait()
            try:
                came[number] = act(number)
            except Exception as fault:  # noqa: BLE001 - the test looks at what was raised
                came[number] = fault
            finally:
                database.settle()
                database.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came
