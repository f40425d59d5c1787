"""What a connection event says of its handshake, whatever file it comes from."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.recorded_upgrade import RecordedUpgrade
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from ocpptui.timeline.timeline import Timeline

NAMES = st.sampled_from(
    (
        "url", "requestLine", "requestHeaders", "responseHeaders", "responseStatus", "httpStatus", "subprotocol",
        "subprotocolsOffered", "credentials", "tls", "tolerated", "problem", "facts", "step", "error", "advice",
        "firstBytes", "tlsError", "verifyCode", "closeCode", "closedBy", "secondsSinceLastFrame", "remoteAddress",
    )
)  # fmt: skip
TEXTS = st.sampled_from(
    (
        "ws://a/CP1", "ws://[/", "GET /ocpp//CP 1 HTTP/1.1", "GET", "Authorization: Basic a:***", "Upgrade: websocket",
        "Sec-WebSocket-Protocol: ocpp1.6", "ocpp1.6", "basic", "", "404", "tls", "peer-with-tls",
    )
)  # fmt: skip
VALUES = st.recursive(
    TEXTS
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from((1006, 1011.0))
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
DETAILS = st.dictionaries(NAMES, VALUES, max_size=8)


@given(st.lists(st.tuples(st.sampled_from(ConnectionEvent), DETAILS), min_size=1, max_size=4), st.sampled_from(Version))
def test_any_detail_can_be_diagnosed(events: list[tuple[ConnectionEvent, dict[str, Any]]], version: Version) -> None:
    """A recording of another tool would end the diagnosis of everything after it."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    for number, (event, detail) in enumerate(events):
        detail = {**detail, "event": event.value}
        timeline.append(Record(number * 10**7, 1, RecordKind.CONNECTION, None, "CP1", version, detail=detail))
    assert diagnosis.advance(inf)
    for index in range(len(timeline)):
        assert all(one.text for one in findings_at(timeline, index))


@pytest.mark.parametrize(
    ("detail", "path"),
    [
        ({"requestLine": "GET /a/CP1?x=/y HTTP/1.1"}, "/a/CP1"),
        ({"requestLine": "GET /a/CP 1 HTTP/1.1"}, "/a/CP 1"),
        ({"requestLine": "GET /a/CP1"}, "/a/CP1"),
        ({"url": "wss://host:9000/a//CP1"}, "/a//CP1"),
        ({"url": "wss://host"}, ""),
        ({"firstBytes": "GET /a/CP 1 HTTP/1.1\\r\\nHost: b"}, "/a/CP 1"),
        ({"firstBytes": "\\x16\\x03"}, None),
        ({}, None),
    ],
)
def test_the_path_is_as_it_was_requested(detail: dict[str, str], path: str | None) -> None:
    assert RecordedUpgrade(detail).path == path


@pytest.mark.parametrize(
    ("header", "user"),
    [
        ("Basic CP1:***", "CP1"),
        ("basic a:b:***", "a:b"),
        ("Basic :***", ""),
        ("Basic Q1AxOnNlY3JldA==", "CP1"),
        ("Bearer ***", None),
        ("Basic ***", None),
    ],
)
def test_the_user_is_known_also_where_the_password_is_masked(header: str, user: str | None) -> None:
    upgrade = RecordedUpgrade({"requestHeaders": [f"authorization: {header}"]})
    assert upgrade.user == user and upgrade.has_credentials


def test_what_an_import_does_not_say_is_read_from_the_headers() -> None:
    headers = ["Sec-WebSocket-Protocol: ocpp2.0.1, ocpp1.6", "Sec-WebSocket-Protocol: x"]
    assert RecordedUpgrade({"requestHeaders": headers}).offered == ["ocpp2.0.1", "ocpp1.6", "x"]
    assert RecordedUpgrade({"requestHeaders": []}).offered == []
    assert RecordedUpgrade({}).offered is None
