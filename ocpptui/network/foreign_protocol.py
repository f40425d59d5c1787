"""Which protocol a peer speaks, by its first bytes, if it is neither TLS nor a request for a WebSocket."""

from __future__ import annotations

import re
from enum import StrEnum


class ForeignProtocol(StrEnum):
    """A protocol that arrives at the port of a central system by mistake; the value is its name."""

    PROXY = "the PROXY protocol"
    HTTP_2 = "HTTP/2"
    SSH = "SSH"
    MQTT = "MQTT"
    AMQP = "AMQP"
    STOMP = "STOMP"
    MODBUS = "Modbus/TCP"
    IEC_104 = "IEC 60870-5-104"
    FRAME = "WebSocket without an opening handshake"
    MESSAGE = "OCPP without WebSocket"
    SSL_2 = "SSL 2.0"
    RDP = "RDP"
    SOCKS = "SOCKS"
    SMB = "SMB"
    FTP = "FTP"
    SMTP = "SMTP"
    SIP = "SIP"
    RTSP = "RTSP"
    REDIS = "Redis"
    LDAP = "LDAP"
    TELNET = "Telnet"
    XML = "XML without HTTP"


_SSH = rb"SSH-[12]\."  # RFC 4253 section 4.2
_AMQP = rb"AMQP[\0-\x03]"  # AMQP 0-9-1 section 4.2.2, AMQP 1.0 section 2.2
_TELNET = rb"\xff[\xfb-\xfe][\x00-\xff]"  # RFC 854
_MESSAGE = rb"\s{0,9}\[\s{0,9}[2-6]\s{0,9},\s{0,9}[\"0-9]"  # OCPP-J section 4.1
_XML = rb"\s{0,9}<(?:\?xml|[A-Za-z]{1,20}:Envelope)\b"
"""What begins the same way from either side."""

_BEGINNINGS = tuple(
    (protocol, re.compile(beginning, re.DOTALL))
    for protocol, beginning in (
        # PROXY protocol of HAProxy, sections 2.1 and 2.2
        (ForeignProtocol.PROXY, rb"PROXY (?:TCP[46]|UNKNOWN)[ \r]|\r\n\r\n\0\r\nQUIT\n"),
        (ForeignProtocol.HTTP_2, rb"PRI \* HTTP/2\.0\r\n"),  # RFC 9113 section 3.4
        (ForeignProtocol.SSH, _SSH),
        (ForeignProtocol.MQTT, rb"\x10[\x00-\xff]{1,4}?\0(?:\x04MQTT|\x06MQIsdp)"),  # MQTT 3.1.1 and 5.0, section 3.1
        (ForeignProtocol.AMQP, _AMQP),
        (ForeignProtocol.STOMP, rb"(?:CONNECT|STOMP)\r?\n"),  # STOMP 1.2, connecting
        # IEC 60870-5-104 section 5: start, length 4, then STARTDT or TESTFR
        (ForeignProtocol.IEC_104, rb"\x68\x04[\x07\x43]\0\0\0"),
        # RFC 4511 section 4.2: a BindRequest
        (
            ForeignProtocol.LDAP,
            rb"\x30(?:[\x00-\x7f]|\x81[\x00-\xff]|[\x82\x84][\x00-\xff]{2,4}?)\x02\x01[\x00-\xff]\x60",
        ),
        # Modbus Messaging on TCP/IP section 3.1: transaction, protocol 0, length, unit, function
        (ForeignProtocol.MODBUS, rb"[\x00-\xff]{2}\0\0\0[\x02-\xff][\x00-\xff][\x01-\x2b]"),
        (ForeignProtocol.RDP, rb"\x03\0[\x00-\xff]{2}[\x00-\xff]\xe0"),  # TPKT (RFC 1006) with a connection request
        (ForeignProtocol.SSL_2, rb"[\x80-\xff][\x00-\xff]\x01(?:\0\x02|\x03[\0-\x03])"),
        (ForeignProtocol.FRAME, rb"[\x81\x82\x88\x89\x8a\xc1][\x80-\xff]"),  # RFC 6455 section 5.2: masked
        (ForeignProtocol.MESSAGE, _MESSAGE),
        (ForeignProtocol.XML, _XML),
        (ForeignProtocol.SOCKS, rb"\x05[\x01-\x0a][\0-\x09]|\x04[\x01\x02][\x00-\xff]{6}"),  # RFC 1928 section 3
        (ForeignProtocol.SMB, rb"\0\0[\x00-\xff]{2}[\xff\xfe]SMB"),
        (ForeignProtocol.FTP, rb"(?:USER|AUTH) \S{1,80}\r\n"),
        (ForeignProtocol.SMTP, rb"(?:EHLO|HELO) [^\r\n]{0,200}\r\n"),
        (ForeignProtocol.SIP, rb"[A-Z]{3,12} sips?:[^\r\n]{0,500} SIP/2\.0\r\n"),
        (ForeignProtocol.RTSP, rb"[A-Z_]{3,16} [^\r\n ]{1,500} RTSP/1\.0\r\n"),
        (ForeignProtocol.REDIS, rb"\*[1-9]\d{0,3}\r\n\$\d{1,5}\r\n"),
        (ForeignProtocol.TELNET, _TELNET),
    )
)
"""What each of them begins with; the first that fits is right. None is the beginning of an HTTP request."""


_ANSWERS = tuple(
    (protocol, re.compile(beginning, re.DOTALL | re.IGNORECASE))
    for protocol, beginning in (
        (ForeignProtocol.SSH, _SSH),
        # RFC 9113 section 6.5: a frame SETTINGS on stream 0
        (ForeignProtocol.HTTP_2, rb"\0[\x00-\xff]{2}\x04[\x00-\xff]\0{4}|HTTP/2"),
        (ForeignProtocol.FTP, rb"220[ -][^\r\n]{0,200}FTP"),  # RFC 959 section 5.4
        (ForeignProtocol.SMTP, rb"220[ -][^\r\n]{0,200}(?:SMTP|mail)"),  # RFC 5321 section 4.3.1
        (ForeignProtocol.REDIS, rb"-(?:ERR|NOAUTH|DENIED) "),
        (ForeignProtocol.AMQP, _AMQP),
        (ForeignProtocol.RTSP, rb"RTSP/1\.0 "),
        (ForeignProtocol.SIP, rb"SIP/2\.0 "),
        (ForeignProtocol.STOMP, rb"ERROR\r?\n"),
        (ForeignProtocol.TELNET, _TELNET),
        (ForeignProtocol.FRAME, rb"[\x81\x82\x88\x89\x8a\xc1][\x00-\x7f]"),  # RFC 6455 section 5.2: not masked
        (ForeignProtocol.MESSAGE, _MESSAGE),
        (ForeignProtocol.XML, _XML),
    )
)
"""What begins an answer of a server of each of them, or what it says before it is asked."""


_WITH_CREDENTIALS = (
    ForeignProtocol.HTTP_2,  # its compressed headers follow the preface
    ForeignProtocol.MQTT,
    ForeignProtocol.STOMP,
    ForeignProtocol.LDAP,
    ForeignProtocol.FTP,
    ForeignProtocol.SMTP,
    ForeignProtocol.REDIS,
    ForeignProtocol.SOCKS,
)
_SHOWN = 14


def showable_bytes(head: bytes) -> bytes:
    """What may be shown of the first bytes: the beginning alone, if their protocol sends passwords there."""
    return head[:_SHOWN] if foreign_protocol(head) in _WITH_CREDENTIALS else head


def foreign_protocol(head: bytes) -> ForeignProtocol | None:
    """The protocol of a peer that began with these bytes; None if it is HTTP, TLS, or unknown."""
    start = head[:1024]
    return next((protocol for protocol, beginning in _BEGINNINGS if beginning.match(start)), None)


def foreign_answer(head: bytes) -> ForeignProtocol | None:
    """The protocol of a server that answered HTTP with these bytes; None if it is HTTP, TLS, or unknown."""
    start = head[:1024]
    return next((protocol for protocol, beginning in _ANSWERS if beginning.match(start)), None)
