"""Which protocol a peer speaks, by its first bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.network.foreign_protocol import ForeignProtocol, foreign_protocol, showable_bytes
from tests.network.watching import upgrade_request

FIRST_BYTES = {
    ForeignProtocol.PROXY: b"PROXY UNKNOWN\r\n",
    ForeignProtocol.HTTP_2: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ForeignProtocol.SSH: b"SSH-2.0-libssh\r\n",
    ForeignProtocol.MQTT: b"\x10\x1b\0\x06MQIsdp\x03\x02\0\x3c\0\x0dCP001",
    ForeignProtocol.AMQP: b"AMQP\0\0\x09\x01",
    ForeignProtocol.STOMP: b"CONNECT\naccept-version:1.2\n\n\0",
    ForeignProtocol.IEC_104: b"\x68\x04\x07\0\0\0",
    ForeignProtocol.LDAP: b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0",
    ForeignProtocol.MODBUS: b"\x12\x34\0\0\0\x06\xff\x04\0\0\0\x02",
    ForeignProtocol.FRAME: b"\x81\x96\x12\x34\x56\x78\x00",
    ForeignProtocol.MESSAGE: b' [2, "19223201", "BootNotification", {}]',
    ForeignProtocol.SSL_2: b"\x80\x2e\x01\0\x02\0\x15\0\0\0\x10",
    ForeignProtocol.RDP: b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0",
    ForeignProtocol.SOCKS: b"\x05\x02\0\x02",
    ForeignProtocol.SMB: b"\0\0\0\x45\xffSMBr",
    ForeignProtocol.FTP: b"USER anonymous\r\n",
    ForeignProtocol.SMTP: b"EHLO mail.test\r\n",
    ForeignProtocol.SIP: b"OPTIONS sip:nm SIP/2.0\r\n",
    ForeignProtocol.RTSP: b"OPTIONS / RTSP/1.0\r\n",
    ForeignProtocol.REDIS: b"*1\r\n$4\r\nPING\r\n",
    ForeignProtocol.TELNET: b"\xff\xfd\x03",
    ForeignProtocol.XML: b"<soap:Envelope>",
}


@pytest.mark.parametrize("protocol", ForeignProtocol)
def test_each_protocol_is_recognized(protocol: ForeignProtocol) -> None:
    assert foreign_protocol(FIRST_BYTES[protocol]) is protocol


@given(st.sampled_from(["GET", "POST", "OPTIONS", "PRI", "PROXY", "USER"]), st.integers(0, 80), st.text(max_size=20))
def test_no_part_of_a_request_is_taken_for_another_protocol(method: str, end: int, path: str) -> None:
    """A charge point whose request comes in pieces would be cut off after the first."""
    request = upgrade_request("/" + path).replace(b"GET", method.encode(), 1)
    assert foreign_protocol(request[:end]) is None
    assert foreign_protocol(request) is None


def test_what_may_hold_a_password_is_not_shown() -> None:
    """Brokers and mail servers get passwords with the first bytes; a log must not."""
    connect = b"\x10\x20\0\x04MQTT\x04\xc2\0\x3c\0\x05CP001\0\x05admin\0\x06secret"
    assert b"secret" not in showable_bytes(connect)
    assert b"secret" not in showable_bytes(b"*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n")
    assert b"secret" not in showable_bytes(b"STOMP\nlogin:a\npasscode:secret\n\n\0")
    assert b"secret" not in showable_bytes(b"\x30\x16\x02\x01\x01\x60\x11\x02\x01\x03\x04\x04cn=a\x80\x06secret")
    preface, headers = FIRST_BYTES[ForeignProtocol.HTTP_2], b"\0\0\x20\x01\5\0\0\0\1\x0f\x08\x12Basic c2VjcmV0"
    assert b"c2VjcmV0" not in showable_bytes(preface + headers)
    assert showable_bytes(b"GET / HTTP/1.1\r\n") == b"GET / HTTP/1.1\r\n"
