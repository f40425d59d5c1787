"""The settings of the standard: one table for 1.6 and 2.x."""

from __future__ import annotations

from ocpptui.ocpp.standard_settings import Access, settings


def test_a_number_is_whole_and_not_negative() -> None:
    """A charge point that took "-1" as an interval would never send meter values again."""
    interval = next(row for row in settings() if row.key == "HeartbeatInterval")
    assert interval.accepts("300")
    assert not any(interval.accepts(value) for value in ("-1", "1.5", "", "many"))


def test_a_charge_point_has_an_evse_for_each_connector() -> None:
    assert {row.evse for row in settings(3)} == {0, 1, 2, 3}
    assert next(row.default for row in settings(3) if row.key == "NumberOfConnectors") == "3"


def test_nobody_reads_a_password() -> None:
    assert [row.key for row in settings() if row.access is Access.WRITE_ONLY] == ["AuthorizationKey"]
