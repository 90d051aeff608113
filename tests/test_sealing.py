"""Sealing: what is sealed opens with its key and in its place only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.platform.sealing import Keyring, SealBroken

OLD, NEW = bytes(32), bytes(range(32))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    return Keyring({"k1": OLD}, "k1")


@given(data=st.binary(), context=st.binary())
def test_what_was_sealed_opens_again(data: bytes, context: bytes) -> None:
    keyring = Keyring({"k1": OLD}, "k1")
    assert keyring.open_sealed(keyring.seal(data, context=context), context=context) == data


@given(JSON)
def test_json_opens_as_it_was(value: object) -> None:
    keyring = Keyring({"k1": OLD}, "k1")
    assert keyring.open_json(keyring.seal_json(value, context=b""), context=b"") == value


def test_the_same_value_is_never_sealed_the_same_way(keyring: Keyring) -> None:
    assert len({keyring.seal(b"079201001234", context=b"") for _ in range(50)}) == 50


def test_nothing_shows_through(keyring: Keyring) -> None:
    assert b"079201001234" not in keyring.seal(b"079201001234", context=b"draft 1")


def test_it_does_not_open_in_another_place(keyring: Keyring) -> None:
    with pytest.raises(SealBroken):
        keyring.open_sealed(keyring.seal(b"x", context=b"draft 1"), context=b"draft 2")


def test_every_changed_byte_is_noticed(keyring: Keyring) -> None:
    sealed = keyring.seal(b"x" * 20, context=b"c")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealBroken):
            keyring.open_sealed(changed, context=b"c")


@pytest.mark.parametrize("broken", [b"", b"\x02", b"\x02k1", b"\x02k1" + bytes(11), b"\xff" * 40])
def test_what_was_never_sealed_is_refused(keyring: Keyring, broken: bytes) -> None:
    with pytest.raises(SealBroken):
        keyring.open_sealed(broken, context=b"")


def test_old_seals_open_after_the_key_has_changed(keyring: Keyring) -> None:
    sealed = keyring.seal(b"x", context=b"")
    rotated = Keyring.of({"k1": OLD, "k2": NEW})
    assert rotated.open_sealed(sealed, context=b"") == b"x"
    assert not rotated.is_current(sealed)
    assert rotated.is_current(rotated.seal(b"x", context=b""))


def test_without_its_key_a_seal_stays_closed(keyring: Keyring) -> None:
    with pytest.raises(SealBroken):
        Keyring({"k2": NEW}, "k2").open_sealed(keyring.seal(b"x", context=b""), context=b"")


def test_another_key_under_the_same_name_does_not_open(keyring: Keyring) -> None:
    with pytest.raises(SealBroken):
        Keyring({"k1": NEW}, "k1").open_sealed(keyring.seal(b"x", context=b""), context=b"")


def test_bytes_from_any_driver_open(keyring: Keyring) -> None:
    assert keyring.open_sealed(memoryview(keyring.seal(b"x", context=b"")), context=b"") == b"x"  # type: ignore[arg-type]


def test_a_hash_is_found_again_after_the_key_has_changed(keyring: Keyring) -> None:
    rotated = Keyring.of({"k1": OLD, "k2": NEW})
    assert rotated.keyed_hash("ABCD", "lookup") == keyring.keyed_hash("ABCD", "lookup")


def test_a_hash_depends_on_value_context_and_key(keyring: Keyring) -> None:
    hashes = {
        keyring.keyed_hash("ABCD", "lookup"),
        keyring.keyed_hash("ABCE", "lookup"),
        keyring.keyed_hash("ABCD", "token"),
        Keyring({"k1": NEW}, "k1").keyed_hash("ABCD", "lookup"),
    }
    assert len(hashes) == 4
    assert all(len(value) == 64 for value in hashes)
