"""A procedure of the back office as a file: YAML or JSON, or a zip with all that belongs to it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any

from engine.definition.blocks import is_use
from engine.format import documents, source
from engine.format.reading import Node, node_of
from engine.publishing import rows, versions

ANCIENT = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say: the same content gives the same bytes


def exported(code: str, ending: str) -> bytes:
    """A procedure's rows as a file of this ending; raises `NoSuchProcedure`, or `LookupError` for another ending."""
    return EXPORTS[ending](code)


def export_text(code: str, ending: str) -> bytes:
    """A procedure's rows as YAML or JSON."""
    return documents.dump(rows.read(code), f"{code}.{ending}").encode()


def export_zip(code: str) -> bytes:
    """A procedure's rows as a zip: its YAML, the blocks it uses, its blank forms; raises `NoSuchProcedure`."""
    document = rows.read(code)
    blocks = rows.read_blocks()
    files = {f"{code}.yaml": source.dump(document).encode()}
    files |= {f"blocks/{name}.yaml": source.dump(blocks[name]).encode() for name in _uses(document) if name in blocks}
    template = versions.library().template
    for file in versions.template_digests(code):
        files[f"{code}/{file}"] = template(code, file) or b""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, ANCIENT), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _uses(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the blocks that a document uses, each once."""
    return tuple(dict.fromkeys(_used(node_of(document.get("form", [])))))


def _used(node: Node) -> Iterator[str]:
    inner = node.value
    if is_use(node) and "kind" not in (inner if isinstance(inner, dict) else ()):
        yield node.at(["block"]).raw
    for part in inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ():
        yield from _used(part)


EXPORTS: dict[str, Callable[[str], bytes]] = {
    "yaml": lambda code: export_text(code, "yaml"),
    "json": lambda code: export_text(code, "json"),
    "zip": export_zip,
}
