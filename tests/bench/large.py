"""A definition of 400 fields on 20 steps: loading, its journey, its pages; and pages among many procedures."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.definition.library import Library
from engine.definition.loading import load_text
from engine.form import pages
from engine.form.answers import Answers
from engine.form.compiled import CompiledForm, compile_form
from engine.form.journey import journey
from engine.format import source
from engine.platform.settings import ROOT
from engine.publishing import rows, versions
from tests.bench.form_page import DEFINITION, Caller, seconds
from tests.bench.site import begin
from tests.kinds_cases import CONTEXT

Figure = tuple[str, float, str, float | None]  # name, figure, unit, goal
STEPS = 20
FIELDS = 400
CONDITIONS = 120
ROUNDS = 15
STORED: tuple[Any, ...] = ("An", 5, "a", True, "2020-01-01")
TYPED = ("An", "5", "a", "true", "01/01/2020")
FEW, MANY = 50, 1000  # published procedures; few fill a page of the list already


def _field(number: int) -> dict[str, Any]:
    kind = ("text", "integer", "choice", "yes_no", "date")[number % 5]
    choices = {"choices": {"a": "Một", "b": "Hai", "c": "Ba"}} if kind == "choice" else {}
    return {"name": f"f{number}", "kind": kind, "label": f"Ô số {number}", **choices}


def _condition(number: int) -> dict[str, Any]:
    """What hangs on one of the five fields before the field's own five; all of them hold."""
    first = (number // 5 - 1) * 5
    return (
        {"field": f"f{first}", "filled": True},
        {"field": f"f{first + 1}", "at_least": 3},
        {"field": f"f{first + 2}", "is": "a"},
        {"field": f"f{first + 3}", "is": True},
        {"field": f"f{first + 4}", "before": "today"},
    )[number % 5]


def definition(steps: int = STEPS, fields: int = FIELDS, *, code: str = "9.000400") -> dict[str, Any]:
    """So many fields on so many steps; every third field has a condition, 120 at the most."""
    listed = [_field(number) for number in range(fields)]
    for item in [item for number, item in enumerate(listed) if number >= 5 and number % 3 == 0][:CONDITIONS]:
        item["when"] = _condition(int(item["name"][1:]))
    per = fields // steps
    form = [
        {"step": f"b{place}", "title": f"Bước {place}", "fields": listed[place * per : (place + 1) * per]}
        for place in range(steps)
    ]
    return {**DEFINITION, "code": code, "title": f"{fields} trường", "applicant": {"name": "f0"}, "form": form}


def alone(code: str, step: int, fields: int = FIELDS, steps: int = STEPS) -> dict[str, Any]:
    """One step of the large definition as a definition of its own, without conditions on other steps."""
    whole = definition(steps, fields, code=code)
    own = whole["form"][step]
    names = {item["name"] for item in own["fields"]}
    for item in own["fields"]:
        if "when" in item and item["when"]["field"] not in names:
            del item["when"]
    return {**whole, "applicant": {"name": own["fields"][0]["name"]}, "form": [own]}


def least(work: Callable[[], object], times: int = 200) -> float:
    """CPU seconds of the quickest of so many runs."""
    gc.collect()
    gc.disable()
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    gc.enable()
    return best


def _compiled(document: dict[str, Any]) -> CompiledForm:
    text = source.dump(document)
    procedure, faults = load_text(text, "lon.yaml", Library.folder(ROOT / "definitions"))
    assert procedure is not None, faults
    return compile_form(procedure)


def _answers(compiled: CompiledForm) -> Answers:
    values = {name: STORED[int(name[1:]) % 5] for name in compiled.fields}
    return Answers(values, {}, frozenset(step.name for step in compiled.steps))


def _draw(compiled: CompiledForm, step: str, answers: Answers) -> Callable[[], object]:
    at = compiled.step(step)
    assert at is not None
    view = journey(compiled, answers, CONTEXT).view
    typed = pages.typed_inputs(at, answers, CONTEXT, view)
    return lambda: pages.render(compiled, at, typed, errors={}, view=view, context=CONTEXT, language="vi")


def in_process() -> list[Figure]:
    """What needs no server: name, figure, unit, goal."""
    library, document = Library.folder(ROOT / "definitions"), definition()
    text = source.dump(document)
    compiled = _compiled(document)
    answers = _answers(compiled)
    view = journey(compiled, answers, CONTEXT).view
    tests = [item.test for step in compiled.steps for part in step.parts for item in part.fields if item.test]
    first = [least(lambda step=step: pages.page(compiled, step, "vi", CONTEXT.today), 1) for step in compiled.steps]  # type: ignore[misc]
    own = _compiled(alone("9.000401", 7))
    ratio = least(_draw(compiled, "b7", answers)) / least(_draw(own, "b7", _answers(own)))
    per_field = FIELDS // STEPS
    return [
        ("load and check", least(lambda: load_text(text, "lon.yaml", library), 15) * 1e3, "ms", 60),
        ("first use of a step, a field", statistics.median(first) * 1e3 / per_field, "ms", 1),
        ("a step's fields, beside the same step alone", ratio, "×", 1.1),
        ("journey", least(lambda: journey(compiled, answers, CONTEXT)) * 1e6, "µs", 150),
        (f"a condition, of {len(tests)}", least(lambda: [test(view) for test in tests]) * 1e6 / len(tests), "µs", 0.5),
    ]


def growth() -> list[Figure]:
    """A page's fields, twice as many of them: time a field, beside half as many."""
    one, two = _compiled(definition(1, 50, code="9.000050")), _compiled(definition(1, 100, code="9.000100"))
    times = [least(_draw(form, "b0", _answers(form))) for form in (one, two)]
    return [("100 fields on a page, a field, beside 50", times[1] / times[0] / 2, "×", 1.1)]


def _publish(documents: list[dict[str, Any]]) -> None:
    for document in documents:
        rows.write(document, now=datetime.now(UTC))
        versions.publish(document["code"], by="bench", note="", now=datetime.now(UTC))


def _fill(caller: Caller, path: str, compiled: CompiledForm) -> None:
    """Posts every step once."""
    base, _, query = path.partition("?")
    for step in compiled.steps:
        address = f"{base.rpartition('/')[0]}/{step.name}?{query}"
        data = {item.name: TYPED[int(item.name[1:]) % 5] for item in step.fields}
        caller.post(address, data)


def _median(caller: Caller, paths: dict[str, str]) -> dict[str, float]:
    """Median CPU seconds of each page, taken in turns."""
    spent: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(ROUNDS):
        for name, path in paths.items():
            spent[name].append(seconds(caller, 200, "GET", path))
    return {name: statistics.median(times) for name, times in spent.items()}


def over_http(folder: Path) -> list[Figure]:
    """Whole requests: a step of the large form beside the same step alone, then a page among many procedures."""
    caller, path = begin(folder, DEFINITION)
    paths = {}
    with caller.app.app_context():
        for name, document in (("large", definition()), ("alone", alone("9.000401", 7))):
            _publish([document])
            address = caller.begin(document["code"])
            _fill(caller, address, _compiled(document))
            paths[name] = f"/nop-ho-so/{document['code']}/b7?{address.partition('?')[2]}"
        step = _median(caller, paths)
        pages_ = {"form": path, "information": f"/thu-tuc/{DEFINITION['code']}", "list": "/thu-tuc"}
        _publish([alone(f"8.{number:06}", 0, 20, 4) for number in range(FEW)])
        before = _median(caller, pages_)
        _publish([alone(f"8.{number:06}", 0, 20, 4) for number in range(FEW, MANY)])
        after = _median(caller, pages_)
    return [
        # Its list of twenty steps and the journey through all of them are on it too, so no goal is set.
        ("a whole request of a step, beside the same step alone", step["large"] / step["alone"], "×", None),
        *((f"{name} page, {MANY:,} procedures beside {FEW}", after[name] / before[name], "×", 1.1) for name in pages_),
    ]


def report(folder: Path) -> str:
    """The table."""
    lines = [f"{'400 fields on 20 steps':<58}{'figure':>10}{'goal':>10}"]
    for name, figure, unit, goal in (*in_process(), *growth(), *over_http(folder)):
        wanted = "" if goal is None else f"{goal:>7g} {unit}"
        lines.append(f"{name:<58}{figure:>7.2f} {unit:<2}{wanted}")
    return "\n".join(lines)
