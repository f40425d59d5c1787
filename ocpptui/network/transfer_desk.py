"""Takes files from charge points and gives files to them, whatever the protocol: permissions, limits, progress."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ocpptui.network.arriving_file import ArrivingFile, safe_name
from ocpptui.network.transfer_grants import TransferGrant, TransferGrants
from ocpptui.network.transfer_limits import KILOBYTE, Pace, TransferLimits, TransferRefused
from ocpptui.runtime.portable_files import open_to_read

BLOCK = 64 * KILOBYTE
MOST_REMEMBERED = 1000
"""How many transfers, and how many failed attempts, are remembered."""
BROKE_OFF = "the connection broke off"


class TransferState(StrEnum):
    """How far a transfer is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class FileMove:
    """One transfer of a file between a charge point and us."""

    number: int
    grant: TransferGrant
    protocol: str
    """`HTTP`, `HTTPS`, `FTP`, `FTPS` or `SFTP`."""
    peer: str
    """The address that it comes from."""
    name: str
    """The file as the charge point calls it."""
    expected: int | None = None
    """Bytes to move; None if that is not known."""
    began: float = 0.0
    """The reading of the loop's clock at the start, in seconds."""
    ended: float | None = None
    moved: int = 0
    """Bytes so far."""
    path: Path | None = None
    state: TransferState = TransferState.RUNNING
    problem: str = ""
    """Why it failed, without a full stop."""
    reported: int = 0
    """How many reports of its progress there were."""


@dataclass(frozen=True, slots=True)
class VainAttempt:
    """A connection to one of our ports that did not move a file."""

    time: float
    """The reading of the loop's clock, in seconds."""
    protocol: str
    peer: str
    problem: str
    """As in `it asked for /x, which was not given out`."""


Write = Callable[[bytes], Awaitable[object]]


@dataclass(slots=True)
class TransferDesk:
    """What the servers of all protocols share. `report` is called when a transfer begins, goes on and ends."""

    folder: Callable[[], Path]
    """The folder for uploads."""
    report: Callable[[FileMove], None]
    refused: Callable[[VainAttempt], None] = lambda _: None
    limits: TransferLimits = TransferLimits()
    moves: deque[FileMove] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))
    """All transfers, oldest first."""
    attempts: deque[VainAttempt] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))
    grants: TransferGrants = field(default_factory=lambda: TransferGrants(asyncio.get_running_loop().time))
    _number: int = 0
    _running: int = 0

    @property
    def running(self) -> int:
        """How many transfers there are at present."""
        return self._running

    def refuse(self, protocol: str, peer: str, problem: str, *, is_final: bool = True) -> None:
        """Remember an attempt that led to nothing or, unless it `is_final`, may lead to nothing."""
        attempt = VainAttempt(asyncio.get_running_loop().time(), protocol, peer, problem)
        self.attempts.append(attempt)
        if is_final:
            self.refused(attempt)

    def problem_of(self, grant: TransferGrant) -> str:
        """Why a transfer cannot begin now; empty if it can."""
        if problem := self.grants.problem_of(grant):
            return problem
        if self._running >= self.limits.most_at_once:
            return f"{self.limits.most_at_once} transfers are running already"
        return ""

    async def take(
        self,
        grant: TransferGrant,
        protocol: str,
        peer: str,
        name: str,
        blocks: AsyncIterator[bytes],
        expected: int | None = None,
    ) -> FileMove:
        """Write an upload into a new file; `problem` of what is returned says why it is not whole.

        `blocks` raises ConnectionError, or another OSError or ValueError, where the upload breaks off. Raises
        TransferRefused if it cannot begin.
        """
        move = self._begin(grant, protocol, peer, name, expected)
        grant.is_busy, file = True, None
        try:
            pace = Pace(self.limits)
            name = safe_name(grant.charge_point, name)
            file = await asyncio.to_thread(ArrivingFile, self.folder(), name, self.limits, expected)
            move.path = file.path
            self.report(move)
            async with pace.kept():
                async for block in blocks:
                    pace.moved(len(block))
                    await asyncio.to_thread(file.write, block)
                    self._went(move, len(block))
            if expected is not None and file.size < expected:
                raise ConnectionError
            move.path = file.close(is_whole=True)
            self.grants.use_up(grant)
            self._end(move, "")
        except asyncio.CancelledError:
            self._broken(move, file, BROKE_OFF)
            raise
        except (TransferRefused, OSError, ValueError, EOFError) as error:
            self._broken(move, file, _reason(error))
            if isinstance(error, TransferRefused):
                raise
        finally:
            grant.is_busy = False
            self._running -= 1
        return move

    async def give(
        self, grant: TransferGrant, protocol: str, peer: str, write: Write, start: int = 0, end: int | None = None
    ) -> FileMove:
        """Hand the bytes of a file from `start` to before `end` to `write`. Raises TransferRefused and OSError."""
        assert grant.file is not None
        move = self._begin(grant, protocol, peer, grant.file.name, None)
        try:
            with await asyncio.to_thread(open, open_to_read(grant.file), "rb") as file:
                size = os.fstat(file.fileno()).st_size
                end = size if end is None else min(end, size)
                move.expected, move.path = max(end - start, 0), grant.file
                self.report(move)
                pace = Pace(self.limits)
                file.seek(start)
                async with pace.kept():
                    while move.moved < move.expected:
                        wanted = min(BLOCK, move.expected - move.moved)
                        block = await asyncio.to_thread(file.read, wanted)
                        if not block:
                            raise TransferRefused("the file became shorter")
                        await write(block)
                        pace.moved(len(block))
                        self._went(move, len(block))
            if end == size:
                self.grants.use_up(grant)
            self._end(move, "")
        except asyncio.CancelledError:
            self._end(move, BROKE_OFF)
            raise
        except (TransferRefused, OSError) as error:
            self._end(move, _reason(error))
            raise
        finally:
            self._running -= 1
        return move

    def _begin(self, grant: TransferGrant, protocol: str, peer: str, name: str, expected: int | None) -> FileMove:
        if problem := self.problem_of(grant):
            raise TransferRefused(problem)
        self._number += 1
        self._running += 1
        began = asyncio.get_running_loop().time()
        move = FileMove(self._number, grant, protocol, peer, name, expected, began)
        self.moves.append(move)
        return move

    def _went(self, move: FileMove, size: int) -> None:
        move.moved += size
        due = int((asyncio.get_running_loop().time() - move.began) / self.limits.progress)
        if due > move.reported:
            move.reported = due
            self.report(move)

    def _broken(self, move: FileMove, file: ArrivingFile | None, problem: str) -> None:
        if file is not None:
            try:
                move.path = file.close(is_whole=False)
            except (TransferRefused, OSError):
                move.path = file.path
            move.moved = file.size
        self._end(move, problem)

    def _end(self, move: FileMove, problem: str) -> None:
        move.ended, move.problem = asyncio.get_running_loop().time(), problem
        move.state = TransferState.FAILED if problem else TransferState.DONE
        self.report(move)


def _reason(error: BaseException) -> str:
    if isinstance(error, ConnectionError | EOFError):
        return BROKE_OFF
    text = str(error) if isinstance(error, TransferRefused) else getattr(error, "strerror", None) or str(error)
    return text or BROKE_OFF
