"""Recordings, written record by record as things happen."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from pathlib import Path

from ocpptui.recording.disk_room import DiskRoom
from ocpptui.recording.growing_file import GrowingFile
from ocpptui.recording.line_format import raw_of_line, to_line
from ocpptui.recording.record_texts import LineTexts
from ocpptui.recording.recording_reader import note_record, record_in
from ocpptui.runtime.portable_files import why_not_opened
from ocpptui.timeline.record import Record
from ocpptui.timeline.record_store import Place

RETRY_AFTER = 1.0
"""Seconds between two attempts to write again after a failure."""
MOST_HELD = 2**18
"""The most bytes of records that are held back."""
MOST_IN_MEMORY = 2**28
"""The most bytes of records that stay in memory while the file cannot be written. Later ones are lost, and counted."""
LARGE_GROWTH = 2**24
"""Bytes after which the free space of the disk is looked at again, though it is not time yet."""
CAUGHT_UP_AT_ONCE = 1000
"""Records kept in memory that one call of `keep` moves to the file, so that it does not block its caller."""


class RecordingWriter:
    """Writes a recording, and returns what it wrote; a `RecordStore`. The file is append-only, of mode 0600.

    A record survives the end of this process as soon as `keep` has returned, or if the writer `holds_back`, as soon as
    `flush` has. When the file cannot be written (full disk, read-only folder, another program records into it),
    `failure` says so, records stay in memory, and later records try the file again; what was missed is written first,
    in order. `look`, called regularly, notices what other programs do to the file, and `take_news` has the words for
    it. Nothing is raised.
    """

    def __init__(
        self,
        path: Path,
        *,
        nameless: bool = False,
        least_free: int | None = None,
        spare: Callable[[], Path] | None = None,
    ) -> None:
        """With `nameless` the file has no name, so that nothing of it remains even if this program is killed.

        `least_free` is how many bytes stay free on the disk; by default `disk_room` decides. `spare` gives a folder
        for a new file if that of `path` is deleted.
        """
        self._path = path
        self._spare = spare
        self._nameless = nameless
        self.holds_back = False
        """Records wait for `flush`, so that many are written with one system call. Their places remain valid."""
        self.written = 0
        """Bytes of records so far."""
        self._failure: str | None = None
        self._file: GrowingFile | None = None
        self._room = DiskRoom(least_free)
        self._closed = False
        self._missed: list[bytes | Place | None] = []  # lines in memory, their later offsets in the file, lost lines
        self._missed_size = 0  # bytes of those in memory
        self._dropped = 0  # how many of them are lost
        self._caught_up = 0  # how many of them are in the file
        self._held: list[bytes] = []  # lines that wait for `flush`
        self._held_size = 0  # bytes of them
        self._held_from = 0  # the place intended for the first of them
        self._displaced: dict[Place, Place] = {}  # actual places of held lines that are not where they were to be
        self._last_try = 0.0
        self._looked_at = 0  # `written` when the free space was last looked at
        self._news: list[str] = []
        self._try()

    @property
    def path(self) -> Path:
        """The file that the records go to. It changes when another program takes the file away."""
        return self._path if self._file is None else self._file.path

    @property
    def failure(self) -> str | None:
        """Why records do not reach a file at present; None while they do."""
        if self._failure is not None or self._file is None:
            return self._failure
        return self._file.homeless

    @property
    def lost(self) -> int:
        """How many records are lost for good."""
        return self._dropped + (0 if self._file is None else self._file.lost)

    @property
    def room(self) -> str:
        """How much is free on the disk, as a sentence; empty if that is unknown."""
        return self._room.words(self.path.parent)

    # -- writing ------------------------------------------------------------------------------------------------

    def keep(self, record: Record, action: str = "") -> Place:
        """Write a record; return its place. `action` is that of the call that an answer belongs to."""
        return self.keep_line(to_line(record, action))

    def keep_line(self, line: bytes) -> Place:
        """Write a record whose line is known, as `keep` does."""
        self.written += len(line)
        if self._closed:
            self._failure = f"{self.path}: the recording is closed; records are kept in memory"
        elif self._failure is not None and time.monotonic() - self._last_try >= RETRY_AFTER:
            self._try()
        if self._failure is not None:
            return self._miss(line)
        if not self._held:
            assert self._file is not None
            self._held_from = self._file.next
        place = self._held_from + self._held_size, len(line)
        self._held.append(line)
        self._held_size += len(line)
        if self.holds_back and self._held_size < MOST_HELD:
            return place
        self.flush()
        return self._displaced.get(place, place)

    def _miss(self, line: bytes) -> Place:
        """Keep a line in memory, or note that it is lost."""
        if self._missed_size + len(line) > MOST_IN_MEMORY:
            self._dropped += 1
            self._missed.append(None)
        else:
            self._missed_size += len(line)
            self._missed.append(line)
        return -len(self._missed), len(line)

    def flush(self) -> None:
        """Write the records that are held back."""
        file = self._file
        if not self._held or file is None:
            return
        lines, self._held, self._held_size = self._held, [], 0
        intended = actual = self._held_from
        try:
            file.settle()
            actual = file.next
            file.append(lines)
        except OSError as error:
            self._keep_in_memory(lines, intended, actual, file.next)
            self._fail(error)
            return
        if actual != intended:  # another program wrote before us
            self._keep_in_memory(lines, intended, actual, file.next)
        if self.written - self._looked_at > LARGE_GROWTH:
            self._find_shortage()

    def _keep_in_memory(self, lines: list[bytes], intended: int, actual: int, written: int) -> None:
        """Remember the lines that are not at their intended places: in the file up to `written`, then in memory."""
        for line in lines:
            place = intended, len(line)
            if actual + len(line) > written:
                self._displaced[place] = self._miss(line)
            elif actual != intended:
                self._displaced[place] = actual, len(line)
            intended += len(line)
            actual += len(line)

    def close(self) -> None:
        """Write what is still in memory if that is possible now, and release the file for other writers.

        A file without a name is nobody else's: it is closed, and its records are gone.
        """
        if self._closed:
            return
        self.flush()
        caught_up = -1
        while self._failure is not None and caught_up < self._caught_up:
            caught_up = self._caught_up
            self._try()
        if self._file is not None:
            try:
                self._file.finish()
            except OSError as error:
                self._fail(error)
            self._file.release()
            if self._nameless:
                self._file.close()
                self._file = None
        self._closed = True

    # -- reading ------------------------------------------------------------------------------------------------

    def _found(self, place: Place) -> Place:
        """Where the record intended for a place is: from 0 on in the file, below 0 in memory."""
        self.flush()
        return self._displaced.get(place, place) if self._displaced else place

    def record(self, place: Place) -> Record:
        """The record at this place, also after `close` if the file has a name."""
        offset, length = self._found(place)
        if offset < 0:
            line = self._missed[-offset - 1]
            if line is None:
                return note_record("This record is lost: the recording could not be written, and memory was full.")
            if isinstance(line, bytes):
                return record_in(line)
            offset, length = line
        if self._file is None:
            return note_record("the recording is not open")
        if self._file.is_lost(offset, length):
            return note_record("This record is lost: another program truncated or overwrote the recording.")
        try:
            return record_in(self._file.read(offset, length))
        except OSError as error:
            return note_record(f"this record cannot be read: {error.strerror}")

    def raw(self, place: Place) -> str | bytes | None:
        return raw_of_line(self._read(*self._found(place)))

    def texts(self, offsets: array[int], lengths: array[int], wanted: int) -> LineTexts:
        self.flush()
        if self._displaced:
            offsets = array("q", [self._found(place)[0] for place in zip(offsets, lengths, strict=True)])
        return LineTexts(self._read, offsets, lengths, wanted)

    def _read(self, offset: int, length: int) -> bytes:
        if offset < 0:
            line = self._missed[-offset - 1]
            if isinstance(line, bytes):
                return line
            if line is None:
                return b""
            offset, length = line
        try:
            return b"" if self._file is None else self._file.read(offset, length)
        except OSError:
            return b""

    # -- what happens to the file -------------------------------------------------------------------------------

    def look(self) -> bool:
        """Notice what happened to the file and its disk, and mend what can be; True if there is more to do at once."""
        if self._closed:
            return False
        more = False
        if not self._find_shortage() and self._failure is not None:
            if time.monotonic() - self._last_try >= RETRY_AFTER:
                self._try()
            more = self._failure is not None and not self._last_try
        if self._file is not None:
            try:
                more = self._file.look() or more
            except OSError as error:
                self._fail(error)
        return more

    def take_news(self) -> list[str]:
        """What happened since the last call, in sentences, apart from `failure`."""
        if self._file is not None:
            self._news += self._file.news
            self._file.news = []
        news, self._news = self._news, []
        return news

    def _find_shortage(self) -> bool:
        """Whether the disk has so little room that nothing may be written."""
        self._looked_at = self.written
        shortage = None if self._nameless else self._room.shortage(self.path.parent, self._news)
        if shortage is not None:
            self.flush()
            self._failure = f"{self.path}: {shortage}; records are kept in memory"
            self._last_try = time.monotonic()
        return shortage is not None

    def _try(self) -> None:
        """Open the file if it is not open, and write what was missed."""
        self._last_try = time.monotonic()
        if self._find_shortage():
            return
        try:
            if self._file is None:
                self._file = GrowingFile(self._path, nameless=self._nameless, spare=self._spare)
            self._file.settle()
            upto = min(len(self._missed), self._caught_up + CAUGHT_UP_AT_ONCE)
            while self._caught_up < upto:
                line = self._missed[self._caught_up]
                if isinstance(line, bytes):
                    place = self._file.next, len(line)
                    self._file.append([line])
                    self._missed[self._caught_up] = place
                    self._missed_size -= len(line)
                self._caught_up += 1
        except OSError as error:
            self._fail(error)
        else:
            if self._caught_up == len(self._missed):
                self._failure = None
            else:
                self._last_try = 0.0  # go on with the next record

    def _fail(self, error: OSError) -> None:
        self._last_try = time.monotonic()
        if isinstance(error, BlockingIOError):
            reason = "another program is recording into it"
        else:
            reason = why_not_opened(self.path, error)
        self._failure = f"{self.path}: {reason}; records are kept in memory"
