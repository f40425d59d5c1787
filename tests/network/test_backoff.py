from __future__ import annotations

from itertools import islice

import pytest

from ocpptui.network.backoff import BackOff


def test_the_wait_doubles_until_repeat_times() -> None:
    """A simulated charge point spares a central system that is down, as a real one would (OCPPCommCtrlr variables)."""
    waits = BackOff(wait_minimum=10, random_range=0, repeat_times=3).waits(lambda: 0.7)
    assert list(islice(waits, 6)) == [10, 20, 40, 80, 80, 80]


def test_each_wait_has_its_own_random_addend() -> None:
    """Many simulated charge points do not come back all at once."""
    numbers = iter([0.0, 0.5, 1.0])
    waits = BackOff(wait_minimum=4, random_range=2, repeat_times=0).waits(lambda: next(numbers))
    assert list(islice(waits, 3)) == pytest.approx([4, 5, 6])
