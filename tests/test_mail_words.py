"""The office's own words of its mails: what they may say, what is refused and where, and their preview."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from engine.definition import mail_words
from engine.definition.loading import load_document
from engine.platform.settings import ROOT
from engine.publishing import rows, versions
from engine.storage.models import JournalEntry, ProcedureRow, Version
from tests import admin_cases, filing_cases
from tests.admin_cases import CHIEF, OFFICER, Desk, words_of
from tests.filing_cases import DOCUMENT, NOW
from tests.forms_cases import HEAD, SHIPPED, step, text

FACTS = mail_words.example()
FORM = {"applicant": {"name": "ten"}, "form": [step("mot", text("ten"))]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Hồ sơ {code}", f"Hồ sơ {FACTS['code']}"),
        ("Hồ sơ {{ code }}", f"Hồ sơ {FACTS['code']}"),
        ("{% if until %}Hạn {{ until }}{% else %}Chưa có hạn{% endif %}", f"Hạn {FACTS['until']}"),
        ("{{ person | default('chưa có', true) | upper }}", FACTS["person"].upper()),
        ("{{ 'có' if stage else 'không' }}", "có"),
        ("{khac} và {", "{khac} và {"),
        ("<b>{{ title }}</b>", f"<b>{FACTS['title']}</b>"),
    ],
)
def test_words_name_what_they_may(words: str, said: str) -> None:
    assert mail_words.faults(words) == ()
    assert mail_words.fill(words, FACTS) == said


def test_what_is_filled_in_is_never_read_as_words() -> None:
    assert mail_words.fill("{{ title }}", FACTS | {"title": "{{ code }} {% for %}"}) == "{{ code }} {% for %}"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("{{ cod }}", 'unknown name "cod"; did you mean "code"?'),
        ("{{ code | uper }}", 'unknown filter "uper"; did you mean "upper"?'),
        ("{% for x in 'aaa' %}{{ code }}{% endfor %}", "a loop may not stand in a mail"),
        ("{{ code.upper() }}", "a call may not stand in a mail"),
        ("{{ code.__class__ }}", "an attribute may not stand in a mail"),
        ("{{ code['x'] }}", "an item may not stand in a mail"),
        ("{{ 'a' * 999999999 }}", '"mul" may not stand in a mail'),
        ("{% set x = 1 %}", '"assign" may not stand in a mail'),
        ("{% include 'x' %}", '"include" may not stand in a mail'),
        ("{% import 'x' as y %}", '"import" may not stand in a mail'),
        ("{% macro x() %}{% endmacro %}", '"macro" may not stand in a mail'),
        ("{{ range(9) }}", "a call may not stand in a mail"),
        ("{% if %}", "this cannot be read"),
        ("{{ code", "this cannot be read"),
        ("x" * 20_001, "20000 characters at the most"),
    ],
)
def test_words_that_could_do_more_are_refused(words: str, what: str) -> None:
    (fault, *_) = mail_words.faults(words)
    assert fault.what.startswith(what) or what in fault.what


def test_a_fault_stands_at_its_line_in_the_definition() -> None:
    mail = {"received": {"subject": {"vi": "{{ cod }}", "en": "{{ code }}"}, "body": "Một\nHai {{ titel }}"}}
    _, faults = load_document({**HEAD, **FORM, "mail": mail}, SHIPPED)
    told = [(fault.place, fault.what.partition(";")[0]) for fault in faults if not fault.warning]
    assert told == [('mail "received"', 'unknown name "cod"'), ('mail "received"', 'unknown name "titel"')]


def test_the_page_of_the_format_lists_every_name() -> None:
    page = (ROOT / "docs" / "definition-format.md").read_text("utf-8")
    part = page[page.index("### mail\n") : page.index("### retention\n")]
    assert [line.split("`")[1] for line in part.splitlines() if line.startswith("| `") and "| e.g. " in line] == list(
        mail_words.NAMES
    )
    assert all(f"`{name}`" in part for name in mail_words.FILTERS)


@pytest.fixture
def office(app: Flask) -> Iterator[None]:
    """A procedure with its own words, and people."""
    admin_cases.make_office(app)
    own = {"received": {"subject": {"vi": "Đã nhận {code}", "en": "Received {code}"}, "body": "Kính gửi, {{ unit }}"}}
    with app.app_context():
        filing_cases.published()
        rows.write({**DOCUMENT, "mail": own}, now=NOW)
    yield
    ProcedureRow.update(current=None).execute()
    for table in (Version, ProcedureRow, JournalEntry):
        table.delete().execute()
    versions._kept.cache_clear()  # SQLite gives the numbers of erased rows again


@pytest.mark.usefixtures("office")
def test_the_preview_shows_each_event_with_an_example(app: Flask) -> None:
    page = Desk(app, CHIEF).get(f"/quan-tri/thu-tuc/{DOCUMENT['code']}/loi-thu")
    words = words_of(page.text)
    assert f"Đã nhận {FACTS['code']}" in words
    assert f"Received {FACTS['code']}" in words
    assert f"Kính gửi, {FACTS['unit']}" in words
    assert words.count("Dùng lời chung.") == 9
    assert "{{ track_url }}" in words


@pytest.mark.usefixtures("office")
def test_the_preview_is_for_the_installation_s_administrators(app: Flask) -> None:
    assert Desk(app, OFFICER).get(f"/quan-tri/thu-tuc/{DOCUMENT['code']}/loi-thu").status_code in (403, 404)
    assert Desk(app, CHIEF).get("/quan-tri/thu-tuc/0.000000/loi-thu").status_code == 404
