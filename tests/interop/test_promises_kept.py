"""What our charge point says yes to, it does: seen by a central system that is made of `websockets` alone.

If one of these fails, a backend is tried against a charge point that promises and does not act, and passes here where
it fails with a real one. The sockets are real; the time jumps (`tests.kit.quick_time`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from ocpptui.ocpp.date_times import DAY, SECOND, date_time, time_of
from ocpptui.ocpp.version import Version
from tests.interop.bare_central_system import ACCEPTED, BareBench, bare_bench
from tests.kit.quick_time import in_quick_time
from tests.kit.station_bench import VERSIONS
from tests.network.test_file_transfer import http_server

Payload = dict[str, Any]
Story = Callable[[BareBench], Awaitable[None]]
REJECTED = {"status": "Rejected"}
V16, V201, V21 = VERSIONS


def tell(version: Version, story: Story, **bench: Any) -> None:
    """Run a story at a bench of this version."""

    async def run() -> None:
        async with bare_bench(version, **bench) as at:
            await story(at)

    in_quick_time(run)


every_version = pytest.mark.parametrize("version", VERSIONS, ids=str)
every_2x = pytest.mark.parametrize("version", [V201, V21], ids=str)


# -- what the stories are made of -----------------------------------------------------------------------------------


async def start(at: BareBench, connector: int = 1, token: str = "ABC") -> str:
    """Start a charge remotely; the id of its transaction, as GetTransactionStatus has it."""
    if at.is_1x:
        assert (
            await at.central.status("RemoteStartTransaction", {"idTag": token, "connectorId": connector}) == "Accepted"
        )
        await at.central.first("StatusNotification", connectorId=connector, status="Charging")
        return "41"
    request = {"idToken": {"idToken": token, "type": "Central"}, "remoteStartId": 7, "evseId": connector}
    known = len(at.central.told("TransactionEvent", eventType="Started"))
    assert await at.central.status("RequestStartTransaction", request) == "Accepted"
    started = await at.central.until(lambda: at.central.told("TransactionEvent", eventType="Started")[known:])
    transaction = started[0]["transactionInfo"]["transactionId"]
    await at.central.until(lambda: state(at, transaction) == "Charging")
    return str(transaction)


async def stop(at: BareBench, transaction: str) -> Payload:
    """Stop it remotely; its last message."""
    if at.is_1x:
        assert await at.central.status("RemoteStopTransaction", {"transactionId": int(transaction)}) == "Accepted"
        return await at.central.first("StopTransaction")
    assert await at.central.status("RequestStopTransaction", {"transactionId": transaction}) == "Accepted"
    return await at.central.first("TransactionEvent", eventType="Ended")


def events(at: BareBench, transaction: str = "") -> list[Payload]:
    """The TransactionEvents of a transaction, or of all."""
    told = at.central.told("TransactionEvent")
    return [one for one in told if transaction in ("", one["transactionInfo"]["transactionId"])]


def state(at: BareBench, transaction: str = "") -> str:
    """What a charge was last said to be doing, in the words of 2.x."""
    if at.is_1x:
        statuses = [one["status"] for one in at.central.told("StatusNotification", connectorId=1)]
        return statuses[-1] if statuses else ""
    states = [one["transactionInfo"].get("chargingState") for one in events(at, transaction)]
    return next((one for one in reversed(states) if one is not None), "")


def energy(reading: Payload) -> float:
    """The register in a MeterValue, in Wh."""
    for value in reading["sampledValue"]:
        if value.get("measurand", "Energy.Active.Import.Register") == "Energy.Active.Import.Register":
            return float(value["value"])
    raise AssertionError(reading)


def profile(at: BareBench, limit: float, purpose: str = "TxDefaultProfile", **more: Any) -> Payload:
    """A SetChargingProfile in amperes for connector 1, or for all with a maximum."""
    place = 0 if "Max" in purpose else 1
    periods = more.pop("periods", [{"startPeriod": 0, "limit": limit}])
    now = date_time(at.central.clock() - SECOND)
    schedule = {"startSchedule": now, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    content = {"stackLevel": 0, "chargingProfilePurpose": purpose, "chargingProfileKind": "Absolute"}
    number = more.pop("number", 1)
    if at.is_1x:
        content |= {"chargingProfileId": number, "chargingSchedule": schedule, **more}
        return {"connectorId": place, "csChargingProfiles": content}
    content |= {"id": number, "chargingSchedule": [{"id": 1, **schedule}], **more}
    return {"evseId": place, "chargingProfile": content}


def maximum(at: BareBench) -> str:
    return "ChargePointMaxProfile" if at.is_1x else "ChargingStationMaxProfile"


async def configure(at: BareBench, key: str, place: str, value: str, instance: str = "") -> str:
    """Set a key of 1.6, or the `Component.Variable` of 2.x: the status."""
    if at.is_1x:
        return await at.central.status("ChangeConfiguration", {"key": key, "value": value})
    component, _, variable = place.partition(".")
    named = {"name": variable, **({"instance": instance} if instance else {})}
    item = {"component": {"name": component}, "variable": named, "attributeValue": value}
    answer = await at.central.call("SetVariables", {"setVariableData": [item]})
    return str(answer["setVariableResult"][0]["attributeStatus"])


async def read(at: BareBench, place: str, instance: str = "") -> Payload:
    """What GetVariables says of a `Component.Variable`."""
    component, _, variable = place.partition(".")
    named = {"name": variable, **({"instance": instance} if instance else {})}
    item = {"component": {"name": component}, "variable": named}
    answer = await at.central.call("GetVariables", {"getVariableData": [item]})
    return dict(answer["getVariableResult"][0])


async def reset(at: BareBench) -> str:
    return await at.central.status("Reset", {"type": "Soft" if at.is_1x else "Immediate"})


# -- charging profiles ----------------------------------------------------------------------------------------------


@every_version
@pytest.mark.parametrize("interval", [60, 0])
def test_a_limit_acts_at_once_with_and_without_sampling(version: Version, interval: int) -> None:
    async def story(at: BareBench) -> None:
        transaction = await start(at)
        await at.central.wait(30)
        set_at = at.central.clock()
        assert await at.central.status("SetChargingProfile", profile(at, 0)) == "Accepted"
        await at.central.until(lambda: state(at) == "SuspendedEVSE")
        assert at.central.clock() - set_at < SECOND
        await at.central.wait(120)
        wanted = {"id": 1} if at.is_1x else {"chargingProfileId": 1}
        assert await at.central.status("ClearChargingProfile", wanted) == "Accepted"
        await at.central.until(lambda: state(at) == "Charging")
        last = await stop(at, transaction)
        first = (
            at.central.told("StartTransaction")[0]["meterStart"] if at.is_1x else energy(events(at)[0]["meterValue"][0])
        )
        end = last["meterStop"] if at.is_1x else energy(last["meterValue"][-1])
        assert 50 < end - first < 150, "half a minute of 11 kW, and nothing in the minutes at 0 A"
        if not at.is_1x:
            assert 28 <= last["transactionInfo"]["timeSpentCharging"] <= 35

    tell(version, story, meter_interval=interval)


@every_version
def test_a_period_of_a_schedule_acts_when_it_begins(version: Version) -> None:
    async def story(at: BareBench) -> None:
        await start(at)
        began = at.central.clock()
        steps = [{"startPeriod": 0, "limit": 10.0}, {"startPeriod": 20, "limit": 0.0}]
        assert await at.central.status("SetChargingProfile", profile(at, 0, periods=steps)) == "Accepted"
        await at.central.until(lambda: state(at) == "SuspendedEVSE")
        assert 18 * SECOND <= at.central.clock() - began <= 21 * SECOND

    tell(version, story, meter_interval=0)


@every_version
def test_a_full_battery_is_told_without_sampling(version: Version) -> None:
    async def story(at: BareBench) -> None:
        at.operate("plug-in", "99")
        at.operate("card", "ABC")
        await at.central.until(lambda: state(at) == "Charging")
        await at.central.until(lambda: state(at) == "SuspendedEV")

    tell(version, story, meter_interval=0, speed=50.0)


@every_version
def test_the_limit_of_the_charge_point_is_shared(version: Version) -> None:
    async def story(at: BareBench) -> None:
        for connector in (1, 2):
            at.operate("plug-in", connector=connector)
            at.operate("card", f"CARD{connector}", connector=connector)
            await at.central.wait(2)
        assert await at.central.status("SetChargingProfile", profile(at, 14, maximum(at))) == "Accepted"
        await at.central.wait(30)
        total = 0.0
        for connector in (1, 2):
            trigger: Payload = {"requestedMessage": "MeterValues"}
            trigger |= {"connectorId": connector} if at.is_1x else {"evse": {"id": connector}}
            waiting = len(at.central.told("MeterValues"))
            assert await at.central.status("TriggerMessage", trigger) == "Accepted"
            told = await at.central.more("MeterValues", waiting)
            currents = [
                float(value["value"])
                for value in told[0]["meterValue"][0]["sampledValue"]
                if value.get("measurand") == "Current.Import"
            ]
            total += max(currents)
        assert 13 < total <= 14.1

    tell(version, story, connectors=2, meter_interval=0)


@every_version
@pytest.mark.parametrize("wrong", ["stack level", "periods", "first period", "number of profiles", "order of periods"])
def test_what_the_profile_store_cannot_take_is_refused(version: Version, wrong: str) -> None:
    async def story(at: BareBench) -> None:
        match wrong:
            case "stack level":
                request = profile(at, 10, stackLevel=99)
            case "periods":
                request = profile(at, 0, periods=[{"startPeriod": 60 * n, "limit": 9.0} for n in range(60)])
            case "first period":
                request = profile(at, 0, periods=[{"startPeriod": 5, "limit": 9.0}])
            case "order of periods":
                steps = [{"startPeriod": 0, "limit": 9.0}, {"startPeriod": 60, "limit": 8.0}]
                request = profile(at, 0, periods=[*steps, {"startPeriod": 30, "limit": 7.0}])
            case _:
                for number in range(20):
                    valid = {"validFrom": date_time(at.central.clock() + number * DAY)}
                    valid["validTo"] = date_time(at.central.clock() + number * DAY + 60 * SECOND)
                    level = number % 10 if at.is_1x else 1
                    purpose = "TxDefaultProfile" if number < 10 else maximum(at)
                    filled = profile(at, 9, purpose, number=number + 1, stackLevel=level, **valid)
                    assert await at.central.status("SetChargingProfile", filled) == "Accepted"
                request = profile(at, 9, number=99, stackLevel=10)
        assert await at.central.status("SetChargingProfile", request) == "Rejected"

    tell(version, story)


@every_version
def test_below_6_amperes_the_car_pauses(version: Version) -> None:
    async def story(at: BareBench) -> None:
        await start(at)
        assert await at.central.status("SetChargingProfile", profile(at, 3)) == "Accepted"
        await at.central.until(lambda: state(at) == "SuspendedEVSE")

    tell(version, story, meter_interval=0)


# -- messages about transactions ------------------------------------------------------------------------------------


@every_version
def test_what_happens_offline_is_told_later_in_order_with_its_own_times(version: Version) -> None:
    async def story(at: BareBench) -> None:
        transaction = await start(at)
        await at.central.wait(11)
        action = "MeterValues" if at.is_1x else "TransactionEvent"
        at.central.answers[action] = None
        await at.central.next(action)
        at.operate("offline", "35")
        off = at.central.clock()
        del at.central.answers[action]
        await at.central.until(lambda: len(at.central.upgrades) == 2)
        back = at.central.clock()
        await at.central.wait(12)
        if at.is_1x:
            times = [one["meterValue"][0]["timestamp"] for one in at.central.told("MeterValues")]
        else:
            told = events(at, transaction)
            sequence = list(dict.fromkeys(one["seqNo"] for one in told))
            assert sequence == list(range(len(sequence)))
            late = [one for one in told if off < (time_of(one["timestamp"]) or 0) < back]
            assert late and all(one["offline"] is True for one in late)
            times = [one["timestamp"] for one in told if one["triggerReason"] == "MeterValuePeriodic"]
        found = sorted({time_of(one) or 0 for one in times})
        gaps = [(later - earlier) / SECOND for earlier, later in zip(found, found[1:], strict=False)]
        assert len(found) >= 5 and all(9.5 < gap < 10.5 for gap in gaps), gaps
        assert times == sorted(times)

    tell(version, story, meter_interval=10)


@every_version
def test_a_reading_that_gets_an_error_is_sent_again(version: Version) -> None:
    async def story(at: BareBench) -> None:
        await start(at)
        action = "MeterValues" if at.is_1x else "TransactionEvent"
        at.central.answers[action] = {"errorCode": "InternalError"}
        refused = await at.central.next(action)
        del at.central.answers[action]
        assert await at.central.next(action) == refused

    tell(version, story, meter_interval=10)


@every_2x
def test_messages_in_queue_is_true_while_they_wait(version: Version) -> None:
    async def story(at: BareBench) -> None:
        transaction = await start(at)
        wanted = {"transactionId": transaction}
        at.central.answers["TransactionEvent"] = None
        await at.central.next("TransactionEvent")
        assert (await at.central.call("GetTransactionStatus", wanted))["messagesInQueue"] is True
        del at.central.answers["TransactionEvent"]
        await at.central.next("TransactionEvent")
        await at.central.wait(1)
        assert (await at.central.call("GetTransactionStatus", wanted))["messagesInQueue"] is False

    tell(version, story, meter_interval=100)


@every_version
def test_the_end_of_a_transaction_survives_a_reset(version: Version) -> None:
    async def story(at: BareBench) -> None:
        transaction = await start(at)
        action = "StopTransaction" if at.is_1x else "TransactionEvent"
        at.central.answers[action] = None
        ended = await stop(at, transaction)
        assert await reset(at) == "Accepted"
        await at.central.until(lambda: len(at.central.told("BootNotification")) == 2)
        del at.central.answers[action]
        fields = {} if at.is_1x else {"eventType": "Ended"}
        told = await at.central.until(lambda: at.central.told(action, **fields)[1:])
        assert told[0] == ended

    tell(version, story)


# -- reservations ---------------------------------------------------------------------------------------------------


def reservation(at: BareBench, seconds: int, **more: Any) -> Payload:
    """A ReserveNow of connector 1 for the token DEF."""
    expiry = date_time(at.central.clock() + seconds * SECOND)
    if at.is_1x:
        return {"connectorId": 1, "reservationId": 5, "expiryDate": expiry, "idTag": "DEF", **more}
    token = {"idToken": "DEF", "type": "ISO14443"}
    return {"evseId": 1, "id": 5, "expiryDateTime": expiry, "idToken": token, **more}


def shown(at: BareBench) -> str:
    """The status of connector 1."""
    key = "status" if at.is_1x else "connectorStatus"
    place = {"connectorId": 1} if at.is_1x else {"evseId": 1}
    return str(at.central.told("StatusNotification", **place)[-1][key])


@every_version
def test_a_reservation_survives_a_reset_and_expires(version: Version) -> None:
    async def story(at: BareBench) -> None:
        assert await at.central.status("ReserveNow", reservation(at, 60)) == "Accepted"
        assert await reset(at) == "Accepted"
        await at.central.until(lambda: len(at.central.told("BootNotification")) == 2)
        await at.central.until(lambda: shown(at) == "Reserved")
        await at.central.until(lambda: shown(at) == "Available")
        if not at.is_1x:
            await at.central.first("ReservationStatusUpdate", reservationUpdateStatus="Expired")
        await start(at)

    tell(version, story)


@every_version
def test_a_reservation_ends_when_its_connector_goes_out_of_service(version: Version) -> None:
    async def story(at: BareBench) -> None:
        assert await at.central.status("ReserveNow", reservation(at, 600)) == "Accepted"
        for name in ("Inoperative", "Operative"):
            request: Payload = {"connectorId": 1, "type": name}
            if not at.is_1x:
                request = {"operationalStatus": name, "evse": {"id": 1}}
            assert await at.central.status("ChangeAvailability", request) == "Accepted"
            await at.central.wait(1)
        assert shown(at) == "Available"
        if not at.is_1x:
            assert at.central.told("ReservationStatusUpdate", reservationUpdateStatus="Removed")

    tell(version, story)


@every_version
def test_a_card_of_the_same_group_uses_the_reservation(version: Version) -> None:
    async def story(at: BareBench) -> None:
        if at.is_1x:
            group: Payload = {"parentIdTag": "FAMILY"}
            info: Payload = {"idTagInfo": {**ACCEPTED, "parentIdTag": "FAMILY"}}
        else:
            family = {"idToken": "FAMILY", "type": "Central"}
            group, info = {"groupIdToken": family}, {"idTokenInfo": {**ACCEPTED, "groupIdToken": family}}
        at.central.answers["Authorize"] = info
        assert await at.central.status("ReserveNow", reservation(at, 600, **group)) == "Accepted"
        at.operate("plug-in")
        at.operate("card", "OTHER")
        begun = {"reservationId": 5}
        await at.central.first("StartTransaction" if at.is_1x else "TransactionEvent", **begun)

    tell(version, story)


@every_2x
def test_no_evse_in_particular_cannot_be_reserved(version: Version) -> None:
    async def story(at: BareBench) -> None:
        request = reservation(at, 600)
        del request["evseId"]
        assert await at.central.status("ReserveNow", request) == "Rejected"
        wrong_type = reservation(at, 600, connectorType="cCCS2")
        assert await at.central.status("ReserveNow", wrong_type) == "Rejected"

    tell(version, story)


# -- settings -------------------------------------------------------------------------------------------------------


@every_version
def test_clock_aligned_values_come_with_and_without_a_transaction(version: Version) -> None:
    async def story(at: BareBench) -> None:
        assert await configure(at, "ClockAlignedDataInterval", "AlignedDataCtrlr.Interval", "10") == "Accepted"
        idle = await at.central.next("MeterValues")
        assert idle["meterValue"][0]["sampledValue"][0]["context"] == "Sample.Clock"
        assert (time_of(idle["meterValue"][0]["timestamp"]) or 1) // SECOND % 10 == 0
        await start(at)
        if at.is_1x:
            assert (await at.central.next("MeterValues", transactionId=41))["meterValue"]
        else:
            await at.central.next("TransactionEvent", triggerReason="MeterValueClock")

    tell(version, story, meter_interval=0)


@every_version
def test_pings_come_at_the_interval_that_was_set(version: Version) -> None:
    async def story(at: BareBench) -> None:
        place = "OCPPCommCtrlr.WebSocketPingInterval"
        assert await configure(at, "WebSocketPingInterval", place, "7") == "Accepted"
        at.central.pings.clear()
        await at.central.wait(30)
        gaps = [(b - a) / SECOND for a, b in zip(at.central.pings, at.central.pings[1:], strict=False)]
        assert len(gaps) >= 2 and all(6.9 < gap < 7.2 for gap in gaps)
        at.central.cut()
        await at.central.until(lambda: len(at.central.upgrades) == 2)
        at.central.pings.clear()
        await at.central.wait(30)
        assert len(at.central.pings) >= 3
        assert await configure(at, "WebSocketPingInterval", place, "0") == "Accepted"
        at.central.pings.clear()
        await at.central.wait(120)
        assert not at.central.pings

    tell(version, story)


def test_the_end_carries_the_readings_that_were_wanted() -> None:
    async def story(at: BareBench) -> None:
        register = "Energy.Active.Import.Register"
        assert await configure(at, "StopTxnSampledData", "", register) == "Accepted"
        assert await configure(at, "StopTxnAlignedData", "", register) == "Accepted"
        assert await configure(at, "ClockAlignedDataInterval", "", "30") == "Accepted"
        transaction = await start(at)
        await at.central.wait(65)
        data = (await stop(at, transaction))["transactionData"]
        contexts = {one["sampledValue"][0].get("context") for one in data}
        assert contexts == {"Transaction.Begin", "Sample.Periodic", "Sample.Clock", "Transaction.End"}

    tell(V16, story, meter_interval=20)


@every_2x
def test_the_beginning_carries_the_measurands_that_were_wanted(version: Version) -> None:
    async def story(at: BareBench) -> None:
        place = "SampledDataCtrlr.TxStartedMeasurands"
        assert await configure(at, "", place, "Voltage") == "Accepted"
        await start(at)
        first = events(at)[0]
        assert {one["measurand"] for one in first["meterValue"][0]["sampledValue"]} == {"Voltage"}

    tell(version, story)


@every_version
def test_a_card_of_the_local_list_is_not_asked_about(version: Version) -> None:
    async def story(at: BareBench) -> None:
        if at.is_1x:
            entry: Payload = {"idTag": "ABC", "idTagInfo": ACCEPTED}
            request: Payload = {"listVersion": 1}
        else:
            entry = {"idToken": {"idToken": "ABC", "type": "ISO14443"}, "idTokenInfo": ACCEPTED}
            request = {"versionNumber": 1}
        request |= {"updateType": "Full", "localAuthorizationList": [entry]}
        assert await at.central.status("SendLocalList", request) == "Accepted"
        assert await configure(at, "LocalPreAuthorize", "AuthCtrlr.LocalPreAuthorize", "true") == "Accepted"
        at.operate("plug-in")
        at.operate("card", "ABC")
        await at.central.until(lambda: state(at) == "Charging")
        assert not at.central.told("Authorize")

    tell(version, story)


@every_version
@pytest.mark.parametrize("value", ["Foo.Bar,SoC", "Energy.Active.Export.Register", "SoC,SoC"])
def test_measurands_that_are_not_measured_are_refused(version: Version, value: str) -> None:
    async def story(at: BareBench) -> None:
        for key, place in (
            ("MeterValuesSampledData", "SampledDataCtrlr.TxUpdatedMeasurands"),
            ("MeterValuesAlignedData", "AlignedDataCtrlr.Measurands"),
            ("StopTxnSampledData", "SampledDataCtrlr.TxEndedMeasurands"),
        ):
            assert await configure(at, key, place, value) == "Rejected", key

    tell(version, story)


# -- security -------------------------------------------------------------------------------------------------------


@every_version
@pytest.mark.parametrize("is_accepted", [True, False])
def test_a_new_password_is_used_at_once_and_given_up_where_it_is_refused(version: Version, is_accepted: bool) -> None:
    async def story(at: BareBench) -> None:
        new = "0123456789abcdef" * 2
        old = at.central.upgrades[0]["Authorization"]
        at.central.refuses = lambda headers: (headers["Authorization"] == old) is is_accepted
        assert await configure(at, "AuthorizationKey", "SecurityCtrlr.BasicAuthPassword", new) == "Accepted"
        await at.central.until(lambda: len(at.central.upgrades) >= (2 if is_accepted else 3))
        await at.central.call("TriggerMessage", {"requestedMessage": "Heartbeat"})
        found = [headers["Authorization"] for headers in at.central.upgrades]
        assert found[1] != old
        assert (found[-1] != old) is is_accepted
        assert await reset(at) == "Accepted"
        await at.central.until(lambda: len(at.central.told("BootNotification")) == 2)
        assert (at.central.upgrades[-1]["Authorization"] != old) is is_accepted

    tell(version, story, password="the old password")


def test_no_key_changes_the_security_profile() -> None:
    async def story(at: BareBench) -> None:
        for value in ("1", "2", "3", "0", "7"):
            assert await configure(at, "SecurityProfile", "", value) == "Rejected"

    tell(V16, story)


@every_2x
def test_no_network_profile_is_put_first_that_cannot_be_used(version: Version) -> None:
    """Set it may be; `tests/session/test_connection_plans.py` has those that are used."""

    async def story(at: BareBench) -> None:
        data = {
            "ocppVersion": "OCPP20",
            "ocppInterface": "Wired0",
            "ocppTransport": "JSON",
            "messageTimeout": 30,
            "ocppCsmsUrl": "wss://csms.example/ocpp",
            "securityProfile": 2,
        }
        request = {"configurationSlot": 1, "connectionData": data}
        assert await at.central.status("SetNetworkProfile", request) == "Accepted"
        for wrong in ({"ocppTransport": "SOAP"}, {"ocppCsmsUrl": "ws://csms.example"}, {"securityProfile": 4}):
            changed = {**request, "connectionData": {**data, **wrong}}
            assert await at.central.status("SetNetworkProfile", changed) == "Rejected"
        for value in ("9,banana", "2", "1,2", "1"):  # slot 1 needs a password and a root certificate
            place = "OCPPCommCtrlr.NetworkConfigurationPriority"
            assert await configure(at, "", place, value) == "Rejected"
        assert await configure(at, "", "SecurityCtrlr.SecurityProfile", "2") == "Rejected"

    tell(version, story)


@every_version
def test_a_certificate_that_is_none_is_refused_and_reported(version: Version) -> None:
    async def story(at: BareBench) -> None:
        assert await at.central.status("CertificateSigned", {"certificateChain": "junk"}) == "Rejected"
        station = "ChargePoint" if at.is_1x else "ChargingStation"
        await at.central.first("SecurityEventNotification", type=f"Invalid{station}Certificate")

    tell(version, story)


@every_version
def test_firmware_with_a_wrong_signature_is_refused_and_reported(version: Version) -> None:
    async def story(at: BareBench) -> None:
        firmware = {"location": "http://127.0.0.1:1/fw", "signingCertificate": "x", "signature": "y"}
        firmware["retrieveDateTime"] = date_time(at.central.clock())
        action = "SignedUpdateFirmware" if at.is_1x else "UpdateFirmware"
        assert await at.central.status(action, {"requestId": 1, "firmware": firmware}) == "InvalidCertificate"
        await at.central.first("SecurityEventNotification", type="InvalidFirmwareSigningCertificate")

    tell(version, story)


# -- monitors -------------------------------------------------------------------------------------------------------

HEARTBEAT: Payload = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
POWER: Payload = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
AVAILABILITY: Payload = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "AvailabilityState"}}


async def monitor(at: BareBench, kind: str, value: float, place: Payload, severity: int = 5) -> int:
    item = {"type": kind, "value": value, "severity": severity, **place}
    answer = await at.central.call("SetVariableMonitoring", {"setMonitoringData": [item]})
    (result,) = answer["setMonitoringResult"]
    assert result["status"] == "Accepted", result
    return int(result["id"])


def rung(at: BareBench, number: int) -> list[Payload]:
    """The events of a monitor."""
    told = [data for one in at.central.told("NotifyEvent") for data in one["eventData"]]
    return [data for data in told if data.get("variableMonitoringId") == number]


@every_2x
def test_monitors_ring(version: Version) -> None:
    async def story(at: BareBench) -> None:
        threshold = await monitor(at, "UpperThreshold", 400, HEARTBEAT)
        periodic = await monitor(at, "Periodic", 20, POWER)
        aligned = await monitor(at, "PeriodicClockAligned", 30, POWER, 6)
        delta = await monitor(at, "Delta", 1, AVAILABILITY)
        for value in ("300", "500", "200"):
            assert await configure(at, "", "OCPPCommCtrlr.HeartbeatInterval", value) == "Accepted"
        await at.central.wait(1)
        assert [one.get("cleared", False) for one in rung(at, threshold)] == [False, True]
        at.operate("plug-in")
        await at.central.wait(61)
        assert [one["actualValue"] for one in rung(at, delta)] == ["Occupied"]
        assert len(rung(at, periodic)) == 3
        assert len(rung(at, aligned)) == 2

    tell(version, story)


@every_2x
def test_what_happens_offline_is_told_if_it_is_severe(version: Version) -> None:
    """N07.FR.04: up to OfflineQueuingSeverity; what is less severe is looked at again once it is back."""

    async def story(at: BareBench) -> None:
        place = "MonitoringCtrlr.OfflineQueuingSeverity"
        assert await configure(at, "", place, "4") == "Accepted"
        severe = await monitor(at, "Delta", 1, AVAILABILITY, 4)
        mild = await monitor(at, "Delta", 1, AVAILABILITY, 5)
        at.operate("offline", "60")
        await at.central.wait(1)
        begun = at.central.clock()
        at.operate("plug-in")
        at.operate("unplug")
        at.operate("fault", "GroundFailure")
        at.operate("repair", "GroundFailure")
        await at.central.until(lambda: len(at.central.upgrades) == 2)
        await at.central.wait(5)
        values = [one["actualValue"] for one in rung(at, severe)]
        assert values == ["Occupied", "Available", "Faulted", "Available"]
        assert all((time_of(one["timestamp"]) or 0) - begun < SECOND for one in rung(at, severe))
        assert not rung(at, mild)
        told = [data for one in at.central.told("NotifyEvent") for data in one["eventData"]]
        assert [one["cleared"] for one in told if one.get("techCode") == "GroundFailure"] == [False, True]
        numbers = [one["eventId"] for one in told]
        assert len(set(numbers)) == len(numbers)

    tell(version, story)


def test_a_stream_is_opened_and_sends() -> None:
    async def story(at: BareBench) -> None:
        at.central.answers["OpenPeriodicEventStream"] = ACCEPTED
        item = {"type": "Periodic", "value": 5.0, "severity": 5, "periodicEventStream": {"values": 3}, **POWER}
        answer = await at.central.call("SetVariableMonitoring", {"setMonitoringData": [item]})
        assert answer["setMonitoringResult"][0]["status"] == "Accepted"
        await at.central.first("OpenPeriodicEventStream")
        sent = await at.central.first("NotifyPeriodicEventStream")
        assert [one["t"] for one in sent["data"]] == pytest.approx([0, 5, 10], abs=0.1)
        assert not at.central.told("NotifyEvent")

    tell(V21, story)


# -- the device model -----------------------------------------------------------------------------------------------


@every_2x
def test_every_list_in_the_inventory_says_what_it_may_contain(version: Version) -> None:
    async def story(at: BareBench) -> None:
        request = {"requestId": 3, "reportBase": "FullInventory"}
        assert await at.central.status("GetBaseReport", request) == "Accepted"
        await at.central.first("NotifyReport", tbc=False)
        items = [item for part in at.central.told("NotifyReport") for item in part["reportData"]]
        for item in items:
            characteristics = item["variableCharacteristics"]
            if characteristics["dataType"] in ("OptionList", "MemberList", "SequenceList"):
                assert characteristics["valuesList"], item

    tell(version, story)


@every_2x
def test_what_is_switched_off_refuses(version: Version) -> None:
    async def story(at: BareBench) -> None:
        for component in ("AuthCacheCtrlr", "ReservationCtrlr", "LocalAuthListCtrlr", "MonitoringCtrlr"):
            assert await configure(at, "", f"{component}.Enabled", "false") == "Accepted"
        assert await at.central.status("ClearCache") == "Rejected"
        assert await at.central.status("ReserveNow", reservation(at, 60)) == "Rejected"
        assert await at.central.call("GetLocalListVersion") == {"versionNumber": 0}
        item = {"type": "Delta", "value": 1, "severity": 5, **AVAILABILITY}
        answer = await at.central.call("SetVariableMonitoring", {"setMonitoringData": [item]})
        assert answer["setMonitoringResult"][0]["status"] == "Rejected"

    tell(version, story)


@every_2x
def test_monitors_are_silent_while_monitoring_is_off(version: Version) -> None:
    async def story(at: BareBench) -> None:
        number = await monitor(at, "Delta", 1, AVAILABILITY)
        assert await configure(at, "", "MonitoringCtrlr.Enabled", "false") == "Accepted"
        at.operate("plug-in")
        await at.central.wait(2)
        assert not rung(at, number)

    tell(version, story)


@every_2x
def test_the_version_of_the_local_list_is_that_of_the_last_update(version: Version) -> None:
    async def story(at: BareBench) -> None:
        empty = {"versionNumber": 9, "updateType": "Full"}
        assert await at.central.status("SendLocalList", empty) == "Accepted"
        assert await at.central.call("GetLocalListVersion") == {"versionNumber": 9}
        entry = {"idToken": {"idToken": "ABC", "type": "ISO14443"}, "idTokenInfo": ACCEPTED}
        twice = {"versionNumber": 10, "updateType": "Full", "localAuthorizationList": [entry, entry]}
        assert await at.central.status("SendLocalList", twice) == "Failed"
        assert await at.central.call("GetLocalListVersion") == {"versionNumber": 9}

    tell(version, story)


# -- what 2.1 adds --------------------------------------------------------------------------------------------------


def test_the_answers_of_2_1_agree_with_the_state() -> None:
    async def story(at: BareBench) -> None:
        transaction = await start(at)
        tariff = {"tariffId": "T2", "currency": "EUR"}
        change = {"transactionId": transaction, "tariff": tariff}
        assert await at.central.status("ChangeTransactionTariff", change) == "Accepted"
        await at.central.first("TransactionEvent", triggerReason="TariffChanged")
        unknown = {"transactionId": "none", "activate": True}
        assert await at.central.status("UsePriorityCharging", unknown) == "Rejected"
        token = {"idToken": "ABC", "type": "ISO14443"}
        assert await at.central.status("RequestBatterySwap", {"idToken": token, "requestId": 1}) == "Rejected"
        signal = {"timestamp": date_time(at.central.clock()), "signal": 1}
        assert await at.central.status("AFRRSignal", signal) == "Rejected"

    tell(V21, story)


def test_the_cost_of_a_tariff_is_told() -> None:
    async def story(at: BareBench) -> None:
        tariff = {"tariffId": "T1", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.5}]}}
        assert await at.central.status("SetDefaultTariff", {"evseId": 0, "tariff": tariff}) == "Accepted"
        transaction = await start(at)
        await at.central.wait(130)
        details = (await stop(at, transaction))["costDetails"]
        used = details["totalUsage"]["energy"]
        assert used > 0.3
        assert details["totalCost"]["total"]["exclTax"] == pytest.approx(used * 0.5, abs=0.001)
        assert "costDetails" in next(one for one in events(at) if one["triggerReason"] == "MeterValuePeriodic")

    tell(V21, story)


# -- files ----------------------------------------------------------------------------------------------------------


@every_version
def test_nothing_is_uploaded_where_nobody_listens(version: Version) -> None:
    async def story(at: BareBench) -> None:
        place = "ftp://127.0.0.1:1/up"
        if at.is_1x:
            await at.central.call("GetDiagnostics", {"location": place})
            await at.central.first("DiagnosticsStatusNotification", status="UploadFailed")
        else:
            request = {"logType": "DiagnosticsLog", "requestId": 1, "log": {"remoteLocation": place}}
            assert await at.central.status("GetLog", request) == "Accepted"
            await at.central.first("LogStatusNotification", status="UploadFailure")

    tell(version, story)


@every_version
def test_what_was_uploaded_is_there(version: Version) -> None:
    async def story(at: BareBench) -> None:
        files: list[bytes] = []

        async def handler(request: web.BaseRequest) -> web.StreamResponse:
            files.append(await request.read())
            return web.Response()

        async with http_server(handler) as url:
            if at.is_1x:
                await at.central.call("GetDiagnostics", {"location": f"{url}/up"})
                await at.central.first("DiagnosticsStatusNotification", status="Uploaded")
            else:
                log = {"logType": "DiagnosticsLog", "requestId": 1, "log": {"remoteLocation": f"{url}/up"}}
                assert await at.central.status("GetLog", log) == "Accepted"
                await at.central.first("LogStatusNotification", status="Uploaded")
        assert b"connector 1: Available" in files[0]

    tell(version, story)


@every_version
def test_firmware_is_installed_when_it_was_wanted_and_runs_after_a_boot(version: Version) -> None:
    async def story(at: BareBench) -> None:
        async def handler(request: web.BaseRequest) -> web.StreamResponse:
            return web.Response(body=b"firmware")

        asked = at.central.clock()
        async with http_server(handler) as url:
            place = f"{url}/station-4.5.6.bin"
            if at.is_1x:
                request: Payload = {"location": place, "retrieveDate": date_time(asked + 90 * SECOND)}
                await at.central.call("UpdateFirmware", request)
            else:
                firmware = {"location": place, "retrieveDateTime": date_time(asked)}
                firmware["installDateTime"] = date_time(asked + 90 * SECOND)
                request = {"requestId": 1, "firmware": firmware}
                assert await at.central.status("UpdateFirmware", request) == "Accepted"
            await at.central.first("FirmwareStatusNotification", status="Installed")
        [boot] = at.central.told("BootNotification")[1:]
        assert "4.5.6" in str(boot)
        told = {
            one.payload["status"]: one.time for one in at.central.said if one.action == "FirmwareStatusNotification"
        }
        assert told["Installing"] - asked >= 90 * SECOND
        if not at.is_1x:
            assert boot["reason"] == "FirmwareUpdate"
            assert told["Downloaded"] - asked < 90 * SECOND

    tell(version, story)


# -- time -----------------------------------------------------------------------------------------------------------


@every_version
def test_the_clock_is_that_of_the_central_system(version: Version) -> None:
    async def story(at: BareBench) -> None:
        at.central.ahead = DAY
        assert await at.central.status("TriggerMessage", {"requestedMessage": "Heartbeat"}) == "Accepted"
        await at.central.wait(1)
        at.operate("plug-in")
        await at.central.wait(1)
        stamp = time_of(at.central.told("StatusNotification")[-1]["timestamp"]) or 0
        assert abs(stamp - at.central.clock() - DAY) < 5 * SECOND
        if not at.is_1x:
            shown = time_of((await read(at, "ClockCtrlr.DateTime"))["attributeValue"]) or 0
            assert abs(shown - at.central.clock() - DAY) < 5 * SECOND

    tell(version, story)


@every_2x
def test_after_a_short_break_only_what_has_changed_is_told(version: Version) -> None:
    """B04.FR.01, B04.FR.02: after more than OfflineThreshold, everything."""

    async def story(at: BareBench) -> None:
        for seconds, expected in (("20", 0), ("90", 2)):
            await at.central.wait(1)
            at.central.said.clear()
            upgrades = len(at.central.upgrades)
            at.operate("offline", seconds)
            await at.central.reconnected(upgrades)
            await at.central.wait(5)
            assert len(at.central.told("StatusNotification")) == expected, seconds

    tell(version, story, connectors=2)
