"""`ocpptui proxy` as a script uses it. If these fail, a bench without a screen cannot stand between two sides."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from ocpptui.cli.controlled import controlled
from ocpptui.control.control_address import address_of
from ocpptui.control.control_client import ask
from ocpptui.session.proxy_values import proxy_settings, relay_settings
from ocpptui.session.setting_values import WrongSetting
from tests.cli.conftest import Run
from tests.kit.proxy_bench import backend, charge_point, heard, proxy

AUTHORIZE = '[2,"a1","Authorize",{"idTag":"A"}]'


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--upstream", "ftp://csms.example"], "needs ws or wss"),
        (
            ["--upstream", "ws://127.0.0.1:1", "--upstream-callback", "laptop"],
            "http:// or https:// (--upstream-callback)",
        ),
        (["--upstream", "ws://127.0.0.1:1", "--upstream-soap", "http://127.0.0.1:9000/"], "itself (--upstream-soap)"),
        (["--upstream", "ws://127.0.0.1:1", "--listen", "somewhere"], "not HOST:PORT"),
        (["--upstream", "ws://127.0.0.1:1", "--break", "latency>fast"], "--break"),
        (["--upstream", "ws://127.0.0.1:1", "--upstream-ca", "ca.pem"], "--upstream"),
        (["--upstream", "ws://127.0.0.1:1", "--mirror", "nowhere"], "--mirror"),
        (["--upstream", "ws://localhost:9001/ocpp", "--listen", "9001"], "connect to itself (--upstream)"),
        (["--upstream", "ws://127.0.0.1:1", "--rules", "rules.toml"], "a proxy cannot do = 'reorder'"),
        ([], "Missing option '--upstream'. The central system"),
    ],
)
def test_what_cannot_be_is_refused_in_words(run: Run, tmp_path: Path, given: list[str], words: str) -> None:
    """A proxy that begins with a wrong setting passes on to nowhere."""
    (tmp_path / "ca.pem").write_text("no certificate")
    (tmp_path / "rules.toml").write_text('[[rule]]\ndo = "reorder"\n')
    result = run("proxy", *given, "--headless", "--duration", "1")
    assert result.returncode == 2, result.stderr
    assert words in result.stderr.replace("\n", " "), result.stderr
    assert "listening" not in result.stderr


def test_the_address_to_listen_on() -> None:
    for text, host, port in (
        ("0.0.0.0:9000", "0.0.0.0", 9000),
        ("[::1]:0", "::1", 0),
        (":9001", "127.0.0.1", 9001),
        ("9002", "127.0.0.1", 9002),
    ):
        settings = relay_settings({"listen": text})
        assert (settings.host, settings.port) == (host, port)
    for text in ("x", "1:2:3", "host:port", "host:99999", "ws://host:9000"):
        with pytest.raises(WrongSetting):
            relay_settings({"listen": text})


def test_either_scheme_of_the_upstream_url_serves_both_transports() -> None:
    """A charger of OCPP-S would be sent to a WebSocket, or the reverse."""
    for given, soap, web_socket, posted in (
        ("wss://csms.example/ocpp", None, "wss://csms.example/ocpp", "https://csms.example/ocpp"),
        ("http://csms.example:8080/s", None, "ws://csms.example:8080/s", "http://csms.example:8080/s"),
        ("ws://a.example", "https://b.example/cs", "ws://a.example", "https://b.example/cs"),
    ):
        values = {"upstream": given, "upstream_soap": soap, "upstream_callback": "http://laptop:9000/{id}"}
        found = proxy_settings(values)
        assert found.soap_upstream is not None and found.named == given
        assert (found.upstream.url, found.soap_upstream.url) == (web_socket, posted)
        assert (found.upstream.callback, found.soap_upstream.callback) == ("", "http://laptop:9000/{id}")


def test_the_password_of_the_environment_is_that_of_charge_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be sent to a backend that it is not meant for, in place of the charge point's own."""
    monkeypatch.setenv("OCPPTUI_PASSWORD", "sesame")
    assert proxy_settings({"upstream": "wss://csms.example"}).upstream.all_credentials is None
    assert relay_settings({}).credentials is not None
    monkeypatch.setenv("OTHER", "open")
    given = proxy_settings({"upstream": "wss://csms.example", "upstream_password_env": "OTHER"})
    assert given.upstream.credentials is not None and "open" in given.upstream.credentials.secrets


async def test_a_script_holds_changes_and_calls(tmp_path: Path) -> None:
    """A test of a charger without a screen could only look on."""
    async with backend() as beyond, proxy(beyond.url) as session:

        async def nothing() -> None:
            return None

        address = str(tmp_path / "s")
        begin, end = controlled(session, nothing, nothing, address)
        await begin()

        async def do(what: str, **more: object) -> Any:
            reply: Any = await ask(address_of(address), {"do": what, **more})
            return reply

        async with charge_point(session) as peer:
            assert (await do("break", filter="action:Authorize", towards="to-csms"))["ok"]
            assert not (await do("break", filter="latency>fast"))["ok"]
            await peer.send(AUTHORIZE)
            await session.until(lambda: session.held.list() or None, 60)
            listed = await do("list")
            assert (listed["role"], listed["upstream"]) == ("proxy", beyond.url)
            [waiting] = listed["waiting"]
            assert (waiting["kind"], waiting["direction"]) == ("CALL", "cp-to-csms")
            assert not (await do("change", record=99, payload={}))["ok"]
            assert (await do("change", record=waiting["record"], payload={"idTag": "B"}))["ok"]
            assert json.loads(await heard(peer))[0] == 3
            assert json.loads(str(beyond.heard["/CP1"][-1]))[3] == {"idTag": "B"}
            await peer.send(AUTHORIZE)
            found = await session.until(lambda: session.held.list() or None, 60)
            assert found is not None
            held = found[0]
            assert (await do("delay", record=held.index, seconds=0.01))["ok"]
            assert json.loads(await heard(peer))[0] == 3
            asked = asyncio.create_task(do("send", action="Reset", payload={"type": "Soft"}))  # noqa: TID251
            call = json.loads(await heard(peer))
            await peer.send(json.dumps([3, call[1], {"status": "Accepted"}]))
            assert (await asked)["answer"]["payload"] == {"status": "Accepted"}
            asked = asyncio.create_task(do("command", command="unlock", values=["connector=1"]))  # noqa: TID251
            call = json.loads(await heard(peer))
            assert call[2:] == ["UnlockConnector", {"connectorId": 1}]
            await peer.send(json.dumps([3, call[1], {"status": "Unlocked"}]))
            assert (await asked)["refused"] is False
            sent = await do("send", action="Heartbeat", payload={}, towards="to-csms")
            assert sent["answer"]["payload"] == {"by": "backend"}
            assert (await do("raw", text="[2,", towards="to-csms"))["ok"]
            assert (await beyond.hears("/CP1", 4))[-1] == "[2,"
            rules = (await do("rules"))["rules"]
            assert [(rule["do"], rule["fired"]) for rule in rules] == [("hold", 2)]
        await end()


def test_headless_it_says_where_it_listens_and_what_to_do(run: Run) -> None:
    result = run(
        "proxy", "--listen", "127.0.0.1:0", "--upstream", "ws://127.0.0.1:1", "--headless", "--duration", "0.2"
    )
    assert result.returncode == 0
    assert "listening on http://127.0.0.1:" in result.stderr and "for OCPP-S (SOAP)" in result.stderr
    assert "listening on ws://127.0.0.1:" in result.stderr and "--listen 0.0.0.0:PORT" in result.stderr
    assert json.loads(result.stdout.splitlines()[0])["detail"]["event"] == "listening"
