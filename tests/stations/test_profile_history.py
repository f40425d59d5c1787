"""Which profiles a charge point has, by its messages. If these fail, a limit is explained by what is not there."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.composite_schedule import limit_at
from ocpptui.stations.profile_events import ProfileEnd
from ocpptui.stations.profile_history import KEPT, NOWHERE, PROFILE_ACTIONS, ProfileHistory
from tests.ocpp.profile_contents import NOW, content

SECOND = 1_000_000
ACCEPTED = {"status": "Accepted"}
TX: dict[str, Any] = {"purpose": "TxProfile"}


class ToldHistory:
    """A history that is told one exchange after the other."""

    def __init__(self) -> None:
        self.history = ProfileHistory()
        self.record = 0

    def call(self, action: str, payload: Any, answer: Any = None) -> int:
        call, time = self.record, NOW + self.record * SECOND
        self.history.called(action, payload, time, call)
        self.record += 1
        if answer is not None:
            self.history.answered(action, call, payload, answer, time + SECOND, self.record)
            self.record += 1
        return call

    def set(self, number: int, at: int = 1, status: str = "Accepted", **more: Any) -> None:
        body = content(number, (0, 10.0), **more)
        self.call("SetChargingProfile", {"connectorId": at, "csChargingProfiles": body}, {"status": status})

    def set_2x(self, number: int, at: int = 1, **more: Any) -> None:
        body = content(number, (0, 10.0), generation=2, **more)
        self.call("SetChargingProfile", {"evseId": at, "chargingProfile": body}, ACCEPTED)

    def start(self, transaction: int = 7, at: int = 1, token: str = "A") -> None:
        self.call("StartTransaction", {"connectorId": at, "idTag": token}, {"transactionId": transaction})

    def event(self, kind: str, transaction: str = "t", at: int | None = 1, **more: Any) -> None:
        evse = {} if at is None else {"evse": {"id": at}}
        self.call(
            "TransactionEvent",
            {"eventType": kind, "transactionInfo": {"transactionId": transaction}, **evse, **more},
            {},
        )

    @property
    def ids(self) -> list[int | None]:
        return [profile.id for profile in self.history.installed]

    @property
    def ends(self) -> list[tuple[int | None, str]]:
        return [(former.profile.id, former.why.value) for former in self.history.former]


def test_only_an_accepted_profile_is_there() -> None:
    told = ToldHistory()
    told.set(1)
    told.set(2, status="Rejected", level=1)
    call = told.call("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": content(3, (0, 6.0))})
    assert told.ids == [1]
    assert [one.status for one in told.history.turned_down] == ["Rejected"]
    assert [profile.id for profile in told.history.unanswered.values()] == [3]
    told.history.refused(call, "InternalError", "", NOW, 9)
    assert [one.status for one in told.history.turned_down] == ["Rejected", "InternalError"]
    assert not told.history.unanswered


def test_a_profile_that_replaces_or_clears_another_says_so() -> None:
    told = ToldHistory()
    told.set(1)
    told.set(2)
    told.set(3, level=1)
    told.call("ClearChargingProfile", {"id": 3}, ACCEPTED)
    assert told.ids == [2]
    assert told.ends == [(1, "replaced"), (3, "cleared")]
    assert not told.history.is_complete
    told.call("ClearChargingProfile", {}, {"status": "Unknown"})
    assert told.ends[-1] == (2, ProfileEnd.NOT_THERE)
    assert told.history.is_complete


def test_a_clear_that_fails_leaves_the_profiles() -> None:
    told = ToldHistory()
    told.set(1)
    told.call("ClearChargingProfile", {}, {"status": "Rejected"})
    assert told.ids == [1]


@pytest.mark.parametrize("named", [True, False])
def test_a_profile_in_a_remote_start_belongs_to_the_transaction_that_follows(named: bool) -> None:
    told = ToldHistory()
    place = {"connectorId": 2} if named else {}
    told.call(
        "RemoteStartTransaction", {"idTag": "A", "chargingProfile": content(4, (0, 6.0), **TX), **place}, ACCEPTED
    )
    assert told.ids == []
    told.start(8, at=1, token="B")
    assert told.ids == []
    told.start(9, at=2, token="a")
    assert [(one.id, one.place, one.transaction) for one in told.history.installed] == [(4, 2, "9")]
    told.call("StopTransaction", {"transactionId": 9})
    assert told.ends == [(4, "transaction-ended")]


def test_a_profile_in_a_refused_remote_start_goes_nowhere() -> None:
    told = ToldHistory()
    told.call(
        "RemoteStartTransaction", {"idTag": "A", "chargingProfile": content(4, (0, 6.0), **TX)}, {"status": "Rejected"}
    )
    told.start()
    assert told.ids == []
    assert [one.profile.place for one in told.history.turned_down] == [NOWHERE]


def test_in_2_x_the_remote_start_id_tells_which_transaction_it_is() -> None:
    told = ToldHistory()
    body = content(4, (0, 6.0), generation=2, **TX)
    request = {"idToken": {"idToken": "A"}, "remoteStartId": 5, "chargingProfile": body}
    told.call("RequestStartTransaction", request, ACCEPTED)
    other = {"transactionInfo": {"transactionId": "o", "remoteStartId": 6}}
    told.event("Started", "o", 1, **other)
    assert told.ids == []
    its = {"transactionInfo": {"transactionId": "t", "remoteStartId": 5}}
    told.event("Started", "t", 2, **its)
    assert [(one.id, one.place, one.transaction) for one in told.history.installed] == [(4, 2, "t")]
    told.event("Ended", "T", None)
    assert told.ids == []


def test_a_transaction_that_started_before_the_answer_to_its_request_gets_the_profile_too() -> None:
    told = ToldHistory()
    request = {"idTag": "A", "chargingProfile": content(4, (0, 6.0), **TX)}
    call = told.call("RemoteStartTransaction", request)
    told.start(9, at=2)
    told.history.answered("RemoteStartTransaction", call, request, ACCEPTED, NOW, told.record)
    assert [(one.id, one.place) for one in told.history.installed] == [(4, 2)]


def test_a_tx_profile_gets_the_id_that_its_transaction_gets_later() -> None:
    told = ToldHistory()
    start = {"connectorId": 1, "idTag": "A", "timestamp": "2026-11-22T10:00:00Z"}
    call = told.call("StartTransaction", start)
    told.set(5, **TX)
    told.call("StartTransaction", start)  # sent again, since it had no answer
    assert told.ids == [5]
    told.history.answered("StartTransaction", call, start, {"transactionId": 7}, NOW, told.record)
    assert [one.transaction for one in told.history.installed] == ["7"]
    told.start(8)  # the end of 7 was not recorded
    assert told.ends == [(5, "transaction-ended")]


def test_a_transaction_from_before_the_records_is_known_by_its_meter_values_and_ends() -> None:
    told = ToldHistory()
    told.call("MeterValues", {"connectorId": 1, "transactionId": 7, "meterValue": []}, {})
    assert told.history.running[1].started is None
    told.set(5, **TX)
    told.call("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"}, {})
    assert not told.history.running
    assert told.ends == [(5, "transaction-ended")]
    told.call("MeterValues", {"connectorId": 1, "transactionId": 7, "meterValue": []}, {})
    assert not told.history.running


def test_an_update_of_an_unknown_transaction_shows_that_one_runs() -> None:
    told = ToldHistory()
    told.event("Updated")
    assert (told.history.running[1].id, told.history.running[1].started) == ("t", None)
    told.event("Ended", at=None)
    assert not told.history.running


def test_a_transaction_whose_evse_was_not_recorded_is_known_without_a_place() -> None:
    told = ToldHistory()
    told.event("Updated", at=None)
    assert (list(told.history.unplaced), told.history.running) == (["t"], {})
    told.event("Updated")
    assert (list(told.history.unplaced), list(told.history.running)) == ([], [1])
    told.event("Updated", "u", at=None)
    told.event("Ended", "u", at=None)
    assert not told.history.unplaced


def test_the_schedule_that_the_car_chose_counts() -> None:
    told = ToldHistory()
    body = content(5, (0, 10.0), generation=2)
    body["chargingSchedule"].append({**content(5, (0, 7.0), generation=2)["chargingSchedule"][0], "id": 2})
    told.call("SetChargingProfile", {"evseId": 1, "chargingProfile": body}, ACCEPTED)
    now = NOW + 60 * SECOND
    assert limit_at(told.history.profiles(), 1, now).amperes == 10.0
    told.call("NotifyEVChargingSchedule", {"evseId": 1, "selectedChargingScheduleId": 2}, ACCEPTED)
    assert limit_at(told.history.profiles(), 1, now).amperes == 7.0


def test_a_report_says_what_is_there() -> None:
    told = ToldHistory()
    told.set_2x(1)
    told.set_2x(2, level=1)
    told.call("GetChargingProfiles", {"requestId": 9, "chargingProfile": {}}, ACCEPTED)
    reported = [content(2, (0, 10.0), generation=2, level=1), content(3, (0, 8.0), generation=2, level=4)]
    for part, tbc in zip(reported, (True, False), strict=True):
        told.call("ReportChargingProfiles", {"requestId": 9, "evseId": 1, "chargingProfile": [part], "tbc": tbc}, {})
    assert told.ids == [2, 3]
    assert told.ends == [(1, "not-there")]
    assert told.history.is_complete


def test_a_report_on_a_part_does_not_end_the_others() -> None:
    told = ToldHistory()
    told.set_2x(1)
    told.call("GetChargingProfiles", {"requestId": 9, "evseId": 2, "chargingProfile": {}}, ACCEPTED)
    part = [content(2, (0, 10.0), generation=2)]
    told.call("ReportChargingProfiles", {"requestId": 9, "evseId": 2, "chargingProfile": part}, {})
    assert told.ids == [1, 2]


def test_after_a_restart_only_what_the_standard_keeps_is_sure() -> None:
    told = ToldHistory()
    told.set(1)
    told.set_2x(2, level=1)
    told.set_2x(3, **TX)
    told.call("BootNotification", {}, ACCEPTED)
    told.set_2x(4, level=2, **TX)
    unsure = [profile.id for profile in told.history.installed if told.history.may_have_lost(profile)]
    assert unsure == [1, 3]
    told.call("GetChargingProfiles", {"requestId": 9, "chargingProfile": {}}, ACCEPTED)
    told.call(
        "ReportChargingProfiles",
        {"requestId": 9, "evseId": 1, "chargingProfile": [content(3, (0, 10.0), generation=2, **TX)]},
        {},
    )
    assert [profile.id for profile in told.history.installed if told.history.may_have_lost(profile)] == []


def test_limits_from_several_sources_hold_side_by_side() -> None:
    told = ToldHistory()
    for source, limit in (("EMS", 9.0), ("SO", 12.0)):
        schedule = [{"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}]
        told.call(
            "NotifyChargingLimit", {"chargingLimit": {"chargingLimitSource": source}, "chargingSchedule": schedule}
        )
    now = NOW + 60 * SECOND
    assert limit_at(told.history.profiles(), 1, now).amperes == 9.0
    told.call("ClearedChargingLimit", {"chargingLimitSource": "EMS"}, {})
    assert limit_at(told.history.profiles(), 1, now).amperes == 12.0


def test_priority_charging_is_activated_and_ends_with_its_transaction() -> None:
    told = ToldHistory()
    told.event("Started")
    told.call("UsePriorityCharging", {"transactionId": "t", "activate": True}, ACCEPTED)
    assert told.history.situations()[1].priority
    told.call("NotifyPriorityCharging", {"transactionId": "T", "activated": False}, {})
    assert not told.history.situations()[1].priority
    told.call("NotifyPriorityCharging", {"transactionId": "t", "activated": True}, {})
    told.event("Ended")
    assert not told.history.priority


def test_a_dynamic_profile_takes_the_values_of_its_updates() -> None:
    told = ToldHistory()
    told.set_2x(5, kind="Dynamic", start=None)
    told.call("UpdateDynamicSchedule", {"chargingProfileId": 5, "scheduleUpdate": {"limit": 7.0}}, ACCEPTED)
    now = NOW + 60 * SECOND
    assert limit_at(told.history.profiles(), 1, now).amperes == 7.0
    told.call("PullDynamicScheduleUpdate", {"chargingProfileId": 5}, {**ACCEPTED, "scheduleUpdate": {"limit": 8.0}})
    assert limit_at(told.history.profiles(), 1, now).amperes == 8.0
    told.call(
        "UpdateDynamicSchedule", {"chargingProfileId": 5, "scheduleUpdate": {"limit": 9.0}}, {"status": "Rejected"}
    )
    assert limit_at(told.history.profiles(), 1, now).amperes == 8.0


def test_nothing_grows_without_bound() -> None:
    """A load test of a million profiles, or a hostile peer, must not fill the memory."""
    told = ToldHistory()
    for number in range(3 * KEPT):
        told.set(number, at=number, status=("Accepted", "Rejected", "Accepted")[number % 3])
        told.set(number, at=number + 1)
        told.call("SetChargingProfile", {"connectorId": number, "csChargingProfiles": content(number, (0, 6.0))})
        told.start(number, at=number)
        told.event("Started", f"t{number}", number)
        told.call("GetChargingProfiles", {"requestId": number, "chargingProfile": {}})
        told.call("NotifyChargingLimit", {"chargingLimit": {"chargingLimitSource": str(number)}})
    history = told.history
    sizes: list[Sized] = [
        history.former,
        history.turned_down,
        history.unanswered,
        history.running,
        history.ended,
        history.outside,
    ]
    assert all(0 < len(one) <= KEPT for one in sizes)


_KEYS = [
    "connectorId", "evseId", "csChargingProfiles", "chargingProfile", "status", "transactionId", "idTag", "evse", "id",
    "transactionInfo", "eventType", "requestId", "chargingSchedule", "chargingLimit", "scheduleUpdate",
    "chargingProfileId",
]  # fmt: skip
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["Accepted", "Started", "Ended"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=12,
)


@given(st.lists(st.tuples(st.sampled_from(sorted(PROFILE_ACTIONS)), _ANYTHING, _ANYTHING), max_size=8))
def test_any_payload_is_taken(talk: list[tuple[str, Any, Any]]) -> None:
    """A capture may hold anything; the pane must not crash on it."""
    told = ToldHistory()
    for action, payload, answer in talk:
        told.call(action, payload, answer)
    assert limit_at(told.history.profiles(), 1, NOW, situations=told.history.situations()).phases <= 3
