"""Traces, the short notation of the rules' examples."""

from __future__ import annotations

import pytest

from ocpptui.diagnosis.trace import WrongTraceError, read_trace
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import RecordKind


def test_a_trace_says_who_sent_what_when() -> None:
    trace = read_trace(
        """
        2.0.1
        10:00:00 opened
        10:00:01 > Heartbeat {}
        10:00:01.5 < ok
            {"currentTime":"2026-01-01T10:00:01Z"}
        * 25:00:00 CP2 < Reset {"type":"OnIdle"}
        25:00:01 CP2 > error NotSupported "not now"
        25:00:02 closed {"closeCode":1006}
        25:00:03 opened
        - > [2,"7","Heartbeat",{
        26:00:00 now
        """
    )
    opened, call, result, reset, error, closed, again, broken = trace.records
    assert (trace.version, trace.marked) == (Version.V201, [3])
    assert rfc3339_text(trace.ends or 0) == "2026-01-02T02:00:00.000000Z"
    assert [one.connection for one in trace.records] == [1, 1, 1, 2, 2, 1, 3, 3]
    assert [one.charge_point for one in trace.records] == ["CP1"] * 3 + ["CP2"] * 2 + ["CP1"] * 3
    assert (opened.detail, closed.detail["closeCode"], again.detail["event"]) == ({"event": "opened"}, 1006, "opened")
    assert (call.direction, result.direction) == (Direction.TO_CSMS, Direction.TO_CHARGE_POINT)
    assert result.time - call.time == 500_000
    assert isinstance(call.frame, Message) and isinstance(result.frame, Message)
    assert call.frame.id == result.frame.id
    assert result.frame.payload == {"currentTime": "2026-01-01T10:00:01Z"}
    assert isinstance(error.frame, Message) and isinstance(reset.frame, Message)
    assert (error.frame.id, error.frame.error_code, error.frame.error_description) == (
        reset.frame.id, "NotSupported", "not now"
    )  # fmt: skip
    assert (broken.kind, broken.detail) == (RecordKind.MALFORMED, {"timeless": True})


def test_an_answer_is_to_the_latest_call_of_the_other_side_that_has_none() -> None:
    trace = read_trace(
        '1.6\n10:00:00 > [2,"a","A",{}]\n10:00:00 > [2,"b","B",{}]\n10:00:00 < [3,"b",{}]\n10:00:00 < ok'
    )
    answer = trace.records[-1].frame
    assert isinstance(answer, Message) and answer.id == "a"


@pytest.mark.parametrize(
    "line", ["10:00 > Heartbeat {}", "10:00:00 Heartbeat {}", "10:00:00 < ok {}", "10:00:00 closed {", "hello"]
)
def test_a_line_that_is_none_is_an_error_that_shows_it(line: str) -> None:
    """A rule would be tested with less than its example says."""
    with pytest.raises(WrongTraceError, match=line.split()[0]):
        read_trace(line)
