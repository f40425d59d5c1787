"""The side that only answers. If these fail, a script that sends one call leaves its peer without answers."""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.answer_only import AnsweringBehaviour
from ocpptui.simulator.effects import SendAnswer, SendError

NOW = 1_795_341_723_120_000


def test_it_answers_and_never_calls(version: Version, call: Callable[..., Message]) -> None:
    behaviour = AnsweringBehaviour(version, Role.CHARGE_POINT)
    assert behaviour.opened(NOW) == []
    frame = call("ClearCache")
    assert behaviour.received(frame, "ClearCache", NOW) == [SendAnswer(frame, {"status": "Accepted"})]
    (wrong,) = behaviour.received(call("Heartbeat"), "Heartbeat", NOW)
    assert isinstance(wrong, SendError)
    assert wrong.code == "NotSupported"
    assert behaviour.answered("BootNotification", {}, None, NOW) == []
    assert behaviour.wakeup() is None


def test_a_send_is_not_answered() -> None:
    behaviour = AnsweringBehaviour(Version.V21, Role.CENTRAL_SYSTEM)
    assert behaviour.received(parse('[6,"1","NotifyPeriodicEventStream",{}]'), "NotifyPeriodicEventStream", NOW) == []
