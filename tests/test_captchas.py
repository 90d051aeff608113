"""The confirmation code: drawn, spoken, compared."""

from __future__ import annotations

import io
import itertools
import wave
from collections.abc import Callable

import pytest
from PIL import Image

from engine.draft import captchas


def counting() -> Callable[[int], int]:
    """A source of chance that counts 0, 1, 2…, each below what is asked."""
    numbers = itertools.count()
    return lambda n: next(numbers) % n


def seconds(sound: bytes) -> float:
    with wave.open(io.BytesIO(sound)) as reader:
        return float(reader.getnframes() / reader.getframerate())


@pytest.mark.parametrize("length", [5, 6])
def test_a_new_text_is_made_of_as_many_digits_as_asked(length: int) -> None:
    text = captchas.new_text(counting(), length)
    assert len(text) == length
    assert text.isdigit()


def test_the_source_of_chance_decides_the_text() -> None:
    assert captchas.new_text(lambda n: n - 1) == "99999"
    assert captchas.new_text(lambda _: 0) == "00000"


def test_every_digit_can_come_up() -> None:
    assert set(captchas.new_text(counting(), 10)) == set(captchas.DIGITS)


def test_a_picture_is_a_small_png_of_the_stated_size() -> None:
    picture = captchas.draw("60291")
    with Image.open(io.BytesIO(picture)) as image:
        assert (image.format, image.size) == ("PNG", captchas.PICTURE)
    assert len(picture) < 6_000


def test_a_picture_is_dark_ink_on_white_paper() -> None:
    with Image.open(io.BytesIO(captchas.draw("88888"))) as image:
        grey = image.convert("L").tobytes()
    assert max(grey) > 250
    assert sum(1 for value in grey if value < 90) > 300
    assert sum(1 for value in grey if value > 250) > len(grey) / 2


def test_two_pictures_of_one_code_differ() -> None:
    assert captchas.draw("12345") != captchas.draw("12345")


@pytest.mark.parametrize("digit", list(captchas.DIGITS))
def test_every_digit_has_a_voice(digit: str) -> None:
    assert 1.5 < seconds(captchas.speak(digit)) < 4


def test_a_sound_is_an_eight_kilohertz_wav() -> None:
    with wave.open(io.BytesIO(captchas.speak("012345"))) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getsampwidth()) == (8000, 1, 1)


def test_a_sound_grows_with_the_digits() -> None:
    lengths = [seconds(captchas.speak("5" * count)) for count in range(1, 7)]
    assert lengths == sorted(lengths)
    assert lengths[-1] - lengths[0] > 3


def test_a_sound_of_a_whole_code_is_short_enough_for_a_slow_line() -> None:
    assert len(captchas.speak("999999")) < 80_000


@pytest.mark.parametrize("text", ["", "12a45", "một", "１２３４５", "-1", "1 2"])
def test_only_digits_are_drawn_and_spoken(text: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        captchas.draw(text)
    with pytest.raises(ValueError, match="digits"):
        captchas.speak(text)


@pytest.mark.parametrize("given", ["60291", " 60291 ", "6 0 2 9 1", "60291\n", "\t60291", "602\u00a091"])
def test_a_code_is_taken_however_it_is_spaced(given: str) -> None:
    assert captchas.same(given, "60291")


@pytest.mark.parametrize("given", ["", " ", "6029", "602911", "60292", "19206", "60291x"])
def test_another_code_is_refused(given: str) -> None:
    assert not captchas.same(given, "60291")


def test_nothing_is_not_the_code_of_nothing() -> None:
    assert not captchas.same("", "")
