"""What the two sides are called: a line, a column, a key and a path know the same words for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocpptui.importing.fields.field_directions import direction_of
from ocpptui.importing.prefixes.log_prefix import read_prefix
from ocpptui.importing.prefixes.prefix_names import sure_name
from ocpptui.importing.words.name_forms import path_name, without_kind
from ocpptui.importing.words.party_words import CENTRAL_SYSTEM, CHARGE_POINT, SERVER, STATION
from ocpptui.ocpp.version import Direction
from tests.importing.reading import read

CHARGE_POINTS = [
    "charge point", "charging-point", "ChargePoint", "charging station", "Charge_Station", "charge box", "chargebox",
    "charger", "wallbox", "station", "CP",
]  # fmt: skip
STATIONS = [*CHARGE_POINTS, "evse", "client", "device"]
CENTRAL_SYSTEMS = [
    "csms",
    "central system",
    "CentralSystem",
    "central-server",
    "server",
    "backend",
    "cloud",
    "cms",
    "CPO",
    "platform",
]


def _is(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.IGNORECASE) is not None


@pytest.mark.parametrize("station", STATIONS)
@pytest.mark.parametrize("system", CENTRAL_SYSTEMS)
def test_each_word_is_that_of_one_side(station: str, system: str) -> None:
    assert _is(STATION, station) and not _is(CENTRAL_SYSTEM, station) and not _is(SERVER, station)
    assert _is(CENTRAL_SYSTEM, system) and _is(SERVER, system) and not _is(STATION, system)
    assert _is(CHARGE_POINT, station) is (station in CHARGE_POINTS)


@pytest.mark.parametrize("name", ["ocpp-server-2", "my.csms", "csms.example.com", "BACKEND1"])
def test_a_central_system_may_have_a_name(name: str) -> None:
    assert _is(SERVER, name) and not _is(CENTRAL_SYSTEM, name)


@pytest.mark.parametrize("station", STATIONS)
@pytest.mark.parametrize("system", CENTRAL_SYSTEMS)
def test_a_line_and_a_field_state_the_same_direction(station: str, system: str) -> None:
    """One logger's arrow would be understood in a column and not in a line."""
    up, down = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
    for said, direction in (
        (f"{station} -> {system}", up),
        (f"{system} -> {station}", down),
        (f"{station} <- {system}", down),
    ):
        assert read_prefix(f"12:00:00 {said} ").direction is direction
        assert direction_of("direction", said).direction is direction


@pytest.mark.parametrize("station", CHARGE_POINTS)
def test_each_word_for_a_charge_point_is_the_key_of_its_name(station: str, tmp_path: Path) -> None:
    """The frames of such a log would be of nobody."""
    key = station.replace(" ", "_")
    assert sure_name(f"12:00:00 {key}=CP-77 received ") == "CP-77"
    query = f"ws://host/ocpp?{key.replace('_', '')}=CP-77"
    assert query[slice(*path_name(query) or (0, 0))] == "CP-77"
    assert without_kind(f"{key.upper()}#CP-77") == "CP-77"
    (tmp_path / "a.log").write_text(f'{key}Id: CP-77 is there\n12:00:00 received [2,"1","Heartbeat",{{}}]\n')
    assert {record.charge_point for record in read(tmp_path / "a.log").records} == {"CP-77"}


@pytest.mark.parametrize("line", ["stations=5", "evseId: '1'", "devices: 3", "chargePoints=12"])
def test_a_number_of_several_or_of_a_part_names_nobody(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(f'{line}\n12:00:00 received [2,"1","Heartbeat",{{}}]\n')
    assert {record.charge_point for record in read(tmp_path / "a.log").records} == {""}


@pytest.mark.parametrize("value", ["reply", "answered", "responding"])
def test_what_answers_is_a_type_of_message_in_a_field(value: str) -> None:
    """A column of types would be taken for that of directions."""
    assert not direction_of("type", value)
    assert read_prefix(f"12:00:00 {value} ").flow is not None


@pytest.mark.parametrize("value", ["snd", "wrote", "transmitting", "rcv", "got"])
def test_what_a_line_says_a_field_may_say(value: str) -> None:
    said, flow = direction_of("dir", value), read_prefix(f"12:00:00 {value} ").flow
    assert flow is None or said.flow is flow
    assert said.flow is not None
