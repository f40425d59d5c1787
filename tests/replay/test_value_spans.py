"""Changing one value of a JSON text and nothing else."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.replay.value_spans import replaced, scalars

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


def leaves(value: Any, path: str = "$") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, f"{path}.{key}")]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in leaves(item, f"{path}[{index}]")]
    return [(path, value)]


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_every_scalar_is_found_at_its_path_and_place(value: Any, indent: int | None, ascii_only: bool) -> None:
    """A value that is not found is an id that is not carried over."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    found = [(scalar.path, json.loads(text[scalar.start : scalar.end])) for scalar in scalars(text)]
    assert found == leaves(value)


@given(VALUES)
def test_what_is_not_replaced_stays_as_it_was(value: Any) -> None:
    """A replay that changes more than ids does not repeat what was recorded."""
    text = json.dumps(value, indent=2)
    assert replaced(text, [(scalar, text[scalar.start : scalar.end]) for scalar in scalars(text)]) == text
    replaced_all = replaced(text, [(scalar, "0") for scalar in scalars(text)])
    assert leaves(json.loads(replaced_all)) == [(path, 0) for path, _ in leaves(value)]


@given(st.text(alphabet='{}[]",:\\ 1a\n\x00'))
def test_text_that_is_no_json_never_raises(text: str) -> None:
    """A broken payload in a recording must not end its replay."""
    for scalar in scalars(text):
        assert text[scalar.start : scalar.end]


def test_an_item_of_a_list_has_the_key_of_its_list() -> None:
    """Lists of ids would not be carried over."""
    (first, second) = scalars('{"a":{"requestId":[[7],8]}}')
    assert (first.key, first.path, second.key) == ("requestId", "$.a.requestId[0][0]", "requestId")


def test_depth_does_not_matter() -> None:
    """A hostile recording must neither exhaust the stack nor take minutes."""
    deep = '{"a":1,"b":' + "[" * 200_000 + "1" + "]" * 200_000 + ',"c":2}'
    assert [scalar.path for scalar in scalars(deep)] == ["$.a", "$.c"]
