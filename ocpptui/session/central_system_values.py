"""How the simulated central system behaves, from plain values."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocpptui.runtime.portable_files import path_of_user
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
        **_plug_and_charge(plain),
        probe=plain.flag("probe"),
    )


def _plug_and_charge(plain: PlainValues) -> dict[str, Any]:
    """What contracts are verified with, who signs for cars, and what a provider answers."""
    folder, file, answer = plain.text("iso15118"), plain.file("contract_ca"), plain.file("exi_response")
    found: dict[str, Any] = {}
    authorities = ""
    if folder is not None:
        from ocpptui.session.vehicle_files import SIGNS_FOR_CARS, VehicleFiles
        from ocpptui.simulator.certificate_authority import pem_of

        try:
            files = VehicleFiles(path_of_user(folder), makes=False)
        except WrongSetting as error:
            raise WrongSetting("iso15118", str(error)) from None
        found["vehicle_authority"] = files.authorities[SIGNS_FOR_CARS]
        trusted = [one for name, one in files.authorities.items() if name.startswith(("mo-", "v2g-"))]
        authorities = "".join(pem_of(one.certificate) for one in trusted)
    if file is not None:
        authorities += certificates_text(Path(file), "contract_ca")
    if answer is not None:
        found["exi_response"] = _exi_text(Path(answer))
    return {**found, "contract_authorities": authorities}


def certificates_text(path: Path, setting: str) -> str:
    """The certificates in a file of PEM. Raises WrongSetting for this setting."""
    from ocpptui.simulator.own_certificates import certificates_in

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text in PEM"
        raise WrongSetting(setting, f"{path} cannot be read: {reason}") from None
    if not certificates_in(text):
        raise WrongSetting(setting, f"there is no certificate in {path}")
    return text


def _exi_text(path: Path) -> str:
    """The stream of EXI in a file, which has it as it is or in base64, in base64."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WrongSetting("exi_response", f"{path} cannot be read: {error.strerror}") from None
    if not data.strip():
        raise WrongSetting("exi_response", f"{path} is empty")
    try:
        return base64.b64encode(base64.b64decode(b"".join(data.split()), validate=True)).decode()
    except (binascii.Error, ValueError):
        return base64.b64encode(data).decode()


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
