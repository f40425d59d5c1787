"""One file of any format as records, in steps, so that the caller can look at the clock in between."""

from __future__ import annotations

import os
import queue
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from ocpptui.importing.files.compressed_stream import Sturdy
from ocpptui.importing.files.followed_file import FollowedFile
from ocpptui.importing.files.input_file import Peeked, materials, open_file
from ocpptui.importing.files.packing_marks import HEAD, is_packed
from ocpptui.importing.files.rotated_logs import PartsInTurn
from ocpptui.importing.files.text_stream import InUtf8, wide_encoding
from ocpptui.importing.files.unknown_content import RICH_TEXT, kind_of_content
from ocpptui.importing.formats import LOG, OF_FOLDERS, OF_LINES, OF_TEXT, RECORDING, TABLE, detected, is_binary, reader
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.further_frames import further_frames
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.inference import Further, Inference
from ocpptui.importing.reader import ImportOptions, Material, Pause, Reader, ReaderStep, blocks
from ocpptui.importing.shared_reading import LARGE, SharedReading, Step
from ocpptui.ocpp.counted import counted
from ocpptui.recording.file_errors import RecordingError, UnreadableFile
from ocpptui.recording.line_format import Unreadable
from ocpptui.runtime.arriving_bytes import ArrivingBytes
from ocpptui.runtime.clock import now
from ocpptui.runtime.standard_input import STANDARD_INPUT, StandardInput, short_input_name
from ocpptui.timeline.record import Record

LARGEST_ARRIVING = 4 * 2**30
"""The most bytes of a document from a pipe or a device, which may have no end."""
TOGETHER = 100
"""How many frames become records before the caller can look at the clock."""
AHEAD = 2000
"""How many items a reader in a separate thread may be ahead."""


class ForeignFile:
    """A file (or `-`, standard input) and its records, one after the other. Raises UnreadableFile."""

    def __init__(self, path: Path, choices: ImportOptions, *, alone: bool = False, keep_secrets: bool = False) -> None:
        """With `alone`, no second process helps. What that one finishes is masked, unless to `keep_secrets`."""
        self.path = path
        self._alone, self._keep_secrets = alone, keep_secrets
        self.tally = ImportTally(most_shown=None) if choices.show_skipped else ImportTally()
        self.problems: list[Unreadable] = []
        """Lines of a recording that are not records."""
        self.format = ""
        """Its format, once that is known."""
        self.has_lines = False
        """Whether the records have the number of their line in it."""
        self._choices = choices
        source = StandardInput() if path == STANDARD_INPUT else open_file(path)
        self._arriving = source if isinstance(source, ArrivingBytes) else None
        self._followed: FollowedFile | None = None
        self._file = cast(BinaryIO, source)
        is_folder = self._arriving is None and path.is_dir()
        self._size = 0 if self._arriving is not None or is_folder else os.fstat(self._file.fileno()).st_size
        if choices.follow and self._arriving is None and not is_folder:
            self._followed = FollowedFile(path, self._file)
            self._file = cast(BinaryIO, self._followed)
        self._closing = threading.Event()
        self._shared: SharedReading | None = None
        if is_folder:
            self._format_of(self._file.read(HEAD), Material(path.name, self._file, path))
            self._file.seek(0)
        self._head = b""
        self._connections = 0  # numbers that earlier files of the archive use
        self._parts: PartsInTurn | None = None  # of an archive

    @property
    def progress(self) -> float:
        """From 0 to 1; 0 if the size is unknown."""
        if self._file.closed or not self._size:
            return 0.0
        return min(1.0, self.place / self._size)

    @property
    def place(self) -> int:
        """How many bytes of the file were read."""
        return os.lseek(self.number, 0, os.SEEK_CUR)

    @property
    def number(self) -> int:
        """The number of the open file."""
        return self._file.fileno()

    @property
    def summary(self) -> str:
        """How much of it was understood, as half a sentence."""
        tally = self.tally
        guesses = ", ".join(f"{what} of {count:,}" for what, count in tally.guessed.items() if what != "zone")
        return (
            f"{self.format or 'nothing'}; {counted(tally.with_frame, 'line')} with a frame, "
            f"{counted(tally.without_frame, 'line')} without" + (f"; inferred: {guesses}" if guesses else "")
        )

    def close(self) -> None:
        """Close the file and end the thread that reads it."""
        self._closing.set()
        if self._shared is not None:
            self._shared.close()
        self._file.close()

    def steps(self) -> Iterator[Step]:
        """The records, with pauses. Raises UnreadableFile if nothing can be read."""
        if self._arriving is not None:
            yield from self._piped(self._arriving)
            return
        empty, failure, files = True, "", 0
        unread: list[str] = []  # why members of an archive were not read
        for material in materials(self.path, self._file, self._modified()):
            head = material.stream.read(HEAD)
            empty, files = empty and not head, files + 1
            if material.in_archive:
                self._parts = self._parts or PartsInTurn()
                self._parts.begin()
            try:
                yield from self._read(material, head)
            except UnreadableFile as error:
                if not material.in_archive:
                    raise
                unread.append(f"{material.name}: {error.reason}")
            failure = material.stream.failure if isinstance(material.stream, Sturdy) else ""
            if failure:
                self.problems.append(Unreadable(f"{material.name} cannot be read to its end: {failure}"))
        if empty and failure:
            raise UnreadableFile(self.path, f"it cannot be read: {failure}")
        if empty and not self._choices.follow:
            raise UnreadableFile(self.path, "the file is empty")
        if self.format != RECORDING and not self.tally.with_frame:
            raise UnreadableFile(self.path, self._nothing_in(files, unread))
        self.tally.evidence += [f"Not read in the archive: {reason}." for reason in unread]

    def _nothing_in(self, files: int, unread: list[str]) -> str:
        """Why there is no frame in this file, or in the files of this archive."""
        if unread:
            return unread[0] if files == 1 else f"it contains no OCPP frame in {files} files; {unread[0]}"
        kind = kind_of_content(self._head)
        seems = f"; it seems to be {kind}" if kind else ""
        first = f"; {self.tally.first_skipped}" if self.tally.first_skipped and not kind else ""
        lines = f" in {counted(self.tally.without_frame, 'line')}" if self.tally.without_frame else ""
        return f"it contains no OCPP frame{lines}{seems}{first}"

    def _read(self, material: Material, head: bytes) -> Iterator[Step]:
        """The content of a file whose beginning was already read."""
        head, material = _in_utf8(head, material)
        name = self._format_of(head, material)
        chosen = reader(name)
        if chosen.grows and (is_binary(head) or head.startswith(RICH_TEXT)):
            raise UnreadableFile(self.path, f"this is {kind_of_content(head)}")
        self.format, self._head = self.format or name, self._head or head
        self.has_lines = name in OF_LINES and not material.in_archive
        if material.path is not None and not chosen.grows:
            self._file.seek(0)
            stream = self._file
        else:
            stream = cast(BinaryIO, Peeked(head, material.stream))
        material = replace(material, stream=stream, begun_anew=self._begun_anew)
        yield from self._lines(chosen, material) if chosen.grows else self._document(chosen, material)

    def _begun_anew(self) -> str:
        """Why what is read next is another content of the file, with a warning; empty if it is not."""
        reason = self._followed.begun_anew() if self._followed is not None else ""
        if reason:
            self.tally.warn(f"{reason}; reading goes on at the beginning of the new content, with line 1")
        return reason

    def _format_of(self, head: bytes, material: Material) -> str:
        name = self._choices.format or detected(head, material)
        if self._choices.columns and not self._choices.format and name in OF_TEXT:
            name = TABLE
        if name is None:
            raise UnreadableFile(self.path, "this is a folder, but not one of dumped frames; name the files in it")
        if (name in OF_FOLDERS) != material.is_folder:
            this, other = ("folder", "files") if material.is_folder else ("file", "folders")
            raise UnreadableFile(self.path, f"this is a {this}, and {name} is a format of {other}")
        return name

    def _lines(self, chosen: Reader, material: Material) -> Iterator[Step]:
        """The results of a reader that reads line by line."""
        is_large = chosen.name == LOG and material.path is not None and self._size >= LARGE
        if not is_large or self._choices.follow or self._alone or (os.cpu_count() or 1) < 2:
            yield from self._records(chosen, material)
            return

        def read() -> Iterator[Step]:
            self._file.seek(0)
            return self._records(chosen, replace(material, stream=self._file))

        self._shared = SharedReading(
            read, self.path, self._file, self.tally, self._choices, keep_secrets=self._keep_secrets
        )
        yield from self._shared.steps()
        self._shared.close()

    def _records(self, chosen: Reader, material: Material) -> Iterator[Step]:
        """The records of what a reader finds line by line."""
        inference = self._inference(
            partial(further_frames, self.path) if material.path and chosen.name == LOG else None
        )
        for one in chosen.read(material, self.tally, self._choices):
            if self._closing.is_set():
                return
            if one is Pause.IDLE:
                yield self._connected(list(inference.settle()))
            if isinstance(one, list) and len(one) > TOGETHER:  # a line of megabytes may have many frames
                for start in range(0, len(one), TOGETHER):
                    yield self._step(one[start : start + TOGETHER], inference)
            else:
                yield self._step(one, inference)
        yield self._ended(inference)

    def _step(self, one: ReaderStep, inference: Inference) -> Step:
        if isinstance(one, list):
            return self._connected(inference.take_all(one))
        if isinstance(one, FoundFrame):
            return self._connected(inference.take(one))
        if isinstance(one, Unreadable):
            self.problems.append(one)
            return []
        return one if isinstance(one, Pause) else [one]

    # -- documents -----------------------------------------------------------------------------------------------

    def _document(self, chosen: Reader, material: Material) -> Iterator[Step]:
        """The results of a reader that works in a separate thread, since it may take long to find anything."""
        found: queue.Queue[ReaderStep | RecordingError | None] = queue.Queue(AHEAD)

        def put(one: ReaderStep | RecordingError | None) -> bool:
            while not self._closing.is_set():
                try:
                    found.put(one, timeout=0.1)
                except queue.Full:
                    continue
                return True
            return False

        def work() -> None:
            try:
                for one in chosen.read(material, self.tally, self._choices):
                    if not put(one):
                        return
            except RecordingError as error:
                put(UnreadableFile(self.path, error.reason) if isinstance(error, UnreadableFile) else error)
            except ValueError:
                if not self._closing.is_set():  # otherwise the file was closed while it was being read
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
            yield self._step(one, inference)
        thread.join()
        yield self._ended(inference)

    # -- standard input ------------------------------------------------------------------------------------------

    def _piped(self, source: ArrivingBytes) -> Iterator[Step]:
        """The content of a pipe: lines at once, documents when they are complete."""
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
            it = "it" if self.path == STANDARD_INPUT else "the file"
            raise UnreadableFile(self.path, source.failure or f"{it} is empty")
        name = short_input_name(self.path)
        material = Material(name, self._file, modified=self._modified())
        if reader(self._format_of(*_in_utf8(head, material))).grows and not is_packed(head):
            yield from self._read(material, head)
            if source.failure:
                self.problems.append(Unreadable(f"{name} cannot be read to its end: {source.failure}"))
            return
        with tempfile.TemporaryDirectory(prefix="ocpptui-") as folder:
            path = Path(folder) / "input"
            with path.open("wb") as whole:
                whole.write(head)
                for more in blocks(self._file, follow=False):
                    if self._closing.is_set():
                        return
                    if isinstance(more, Pause):
                        yield more
                    else:
                        whole.write(more)
                        if whole.tell() > LARGEST_ARRIVING:
                            raise UnreadableFile(self.path, f"it does not end within {LARGEST_ARRIVING >> 30} GB")
            inner = ForeignFile(path, self._choices, keep_secrets=self._keep_secrets)
            inner.tally, inner.problems = self.tally, self.problems
            try:
                yield from inner.steps()
            except UnreadableFile as error:
                raise UnreadableFile(self.path, error.reason) from error
            finally:
                self.format, self.has_lines = inner.format, inner.has_lines
                inner.close()

    # -- inference -----------------------------------------------------------------------------------------------

    def _inference(self, further: Further | None = None) -> Inference:
        return Inference(self.tally, self._choices, self._modified(), self._connections, further)

    def _ended(self, inference: Inference) -> list[Record]:
        remaining = self._connected(list(inference.finish()))
        self._connections += inference.connections
        return remaining

    def _connected(self, records: list[Record]) -> list[Record]:
        """The records with the connections that go on from the file before in an archive."""
        return records if self._parts is None else self._parts.connected(records)

    def _modified(self) -> int:
        if self._arriving is not None:
            return now()
        if self.path.is_dir():
            return self.path.stat().st_mtime_ns // 1000
        return os.fstat(self._file.fileno()).st_mtime_ns // 1000


def _in_utf8(head: bytes, material: Material) -> tuple[bytes, Material]:
    """The beginning of a text and the rest of it as UTF-8; other files as they are."""
    encoding = wide_encoding(head)
    if not encoding:
        return head, material
    stream = cast(BinaryIO, InUtf8(cast(BinaryIO, Peeked(head, material.stream)), encoding))
    return stream.read(HEAD), replace(material, stream=stream, path=None)
