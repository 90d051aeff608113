"""Plain text with dashes and plusses, as offices type it, made Markdown that shows the same words."""

from __future__ import annotations

import re

BULLET = re.compile(r"(?P<mark>[-–+*])\)?[ ]*(?=[^\s\d-])")
# A list that was typed into one paragraph: a mark after the end of a sentence, before a capital.
INLINE = re.compile(r"(?<=[.;:])[ ]*(?=[-+] ?(?:[A-ZĐÀ-Ỹ(]))")
STEP = re.compile(r"(?P<step>Bước \d+)(?P<end>[:.])\s*")
SPECIAL = re.compile(r"([\\`*_\[\]<>|])|^(#{1,6}\s)|^(\d+)([.)]\s)")
RANKS = {"*": 0, "-": 1, "–": 1, "+": 2}  # the finer mark stands below the coarser one


def escaped(text: str) -> str:
    """The text with the characters that mean something in Markdown taken for themselves."""
    return SPECIAL.sub(_taken_for_itself, text)


def _taken_for_itself(match: re.Match[str]) -> str:
    if match[3]:
        return f"{match[3]}\\{match[4]}"
    return f"\\{match[0]}"


def markdown(text: str) -> str:
    """Stars, dashes and plusses as bullets below one another, each other line as a paragraph, steps in bold."""
    written: list[str] = []
    open_marks: list[str] = []
    for line in filter(None, (line.strip() for line in INLINE.sub("\n", text).split("\n"))):
        bullet = BULLET.match(line)
        if bullet is None or not open_marks:
            written.append("")
        if bullet is None:
            open_marks = []
            written.append(_words(line))
        else:
            rank = RANKS[bullet["mark"]]
            open_marks = [*(mark for mark in open_marks if RANKS[mark] < rank), bullet["mark"]]
            written.append(f"{'  ' * (len(open_marks) - 1)}- {_words(line[bullet.end() :])}")
    return "\n".join(written).strip()


def _words(line: str) -> str:
    step = STEP.match(line)
    if step:
        return f"**{step['step']}{step['end']}** {escaped(line[step.end() :])}".rstrip()
    return escaped(line)
