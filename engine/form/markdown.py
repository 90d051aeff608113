"""Administrators' texts: Markdown in, sanitised markup out."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "a", "blockquote", "table", "thead", "tbody", "tr",
        "th", "td", "hr"}  # fmt: skip
MARKS = re.compile(r"\*\*|__|^#{1,4} ", re.MULTILINE)
PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")


@lru_cache(maxsize=2048)
def rendered(text: str) -> Markup:
    """The text as markup; raw HTML in it is shown, not obeyed."""
    html = nh3.clean(
        PARSER.render(text), tags=TAGS, attributes={"a": {"href"}, "ol": {"start"}}, link_rel="noopener nofollow",
        url_schemes={"http", "https", "mailto", "tel"},
    )  # fmt: skip
    return Markup(html)  # noqa: S704 - sanitised in the line above


def plain(text: str) -> str:
    """The text for a mail or a paper: without the marks of emphasis and headings."""
    return MARKS.sub("", text).strip()
