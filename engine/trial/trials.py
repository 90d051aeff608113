"""Puts procedures on trial: plans declarations, walks them over a scratch copy, and reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime

from engine.calendar import ZONE
from engine.definition.areas import Areas
from engine.definition.procedure import Procedure
from engine.errors import TrialStopped
from engine.form.compiled import CompiledForm, compile_form
from engine.kinds import Context
from engine.office import agencies
from engine.office.places import COUNTRIES, Places
from engine.trial.browsing import Browser
from engine.trial.covering import Cover, cover
from engine.trial.model import Model
from engine.trial.report import Report, report_of
from engine.trial.samples import ATTACHED
from engine.trial.scratch import Source, scratch_copy
from engine.trial.walking import Walk, walk


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a trial has come: `done` of `walks` declarations of the procedure `code`."""

    code: str
    done: int
    walks: int


Tell = Callable[[Progress], None]


def run(
    of: Source,
    *,
    now: datetime,
    tell: Tell = lambda _progress: None,
    stop: Callable[[], bool] = lambda: False,
    database_url: str = "",
) -> Iterator[Report]:
    """The report of each procedure that is filed online, as soon as it is done.

    Dates are made for the local day of `now`. `stop` is asked before each walk. Raises `ScratchRefused`, and
    `TrialStopped` where `stop` says so.
    """
    online = [procedure for procedure in of.procedures if procedure.online]
    if not online:
        return
    today = now.astimezone(ZONE).date()
    with scratch_copy(of, database_url=database_url) as address:
        for procedure in online:
            yield _one(of, procedure, address, today, tell, stop)


def _one(of: Source, procedure: Procedure, address: str, today: date, tell: Tell, stop: Callable[[], bool]) -> Report:
    compiled = compile_form(procedure)
    planned = cover(model_of(of, compiled, today))
    walks = list(_walks(address, compiled, planned, tell, stop))
    return report_of(procedure.code, procedure.title.vi, planned, walks)


def _walks(
    address: str, compiled: CompiledForm, planned: Cover, tell: Tell, stop: Callable[[], bool]
) -> Iterator[Walk]:
    plans = (*planned.plans, *planned.blocked)
    code = compiled.procedure.code
    for number, plan in enumerate(plans):
        if stop():
            raise TrialStopped(code)
        tell(Progress(code, number, len(plans)))
        with closing(Browser(address)) as browser:
            yield walk(browser, compiled, plan)
    tell(Progress(code, len(plans), len(plans)))


def model_of(of: Source, compiled: CompiledForm, today: date) -> Model:
    """A form as the solver sees it, on the day `today` (local)."""
    receiving = [one for one in of.library.agencies if agencies.takes(compiled.procedure.agencies, one)]
    day = today.isoformat()
    places = Places(day, Areas.on(day, of.library.areas), {language: _countries(of) for language in ("vi", "en")})
    home = places.province_of(receiving[0].ward) if receiving else ""
    context = Context(day, places, home_province=home, attachments={one: one for one in ATTACHED})
    return Model(compiled, context, tuple(one.code for one in receiving))


def _countries(of: Source) -> dict[str, str]:
    catalog = of.library.catalog(COUNTRIES)
    return {option.value: option.label.vi for option in (catalog.options if catalog else ())}
