"""A confirmation code is good once, for a quarter of an hour, and is nowhere to be read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from engine.draft import confirmations
from engine.storage.database import database
from engine.storage.models import Captcha

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
LATER = NOW + confirmations.LIFETIME


@pytest.fixture(autouse=True)
def program(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
    database.settle()


def sevens(_limit: int) -> int:
    return 7


@pytest.fixture
def made() -> str:
    return confirmations.make(now=NOW, randbelow=sevens)


@pytest.mark.parametrize("typed", ["77777", " 77777 ", "777 77", "7 7 7 7 7"])
def test_the_right_digits_are_taken_however_they_are_spaced(made: str, typed: str) -> None:
    assert confirmations.use(made, typed, now=NOW)


@pytest.mark.parametrize("typed", ["", "77776", "7777", "777777", "abcde", "7" * 5000])
def test_others_are_refused(made: str, typed: str) -> None:
    assert not confirmations.use(made, typed, now=NOW)


def test_it_is_good_once(made: str) -> None:
    assert confirmations.use(made, "77777", now=NOW)
    assert not confirmations.use(made, "77777", now=NOW)


def test_a_wrong_try_uses_it_up(made: str) -> None:
    confirmations.use(made, "11111", now=NOW)
    assert not confirmations.use(made, "77777", now=NOW)


def test_it_is_good_until_its_time_is_over(made: str) -> None:
    assert confirmations.use(made, "77777", now=LATER - timedelta(seconds=1))


def test_and_not_after(made: str) -> None:
    assert not confirmations.use(made, "77777", now=LATER)
    assert confirmations.picture(made, now=LATER) is None


@pytest.mark.parametrize("public_id", ["", "nobody", "x" * 500])
def test_an_unknown_one_is_refused(public_id: str) -> None:
    assert not confirmations.use(public_id, "77777", now=NOW)
    assert confirmations.picture(public_id, now=NOW) is None
    assert confirmations.sound(public_id, now=NOW) is None


def test_of_two_that_use_it_at_once_one_is_right(made: str, app: Flask) -> None:
    taken: list[bool] = []
    begin = threading.Barrier(2)

    def use() -> None:
        begin.wait()
        with app.app_context():
            taken.append(confirmations.use(made, "77777", now=NOW))
        database.settle()
        database.close()

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, True]


def test_it_can_be_seen_and_heard(made: str) -> None:
    picture, sound = confirmations.picture(made, now=NOW), confirmations.sound(made, now=NOW)
    assert picture is not None
    assert picture.startswith(b"\x89PNG")
    assert sound is not None
    assert sound.startswith(b"RIFF")


def test_its_row_does_not_tell_it(made: str) -> None:
    row = Captcha.get(Captcha.public_id == made)
    assert "77777" not in row.answer
    assert b"77777" not in bytes(row.sealed)


def test_two_are_never_the_same() -> None:
    assert confirmations.make(now=NOW) != confirmations.make(now=NOW)


def test_where_it_is_off_anything_is_right(app: Flask) -> None:
    on = app.config["SETTINGS"]
    app.config["SETTINGS"] = type(on)(**{**vars(on), "captcha": "off"})
    try:
        assert confirmations.use("", "", now=NOW)
    finally:
        app.config["SETTINGS"] = on


def test_what_is_over_is_swept(made: str) -> None:
    confirmations.sweep(NOW)
    assert Captcha.select().where(Captcha.public_id == made).exists()
    assert confirmations.sweep(LATER) >= 1
    assert not Captcha.select().exists()
