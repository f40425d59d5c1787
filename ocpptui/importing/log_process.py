"""A second process that finds the frames of a large log, while the first one infers what their lines do not say.

Both begin at the start of the file. As soon as the second one has found more frames than the first, the first takes
those and reads no more itself. What is found depends on the file alone, so that nothing but a count is handed over.

It is this module run as a program.
"""

from __future__ import annotations

import marshal
import os
import pickle
import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from ocpptui.importing.found_frame import Flow, FoundFrame, ImportStats
from ocpptui.importing.reader import ImportOptions, Material, Pause, Reader, ReaderStep
from ocpptui.importing.readers.log_lines import PORTION, LogLines
from ocpptui.ocpp.json_encoding import JsonMessage
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.secrets import SecretFreeMessage, may_need_masking
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.recording.line_format import Unreadable
from ocpptui.runtime.second_process import SecondProcess, identity_of, serve

LARGE = 4 * 2**20
"""Bytes of a log from which starting a second process pays off."""
FIRST = 1000
"""How many frames are found before it is started, so that the first rows are there at once."""
AHEAD = 4
"""How many blocks of the file the second process may be ahead."""
WAIT = 0.01
"""Seconds to wait for the second process before the caller can do something else."""


class _Portion(NamedTuple):
    """What a block of the file has."""

    first: int
    """How many frames were found before."""
    frames: list[Any]
    is_last: bool
    with_frame: int
    """Lines so far, as in `ImportStats`."""
    without_frame: int
    skipped: list[tuple[str, int]]
    """The lines of this block that are reported."""
    place: int
    """How many bytes of the file were read."""


class SharedSearch:
    """Reads a log with the help of a second process, with the results that the reader has alone."""

    def __init__(
        self, reader: Reader, material: Material, tally: ImportStats, options: ImportOptions, file: BinaryIO
    ) -> None:
        """`file` is the open file that the material is read from."""
        self._reader, self._material, self._tally, self._options = reader, material, tally, options
        self._file = file
        self._taken = 0  # frames
        self._may_help = True
        self._process: SecondProcess | None = None
        self._skipped: list[tuple[str, int]] = []

    def steps(self) -> Iterator[ReaderStep]:
        """What the reader returns."""
        for step in self._reader.read(self._material, self._tally, self._options):
            self._taken += len(step) if isinstance(step, list) else 0
            yield step
            portion = self._further()
            if portion is not None:
                break
        else:
            return
        while portion is not None:
            yield from self._of(portion)
            if portion.is_last:
                return
            portion = yield from self._next()
        yield from self._alone()

    def close(self) -> None:
        """End the second process."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def _further(self) -> _Portion | None:
        """What the second process has found beyond the frames that were taken; None if it is not that far."""
        if self._process is None:
            if self._may_help and self._taken >= FIRST:
                self._may_help = False
                with suppress(OSError):
                    self._start()
            return None
        while (portion := self._answer()) is not None:
            if portion.first + len(portion.frames) > self._taken:
                return portion
        return None

    def _start(self) -> None:
        """Start the second process. Raises OSError if that is impossible."""
        shown = "" if self._tally.most_shown is None else str(self._tally.most_shown)
        path = self._material.path
        assert path is not None
        self._process = SecondProcess(__name__, path, *identity_of(self._file.fileno()), shown)
        for _ in range(AHEAD):
            self._process.ask(_REQUEST)

    def _answer(self) -> _Portion | None:
        assert self._process is not None
        answer = self._process.answer()
        if answer is None:
            return None
        self._process.ask(_REQUEST)
        portion = _Portion(*marshal.loads(answer))
        self._skipped += portion.skipped
        return portion

    def _next(self) -> Generator[Pause, None, _Portion | None]:
        """The next portion; None if the second process has ended too early."""
        while (portion := self._answer()) is None:
            assert self._process is not None
            if self._process.ended:
                return None
            if not self._process.wait(WAIT):
                yield Pause.BUSY
        return portion

    def _of(self, portion: _Portion) -> Iterator[ReaderStep]:
        """The frames of a portion that were not taken yet."""
        self._tally.with_frame, self._tally.without_frame = portion.with_frame, portion.without_frame
        self._tally.skipped[:] = [Unreadable(*skipped) for skipped in self._skipped]
        self._file.seek(portion.place)  # which shows the progress
        frames = portion.frames[max(self._taken - portion.first, 0) :]
        for start in range(0, len(frames), PORTION):
            found = [_unpacked(packed) for packed in frames[start : start + PORTION]]
            self._taken += len(found)
            yield found
        yield Pause.BUSY

    def _alone(self) -> Iterator[ReaderStep]:
        """Read again from the beginning, without the frames that were taken: the second process has failed."""
        self._tally.count_anew()
        self._file.seek(0)
        known = self._taken
        for step in self._reader.read(replace(self._material, stream=self._file), self._tally, self._options):
            if isinstance(step, list) and known:
                known, step = max(known - len(step), 0), step[known:]
            yield step


_REQUEST = b"."


# -- frames through a pipe ---------------------------------------------------------------------------------------------

_FIELDS = [one.name for one in fields(FoundFrame)]
_FRAME = _FIELDS.index("frame")
_CODED = [_FIELDS.index(name) for name in ("direction", "flow", "leaning", "version", "transport")]
_MEMBERS = (None, *Direction, *Flow, *Version, *Transport)
_CODES = {member: code for code, member in enumerate(_MEMBERS)}
_KINDS = {int(kind): kind for kind in MessageKind}
_values_of = attrgetter(*_FIELDS)


def _packed(found: FoundFrame) -> Any:
    """A frame as simple values for `marshal`; one with more than that, as bytes of `pickle`."""
    if type(found) is not FoundFrame or found.event is not None or found.detail or found.transport is Transport.SOAP:
        return pickle.dumps(found)
    values = list(_values_of(found))
    for place in _CODED:
        values[place] = _CODES[values[place]]
    frame = found.read()
    is_plain = isinstance(frame, Message) and not frame.defects and not frame.kind.is_error and frame.raw == found.raw
    values[_FRAME] = None
    if is_plain and isinstance(frame, Message):
        values[_FRAME] = int(frame.kind), frame.id, frame.action, may_need_masking(frame)
    return values


def _unpacked(packed: Any) -> FoundFrame:
    """The frame that was packed. One without a defect is not parsed again, only its payload is decoded; nor is it
    searched for secrets if it has none."""
    if isinstance(packed, bytes):
        found: FoundFrame = pickle.loads(packed)
        return found
    for place in _CODED:
        packed[place] = _MEMBERS[packed[place]]
    if packed[_FRAME] is not None:
        kind, message_id, action, is_doubtful = packed[_FRAME]
        message = JsonMessage if is_doubtful else SecretFreeMessage
        packed[_FRAME] = message(packed[0], _KINDS[kind], message_id, action, orjson.loads(packed[0])[-1])
    return FoundFrame(*packed)


# -- the second process ------------------------------------------------------------------------------------------------


class _Search:
    """The search through a file, block by block."""

    def __init__(self, path: Path, stream: BinaryIO, most_shown: int | None) -> None:
        self._stream = stream
        self._tally = ImportStats(most_shown=most_shown)
        self._steps = LogLines().read(Material(path.name, stream, path), self._tally, ImportOptions())
        self._found = self._shown = 0

    def portion(self, _: bytes) -> bytes:
        """What the next block has, packed."""
        frames, is_last = list[Any](), True
        for step in self._steps:
            if isinstance(step, list):
                frames += map(_packed, step)
            elif step is Pause.BUSY:
                is_last = False
                break
        tally, first, shown = self._tally, self._found, self._shown
        self._found, self._shown = first + len(frames), len(tally.skipped)
        skipped = [(one.reason, one.line) for one in tally.skipped[shown:]]
        counts = tally.with_frame, tally.without_frame
        return marshal.dumps((first, frames, is_last, *counts, skipped, self._stream.tell()))


def search_log() -> None:
    """Find frames until nobody wants more."""
    name, device, number, most_shown = sys.argv[1:]
    path = Path(name)
    with path.open("rb") as stream:
        if identity_of(stream.fileno()) != (device, number):
            os._exit(1)
        serve(_Search(path, stream, int(most_shown) if most_shown else None).portion, len(_REQUEST))


if __name__ == "__main__":
    search_log()
