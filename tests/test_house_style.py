"""The house style, measured."""

from __future__ import annotations

import pytest

from tests import house_style

# The loop of the worker must survive whatever one message does; it logs the traceback.
MAY_CATCH_ALL = {"engine.cli.worker", "engine.worker"}


@pytest.mark.parametrize(
    ("figure", "limit"),
    [("function lines, median", 7), ("function lines, 95 %", 35), ("function lines, longest", 60)],
)
def test_functions_are_short(figure: str, limit: int) -> None:
    longest = sorted(house_style.lengths().items(), key=lambda item: -item[1])[:10]
    assert house_style.figures()[figure] <= limit, longest


def test_modules_are_short() -> None:
    assert {module.name: module.lines for module in house_style.modules() if module.lines > 400} == {}


def test_no_module_imports_itself_by_others() -> None:
    assert house_style.cycle(house_style.import_graph()) == []


def test_a_cycle_would_be_found() -> None:
    assert house_style.cycle({"a": {"b"}, "b": {"c", "d"}, "c": set(), "d": {"b"}}) == ["b", "d", "b"]
    assert house_style.cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_nothing_catches_everything() -> None:
    assert [place for place in house_style.broad_excepts() if place.partition(":")[0] not in MAY_CATCH_ALL] == []
