"""Times in each state, beside a reference that looks at each second."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.reporting.uptime import TimeAccount

TURNS = st.lists(st.tuples(st.sampled_from((True, False, None)), st.integers(0, 30)), max_size=12)


@given(TURNS, st.integers(0, 40), st.integers(0, 40))
def test_each_second_is_counted_once(turns: list[tuple[bool | None, int]], quiet: int, rest: int) -> None:
    account, clock = TimeAccount(), 100
    states: dict[int, bool | None] = {}
    for state, lasts in turns:
        account.turn(state, clock)
        states.update((second, state) for second in range(clock, clock + lasts))
        clock += lasts
    heard, end = clock + quiet, clock + quiet + rest
    if turns:
        last = turns[-1][0]
        states.update((second, last) for second in range(clock, heard))
        states.update((second, None if last else last) for second in range(heard, end))
    counted = account.until(heard, end)
    seconds = list(states.values())
    assert (counted.up, counted.down, counted.unknown) == tuple(seconds.count(one) for one in (True, False, None))
    known = seconds.count(True) + seconds.count(False)
    assert counted.share == (seconds.count(True) / known if known else None)


def test_reading_the_account_does_not_change_it() -> None:
    """The screen reads it each second while it goes on."""
    account = TimeAccount()
    account.turn(True, 0)
    assert account.until(5, 9).up == 5
    account.turn(False, 20)
    assert (account.up, account.unknown) == (20, 0)
