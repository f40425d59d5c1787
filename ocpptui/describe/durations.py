"""How long something took, as people read it."""

from __future__ import annotations


def duration_text(microseconds: int) -> str:
    """A duration in µs: `870 µs`, `12.3 ms`, `1.20 s`."""
    if microseconds < 1000:
        return f"{microseconds} µs"
    if microseconds < 1_000_000:
        return f"{microseconds / 1000:.1f} ms"
    return f"{microseconds / 1_000_000:.2f} s"
