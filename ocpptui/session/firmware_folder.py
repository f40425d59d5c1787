"""The firmware that a user has put into a folder, with what charge points want to know of it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocpptui.runtime.clock import now

if TYPE_CHECKING:
    from ocpptui.simulator.certificate_authority import CertificateAuthority
    from ocpptui.simulator.firmware_signing import FirmwareSigner

SIGNATURE, CERTIFICATE = ".sig", ".pem"
"""The endings of the files beside firmware that have its signature and its signing certificate."""
MOST_FILES = 100
"""Files that are offered, the newest first."""
LARGEST_BESIDE = 64 * 1024


@dataclass(frozen=True, slots=True)
class FirmwareFile:
    """A file, its digests and its signature; the texts are empty where there is none."""

    path: Path
    size: int
    md5: str
    signature: str
    certificate: str
    trouble: str = ""
    """Why charge points will refuse its signature, or why it is not the one beside it, in a sentence."""


class FirmwareFolder:
    """Looks into the folder; what it has read of a file is kept while the file does not change."""

    def __init__(self, folder: Path, authority: CertificateAuthority | None) -> None:
        """Without signatures beside the files, `authority` signs them."""
        self._folder = folder
        self._authority = authority
        self._signer: FirmwareSigner | None = None
        self._read: dict[Path, tuple[tuple[int, int], str, bytes]] = {}

    def files(self) -> list[FirmwareFile]:
        """The files in it, the newest first. Nothing that lies elsewhere, as behind a link, is among them."""
        try:
            found = [path for path in self._folder.iterdir() if self._is_firmware(path)]
            found.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        except OSError:
            return []
        return [one for path in found[:MOST_FILES] if (one := self._file(path)) is not None]

    def _is_firmware(self, path: Path) -> bool:
        is_beside = path.suffix in (SIGNATURE, CERTIFICATE) and path.with_suffix("").exists()
        return not is_beside and not path.name.startswith(".") and not path.is_symlink() and path.is_file()

    def _file(self, path: Path) -> FirmwareFile | None:
        try:
            facts = path.stat()
            state = facts.st_mtime_ns, facts.st_size
            known = self._read.get(path)
            if known is None or known[0] != state:
                with open(path, "rb") as file:
                    md5 = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
                    file.seek(0)
                    known = self._read[path] = state, md5, hashlib.file_digest(file, hashlib.sha256).digest()
            return FirmwareFile(path, facts.st_size, known[1], *self._signed(path, known[2]))
        except OSError:
            return None

    def _signed(self, path: Path, digest: bytes) -> tuple[str, str, str]:
        """The signature, its certificate, and what is wrong with them in a sentence. Raises OSError."""
        beside, pem = (path.with_name(path.name + ending) for ending in (SIGNATURE, CERTIFICATE))
        if beside.is_file() and pem.is_file():
            signature = _as_base64(_beginning(beside))
            certificate = _beginning(pem).decode("utf-8", "replace").strip() + "\n"
            return signature, certificate, _why_refused(path.name, digest, signature, certificate)
        trouble = ""
        if beside.is_file() or pem.is_file():
            there, missing = (beside, pem) if beside.is_file() else (pem, beside)
            trouble = f"{there.name} is not used, because {missing.name} is missing."
        return *self._signed_here(digest), trouble

    def _signed_here(self, digest: bytes) -> tuple[str, str]:
        if self._authority is None:
            return "", ""
        if self._signer is None:
            from ocpptui.simulator.firmware_signing import FirmwareSigner

            try:
                self._signer = FirmwareSigner(self._authority, now())
            except ValueError:  # the CA has expired
                return "", ""
        return self._signer.signature(digest), self._signer.certificate


def _why_refused(name: str, digest: bytes, signature: str, certificate: str) -> str:
    from ocpptui.simulator.firmware_signature import is_signed, signing_certificate

    signer = signing_certificate(certificate, ())
    if signer is None:
        return f"{name}{CERTIFICATE} is not a certificate in PEM: a charge point will refuse {name}."
    if not is_signed(digest, signature, signer):
        return f"{name}{SIGNATURE} is not a signature of {name} by {name}{CERTIFICATE}: a charge point will refuse it."
    return ""


def _beginning(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(LARGEST_BESIDE)


def _as_base64(signature: bytes) -> str:
    """A signature as OCPP wants it; a file has it as bytes or as base64."""
    text = b"".join(signature.split())
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error:
        return base64.b64encode(signature).decode()
    return text.decode()
