"""Output whose reader is slow, stopped or gone: the program goes on, and knows what was not taken."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from ocpptui.runtime.background_writer import BackgroundWriter

LIMIT = 2**20


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Two file descriptors: what is written to the second can be read from the first."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@pytest.fixture
def full_pipe(pipe: tuple[int, int]) -> tuple[int, int]:
    """A pipe that takes nothing more until it is read."""
    os.set_blocking(pipe[1], False)
    with suppress(BlockingIOError):
        while True:
            os.write(pipe[1], b"x" * 1000)
    os.set_blocking(pipe[1], True)
    return pipe


class PipeReader(threading.Thread):
    """Reads a pipe until it has so many bytes."""

    def __init__(self, file: int, size: int) -> None:
        super().__init__(daemon=True)
        self.data = b""
        self._file = file
        self._size = size
        self.start()

    def run(self) -> None:
        while len(self.data) < self._size:
            self.data += os.read(self._file, 2**16)


def test_everything_arrives_in_order(pipe: tuple[int, int]) -> None:
    written = b"".join(b"%06d" % number for number in range(100_000))
    reader = PipeReader(pipe[0], len(written))
    writer = BackgroundWriter(pipe[1], LIMIT)
    for start in range(0, len(written), 1000):
        while not writer.put(written[start : start + 1000]):
            assert writer.wait_for_room()
    assert writer.close(0)
    reader.join(20)
    assert reader.data == written


def test_a_full_pipe_is_reported_and_forced_data_still_arrives(pipe: tuple[int, int]) -> None:
    """A frame can be dropped, what restores the terminal cannot."""
    writer = BackgroundWriter(pipe[1], LIMIT)
    accepted = 0
    while writer.put(b"x" * 1000):
        accepted += 1000
    assert writer.put(b"end", force=True)
    reader = PipeReader(pipe[0], accepted + 3)
    assert writer.close(0)
    reader.join(20)
    assert reader.data == b"x" * accepted + b"end"


def test_idle_is_reported_when_the_reader_has_caught_up(pipe: tuple[int, int]) -> None:
    """This is when the screen is painted anew."""
    idle = threading.Event()
    writer = BackgroundWriter(pipe[1], LIMIT, on_idle=idle.set)
    writer.put(b"x" * 200_000)
    assert not idle.wait(0.05), "a pipe does not take that much"
    reader = PipeReader(pipe[0], 200_000)
    assert idle.wait(20)
    assert writer.close(0)
    reader.join(20)  # or it reads what the next test writes under the same number


def test_waiting_for_room_ends_in_a_hurry(full_pipe: tuple[int, int]) -> None:
    """A signal has to free the main thread."""
    writer = BackgroundWriter(full_pipe[1], 100)
    assert writer.put(b"y" * 100)
    threading.Timer(0.05, writer.hurry).start()
    assert not writer.wait_for_room()
    assert not writer.close(0.05), "nobody reads"
    os.read(full_pipe[0], 2**20)
    assert writer.close(20)


def test_what_was_given_up_is_not_written(full_pipe: tuple[int, int]) -> None:
    """Of a terminal that is gone nothing waits any more."""
    writer = BackgroundWriter(full_pipe[1], 100)
    assert writer.put(b"first") and writer.put(b"y" * 100)
    writer.give_up()
    assert writer.put(b"more"), "it is dropped without a word"
    assert not writer.wait_for_room()
    os.read(full_pipe[0], 2**20)
    assert writer.close(20)
    os.write(full_pipe[1], b".")
    assert os.read(full_pipe[0], 100) in (b"first.", b".")


def test_a_reader_that_has_ended_is_reported_once() -> None:
    end, file = os.pipe()
    os.close(end)
    failures: list[OSError] = []
    writer = BackgroundWriter(file, LIMIT, on_failure=failures.append)
    for _ in range(10):
        writer.put(b"x")
    assert writer.close(20)
    os.close(file)
    assert [type(failure) for failure in failures] == [BrokenPipeError]
