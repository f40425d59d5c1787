"""Strategies: records of every kind, as connections and users make them."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from ocpptui.jsontext.text import without_surrogates
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record
from tests.ocpp.envelopes import request, response

TIMES = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)
"""The years 1 to 9999, in microseconds."""
ANY_TEXT = st.text(st.characters())
"""Also NUL, lone surrogates and what terminals act upon."""

_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ANY_TEXT)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(ANY_TEXT, inner, max_size=3)),
    max_leaves=8,
)
_PAYLOADS = st.one_of(st.dictionaries(ANY_TEXT, _VALUES, max_size=4), _VALUES)
_IDS = st.one_of(st.sampled_from(["1", "2", "a81f"]), ANY_TEXT, st.integers())
_ACTIONS = st.one_of(st.sampled_from(["Heartbeat", "BootNotification", "MeterValues"]), ANY_TEXT)

FRAMES = st.builds(
    lambda elements, escaped: json.dumps(elements, ensure_ascii=escaped),
    st.one_of(
        st.tuples(st.sampled_from([2, 6]), _IDS, _ACTIONS, _PAYLOADS),
        st.tuples(st.just(3), _IDS, _PAYLOADS),
        st.tuples(st.sampled_from([4, 5]), _IDS, ANY_TEXT, ANY_TEXT, _PAYLOADS),
        st.lists(_VALUES, max_size=5),
    ),
    st.booleans(),
)
RAWS = st.one_of(st.one_of(FRAMES, ANY_TEXT).map(without_surrogates), st.binary())
"""Messages as they may be on the wire: mostly OCPP, some nearly, some nothing of it. What is not UTF-8 is bytes."""

_DETAILS = st.dictionaries(
    st.sampled_from(["url", "reason", "code", "requestHeaders"]),
    st.one_of(ANY_TEXT, st.integers(-(2**53), 2**53), st.lists(ANY_TEXT, max_size=2)),
    max_size=3,
)

ENVELOPES = st.builds(
    lambda write, action, payload, cut: write(action, payload)[:cut],
    st.sampled_from([request, response]),
    st.sampled_from(["Heartbeat", "MeterValues"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(escape),
    st.one_of(st.just(10_000), st.integers(0, 900)),
)
"""SOAP messages, some cut off."""

MESSAGES = st.builds(
    lambda raw, transport, **others: message_record(raw, transport=transport, **others),
    RAWS | ENVELOPES,
    st.sampled_from(Transport),
    time=TIMES,
    connection=st.integers(1, 2**31 - 1),
    direction=st.sampled_from(Direction),
    charge_point=ANY_TEXT,
    version=st.one_of(st.none(), st.sampled_from(Version)),
    origin=st.sampled_from(Origin),
)
EVENTS = st.builds(
    lambda time, connection, charge_point, version, event, detail: Record(
        time,
        connection,
        RecordKind.CONNECTION,
        charge_point=charge_point,
        version=version,
        detail={"event": event.value, **detail},
    ),
    TIMES,
    st.integers(0, 2**31 - 1),
    ANY_TEXT,
    st.one_of(st.none(), st.sampled_from(Version)),
    st.sampled_from(ConnectionEvent),
    _DETAILS,
)
PINGS = st.builds(
    lambda time, kind, direction, detail: Record(time, 1, kind, direction, "CP001", Version.V16, detail=detail),
    TIMES,
    st.sampled_from([RecordKind.PING, RecordKind.PONG]),
    st.sampled_from(Direction),
    st.one_of(st.just({}), st.builds(lambda ms: {"roundTripMs": ms}, st.floats(0, 1e6))),
)
NOTES = st.builds(
    lambda time, text: Record(time, 0, RecordKind.NOTE, origin=Origin.MANUAL, detail={"text": text}), TIMES, ANY_TEXT
)
RECORDS = st.one_of(MESSAGES, MESSAGES, EVENTS, PINGS, NOTES)
