"""The requirements: pinned with hashes, the same for all, and from wherever the installer is told to look."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from engine.platform.settings import ROOT

PINNED = re.compile(r"^[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==[^\s;]+( ; [^\\]+)?( \\)?$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
# Written in parts, so that this file does not name what it looks for.
REGISTRY = re.compile(
    "(" + "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "index" + "-url", r"registry\.npm" + "js"]) + ")"
)


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout of the repository; run the tests in one")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def pins(name: str) -> dict[str, str]:
    """Version and marker of each package of a file."""
    found = {}
    for line in (ROOT / "requirements" / name).read_text().splitlines():
        if "==" in line:
            package, _, rest = line.partition("==")
            found[package] = rest.removesuffix(" \\")
    return found


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_line_pins_a_package_and_its_hashes(name: str) -> None:
    lines = [line for line in (ROOT / "requirements" / name).read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not PINNED.match(line) and not HASH.match(line)] == []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if PINNED.match(line):
            assert HASH.match(following), line


def test_the_tests_run_with_what_the_program_runs_with() -> None:
    assert pins("run.txt").items() <= pins("dev.txt").items()


@pytest.mark.parametrize("name", ["run.in", "dev.in"])
def test_every_requirement_is_pinned(name: str) -> None:
    wanted = {
        re.split(r"[\s\[<>=,#]", line)[0].lower()
        for line in (ROOT / "requirements" / name).read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-r"))
    }
    pinned = {package.partition("[")[0] for package in pins(name.replace(".in", ".txt"))}
    assert {package.replace("_", "-") for package in wanted} - pinned == set()


def test_no_file_names_a_registry() -> None:
    naming = []
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" not in content[:8000] and REGISTRY.search(content.decode("utf-8", "replace")):
            naming.append(str(path.relative_to(ROOT)))
    assert naming == []
