"""The first lines of a file show soon that it is no table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.readers.table import Table
from ocpptui.importing.tables.table_head import head_lines, may_be_table
from ocpptui.ocpp.version import Version
from tests.importing.conversation import conversation
from tests.importing.logger_lines import BY_NAME

CELLS = st.sampled_from(
    (
        "time",
        "raw",
        "Nachricht",
        "2026-03-14 09:30:00",
        "12:00",
        "CP-1",
        "up",
        "",
        "7",
        '[3,"1",{}]',
        '"[2,""1"",""Heartbeat"",{}]"',
        "[2,'1','Heartbeat',{}]",
        "---",
    )
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=12)


@given(ROWS, st.sampled_from(",;\t|"))
def test_nothing_that_is_a_table_is_left_out(rows: list[list[str]], separator: str) -> None:
    """It would be read as a log, with the times and directions of its columns as text."""
    head = "".join(f"{separator.join(row)}\n" for row in rows).encode()
    assert may_be_table(head) or not Table().detects(head, "x")


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_the_lines_of_a_logger_are_no_table(version: Version) -> None:
    """The readers for tables are loaded for nothing, before the first row is shown."""
    lines = map(BY_NAME[next(iter(BY_NAME))], conversation(["CP-1", "CP-2"], version))
    assert not may_be_table("".join(f"{line}\n" for line in lines).encode())


def test_a_line_that_is_cut_is_not_looked_at() -> None:
    """The frame at the end of the first block would be taken for one that is broken."""
    line = "x" * 1000
    whole = [(number, line) for number in range(1, 17)]
    assert head_lines(f"{line}\n".encode() * 16 + b"cut" * 200) == whole
    assert head_lines(b"short,file") == [(1, "short,file")], "the whole file was read"
