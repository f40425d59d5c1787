"""What happened to the clock of this machine, in sentences."""

from __future__ import annotations

from ocpptui.ocpp.durations import span_text
from ocpptui.runtime.clock import NOTICEABLE, ClockChange


def clock_words(change: ClockChange) -> str:
    """How the clock was set, and whether the machine was suspended."""
    words = []
    if change.suspended:
        words.append(f"This machine was suspended for {span_text(change.suspended)}; time-outs did not run meanwhile.")
    by = change.by - change.suspended
    if not change.suspended or abs(by) >= NOTICEABLE // 1000:
        words.append(f"The clock of this machine was set {'back' if by < 0 else 'forward'} by {span_text(abs(by))}.")
    return " ".join(words)
