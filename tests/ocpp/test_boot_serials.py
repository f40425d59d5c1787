from __future__ import annotations

import pytest

from ocpptui.ocpp.boot_serials import serial_of, serials_in


@pytest.mark.parametrize(
    ("payload", "serials"),
    [
        ({"chargePointSerialNumber": "A", "chargeBoxSerialNumber": "B"}, ["A", "B"]),
        ({"chargingStation": {"serialNumber": "C"}, "reason": "PowerUp"}, ["C"]),
        ({"chargePointSerialNumber": "", "chargingStation": None}, []),
        ({"chargePointSerialNumber": 17}, ["17"]),
        (["A"], []),
        (None, []),
    ],
)
def test_the_serials_of_each_version_are_found(payload: object, serials: list[str]) -> None:
    """Two chargers whose lines have no name would be one."""
    assert list(serials_in(payload)) == serials
    assert serial_of(payload) == (serials[0] if serials else "")
