"""What can go wrong and is answered for: exceptions that name the cause and carry its data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.format.faults import Fault


@dataclass(eq=False)
class IllegalMove(Exception):
    """A move that is not offered where the dossier stands, with those that are."""

    move: str
    status: int
    stage: str | None
    offered: tuple[str, ...]

    def __str__(self) -> str:
        where = f"status {self.status}" + (f", stage {self.stage}" if self.stage else "")
        return f'"{self.move}" is not offered in {where}; offered: {", ".join(self.offered) or "nothing"}'


class NoSuchDraft(Exception):
    """No draft has this token: it never existed, was erased, or its link is used up."""


@dataclass(eq=False)
class DraftExpired(Exception):
    """A draft whose time is over; `expired_at` is when it ended."""

    expired_at: datetime


@dataclass(eq=False)
class DraftFiled(Exception):
    """A draft that was sent already: it cannot change any more."""

    dossier: int


class DraftMoved(Exception):
    """A draft that was moved to another version meanwhile, while it was still open elsewhere."""


@dataclass(eq=False)
class ProcedureClosed(Exception):
    """A procedure that receives nothing any more, since the local day `closed_on`, `YYYY-MM-DD`."""

    code: str
    closed_on: str


@dataclass(eq=False)
class NoSuchVersion(Exception):
    """A procedure has no version of this number."""

    code: str
    number: int


@dataclass(eq=False)
class SuccessorRefused(Exception):
    """A procedure that cannot replace another one: it is not published (`unknown`), or leads back (`circle`)."""

    successor: str
    why: str


@dataclass(eq=False)
class UnpublishedChanges(Exception):
    """A draft that differs from what was published last, and would be lost."""

    code: str


@dataclass(eq=False)
class NotComplete(Exception):
    """A draft that cannot be sent yet; `step` is the first one to go to."""

    step: str


class NoSuchDossier(Exception):
    """No dossier, no such code, or none of this officer's agency: which of them is never said."""


@dataclass(eq=False)
class Conflict(Exception):
    """Somebody else changed the row first: `event` is what happened last, `by` who did it, `at` when."""

    event: str
    by: str
    at: datetime


@dataclass(eq=False)
class NotAllowed(Exception):
    """The person may not do this; `what` is the verb."""

    what: str


@dataclass(eq=False)
class ReasonMissing(Exception):
    """A move that the citizen must be told the reason of, and no words were given."""

    move: str


@dataclass(eq=False)
class Throttled(Exception):
    """Too many tries; `retry_at` is when the next one is heard."""

    retry_at: datetime


@dataclass(eq=False)
class NoSuchMessage(Exception):
    """No mail of the outbox has this id."""

    message: int


@dataclass(eq=False)
class SecretGone(Exception):
    """A sent mail whose secret was erased; it cannot be sent again, a new one has to be asked for."""

    message: int


@dataclass(eq=False)
class NoSuchPerson(Exception):
    """Nobody signs in with this address."""

    email: str


@dataclass(eq=False)
class PersonExists(Exception):
    """Somebody signs in with this address already."""

    email: str


@dataclass(eq=False)
class UnknownRole(Exception):
    """No such role; `known` are those there are."""

    role: str
    known: tuple[str, ...]


@dataclass(eq=False)
class NoSuchAgency(Exception):
    """No agency has this code."""

    code: str


@dataclass(eq=False)
class PasswordTooShort(Exception):
    """A password of fewer than `least` characters."""

    least: int


@dataclass(eq=False)
class NoSuchProcedure(Exception):
    """No procedure has this code."""

    code: str


@dataclass(eq=False)
class UnknownRate(Exception):
    """The published version of a procedure names no such amount, or the agency does not receive the procedure."""

    code: str
    name: str


@dataclass(eq=False)
class AmountRefused(Exception):
    """An amount in đồng below zero, or above `most`."""

    amount: int
    most: int


@dataclass(eq=False)
class NotPublishable(Exception):
    """A procedure with faults; `faults` are all of them, each an `engine.format.faults.Fault`."""

    code: str
    faults: tuple[Fault, ...]


class ScratchRefused(Exception):
    """A scratch copy that is not made; says why, in one sentence."""


@dataclass(eq=False)
class TrialStopped(Exception):
    """A trial that was ended before it was done, at the procedure `code`."""

    code: str


@dataclass(eq=False)
class TrialRunning(Exception):
    """A trial of the procedure `code` has not ended yet; there is one at a time."""

    code: str


@dataclass(eq=False)
class NotOnline(Exception):
    """A procedure that is not filed online, so that nothing of it can be tried."""

    code: str


class ArchiveRefused(Exception):
    """A zip that is not unpacked; says why, in the words of a fault."""


class WorkbookRefused(Exception):
    """A workbook that is not read; says why, in the words of a fault."""


class CannotCarry(Exception):
    """A part of another program's form that has no counterpart here; says why."""


@dataclass(eq=False)
class ProcedureMoved(Exception):
    """The draft of a procedure was changed since it was compared with."""

    code: str


class UploadGone(Exception):
    """No upload waits under this token for this person: it was never theirs, was used, or its time is over."""
