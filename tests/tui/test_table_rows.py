"""A table of equal objects fits into its pane, and says what it leaves out."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ocpptui.describe.object_tables import ObjectTable, with_tables
from ocpptui.jsontext.text import indented
from ocpptui.tui.table_rows import table_rows

CONFIGURATION = [
    {"key": "HeartbeatInterval", "readonly": False, "value": "300"},
    {"key": "SupportedFeatureProfiles", "readonly": True, "value": "Core,Reservation,LocalAuthListManagement"},
]


def rows(items: list[dict[str, object]], width: int) -> list[str]:
    found = with_tables(indented(json.dumps({"list": items}, ensure_ascii=False)).split("\n"))
    return [
        "".join(text for _, text in row)
        for table in found
        if isinstance(table, ObjectTable)
        for row in table_rows(table, width)
    ]


def test_columns_are_as_wide_as_their_content_and_cut_where_room_is_short() -> None:
    """The names would be cut although there is room, or the values would be out of sight."""
    assert [row.rstrip() for row in rows(CONFIGURATION, 100)] == [
        '    key                       readonly  "value"',
        "    HeartbeatInterval         false     300",
        "    SupportedFeatureProfiles  true      Core,Reservation,LocalAuthListManagement",
    ]
    assert rows(CONFIGURATION, 60)[2] == "    SupportedFeatureProfi…  true      Core,Reservation,Loca…"


def test_columns_without_room_are_counted() -> None:
    """The user would not know that there is more."""
    items: list[dict[str, object]] = [{f"column{n}": n * m for n in range(12)} for m in (3, 7)]
    assert rows(items, 40)[1].endswith("+7")


def test_what_all_rows_share_is_said_once() -> None:
    """The same context and location in each row would leave no room for the values."""
    items: list[dict[str, object]] = [{"value": n, "context": "Sample.Periodic", "unit": "A"} for n in (7, 1200)]
    assert rows(items, 60) == [
        "    in all 2 rows:  context Sample.Periodic  unit A",
        "    value",
        "        7",
        "     1200",
    ]


@given(
    st.lists(st.dictionaries(st.text(max_size=12), st.text(max_size=30) | st.integers(), max_size=8), max_size=5),
    st.integers(8, 120),
)
def test_no_row_is_wider_than_the_pane_or_controls_the_terminal(items: list[dict[str, object]], width: int) -> None:
    """What a charge point sends would break the screen."""
    for row in rows(items, width):
        assert cell_len(row) <= width
        assert row.isprintable()
