"""The charge point and central systems that ask for anything. If this fails, one odd call ends a session."""

from __future__ import annotations

import json
from itertools import count, cycle
from typing import Any

import pytest

from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.examples import complete_example
from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
from ocpptui.simulator.der_controls import DER_TYPES
from ocpptui.simulator.effects import SendAnswer, SendCall, SendError
from ocpptui.simulator.equipment import Equipment, Outlet
from tests.kit.changed_payloads import places

NOW = 1_795_341_723_120_000
EQUIPMENT = Equipment((Outlet("cCCS2", more_types=("cG105",)), Outlet()), bays=3, der_types=DER_TYPES)
BOOTED = {"currentTime": "2026-11-22T10:02:03Z", "interval": 300, "status": "Accepted"}

ODD: list[Any] = [-1, 99, 10**12, "", "9", [], {}, None, 1.5]


def accepted(version: Version) -> ChargePointBehaviour:
    behaviour = ChargePointBehaviour(version, ChargePointSettings(equipment=EQUIPMENT, strict=False))
    behaviour.opened(NOW)
    answer = parse(json.dumps([3, "1", BOOTED]))
    assert isinstance(answer, Message)
    behaviour.answered("BootNotification", {}, answer, NOW)
    return behaviour


@pytest.mark.parametrize("version", Version.offered(Transport.JSON), ids=str)
def test_a_call_with_any_odd_value_gets_one_valid_answer(version: Version) -> None:
    """Each value of each call in turn: numbers that name nothing, and values of the wrong type."""
    times = count(NOW, 1_000_000)
    for action in actions(version, Role.CENTRAL_SYSTEM):
        if action.is_send:
            continue
        behaviour, tree = accepted(version), field_tree(version, action.name, Part.REQUEST)
        assert tree is not None
        payload, odd = complete_example(tree), cycle(ODD)
        for container, key in list(places(payload)):
            right = container[key]
            for wrong in (0, next(odd)):
                container[key] = wrong
                now = next(times)
                effects = behaviour.received(parse(JSON.call("m1", action.name, json.dumps(payload))), action.name, now)
                answers = [one for one in effects if isinstance(one, SendAnswer | SendError)]
                assert len(answers) == 1, (action.name, key, wrong)
                for one in effects:
                    match one:
                        case SendAnswer():
                            assert violations(version, action.name, Part.RESPONSE, one.payload) == ()
                        case SendCall():
                            assert violations(version, one.action, Part.REQUEST, one.payload) == ()
                behaviour.tick(now)
            container[key] = right
