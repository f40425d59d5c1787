"""What our charge point promises about settings, files and its clock, it does: seen by a bare central system.

If one of these fails, a backend is tried against a charge point that promises and does not act, and passes here where
it fails with a real one. The sockets are real; the time jumps (`tests.kit.quick_time`).
"""

from __future__ import annotations

import pytest
from aiohttp import web

from ocpptui.ocpp.date_times import DAY, SECOND, date_time, time_of
from ocpptui.ocpp.version import Version
from tests.interop.bare_central_system import ACCEPTED, BareBench
from tests.interop.promise_stories import (
    V16,
    Payload,
    configure,
    events,
    every_2x,
    every_version,
    read,
    reset,
    start,
    state,
    stop,
    tell,
)
from tests.network.test_file_transfer import http_server

# -- settings -----------------------------------------------------------------------------------------------------


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


# -- security -----------------------------------------------------------------------------------------------------


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


# -- files --------------------------------------------------------------------------------------------------------


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


# -- time ---------------------------------------------------------------------------------------------------------


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
