"""The fields of the Common Event Format under the names that their labels have."""

from __future__ import annotations

import pytest

from ocpptui.importing.lines.cef_fields import cef_unescaped, with_own_names


@pytest.mark.parametrize(
    ("prefix", "rest", "expected"),
    [
        ("cs1Label=ChargePoint cs1=CP-77 msg=", "", "ChargePoint=CP-77 msg="),
        ("cs1=CP-77 cs1Label=Charge Point msg=", "", "Charge_Point=CP-77  msg="),
        ("cs1=CP-77 msg=", " cs1Label=station", "station=CP-77 msg="),
        ("cn2Label=connector cn2=1 cs1=x msg=", "", "connector=1 cs1=x msg="),
        ("deviceDirection=0 msg=", "", "direction=in msg="),
        ("deviceDirection=1 msg=", "", "direction=out msg="),
        ("deviceDirection=2 msg=", "", "deviceDirection=2 msg="),
    ],
)
def test_a_field_has_the_name_of_its_label(prefix: str, rest: str, expected: str) -> None:
    """The charge point would be called `cs1`."""
    assert with_own_names(prefix, rest)[0].strip() == expected


def test_only_the_escapes_of_the_format_are_undone() -> None:
    """A quotation mark in a string of the frame would end it."""
    assert cef_unescaped(r'{"a":"x\=y","b":"c:\\d","e":"\"f\""}') == r'{"a":"x=y","b":"c:\d","e":"\"f\""}'
