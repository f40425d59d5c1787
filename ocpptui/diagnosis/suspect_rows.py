"""Which records may break a rule of the columns, and which calls have no answer: of many records at once.

A column is read as one large number with a byte for each record, so that no record is looked at by itself.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator

from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.timeline.columns import DUPLICATE_ID, EVENT_SHIFT, EVENTS, SUBSTITUTE, TELLS_ERROR
from ocpptui.timeline.record import IN_VAIN, RecordKind
from ocpptui.timeline.timeline import Timeline


def suspects(timeline: Timeline, start: int, stop: int) -> Iterator[int]:
    """The records from `start` to before `stop` that may break a rule; all others are right."""
    suspected = (
        _among(timeline.kinds[start:stop].tobytes(), _SUSPECT_KINDS)
        | _among(timeline.flags[start:stop].tobytes(), _SUSPECT_FLAGS)
        | _among(timeline.answerings[start:stop].tobytes(), _SUSPECT_ANSWERS)
    )
    remarks = timeline.remarks[start:stop].tobytes()
    suspected |= _among(remarks[::2], _SOMETHING) | _among(remarks[1::2], _SOMETHING)
    return _indexes(suspected, start, stop)


def is_suspect(kind: int, flags: int, answering: int, remarks: int) -> bool:
    """The same of one record, by its columns."""
    return bool(_SUSPECT_KINDS[kind] or _SUSPECT_FLAGS[flags] or _SUSPECT_ANSWERS[answering] or remarks)


def unanswered_calls(timeline: Timeline, start: int, stop: int) -> Iterator[int]:
    """The calls among these records that have no answer, but for those that a proxy sent in place of others."""
    others = timeline.others[start:stop]
    signs = others.tobytes()[_SIGN :: others.itemsize]
    calls = _among(timeline.kinds[start:stop].tobytes(), _CALLS) & _among(signs, _NEGATIVE)
    calls &= ~_among(timeline.flags[start:stop].tobytes(), _SUBSTITUTES)
    return _indexes(calls, start, stop)


def _indexes(chosen: int, start: int, stop: int) -> Iterator[int]:
    """The indexes from `start` to before `stop` in a set with one byte for each, the first lowest."""
    found, place = chosen.to_bytes(stop - start, "little"), -1
    while (place := found.find(1, place + 1)) >= 0:
        yield start + place


def _among(column: bytes, table: bytes) -> int:
    return int.from_bytes(column.translate(table), "little")


_SIGN = array("i").itemsize - 1 if sys.byteorder == "little" else 0
"""Which byte of a number has its sign."""
_NEGATIVE = bytes(code >= 128 for code in range(256))
"""By the byte with the sign: whether the number is negative."""
_SOMETHING = bytes(code > 0 for code in range(256))
_CALLS = bytes(kind == RecordKind.CALL for kind in range(256))
_SUBSTITUTES = bytes(bool(flags & SUBSTITUTE) for flags in range(256))
_SUSPECT = (RecordKind.MALFORMED, *(kind for kind in RecordKind if kind.is_error))
_SUSPECT_KINDS = bytes(kind in _SUSPECT for kind in range(256))
_SUSPECT_ANSWERS = bytes(status > AnswerStatus.FIRST for status in range(256))
_IN_VAIN = tuple(map(EVENTS.index, IN_VAIN))
_SUSPECT_FLAGS = bytes(
    bool(flags & (DUPLICATE_ID | TELLS_ERROR)) or flags >> EVENT_SHIFT in _IN_VAIN for flags in range(256)
)
