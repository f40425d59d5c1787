"""Firmware in a folder. If these fail, a charge point is offered a wrong file, or one that it cannot trust."""

from __future__ import annotations

import base64
import hashlib
import os
from contextlib import suppress
from pathlib import Path

from ocpptui.runtime.clock import now
from ocpptui.session.firmware_folder import FirmwareFolder
from ocpptui.simulator.certificate_authority import CertificateAuthority, new_authority
from ocpptui.simulator.firmware_signature import is_signed, signing_certificate


def test_it_offers_files_of_the_folder_alone_and_the_newest_first(tmp_path: Path) -> None:
    folder, outside = tmp_path / "firmware", tmp_path / "secret.bin"
    (folder / "folder").mkdir(parents=True)
    outside.write_bytes(b"secret")
    with suppress(OSError):  # Windows without the right for it
        (folder / "link.bin").symlink_to(outside)
    (folder / ".hidden").write_bytes(b"x")
    for age, name in enumerate(["new.bin", "old.bin"]):
        (folder / name).write_bytes(name.encode())
        os.utime(folder / name, (1e9 - age, 1e9 - age))
    found = FirmwareFolder(folder, None).files()
    assert [(one.path.name, one.signature) for one in found] == [("new.bin", ""), ("old.bin", "")]
    assert found[0].md5 == hashlib.md5(b"new.bin").hexdigest()
    assert FirmwareFolder(tmp_path / "missing", None).files() == []


def test_a_signature_is_that_beside_the_file_or_made_by_the_test_ca(tmp_path: Path) -> None:
    made = new_authority(now())
    folder = FirmwareFolder(tmp_path, CertificateAuthority(made.chain, made.key, ""))
    (tmp_path / "a.bin").write_bytes(b"content")
    for content in (b"content", b"another"):  # also after a change
        (tmp_path / "a.bin").write_bytes(content)
        os.utime(tmp_path / "a.bin", (len(content), content[0]))
        [file] = folder.files()
        certificate = signing_certificate(file.certificate, [])
        assert certificate is not None
        assert is_signed(hashlib.sha256(content).digest(), file.signature, certificate)
    signing_certificate_of_issuer = signing_certificate(file.certificate, [made.chain])
    assert signing_certificate_of_issuer is not None
    (tmp_path / "a.bin.pem").write_text("certificate")
    for beside in (b"\x00\x01\xff", base64.b64encode(b"\x00\x01\xff") + b"\n"):
        (tmp_path / "a.bin.sig").write_bytes(beside)
        [file] = folder.files()
        assert (file.signature, file.certificate) == ("AAH/", "certificate\n")


def test_a_signature_that_no_charge_point_accepts_is_named(tmp_path: Path) -> None:
    """A user would look for the fault in the charge point."""
    made = new_authority(now())
    folder = FirmwareFolder(tmp_path, CertificateAuthority(made.chain, made.key, ""))
    firmware, signature, certificate = (tmp_path / f"a.bin{ending}" for ending in ("", ".sig", ".pem"))
    firmware.write_bytes(b"content")
    [own] = folder.files()
    troubles = [own.trouble]
    for text, pem in (
        (own.signature, None),
        (None, own.certificate),
        (own.signature, own.certificate),
        ("AAAA", own.certificate),
        (own.signature, "no certificate"),
    ):
        for path, content in ((signature, text), (certificate, pem)):
            path.unlink(missing_ok=True)
            if content is not None:
                path.write_text(content)
        [file] = folder.files()
        troubles.append(file.trouble)
    assert troubles == [
        "",
        "a.bin.sig is not used, because a.bin.pem is missing.",
        "a.bin.pem is not used, because a.bin.sig is missing.",
        "",
        "a.bin.sig is not a signature of a.bin by a.bin.pem: a charge point will refuse it.",
        "a.bin.pem is not a certificate in PEM: a charge point will refuse a.bin.",
    ]
