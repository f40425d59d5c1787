"""What the log says when the clock was set: without it, times that jump look like a fault of the peer."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.date_times import SECOND
from ocpptui.runtime.clock import ClockChange
from ocpptui.session.clock_words import clock_words

HOUR = 3600 * SECOND


@pytest.mark.parametrize(
    ("by", "suspended", "words"),
    [
        (HOUR, 0, "The clock of this machine was set forward by 1 h."),
        (-HOUR, 0, "The clock of this machine was set back by 1 h."),
        (HOUR, HOUR, "This machine was suspended for 1 h; time-outs did not run meanwhile."),
        (
            0,
            HOUR,
            (
                "This machine was suspended for 1 h; time-outs did not run meanwhile. "
                "The clock of this machine was set back by 1 h."
            ),
        ),
    ],
)
def test_each_change_is_a_sentence(by: int, suspended: int, words: str) -> None:
    assert clock_words(ClockChange(by, suspended)) == words
