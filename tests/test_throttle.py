"""Tries are counted in the database, and whoever guesses badly has to wait longer each time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from limits import parse

from engine.draft import throttle
from engine.errors import Throttled
from engine.platform.running import settings
from engine.storage.database import database
from engine.storage.models import Limit

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def program(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
    database.settle()


@pytest.fixture
def key() -> str:
    return str(uuid4())


def hits(name: str, key: str, count: int, now: datetime = NOW) -> None:
    for _ in range(count):
        throttle.hit(name, key, now=now)


class TestRate:
    def test_lets_through_what_is_within_it(self, key: str) -> None:
        hits("resume", key, 5)

    def test_refuses_what_is_beyond_it_and_says_when_to_come_back(self, key: str) -> None:
        hits("resume", key, 5)
        with pytest.raises(Throttled) as refusal:
            throttle.hit("resume", key, now=NOW + timedelta(minutes=20))
        assert refusal.value.retry_at == NOW + timedelta(hours=1)
        assert refusal.value.retry_at.tzinfo is not None

    def test_begins_again_when_the_window_is_over(self, key: str) -> None:
        hits("resume", key, 5)
        hits("resume", key, 5, NOW + timedelta(hours=1))

    def test_counts_each_key_for_itself(self, key: str) -> None:
        hits("resume", key, 5)
        hits("resume", key + "x", 5)

    def test_counts_each_thing_for_itself(self, key: str) -> None:
        hits("resume", key, 5)
        throttle.hit("one_time_code", key, now=NOW)

    def test_of_many_that_come_at_once_no_more_get_through(self, key: str, app: Flask) -> None:
        passed: list[bool] = []
        begin = threading.Barrier(4)

        def come() -> None:
            begin.wait()
            with app.app_context():
                for _ in range(4):
                    try:
                        throttle.hit("resume", key, now=NOW)
                    except Throttled:
                        continue
                    passed.append(True)
            database.settle()
            database.close()

        threads = [threading.Thread(target=come) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(passed) == 5

    def test_can_be_asked_about_without_counting(self, key: str) -> None:
        hits("resume", key, 4)
        for _ in range(3):
            throttle.raise_if_throttled("resume", key, now=NOW)
        hits("resume", key, 1)
        with pytest.raises(Throttled) as refusal:
            throttle.raise_if_throttled("resume", key, now=NOW)
        assert refusal.value.retry_at == NOW + timedelta(hours=1)

    @pytest.mark.parametrize("name", list(throttle.RATES))
    def test_every_rate_lets_at_least_three_through(self, name: str) -> None:
        assert throttle.RATES[name].amount >= 3

    def test_the_table_does_not_say_whose_counter_it_is(self, key: str) -> None:
        throttle.hit("sign_in", f"{key}@example.vn", now=NOW)
        assert not Limit.select().where(Limit.name.contains(key)).exists()


class TestWrongGuesses:
    def guess(self, key: str, count: int, now: datetime = NOW) -> None:
        for _ in range(count):
            throttle.wrong("lookup", key, now=now)

    def test_the_first_few_are_only_counted(self, key: str) -> None:
        self.guess(key, throttle.FREE)

    def test_then_a_wait_is_demanded(self, key: str) -> None:
        self.guess(key, throttle.FREE)
        with pytest.raises(Throttled) as refusal:
            self.guess(key, 1)
        assert refusal.value.retry_at == NOW + throttle.FIRST_WAIT

    def test_which_does_not_grow_by_guessing_in_it(self, key: str) -> None:
        self.guess(key, throttle.FREE)
        for _ in range(3):
            with pytest.raises(Throttled) as refusal:
                self.guess(key, 1, NOW + SECOND)
        assert refusal.value.retry_at == NOW + throttle.FIRST_WAIT

    def test_but_by_guessing_after_it(self, key: str) -> None:
        self.guess(key, throttle.FREE)
        later = NOW + throttle.FIRST_WAIT
        self.guess(key, 1, later)
        assert throttle.waits_until("lookup", key, now=later) == later + 2 * throttle.FIRST_WAIT

    def test_it_is_forgotten_after_a_day_without_one(self, key: str) -> None:
        self.guess(key, throttle.FREE)
        self.guess(key, throttle.FREE, NOW + throttle.FORGOTTEN)

    def test_it_is_forgotten_when_the_right_one_comes(self, key: str) -> None:
        self.guess(key, throttle.FREE)
        throttle.right("lookup", key)
        assert throttle.waits_until("lookup", key, now=NOW) is None
        self.guess(key, throttle.FREE)

    @pytest.mark.parametrize(
        ("guesses", "seconds"),
        [(0, 0), (4, 0), (5, 15), (6, 30), (7, 60), (8, 120), (12, 1920), (13, 3600), (1000, 3600)],
    )
    def test_doubles_up_to_an_hour(self, guesses: int, seconds: int) -> None:
        assert throttle.wait_after(guesses) == timedelta(seconds=seconds)


def test_nothing_is_throttled_where_the_setting_is_off(app: Flask, key: str) -> None:
    on = app.config["SETTINGS"]
    app.config["SETTINGS"] = type(on)(**{**vars(on), "ratelimit_enabled": False})
    try:
        assert settings().ratelimit_enabled is False
        hits("resume", key, 20)
        for _ in range(20):
            throttle.wrong("lookup", key, now=NOW)
    finally:
        app.config["SETTINGS"] = on


def test_what_is_over_is_swept(key: str) -> None:
    throttle.hit("resume", key, now=NOW)
    throttle.sweep(NOW + timedelta(minutes=59))
    assert Limit.select().count() >= 1
    throttle.sweep(NOW + throttle.FORGOTTEN + timedelta(days=400))
    assert Limit.select().count() == 0


def test_it_is_a_storage_of_the_limits_library(key: str) -> None:
    table = throttle.LimitTable(NOW)
    item = parse("2 per minute")
    assert table.check()
    assert table.get(key) == 0
    assert table.get_expiry(key) == NOW.timestamp()
    assert table.incr(key, item.get_expiry(), 2) == 2
    assert table.get_expiry(key) == NOW.timestamp() + 60
    table.clear(key)
    assert table.get(key) == 0
    table.incr(key, 60)
    assert table.reset() >= 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_whoever_has_an_ipv6_address_has_a_whole_network_of_them(address: str, network: str) -> None:
    assert throttle.network(address) == network
