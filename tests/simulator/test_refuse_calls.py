"""The charge point that only sends a call. If these fail, `send` says yes to what it never does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.examples import smallest
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.simulator.effects import SendError
from ocpptui.simulator.refuse_calls import RefusingBehaviour

NOW = 1_795_341_723_120_000
CALLS = [
    pytest.param(version, action.name, id=f"{version}-{action.name}")
    for version in Version.offered(Transport.JSON)
    for action in catalog.actions(version, Role.CENTRAL_SYSTEM)
]


@pytest.mark.parametrize(("version", "action"), CALLS)
def test_no_call_is_accepted(version: Version, action: str, call: Callable[..., Message]) -> None:
    behaviour = RefusingBehaviour(version)
    tree = field_tree(version, action, Part.REQUEST)
    assert tree is not None
    frame = call(action, smallest(tree))
    (answer,) = behaviour.received(frame, action, NOW)
    assert isinstance(answer, SendError)
    assert (answer.call, answer.code) == (frame, "NotSupported")


def test_it_never_calls(version: Version) -> None:
    behaviour = RefusingBehaviour(version)
    assert behaviour.opened(NOW) == []
    assert behaviour.answered("BootNotification", {}, None, NOW) == []
    assert behaviour.wakeup() is None
