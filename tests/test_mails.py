"""Every mail exists in both languages, says what happened, and never what must not be in a mail."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine import mails
from engine.format.texts import LANGUAGES
from engine.mails import About, Line, Part
from engine.office import workflow
from tests import forms_cases

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
FOLDER = Path(mails.__file__).parent
ABOUT = About(
    code="H21-1", title="Khai sinh", agency="UBND phường", unit="Bộ phận Một cửa", status="Được tiếp nhận",
    track_url="https://example.vn/tra-cuu", at=NOON, filed_at=NOON,
)  # fmt: skip
FACTS: dict[str, Any] = {
    "about": ABOUT, "next_steps": "Chờ.", "fees": [], "total": "", "parts": (), "title": "Khai sinh", "until": NOON,
    "address": "{secret}", "secret": "{secret}", "code": "H21-1", "track_url": "https://example.vn", "minutes": 15,
}  # fmt: skip
EVENTS = sorted(path.stem for path in (FOLDER / "vi").glob("*.txt") if path.stem != "about")


def procedure(**more: Any) -> Any:
    address = {"name": "thu", "kind": "email", "label": "Thư"}
    applicant = {"name": "ten", "email": "thu"}
    return forms_cases.procedure(forms_cases.step("mot", forms_cases.text("ten"), address), applicant=applicant, **more)


def test_both_languages_have_the_same_mails() -> None:
    found = {language: sorted(path.name for path in (FOLDER / language).glob("*.txt")) for language in LANGUAGES}
    assert found["vi"] == found["en"]


def test_every_event_of_the_workflow_has_one() -> None:
    assert set(workflow.EVENTS) <= set(EVENTS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", EVENTS)
def test_each_has_a_subject_of_one_line_and_a_body_without_gaps(event: str, language: str) -> None:
    mail = mails.write(event, language, **FACTS)
    assert mail.subject
    assert "\n" not in mail.subject
    assert "\n\n\n" not in mail.body
    assert mail.body.endswith("\n")
    assert not mail.body.startswith("\n")
    for mark in ("{{", "{%", "None", "<", "Undefined"):
        assert mark not in mail.subject + mail.body


@pytest.mark.parametrize("event", workflow.EVENTS)
def test_each_of_a_dossier_says_where_it_is_and_where_it_is_followed(event: str) -> None:
    mail = mails.write(event, "vi", **FACTS)
    for words in ("H21-1", "Khai sinh", "UBND phường", "Bộ phận Một cửa", "https://example.vn/tra-cuu", "12:00"):
        assert words in mail.body + mail.subject


@pytest.mark.parametrize(("language", "words"), [("vi", "12:00 ngày 24/11/2026"), ("en", "12:00 on 24/11/2026")])
def test_times_are_local(language: str, words: str) -> None:
    assert mails.moment_in(language)(NOON) == words
    assert mails.moment_in(language)(None) == ""


@pytest.mark.parametrize(
    ("shown", "masked"),
    [("052199001234", "••••234"), ("1234567", "••••567"), ("123456", "••••"), ("Hoa", "••••"), ("", "••••")],
)
def test_a_sensitive_answer_shows_at_most_its_end(shown: str, masked: str) -> None:
    assert mails.masked(shown) == masked


def test_answers_are_listed_by_their_steps() -> None:
    parts = (Part("Cha", (Line("Họ tên", "Lê A"), Line("Sinh năm", "1990"))), Part("Mẹ", (Line("Họ tên", "Lê B"),)))
    body = mails.write("submitted", "vi", **FACTS | {"parts": parts}).body
    assert "Cha\n- Họ tên: Lê A\n- Sinh năm: 1990\n\nMẹ\n- Họ tên: Lê B\n" in body


def test_an_answer_is_never_read_as_a_template() -> None:
    parts = (Part("{{ 7*7 }}", (Line("{% raw %}", "{{ about }} {secret} <b>"),)),)
    body = mails.write("submitted", "vi", **FACTS | {"parts": parts}).body
    assert "{{ 7*7 }}\n- {% raw %}: {{ about }} {secret} <b>" in body


@pytest.mark.parametrize("event", ["resume", "one_time_code"])
def test_what_carries_a_secret_has_a_place_for_it_once(event: str) -> None:
    for language in LANGUAGES:
        assert mails.write(event, language, **FACTS).body.count("{secret}") == 1


class TestOwnWords:
    def test_replace_the_standard_ones(self) -> None:
        body = {"vi": "Vi {agency}", "en": "En {status}"}
        of = procedure(mail={"received": {"subject": "Nhận {code}", "body": body}})
        vi = mails.about_dossier("received", ABOUT, procedure=of, language="vi")
        en = mails.about_dossier("received", ABOUT, procedure=of, language="en")
        assert (vi.subject, vi.body) == ("Nhận H21-1", "Vi UBND phường")
        assert en.body == "En Được tiếp nhận"

    def test_one_of_them_alone(self) -> None:
        of = procedure(mail={"received": {"subject": "Chỉ tiêu đề"}})
        mail = mails.about_dossier("received", ABOUT, procedure=of, language="vi")
        assert mail.subject == "Chỉ tiêu đề"
        assert mail.body == mails.write("received", "vi", about=ABOUT).body

    def test_of_another_event_change_nothing(self) -> None:
        of = procedure(mail={"received": {"subject": "Khác"}})
        standard = mails.write("refused", "vi", about=ABOUT)
        assert mails.about_dossier("refused", ABOUT, procedure=of, language="vi") == standard

    def test_a_subject_stays_on_one_line(self) -> None:
        of = procedure(mail={"received": {"subject": "Một\nBcc: ai@example.vn"}})
        assert mails.about_dossier("received", ABOUT, procedure=of, language="vi").subject == "Một Bcc: ai@example.vn"
