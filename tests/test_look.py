"""The look of the public side: contrast, weight, nothing inline, every icon and file there."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "public" / "static"
TEMPLATES = sorted((ROOT / "public" / "templates").rglob("*.html"))
TOKENS = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
COLOUR = re.compile(r"--mc-([a-z-]+): (#[0-9a-f]{3,6});")

STATES = ("info", "good", "wait", "bad", "stop")
GROUNDS = ("bg", "surface", "sunk")
ENOUGH = 7.0  # WCAG 2.2, 1.4.6
ENOUGH_FOR_EDGES = 3.0  # WCAG 2.2, 1.4.11
FIRST_VISIT = 100_000  # bytes on the line, the page itself included
PAGE = 20_000

CARRIED = (  # what the first page brings with it
    "css/reboot.css", "css/tokens.css", "css/site.css", "site.js", "icons.svg", "emblem.svg",
    "fonts/be-vietnam-pro-400.woff2", "fonts/be-vietnam-pro-600.woff2",
)  # fmt: skip


def scheme(name: str) -> dict[str, str]:
    """The colours of the light or the dark scheme by token."""
    light, dark = TOKENS.split("@media screen and (prefers-color-scheme: dark)")
    return dict(COLOUR.findall(light)) if name == "light" else dict(COLOUR.findall(dark))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def weight(path: str) -> int:
    """Bytes on the line: fonts are compressed already."""
    content = (STATIC / path).read_bytes()
    return len(content) if path.endswith(".woff2") else len(gzip.compress(content))


def test_contrast_is_measured_as_the_guidelines_do() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_both_schemes_name_the_same_colours() -> None:
    assert set(scheme("light")) == set(scheme("dark"))


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", ["text", "muted", "action", "action-hover", *STATES])
def test_words_stand_out_from_every_ground(name: str, ground: str, ink: str) -> None:
    colours = scheme(name)
    assert contrast(colours[ink], colours[ground]) >= ENOUGH


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_words_stand_out_within_a_state(name: str, state: str) -> None:
    colours = scheme(name)
    assert contrast(colours[state], colours[f"{state}-bg"]) >= ENOUGH
    assert contrast(colours["text"], colours[f"{state}-bg"]) >= ENOUGH


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("state", ["action", "action-hover"])
def test_words_stand_out_on_buttons(name: str, state: str) -> None:
    colours = scheme(name)
    assert contrast(colours["on-action"], colours[state]) >= ENOUGH


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("edge", ["border", "focus"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_edges_of_inputs_and_focus_can_be_seen(name: str, edge: str, ground: str) -> None:
    colours = scheme(name)
    assert contrast(colours[edge], colours[ground]) >= ENOUGH_FOR_EDGES


def test_the_first_visit_is_light_enough_for_a_slow_line() -> None:
    assert sum(weight(path) for path in CARRIED) < FIRST_VISIT - PAGE


def test_a_form_page_is_light_enough_too() -> None:
    scripts = sum(weight(path.name) for path in STATIC.glob("*.js"))
    assert sum(weight(path) for path in CARRIED if path != "site.js") + scripts < FIRST_VISIT - PAGE


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_nothing_is_inline(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", source)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_icon_is_in_the_sprite(template: Path) -> None:
    drawn = set(re.findall(r'symbol id="([a-z]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    source = template.read_text(encoding="utf-8")
    assert set(re.findall(r'\bicon\("([a-z]+)"\)', source)) <= drawn


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_asset_is_there(template: Path) -> None:
    named = re.findall(r"""asset\(['"]([^'"]+)['"]\)""", template.read_text(encoding="utf-8"))
    assert [path for path in named if not (STATIC / path).is_file()] == []


@pytest.mark.parametrize("sheet", sorted((STATIC / "css").glob("*.css")), ids=lambda path: path.name)
def test_style_sheets_reach_only_files_that_are_there(sheet: Path) -> None:
    named = re.findall(r'url\("?([^")]+)"?\)', sheet.read_text(encoding="utf-8"))
    assert [path for path in named if not (sheet.parent / path).is_file()] == []


def test_colours_are_named_in_the_tokens_only() -> None:
    source = (STATIC / "css" / "site.css").read_text(encoding="utf-8")
    screen, paper = source.split("@media print")
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", screen)) <= {"#fff"}  # the paper of the confirmation code
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", paper)) <= {"#fff", "#000"}


def test_every_token_that_is_used_is_defined() -> None:
    used = set(re.findall(r"var\((--(?:mc|bs)-[a-z0-9-]+)", "".join(
        sheet.read_text(encoding="utf-8") for sheet in (STATIC / "css").glob("*.css"))))  # fmt: skip
    defined = set(re.findall(r"(--(?:mc|bs)-[a-z0-9-]+):", TOKENS))
    assert used - defined == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_inputs_show_no_placeholders_and_demand_nothing_by_themselves(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert not re.search(r'\splaceholder=|\srequired(?=[\s>])|type="number"|\sautofocus', source)
