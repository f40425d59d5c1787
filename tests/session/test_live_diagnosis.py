"""When the records of a live session are checked: soon, at little cost for its peers, and always before it ends."""

from __future__ import annotations

import asyncio
from math import inf
from random import Random

import pytest

from ocpptui.diagnosis import checker_run
from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.ocpp.version import Direction
from ocpptui.session import live_diagnosis
from ocpptui.session.finding_alarm import FindingAlarm
from ocpptui.session.live_diagnosis import LiveDiagnosis
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.timeline import Timeline
from tests.kit.talk import Talk

BOOT = '{"chargePointVendor":"A","chargePointModel":"B"}'
REJECTED = '{"status":"Rejected","currentTime":"2026-01-01T10:00:00Z","interval":60}'
RULE = "boot.call-while-rejected"


def rejected(talk: Talk) -> int:
    """A call of a charge point that was rejected, which a checker finds."""
    talk.exchange("BootNotification", BOOT, REJECTED)
    return talk.call("Heartbeat")


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_what_a_record_shows_is_found_in_the_next_turn_of_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who watches the log would look at a record without what is wrong with it."""
    monkeypatch.setattr(live_diagnosis, "LONGEST", inf)  # a busy machine may need more than one slice
    talk = Talk()
    talk.session.diagnosis.load(inf)
    call = rejected(talk)
    assert RULE not in talk.timeline.broken_rules(call), "the peer is answered first"
    await turns(3)
    assert RULE in talk.timeline.broken_rules(call)


async def test_an_alarm_has_what_a_record_shows_at_once() -> None:
    """A session that is to stop at a fault would go on with it."""
    session = Session(settings=SessionSettings(stop_on=frozenset({RULE})))
    rejected(Talk(session))
    assert not session.automatic and RULE in session.alarm.why


def test_without_a_loop_records_are_checked_at_once() -> None:
    """Nothing would call the checkers later."""
    talk = Talk()
    assert RULE in talk.timeline.broken_rules(rejected(talk))


async def test_what_is_read_or_ends_is_checked_first() -> None:
    """A line of headless output, or a summary, would lack what was found a moment later."""
    talk = Talk()
    call = rejected(talk)
    talk.session.live_diagnosis.catch_up()
    assert RULE in talk.timeline.broken_rules(call)
    call = rejected(talk)
    await talk.session.close()
    assert RULE in talk.timeline.broken_rules(call)


async def test_who_reads_one_record_does_not_wait_for_the_checks_of_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of headless output would hold up the messages of every peer until all that came is checked."""
    monkeypatch.setattr(checker_run, "PART", 1)
    talk = Talk()
    call = rejected(talk)
    for _ in range(100):
        talk.call("Heartbeat")
    talk.session.live_diagnosis.catch_up(call)
    assert RULE in talk.timeline.broken_rules(call)
    assert talk.session.diagnosis.diagnosed == call + 1
    talk.session.live_diagnosis.catch_up(call)
    assert talk.session.diagnosis.diagnosed == call + 1, "what is checked already is not waited for"


class Flood:
    """Many records a turn, each of which takes the checkers a millisecond, by a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checker_run, "PART", 1)
        monkeypatch.setattr(live_diagnosis, "NOTICEABLE", 50)
        self.seconds = 0.0
        self.talk = Talk(Session())
        self.talk.session.live_diagnosis.is_on = False
        timeline: Timeline = self.talk.timeline
        self.diagnosis = Diagnosis(timeline)
        self.diagnosis.load(inf)
        advance = self.diagnosis.advance

        def slow(budget_s: float) -> bool:
            end = self.seconds + budget_s
            while not advance(0):
                self.seconds += 0.001
                if self.seconds >= end:
                    return False
            return True

        monkeypatch.setattr(self.diagnosis, "advance", slow)
        alarm = FindingAlarm(timeline, frozenset(), lambda why: None)
        self.live = LiveDiagnosis(timeline, self.diagnosis, alarm, seconds=lambda: self.seconds)

    async def turn(self, records: int) -> None:
        """So many records, and everything else that the loop does for them, in a millisecond each."""
        for _ in range(records):
            self.talk.call(direction=Direction.TO_CSMS)
        self.seconds += 0.001 * records
        await asyncio.sleep(0)


async def test_a_flood_leaves_most_of_the_time_to_the_peers_and_says_what_is_not_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A debugger that answers half as fast as the central system it stands for hides what happens under load."""
    flood = Flood(monkeypatch)
    for _ in range(100):
        await flood.turn(10)
    checked = flood.diagnosis.diagnosed
    assert 15 <= checked <= 45, "3 % of the time of everything else"
    assert flood.live.behind == len(flood.talk.timeline) - checked
    assert flood.live.diagnosed == pytest.approx(0.03, abs=0.015)
    flood.seconds += 2 * live_diagnosis.QUIET
    async with asyncio.timeout(20):
        while flood.live.behind or flood.diagnosis.diagnosed < len(flood.talk.timeline):
            flood.seconds += 0.001
            await asyncio.sleep(0.001)
    assert (flood.live.behind, flood.live.diagnosed) == (0, 1)
    assert flood.diagnosis.diagnosed == len(flood.talk.timeline)


async def test_a_session_that_keeps_up_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that comes and goes in every turn would only disturb."""
    flood, random = Flood(monkeypatch), Random(1)
    for _ in range(200):
        await flood.turn(random.choice((0, 0, 0, 1)))
        flood.seconds += 0.05
        assert flood.live.behind == 0
    await flood.live.finish()
    assert flood.diagnosis.diagnosed == len(flood.talk.timeline)


async def test_the_end_of_a_session_waits_for_what_is_left_unless_it_is_in_haste(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After a signal, the terminal would stay blocked."""
    flood = Flood(monkeypatch)
    await flood.turn(500)
    await flood.live.finish(0.1)
    assert 0 < flood.diagnosis.diagnosed < 500
    await flood.live.finish()
    assert flood.diagnosis.diagnosed == 500
