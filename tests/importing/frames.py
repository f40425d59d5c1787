"""Hypothesis strategies for frames with any content that JSON can carry."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85"), max_size=20)
"""Text that a line of a log can contain."""
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PAYLOADS = st.dictionaries(TEXT, VALUES, max_size=3)
IDS = st.text("abcdef0123456789-", min_size=1, max_size=36)
ACTIONS = st.sampled_from(["Heartbeat", "BootNotification", "Reset", "DataTransfer", "MeterValues", "NoSuchAction"])
CALLS = st.tuples(st.just(2), IDS, ACTIONS, PAYLOADS)
RESULTS = st.tuples(st.just(3), IDS, PAYLOADS)
ERRORS = st.tuples(st.just(4), IDS, st.just("GenericError"), TEXT, PAYLOADS)
FRAMES: st.SearchStrategy[list[Any]] = st.one_of(CALLS, RESULTS, ERRORS).map(list)


def compact(frame: list[Any]) -> str:
    """A frame in the most common notation."""
    return json.dumps(frame, separators=(",", ":"), ensure_ascii=False)
