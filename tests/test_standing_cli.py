"""What is published, from the command line: compared, published, withdrawn, closed, opened, restored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask

from engine.publishing import rows, standing, versions
from engine.storage.models import JournalEntry, ProcedureRow, Version
from tests import filing_cases
from tests.filing_cases import DOCUMENT, NOW

CODE = DOCUMENT["code"]


@pytest.fixture(autouse=True)
def published(app: Flask) -> Iterator[None]:
    with app.app_context():
        filing_cases.published()
    yield
    with app.app_context():
        ProcedureRow.update(current=None).execute()
        for table in (Version, ProcedureRow, JournalEntry):
            table.delete().execute()
        versions._kept.cache_clear()  # SQLite gives the numbers of erased rows again


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["definitions", *arguments])


def edit(app: Flask, **change: object) -> None:
    with app.app_context():
        rows.write({**DOCUMENT, **change}, now=NOW)


def test_a_difference_is_said_line_by_line(app: Flask) -> None:
    edit(app, title="Khác", level=4)
    edit(app, title="Khác", rates={"gia": 9000})
    said = run(app, "diff", CODE, "1")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines() == [
        "The procedure: title “Xác nhận thử / Trial certificate” becomes “Khác”",
        "Rate “gia”: “8000” becomes “9000”",
    ]


def test_what_is_not_compatible_says_why(app: Flask) -> None:
    first, second = DOCUMENT["form"]
    edit(app, form=[{**first, "fields": first["fields"][:2]}, second], applicant={"name": "ho_ten"})
    assert "[not compatible: an answer already given would be lost]" in run(app, "diff", CODE, "1").output


def test_a_draft_is_published_with_its_note(app: Flask) -> None:
    edit(app, title="Khác")
    assert run(app, "publish", CODE, "--note", "Luật đổi").output == f"{CODE}: version 2\n"
    with app.app_context():
        assert Version.get(Version.number == 2).note == "Luật đổi"


def test_a_faulty_draft_is_not_published(app: Flask) -> None:
    edit(app, category="khong-co")
    for arguments in (("publish", CODE), ("diff", CODE, "1")):
        said = run(app, *arguments)
        assert said.exit_code == 1
        assert "khong-co" in said.output


def test_a_procedure_is_withdrawn_closed_opened_and_restored(app: Flask) -> None:
    edit(app, title="Khác")
    for arguments in (
        ("publish", CODE), ("withdraw", CODE, "--back-to", "1"), ("close", CODE, "--on", "2026-12-31"),
        ("reopen", CODE), ("restore", CODE, "1"),
    ):  # fmt: skip
        said = run(app, *arguments)
        assert said.exit_code == 0, said.output
    with app.app_context():
        assert standing.of_code(CODE).closed_on == ""  # type: ignore[union-attr]
        assert versions.current(CODE).number == 1  # type: ignore[union-attr]
        assert rows.read(CODE)["title"] == DOCUMENT["title"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("diff", "0.0", "1"), "there is no version 1"),
        (("diff", CODE, "7"), "there is no version 7"),
        (("diff", CODE, "x"), "there is no version 0"),
        (("publish", "0.0"), "no procedure has this code"),
        (("withdraw", "0.0"), "no procedure has this code"),
        (("close", CODE, "--on", "2026-12-31", "--successor", CODE), "replaced by this procedure"),
        (("close", CODE, "--on", "2026-12-31", "--successor", "0.0"), "no such procedure is published"),
        (("restore", CODE, "7"), "there is no version 7"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(app: Flask, arguments: tuple[str, ...], says: str) -> None:
    said = run(app, *arguments)
    assert said.exit_code == 1
    assert says in said.output
    assert len(said.output.splitlines()) == 1


def test_unpublished_changes_are_given_up_only_by_force(app: Flask) -> None:
    edit(app, title="Khác")
    refused = run(app, "restore", CODE, "1")
    assert (refused.exit_code, "--force" in refused.output) == (1, True)
    assert run(app, "restore", CODE, "1", "--force").exit_code == 0
