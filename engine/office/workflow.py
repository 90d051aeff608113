"""The states of a dossier, the moves between them, and who may make one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

from engine.errors import IllegalMove
from engine.format.texts import Text

Tone = Literal["wait", "info", "good", "bad", "stopped"]
Holder = Literal["office", "citizen"]

OFFICER = "officer"
ADMINISTRATOR = "administrator"


class Status(IntEnum):
    """The ten national states; the number is the code in the tables that offices exchange."""

    REGISTERED = 1
    RECEIVED = 2
    REFUSED = 3
    PROCESSING = 4
    SUPPLEMENT = 5
    FEE = 6
    WITHDRAWAL = 7
    STOPPED = 8
    DONE = 9
    RETURNED = 10

    def title(self, language: str = "vi") -> str:
        """Its official name, or the English one."""
        return TITLES[self].in_(language)

    @property
    def tone(self) -> Tone:
        """How a page colours it: `wait` for the citizen, `info` while an office has it, `good`, `bad`, `stopped`."""
        return TONES[self]

    @property
    def holder(self) -> Holder | None:
        """Who has to act next; nobody once it has ended."""
        if self.ended:
            return None
        return "citizen" if self in (Status.SUPPLEMENT, Status.FEE) else "office"

    @property
    def ended(self) -> bool:
        """Whether nothing can follow."""
        return not MOVES[self]


TITLES: dict[Status, Text] = {
    Status.REGISTERED: Text("Mới đăng ký", "Newly registered"),
    Status.RECEIVED: Text("Được tiếp nhận", "Accepted"),
    Status.REFUSED: Text("Không được tiếp nhận", "Not accepted"),
    Status.PROCESSING: Text("Đang xử lý", "Being processed"),
    Status.SUPPLEMENT: Text("Yêu cầu bổ sung giấy tờ", "More papers requested"),
    Status.FEE: Text("Yêu cầu thực hiện nghĩa vụ tài chính", "Payment requested"),
    Status.WITHDRAWAL: Text("Công dân yêu cầu rút hồ sơ", "Withdrawal requested by the citizen"),
    Status.STOPPED: Text("Dừng xử lý", "Processing stopped"),
    Status.DONE: Text("Đã xử lý xong", "Processed"),
    Status.RETURNED: Text("Đã trả kết quả", "Result returned"),
}

TONES: dict[Status, Tone] = {
    Status.REGISTERED: "info",
    Status.RECEIVED: "info",
    Status.REFUSED: "bad",
    Status.PROCESSING: "info",
    Status.SUPPLEMENT: "wait",
    Status.FEE: "wait",
    Status.WITHDRAWAL: "info",
    Status.STOPPED: "stopped",
    Status.DONE: "good",
    Status.RETURNED: "good",
}

# Every move there is. From 5, 6 and 7 a dossier goes back to where it came from; 5 ends in 3 or 8 when the time
# that the citizen has runs out.
MOVES: dict[Status, tuple[Status, ...]] = {
    Status.REGISTERED: (
        Status.RECEIVED, Status.REFUSED, Status.SUPPLEMENT, Status.FEE, Status.WITHDRAWAL,
    ),
    Status.RECEIVED: (
        Status.PROCESSING, Status.SUPPLEMENT, Status.FEE, Status.WITHDRAWAL, Status.DONE,
    ),
    Status.REFUSED: (),
    Status.PROCESSING: (
        Status.SUPPLEMENT, Status.FEE, Status.WITHDRAWAL, Status.STOPPED, Status.DONE,
    ),
    Status.SUPPLEMENT: (
        Status.REGISTERED, Status.RECEIVED, Status.PROCESSING, Status.REFUSED, Status.STOPPED,
    ),
    Status.FEE: (Status.REGISTERED, Status.RECEIVED, Status.PROCESSING, Status.STOPPED),
    Status.WITHDRAWAL: (Status.REGISTERED, Status.RECEIVED, Status.PROCESSING, Status.STOPPED),
    Status.STOPPED: (),
    Status.DONE: (Status.RETURNED,),
    Status.RETURNED: (),
}  # fmt: skip

# The moves that officers are offered. Papers to add (5), payments (6) and withdrawals (7) need rules and clocks of
# their own; until those exist, no dossier can be sent there.
OFFERED: dict[Status, tuple[Status, ...]] = {
    Status.REGISTERED: (Status.RECEIVED, Status.REFUSED),
    Status.RECEIVED: (Status.PROCESSING, Status.DONE),
    Status.PROCESSING: (Status.DONE, Status.STOPPED),
    Status.DONE: (Status.RETURNED,),
}


@dataclass(frozen=True, slots=True)
class Position:
    """Where a dossier stands: its state and, inside `PROCESSING`, the procedure's stage (None: it has none)."""

    status: Status
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A move as an officer is offered it: where it leads and what it asks for.

    `event` is what will have happened, and names the mail. With `needs_reason` the citizen must be told why; with
    `needs_result` the page asks for the result's file, which a result on paper does not have.
    """

    name: str
    to: Position
    title: Text
    event: str
    needs_reason: bool = False
    needs_result: bool = False


RECEIVE = Move("receive", Position(Status.RECEIVED), Text("Tiếp nhận hồ sơ", "Accept"), "received")
REFUSE = Move("refuse", Position(Status.REFUSED), Text("Từ chối tiếp nhận", "Refuse"), "refused", needs_reason=True)
PROCESS = Move("process", Position(Status.PROCESSING), Text("Chuyển xử lý", "Pass on"), "processing")
STOP = Move("stop", Position(Status.STOPPED), Text("Dừng xử lý", "Stop processing"), "stopped", needs_reason=True)
FINISH = Move("finish", Position(Status.DONE), Text("Hoàn thành xử lý", "Finish"), "done", needs_result=True)
RETURN = Move("return", Position(Status.RETURNED), Text("Trả kết quả", "Return the result"), "returned")
NEXT_STAGE = Move("stage", Position(Status.PROCESSING), Text("Chuyển bước", "Pass to the next stage"), "stage")

INTO: dict[Status, Move] = {move.to.status: move for move in (RECEIVE, REFUSE, PROCESS, STOP, FINISH, RETURN)}

EVENTS = ("submitted", NEXT_STAGE.event, *(move.event for move in INTO.values()))


def moves(position: Position, stages: Sequence[str]) -> tuple[Move, ...]:
    """What is offered at `position`, the natural next one first; `stages` are the procedure's own, in order.

    Raises ValueError where the position's stage is not one of them.
    """
    offered = tuple(_into(status, stages) for status in OFFERED.get(position.status, ()))
    following = _next_stage(position, stages)
    if following is None:
        return offered
    walk = replace(NEXT_STAGE, to=Position(Status.PROCESSING, following))
    return (walk, *(move for move in offered if move.to.status is not Status.DONE))


def apply(position: Position, move_name: str, stages: Sequence[str]) -> Position:
    """Where the move leads. Raises IllegalMove where it is not offered at `position`."""
    return find(position, move_name, stages).to


def find(position: Position, move_name: str, stages: Sequence[str]) -> Move:
    """The move of this name. Raises IllegalMove where it is not offered at `position`."""
    offered = moves(position, stages)
    for move in offered:
        if move.name == move_name:
            return move
    raise IllegalMove(move_name, int(position.status), position.stage, tuple(move.name for move in offered))


def _into(status: Status, stages: Sequence[str]) -> Move:
    if status is Status.PROCESSING and stages:
        return replace(INTO[status], to=Position(status, stages[0]))
    return INTO[status]


def _next_stage(position: Position, stages: Sequence[str]) -> str | None:
    if position.status is not Status.PROCESSING or (position.stage is None and not stages):
        return None
    if position.stage not in stages:
        raise ValueError(f"stage {position.stage!r} is not one of {', '.join(stages) or 'none'}")
    rest = stages[stages.index(position.stage) + 1 :]
    return rest[0] if rest else None


def unit(position: Position, stages_units: Mapping[str, str], reception: str) -> str:
    """The unit that holds the dossier: the stage's own inside `PROCESSING`, else the reception.

    The reception also waits for the citizen, and keeps what has ended. Raises KeyError for an unknown stage.
    """
    if position.status is Status.PROCESSING and position.stage is not None:
        return stages_units[position.stage]
    return reception


def may(roles: Collection[str], agency: str | int | None, dossier_agency: str | int) -> bool:
    """Whether a person with these roles in `agency` may make the moves of a dossier of `dossier_agency`.

    Agencies are told apart by their codes or by their ids. Who belongs to none moves nothing.
    """
    return agency is not None and agency == dossier_agency and not {OFFICER, ADMINISTRATOR}.isdisjoint(roles)
