"""The differences between a live and a recorded answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.jsontext.path import json_path
from ocpptui.ocpp.answer_comparison import Difference, compare, compare_answers
from ocpptui.ocpp.date_times import is_date_time
from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.replay.ignored_paths import Ignoring

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


def answer(payload: Any) -> Message:
    frame = parse(JSON.result("1", json.dumps(payload)))
    assert isinstance(frame, Message)
    return frame


def error(code: str, description: str = "", details: str = "{}") -> Message:
    frame = parse(JSON.error("1", code, description, details))
    assert isinstance(frame, Message)
    return frame


@given(VALUES)
def test_a_payload_does_not_differ_from_itself(value: Any) -> None:
    """A false difference sends the user after a fault that does not exist."""
    assert compare(value, json.loads(json.dumps(value))) == ()


@given(VALUES, VALUES)
def test_differing_payloads_are_reported_in_both_directions(recorded: Any, live: Any) -> None:
    """Nobody would notice that the backend has changed."""
    forth, back = compare(recorded, live), compare(live, recorded)
    assert sorted((d.path, d.recorded, d.live) for d in forth if d.recorded and d.live) == sorted(
        (d.path, d.live, d.recorded) for d in back if d.recorded and d.live
    )
    assert len(forth) == len(back)
    if json.dumps(recorded, sort_keys=True) != json.dumps(live, sort_keys=True):
        assert forth


def test_each_difference_has_its_path_and_both_values() -> None:
    """Without the path and both values the user has to search for what changed."""
    recorded = {"status": "Accepted", "interval": 300, "gone": [1], "list": [{"a": 1}, {"a": 2}]}
    live = {"status": "Pending", "interval": 300, "new": True, "list": [{"a": 1}, {"a": 3}, {"a": 4}]}
    assert compare(recorded, live) == (
        Difference("$.status", '"Accepted"', '"Pending"'),
        Difference("$.gone", "[1]", None),
        Difference("$.list[1].a", "2", "3"),
        Difference("$.list[2]", None, '{"a":4}'),
        Difference("$.new", None, "true"),
    )


@pytest.mark.parametrize(
    ("recorded", "live"),
    [
        ("2026-11-22T10:02:03.120Z", "2026-11-23T01:00:00Z"),
        ("2026-11-22T10:02:03+02:00", "2026-11-23t01:00:00"),
        ("2026-11-22 10:02", "2026-11-23T01:00:00+0100"),
        (1, 1.0),
    ],
)
def test_changes_that_must_occur_are_not_differences(recorded: Any, live: Any) -> None:
    """Every answer that contains the time would be reported."""
    assert compare({"a": recorded}, {"a": live}) == ()


@pytest.mark.parametrize(
    ("recorded", "live"),
    [
        (1, True),
        (0, False),
        (1, "1"),
        (None, False),
        ("2026-11-22T10:02:03Z", "soon"),
        ("", None),
        ({}, []),
        (0.1, 0.2),
    ],
)
def test_values_of_different_types_are_a_difference(recorded: Any, live: Any) -> None:
    """A wrong type in an answer is exactly what the user is looking for."""
    assert len(compare({"a": recorded}, {"a": live})) == 1


def test_a_configuration_in_another_order_is_the_same() -> None:
    """OCPP does not order the keys; reporting each one as changed hides the one that did change."""
    recorded = {
        "configurationKey": [{"key": "A", "readonly": True, "value": "1"}, {"key": "B", "readonly": False}],
        "unknownKey": ["X", "Y"],
    }
    live = {
        "configurationKey": [{"key": "B", "readonly": False}, {"key": "A", "readonly": True, "value": "2"}],
        "unknownKey": ["Y", "X"],
    }
    assert compare(recorded, live) == (Difference('$.configurationKey["A"].value', '"1"', '"2"'),)


def test_variables_in_another_order_are_the_same() -> None:
    """Every result of GetVariables would be reported as changed, like the configuration keys of 1.6."""

    def result(variable: str, value: str) -> dict[str, Any]:
        return {"component": {"name": "C"}, "variable": {"name": variable}, "attributeValue": value}

    recorded = {"getVariableResult": [result("A", "1"), result("B", "2")]}
    assert compare(recorded, {"getVariableResult": [result("B", "2"), result("A", "1")]}) == ()
    assert len(compare(recorded, {"getVariableResult": [result("B", "2"), result("A", "3")]})) == 1


def test_a_repeated_key_is_compared_by_its_index() -> None:
    """Treating the list as a mapping would lose one of the two."""
    recorded = {"configurationKey": [{"key": "A", "value": "1"}, {"key": "A", "value": "2"}]}
    live = {"configurationKey": [{"key": "A", "value": "1"}, {"key": "A", "value": "3"}]}
    assert [difference.path for difference in compare(recorded, live)] == ["$.configurationKey[1].value"]


def test_ignored_paths_do_not_count() -> None:
    """An id that is always new would be reported each time."""
    assert compare({"a": 1, "b": 2}, {"a": 3, "b": 4}, ignored={"$.a"}.__contains__) == (Difference("$.b", "2", "4"),)


def test_an_error_instead_of_a_result_is_one_difference() -> None:
    """The most important change of all would be missed, or buried under every lost field."""
    (difference,) = compare_answers(answer({"status": "Accepted"}), error("NotImplemented", "no such action"))
    assert difference == Difference("$", 'CALLRESULT {"status":"Accepted"}', "CALLERROR NotImplemented: no such action")
    assert len(compare_answers(error("GenericError"), answer({}))) == 1


def test_errors_are_compared_by_their_code() -> None:
    """Description and details are free text with ids and times, and would differ every time."""
    assert compare_answers(error("GenericError", "at 10:01", '{"a":1}'), error("GenericError", "at 10:02")) == ()
    assert compare_answers(error("GenericError"), error("InternalError")) == (
        Difference("$", "CALLERROR GenericError", "CALLERROR InternalError"),
    )


def test_the_expected_payload_replaces_the_recorded_one() -> None:
    """A replaced transaction id would be reported as a difference."""
    recorded, live = answer({"transactionId": 1}), answer({"transactionId": 7})
    assert compare_answers(recorded, live, expected={"transactionId": 7}) == ()


def test_a_payload_nested_too_deeply_is_reported_and_does_not_raise() -> None:
    """A hostile peer could end the replay with a deeply nested answer."""
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert compare(deep, [deep])


def test_date_times_are_distinguished_from_other_text() -> None:
    """A changed firmware version that passes for a time would be ignored."""
    assert is_date_time("2026-11-22T10:02:03.120456Z")
    assert not any(map(is_date_time, ["1.2.3", "2026-11-22", "10:02:03", "x2026-11-22T10:02:03Z", 5, None]))


def test_an_odd_key_has_the_path_that_violations_and_ignored_paths_write() -> None:
    """A difference at a key with a dot could be neither found nor ignored."""
    (difference,) = compare({"odd.key": {"a b": 1}}, {"odd.key": {"a b": 2}})
    assert difference.path == json_path(["odd.key", "a b"]) == "$['odd.key']['a b']"
    ignoring = Ignoring([difference.path])
    assert compare({"odd.key": {"a b": 1}}, {"odd.key": {}}, ignored=lambda path: ignoring("DataTransfer", path)) == ()
