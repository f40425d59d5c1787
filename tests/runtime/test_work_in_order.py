"""Work that is shared gives what one process alone gives, in its order, whatever happens to the helpers."""

from __future__ import annotations

from collections import deque
from itertools import count, islice

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.runtime.work_in_order import AHEAD, WINDOW, in_order


class Scripted:
    """A helper that answers, or not, as a script says for each look at it; at its end it answers whenever it can."""

    def __init__(self, script: list[bool], dies_after: int | None = None) -> None:
        self._script = iter(script)
        self._left = dies_after
        self._asked = deque[int]()
        self.ended = False
        self.done = 0
        self.most = 0

    def ask(self, piece: int) -> None:
        self._asked.append(piece)
        self.most = max(self.most, len(self._asked))

    def answer(self) -> str | None:
        if self._left is not None and self.done >= self._left:
            self.ended = True
        if self.ended or not self._asked or not next(self._script, True):
            return None
        self.done += 1
        return str(self._asked.popleft())

    def wait(self, timeout: float) -> bool:
        return True


@given(
    st.integers(0, 200),
    st.lists(st.tuples(st.lists(st.booleans(), max_size=50), st.none() | st.integers(0, 9)), max_size=3),
)
def test_every_result_is_there_once_in_its_order(pieces: int, helpers: list[tuple[list[bool], int | None]]) -> None:
    """A report of several processes would lack findings, or repeat them, or mix them up."""
    made = [Scripted(*one) for one in helpers]
    assert [*in_order(range(pieces), str, made)] == [str(number) for number in range(pieces)]


def test_helpers_do_a_part_and_are_not_asked_for_too_much() -> None:
    helper = Scripted([])
    here = list[int]()

    def do(piece: int) -> str:
        here.append(piece)
        return str(piece)

    assert len([*in_order(range(100), do, [helper])]) == 100
    assert helper.done > 0
    assert helper.done + len(here) == 100, "nothing is done twice"
    assert helper.most <= AHEAD


def test_no_more_is_begun_than_the_window_holds() -> None:
    """Whoever prints a few lines of a report without end would wait for all of it."""
    pieces = count()
    work = in_order(pieces, str, [Scripted([False] * 10_000)])
    assert [*islice(work, 3)] == ["0", "1", "2"]
    assert next(pieces) <= WINDOW + 3
