"""Lists of equal objects as tables: each value as it was sent, in the row and column where it belongs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.describe.object_tables import ObjectTable, with_tables
from ocpptui.jsontext.text import indented

NAMES = ["key", "value", "unit", "component", "evse"]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=20,
)


def drawn(text: str) -> list[str | ObjectTable]:
    return list(with_tables(indented(text).split("\n")))


def tables(text: str) -> list[ObjectTable]:
    return [one for one in drawn(text) if isinstance(one, ObjectTable)]


def grid(table: ObjectTable) -> list[list[str]]:
    """The names and the texts of a table."""
    rows = [[column.name for column in table.columns]]
    for row in range(table.rows):
        cells = [column.cells[row] for column in table.columns]
        rows.append(["" if cell is None else cell.text for cell in cells])
    return rows


def shared(table: ObjectTable) -> dict[str, str]:
    return {column.name: cell.text for column in table.shared if (cell := column.cells[0]) is not None}


def test_a_configuration_is_a_table_and_what_is_around_it_stays() -> None:
    """The technician would scroll through 179 lines for 35 values."""
    keys = '[{"key":"A","readonly":false,"value":"300"},{"key":"B","readonly":true}]'
    first, second, table, *rest = drawn(f'{{"configurationKey":{keys},"unknownKey":["C"]}}')
    assert isinstance(table, ObjectTable)
    assert (first, second) == ("{", '  "configurationKey": [')
    assert grid(table) == [["key", "readonly", '"value"'], ["A", "false", "300"], ["B", "true", ""]]
    assert rest == ["  ],", '  "unknownKey": [', '    "C"', "  ]", "}"]


def test_the_samples_of_a_meter_value_have_a_row_each_with_its_time() -> None:
    """Ten samples would take 70 lines, or nobody would see when they were measured."""
    one = '{"timestamp":"T1","sampledValue":[{"value":1.50,"unit":"A"},{"value":2,"unit":"V"}]}'
    two = '{"timestamp":"T2","sampledValue":[{"value":1e3,"unit":"A"}]}'
    (table,) = tables(f'{{"meterValue":[{one},{two}]}}')
    assert grid(table) == [
        ["timestamp", "value", "unit"],
        ["T1", "1.50", "A"],
        ["T1", "2", "V"],
        ["T2", "1e3", "A"],
    ]
    (table,) = tables(f'{{"meterValue":[{one}]}}')
    assert shared(table) == {"timestamp": "T1"} and grid(table)[0] == ["value", "unit"]


def test_a_report_of_the_device_model_has_the_names_of_what_is_nested() -> None:
    """The user would not know which name is that of the component."""
    report = [
        {
            "component": {"name": "EVSE", "evse": {"id": number}},
            "variable": {"name": "Power"},
            "variableAttribute": [{"value": str(number)}, {"type": "Target", "value": "9"}],
        }
        for number in (1, 2)
    ]
    (table,) = tables(json.dumps({"reportData": report}))
    assert grid(table)[:3] == [["id", '"value"', "type"], ["1", "1", ""], ["1", "9", "Target"]]
    assert shared(table) == {"component.name": "EVSE", "variable.name": "Power"}


@pytest.mark.parametrize(
    "text",
    [
        '{"a":[{"key":"A"}]}',
        '{"a":[1,2,3]}',
        '{"a":[{"key":1},2]}',
        '{"a":[{"key":1,"key":2},{"key":3}]}',
        '{"a":[{"x":[{"v":1},{"v":2}],"y":[{"v":1},{"v":2}]},{"x":[],"y":[]}]}',
        '{"a":[{"x":[[1],[2]]},{"x":[[3]]}]}',
        '{"a":[{"b":1},{"c":1},{"d":1},{"e":1}]}',
    ],
)
def test_what_is_no_list_of_equal_objects_stays_json(text: str) -> None:
    """A table would hide a value, or show values side by side that have nothing to do with each other."""
    assert [one for one in drawn(text) if isinstance(one, ObjectTable) and one.indent == 4] == []


def test_strings_that_look_like_other_values_are_told_apart() -> None:
    """A charge point that sends "true" for true would look right."""
    (table,) = tables('[{"a":"1","b":1,"c":"x"},{"a":"2","b":2,"c":"y"}]')
    assert grid(table)[0] == ['"a"', "b", "c"]


def leaves(value: Any, number_text: bool = False) -> list[str]:
    """Every scalar of a JSON value as a table shows it."""
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in leaves(one)]
    return [json.dumps(value, ensure_ascii=False).strip('"') if not isinstance(value, str) else value]


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1), min_size=2, max_size=6))
def test_no_value_is_lost_whatever_the_objects_are(items: list[dict[str, Any]]) -> None:
    """A value that is in the message would not be on the screen."""
    text = json.dumps({"list": items}, ensure_ascii=False)
    shown: list[str] = []
    for one in drawn(text):
        if isinstance(one, str):
            shown.append(one)
            continue
        shown += [cell.text for column in (*one.columns, *one.shared) for cell in column.cells if cell is not None]
    together = "\n".join(shown)
    for leaf in leaves(items):
        written = json.dumps(leaf, ensure_ascii=False)[1:-1]
        assert leaf in together or written in together or not leaf.isprintable()


@given(VALUES)
def test_json_without_tables_is_as_it_was(value: Any) -> None:
    """Lines would be repeated or left out."""
    lines = indented(json.dumps(value)).split("\n")
    found = list(with_tables(lines))
    if all(isinstance(one, str) for one in found):
        assert found == lines


def test_a_list_of_any_size_costs_a_bounded_time() -> None:
    """A report of megabytes, or lists in lists in lists, would freeze the screen."""
    deep = '{"a":[' * 400 + '{"b":1},{"b":2}' + "]}" * 400
    assert len(tables(deep)) <= 1
    large = json.dumps({"a": [{"key": "x" * 100, "value": n} for n in range(5000)]})
    assert tables(large) == []
