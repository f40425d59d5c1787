from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.connections.collisions import MOST_APART, Collisions
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Message


def connections(*frames: list[object]) -> list[int]:
    """The number of the connection that each frame gets."""
    return [number for number, _ in answers(Collisions(), *frames)]


def answers(collisions: Collisions, *frames: list[object]) -> list[tuple[int, bool]]:
    found = []
    for one in frames:
        frame = JSON.read(json.dumps(one))
        assert isinstance(frame, Message)
        found.append(collisions.of(frame))
    return found


def boot(message_id: str, serial: str) -> list[object]:
    return [2, message_id, "BootNotification", {"chargePointSerialNumber": serial}]


def beat(message_id: str) -> list[object]:
    return [2, message_id, "Heartbeat", {}]


BEATEN = {"currentTime": "2026-01-01T00:00:00Z"}


def test_one_charge_point_has_one_connection() -> None:
    assert connections(beat("1"), [3, "1", BEATEN], beat("1"), [3, "1", BEATEN]) == [0, 0, 0, 0]


def test_two_charge_points_that_count_alike_are_told_apart() -> None:
    """The answer to one would show as that to the other, and half of the calls as unanswered."""
    status = [2, "1", "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}]
    assert connections(boot("1", "A"), boot("1", "B")) == [0, 1]
    told = answers(Collisions(), boot("1", "A"), status, [3, "1", {}])
    assert told == [(0, False), (1, False), (1, False)]


def test_a_retry_and_a_restart_are_no_second_charge_point() -> None:
    assert connections(beat("1"), beat("1")) == [0, 0]
    assert connections(boot("1", "A"), boot("1", "A")) == [0, 0]


def test_an_answer_that_fits_both_is_a_guess() -> None:
    collisions = Collisions()
    answers(collisions, boot("1", "A"), boot("1", "B"))
    accepted = {"currentTime": "2026-01-01T00:00:00Z", "interval": 60, "status": "Accepted"}
    assert answers(collisions, [3, "1", accepted]) == [(0, True)]
    assert collisions.any


def test_no_more_connections_are_invented_than_can_be_told_apart() -> None:
    told = connections(*(boot("1", f"S{number}") for number in range(MOST_APART + 3)))
    assert max(told) == MOST_APART - 1


@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.integers(2, 12))
def test_no_connection_uses_an_id_twice_if_two_charge_points_count_alike(seed: int, first: int, second: int) -> None:
    """The check would say of healthy charge points that they use their message ids again."""
    drawn = random.Random(seed)
    streams = [deque(_counting(name, count)) for name, count in (("A", first), ("B", second))]
    frames = [streams[0].popleft(), streams[1].popleft()]  # both boots are open at once
    while any(streams):
        frames.append(drawn.choice([stream for stream in streams if stream]).popleft())
    calls = [(number, frame[1]) for number, frame in zip(connections(*frames), frames, strict=True) if frame[0] == 2]
    assert len(set(calls)) == len(calls)


def _counting(name: str, count: int) -> Iterator[list[object]]:
    """A charge point that starts and beats, and the answers to it."""
    yield boot("1", name)
    yield [3, "1", {"currentTime": "2026-01-01T00:00:00Z", "interval": 60, "status": "Accepted"}]
    for number in range(2, count):
        yield beat(str(number))
        yield [3, str(number), BEATEN]


def test_an_id_used_again_is_of_another_connection_where_the_file_has_two() -> None:
    """What one of them sent before both were seen at once would be a repetition of the other's id."""
    frames = (beat("1"), [3, "1", BEATEN], beat("1"), [3, "1", BEATEN])
    told = answers(Collisions(expected=2), *frames)
    assert told == [(0, False), (0, False), (1, True), (1, False)]
