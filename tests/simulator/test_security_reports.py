"""Security events reach the central system whatever happens to the connection.

If these fail, a backend never hears of an attack that happened while the charge point was offline.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.security_reports import ACTION

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated


def kinds(operated: Operated) -> list[str]:
    return [said.payload["type"] for said in operated.told(ACTION)]


def disturb_while_offline(operated: Operated) -> None:
    """Somebody disturbs the station while nobody listens."""
    operated.operate("offline")
    assert not operated.charge_point.device.security_event("TamperDetectionActivated", operated.bench.now)
    operated.bench.run(60)


def test_what_happened_offline_is_told_with_its_own_time(operated: Operated) -> None:
    happened = operated.bench.now
    disturb_while_offline(operated)
    assert not kinds(operated)
    operated.operate("online")
    (told,) = operated.told(ACTION)
    assert told.payload["type"] == "TamperDetectionActivated"
    assert told.payload["timestamp"][:16] == date_time(happened)[:16]
    operated.bench.lose_connection()
    operated.bench.run(10)
    assert kinds(operated) == ["TamperDetectionActivated"]  # confirmed: not again


def test_what_was_not_confirmed_is_told_again(operated: Operated) -> None:
    operated.bench.drop = lambda said: said.by is Role.CENTRAL_SYSTEM and said.action == ACTION
    operated.order("CertificateSigned", {"certificateChain": "junk"})
    assert len(kinds(operated)) == 1
    operated.bench.drop = lambda said: False
    operated.bench.lose_connection()
    operated.bench.run(10)
    first, second = operated.told(ACTION)
    assert first.payload == second.payload


def test_it_outlives_a_restart_and_the_process(operate: Operate, version: Version) -> None:
    operated = operate(version)
    disturb_while_offline(operated)
    state: Any = json.loads(json.dumps(operated.charge_point.kept_state(operated.bench.now)))
    later = operate(version, state=state, now=operated.bench.now)
    assert kinds(later) == ["TamperDetectionActivated"]
    operated.operate("restart", seconds=60)
    operated.operate("online", seconds=60)
    assert kinds(operated) == ["TamperDetectionActivated"]
