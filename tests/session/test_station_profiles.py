"""Where station profiles come from. If these fail, a user's own charge point is not what its file says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.session.setting_values import WrongSetting
from ocpptui.session.settings import client_settings, session_settings
from ocpptui.session.station_profiles import built_in_profiles, profile_named, with_connectors
from ocpptui.simulator.behaviour_settings import ChargePointSettings

NAMES = ["ac-post", "dc-fast", "two-evses", "wallbox"]


def charge_point(**values: object) -> ChargePointSettings:
    found = session_settings(values, Role.CHARGE_POINT).charge_point
    assert found is not None
    return found


def test_four_profiles_are_built_in() -> None:
    profiles = built_in_profiles()
    assert [profile.name for profile in profiles] == NAMES
    assert all(profile.description for profile in profiles)


def test_the_built_in_profiles_are_what_they_say() -> None:
    built = {profile.name: profile.settings.built for profile in built_in_profiles()}
    assert [(o.phases, o.amperes) for o in built["wallbox"].outlets] == [(1, 16.0)]
    assert [(o.phases, o.amperes) for o in built["ac-post"].outlets] == [(3, 32.0)] * 2
    assert built["ac-post"].supply_amperes == 32.0
    assert built["dc-fast"].is_dc and built["dc-fast"].supply_watts == 150_000.0
    assert "SoC" in built["dc-fast"].measurands and "SoC" not in built["wallbox"].measurands
    assert profile_named("two-evses").versions == (Version.V201,)


def test_a_file_is_a_profile(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('[identity]\nmodel = "Mine"\n[[connectors]]\nphases = 1\n[[connectors]]\n', encoding="utf-8")
    found = charge_point(profile=str(path))
    assert (found.model, found.connectors, found.vendor) == ("Mine", 2, "ocpptui")


def test_options_go_before_the_profile() -> None:
    found = charge_point(profile="wallbox", model="Other", serial="S9")
    assert (found.vendor, found.model, found.serial) == ("Sampleworks", "Other", "S9")
    plain = charge_point()
    assert (plain.vendor, plain.model, plain.serial, plain.connectors) == ("ocpptui", "Simulator", "", 1)


@pytest.mark.parametrize("number", [1, 2, 5])
def test_connectors_repeat_in_turn(number: int) -> None:
    settings = with_connectors(profile_named("ac-post").settings, number)
    assert settings.connectors == number == len(settings.built.outlets)
    assert [outlet.rotation for outlet in settings.built.outlets] == (["RST", "STR"] * 3)[:number]
    assert len(with_connectors(ChargePointSettings(connectors=1), number).built.outlets) == number


def test_the_profile_says_which_version_is_spoken_unless_an_option_does() -> None:
    url = {"url": "ws://127.0.0.1:9/CP001"}
    assert client_settings({**url, "profile": "two-evses"}).versions == (Version.V201,)
    assert client_settings({**url, "profile": "two-evses", "versions": ["2.1"]}).versions == (Version.V21,)
    every = tuple(reversed(Version.offered(Transport.JSON)))
    assert client_settings({**url, "profile": "ac-post"}).versions == every


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("wallbx", "did you mean wallbox"),
        ("nothing.toml", "neither a file nor a built-in profile (ac-post, dc-fast, two-evses, wallbox)"),
    ],
)
def test_a_profile_that_is_not_there_is_named(name: str, sentence: str) -> None:
    with pytest.raises(WrongSetting, match=".") as wrong:
        profile_named(name)
    assert sentence in str(wrong.value)
    assert wrong.value.name == "profile"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WrongSetting, match=r"own\.toml cannot be read"):
        profile_named(str(path))
    path.write_text("[meter]\nintervall = 3\n", encoding="utf-8")
    with pytest.raises(
        WrongSetting, match=r"own\.toml: there is no setting 'intervall' in \[meter\]; did you mean int"
    ):
        profile_named(str(path))
