"""What a peer sends in a TLS handshake is read before OpenSSL checks it: no bytes of it may end an examination."""

from __future__ import annotations

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.network.tls_messages import HANDSHAKE, accepted_authorities, sent_certificates

CERTIFICATE, CERTIFICATE_REQUEST, FINISHED = 11, 13, 20
OLD, NEW = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
HEAD = bytes(4)


def vector(size: int, content: bytes) -> bytes:
    return len(content).to_bytes(size) + content


@pytest.mark.parametrize("chain", [(), (b"one",), (b"one", b"two" * 300)])
def test_the_certificates_are_those_that_were_sent(chain: tuple[bytes, ...]) -> None:
    old = vector(3, b"".join(vector(3, one) for one in chain))
    new = vector(1, b"") + vector(3, b"".join(vector(3, one) + vector(2, b"extension") for one in chain))
    assert sent_certificates(OLD, HANDSHAKE, CERTIFICATE, HEAD + old) == chain
    assert sent_certificates(NEW, HANDSHAKE, CERTIFICATE, HEAD + new) == chain


@pytest.mark.parametrize("names", [(), (b"CN=A",), (b"CN=A", b"CN=B")])
def test_the_authorities_are_those_that_were_named(names: tuple[bytes, ...]) -> None:
    listed = vector(2, b"".join(vector(2, one) for one in names))
    old = vector(1, b"\1") + vector(2, b"\4\3") + listed
    extensions = b"\0\x0d" + vector(2, b"\4\3") + b"\0\x2f" + vector(2, listed)
    new = vector(1, b"") + vector(2, extensions)
    assert accepted_authorities(OLD, HANDSHAKE, CERTIFICATE_REQUEST, HEAD + old) == names
    assert accepted_authorities(NEW, HANDSHAKE, CERTIFICATE_REQUEST, HEAD + new) == names


@given(st.binary(max_size=60), st.sampled_from([OLD, NEW]))
def test_no_message_raises(body: bytes, version: int) -> None:
    """A server that sends an empty Certificate in TLS 1.3 ended the examination with an IndexError."""
    for data in (body, HEAD + body):
        assert sent_certificates(version, HANDSHAKE, CERTIFICATE, data) is not None
        assert accepted_authorities(version, HANDSHAKE, CERTIFICATE_REQUEST, data) is not None
        assert sent_certificates(version, HANDSHAKE, FINISHED, data) is None
        assert accepted_authorities(version, HANDSHAKE + 1, CERTIFICATE_REQUEST, data) is None
