"""What a reader of a format is given, and what it gives: the one door through which every format is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

from ocpptui.importing.found_frame import FoundFrame, ImportStats
from ocpptui.importing.text_stream import BLOCK
from ocpptui.ocpp.version import Version
from ocpptui.recording.line_format import Unreadable
from ocpptui.timeline.record import Record


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user says about the files that are opened."""

    format: str | None = None
    """One of `formats.NAMES`; None to detect it from what is in the file."""
    version: Version | None = None
    """OCPP version of what names none."""
    utc_offset: int | None = None
    """Minutes that times without a zone are ahead of UTC."""
    follow: bool = False
    """Go on reading where a file grows."""
    shifts: Mapping[Path, int] = field(default_factory=dict)
    """Microseconds that are added to the times of a file."""
    show_skipped: bool = False
    """Report every place without a frame, not only the first thousand."""
    merge: bool = False
    """The same frame seen by both sides is one record."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Of tables: name of a column (or its number from 1) to the field that it holds (see `table`)."""
    keylog: Path | None = None
    """Of packet captures: TLS keys in NSS key log format."""


@dataclass(frozen=True, slots=True)
class Material:
    """A file to be read: its name without the endings of compression, its decompressed bytes, its place on disk."""

    name: str
    stream: BinaryIO
    """From its beginning; `read` gives b"" at the end. Of a folder, the names in it, one a line."""
    path: Path | None = None
    """The file itself where it is one on disk and not compressed, or the folder."""
    modified: int = 0
    """When it was last written, in microseconds since 1970."""

    @property
    def is_folder(self) -> bool:
        return self.path is not None and self.path.is_dir()


class Pause(Enum):
    """A step that brought nothing."""

    BUSY = "busy"
    """There is more to read; time to look at the clock."""
    IDLE = "idle"
    """Nothing more is there for now, and may come."""


ReaderStep: TypeAlias = FoundFrame | Record | Unreadable | Pause
"""A frame with what the file says of it, a record as it is, a line that is not a record, or a pause."""


class Reader(Protocol):
    """One format."""

    name: str
    """As a user names it."""
    grows: bool
    """It is read line by line, with pauses, as it grows or comes through a pipe. Other formats are read as a whole."""
    of_folders: bool
    """It is a folder of files."""

    def detects(self, head: bytes, name: str) -> bool:
        """Whether a file that starts so (some tens of kilobytes) and is named so is of this format. Never raises."""
        ...

    def read(self, material: Material, tally: ImportStats, options: ImportOptions) -> Iterator[ReaderStep]:
        """What is in the file, in its order, in memory that does not grow with a file of lines.

        Never raises for what is wrong inside a file: that is a `FoundFrame` with its text, or counted in the tally.
        Raises UnreadableFile where nothing can be read for a reason outside of it (a program that is not installed).
        """
        ...


def blocks(stream: BinaryIO, follow: bool) -> Iterator[bytes | Pause]:
    """What is in a stream; with `follow` also what is added to it, for ever."""
    while True:
        block = stream.read(BLOCK)
        if block:
            yield block
            yield Pause.BUSY
        elif block is None or follow:
            yield Pause.IDLE
        else:
            return
