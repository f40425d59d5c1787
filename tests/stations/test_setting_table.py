"""The rows of the table of settings: which, in which order, and how they differ."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.secret_names import MASK
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.standard_settings import Access
from ocpptui.stations.known_settings import KnownSettings
from ocpptui.stations.saved_settings import SavedSetting, SavedSettings
from ocpptui.stations.setting_changes import SettingChange
from ocpptui.stations.setting_messages import SettingNews
from ocpptui.stations.setting_table import (
    SettingTable,
    SortedBy,
    changes_towards,
    with_charge_point,
    with_defaults,
    with_saved,
)

KEYS = {
    "HeartbeatInterval": "300",
    "MeterValueSampleInterval": "60",
    "LocalPreAuthorize": "false",
    "StopTxnSampledData": "Voltage,SoC",
    "AuthorizationKey": MASK,
}


def settings_of(values: dict[str, str]) -> KnownSettings:
    known = KnownSettings()
    for name, value in values.items():
        known.take(SettingNews(SettingPlace(name), value), 1)
    return known


def names(table: SettingTable) -> list[str]:
    return [row.place.name for row in table.rows]


def found(words: str) -> str:
    table = SettingTable(settings_of(KEYS))
    table.words = words
    return table.rows[table.best_match()].place.name


def test_two_letters_find_a_setting() -> None:
    """A change takes six keys and the value only if they do."""
    assert found("he") == "HeartbeatInterval"
    assert found("si") == "MeterValueSampleInterval", "initials"
    assert found("pre") == "LocalPreAuthorize"
    assert found("st") == "StopTxnSampledData"


def test_the_filter_looks_into_names_values_and_meanings() -> None:
    table = SettingTable(settings_of(KEYS))
    table.words = "interval 60"
    assert names(table) == ["MeterValueSampleInterval"]
    table.words = "start at once"
    assert names(table) == ["LocalPreAuthorize"]
    table.words = "no such thing"
    assert table.rows == [] and table.best_match() == 0


@given(st.text(max_size=10))
def test_a_filter_leaves_rows_out_and_makes_none(words: str) -> None:
    table = SettingTable(settings_of(KEYS))
    table.words = words
    assert set(names(table)) <= set(KEYS)
    assert not table.rows or table.best_match() < len(table.rows)


def test_rows_are_sorted_by_key() -> None:
    known = settings_of(KEYS)
    known.take(SettingNews(SettingPlace("LocalPreAuthorize"), "true"), 9)
    table, orders = SettingTable(known), {}
    for _ in SortedBy:
        orders[table.order] = names(table)
        table.order = table.order.next
    assert table.order is SortedBy.REPORTED
    assert orders[SortedBy.REPORTED] == list(KEYS)
    assert orders[SortedBy.NAME] == sorted(KEYS)
    assert orders[SortedBy.CHANGED][0] == "LocalPreAuthorize"
    assert orders[SortedBy.VALUE][:2] == ["MeterValueSampleInterval", "HeartbeatInterval"], "60 before 300"


def test_rows_follow_what_comes_in() -> None:
    known = settings_of({"A": "1"})
    table = SettingTable(known)
    assert names(table) == ["A"]
    known.take(SettingNews(SettingPlace("B"), "1"), 2)
    assert names(table) == ["A", "B"]


def test_only_what_differs_from_another_charge_point_is_shown() -> None:
    other = settings_of(
        {
            "HeartbeatInterval": "60",
            "LocalPreAuthorize": "FALSE",
            "StopTxnSampledData": "SoC, Voltage",
            "AuthorizationKey": "0123",
            "Vendor": "x",
        }
    )
    table = SettingTable(settings_of(KEYS))
    table.comparison = with_charge_point("CP002", other)
    rows = {row.place.name: (row.value, row.other) for row in table.rows}
    assert rows == {
        "HeartbeatInterval": ("300", "60"),
        "MeterValueSampleInterval": ("60", None),
        "Vendor": (None, "x"),
    }, "a switch in another case, a list in another order and a secret do not differ"


def test_only_settings_with_a_default_are_compared_with_the_standard() -> None:
    """What the standard leaves open is no difference."""
    known = settings_of({"HeartbeatInterval": "1", "SecurityProfile": "2", "LocalAuthListEnabled": "False"})
    known.take(SettingNews(SettingPlace("Problem", "EVSE", evse=1), "true"), 1)
    table = SettingTable(known)
    table.comparison = with_defaults(known)
    assert [(row.place.name, row.other) for row in table.rows] == [("SecurityProfile", "0"), ("Problem", "false")]


def test_changes_are_kept_by_setting_and_can_be_looked_through() -> None:
    table = SettingTable(settings_of(KEYS))
    for value in ("5", "6"):
        table.want(SettingChange(SettingPlace("heartbeatinterval"), value))
    table.want(SettingChange(SettingPlace("New"), "x"))
    table.only_wanted = True
    assert [(row.place.name, row.wanted) for row in table.rows] == [("HeartbeatInterval", "6"), ("New", "x")]
    table.discard(SettingPlace("NEW"))
    table.only_wanted = False
    assert [row.wanted for row in table.rows] == ["6", None, None, None, None]


def test_a_file_changes_what_differs_and_can_be_written() -> None:
    """A read-only key, or a secret that was masked, would be refused or overwritten."""
    known = settings_of(KEYS)
    known.take(SettingNews(SettingPlace("NumberOfConnectors"), "2", access=Access.READ_ONLY), 1)
    file = {
        "heartbeatinterval": "60",
        "MeterValueSampleInterval": "60",
        "NumberOfConnectors": "3",
        "AuthorizationKey": MASK,
        "New": "x",
    }
    saved = SavedSettings("CP002", tuple(SavedSetting(SettingPlace(key), value) for key, value in file.items()))
    more = SavedSetting(SettingPlace("Fixed"), "1", Access.READ_ONLY), SavedSetting(SettingPlace("Secret"), None)
    saved = saved._replace(settings=(*saved.settings, *more))
    assert changes_towards(known, saved) == [
        SettingChange(SettingPlace("HeartbeatInterval"), "60"),
        SettingChange(SettingPlace("New"), "x"),
    ]
    table = SettingTable(known)
    table.comparison = with_saved("file", saved)
    assert "MeterValueSampleInterval" not in names(table)
