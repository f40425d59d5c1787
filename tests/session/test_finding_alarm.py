"""The alarm for findings: when it rings, and when it stops the session."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.version import Role
from ocpptui.session.finding_alarm import FindingAlarm
from ocpptui.session.session import Session
from ocpptui.session.setting_values import WrongSetting
from ocpptui.session.settings import SessionSettings, session_settings
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline
from tests.kit.talk import Talk


def timeline_of(records: int) -> Timeline:
    talk = Talk()
    for _ in range(records):
        talk.ping()
    timeline: Timeline = talk.timeline
    return timeline


def test_it_rings_for_errors_alone_and_once_a_second_at_most() -> None:
    """A terminal that rings for each frame of a broken charge point would be muted, and the next fault unheard."""
    timeline, rang, now = timeline_of(10), 0, 100.0

    def ring() -> None:
        nonlocal rang
        rang += 1

    alarm = FindingAlarm(timeline, frozenset(), lambda why: None, seconds=lambda: now)
    alarm.on_ring.append(ring)
    heard = []
    for index, (severity, after) in enumerate(
        [
            (Severity.WARNING, 0.0), (Severity.INFO, 5.0), (Severity.ERROR, 0.0), (Severity.ERROR, 0.9),
            (Severity.ERROR, 0.2), (Severity.NONE, 9.0), (Severity.ERROR, 0.0),
        ]
    ):  # fmt: skip
        now += after
        timeline.set_findings(index, ("rpc.not-json",) if severity else (), severity)
        alarm.look()
        alarm.look()
        heard.append(rang)
    assert heard == [0, 0, 1, 1, 2, 2, 3]


async def test_a_rule_stops_the_session_once_and_the_log_says_why() -> None:
    """After a night the user would find a session that went on, and the traces of the fault overwritten."""
    session = Session(settings=SessionSettings(stop_on=frozenset({"rpc.not-json"})))
    heard: list[str] = []
    session.alarm.on_stop.append(heard.append)
    talk = Talk(session)
    talk.exchange()
    talk.raw('[9,"1","Heartbeat",{}]')
    assert session.automatic and not heard
    talk.raw("nonsense")
    assert not session.automatic, "before anything is sent in answer"
    talk.raw("rubbish")
    (why,) = heard
    assert why == session.alarm.why
    assert why.startswith("Stopped at record 4 of CP001: ") and why.endswith("(rpc.not-json).")
    timeline = session.timeline
    await session.until(lambda: timeline.kind(len(timeline) - 1) is RecordKind.NOTE or None, 60)
    assert timeline.record(len(timeline) - 1).detail["text"] == why


@pytest.mark.parametrize("pattern", ["rpc.*", "rpc", "rpc.not-json"])
def test_a_pattern_names_its_rules(pattern: str) -> None:
    assert "rpc.not-json" in session_settings({"stop_on": (pattern,)}, Role.CENTRAL_SYSTEM).stop_on
    assert "boot.rejected" not in session_settings({"stop_on": (pattern,)}, Role.CENTRAL_SYSTEM).stop_on


def test_a_rule_that_does_not_exist_is_refused() -> None:
    """A typing error would be a wait for a fault that is never noticed."""
    with pytest.raises(WrongSetting, match="there is no such rule; did you mean"):
        session_settings({"stop_on": ("rpc.not-jsn",)}, Role.CENTRAL_SYSTEM)
