"""Frames in JSON of any shape are found anywhere, and their details come from the right keys."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.fields.field_values import moment_of
from ocpptui.importing.found_frame import Flow, FoundFrame
from ocpptui.importing.objects.json_frames import frames_in, is_frame
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Direction, Version
from tests.kit.linear_time import assert_linear

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
CALL, ANSWER = [2, "a", "Heartbeat", {}], [3, "a", {"currentTime": "2020-01-01T00:00:00Z"}]
NEW_YEAR = time_of("2024-01-01T00:00:00Z")


def only(value: Any) -> FoundFrame:
    (found,) = frames_in(value)
    return found


def decoded(value: Any, text: str = "") -> list[Any]:
    return [json.loads(found.raw) for found in frames_in(value, text=text)]


@pytest.mark.parametrize(
    "time",
    [
        "2024-01-01T00:00:00Z", "2024-01-01T01:00:00.000+01:00", 1704067200, 1704067200.0, 1704067200000,
        1704067200000000, 1704067200000000000, "1704067200", "1704067200000", {"$date": "2024-01-01T00:00:00Z"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["timestamp", "time", "ts", "@timestamp", "created_at", "createdAt", "@t"])
def test_times_are_read_in_every_unit_and_under_every_name(name: str, time: Any) -> None:
    found = only({name: time, "frame": CALL})
    assert (found.time, found.zoned) == (NEW_YEAR, True)


def test_a_time_without_a_zone_is_marked_so() -> None:
    found = only({"asctime": "2024-01-01 00:00:00,000", "frame": CALL})
    assert (found.time, found.zoned) == (NEW_YEAR, False)


def test_the_time_of_the_message_takes_precedence_over_that_of_the_row() -> None:
    for names in (("created_at", "timestamp"), ("timestamp", "created_at")):
        times = {"created_at": "2020-01-01T00:00:00Z", "timestamp": "2024-01-01T00:00:00Z"}
        assert only({**{name: times[name] for name in names}, "frame": CALL}).time == NEW_YEAR


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"direction": "CS_TO_CSMS"}, UP), ({"direction": "CSMS_TO_CS"}, DOWN), ({"direction": "cp-to-csms"}, UP),
        ({"dir": "CSMS -> CP"}, DOWN), ({"dir": "CSMS <- CP"}, UP), ({"direction": "ChargePoint>CentralSystem"}, UP),
        ({"origin": "cs"}, UP), ({"origin": "csms"}, DOWN), ({"destination": "centralsystem"}, UP),
        ({"destination": "charger"}, DOWN), ({"from_client": True}, UP), ({"from_client": False}, DOWN),
        ({"sender": "ChargePoint"}, UP), ({"direction": "in"}, Flow.RECEIVED), ({"direction": "Outgoing"}, Flow.SENT),
        ({"type": "send"}, Flow.SENT), ({"type": "receive"}, Flow.RECEIVED), ({"dir": "rx"}, Flow.RECEIVED),
        ({"dir": "TX"}, Flow.SENT), ({"incoming": True}, Flow.RECEIVED), ({"incoming": False}, Flow.SENT),
        ({"dir": ">>"}, Flow.SENT), ({"event": "message_received"}, Flow.RECEIVED),
        ({"msg": "received OCPP message"}, Flow.RECEIVED), ({"message": "Sending to CP7"}, Flow.SENT),
        ({"type": "websocket"}, None), ({"direction": "sideways"}, None), ({"sender": "cs"}, None),
    ],
)  # fmt: skip
def test_words_for_the_direction(fields: dict[str, Any], expected: Direction | Flow | None) -> None:
    found = only({**fields, "frame": CALL})
    assert (found.direction or found.flow) == expected


@pytest.mark.parametrize("name", ["chargePointId", "cpId", "cp", "stationId", "station", "client", "charge_box_id"])
def test_names_of_a_charge_point(name: str) -> None:
    assert only({name: "CP 7", "frame": CALL}).charge_point == "CP 7"
    assert only({name: 240, "frame": CALL}).charge_point == "240"


@pytest.mark.parametrize(
    ("fields", "version"),
    [
        ({"ocppVersion": "1.6"}, Version.V16), ({"protocol": "ocpp2.0.1"}, Version.V201),
        ({"version": "2.1"}, Version.V21),
        ({"protocol": "OCPP1.6J"}, Version.V16), ({"version": "3.14"}, None), ({"v": 0, "version": 16}, None),
        ({"ocpp_version": 1.6}, Version.V16),
    ],
)  # fmt: skip
def test_names_of_a_version(fields: dict[str, Any], version: Version | None) -> None:
    assert only({**fields, "frame": CALL}).version == version


def test_details_of_the_whole_apply_to_its_events_except_the_time() -> None:
    trace = {
        "timestamp": "2030-01-01T00:00:00Z",
        "metadata": {"stationId": "S1", "ocppVersion": "2.0.1", "exportedAt": 1},
        "events": [
            {"timestamp": 1704067200, "direction": "CS_TO_CSMS", "message": CALL},
            {"direction": "CSMS_TO_CS", "message": ANSWER},
        ],
    }
    call, answer = frames_in(trace)
    assert (call.time, call.direction, call.charge_point, call.version) == (NEW_YEAR, UP, "S1", Version.V201)
    assert (answer.time, answer.direction, answer.charge_point) == (None, DOWN, "S1")


def test_a_key_nearer_to_the_frame_takes_precedence() -> None:
    assert only({"cp": "far", "inner": {"cp": "near", "more": {"frame": CALL}}}).charge_point == "near"


def test_the_charge_point_may_be_an_object_with_an_id() -> None:
    assert only({"chargePoint": {"id": "CP1", "vendor": "x"}, "frame": CALL}).charge_point == "CP1"


def test_the_payload_of_a_frame_gives_no_details_of_it() -> None:
    found = only([2, "a", "X", {"timestamp": 1, "stationId": "no", "inner": [2, "b", "Y", {}]}])
    assert (found.time, found.charge_point) == (None, "")


def test_a_list_of_words_and_a_frame() -> None:
    first, second = frames_in(
        [["2024-01-01T00:00:00Z", "rx", CALL], ["2024-01-01T00:00:00Z", "tx", json.dumps(ANSWER)]]
    )
    assert (first.time, first.flow, second.flow) == (NEW_YEAR, Flow.RECEIVED, Flow.SENT)


def test_frames_in_parts_are_put_together() -> None:
    common = {"timestamp": 1704067200, "stationId": "S", "action": "Reset", "messageId": "m"}
    call = {**common, "messageType": "CALL", "payload": {"type": "Soft"}}
    answer = {**common, "messageTypeId": 3, "payload": '{"status":"Accepted"}'}
    error = {"messageType": "CALLERROR", "uniqueId": "m", "errorCode": "NotImplemented", "errorDescription": "no"}
    assert decoded([call, answer, error]) == [
        [2, "m", "Reset", {"type": "Soft"}],
        [3, "m", {"status": "Accepted"}],
        [4, "m", "NotImplemented", "no", {}],
    ]
    assert {found.notation for found in frames_in([call, answer, error])} == {"fields"}
    assert decoded({"type": "request", "id": 7, "action": "x"}) == [], "any API has such objects"


def test_texts_with_more_than_a_frame_go_to_the_text_reader() -> None:
    asked: list[str] = []

    def read(text: str) -> list[FoundFrame]:
        asked.append(text)
        return [FoundFrame("raw", time=1, flow=Flow.SENT, charge_point="inner")]

    value = {"time": 1704067200, "msg": f"Sent: {json.dumps(CALL)}", "level": "INFO", "cpId": "outer", "x": "[1, 2]"}
    (found,) = frames_in(value, read)
    assert asked == [value["msg"]]
    assert (found.time, found.flow, found.charge_point) == (NEW_YEAR, Flow.SENT, "outer")
    assert list(frames_in(value)) == []


def test_lists_that_only_look_like_frames_are_ignored() -> None:
    values: list[Any] = [
        [2, 3, 4],
        [2, "a"],
        [3, "a", "b"],
        [7, "a", "b", {}],
        [2, "a", 5, {}],
        [True, "a", "b", {}],
        [2.0],
    ]
    assert not any(map(is_frame, values))
    assert is_frame([2, 17, "Heartbeat", {}])


def test_numbers_and_escapes_keep_their_notation() -> None:
    text = '{"f": [\n  2, "a", "X",\n  {"v": 20.10, "n": 123456789012345678901234567890, "t": "a  \\u00e9\\ud800"}]}'
    found = next(frames_in(json.loads(text), text=text))
    assert found.raw == '[2,"a","X",{"v":20.10,"n":123456789012345678901234567890,"t":"a  \\u00e9\\ud800"}]'
    assert str(next(frames_in(json.loads(text))).raw).encode()


def test_the_time_in_a_value_is_read_with_its_zone() -> None:
    """A number mistaken for a time would put a frame into the wrong century."""
    for text, zoned in (("2024-01-01T00:00:00Z", True), ("2024-01-01 00:00:00", False)):
        moment = moment_of(text)
        assert moment is not None and (moment.time, moment.zoned) == (NEW_YEAR, zoned)
    odd: list[Any] = [None, True, "x", 5, float("nan"), float("inf"), -1, 10**30, [], {}]
    assert not any(map(moment_of, odd))


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(), max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(
                st.sampled_from(["time", "direction", "cp", "type", "payload", "id", "meta"]), st.text(max_size=5)
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)
FRAMES = st.builds(lambda kind, payload: [2, kind, "DataTransfer", {"data": payload}], st.text(min_size=1), VALUES)


@given(VALUES)
def test_any_value_is_read_without_raising(value: Any) -> None:
    for found in frames_in(value):
        assert isinstance(found.raw, str)
        found.raw.encode()


@given(st.lists(FRAMES, max_size=5), st.sampled_from([None, 2]), st.booleans())
def test_any_frames_are_read_unchanged(frames: list[Any], indent: int | None, escaped: bool) -> None:
    text = json.dumps([{"message": frame} for frame in frames], indent=indent, ensure_ascii=escaped)
    value = json.loads(text)
    found = [found.raw for found in frames_in(value, text=text)]
    assert [json.dumps(json.loads(raw)) for raw in found] == [json.dumps(frame) for frame in frames]


def test_deep_nesting_is_harmless() -> None:
    deep: Any = CALL
    for _ in range(500):
        deep = {"x": [deep, 1]}
    assert list(frames_in(deep)) == []
    nested: Any = []
    for _ in range(5000):
        nested = [nested]
    assert len(list(frames_in([2, "a", "X", nested]))) == 1


@pytest.mark.parametrize(
    "element", [{"time": 1704067200, "message": CALL}, CALL, json.dumps(CALL), '[2,"', {"id": [2]}]
)
def test_the_time_grows_linearly_with_the_value(element: Any) -> None:
    def seconds(count: int) -> float:
        text = json.dumps([element] * count)
        value = json.loads(text)
        start = process_time()
        for _ in frames_in(value, text=text):
            pass
        return process_time() - start

    assert_linear(seconds, 2_000)
