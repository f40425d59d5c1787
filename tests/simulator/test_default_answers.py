"""The default answers. If these fail, a peer gets an answer that it must refuse, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.schema import Part, field_tree, schema
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.simulator import default_answers as answers
from ocpptui.simulator.default_answers import answer_to

NOW = 1_795_341_723_120_456
TIME = "2026-11-22T10:02:03.120Z"

ANSWERED = [
    (version, role, action.name)
    for version in Version.offered(Transport.JSON)
    for role in Role
    for action in catalog.actions(version, role.other)
    if not action.is_send
]

MakeCall = Callable[..., Message]


def examples(version: Version, action: str) -> list[Any]:
    tree = field_tree(version, action, Part.REQUEST)
    assert tree is not None
    return [{}, smallest(tree), complete_example(tree)]


def test_every_action_of_every_version_is_answered_by_the_side_that_receives_it() -> None:
    """39 + 64 + 91 actions without the SEND, with DataTransfer in both directions; the table has no unknown action."""
    assert len(ANSWERED) == 39 + 1 + 64 + 1 + 91 - 1 + 1
    for role in Role:
        named = {name for _, answering, name in ANSWERED if answering is role}
        assert set(answers._ANSWERS[role]) == named


@pytest.mark.parametrize(("version", "role", "action"), ANSWERED)
def test_every_answer_passes_two_validators(version: Version, role: Role, action: str, call: MakeCall) -> None:
    rules = schema(version, action, Part.RESPONSE)
    assert rules is not None
    for request in examples(version, action):
        answer = answer_to(version, role, call(action, request), NOW)
        assert violations(version, action, Part.RESPONSE, answer) == ()
        jsonschema.validate(answer, rules, jsonschema.Draft4Validator)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def odd_requests(draw: st.DrawFn) -> tuple[Version, Role, str, Any]:
    """A valid request with some values changed, or anything at all."""
    version, role, action = draw(st.sampled_from(ANSWERED))
    if draw(st.booleans()):
        return version, role, action, draw(anything)
    request: Any = draw(st.sampled_from(examples(version, action)))
    return version, role, action, _disturbed(draw, request)


def _disturbed(draw: st.DrawFn, value: Any) -> Any:
    if draw(st.integers(0, 7)) == 0:
        return draw(anything)
    if isinstance(value, dict):
        return {key: _disturbed(draw, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_disturbed(draw, item) for item in value]
    return value


@settings(max_examples=250, deadline=None)
@given(odd_requests())
def test_even_odd_requests_get_a_valid_answer(case: tuple[Version, Role, str, Any]) -> None:
    version, role, action, payload = case
    frame = Message("", MessageKind.CALL, "m1", action, payload)
    answer = answer_to(version, role, frame, NOW)
    assert violations(version, action, Part.RESPONSE, answer) == ()


def test_an_unknown_action_gets_an_empty_answer_instead_of_an_exception(call: MakeCall) -> None:
    assert answer_to(Version.V16, Role.CENTRAL_SYSTEM, call("NoSuchThing"), NOW) == {}


def test_an_answer_can_be_changed_without_changing_the_next_one(call: MakeCall) -> None:
    """Editing a default answer by hand would change the table."""
    for action in ("ClearCache", "ClearTariffs"):
        answer = answer_to(Version.V21, Role.CHARGE_POINT, call(action), NOW)
        before = repr(answer)
        answer["status"] = "Rejected"
        for value in answer.values():
            if isinstance(value, list):
                value[0]["status"] = "Rejected"
        assert repr(answer_to(Version.V21, Role.CHARGE_POINT, call(action), NOW)) == before


def test_the_time_and_the_interval_of_a_registration(call: MakeCall, version: Version) -> None:
    answer = answer_to(version, Role.CENTRAL_SYSTEM, call("BootNotification"), NOW, interval=86400)
    assert answer == {"currentTime": TIME, "interval": 86400, "status": "Accepted"}
    assert answer_to(version, Role.CENTRAL_SYSTEM, call("Heartbeat"), NOW) == {"currentTime": TIME}


def test_token_info_is_present_only_if_the_call_has_a_token(call: MakeCall) -> None:
    """A 1.6 StopTransaction without idTag gets no idTagInfo; E01.FR.12 says the same for 2.x."""
    stop = {"transactionId": 1, "meterStop": 2, "timestamp": TIME}
    ask = answer_to
    assert ask(Version.V16, Role.CENTRAL_SYSTEM, call("StopTransaction", stop), NOW) == {}
    with_tag = call("StopTransaction", {**stop, "idTag": "A"})
    blocked = ask(Version.V16, Role.CENTRAL_SYSTEM, with_tag, NOW, token_info={"status": "Blocked"})
    assert blocked == {"idTagInfo": {"status": "Blocked"}}
    event = {"idToken": {"idToken": "A", "type": "Central"}}
    assert ask(Version.V201, Role.CENTRAL_SYSTEM, call("TransactionEvent"), NOW) == {}
    assert "idTokenInfo" in ask(Version.V201, Role.CENTRAL_SYSTEM, call("TransactionEvent", event), NOW)


def test_a_contract_certificate_gets_a_status_and_a_bare_token_none(call: MakeCall) -> None:
    token = {"idToken": {"idToken": "DE-ABC", "type": "eMAID"}}
    plain = answer_to(Version.V201, Role.CENTRAL_SYSTEM, call("Authorize", token), NOW)
    assert "certificateStatus" not in plain
    contract = call("Authorize", {**token, "certificate": "-----BEGIN"})
    assert answer_to(Version.V201, Role.CENTRAL_SYSTEM, contract, NOW)["certificateStatus"] == "Accepted"
    refused = answer_to(Version.V201, Role.CENTRAL_SYSTEM, contract, NOW, token_info={"status": "Expired"})
    assert refused["certificateStatus"] == "ContractCancelled"


def test_each_requested_item_gets_its_result(call: MakeCall) -> None:
    """A peer could not match the results to its items, which it does by component and variable, or by id."""
    items = [
        {"component": {"name": name}, "variable": {"name": "HeartbeatInterval"}}
        for name in ("OCPPCommCtrlr", "NoSuchCtrlr")
    ]
    got = answer_to(Version.V21, Role.CHARGE_POINT, call("GetVariables", {"getVariableData": items}), NOW)
    assert [result["attributeStatus"] for result in got["getVariableResult"]] == ["Accepted", "UnknownComponent"]
    assert [result["component"] for result in got["getVariableResult"]] == [item["component"] for item in items]

    cleared = answer_to(Version.V21, Role.CHARGE_POINT, call("ClearVariableMonitoring", {"id": [4, 7]}), NOW)
    assert [result["id"] for result in cleared["clearMonitoringResult"]] == [4, 7]

    hashes = {"hashAlgorithm": "SHA512", "issuerNameHash": "a", "issuerKeyHash": "b", "serialNumber": "c"}
    asked = [{"certificateHashData": hashes, "source": "CRL", "urls": ["https://a"]}] * 2
    chain = call("GetCertificateChainStatus", {"certificateStatusRequests": asked})
    answer = answer_to(Version.V21, Role.CENTRAL_SYSTEM, chain, NOW)
    assert [(r["certificateHashData"], r["source"]) for r in answer["certificateStatus"]] == [(hashes, "CRL")] * 2
    assert answer["certificateStatus"][0]["nextUpdate"] == "2026-11-23T10:02:03.120Z"


def test_values_repeated_from_the_call(call: MakeCall) -> None:
    vat = call("VatNumberValidation", {"vatNumber": "NL1", "evseId": 2})
    expected = {"vatNumber": "NL1", "evseId": 2, "status": "Rejected"}
    assert answer_to(Version.V21, Role.CENTRAL_SYSTEM, vat, NOW) == expected
    schedule = call("GetCompositeSchedule", {"connectorId": 2, "duration": 600, "chargingRateUnit": "W"})
    answer = answer_to(Version.V16, Role.CHARGE_POINT, schedule, NOW)
    assert (answer["connectorId"], answer["scheduleStart"]) == (2, TIME)
    assert (answer["chargingSchedule"]["duration"], answer["chargingSchedule"]["chargingRateUnit"]) == (600, "W")
    keys = call("GetConfiguration", {"key": ["heartbeatinterval", "Nonsense", "AuthorizationKey"]})
    got = answer_to(Version.V16, Role.CHARGE_POINT, keys, NOW)
    assert [entry["key"] for entry in got["configurationKey"]] == ["HeartbeatInterval"]
    assert got["unknownKey"] == ["Nonsense", "AuthorizationKey"]


def test_the_versions_differ_where_necessary(call: MakeCall) -> None:
    charge_point, central_system = Role.CHARGE_POINT, Role.CENTRAL_SYSTEM
    assert answer_to(Version.V16, charge_point, call("GetLocalListVersion"), NOW) == {"listVersion": 0}
    assert answer_to(Version.V21, charge_point, call("GetLocalListVersion"), NOW) == {"versionNumber": 0}
    assert answer_to(Version.V16, charge_point, call("UpdateFirmware"), NOW) == {}
    assert answer_to(Version.V201, charge_point, call("UpdateFirmware"), NOW) == {"status": "Accepted"}
    assert answer_to(Version.V201, central_system, call("NotifyEVChargingNeeds"), NOW) == {"status": "Rejected"}
    needs_21 = answer_to(Version.V21, central_system, call("NotifyEVChargingNeeds"), NOW)
    assert needs_21 == {"status": "NoChargingProfile"}
