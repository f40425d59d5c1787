"""The entries of a stream of Redis as rows."""

from __future__ import annotations

from ocpptui.importing.tables.redis_entries import MOST_LINES, NAME_OF_ID, entries_in, may_be_entries


def _rows(text: str) -> list[tuple[int, list[str], list[str]]]:
    rows = entries_in(enumerate(text.split("\n"), 1))
    return [(row.number, list(row.names), row.cells) for row in rows if row.names is not None]


def test_an_entry_is_a_row_with_its_time() -> None:
    """The charge point and the time of a frame are in other lines than it."""
    first = '1) 1) "1773480600250-0"\n   2) 1) "cp"\n      2) "CP \\"7\\""\n'
    text = first + '2) 1) "1773480600251-1"\n   2) 1) "dir"\n      2) "in"'
    assert _rows(text) == [
        (1, [NAME_OF_ID, "cp"], ["1773480600250", 'CP "7"']),
        (4, [NAME_OF_ID, "dir"], ["1773480600251", "in"]),
    ]


def test_the_name_of_the_next_stream_is_no_field() -> None:
    assert _rows("ocpp\n1773480600250-0\ncp\nCP-7\nother\n1773480600251-0\ncp\nCP-8") == [
        (2, [NAME_OF_ID, "cp"], ["1773480600250", "CP-7"]),
        (6, [NAME_OF_ID, "cp"], ["1773480600251", "CP-8"]),
    ]


def test_all_entries_may_be_in_one_line() -> None:
    """They would be the cells of one row, with one charge point and one time."""
    line = r'"ocpp","1773480600250-0","cp","CP \"7\"","1773480600251-0","cp","CP-8"'
    assert _rows(line) == [
        (1, [NAME_OF_ID, "cp"], ["1773480600250", 'CP "7"']),
        (1, [NAME_OF_ID, "cp"], ["1773480600251", "CP-8"]),
    ]
    assert may_be_entries(line.encode())


def test_lines_that_are_no_entries_are_kept_apart() -> None:
    """A log that goes on behind an id would be held in memory as one entry."""
    text = "\n".join(["no entry", "1773480600250-0", *["x"] * (MOST_LINES + 5)])
    rows = list(entries_in(enumerate(text.split("\n"), 1)))
    assert [row.line for row in rows if row.names is None] == ["no entry", *["x"] * 5]


def test_an_entry_is_known_by_its_id() -> None:
    assert may_be_entries(b'1) 1) "1773480600250-0"\r\n')
    assert may_be_entries(b"ocpp\n1773480600250-0\ncp\n")
    assert not may_be_entries(b'2026-03-14 09:30:00 received [2,"1773480600250-0","Heartbeat",{}]\n')
