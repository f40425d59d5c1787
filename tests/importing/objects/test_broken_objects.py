"""Objects of JSON that a malformed frame breaks say what they say of it, and nothing else is mended."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.objects.broken_objects import object_around_frames
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.frames import VALUES
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

MALFORMED = [
    '[2,"8","Authorize",{"idTag":"T9",}]',
    '[2,"8","Authorize",{"idTag":"T9"]',
    '[2,"8","Authorize",{"idToken":{"idToken":"T9","type":"Central"}]',
    '[2,"8",\'Authorize\',{"idTag":T9}]',
    '[2,"8","Authorize" {"a":[1,2]}]',
    '[2,"8","Authorize",{"a":0x10}]',
]
LAYOUTS: dict[str, Callable[[Sequence[dict[str, Any]]], str]] = {
    "lines": lambda items: "".join(json.dumps(item) + "\n" for item in items),
    "an array": json.dumps,
    "a pretty array": lambda items: json.dumps(items, indent=2),
    "within an object": lambda items: json.dumps({"status": "success", "data": items}),
    "pretty objects one after the other": lambda items: "".join(json.dumps(item, indent=2) + "\n" for item in items),
}
OBJECTS: dict[str, Callable[[Exchanged], dict[str, Any]]] = {
    "the frame last": lambda f: {"at": utc(f), "box": f.name, "way": way(f, "rx", "tx"), "frame": f.raw},
    "the frame first": lambda f: {"frame": f.raw, "at": utc(f), "box": f.name, "way": way(f, "rx", "tx")},
    "the frame within": lambda f: {
        "at": utc(f), "context": {"chargePointId": f.name}, "event": {"frame": f.raw, "direction": way(f, "in", "out")}
    },
}  # fmt: skip


@pytest.mark.parametrize("malformed", MALFORMED)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("notation", OBJECTS)
def test_a_malformed_frame_keeps_what_its_object_says(
    tmp_path: Path, notation: str, layout: str, malformed: str
) -> None:
    """It would be of nobody, at another time, and its answer would answer nothing."""
    frames = conversation(("WN-0001", "WN-0002"), Version.V16)
    frames[15] = replace(frames[15], raw=malformed)
    items = [OBJECTS[notation](replace(frame, raw=f"@{n}@")) for n, frame in enumerate(frames)]
    text = LAYOUTS[layout](items)
    for number, frame in enumerate(frames):
        text = text.replace(f'"@{number}@"', frame.raw)
    path = tmp_path / "export.json"
    path.write_text(text)
    check(read(path), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize(
    "text",
    [
        '{"frame": [2,"8","Authorize",{}]}',
        '{"cp": "CP-77",, "frame": [2,"8","Authorize",{"a":}]}',
        '{"cp": "CP-77", "list": [7,8,]}',
        '{"cp": "CP-77", "frame": [2,"8","Authorize",{"a":',
        '{"cp": "[2,\\"8\\",\\"Authorize\\",{}]", "b": }',
    ],
)
def test_nothing_else_is_mended(text: str) -> None:
    """Fields that nobody wrote would describe the frames."""
    assert object_around_frames(text) is None


@given(
    fields=st.dictionaries(st.text(max_size=5), VALUES, max_size=4),
    frames=st.lists(st.sampled_from(MALFORMED), min_size=1, max_size=3),
    rest=st.text(max_size=20),
)
def test_the_object_has_its_fields_and_the_frames_as_they_are_written(
    fields: dict[str, Any], frames: list[str], rest: str
) -> None:
    """The text of the frame would not be that of the file."""
    wanted = {**fields, **{f"frame {number}": frame for number, frame in enumerate(frames)}}
    text = json.dumps({**wanted, **{f"frame {number}": f"@{number}@" for number in range(len(frames))}})
    for number, frame in enumerate(frames):
        text = text.replace(f'"@{number}@"', frame)
    assert object_around_frames(f"x {text}{rest}", 2) == (wanted, 2 + len(text))


@given(st.text('{}[]",:2a\\', max_size=3000))
def test_any_text_is_read_or_not(text: str) -> None:
    """A damaged file would end the import."""
    start = process_time()
    object_around_frames("{" + text)
    assert process_time() - start < 5
