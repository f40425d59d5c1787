"""Every combination of the settings for TLS and passwords: nothing that is asked for is silently left out."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ocpptui.network.problems import InvalidSetting, ProblemCode
from ocpptui.network.server_settings import ServerSettings
from ocpptui.session.security_values import applicable
from ocpptui.session.setting_values import WrongSetting
from ocpptui.session.settings import client_settings, server_settings
from tests.kit.certificates import Authority, Pair


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "ca")


@pytest.fixture(scope="module")
def pair(authority: Authority) -> Pair:
    return authority.sign("pair", ("localhost",))


@pytest.fixture(scope="module")
def both(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Certificate and key in one file."""
    path = tmp_path_factory.mktemp("both") / "both.pem"
    path.write_text("".join(Path(one).read_text() for one in (pair.certificate, pair.key)))
    return str(path)


def problem_of(name: str, values: Mapping[str, object]) -> ProblemCode | None:
    """Why these values are refused; None if they are accepted."""
    build = {"server": server_settings, "client": client_settings}[name]
    try:
        build(values)
    except WrongSetting as error:
        assert error.problem is not None
        assert str(error).endswith((".", "?"))
        return error.problem.code
    return None


SUBSETS = list(itertools.product([False, True], repeat=3))


@pytest.mark.parametrize(("cert", "key", "client_ca"), SUBSETS)
def test_a_central_system_with_any_files(
    authority: Authority, pair: Pair, cert: bool, key: bool, client_ca: bool
) -> None:
    """`--client-ca` without `--cert` listened in plain ws and let everybody in."""
    values: dict[str, object] = {
        name: path
        for name, path, is_given in (
            ("cert", pair.certificate, cert), ("key", pair.key, key), ("client_ca", authority.path, client_ca),
        )
        if is_given
    }  # fmt: skip
    expected = None
    if key and not cert:
        expected = ProblemCode.KEY_WITHOUT_CERTIFICATE
    elif client_ca and not cert:
        expected = ProblemCode.CLIENT_CA_WITHOUT_CERTIFICATE
    elif cert and not key:
        expected = ProblemCode.CERTIFICATE_WITHOUT_KEY
    assert problem_of("server", values) is expected


@pytest.mark.parametrize("scheme", ["ws", "wss", "WS"])
@pytest.mark.parametrize(("ca", "cert", "key"), SUBSETS)
def test_a_charge_point_with_any_files(
    authority: Authority, pair: Pair, scheme: str, ca: bool, cert: bool, key: bool
) -> None:
    """Who names a CA or a certificate relies on TLS; a ws:// URL has none."""
    values: dict[str, object] = {
        name: path
        for name, path, is_given in (
            ("ca", authority.path, ca), ("cert", pair.certificate, cert), ("key", pair.key, key),
        )
        if is_given
    }  # fmt: skip
    expected = None
    if key and not cert:
        expected = ProblemCode.KEY_WITHOUT_CERTIFICATE
    elif (ca or cert) and scheme != "wss":
        expected = ProblemCode.TLS_FILE_FOR_PLAIN_URL
    elif cert and not key:
        expected = ProblemCode.CERTIFICATE_WITHOUT_KEY
    assert problem_of("client", {"url": f"{scheme}://h/CP001", **values}) is expected
    if expected is ProblemCode.TLS_FILE_FOR_PLAIN_URL:  # as defaults for all sessions they do no harm
        assert problem_of("client", applicable({"url": f"{scheme}://h/CP001", **values}, set(values))) is None


def test_one_file_may_hold_both(both: str, authority: Authority) -> None:
    assert problem_of("server", {"cert": both, "client_ca": authority.path}) is None
    assert problem_of("client", {"url": "wss://h/CP001", "cert": both}) is None


def test_files_that_cannot_be_used(authority: Authority, pair: Pair, tmp_path: Path) -> None:
    """Each is found before anything listens, and named for what it is."""
    other = authority.sign("another", ("localhost",))
    locked = authority.sign("locked", password=b"secret")
    weak = authority.sign("weak", key=rsa.generate_private_key(65537, 1024))
    (nothing := tmp_path / "nothing.pem").write_text("")
    for values, code in (
        ({"cert": pair.certificate, "key": other.key}, ProblemCode.KEY_OF_ANOTHER_CERTIFICATE),
        ({"cert": pair.key, "key": pair.certificate}, ProblemCode.CERTIFICATE_AND_KEY_SWAPPED),
        ({"cert": str(nothing), "key": pair.key}, ProblemCode.NO_CERTIFICATE_AND_KEY),
        ({"cert": str(nothing)}, ProblemCode.NO_CERTIFICATE_AND_KEY),
        ({"cert": locked.certificate, "key": locked.key}, ProblemCode.KEY_ENCRYPTED),
        ({"cert": weak.certificate, "key": weak.key}, ProblemCode.OWN_CERTIFICATE_TOO_WEAK),
    ):
        assert problem_of("server", values) is code
        assert problem_of("client", {"url": "wss://h/CP001", **values}) is code
    own = {"cert": pair.certificate, "key": pair.key}
    assert problem_of("server", {**own, "client_ca": str(nothing)}) is ProblemCode.CA_FILE_WITHOUT_CERTIFICATE


@pytest.mark.parametrize(
    ("values", "name", "code"),
    [
        ({"password": ""}, "password", ProblemCode.OWN_PASSWORD_EMPTY),
        ({"password_env": ""}, "password", ProblemCode.OWN_PASSWORD_EMPTY),
        ({"password_env": "EMPTY"}, "password", ProblemCode.OWN_PASSWORD_EMPTY),
        ({"user": "fleet"}, "user", ProblemCode.USER_WITHOUT_PASSWORD),
    ],
)
def test_a_central_system_that_should_ask_for_a_password_does(
    values: dict[str, object], name: str, code: ProblemCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--password "$PASSWORD"` with a variable that is not set let everybody in."""
    monkeypatch.setenv("EMPTY", "")
    with pytest.raises(WrongSetting) as caught:
        server_settings(values)
    assert caught.value.name == name
    assert caught.value.problem is not None and caught.value.problem.code is code


def test_an_empty_password_file_lets_nobody_in(tmp_path: Path) -> None:
    (empty := tmp_path / "password").write_text("\n")
    assert problem_of("server", {"password_file": str(empty)}) is ProblemCode.OWN_PASSWORD_EMPTY


def test_no_front_end_can_forget_to_check(authority: Authority) -> None:
    """The settings themselves refuse it."""
    with pytest.raises(InvalidSetting):
        ServerSettings(client_ca=authority.path)
