"""What distinguishes the connections of a log whose lines name no charge point, or the same one."""

from __future__ import annotations

import pytest

from ocpptui.importing.prefixes.connection_spots import (
    connection_spots_in,
    is_number_of_connection,
    numbers_of_connection,
)
from ocpptui.importing.words.line_shapes import without_digits


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        ("INFO session id=ab12cd34 received ", "ab12cd34", "after session id"),
        ("INFO connection 7 received ", "7", "after connection"),
        ("INFO peer 10.0.0.5:51034 received ", "10.0.0.5:51034", "the address"),
        ('[pid 1] write(11, "', "11", "the number of the socket"),
        ("[ocpp-CP#12] received ", "12", "behind the sign #"),
        ("2026/03/14 [info] 7#7: *1042 received ", "*1042", "the number of the socket"),
    ],
)
def test_each_place_is_found_and_said(text: str, name: str, place: str) -> None:
    """Two connections without names would be one, and their ids in flight twice."""
    masked = without_digits(text)
    found = {(text[spot.start : spot.end], spot.place) for spot in connection_spots_in(masked)}
    assert (name, place) in found


@pytest.mark.parametrize(
    ("text", "is_number"),
    [("peer 10.0.0.5:51034 x", True), ("connection 7 x", True), ("fd 0x7fff x", True), ("session_id=CP-77 x", False)],
)
def test_a_name_may_distinguish_connections_too(text: str, is_number: bool) -> None:
    """A number alone is not the name of a charge point; anything else may be one."""
    masked = without_digits(text)
    assert is_number_of_connection(connection_spots_in(masked)[0], masked) is is_number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2026-03-14 10:00:00.000 - debug: ocpp.0 (4179) received ", []),
        ("2026-03-14 10:00:00.000 fronius-wattpilot.12 (4179) received ", []),
        ("2026-03-14 10:00:00.000 DEBUG (12) received ", ["12"]),
    ],
)
def test_the_number_of_a_process_is_not_that_of_a_connection(text: str, numbers: list[str]) -> None:
    """ioBroker writes the process behind each adapter: a log without names would have its number for the charger."""
    assert numbers_of_connection(text) == numbers
