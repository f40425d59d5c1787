"""Who is connected now: a call would go to a connection that was replaced, or the header would show a wrong version."""

from __future__ import annotations

from typing import cast

import pytest

from ocpptui.network.connection import Connection
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.version import Direction, Version
from ocpptui.session.open_connections import OpenConnections


class Leg:
    """A connection that was never on a wire, as far as the list of the open ones looks at it."""

    def __init__(self, number: int, charge_point: str, version: Version | None = Version.V16) -> None:
        self.number = number
        self.charge_point = charge_point
        self.version = version
        self.sends = Direction.TO_CHARGE_POINT
        self.legs: tuple[Leg, ...] = (self,)


def connection(number: int, charge_point: str, version: Version | None = Version.V16) -> Connection:
    return cast(Connection, Leg(number, charge_point, version))


def test_the_newest_of_a_charge_point_is_found_and_after_its_end_the_one_before() -> None:
    found = OpenConnections()
    first, second, other = connection(1, "A"), connection(2, "A", Version.V201), connection(3, "B")
    for one in (first, other, second):
        found.add(one)
    assert found.newest_of("A") is second
    assert list(found.numbers_of("A")) == [1, 2]
    assert found.versions == [Version.V16, Version.V201]
    assert found.remove(second)
    assert found.newest_of("A") is first
    assert found.remove(first)
    assert found.newest_of("A") is None
    assert list(found.by_number) == [3]
    assert found.versions == [Version.V16]


def test_an_end_counts_once() -> None:
    found = OpenConnections()
    one = connection(1, "A")
    found.add(one)
    assert found.remove(one)
    assert not found.remove(one)


def test_both_legs_are_found_by_the_side_that_they_send_to() -> None:
    found = OpenConnections()
    down, up = Leg(1, "A"), Leg(1, "A")
    up.sends = Direction.TO_CSMS
    down.legs = up.legs = (down, up)
    found.add(cast(Connection, down))
    assert cast(Leg, found.leg(1)) is down
    assert cast(Leg, found.leg(1, Direction.TO_CSMS)) is up
    with pytest.raises(NotConnected):
        found.leg(2)
