"""Prints the benchmarks: `make bench`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import form_page, large
from tests.bench.form_page import DEFINITION
from tests.bench.site import begin


def main() -> None:
    """Every table."""
    with tempfile.TemporaryDirectory() as folder:
        ours, path = begin(Path(folder), DEFINITION)
        sys.stdout.write(form_page.report(Path(folder), ours, path) + "\n\n")
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(large.report(Path(folder)) + "\n")


main()
