"""Seals what must not be read from the database alone: AES-GCM with keys that change over time."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12  # bytes, as SP 800-38D has it for AES-GCM


class SealBroken(Exception):
    """Sealed data that cannot be opened: changed, moved to another place, or its key is gone."""


class Keyring:
    """The keys by their ids; the current one seals, all of them open.

    A sealed value is the length of the key's id in one byte, the id, 12 bytes nonce, and the ciphertext with
    its tag. `context` says what the value belongs to and must be the same at opening, so that what is copied
    into another row does not open there.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        self._ciphers = {name.encode(): AESGCM(key) for name, key in keys.items()}
        self._cipher = self._ciphers[current.encode()]
        self._head = bytes([len(current.encode())]) + current.encode()
        # Of the first key, which outlives the others: a hash must be found again after keys have changed.
        self._hash_key = HKDF(SHA256(), 32, None, b"motcua keyed hash").derive(next(iter(keys.values())))

    @classmethod
    def of(cls, keys: Mapping[str, bytes]) -> Keyring:
        """The keyring of the settings' keys, the last of which is current."""
        return cls(keys, list(keys)[-1])

    def seal(self, data: bytes, *, context: bytes) -> bytes:
        """`data` sealed with the current key."""
        nonce = os.urandom(NONCE)
        return self._head + nonce + self._cipher.encrypt(nonce, data, context)

    def open_sealed(self, sealed: bytes, *, context: bytes) -> bytes:
        """What was sealed with the same context; raises `SealBroken`."""
        sealed = bytes(sealed)
        start = 1 + sealed[0] if sealed else 0
        cipher = self._ciphers.get(sealed[1:start])
        if cipher is None:
            raise SealBroken("sealed with a key that is not here")
        try:
            return cipher.decrypt(sealed[start : start + NONCE], sealed[start + NONCE :], context)
        except (InvalidTag, ValueError) as exc:
            raise SealBroken("changed, or sealed for another place") from exc

    def seal_json(self, value: Any, *, context: bytes) -> bytes:
        """A JSON value sealed."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return self.seal(text.encode(), context=context)

    def open_json(self, sealed: bytes, *, context: bytes) -> Any:
        """The JSON value that was sealed; raises `SealBroken`."""
        return json.loads(self.open_sealed(sealed, context=context))

    def is_current(self, sealed: bytes) -> bool:
        """Whether the current key sealed it; if not, it should be sealed anew before its key goes."""
        return bytes(sealed).startswith(self._head)

    def keyed_hash(self, value: str, context: str) -> str:
        """HMAC-SHA256 in hexadecimal: a value is looked up by it, and not guessed from it without the key."""
        return hmac.digest(self._hash_key, f"{context}\0{value}".encode(), "sha256").hex()
