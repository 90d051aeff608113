"""The commands: what they say, and that they fail when something is wrong."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_security import verify_password

from engine.office import people, places
from engine.platform.settings import ROOT, Settings
from engine.publishing import versions
from engine.storage import database, migrations
from engine.storage.models import Agency, Counter, ProcedureRow, Unit

DEFINITIONS = ROOT / "definitions"
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    """Runs commands inside this process."""
    return app.test_cli_runner()


def flask(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a command as an operator does."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    given = {f"MOTCUA_{name}": value for name, value in ({"DATA_DIR": str(folder)} | variables).items()}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *arguments],
        cwd=ROOT, env=environ | given, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_upgrade_makes_the_tables_once(tmp_path: Path) -> None:
    first, second = flask(tmp_path, "db", "upgrade"), flask(tmp_path, "db", "upgrade")
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout.split() == migrations.names()
    assert second.stdout == "Nothing to apply.\n"
    assert flask(tmp_path, "config", "check").returncode == 0


def test_config_check_is_content_with_a_right_installation(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["config", "check"])
    assert (result.exit_code, result.output) == (0, "All settings are right.\n")


def test_wrong_settings_end_every_command_with_sentences_alone(tmp_path: Path) -> None:
    for command in (["config", "check"], ["db", "upgrade"]):
        done = flask(tmp_path, *command, PORT="x", CAPTCHA="none")
        assert done.returncode == 1
        assert done.stdout.splitlines() == [
            "MOTCUA_PORT must be a whole number from 1 to 65535, not 'x'.",
            "MOTCUA_CAPTCHA must be image or off, not 'none'.",
        ]
        assert "Traceback" not in done.stderr


def test_config_check_says_what_is_wrong_beyond_the_values(tmp_path: Path) -> None:
    flask(tmp_path, "config", "check")
    (tmp_path / "keys" / "secret_key").chmod(0o644)
    done = flask(tmp_path, "config", "check", BASEURL="https://example.vn")
    assert done.returncode == 1
    unknown, readable, missing = done.stdout.splitlines()
    assert unknown.startswith("MOTCUA_BASEURL is not a setting")
    assert readable.endswith(f"chmod 600 {tmp_path}/keys/secret_key")
    assert missing.endswith("run: flask --app app db upgrade")


def test_config_check_says_when_the_database_does_not_answer(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    done = flask(tmp_path, "config", "check", DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stdout.startswith("MOTCUA_DATABASE_URL must lead to a database that answers")


def test_backup_and_restore(runner: FlaskCliRunner, tmp_path: Path) -> None:
    Counter.create(scope="kept", value=1)
    made = runner.invoke(args=["db", "backup", str(tmp_path / "b.tar")])
    assert (made.exit_code, made.output) == (0, f"Written: {tmp_path / 'b.tar'}\n")
    Counter.delete().execute()
    restored = runner.invoke(args=["db", "restore", str(tmp_path / "b.tar")])
    assert restored.exit_code == 0
    assert restored.output.startswith(f"Restored: {tmp_path / 'b.tar'} of ")
    assert Counter.get_by_id("kept").value == 1


def test_a_backup_that_cannot_be_made_or_read_fails(runner: FlaskCliRunner, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("precious")
    for command in ("backup", "restore"):
        result = runner.invoke(args=["db", command, str(tmp_path / "b.tar")])
        assert result.exit_code == 1
        assert len(result.output.splitlines()) == 1
        assert str(tmp_path / "b.tar") in result.output


def test_the_definitions_of_this_program_have_no_fault(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["definitions", "check"])
    assert (result.exit_code, result.output) == (0, "")


def test_faults_of_definitions_are_told_one_a_line(runner: FlaskCliRunner, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("format: 1\ncode: 1.000001\ntitel: Thử\n")
    result = runner.invoke(args=["definitions", "check", str(path)])
    assert result.exit_code == 1
    assert f'{path}:3: unknown key "titel"' in result.output
    assert all(line.startswith(f"{path}:") for line in result.output.splitlines())


def test_definitions_are_loaded_published_and_exported(runner: FlaskCliRunner, tmp_path: Path) -> None:
    loaded = runner.invoke(args=["definitions", "load", str(DEFINITIONS), "--publish"])
    assert loaded.exit_code == 0
    assert "1.001193: version 1" in loaded.output.splitlines()
    with runner.app.app_context():
        assert versions.current("1.001193") is not None
    again = runner.invoke(args=["definitions", "load", str(DEFINITIONS / "1.001193.yaml"), "--publish"])
    assert again.output == "1.001193: version 1\n"  # the same content makes no new version
    exported = runner.invoke(args=["definitions", "export", "1.001193", str(tmp_path / "one.yaml")])
    assert exported.exit_code == 0
    printed = runner.invoke(args=["definitions", "export", "1.001193"])
    assert printed.output == (tmp_path / "one.yaml").read_text()
    assert "code: '1.001193'\n" in printed.output
    assert runner.invoke(args=["definitions", "export", "1.001193", str(tmp_path / "one.json")]).exit_code == 0
    assert runner.invoke(args=["definitions", "check", str(tmp_path / "one.json")]).output == ""
    loaded = runner.invoke(args=["definitions", "load", str(tmp_path / "one.json"), "--publish"])
    assert loaded.output == "1.001193: version 1\n"  # JSON is the same document
    packed = runner.invoke(args=["definitions", "export", "1.001193", str(tmp_path / "one.zip")])
    assert packed.exit_code == 0
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert "1.001193.yaml" in archive.namelist()


def test_a_file_loaded_alone_finds_the_administrative_units_too(runner: FlaskCliRunner, tmp_path: Path) -> None:
    written = (DEFINITIONS.parent / "tests" / "definitions" / "unseen" / "addresses.yaml").read_text("utf-8")
    text = (
        written.partition("\nform:")[0]
        + """
form:
  - step: mot
    title: Một
    fields:
      - {name: ho_ten, kind: text, label: Tên}
      - {name: tinh, kind: choice, label: Tỉnh, choices: {catalog: provinces}}
applicant: {name: ho_ten}
processing: {reception: mot-cua}
next_steps: N
"""
    )
    (tmp_path / "one.yaml").write_text(text, "utf-8")
    assert runner.invoke(args=["definitions", "load", str(tmp_path / "one.yaml"), "--publish"]).exit_code == 0
    with runner.app.app_context():
        assert places.places_of("2026-11-22").title("52") == "Gia Lai"


def test_what_is_exported_loads_again(runner: FlaskCliRunner, tmp_path: Path) -> None:
    runner.invoke(args=["definitions", "load", str(DEFINITIONS), "--publish"])
    runner.invoke(args=["definitions", "export", "2.000635", str(tmp_path / "one.zip")])
    assert runner.invoke(args=["definitions", "check", str(tmp_path / "one.zip")]).output == ""
    loaded = runner.invoke(args=["definitions", "load", str(tmp_path / "one.zip"), "--publish"])
    assert (loaded.exit_code, loaded.output) == (0, "2.000635: version 1\n")


def test_of_faulty_definitions_nothing_is_loaded(runner: FlaskCliRunner, tmp_path: Path) -> None:
    good = (DEFINITIONS / "1.012812.yaml").read_text()
    (tmp_path / "good.yaml").write_text(good.replace("1.012812", "1.999999"))
    (tmp_path / "broken.yaml").write_text(good + "\ntitel: Thử\n")
    result = runner.invoke(args=["definitions", "load", str(tmp_path)])
    assert result.exit_code == 1
    assert f"{tmp_path}/broken.yaml:" in result.output
    assert ProcedureRow.get_or_none(ProcedureRow.code == "1.999999") is None


def test_a_broken_zip_is_told_and_nothing_is_loaded(runner: FlaskCliRunner, tmp_path: Path) -> None:
    (tmp_path / "one.zip").write_bytes(b"no zip")
    for command in ("check", "load"):
        result = runner.invoke(args=["definitions", command, str(tmp_path / "one.zip")])
        assert result.exit_code == 1
        assert result.output.startswith(f"{tmp_path}/one.zip:1: ")


def test_a_file_of_another_sort_is_not_written(runner: FlaskCliRunner, tmp_path: Path) -> None:
    result = runner.invoke(args=["definitions", "export", "1.001193", str(tmp_path / "one.pdf")])
    assert result.exit_code == 1
    assert ".yaml, .json, .zip only" in result.output
    assert not list(tmp_path.iterdir())


def test_an_unknown_procedure_is_not_exported(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["definitions", "export", "9.999999"])
    assert (result.exit_code, result.output) == (1, "9.999999: no procedure has this code.\n")


def test_the_demo_is_made_once_and_its_passwords_are_kept(runner: FlaskCliRunner, settings: Settings) -> None:
    first, second = runner.invoke(args=["demo"]), runner.invoke(args=["demo"])
    assert (first.exit_code, second.exit_code, second.output) == (0, 0, "")
    file = settings.data_dir / "demo-accounts.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    accounts = json.loads(file.read_text())
    assert [line.split()[:2] for line in first.output.splitlines()] == [[a["email"], a["password"]] for a in accounts]
    assert {role for account in accounts for role in account["roles"]} == {"administrator", "officer"}
    assert {account["agency"] for account in accounts} == {"", "H21.52.01", "H21.52.02"}
    with runner.app.app_context():
        for account in accounts:
            assert verify_password(account["password"], people.find(account["email"]).password)


def test_there_is_no_demo_on_a_site_that_others_reach(tmp_path: Path) -> None:
    done = flask(tmp_path, "demo", BASE_URL="https://example.vn")
    assert done.returncode == 1
    assert done.stdout.startswith("Demo sign-ins are for a site on this machine")


def test_agencies_are_loaded_and_changed(runner: FlaskCliRunner, tmp_path: Path) -> None:
    path = tmp_path / "agencies.yaml"
    text = (
        "format: 1\nagencies:\n- {code: H1, name: Phường Một, kind: ward, units: [{name: mot_cua, title: Một cửa}]}\n"
    )
    path.write_text(text)
    assert runner.invoke(args=["agencies", "load", str(path)]).output == "H1\n"
    path.write_text(text.replace("Phường Một", "Phường Hai"))
    assert runner.invoke(args=["agencies", "load", str(path)]).exit_code == 0
    assert Agency.get(Agency.code == "H1").name == "Phường Hai"
    assert Unit.select().join(Agency).where(Agency.code == "H1").count() == 1


def test_faulty_agencies_change_nothing(runner: FlaskCliRunner, tmp_path: Path) -> None:
    path = tmp_path / "agencies.yaml"
    path.write_text("format: 1\nagencies:\n- {code: H2, name: Phường Ba}\n")
    result = runner.invoke(args=["agencies", "load", str(path)])
    assert result.exit_code == 1
    assert result.output.startswith(f"{path}:3: ")
    assert Agency.get_or_none(Agency.code == "H2") is None


@pytest.fixture
def agency() -> str:
    """The code of an agency."""
    Agency.insert(code="H9", name="Phường Chín", kind="ward").on_conflict_ignore().execute()
    return "H9"


def test_a_person_is_made_and_signs_in_with_the_printed_password(runner: FlaskCliRunner, agency: str) -> None:
    arguments = ["users", "create", "Lan@Example.vn", "--role", "officer", "--agency", agency, "--name", "Lê Thị Lan"]
    result = runner.invoke(args=arguments)
    assert result.exit_code == 0
    email, password = result.output.split()
    assert email == "lan@example.vn"
    with runner.app.app_context():
        assert verify_password(password, people.find(email).password)
        assert people.role_names(people.find(email)) == {"officer"}


def test_a_new_password_ends_the_old_one(runner: FlaskCliRunner) -> None:
    (_, old) = runner.invoke(args=["users", "create", "hoa@example.vn", "--role", "administrator"]).output.split()
    (_, new) = runner.invoke(args=["users", "reset", "hoa@example.vn"]).output.split()
    with runner.app.app_context():
        assert verify_password(new, people.find("hoa@example.vn").password)
        assert not verify_password(old, people.find("hoa@example.vn").password)


def test_a_person_is_disabled(runner: FlaskCliRunner) -> None:
    runner.invoke(args=["users", "create", "minh@example.vn", "--role", "administrator"])
    assert runner.invoke(args=["users", "disable", "minh@example.vn"]).output == "minh@example.vn: disabled.\n"
    assert not people.find("minh@example.vn").active


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["create", "an@example.vn", "--role", "officer", "--agency", "H0"], "H0: no agency has this code"),
        (["reset", "nobody@example.vn"], "nobody@example.vn: nobody signs in with this address."),
        (["disable", "nobody@example.vn"], "nobody@example.vn: nobody signs in with this address."),
    ],
)
def test_what_cannot_be_done_to_people_is_told(runner: FlaskCliRunner, arguments: list[str], sentence: str) -> None:
    result = runner.invoke(args=["users", *arguments])
    assert result.exit_code == 1
    assert result.output.startswith(sentence)
    assert len(result.output.splitlines()) == 1


def test_a_person_is_made_once(runner: FlaskCliRunner) -> None:
    arguments = ["users", "create", "hai@example.vn", "--role", "administrator"]
    assert [runner.invoke(args=arguments).exit_code for _ in range(2)] == [0, 1]


@pytest.fixture(scope="module", autouse=True)
def connected_again(settings: Settings) -> None:
    """Commands run inside this process use the database of this file."""
    database.connect(settings)


@pytest.mark.parametrize(
    "arguments",
    [
        ("definitions", "export", "1.001193"),
        ("users", "create", "a@example.vn", "--role", "administrator"),
        ("worker", "--once"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_command_says_when_the_database_is_not_up_to_date(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = flask(tmp_path, *arguments)
    assert done.returncode == 1
    assert done.stdout == "The database is not up to date; bring it there first: flask --app app db upgrade\n"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["x", "--role", "administrator"], "x: no email address."),
        (["moi@example.vn", "--role", "officer"], "An officer belongs to an agency: --agency CODE"),
    ],
)
def test_a_person_needs_an_address_and_an_officer_an_agency(
    runner: FlaskCliRunner, arguments: list[str], sentence: str
) -> None:
    result = runner.invoke(args=["users", "create", *arguments])
    assert (result.exit_code, result.output.strip()) == (1, sentence)


def test_a_data_folder_is_nobody_elses(tmp_path: Path) -> None:
    flask(tmp_path / "var", "db", "upgrade")
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
