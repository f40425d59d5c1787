"""What our charge point promises about charges, it does: seen by a central system made of `websockets` alone.

If one of these fails, a backend is tried against a charge point that promises and does not act, and passes here where
it fails with a real one. The sockets are real; the time jumps (`tests.kit.quick_time`).
"""

from __future__ import annotations

import pytest

from ocpptui.ocpp.date_times import DAY, SECOND, date_time, time_of
from ocpptui.ocpp.version import Version
from tests.interop.bare_central_system import ACCEPTED, BareBench
from tests.interop.promise_stories import (
    Payload,
    energy,
    events,
    every_2x,
    every_version,
    maximum,
    profile,
    reservation,
    reset,
    shown,
    start,
    state,
    stop,
    tell,
)

# -- charging profiles --------------------------------------------------------------------------------------------


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


# -- messages about transactions ----------------------------------------------------------------------------------


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


# -- reservations -------------------------------------------------------------------------------------------------


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
