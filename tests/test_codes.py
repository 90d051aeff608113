"""Codes of dossiers are counted without a gap in uniqueness; codes that open them are random and forgiving."""

from __future__ import annotations

import secrets
import threading
from datetime import UTC, datetime

import pytest

from engine.dossier import codes
from engine.storage.database import database, transaction

NOON = datetime(2026, 7, 1, 5, tzinfo=UTC)
USUAL = "{agency}-{yymmdd}-{counter:4}"


def code(code_format: str, agency: str = "H21.52.01", now: datetime = NOON) -> str:
    with transaction():
        return codes.dossier_code(code_format, agency=agency, now=now)


@pytest.mark.usefixtures("db")
class TestDossierCode:
    @pytest.mark.parametrize(
        ("code_format", "expected"),
        [
            ("A{agency}-{yymmdd}-{counter:4}", "AH21.52.01-260701-0001"),
            ("B{counter}", "B1"),
            ("C-{yyyy}/{mm}/{dd}-{yy}-{counter:6}", "C-2026/07/01-26-000001"),
            ("D{counter:2}.{agency}", "D01.H21.52.01"),
        ],
    )
    def test_spells_out_each_placeholder(self, code_format: str, expected: str) -> None:
        assert code(code_format) == expected

    def test_counts_on(self) -> None:
        first, second = code("n-" + USUAL), code("n-" + USUAL)
        assert first.endswith("-0001")
        assert second.endswith("-0002")

    def test_begins_again_for_each_agency_and_each_local_day(self) -> None:
        late = datetime(2026, 7, 1, 16, 59, tzinfo=UTC)  # 23:59 in Việt Nam
        after = datetime(2026, 7, 1, 17, 0, tzinfo=UTC)  # 00:00 of the next day there
        assert code("s-" + USUAL, now=late) == "s-H21.52.01-260701-0001"
        assert code("s-" + USUAL, now=after) == "s-H21.52.01-260702-0001"
        assert code("s-" + USUAL, "H21.52.02", late) == "s-H21.52.02-260701-0001"
        assert code("s-" + USUAL, now=late) == "s-H21.52.01-260701-0002"

    def test_does_not_begin_again_where_the_code_does_not_name_the_day(self) -> None:
        code("y{yyyy}-{counter}")
        assert code("y{yyyy}-{counter}", now=NOON.replace(month=8)) == "y2026-2"

    def test_patterns_that_differ_in_width_alone_share_their_numbers(self) -> None:
        code("w{counter:4}")
        assert code("w{counter:2}") == "w02"

    def test_grows_beyond_its_width(self) -> None:
        for _ in range(9):
            code("g{counter:1}")
        assert code("g{counter:1}") == "g10"

    def test_a_number_taken_in_a_transaction_that_fails_is_given_again(self) -> None:
        with transaction() as open_one:
            assert codes.next_number("rolled back") == 1
            open_one.rollback()
        assert codes.next_number("rolled back") == 1

    def test_no_number_is_given_twice_however_many_ask_at_once(self) -> None:
        given: list[int] = []
        begin = threading.Barrier(4)

        def ask() -> None:
            begin.wait()
            for _ in range(20):
                with transaction():
                    given.append(codes.next_number("race"))
            database.settle()
            database.close()

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(given) == list(range(1, 81))


def test_a_lookup_code_is_sixty_random_bits_in_groups() -> None:
    asked: list[int] = []

    def randbits(bits: int) -> int:
        asked.append(bits)
        return 31

    assert codes.new_lookup_code(randbits) == "ZZZZ-ZZZZ-ZZZZ"
    assert sum(asked) >= 60


def test_a_one_time_code_is_shorter() -> None:
    assert codes.new_one_time_code(lambda _bits: 7) == "7777-7777"


def test_no_letter_is_taken_for_another() -> None:
    letters = set("".join(codes.new_lookup_code(secrets.randbits) for _ in range(200)))
    assert letters <= set(codes.LETTERS) | {"-"}
    assert not letters & set("ILOU")


@pytest.mark.parametrize(
    "typed",
    ["7K3M-9QXB-02TD", "7k3m9qxb02td", " 7K3M 9QXB 02TD ", "7K3M–9QXB–O2TD", "7k3m.9qxb.o2td"],
)
def test_a_code_is_known_however_it_is_typed(typed: str) -> None:
    assert codes.normalised(typed) == "7K3M9QXB02TD"


@pytest.mark.parametrize(("typed", "expected"), [("", ""), ("íiL", "11"), ("oO0", "000"), ("ượ", ""), ("u", "")])
def test_letters_that_are_mistaken_are_put_right_and_others_passed_over(typed: str, expected: str) -> None:
    assert codes.normalised(typed) == expected


def test_what_is_made_is_what_is_typed() -> None:
    made = codes.new_lookup_code(secrets.randbits)
    assert codes.normalised(made) == made.replace("-", "")
