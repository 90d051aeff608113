"""Everything at once, as `make run` starts it: it comes up, says where it is, and goes down whole."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from engine.settings import ROOT

LINES = re.compile(r"^Mails: +(?P<mails>.+)$", re.MULTILINE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


@contextmanager
def served(folder: Path, port: int, **variables: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The process, and what it said when it was up; ended at the end."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    given = {"MOTCUA_DATA_DIR": str(folder), "MOTCUA_PORT": str(port), "PYTHONUNBUFFERED": "1"} | variables
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "serve"],
        cwd=ROOT, env=environ | given, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ctrl-C"):
                break
        yield process, said
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)


def group(leader: int) -> list[int]:
    """The processes of a group that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("whole_group", [True, False], ids=["group", "leader"])
def test_it_comes_up_and_goes_down_whole(tmp_path: Path, number: signal.Signals, *, whole_group: bool) -> None:
    port = free_port()
    with served(tmp_path, port) as (process, said):
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=30).text == "ok\n"
        assert f"http://127.0.0.1:{port}/\n" in said[0]
        assert f"http://127.0.0.1:{port}/quan-tri/\n" in said[1]
        assert LINES.findall("".join(said)) == [str(tmp_path / "mail")]
        assert len(group(process.pid)) >= 3
        (os.killpg if whole_group else os.kill)(process.pid, number)
        assert process.wait(timeout=30) == 0
        assert group(process.pid) == []


def test_the_second_start_keeps_what_is_there(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        with served(tmp_path, free_port()) as (process, _said):
            keys.append((tmp_path / "keys" / "secret_key").read_text())
            process.terminate()
            assert process.wait(timeout=30) == 0
    assert keys[0] == keys[1]


def test_a_taken_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with served(tmp_path, port) as (process, _said):
            assert process.wait(timeout=30) == 1


def test_when_a_part_ends_everything_ends(tmp_path: Path) -> None:
    with served(tmp_path, free_port()) as (process, _said):
        (worker,) = [pid for pid in group(process.pid) if b"\0worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        os.kill(worker, signal.SIGKILL)
        assert process.wait(timeout=30) == 1
        assert group(process.pid) == []
