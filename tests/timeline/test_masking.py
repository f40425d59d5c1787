from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocpptui.ocpp.secrets import mask
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.masking import Masking, masked
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from tests.ocpp.test_harmless_texts import TEXTS, with_other_digits

ACTIONS = ("Authorize", "MeterValues", "DataTransfer", "ChangeConfiguration", "Heartbeat")
MEMBERS = TEXTS.filter(lambda text: '"' not in text)


def message(raw: str | bytes) -> Record:
    return message_record(
        raw, time=1, connection=2, direction=Direction.TO_CHARGE_POINT, charge_point="CP1", version=Version.V16
    )


def event(**detail: Any) -> Record:
    return Record(1, 2, RecordKind.CONNECTION, detail={"event": ConnectionEvent.OPENED, **detail})


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"hunter2"}]',
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]',
        ),
        (
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"hunter2"}',
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}',
        ),
        (
            b'[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"hun\xff\xfeter2"}]',
            b'[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***\xff***"}]',
        ),
    ],
)
def test_a_record_stays_what_it_is_without_its_secret(raw: str | bytes, shown: str | bytes) -> None:
    """A recording holds no password, whether the message that had it could be read or not."""
    record = message(raw)
    after = masked(record)
    assert after.raw == shown
    assert after.masked
    assert (after.kind, after.time, after.connection, after.charge_point, after.direction, after.version) == (
        record.kind, record.time, record.connection, record.charge_point, record.direction, record.version,
    )  # fmt: skip
    assert after.frame is not None
    assert after.frame.raw == shown


@given(st.sampled_from(ACTIONS), MEMBERS, MEMBERS, st.text("0123456789", min_size=8, max_size=8))
@example("Authorize", "passbase00", "hunter2", "64")
@example("Heartbeat", "p\\u0001ssword", "hunter2", "0061")
@example("MeterValues", "value", "http://h/?x%00=1", "41")
def test_a_message_is_masked_whatever_was_seen_before(action: str, key: str, value: str, digits: str) -> None:
    """A password would be kept because a message that differs only in its digits had none."""
    written = f'{{"{key}":"{value}"}}'
    for payload in (written, with_other_digits(written, digits), written):
        record = message(f'[2,"a1","{action}",{payload}]')
        assert record.frame is not None
        kept = Masking().masked(record)
        assert (kept.raw, kept.masked) == mask(record.frame.raw, record.frame, record.version)


def test_a_record_without_a_secret_is_the_same_record() -> None:
    """Nothing is copied for the million records that have none."""
    for record in (
        message('[2,"1","Heartbeat",{}]'),
        message('[2,"1","Heartbeat",{]'),
        event(url="ws://h:9000/CP1", requestHeaders=["Host: h"]),
        Record(1, 0, RecordKind.NOTE, detail={"text": "ws://h"}),
        Record(1, 2, RecordKind.PONG, detail={"roundTripMs": 1.5}),
    ):
        assert masked(record) is record


def test_passwords_in_the_urls_of_a_connection_are_masked() -> None:
    """The token in the URL of a central system does not reach the recipient of the recording."""
    after = masked(
        event(
            url="wss://u:hunter2@h/CP1?token=hunter2",
            urls=["ws://h/"],
            requestLine="GET http://u:hunter2@h/CP1 HTTP/1.1",
            tls={"version": "TLSv1.3", "note": "https://u:hunter2@h"},
        )
    )
    assert "hunter2" not in str(after.detail)
    assert after.detail["url"] == "wss://u:***@h/CP1?token=***"
    assert after.detail["urls"] == ["ws://h/"]
    assert after.detail["tls"]["version"] == "TLSv1.3"
