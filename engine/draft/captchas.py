"""The confirmation code ("Mã xác nhận"): digits, as a picture and as a sound with Vietnamese voices.

Nothing here remembers a code: rows that can be used once, with hashed answers, belong to the models.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from captcha.audio import BEEP, SILENCE, AudioCaptcha, create_noise
from captcha.image import ImageCaptcha
from PIL import ImageOps

LENGTH = 5
DIGITS = "0123456789"
VOICES = Path(__file__).parent / "captcha_voice"

# Drawn light on dark and then inverted: the library fades dark ink, whose luminance it takes for opacity.
PAPER = (0, 0, 0)
INK = (225, 225, 210, 255)
PICTURE = (200, 72)  # pixels, width and height
COLOURS = 8  # of the picture's palette: a sixth of the bytes, and just as legible


def new_text(randbelow: Callable[[int], int], length: int = LENGTH) -> str:
    """A fresh code of `length` digits; `randbelow(n)` gives an integer in [0, n): `secrets.randbelow`."""
    return "".join(DIGITS[randbelow(len(DIGITS))] for _ in range(length))


def draw(text: str) -> bytes:
    """The code as a PNG. Raises ValueError where `text` is not made of digits."""
    _raise_if_not_digits(text)
    image = ImageCaptcha(*PICTURE, font_sizes=(44, 50)).generate_image(text, bg_color=PAPER, fg_color=INK)
    out = BytesIO()
    ImageOps.invert(image).quantize(COLOURS).save(out, format="PNG", optimize=True)
    return out.getvalue()


def speak(text: str) -> bytes:
    """The code read aloud in Vietnamese as a WAV of 8 kHz, 8 bit, mono. Raises ValueError as `draw` does."""
    _raise_if_not_digits(text)
    return bytes(_voice().generate(text))


def same(given: str, text: str) -> bool:
    """Whether `given` is the code, however it was spaced when typed."""
    return bool(text) and "".join(given.split()) == text


class Voice(AudioCaptcha):
    """Reads the digits clearly, at an even pace.

    The library pauses for one to three seconds after each digit and talks backwards behind them: long to
    download and hard for old ears. What keeps machines out: a code works once, and guesses are throttled.
    """

    pause = 0.55  # seconds of silence after a digit
    murmur = 3  # of 128: just audible

    def create_wave_body(self, chars: str) -> bytearray:
        """The samples of `chars`, opened by two beeps."""
        gap = create_noise(int(8000 * self.pause), self.murmur)
        spoken = bytearray()
        for char in chars:
            spoken += self._twist_pick(char) + gap
        return bytearray(BEEP + SILENCE + BEEP + SILENCE + gap + spoken)


@cache
def _voice() -> Voice:
    return Voice(str(VOICES))


def _raise_if_not_digits(text: str) -> None:
    if not text or set(text) - set(DIGITS):
        raise ValueError("a confirmation code is made of digits")
