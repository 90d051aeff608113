"""What is wrong in a definition, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

MOST_FAULTS = 500  # of one file: more help nobody, and looking for what was meant takes time with each
LONGEST_WORD = 100  # characters of a word that is looked for
MOST_KNOWN = 1000  # words among which the one that was meant is looked for


class TooManyFaults(Exception):
    """So much is wrong with a file that the rest is not told."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong: file, line (from 1), place in the document's own words, and what.

    A warning does not stop a definition from being loaded. `used_at` is the line of a block's use, where the
    fault stands inside the block.
    """

    file: str
    line: int
    place: str
    what: str
    warning: bool = False
    used_at: str = ""

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        used = f" (used at {self.used_at})" if self.used_at else ""
        warning = "warning: " if self.warning else ""
        return f"{self.file}:{self.line}: {place}{warning}{self.what}{used}"


def and_more(file: str, line: int) -> Fault:
    """What is said where the telling ends."""
    return Fault(file, line, "", f"there are more than {MOST_FAULTS} faults; the rest is not told")


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of `known` that was likely meant, or an empty text."""
    if len(word) > LONGEST_WORD:
        return ""
    near = get_close_matches(word, list(islice(known, MOST_KNOWN)), n=1, cutoff=0.6 if len(word) > 3 else 0.5)
    return near[0] if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "…"?` for the nearest of `known`, or nothing."""
    near = nearest(word, known)
    return f'; did you mean "{near}"?' if near else ""


def errors(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The faults that stop a definition, in the order of the file."""
    return tuple(sorted(fault for fault in faults if not fault.warning))
