"""Lists in pages."""

from __future__ import annotations


def paged(count: int, size: int, wanted: int) -> tuple[int, int]:
    """Which page is shown where `wanted` is asked for, and how many there are: at least one, counted from 1.

    `count` are the entries of the whole list, `size` those of a page.
    """
    pages = max(1, -(-count // size))
    return min(max(1, wanted), pages), pages
