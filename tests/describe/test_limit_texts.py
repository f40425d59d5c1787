"""The account of a limit as text and as JSON, of any talk."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.describe.limit_texts import STEPS_SHOWN, limit_json, limit_lines, limit_title
from ocpptui.diagnosis.limit_account import limit_account
from ocpptui.jsontext.unsafe_characters import UNSAFE
from ocpptui.ocpp.version import Version
from ocpptui.stations.profile_history import ProfileHistory
from ocpptui.stations.state import ChargePointState
from ocpptui.stations.updates import fold_call
from tests.diagnosis.charge_talk import ChargeTalk
from tests.ocpp.profile_contents import NOW

SECOND = 1_000_000
DEFAULT = "profile 1 (TxDefaultProfile, stack level 0)"
MAXIMUM = "profile 2 (ChargePointMaxProfile, stack level 0)"


def test_the_text_has_everything_in_its_place() -> None:
    talk = ChargeTalk()
    talk.start()
    talk.set(1, (0, 16.0), (7200, 6.0), validTo="2026-12-01T00:00:00Z")
    talk.set(2, (0, 32.0), {"startPeriod": 60, "limit": 20.0}, level=0, at=0, purpose="ChargePointMaxProfile")
    talk.set(3, status="Rejected")
    talk.meter(15.9, 15.8, 15.9, offered=16.0)
    account = talk.account(place=1)
    assert limit_title(account) == "CP001, connector 1, at record 10, 2026-11-22 10:03:13Z"
    lines = list(limit_lines(account))
    assert lines[lines.index("") + 1 :] == [
        "Limit        16 A on 3 phases (11,040 W), set by profile 1 (TxDefaultProfile, stack level 0)",
        "Drawn        L1 15.9 A, L2 15.8 A, L3 15.9 A at 2026-11-22 10:03:12Z",
        "Offered      16 A",
        "Transaction  7, since 2026-11-22 10:02:04Z",
        "",
        "Profiles",
        f"  * {DEFAULT}, connector 1, Absolute, to 2026-12-01 00:00:00Z, record 3: 16 A, after 2 h 6 A",
        "      It allows 16 A now, which is the limit.",
        f"  * {MAXIMUM}, the whole charge point, Absolute, record 5: 32 A, after 1 min 20 A",
        "      It allows 20 A now, but profile 1 (TxDefaultProfile, stack level 0) allows less.",
        "  - profile 3 (TxDefaultProfile, stack level 0), connector 1, Absolute, record 7: 10 A",
        "      The charge point answered Rejected at 2026-11-22 10:02:11Z.",
        "",
        "Composite schedule for the next 3 h, by these profiles",
        "  10:03:13Z  16 A on 3 phases (11,040 W)  profile 1 (TxDefaultProfile, stack level 0)",
        "  12:02:03Z  6 A on 3 phases (4,140 W)  profile 1 (TxDefaultProfile, stack level 0)",
    ]


def test_a_schedule_with_many_steps_is_cut_in_the_text_only() -> None:
    talk = ChargeTalk()
    talk.set(1, *((second * 60, 6.0 + second % 2) for second in range(60)))
    account = talk.account()
    more = len(account.schedule.periods) - STEPS_SHOWN
    assert more > 0
    assert list(limit_lines(account))[-1] == f"  and {more} more steps"
    assert len(limit_json(account)["compositeSchedule"]["chargingSchedulePeriod"]) == len(account.schedule.periods)


_TIMES = st.sampled_from(
    ["2026-11-22T10:00:00Z", "2026-11-22T10:03:00Z", "2099-01-01T00:00:00Z", "tomorrow", "\x1b[2J"]
)
_TEXTS = st.sampled_from(["Accepted", "Rejected", "Unknown", "a\x1b]0;x\x07", "7", ""])
_NUMBERS = st.integers(-1, 9) | st.sampled_from([0.5, 1e308, -1e308, 2**62, 10**400, True])
_PERIOD = st.fixed_dictionaries(
    {"startPeriod": _NUMBERS}, optional={"limit": _NUMBERS, "numberPhases": _NUMBERS, "setpoint": _NUMBERS}
)
_SCHEDULE = st.fixed_dictionaries(
    {"chargingSchedulePeriod": st.lists(_PERIOD, max_size=3), "chargingRateUnit": st.sampled_from(["A", "W", ""])},
    optional={"startSchedule": _TIMES, "duration": _NUMBERS, "minChargingRate": _NUMBERS},
)
_PURPOSES = [
    "TxProfile", "TxDefaultProfile", "ChargePointMaxProfile", "ChargingStationExternalConstraints", "PriorityCharging",
    "LocalGeneration", "Other\x1b",
]  # fmt: skip
_PROFILE = st.fixed_dictionaries(
    {
        "chargingProfilePurpose": st.sampled_from(_PURPOSES),
        "chargingProfileKind": st.sampled_from(["Absolute", "Recurring", "Relative", "Dynamic", ""]),
        "chargingSchedule": _SCHEDULE | st.lists(_SCHEDULE, max_size=3),
    },
    optional={
        "chargingProfileId": _NUMBERS,
        "id": _NUMBERS,
        "stackLevel": _NUMBERS,
        "recurrencyKind": st.sampled_from(["Daily", "Weekly"]),
        "validFrom": _TIMES,
        "validTo": _TIMES,
        "transactionId": _TEXTS | _NUMBERS,
    },
)
_PLACE = st.integers(0, 2)
_STATUS = st.fixed_dictionaries({"status": _TEXTS})
_SAMPLE = st.fixed_dictionaries(
    {"value": st.sampled_from(["0", "9.9", "16", "1e99", "-5", "x"]), "unit": st.sampled_from(["A", "W", "kW", "V"])},
    optional={
        "measurand": st.sampled_from(["Current.Import", "Current.Offered", "Power.Active.Import", "Voltage", "SoC"]),
        "phase": st.sampled_from(["L1", "L2", "L1-N", "N"]),
    },
)
_EXCHANGES = st.one_of(
    st.tuples(
        st.just("SetChargingProfile"),
        st.fixed_dictionaries({"connectorId": _PLACE, "csChargingProfiles": _PROFILE})
        | st.fixed_dictionaries({"evseId": _PLACE, "chargingProfile": _PROFILE}),
        _STATUS,
    ),
    st.tuples(st.just("ClearChargingProfile"), st.fixed_dictionaries({}, optional={"id": _NUMBERS}), _STATUS),
    st.tuples(
        st.just("StartTransaction"),
        st.fixed_dictionaries({"connectorId": _PLACE, "idTag": _TEXTS}, optional={"timestamp": _TIMES}),
        st.fixed_dictionaries({"transactionId": _NUMBERS}),
    ),
    st.tuples(st.just("StopTransaction"), st.fixed_dictionaries({"transactionId": _NUMBERS}), st.just({})),
    st.tuples(
        st.just("RemoteStartTransaction"),
        st.fixed_dictionaries({"idTag": _TEXTS, "chargingProfile": _PROFILE}, optional={"connectorId": _PLACE}),
        _STATUS,
    ),
    st.tuples(
        st.just("NotifyChargingLimit"),
        st.fixed_dictionaries(
            {
                "chargingLimit": st.just({"chargingLimitSource": "EMS"}),
                "chargingSchedule": st.lists(_SCHEDULE, max_size=2),
            }
        ),
        st.just({}),
    ),
    st.tuples(
        st.just("GetCompositeSchedule"),
        st.fixed_dictionaries({"connectorId": _PLACE}),
        st.fixed_dictionaries({"status": _TEXTS, "chargingSchedule": _SCHEDULE}, optional={"scheduleStart": _TIMES}),
    ),
    st.tuples(
        st.just("MeterValues"),
        st.fixed_dictionaries(
            {
                "connectorId": _PLACE,
                "transactionId": _NUMBERS,
                "meterValue": st.lists(
                    st.fixed_dictionaries({"sampledValue": st.lists(_SAMPLE, max_size=4)}), max_size=2
                ),
            }
        ),
        st.just({}),
    ),
    st.tuples(st.just("BootNotification"), st.just({}), _STATUS),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_EXCHANGES, st.booleans()), max_size=12), _PLACE)
def test_any_talk_has_an_account(talk: list[tuple[tuple[str, Any, Any], bool]], place: int) -> None:
    """Whatever the peers say, there is a reason, JSON that is JSON, and no character that acts on the terminal."""
    history, known = ProfileHistory(), ChargePointState("CP\x1b1", Version.V16)
    for number, ((action, payload, answer), is_answered) in enumerate(talk):
        time = NOW + number * 30 * SECOND
        history.called(action, payload, time, 2 * number)
        fold_call(known, action, payload, time)
        if is_answered:
            history.answered(action, 2 * number, payload, answer, time + SECOND, 2 * number + 1)
    account = limit_account(history, known, place, NOW + 600 * SECOND, 2 * len(talk))
    assert account.reasons
    assert json.loads(json.dumps(limit_json(account)))["record"] == 2 * len(talk) + 1
    for line in (limit_title(account), *limit_lines(account)):
        assert UNSAFE.search(line) is None
