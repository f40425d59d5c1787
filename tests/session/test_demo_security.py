"""The demo at each security profile: both sides have what it needs, made anew, and nothing of it is left."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.session.demo import CHARGE_POINT_ID, Demo
from ocpptui.session.session import Session
from ocpptui.timeline.record import RecordKind

EXPECTED = {0: (False, False, False), 1: (True, False, False), 2: (True, True, False), 3: (False, True, True)}
"""By profile: a password, TLS, a client certificate."""


def openings(session: Session) -> list[dict[str, Any]]:
    """What is recorded of each connection that was opened."""
    timeline = session.timeline
    found = [timeline.record(at).detail for at in range(len(timeline)) if timeline.kind(at) is RecordKind.CONNECTION]
    return [dict(detail) for detail in found if detail["event"] == "opened"]


@pytest.mark.parametrize("profile", EXPECTED)
async def test_both_sides_have_what_the_profile_needs(profile: int) -> None:
    """A technician sees what a right connection looks like before looking at the wrong one."""
    demo = Demo(Version.V201, pace=0.05, security_profile=profile)
    session = demo.session
    folder = "." if demo._security.bench is None else str(demo._security.bench.folder)
    try:
        await demo.start()
        assert await session.until(lambda: session.central_system.status_of(CHARGE_POINT_ID) or None, 60)
        (opened,) = openings(session)
        secure = opened.get("tls", {})
        assert ("credentials" in opened, bool(secure), "certificate" in secure) == EXPECTED[profile]
        timeline = session.timeline
        notes = [timeline.record(at).detail for at in range(len(timeline)) if timeline.kind(at) is RecordKind.NOTE]
        assert any("but its serial number is" in note["text"] for note in notes) == (profile == 3)
        if profile == 3:  # and it gets another one from the CA of the demo
            connection = session.connection_of(CHARGE_POINT_ID)
            assert connection is not None
            wanted = json.dumps({"requestedMessage": "SignChargingStationCertificate"})
            await session.send_call(connection.number, "TriggerMessage", wanted)
            assert await session.until(lambda: True if len(openings(session)) == 2 else None, 60)
            shown = [one["tls"]["certificate"] for one in openings(session)]
            assert [one["commonNames"] for one in shown] == [[CHARGE_POINT_ID], ["DEMO-0001"]], "its serial number"
    finally:
        await demo.close()
    assert os.path.exists(folder) == (profile < 2)  # noqa: ASYNC240  nothing else runs any more
