"""The certificates of plug and charge as files: a folder of roots, CAs and what they issued; nothing is overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ocpptui.ocpp.url_parts import url_parts
from ocpptui.runtime.clock import now
from ocpptui.session.authority_files import authority_in
from ocpptui.session.bench_files import BenchFile, file_part, kept_pair, write_bench_file
from ocpptui.session.setting_values import WrongSetting
from ocpptui.simulator.bench_certificates import BenchPair, Flaw
from ocpptui.simulator.certificate_authority import CertificateAuthority
from ocpptui.simulator.ocsp_responder import IssuedCertificate, OcspAnswer, OcspResponder
from ocpptui.simulator.own_certificates import certificates_in
from ocpptui.simulator.vehicle_certificates import BRANCHES, CPO, Branch, Iso15118, vehicle_authorities, vehicle_pair

DEFAULT_RESPONDER = "http://localhost:9080/"
"""The OCSP responder that certificates name, unless another is wanted."""
_VISIBLE = re.compile(r"[!-~]+")
"""The characters that a URL in a certificate can have (RFC 5280 section 4.2.1.6: IA5String)."""
SIGNS_FOR_CARS = f"{CPO.name}-sub-ca-2"
"""The CA that signs the certificates of charge points for cars."""


class VehicleFiles:
    """Such a folder. Each method raises WrongSetting."""

    def __init__(
        self, folder: Path, part: Iso15118 = Iso15118.PART_2, responder: str = DEFAULT_RESPONDER, *, makes: bool = True
    ) -> None:
        """What is missing of the roots and CAs is made, unless it only `makes` nothing."""
        parts = url_parts(responder)
        if parts.scheme not in ("http", "https") or not parts.hostname or not _VISIBLE.fullmatch(responder):
            reason = f"{responder!r} is not the URL of an OCSP responder, such as {DEFAULT_RESPONDER}"
            raise WrongSetting("ocsp_url", reason)
        self.folder = folder
        self._part = part
        self._responder = responder
        self.authorities: dict[str, CertificateAuthority] = {}
        """By the names of their files."""
        self.is_new = False
        """Whether any of them was made now."""
        for branch in BRANCHES:
            names = [branch.root, *(f"{branch.name}-sub-ca-{number}" for number in (1, 2))]
            if makes and not any((folder / f"{name}.pem").exists() for name in names):
                self._make(branch)
            for name in names:
                self.authorities[name] = authority_in(folder / f"{name}.pem", folder / f"{name}.key", "folder")

    def leaf(self, branch: Branch, name: str, flaw: Flaw | None = None) -> BenchFile:
        """The certificate of a charge point, a contract or a car, with its chain, and its key."""
        whole = f"{branch.leaf}-{file_part(name)}{f'.{flaw}' if flaw else ''}"
        authority = self.authorities[f"{branch.name}-sub-ca-2"]

        def make() -> BenchPair:
            try:
                return vehicle_pair(authority, branch, name, self._responder, now(), part=self._part, flaw=flaw)
            except ValueError as error:
                raise WrongSetting("folder", f"no certificate can have the name {name!r}: {error}") from None

        return kept_pair(self.folder, whole, make)[0]

    def responder(
        self, always: OcspAnswer | None = None, by_serial: Mapping[int, OcspAnswer] | None = None
    ) -> OcspResponder:
        """An OCSP responder for all certificates that are in the folder now."""
        return OcspResponder(list(self.authorities.values()), list(self._issued()), always=always, by_serial=by_serial)

    def _issued(self) -> Iterator[IssuedCertificate]:
        for path in sorted(self.folder.glob("*.pem")):
            try:
                found = certificates_in(path.read_text(encoding="ascii"))
            except (OSError, UnicodeDecodeError):
                continue
            if found:
                yield IssuedCertificate(found[0], path.name.endswith(f".{Flaw.REVOKED}.pem"))

    def _make(self, branch: Branch) -> None:
        self.is_new = True
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise WrongSetting("folder", f"{self.folder}: {error.strerror or error}") from None
        for name, made in vehicle_authorities(branch, self._part, self._responder, now()).items():
            write_bench_file(self.folder / f"{name}.key", made.key)
            write_bench_file(self.folder / f"{name}.pem", made.chain)
