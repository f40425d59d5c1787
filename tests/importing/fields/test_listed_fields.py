"""Objects that are written as lists. What is not recognised loses the charge point and the direction of its frames."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.fields.listed_fields import entry_of_stream, fields_in_turn, fields_listed, tags_in


@pytest.mark.parametrize(
    "entries",
    [
        [{"field": "cp", "value": "CP7"}, {"field": "dir", "value": "in"}],  # CloudWatch
        [{"key": "cp", "value": {"stringValue": "CP7"}}, {"key": "dir", "value": "in"}],  # OpenTelemetry
        [{"Key": "cp", "Value": {"Type": "STRING", "Value": "CP7"}}, {"Key": "dir", "Value": "in"}],
        [{"name": "cp", "value": "CP7", "type": "text"}, {"name": "dir", "value": "in", "type": "text"}],
    ],
)  # fmt: skip
def test_a_list_of_names_and_values_is_an_object(entries: list[Any]) -> None:
    assert fields_listed(entries) == {"cp": "CP7", "dir": "in"}


@pytest.mark.parametrize(
    "values", [[], ["cp"], [{"name": "cp"}], [{"value": 1, "name": 2}], [{"name": "cp", "value": "CP7"}, 5]]
)
def test_any_other_list_is_not_one(values: list[Any]) -> None:
    assert fields_listed(values) is None


def test_tags_have_a_name_and_a_value_each() -> None:
    assert tags_in(["env:prod", "station:CP-77", "url:ws://h"]) == {"env": "prod", "station": "CP-77", "url": "ws://h"}
    assert [tags_in(values) for values in ([], ["env:prod", "debug"], [":x"], ["x:"], ["a:" + "b" * 200], [5])] == [
        None
    ] * 6


def test_names_and_values_in_turn_need_a_name_that_is_known() -> None:
    """Two words in a list are almost always two words."""
    assert fields_in_turn(["chargePointId", "CP7", "direction", "in"]) == {"chargePointId": "CP7", "direction": "in"}
    for values in (["a", "b"], ["chargePointId"], ["chargePointId", 1, "chargePointId", 2], ["a b", 1], [1, 2]):
        assert fields_in_turn(values) is None, values


@pytest.mark.parametrize("fields", [["cp", "CP7"], {"cp": "CP7"}])
def test_an_entry_of_a_stream_has_the_time_of_its_id(fields: Any) -> None:
    assert entry_of_stream(["1773480600250-0", fields]) == {"epochMillis": "1773480600250-0", "cp": "CP7"}


@pytest.mark.parametrize(
    "values", [["1773480600250-0"], ["x-0", []], ["1773480600250-0", ["cp"]], [5, []], ["1-0", {}]]
)
def test_what_has_no_such_id_is_not_an_entry(values: list[Any]) -> None:
    assert entry_of_stream(values) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "value", "Key", "x"]), inner),
    max_leaves=8,
)


@given(st.lists(JSON, max_size=5))
def test_whatever_a_list_holds_it_is_an_object_or_not(values: list[Any]) -> None:
    """A log can have any JSON in it; the import goes on."""
    for read in (fields_listed, tags_in, fields_in_turn, entry_of_stream):
        fields = read(values)
        assert fields is None or all(type(name) is str for name in fields)
