"""How the charge point connects, as plans. If these fail, what was accepted is forgotten before it connects again."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.simulator.connection_plan import ConnectFailure, ConnectionPlan
from ocpptui.simulator.effects import ConnectWith
from tests.simulator.call_scenes import NETWORK_PROFILE, variable_of
from tests.simulator.conftest import Operate, Operated

V16, V201, V21 = Version.V16, Version.V201, Version.V21
two_x = pytest.mark.parametrize("version", [V201, V21])
KEY, OTHER_KEY = "ab" * 16, "cd" * 16


def last_plans(at: Operated) -> tuple[ConnectionPlan, ...]:
    """What the charge point wanted to connect with last."""
    return [effect.plans for effect in at.bench.outside if isinstance(effect, ConnectWith)][-1]


def change(at: Operated, key: str, value: str, seconds: float = 5) -> str:
    return str(at.order("ChangeConfiguration", {"key": key, "value": value}, seconds)["status"])


def put(at: Operated, *items: dict[str, Any]) -> list[str]:
    results = at.order("SetVariables", {"setVariableData": list(items)})["setVariableResult"]
    return [result["attributeStatus"] for result in results]


def slot(at: Operated, number: int, **changed: Any) -> dict[str, Any]:
    return at.order(
        "SetNetworkProfile", {"configurationSlot": number, "connectionData": {**NETWORK_PROFILE, **changed}}
    )


def test_changes_before_the_next_connection_add_up(operate: Operate) -> None:
    """A key and a profile in quick succession would end in a connection without the key."""
    at = operate(V16)
    assert change(at, "AuthorizationKey", KEY, 0.1) == "Accepted"
    assert change(at, "SecurityProfile", "1", 0.1) == "Accepted"
    [plan] = last_plans(at)
    assert (plan.password, plan.is_hexadecimal, plan.security_profile) == (KEY, True, 1)
    at.bench.run(10)
    assert at.bench.closures == 1


def test_what_did_not_work_is_forgotten(operate: Operate) -> None:
    at = operate(V16)
    change(at, "AuthorizationKey", KEY)
    at.bench.failure_of = lambda plan: ConnectFailure.REJECTED if plan.password == OTHER_KEY else None
    change(at, "AuthorizationKey", OTHER_KEY)
    [event] = at.told("SecurityEventNotification")
    assert event.payload["type"] == "FailedToAuthenticateAtCentralSystem"
    change(at, "SecurityProfile", "1")
    assert last_plans(at)[0].password == KEY
    at.bench.run(900)
    assert not at.told("BootNotification"), "it has not restarted"


@two_x
def test_several_variables_of_one_call_add_up(operate: Operate, version: Version) -> None:
    at = operate(version)
    assert slot(at, 2)["status"] == "Accepted"
    statuses = put(
        at,
        variable_of("SecurityCtrlr", "BasicAuthPassword", "p" * 16),
        variable_of("OCPPCommCtrlr", "NetworkConfigurationPriority", "2"),
    )
    assert statuses == ["Accepted", "RebootRequired"]
    at.order("Reset", {"type": "Immediate"}, 20)
    assert last_plans(at)[0].password == "p" * 16


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"securityProfile": 0}, "InvalidNetworkConf"),
        ({"securityProfile": 2}, "InvalidNetworkConf"),
        ({"ocppTransport": "SOAP"}, "InvalidNetworkConf"),
        ({"ocppCsmsUrl": "http://x"}, "InvalidNetworkConf"),
        ({"ocppCsmsUrl": "ws://"}, "InvalidNetworkConf"),
        ({"ocppCsmsUrl": "ws://x:0/"}, "InvalidNetworkConf"),
        ({"ocppCsmsUrl": "ws://x/a b"}, "InvalidNetworkConf"),
        ({"ocppCsmsUrl": "ws://x/#a"}, "InvalidNetworkConf"),
        ({"apn": {"apn": "a", "apnAuthentication": "NONE"}}, "InvalidNetworkConf"),
    ],
)
@two_x
def test_a_network_profile_that_cannot_be_used_is_refused(
    operate: Operate, version: Version, changed: dict[str, Any], reason: str
) -> None:
    answer = slot(operate(version), 2, **changed)
    assert (answer["status"], answer["statusInfo"]["reasonCode"]) == ("Rejected", reason)


@two_x
def test_the_next_profile_is_used_where_the_first_fails_and_the_charge_point_boots(
    operate: Operate, version: Version
) -> None:
    """B10.FR.03, B10.FR.10: also after a mere reconnection, since it may be another central system."""
    at = operate(version)
    put(at, variable_of("SecurityCtrlr", "BasicAuthPassword", "p" * 16))
    assert slot(at, 2)["status"] == slot(at, 3, ocppCsmsUrl="ws://third.example")["status"] == "Accepted"
    put(at, variable_of("OCPPCommCtrlr", "NetworkConfigurationPriority", "2,3"))
    at.order("Reset", {"type": "Immediate"}, 20)
    second, third = last_plans(at)
    assert (second.slot, third.slot) == (2, 3)
    at.bench.said.clear()
    at.bench.plans, at.bench.failure_of = [second, third], lambda plan: ConnectFailure.OTHER if plan.slot == 2 else None
    at.bench.lose_connection()
    at.bench.run(20)
    assert len(at.told("BootNotification")) == 1


@two_x
def test_a_new_password_is_that_of_the_network_profile_in_use(operate: Operate, version: Version) -> None:
    """After a reset it would connect with the one that the central system has dropped."""
    at = operate(version)
    own = {"basicAuthPassword": "q" * 16} if version is V21 else {}
    assert slot(at, 2, **own)["status"] == "Accepted"
    put(at, variable_of("SecurityCtrlr", "BasicAuthPassword", "p" * 16))
    put(at, variable_of("OCPPCommCtrlr", "NetworkConfigurationPriority", "2"))
    at.order("Reset", {"type": "Immediate"}, 20)
    assert last_plans(at)[0].password == ("q" * 16 if own else "p" * 16)
    put(at, variable_of("SecurityCtrlr", "BasicAuthPassword", "r" * 16))
    at.order("Reset", {"type": "Immediate"}, 20)
    assert last_plans(at)[0].password == "r" * 16


@two_x
def test_network_profiles_outlive_the_process(operate: Operate, version: Version) -> None:
    at = operate(version)
    put(at, variable_of("SecurityCtrlr", "BasicAuthPassword", "p" * 16))
    slot(at, 2)
    put(at, variable_of("OCPPCommCtrlr", "NetworkConfigurationPriority", "2"))
    later = operate(version, state=at.charge_point.kept_state(at.bench.now))
    later.order("Reset", {"type": "Immediate"}, 20)
    assert [plan.url for plan in last_plans(later)] == [NETWORK_PROFILE["ocppCsmsUrl"]]
