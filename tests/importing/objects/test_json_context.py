"""What the fields around a frame say of it. A field that is not heard loses the charge point or the direction."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.objects.json_context import MOST_UNKNOWN, Level, said_by
from ocpptui.ocpp.version import Direction, Version

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


def test_fields_say_whose_a_frame_is_when_and_where_it_went() -> None:
    said = said_by(
        {"chargePointId": "CP7", "direction": "cp-to-csms", "time": "2026-01-01T10:00:00Z", "ocppVersion": "1.6"}
    )
    assert (said.charge_point, said.way.direction, said.version) == ("CP7", UP, Version.V16)
    assert said.moment is not None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"metadata": {"chargePointId": "CP7"}}, "CP7"),
        ({"context": {"ocpp": {"station": {"id": "CP7"}}}}, "CP7"),
        ({"attributes": [{"key": "chargePointId", "value": {"stringValue": "CP7"}}]}, "CP7"),
        ({"tags": ["env:prod", "station:CP7"]}, "CP7"),
        ({"station": {"id": "CP7", "site": 4}}, "CP7"),
        ({"data": {"chargePointId": "CP7"}}, "CP7"),
        ({"details": '{"chargePointId":"CP7"}'}, "CP7"),
        ({"chargePointId": ["CP7"]}, "CP7"),
        ({"from": "CP7", "to": "csms"}, "CP7"),
        *(
            ({place: {name: "CP7"}}, "CP7")
            for place in ("ocpp", "record")
            for name in ("cbId", "csId", "partition_key")
        ),
        ({"chargePointId": None}, ""),
    ],
)
def test_a_name_is_heard_wherever_programs_write_it(fields: dict[str, Any], name: str) -> None:
    assert said_by(fields).charge_point == name


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"topic": "ocpp/CP7/in"}, "ocpp/CP7/in"),
        ({"request_uri": "/ocpp/CP7"}, "/ocpp/CP7"),
        ({"routingKey": "ocpp.CP7.in"}, "ocpp/CP7/in"),
        ({"message": "GET /ocpp/CP7 HTTP/1.1"}, "/ocpp/CP7"),
        ({"http": {"url": "/ocpp/CP7"}}, "/ocpp/CP7"),
        ({"path": "/first", "url": "/second"}, "/first"),
        ({"note": "a/b"}, ""),
    ],
)
def test_a_path_is_kept_for_the_name_in_it(fields: dict[str, Any], path: str) -> None:
    assert said_by(fields).path == path


@pytest.mark.parametrize(
    ("client", "topic", "name"),
    [
        ("gw1", "ocpp/CP-77/up", "CP-77"),
        ("GW-0001-A", "cs/CP-77/dn", "CP-77"),
        ("bridge", "ocpp/cp7/up", "cp7"),
        ("CP-77", "ocpp/CP-77/EVSE-1/up", "CP-77"),
        ("CP-77", "ocpp/site4/up", "CP-77"),
        ("CP-77", "ocpp/up", "CP-77"),
    ],
)
def test_the_topic_of_a_charge_point_counts_more_than_the_client_of_the_broker(
    client: str, topic: str, name: str
) -> None:
    """All charge points behind a bridge would be one; the calls of the central system come from its own client."""
    assert said_by({"clientid": client, "topic": topic, "payload": "x"}).charge_point == name
    both = {"chargePointId": "CP-78", "clientid": client, "topic": topic}
    assert said_by(both).charge_point == "CP-78"


def test_a_field_for_the_direction_counts_more_than_the_name_of_a_topic() -> None:
    assert said_by({"direction": "cp-to-csms", "topic": "ocpp/CP7/csms-to-cp"}).way.direction is UP
    assert said_by({"topic": "ocpp/CP7/csms-to-cp"}).way.direction is DOWN


def test_a_nearer_object_is_heard_before_one_further_away() -> None:
    inner = {"metadata": {"chargePointId": "FAR1"}, "chargePointId": "NEAR1"}
    assert said_by(inner).charge_point == "NEAR1"
    assert said_by(dict(reversed(inner.items()))).charge_point == "NEAR1", "whatever comes first"


def test_what_no_language_names_is_left_to_the_whole_file() -> None:
    """Its values may show in the end which side wrote a frame."""
    said = said_by({"richtung": "hin", "anlage": "CP7", "level": "INFO"})
    assert ("richtung", "hin") in said.fields


def test_the_fields_around_an_object_are_heard_too_but_not_the_time_of_a_list() -> None:
    """All frames of a batch would get the time at which it was written."""
    batch = Level({"time": "2026-01-01T10:00:00Z", "chargePointId": "CP7"})
    said = Level({"direction": "cp-to-csms"}, batch).said
    assert (said.charge_point, said.way.direction, said.moment is None) == ("CP7", UP, False)
    assert Level({"direction": "cp-to-csms"}, batch, in_list=True).said.moment is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["topic", "event", "from", "to", "chargePointId", "data", "tags", "x"]), inner
        )
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["metadata", "path", "action", "source", "message", "time", "id"]), JSON))
def test_any_object_says_something_or_nothing(fields: dict[str, Any]) -> None:
    """A log can have any JSON in it; the import goes on, and what it keeps is bounded."""
    said = Level(fields).said
    assert len(said.fields) <= MOST_UNKNOWN
    assert len(said.charge_point) <= 100
    assert said_by(json.loads(json.dumps(fields))).charge_point == said_by(fields).charge_point
