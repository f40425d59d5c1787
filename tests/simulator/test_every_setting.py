"""Every setting that a central system may change has its effect, in every version; what has none is read-only.

If one of these fails, a backend sets something, hears Accepted, and the charge point goes on as before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509

from ocpptui.ocpp.date_times import DAY
from ocpptui.ocpp.standard_settings import Access, Setting, settings
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.connection_plan import ConnectionFacts, ConnectionPlan
from ocpptui.simulator.effects import ConnectWith
from ocpptui.simulator.token_table import TokenTable, token_table
from ocpptui.unwrapping.signed_meter_values import signed_meter_value_lines
from tests.simulator.call_scenes import ACCEPTED, NETWORK_PROFILE, TOKEN, exceed, is_1x, set_monitor, variable_of
from tests.simulator.conftest import Operate, Operated, SentMessage
from tests.simulator.test_station_clock import Ahead

Change = Callable[[str], None]
Effect = Callable[[Operated, Change], None]
"""Changes the setting as a central system does, once or several times, and asserts what follows."""


def told(at: Operated, action: str, seconds: float) -> int:
    """How many calls of an action come in this time."""
    before = len(at.told(action))
    at.bench.run(seconds)
    return len(at.told(action)) - before


def card(at: Operated, token: str = "ABC") -> None:
    at.operate("plug-in")
    at.operate("card", argument=token)


def runs(at: Operated) -> bool:
    return bool(at.charge_point.device.running())


def readings(at: Operated) -> int:
    return len([one for one in at.told("MeterValues", "TransactionEvent") if "meterValue" in one.payload])


def measurands(at: Operated, index: int = -1) -> set[str]:
    """Those of a message with meter values, the last one if nothing else is said."""
    told = [one.payload for one in at.told("MeterValues", "TransactionEvent") if "meterValue" in one.payload]
    return {value["measurand"] for one in told[index]["meterValue"] for value in one["sampledValue"]}


def heartbeat(at: Operated, change: Change) -> None:
    change("2")
    assert told(at, "Heartbeat", 11) >= 5


def pings(at: Operated, change: Change) -> None:
    change("7")
    at.bench.lose_connection()
    at.bench.run(5)
    assert at.bench.pings == [7, 7]


def sampling(at: Operated, change: Change) -> None:
    change("5")
    at.start()
    before = readings(at)
    at.bench.run(21)
    assert readings(at) - before >= 4


def sampled(at: Operated, change: Change) -> None:
    change("Voltage")
    at.start()
    at.bench.run(61)
    assert measurands(at) == {"Voltage"}


def aligned(at: Operated, change: Change) -> None:
    change("10")
    assert told(at, "MeterValues", 31) == 6, "two connectors"


def aligned_measurands(at: Operated, change: Change) -> None:
    at.configure("ClockAlignedDataInterval", "10")
    change("Voltage")
    at.bench.run(11)
    assert measurands(at) == {"Voltage"}


def aligned_at_the_end(at: Operated, change: Change) -> None:
    at.configure("ClockAlignedDataInterval", "10")
    at.configure("StopTxnSampledData", "")
    change("Voltage")
    at.start()
    at.bench.run(11)
    at.stop(at.transaction)
    data = at.told("StopTransaction")[-1].payload["transactionData"]
    assert {value["measurand"] for one in data for value in one["sampledValue"]} == {"Voltage"}


def sampled_at_the_end(at: Operated, change: Change) -> None:
    change("Voltage")
    at.start()
    at.stop(at.transaction)
    if is_1x(at):
        data = at.told("StopTransaction")[-1].payload["transactionData"]
        assert {value["measurand"] for one in data for value in one["sampledValue"]} == {"Voltage"}
    else:
        assert measurands(at) == {"Voltage"}


def sampled_at_the_beginning(at: Operated, change: Change) -> None:
    change("Voltage")
    at.start()
    assert measurands(at, 0) == {"Voltage"}


def signatures(at: Operated) -> list[dict[str, Any]]:
    """The signed values of one whole charge, as far as it has any."""
    at.bench.said.clear()
    card(at)
    at.operate("stop")
    at.operate("unplug")
    told = [one.payload for one in at.told("TransactionEvent") if "meterValue" in one.payload]
    samples = [sample for one in told for value in one["meterValue"] for sample in value["sampledValue"]]
    return [sample["signedMeterValue"] for sample in samples if "signedMeterValue" in sample]


def signing(at: Operated, change: Change) -> None:
    assert not signatures(at)
    change("true")
    begin, end = signatures(at)
    for one, kinds in ((begin, ["begin"]), (end, ["begin", "end"])):
        _, lines = signed_meter_value_lines(one)
        texts = [str(line) for line in lines]
        assert any("Signature valid" in text for text in texts), texts
        assert sum("reading" in text for text in texts) == len(kinds)


def key_with_signature(at: Operated, change: Change) -> None:
    sign = variable_of("SampledDataCtrlr", "SignReadings", "true")
    at.order("SetVariables", {"setVariableData": [sign]})
    for value, keys in (("Never", [False, False]), ("OncePerTransaction", [True, False])):
        change(value)
        assert [bool(one["publicKey"]) for one in signatures(at)] == keys


def connection_timeout(at: Operated, change: Change) -> None:
    change("15")
    at.operate("card", argument="ABC")
    assert at.charge_point.device.connectors[1].charge is not None
    at.bench.run(15)
    assert at.charge_point.device.connectors[1].charge is None


def remote_authorization(at: Operated, change: Change) -> None:
    change("true")
    at.start()
    assert at.told("Authorize")


def offline_unknown(at: Operated, change: Change) -> None:
    change("true")
    at.operate("offline", argument="40")
    card(at, "NEVER SEEN")
    assert runs(at)


def cache(at: Operated, change: Change) -> None:
    change("false")
    assert at.order("ClearCache") == {"status": "Rejected"}


def send_list(at: Operated) -> None:
    entry = {"idTag": "ABC", "idTagInfo": ACCEPTED} if is_1x(at) else {"idToken": TOKEN, "idTokenInfo": ACCEPTED}
    version = "listVersion" if is_1x(at) else "versionNumber"
    at.order("SendLocalList", {version: 3, "updateType": "Full", "localAuthorizationList": [entry]})


def local_list(at: Operated, change: Change) -> None:
    send_list(at)
    at.configure("LocalPreAuthorize", "true")
    change("false")
    card(at)
    assert at.told("Authorize")


def pre_authorize(at: Operated, change: Change) -> None:
    send_list(at)
    change("true")
    card(at)
    assert runs(at) and not at.told("Authorize")


def offline_list(at: Operated, change: Change) -> None:
    send_list(at)
    change("false")
    at.operate("offline", argument="40")
    card(at)
    assert not runs(at)


def end_at_the_car(at: Operated, change: Change) -> None:
    change("false")
    card(at)
    at.operate("unplug")
    assert runs(at)


def invalid_id(at: Operated, change: Change) -> None:
    change("false")
    central = at.bench.sides[Role.CENTRAL_SYSTEM].behaviour
    assert isinstance(central, CentralSystemBehaviour)
    central.memory.tokens = TokenTable().with_status("Invalid", "ABC")
    at.start()
    assert runs(at)


def master_pass(at: Operated, change: Change) -> None:
    """C16: it starts no transaction, and stops that of anybody; each time the central system is asked."""
    central = at.bench.sides[Role.CENTRAL_SYSTEM].behaviour
    assert isinstance(central, CentralSystemBehaviour)
    central.memory.tokens = token_table('[[token]]\nid = "OFFICER"\ngroup = "POLICE"\n')
    change("police")
    card(at, "OFFICER")
    assert not runs(at)
    at.operate("card", argument="ABC")
    at.operate("card", argument="OTHER")
    assert runs(at)
    at.operate("card", argument="OFFICER")
    ended = at.told("TransactionEvent")[-1].payload
    assert (ended["eventType"], ended["triggerReason"], ended["idToken"]["idToken"]) == (
        "Ended",
        "StopAuthorized",
        "OFFICER",
    )
    assert ended["transactionInfo"]["stoppedReason"] == "MasterPass"
    change("another group")
    at.operate("unplug")
    card(at, "OFFICER")
    assert runs(at), "an ordinary group now"


def attempts(at: Operated, change: Change) -> None:
    change("1")
    action = "MeterValues" if is_1x(at) else "TransactionEvent"
    at.start()
    at.bench.drop = lambda said: said.by is Role.CENTRAL_SYSTEM and said.action == action
    at.bench.run(100)
    assert not any(one.payload == other.payload for one, other in pairs(at, action))


def pairs(at: Operated, action: str) -> list[tuple[SentMessage, SentMessage]]:
    told = at.told(action)
    return [(one, other) for n, one in enumerate(told) for other in told[n + 1 :]]


def retry_interval(at: Operated, change: Change) -> None:
    change("7")
    action = "MeterValues" if is_1x(at) else "TransactionEvent"
    at.start()
    at.bench.drop = lambda said: said.by is Role.CENTRAL_SYSTEM and said.action == action
    at.bench.run(100)
    waits = [(other.time - one.time) / 1e6 for one, other in pairs(at, action) if one.payload == other.payload]
    assert waits and waits[0] == pytest.approx(30 + 7, abs=0.1)


def operator(at: Operated, change: Change) -> None:
    change("Somebody else")
    wanted = "SignChargePointCertificate" if is_1x(at) else "SignChargingStationCertificate"
    at.order("ExtendedTriggerMessage" if is_1x(at) else "TriggerMessage", {"requestedMessage": wanted})
    csr = x509.load_pem_x509_csr(at.told("SignCertificate")[-1].payload["csr"].encode())
    assert "Somebody else" in csr.subject.rfc4514_string()


def password(at: Operated, change: Change) -> None:
    change("0123456789abcdef0123456789abcdef")
    [tried] = plans(at)
    assert tried.password == "0123456789abcdef0123456789abcdef"


def plans(at: Operated) -> list[ConnectionPlan]:
    """How the charge point wanted to connect."""
    return [plan for effect in at.bench.outside if isinstance(effect, ConnectWith) for plan in effect.plans]


def with_password(at: Operated) -> None:
    """It is connected with a password."""
    if is_1x(at):
        at.order("ChangeConfiguration", {"key": "AuthorizationKey", "value": "ab" * 16})
    else:
        at.order("SetVariables", {"setVariableData": [variable_of("SecurityCtrlr", "BasicAuthPassword", "p" * 16)]})
    at.bench.outside.clear()


def set_slot(at: Operated, slot: int, **changed: Any) -> str:
    profile = {"configurationSlot": slot, "connectionData": {**NETWORK_PROFILE, **changed}}
    return str(at.order("SetNetworkProfile", profile)["status"])


def security_profile(at: Operated, change: Change) -> None:
    with_password(at)
    change("1")
    assert [plan.security_profile for plan in plans(at)] == [1]
    (known,) = at.order("GetConfiguration", {"key": ["SecurityProfile"]})["configurationKey"]
    assert known["value"] == "1"


def downgrade(at: Operated, change: Change) -> None:
    at.bench.facts = ConnectionFacts(security_profile=3, is_encrypted=True, has_certificate=True)
    at.bench.lose_connection()
    at.bench.run(5)
    lower = {"ocppCsmsUrl": "wss://other.example", "securityProfile": 2}
    assert set_slot(at, 2, **lower) == "Rejected"
    change("true")
    assert set_slot(at, 2, **lower) == "Accepted"
    assert set_slot(at, 2, securityProfile=1) == "Rejected"


def network_priority(at: Operated, change: Change) -> None:
    with_password(at)
    assert set_slot(at, 3) == "Accepted"
    change("3,1")
    at.order("Reset", {"type": "Immediate"})
    assert [plan.slot for plan in plans(at)] == [3, 1, 3], "slot 1 has a lower security profile than the new one"


def network_attempts(at: Operated, change: Change) -> None:
    assert set_slot(at, 3) == "Accepted"
    change("7")
    at.order("Reset", {"type": "Immediate"})
    assert [plan.attempts for plan in plans(at)] == [7]


def monitoring(at: Operated, change: Change) -> None:
    set_monitor(at)
    change("false")
    assert exceed(at) == 0


def offline_severity(at: Operated, change: Change) -> None:
    for most, events in (("4", 1), ("3", 0)):
        change(most)
        at.operate("offline", argument="30")
        at.bench.said.clear()
        at.operate("fault", 1, "ReaderFailure")
        at.bench.run(40)
        assert len(at.told("NotifyEvent")) == events, "its severity is 4"
        at.operate("repair", 1)


def offline_threshold(at: Operated, change: Change) -> None:
    at.bench.run(1)
    for threshold, statuses in (("60", 0), ("5", 2)):
        change(threshold)
        at.bench.lose_connection(20)
        at.bench.said.clear()
        at.bench.run(40)
        assert len(at.told("StatusNotification")) == statuses


def contracts_offline(at: Operated, change: Change) -> None:
    change("false")
    at.operate("offline", argument="40")
    at.operate("plug-and-charge")
    assert not runs(at)


def contracts(at: Operated, change: Change) -> None:
    change("false")
    assert at.operate("plug-and-charge")


def reservations(at: Operated, change: Change) -> None:
    change("false")
    request = {"id": 5, "evseId": 1, "expiryDateTime": "2026-11-22T12:00:00Z", "idToken": TOKEN}
    assert at.order("ReserveNow", request) == {"status": "Rejected"}


def time_source(at: Operated, change: Change) -> None:
    change("NTP")
    central = at.bench.sides[Role.CENTRAL_SYSTEM]
    central.behaviour = Ahead(at.version, DAY)
    at.bench.run(301)
    assert at.told("Heartbeat")
    assert not at.told("SecurityEventNotification")
    change("Heartbeat")
    at.bench.run(301)
    assert [event.payload["type"] for event in at.told("SecurityEventNotification")] == ["SettingSystemTime"]


EFFECTS: dict[str, Effect] = {
    "AllowOfflineTxForUnknownId": offline_unknown,
    "AuthorizationCacheEnabled": cache,
    "AuthorizationKey": password,
    "AuthorizeRemoteTxRequests": remote_authorization,
    "ClockAlignedDataInterval": aligned,
    "ConnectionTimeOut": connection_timeout,
    "CpoName": operator,
    "HeartbeatInterval": heartbeat,
    "LocalAuthListEnabled": local_list,
    "LocalAuthorizeOffline": offline_list,
    "LocalPreAuthorize": pre_authorize,
    "MeterValueSampleInterval": sampling,
    "MeterValuesAlignedData": aligned_measurands,
    "MeterValuesSampledData": sampled,
    "StopTransactionOnEVSideDisconnect": end_at_the_car,
    "StopTransactionOnInvalidId": invalid_id,
    "StopTxnAlignedData": aligned_at_the_end,
    "StopTxnSampledData": sampled_at_the_end,
    "TransactionMessageAttempts": attempts,
    "TransactionMessageRetryInterval": retry_interval,
    "SecurityProfile": security_profile,
    "WebSocketPingInterval": pings,
    "AuthCtrlr.MasterPassGroupId": master_pass,
    "ClockCtrlr.TimeSource": time_source,
    "ISO15118Ctrlr.ContractValidationOffline": contracts_offline,
    "ISO15118Ctrlr.PnCEnabled": contracts,
    "MonitoringCtrlr.Enabled": monitoring,
    "MonitoringCtrlr.OfflineQueuingSeverity": offline_severity,
    "OCPPCommCtrlr.NetworkConfigurationPriority": network_priority,
    "OCPPCommCtrlr.NetworkProfileConnectionAttempts": network_attempts,
    "OCPPCommCtrlr.OfflineThreshold": offline_threshold,
    "OCPPCommCtrlr.PublicKeyWithSignedMeterValue": key_with_signature,
    "SampledDataCtrlr.SignReadings": signing,
    "ReservationCtrlr.Enabled": reservations,
    "SampledDataCtrlr.TxStartedMeasurands": sampled_at_the_beginning,
    "SecurityCtrlr.AllowSecurityProfileDowngrade": downgrade,
}
"""By the key of 1.6 or, where there is none, by the variable of 2.x."""


def name_of(row: Setting) -> str:
    return row.key or f"{row.component}.{row.variable}"


CHANGEABLE = [row for row in settings() if row.access is not Access.READ_ONLY]
CASES = [
    pytest.param(version, row, id=f"{version}-{name_of(row)}")
    for row in CHANGEABLE
    for version, is_there in ((Version.V16, row.key), (Version.V201, row.component), (Version.V21, row.component))
    if is_there
]


def test_every_setting_that_may_be_changed_is_in_the_table() -> None:
    assert {name_of(row) for row in CHANGEABLE} == set(EFFECTS)


@pytest.mark.parametrize(("version", "row"), CASES)
def test_a_changed_setting_has_its_effect(operate: Operate, version: Version, row: Setting) -> None:
    at = operate(version)

    def change(value: str) -> None:
        if version is Version.V16:
            assert at.order("ChangeConfiguration", {"key": row.key, "value": value}) == ACCEPTED
            return
        named = {"name": row.variable, **({"instance": row.instance} if row.instance else {})}
        item = {"component": {"name": row.component}, "variable": named, "attributeValue": value}
        (result,) = at.order("SetVariables", {"setVariableData": [item]})["setVariableResult"]
        assert result["attributeStatus"] == ("RebootRequired" if row.needs_reboot else "Accepted")

    EFFECTS[name_of(row)](at, change)
