"""Which certificates a command can send: by name those of our CA, by path those of the user's files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocpptui.compose.certificates_at_hand import LARGEST, OWN_ROOT, CertificatesAtHand
from ocpptui.ocpp.version import Role
from ocpptui.session.bench_files import BenchFiles
from ocpptui.session.session import Session
from ocpptui.session.settings import session_settings


@pytest.fixture
def bench(tmp_path: Path) -> BenchFiles:
    return BenchFiles(tmp_path / "bench")


async def test_names_and_paths(bench: BenchFiles) -> None:
    values = {"ca_cert": str(bench.chain), "ca_key": str(bench.key)}
    settings = session_settings(values, Role.CENTRAL_SYSTEM)
    at_hand = CertificatesAtHand(Session(role=Role.CENTRAL_SYSTEM, settings=settings))
    assert list(at_hand) == [OWN_ROOT]
    assert at_hand[OWN_ROOT] == at_hand[str(bench.root)] == bench.root.read_text()
    assert list(CertificatesAtHand(Session(role=Role.CENTRAL_SYSTEM))) == []


async def test_what_is_no_certificate_is_not_sent(bench: BenchFiles, tmp_path: Path) -> None:
    """A key that is picked by mistake would be sent to the charge point, and recorded."""
    at_hand = CertificatesAtHand(Session(role=Role.CENTRAL_SYSTEM))
    (large := tmp_path / "large.pem").write_text("x" * LARGEST + bench.root.read_text())
    (binary := tmp_path / "binary").write_bytes(b"\xff\xfe")
    both = tmp_path / "both.pem"
    both.write_text(bench.key.read_text() + bench.root.read_text())
    names = [str(bench.key), str(large), str(binary), str(tmp_path), "nowhere.pem", "", "\0", os.devnull, "~nobody/x"]
    assert [name for name in names if name in at_hand] == []
    assert "PRIVATE" not in at_hand[str(both)]
    both.write_text(bench.root.read_text() + bench.key.read_text())
    assert "PRIVATE" not in at_hand[str(both)]
