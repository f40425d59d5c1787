"""Two files read and compared beside the screen."""

from __future__ import annotations

import gc
import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from ocpptui.replay.compared_files import NotComparableError, compared_files

DESCRIPTORS = Path("/dev/fd")
RECORDING = Path(__file__).parents[2] / "recordings" / "charge-1.6.jsonl"


def still_wanted() -> threading.Event:
    wanted = threading.Event()
    wanted.set()
    return wanted


async def test_a_difference_is_counted_and_shown_side_by_side(tmp_path: Path) -> None:
    """The user would look for one value in two files."""
    other = tmp_path / "other.jsonl"
    other.write_text(RECORDING.read_text().replace(r"\"transactionId\":4711", r"\"transactionId\":12"))
    changed = other.read_text().replace(r"\"meterStart\":1000", r"\"meterStart\":2000")
    other.write_text(changed)
    files = compared_files([RECORDING], None, other, still_wanted())
    assert files is not None
    try:
        (found,) = files.result.found
        assert files.summary[0].startswith("1 difference, ")
        assert any("4711 became 12" in line for line in files.summary)
        differing = [line for line in files.lines(found) if line.differs]
        assert [(line.recorded.strip(" ,"), line.live.strip(" ,")) for line in differing] == [
            ('"meterStart": 1000', '"meterStart": 2000')
        ]
    finally:
        await files.close()


@pytest.mark.parametrize(("content", "words"), [(None, "No such file"), ("", "the file is empty")])
def test_a_file_that_cannot_be_compared_is_a_sentence(content: str | None, words: str, tmp_path: Path) -> None:
    """The screen would show no difference, or nothing at all."""
    other = tmp_path / "other.jsonl"
    if content is not None:
        other.write_text(content)
    with pytest.raises(NotComparableError, match=words) as error:
        compared_files([RECORDING], None, other, still_wanted())
    assert str(error.value).endswith(".")


@pytest.mark.skipif(not DESCRIPTORS.exists(), reason="this system does not list the open files of a process")
@pytest.mark.parametrize("exists", [True, False])
def test_nothing_is_kept_of_a_comparison_without_a_result(exists: bool, tmp_path: Path) -> None:
    """A user who begins many comparisons, and stops each, would run out of open files."""
    other = RECORDING if exists else tmp_path / "missing.jsonl"

    def stopped() -> int:
        with suppress(NotComparableError):
            assert compared_files([RECORDING], None, other, threading.Event()) is None
        return len(os.listdir(DESCRIPTORS))

    gc.collect()  # what earlier tests have left
    before = stopped()
    assert [stopped() for _ in range(3)] == [before] * 3
