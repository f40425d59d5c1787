"""Work in pieces, of which other processes do some, with its results in the order of the pieces."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, Protocol, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")
PieceAsked = TypeVar("PieceAsked", contravariant=True)
ResultOf = TypeVar("ResultOf", covariant=True)

AHEAD = 8
"""How many pieces a helper gets in advance."""
WINDOW = 32
"""How many pieces may be in work or wait for an earlier one."""
LOOKED_AGAIN = 0.1
"""Seconds between two looks at all helpers while one of them is waited for."""


class Helper(Protocol[PieceAsked, ResultOf]):
    """Does pieces elsewhere, in the order in which it is asked for them."""

    @property
    def ended(self) -> bool:
        """It does nothing any more; what it has not answered is lost."""
        ...

    def ask(self, piece: PieceAsked, /) -> None: ...

    def answer(self) -> ResultOf | None:
        """The next result; None while there is none."""
        ...

    def wait(self, timeout: float, /) -> bool:
        """Wait for a result, `timeout` seconds at most."""
        ...


@dataclass(slots=True, eq=False)
class _Work(Generic[Piece, Result]):
    piece: Piece
    result: Result | None = None
    helper: Helper[Piece, Result] | None = None
    """Who does it; None if nobody does yet, or this process has done it."""

    @property
    def is_free(self) -> bool:
        return self.helper is None and self.result is None


def in_order(
    pieces: Iterable[Piece], do: Callable[[Piece], Result], helpers: Sequence[Helper[Piece, Result]]
) -> Iterator[Result]:
    """The result of each piece, which is not None: `do` makes it here, and each helper the same elsewhere.

    A helper that ends is done without. This process does nothing ahead of the window, and helpers nothing unasked.
    """
    ahead = (_Work[Piece, Result](piece) for piece in pieces)
    window, asked = deque[_Work[Piece, Result]](), {helper: deque[_Work[Piece, Result]]() for helper in helpers}
    while True:
        window.extend(islice(ahead, WINDOW - len(window)))
        if not window:
            return
        for helper, works in [*asked.items()]:
            while (result := helper.answer()) is not None:
                works.popleft().result = result
            if helper.ended:
                for work in works:
                    work.helper = None
                del asked[helper]
                continue
            for work in islice(window, 1, None):  # the first is wanted at once
                if len(works) >= AHEAD:
                    break
                if work.is_free:
                    work.helper = helper
                    works.append(work)
                    helper.ask(work.piece)
        first = window[0]
        if first.result is not None:
            window.popleft()
            yield first.result
        elif (own := next((work for work in window if work.is_free), None)) is not None:
            own.result = do(own.piece)
        elif first.helper is not None:
            first.helper.wait(LOOKED_AGAIN)
