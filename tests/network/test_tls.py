from __future__ import annotations

import ssl

from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.network.tls import certificate_facts, client_context, server_context
from ocpptui.network.tls_layer import TlsLayer
from tests.kit.certificates import Authority, Pair


def pump(client: TlsLayer, server: TlsLayer) -> tuple[bytes, bytes]:
    """Carry bytes between the two until there are none; return what each side reads."""
    to_client, to_server = client.receive(b""), b""
    while (out := client.to_send()) or (back := server.to_send()):
        if out:
            to_server += server.receive(out)
        if back := server.to_send():
            to_client += client.receive(back)
    return to_client, to_server


def pair_of_layers(authority: Authority, pair: Pair) -> tuple[TlsLayer, TlsLayer]:
    client = TlsLayer(client_context(authority.path, False, None, None), server_hostname="localhost")
    server = TlsLayer(server_context(pair.certificate, pair.key, None))
    return client, server


def test_both_ways(authority: Authority, local_pair: Pair) -> None:
    """Messages larger than a TLS record arrive complete, and the end is distinguished from an aborted connection."""
    client, server = pair_of_layers(authority, local_pair)
    pump(client, server)
    assert client.is_open
    assert server.is_open
    client.send(b"a" * 100_000)
    server.send(b"b" * 100_000)
    assert pump(client, server) == (b"b" * 100_000, b"a" * 100_000)
    client.end()
    pump(client, server)
    assert server.ended
    assert not client.ended


def test_the_peer_learns_why(authority: Authority, other_authority: Authority, local_pair: Pair) -> None:
    """A failed handshake leaves an alert to be sent."""
    client, server = pair_of_layers(other_authority, local_pair)
    pump(client, server)
    assert isinstance(client.error, ssl.SSLCertVerificationError)
    assert server.error is not None
    assert server.error.reason == "TLSV1_ALERT_UNKNOWN_CA"
    assert client.receive(b"more") == b""


@settings(deadline=None)
@given(data=st.binary(min_size=1, max_size=200))
def test_noise_is_an_error_and_no_crash(data: bytes) -> None:
    layer = TlsLayer(client_context(None, True, None, None))
    layer.receive(b"")
    assert layer.receive(data) == b""
    assert not layer.is_open


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_an_unreadable_certificate_is_reported(der: bytes) -> None:
    assert "cannot be read" in certificate_facts(der)["error"]


def test_old_suites_are_known(local_pair: Pair) -> None:
    """Charge points that support only the RSA suites of the OCPP profiles can connect to an RSA certificate."""
    for context in (
        server_context(local_pair.certificate, local_pair.key, None),
        client_context(None, True, None, None),
    ):
        names = {suite["name"] for suite in context.get_ciphers()}
        assert {"AES128-GCM-SHA256", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"} <= names
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
