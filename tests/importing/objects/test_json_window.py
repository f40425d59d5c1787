"""Large JSON documents read through a small window give the same frames as the whole document."""

from __future__ import annotations

import io
import json
import tracemalloc
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.objects.json_frames import frames_in
from ocpptui.importing.objects.json_window import JsonWindow, NotJson, frames_in_window
from ocpptui.ocpp.version import Direction
from tests.kit.linear_time import assert_linear

CALL = [2, "a", "Heartbeat", {}]
OTHER = [2, "b", "Heartbeat", {}]
EVENT = {"timestamp": 1704067200, "direction": "CS_TO_CSMS", "message": CALL}


def through_window(text: str | bytes, size: int = 16, small: int = 0) -> list[FoundFrame]:
    data = text.encode() if isinstance(text, str) else text
    return list(frames_in_window(JsonWindow(io.BytesIO(data), small, size), lambda text: []))


def raws(found: list[FoundFrame]) -> list[str | bytes]:
    return [one.raw for one in found]


def test_fields_before_a_large_list_apply_to_its_frames() -> None:
    trace = {"traceId": "x", "metadata": {"stationId": "CP7"}, "data": {"events": [EVENT] * 50}, "end": None}
    found = through_window("\ufeff" + json.dumps(trace, indent=2), size=200)
    assert len(found) == 50
    assert {(one.charge_point, one.direction, one.time) for one in found} == {
        ("CP7", Direction.TO_CSMS, 1704067200_000_000)
    }


@pytest.mark.parametrize("size", [100, 150, 400, 2000])
@pytest.mark.parametrize("indent", [None, 1])
def test_each_of_several_charge_points_has_its_own_frames(size: int, indent: int | None) -> None:
    """The export of a backend would show all frames of a large document as those of one charge point."""
    chargers = [{"id": f"CP-{number}", "messages": [EVENT] * 4 * number} for number in (1, 2, 3)]
    document = {"exported": "2026-11-26", "notes": ["x" * 50] * 9, "chargers": chargers, "count": 3}
    found = through_window(json.dumps(document, indent=indent), size)
    assert [one.charge_point for one in found] == ["CP-1"] * 4 + ["CP-2"] * 8 + ["CP-3"] * 12


def test_a_frame_larger_than_the_window_is_complete() -> None:
    frame = [2, "a", "DataTransfer", {"data": "x" * 5000}]
    assert [json.loads(raw) for raw in raws(through_window(json.dumps({"m": [frame, "y" * 3000, CALL]})))] == [
        frame,
        CALL,
    ]


@pytest.mark.parametrize(
    "text", ["", "x", "[", "[1", "[1,", '{"a"', '{"a":', "{1:2}", "[1}", "[] x", '["', "[nul", "5"]
)
def test_text_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(NotJson):
        through_window(text)


def test_frames_before_the_damage_are_found() -> None:
    window, found = JsonWindow(io.BytesIO(json.dumps([EVENT] * 3)[:-20].encode()), 0, 16), list[FoundFrame]()
    with pytest.raises(NotJson):
        for one in frames_in_window(window, lambda text: []):
            found.append(one)
    assert len(found) == 2
    assert window.rest().startswith('[2, "a"')


VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(st.characters(), max_size=20), st.just(OTHER), st.just(EVENT)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=5), inner, max_size=5)),
    max_leaves=20,
).filter(lambda value: type(value) in (dict, list))


@given(VALUES, st.integers(100, 300), st.sampled_from([None, 1]), st.booleans())
def test_the_window_gives_the_same_frames_as_the_whole(
    value: Any, size: int, indent: int | None, escaped: bool
) -> None:
    """Only whether an object has one message twice can be seen of the whole alone."""
    text = json.dumps(value, indent=indent, ensure_ascii=escaped)
    whole = raws(list(frames_in(json.loads(text), text=text)))
    if value != OTHER:
        found = raws(through_window(text.encode("utf-8", "surrogatepass"), size))
        assert list(dict.fromkeys(found)) == list(dict.fromkeys(whole))
        assert len(found) >= len(whole)


@given(st.binary(max_size=80), st.integers(1, 30))
def test_any_bytes_raise_at_most_not_json(data: bytes, size: int) -> None:
    for text in (data, b'[{"a":[2,"' + data, b'{"a":[' + data + b"]}"):
        try:
            through_window(text, size)
        except NotJson:
            continue


def test_memory_does_not_grow_with_the_document() -> None:
    data = json.dumps({"events": [EVENT] * 20_000}).encode()
    tracemalloc.start()
    try:
        count = sum(1 for _ in frames_in_window(JsonWindow(io.BytesIO(data), 0, 2**14), lambda text: []))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert most < len(data) / 4


def test_the_time_grows_linearly_with_the_document() -> None:
    def seconds(count: int) -> float:
        data = json.dumps({"a": {"events": [EVENT] * count}}).encode()
        start = process_time()
        through_window(data, 10_000)
        return process_time() - start

    assert_linear(seconds, 4_000)
