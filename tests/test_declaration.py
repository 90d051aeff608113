"""The declaration read back: relevant answers in words, in the order of the form, sensitive ones masked on wish."""

from __future__ import annotations

from engine.form.declaration import Part, read_back
from tests.forms_cases import choice, compiled, step, text
from tests.kinds_cases import CONTEXT

FORM = compiled(
    step("mot", text("ten"), {"name": "so", "kind": "national_id", "label": "Số của {ten}"}),
    step("hai", choice("loai", "a", "b"), {"kind": "note", "text": "Đọc kỹ."}),
    step("ba", text("so_khac", label="Khác {so}")),
)
VIEW = {"today": "2026-11-23", "channel": "online", "ten": "An", "so": "052203001234", "so_khac": "x"}


def test_answers_are_read_back_step_by_step_and_empty_steps_left_out() -> None:
    assert list(read_back(FORM, VIEW, CONTEXT, "vi")) == [
        Part("mot", "mot", (("ten", "An"), ("Số của An", "052203001234"))),
        Part("ba", "ba", (("Khác 052203001234", "x"),)),
    ]


def test_sensitive_answers_are_masked_and_stand_in_no_label() -> None:
    parts = list(read_back(FORM, VIEW, CONTEXT, "vi", mask=lambda words: f"•••{words[-3:]}"))
    assert parts[0].rows[1] == ("Số của An", "•••234")
    assert parts[1].rows == (("Khác …", "x"),)
