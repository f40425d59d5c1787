"""Long work in turns with the owner of the data."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from ocpptui.runtime.work_in_turns import Turns, WorkCancelledError

PATIENCE = 60.0


def finished(turns: Turns[int]) -> int:
    while not turns.advance(0.001):
        pass
    return turns.result()


def test_work_runs_only_while_its_owner_waits() -> None:
    """Records would change under an export that reads them."""
    owned = threading.Lock()

    def work(turns: Turns[int]) -> int:
        met = 0
        for _ in range(2_000):
            turns.pause()
            met += owned.locked()
        return met

    turns = Turns(work, "work")
    looked = 0
    while not turns.advance(0.0):
        with owned:
            looked += 1
    assert (turns.result(), looked > 100) == (0, True)


def test_what_runs_beside_holds_its_owner_up_for_no_time() -> None:
    """A slow disk would freeze the screen."""
    slow = threading.Event()

    def work(turns: Turns[int]) -> int:
        with turns.beside():
            assert slow.wait(PATIENCE)
        return 7

    turns = Turns(work, "work")
    for _ in range(100):
        assert not turns.advance(0.001)
    slow.set()
    assert finished(turns) == 7


@pytest.mark.parametrize("advances", [0, 1, 5])
def test_cancelled_work_cleans_up_and_ends(advances: int) -> None:
    """Half a file would stay, or a thread go on for ever."""
    cleaned = threading.Event()

    def work(turns: Turns[int]) -> int:
        try:
            while True:
                turns.pause()
        finally:
            cleaned.set()

    turns = Turns(work, "work")
    for _ in range(advances):
        turns.advance(0.0005)
    turns.cancel()
    assert turns.wait(PATIENCE)
    assert cleaned.is_set() or not advances
    with pytest.raises(WorkCancelledError):
        turns.result()


def test_work_that_is_cancelled_beside_its_owner_ends_after_that() -> None:
    """The file would be complete although the user cancelled it."""
    reached, go_on = threading.Event(), threading.Event()

    def work(turns: Turns[int]) -> int:
        with turns.beside():
            reached.set()
            assert go_on.wait(PATIENCE)
        return 7

    turns = Turns(work, "work")
    while not reached.is_set():
        turns.advance(0.001)
    turns.cancel()
    go_on.set()
    assert turns.wait(PATIENCE)
    with pytest.raises(WorkCancelledError):
        turns.result()


def _fails(turns: Turns[int]) -> int:
    raise OSError(28, "No space left on device")


def _fails_beside(turns: Turns[int]) -> int:
    with turns.beside():
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("work", [_fails, _fails_beside])
def test_its_error_is_that_of_the_result(work: Callable[[Turns[int]], int]) -> None:
    """The user would hear of success."""
    with pytest.raises(OSError, match="No space left"):
        finished(Turns(work, "work"))
