"""The scratch copy's own process: furnishes an empty database, serves the pages, ends when its standard input does.

It says in one line of JSON where it is, or why it is not there: `{"address": …}`, `{"refused": …}`.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import sys
import threading
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, make_server

from engine.definition.library import Library
from engine.errors import ScratchRefused
from engine.format.faults import errors
from engine.office import agencies, places
from engine.platform.settings import PREFIX, Settings, read_settings
from engine.publishing import versions
from engine.storage import database, migrations
from engine.storage.models import Agency, Dossier, ProcedureRow, User

HOST = "127.0.0.1"
BY = "flask definitions try"  # whom the journal names


def main(folder: Path) -> None:
    """Serves the definitions of a folder until standard input ends."""
    logging.disable(logging.ERROR)  # that confirmation codes are off is meant; a fault's traceback still comes
    with socket.create_server((HOST, 0)) as listening:
        address = f"http://{HOST}:{listening.getsockname()[1]}"
        os.environ[f"{PREFIX}BASE_URL"] = address
        try:
            server = _server(folder, listening)
        except ScratchRefused as refused:
            _say({"refused": str(refused)})
            return
        threading.Thread(target=_end_with_input, args=(server,), daemon=True).start()
        _say({"address": address})
        server.serve_forever()
    _clear()
    shutil.rmtree(folder, ignore_errors=True)


def _server(folder: Path, listening: socket.socket) -> BaseWSGIServer:
    settings = read_settings(None)
    _raise_if_in_use(settings)
    # The composition root by its name, as any server calls it: the engine knows nothing of the two sides.
    app: Any = import_module("app").create_app()
    with app.app_context():
        _furnish(folder / "definitions")
    return make_server(HOST, 0, app, fd=listening.fileno())


def _raise_if_in_use(settings: Settings) -> None:
    """A database that holds anything is somebody's: nothing is done to it. Raises `ScratchRefused`."""
    database.connect(settings)
    if not database.database.get_tables():
        return
    if migrations.HISTORY not in database.database.get_tables() or migrations.pending():
        raise ScratchRefused("the scratch database holds tables of something else")
    if any(table.select().exists() for table in (ProcedureRow, Dossier, Agency, User)):
        raise ScratchRefused("the scratch database is not empty")


def _furnish(folder: Path) -> None:
    """Publishes a folder of definitions; raises `ScratchRefused`."""
    migrations.upgrade()
    library = Library.folder(folder)
    places.load(library.areas)
    agencies.load(library.agencies, overwrite=True)
    for loaded in versions.load_folder(folder, publish=True, now=datetime.now(UTC), by=BY):
        for fault in errors(loaded.faults):
            raise ScratchRefused(f"{loaded.code}: {fault.what}")


def _end_with_input(server: BaseWSGIServer) -> None:
    """Whoever started this holds the other end of the pipe; when that is gone, so is the reason to be here."""
    sys.stdin.read()
    server.shutdown()


def _clear() -> None:
    """A given database is left as empty as it was found."""
    if database.is_postgres():
        names = ", ".join(f'"{name}"' for name in database.database.get_tables())
        database.database.execute_sql(f"DROP TABLE {names} CASCADE")
    database.disconnect()


def _say(words: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
