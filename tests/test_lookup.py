"""A dossier is opened by its lookup code or by one that is mailed, and guessing only makes the guesser wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

from engine.dossier import filings, lookup
from engine.draft import throttle
from engine.errors import NoSuchDossier, Throttled
from engine.storage.database import database
from engine.storage.models import Dossier, Limit, OneTimeCode, OutboxMessage
from tests import filing_cases as cases
from tests.filing_cases import NOW, VALUES

SECOND = timedelta(seconds=1)
MAILED = "7777-7777"


@pytest.fixture(autouse=True)
def program(app: Flask) -> Iterator[None]:
    with app.app_context():
        Limit.delete().execute()
        yield
    database.settle()


@dataclass(frozen=True)
class Filed:
    dossier: Dossier
    code: str
    lookup: str


@pytest.fixture
def one() -> Filed:
    done = filings.submit(cases.filled(cases.published()), now=NOW)
    return Filed(done.dossier, done.dossier.code, done.lookup_code)


def sevens(_bits: int) -> int:
    return 7


def mail_code(one: Filed, language: str = "vi") -> None:
    lookup.send_one_time_code(one.code, now=NOW, language=language, randbits=sevens)


def guess(one: Filed, times: int, at: timedelta = timedelta()) -> None:
    for _ in range(times):
        with pytest.raises(NoSuchDossier):
            lookup.open_dossier(one.code, "wrong", now=NOW + at)


class TestLookupCode:
    def test_opens_however_it_is_typed(self, one: Filed) -> None:
        for typed in (one.lookup, one.lookup.lower(), one.lookup.replace("-", " "), one.lookup.replace("0", "o")):
            assert lookup.open_dossier(one.code, typed, now=NOW).id == one.dossier.id
        assert lookup.open_dossier(one.code.lower(), one.lookup, now=NOW).id == one.dossier.id

    @pytest.mark.parametrize("typed", ["", "AAAA-AAAA-AAAA", "x" * 10_000, "0521990012334", "0912345678"])
    def test_nothing_else_opens(self, one: Filed, typed: str) -> None:
        with pytest.raises(NoSuchDossier):
            lookup.open_dossier(one.code, typed, now=NOW)

    def test_it_opens_no_other_dossier(self, one: Filed) -> None:
        other = filings.submit(cases.filled(cases.published()), now=NOW)
        with pytest.raises(NoSuchDossier):
            lookup.open_dossier(other.dossier.code, one.lookup, now=NOW)

    def test_an_unknown_code_is_refused_in_the_same_way(self, one: Filed) -> None:
        with pytest.raises(NoSuchDossier) as unknown:
            lookup.open_dossier("H21-0", one.lookup, now=NOW)
        with pytest.raises(NoSuchDossier) as wrong:
            lookup.open_dossier(one.code, "wrong", now=NOW)
        assert (unknown.value.args, type(unknown.value)) == (wrong.value.args, type(wrong.value))


class TestGuessing:
    def test_demands_a_wait_that_grows(self, one: Filed) -> None:
        guess(one, throttle.FREE)
        with pytest.raises(Throttled) as first:
            lookup.open_dossier(one.code, "wrong", now=NOW)
        assert first.value.retry_at == NOW + 15 * SECOND
        guess(one, 1, 15 * SECOND)
        with pytest.raises(Throttled) as second:
            lookup.open_dossier(one.code, "wrong", now=NOW + 15 * SECOND)
        assert second.value.retry_at == NOW + 45 * SECOND

    def test_never_locks_the_owner_out(self, one: Filed) -> None:
        guess(one, throttle.FREE)
        mail_code(one)
        with pytest.raises(Throttled):
            lookup.open_dossier(one.code, "wrong", now=NOW)
        assert lookup.open_dossier(one.code, MAILED, now=NOW).id == one.dossier.id
        guess(one, throttle.FREE)
        assert lookup.open_dossier(one.code, one.lookup, now=NOW).id == one.dossier.id

    def test_is_forgotten_once_the_owner_came(self, one: Filed) -> None:
        guess(one, throttle.FREE)
        lookup.open_dossier(one.code, one.lookup, now=NOW)
        guess(one, throttle.FREE)

    def test_at_one_dossier_does_not_slow_another(self, one: Filed) -> None:
        guess(one, throttle.FREE)
        other = filings.submit(cases.filled(cases.published()), now=NOW).dossier
        with pytest.raises(NoSuchDossier):
            lookup.open_dossier(other.code, "wrong", now=NOW)

    def test_a_code_that_does_not_exist_slows_down_as_well(self) -> None:
        for _ in range(throttle.FREE):
            with pytest.raises(NoSuchDossier):
                lookup.open_dossier("H21-0", "wrong", now=NOW)
        with pytest.raises(Throttled):
            lookup.open_dossier("h21-0", "wrong", now=NOW)


class TestOneTimeCode:
    def test_is_mailed_to_the_filed_address_and_opens_once(self, one: Filed) -> None:
        mail_code(one)
        mail = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
        assert (mail.recipient, mail.event, mail.dossier_id) == ("hoa@example.vn", "one_time_code", one.dossier.id)
        assert MAILED not in mail.body + mail.subject
        assert lookup.open_dossier(one.code, "7777 7777", now=NOW).id == one.dossier.id
        with pytest.raises(NoSuchDossier):
            lookup.open_dossier(one.code, MAILED, now=NOW)

    def test_is_kept_as_a_hash(self, one: Filed) -> None:
        mail_code(one)
        assert "7777" not in OneTimeCode.get(OneTimeCode.dossier == one.dossier.id).code

    def test_is_good_for_a_quarter_of_an_hour(self, one: Filed) -> None:
        mail_code(one)
        with pytest.raises(NoSuchDossier):
            lookup.open_dossier(one.code, MAILED, now=NOW + lookup.LIFETIME)
        mail_code(one)
        assert lookup.open_dossier(one.code, MAILED, now=NOW + lookup.LIFETIME - SECOND).id == one.dossier.id

    def test_opens_no_other_dossier(self, one: Filed) -> None:
        mail_code(one)
        other = filings.submit(cases.filled(cases.published()), now=NOW).dossier
        with pytest.raises(NoSuchDossier):
            lookup.open_dossier(other.code, MAILED, now=NOW)

    def test_a_new_one_ends_the_one_before(self, one: Filed) -> None:
        mail_code(one)
        lookup.send_one_time_code(one.code, now=NOW, language="vi", randbits=lambda _bits: 8)
        with pytest.raises(NoSuchDossier):
            lookup.open_dossier(one.code, MAILED, now=NOW)
        assert lookup.open_dossier(one.code, "8888-8888", now=NOW).id == one.dossier.id

    def test_no_more_than_three_are_mailed_at_a_time(self, one: Filed) -> None:
        for _ in range(5):
            mail_code(one)
        mails = OutboxMessage.select().where(OutboxMessage.dossier == one.dossier.id)
        assert mails.where(OutboxMessage.event == "one_time_code").count() == 3

    def test_whether_there_is_a_dossier_or_an_address_is_not_told(self) -> None:
        without = filings.submit(cases.filled(cases.published(), {**VALUES, "thu": None}), now=NOW).dossier
        before = OutboxMessage.select().count()
        for code in ("H21-0", "", without.code):
            lookup.send_one_time_code(code, now=NOW, language="vi")
        assert OutboxMessage.select().count() == before

    def test_what_is_over_is_swept(self, one: Filed) -> None:
        mail_code(one)
        lookup.sweep(NOW)
        assert OneTimeCode.select().where(OneTimeCode.dossier == one.dossier.id).exists()
        lookup.sweep(NOW + lookup.LIFETIME)
        assert not OneTimeCode.select().exists()
