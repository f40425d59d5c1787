"""What a charge point offers in a TLS handshake, read from its first bytes."""

from __future__ import annotations

import ssl
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.network.client_hello import client_hello
from tests.kit.tls_peers import context_of_client


def first_message(version: ssl.TLSVersion, suites: str | None = None, name: str | None = "csms.test") -> bytes:
    context = context_of_client(version, suites=suites)
    context.set_alpn_protocols(["http/1.1"])
    arrives, leaves = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(arrives, leaves, server_hostname=name)
    with suppress(ssl.SSLWantReadError):
        session.do_handshake()
    return leaves.read()


def in_records(message: bytes, size: int) -> bytes:
    """A handshake message in TLS records of this size."""
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + len(part).to_bytes(2) + part for part in parts)


def test_it_names_versions_suites_and_the_host() -> None:
    """A technician sees why there is nothing in common, without a capture of the network."""
    found = client_hello(first_message(ssl.TLSVersion.TLSv1_2, "AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"))
    assert found is not None
    assert found["versions"] == ["TLS 1.2"]
    assert found["suites"] == ["AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"]
    assert found["serverName"] == "csms.test"
    assert found["applicationProtocols"] == ["http/1.1"]
    assert "secp256r1" in found["groups"]


def test_tls_1_3_is_in_an_extension() -> None:
    found = client_hello(first_message(ssl.TLSVersion.TLSv1_3, name=None))
    assert found is not None
    assert found["versions"] == ["TLS 1.3"]
    assert "TLS_AES_128_GCM_SHA256" in found["suites"]
    assert "serverName" not in found


@given(size=st.integers(1, 400), end=st.integers(0, 600))
def test_it_may_come_in_any_pieces_and_not_whole(size: int, end: int) -> None:
    """A charge point with small records, or one that leaves early, is still read."""
    whole = first_message(ssl.TLSVersion.TLSv1_2)
    cut = in_records(whole[5:], size)
    assert client_hello(cut) == client_hello(whole)
    client_hello(cut[:end])


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    client_hello(data)
    client_hello(in_records(b"\x01\x00\x01\x00\x03\x03" + data, 1000))
