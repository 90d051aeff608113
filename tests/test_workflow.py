"""The states of a dossier: what is offered where, where it leads, who holds it and who may move it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import IllegalMove
from engine.office.workflow import (
    EVENTS,
    INTO,
    MOVES,
    NEXT_STAGE,
    OFFERED,
    Position,
    Status,
    apply,
    find,
    may,
    moves,
    unit,
)

STAGES = ("tham_tra", "ky")
UNITS = {"tham_tra": "tu-phap", "ky": "lanh-dao"}
ENDS = {Status.REFUSED, Status.STOPPED, Status.RETURNED}


def names(position: Position, stages: tuple[str, ...] = STAGES) -> list[str]:
    """The names of what is offered."""
    return [move.name for move in moves(position, stages)]


@pytest.mark.parametrize(
    ("number", "title", "tone", "holder"),
    [
        (1, "Mới đăng ký", "info", "office"),
        (2, "Được tiếp nhận", "info", "office"),
        (3, "Không được tiếp nhận", "bad", None),
        (4, "Đang xử lý", "info", "office"),
        (5, "Yêu cầu bổ sung giấy tờ", "wait", "citizen"),
        (6, "Yêu cầu thực hiện nghĩa vụ tài chính", "wait", "citizen"),
        (7, "Công dân yêu cầu rút hồ sơ", "info", "office"),
        (8, "Dừng xử lý", "stopped", None),
        (9, "Đã xử lý xong", "good", "office"),
        (10, "Đã trả kết quả", "good", None),
    ],
)
def test_the_national_states_have_their_official_names(number: int, title: str, tone: str, holder: str | None) -> None:
    status = Status(number)
    assert (status.title(), status.tone, status.holder) == (title, tone, holder)


def test_every_state_reads_in_english_too() -> None:
    english = [status.title("en") for status in Status]
    assert len(set(english)) == len(Status)
    assert all(title.isascii() for title in english)


def test_the_table_has_the_moves_of_the_national_list() -> None:
    table = {int(status): sorted(map(int, following)) for status, following in MOVES.items()}
    assert table == {
        1: [2, 3, 5, 6, 7],
        2: [4, 5, 6, 7, 9],
        3: [],
        4: [5, 6, 7, 8, 9],
        5: [1, 2, 3, 4, 8],
        6: [1, 2, 4, 8],
        7: [1, 2, 4, 8],
        8: [],
        9: [10],
        10: [],
    }


def test_it_ends_refused_stopped_or_returned() -> None:
    assert {status for status in Status if status.ended} == ENDS


def test_only_moves_of_the_table_are_offered() -> None:
    for status, following in OFFERED.items():
        assert set(following) <= set(MOVES[status])


def test_papers_to_add_payments_and_withdrawals_are_not_offered_yet() -> None:
    reached = {status for following in OFFERED.values() for status in following}
    assert reached.isdisjoint({Status.SUPPLEMENT, Status.FEE, Status.WITHDRAWAL})
    for status in (Status.SUPPLEMENT, Status.FEE, Status.WITHDRAWAL):
        assert moves(Position(status), STAGES) == ()


@pytest.mark.parametrize(
    ("position", "offered"),
    [
        (Position(Status.REGISTERED), ["receive", "refuse"]),
        (Position(Status.RECEIVED), ["process", "finish"]),
        (Position(Status.PROCESSING, "tham_tra"), ["stage", "stop"]),
        (Position(Status.PROCESSING, "ky"), ["finish", "stop"]),
        (Position(Status.DONE), ["return"]),
        (Position(Status.REFUSED), []),
        (Position(Status.STOPPED), []),
        (Position(Status.RETURNED), []),
    ],
)
def test_what_an_officer_is_offered(position: Position, offered: list[str]) -> None:
    assert names(position) == offered


def test_without_stages_processing_can_be_finished_at_once() -> None:
    assert names(Position(Status.PROCESSING), ()) == ["finish", "stop"]
    assert apply(Position(Status.RECEIVED), "process", ()) == Position(Status.PROCESSING, None)


def test_processing_begins_in_the_first_stage_and_walks_them_in_order() -> None:
    position = apply(Position(Status.RECEIVED), "process", STAGES)
    assert position == Position(Status.PROCESSING, "tham_tra")
    position = apply(position, "stage", STAGES)
    assert position == Position(Status.PROCESSING, "ky")
    position = apply(position, "finish", STAGES)
    assert position == Position(Status.DONE)
    assert apply(position, "return", STAGES) == Position(Status.RETURNED)


@pytest.mark.parametrize(
    ("position", "name"),
    [
        (Position(Status.REGISTERED), "finish"),
        (Position(Status.REGISTERED), "supplement"),
        (Position(Status.PROCESSING, "tham_tra"), "finish"),
        (Position(Status.PROCESSING, "ky"), "stage"),
        (Position(Status.RETURNED), "return"),
        (Position(Status.RECEIVED), ""),
    ],
)
def test_a_move_that_is_not_offered_is_refused_with_those_that_are(position: Position, name: str) -> None:
    with pytest.raises(IllegalMove) as refused:
        apply(position, name, STAGES)
    assert (refused.value.move, refused.value.status, refused.value.stage) == (
        name, position.status, position.stage,
    )  # fmt: skip
    assert list(refused.value.offered) == names(position)
    assert f'"{name}" is not offered' in str(refused.value)


@pytest.mark.parametrize("stage", [None, "khac"])
def test_a_stage_that_the_procedure_does_not_have_is_refused(stage: str | None) -> None:
    with pytest.raises(ValueError, match="is not one of tham_tra, ky"):
        moves(Position(Status.PROCESSING, stage), STAGES)


def test_refusing_and_stopping_need_a_reason_and_finishing_asks_for_the_result() -> None:
    every = [NEXT_STAGE, *INTO.values()]
    assert {move.name for move in every if move.needs_reason} == {"refuse", "stop"}
    assert {move.name for move in every if move.needs_result} == {"finish"}


def test_every_move_says_what_it_does_in_both_languages_and_what_has_happened() -> None:
    for move in (NEXT_STAGE, *INTO.values()):
        assert move.title.vi
        assert move.title.en
        assert move.event in EVENTS
    assert find(Position(Status.PROCESSING, "tham_tra"), "stage", STAGES).title.vi == "Chuyển bước"
    assert set(EVENTS) == {
        "submitted", "received", "processing", "stage", "refused", "done", "returned", "stopped",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("position", "holder"),
    [
        (Position(Status.REGISTERED), "mot-cua"),
        (Position(Status.RECEIVED), "mot-cua"),
        (Position(Status.PROCESSING, "tham_tra"), "tu-phap"),
        (Position(Status.PROCESSING, "ky"), "lanh-dao"),
        (Position(Status.PROCESSING), "mot-cua"),
        (Position(Status.SUPPLEMENT), "mot-cua"),
        (Position(Status.DONE), "mot-cua"),
        (Position(Status.RETURNED), "mot-cua"),
    ],
)
def test_the_unit_that_holds_a_dossier(position: Position, holder: str) -> None:
    assert unit(position, UNITS, "mot-cua") == holder


@pytest.mark.parametrize(
    ("roles", "agency", "allowed"),
    [
        (["officer"], "H21.01", True),
        (["administrator"], "H21.01", True),
        (["officer", "administrator"], "H21.01", True),
        (["officer"], "H21.02", False),
        (["administrator"], None, False),
        (["clerk"], "H21.01", False),
        ([], "H21.01", False),
    ],
)
def test_only_the_people_of_its_agency_move_a_dossier(roles: list[str], agency: str | None, allowed: bool) -> None:
    assert may(roles, agency, "H21.01") is allowed


def test_agencies_may_be_told_apart_by_their_ids() -> None:
    assert may(["officer"], 7, 7)
    assert not may(["officer"], 8, 7)


@given(
    st.lists(st.from_regex(r"[a-z]{1,4}", fullmatch=True), unique=True, max_size=5).map(tuple),
    st.lists(st.integers(0, 10), max_size=30),
)
def test_no_walk_through_what_is_offered_leaves_the_table(stages: tuple[str, ...], choices: list[int]) -> None:
    position = Position(Status.REGISTERED)
    for choice in choices:
        offered = moves(position, stages)
        assert bool(offered) is not position.status.ended
        if not offered:
            break
        move = offered[choice % len(offered)]
        assert move.to.status in MOVES[position.status] or move.name == "stage"
        assert (move.to.stage in stages) is (move.to.status is Status.PROCESSING and bool(stages))
        position = apply(position, move.name, stages)


@given(st.lists(st.from_regex(r"[a-z]{1,4}", fullmatch=True), unique=True, max_size=5).map(tuple))
def test_the_first_move_offered_leads_to_the_result_through_every_stage(stages: tuple[str, ...]) -> None:
    position, seen = Position(Status.REGISTERED), []
    while not position.status.ended:
        position = moves(position, stages)[0].to
        seen.append(position.stage)
    assert position.status is Status.RETURNED
    assert [stage for stage in seen if stage is not None] == list(stages)
