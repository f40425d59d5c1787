"""A row of a dump is its bytes, and the text beside them is nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.packets import dump_row
from ocpptui.importing.packets.dump_row import row_of
from tests.importing.byte_lines import ROWS

WITHOUT_TEXT = {
    "base64 in lines", "xxd -p", "xxd -i", "xxd -b", "od", "od -c", "od -t o1", "od -t u1", "od -t x4", "hexdump -c",
    "gdb", "an array of C", "a string of C",
}  # fmt: skip
"""Or with other numbers than hexadecimal ones, or with rows of fewer bytes."""


@pytest.mark.parametrize("notation", sorted(set(ROWS) - WITHOUT_TEXT))
def test_the_text_of_a_row_is_no_part_of_its_bytes(notation: str) -> None:
    """Text that looks like bytes would be taken for more of them."""
    data = b"ab cd 12 ef: 3a "
    words = bytes(data[place ^ 1] for place in range(len(data)))  # as `hexdump` shows them
    rows = [row_of(line) for line in ROWS[notation](data).split("\n")]
    assert any(row is not None and row.data in (data, words) for row in rows)


@given(data=st.binary(min_size=16, max_size=16), notation=st.sampled_from(["xxd", "strace", "Perl", "OpenSSL"]))
def test_any_bytes_come_back(data: bytes, notation: str) -> None:
    """Text like bytes, bars and dashes beside the bytes would be read as more of them."""
    row = row_of(ROWS[notation](b"-" * 16 + data).split("\n")[-1])
    assert row is not None
    assert row.data == data


@pytest.mark.parametrize("unit", ["5b  ", "20  ", "5b 32 - ", "5b", "20 ", "0000 5b ", "ab | "])
def test_a_row_takes_little_time_whatever_is_in_it(unit: str) -> None:
    """A log of a megabyte of such lines would take hours."""
    compared = list[str]()

    def likeness(rest: str, data: bytes) -> int:
        compared.append(rest)
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dump_row, "_likeness", likeness)
        row_of((unit * 400)[:396] + " zz")
    assert len(compared) <= 2 * dump_row.MOST_COMPARED * dump_row.MOST_TRIED
