"""How a central system receives and offers files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocpptui.network.transfer_limits import TransferLimits
from ocpptui.runtime.portable_files import path_of_user
from ocpptui.session.setting_values import PlainValues, WrongSetting

LEAST_PORTS = 10
"""Ports that suffice for a listener of each protocol and some data connections of FTP."""


@dataclass(frozen=True, slots=True)
class FileSettings:
    """A folder, and how charge points reach it."""

    folder: Path
    """Uploads go into `received`, firmware is looked for in `firmware`."""
    host: str | None = None
    """The name or address under which charge points reach us; None: the one under which they have connected."""
    ports: tuple[int, int] | None = None
    """The first and the last port; None: those after the port for OCPP."""
    limits: TransferLimits = TransferLimits()
    patience: float = 120.0
    """Seconds after which a transfer that was asked for should have begun."""

    @property
    def received(self) -> Path:
        return self.folder / "received"

    @property
    def firmware(self) -> Path:
        return self.folder / "firmware"


def file_settings(plain: PlainValues) -> FileSettings | None:
    """The settings of a session; None without a folder. Raises WrongSetting."""
    folder, host, ports = plain.text("files"), plain.text("files_host"), plain.text("files_ports")
    if folder is None:
        for name, value in (("files_host", host), ("files_ports", ports)):
            if value is not None:
                raise WrongSetting(name, "it has an effect only together with a folder for files")
        return None
    path = path_of_user(folder)
    if path.exists() and not path.is_dir():
        raise WrongSetting("files", f"{path} is not a folder")
    for one in (path, path / "received", path / "firmware"):
        try:
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise WrongSetting("files", f"{one} cannot be created: {error.strerror}") from None
    if host is not None and (not host.strip() or set("/@ ") & set(host)):
        raise WrongSetting("files_host", f"{host!r} is not the name or the address of a host")
    return FileSettings(path, host, None if ports is None else _ports(ports))


def _ports(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if all(part.isascii() and part.isdigit() and 0 < int(part[:6]) < 65536 for part in (first, last)):
        low, high = int(first), int(last)
        if high - low + 1 >= LEAST_PORTS:
            return low, high
    raise WrongSetting("files_ports", f"{text!r} is not a range of {LEAST_PORTS} ports or more, such as 9001-9020")
