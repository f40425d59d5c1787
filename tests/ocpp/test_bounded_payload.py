from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.bounded_payload import MAX_ALL_ITEMS, MAX_DEPTH, MAX_ITEMS, MAX_UNKNOWN_KEYS, excerpt

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(st.characters(exclude_categories=["Cs"]))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
)


@given(JSON)
def test_a_payload_of_ordinary_size_is_copied_whole(value: Any) -> None:
    assert excerpt(value, ()) == value


def test_long_arrays_are_cut_and_known_fields_kept() -> None:
    value = {"list": list(range(10_000)), **{f"key{n}": n for n in range(10_000)}, "wanted": 1}
    copy = excerpt(value, {"list", "wanted"})
    assert copy["list"] == list(range(MAX_ITEMS))
    assert copy["wanted"] == 1
    assert len(copy) == MAX_UNKNOWN_KEYS + 2


def test_all_arrays_together_are_bounded_and_none_becomes_empty() -> None:
    copy = excerpt([[1] * 100 for _ in range(1000)], ())
    assert sum(len(inner) - 1 for inner in copy) <= MAX_ALL_ITEMS
    assert all(copy)


def test_endless_nesting_ends() -> None:
    copy = excerpt(json.loads("[" * 900 + "]" * 900), ())
    depth = 0
    while copy:
        (copy,) = copy
        depth += 1
    assert depth == MAX_DEPTH


def test_lone_surrogates_are_replaced() -> None:
    """What no UTF-8 can hold neither breaks the validator nor the terminal."""
    assert excerpt({"\ud800": ["ü\udfff"]}, ()) == {"?": ["ü?"]}
