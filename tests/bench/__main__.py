"""Prints the benchmarks: `make bench`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import form_page
from tests.bench.site import begun


def main() -> None:
    """Every table."""
    with tempfile.TemporaryDirectory() as folder:
        ours, path = begun(Path(folder))
        sys.stdout.write(form_page.report(Path(folder), ours, path) + "\n")


main()
