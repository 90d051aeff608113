"""Valid values of each kind that asks one thing, at the boundaries of what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.definition.checks.checking import facts_of
from engine.formulas.values import decimal_of, moment_of, shifted, time_of
from engine.kinds import Context, Field, Refused
from engine.kinds.address import HOME, Address
from engine.kinds.base import posted
from engine.kinds.choices import OTHER, Choice, Choices
from engine.kinds.contacts import NationalId
from engine.kinds.dates import Date
from engine.kinds.files import ON_FILE, File, PaperFile
from engine.kinds.linked import LinkedChoice
from engine.kinds.numbers import LARGEST, DecimalNumber, Integer, Money
from engine.kinds.signature import Signature
from engine.kinds.text import LongText, ShortText
from engine.kinds.times import ZONE, DateTime, Time
from engine.rules import verdicts
from engine.trial.patterns import examples
from engine.trial.words import Said

MOST_OPTIONS = 12  # of a longer list the first, the last and those that something asks for are branches
MOST_TEXTS = 6  # made of one pattern
LENGTH = {"day": 10, "month": 7, "year": 4}
WORDS = (
    "Nguyễn Thị Hạnh", "Trần Văn Nam", "052190001234", "0905123456", "12345", "2", "A1234567", "ABC-123", "abc",
    "Tổ 1, khu vực 2, đường Trần Hưng Đạo, bên cạnh trụ sở cũ",
)  # fmt: skip
USUAL_DAYS = ("1990-06-15", "2020-02-29")
FILE_IDS = tuple(f"tep-{number}" for number in range(1, 21))  # stand for files until they are sent
DRAWN_ID = "0" * 32  # stands for a drawn signature
ATTACHED = (*FILE_IDS, DRAWN_ID)


@dataclass(frozen=True, slots=True)
class Sample:
    """A valid value; `branch` says which boundary it is, and is nothing where it is one value of many."""

    value: Any
    branch: Said | None = None


Made = Iterator[Sample]


def normal(item: Field, value: Any, context: Context) -> Any:
    """The value as it is stored when it is typed, or nothing where the field refuses it."""
    typed = posted(item.typed(value))
    try:
        stored = item.parse(typed, context)
    except Refused:
        return None
    return None if stored is None or item.problem(stored, context) else stored


def texts(item: Field, _context: Context, wanted: tuple[Any, ...]) -> Made:
    """Words of the wanted length and pattern."""
    assert isinstance(item, ShortText | LongText)
    pattern = item.pattern if isinstance(item, ShortText) else None
    for word in (*wanted, *WORDS):
        yield Sample(str(word))
        for length in (item.min_length, item.max_length):
            if length and not pattern:
                boundary = Said("shortest" if length == item.min_length else "longest", str(length))
                yield Sample(_of_length(str(word), length), boundary)
    if pattern:
        least, most = item.min_length or 0, item.max_length or item.longest()
        fitting = [text for text in examples(pattern, item.max_length or 0) if least <= len(text) <= most]
        yield from (Sample(text) for text in fitting[:MOST_TEXTS])
        yield from (Sample(text, Said("longest", str(len(text)))) for text in fitting if item.max_length == len(text))


def _of_length(word: str, length: int) -> str:
    return (word * (length // len(word) + 1))[:length].replace(" ", "a")


def numbers(item: Field, _context: Context, wanted: tuple[Any, ...]) -> Made:
    """Whole numbers at and around the limits and the constants of conditions."""
    assert isinstance(item, Integer | Money)
    yield from (Sample(value) for value in (2, 1, 10))
    for limit, code, inwards in zip(item.limits(), ("least", "most"), (1, -1), strict=True):
        if limit is not None:
            yield Sample(limit, Said(code, str(limit)))
            yield Sample(limit + inwards)
    asked = [value for value in wanted if type(value) is int and abs(value) < LARGEST]
    yield from (Sample(value) for value in _near(item, asked))
    yield from (Sample(value) for value in (0, 100, 1_000_000, -1, LARGEST))


def decimals(item: Field, _context: Context, wanted: tuple[Any, ...]) -> Made:
    """Exact numbers at and around the limits and the constants of conditions."""
    assert isinstance(item, DecimalNumber)
    step = Decimal(1).scaleb(-item.places)
    yield from (Sample(item.stored(value)) for value in (Decimal(2), 1 + step, Decimal(10)))
    for limit, code in zip((item.min, item.max), ("least", "most"), strict=True):
        if limit is not None:
            yield Sample(item.stored(limit), Said(code, str(limit)))
    constants = [number for value in wanted if (number := decimal_of(value)) is not None]
    for number in (*constants, *filter(None, (item.min, item.max))):
        yield from (Sample(item.stored(Decimal(number) + change)) for change in (-step, Decimal(0), step))
    yield from (Sample(item.stored(Decimal(value))) for value in (0, 100, 1_000_000, -1))


def _near(item: Field, wanted: Iterable[Any]) -> list[Any]:
    """The constants of conditions and their neighbours, by which a condition over one field is decided."""
    asked = list(wanted)
    found = verdicts.SAMPLES[item.VALUE_TYPE](facts_of(item), asked) if asked else ()
    return sorted(found)


def dates(item: Field, context: Context, wanted: tuple[Any, ...]) -> Made:
    """Days at the limits, around the constants of conditions, and in every precision."""
    assert isinstance(item, Date)
    low, high = (limit.on(context.today) if limit else "" for limit in (item.min, item.max))
    for precision in item.allowed:
        coarse = Said(f"only_{precision}") if precision != "day" and len(item.allowed) > 1 else None
        yield from (Sample(day[: LENGTH[precision]], coarse) for day in USUAL_DAYS)
        for limit, boundary in ((low, Said("earliest")), (high, Said("latest"))):
            if limit:
                yield Sample(limit[: LENGTH[precision]], boundary if LENGTH[precision] >= len(limit) else coarse)
    days = [context.today, *filter(None, (low, high)), *(str(value) for value in wanted)]
    for day in _near(item, days):
        yield from (Sample(day[: LENGTH[precision]]) for precision in item.allowed if len(day) >= LENGTH[precision])
    yield from (Sample(day) for years in (-100, -60, -30, -20, -16, -5, 1, 10) if (day := _years(context, years)))


def times(item: Field, _context: Context, wanted: tuple[Any, ...]) -> Made:
    """Times of day at the limits and around the constants of conditions."""
    assert isinstance(item, Time)
    asked = [value for value in wanted if isinstance(value, str)]
    yield from (Sample(value) for value in ("09:30", "14:00"))
    for limit, code in ((item.min, "earliest"), (item.max, "latest")):
        yield from [Sample(limit, Said(code))] if limit else []
    for value in asked:
        yield from (Sample(near) for near in (value, _minutes(value, -1), _minutes(value, 1)))
    yield from (Sample(value) for value in ("00:00", "23:59"))


def _minutes(clock: str, change: int) -> str:
    minutes = (int(clock[:2]) * 60 + int(clock[3:5]) + change) % (24 * 60) if time_of(clock) else 0
    return f"{minutes // 60:02}:{minutes % 60:02}"


def moments(item: Field, context: Context, wanted: tuple[Any, ...]) -> Made:
    """Days with their times, likewise."""
    assert isinstance(item, DateTime)
    for limit, code, clock in ((item.min, "earliest", "00:00"), (item.max, "latest", "23:59")):
        edge = limit.on(context.today) if limit else ""
        yield from [Sample(_at(edge, clock), Said(code))] if edge else []
    days = [context.today, *USUAL_DAYS, *(found[:10] for one in wanted if (found := moment_of(one)))]
    for day in days:
        near = (shifted(day, (("days", change),)) for change in (0, -1, 1))
        yield from (Sample(_at(one, clock)) for one in near if one for clock in ("09:30", "00:00", "23:59"))
    yield from (Sample(_at(found, "09:30")) for one in wanted if (found := moment_of(one)))


def _at(moment: str, clock: str) -> str:
    """A stored moment: of a day at this hour, or as it is."""
    local = moment_of(moment) or moment
    return f"{local[:16]}:00{ZONE}" if len(local) > 10 else f"{local}T{clock}:00{ZONE}"


def _years(context: Context, count: int) -> str | None:
    return shifted(context.today, (("years", count),))


def fixed(*values: str) -> Callable[[Field, Context, tuple[Any, ...]], Made]:
    """Always the same, and what conditions compare it with."""

    def make(_item: Field, _context: Context, wanted: tuple[Any, ...]) -> Made:
        yield from (Sample(value) for value in (*values, *(str(one) for one in wanted)))

    return make


def national_ids(item: Field, _context: Context, wanted: tuple[Any, ...]) -> Made:
    """Numbers of each length that is taken."""
    assert isinstance(item, NationalId)
    yield Sample("052190001234", Said("digits", "12") if item.cmnd else None)
    yield Sample("190001234", Said("digits", "9"))
    yield from (Sample(value) for value in ("052199004321", *(str(one) for one in wanted)))


def choice(item: Field, _context: Context, wanted: tuple[Any, ...]) -> Made:
    """Each option."""
    assert isinstance(item, Choice)
    branches = asked_options(item, wanted)
    for option in item.options:
        yield Sample(option.value, Said("chosen", option.value) if option.value in branches else None)
    if item.other:
        yield Sample({OTHER: "Trường hợp khác"}, Said("chosen", OTHER))


def asked_options(item: Choice | Choices, wanted: Iterable[Any]) -> frozenset[str]:
    """The options that count as branches: all of a short list; of a long one its ends and what something asks for."""
    values = [option.value for option in item.options]
    if len(values) <= MOST_OPTIONS:
        return frozenset(values)
    conditional = [option.value for option in item.options if option.when is not None]
    return frozenset({values[0], values[-1], *conditional, *(one for one in wanted if isinstance(one, str))})


def choices(item: Field, context: Context, wanted: tuple[Any, ...]) -> Made:
    """Several options: as few, as many, and each of them."""
    assert isinstance(item, Choices)
    gone = {option.value for option in item.options if option.until is not None and option.until < context.today}
    values = [{OTHER: "Trường hợp khác"} if value == OTHER else value for value in item.values if value not in gone]
    least, most = item.min or 1, item.max or len(values)
    yield Sample(values[:least], Said("count_least", str(item.min)) if item.min else None)
    if item.max:
        yield Sample(values[:most], Said("count_most", str(item.max)))
    branches = asked_options(item, wanted)
    for place, value in enumerate(values):
        named = OTHER if isinstance(value, dict) else value
        counts = named in branches or named == OTHER
        yield Sample(_with(values, place, least), Said("chosen", named) if counts else None)
    asked = [value for value in values if value in wanted]
    yield from (Sample(chosen) for chosen in (asked, values, values[: least + 1]))


def _with(values: list[Any], place: int, count: int) -> list[Any]:
    """So many values, the one at this place among them, in their order."""
    others = [value for at, value in enumerate(values) if at != place][: max(count - 1, 0)]
    return [value for at, value in enumerate(values) if at == place or value in others]


def linked(item: Field, context: Context, wanted: tuple[Any, ...]) -> Made:
    """Ways from the outermost list to its innermost entries."""
    assert isinstance(item, LinkedChoice)
    paths = list(_paths(item, (), context))
    for place, path in enumerate(paths):
        named = path[-1] if place in (0, len(paths) - 1) or len(paths) <= MOST_OPTIONS else ""
        asked = [value for value in path if value in wanted]
        if named or asked:
            yield Sample(list(path), Said("chosen", named or asked[0]))


def _paths(item: LinkedChoice, above: tuple[str, ...], context: Context) -> Iterator[tuple[str, ...]]:
    """Every way from the outermost list to an entry that has nothing below it."""
    below = item.offered(above[-1] if above else "", context.today)
    if above and not below:
        yield above
    for option in below if len(above) <= item.depth else ():
        yield from _paths(item, (*above, option.value), context)


def signatures(item: Field, _context: Context, _wanted: tuple[Any, ...]) -> Made:
    """A name, and a drawing."""
    assert isinstance(item, Signature)
    yield Sample("Nguyễn Thị Hạnh")
    if item.drawn:
        yield Sample(DRAWN_ID, Said("drawn"))


def yes_no(_item: Field, _context: Context, _wanted: tuple[Any, ...]) -> Made:
    """Both answers."""
    yield Sample(False, Said("no"))  # noqa: FBT003 - the answer itself
    yield Sample(True, Said("yes"))  # noqa: FBT003


def confirm(_item: Field, _context: Context, _wanted: tuple[Any, ...]) -> Made:
    """The one answer there is."""
    yield Sample(True)  # noqa: FBT003 - the answer itself


def addresses(item: Field, context: Context, wanted: tuple[Any, ...]) -> Made:
    """Places at home, and abroad where that is asked."""
    assert isinstance(item, Address)
    street = {"detail": "12 Trần Hưng Đạo"} if item.detail != "none" else {}
    asked = [one for one in wanted if isinstance(one, tuple)]
    provinces = [context.home_province, *context.places.province_options()]
    for province in dict.fromkeys(
        [*filter(None, provinces[:3]), *(code for part, code in asked if part == "province")]
    ):
        for ward in list(context.places.ward_options(province))[:2]:
            yield Sample(_home(province, ward) | street)
            if item.detail == "optional":
                yield Sample(_home(province, ward), Said("no_street"))
    for ward in (code for part, code in asked if part == "ward"):
        above = [code for code in context.places.province_options() if ward in context.places.ward_options(code)]
        yield from (Sample(_home(province, ward) | street) for province in above)
    if item.abroad:
        countries = [code for code in context.places.country_options("vi") if code != HOME]
        asked_for = [code for part, code in asked if part == "country" and code != HOME]
        yield from (Sample({"country": code} | street, Said("abroad")) for code in countries[:1])
        yield from (Sample({"country": code} | street) for code in (*countries[1:2], *asked_for))


def _home(province: str, ward: str) -> dict[str, str]:
    return {"country": HOME, "province": province, "ward": ward}


def files(item: Field, _context: Context, _wanted: tuple[Any, ...]) -> Made:
    """One file, as many as are taken, and each other way for a paper to come."""
    assert isinstance(item, File)
    yield Sample(list(FILE_IDS[:1]))
    for way in item.ways if isinstance(item, PaperFile) else ():
        yield Sample({ON_FILE: "H21.52.01-260101-0001"} if way == ON_FILE else way, Said("way", way))
    if 1 < item.max_files <= len(FILE_IDS):
        yield Sample(list(FILE_IDS[: item.max_files]), Said("files_most", str(item.max_files)))
    yield from (Sample(list(FILE_IDS[:count])) for count in range(2, min(item.max_files, len(FILE_IDS)) + 1))


def nothing(_item: Field, _context: Context, _wanted: tuple[Any, ...]) -> Made:
    """Of kinds that ask nothing."""
    yield from ()
