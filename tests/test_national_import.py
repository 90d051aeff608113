"""Bringing national texts in by the command: many files, one whole or not at all, with what became of each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner

from engine.publishing import rows, versions
from engine.storage.models import ProcedureRow, Version
from tests.test_national import HAND_MADE, LEAST, TEXTS, read

CODES = tuple(HAND_MADE)


@pytest.fixture
def runner(app: Flask) -> Iterator[FlaskCliRunner]:
    """Runs commands against tables that hold no procedure."""
    with app.app_context():
        yield app.test_cli_runner()
        ProcedureRow.update(current=None).execute()
        Version.delete().execute()
        ProcedureRow.delete().execute()


def bring(runner: FlaskCliRunner, *arguments: str | Path) -> tuple[int, list[str]]:
    """The exit status and the lines of the command."""
    done = runner.invoke(args=["definitions", "import-national", *map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output.splitlines()


def written(folder: Path, name: str = "a.json", **changed: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps(LEAST | changed, ensure_ascii=False))
    return path


def test_all_texts_come_in_as_drafts_with_progress_and_a_summary(runner: FlaskCliRunner) -> None:
    status, lines = bring(runner, TEXTS)
    assert status == 0
    assert [line for line in lines if line.startswith("[")][:2] == [
        f"[1/22] {TEXTS}/1.000656.json: 1.000656 imported, methods 3, papers 8, results 1, legal texts 15",
        f"[2/22] {TEXTS}/1.000894.json: 1.000894 imported, methods 3, papers 4, results 1, legal texts 16",
    ]
    ways, papers, results, laws = (
        sum(len(shape.ways) for shape in HAND_MADE.values()),
        *(sum(getattr(shape, part) for shape in HAND_MADE.values()) for part in ("papers", "results", "laws")),
    )
    kept = sum(": warning: " in line for line in lines)
    summed = f"methods {ways}, papers {papers}, results {results}, legal texts {laws}"
    assert lines[-2:] == [
        "22 files: 22 imported, 0 replaced, 0 skipped, 0 failed.",
        f"In rows: {summed}. Kept as text: {kept}, each said above.",
    ]
    for code in CODES:
        assert rows.read(code) == read(code)
        assert versions.current(code) is None


def test_published_texts_are_shown_with_their_ways_papers_results_and_laws(
    runner: FlaskCliRunner, client: FlaskClient
) -> None:
    assert bring(runner, TEXTS, "--publish")[0] == 0
    for code in CODES:
        shown, page = read(code), client.get(f"/thu-tuc/{code}")
        assert page.status_code == 200
        text = " ".join(page.get_data(as_text=True).split())
        assert all(law["number"] in text for law in shown["legal_basis"])
        assert text.count("mc-paper-title") == len(shown["papers"])
        notes = [paper.get("note", "") for paper in shown["papers"]]
        assert text.count("Chi tiết<span") == sum(len(note) > 300 for note in notes)  # folded
        assert "/mau/" not in text  # their blank forms are not here, and so not offered
    fees_and_times(client.get("/thu-tuc/2.001263").get_data(as_text=True))
    laws_of_residence(client.get("/thu-tuc/1.004222").get_data(as_text=True))


def fees_and_times(page: str) -> None:
    """Ways that cost the same are said together, and a time that is missing in words."""
    assert "Trực tuyến, Qua bưu chính, Trực tiếp: <strong>400.000 đ (xem Trình tự thực hiện)</strong>" in page
    assert page.count("xem quy định chi tiết") == 3


def laws_of_residence(page: str) -> None:
    """A number that the title says already is not said again."""
    assert "<li>Thông tư 57/2021/TT-BCA</li>" in page
    assert "<li>Luật Cư trú 2020 (68/2020/QH14)</li>" in page


def test_a_procedure_that_is_there_stays_unless_it_may_be_replaced(runner: FlaskCliRunner, tmp_path: Path) -> None:
    bring(runner, written(tmp_path, ten_thu_tuc="Một"))
    status, lines = bring(runner, written(tmp_path, ten_thu_tuc="Hai"))
    assert (status, lines[0]) == (0, f"[1/1] {tmp_path}/a.json: 9.000001 is there already; skipped")
    assert rows.read("9.000001")["title"] == "Một"
    status, lines = bring(runner, tmp_path / "a.json", "--replace")
    assert status == 0
    assert lines[-2] == "1 files: 0 imported, 1 replaced, 0 skipped, 0 failed."
    assert rows.read("9.000001")["title"] == "Hai"


def test_what_was_published_stays_as_it_was_until_the_replacement_is_published(
    runner: FlaskCliRunner, tmp_path: Path
) -> None:
    bring(runner, written(tmp_path, ten_thu_tuc="Một"), "--publish")
    bring(runner, written(tmp_path, ten_thu_tuc="Hai"), "--replace")
    shown = versions.current("9.000001")
    assert shown is not None
    assert (shown.number, shown.title) == (1, "Một")
    bring(runner, tmp_path / "a.json", "--replace", "--publish")
    shown = versions.current("9.000001")
    assert shown is not None
    assert (shown.number, shown.title) == (2, "Hai")


def test_each_bad_file_is_told_and_the_others_go_on(runner: FlaskCliRunner, tmp_path: Path) -> None:
    bad = {
        "b1.json": b"{", "b2.json": b"\xff\xfe", "b3.json": b'{"a": ' + b"[" * 9_000, "b4.json": b"x" * 2_000_001,
        "b5.json": b"{}", "b6.json": json.dumps(LEAST | {"linh_vuc": "?"}).encode(),
    }  # fmt: skip
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    written(tmp_path, "z.json")
    status, lines = bring(runner, tmp_path, tmp_path / "none.json")
    assert status == 1
    assert lines[-2] == "8 files: 1 imported, 0 replaced, 0 skipped, 7 failed."
    for name in (*bad, "none.json"):
        assert any(line.startswith(f"{tmp_path / name}:1: ") for line in lines), name
    assert rows.codes() == ("9.000001",)


def test_two_files_of_one_code_are_not_both_taken(runner: FlaskCliRunner, tmp_path: Path) -> None:
    first, second = written(tmp_path, "a.json", ten_thu_tuc="Một"), written(tmp_path, "b.json", ten_thu_tuc="Hai")
    status, lines = bring(runner, first, second, "--replace")
    assert status == 1
    assert f'{second}:1: ma_thu_tuc: "{first}" bears the code 9.000001 too and was taken first' in lines
    assert rows.read("9.000001")["title"] == "Một"


def test_categories_that_are_not_known_take_the_one_given(runner: FlaskCliRunner, tmp_path: Path) -> None:
    path = written(tmp_path, linh_vuc="Thủy lợi")
    assert bring(runner, path)[0] == 1
    assert bring(runner, path, "--category", "dat-dai")[0] == 0
    assert rows.read("9.000001")["category"] == "dat-dai"
    assert bring(runner, path, "--category", "dat-da") == (
        1, ['"dat-da" is no category of the catalog; did you mean "dat-dai"?']
    )  # fmt: skip


def test_times_without_a_unit_count_in_the_one_given(runner: FlaskCliRunner, tmp_path: Path) -> None:
    path = written(tmp_path, cach_thuc_thuc_hien="Trực tiếp5Miễn phí")
    bring(runner, path, "--unit", "working_days")
    assert rows.read("9.000001")["methods"] == [
        {"channel": "in_person", "time": {"working_days": 5}, "fee": "Miễn phí"}
    ]
    assert bring(runner, path, "--unit", "weeks")[0] == 2


def test_an_empty_folder_is_no_success(runner: FlaskCliRunner, tmp_path: Path) -> None:
    status, lines = bring(runner, tmp_path)
    assert (status, lines[0]) == (1, "0 files: 0 imported, 0 replaced, 0 skipped, 0 failed.")


def test_hundreds_of_files_come_in_by_one_call(runner: FlaskCliRunner, tmp_path: Path) -> None:
    for number in range(300):
        written(tmp_path, f"{number:03}.json", ma_thu_tuc=f"9.{number:06}")
    shutil.copy(TEXTS / "1.013225.json", tmp_path)
    status, lines = bring(runner, tmp_path)
    assert (status, lines[-2]) == (0, "301 files: 301 imported, 0 replaced, 0 skipped, 0 failed.")
    assert len(rows.codes()) == 301
