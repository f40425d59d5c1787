"""Where station profiles come from: the built-in ones are files of the package, the others files of the user."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from itertools import cycle, islice
from pathlib import Path

from ocpptui.ocpp.did_you_mean import suggestion
from ocpptui.runtime.portable_files import path_of_user
from ocpptui.session.setting_values import WrongSetting
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.profile_table import WrongProfile
from ocpptui.simulator.station_profile import StationProfile, station_profile

SUFFIX = ".toml"


def built_in_profiles() -> list[StationProfile]:
    """The profiles that come with ocpptui, by name."""
    return [station_profile(text, name) for name, text in sorted(_built_in().items())]


def profile_named(name: str) -> StationProfile:
    """A built-in profile by its name, or the one in a file. Raises WrongSetting."""
    built_in = _built_in()
    if name in built_in:
        return station_profile(built_in[name], name)
    path = path_of_user(name)
    if not path.is_file():
        raise WrongSetting(
            "profile",
            f"{name!r} is neither a file nor a built-in profile ({', '.join(sorted(built_in))})"
            f"{suggestion(name, built_in)}",
        )
    try:
        return _with_contracts(station_profile(path.read_text(encoding="utf-8"), path.stem), path.parent)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting("profile", f"{path} cannot be read: {error}") from None
    except WrongProfile as error:
        raise WrongSetting("profile", f"{path}: {error}") from None


def _with_contracts(profile: StationProfile, folder: Path) -> StationProfile:
    """The contracts of its cars from the files that it names, in PEM. Raises WrongProfile."""
    from ocpptui.simulator.own_certificates import certificates_in  # with `cryptography`, which takes long

    equipment = profile.settings.equipment
    if equipment is None or not any(car.contract for car in equipment.cars):
        return profile
    cars = []
    for car in equipment.cars:
        text = car.contract
        if text and not text.lstrip().startswith("-----"):
            path = folder / path_of_user(text)
            try:
                text = path.read_text(encoding="ascii")
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is not a text in PEM"
                raise WrongProfile(f"the contract {path} cannot be read: {reason}") from None
        if text and not certificates_in(text):
            raise WrongProfile(f"there is no certificate in the contract {car.contract[:100]!r}")
        cars.append(replace(car, contract=text))
    settings = replace(profile.settings, equipment=replace(equipment, cars=tuple(cars)))
    return replace(profile, settings=settings)


def with_connectors(settings: ChargePointSettings, number: int) -> ChargePointSettings:
    """The same charge point with so many connectors, which are of its kinds in turn."""
    if settings.connectors == number:
        return settings
    equipment = settings.equipment
    if equipment is not None:
        equipment = replace(equipment, outlets=tuple(islice(cycle(equipment.outlets), number)))
    return replace(settings, connectors=number, equipment=equipment)


def _built_in() -> dict[str, str]:
    """The texts of the built-in profiles by name."""
    found = (files("ocpptui.simulator") / "profiles").iterdir()
    return {
        file.name.removesuffix(SUFFIX): file.read_text(encoding="utf-8") for file in found if file.name.endswith(SUFFIX)
    }
