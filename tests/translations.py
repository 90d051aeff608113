"""The English catalogue: `python -m tests.translations check` says what it lacks, `update` adds it and compiles.

Sentences are written in Vietnamese in the templates and the code, and are their own keys. The catalogue carries them
sorted, without places and dates, so that it changes only when a sentence does.
"""

from __future__ import annotations

import io
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "engine" / "platform" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2), "lazy_pgettext": ((1, "c"), 2),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%(?!\()")
HEADER = [
    ("Language", "en"),
    ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Transfer-Encoding", "8bit\n"),
]
TITLE = "# The sentences of the program in English, by their Vietnamese. After a change: make translations"


class English(Catalog):
    """A catalogue whose head says what gettext needs and nothing of the day or the machine."""

    mime_headers = property(lambda _self: HEADER)

    def __init__(self, messages: Iterator[Message]) -> None:
        super().__init__(locale="en", header_comment=TITLE, charset="utf-8", fuzzy=False)
        for message in messages:
            self[message.id] = message


def written(root: Path = ROOT) -> Catalog:
    """Every sentence of the program, with the files that say it, by the mappings of `pyproject.toml`."""
    mappings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    options = {mapping["pattern"]: {"silent": "false"} for mapping in mappings}
    found = Catalog()
    for name, line, message, comments, context in extract_from_dir(str(root), methods, options, KEYWORDS):
        if message:
            found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return found


def catalogue(po: Path = PO) -> Catalog:
    """The English sentences."""
    if not po.exists():
        return English(iter(()))
    with po.open("rb") as file:
        return English(message for message in read_po(file, locale="en") if message.id)


def faults(said: Catalog, have: Catalog) -> Iterator[str]:
    """What the English sentences lack of those that are said, and what they have too many, one line each."""
    for message in _real(said):
        translated = have.get(message.id, message.context)
        if translated is None or not all(_strings(translated.string)) or translated.fuzzy:
            yield f"{message.locations[0][0]}: not in English: {_strings(message.id)[0]!r}"
    for message in _real(have):
        if said.get(message.id, message.context) is None:
            yield f"{PO.name}: no longer said: {_strings(message.id)[0]!r}"
        elif not _agree(message):
            yield f"{PO.name}: other placeholders than its Vietnamese: {_strings(message.id)[0]!r}"


def compiled(have: Catalog) -> bytes:
    """What is read at run time."""
    out = io.BytesIO()
    write_mo(out, have)
    return out.getvalue()


def text(have: Catalog) -> bytes:
    """The catalogue as a file."""
    out = io.BytesIO()
    write_po(out, have, no_location=True, sort_output=True, width=120)
    return out.getvalue().rstrip() + b"\n"


def renewed(said: Catalog, have: Catalog) -> Catalog:
    """The sentences that are said, with what English there is of them."""
    fresh = English(iter(()))
    for message in _real(said):
        known = have.get(message.id, message.context)
        fresh.add(message.id, known.string if known else None, context=message.context)
    return fresh


def update() -> None:
    """Adds new sentences to the catalogue, drops those no longer said, and compiles it."""
    have = renewed(written(), catalogue())
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(text(have))
    MO.write_bytes(compiled(have))


def stale() -> Iterator[str]:
    """The catalogue's files that are not as `update` would write them."""
    have = catalogue()
    for path, content in ((PO, text(have)), (MO, compiled(have))):
        if not path.exists() or path.read_bytes() != content:
            yield f"{path.relative_to(ROOT)}: not as it is made; run: make translations"


def _real(messages: Catalog) -> Iterator[Message]:
    return (message for message in messages if message.id)


def _agree(message: Message) -> bool:
    wanted = sorted(PLACEHOLDER.findall(_strings(message.id)[0]))
    return all(sorted(PLACEHOLDER.findall(string)) == wanted for string in _strings(message.string) if string)


def _strings(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return list(value) if isinstance(value, tuple | list) else [value or ""]


def main(verb: str) -> int:
    """0 when the catalogue is whole."""
    if verb == "update":
        update()
    found = [*faults(written(), catalogue()), *stale()]
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
