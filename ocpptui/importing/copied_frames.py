"""Frames that are copies of earlier ones: what their lines say is added to those, of which there is one record each."""

from __future__ import annotations

from collections import deque

from ocpptui.importing.connections.log_connections import LogConnections
from ocpptui.importing.copies import Copies, Written
from ocpptui.importing.cut_frames import is_shortened
from ocpptui.importing.directions.kept_back_frames import KeptBackFrames, KeptBackWord, words_beside
from ocpptui.importing.heard_frame import HeardFrame


class CopiedFrames:
    """Finds the copies among the frames of a file, and completes the frames of which they are."""

    def __init__(self, connections: LogConnections, kept_back: KeptBackFrames) -> None:
        self._copies = Copies()
        self._connections = connections
        self._kept_back = kept_back

    @property
    def are_likely(self) -> bool:
        """Whether it is worth while to look for more."""
        return self._copies.are_likely

    @property
    def evidence(self) -> str:
        """How many frames were in the log twice; empty if none was."""
        return self._copies.evidence

    def take(self, heard: HeardFrame, held: deque[HeardFrame]) -> bool:
        """Whether a frame is a copy of an earlier one, which then has what both lines say. `held` are the frames that
        are not passed on yet."""
        assert heard.frame is not None
        found, frame = heard.found, heard.frame
        is_whole = type(found.raw) is not str or not is_shortened(found.raw, frame)
        written = Written(found, heard.charge_point, heard.connection, frame.id or "", is_whole, payload=heard)
        original = self._copies.original_of(written)
        if original is None:
            heard.written = written
            return False
        words = words_beside(found)
        earlier: HeardFrame = original.payload
        if earlier is heard:  # the earlier one was the shortened copy
            _take_its_place(heard, original, held)
        elif earlier.written is original:
            earlier.charge_point, earlier.connection = original.charge_point, original.connection
        self._keep_back_too(earlier, words)
        earlier.log_connection = earlier.logged = None  # the copy may say more
        return True

    def _keep_back_too(self, heard: HeardFrame, words: tuple[KeptBackWord, ...]) -> None:
        """Note that the line of a copy says of a frame that it was kept back, besides what its own line says."""
        known = {word.key for word in heard.kept_back}
        more = tuple(word for word in words if word.key not in known)
        if more and heard.frame is not None:
            connection = heard.log_connection or self._connections.of(
                heard.charge_point, heard.connection, heard.found.transport
            )
            heard.kept_back += more
            self._kept_back.note_copy(more, connection.number, heard.frame)


def _take_its_place(heard: HeardFrame, original: Written, held: deque[HeardFrame]) -> None:
    """Put a whole frame in the place of its shortened copy, which is before it."""
    for place, other in enumerate(held):
        if other.found is original.found:
            heard.found, heard.number = original.found, other.number
            heard.charge_point, heard.connection = original.charge_point, original.connection
            heard.written, heard.kept_back, heard.log_connection = original, other.kept_back, other.log_connection
            held[place] = heard
            return
