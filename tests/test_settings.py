"""The settings: read once, all faults at once, keys that every process finds."""

from __future__ import annotations

import logging
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from engine.platform.settings import ROOT, SETTINGS, Settings, SettingsError, read_settings, unknown_settings

KEY = "k1:" + "A" * 43 + "="
OTHER_KEY = "k2:" + "B" * 42 + "A="


def settings(tmp_path: Path, **config: Any) -> Settings:
    return read_settings({"DATA_DIR": tmp_path, **config}, {})


def faults(tmp_path: Path, **config: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(tmp_path, **config)
    return "\n".join(caught.value.faults)


def test_without_any_setting_it_works_on_this_machine(tmp_path: Path) -> None:
    made = settings(tmp_path)
    assert made.base_url == "http://127.0.0.1:8000"
    assert made.sqlite_file == tmp_path / "motcua.db"
    assert (made.captcha, made.ratelimit_enabled, made.trusted_proxies) == ("image", True, 0)
    assert made.loopback
    assert not made.secure


def test_the_environment_is_read_and_the_mapping_overrides_it(tmp_path: Path) -> None:
    environ = {"MOTCUA_DATA_DIR": str(tmp_path), "MOTCUA_PORT": "8123", "MOTCUA_DRAFT_DAYS": "7"}
    made = read_settings({"PORT": 8124}, environ)
    assert made.port == 8124
    assert made.draft_days == 7
    assert made.base_url == "http://127.0.0.1:8124"


def test_an_empty_variable_is_not_set(tmp_path: Path) -> None:
    assert read_settings({"DATA_DIR": tmp_path}, {"MOTCUA_BASE_URL": " "}).base_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("given", "url", "file"),
    [
        ("sqlite:////srv/motcua.db", "sqlite:////srv/motcua.db", Path("/srv/motcua.db")),
        ("postgresql://me:pw@db/motcua", "postgresql://me:pw@db/motcua", None),
        ("postgres://db/motcua", "postgresql://db/motcua", None),
    ],
)
def test_databases(tmp_path: Path, given: str, url: str, file: Path | None) -> None:
    made = settings(tmp_path, DATABASE_URL=given)
    assert (made.database_url, made.sqlite_file) == (url, file)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "http", "MOTCUA_PORT must be a whole number from 1 to 65535, not 'http'."),
        ("PORT", "0", "MOTCUA_PORT must be a whole number from 1 to 65535, not '0'."),
        ("BASE_URL", "dichvucong.example.vn", "MOTCUA_BASE_URL must be the site's address"),
        ("BASE_URL", "https://example.vn/mot-cua", "MOTCUA_BASE_URL must be the site's address"),
        ("CAPTCHA", "audio", "MOTCUA_CAPTCHA must be image or off, not 'audio'."),
        ("RATELIMIT_ENABLED", "maybe", "MOTCUA_RATELIMIT_ENABLED must be on or off"),
        (
            "DATABASE_URL",
            "mysql://db",
            "MOTCUA_DATABASE_URL must be sqlite:////path/to/file.db or postgresql://",
        ),
        ("DATABASE_URL", "sqlite:///:memory:", "MOTCUA_DATABASE_URL must be sqlite:////path/to/file.db"),
        ("DATA_KEYS", "k1:short", "MOTCUA_DATA_KEYS must hold keys such as k1:"),
        ("MAIL_DEFAULT_SENDER", "nobody", "MOTCUA_MAIL_DEFAULT_SENDER must be a mail address"),
        ("MAIL_USERNAME", "me", "MOTCUA_MAIL_USERNAME and MOTCUA_MAIL_PASSWORD must be set together."),
        ("TRUSTED_PROXIES", "-1", "MOTCUA_TRUSTED_PROXIES must be a whole number from 0 to 10"),
    ],
)
def test_a_wrong_setting_says_what_to_set(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    assert sentence in faults(tmp_path, **{name: value})


def test_all_wrong_settings_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(tmp_path, PORT="x", CAPTCHA="x", MAIL_PORT="x")
    assert len(caught.value.faults) == 3


def test_no_secret_is_repeated(tmp_path: Path) -> None:
    assert "hunter2" not in faults(tmp_path, DATABASE_URL="mysql://me:hunter2@db")
    assert "hunter2" not in faults(tmp_path, DATA_KEYS="k1:hunter2")
    made = settings(tmp_path, DATABASE_URL="postgresql://me:hunter2@db/x", MAIL_USERNAME="a", MAIL_PASSWORD="hunter2")
    assert "hunter2" not in repr(made)
    assert made.secret_key not in repr(made)


def test_the_captcha_may_be_off_on_this_machine_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert settings(tmp_path, CAPTCHA="off").captcha == "off"
    assert "no confirmation code is asked for" in caplog.text
    assert "MOTCUA_CAPTCHA must be image" in faults(tmp_path, CAPTCHA="off", BASE_URL="https://example.vn")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "[::1]"])
def test_loopback_addresses(tmp_path: Path, host: str) -> None:
    assert settings(tmp_path, BASE_URL=f"http://{host}:8000").loopback


@pytest.mark.parametrize("host", ["example.vn", "10.0.0.1", "0.0.0.0", "localhost.example.vn"])  # noqa: S104
def test_other_addresses(tmp_path: Path, host: str) -> None:
    made = settings(tmp_path, BASE_URL=f"https://{host}/")
    assert not made.loopback
    assert made.secure
    assert made.base_url == f"https://{host}"
    assert made.mail_default_sender.endswith(f"mot-cua@{host}>")


def test_a_short_secret_is_for_this_machine_only(tmp_path: Path) -> None:
    assert settings(tmp_path, SECRET_KEY="short").secret_key == "short"
    assert "MOTCUA_SECRET_KEY must have 32" in faults(tmp_path, SECRET_KEY="short", BASE_URL="https://a.vn")


def test_keys_are_made_once_and_kept_for_the_owner(tmp_path: Path) -> None:
    first, second = settings(tmp_path / "new"), settings(tmp_path / "new")
    assert first == second
    assert len(first.secret_key) >= 32
    folder = tmp_path / "new" / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "secret_key": 0o600,
        "data_keys": 0o600,
    }


def test_processes_that_race_find_the_same_keys(tmp_path: Path) -> None:
    start = threading.Barrier(8)
    found: list[Settings] = []

    def read() -> None:
        start.wait()
        found.append(settings(tmp_path))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({made.secret_key for made in found}) == 1
    assert len({tuple(made.data_keys.items()) for made in found}) == 1


def test_given_keys_are_used_and_none_are_made(tmp_path: Path) -> None:
    made = settings(tmp_path, SECRET_KEY="x" * 32, DATA_KEYS=f"{KEY},{OTHER_KEY}")
    assert list(made.data_keys) == ["k1", "k2"]
    assert not (tmp_path / "keys").exists()


def test_a_broken_key_file_is_named_and_not_replaced(tmp_path: Path) -> None:
    settings(tmp_path)
    path = tmp_path / "keys" / "data_keys"
    path.write_text("")
    assert str(path) in faults(tmp_path)
    path.write_text("k1:tooshort")
    assert str(path) in faults(tmp_path)
    assert path.read_text() == "k1:tooshort"


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "MOTCUA_DATA_DIR must be a folder" in faults(tmp_path / "file")


def test_mistyped_variables_are_found() -> None:
    environ = {"MOTCUA_BASEURL": "x", "MOTCUA_PORT": "1", "PATH": "/bin"}
    assert unknown_settings(environ) == ["MOTCUA_BASEURL"]


def test_every_setting_says_what_it_does() -> None:
    assert all(setting.doc.endswith(".") for setting in SETTINGS.values())


def test_the_readme_tells_every_setting_with_its_default() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for name, setting in SETTINGS.items():
        default = f"`{setting.default}`" if setting.default else ""
        row = f"| `{name}` | {default.replace(f'{ROOT}/', '')} | {setting.doc} |"
        assert row in readme, row
