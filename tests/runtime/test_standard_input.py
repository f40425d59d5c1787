"""Standard input, read as it comes."""

from __future__ import annotations

import os
import subprocess
import sys

READER = """
import sys, threading
from ocpptui.runtime.standard_input import StandardInput

news = threading.Event()
source = StandardInput(news.set)
while True:
    data = source.read(3)
    if data is None:
        print("-", flush=True)
        news.wait(20)
        news.clear()
    elif data:
        print(data.decode(), flush=True)
    else:
        break
assert source.read() == b"", "the end stays the end"
source.close()
print("end", flush=True)
"""


def test_what_comes_is_given_at_once_and_the_end_is_seen() -> None:
    """`docker logs -f` stays open: its rows have to be there before it ends."""
    with subprocess.Popen(
        [sys.executable, "-c", READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin is not None and reader.stdout is not None
        lines = iter(reader.stdout.readline, "")
        given = (line.strip() for line in lines if line != "-\n")
        reader.stdin.write("abcd")
        reader.stdin.flush()
        assert [next(given), next(given)] == ["abc", "d"]
        reader.stdin.write("ef")
        reader.stdin.close()
        assert [next(given), next(given)] == ["ef", "end"]
    assert reader.returncode == 0


def test_the_other_side_of_the_pipe_stays_as_it_was() -> None:
    """A pipe set not to block does so for everybody: the program that writes into it would fail."""
    ends = os.pipe()
    code = (
        "from ocpptui.runtime.standard_input import StandardInput; import os; "
        "source = StandardInput(); print(os.get_blocking(0))"
    )
    done = subprocess.run([sys.executable, "-c", code], stdin=ends[0], capture_output=True, text=True, check=True)
    for end in ends:
        os.close(end)
    assert done.stdout == "True\n"


def test_a_lot_is_not_taken_in_advance() -> None:
    """A log of gigabytes through a pipe would fill the memory."""
    code = """
import sys, time
from ocpptui.runtime import arriving_bytes, standard_input
source = standard_input.StandardInput()
while source._size < arriving_bytes.MOST_WAITING:
    time.sleep(0.01)
time.sleep(0.2)
assert source._size <= arriving_bytes.MOST_WAITING + arriving_bytes.READ_AT_ONCE
total = 0
while (data := source.read()) != b"":
    total += len(data or b"")
print(total)
"""
    size = 3 * 2**22
    done = subprocess.run([sys.executable, "-c", code], input=bytes(size), capture_output=True, check=True, timeout=60)
    assert int(done.stdout) == size
