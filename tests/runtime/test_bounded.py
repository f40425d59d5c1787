"""Bounded collections: the newest entries stay."""

from __future__ import annotations

from ocpptui.runtime.bounded import put


def test_the_oldest_entry_goes_and_a_known_key_costs_none() -> None:
    """A peer that makes up ids would fill the memory, or push out what is still needed."""
    values: dict[str, int] = {}
    for number, key in enumerate("abcbd"):
        put(values, key, number, 3)
    assert values == {"b": 3, "c": 2, "d": 4}
