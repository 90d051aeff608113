"""The working calendar: office hours, days off, and when a period of time ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import pairwise, takewhile
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import holidays

from engine.format.faults import did_you_mean
from engine.format.texts import Text

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE_HOURS = ((time(7), time(11, 30)), (time(13, 30), time(17)))
HANDOVER_AFTER = time(15)  # NĐ 61/2018/NĐ-CP: what comes later is passed on the next working day
WORKING_HOURS_A_DAY = 8
LONGEST = 3650  # no period is longer, in its own unit: a slip must not count for minutes
DAY = timedelta(days=1)

YEARS = range(2020, 2100)  # of the lunar calendar that the `holidays` package carries
# Swapped by the Government's consent of 25/12/2025, which the `holidays` package does not know: a day off →
# its make-up day. Later swaps come with new versions of the package, or from the office's own table.
SWAPPED = {date(2026, 1, 2): date(2026, 1, 10)}

Unit = Literal["working_days", "working_hours", "days", "same_day"]
UNITS: tuple[Unit, ...] = get_args(Unit)

WORDS: dict[Unit, Text] = {
    "working_days": Text("{amount} ngày làm việc", "{amount} working days"),
    "working_hours": Text("{amount} giờ làm việc", "{amount} working hours"),
    "days": Text("{amount} ngày", "{amount} days"),
    "same_day": Text("Trong ngày làm việc", "Within the working day"),
}
SINGULAR = {"working_days": "1 working day", "working_hours": "1 working hour", "days": "1 day"}


@dataclass(frozen=True, slots=True)
class Duration:
    """A period as the law counts it: `amount` of `unit`; the same day is one of its kind."""

    unit: Unit
    amount: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= LONGEST:
            raise ValueError(f"{self.unit}: a whole number from 1 to {LONGEST} is wanted, not {self.amount}")

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Duration:
        """The period a document writes, such as `{"working_days": 3}` or `{"same_day": True}`.

        Raises ValueError, in the words of a fault, where it is not exactly one unit with a whole number.
        """
        if unknown := [name for name in plain if name not in UNITS]:
            raise ValueError(f'unknown "{unknown[0]}"{did_you_mean(unknown[0], UNITS)} (known: {", ".join(UNITS)})')
        if len(plain) != 1:
            found = " and ".join(f'"{name}"' for name in plain) or "nothing"
            raise ValueError(f"exactly one of {', '.join(UNITS)} is wanted, not {found}")
        unit = next(name for name in UNITS if name in plain)
        return cls(unit, _amount(unit, plain[unit]))

    def document(self) -> dict[str, int | bool]:
        """The plain data `of` reads."""
        return {self.unit: True if self.unit == "same_day" else self.amount}

    def in_working_hours(self) -> int | None:
        """How much work it holds, at 8 hours a day; None for `days`, which depend on where they fall."""
        if self.unit == "days":
            return None
        return self.amount * (1 if self.unit == "working_hours" else WORKING_HOURS_A_DAY)


def _amount(unit: Unit, value: object) -> int:
    if unit == "same_day":
        if value is not True:
            raise ValueError(f'same_day: only true can be written, not "{_written(value)}"')
        return 1
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f'{unit}: a whole number is wanted, not "{_written(value)}"')
    return value


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def words(duration: Duration, language: str = "vi") -> str:
    """The period in words: "3 ngày làm việc", "1 working day"."""
    if language == "en" and duration.amount == 1 and duration.unit in SINGULAR:
        return SINGULAR[duration.unit]
    return WORDS[duration.unit].in_(language).format(amount=duration.amount)


@dataclass(frozen=True)
class OfficeCalendar:
    """When an office works: its hours in local time, its weekend (Monday is 0), days off, and make-up days.

    A make-up day is worked even on a weekend. Raises ValueError where no day or no hour would be worked,
    where the hours overlap, or where a day is both off and made up.
    """

    hours: tuple[tuple[time, time], ...] = OFFICE_HOURS
    weekend: frozenset[int] = frozenset({5, 6})
    days_off: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    zone: tzinfo = ZONE

    def __post_init__(self) -> None:
        edges = [edge for span in self.hours for edge in span]
        if not edges or any(left >= right for left, right in pairwise(edges)):
            raise ValueError("office hours are wanted, one after the other without overlapping")
        if self.weekend >= set(range(7)):
            raise ValueError("a calendar without working days")
        if both := self.days_off & self.make_up_days:
            raise ValueError(f"{min(both):%d/%m/%Y} is both a day off and a make-up day")

    def with_days(self, *, off: Iterable[date] = (), made_up: Iterable[date] = ()) -> OfficeCalendar:
        """The calendar with the office's own days, which win over those already in it.

        Raises ValueError where a day is named in both.
        """
        own_off, own_made_up = frozenset(off), frozenset(made_up)
        return replace(
            self,
            days_off=(self.days_off - own_made_up) | own_off,
            make_up_days=(self.make_up_days - own_off) | own_made_up,
        )

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on this local day."""
        if day in self.make_up_days:
            return True
        return day.weekday() not in self.weekend and day not in self.days_off

    def day_of(self, moment: datetime) -> date:
        """The local day of an aware moment."""
        return self.local(moment).date()

    def local(self, moment: datetime) -> datetime:
        """An aware moment in the office's own time. Raises ValueError for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return moment.astimezone(self.zone)

    def closing(self, day: date) -> datetime:
        """The last working moment of this local day, UTC."""
        return self._moment(day, self.hours[-1][1])

    def on_working_day(self, day: date) -> date:
        """This day, or the first working day after it."""
        while not self.is_working_day(day):
            day += DAY
        return day

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Every stretch of office hours, UTC, from this local day on, without end."""
        while True:
            day = self.on_working_day(day)
            for opens, closes in self.hours:
                yield self._moment(day, opens), self._moment(day, closes)
            day += DAY

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


@cache
def vietnam_calendar(*years: int) -> OfficeCalendar:
    """The national calendar, with the holidays and swapped days of `years`, or of 2020 to 2099."""
    wanted = frozenset(years or YEARS)
    known = holidays.country_holidays("VN", years=wanted)
    swapped = {off: made_up for off, made_up in SWAPPED.items() if off.year in wanted}
    return OfficeCalendar(
        days_off=frozenset(known) | frozenset(swapped),
        make_up_days=frozenset(known.weekend_workdays) | frozenset(swapped.values()),
    )


def next_working_moment(moment: datetime, calendar: OfficeCalendar) -> datetime:
    """This aware moment where it lies in office hours, their edges included, else the next opening; UTC."""
    spans = calendar.spans(calendar.day_of(moment))
    opens = next(opens for opens, closes in spans if moment <= closes)
    return max(moment.astimezone(UTC), opens)


def handed_over(received: datetime, calendar: OfficeCalendar, *, after: time | None = HANDOVER_AFTER) -> datetime:
    """When what was received is passed on, and so the first stage starts, UTC.

    At once, or at the next working day's opening when it was received after `after` (local; None: never).
    """
    begins = next_working_moment(received, calendar)
    if after is None or calendar.local(begins).time() <= after:
        return begins
    opens, _ = next(calendar.spans(calendar.day_of(begins) + DAY))
    return opens


def due(
    start: datetime,
    duration: Duration,
    calendar: OfficeCalendar,
    *,
    handover_after: time | None = HANDOVER_AFTER,
) -> datetime:
    """When a period that starts with a receipt at `start` (aware) ends, UTC.

    What comes outside office hours counts as received at the next opening. Days are counted from the day
    after the receipt and end at closing time; `days` count every day, but never end on a day off. Hours run
    inside office hours. The same day becomes the next working day after `handover_after` (local).
    """
    received = next_working_moment(start, calendar)
    day = calendar.day_of(received)
    match duration.unit:
        case "working_hours":
            return _after_hours(received, duration.amount, calendar)
        case "working_days":
            for _ in range(duration.amount):
                day = calendar.on_working_day(day + DAY)
        case "days":
            day = calendar.on_working_day(day + duration.amount * DAY)
        case "same_day":
            day = calendar.day_of(handed_over(received, calendar, after=handover_after))
    return calendar.closing(day)


def _after_hours(received: datetime, hours: int, calendar: OfficeCalendar) -> datetime:
    left = timedelta(hours=hours)
    spans = calendar.spans(calendar.day_of(received))
    while True:
        opens, closes = next(spans)
        begins = max(received, opens)
        if left <= closes - begins:
            return begins + left
        left -= max(closes - begins, timedelta())


def working_hours_between(start: datetime, end: datetime, calendar: OfficeCalendar) -> timedelta:
    """How much of the time between two aware moments lies in office hours; nothing unless `end` is later."""
    spans = takewhile(lambda span: span[0] < end, calendar.spans(calendar.day_of(start)))
    stretches = (min(closes, end) - max(opens, start) for opens, closes in spans)
    return sum((stretch for stretch in stretches if stretch > timedelta()), timedelta())
