"""Strategies: JSON texts as users and programs write them, with spaces, odd numbers, escapes and any key order."""

from __future__ import annotations

import json

from hypothesis import strategies as st

SPACES = st.sampled_from(["", "", "", " ", "\n", "\t", "\r\n  ", "   "])
STRINGS = st.builds(
    lambda text, escaped: json.dumps(text, ensure_ascii=escaped),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.booleans(),
)
NUMBERS = st.sampled_from(["0", "-0", "1", "21.40", "4.10e2", "1E-3", "-7", "9007199254740993", "1e4", "0.1000"])
SCALARS = st.one_of(STRINGS, NUMBERS, st.sampled_from(["true", "false", "null"]))


def _array(items: list[str], space: str) -> str:
    return f"[{space}{f'{space},{space}'.join(items)}{space}]"


def _object(pairs: list[tuple[str, str]], space: str) -> str:
    return f"{{{space}{f'{space},{space}'.join(f'{key}{space}:{space}{value}' for key, value in pairs)}{space}}}"


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(_array, st.lists(inner, max_size=4), SPACES),
        st.builds(
            _object, st.lists(st.tuples(STRINGS, inner), max_size=4, unique_by=lambda p: json.loads(p[0])), SPACES
        ),
    ),
    max_leaves=12,
)
OBJECTS = st.builds(
    _object, st.lists(st.tuples(STRINGS, VALUES), max_size=5, unique_by=lambda p: json.loads(p[0])), SPACES
)
