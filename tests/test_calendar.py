"""When a period of time ends: each rule by hand-counted cases, and what holds for all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import (
    UNITS,
    ZONE,
    Duration,
    OfficeCalendar,
    due,
    handed_over,
    next_working_moment,
    vietnam_calendar,
    words,
    working_hours_between,
)

VIETNAM = vietnam_calendar()


def at(written: str) -> datetime:
    """A local moment written as "24/11/2026 09:30", with seconds where they matter."""
    clock = "%H:%M:%S" if written.count(":") == 2 else "%H:%M"
    return datetime.strptime(written, f"%d/%m/%Y {clock}").replace(tzinfo=ZONE)


def day(written: str) -> date:
    """A day written as "24/11/2026"."""
    return datetime.strptime(written, "%d/%m/%Y").replace(tzinfo=ZONE).date()


def ends(start: str, duration: Duration, calendar: OfficeCalendar = VIETNAM) -> str:
    """The end of the period, written as `at` reads it."""
    return f"{due(at(start), duration, calendar).astimezone(ZONE):%d/%m/%Y %H:%M}"


# In 2026: 2/11 is a Monday; Tết is off from Monday 16/2 to Friday 20/2; 26/4 is a Sunday and so 27/4 is off;
# 30/4 Thursday and 1/5 Friday are off; Saturday 22/8 is worked for Monday 31/8; 1/9, 2/9 and 24/11 are off.


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("02/11/2026 09:00", 1, "03/11/2026 17:00"),  # counting starts on the day after
        ("02/11/2026 07:00", 1, "03/11/2026 17:00"),  # even for what came at the very opening
        ("02/11/2026 05:00", 1, "03/11/2026 17:00"),  # before the opening is still that day
        ("02/11/2026 15:30", 1, "03/11/2026 17:00"),  # the hand-over at 15:00 moves no date counted in days
        ("02/11/2026 17:00", 1, "03/11/2026 17:00"),  # the last minute is still that day
        ("02/11/2026 17:00:01", 1, "04/11/2026 17:00"),  # a second later counts from the next morning
        ("02/11/2026 23:59", 1, "04/11/2026 17:00"),
        ("02/11/2026 09:00", 3, "05/11/2026 17:00"),
        ("06/11/2026 09:00", 1, "09/11/2026 17:00"),  # Friday → Monday
        ("06/11/2026 18:00", 1, "10/11/2026 17:00"),  # Friday evening is received on Monday
        ("07/11/2026 10:00", 1, "10/11/2026 17:00"),  # and so is Saturday
        ("08/11/2026 10:00", 1, "10/11/2026 17:00"),  # and Sunday
        ("23/11/2026 09:00", 1, "25/11/2026 17:00"),  # the 24th is Ngày Văn hoá Việt Nam
        ("13/02/2026 09:00", 1, "23/02/2026 17:00"),  # the last Friday before Tết
        ("13/02/2026 17:30", 1, "24/02/2026 17:00"),  # that evening is received after Tết
        ("17/02/2026 09:00", 3, "26/02/2026 17:00"),  # in the middle of Tết
        ("24/04/2026 09:00", 3, "04/05/2026 17:00"),  # 28/4, 29/4, then over 30/4, 1/5 and a weekend
        ("21/08/2026 09:00", 1, "22/08/2026 17:00"),  # Friday → the make-up Saturday
        ("22/08/2026 09:00", 1, "24/08/2026 17:00"),  # a make-up Saturday receives
        ("21/08/2026 09:00", 6, "28/08/2026 17:00"),
        ("21/08/2026 09:00", 7, "03/09/2026 17:00"),  # over 31/8, 1/9 and 2/9
        ("28/08/2026 16:59", 1, "03/09/2026 17:00"),
        ("31/12/2026 09:00", 1, "04/01/2027 17:00"),  # into the next year
        ("31/12/2025 09:00", 1, "05/01/2026 17:00"),  # 2/1/2026 was swapped …
        ("09/01/2026 09:00", 1, "10/01/2026 17:00"),  # … for Saturday 10/1
    ],
)
def test_working_days_end_at_closing_time(start: str, number: int, end: str) -> None:
    assert ends(start, Duration("working_days", number)) == end


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("02/11/2026 09:00", 15, "17/11/2026 17:00"),  # weekends count
        ("02/11/2026 16:00", 15, "17/11/2026 17:00"),  # 15:00 does not matter
        ("02/11/2026 18:00", 15, "18/11/2026 17:00"),  # after closing: received on the 3rd
        ("02/11/2026 09:00", 5, "09/11/2026 17:00"),  # ends on Saturday 7 → Monday
        ("03/11/2026 09:00", 5, "09/11/2026 17:00"),  # ends on Sunday 8 → Monday
        ("09/11/2026 09:00", 15, "25/11/2026 17:00"),  # ends on the holiday of the 24th
        ("02/02/2026 09:00", 15, "23/02/2026 17:00"),  # ends on the first day of Tết
        ("13/04/2026 09:00", 12, "28/04/2026 17:00"),  # ends on Saturday 25/4; 27/4 is off too
        ("17/08/2026 09:00", 5, "22/08/2026 17:00"),  # ends on the make-up Saturday, which is worked
        ("17/08/2026 09:00", 14, "03/09/2026 17:00"),  # ends on the swapped 31/8
        ("07/11/2026 10:00", 1, "10/11/2026 17:00"),  # Saturday's arrival is received on Monday
    ],
)
def test_days_count_every_day_but_never_end_on_a_day_off(start: str, number: int, end: str) -> None:
    assert ends(start, Duration("days", number)) == end


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("02/11/2026 07:00", 4, "02/11/2026 11:00"),
        ("02/11/2026 09:00", 4, "02/11/2026 15:00"),  # 2½ before the break, 1½ after it
        ("02/11/2026 10:30", 1, "02/11/2026 11:30"),  # ends with the morning, not at 13:30
        ("02/11/2026 11:00", 1, "02/11/2026 14:00"),
        ("02/11/2026 12:00", 1, "02/11/2026 14:30"),  # in the break: from 13:30
        ("02/11/2026 16:00", 1, "02/11/2026 17:00"),  # ends with the day
        ("02/11/2026 16:30", 1, "03/11/2026 07:30"),
        ("02/11/2026 17:00", 1, "03/11/2026 08:00"),
        ("02/11/2026 20:00", 8, "03/11/2026 17:00"),
        ("06/11/2026 16:00", 8, "09/11/2026 16:00"),  # over a weekend
        ("07/11/2026 10:00", 4, "09/11/2026 11:00"),
        ("13/02/2026 16:00", 2, "23/02/2026 08:00"),  # over Tết
        ("21/08/2026 16:00", 2, "22/08/2026 08:00"),  # into the make-up Saturday
        ("28/08/2026 16:00", 2, "03/09/2026 08:00"),  # over the swapped Monday and the two holidays
        ("02/11/2026 15:30", 2, "03/11/2026 07:30"),  # 15:00 stops no clock that has started
    ],
)
def test_working_hours_run_inside_office_hours(start: str, number: int, end: str) -> None:
    assert ends(start, Duration("working_hours", number)) == end


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("02/11/2026 06:00", "02/11/2026 17:00"),
        ("02/11/2026 10:00", "02/11/2026 17:00"),
        ("02/11/2026 15:00", "02/11/2026 17:00"),
        ("02/11/2026 15:00:01", "03/11/2026 17:00"),
        ("02/11/2026 17:00", "03/11/2026 17:00"),
        ("02/11/2026 17:30", "03/11/2026 17:00"),  # received on the 3rd at 7:00, so not moved twice
        ("06/11/2026 15:30", "09/11/2026 17:00"),
        ("07/11/2026 16:00", "09/11/2026 17:00"),  # Saturday afternoon is received on Monday morning
        ("13/02/2026 15:30", "23/02/2026 17:00"),
        ("21/08/2026 15:30", "22/08/2026 17:00"),
        ("22/08/2026 09:00", "22/08/2026 17:00"),
    ],
)
def test_the_same_day_is_the_next_working_day_after_three_o_clock(start: str, end: str) -> None:
    assert ends(start, Duration("same_day")) == end


def test_an_office_may_set_another_hour_of_handing_over_or_none() -> None:
    same_day, late = Duration("same_day"), at("02/11/2026 16:30")
    assert due(late, same_day, VIETNAM, handover_after=time(16, 30)) == at("02/11/2026 17:00")
    assert due(late, same_day, VIETNAM, handover_after=None) == at("02/11/2026 17:00")
    assert due(at("02/11/2026 10:01"), same_day, VIETNAM, handover_after=time(10)) == at("03/11/2026 17:00")


@pytest.mark.parametrize(
    ("received", "passed_on"),
    [
        ("02/11/2026 09:00", "02/11/2026 09:00"),
        ("02/11/2026 12:00", "02/11/2026 13:30"),
        ("02/11/2026 15:00", "02/11/2026 15:00"),
        ("02/11/2026 15:10", "03/11/2026 07:00"),
        ("06/11/2026 16:00", "09/11/2026 07:00"),
        ("06/11/2026 19:00", "09/11/2026 07:00"),
    ],
)
def test_what_comes_after_three_is_passed_on_the_next_working_day(received: str, passed_on: str) -> None:
    assert handed_over(at(received), VIETNAM) == at(passed_on)


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("02/11/2026 06:59", "02/11/2026 07:00"),
        ("02/11/2026 07:00", "02/11/2026 07:00"),
        ("02/11/2026 11:30", "02/11/2026 11:30"),
        ("02/11/2026 11:30:01", "02/11/2026 13:30"),
        ("02/11/2026 17:00", "02/11/2026 17:00"),
        ("02/11/2026 17:01", "03/11/2026 07:00"),
        ("07/11/2026 08:00", "09/11/2026 07:00"),
        ("16/02/2026 00:00", "23/02/2026 07:00"),
    ],
)
def test_the_next_working_moment(moment: str, wanted: str) -> None:
    assert next_working_moment(at(moment), VIETNAM) == at(wanted)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("02/11/2026 07:00", "02/11/2026 17:00", 8),
        ("02/11/2026 00:00", "03/11/2026 00:00", 8),
        ("02/11/2026 11:00", "02/11/2026 14:00", 1),
        ("02/11/2026 11:45", "02/11/2026 13:15", 0),
        ("06/11/2026 16:00", "09/11/2026 08:30", 2.5),
        ("13/02/2026 17:00", "23/02/2026 07:00", 0),
        ("21/08/2026 17:00", "24/08/2026 07:00", 8),
        ("03/11/2026 09:00", "02/11/2026 09:00", 0),
    ],
)
def test_the_office_hours_between_two_moments(start: str, end: str, hours: float) -> None:
    assert working_hours_between(at(start), at(end), VIETNAM) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("written", "works"),
    [
        ("22/08/2026", True),  # Saturday, for …
        ("31/08/2026", False),  # … this Monday
        ("29/08/2026", False),
        ("01/09/2026", False),
        ("02/09/2026", False),
        ("03/09/2026", True),
        ("16/02/2026", False),
        ("20/02/2026", False),
        ("23/02/2026", True),
        ("26/04/2026", False),
        ("27/04/2026", False),
        ("30/04/2026", False),
        ("01/05/2026", False),
        ("24/11/2026", False),
        ("02/01/2026", False),
        ("10/01/2026", True),
        ("02/05/2025", False),
        ("26/04/2025", True),
        ("01/01/2027", False),
    ],
)
def test_the_national_calendar_knows_holidays_and_swapped_days(written: str, works: bool) -> None:
    assert VIETNAM.is_working_day(day(written)) is works


def test_a_calendar_of_some_years_agrees_with_the_whole_one_in_them() -> None:
    some = vietnam_calendar(2026, 2027)
    days = [date(2026, 1, 1) + timedelta(n) for n in range(730)]
    assert [some.is_working_day(each) for each in days] == [VIETNAM.is_working_day(each) for each in days]
    assert vietnam_calendar(2026, 2027) is some


def test_the_office_adds_its_own_days_off_and_make_up_days() -> None:
    flood = VIETNAM.with_days(off=[day("03/11/2026")], made_up=[day("07/11/2026"), day("24/11/2026")])
    assert ends("02/11/2026 09:00", Duration("working_days", 1), flood) == "04/11/2026 17:00"
    assert ends("06/11/2026 09:00", Duration("working_days", 1), flood) == "07/11/2026 17:00"
    assert flood.is_working_day(day("24/11/2026")), "its own day wins over the national holiday"
    assert not flood.with_days(off=[day("22/08/2026")]).is_working_day(day("22/08/2026"))


def test_other_hours_and_another_weekend() -> None:
    office = OfficeCalendar(hours=((time(8), time(12)), (time(13), time(16))), weekend=frozenset({6}))
    assert ends("06/11/2026 15:00", Duration("working_hours", 2), office) == "07/11/2026 09:00"
    assert ends("06/11/2026 15:00", Duration("working_days", 1), office) == "07/11/2026 16:00"


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"weekend": frozenset(range(7))}, "without working days"),
        ({"hours": ()}, "office hours"),
        ({"hours": ((time(7), time(7)),)}, "office hours"),
        ({"hours": ((time(17), time(7)),)}, "office hours"),
        ({"hours": ((time(7), time(12)), (time(11), time(17)))}, "office hours"),
        (
            {"days_off": frozenset({date(2026, 11, 7)}), "make_up_days": frozenset({date(2026, 11, 7)})},
            "07/11/2026 is both",
        ),
    ],
)
def test_a_calendar_by_which_nobody_could_work_is_refused(wrong: dict[str, object], because: str) -> None:
    with pytest.raises(ValueError, match=because):
        OfficeCalendar(**wrong)  # type: ignore[arg-type]


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        due(datetime(2026, 11, 2, 9), Duration("same_day"), VIETNAM)  # noqa: DTZ001 - the naive one is the point


def test_ends_are_given_in_utc() -> None:
    end = due(at("02/11/2026 09:00"), Duration("working_days", 1), VIETNAM)
    assert end.isoformat() == "2026-11-03T10:00:00+00:00"
    assert handed_over(at("02/11/2026 09:00"), VIETNAM).tzinfo is UTC


# Durations as the format writes them


@pytest.mark.parametrize(
    ("plain", "duration"),
    [
        ({"working_days": 1}, Duration("working_days", 1)),
        ({"working_hours": 8}, Duration("working_hours", 8)),
        ({"days": 20}, Duration("days", 20)),
        ({"same_day": True}, Duration("same_day")),
    ],
)
def test_a_duration_is_read_and_written_back(plain: dict[str, object], duration: Duration) -> None:
    assert Duration.of(plain) == duration
    assert duration.document() == plain
    assert type(duration.document()[duration.unit]) is type(plain[duration.unit])


@pytest.mark.parametrize(
    ("plain", "fault"),
    [
        ({}, "not nothing"),
        ({"days": 1, "working_days": 2}, 'not "days" and "working_days"'),
        ({"wrking_days": 1}, 'unknown "wrking_days"; did you mean "working_days"?'),
        ({"weeks": 1}, 'unknown "weeks" .known: working_days, working_hours, days, same_day'),
        ({"days": 0}, "from 1 to 3650 is wanted, not 0"),
        ({"days": -1}, "not -1"),
        ({"working_hours": 10_000_000}, "not 10000000"),
        ({"days": "ba"}, 'a whole number is wanted, not "ba"'),
        ({"days": 1.5}, 'not "1.5"'),
        ({"days": True}, 'not "true"'),
        ({"days": None}, "days: a whole number"),
        ({"same_day": False}, 'only true can be written, not "false"'),
        ({"same_day": 1}, 'not "1"'),
    ],
)
def test_what_is_no_duration_is_refused_in_the_words_of_a_fault(plain: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError, match=fault.replace("?", r"\?")):
        Duration.of(plain)


@pytest.mark.parametrize(
    ("duration", "vietnamese", "english"),
    [
        (Duration("working_days", 3), "3 ngày làm việc", "3 working days"),
        (Duration("working_days", 1), "1 ngày làm việc", "1 working day"),
        (Duration("working_hours", 8), "8 giờ làm việc", "8 working hours"),
        (Duration("working_hours", 1), "1 giờ làm việc", "1 working hour"),
        (Duration("days", 15), "15 ngày", "15 days"),
        (Duration("days", 1), "1 ngày", "1 day"),
        (Duration("same_day"), "Trong ngày làm việc", "Within the working day"),
    ],
)
def test_a_duration_in_words(duration: Duration, vietnamese: str, english: str) -> None:
    assert words(duration) == vietnamese
    assert words(duration, "en") == english


def test_eight_working_hours_are_a_working_day() -> None:
    assert Duration("working_days", 2).in_working_hours() == 16
    assert Duration("working_hours", 16).in_working_hours() == 16
    assert Duration("same_day").in_working_hours() == 8
    assert Duration("days", 2).in_working_hours() is None


# What holds for every moment and every period

CLOCKS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31))  # noqa: DTZ001 - the bounds must be naive
MOMENTS = CLOCKS.map(lambda naive: naive.replace(tzinfo=UTC))
DURATIONS = st.builds(Duration, st.sampled_from(UNITS), st.integers(1, 60))
ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(MOMENTS, DURATIONS)
def test_no_period_ends_before_it_starts(start: datetime, duration: Duration) -> None:
    assert due(start, duration, VIETNAM) >= start


@given(MOMENTS, DURATIONS, st.timedeltas(timedelta(), timedelta(days=20)))
def test_a_later_receipt_never_ends_earlier(start: datetime, duration: Duration, later: timedelta) -> None:
    assert due(start + later, duration, VIETNAM) >= due(start, duration, VIETNAM)


@given(MOMENTS, DURATIONS, ZONES)
def test_the_zone_in_which_a_moment_is_written_does_not_matter(
    start: datetime, duration: Duration, zone: timezone
) -> None:
    assert due(start.astimezone(zone), duration, VIETNAM) == due(start, duration, VIETNAM)


@given(MOMENTS, DURATIONS)
def test_every_period_ends_in_office_hours(start: datetime, duration: Duration) -> None:
    end = due(start, duration, VIETNAM)
    assert next_working_moment(end, VIETNAM) == end


@given(MOMENTS, st.integers(1, 60))
def test_the_hours_until_the_end_are_the_hours_of_the_period(start: datetime, hours: int) -> None:
    end = due(start, Duration("working_hours", hours), VIETNAM)
    assert working_hours_between(start, end, VIETNAM) == timedelta(hours=hours)


@given(CLOCKS)
def test_eight_hours_from_inside_a_day_reach_the_same_time_of_the_next(naive: datetime) -> None:
    start = naive.replace(tzinfo=ZONE)
    if next_working_moment(start, VIETNAM) != start or start.time() in {time(7), time(13, 30)}:
        return
    end = due(start, Duration("working_hours", 8), VIETNAM).astimezone(ZONE)
    one_day = due(start, Duration("working_days", 1), VIETNAM).astimezone(ZONE)
    assert (end.date(), end.time()) == (one_day.date(), start.time())
