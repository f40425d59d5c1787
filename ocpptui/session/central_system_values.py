"""How the simulated central system behaves, from plain values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ocpptui.session.setting_values import PlainValues, WrongSetting

if TYPE_CHECKING:  # opened files need no simulator
    from ocpptui.simulator.behaviour_settings import CentralSystemSettings
    from ocpptui.simulator.certificate_authority import CertificateAuthority
    from ocpptui.simulator.registrations import RegistrationPlan
    from ocpptui.simulator.token_table import TokenTable


def central_system_settings(plain: PlainValues) -> CentralSystemSettings:
    """The settings of the central system. Raises WrongSetting."""
    from ocpptui.simulator.behaviour_settings import CentralSystemSettings
    from ocpptui.simulator.registrations import RegistrationPlan

    plans = _plans(plain)
    return CentralSystemSettings(
        interval=plain.number("interval", 300, 0),
        boot_interval=None if plain.text("boot_interval") is None else plain.number("boot_interval", 300, 0),
        registration=plans.pop("", RegistrationPlan()),
        registrations=plans,
        require_boot=plain.flag("require_boot"),
        tokens=_tokens(plain).with_status("Blocked", *map(str, plain.texts("rejected"))),
        authority=_authority(plain),
        probe=plain.flag("probe"),
    )


def _plans(plain: PlainValues) -> dict[str, RegistrationPlan]:
    """By charge point; that of all others has no name."""
    from ocpptui.simulator.registrations import named_plan

    try:
        return dict(named_plan(str(text)) for text in plain.texts("registration"))
    except ValueError as error:
        raise WrongSetting("registration", str(error)) from None


def _tokens(plain: PlainValues) -> TokenTable:
    from ocpptui.session.token_file import read_tokens
    from ocpptui.simulator.token_table import TokenTable, WrongTokens

    path = plain.file("tokens")
    try:
        return TokenTable() if path is None else read_tokens(Path(path))
    except WrongTokens as error:
        raise WrongSetting("tokens", str(error)) from None


def _authority(plain: PlainValues) -> CertificateAuthority | None:
    from ocpptui.session.authority_files import authority_in, own_authority
    from ocpptui.workspace.folders import test_authority_folder

    chain, key = plain.file("ca_cert"), plain.file("ca_key")
    if chain is None and key is None:
        if not plain.flag("test_ca"):
            return None
        try:
            return own_authority(test_authority_folder())
        except OSError as error:
            raise WrongSetting("test_ca", f"the folder for it cannot be created: {error.strerror or error}") from None
    if chain is None or key is None:
        raise WrongSetting("ca_key" if key is None else "ca_cert", "a CA is a certificate and its key; name both")
    return authority_in(Path(chain), Path(key), "ca_cert")
