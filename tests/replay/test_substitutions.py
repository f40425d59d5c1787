"""What the user wants rewritten: tokens, serial numbers, charge point ids, times."""

from __future__ import annotations

import json

import pytest

from ocpptui.ocpp.date_times import shifted
from ocpptui.ocpp.version import Version
from ocpptui.replay.rewriting import Rewriting, Rewritten, merged
from ocpptui.replay.substitutions import Substitutions, first_time

HOUR = 3600 * 1_000_000


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("2026-11-22T23:30:00Z", "2026-11-23T00:30:00Z"),
        ("2026-11-22T23:30:00.120Z", "2026-11-23T00:30:00.120Z"),
        ("2026-11-22T23:30:00.123456789+01:00", "2026-11-23T00:30:00.123456000+01:00"),
        ("2026-12-31 23:30:00-0500", "2027-01-01 00:30:00-0500"),
        ("2026-11-22t10:00z", "2026-11-22t11:00z"),
        ("2026-11-22T10:00:00", "2026-11-22T11:00:00"),
        ("2026-11-22", None),
        ("9999-12-31T23:30:00Z", None),
        ("2026-13-22T10:00:00Z", None),
        ("TAG", None),
    ],
)
def test_a_shifted_time_keeps_its_notation(text: str, moved: str | None) -> None:
    """A backend that accepts only one notation would refuse a value that it accepted in the recording."""
    assert shifted(text, HOUR) == moved


def test_each_kind_is_rewritten_in_its_own_fields_only() -> None:
    """A word in free text that looks like a token would be changed."""
    rules = Substitutions(tokens={"A": "B"}, serials={"S1": "S2"}, charge_points={"CP1": "CP2"})
    rewriting = Rewriting(Version.V16, rules)
    payload = (
        '{"idTag":"A", "info":"A", "parentIdTag":"A","idToken":{"idToken":"A","type":"Central"},'
        '"chargePointSerialNumber":"S1","vendorId":"S1","data":"CP1","meterSerialNumber":"CP1","list":["A","CP1"]}'
    )
    assert json.loads(rewriting.apply("DataTransfer", payload)) == {
        "idTag": "B",
        "info": "A",
        "parentIdTag": "B",
        "idToken": {"idToken": "B", "type": "Central"},
        "chargePointSerialNumber": "S2",
        "vendorId": "S1",
        "data": "CP2",
        "meterSerialNumber": "CP2",
        "list": ["A", "CP2"],
    }
    assert rewriting.table == (
        Rewritten("token", '"A"', '"B"', 3),
        Rewritten("serial number", '"S1"', '"S2"', 1),
        Rewritten("charge point id", '"CP1"', '"CP2"', 3),
    )


def test_times_are_one_row_of_the_table_and_only_what_is_sent_counts() -> None:
    """Nobody would read a table with a row for each meter sample."""
    rewriting = Rewriting(Version.V16)
    rewriting.shift = HOUR
    payload = '{"a":"2026-01-01T00:00:00Z","b":["2026-01-01T00:00:05Z","x"]}'
    assert rewriting.apply("X", payload, counted=False) == rewriting.apply("X", payload)
    assert rewriting.apply("X", payload) == '{"a":"2026-01-01T01:00:00Z","b":["2026-01-01T01:00:05Z","x"]}'
    assert rewriting.table == (Rewritten("time", '"2026-01-01T00:00:00Z"', '"2026-01-01T01:00:00Z"', 4),)


def test_the_expected_answer_has_mapped_tokens_and_recorded_times() -> None:
    """Each mapped token would be reported as a difference."""
    rewriting = Rewriting(Version.V16, Substitutions(tokens={"A": "B"}))
    rewriting.shift = HOUR
    payload = '{"idTag":"A","at":"2026-01-01T00:00:00Z"}'
    assert rewriting.expected("X", payload) == '{"idTag":"B","at":"2026-01-01T00:00:00Z"}'
    assert rewriting.table == ()


def test_tables_of_several_rounds_are_added_up() -> None:
    """A repeated replay would fill the report with the same rows."""
    one = Rewritten("transaction id", "1", "2", 3)
    time = Rewritten("time", '"a"', '"b"', 1)
    later = Rewritten("time", '"c"', '"d"', 4)
    assert merged([one, time], [one, later]) == (one._replace(times=6), time._replace(times=5))


def test_the_first_moment_of_a_payload() -> None:
    """The start of a log without times could not be determined."""
    assert first_time('{"a":1,"b":"1970-01-01T00:00:02Z"}') == 2_000_000
    assert first_time('{"a":"2026-99-01T00:00:02Z","b":"x"}') is None
