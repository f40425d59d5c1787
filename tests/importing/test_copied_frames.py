"""A copy completes the frame of which it is one: what only its line says would be lost with it."""

from __future__ import annotations

from collections import deque

from ocpptui.importing.connections.log_connections import LogConnections
from ocpptui.importing.copied_frames import CopiedFrames
from ocpptui.importing.directions.kept_back_frames import KeptBackFrames, words_beside
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.heard_frame import HeardFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.ocpp.json_encoding import parse

CALL = '[2,"1","DataTransfer",{"vendorId":"x","data":"a long text that a logger cuts"}]'


class LogOfCopies:
    """The frames of a log, as the inference hands them over."""

    def __init__(self) -> None:
        self.connections = LogConnections(ImportTally(), None, 0)
        self.copied = CopiedFrames(self.connections, KeptBackFrames())
        self.held = deque[HeardFrame]()

    def take(self, raw: str, prefix: str, charge_point: str = "") -> bool:
        line = len(self.held) + 1
        found = FoundFrame(raw, line=line, time=0, prefix=prefix)
        heard = HeardFrame(found, parse(raw), "DataTransfer", None, number=line, charge_point=charge_point)
        heard.kept_back = words_beside(found)
        if self.copied.take(heard, self.held):
            return True
        self.held.append(heard)
        return False


def test_a_copy_adds_its_charge_point_and_its_line() -> None:
    log = LogOfCopies()
    assert not log.take(CALL, "[ocpp] received")
    log.held[0].log_connection = log.connections.of("", "", log.held[0].found.transport)
    assert log.take(CALL, "DEBUG websockets.server < TEXT", "CP-7")
    (only,) = log.held
    assert only.charge_point == "CP-7"
    assert only.written is not None
    assert only.written.lines == [2]
    assert only.log_connection is None, "it is of the connection of that charge point"
    assert log.copied.evidence == "1 frame is in the log twice; it is one record."


def test_a_whole_frame_takes_the_place_of_its_shortened_copy() -> None:
    """The record would be the shortened one, which nothing can read."""
    log = LogOfCopies()
    assert not log.take(f"{CALL[:40]}...", "[ocpp] received", "CP-7")
    assert not log.take('[2,"2","Heartbeat",{}]', "[ocpp] received", "CP-7")
    assert log.take(CALL, "DEBUG websockets.server < TEXT")
    first, _ = log.held
    assert (first.found.raw, first.frame, first.number, first.charge_point) == (CALL, parse(CALL), 1, "CP-7")


def test_what_the_line_of_a_copy_says_of_a_frame_kept_back_counts_once() -> None:
    log = LogOfCopies()
    assert not log.take(CALL, "[ocpp] received")
    assert log.take(CALL, "DEBUG proxy: dropped client->target")
    assert log.take(CALL, "TRACE relay: dropped client->target")
    assert [word.text for word in log.held[0].kept_back] == ["dropped"]
