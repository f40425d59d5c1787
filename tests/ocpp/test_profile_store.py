"""Which profile replaces or clears which. If these fail, a limit seems to hold that is gone, or the reverse."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.charging_profile import ChargingProfile
from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.profile_store import MAX_PROFILES, ProfileStore, cleared_by, reported_by
from tests.ocpp.profile_contents import HOUR, NOW, profile


def stored(*profiles: ChargingProfile) -> ProfileStore:
    store = ProfileStore()
    for one in profiles:
        store.add(one)
    return store


def ids(store: ProfileStore) -> list[int | None]:
    return [one.id for one in store]


def test_the_same_id_replaces_wherever_it_is() -> None:
    store = stored(profile(1, (0, 6.0)), profile(2, (0, 7.0), level=1))
    assert [one.id for one in store.add(profile(2, (0, 8.0), level=4, connector=2))] == [2]
    assert [(one.id, one.place) for one in store] == [(1, 1), (2, 2)]


def test_in_1_6_the_same_purpose_and_level_replaces_at_the_same_connector() -> None:
    store = stored(profile(1, (0, 6.0)), profile(2, (0, 7.0), connector=2), profile(3, (0, 7.0)))
    assert ids(store) == [2, 3]
    later: dict[str, Any] = {"validFrom": date_time(NOW + HOUR)}
    assert [one.id for one in store.add(profile(4, (0, 7.0), **later))] == [3]


def test_in_2_x_profiles_of_one_level_exist_side_by_side_if_they_are_never_valid_together() -> None:
    today: dict[str, Any] = {"validTo": date_time(NOW + HOUR), "generation": 2}
    tomorrow: dict[str, Any] = {"validFrom": date_time(NOW + HOUR), "generation": 2}
    assert ids(stored(profile(1, (0, 6.0), **today), profile(2, (0, 7.0), **tomorrow))) == [1, 2]
    assert ids(stored(profile(1, (0, 6.0), **today), profile(2, (0, 7.0), generation=2))) == [2]


def test_tx_profiles_of_two_transactions_do_not_replace_each_other() -> None:
    first = profile(1, (0, 6.0), purpose="TxProfile", transactionId=7)
    second = profile(2, (0, 6.0), purpose="TxProfile", transactionId=8)
    assert ids(stored(first, second)) == [1, 2]
    assert ids(stored(first, profile(3, (0, 9.0), purpose="TxProfile"))) == [3]


def test_the_end_of_a_transaction_takes_its_tx_profiles_only() -> None:
    store = stored(
        profile(1, (0, 6.0)),
        profile(2, (0, 6.0), purpose="TxProfile", transactionId=7),
        profile(3, (0, 6.0), purpose="TxProfile", transactionId=8, level=1),
        profile(4, (0, 6.0), purpose="TxProfile", connector=2),
    )
    assert [one.id for one in store.end_transaction(1, "7")] == [2]
    assert [one.id for one in store.end_transaction(2, "9")] == [4]
    assert ids(store) == [1, 3]


@pytest.mark.parametrize(
    ("request_payload", "left"),
    [
        ({"id": 1}, [2, 3, 4]),
        ({"chargingProfileId": 1, "chargingProfileCriteria": {"stackLevel": 3}}, [2, 3, 4]),
        ({"connectorId": 0}, [1, 3, 4]),
        ({"stackLevel": 3}, [1, 2, 4]),
        ({"chargingProfileCriteria": {"evseId": 1, "chargingProfilePurpose": "TxDefaultProfile"}}, [2, 4]),
        ({"chargingProfilePurpose": "ChargingStationExternalConstraints"}, [1, 2, 3, 4]),
        ({}, [4]),
        ({"id": 99}, [1, 2, 3, 4]),
    ],
)
def test_a_request_clears_what_it_names(request_payload: dict[str, Any], left: list[int]) -> None:
    store = stored(
        profile(1, (0, 6.0)),
        profile(2, (0, 6.0), purpose="ChargePointMaxProfile", connector=0),
        profile(3, (0, 6.0), level=3),
        profile(4, (0, 6.0), purpose="ChargingStationExternalConstraints", connector=0, generation=2),
    )
    store.remove(cleared_by(request_payload))
    assert ids(store) == left


def test_a_report_is_asked_for_by_ids_or_by_criteria() -> None:
    one, two = profile(1, (0, 6.0), generation=2), profile(2, (0, 6.0), connector=2, generation=2)
    wanted = [
        ({"chargingProfile": {"chargingProfileId": [2]}}, [2]),
        ({"evseId": 1, "chargingProfile": {}}, [1]),
        ({"chargingProfile": {"stackLevel": 0}}, [1, 2]),
    ]
    for request, expected in wanted:
        assert [each.id for each in (one, two) if reported_by(request)(each)] == expected


def test_a_peer_cannot_fill_the_memory() -> None:
    store = stored(*(profile(number, (0, 6.0), level=number) for number in range(MAX_PROFILES + 5)))
    assert len(ids(store)) == MAX_PROFILES
    assert ids(store)[0] == 5
