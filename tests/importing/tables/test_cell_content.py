"""What a cell of a table has, by its content alone: columns are found by it where their names say nothing."""

from __future__ import annotations

import pytest

from ocpptui.importing.tables.cell_content import (
    DAY,
    has_frame,
    is_description,
    is_frame_text,
    is_message_type,
    is_object,
    tags_of_cell,
)

FRAME = '[2,"a1","Heartbeat",{}]'
ENVELOPE = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>'


@pytest.mark.parametrize("cell", [FRAME, '[3,"a1",{}]', ENVELOPE, f'<?xml version="1.0"?>{ENVELOPE}'])
def test_a_whole_frame_is_one(cell: str) -> None:
    """The column of the frames would not be found, and the table be read as a log."""
    assert is_frame_text(cell)


@pytest.mark.parametrize("cell", ["", "[1,2,3]", f"sent {FRAME}", FRAME[:-1], "<html></html>", "<Envelope"])
def test_what_is_more_or_less_than_a_frame_is_none(cell: str) -> None:
    """The header of a table, or its numbers, would be taken for messages."""
    assert not is_frame_text(cell)


def test_a_frame_is_found_within_the_text_of_a_cell() -> None:
    """A table of the lines of a log would have no frames."""
    assert has_frame(f"INFO sent {FRAME} to CP-1")
    assert not has_frame(f"INFO sent {FRAME[:-1]}")
    assert not has_frame("INFO [2 of 3] done")


def test_kinds_are_message_types_in_words_in_numbers_and_as_we_write_them() -> None:
    """The parts of messages could not be put together."""
    assert all(map(is_message_type, ("2", "CALL", "response", "CONNECTION")))
    assert not any(map(is_message_type, ("", "7", "Heartbeat")))


def test_an_object_is_json_to_its_end() -> None:
    """A payload that is cut off would be taken for a description of the frame beside it."""
    assert is_object('{"connectorId":1}')
    assert not any(map(is_object, ('{"connectorId":1', "[1]", "")))


def test_tags_describe_a_frame_only_if_one_of_them_says_something_of_it() -> None:
    """The charge point would be lost that is in the tags of each row, or a sentence with a colon be taken for one."""
    assert tags_of_cell("env:prod,station:CP-77") == {"env": "prod", "station": "CP-77"}
    assert is_description("env:prod,station:CP-77")
    assert tags_of_cell("env:prod,build:7") is None
    assert tags_of_cell("note: all is well") is None


@pytest.mark.parametrize("cell", ["2026-03-14", "14.3.2026", "2026/03/14 00:00:00", "2026-03-14T00:00:00.000"])
def test_a_day_may_have_midnight_behind_it(cell: str) -> None:
    """The date column of a workbook would be a time, and all its frames be of midnight."""
    assert DAY.fullmatch(cell)
    assert not DAY.fullmatch(cell + " 09:30")
