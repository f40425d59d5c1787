"""What a record is copied as. The command is given to a shell, which shows what it would send."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocpptui.describe.copy_formats import Copied, Nothing, copied
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import ConnectionEvent
from tests.kit.session_view import screen_over
from tests.kit.talk import Talk

BACK = Direction.TO_CHARGE_POINT
ODD = ["it's", '"', "$(touch pwned)", "`id`", "\\n", "%s", "a b", "ä漢", "!!", "-n", "\n", "{}"]


@pytest.fixture
def in_shell(tmp_path: Path) -> Any:
    """Runs a copied command in a shell in which `ocpptui` only reports its arguments."""
    program = tmp_path / "bin" / "ocpptui"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nfor word; do printf "%s\\0" "$word"; done\nprintf "\\0"\ncat\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def run(command: str) -> tuple[list[str], str]:
        result = subprocess.run(
            ["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, timeout=60, check=True,
            stdin=subprocess.DEVNULL, env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"},
        )  # fmt: skip
        words, _, payload = result.stdout.partition(b"\0\0")
        return words.decode().split("\0"), payload.decode()

    return run


def text_of(talk: Talk, index: int, how: Copied) -> str:
    text = copied(talk.timeline, index, how)
    assert isinstance(text, str), text
    return text


def why_not(talk: Talk, index: int, how: Copied) -> str:
    text = copied(talk.timeline, index, how)
    assert isinstance(text, Nothing), text
    return text.why


@pytest.mark.parametrize("raw", ['[2,"1","Heartbeat",{}]', "hello", '[3,"1",\n {"a" : 1.0}]', "[2,\x00"])
def test_raw_is_what_was_on_the_wire(raw: str) -> None:
    """What a support ticket gets would not be what was sent."""
    talk = Talk()
    assert text_of(talk, talk.raw(raw), Copied.RAW) == raw


def test_json_is_the_payload_with_its_numbers_and_order() -> None:
    """Pasted elsewhere it would be another message."""
    talk = Talk()
    text = text_of(talk, talk.call("DataTransfer", '{"vendorId":"v","data":1.50,"a":{}}'), Copied.JSON)
    assert text.splitlines() == ["{", '  "vendorId": "v",', '  "data": 1.50,', '  "a": {}', "}"]
    event = talk.happened(ConnectionEvent.OPENED, url="ws://h/CP001", subprotocol="ocpp1.6")
    assert json.loads(text_of(talk, event, Copied.JSON))["url"] == "ws://h/CP001"


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
def test_the_command_says_where_to_what_and_in_which_version(version: Version, in_shell: Any) -> None:
    """The command would send something else, somewhere else."""
    talk = Talk()
    talk.happened(ConnectionEvent.OPENED, url="wss://csms.example/ocpp/CP001")
    words, payload = in_shell(text_of(talk, talk.call("Heartbeat", version=version), Copied.COMMAND))
    assert words == ["send", "--version", str(version), "wss://csms.example/ocpp/CP001", "Heartbeat"]
    assert payload == ""
    call = talk.call("DataTransfer", '{"vendorId":"v","data":"x"}', version=version)
    words, payload = in_shell(text_of(talk, call, Copied.COMMAND))
    assert words[-4:] == ["--json", "-", "wss://csms.example/ocpp/CP001", "DataTransfer"]
    assert json.loads(payload) == {"vendorId": "v", "data": "x"}


@given(st.one_of(st.sampled_from(ODD), st.text(st.characters(exclude_categories=["Cs"]), max_size=20)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_a_payload_the_shell_leaves_it_alone(in_shell: Any, tmp_path: Path, text: str) -> None:
    """A charge point could run a program in the shell of the user who repeats its message."""
    talk = Talk()
    call = talk.call("DataTransfer", json.dumps({"vendorId": text, text: text}))
    words, payload = in_shell(text_of(talk, call, Copied.COMMAND))
    assert json.loads(payload) == {"vendorId": text, text: text}
    assert words[-1] == "DataTransfer"
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("action", ["$(touch pwned)", "-rf", "--help", "a;b", "[red]", "it's"])
def test_an_odd_action_is_one_word(action: str, in_shell: Any, tmp_path: Path) -> None:
    """A name could be an option, or a program that the shell runs."""
    talk = Talk()
    words, _ = in_shell(text_of(talk, talk.call(action), Copied.COMMAND))
    assert words[-1] == action
    assert "--anyway" in words, "no version has it, and without this word it is not sent"
    assert not action.startswith("-") or "--" in words
    assert not (tmp_path / "pwned").exists()


def test_what_is_wrong_is_sent_all_the_same() -> None:
    """The command would refuse to repeat the very message that one looks into."""
    talk = Talk()
    assert "--anyway" in text_of(talk, talk.call("Authorize", '{"idTag":1}'), Copied.COMMAND)
    assert "--anyway" not in text_of(talk, talk.call("Authorize", '{"idTag":"1"}'), Copied.COMMAND)


@pytest.mark.parametrize(
    ("action", "payload", "words"),
    [
        ("Reset", {"type": "Soft"}, ["type=Soft"]),
        ("ClearCache", {}, []),
        ("UnlockConnector", {"connectorId": 1}, ["connectorId:=1"]),
        ("Reset", {"type": 1}, ["type:=1"]),
        ("Nonsense", {"a": "$(touch pwned)"}, ['a:="$(touch pwned)"']),
        ("GetConfiguration", {"key": ["A", "it's"]}, ['key:=["A","it\'s"]']),
    ],
)
def test_the_call_of_a_central_system_is_a_command_to_the_running_session(
    action: str, payload: Any, words: list[str], in_shell: Any, tmp_path: Path
) -> None:
    """`ocpptui send` can only be a charge point."""
    talk = Talk()
    text = copied(talk.timeline, talk.call(action, json.dumps(payload), direction=BACK), Copied.COMMAND, "a b")
    assert isinstance(text, str)
    given, _ = in_shell(text)
    anyway = ["--anyway"] * (payload == {"type": 1} or action == "Nonsense")
    assert given == ["control", *anyway, "--to=CP001", "a b", "send", action, *words]
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("payload", ["[1]", '{"a":1,"a":2}', '{"a.b":1}', '{"":1}'])
def test_a_call_of_a_central_system_that_has_no_such_command_says_so(payload: str) -> None:
    talk = Talk()
    call = talk.call("DataTransfer", payload, direction=BACK)
    text = copied(talk.timeline, call, Copied.COMMAND, "central")
    assert isinstance(text, Nothing)


def test_a_record_that_cannot_be_copied_in_a_format_says_why() -> None:
    """The key would do nothing, or copy something useless."""
    talk = Talk()
    call, answer = talk.exchange()
    assert "Only a call" in why_not(talk, answer, Copied.COMMAND)
    assert "central system" in why_not(talk, talk.call("Reset", direction=BACK), Copied.COMMAND)
    assert "raw" in why_not(talk, talk.raw("hello"), Copied.JSON)
    assert "Only a message" in why_not(talk, talk.happened(ConnectionEvent.OPENED, url="ws://h/"), Copied.RAW)
    assert "raw" in why_not(talk, talk.call(r"a\u001b[2J"), Copied.COMMAND)


@pytest.mark.parametrize(("key", "wanted"), [("j", "{\n"), ("r", '[2,"id-0"'), ("c", "ocpptui send")])
async def test_y_and_a_letter_copy_and_say_what_was_done(key: str, wanted: str, home: Path) -> None:
    """The user would paste something old without knowing why."""
    talk = Talk()
    talk.call("Authorize", '{"idTag":"A"}')
    async with screen_over(talk.session) as screen:
        await screen.press("y")
        await screen.press(key)
        await screen.until(lambda: bool(screen.notices()))
        assert wanted in screen.app.clipboard
        assert (home / "copied.txt").read_text() == screen.app.clipboard
        assert screen.notices()[0].startswith(
            f"Copied {len(screen.app.clipboard)} characters to the terminal's clipboard"
        )
        assert "copied.txt" in screen.notices()[0]
