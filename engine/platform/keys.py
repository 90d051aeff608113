"""The keys kept in the data folder: made once, found by every process, readable by nobody else."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

KEY_BYTES = 32


class KeyFault(ValueError):
    """A key, or a file of keys, that cannot be used."""


def secret_key(data_dir: Path) -> str:
    """The key that signs sessions, made at the first call. Raises `OSError`, `KeyFault`."""
    return _kept(data_dir, "secret_key", secrets.token_urlsafe(48))


def data_keys(data_dir: Path) -> Mapping[str, bytes]:
    """The keys that seal sensitive answers, one a line, the current one last; made at the first call.

    To change keys, add a line and start every process again; old lines stay while anything needs them.
    Raises `OSError`, `KeyFault`.
    """
    made = f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"
    lines = _kept(data_dir, "data_keys", made).splitlines()
    try:
        return parse_data_keys(lines)
    except KeyFault as fault:
        raise KeyFault(f"{data_dir / 'keys' / 'data_keys'} {fault}.") from fault


def parse_data_keys(lines: Iterable[str]) -> Mapping[str, bytes]:
    """Keys written as `id:base64`; raises `KeyFault`, which never repeats a key."""
    keys = {}
    for line in filter(None, map(str.strip, lines)):
        name, _, encoded = line.partition(":")
        keys[name.strip()] = _decoded(name.strip(), encoded)
    if not keys:
        raise KeyFault("must hold at least one key")
    return keys


def _decoded(name: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if not name.isascii() or not name.isalnum() or len(name) > 16 or len(key) != KEY_BYTES:
        raise KeyFault("must hold keys such as k1:…, with the 32 bytes of `openssl rand -base64 32`")
    return key


def _kept(data_dir: Path, name: str, made: str) -> str:
    """The text of a key file, written with `made` where there was none."""
    path = data_dir / "keys" / name
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        _write_once(path, made)
        text = path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError as fault:
        raise KeyFault(f"{path} is no key file; put back the file of your backup.") from fault
    if not text:
        raise KeyFault(f"{path} is empty; put back the file of your backup.")
    return text


def _write_once(path: Path, text: str) -> None:
    """Writes a file whole or not at all; of several processes that race, the first one wins."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    whole = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with open(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(whole, path)  # unlike a rename, fails where another process was first
    except FileExistsError:
        pass
    finally:
        whole.unlink()
