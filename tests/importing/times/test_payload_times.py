"""The times in payloads that show when a frame was sent, also in frames that are cut off or damaged."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.times.payload_times import witness_in
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message

TIME = "2026-03-01T10:00:00Z"
FRAMES = {
    "status": '[2,"1","StatusNotification",{"connectorId":1,"timestamp": "%s","errorCode":"NoError"}]',
    "meter": '[2,"1","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"%s","sampledValue":[{"value":"1"}]}]}]',
    "answer": '[3,"1",{"status":"Accepted","currentTime":"%s","interval":300}]',
}


@pytest.mark.parametrize("kind", FRAMES)
@given(at=st.integers(1, 120))
def test_a_truncated_frame_shows_its_time_as_far_as_it_is_legible(kind: str, at: int) -> None:
    """Where the only frame with a time is cut off, all times of a log would be in the wrong zone."""
    whole = FRAMES[kind] % TIME
    assert isinstance(parse(whole), Message)
    known = witness_in(parse(whole))
    assert known is not None
    cut = parse(whole[: min(at, len(whole) - 1)])
    assert isinstance(cut, Malformed)
    assert witness_in(cut) == (known if f'{TIME}"' in cut.raw else None)


@given(times=st.lists(st.integers(0, 2_000_000_000), min_size=1, max_size=5))
def test_the_latest_of_several_times_counts(times: list[int]) -> None:
    values = [{"timestamp": f"{2000 + second % 30}-03-01T10:00:00Z", "sampledValue": []} for second in times]
    damaged = json.dumps([2, "1", "MeterValues", {"meterValue": values}]).replace("]}]", "]},]")
    witness = witness_in(parse(damaged))
    assert isinstance(parse(damaged), Malformed)
    assert witness is not None
    assert witness.time == max(time_of(str(value["timestamp"])) or 0 for value in values)


def test_only_the_present_counts_where_the_line_has_a_time() -> None:
    assert witness_in(parse((FRAMES["meter"] % TIME)[:-1]), only_now=True) is None
    assert witness_in(parse((FRAMES["answer"] % TIME)[:-1]), only_now=True) == (time_of(TIME), True)
