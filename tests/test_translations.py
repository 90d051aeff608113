"""Every sentence of the program is in English, and the catalogue's files are as they are made."""

from __future__ import annotations

import gettext
import io
import string
from pathlib import Path

import pytest
from babel.messages import Catalog
from flask.testing import FlaskClient
from lxml import html

from engine.dossier.dossiers import EVENT_TITLES
from engine.form.pages import WORDS
from engine.format.texts import Text
from engine.kinds.choices import OTHER_LABEL
from engine.kinds.messages import MESSAGES, Problem
from engine.office.workflow import INTO, TITLES
from tests import translations
from tests.translations import English, compiled, faults, renewed, text, written

TELLING = 12  # letters; a shorter sentence may be a name that stays as it is
MAPPINGS = """
[[tool.babel.mappings]]
method = "jinja2"
pattern = "pages/**.html"

[[tool.babel.mappings]]
method = "python"
pattern = "pages/**.py"
"""


def said(*ids: str | tuple[str, str], context: str | None = None) -> Catalog:
    catalog = Catalog()
    for one in ids:
        catalog.add(one, None, [("pages/page.html", 1)], context=context)
    return catalog


def english(pairs: dict[str | tuple[str, str], str | tuple[str, str]], flags: tuple[str, ...] = ()) -> Catalog:
    catalog = English(iter(()))
    for one, words in pairs.items():
        catalog.add(one, words, flags=flags)
    return catalog


def texts(page: bytes) -> set[str]:
    """The pieces of text of a page."""
    return {" ".join(words.split()) for words in html.fromstring(page).itertext()}


def test_every_sentence_of_the_program_is_in_english() -> None:
    assert list(faults(written(), translations.catalogue())) == []


def test_the_files_of_the_catalogue_are_as_they_are_made() -> None:
    assert list(translations.stale()) == []


def test_making_the_catalogue_again_changes_nothing() -> None:
    again = renewed(written(), translations.catalogue())
    assert text(again) == translations.PO.read_bytes()
    assert compiled(again) == translations.MO.read_bytes()


def test_the_catalogue_names_no_day_no_tool_and_no_place() -> None:
    lines = translations.PO.read_text("utf-8").splitlines()
    assert not [line for line in lines if line.startswith(("#:", "#~"))]
    assert not [line for line in lines if "Date:" in line or "Generated" in line]


PAGES = ("/", "/thu-tuc", "/huong-dan", "/lien-he", "/du-lieu-ca-nhan", "/tra-cuu", "/khong-co", "/quan-tri/dang-nhap")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_english_says_nothing_of_ours_in_vietnamese(client: FlaskClient, address: str) -> None:
    vietnamese = {one.id for one in translations.catalogue() if isinstance(one.id, str) and len(one.id) >= TELLING}
    assert vietnamese & texts(client.get(f"{address}?lang=vi").data)
    assert not vietnamese & texts(client.get(f"{address}?lang=en").data)


def test_english_has_two_forms_of_a_number() -> None:
    with translations.MO.open("rb") as file:
        found = gettext.GNUTranslations(file)
    shown = [found.ngettext("%(num)s bản sao", "%(num)s bản sao", number) % {"num": number} for number in (1, 2)]
    assert shown == ["1 copy", "2 copies"]


@pytest.mark.parametrize(
    ("have", "fault"),
    [
        ({}, "pages/page.html: not in English: 'Gửi %(count)s tệp'"),
        ({"Gửi %(count)s tệp": ""}, "pages/page.html: not in English: 'Gửi %(count)s tệp'"),
        ({"Gửi %(count)s tệp": "Send %(number)s files"}, "other placeholders than its Vietnamese"),
        ({"Gửi %(count)s tệp": "Send files"}, "other placeholders than its Vietnamese"),
        ({"Gửi %(count)s tệp": "Send %(count)s files, 100% sure"}, "other placeholders than its Vietnamese"),
    ],
)
def test_a_sentence_without_its_english_is_told(have: dict[str | tuple[str, str], str], fault: str) -> None:
    found = list(faults(said("Gửi %(count)s tệp"), english({**have})))
    assert len(found) == 1
    assert fault in found[0]


def test_a_guess_is_no_translation() -> None:
    found = faults(said("Gửi"), english({"Gửi": "Send"}, flags=("fuzzy",)))
    assert list(found) == ["pages/page.html: not in English: 'Gửi'"]


def test_both_forms_of_a_number_are_wanted() -> None:
    forms = ("%(num)s tệp", "%(num)s tệp")
    assert list(faults(said(forms), english({forms: ("%(num)s file", "")}))) == [
        "pages/page.html: not in English: '%(num)s tệp'"
    ]
    assert list(faults(said(forms), english({forms: ("%(num)s file", "files")}))) == [
        "messages.po: other placeholders than its Vietnamese: '%(num)s tệp'"
    ]


def test_what_is_no_longer_said_is_told_and_dropped() -> None:
    have = english({"Gửi": "Send", "Xoá": "Erase"})
    assert list(faults(said("Gửi"), have)) == ["messages.po: no longer said: 'Xoá'"]
    assert [message.id for message in renewed(said("Gửi"), have) if message.id] == ["Gửi"]


def test_english_without_a_context_does_not_serve_for_one() -> None:
    found = list(faults(said("Danh mục", context="menu"), english({"Danh mục": "Catalogs"})))
    assert [line.split(":")[0] for line in found] == ["pages/page.html", "messages.po"]


def test_what_is_known_stays_when_sentences_come_and_go() -> None:
    fresh = renewed(said("Gửi", "Mới"), english({"Gửi": "Send", "Xoá": "Erase"}))
    assert {message.id: message.string for message in fresh if message.id} == {"Gửi": "Send", "Mới": None}


def test_sentences_are_found_in_templates_and_in_code(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (tmp_path / "pyproject.toml").write_text(MAPPINGS)
    (pages / "page.html").write_text(
        '{{ _("Gửi") }}{{ pgettext("menu", "Danh mục") }}{% if x %}{{ _("Xoá") }}{% endif %}'
    )
    (pages / "page.py").write_text('word = _l("Sửa")\nmany = ngettext("%(num)s tệp", "%(num)s tệp", 2)\n')
    (tmp_path / "elsewhere.py").write_text('word = _("Không tìm ở đây")\n')
    found = {message.id for message in written(tmp_path) if message.id}
    assert found == {"Gửi", "Danh mục", "Xoá", "Sửa", ("%(num)s tệp", "%(num)s tệp")}


def test_a_catalogue_reads_back_as_it_was_written(tmp_path: Path) -> None:
    forms = ("%(num)s tệp", "%(num)s tệp")
    have = english({"Gửi “hồ sơ”": "Send the “dossier”", forms: ("%(num)s file", "%(num)s files")})
    file = tmp_path / "messages.po"
    file.write_bytes(text(have))
    again = translations.catalogue(file)
    assert text(again) == text(have)
    assert compiled(again) == compiled(have)
    words = gettext.GNUTranslations(io.BytesIO(compiled(again)))
    assert words.gettext("Gửi “hồ sơ”") == "Send the “dossier”"


TABLES: dict[str, dict[str, Text]] = {
    "refused values": MESSAGES,
    "page words": WORDS,
    "states": {status.name: title for status, title in TITLES.items()},
    "moves": {move.name: move.title for move in INTO.values()},
    "events": EVENT_TITLES,
    "other": {"other": OTHER_LABEL},
}


@pytest.mark.parametrize("table", TABLES)
def test_the_tables_of_sentences_say_the_same_in_both_languages(table: str) -> None:
    for name, words in TABLES[table].items():
        assert words.vi.strip(), name
        assert words.en, name
        assert _named(words.en) == _named(words.vi), name


@pytest.mark.parametrize(
    ("code", "label", "vietnamese", "english"),
    [
        ("enter", "Họ và tên", "Nhập họ và tên", "Enter họ và tên"),
        ("enter", "CMND", "Nhập CMND", "Enter CMND"),
        (
            "again",
            "Thư điện tử",
            "Thư điện tử: hai lần nhập chưa giống nhau",
            "Thư điện tử: the two entries do not match",
        ),
        ("confirm", "Tôi cam đoan", "Đánh dấu vào ô “Tôi cam đoan” để tiếp tục", "Tick “Tôi cam đoan” to continue"),
        (
            "confirm",
            "Tôi cam đoan những nội dung khai trên đây là đúng sự thật và chịu trách nhiệm trước pháp luật",
            "Đánh dấu vào ô “Tôi cam đoan những nội dung khai trên đây là đúng sự thật…” để tiếp tục",
            "Tick “Tôi cam đoan những nội dung khai trên đây là đúng sự thật…” to continue",
        ),
    ],
)
def test_a_label_is_small_inside_a_sentence_but_not_in_a_quotation(
    code: str, label: str, vietnamese: str, english: str
) -> None:
    assert Problem(code).sentence(label, "vi") == vietnamese
    assert Problem(code).sentence(label, "en") == english


def _named(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
