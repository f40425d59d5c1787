from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.schema import Part, schema, schema_file
from ocpptui.ocpp.service_types import CENTRAL_SYSTEM, CHARGE_POINT, services
from ocpptui.ocpp.version import Direction, Role, Version

TO_CSMS = (Direction.TO_CSMS,)
TO_CHARGE_POINT = (Direction.TO_CHARGE_POINT,)
BOTH = (Direction.TO_CSMS, Direction.TO_CHARGE_POINT)


@pytest.mark.parametrize(
    ("version", "package", "folder", "count"),
    [
        ("1.6", "ocpp", "v16/schemas", 78),
        ("2.0", "ocpptui.ocpp", "schemas_2.0", 134),
        ("2.0.1", "ocpp", "v201/schemas", 128),
        ("2.1", "ocpp", "v21/schemas", 181),
    ],
)
def test_every_schema_file_is_reached_and_none_is_invented(version: str, package: str, folder: str, count: int) -> None:
    """No action is missing from forms and lists, and none is offered that has no schema."""
    shipped = {(package, f"{folder}/{file.name}") for file in files(package).joinpath(folder).iterdir()}
    reached = [
        found
        for action in catalog.actions(Version(version))
        for part in Part
        if (found := schema_file(Version(version), action.name, part)) is not None
    ]
    assert len(reached) == len(set(reached)) == count
    assert set(reached) == shipped


@pytest.mark.parametrize("version", [Version.V12, Version.V15, Version.V16])
def test_the_services_of_a_version_have_its_actions(version: Version) -> None:
    """Charge points of OCPP-S have the same actions in forms and lists; 1.6 has security only in JSON."""
    for role, name in ((Role.CHARGE_POINT, CENTRAL_SYSTEM), (Role.CENTRAL_SYSTEM, CHARGE_POINT)):
        listed = {one.name for one in catalog.actions(version, role) if one.block != "Security"}
        assert set(services(version)[name].operations) == listed


@pytest.mark.parametrize("version", Version)
def test_every_schema_that_is_named_can_be_read(version: Version) -> None:
    for action in catalog.actions(version):
        for part in Part:
            assert (schema(version, action.name, part) is None) == (action.is_send and part is Part.RESPONSE)


@pytest.mark.parametrize(
    ("version", "to_csms", "to_charge_point"),
    [(Version.V16, 13, 25), (Version.V20, 25, 41), (Version.V201, 24, 39), (Version.V21, 36, 54)],
)
def test_directions_count_as_in_the_specification(version: Version, to_csms: int, to_charge_point: int) -> None:
    """An action with the wrong direction could not be sent, or would be refused from a peer that may send it."""
    counts = Counter(action.directions for action in catalog.actions(version))
    assert counts == {TO_CSMS: to_csms, TO_CHARGE_POINT: to_charge_point, BOTH: 1}
    assert len(catalog.actions(version)) == to_csms + to_charge_point + 1


@pytest.mark.parametrize(
    ("version", "name", "directions", "block"),
    [
        (Version.V16, "BootNotification", TO_CSMS, "Core"),
        (Version.V16, "SignedUpdateFirmware", TO_CHARGE_POINT, "Security"),
        (Version.V16, "DataTransfer", BOTH, "Core"),
        (Version.V201, "Get15118EVCertificate", TO_CSMS, "M. ISO 15118 Certificate Management"),
        (Version.V201, "CertificateSigned", TO_CHARGE_POINT, "A. Security"),
        (Version.V201, "CancelReservation", TO_CHARGE_POINT, "H. Reservation"),
        (Version.V21, "MeterValues", TO_CSMS, "J. Metering"),
        (Version.V21, "AFRRSignal", TO_CHARGE_POINT, "Q. Bidirectional Power Transfer"),
        (Version.V21, "NotifyDERAlarm", TO_CSMS, "R. DER Control"),
        (Version.V21, "NotifyPeriodicEventStream", TO_CSMS, "N. Diagnostics"),
    ],
)
def test_an_action_has_its_direction_and_block(
    version: Version, name: str, directions: tuple[Direction, ...], block: str
) -> None:
    action = catalog.find_action(version, name)
    assert action is not None
    assert (action.directions, action.block, action.version) == (directions, block, version)


def test_only_one_action_travels_as_send() -> None:
    """A CALL that the form sends as SEND gets no answer ever."""
    sends = [action.name for version in Version for action in catalog.actions(version) if action.is_send]
    assert sends == ["NotifyPeriodicEventStream"]


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("role", Role)
def test_a_role_is_offered_exactly_what_it_may_send(version: Version, role: Role) -> None:
    offered = catalog.actions(version, role)
    assert all(role.sends in action.directions for action in offered)
    for action in catalog.actions(version):
        assert catalog.may_send(version, role, action.name) == (action in offered)


@pytest.mark.parametrize("version", Version)
def test_actions_are_listed_by_name(version: Version) -> None:
    names = [action.name.lower() for action in catalog.actions(version)]
    assert names == sorted(names)


def test_every_action_of_201_is_still_there_in_21() -> None:
    old = {action.name: action.directions for action in catalog.actions(Version.V201)}
    new = {action.name: action.directions for action in catalog.actions(Version.V21)}
    assert old.items() <= new.items()


def test_the_versions_of_an_action_are_listed_oldest_first() -> None:
    assert catalog.versions_of("ReserveNow") == tuple(Version)[1:]
    assert catalog.versions_of("Update15118EVCertificate") == (Version.V20,)


def test_unknown_names_are_none_and_never_an_error() -> None:
    """Action names are case-sensitive on the wire: a wrong case is an unknown action."""
    for name in ("", "heartbeat", "HEARTBEAT", "Heartbeat.req", "HeartbeatRequest", "\ud800"):
        assert catalog.find_action(Version.V16, name) is None
        assert catalog.versions_of(name) == ()
        assert not catalog.may_send(Version.V16, Role.CHARGE_POINT, name)


def test_the_versions_of_an_action_are_reported() -> None:
    assert catalog.versions_of("Heartbeat") == tuple(Version)
    assert catalog.versions_of("StartTransaction") == (Version.V12, Version.V15, Version.V16)
    assert catalog.versions_of("AFRRSignal") == (Version.V21,)
