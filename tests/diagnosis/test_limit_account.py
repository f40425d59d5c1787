"""Why a profile that was accepted has no effect. If these fail, the user reads the wrong reason and looks elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocpptui.diagnosis.limit_account import AHEAD, places_of
from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.version import Version
from tests.diagnosis.charge_talk import SECOND, UP, ChargeTalk
from tests.ocpp.profile_contents import HOUR, NOW, content

TX = "TxProfile"
Trace = Callable[[ChargeTalk], object]


def rejected_without_a_transaction(talk: ChargeTalk) -> None:
    talk.set(5, purpose=TX, status="Rejected")


def a_tx_profile_before_any_transaction(talk: ChargeTalk) -> None:
    talk.set(5, purpose=TX)


def a_tx_profile_for_another_transaction(talk: ChargeTalk) -> None:
    talk.start(7)
    talk.set(5, purpose=TX, transactionId="3" if not talk.is_1x else 3)
    talk.meter(16.0, 16.0, 16.0)


def a_tx_profile_after_its_transaction(talk: ChargeTalk) -> None:
    talk.start(7)
    talk.set(5, purpose=TX, transactionId="7" if not talk.is_1x else 7)
    talk.stop(7)
    talk.start(8)


def a_lower_stack_level(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(1, (0, 16.0), level=3)
    talk.set(5, (0, 10.0), level=1)
    talk.meter(16.0, 16.0, 16.0)


def a_default_beside_a_tx_profile(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(1, (0, 16.0), purpose=TX, transactionId="7" if not talk.is_1x else 7)
    talk.set(5, (0, 10.0), level=9)


def a_station_that_allows_less(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(1, (0, 8.0), purpose="ChargePointMaxProfile" if talk.is_1x else "ChargingStationMaxProfile", at=0)
    talk.set(5, (0, 16.0))
    talk.meter(8.0, 8.0, 8.0)


def an_expired_profile(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, validTo=date_time(NOW - HOUR))


def a_profile_that_is_valid_tomorrow(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, validFrom=date_time(NOW + 24 * HOUR))


def a_start_in_local_time_written_as_utc(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, start=NOW + 2 * HOUR)


def a_schedule_that_is_over(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, duration=600)
    talk.meter(16.0, 16.0, 16.0, after=700)


def between_two_nights(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, kind="Recurring", recurrencyKind="Daily", start=NOW - 5 * HOUR, duration=4 * 3600)


def amperes_written_as_watts(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, (0, 16.0), unit="W")
    talk.meter(0.0, 0.0, 0.0)


def watts_written_as_amperes(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, (0, 4140.0))
    talk.meter(16.0, 16.0, 16.0)


def a_limit_that_no_car_can_follow(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, (0, 4.0))
    talk.meter(0.0, 0.0, 0.0)


def a_limit_of_zero(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, (0, 0.0))
    talk.meter(0.0, 0.0, 0.0)


def a_car_that_takes_less(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, (0, 16.0))
    talk.meter(9.8, 9.7, 9.9)


def a_charge_point_that_offers_less(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, (0, 16.0))
    talk.meter(9.8, 9.7, 9.9, offered=10.0)


def a_charge_point_that_ignores_it(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, (0, 10.0))
    talk.meter(15.8, 15.9, 16.0)


def a_car_on_one_phase_of_a_limit_in_watts(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, (0, 6900.0), unit="W")
    talk.meter(10.0, 0.0, 0.0)


def no_answer(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, status=None)


def cleared(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5)
    talk.ask("ClearChargingProfile", {}, {"status": "Accepted"})


def nothing_was_set(talk: ChargeTalk) -> None:
    talk.start()
    talk.meter(16.0, 16.0, 16.0)


def it_works(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5)
    talk.meter(9.8, 9.7, 9.9)


def a_charge_point_that_does_not_switch_phases(talk: ChargeTalk) -> None:
    talk.start()
    talk.set(5, {"startPeriod": 0, "limit": 16.0, "numberPhases": 1})
    talk.meter(15.0, 15.0, 15.0)


RIDDLES: dict[str, tuple[Trace, str]] = {
    "rejected": (rejected_without_a_transaction, "A TxProfile needs a running transaction, and none was known"),
    "no-transaction": (a_tx_profile_before_any_transaction, "A TxProfile counts only while its transaction runs"),
    "other-transaction": (a_tx_profile_for_another_transaction, "It is for transaction 3, but 7 runs."),
    "transaction-ended": (a_tx_profile_after_its_transaction, "It ended with its transaction 7 at "),
    "lower-stack-level": (a_lower_stack_level, "stack level 3) is above it, and only the highest stack level counts."),
    "overruled": (a_default_beside_a_tx_profile, "takes the place of every TxDefaultProfile while it counts."),
    "station-maximum": (a_station_that_allows_less, "allows only 8 A, and the lowest limit counts."),
    "expired": (an_expired_profile, "(validTo), 1 h before."),
    "not-yet-valid": (
        a_profile_that_is_valid_tomorrow,
        "valid only at 2026-11-23 10:02:03Z (validFrom), 1 d later.",
    ),
    "schedule-not-started": (
        a_start_in_local_time_written_as_utc,
        "That is 2 h after the request, so it may be local time",
    ),
    "schedule-finished": (a_schedule_that_is_over, "it lasts 10 min (duration)."),
    "between-recurrences": (between_two_nights, "each time it lasts only 4 h (duration)"),
    "other-unit": (amperes_written_as_watts, "allows 16 W, which looks like a number of amperes"),
    "below-minimum-current": (a_limit_that_no_car_can_follow, "below 6 A a car pauses"),
    "zero-limit": (a_limit_of_zero, "so the car may not charge now."),
    "car-draws-less": (
        a_car_that_takes_less,
        "draws only 9.9 A: the car itself, or something that OCPP does not show",
    ),
    "offered-less": (a_charge_point_that_offers_less, "but the charge point offers only 10 A."),
    "not-followed": (a_charge_point_that_ignores_it, "but the car draws 16 A: the charge point does not follow it."),
    "fewer-phases": (a_car_on_one_phase_of_a_limit_in_watts, "The car uses 1 of 3 phases and draws 2,300 W"),
    "phases-not-followed": (a_charge_point_that_does_not_switch_phases, "draws current on 3 phases"),
    "no-answer": (no_answer, "has no answer so far"),
    "cleared": (cleared, "ClearChargingProfile removed it at "),
    "no-profile": (nothing_was_set, "The records show no charging profile for "),
    "followed": (it_works, "and the car draws 9.9 A."),
}


@pytest.mark.parametrize("version", [Version.V16, Version.V201, Version.V21])
@pytest.mark.parametrize("code", RIDDLES)
def test_the_first_reason_is_the_right_one(code: str, version: Version) -> None:
    trace, sentence = RIDDLES[code]
    talk = ChargeTalk(version)
    trace(talk)
    reasons = talk.account().reasons
    assert reasons[0].code == code
    assert sentence in reasons[0].text
    if code != "no-profile":
        assert "profile 5 (" in reasons[0].text.lower()
        assert reasons[0].record is not None


def codes(talk: ChargeTalk, place: int = 1) -> list[str]:
    return [reason.code for reason in talk.account(place=place).reasons]


def test_a_car_that_takes_less_than_it_is_offered_does_so_itself() -> None:
    talk = ChargeTalk()
    talk.start()
    talk.set(5, (0, 16.0))
    talk.meter(9.8, 9.7, 9.9, offered=16.0)
    assert "the charge point offers 16 A, so the car itself takes less than it may." in talk.account().reasons[0].text
    status = {"connectorId": 1, "status": "SuspendedEV", "errorCode": "NoError"}
    talk.call("StatusNotification", status, {})
    talk.meter(0.0, 0.0, 0.0, offered=16.0)
    assert "It has paused by itself (SuspendedEV)." in talk.account().reasons[0].text


def test_a_fast_charger_is_compared_in_watts() -> None:
    """120 A of direct current at 400 V are within 50 kW, which would be 72 A on three phases of 230 V."""
    talk = ChargeTalk()
    talk.start()
    talk.set(5, (0, 50_000.0), unit="W")
    samples = [
        {"value": value, "measurand": measurand, "unit": unit}
        for value, measurand, unit in (
            ("400", "Voltage", "V"),
            ("120", "Current.Import", "A"),
            ("48", "Power.Active.Import", "kW"),
        )
    ]
    talk.meter(meterValue=[{"timestamp": "2026-11-22T00:00:00Z", "sampledValue": samples}])
    reason = talk.account().reasons[0]
    assert reason.code == "car-draws-less"
    assert "sets the limit of 50,000 W (125 A), but the car draws only 48,000 W" in reason.text


def test_amperes_in_the_thousands_look_like_watts() -> None:
    talk = ChargeTalk()
    watts_written_as_amperes(talk)
    assert "4,140 A, which looks like a number of watts" in talk.account().reasons[0].text


def test_a_reading_from_before_the_limit_says_nothing_about_it() -> None:
    """A car that drew 16 A a second before the limit was lowered does not ignore it."""
    talk = ChargeTalk()
    talk.start()
    talk.meter(16.0, 16.0, 16.0)
    talk.set(5, (0, 10.0))
    assert codes(talk)[0] == "not-measured"
    talk.meter(16.0, 16.0, 16.0, after=2)
    assert (
        "The latest reading, 16 A, came 3.0 s after the change, too soon to judge it." in talk.account().reasons[0].text
    )
    talk.meter(10.0, 10.0, 10.0, after=1)
    assert codes(talk)[0] == "followed"
    talk.meter(16.0, 16.0, 16.0)
    assert codes(talk)[0] == "not-followed"


def test_a_profile_that_is_not_accepted_changes_nothing() -> None:
    talk = ChargeTalk()
    talk.start()
    talk.set(1, (0, 16.0))
    talk.set(5, (0, 6.0), status="Rejected", unit="W")
    account = talk.account()
    assert account.limit.amperes == 16.0
    assert [reason.code for reason in account.reasons[:2]] == ["rejected", "not-measured"]
    assert [(one.profile.id, one.state) for one in account.profiles] == [(1, "in-force"), (5, "refused")]


def test_a_refusal_names_what_in_the_profile_may_be_the_cause() -> None:
    talk = ChargeTalk()
    keys = [
        {"key": "ChargingScheduleAllowedChargingRateUnit", "readonly": True, "value": "Current"},
        {"key": "ChargeProfileMaxStackLevel", "readonly": True, "value": "3"},
        {"key": "ChargingScheduleMaxPeriods", "readonly": True, "value": "2"},
    ]
    talk.ask("GetConfiguration", {}, {"configurationKey": keys})
    for more, sentence in (
        ({"unit": "W"}, "It is in W, and the charge point takes limits only in A."),
        ({"level": 4}, "Its stack level 4 is above the highest that the charge point takes, 3."),
        ({"purpose": "ChargePointMaxProfile"}, "so it belongs to connector or EVSE 0."),
        ({"purpose": "ChargingStationExternalConstraints"}, "Only systems other than the central system set"),
    ):
        talk.set(5, status="Rejected", **more)
        assert sentence in talk.account(place=1).reasons[0].text
    talk.set(5, (0, 6.0), (1, 7.0), (2, 8.0), status="Rejected")
    assert "It has 3 periods, and the charge point takes 2." in talk.account().reasons[0].text
    talk.set(5, (60, 6.0), status="Rejected")
    assert "begins at 60 s, where OCPP asks for 0." in talk.account().reasons[0].text
    talk.set(6, unit="W")
    assert "unit-not-allowed" in codes(talk)


def test_an_error_counts_as_a_refusal() -> None:
    talk = ChargeTalk()
    talk.set(5, status=None)
    talk.say([4, "1", "NotSupported", "no smart charging", {}], UP)
    reason = talk.account().reasons[0]
    assert (reason.code, reason.record) == ("rejected", 1)
    assert "answered NotSupported (no smart charging)" in reason.text


def test_an_earlier_profile_without_effect_is_named_too() -> None:
    """Somebody set it, and wonders, although another profile was set since."""
    talk = ChargeTalk()
    talk.start()
    talk.set(1, purpose=TX, transactionId=0)
    talk.set(2, (0, 8.0), at=0, purpose="ChargePointMaxProfile")
    talk.meter(8.0, 8.0, 8.0)
    reasons = talk.account(place=1).reasons
    assert [reason.code for reason in reasons[:2]] == ["followed", "other-transaction"]
    assert "It is for transaction 0, but 7 runs." in reasons[1].text


def test_a_profile_that_another_one_replaced_unawares_is_named() -> None:
    """1.6: the same id replaces, even at another connector and with another purpose."""
    talk = ChargeTalk()
    talk.start()
    talk.set(1, (0, 10.0))
    talk.set(1, (0, 32.0), purpose="ChargePointMaxProfile", at=0)
    account = talk.account(place=1)
    assert account.limit.amperes == 32.0
    said = next(reason for reason in account.reasons if reason.code == "replaced")
    assert "it has the same id" in said.text


def test_what_the_charge_point_says_of_itself_is_compared() -> None:
    talk = ChargeTalk()
    talk.start()
    talk.set(5, (0, 10.0))
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}]}
    answer = {"status": "Accepted", "connectorId": 1, "chargingSchedule": schedule}
    talk.ask("GetCompositeSchedule", {"connectorId": 1, "duration": 600}, answer)
    said = next(reason for reason in talk.account().reasons if reason.code == "composite-differs")
    assert "the limit is 16 A; by the known profiles it would be 10 A" in said.text
    schedule["chargingSchedulePeriod"] = [{"startPeriod": 0, "limit": 10.0}]
    talk.ask("GetCompositeSchedule", {"connectorId": 1, "duration": 600}, answer)
    assert "composite-differs" not in codes(talk)


def the_profile_is_cleared(talk: ChargeTalk) -> None:
    talk.ask("ClearChargingProfile", {"id": 5} if talk.is_1x else {"chargingProfileId": 5}, {"status": "Accepted"})


def the_profile_is_replaced(talk: ChargeTalk) -> None:
    talk.set(5, (0, 20.0))


def the_transaction_ends(talk: ChargeTalk) -> None:
    talk.stop()


def another_transaction_begins(talk: ChargeTalk) -> None:
    talk.start(8)


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize(
    "change",
    [the_profile_is_cleared, the_profile_is_replaced, the_transaction_ends, another_transaction_begins],
)
def test_what_the_charge_point_said_before_a_change_is_not_held_against_it(change: Trace, version: Version) -> None:
    """Else a charge point that does everything right is said not to apply its profiles."""
    talk = ChargeTalk(version)
    talk.start()
    talk.set(5, (0, 10.0), (1, 16.0), kind="Relative", start=None)
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 32.0}]}
    asked = "connectorId" if talk.is_1x else "evseId"
    answer = {"status": "Accepted", "chargingSchedule" if talk.is_1x else "schedule": schedule}
    talk.ask("GetCompositeSchedule", {asked: 1, "duration": 600}, answer)
    assert "composite-differs" in codes(talk)
    change(talk)
    assert "composite-differs" not in codes(talk)


def test_what_the_charge_point_said_while_another_limit_held_is_not_held_against_it() -> None:
    """A limit from outside that is gone, or priority charging, explains an earlier answer."""
    for action, payload in (
        ("ClearedChargingLimit", {"chargingLimitSource": "EMS", "evseId": 1}),
        ("NotifyPriorityCharging", {"transactionId": "7", "activated": True}),
    ):
        talk = ChargeTalk(Version.V21)
        talk.start()
        limit = {"chargingLimit": {"chargingLimitSource": "EMS"}, "evseId": 1}
        body = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8.0}]}
        talk.call("NotifyChargingLimit", {**limit, "chargingSchedule": [body]}, {})
        schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 32.0}]}
        answer = {"status": "Accepted", "schedule": schedule}
        talk.ask("GetCompositeSchedule", {"evseId": 1, "duration": 600}, answer)
        assert "composite-differs" in codes(talk)
        talk.call(action, payload, {})
        assert "composite-differs" not in codes(talk), action


def test_a_limit_from_outside_is_named() -> None:
    talk = ChargeTalk(Version.V201)
    talk.start()
    talk.set(5, (0, 16.0))
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 7.0}]}
    limit = {"chargingLimit": {"chargingLimitSource": "EMS"}, "chargingSchedule": [schedule]}
    talk.call("NotifyChargingLimit", limit, {})
    account = talk.account(place=1)
    assert account.limit.amperes == 7.0
    assert account.reasons[0].code == "external-limit"
    talk.call("ClearedChargingLimit", {"chargingLimitSource": "EMS"}, {})
    assert talk.account(place=1).limit.amperes == 16.0


def test_what_the_records_cannot_show_is_said() -> None:
    """The records begin in the middle of a session, and the charge point restarts: nothing is claimed to be sure."""
    talk = ChargeTalk()
    talk.meter(16.0, 16.0, 16.0)
    talk.set(5, kind="Relative", start=None)
    assert codes(talk)[-2:] == ["start-unknown", "records-begin-later"]
    talk.call("BootNotification", {"chargePointVendor": "a", "chargePointModel": "b"}, {"status": "Accepted"})
    assert "restarted" in codes(talk)
    talk.ask("ClearChargingProfile", {}, {"status": "Accepted"})
    assert "records-begin-later" not in codes(talk)


def test_a_transaction_without_an_evse_is_not_denied() -> None:
    """2.x names the EVSE only in the first message, which a recording from the middle does not have."""
    talk = ChargeTalk(Version.V201)
    talk.set(5)
    talk.event("Updated", evse=None)
    said = next(reason for reason in talk.account(place=1).reasons if reason.code == "place-unknown")
    assert said.text == "Transaction 7 runs, but no record says at which EVSE."


def test_the_schedules_for_a_car_to_choose_from_are_named() -> None:
    talk = ChargeTalk(Version.V21)
    talk.start()
    body = content(5, (0, 10.0), generation=2)
    body["chargingSchedule"].append({**body["chargingSchedule"][0], "id": 2})
    talk.ask("SetChargingProfile", {"evseId": 1, "chargingProfile": body}, {"status": "Accepted"})
    talk.call("NotifyEVChargingSchedule", {"evseId": 1, "selectedChargingScheduleId": 2}, {"status": "Accepted"})
    said = next(reason for reason in talk.account().reasons if reason.code == "several-schedules")
    assert "has 2 schedules for the car to choose from; it chose that with the id 2." in said.text


def test_what_is_not_computed_is_said() -> None:
    talk = ChargeTalk(Version.V21)
    talk.start()
    talk.set(5, maxOfflineDuration=60)
    said = next(reason for reason in talk.account().reasons if reason.code == "not-computed")
    assert "also has maxOfflineDuration, which is not taken into account" in said.text


def test_the_account_holds_at_the_record_and_not_after_it() -> None:
    talk = ChargeTalk()
    talk.start()
    first = talk.set(1, (0, 16.0))
    talk.set(2, (0, 6.0), level=5)
    assert talk.account(first).limit.amperes == 16.0
    assert talk.account().limit.amperes == 6.0
    assert talk.account(first).record == first


def test_the_schedule_looks_ahead_from_the_record() -> None:
    talk = ChargeTalk()
    index = talk.set(5, (0, 16.0), (3600, 8.0), start=NOW)
    account = talk.account(index)
    passed = (account.time - NOW) // SECOND
    assert [(one.start, one.limit) for one in account.schedule.periods] == [(0, 16.0), (3600 - passed, 8.0)]
    assert account.schedule.duration == AHEAD * 3600


def test_the_place_is_that_of_the_record_or_of_the_latest_transaction() -> None:
    talk = ChargeTalk()
    heartbeat = talk.call("Heartbeat", {}, {})
    at_two = talk.set(1, at=2)
    assert talk.account(at_two).place_name == "connector 2"
    assert talk.account(heartbeat).place == 1
    talk.start(at=3)
    stop = talk.stop()
    assert talk.account(stop).place == 3
    assert places_of(talk.reader()) == [2, 3]
    of_2x = ChargeTalk(Version.V201)
    of_2x.start(at=2)
    assert of_2x.account().place_name == "EVSE 2"
    assert of_2x.account(place=0).place_name == "the whole charge point"
