"""Settings from plain values: the same from the command line, the configuration file and the start screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ocpptui.network.problems import ProblemCode
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.setting_values import WrongSetting
from ocpptui.session.settings import client_settings, server_settings, session_settings

URL = {"url": "ws://h/CP001"}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes and devices among its files")


def test_numbers_and_texts_mean_the_same() -> None:
    """A file has numbers, a field has texts, and a user expects the same of both."""
    typed = server_settings({"port": "9100", "max_size": "64k", "ping_interval": "0", "version": "2.1 1.6"})
    filed = server_settings({"port": 9100, "max_size": 65536, "ping_interval": 0, "versions": ["2.1", "1.6"]})
    assert typed == filed
    assert typed.port == 9100 and typed.ping_interval is None and typed.versions == (Version.V21, Version.V16)


def test_options_go_by_their_names() -> None:
    """`id = "CP9"` in the configuration file would be ignored, since the program calls it otherwise."""
    settings = client_settings({"url": "ws://h", "id": "CP9", "version": "1.6", "header": ["X-A: b"]})
    assert settings.headers == (("X-A", "b"),)
    assert settings.charge_point == "CP9" and settings.versions == (Version.V16,)


@pytest.mark.parametrize(
    ("written", "room"), [("0", 0), (0, 0), ("0M", 0), ("2G", 2 * 1024**3), (None, None), ("", None)]
)
def test_a_recording_may_leave_nothing_of_its_disk(written: object, room: int | None) -> None:
    """Zero must not choose the default, which leaves 200 MB."""
    assert session_settings({"keep_free": written}, None).keep_free == room


@pytest.mark.parametrize("written", ["-1", "much", "nan", "inf"])
def test_what_is_no_room_says_what_to_write(written: str) -> None:
    with pytest.raises(WrongSetting, match=r"is not a size; write 500M, 2G, or 0 to fill the disk"):
        session_settings({"keep_free": written}, None)


def test_who_the_charge_point_is() -> None:
    """`vendor = "ACME"` of the configuration file has to hold wherever a session begins."""
    values = {"vendor": "ACME", "connectors": "2", "manual": True, "reject_token": ["BAD"]}
    settings = session_settings(values, Role.CENTRAL_SYSTEM)
    assert settings.charge_point is not None and settings.central_system is not None
    assert (settings.charge_point.vendor, settings.charge_point.connectors) == ("ACME", 2)
    assert not settings.automatic
    assert settings.central_system.tokens.by_id["bad"][0].status == "Blocked"
    unnamed = session_settings({}, Role.CHARGE_POINT).charge_point
    assert unnamed is not None and unnamed.vendor == "ocpptui"


@pytest.mark.parametrize(
    ("values", "name", "words"),
    [
        ({"port": "70000"}, "port", "'70000' is not a port; a port is a number from 0 to 65535; 0 picks a free one"),
        ({"port": True}, "port", "is not a port"),
        ({"versions": "1.7"}, "versions", "'1.7' is not an OCPP version; choose one of "),
        ({"max_size": "huge"}, "max_size", "'huge' is not a size; write 65536, 64k or 16M"),
        ({"max_size": "1e400"}, "max_size", "is not a size"),
        ({"max_size": "0"}, "max_size", "'0' is not a size"),
        ({"open_timeout": "0"}, "open_timeout", "'0' is not a time; write seconds, more than 0"),
        ({"open_timeout": "nan"}, "open_timeout", "is not a time"),
        ({"no_compression": "perhaps"}, "no_compression", "'perhaps' is neither yes nor no"),
        ({"max_connections": 0}, "max_connections", "'0' is not a number; write a number of at least 1"),
        ({"cert": "/nowhere.pem"}, "cert", "there is no file /nowhere.pem"),
        ({"cert": "/nowhere.pem", "key": "/nowhere.key"}, "cert", "there is no file /nowhere.pem"),
        ({"cert": "."}, "cert", ". is a folder; name a file in it"),
        pytest.param({"cert": "/dev/null"}, "cert", "/dev/null is a pipe or a device", marks=POSIX),
        ({"password": "x", "password_env": "Y"}, "password", "name only one source"),
        ({"password_env": "NO_SUCH"}, "password_env", "the environment variable NO_SUCH is not set"),
        ({"password": "xyz", "password_hex": True}, "password", "The password is not hexadecimal"),
    ],
)
def test_an_error_names_its_setting(values: dict[str, object], name: str, words: str) -> None:
    """A front end could not say which field or option is meant."""
    with pytest.raises(WrongSetting) as caught:
        server_settings(values)
    assert caught.value.name == name
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("values", "name", "code"),
    [
        ({"url": "ftp://h/A"}, "url", ProblemCode.URL_OF_ANOTHER_SCHEME),
        ({"url": "http://h/A"}, "url", ProblemCode.SOAP_URL_WITHOUT_ID),
        ({"url": "ws://h"}, "url", ProblemCode.URL_WITHOUT_ID),
        ({**URL, "headers": ["A B: c"]}, "headers", ProblemCode.HEADER_NAME_INVALID),
        ({**URL, "user": "a:b"}, "password", ProblemCode.USER_WITH_COLON),
    ],
)
def test_a_front_end_can_add_its_remedy(values: dict[str, object], name: str, code: ProblemCode) -> None:
    """Where the network refuses a setting, the option or the field that helps is known by the problem."""
    with pytest.raises(WrongSetting) as caught:
        client_settings(values)
    assert caught.value.name == name
    assert caught.value.problem is not None and caught.value.problem.code is code


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"url": "http://h", "versions": "2.0.1"}, "OCPP 2.0.1 does not exist in SOAP, only 1.2, 1.5, 1.6 do"),
        ({"url": "ws://h", "versions": "1.2"}, "OCPP 1.2 exists in SOAP only"),
        ({"url": "http://h", "versions": "1.5,1.6"}, "name one"),
        ({"url": "http://h", "versions": "1.5", "callback": "ws://h"}, "not a URL of http"),
        ({"url": "ws://[::1", "password": "x" * 16, "security_profile": "1"}, "is not a URL"),
    ],
)
def test_a_version_and_a_url_that_do_not_fit_are_refused(values: dict[str, object], words: str) -> None:
    """It would connect with a version that is not there."""
    with pytest.raises(WrongSetting, match=words):
        client_settings({"charge_point": "CP001", **values})
    assert client_settings({"charge_point": "CP001", "url": "http://h"}).versions == (Version.V16,)
    assert server_settings({"versions": "1.2 2.1"}).versions == (Version.V21,)
    assert server_settings({"versions": "1.2 2.1"}).soap_versions == (Version.V12,)


@POSIX
@pytest.mark.parametrize(
    ("name", "content", "reads"),
    [
        ("password_file", "from the vault\n", server_settings),
        ("credentials", 'CP1 = "a long enough password"\n', server_settings),
        (
            "rules",
            '[[rule]]\naction = "Heartbeat"\ndo = "drop"\n',
            lambda values: session_settings(values, Role.CENTRAL_SYSTEM),
        ),
    ],
)
def test_what_is_read_once_may_come_from_a_pipe_of_the_shell(
    name: str, content: str, reads: Callable[[dict[str, object]], object]
) -> None:
    """`--password-file <(pass show csms)` was refused with "there is no file /dev/fd/63"."""
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb"):
        with os.fdopen(writer, "w") as out:
            out.write(content)
        assert reads({name: f"/dev/fd/{reader}"})


@POSIX
def test_a_pipe_with_a_name_is_refused_at_once(tmp_path: Path) -> None:
    """The start screen would stand still until somebody writes into it."""
    os.mkfifo(tmp_path / "rules")
    with pytest.raises(WrongSetting, match="is a pipe or a device"):
        session_settings({"rules": str(tmp_path / "rules")}, Role.CENTRAL_SYSTEM)


def test_a_file_without_a_certificate_is_refused_before_anything_connects(tmp_path: Path) -> None:
    """The connection would fail later."""
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("nothing")
    with pytest.raises(WrongSetting, match="no CA certificate"):
        client_settings({"url": "wss://h/CP001", "ca": str(wrong)})


def test_the_password_comes_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a command line other users of the machine see it."""
    secret = tmp_path / "secret"
    secret.write_text("from a file\n")
    settings = client_settings({**URL, "password_file": str(secret)})
    assert settings.credentials is not None and settings.credentials.text == "from a file"
    monkeypatch.setenv("OCPPTUI_PASSWORD", "from the environment")
    settings = client_settings(URL)
    assert settings.credentials is not None and settings.credentials.text == "from the environment"
