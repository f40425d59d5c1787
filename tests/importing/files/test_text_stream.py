"""Texts in any Unicode encoding reach the readers as lines, however the file is cut into blocks."""

from __future__ import annotations

import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ocpptui.importing.files.text_stream import InUtf8, LineSplitter, wide_encoding

ENCODINGS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
LATIN = 'recv CP-7: [2,"1","Heartbeat",{}]\n'


class Trickle(io.RawIOBase):
    """A file that has some bytes at a time, and nothing now and then."""

    def __init__(self, pieces: list[bytes | None]) -> None:
        self._pieces = pieces

    def read(self, size: int | None = -1) -> bytes | None:
        return self._pieces.pop(0) if self._pieces else b""


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_encoding_is_known_without_a_mark(encoding: str) -> None:
    assert wide_encoding((LATIN * 3).encode(encoding)) == encoding
    assert wide_encoding(("\ufeff" + LATIN).encode(encoding)) == encoding


@given(st.text(max_size=300))
def test_a_text_in_utf8_is_in_no_other_encoding(text: str) -> None:
    """Every log would be read as noise."""
    if text.count("\0") == 0:
        assert wide_encoding(text.encode("utf-8", "replace")) == ""


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 8, b"\0" * 4096, b"\x7fELF" + b"\0\1\0\0" * 500, b"SQLite format 3\0"]
)
def test_binary_files_are_no_text(data: bytes) -> None:
    assert wide_encoding(data) == ""


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    encoding=st.sampled_from(ENCODINGS),
    cuts=st.lists(st.integers(0, 400), max_size=8),
    marked=st.booleans(),
)
def test_characters_survive_any_cut_into_blocks(text: str, encoding: str, cuts: list[int], marked: bool) -> None:
    """A block that ends in the middle of a character would damage a frame."""
    text = text.removeprefix("\ufeff")
    data = ("\ufeff" * marked + text).encode(encoding)
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces: list[bytes | None] = [data[start:end] for start, end in zip(edges, edges[1:], strict=False)]
    stream = InUtf8(Trickle(pieces), encoding)  # type: ignore[arg-type]  # an IOBase is a BinaryIO in all but name
    read = b""
    while block := stream.read(100):
        read += block
    assert read.decode() == text


def test_nothing_for_now_is_not_the_end() -> None:
    """A log in UTF-16 that is followed would end at its first pause."""
    stream = InUtf8(Trickle(["a".encode("utf-16-le"), None, "b".encode("utf-16-le")]), "utf-16-le")  # type: ignore[arg-type]
    assert [stream.read(), stream.read(), stream.read(), stream.read()] == [b"a", None, b"b", b""]


@given(st.lists(st.binary(max_size=20), max_size=10))
def test_lines_are_the_same_however_they_arrive(blocks: list[bytes]) -> None:
    data = b"".join(blocks)
    assume(not data.startswith(b"\xef"))  # the beginning of a byte order mark
    whole, pieces = LineSplitter(), LineSplitter()
    expected = [*whole.take(data), *whole.finish()]
    assert [*(line for block in blocks if block for line in pieces.take(block)), *pieces.finish()] == expected


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"\0\0\0a\nb\n", [(1, "a"), (2, "b")]),
        (b"a\n\0\0b\n\0\0\nc", [(1, "a"), (2, "b"), (4, "c")]),
        (b"a\0\0b\r\nc\n", [(1, "a"), (1, "b"), (2, "c")]),
        (b'{"a":1}\0{"a":2}\0', [(1, '{"a":1}'), (1, '{"a":2}')]),
        (b'["a\0b"]\n\0c\n', [(1, '["a\0b"]'), (2, "\0c")]),
    ],
)
def test_zeros_that_were_never_written_are_left_out(data: bytes, lines: list[tuple[int, str]]) -> None:
    """Where the power failed, a frame would have the text of the next line in it, under another number than it has."""
    splitter = LineSplitter()
    assert [*splitter.take(data), *splitter.finish()] == lines
