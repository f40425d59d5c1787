"""Strategies: traffic with all that goes wrong in it, as records in the order of time."""

from __future__ import annotations

from hypothesis import strategies as st

from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record

_IDS = st.sampled_from(['"1"', '"2"', '"3"', "4", '"4"', '""', '"' + "x" * 40 + '"'])
_REQUESTS = st.sampled_from(
    [
        ("Heartbeat", "{}"),
        ("Heartbeat", '{"more":1}'),
        ("Authorize", '{"idTag":"A"}'),
        ("Authorize", '{"idToken":"A"}'),
        ("Reset", '{"type":"Hard"}'),
        ("NoSuchAction", "{}"),
        ("", "{}"),
        ("x" * 200, "{}"),
    ]
)
_RESPONSES = st.sampled_from(
    ["{}", '{"currentTime":"2026-01-01T00:00:00Z"}', '{"idTagInfo":{"status":"Accepted"}}', '{"status":"No"}', "[]"]
)
_RAWS = st.one_of(
    st.builds(lambda i, r: f'[2,{i},"{r[0]}",{r[1]}]', _IDS, _REQUESTS),
    st.builds(lambda i, r: f'[2,{i},"{r[0]}",{r[1][:-1]}', _IDS, _REQUESTS),
    st.builds(lambda i, r: f"[3,{i},{r}]", _IDS, _RESPONSES),
    st.builds(lambda i: f'[4,{i},"GenericError","",{{}}]', _IDS),
    st.builds(lambda i: f'[5,{i},"GenericError","",{{}}]', _IDS),
    st.builds(lambda i: f'[6,{i},"NotifyPeriodicEventStream",{{}}]', _IDS),
    st.sampled_from(['[2,"1","Heartbeat"]', "[3,1]", '[2, "2", "Heartbeat", {}]', "[2.0,1,2]", "no", '[7,"1",{}]']),
    st.sampled_from([b"\xff", b'[3,"1",{}]']),
)
_CHARGE_POINTS = st.sampled_from([(1, "A", Version.V16), (2, "B", Version.V201), (3, "A", None), (4, "C", Version.V21)])

_MESSAGES = st.builds(
    lambda raw, point, direction, origin: message_record(
        raw, time=0, connection=point[0], charge_point=point[1], version=point[2], direction=direction, origin=origin
    ),
    _RAWS,
    _CHARGE_POINTS,
    st.sampled_from(Direction),
    st.sampled_from(Origin),
)
_EVENTS = st.builds(
    lambda point, event: Record(
        0, point[0], RecordKind.CONNECTION, None, point[1], point[2], detail={"event": event.value, "url": "ws://x"}
    ),
    _CHARGE_POINTS,
    st.sampled_from(ConnectionEvent),
)
_OTHERS = st.sampled_from(
    [
        Record(0, 0, RecordKind.NOTE, origin=Origin.MANUAL, detail={"text": "here"}),
        Record(0, 1, RecordKind.PING, Direction.TO_CSMS, "A", Version.V16),
        Record(0, 1, RecordKind.CALL, Direction.TO_CSMS, "A", Version.V16, '[2,"1","X",{}]', masked=("$.a",)),
    ]
)


def _timed(records: list[Record], steps: list[int]) -> list[Record]:
    time, timed = 1_700_000_000_000_000, []
    for record, step in zip(records, steps, strict=False):
        time += step
        timed.append(
            Record(
                time,
                record.connection,
                record.kind,
                record.direction,
                record.charge_point,
                record.version,
                record.raw,
                record.origin,
                record.detail,
                record.masked,
            )
        )
    return timed


TRAFFIC = st.builds(
    _timed,
    st.lists(st.one_of(_MESSAGES, _MESSAGES, _MESSAGES, _MESSAGES, _EVENTS, _OTHERS), max_size=40),
    st.lists(st.sampled_from([0, 1, 1_000, 20_000_000, 31_000_000]), min_size=40, max_size=40),
)
