"""The words around the table of settings."""

from __future__ import annotations

from ocpptui.describe.setting_words import changes_in_lines, setting_lines, table_title
from ocpptui.ocpp.secret_names import MASK
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.standard_settings import Access
from ocpptui.ocpp.version import Version
from ocpptui.stations.setting_changes import SettingChange
from ocpptui.stations.setting_messages import Characteristics, SettingNews
from ocpptui.stations.setting_table import SettingTable, SortedBy, with_defaults
from ocpptui.stations.state import ChargePointState


def known_16() -> ChargePointState:
    known = ChargePointState("CP001", Version.V16)
    for news in (
        SettingNews(SettingPlace("ResetRetries"), "1", access=Access.READ_WRITE),
        SettingNews(SettingPlace("ResetRetries"), "2", "RebootRequired"),
        SettingNews(SettingPlace("LightShow"), "on", access=Access.READ_ONLY),
        SettingNews(SettingPlace("LightShow"), "off", "Rejected"),
    ):
        known.settings.take(news, 0)
    return known


def test_the_title_counts_what_needs_attention() -> None:
    known = known_16()
    table = SettingTable(known.settings)
    assert table_title("CP001", known, table, "") == (
        "Configuration of CP001 · OCPP 1.6 · 2 settings, 1 after a reboot, 1 refused",
        "",
    )
    table.want(SettingChange(SettingPlace("A"), "1"))
    table.words, table.order, table.comparison = "x", SortedBy.NAME, with_defaults(known.settings)
    title, below = table_title("CP001", known, table, "2 keys read")
    assert title.endswith("1 not sent")
    assert below == "0 differences from the standard · by name · 2 keys read"
    assert table_title("CP002", None, SettingTable(ChargePointState("CP002").settings), "") == (
        "Configuration of CP002 · 0 settings",
        "",
    )


def test_a_setting_is_explained() -> None:
    rows = SettingTable(known_16().settings).rows
    assert setting_lines(rows[0]) == [
        "ResetRetries · whole number, at least 0 · writable",
        "How often a reset that failed is tried again.",
    ]
    assert setting_lines(rows[1])[1].startswith("Not a setting of the standard")
    known = ChargePointState("CP001", Version.V201)
    place = SettingPlace("RateUnit", "SmartChargingCtrlr")
    said = Characteristics("MemberList", members=("A", "W"))
    known.settings.take(SettingNews(place, "A", characteristics=said), 0)
    assert setting_lines(SettingTable(known.settings).rows[0])[2] == "One or more of A, W"


def test_changes_are_listed_with_the_value_before_and_no_secret() -> None:
    """Whoever looks over the user's shoulder would read the password."""
    changes = [
        SettingChange(SettingPlace("ResetRetries"), "5"),
        SettingChange(SettingPlace("AuthorizationKey"), "0123456789abcdef"),
        SettingChange(SettingPlace("New"), ""),
    ]
    assert list(changes_in_lines(known_16().settings, changes, 2)) == [
        "ResetRetries: 1 → 5",
        f"AuthorizationKey: {MASK} → {MASK}",
        "and 1 more",
    ]
    assert list(changes_in_lines(known_16().settings, changes[2:], 2)) == ["New: unknown → empty"]
