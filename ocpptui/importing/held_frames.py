"""Frames that are held until the end of their file is known, in memory that does not grow with it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Any

from ocpptui.importing.found_frame import FoundFrame

MOST_IN_MEMORY = 5_000
"""How many frames are held in memory; those before them are in a file without a name."""


class HeldFrames:
    """Groups of frames in their order, which can be taken in it and in the reverse. Close it to remove its file."""

    def __init__(self, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self.count = 0
        """How many frames there are."""
        self._most = most_in_memory
        self._latest: list[list[FoundFrame]] = []
        self._size = 0  # how many frames the latest are
        self._file: IO[bytes] | None = None
        self._places: list[int] = []  # of the others in it
        self._resources = ExitStack()

    def __enter__(self) -> HeldFrames:
        return self

    def __exit__(self, *_: Any) -> None:
        self._resources.close()

    def add(self, group: list[FoundFrame]) -> bool:
        """Hold some more frames; False if the disk is full, and they are held nevertheless."""
        self._latest.append(group)
        self._size += len(group)
        self.count += len(group)
        return self._size <= self._most or self._put_aside()

    def forwards(self) -> Iterator[list[FoundFrame]]:
        """The groups in their order."""
        for place in self._places:
            yield from self._portion(place)
        yield from self._latest

    def backwards(self) -> Iterator[list[FoundFrame]]:
        """The groups, the last one first."""
        yield from reversed(self._latest)
        for place in reversed(self._places):
            yield from reversed(self._portion(place))

    def _put_aside(self) -> bool:
        import pickle  # which takes long to load, and few files need it

        try:
            if self._file is None:
                self._file = self._resources.enter_context(tempfile.TemporaryFile(prefix="ocpptui-"))  # noqa: SIM115
            place = self._file.seek(0, 2)
            self._file.write(pickle.dumps(self._latest, pickle.HIGHEST_PROTOCOL))
            self._file.flush()
        except OSError:
            return False
        self._places.append(place)
        self._latest, self._size = [], 0
        return True

    def _portion(self, place: int) -> list[list[FoundFrame]]:
        import pickle

        assert self._file is not None
        self._file.seek(place)
        portion: list[list[FoundFrame]] = pickle.load(self._file)
        return portion
