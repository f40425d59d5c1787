"""The input and output of a reader: the one interface through which every format is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

import orjson

from ocpptui.importing.files.text_stream import BLOCK
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.times.dates import DayOrder
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.line_format import Unreadable
from ocpptui.timeline.record import Record


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user says about the opened files."""

    format: str | None = None
    """One of `formats.NAMES`; None to detect it from the content of the file."""
    version: Version | None = None
    """The OCPP version of frames whose file names none."""
    utc_offset: int | None = None
    """Minutes by which times without a zone are ahead of UTC."""
    charge_point: str = ""
    """The charge point of every frame."""
    side: Role | None = None
    """Which side wrote "sent" and "received"."""
    dates: DayOrder | None = None
    """Whether the day or the month comes first in dates that leave it open."""
    year: int | None = None
    """The year in which times without one begin."""
    keep_copies: bool = False
    """Make a record of each copy of a frame that a file contains twice."""
    follow: bool = False
    """Continue to read files that grow."""
    shifts: Mapping[Path, int] = field(default_factory=dict)
    """Microseconds that are added to the times of a file."""
    show_skipped: bool = False
    """Report every line without a frame, not only the first thousand."""
    merge: bool = False
    """Make one record of a frame that both sides recorded."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """For tables: the name of a column (or its number from 1) and the field that it contains (see `table`)."""
    keylog: Path | None = None
    """For packet captures: TLS keys in the NSS key log format."""

    def for_log(self) -> str:
        """What of it matters for the lines of a log, to be read by `of_log` in another process."""
        said = replace(self, format=None, shifts={}, columns={}, keylog=None)
        return orjson.dumps(said).decode()

    @classmethod
    def of_log(cls, text: str) -> ImportOptions:
        """What `for_log` returned."""
        said = orjson.loads(text)
        for name, kind in (("version", Version), ("side", Role), ("dates", DayOrder)):
            said[name] = None if said[name] is None else kind(said[name])
        return cls(**said)


@dataclass(frozen=True, slots=True)
class Material:
    """A file to be read: its name without suffixes of compression, its decompressed bytes, its path."""

    name: str
    stream: BinaryIO
    """From its beginning; `read` returns b"" at the end. For a folder, the names in it, one per line."""
    path: Path | None = None
    """The file itself if it is on disk and not compressed, or the folder."""
    modified: int = 0
    """When it was last written, in microseconds since 1970."""
    size: int = 0
    """How many bytes the file has; 0 if that is not known."""
    in_archive: bool = False
    """Whether it is one of the files in an archive."""
    begun_anew: Callable[[], str] = str
    """Asked at the end of a followed file: why its stream goes on at the beginning of another content, if it does."""

    @property
    def is_folder(self) -> bool:
        return self.path is not None and self.path.is_dir()


class Pause(Enum):
    """A step without a result."""

    BUSY = "busy"
    """There is more to read; the caller can look at the clock."""
    WAITING = "waiting"
    """Another process or thread has nothing new yet; the caller can do something else meanwhile."""
    IDLE = "idle"
    """There is nothing more for now, but more may come."""
    ANEW = "anew"
    """What comes next is the beginning of another content: the file was truncated or replaced."""


ReaderStep: TypeAlias = FoundFrame | list[FoundFrame] | Record | Unreadable | Pause
"""A frame with what the file says about it, or several; a finished record, a line that is not a record, or a pause."""


class Reader(Protocol):
    """One format."""

    name: str
    """The name that the user gives."""
    grows: bool
    """Whether it is read line by line, with pauses, as it grows or arrives. Other formats are read as a whole."""

    def detects(self, head: bytes, name: str) -> bool:
        """Whether a file with this beginning (some tens of kilobytes) and name is of this format. Never raises."""
        ...

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[ReaderStep]:
        """The content of the file, in its order, with memory that does not grow with the number of lines.

        Never raises for defects within a file: they become a `FoundFrame` with its text, or are counted in the tally.
        Raises UnreadableFile if nothing can be read for an external reason (a program that is not installed).
        """
        ...


def grown_blocks(material: Material, options: ImportOptions) -> Iterator[bytes | Pause]:
    """The content of a file that is read line by line, and what is appended to it if it is followed."""
    for block in blocks(material.stream, options.follow):
        yield Pause.ANEW if block is Pause.IDLE and material.begun_anew() else block


def blocks(stream: BinaryIO, follow: bool) -> Iterator[bytes | Pause]:
    """The content of a stream; with `follow` also what is appended to it, forever."""
    while True:
        block = stream.read(BLOCK)
        if block:
            yield block
            yield Pause.BUSY
        elif block is None or follow:
            yield Pause.IDLE
        else:
            return
