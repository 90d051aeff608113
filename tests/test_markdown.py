"""Administrators' texts: Markdown becomes markup that holds nothing dangerous, or plain words."""

from __future__ import annotations

import pytest

from engine.form.markdown import plain, rendered


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("**Một**\n\n- hai\n- ba", ["<strong>Một</strong>", "<li>hai</li>"], []),
        ("<script>alert(1)</script>", ["&lt;script&gt;"], ["<script"]),
        ("[x](javascript:alert(1))", [], ["href"]),
        ('<img src=x onerror="x">', [], ["<img"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", ["<table>", "<td>1</td>"], []),
    ],
)
def test_markup_is_sanitised(text: str, kept: list[str], gone: list[str]) -> None:
    markup = rendered(text)
    assert all(part in markup for part in kept)
    assert not any(part in markup for part in gone)


def test_a_mail_shows_words_without_marks() -> None:
    assert plain("### Việc\n1. Giữ **mã hồ sơ**.\n") == "Việc\n1. Giữ mã hồ sơ."
