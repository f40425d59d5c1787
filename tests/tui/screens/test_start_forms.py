"""The settings made from what the user types on the start screen, and the sentences about unusable values."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.network.client_settings import requested_url
from ocpptui.ocpp.version import Version
from ocpptui.tui.screens.start_forms import (
    FORMS,
    URLS,
    WrongValue,
    configured_placeholder,
    form_named,
    headers_to_keep,
    recordings,
    typed_client,
    typed_relay,
    typed_server,
    values_to_keep,
)
from ocpptui.workspace import recent_sessions as recent
from tests.kit.certificates import Authority

NOTHING = {entry.name: "" for form in FORMS for entry in form.entries}


SPOKEN = ", ".join(one.as_choice for one in Version)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ({}, "ws://localhost:9000/CP001"),
        ({"url": "ws://h/ocpp", "id": "A"}, "ws://h/ocpp/A"),
        ({"url": "ws://h/ocpp/A"}, "ws://h/ocpp/A"),
        ({"id": "A B"}, "ws://localhost:9000/A%20B"),
        ({"url": "wss://h:8443/", "id": "A"}, "wss://h:8443/A"),
    ],
)
def test_the_url_is_made_from_the_fields(typed: dict[str, str], url: str) -> None:
    """The charge point would connect to another URL than the one shown."""
    assert requested_url(typed_client({**NOTHING, **typed}, {})) == url


@pytest.mark.parametrize(
    ("typed", "versions"),
    [("", ("2.1", "2.0.1", "1.6")), ("1.6", ("1.6",)), ("1.6, 2.0.1 1.6", ("1.6", "2.0.1"))],
)
def test_versions_are_offered_in_the_order_typed(typed: str, versions: tuple[str, ...]) -> None:
    """A central system would choose another version than the one being tested."""
    assert typed_client({**NOTHING, "version": typed}, {}).versions == tuple(Version(one) for one in versions)


def test_a_password_is_used_unchanged_and_never_stored() -> None:
    """A trailing space would be lost, or a file would contain the password in clear text."""
    settings = typed_client({**NOTHING, "url": "ws://h/A", "password": " secret "}, {})
    assert settings.credentials is not None
    assert settings.credentials.password == b" secret "
    assert "secret" not in repr(settings)


def test_headers_are_told_apart_and_secret_ones_are_not_kept() -> None:
    """A central system behind a gateway lets nobody in without its header."""
    typed = "X-Site: north; 2; Authorization: Bearer abc ;X-Other: http://h/;"
    settings = typed_client({**NOTHING, "url": "ws://h/A", "headers": typed}, {"headers": ["X-Site: south"]})
    assert settings.headers == (("X-Site", "north; 2"), ("Authorization", "Bearer abc"), ("X-Other", "http://h/"))
    assert headers_to_keep(typed) == "X-Site: north; 2; X-Other: http://h/"
    with pytest.raises(WrongValue) as wrong:
        typed_client({**NOTHING, "url": "ws://h/A", "headers": "nothing"}, {})
    assert wrong.value.entry == "headers"


def test_a_proxy_is_made_from_the_fields(tmp_path: Path) -> None:
    """It could be begun from the command line alone."""
    own = Authority(tmp_path, "ca").sign("own", ["localhost"])
    typed = {"upstream": "wss://csms.example/ocpp", "listen": ":9100", "when_down": "hold", "mirror": "ws://h:9200",
             "certificate": own.certificate, "key": own.key, "beyond": "insecure"}  # fmt: skip
    listening, beyond = typed_relay({**NOTHING, **typed}, {})
    assert (listening.port, listening.certificate) == (9100, own.certificate)
    assert (beyond.upstream.url, beyond.upstream.insecure, beyond.when_down) == (typed["upstream"], True, "hold")
    assert beyond.mirror is not None and beyond.mirror.url == "ws://h:9200"
    configured: dict[str, object] = {"upstream": "ws://configured:1", "upstream_insecure": True}
    assert typed_relay(NOTHING, configured)[1].upstream.url == "ws://configured:1"
    entries = {entry.name: configured_placeholder(entry, configured) for entry in FORMS[2].entries}
    assert (entries["upstream"], entries["beyond"]) == ("ws://configured:1", "insecure")


def test_a_proxy_for_soap_is_made_from_the_fields() -> None:
    """A technician with a charge point of OCPP-S could begin it from the command line alone."""
    typed = {"upstream": "ws://h:1", "upstream_soap": "http://h:2/soap", "upstream_callback": "http://me:9000/{id}"}
    _, beyond = typed_relay({**NOTHING, **typed}, {})
    assert beyond.upstream.url == "ws://h:1" and beyond.soap_upstream is not None
    assert (beyond.soap_upstream.url, beyond.soap_upstream.callback) == ("http://h:2/soap", "http://me:9000/{id}")


@pytest.mark.parametrize(
    ("typed", "entry", "words"),
    [
        ({}, "upstream", "name the central system"),
        ({"upstream": "ws://h", "upstream_soap": "ftp://h"}, "upstream_soap", "ftp"),
        ({"upstream": "ws://h", "upstream_callback": "nothing"}, "upstream_callback", "nothing"),
        ({"upstream": "ftp://h"}, "upstream", "ftp"),
        ({"upstream": "ws://localhost:9000"}, "upstream", "would connect to itself"),
        ({"upstream": "ws://h", "listen": "x:y"}, "listen", "'x:y' is not HOST:PORT"),
        ({"upstream": "ws://h", "when_down": "wait"}, "when_down", "choose one of close, hold, answer"),
        ({"upstream": "ws://h", "mirror": "nothing"}, "mirror", ""),
        ({"upstream": "wss://h", "beyond": "/nowhere"}, "beyond", "/nowhere"),
        ({"upstream": "wss://h", "certificate": "/nowhere"}, "certificate", ""),
    ],
)
def test_each_wrong_value_of_a_proxy_is_told_at_its_field(typed: dict[str, str], entry: str, words: str) -> None:
    with pytest.raises(WrongValue) as wrong:
        typed_relay({**NOTHING, **typed}, {})
    assert wrong.value.entry == entry and words in str(wrong.value)


def test_what_identifies_the_user_to_the_other_side_is_typed_too(tmp_path: Path) -> None:
    """Security profile 3 could be connected to from the command line alone."""
    own = Authority(tmp_path, "ca").sign("own")
    files = {"certificate": own.certificate, "key": own.key, "trust": str(tmp_path / "ca.pem")}
    settings = typed_client({**NOTHING, "url": "wss://h/A", "profile": "3", **files}, {})
    assert (settings.certificate, settings.key, settings.security_profile) == (*list(files.values())[:2], 3)
    server = typed_server({**NOTHING, **files, "profile": "3", "client_ca": files["trust"]}, {})
    assert (server.client_ca, server.security_profile) == (files["trust"], 3)
    for typed, entry in (({"profile": "4"}, "profile"), ({"profile": "3"}, "url"), ({"key": "nothing"}, "key")):
        with pytest.raises(WrongValue) as wrong:
            typed_client({**NOTHING, "url": "ws://h/A", **typed}, {})
        assert wrong.value.entry == entry, wrong.value


def test_insecure_and_a_ca_exclude_each_other(tmp_path: Path) -> None:
    """The user would trust a connection that is not verified."""
    assert typed_client({**NOTHING, "url": "wss://h/A", "trust": "Insecure"}, {}).insecure
    settings = typed_client({**NOTHING, "url": "wss://h/A"}, {})
    assert not settings.insecure and settings.ca is None


@pytest.mark.parametrize(
    ("typed", "entry", "words"),
    [
        ({"url": "http://h/A"}, "url", "http"),
        ({"url": "not a url"}, "url", ""),
        ({"url": "ws://h:99999/A"}, "url", ""),
        ({"url": "ws://h"}, "url", "Enter one below"),
        ({"version": "1.7"}, "version", f"'1.7' is not an OCPP version; choose one of {SPOKEN}"),
        ({"trust": "/nowhere/ca.pem"}, "trust", "there is no file /nowhere/ca.pem"),
    ],
)
def test_an_unusable_value_to_connect_is_reported_at_its_field(typed: dict[str, str], entry: str, words: str) -> None:
    """The user would have to guess which of six fields is meant."""
    with pytest.raises(WrongValue) as caught:
        typed_client({**NOTHING, **typed}, {})
    assert caught.value.entry == entry
    assert str(caught.value) and words in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "entry", "words"),
    [
        ({"port": "90000"}, "port", "0 to 65535"),
        ({"port": "-1"}, "port", "0 to 65535"),
        ({"port": "²"}, "port", "is not a port"),
        ({"port": "http"}, "port", "'http' is not a port"),
        ({"certificate": "c.pem"}, "certificate", "there is no file"),
        ({"key": "k.pem"}, "key", "there is no file"),
        ({"certificate": "/nowhere/c.pem", "key": "/nowhere/k.pem"}, "certificate", "there is no file"),
    ],
)
def test_an_unusable_value_to_listen_is_reported_at_its_field(typed: dict[str, str], entry: str, words: str) -> None:
    """The user would have to guess which of five fields is meant."""
    with pytest.raises(WrongValue) as caught:
        typed_server({**NOTHING, **typed}, {})
    assert caught.value.entry == entry
    assert words in str(caught.value)


def test_a_certificate_and_its_key_are_given_together(tmp_path: Path) -> None:
    """Half of the two would listen without TLS, or not at all."""
    pair = Authority(tmp_path, "ca").sign("pair")
    for typed, missing in (({"certificate": pair.certificate}, "key"), ({"key": pair.key}, "certificate")):
        with pytest.raises(WrongValue) as caught:
            typed_server({**NOTHING, **typed}, {})
        assert caught.value.entry == missing


def test_a_file_that_is_not_a_certificate_is_reported(tmp_path: Path) -> None:
    """The connection would fail later with an obscure message."""
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    with pytest.raises(WrongValue) as caught:
        typed_client({**NOTHING, "url": "wss://h/A", "trust": str(wrong)}, {})
    assert caught.value.entry == "trust"
    with pytest.raises(WrongValue) as caught:
        typed_server({**NOTHING, "certificate": str(wrong), "key": str(wrong)}, {})
    assert caught.value.entry == "certificate"


def test_it_listens_on_loopback_by_default() -> None:
    """A test bench would be open to the whole network."""
    settings = typed_server(NOTHING, {})
    assert (settings.host, settings.port) == ("127.0.0.1", 9000)
    assert typed_server({**NOTHING, "host": "0.0.0.0", "port": "0"}, {}).port == 0


def test_one_file_or_several_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user could not open a path with a space, or two files together."""
    monkeypatch.setenv("HOME", str(tmp_path))
    one, two = tmp_path / "a b.jsonl", tmp_path / "c.jsonl"
    one.touch()
    two.touch()
    assert recordings({"file": str(one)}) == [one]
    assert recordings({"file": f"'{one}' {two}"}) == [one, two]
    assert recordings({"file": "~/c.jsonl"}) == [two]
    for typed, words in (
        ("", "name a file"),
        (str(tmp_path), "is a folder"),
        ("/nowhere/x", "there is no file /nowhere/x"),
        ("it's", "there is no file it's"),
    ):
        with pytest.raises(WrongValue, match=words):
            recordings({"file": typed})


def test_every_field_is_remembered() -> None:
    """A field would be empty the next time although the user filled it in."""
    remembered = recent.load_recent()
    values = {entry.name: f"value of {entry.name}" for entry in FORMS[0].entries}
    remembered.remember("connect", values)
    remembered.save()
    assert recent.load_recent().values["connect"] == values


@pytest.mark.parametrize("name", URLS)
def test_no_secret_is_kept_for_the_next_time(name: str) -> None:
    """Who opens the program next would read the password of the last user."""
    form = next(form for form in FORMS if name in {entry.name for entry in form.entries})
    typed = {entry.name: f"value of {entry.name}" for entry in form.entries}
    typed |= {name: "wss://user:hunter2@h/ocpp", "password": "hunter2"}
    kept = values_to_keep(typed)
    assert "hunter2" not in f"{kept}"
    assert kept[name].startswith("wss://") and kept[name].endswith("h/ocpp")
    assert set(typed) - set(kept) == {"password"}


def test_a_wrong_value_has_a_row_in_its_form() -> None:
    """The sentence would appear under no field."""
    for form in FORMS:
        assert form_named(form.name) is form
        assert all(entry in form.row_of(entry.name) for entry in form.entries)


CONFIGURED = {"vendor": "ACME", "id": "CP-9", "version": ["1.6"], "port": 9100, "insecure": True, "password_env": "X"}


def test_the_configuration_file_applies_to_empty_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """`[charge-point]` of the file would apply to the command but not to the start screen."""
    monkeypatch.setenv("X", "from the environment")
    settings = typed_client({**NOTHING, "url": "wss://h"}, CONFIGURED)
    assert settings.charge_point == "CP-9" and settings.versions == (Version.V16,) and settings.insecure
    assert settings.credentials is not None and settings.credentials.text == "from the environment"
    settings = typed_client({**NOTHING, "url": "wss://h/A", "id": "A", "version": "2.1", "password": "p"}, CONFIGURED)
    assert settings.charge_point == "A" and settings.versions == (Version.V21,)
    assert settings.credentials is not None and settings.credentials.text == "p"
    assert typed_server(NOTHING, {"port": 9100}).port == 9100
    assert typed_server({**NOTHING, "port": "9200"}, {"port": 9100}).port == 9200


def test_a_wrong_value_in_the_configuration_file_is_reported_by_name() -> None:
    """There is no field for it, so the user would not know what is meant."""
    with pytest.raises(WrongValue, match=r"max-size: .* is not a size") as caught:
        typed_server(NOTHING, {"max_size": "huge"})
    assert caught.value.entry == "port"


def test_an_empty_field_shows_the_value_that_applies() -> None:
    """The user would expect a default that the configuration file overrides; a password is never shown."""
    entries = {entry.name: entry for entry in FORMS[0].entries}
    assert configured_placeholder(entries["id"], CONFIGURED) == "CP-9"
    assert configured_placeholder(entries["trust"], CONFIGURED) == "insecure"
    assert configured_placeholder(entries["password"], {"password": "hunter2"}) == "configured"
    assert configured_placeholder(entries["id"], {}) == entries["id"].placeholder
    assert configured_placeholder(entries["trust"], {"insecure": "perhaps"}) == entries["trust"].placeholder


def test_a_configured_client_ca_needs_a_certificate_in_the_form(tmp_path: Path) -> None:
    """The form has no field for it; the session would listen without TLS and let everybody in."""
    ca = Authority(tmp_path, "ca")
    with pytest.raises(WrongValue) as caught:
        typed_server(NOTHING, {"client_ca": ca.path})
    assert caught.value.entry == "certificate"
    assert "TLS needs a certificate" in str(caught.value)


def test_a_ca_for_a_url_without_tls(tmp_path: Path) -> None:
    """Typed, it is a mistake; in the configuration file it is meant for the sessions with TLS."""
    ca = Authority(tmp_path, "ca")
    with pytest.raises(WrongValue) as caught:
        typed_client({**NOTHING, "url": "ws://h/A", "trust": ca.path}, {})
    assert caught.value.entry == "url"
    assert typed_client({**NOTHING, "url": "ws://h/A"}, {"ca": ca.path}).ca is None
    assert typed_client({**NOTHING, "url": "wss://h/A"}, {"ca": ca.path}).ca == ca.path


def test_the_configured_password_is_left_out_where_the_typed_profile_has_none() -> None:
    """A default for all sessions would keep profile 0 and 3 out of reach of the start screen."""
    configured = {"password": "sixteen-letters!"}
    assert typed_server({**NOTHING, "profile": "0"}, configured).credentials is None
    assert typed_server({**NOTHING, "profile": "1"}, configured).credentials is not None
    with pytest.raises(WrongValue, match="Leave the password out"):
        typed_server({**NOTHING, "profile": "0", "password": "sixteen-letters!"}, {})
    with pytest.raises(WrongValue, match="The form has a field for it"):
        typed_server({**NOTHING, "profile": "1"}, {})
