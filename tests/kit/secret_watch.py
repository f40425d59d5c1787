"""Fails a test that leaves a secret behind: in its files, its output, its records or what a script was answered.

It notices each password, one-time secret and private key when it is made, by the program or by a test, and looks for it
when the test has ended, in every form in which it could be written. Files that are made for secrets may have them:
those of keys (PEM), of settings (TOML) and of one password, and, where their owner alone can read them, the state of a
charge point and the recordings of `planted_secrets.py`.
"""

from __future__ import annotations

import base64
import functools
import inspect
import json
import os
import re
from collections.abc import Callable, Container, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ocpptui.control.control_requests import ControlRequests
from ocpptui.doctor.examination import Examination
from ocpptui.doctor.examination_report import ExaminationReport, step_lines
from ocpptui.exporting.examination_page import examination_page
from ocpptui.network.credentials import Credentials
from ocpptui.network.password_hash import PasswordHash
from ocpptui.network.transfer_grants import TransferGrants
from ocpptui.session.kept_state_file import KeptStateFile
from ocpptui.session.session import Session
from tests.kit.forked_program import ForkedProgram

SHORTEST = 8
"""Characters of a password from which on it is looked for: a shorter one may be a word of another meaning."""
MOST_RECORDS = 5_000
"""Records of one session that are looked at."""
_KEY_FILE = re.compile(rb"\s*-----BEGIN [A-Z0-9 ]*(PRIVATE KEY|CERTIFICATE)-----")
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[A-Za-z0-9+/]{40}")
_LINE_ENDS = re.compile(rb"\r|\n|\\+[rn]")


class SecretWatch:
    """The secrets that are known, and the places where they must not be."""

    def __init__(self) -> None:
        self._forms: dict[bytes, str] = {}
        self._texts: list[tuple[str, bytes]] = []
        self._sessions: list[Session] = []
        self._examinations: list[Examination] = []
        self._private: set[Path] = set()
        self.is_off = False
        """Secrets were kept on purpose."""

    def learn(self, secret: str | bytes, what: str) -> None:
        """Look for this secret from now on."""
        data = secret.encode("utf-8", "surrogateescape") if isinstance(secret, str) else secret
        if len(data) >= SHORTEST:
            for form in _forms_of(data):
                self._forms[form] = what

    def learn_key(self, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
        """Look for the secret number of a private key."""
        numbers = key.private_numbers()
        number = numbers.d if isinstance(numbers, rsa.RSAPrivateNumbers) else numbers.private_value
        self.learn(number.to_bytes((number.bit_length() + 7) // 8), "a private key")

    def saw(self, place: str, text: str | bytes) -> None:
        """Something that left the program."""
        self._texts.append((place, text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text))

    def follow(self, session: Session) -> None:
        """Look at the records of this session when the test has ended."""
        self._sessions.append(session)
        self.is_off |= session.settings.keep_secrets

    def follow_examination(self, examination: Examination) -> None:
        """Look at its report when the test has ended."""
        self._examinations.append(examination)

    def expect_private(self, path: Path) -> None:
        """A file may have secrets, if only its owner can read it."""
        self._private.add(path)

    def forget_places(self) -> None:
        """Before a test: nothing has left it yet."""
        self._texts, self._sessions, self._examinations, self.is_off = [], [], [], False
        self._private = set()

    def forget_secrets(self) -> None:
        """Before the tests of another file."""
        self._forms = {}

    def leaks(self, folder: Path | None = None) -> list[str]:
        """Each secret that has left, with its place; `folder` has the files of the test."""
        if self.is_off:
            return []
        reports = [("the report of the doctor", report_text(one.report)) for one in self._examinations]
        files = [(place, text) for place, text in _files_in(folder, self._private) if text.strip() not in self._forms]
        places = [*self._texts, *reports, *_records_of(self._sessions), *files]
        return sorted({f"{what} in {place}" for place, text in places for what in self._in(text)})

    def _in(self, text: bytes) -> Iterator[str]:
        if not self._forms and b"PRIVATE KEY" not in text:
            return
        joined = _LINE_ENDS.sub(b"", text)
        if _PRIVATE_KEY.search(joined):
            yield "a private key"
        yield from (what for form, what in self._forms.items() if form in text or form in joined)


def _forms_of(secret: bytes) -> Iterator[bytes]:
    """The secret as it is, in hex digits, and within base64 wherever it begins."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for before in range(3):
        whole = base64.b64encode(bytes(before) + secret)
        # The first and last characters depend on what is around the secret.
        yield whole[(before * 8 + 5) // 6 : (before + len(secret)) * 8 // 6]


def _records_of(sessions: Iterable[Session]) -> Iterator[tuple[str, bytes]]:
    for session in sessions:
        for index in range(min(len(session.timeline), MOST_RECORDS)):
            record = session.timeline.record(index)
            raw = record.raw.encode("utf-8", "surrogateescape") if isinstance(record.raw, str) else record.raw or b""
            yield f"record {index}", raw
            yield f"the detail of record {index}", repr(record.detail).encode("utf-8", "surrogateescape")


def report_text(report: ExaminationReport) -> bytes:
    """Everything that a user could read of a report, on every front end."""
    lines = [line for step in report.steps for line in step_lines(step, whole=True)]
    text = "\n".join([*lines, json.dumps(report.to_dict()), *examination_page(report), report.verdict])
    return text.encode("utf-8", "surrogateescape")


def _files_in(folder: Path | None, private: Container[Path]) -> Iterator[tuple[str, bytes]]:
    """All files but those that are made for secrets."""
    if folder is None:
        return
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.suffix == ".toml":
            continue
        if path in private and not (path.stat().st_mode & 0o077 and os.name == "posix"):
            continue
        text = path.read_bytes()
        if not _KEY_FILE.match(text):
            yield str(path.relative_to(folder)), text


WATCH = SecretWatch()


# -- what is noticed --------------------------------------------------------------------------------------------------


def _observe(owner: Any, name: str, tell: Callable[..., None]) -> None:
    """Tell of each call of a function: its result, then its arguments."""
    made = owner.__dict__[name]
    function = made.__func__ if isinstance(made, classmethod) else made

    @functools.wraps(function)
    async def observed_later(*arguments: Any, **options: Any) -> Any:
        result = await function(*arguments, **options)
        tell(result, *arguments, **options)
        return result

    @functools.wraps(function)
    def observed(*arguments: Any, **options: Any) -> Any:
        result = function(*arguments, **options)
        tell(result, *arguments, **options)
        return result

    watched = observed_later if inspect.iscoroutinefunction(function) else observed
    setattr(owner, name, classmethod(watched) if isinstance(made, classmethod) else watched)


def _credentials(_: None, made: Credentials, *__: object, **___: object) -> None:
    for secret in (made.text, made.password):
        WATCH.learn(secret, "a password")


def _ran(done: Any, _: ForkedProgram, words: Iterable[str], **__: object) -> None:
    WATCH.is_off |= "--keep-secrets" in words
    WATCH.saw("standard output", done.stdout)
    WATCH.saw("standard error", done.stderr)


def pytest_configure() -> None:
    _observe(Credentials, "__init__", _credentials)
    _observe(PasswordHash, "of", lambda _, __, password: WATCH.learn(password, "a password"))
    _observe(TransferGrants, "of", lambda made, *_: WATCH.learn(made.password, "the password of a transfer"))
    for module in (ec, rsa):
        _observe(module, "generate_private_key", lambda key, *_, **__: WATCH.learn_key(key))
    _observe(Session, "__init__", lambda _, session, **__: WATCH.follow(session))
    _observe(KeptStateFile, "__init__", lambda _, file, path: WATCH.expect_private(path))
    _observe(Examination, "__init__", lambda _, examination, *__, **___: WATCH.follow_examination(examination))
    _observe(ControlRequests, "reply", lambda reply, *_: WATCH.saw("an answer to a script", json.dumps(reply)))
    _observe(ForkedProgram, "run", _ran)
    _observe(pytest.CaptureFixture, "readouterr", lambda read, _: WATCH.saw("output", "".join(map(str, read))))


# -- when it looks ----------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    WATCH.forget_places()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    result = yield
    for when, stream, text in item._report_sections:
        WATCH.saw(f"{stream} of {when}", text)
    leaks = WATCH.leaks(getattr(item, "funcargs", {}).get("tmp_path"))
    if nextitem is None or nextitem.path != item.path:
        WATCH.forget_secrets()
    WATCH.forget_places()
    if leaks:
        pytest.fail("A secret has left the program:\n" + "\n".join(leaks), pytrace=False)
    return result
