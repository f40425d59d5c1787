"""The files that a simulated charge point moves: which request each transfer is for, and what follows from its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from ocpptui.simulator.effects import CancelTransfer, Effect, TransferFile, TransferOutcome

AfterTransfer = Callable[[TransferOutcome, int], list[Effect]]
"""Takes the outcome and the time; returns what follows."""


@dataclass(slots=True)
class Work:
    """An upload or firmware update: its last status and its request."""

    status: str = "Idle"
    request_id: int | None = None
    is_signed: bool = False
    transfer: int = 0
    """The number of its last `TransferFile`; 0 before the first."""


class FileWork:
    """The transfers of one charge point that have not ended."""

    def __init__(self) -> None:
        self._then: dict[int, AfterTransfer] = {}
        self._numbers = count(1)

    def move(self, work: Work, url: str, name: str, content: bytes | None, then: AfterTransfer) -> TransferFile:
        """Upload `content`, or download; `then` says what follows from the outcome."""
        effect = TransferFile(next(self._numbers), url, name, content)
        work.transfer = effect.number
        self._then[effect.number] = then
        return effect

    def give_up(self, work: Work) -> list[Effect]:
        """Another request takes the place of this work: the file that it moves, if any, is moved no further."""
        is_moving = self._then.pop(work.transfer, None) is not None
        return [CancelTransfer(work.transfer)] if is_moving else []

    def ended(self, outcome: TransferOutcome, now: int) -> list[Effect]:
        """A transfer has ended."""
        then = self._then.pop(outcome.number, None)
        return [] if then is None else then(outcome, now)

    def forget(self) -> None:
        """Nothing follows from the transfers that run."""
        self._then.clear()
