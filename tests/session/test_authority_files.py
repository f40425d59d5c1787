"""Where the test CA is kept. If these fail, its key is readable by others, or each run has another root."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Role
from ocpptui.session.authority_files import authority_in, own_authority
from ocpptui.session.setting_values import WrongSetting
from ocpptui.session.settings import session_settings
from tests.kit.certificates import Authority


def test_it_is_made_once_for_its_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "test-ca"
    first = own_authority(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["ca.key", "ca.pem", "root.pem"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert own_authority(folder).root == first.root == (folder / "root.pem").read_text()


def test_half_a_ca_is_not_overwritten(tmp_path: Path) -> None:
    own_authority(tmp_path)
    (tmp_path / "ca.pem").unlink()
    key = (tmp_path / "ca.key").read_text()
    with pytest.raises(WrongSetting, match=r"ca\.pem cannot be read"):
        own_authority(tmp_path)
    assert (tmp_path / "ca.key").read_text() == key


def test_files_that_are_no_ca_are_refused(tmp_path: Path) -> None:
    pair = Authority(tmp_path, "other").sign("leaf")
    with pytest.raises(WrongSetting, match="not that of a CA") as raised:
        authority_in(Path(pair.certificate), Path(pair.key), "ca_cert")
    assert raised.value.name == "ca_cert"
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WrongSetting, match="not a text in PEM"):
        authority_in(binary, binary, "ca_cert")


def test_the_options_lead_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCPPTUI_HOME", str(tmp_path))
    made = session_settings({"test_ca": True}, Role.CENTRAL_SYSTEM).central_system
    assert made is not None and made.authority is not None
    files = {name: str(tmp_path / "test-ca" / file) for name, file in (("ca_cert", "ca.pem"), ("ca_key", "ca.key"))}
    given = session_settings(files, Role.CENTRAL_SYSTEM).central_system
    assert given is not None and given.authority is not None
    assert given.authority.root == made.authority.root
    for name in files:
        with pytest.raises(WrongSetting, match="name both"):
            session_settings({name: files[name]}, Role.CENTRAL_SYSTEM)
    plain = session_settings({}, Role.CENTRAL_SYSTEM).central_system
    assert plain is not None and plain.authority is None
