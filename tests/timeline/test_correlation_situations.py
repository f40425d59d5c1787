"""What belongs to what in 54 situations that mislead: live, and in a recording of the same.

Each situation is a list of messages and what each of them is matched with. `up` goes from the charge point to the
central system, `down` comes back; `seconds` is when, `connection` on which.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from ocpptui.ocpp.json_defects import MAX_READ_ID
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline
from tests.recording.indexing import index_all

FIRST, LATE, SECOND, ORPHAN = "first", "late", "second", "orphan"


class SpokenFrame(NamedTuple):
    """A message, and for an answer what it belongs to: the position of its call (None for no call) and how."""

    raw: str | bytes
    up: bool = True
    seconds: float = 0
    connection: int = 1
    call: int | None = None
    how: str = "none"
    version: Version = Version.V21


class Event(NamedTuple):
    """Something that happened to a connection."""

    event: ConnectionEvent
    connection: int = 1


def call(message_id: str, **how: object) -> SpokenFrame:
    return SpokenFrame(f'[2,"{message_id}","Heartbeat",{{}}]', **how)  # type: ignore[arg-type]


def result(message_id: str, of: int | None, how: str = FIRST, up: bool = False, **more: object) -> SpokenFrame:
    return SpokenFrame(f'[3,"{message_id}",{{}}]', up, call=of, how=how, **more)  # type: ignore[arg-type]


def error(message_id: str, of: int | None, how: str = FIRST, up: bool = False, **more: object) -> SpokenFrame:
    return SpokenFrame(f'[4,"{message_id}","GenericError","",{{}}]', up, call=of, how=how, **more)  # type: ignore[arg-type]


def refusal(message_id: str, of: int | None, how: str = FIRST, up: bool = True, **more: object) -> SpokenFrame:
    return SpokenFrame(f'[5,"{message_id}","GenericError","",{{}}]', up, call=of, how=how, **more)  # type: ignore[arg-type]


def send(message_id: str, **how: object) -> SpokenFrame:
    return SpokenFrame(f'[6,"{message_id}","NotifyPeriodicEventStream",{{}}]', **how)  # type: ignore[arg-type]


LONG = "x" * (MAX_READ_ID - 1)
BROKEN = SpokenFrame('[2,"4","X",{"k":]')
ILLEGIBLE = SpokenFrame('[2,"4')
NFC, NFD = "\u00e9", "e\u0301"
OPENED, CLOSED = ConnectionEvent.OPENED, ConnectionEvent.CLOSED

SITUATIONS: dict[str, list[SpokenFrame | Event]] = {
    "an answer": [call("a"), result("a", 0)],
    "an error": [call("a"), error("a", 0)],
    "no answer": [call("a"), call("b"), result("b", 1)],
    "answers in another order": [call("a"), call("b"), result("b", 1), result("a", 0)],
    "an answer to nothing": [result("a", None, ORPHAN)],
    "an error to nothing": [error("a", None, ORPHAN)],
    "an answer before its call": [result("a", None, ORPHAN), call("a"), result("a", 1)],
    "an answer in the direction of its call": [call("a"), result("a", None, ORPHAN, up=True), result("a", 0)],
    "one id from both sides": [call("1"), call("1", up=False), result("1", 1, up=True), result("1", 0)],
    "crossing answers": [call("1"), call("1", up=False), result("1", 0), result("1", 1, up=True)],
    "one id on two connections": [call("1"), call("1", connection=2), result("1", 1, connection=2), result("1", 0)],
    "an answer on another connection": [call("1"), result("1", None, ORPHAN, connection=2)],
    "a second answer": [call("a"), result("a", 0), result("a", None, SECOND)],
    "a third answer": [call("a"), result("a", 0), result("a", None, SECOND), result("a", None, SECOND)],
    "an error after an answer": [call("a"), result("a", 0), error("a", None, SECOND)],
    "an answer after an error": [call("a"), error("a", 0), result("a", None, SECOND)],
    "a second answer takes nothing from the next call": [
        call("a"), call("b"), result("a", 0), result("a", None, SECOND), result("b", 1),
    ],
    "an answer just in time": [call("a"), result("a", 0, seconds=30)],
    "a late answer": [call("a"), result("a", 0, LATE, seconds=30.001)],
    "an answer a day later": [call("a"), result("a", 0, LATE, seconds=86_400)],
    "a late error": [call("a"), error("a", 0, LATE, seconds=31)],
    "a second answer, late": [call("a"), result("a", 0), result("a", None, SECOND, seconds=99)],
    "a late answer and one more": [call("a"), result("a", 0, LATE, seconds=40), result("a", None, SECOND, seconds=41)],
    "an id used again": [call("a"), result("a", 0), call("a"), result("a", 2)],
    "an id used three times, once without an answer": [
        call("a"), result("a", 0), call("a"), call("a"), result("a", 3), result("a", 2), result("a", None, SECOND),
    ],
    "one id twice in flight": [call("a"), call("a"), result("a", 1), result("a", 0)],
    "a retry after the time-out": [call("a"), call("a", seconds=40), result("a", 1, seconds=41)],
    "the late answer after that of the retry": [
        call("a"), call("a", seconds=40), result("a", 1, seconds=41), result("a", 0, LATE, seconds=42),
    ],
    "ids that differ in case": [call("a"), call("A"), result("A", 1), result("a", 0)],
    "ids that differ in a space": [call("a"), call("a "), result("a ", 1), result("a", 0)],
    "an id with an escape": [SpokenFrame('[2,"\\u0061","Heartbeat",{}]'), result("a", 0)],
    "ids that differ in normalization": [call(NFC), call(NFD), result(NFD, 1), result(NFC, 0)],
    "an empty id": [call(""), result("", 0)],
    "an id that is a number": [SpokenFrame('[2,7,"Heartbeat",{}]'), SpokenFrame("[3,7,{}]", False, call=0, how=FIRST)],
    "a number answered by a text": [SpokenFrame('[2,7,"Heartbeat",{}]'), result("7", 0)],
    "a very long id": [call(LONG), call(LONG + "y"), result(LONG + "y", 1), result(LONG, 0)],
    "a SEND is not answered": [send("s"), result("s", None, ORPHAN)],
    "a SEND and a CALL of one id": [send("s"), call("s"), result("s", 1)],
    "an error to a SEND": [send("s"), error("s", None, ORPHAN)],
    "an error to a SEND that the version does not have": [
        send("s", version=Version.V16), error("s", 0, version=Version.V16),
    ],
    "a refused result": [call("a"), result("a", 0), refusal("a", 0)],
    "a result refused twice": [call("a"), result("a", 0), refusal("a", 0), refusal("a", None, SECOND)],
    "a refusal before the result": [call("a"), refusal("a", None, ORPHAN), result("a", 0)],
    "a refusal of an error": [call("a"), error("a", 0), refusal("a", None, ORPHAN)],
    "a refusal from the side that answered": [call("a"), result("a", 0), refusal("a", None, ORPHAN, up=False)],
    "an error to a broken call": [BROKEN, error("4", 0)],
    "an answer to a broken call": [BROKEN, result("4", 0)],
    "two errors to a broken call": [BROKEN, error("4", 0), error("4", None, SECOND)],
    "an error with -1 to a broken call": [BROKEN, error("-1", 0)],
    "an error with -1 to an illegible one": [ILLEGIBLE, error("-1", 0), error("-1", None, ORPHAN)],
    "an error to a message type that there is not": [SpokenFrame('[9,"4",{}]'), error("4", 0)],
    "an error to a broken answer": [SpokenFrame('[3,"4",{"k":]', up=False), error("4", None, ORPHAN, up=True)],
    "a close forgets what was in flight": [call("a"), Event(CLOSED), Event(OPENED), result("a", None, ORPHAN)],
    "a close of another connection does not": [call("a"), Event(CLOSED, 2), result("a", 0)],
}  # fmt: skip
assert len(SITUATIONS) == 54


def record(said: SpokenFrame | Event) -> Record:
    if isinstance(said, Event):
        detail = {"event": said.event.value}
        return Record(0, said.connection, RecordKind.CONNECTION, None, "CP1", Version.V21, detail=detail)
    direction = Direction.TO_CSMS if said.up else Direction.TO_CHARGE_POINT
    return message_record(
        said.raw,
        time=int(said.seconds * 1e6),
        connection=said.connection,
        direction=direction,
        charge_point="CP1",
        version=said.version,
    )


def matched(timeline: Timeline) -> list[tuple[int | None, str]]:
    """Of each answer what it belongs to and how; of anything else nothing."""
    return [
        (timeline.other_half(index), timeline.answering(index).name.lower())
        if timeline.kind(index).is_answer
        else (None, "none")
        for index in range(len(timeline))
    ]


@pytest.mark.parametrize("name", SITUATIONS)
def test_each_answer_is_matched_as_it_should_be_live_and_in_a_file(name: str, tmp_path: Path) -> None:
    situation = SITUATIONS[name]
    writer = RecordingWriter(tmp_path / "it.jsonl")
    live = Timeline(writer)
    for said in situation:
        live.append(record(said))
    writer.close()
    expected = [(said.call, said.how) if isinstance(said, SpokenFrame) else (None, "none") for said in situation]
    assert matched(live) == expected
    for index, (of, _) in enumerate(expected):
        if of is not None and live.kind(index) is not RecordKind.CALLRESULTERROR:
            assert live.other_half(of) == index
            assert live.latency(index) is not None
    stored = Timeline()
    indexer = index_all(tmp_path / "it.jsonl", stored)
    assert matched(stored) == expected
    assert stored.counts == live.counts
    indexer.close()


def test_an_answer_to_each_of_many_calls_in_flight(tmp_path: Path) -> None:
    """1,100 calls and then their answers: none is an orphan, live or in a file."""
    writer = RecordingWriter(tmp_path / "it.jsonl")
    live = Timeline(writer)
    for number in range(1100):
        live.append(record(call(str(number))))
    for number in range(1100):
        live.append(record(result(str(number), number)))
    writer.close()
    stored = Timeline()
    indexer = index_all(tmp_path / "it.jsonl", stored)
    for timeline in (live, stored):
        assert (timeline.counts.orphans, timeline.counts.unanswered) == (0, 0)
        assert [timeline.other_half(1100 + number) for number in range(1100)] == list(range(1100))
    indexer.close()
