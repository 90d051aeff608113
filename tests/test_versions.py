"""Publishing: what is frozen, what the public sees, and what no later edit changes."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engine.definition.library import Library
from engine.definition.loading import check_path, load_file
from engine.errors import NoSuchProcedure, NotPublishable
from engine.exchange import exports
from engine.office import agencies, places
from engine.publishing import rows, standing, versions
from engine.storage.database import database
from engine.storage.models import ProcedureRow, TemplateFile, Version

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
HERE = Path(__file__).parent / "definitions"
CODE = "1.999001"


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    """Every test begins with an empty database and leaves one."""
    with app.app_context(), database.atomic() as transaction:
        agencies.load(Library.folder(HERE).agencies, overwrite=True)
        places.load(Library.folder(HERE).areas)
        yield
        transaction.rollback()


def load(path: Path = HERE, *, publish: bool = True, only_new: bool = False) -> tuple[versions.LoadedFile, ...]:
    return versions.load_folder(path, publish=publish, now=NOW, by="a", only_new=only_new)


def publish(code: str = CODE, now: datetime = LATER) -> Version:
    return versions.publish(code, by="b", note="vì sao", now=now)


def edit(**more: Any) -> None:
    rows.write(rows.read(CODE) | more, now=LATER)


def test_a_folder_is_loaded_and_published() -> None:
    loaded = load()
    assert [(one.code, one.good, one.version is not None) for one in loaded] == [
        ("1.999002", True, True),
        ("1.999001", True, True),
    ]
    version = versions.current(CODE)
    assert version is not None
    assert (version.number, version.author, version.published_at, version.title, version.level) == (
        1, "a", NOW, "Ghi nhận việc nuôi trẻ", 3,
    )  # fmt: skip
    assert version.agencies == " kind:phuong  code:T1.02 "
    assert version.folded.startswith(" ghi nhan viec nuoi tre")


def test_a_published_procedure_is_the_one_that_was_loaded() -> None:
    load()
    version = versions.current(CODE)
    assert version is not None
    assert versions.procedure_of(version) == load_file(HERE / "whole.yaml")[0]


def test_what_is_not_published_is_not_shown() -> None:
    load(publish=False)
    assert versions.current(CODE) is None
    assert versions.current("unknown") is None


def test_the_same_content_makes_no_new_version() -> None:
    load()
    first = versions.current(CODE)
    assert publish().id == first.id  # type: ignore[union-attr]
    edit(keywords=["khác"])
    second = publish()
    assert (second.number, second.note, second.author) == (2, "vì sao", "b")
    assert versions.current(CODE).id == second.id  # type: ignore[union-attr]
    edit(keywords=["nuôi trẻ", "trẻ em"])
    assert publish().number == 3


def test_a_version_does_not_change_with_what_is_edited_later() -> None:
    load()
    before = versions.current(CODE)
    assert before is not None
    document, procedure = before.document, versions.procedure_of(before)
    edit(title="Khác", form=rows.read(CODE)["form"][:1])
    catalog = rows.read_catalogs()["dan_toc"].document()
    rows.write_catalog(catalog | {"entries": catalog["entries"][:1]})
    rows.write_block(rows.read_blocks()["nguoi"] | {"title": "Khác", "fields": []})
    versions._kept.cache_clear()  # another process begins without what this one has compiled
    again = Version.get_by_id(before.id)
    assert again.document == document
    assert versions.procedure_of(again) == procedure


def test_a_version_holds_expanded_blocks_catalogs_and_digests() -> None:
    load()
    pinned = json.loads(versions.current(CODE).document)  # type: ignore[union-attr]
    names = [field.get("name") for field in pinned["procedure"]["form"][0]["fields"]]
    assert "nn_ho_ten" in names
    assert sorted(pinned["catalogs"]) == ["categories", "dan_toc"]
    assert list(pinned["templates"]) == ["don.docx"]
    assert len(pinned["templates"]["don.docx"]) == 64


def test_a_form_is_compiled_once() -> None:
    load()
    version = versions.current(CODE)
    assert version is not None
    assert versions.compiled(version.id) is versions.compiled(version.id)
    assert [step.name for step in versions.compiled(version.id).steps] == ["nguoi_nop", "tre", "me", "cuoi", "giay_to"]


def test_a_version_that_does_not_exist_is_refused() -> None:
    with pytest.raises(LookupError):
        versions.compiled(10**6)


def test_a_faulty_procedure_is_not_published_and_every_fault_is_told() -> None:
    load()
    edit(category="nothing", level=5)
    with pytest.raises(NotPublishable) as refused:
        publish()
    assert [fault.what for fault in refused.value.faults] == [
        "the level is 1, 2, 3 or 4, not 5",
        'unknown category "nothing"',
    ]
    assert versions.current(CODE).number == 1  # type: ignore[union-attr]


def test_a_procedure_that_does_not_exist_is_refused() -> None:
    for ask in (publish, exports.export_zip, versions.differs, versions.checked):
        with pytest.raises(NoSuchProcedure):
            ask("unknown")


def test_a_withdrawn_procedure_keeps_its_versions() -> None:
    load()
    version = versions.current(CODE)
    standing.withdraw(CODE, by="c", now=LATER)
    assert versions.current(CODE) is None
    assert versions.compiled(version.id).procedure.code == CODE  # type: ignore[union-attr]
    assert publish().number == 2


def test_loading_again_overwrites_nothing_when_only_new_is_wanted() -> None:
    load()
    edit(title="Của cơ quan")
    rows.write_block(rows.read_blocks()["nguoi"] | {"title": "Của cơ quan"})
    assert load(only_new=True) == ()
    assert rows.read(CODE)["title"] == "Của cơ quan"
    assert rows.read_blocks()["nguoi"]["title"] == "Của cơ quan"
    load()
    assert rows.read(CODE)["title"] == "Ghi nhận việc nuôi trẻ"
    assert rows.read_blocks()["nguoi"]["title"] == "Một người"


def test_nothing_of_a_faulty_file_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text('format: 1\ncode: "5"\ntitle: T\n', "utf-8")
    (tmp_path / "b.yaml").write_text("format: 1\nformat: 1\n", "utf-8")
    loaded = load(tmp_path)
    assert [(one.path.name, one.good, one.version) for one in loaded] == [
        ("a.yaml", False, None),
        ("b.yaml", False, None),
    ]
    assert ProcedureRow.select().count() == 0


def test_a_single_file_finds_blocks_in_the_rows(tmp_path: Path) -> None:
    load()
    shutil.copytree(HERE / CODE, tmp_path / "1.999009")
    text = (HERE / "whole.yaml").read_text("utf-8").replace(CODE, "1.999009")
    (tmp_path / "c.yaml").write_text(text, "utf-8")
    loaded = load(tmp_path / "c.yaml")
    assert [[str(fault) for fault in one.faults] for one in loaded] == [[]]
    assert versions.current("1.999009") is not None


# Blank forms


def test_a_blank_form_is_kept_by_its_digest_and_served_as_published() -> None:
    load()
    found = versions.template_file(CODE, "don.docx")
    assert found is not None
    assert found.path.read_bytes() == (HERE / CODE / "don.docx").read_bytes()
    assert found.path.parent == versions.template_folder()
    assert (found.media_type.endswith("wordprocessingml.document"), found.size) == (True, 10)
    assert versions.template_size(load_file(HERE / "whole.yaml")[0], "don.docx") == 10  # type: ignore[arg-type]


def test_a_new_blank_form_is_seen_after_publishing() -> None:
    load()
    versions.store_template(CODE, "don.docx", b"new")
    assert versions.template_file(CODE, "don.docx").size == 10  # type: ignore[union-attr]
    publish()
    assert versions.template_file(CODE, "don.docx").size == 3  # type: ignore[union-attr]
    assert TemplateFile.select().count() == 1


@pytest.mark.parametrize(("code", "file"), [(CODE, "other.docx"), (CODE, "../secret"), ("unknown", "don.docx")])
def test_a_blank_form_that_was_not_published_is_not_found(code: str, file: str) -> None:
    load()
    assert versions.template_file(code, file) is None


@pytest.mark.parametrize("name", ["../a", "a/b", "", ".hidden", "a\\b", "a\nb"])
def test_a_blank_form_may_not_be_named_like_a_path(name: str) -> None:
    load()
    with pytest.raises(ValueError, match="plain file name"):
        versions.store_template(CODE, name, b"x")


# Export


def test_an_export_holds_the_procedure_its_blocks_and_its_blank_forms(tmp_path: Path) -> None:
    load()
    exported = exports.export_zip(CODE)
    with zipfile.ZipFile(BytesIO(exported)) as archive:
        assert archive.namelist() == [f"{CODE}.yaml", "blocks/nguoi.yaml", f"{CODE}/don.docx"]
        archive.extractall(tmp_path)
    procedure, faults = load_file(tmp_path / f"{CODE}.yaml", base=Library.folder(HERE))
    assert faults == ()
    assert procedure == load_file(HERE / "whole.yaml")[0]
    assert exports.export_zip(CODE) == exported


def test_an_export_is_checked_and_loaded_as_it_is(tmp_path: Path) -> None:
    load()
    path = tmp_path / "e.zip"
    path.write_bytes(exports.export_zip(CODE))
    document = rows.read(CODE)
    edit(title="Khác")
    assert check_path(path, base=rows.library_of_rows()) == ()
    assert [(one.code, one.good) for one in load(path)] == [(CODE, True)]
    assert rows.read(CODE) == document


def test_a_fault_in_an_export_names_the_file_in_the_zip(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.yaml", "\n")
    assert [str(fault) for fault in check_path(path)] == [f"{path}/a.yaml:1: the file is empty"]
    path.write_bytes(b"no zip")
    assert [fault.what for fault in check_path(path)] == ["the zip cannot be read: File is not a zip file"]
