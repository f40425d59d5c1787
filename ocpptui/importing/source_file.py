"""One file of any format as records, in steps, so that whoever reads can look at the clock in between."""

from __future__ import annotations

import codecs
import io
import os
import queue
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import BinaryIO, cast

from ocpptui.importing.formats import LOG, RECORDING, detected, is_binary, reader
from ocpptui.importing.found_frame import FoundFrame, ImportStats, Material, Options, Reader
from ocpptui.importing.inference import Inference, Known
from ocpptui.importing.input_file import HEAD, Peeked, Sturdy, materials, open_file
from ocpptui.importing.readers.frame_files import FrameFiles, is_frame_folder
from ocpptui.importing.text_stream import BLOCK, LineSplitter
from ocpptui.ocpp.version import Version
from ocpptui.recording.file_errors import RecordingError, UnreadableFile
from ocpptui.recording.line_format import Unreadable, from_line
from ocpptui.runtime.clock import now
from ocpptui.runtime.standard_input import StandardInput
from ocpptui.timeline.record import Record

STANDARD_INPUT = Path("-")
AHEAD = 2000
"""Things that a reader in a thread of its own finds in advance."""


class Pause(Enum):
    """A step that brought no record."""

    BUSY = "busy"
    """There is more to read; time to look at the clock."""
    IDLE = "idle"
    """Nothing more is there for now, and may come."""


Step = Record | Pause


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user says about the files that are opened."""

    format: str | None = None
    """One of `formats.NAMES`; None: by what is in the file."""
    version: Version | None = None
    """OCPP version of what names none."""
    utc_offset: int | None = None
    """Minutes that times without a zone are ahead of UTC."""
    follow: bool = False
    """Go on reading where a file grows."""
    shifts: Mapping[Path, int] = field(default_factory=dict)
    """Microseconds that are added to the times of a file."""
    show_skipped: bool = False
    """Every place without a frame is to be told, not only the first thousand."""
    merge: bool = False
    """The same frame seen by both sides is one record."""
    options: Options = Options()


class ForeignFile:
    """A file (or `-`, standard input) whose records come one after the other. Raises UnreadableFile."""

    def __init__(self, path: Path, choices: ImportOptions) -> None:
        self.path = path
        self.tally = ImportStats(most_shown=None) if choices.show_skipped else ImportStats()
        self.problems: list[Unreadable] = []
        """Lines of a recording that are no record."""
        self.format = ""
        """What it was taken for, once that is known."""
        self._choices = choices
        self._file = _opened(path)
        self._size = 0 if path == STANDARD_INPUT or path.is_dir() else os.fstat(self._file.fileno()).st_size
        self._closing = threading.Event()
        self._connections = 0  # numbers that earlier files of an archive have taken

    @property
    def progress(self) -> float:
        """From 0 to 1; 0 where nobody knows how much there is."""
        if self._file.closed or not self._size:
            return 0.0
        return min(1.0, os.lseek(self._file.fileno(), 0, os.SEEK_CUR) / self._size)

    @property
    def summary(self) -> str:
        """How much of it was understood, as half a sentence."""
        tally = self.tally
        guesses = ", ".join(f"{what} of {count:,}" for what, count in tally.guessed.items() if what != "zone")
        return (
            f"{self.format or 'nothing'}; {tally.with_frame:,} lines held a frame, {tally.without_frame:,} did not"
            + (f"; inferred: {guesses}" if guesses else "")
        )

    def close(self) -> None:
        """Let go of the file, and of the thread that reads it."""
        self._closing.set()
        self._file.close()

    def steps(self) -> Iterator[Step]:
        """The records, with pauses. Raises UnreadableFile for what cannot be read at all."""
        if self.path == STANDARD_INPUT:
            yield from self._piped()
            return
        if self.path.is_dir():
            self.format = FrameFiles.name
            yield from self._structured(FrameFiles(), Material(self.path.name, self._file, self.path))
            return
        empty = True
        for material in materials(self.path, self._file):
            head = material.stream.read(HEAD)
            empty = empty and not head
            yield from self._read(material, head)
            failure = material.stream.failure if isinstance(material.stream, Sturdy) else ""
            if failure:
                self.problems.append(Unreadable(f"{material.name} breaks off: {failure}"))
        if empty and not self._choices.follow:
            raise UnreadableFile(self.path, "the file is empty")
        if self.format != RECORDING and not self.tally.with_frame:
            first = f"; {self.tally.skipped[0]}" if self.tally.skipped else ""
            raise UnreadableFile(self.path, f"it holds no OCPP frame in {self.tally.without_frame:,} lines{first}")

    def _read(self, material: Material, head: bytes) -> Iterator[Step]:
        """What is in a file whose beginning was read."""
        name = self._choices.format or detected(head, material.name)
        if name in (LOG, RECORDING) and is_binary(head):
            raise UnreadableFile(self.path, "this is binary, and of no format that is known")
        self.format = self.format or name
        stream = cast(BinaryIO, Peeked(head, material.stream))
        if name == RECORDING:
            yield from self._recorded(stream)
        elif name == LOG:
            yield from self._logged(stream)
        else:
            if material.path is not None:
                self._file.seek(0)
                stream = self._file
            yield from self._structured(reader(name), Material(material.name, stream, material.path))

    # -- lines ---------------------------------------------------------------------------------------------------

    def _blocks(self, stream: BinaryIO) -> Iterator[bytes | Pause]:
        """What is in a stream, and where it may grow what is added to it."""
        while not self._closing.is_set():
            block = stream.read(BLOCK)
            if block:
                yield block
                yield Pause.BUSY
            elif block is None or self._choices.follow:
                yield Pause.IDLE
            else:
                return

    def _logged(self, stream: BinaryIO) -> Iterator[Step]:
        from ocpptui.importing.readers.log_lines import FrameFinder

        finder, splitter, inference = FrameFinder(self.tally), LineSplitter(), self._inference()
        finder.year = _year(self._modified())
        for block in self._blocks(stream):
            if isinstance(block, Pause):
                if block is Pause.IDLE:
                    yield from inference.settle()
                yield block
                continue
            for number, line in splitter.take(block):
                for found in finder.take(number, line):
                    yield from inference.take(found)
        for number, line in splitter.finish():
            for found in finder.take(number, line):
                yield from inference.take(found)
        for found in finder.finish():
            yield from inference.take(found)
        yield from self._ended(inference)

    def _recorded(self, stream: BinaryIO) -> Iterator[Step]:
        rest, number, time = b"", 0, 0
        for block in self._blocks(stream):
            if isinstance(block, Pause):
                yield block
                continue
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                number += 1
                record = from_line(line.removeprefix(codecs.BOM_UTF8), fallback_time=time)
                if isinstance(record, Record):
                    time = record.time
                    yield record
                elif line.strip():
                    self.problems.append(Unreadable(record.reason, number))
        if rest.strip():
            record = from_line(rest, fallback_time=time)
            if isinstance(record, Record):
                yield record
            else:
                self.problems.append(Unreadable(f"the last line is cut off: {record.reason}", number + 1))

    # -- documents -----------------------------------------------------------------------------------------------

    def _structured(self, reader_: Reader, material: Material) -> Iterator[Step]:
        """What a reader finds that works in a thread of its own, since it may be long without finding anything."""
        found: queue.Queue[FoundFrame | RecordingError | None] = queue.Queue(AHEAD)

        def put(one: FoundFrame | RecordingError | None) -> bool:
            while not self._closing.is_set():
                try:
                    found.put(one, timeout=0.1)
                except queue.Full:
                    continue
                return True
            return False

        def work() -> None:
            try:
                for one in reader_.read(material, self.tally, self._choices.options):
                    if not put(one):
                        return
            except RecordingError as error:
                put(UnreadableFile(self.path, error.reason) if isinstance(error, UnreadableFile) else error)
            except ValueError:
                if not self._closing.is_set():  # else the file was closed under its hands
                    raise
            finally:
                put(None)

        thread = threading.Thread(target=work, name=f"reading {material.name}", daemon=True)
        thread.start()
        inference = self._inference()
        while not self._closing.is_set():
            try:
                one = found.get(timeout=0.01)
            except queue.Empty:
                yield Pause.BUSY
                continue
            if one is None:
                break
            if isinstance(one, RecordingError):
                raise one
            yield from inference.take(one)
        thread.join()
        yield from self._ended(inference)

    # -- standard input ------------------------------------------------------------------------------------------

    def _piped(self) -> Iterator[Step]:
        """What comes through a pipe: lines at once, documents when they are whole."""
        head = b""
        while len(head) < HEAD:
            block = self._file.read(HEAD - len(head))
            if block is None:
                if b"\n" in head:
                    break
                yield Pause.IDLE
            elif block:
                head += block
            else:
                break
        if not head:
            raise UnreadableFile(self.path, "nothing came through the pipe")
        material = Material("standard input", self._file)
        name = self._choices.format or detected(head, material.name)
        if name in (LOG, RECORDING) and not head.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04")):
            yield from self._read(material, head)
            return
        with tempfile.TemporaryDirectory(prefix="ocpptui-") as folder:
            path = Path(folder) / "input"
            with path.open("wb") as whole:
                whole.write(head)
                for more in self._blocks(self._file):
                    if isinstance(more, Pause):
                        yield more
                    else:
                        whole.write(more)
            inner = ForeignFile(path, self._choices)
            inner.tally, inner.problems = self.tally, self.problems
            try:
                yield from inner.steps()
            finally:
                self.format = inner.format
                inner.close()

    # -- inference -----------------------------------------------------------------------------------------------

    def _inference(self) -> Inference:
        known = Known(self._choices.version, self._choices.utc_offset, self._modified(), self._connections)
        return Inference(self.tally, known)

    def _ended(self, inference: Inference) -> Iterator[Record]:
        yield from inference.settle()
        self._connections += inference.connections

    def _modified(self) -> int:
        if self.path == STANDARD_INPUT:
            return now()
        if self.path.is_dir():
            return self.path.stat().st_mtime_ns // 1000
        return os.fstat(self._file.fileno()).st_mtime_ns // 1000


def _opened(path: Path) -> BinaryIO:
    """What is read; nothing for a folder of frames, whose files are opened one by one. Raises UnreadableFile."""
    if path == STANDARD_INPUT:
        return cast(BinaryIO, StandardInput())
    if path.is_dir():
        if not is_frame_folder(path):
            raise UnreadableFile(path, "this is a folder, and none of dumped frames; name the files in it")
        return io.BytesIO()
    return open_file(path)


def _year(time: int) -> int:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(time / 1_000_000, UTC).year
