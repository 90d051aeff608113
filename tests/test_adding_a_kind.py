"""The page that tells how a kind is added is done exactly as it says, in a copy of the program."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.platform.settings import ROOT

PAGE = (ROOT / "docs" / "adding-a-kind.md").read_text("utf-8")
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COPIED = ("engine", "definitions", "tests/__init__.py", "tests/kinds_cases.py", "tests/test_kinds.py")


def fenced(heading: str) -> list[tuple[str, str]]:
    """The language and the text of each fenced block below a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return FENCED.findall(part)


def put(path: Path, text: str, before: str) -> None:
    """Puts a text before the first line that begins so."""
    whole = path.read_text("utf-8")
    at = whole.index(f"\n{before}") + 1
    path.write_text(whole[:at] + text + whole[at:], "utf-8")


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What Python says in the copy."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with the kind added as the page says."""
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "captcha_voice"))
        else:
            shutil.copy(source, target)
    ((_, code),) = fenced("The file")
    (folder / "engine" / "kinds" / "plates.py").write_text(code, "utf-8")
    (_, imported), (_, line) = fenced("The line")
    put(folder / "engine" / "kinds" / "__init__.py", imported, "from engine.kinds.text import")
    put(folder / "engine" / "kinds" / "__init__.py", line, '    "heading": Heading,')
    ((_, case),) = fenced("The case")
    put(folder / "tests" / "kinds_cases.py", case, '    Case("heading"')
    return folder


def test_the_page_names_the_file_that_it_adds() -> None:
    assert "`engine/kinds/plates.py`\n\n```python\n" in PAGE
    assert len(fenced("The line")[1][1].splitlines()) == 1


def test_the_new_kind_goes_through_everything_that_is_tried_of_every_kind(copy: Path) -> None:
    arguments = ("-m", "pytest", "-q", "--noconftest", "-p", "no:cacheprovider", "tests/test_kinds.py")
    tried = run(copy, *arguments, "-vv", "-k", "plate or every_kind_has_a_case")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert tried.stdout.count("plate") >= 5
    assert "test_a_wrong_value_has_its_own_sentence[plate-text.pattern]" in tried.stdout


def test_without_its_case_the_new_kind_is_missed(copy: Path, tmp_path: Path) -> None:
    forgetful = tmp_path / "copy"
    shutil.copytree(copy, forgetful, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests" / "kinds_cases.py", forgetful / "tests" / "kinds_cases.py")
    arguments = ("-m", "pytest", "-q", "--noconftest", "-p", "no:cacheprovider", "tests/test_kinds.py")
    assert run(forgetful, *arguments, "-k", "every_kind_has_a_case").returncode == 1


def test_a_definition_with_the_new_kind_is_filled_refused_and_shown(copy: Path) -> None:
    (_, document), (_, script), (_, printed) = fenced("Using it")
    definition = copy / "cho-do-xe.yaml"
    definition.write_text(document, "utf-8")
    (copy / "try_it.py").write_text(script, "utf-8")
    came = run(copy, "try_it.py", str(definition))
    assert came.stderr == ""
    assert came.stdout == printed


def test_the_same_definition_is_refused_where_the_kind_was_not_added(tmp_path: Path) -> None:
    definition = tmp_path / "cho-do-xe.yaml"
    definition.write_text(fenced("Using it")[0][1], "utf-8")
    came = run(ROOT, "-c", "import sys; from pathlib import Path; from engine.definition.loading import load_file; "
               "print(*load_file(Path(sys.argv[1]))[1])", str(definition))  # fmt: skip
    assert 'unknown kind "plate"' in came.stdout
