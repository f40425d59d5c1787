from __future__ import annotations

import pytest

from ocpptui.ocpp.version import Direction, Role, Transport, Version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.6", Version.V16),
        ("16", Version.V16),
        ("1.6J", Version.V16),
        ("ocpp1.6", Version.V16),
        ("OCPP2.0.1", Version.V201),
        ("v201", Version.V201),
        ("2.0.1", Version.V201),
        ("2.1", Version.V21),
        ("2.0", Version.V20),
        ("1.5", Version.V15),
        ("ocpp12", Version.V12),
        ("1.4", None),
        ("", None),
        ("latest", None),
    ],
)
def test_a_version_is_understood_as_people_write_it(text: str, version: Version | None) -> None:
    assert Version.parse(text) is version


def test_subprotocols_are_those_of_the_specification() -> None:
    """With a wrong name no charge point could connect."""
    offered = Version.offered(Transport.JSON)
    assert [version.subprotocol for version in offered] == ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"]
    for version in Version:
        assert Version.from_subprotocol(version.subprotocol) is version
    for other in (None, "", "ocpp1.4", "ocpp2", "OCPP1.6", "1.6"):
        assert Version.from_subprotocol(other) is None


def test_only_supported_versions_are_offered() -> None:
    """A charge point accepted with a version that we do not speak would get no answers."""
    assert Version.spoken(Transport.SOAP) == (Version.V12, Version.V15, Version.V16)
    assert Version.offered(Transport.SOAP) == (Version.V16,)
    assert Version.spoken(Transport.JSON) == (Version.V15, Version.V16, Version.V20, Version.V201, Version.V21)
    assert Version.offered(Transport.JSON) == (Version.V16, Version.V201, Version.V21)
    choices = [version.as_choice for version in Version]
    assert choices == ["1.2", "1.5", "1.6", "2.0 (withdrawn)", "2.0.1", "2.1"]


def test_a_version_has_a_generation_and_capabilities() -> None:
    """What differs between 1.x and 2.x is asked of the generation, and holds for every version of it."""
    assert [version.generation for version in Version] == [1, 1, 1, 2, 2, 2]
    assert [version for version in Version if version.has_send or version.has_result_errors] == [Version.V21]


def test_roles_and_directions_are_each_others_opposite() -> None:
    """A message of ours is never shown as the peer's."""
    assert Role.CHARGE_POINT.sends is Direction.TO_CSMS
    assert Role.CENTRAL_SYSTEM.sends is Direction.TO_CHARGE_POINT
    for role in Role:
        assert role.other.other is role
        assert role.other.sends is role.sends.opposite
        assert role.sends.sender is role


def test_a_sentence_names_both_sides_as_people_do() -> None:
    """No sentence about who sent a message shows the name of an option."""
    assert [direction.sender.words for direction in Direction] == ["charge point", "central system"]
