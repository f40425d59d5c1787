"""Checkers and any traffic: payloads that are nearly right, ids without end. None raises, none grows without end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import accumulate
from math import inf
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.diagnosis import checker_run
from ocpptui.diagnosis.bookkeeping import Bookkeeper
from ocpptui.diagnosis.checker import Checker, TriggerKind
from ocpptui.diagnosis.checker_run import CheckerRun
from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.registry import CHECKERS
from ocpptui.ocpp.actions import find_action
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import Record, message_record
from ocpptui.timeline.timeline import Timeline

VERSIONS = Version.offered(Transport.JSON)
KINDS = (TriggerKind.CALL, TriggerKind.EXCHANGE, TriggerKind.REFUSAL)
OF_ALL: tuple[type[Checker], ...] = (*CHECKERS, Bookkeeper)
ACTIONS = sorted({str(trigger.what) for one in OF_ALL for trigger, _ in one.handlers if trigger.kind in KINDS})
LARGEST = 2000
"""No collection of a checker may have more entries."""
VALUES: list[Any] = [None, True, -1, 0, 7, 1.5, 2**70, "", "7", "x" * 200, "2026-01-01T00:00:00Z", [], {}, [{}], ["a"]]


def payload_of(version: Version, action: str, part: Part, random: Random) -> Any:
    """An example of the payload with some of its values replaced by any others."""
    tree = field_tree(version, action, part)
    assert tree is not None
    payload = deepcopy(complete_example(tree) if random.random() < 0.7 else smallest(tree))
    places = list(nodes(payload))
    for _ in range(random.choice((0, 0, 1, 2, 5))):
        if places:
            holder, key = random.choice(places)
            holder[key] = random.choice(VALUES)
    return payload


def nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place in a JSON value: what holds it, and its key."""
    items = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, inner in items:
        yield value, key
        yield from nodes(inner)


def conversation(version: Version, seed: int, length: int) -> Iterator[Record]:
    """Calls with their answers, or without, on two connections of one charge point."""
    random, time, actions = Random(seed), 0, [name for name in ACTIONS if find_action(version, name) is not None]
    for number in range(length):
        action = random.choice(actions)
        known = find_action(version, action)
        assert known is not None
        direction = random.choice(sorted(known.directions))
        raws = [
            (f'[2,"{number}","{action}",{json.dumps(payload_of(version, action, Part.REQUEST, random))}]', direction)
        ]
        answered = random.random()
        if answered < 0.8 and not known.is_send:
            result = json.dumps(payload_of(version, action, Part.RESPONSE, random))
            raws.append((f'[3,"{number}",{result}]', direction.opposite))
        elif answered < 0.9:
            raws.append((f'[4,"{number}","GenericError","",{{}}]', direction.opposite))
        for raw, towards in raws:
            time += random.choice((1, 10, 100, 5000)) * SECOND
            connection = random.choice((1, 1, 1, 2))
            yield message_record(
                raw, time=time, connection=connection, direction=towards, charge_point="CP1", version=version
            )


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_payload_stops_the_diagnosis_and_it_is_the_same_live_and_as_a_file(version: Version, seed: int) -> None:
    """One odd message would end a session, or hide everything that is wrong after it."""
    live, file = Timeline(), Timeline()
    Diagnosis(live)
    diagnosis = Diagnosis(file)
    with file.at_once():
        for record in conversation(version, seed, 60):
            live.append(record)
            file.append(record)
    while not diagnosis.advance(0):
        pass
    for index in range(len(live)):
        assert live.broken_rules(index) == file.broken_rules(index)
        assert [one.text for one in findings_at(live, index)] == [one.text for one in findings_at(file, index)]


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), pauses=st.lists(st.integers(1, 30), min_size=1), step=st.integers(1, 20))
def test_the_findings_do_not_depend_on_the_slices(version: Version, seed: int, pauses: list[int], step: int) -> None:
    """A session under load would find something else than the same session with time to spare."""
    at_once, sliced = Timeline(), Timeline()
    Diagnosis(at_once)
    diagnosis = Diagnosis(sliced)
    diagnosis.defers = True
    cut = set(accumulate(pauses))
    with pytest.MonkeyPatch.context() as patch:
        for index, record in enumerate(conversation(version, seed, 60)):
            at_once.append(record)
            sliced.append(record)
            if index in cut:
                patch.setattr(checker_run, "PART", step)
                diagnosis.advance(0)
                diagnosis.tell_time(record.time)
    diagnosis.advance(inf)
    assert sliced.noticed == at_once.noticed
    for index in range(len(sliced)):
        assert findings_at(sliced, index) == findings_at(at_once, index)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_what_is_remembered_of_a_charge_point_is_bounded(version: Version) -> None:
    """A peer that makes up ids would fill the memory of a session that runs for weeks."""
    timeline, random = Timeline(), Random(1)
    diagnosis = Diagnosis(timeline)
    for number, record in enumerate(conversation(version, 7, 3000)):
        raw = str(record.raw)
        for old in ('"7"', ":1,", ":0,", ":36,"):
            new = str(10 * number + random.randrange(10))
            raw = raw.replace(old, f'"{new}"' if old.startswith('"') else f":{new},")
        timeline.append(
            message_record(
                raw,
                time=record.time,
                connection=number // 3 if record.direction is Direction.TO_CSMS else record.connection,
                direction=record.direction or Direction.TO_CSMS,
                charge_point="CP1",
                version=version,
            )
        )
    run = diagnosis._run
    assert isinstance(run, CheckerRun)
    (station,) = run._stations.values()
    for owner in (station.known, *station._checkers.values()):
        for name, size in sizes(owner):
            assert size <= LARGEST, (type(owner).__name__, name)


def sizes(owner: object) -> Iterator[tuple[str, int]]:
    """The number of entries of each collection in an object, also of those within."""
    names = [name for kind in type(owner).__mro__ for name in getattr(kind, "__slots__", ())]
    for name in [*names, *getattr(owner, "__dict__", {})]:
        yield from lengths(name, getattr(owner, name, None))


def lengths(name: str, value: object) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict | list | set | frozenset | tuple) or type(value).__name__ == "deque":
        yield name, len(value)  # type: ignore[arg-type]
        for inner in value.values() if isinstance(value, dict) else value:  # type: ignore[attr-defined]
            yield from lengths(name, inner)
