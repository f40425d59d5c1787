"""Rows of octal and decimal numbers, of bits and of characters are the bytes that they show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.packets.number_rows import cells_of_first_row, characters, number_row
from tests.importing.byte_lines import ROWS, one_by_one

FRAME = b'[2,"a\t1","Heartbeat",{}]\n'
NOTATIONS = ("od", "od -t o1", "od -t u1", "od -c", "hexdump -c", "xxd -b")


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_first_row_shows_how_the_others_are_read(notation: str) -> None:
    """An octal number may look like a decimal one: each row by itself would be read in two ways."""
    lines = ROWS[notation](FRAME).split("\n")
    cells = cells_of_first_row(lines[0])
    assert cells is not None
    rows = [row for line in lines if (row := number_row(line, cells)) is not None]
    assert b"".join(row.data for row in rows).rstrip(b"\0") == FRAME
    assert [row.address for row in rows] == [line.split()[0].rstrip(":") for line in lines[: len(rows)]]


@pytest.mark.parametrize(
    "line",
    [
        "0000000 5b 32 2c 22 31 22", "0000000 133 062 454", "0000000 91 50 300", "0000000  [2,", "0000000", "",
        "0000000 110 062 054", "000000 items, 91 of them", "00000000: 01011012 00110010",
    ],
)  # fmt: skip
def test_anything_else_is_not_such_a_row(line: str) -> None:
    assert cells_of_first_row(line) is None


@given(data=st.binary(min_size=1, max_size=32))
def test_any_characters_are_their_bytes(data: bytes) -> None:
    assert characters(one_by_one(data)) == data


@given(line=st.text(max_size=60))
def test_no_text_does_harm(line: str) -> None:
    characters(line)
    cells_of_first_row(f"0000000{line}")


def test_a_letter_of_several_bytes_is_shown_once() -> None:
    """`od -c` writes two stars for each of its other bytes."""
    assert characters("   é  **   x") == "éx".encode()
