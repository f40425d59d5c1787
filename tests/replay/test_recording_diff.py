"""The comparison of two recordings finds every planted difference and invents none."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Direction, Version
from ocpptui.replay.ignored_paths import Ignoring
from ocpptui.replay.plan import PlanError
from ocpptui.replay.recording_diff import Diff, diff
from ocpptui.replay.replay_report import DeviationKind
from ocpptui.replay.substitutions import Substitutions
from ocpptui.timeline.record import message_record
from ocpptui.timeline.timeline import Timeline
from tests.replay.live import read
from tests.replay.tape import Tape

RECORDINGS = Path(__file__).parents[2] / "recordings"
Message = tuple[Direction, str]


def messages(timeline: Timeline) -> list[Message]:
    """Direction and raw text of every message."""
    found = []
    for index in range(len(timeline)):
        direction = timeline.direction(index)
        if direction is not None and timeline.kind(index).is_message:
            found.append((direction, str(timeline.record(index).raw)))
    return found


def timeline_of(said: list[Message], version: Version, charge_point: str = "CP-2") -> Timeline:
    timeline = Timeline()
    for time, (direction, raw) in enumerate(said):
        record = message_record(
            raw, time=time * 10**6, connection=1, direction=direction, charge_point=charge_point, version=version
        )
        timeline.append(record)
    return timeline


def another_day(said: list[Message]) -> list[Message]:
    """The same conversation with other message ids, times and transaction ids."""
    changed = []
    for direction, raw in said:
        text = re.sub(r'^(\[\d,")([^"]*)"', lambda match: f'{match[1]}x{match[2][::-1]}"', raw)
        text = re.sub(r'"20\d\d-[^"]*T[^"]*"', '"2031-01-01T00:00:00Z"', text)
        changed.append((direction, re.sub(r'("transactionId":)("[^"]*"|\d+)', r'\1"other"', text)))
    return changed


def found(result: Diff) -> list[tuple[DeviationKind, str, list[str]]]:
    return [(one.kind, one.action, [difference.path for difference in one.differences]) for one in result.found]


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_the_same_charge_on_another_day_has_no_differences(version: Version) -> None:
    """Ids and times always differ; a comparison that reports them is useless."""
    first = read(RECORDINGS / f"charge-{version}.jsonl")
    second = timeline_of(another_day(messages(first)), version)
    result = diff(first, second)
    assert result.is_same, result.to_text()
    assert result.compared == len(messages(first))
    assert [(row.kind, row.live) for row in result.ids] == [("transaction id", '"other"')]
    assert diff(second, first).is_same


Plant = Callable[[list[Message]], None]


def index_of(said: list[Message], *words: str, start: int = 0) -> int:
    return next(i for i in range(start, len(said)) if all(word in said[i][1] for word in words))


def change(words: str, old: str, new: str, after: int = 0) -> Plant:
    def plant(said: list[Message]) -> None:
        place = index_of(said, words) + after
        direction, raw = said[place]
        assert old in raw
        said[place] = direction, raw.replace(old, new, 1)

    return plant


def drop(words: str, count: int = 2) -> Plant:
    def plant(said: list[Message]) -> None:
        place = index_of(said, words)
        del said[place : place + count]

    return plant


def insert(words: str, *new: Message) -> Plant:
    def plant(said: list[Message]) -> None:
        place = index_of(said, words)
        said[place:place] = list(new)

    return plant


UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
PLANTS: list[tuple[Plant, tuple[DeviationKind, str, list[str]]]] = [
    (
        change("BootNotification", '"ACME"', '"ACNE"'),
        (DeviationKind.DIFFERENT_CALL, "BootNotification", ["$.chargePointVendor"]),
    ),
    (
        change("BootNotification", '"interval":1', '"interval":2', 1),
        (DeviationKind.DIFFERENT_ANSWER, "BootNotification", ["$.interval"]),
    ),
    (
        change('"StopTransaction",', '"transactionId":"other"', '"transactionId":"wrong"'),
        (DeviationKind.DIFFERENT_CALL, "StopTransaction", ["$.transactionId"]),
    ),
    (
        change('"value":"1165"', "1165", "1166"),
        (DeviationKind.DIFFERENT_CALL, "MeterValues", ["$.meterValue[0].sampledValue[0].value"]),
    ),
    (drop('"value":"1295"'), (DeviationKind.CALL_NOT_MADE, "MeterValues", [])),
    (drop('"Preparing"'), (DeviationKind.CALL_NOT_MADE, "StatusNotification", [])),
    (
        insert('"Charging"', (UP, '[2,"n","Authorize",{"idTag":"A"}]'), (DOWN, '[3,"n",{}]')),
        (DeviationKind.NEW_CALL, "Authorize", []),
    ),
    (insert('"Charging"', (UP, "no OCPP")), (DeviationKind.NEW_TEXT, "", [])),
    (
        change("GetConfiguration", "NoSuchKey", "NoSuchKex", 1),
        (
            DeviationKind.DIFFERENT_ANSWER,
            "GetConfiguration",
            ['$.unknownKey["NoSuchKey"]', '$.unknownKey["NoSuchKex"]'],
        ),
    ),
]


@pytest.mark.parametrize(("plant", "expected"), PLANTS, ids=lambda value: value[1] if isinstance(value, tuple) else "")
def test_each_planted_difference_is_found_alone(plant: Plant, expected: tuple[DeviationKind, str, list[str]]) -> None:
    """The difference would be missing, or hidden among false ones."""
    first = read(RECORDINGS / "charge-1.6.jsonl")
    said = another_day(messages(first))
    plant(said)
    result = diff(first, timeline_of(said, Version.V16))
    assert found(result) == [expected], result.to_text()


def test_all_planted_differences_are_found_together() -> None:
    """One difference would hide the next."""
    first = read(RECORDINGS / "charge-1.6.jsonl")
    said = another_day(messages(first))
    for plant, _ in PLANTS:
        plant(said)
    result = diff(first, timeline_of(said, Version.V16))
    assert sorted(found(result)) == sorted(expected for _, expected in PLANTS), result.to_text()


def test_heartbeats_and_the_order_between_the_two_sides_do_not_count(tape: Tape, tmp_path: Path) -> None:
    """Each run has a different number of heartbeats, and the two sides send independently of each other."""
    other = Tape(tmp_path / "other.jsonl")
    for one in (tape, other):
        pairs = [
            (one.up, '[2,"1","Heartbeat",{}]', one.down, '[3,"1",{}]'),
            (one.up, '[2,"2","Authorize",{"idTag":"A"}]', one.down, '[3,"2",{}]'),
            (one.down, '[2,"3","Reset",{"type":"Soft"}]', one.up, '[3,"3",{}]'),
        ]
        for say, call, reply, answer in pairs if one is tape else pairs[:0:-1]:
            say(call)
            reply(answer)
    assert diff(tape.timeline, other.timeline).is_same


def test_missing_and_new_answers_are_reported(tape: Tape, tmp_path: Path) -> None:
    """A call that no longer gets an answer is the failure that the user is looking for."""
    other = Tape(tmp_path / "other.jsonl")
    tape.up('[2,"1","Authorize",{"idTag":"A"}]')
    tape.down('[3,"1",{}]')
    other.up('[2,"1","Authorize",{"idTag":"A"}]')
    assert found(diff(tape.timeline, other.timeline)) == [(DeviationKind.NO_ANSWER, "Authorize", [])]
    (one,) = diff(other.timeline, tape.timeline).found
    assert (one.kind, one.first, one.second, one.direction) == (DeviationKind.NEW_ANSWER, None, 1, DOWN)


def test_tokens_and_ignored_paths_and_charge_points_can_be_named(tape: Tape, tmp_path: Path) -> None:
    """A test bench uses other cards and ids than the customer."""
    other = Tape(tmp_path / "other.jsonl")
    for one, token, status in ((tape, "A", "Accepted"), (other, "B", "Blocked")):
        one.up(f'[2,"1","Authorize",{{"idTag":"{token}"}}]')
        one.down(f'[3,"1",{{"idTagInfo":{{"status":"{status}"}}}}]')
        one.charge_point = f"MORE-{token}"
        one.up('[2,"2","Authorize",{"idTag":"C"}]')
    rules = Substitutions(tokens={"A": "B"}, charge_points={"MORE-A": "MORE-B"})
    assert diff(tape.timeline, other.timeline, rules=rules, ignoring=Ignoring(["status"])).is_same
    result = diff(tape.timeline, other.timeline, only=["CP-REC"])
    assert [(one.kind, one.charge_point) for one in result.found] == [
        (DeviationKind.DIFFERENT_CALL, "CP-REC"),
        (DeviationKind.DIFFERENT_ANSWER, "CP-REC"),
    ]
    result = diff(tape.timeline, other.timeline, ignoring=Ignoring(["idTag", "status"]))
    assert [(one.kind, one.charge_point) for one in result.found] == [
        (DeviationKind.CALL_NOT_MADE, "MORE-A"),
        (DeviationKind.NEW_CALL, "MORE-B"),
    ]


def test_recordings_with_nothing_to_compare_are_refused(tape: Tape, tmp_path: Path) -> None:
    """Two empty files would count as equal."""
    tape.up('[2,"1","Authorize",{"idTag":"A"}]')
    with pytest.raises(PlanError, match="second recording contains no OCPP messages"):
        diff(tape.timeline, Timeline())
    with pytest.raises(PlanError, match="no charge point 'X'; it has CP-REC"):
        diff(tape.timeline, tape.timeline, only=["X"])


def test_long_recordings_are_compared_in_time_that_grows_with_their_length() -> None:
    """Comparing a day of heartbeats and meter values would take an hour."""
    said = [(UP, f'[2,"{n}","MeterValues",{{"connectorId":{n % 2},"meterValue":[]}}]') for n in range(6000)]
    other = [message for n, message in enumerate(said) if n != 3000]
    result = diff(timeline_of(said, Version.V16), timeline_of(other, Version.V16))
    assert result.to_text().endswith("1 difference, 5,999 messages compared"), result.to_text()[-200:]
