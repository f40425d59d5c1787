"""The type of message and the time that a field states. Notations of times are in `test_timestamps`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ocpptui.importing.fields.field_values import message_type_of, moment_of, serial_moment
from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.message import MessageKind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (2, MessageKind.CALL),
        ("MESSAGE_TYPE_CALL", MessageKind.CALL),
        ("Confirmation", MessageKind.CALLRESULT),
        ("Fehler", MessageKind.CALLERROR),
        (True, None),
        ("7", None),
        (None, None),
    ],
)
def test_a_message_type_is_known_as_number_and_word(value: Any, kind: MessageKind | None) -> None:
    assert message_type_of(value) is kind


@pytest.mark.parametrize(
    "value",
    [
        1772704800, "1772704800", 1772704800000, "1772704800000000", 1772704800.0, "1772704800000-0",
        {"$date": "2026-03-05T10:00:00Z"}, {"seconds": 1772704800, "nanos": 0},
    ],
)  # fmt: skip
def test_a_time_is_known_in_every_unit(value: Any) -> None:
    """Frames would have no time, or one of the year 58,000."""
    moment = moment_of(value)
    assert moment is not None
    assert moment.time == micros_of(datetime.fromisoformat("2026-03-05T10:00:00Z"))


@pytest.mark.parametrize("value", [True, 12, float("nan"), "x" * 100, None, {"seconds": 1772704800, "nanos": -1}])
def test_other_values_are_no_time(value: Any) -> None:
    assert moment_of(value) is None


def test_a_serial_date_is_a_time() -> None:
    """Tables from a spreadsheet would have no times."""
    moment = serial_moment("46082.41667")
    assert moment is not None
    assert moment.time == micros_of(datetime.fromisoformat("2026-03-01T10:00:00Z"))
    assert serial_moment("12345") is None


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("1.773480600E+9", "1773480600"), ("1,773480600250E+12", "1773480600250"), ("1.7734806E9", ""),
        ("1.773480600250e12", "1773480600250"), ("1.77348060025E+18", "1773480600250000000"), ("1.77348E+12", ""),
    ],
)  # fmt: skip
def test_a_rounded_number_is_a_time_if_it_has_its_seconds(text: str, whole: str) -> None:
    """A spreadsheet writes a time in milliseconds so; 1.77348E+12 is somewhere within three hours."""
    moment = moment_of(text)
    assert (moment is not None) == bool(whole)
    if moment is not None:
        expected = moment_of(whole)
        assert expected is not None
        assert (moment.time, moment.zoned, moment.dated) == (expected.time, expected.zoned, expected.dated)
