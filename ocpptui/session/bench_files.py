"""The certificates of a test bench as files: one folder, one CA, and nothing in it is ever overwritten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from ocpptui.runtime.clock import now
from ocpptui.runtime.portable_files import why_not_opened, write_new_private
from ocpptui.session.authority_files import CHAIN_FILE, KEY_FILE, ROOT_FILE, own_authority
from ocpptui.session.setting_values import WrongSetting
from ocpptui.simulator.bench_certificates import BenchPair, Flaw, charge_point_pair, server_pair

ORGANISATION = "ocpptui bench"
"""The operator in the certificates of charge points, unless another is named."""


class BenchFile(NamedTuple):
    """A certificate and its key, or another file of the bench."""

    path: Path
    key: Path | None
    """The key of the certificate, if it is one."""
    is_new: bool
    """Made now; else it was there before."""

    @property
    def ended(self) -> str:
        """The date since which a certificate that was there before is not valid any more; empty if it is."""
        try:
            end = x509.load_pem_x509_certificate(self.path.read_bytes()).not_valid_after_utc
        except (OSError, ValueError):
            return ""
        return f"{end:%Y-%m-%d}" if end.timestamp() * 1_000_000 < now() else ""

    @property
    def names(self) -> list[str]:
        """The host names and addresses in a certificate, which may be an older one with others."""
        try:
            found = x509.load_pem_x509_certificate(self.path.read_bytes()).extensions
            names = found.get_extension_for_class(x509.SubjectAlternativeName).value
        except (OSError, ValueError, x509.ExtensionNotFound):
            return []
        return [str(one.value) for one in names]


class BenchFiles:
    """A folder with a CA and what it has signed. Each method raises WrongSetting, with the setting `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_new = not (folder / CHAIN_FILE).exists()
        """Whether its CA was made now."""
        try:
            self.authority = own_authority(folder)
        except WrongSetting as error:
            raise WrongSetting("folder", str(error)) from None
        self.root, self.chain, self.key = (folder / name for name in (ROOT_FILE, CHAIN_FILE, KEY_FILE))
        self._revoked: list[int] = []

    def server(self, names: Sequence[str], *, of_rsa: bool = False, flaw: Flaw | None = None) -> BenchFile:
        """The certificate of a central system with these host names and addresses."""
        return self._pair("server", of_rsa, flaw, lambda: self._server(names, of_rsa, flaw))

    def charge_point(
        self, charge_point: str, organisation: str = ORGANISATION, *, of_rsa: bool = False, flaw: Flaw | None = None
    ) -> BenchFile:
        """The certificate of the charge point with this id."""
        name = f"charge-point-{file_part(charge_point)}"
        return self._pair(name, of_rsa, flaw, lambda: self._charge_point(charge_point, organisation, of_rsa, flaw))

    def revocation_list(self) -> BenchFile:
        """The list of all that is revoked; a new file if something has been revoked since the last one."""
        lists = sorted(self.folder.glob("crl*.pem"), key=lambda path: (len(path.name), path.name))
        before = _revoked_in(lists[-1]) if lists else []
        if lists and not self._revoked:
            return BenchFile(lists[-1], None, is_new=False)
        path = self.folder / (f"crl-{len(lists) + 1}.pem" if lists else "crl.pem")
        write_bench_file(path, self.authority.revocation_list([*before, *self._revoked], now()))
        self._revoked.clear()
        return BenchFile(path, None, is_new=True)

    def _server(self, names: Sequence[str], of_rsa: bool, flaw: Flaw | None) -> BenchPair:
        try:
            return server_pair(self.authority, names, now(), of_rsa=of_rsa, flaw=flaw)
        except ValueError as error:
            raise WrongSetting("folder", f"no certificate can have the names {', '.join(names)}: {error}") from None

    def _charge_point(self, name: str, organisation: str, of_rsa: bool, flaw: Flaw | None) -> BenchPair:
        try:
            return charge_point_pair(self.authority, name, organisation, now(), of_rsa=of_rsa, flaw=flaw)
        except ValueError as error:
            raise WrongSetting("folder", f"no certificate can have the name {name!r}: {error}") from None

    def _pair(self, name: str, of_rsa: bool, flaw: Flaw | None, make: Callable[[], BenchPair]) -> BenchFile:
        whole = f"{name}{'.rsa' if of_rsa else ''}{f'.{flaw}' if flaw else ''}"
        file, made = kept_pair(self.folder, whole, make)
        if made is not None and flaw is Flaw.REVOKED:
            self._revoked.append(made.serial)
        return file


def kept_pair(folder: Path, name: str, make: Callable[[], BenchPair]) -> tuple[BenchFile, BenchPair | None]:
    """The certificate and key of this name in a folder; made now, and then also returned, if neither is there.

    Raises WrongSetting.
    """
    path, key = folder / f"{name}.pem", folder / f"{name}.key"
    if path.exists() and key.exists():
        _check_pair(path, key)
        return BenchFile(path, key, is_new=False), None
    if path.exists() or key.exists():
        there, missing = (path, key) if path.exists() else (key, path)
        raise WrongSetting("folder", f"{there} exists without {missing.name}; move it away to have both made anew")
    made = make()
    write_bench_file(key, made.key)
    write_bench_file(path, made.chain)
    return BenchFile(path, key, is_new=True), made


def _check_pair(path: Path, key: Path) -> None:
    """Raises WrongSetting if they cannot be used."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        own = serialization.load_pem_private_key(key.read_bytes(), None).public_key()
        fits = certificate.public_key() == own
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        reason = f"{path} and {key.name} cannot be read: {error}"
        raise WrongSetting("folder", f"{reason}; move both away to have them made anew") from None
    if not fits:
        reason = f"the key {key} does not belong to the certificate {path.name}"
        raise WrongSetting("folder", f"{reason}; move both away to have them made anew")


def write_bench_file(path: Path, text: str) -> None:
    """A new file for its user alone. Raises WrongSetting."""
    try:
        write_new_private(path, text)
    except OSError as error:
        raise WrongSetting("folder", f"{path} cannot be written: {why_not_opened(path, error)}") from None


def file_part(name: str) -> str:
    """A name as a part of that of a file, of any form; no two are alike."""
    return quote(name, safe="").replace(".", "%2E")


def _revoked_in(path: Path) -> list[int]:
    try:
        found = x509.load_pem_x509_crl(path.read_bytes())
    except (OSError, ValueError) as error:
        raise WrongSetting("folder", f"{path} is not a revocation list: {error}") from None
    return [one.serial_number for one in found]
