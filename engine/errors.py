"""What can go wrong and is answered for: exceptions that name the cause and carry its data."""

from __future__ import annotations

from dataclasses import dataclass


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
