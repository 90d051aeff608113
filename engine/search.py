"""Finding Vietnamese text however it was typed, and putting it into alphabetical order."""

from __future__ import annotations

import re
import unicodedata

# Letters that no decomposition takes apart.
PLAIN = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe"})
GAPS = re.compile(r"[\W_]+")
NUMBER = re.compile(r"\d+")
NUMBER_WIDTH = 12

# Grave, hook above, tilde, acute, dot below: the order of the dictionaries; none comes first.
TONES = {mark: str(rank) for rank, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}
# Breve, circumflex, horn: they make letters of their own, after the plain one.
SHAPES = {"\u0306": "1", "\u0302": "2", "\u031b": "3"}
LETTERS = {"đ": "d1"}
END_OF_LETTERS = "\t"  # sorts before whatever a letter or a space is written as


def fold(text: str) -> str:
    """The text without case, marks and punctuation: `"Đăng ký, khai-sinh"` → `"dang ky khai sinh"`."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return GAPS.sub(" ", bare.lower().translate(PLAIN)).strip()


def words(text: str) -> tuple[str, ...]:
    """The folded words of the text."""
    return tuple(fold(text).split())


def matches(query: str, folded: str) -> bool:
    """Whether every word of `query` begins a word of `folded` (as `fold` gives it); an empty query fits all."""
    padded = f" {folded}"
    return all(f" {word}" in padded for word in words(query))


def collation_key(text: str) -> str:
    """A key that sorts text in Vietnamese order: a ă â b c d đ e ê …, tones after letters, case ignored.

    It compares by its characters, in Python and in a column of binary collation. The tone counts for its word
    wherever it was typed, so "hòa" and "hoà" are the same; numbers compare by their value.
    """
    numbered = NUMBER.sub(lambda found: found[0].zfill(NUMBER_WIDTH), text.lower())
    spaced = GAPS.sub(" ", unicodedata.normalize("NFC", numbered)).split()
    letters = " ".join("".join(_letter(char) for char in word) for word in spaced)
    tones = " ".join(_tone(word) for word in spaced)
    return f"{letters}{END_OF_LETTERS}{tones}"


def _letter(char: str) -> str:
    if char in LETTERS:
        return LETTERS[char]
    decomposed = unicodedata.normalize("NFD", char)
    shape = next((SHAPES[mark] for mark in decomposed[1:] if mark in SHAPES), "0")
    return decomposed[0] + shape if char.isalpha() else char


def _tone(word: str) -> str:
    return "".join(TONES[mark] for mark in unicodedata.normalize("NFD", word) if mark in TONES) or "0"
