"""A bench on disk: one CA, private files, and nothing that was there is overwritten."""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path

import pytest
from cryptography import x509

from ocpptui.session.authority_files import own_authority
from ocpptui.session.bench_files import BenchFiles
from ocpptui.session.setting_values import WrongSetting
from ocpptui.simulator.bench_certificates import Flaw


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_it_grows_and_keeps_what_it_has(tmp_path: Path) -> None:
    """A second run for one more charge point must not invalidate what is installed in the others."""
    authority = own_authority(tmp_path)  # that of --test-ca
    bench = BenchFiles(tmp_path)
    assert (bench.is_new, bench.authority.root) == (False, authority.root)
    assert bench.server(["localhost"]).is_new and bench.charge_point("CP001").is_new
    before = contents(tmp_path)
    again = BenchFiles(tmp_path)
    kept = again.server(["localhost", "csms.example"])
    assert (kept.is_new, kept.names) == (False, ["localhost"])
    assert not again.charge_point("CP001").is_new and again.charge_point("CP002").is_new
    assert again.server(["localhost"], of_rsa=True).is_new
    after = contents(tmp_path)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 4


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permissions of this kind")
def test_it_is_for_its_user_alone(tmp_path: Path) -> None:
    bench = BenchFiles(tmp_path / "bench")
    bench.server(["localhost"], flaw=Flaw.REVOKED)
    bench.revocation_list()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in bench.folder.iterdir()}
    assert len(modes) == 6 and set(modes.values()) == {0o600}


def test_an_id_of_any_form_is_a_file_of_its_own(tmp_path: Path) -> None:
    """`CP/1` is no folder, `..` not the one above, and `CP.expired` not the expired one of `CP`."""
    bench = BenchFiles(tmp_path / "bench")
    ids = ["CP", "CP/1", "../CP", "CP.expired", "CP.rsa", "RDAM|1", "a b", "é"]
    found = {bench.charge_point(name).path for name in ids}
    found.add(bench.charge_point("CP", flaw=Flaw.EXPIRED).path)
    assert len(found) == len(ids) + 1
    assert {path.parent for path in found} == {bench.folder}
    assert [path.name for path in tmp_path.iterdir()] == ["bench"]


def test_a_pair_that_nobody_could_use_is_not_kept(tmp_path: Path) -> None:
    """The user would be told how to use a key that does not belong to the certificate."""
    bench = BenchFiles(tmp_path)
    [server, other] = bench.server(["localhost"]), bench.charge_point("CP001")
    assert server.key is not None and other.key is not None
    for wrong in (other.key.read_bytes(), b"no key", other.path.read_bytes()):
        server.key.write_bytes(wrong)
        with pytest.raises(WrongSetting, match="server.key.*move both away"):
            bench.server(["localhost"])
        assert server.key.read_bytes() == wrong


def test_a_certificate_that_has_expired_says_so(tmp_path: Path) -> None:
    bench = BenchFiles(tmp_path)
    assert bench.charge_point("CP001").ended == ""
    ended = bench.charge_point("CP001", flaw=Flaw.EXPIRED).ended
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", ended)


def test_half_a_pair_is_not_touched(tmp_path: Path) -> None:
    bench = BenchFiles(tmp_path)
    (key := tmp_path / "server.key").write_text("theirs")
    with pytest.raises(WrongSetting, match=r"server\.key exists without server\.pem"):
        bench.server(["localhost"])
    assert key.read_text() == "theirs"


def test_each_list_has_all_that_is_revoked(tmp_path: Path) -> None:
    """The list that was handed out stays as it is."""
    first = BenchFiles(tmp_path)
    first.server(["localhost"], flaw=Flaw.REVOKED)
    path = first.revocation_list().path
    text = path.read_text()
    second = BenchFiles(tmp_path)
    assert second.revocation_list() == (path, None, False)
    second.charge_point("CP001", flaw=Flaw.REVOKED)
    newer = second.revocation_list()
    assert newer.is_new and newer.path.name == "crl-2.pem" and path.read_text() == text
    assert [len(list(x509.load_pem_x509_crl(one.read_bytes()))) for one in (path, newer.path)] == [1, 2]


def test_names_that_no_certificate_can_have(tmp_path: Path) -> None:
    bench = BenchFiles(tmp_path)
    with pytest.raises(WrongSetting, match="no certificate can have the name"):
        bench.charge_point("x" * 65)
    with pytest.raises(WrongSetting, match="no certificate can have the names"):
        bench.server(["x" * 64 + "é"])
    assert len(contents(tmp_path)) == 3
