"""The values to try of every kind. One line of `SAMPLES` for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any

from engine.kinds import Context, Field
from engine.kinds.groups import Group
from engine.rules import Condition, Test, compile, names, skips  # noqa: A004 - the one of conditions
from engine.trial import samples
from engine.trial.samples import Made, Sample, normal
from engine.trial.words import Said

MOST_VARIED = 12  # values of one column that rows are made of
MOST_MENDED = 5_000  # rows tried to satisfy a table's own checks

Columns = Mapping[str, tuple[Sample, ...]]


def samples_of(item: Field, context: Context, wanted: Iterable[Any] = ()) -> tuple[Sample, ...]:
    """The values that a field takes, the usual one first, each once.

    `wanted` are the constants with which conditions compare it, those of a part of an address as (part, constant).
    """
    found: dict[str, Sample] = {}
    named: set[Said | None] = set()
    for sample in SAMPLES[item.KIND](item, context, tuple(wanted)):
        stored = normal(item, sample.value, context)
        known = found.get(repr(stored))
        branch = None if sample.branch in named else sample.branch  # one value for each boundary is enough
        if stored is not None and (known is None or (branch and not known.branch)):
            found[repr(stored)] = Sample(stored, branch)
            named.add(branch)
    return tuple(found.values())


def rows(item: Field, context: Context, wanted: tuple[Any, ...]) -> Made:
    """Tables: of as few and as many rows, with every value of every column in some row, and in every row."""
    assert isinstance(item, Group)
    table = _Table(item, columns_of(item, context, wanted), {"today": context.today, "channel": context.channel})
    least, base = item.least, table.mended(_row(table.columns, 0))
    main = table.mended(_row(table.columns, 0, ticked=True))
    fewest = [main, *[base] * (least - 1)]
    yield Sample(fewest, Said("rows_least", str(item.min_rows)) if item.min_rows else None)
    varied = list(_varied(table, main))
    plain = [table.unticked(row) for row in varied]
    for start in range(0, len(varied), item.most - 1 or 1):  # as many as go into one table, below the main one
        yield Sample(_padded([main, *plain[start : start + item.most - 1]], base, least))
    yield Sample([base] * least)
    if item.max_rows:
        yield Sample(_padded([main], base, item.max_rows), Said("rows_most", str(item.max_rows)))
    bare = {name: value for name, value in main.items() if item.column[name].required is True}
    yield from (Sample([bare] * count) for count in dict.fromkeys((least, min(2, item.most))) if bare)
    for row, others in zip(varied, plain, strict=True):
        yield Sample(_padded([row], base, least))
        yield Sample([others] * least)
        yield Sample(_padded([row], others, min(max(least, 2), item.most)))
    yield Sample([main] * max(least, min(2, item.most)))
    for check in item.checks:
        yield Sample(_padded([table.refused(main, check.rule)], base, least))
    for row in varied if item.max_rows else ():
        if any(value is True for value in row.values()):  # of so many rows one may have to be the main one
            yield Sample(_padded([row], base, item.max_rows or 0))


def _varied(table: _Table, main: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows in which one column is another than usual, or left blank."""
    for name, values in table.columns.items():
        if table.group.column[name].required is not True:
            yield {inner: value for inner, value in main.items() if inner != name}
        first = sorted(values, key=lambda one: one.branch is None)
        yield from (table.mended({**main, name: one.value}, keep=name) for one in first[:MOST_VARIED])


@dataclass(frozen=True, eq=False)
class _Table:
    """A group with the values of its columns, and what a row sees of the form before any answer."""

    group: Group
    columns: Columns
    form: Mapping[str, Any]

    @cached_property
    def ticked(self) -> frozenset[str]:
        """The columns that may only be ticked."""
        return frozenset(name for name, values in self.columns.items() if [one.value for one in values] == [True])

    def unticked(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row without what may only be ticked."""
        return {name: value for name, value in row.items() if name not in self.ticked}

    def whens(self, column: str) -> dict[Condition, None]:
        """The conditions under which a column is asked, those of what they look at too."""
        when = self.group.column[column].when if column in self.group.column else None
        found = {} if when is None else {when: None}
        for name in names(when) if when is not None else ():
            found |= self.whens(name) if name != column else {}
        return found

    def test(self, condition: Condition) -> Test:
        """A condition inside rows as a function."""
        return compile(condition, {name: column.value_type() for name, column in self.group.column.items()})

    def mended(self, row: dict[str, Any], keep: str = "") -> dict[str, Any]:
        """The row with other values where its checks refuse it or `keep` would not be asked; as it is if none help."""
        checks = [check.rule for check in self.group.checks if check.severity == "error"]
        wanted = [(rule, True) for rule in checks] + [(when, True) for when in self.whens(keep)]
        return self._changed(row, wanted, keep)

    def refused(self, row: dict[str, Any], rule: Condition) -> dict[str, Any]:
        """The row with other values, so that this check refuses it; as it is if none help."""
        whens = {when: None for name in names(rule) for when in self.whens(name)}
        return self._changed(row, [(rule, False), *((when, True) for when in whens)], "")

    def _changed(self, row: dict[str, Any], wanted: list[tuple[Condition, bool]], keep: str) -> dict[str, Any]:
        tests = [(condition, self.test(condition), want) for condition, want in wanted]

        def wrong(view: Mapping[str, Any]) -> list[Condition]:
            return [one for one, test, want in tests if test(view) is not want and not (want and skips(one, view))]

        looked = {name for condition in wrong({**self.form, **row}) for name in names(condition)}
        free = [name for name in self.columns if name in looked and name != keep]
        others = product(*(self.columns[name] for name in free))
        for values in islice(others, MOST_MENDED) if looked else ():
            other = row | {name: one.value for name, one in zip(free, values, strict=True)}
            if not wrong({**self.form, **other}):
                return other
        return row


def columns_of(item: Group, context: Context, wanted: Iterable[Any] = ()) -> Columns:
    """The values of each column that asks something; `wanted` are (column, constant) pairs."""
    pairs = [pair for pair in wanted if isinstance(pair, tuple)]
    return {
        column.name: samples_of(column, context, [value for name, value in pairs if name == column.name])
        for column in item.columns
        if column.ASKS
    }


def _row(columns: Columns, turn: int, *, ticked: bool = False) -> dict[str, Any]:
    """A row; what may only be ticked is left alone without `ticked`, as of several rows one is the main one."""
    return {
        name: values[turn % len(values)].value
        for name, values in columns.items()
        if values and (ticked or len(values) > 1 or values[0].value is not True)
    }


def _padded(listed: list[dict[str, Any]], base: dict[str, Any], count: int) -> list[dict[str, Any]]:
    return [*listed, *[base] * (count - len(listed))]


SAMPLES: Mapping[str, Callable[[Field, Context, tuple[Any, ...]], Made]] = {
    "text": samples.texts,
    "long_text": samples.texts,
    "integer": samples.numbers,
    "decimal": samples.decimals,
    "money": samples.numbers,
    "date": samples.dates,
    "time": samples.times,
    "datetime": samples.moments,
    "email": samples.fixed("nguoi-dan@example.vn", "nguoi-khac@example.vn"),
    "phone": samples.fixed("+84905123456", "+84912345678"),
    "choice": samples.choice,
    "choices": samples.choices,
    "linked_choice": samples.linked,
    "yes_no": samples.yes_no,
    "confirm": samples.confirm,
    "national_id": samples.national_ids,
    "tax_code": samples.fixed("0100109106", "052190001234"),
    "address": samples.addresses,
    "file": samples.files,
    "signature": samples.signatures,
    "group": rows,
    "heading": samples.nothing,
    "note": samples.nothing,
    "computed": samples.nothing,
}
