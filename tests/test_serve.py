"""Everything at once, as `make run` starts it: it comes up, says where it is, and goes down whole."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from engine.platform.settings import ROOT


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


def running() -> Iterator[tuple[int, int, int]]:
    """Every process that runs, with its parent and its group."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent, of_group, *_others = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if state != "Z":
            yield int(stat.parent.name), int(parent), int(of_group)


def group(leader: int) -> list[int]:
    """The processes of a group that still run."""
    return [pid for pid, _, of_group in running() if of_group == leader]


def children(parent: int) -> list[int]:
    """The processes that a process started."""
    return [pid for pid, of, _ in running() if of == parent]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("whole_group", [True, False], ids=["group", "leader"])
def test_it_comes_up_and_goes_down_whole(tmp_path: Path, number: signal.Signals, *, whole_group: bool) -> None:
    port = free_port()
    with served(tmp_path, port) as (process, said):
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=30).text == "ok\n"
        assert httpx.get(f"http://127.0.0.1:{port}/thu-tuc/1.001193", timeout=30).status_code == 200
        accounts = json.loads((tmp_path / "demo-accounts.json").read_text())
        assert [line.split()[:2] for line in said[:3]] == [[one["email"], one["password"]] for one in accounts]
        places = dict(line.rstrip().split(":  ", 1) for line in said[3:-1])
        assert {name: place.strip() for name, place in places.items()} == {
            "Một Cửa": f"http://127.0.0.1:{port}/",
            "Back office": f"http://127.0.0.1:{port}/quan-tri/",
            "Demo sign-ins": str(tmp_path / "demo-accounts.json"),
            "Mails": str(tmp_path / "mail"),
        }
        assert len(group(process.pid)) >= 3
        (os.killpg if whole_group else os.kill)(process.pid, number)
        assert process.wait(timeout=30) == 0
        assert group(process.pid) == []


def test_the_second_start_keeps_what_is_there(tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        with served(tmp_path, free_port()) as (process, said):
            files = [tmp_path / "keys" / "secret_key", tmp_path / "demo-accounts.json"]
            seen.append([file.read_text() for file in files])
            process.terminate()
            assert process.wait(timeout=30) == 0
    assert seen[0] == seen[1]
    assert said[0].startswith("Một Cửa:")  # no sign-in is made or shown again


def test_a_taken_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with served(tmp_path, port) as (process, _said):
            assert process.wait(timeout=30) == 1


def test_a_second_signal_does_not_disturb_the_ending(tmp_path: Path) -> None:
    with served(tmp_path, free_port()) as (process, _said):
        os.killpg(process.pid, signal.SIGTERM)
        os.kill(process.pid, signal.SIGTERM)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert group(process.pid) == []


def test_when_a_part_ends_everything_ends(tmp_path: Path) -> None:
    with served(tmp_path, free_port()) as (process, _said):
        _pages, worker = sorted(children(process.pid))
        os.kill(worker, signal.SIGKILL)
        assert process.wait(timeout=30) == 1
        assert group(process.pid) == []
