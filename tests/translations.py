"""The English catalogue: `python -m tests.translations check` says what it lacks, `update` adds it and compiles.

Sentences are written in Vietnamese in the templates and the code, and are their own keys.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "engine" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
PACKAGES = ("admin", "engine", "public")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"silent": "false"}}
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2), "lazy_pgettext": ((1, "c"), 2),
}  # fmt: skip


def written() -> Catalog:
    """Every sentence of the program, with the files that say it."""
    found = Catalog()
    for package in PACKAGES:
        for name, line, message, comments, context in extract_from_dir(str(ROOT / package), METHODS, OPTIONS, KEYWORDS):
            found.add(message, None, [(f"{package}/{name}", line)], auto_comments=comments, context=context)
    return found


def catalogue() -> Catalog:
    """The English sentences."""
    if not PO.exists():
        return Catalog(locale="en")
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def faults() -> Iterator[str]:
    """What the catalogue lacks, one sentence each."""
    have = catalogue()
    for message in written():
        if not message.id:
            continue
        translated = have.get(message.id, message.context)
        if translated is None or not all(_strings(translated.string)) or translated.fuzzy:
            place = message.locations[0][0] if message.locations else ""
            yield f"{place}: not in English: {_strings(message.id)[0]!r}"
    for message in have:
        yield from (f"{PO.name}:{message.lineno}: {error}" for error in message.check(have))
    if not MO.exists() or MO.read_bytes() != compiled(have):
        yield f"{MO.relative_to(ROOT)} is not of today's sentences; run: make translations"


def compiled(have: Catalog) -> bytes:
    """What is read at run time."""
    out = io.BytesIO()
    write_mo(out, have)
    return out.getvalue()


def update() -> None:
    """Adds new sentences to the catalogue, drops those no longer said, and compiles it."""
    have = catalogue()
    have.update(written(), no_fuzzy_matching=True)
    have.obsolete.clear()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, have, omit_header=False, sort_by_file=True, include_lineno=False, width=120)
    MO.write_bytes(compiled(have))


def _strings(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return list(value) if isinstance(value, tuple | list) else [value or ""]


def main(verb: str) -> int:
    """0 when the catalogue is whole."""
    if verb == "update":
        update()
    found = list(faults())
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
