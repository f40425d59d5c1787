"""The security profile from the options and the configuration file: defaults for all sessions do no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.session.security_values import applicable, tls_terms
from ocpptui.session.setting_values import PlainValues, WrongSetting
from ocpptui.session.settings import client_settings, server_settings
from tests.kit.certificates import Authority

PASSWORD = "sixteen-letters!"


def test_defaults_fit_every_profile(tmp_path: Path) -> None:
    """A configuration file has the files and the password for all sessions; each takes what its profile needs."""
    authority = Authority(tmp_path, "ca")
    pair = authority.sign("pair", ("localhost",))
    (password := tmp_path / "password").write_text(PASSWORD)
    defaults: dict[str, object] = {
        "cert": pair.certificate, "key": pair.key, "client_ca": authority.path, "password_file": str(password),
    }  # fmt: skip
    for profile in range(4):
        listening = server_settings(applicable({**defaults, "security_profile": profile}, set(defaults)))
        assert (listening.certificate is not None) == (profile > 1)
        assert (listening.credentials is not None) == (profile in (1, 2))
        url = f"{'wss' if profile > 1 else 'ws'}://h/CP001"
        values = {**defaults, "ca": authority.path, "url": url, "security_profile": profile}
        connecting = client_settings(applicable(values, {*defaults, "ca"}))
        assert (connecting.certificate is not None) == (profile == 3)
        assert (connecting.ca is not None) == (profile > 1)


def test_the_variable_with_the_password_is_for_profiles_that_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCPPTUI_PASSWORD", PASSWORD)
    assert client_settings({"url": "ws://h/CP001", "security_profile": 0}).credentials is None
    assert client_settings({"url": "ws://h/CP001", "security_profile": 1}).credentials is not None
    with pytest.raises(WrongSetting, match="has no password"):
        client_settings({"url": "ws://h/CP001", "security_profile": 0, "password_env": "OCPPTUI_PASSWORD"})


@pytest.mark.parametrize(
    ("values", "setting", "words"),
    [
        ({"security_profile": 5}, "security_profile", "from 0 to 3"),
        ({"security_profile": 2}, "url", "begins with ws://"),
        ({"security_profile": 1}, "password", "needs a password"),
        ({"security_profile": 3, "url": "wss://h/CP001"}, "cert", "needs a certificate"),
        ({"tls_min": "0.9"}, "tls_min", "is not a version of TLS"),
        ({"ciphers": "NOPE"}, "ciphers", "no cipher suite 'NOPE'"),
        ({"keylog": "/no/such/folder/keys", "url": "wss://h/CP001"}, "keylog", "cannot be written"),
    ],
)
def test_the_setting_to_change_is_named(values: dict[str, object], setting: str, words: str) -> None:
    with pytest.raises(WrongSetting, match=words) as caught:
        client_settings({"url": "ws://h/CP001", **values})
    assert caught.value.name == setting


def test_the_usual_variable_asks_for_the_secrets_of_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wireshark's documentation names it."""
    monkeypatch.setenv("SSLKEYLOGFILE", "theirs.log")
    assert tls_terms(PlainValues({})).key_log == "theirs.log"
    assert tls_terms(PlainValues({"keylog": "ours.log"})).key_log == "ours.log"


@pytest.mark.parametrize(("url", "name"), [("url", "ca"), ("upstream", "upstream_ca"), ("mirror", "mirror_ca")])
def test_a_configured_ca_is_left_out_for_a_url_without_tls(url: str, name: str) -> None:
    """It is for most sessions, and one on the bench without TLS is not refused for it; a given one is."""
    plain = {url: "ws://localhost:9100", name: "ca.pem"}
    assert applicable(plain, {name}) == {url: "ws://localhost:9100"}
    assert applicable(plain, ()) == plain
    assert applicable({**plain, url: "wss://localhost:9100"}, {name})[name] == "ca.pem"
