"""What a server sends and asks for in a TLS handshake, seen from outside."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from pathlib import Path

import pytest

from ocpptui.network.problems import ProblemCode
from ocpptui.network.tcp_connect import addresses_of
from ocpptui.network.tls import probing_context
from ocpptui.network.tls_probe import try_tls
from ocpptui.unwrapping.der import distinguished_name
from tests.kit.certificates import Authority
from tests.kit.tls_peers import context_of_server, serving_tls
from tests.network.watching import answering

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
async def test_chain_and_demand_are_seen_even_if_the_handshake_fails(tmp_path: Path, version: ssl.TLSVersion) -> None:
    """A server that insists on a client certificate would tell nothing about itself."""
    root = Authority(tmp_path, "probed root")
    between = Authority(tmp_path, "probed between", above=root)
    pair = between.sign("probed", ("localhost",), chain=[between])
    with serving_tls(context_of_server(version, pair, ca=root.path)) as port:
        [address] = await addresses_of("127.0.0.1", port)
        trial = await try_tls(address, "localhost", probing_context((version, version)), 10)
    assert len(trial.chain) == 2
    assert trial.asks_certificate
    if version is ssl.TLSVersion.TLSv1_2:  # in 1.3, the client has finished when the server refuses
        assert trial.problem is not None
        assert trial.problem.code is ProblemCode.SERVER_MAY_WANT_CERTIFICATE
    else:
        assert (trial.version, trial.cipher is not None) == ("TLSv1.3", True)


ANSWERS = [b"", b"SSH-2.0-x\r\n", b"\x16\x03\x03\x00\x04\x02\x00\x00\x00", b"\x15\x03\x01\x00\x02\x02\x28"]


@pytest.mark.parametrize("answer", ANSWERS)
async def test_whatever_a_server_answers_is_a_problem_and_no_exception(answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(answer)

    async with answering(speak) as port:
        [address] = await addresses_of("127.0.0.1", port)
        trial = await try_tls(address, "localhost", probing_context(), 10)
    assert trial.problem is not None
    assert trial.chain == ()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed; Python names no CAs")
async def test_the_accepted_cas_are_named(tmp_path: Path) -> None:
    """A technician would not know whose certificate to install."""
    root = Authority(tmp_path, "the accepted root")
    pair = root.sign("naming", ("localhost",))
    server = await asyncio.create_subprocess_exec(
        "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", pair.certificate, "-key", pair.key,
        "-CAfile", root.path, "-Verify", "1", "-naccept", "2",
        stdout=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert server.stdout is not None
    try:
        async with asyncio.timeout(20):
            while not (line := (await server.stdout.readline()).decode()).startswith("ACCEPT"):
                assert line, "it ended"
        [address] = await addresses_of("127.0.0.1", int(line.rpartition(":")[2]))
        for version in VERSIONS:
            trial = await try_tls(address, "localhost", probing_context((version, version)), 10)
            assert [distinguished_name(name) for name in trial.authorities] == ["CN=the accepted root"]
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()
