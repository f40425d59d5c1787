"""The identifier of a contract. If these fail, a contract that is written with hyphens is refused."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.emaid import is_emaid, same_emaid


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("DE-8AA-A1B2C3D45", "DE8AAA1B2C3D45", True),
        ("de8aaa1b2c3d45", "DE8AAA1B2C3D45", True),
        ("DE8AAA1B2C3D45X", "DE8AAA1B2C3D45", True),
        ("DE8AAA1B2C3D45X", "DE8AAA1B2C3D45Y", False),
        ("DE8AAA1B2C3D46", "DE8AAA1B2C3D45", False),
        ("", "DE8AAA1B2C3D45", False),
    ],
)
def test_an_emaid_is_one_however_it_is_written(one: str, other: str, same: bool) -> None:
    assert same_emaid(one, other) is same


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("DE-8AA-A1B2C3D45-X", True),
        ("de8aaa1b2c3d45", True),
        ("DE8AAA1B2C3D4", False),
        ("", False),
        ("04A2B3C4", False),
    ],
)
def test_it_is_known_by_its_parts(text: str, is_one: bool) -> None:
    assert is_emaid(text) is is_one
