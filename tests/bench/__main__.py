"""Prints the benchmarks: `make bench`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import form_page, large
from tests.bench.form_page import DEFINITION, ROWS, WITH_ROWS
from tests.bench.site import begin


def main() -> None:
    """Every table."""
    tables: tuple[tuple[str, dict[str, Any], dict[str, str]], ...] = (
        ("30 fields", DEFINITION, {}),
        ("+ rows, sums", WITH_ROWS, ROWS),
    )
    for title, document, more in tables:
        with tempfile.TemporaryDirectory() as folder:
            ours, path = begin(Path(folder), document)
            sys.stdout.write(form_page.report(Path(folder), ours, path, title, more) + "\n\n")
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(large.report(Path(folder)) + "\n")


main()
