"""The tables of settings while no screen shows them. Changes that were kept would be lost, or not be asked about."""

from __future__ import annotations

from ocpptui.compose.setting_sender import SettingSender
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.stations.setting_changes import SettingChange
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.tui.screens.configuration_tables import ConfigurationTables


def tables() -> ConfigurationTables:
    session = Session()
    return ConfigurationTables(session, SettingSender(session), Tasks("test"))


def test_a_table_has_nothing_before_anything_is_known() -> None:
    """The screen could not open for a charge point that has said nothing yet."""
    assert not tables().of("CP1").rows


def test_changes_that_are_not_sent_are_counted_over_all_charge_points() -> None:
    """The question before the end would not name what is lost."""
    made = tables()
    made.of("CP1").want(SettingChange(SettingPlace("HeartbeatInterval"), "60"))
    made.of("CP2").want(SettingChange(SettingPlace("HeartbeatInterval"), "90"))
    made.of("CP1").want(SettingChange(SettingPlace("heartbeatinterval"), "61"))
    assert made.unsent == 2


def test_a_change_is_kept_when_the_first_message_of_a_charge_point_comes() -> None:
    """A user who names a setting before the charge point has said anything would lose what was typed."""
    made = tables()
    made.of("CP1").want(SettingChange(SettingPlace("HeartbeatInterval"), "60"))
    before = made.of("CP1")
    made.session.timeline.append(Record(1, 1, RecordKind.CONNECTION, None, "CP1", detail={"event": "opened"}))
    assert made.session.knowledge.get("CP1") is not None
    assert made.of("CP1") is not before
    assert made.unsent == 1
