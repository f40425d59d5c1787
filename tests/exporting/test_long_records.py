"""What is done with a kept record takes time in proportion to its length: masking, redacting, describing, exporting."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from time import process_time

import pytest

from ocpptui.describe.record_in_full import inspection
from ocpptui.exporting import Format
from ocpptui.redaction.redact import redaction_of
from ocpptui.timeline.masking import masked
from ocpptui.timeline.record import Record
from tests.exporting.extracts import export, message, timeline_of

LENGTH = 2_000
SOON = 0.08
"""Seconds that need no second look."""
GROWTH = 12
"""Times as long for four times as much: less than the 16 of quadratic time, more than what a loaded machine adds."""
PIECES = [
    "a", " ", '"', "'", "`", "\\", '\\"', "[", "{", "[]", ":", ",", "=", "<", ">", "\n", "\x1b[", "é", "1", "a:", "a=",
    '[2,"1",', '{"a":', "<a ", "<!--", "//u:p@", "http://h/", "?token=a&", "password ", "password=", "a@b.", "10.0.0.",
    "::", "-----BEGIN X-----", '{"key":"AuthorizationKey","value":"', "AuthorizationKey ", "\\u0061", "%40", "-- ",
    "``",
    "|",
]  # fmt: skip


def redacted(record: Record) -> None:
    timeline = timeline_of([record])
    redaction_of(timeline).record(timeline.record(0), timeline.action(0))


USES: dict[str, Callable[[Record], object]] = {
    "mask": masked,
    "redact": redacted,
    "inspect": lambda record: inspection(timeline_of([record]), 0),
    **{format_.name: lambda record, format_=format_: export(format_, [record]) for format_ in Format},  # type: ignore[misc]
}


def records(piece: str, length: int) -> Iterator[Record]:
    """A repeated piece as a message that is malformed, one that is truncated, and the text of a valid one."""
    text = piece * (length // len(piece))
    yield message(text)
    yield message(f'[2,"1","DataTransfer",{{"vendorId":"x","data":{text}')
    yield message(f'[2,"1","DataTransfer",{{"vendorId":"x","data":{json.dumps(text)}}}]')


def seconds(use: Callable[[Record], object], record: Record) -> float:
    start = process_time()
    use(record)
    return process_time() - start


@pytest.mark.parametrize("name", USES)
@pytest.mark.timeout(300)
def test_a_long_record_takes_linear_time(name: str) -> None:
    """A customer's capture with one odd record must still be looked at, redacted and handed on."""
    use = USES[name]
    for piece in PIECES:
        for single, fourfold in zip(records(piece, LENGTH), records(piece, 4 * LENGTH), strict=True):
            if seconds(use, fourfold) <= SOON:
                continue
            once, often = (min(seconds(use, record) for _ in range(2)) for record in (single, fourfold))
            assert often <= SOON or often < GROWTH * once, (piece, single.raw[:60] if single.raw else "", once, often)
