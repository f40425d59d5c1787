"""The watch over secrets finds what leaks; if it did not, no other test would notice a password in a log."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.kit.program import environment_of
from tests.kit.secret_watch import SecretWatch

PASSWORD = "correct-horse-battery-9"
FORMS = {
    "plain": PASSWORD,
    "within JSON within JSON": json.dumps([2, "x", "DataTransfer", {"data": json.dumps({"psk": PASSWORD})}]),
    "credentials of Basic": "Authorization: Basic " + base64.b64encode(f"CP001:{PASSWORD}".encode()).decode(),
    "credentials of another user": "Authorization: Basic " + base64.b64encode(f"CP2:{PASSWORD}".encode()).decode(),
    "credentials of a third user": "Authorization: Basic " + base64.b64encode(f"CP03:{PASSWORD}".encode()).decode(),
    "hex digits": PASSWORD.encode().hex(),
    "hex digits in capitals": PASSWORD.encode().hex().upper(),
}
PLANTED = f"""
import logging, sys
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from ocpptui.network.credentials import Credentials
from ocpptui.ocpp.version import Version
from ocpptui.session.session import Session

def test_in_a_file(tmp_path):
    Credentials.parse(None, {PASSWORD!r})
    (tmp_path / "a.jsonl").write_text("the password is " + {PASSWORD!r})

def test_on_standard_error():
    Credentials.parse(None, {PASSWORD!r})
    print({PASSWORD!r}, file=sys.stderr)

def test_in_output_that_was_read(capsys):
    Credentials.parse(None, {PASSWORD!r})
    print({PASSWORD!r})
    capsys.readouterr()

def test_in_the_log():
    Credentials.parse(None, {PASSWORD!r})
    logging.getLogger().warning({PASSWORD!r})

async def test_in_a_record():
    Credentials.parse(None, {PASSWORD!r})
    session = Session()
    session.add_note({PASSWORD!r})
    await session.close()

def test_a_key_beside_other_text(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    (tmp_path / "server.key").write_text(pem)
    (tmp_path / "a.jsonl").write_text('{{"raw": "' + pem.replace("\\n", "\\\\n") + '"}}')
"""
CLEAN = f"""
from ocpptui.network.credentials import Credentials

def test_nothing_leaks(tmp_path):
    Credentials.parse(None, {PASSWORD!r})
    (tmp_path / "a.jsonl").write_text("the password is ***")
    (tmp_path / "settings.toml").write_text("password = " + {PASSWORD!r})
"""


@pytest.mark.parametrize("text", FORMS.values(), ids=list(FORMS))
def test_a_password_is_found_in_every_form(text: str) -> None:
    watch = SecretWatch()
    watch.learn(PASSWORD, "a password")
    watch.saw("a log", f"14:03:22 said {text}, and more")
    assert watch.leaks() == ["a password in a log"]


def test_a_private_key_is_found_in_every_form() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    for text in (pem, json.dumps({"key": json.dumps(pem)}), der.hex(), base64.b64encode(der).decode(), der):
        watch = SecretWatch()
        watch.learn_key(key)
        watch.saw("a log", text)
        assert watch.leaks() == ["a private key in a log"], text


def test_a_private_key_that_nobody_was_seen_to_make_is_found() -> None:
    """Keys also come from files, and from OpenSSL."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    watch = SecretWatch()
    watch.saw("a log", f"14:03:22 read {json.dumps(pem)}")
    assert watch.leaks() == ["a private key in a log"]


def test_what_is_masked_is_no_leak() -> None:
    watch = SecretWatch()
    watch.learn(PASSWORD, "a password")
    watch.saw("a log", "Authorization: Basic ***, and -----BEGIN PRIVATE KEY-----\n***\n-----END PRIVATE KEY-----")
    assert watch.leaks() == []


def test_each_planted_secret_fails_its_test(tmp_path: Path) -> None:
    """The watch would be a promise that nobody keeps."""
    for name, text in (("planted", PLANTED), ("clean", CLEAN)):
        (tmp_path / f"test_{name}.py").write_text(text, encoding="utf-8")
    options = ("-q", "-p", "tests.kit.secret_watch", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto", "-rE")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"--rootdir={tmp_path}", str(tmp_path)],
        env={**environment_of(tmp_path / "home"), "PYTEST_ADDOPTS": ""},  # one worker, in the order of the file
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    failed = re.findall(r"^ERROR test_planted.py::(\w+)", done.stdout, re.MULTILINE)
    assert failed == re.findall(r"def (test_\w+)", PLANTED), done.stdout
