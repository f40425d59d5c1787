"""`ocpptui send`: the printed answer and the exit code that scripts rely on."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_the_answer_is_printed_and_the_code_is_0(run: Run, central_system: str) -> None:
    result = run("send", f"{central_system}CP001", "Heartbeat")
    assert result.returncode == 0, result.stderr
    assert "currentTime" in json.loads(result.stdout)


def test_fields_are_typed_by_the_schema(run: Run, central_system: str) -> None:
    """`connectorId=1` goes out as the number 1, and the transaction id comes back."""
    result = run(
        "send",
        f"{central_system}CP001",
        "StartTransaction",
        "connectorId=1",
        "idTag=0042",
        "meterStart=0",
        "timestamp=2026-11-22T10:00:00Z",
        "--version",
        "1.6",
        "--boot",
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["idTagInfo"]["status"] == "Accepted"


def test_a_payload_comes_from_standard_input(run: Run, central_system: str) -> None:
    text = '{"connectorId": 1, "errorCode": "NoError", "status": "Available"}'
    result = run("send", f"{central_system}CP001", "StatusNotification", "--version", "1.6", "--json", "-", input=text)
    assert (result.returncode, result.stdout) == (0, "{}\n"), result.stderr


def test_a_wrong_payload_is_not_sent_unless_asked_for(run: Run, central_system: str) -> None:
    """The violation is named before anything goes out; with --anyway it goes, and the peer's CALLERROR gives code 1."""
    url = f"{central_system}CP001"
    refused = run("send", url, "StatusNotification", "connectorId=1", "--version", "1.6")
    assert refused.returncode == 2
    assert "errorCode" in refused.stderr
    assert refused.stdout == ""
    sent = run("send", url, "StatusNotification", "connectorId=1", "--version", "1.6", "--anyway")
    assert sent.returncode == 1, sent.stderr
    assert json.loads(sent.stdout)["errorCode"] == "ProtocolError"


def test_a_slip_in_a_field_is_named_and_nothing_is_sent(run: Run, central_system: str) -> None:
    result = run("send", f"{central_system}CP001", "StatusNotification", "conectorId=1", "--version", "1.6")
    assert result.returncode == 2
    assert "did you mean connectorId?" in result.stderr
    assert result.stdout == ""


def test_the_text_of_a_number_goes_out_as_typed(run: Run, central_system: str, tmp_path: Path) -> None:
    """A peer may tell 21.40 from 21.4, and a debugger has to be able to ask it."""
    record = tmp_path / "sent.jsonl"
    arguments = ("DataTransfer", "vendorId=x", "data:=21.40", "--version", "2.0.1", "--record", str(record))
    result = run("send", f"{central_system}CP001", *arguments)
    assert result.returncode == 0, result.stderr
    raws = [json.loads(line).get("raw", "") for line in record.read_text().splitlines()]
    assert any(raw.endswith('"DataTransfer",{"vendorId":"x","data":21.40}]') for raw in raws)


def test_an_unknown_action_is_refused_with_advice(run: Run, central_system: str) -> None:
    result = run("send", f"{central_system}CP001", "Heartbeet", "--version", "1.6")
    assert result.returncode == 2
    assert "Heartbeet" in result.stderr


def test_raw_prints_the_whole_frame(run: Run, central_system: str) -> None:
    result = run("send", f"{central_system}CP001", "Heartbeat", "--raw")
    assert json.loads(result.stdout)[0] == 3


def test_nobody_there_is_code_3_with_the_step(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    result = run("send", f"ws://127.0.0.1:{port}/CP001", "Heartbeat")
    assert result.returncode == 3
    assert "refused" in result.stderr.lower()


def test_no_answer_is_code_4(run: Run, environment: dict[str, str]) -> None:
    """A central system that answers by hand does not answer a script."""
    import sys

    arguments = ["central-system", "--port", "0", "--headless", "--duration", "50", "--manual"]
    with subprocess.Popen(
        [sys.executable, "-m", "ocpptui", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        url = process.stderr.readline().split()[-1]
        # The time is for the connection as well, which a busy machine needs a while for.
        result = run("send", f"{url}CP001", "Heartbeat", "--timeout", "8")
        process.terminate()
        process.stderr.read()
    assert result.returncode == 4, result.stderr
    assert "no answer" in result.stderr


def test_a_wrong_url_is_code_2(run: Run) -> None:
    result = run("send", "localhost:9000", "Heartbeat")
    assert result.returncode == 2
    assert "ws://" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_recording_that_cannot_be_written_is_said(run: Run, central_system: str) -> None:
    """The user would hand on an empty file as the proof."""
    result = run("send", f"{central_system}CP001", "Heartbeat", "--record", "/dev/full")
    assert result.returncode == 0
    assert "currentTime" in result.stdout
    assert "the recording is not complete: /dev/full" in result.stderr


def test_a_password_on_the_command_line_is_warned_about_and_not_recorded(
    run: Run, central_system: str, tmp_path: Path
) -> None:
    recording = tmp_path / "sent.jsonl"
    result = run(
        "send", f"{central_system}CP001", "Heartbeat", "--password", "hunter2secret", "--record", str(recording)
    )
    assert result.returncode == 0, result.stderr
    assert "can see a password on the command line" in result.stderr
    assert "hunter2secret" not in recording.read_text()
    assert "aHVudGVy" not in recording.read_text()
    assert "Basic CP001" in recording.read_text()


async def test_it_accepts_no_call_that_it_will_not_do(run: Run) -> None:
    """A backend that resets each new charge point would count one that is gone a second later as reset."""
    answers: list[list[object]] = []

    async def ask_first(peer: ServerConnection) -> None:
        call = json.loads(await peer.recv())
        await peer.send('[2,"r","Reset",{"type":"Hard"}]')
        answers.append(json.loads(await peer.recv()))
        await peer.send(json.dumps([3, call[1], {"currentTime": "2026-11-22T10:00:00Z"}]))
        await peer.wait_closed()

    async with serve(ask_first, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")]) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/CP001"
        result = await asyncio.to_thread(run, "send", url, "Heartbeat")
    assert result.returncode == 0, result.stderr
    assert [answer[:3] for answer in answers] == [[4, "r", "NotSupported"]]
