"""The rules on opening handshakes; `handshakes` finds what breaks them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ocpptui.diagnosis.rule import Case, Rule, Told
from ocpptui.network.problems import ProblemCode
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.timeline.severity import Severity


def _request(event: str, *more: str, path: str = "/ocpp/CP1", protocol: str = "ocpp1.6", rest: str = "") -> str:
    """A connection event with the request of a charge point; an empty protocol: it offers none."""
    headers = ["Host: a", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x"]
    headers += ["Sec-WebSocket-Version: 13", *([f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []), *more]
    listed = ",".join(f'"{one}"' for one in headers)
    return (
        f'10:00:00 {event} {{"url":"ws://a{path}","requestLine":"GET {path} HTTP/1.1",'
        f'"requestHeaders":[{listed}]{rest}}}\n'
    )


def _chosen(name: str) -> str:
    if not name:
        return ',"subprotocol":null,"responseHeaders":["Upgrade: websocket"]'
    return f',"subprotocol":"{name}","responseHeaders":["Sec-WebSocket-Protocol: {name}"]'


def _tolerated(code: str) -> str:
    return f',"tolerated":[{{"problem":"{code}","text":"Something is wrong."}}]'


_STATUS = '10:00:01 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}\n'
_ANSWER = '10:00:02 < ok {"currentTime":"2026-01-01T10:00:02Z","interval":300,"status":"Accepted"}\n'
_DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"

NO_SUBPROTOCOL = Rule(
    "conn.no-subprotocol",
    Severity.ERROR,
    "The charge point offers no subprotocol, so that the version of OCPP is unknown.",
    "OCPP-J 1.6 section 3.1.2; OCPP 2.0.1 and 2.1 Part 4 section 3.1.2",
    remedy="It must send the header Sec-WebSocket-Protocol, ocpp1.6 for example.",
    positive=(
        f"* {_request('opened', protocol='')}",
        f"* {_request('refused', protocol='')}",
        f"* {_request('opening', protocol='')}{_request('opened', protocol='', rest=_chosen(''))}",
        "2.0.1\n* "
        + _request("opened", protocol="", rest=_chosen("") + _tolerated("charge-point-named-no-subprotocol")),
    ),
    negative=(
        _request("opened"),
        "10:00:00 opened",
        # somebody who wants no WebSocket
        '10:00:00 refused {"url":"ws://a/","requestLine":"GET / HTTP/1.1","requestHeaders":["Host: a"]}',
    ),
)

NO_COMMON_SUBPROTOCOL = Rule(
    "conn.no-common-subprotocol",
    Severity.ERROR,
    "The central system speaks none of the subprotocols that the charge point offers.",
    "OCPP-J 1.6 section 3.2; OCPP 2.0.1 Part 4 section 3.2; OCPP 2.1 Part 4 section 3.3; RFC 6455 section 4.2.2",
    says="The charge point offers {offered}, which the central system does not accept.",
    remedy="Enable that version in the central system, or another version in the charge point.",
    positive=(
        "* " + _request("refused", protocol="ocpp1.5", rest=',"problem":"subprotocol-not-served"'),
        f"* {_request('opened', protocol='ocpp1.5', rest=_chosen(''))}",
        "2.0.1\n* "
        + _request(
            "opened", rest=_chosen("") + _tolerated("central-system-chose-no-subprotocol"), protocol="ocpp2.0.1"
        ),
    ),
    negative=(
        _request("opened", protocol="ocpp2.0.1, ocpp1.6", rest=_chosen("ocpp1.6")),
        _request("opened"),  # its answer is unknown
        _request("refused", rest=',"httpStatus":404'),
    ),
)

NOT_OFFERED = Rule(
    "conn.subprotocol-not-offered",
    Severity.ERROR,
    "The central system chooses a subprotocol that was not offered, or goes on without any.",
    "RFC 6455 section 4.1; OCPP-J 1.6 section 3.2; OCPP 2.0.1 and 2.1 Part 4 section 3.2",
    says="The charge point offers {offered}, but the central system chooses {chosen}.",
    remedy="The charge point must close such a connection: it cannot know the version.",
    positive=(
        f"* {_request('opened', protocol='ocpp2.0.1', rest=_chosen('ocpp1.6'))}",
        f"* {_request('opened', rest=_chosen(''))}{_STATUS}{_ANSWER}",
        (
            '* 10:00:00 failed {"problem":"server-chose-unoffered-subprotocol","subprotocolsOffered":["ocpp1.6"],'
            '"subprotocol":"ocpp2.0.1"}'
        ),
    ),
    negative=(
        _request("opened", protocol="ocpp2.0.1, ocpp1.6", rest=_chosen("ocpp1.6")),
        f"{_request('opened', rest=_chosen(''))}10:00:00 closed",
        f"{_request('opened')}{_STATUS}{_ANSWER}",
        '10:00:00 opened {"subprotocol":"ocpp1.6"}',
    ),
)

URL = Rule(
    "conn.url",
    Severity.WARNING,
    "The URL of the charge point is unusual.",
    "OCPP-J 1.6 section 3.1.1; OCPP 2.0.1 and 2.1 Part 4 section 3.1.1",
    says="The path {path} {oddity}.",
    remedy="The URL is that of the central system, a slash, and the identity of the charge point. Correct it in the "
    "charge point, which adds the identity itself in most cases.",
    positive=(
        f"* {_request('opened', path='/ocpp//CP1')}",
        f"* {_request('opened', path='/ocpp/CP1/')}",
        f"* {_request('opened', path='/ocpp/CP1/CP1')}",
        f"* {_request('refused', path='/')}",
        f"* {_request('opened', path='/ocpp1.6/CP1')}",
        f"* {_request('opened', path='/CP1/ocpp1.6', rest=_tolerated('id-not-at-the-end'))}",
        "2.0.1\n* " + _request("opened", path="/api/v2.0.1/CP1", protocol="ocpp2.0.1"),
    ),
    negative=(
        _request("opened"),
        _request("opened", path="/CP1?token=a//b"),
        _request("opened", path="/21/16/CP1"),
        _request("opened", path="/steve/websocket/CentralSystemService/CP1"),
        "10:00:00 opened",
        '10:00:00 refused {"url":"ws://a/","requestLine":"GET / HTTP/1.1","requestHeaders":["Host: a"]}',
    ),
)

IDENTITY_ENCODING = Rule(
    "conn.identity-encoding",
    Severity.WARNING,
    "The identity in the URL is not percent-encoded, or is encoded twice.",
    "OCPP-J 1.6 section 3.1.1; OCPP 2.0.1 and 2.1 Part 4 section 3.1.1; RFC 3986 section 2",
    says="The identity {identity} in the path is {fault}.",
    remedy="A space is written as %20 and a percent sign as %25, encoded once. Otherwise the central system sees "
    "another identity.",
    positive=(
        f"* {_request('opened', path='/ocpp/RDAM 123')}",
        f"* {_request('opened', path='/ocpp/RDAM%2520123')}",
        f"* {_request('opened', path='/ocpp/100%')}",
        f"* {_request('opened', path='/ocpp/RDAM|123')}",
        '* 10:00:00 failed {"problem":"request-invalid","firstBytes":"GET /ocpp/RDAM 123 HTTP/1.1\\\\r\\\\nHost: a"}',
    ),
    negative=(
        _request("opened", path="/ocpp/RDAM%20123"),
        _request("opened", path="/ocpp/A-1_2.3~4:5@6"),
        _request("opened", path="/ocpp/100%25"),
        '10:00:00 failed {"problem":"request-invalid","firstBytes":"\\\\x16\\\\x03\\\\x01"}',
    ),
)

IDENTITY_CHARACTERS = Rule(
    "conn.identity-characters",
    Severity.ERROR,
    "The identity of the charging station has characters that OCPP does not allow, or too many.",
    "OCPP 2.0.1 Part 4 section 3.1.1 and its errata of 2023-12; OCPP 2.1 Part 4 section 3.1.1",
    versions=SECOND_GENERATION,
    says="The identity {identity} has more than 48 characters, or one other than a-z, A-Z, 0-9 and *-_=+|@.",
    remedy="In particular, it must not contain a colon: Basic authentication has one between user name and password.",
    positive=(
        "2.0.1\n* " + _request("opened", path="/ocpp/CP:1", protocol="ocpp2.0.1"),
        "2.1\n* " + _request("opened", path="/ocpp/" + "A" * 49, protocol="ocpp2.1"),
        "2.0.1\n* " + _request("opened", path="/ocpp/CP%201", protocol="ocpp2.0.1"),
    ),
    negative=(
        "2.0.1\n" + _request("opened", path="/ocpp/CP-1", protocol="ocpp2.0.1"),
        "2.0.1\n" + _request("opened", path="/ocpp/" + "A" * 48, protocol="ocpp2.0.1"),
        "2.0.1\n" + _request("opened", path="/ocpp/RDAM%7C123", protocol="ocpp2.0.1"),
        _request("opened", path="/ocpp/CP%3A1"),
    ),
)

USER_DIFFERS = Rule(
    "conn.user-differs",
    Severity.ERROR,
    "The user name of Basic authentication is not the identity of the charge point.",
    "OCPP 1.6 security whitepaper A00.FR.204; OCPP 2.0.1 and 2.1 Part 2 A00.FR.204 and A00.FR.303",
    says="The user name is {user}, but the identity in the URL is {identity}.",
    remedy="A central system that compares them refuses the charge point.",
    positive=(
        f"* {_request('opened', 'Authorization: Basic EVB:***')}",
        "* " + _request("refused", "Authorization: Basic :***", rest=',"httpStatus":401'),
        f"* {_request('opened', 'Authorization: Basic EVB:***', rest=_tolerated('user-is-not-the-id'))}",
    ),
    negative=(
        _request("opened", "Authorization: Basic CP1:***"),
        _request("opened", "Authorization: Basic CP 1:***", path="/ocpp/CP%201"),
        _request("opened", "Authorization: Basic CP%201:***", path="/ocpp/CP%201"),
        "2.0.1\n" + _request("opened", "Authorization: Basic cp1:***", protocol="ocpp2.0.1"),
        _request("opened", "Authorization: Bearer ***"),
        _request("opened"),
    ),
)

UPGRADE_HEADER = Rule(
    "conn.upgrade-header",
    Severity.WARNING,
    "A header that every opening handshake needs is missing.",
    "RFC 6455 section 4.2.1",
    says="The request lacks {headers}.",
    remedy="Most servers refuse it. A proxy may have removed the header.",
    positive=(
        '* 10:00:00 opened {"requestHeaders":["Host: a","Upgrade: websocket","Sec-WebSocket-Key: x",'
        '"Sec-WebSocket-Version: 13","Sec-WebSocket-Protocol: ocpp1.6"]' + _tolerated("no-connection-upgrade") + "}",
        '* 10:00:00 refused {"requestHeaders":["Host: a","Connection: close","Sec-WebSocket-Key: x"]}',
    ),
    negative=(
        _request("opened"),
        (
            '10:00:00 opened {"requestHeaders":["host: a","upgrade: WebSocket","connection: keep-alive, upgrade",'
            '"sec-websocket-key: x","sec-websocket-version: 13","sec-websocket-protocol: ocpp1.6"]}'
        ),
        '10:00:00 refused {"url":"ws://a/","requestLine":"GET / HTTP/1.1","requestHeaders":["Host: a"]}',
        "10:00:00 opened",
    ),
)

NO_COMPRESSION = Rule(
    "conn.compression",
    Severity.INFO,
    "The CSMS does not accept the compression that the charging station offers, or one compresses without it.",
    "OCPP 2.0.1 Part 4 section 3.3; OCPP 2.1 Part 4 section 3.4; RFC 7692 section 5",
    versions=SECOND_GENERATION,
    says="The charging station offers permessage-deflate, which a CSMS must support, but the answer is without it.",
    remedy="Messages are longer than they need to be. Frames may be compressed only after both sides have agreed to "
    "it.",
    positive=(
        "2.0.1\n* " + _request("opened", _DEFLATE, protocol="ocpp2.0.1", rest=_chosen("ocpp2.0.1")),
        '2.0.1\n10:00:00 opened\n10:00:00 > Heartbeat {}\n* 10:00:01 closed {"problem":"compressed-unasked"}',
    ),
    negative=(
        "2.0.1\n"
        + _request(
            "opened",
            _DEFLATE,
            protocol="ocpp2.0.1",
            rest=',"subprotocol":"ocpp2.0.1","responseHeaders":["Sec-WebSocket-Extensions: permessage-deflate"]',
        ),
        "2.0.1\n" + _request("opened", protocol="ocpp2.0.1", rest=_chosen("ocpp2.0.1")),
        "2.0.1\n" + _request("opened", _DEFLATE, protocol="ocpp2.0.1"),
        _request("opened", _DEFLATE, rest=_chosen("ocpp1.6")),
    ),
)

_WORDED_BY = {
    ProblemCode.CHARGE_POINT_NAMED_NO_SUBPROTOCOL: (NO_SUBPROTOCOL, NO_COMMON_SUBPROTOCOL),
    ProblemCode.CENTRAL_SYSTEM_CHOSE_NO_SUBPROTOCOL: (NO_SUBPROTOCOL, NO_COMMON_SUBPROTOCOL),
    ProblemCode.SUBPROTOCOL_UNOFFERED: (NOT_OFFERED,),
    ProblemCode.ID_ONLY_IN_USER: (URL,),
    ProblemCode.ID_NOT_AT_THE_END: (URL,),
    ProblemCode.USER_IS_NOT_THE_ID: (USER_DIFFERS,),
    ProblemCode.USER_WRITTEN_OTHERWISE: (USER_DIFFERS,),
    ProblemCode.NO_CONNECTION_UPGRADE: (UPGRADE_HEADER,),
}
"""What was tolerated, and the rules that say it."""


def tolerated_words(detail: Any, rules: tuple[str, ...]) -> Iterator[str]:
    """What was tolerated, in words, but for what one of these rules says."""
    listed = detail.get("tolerated")
    for one in listed if isinstance(listed, list | tuple) else ():
        code, text = (one.get("problem"), one.get("text")) if isinstance(one, dict) else ("", one)
        worded = (rule.id for other, named in _WORDED_BY.items() if code == other for rule in named)
        if text and not any(rule in rules for rule in worded):
            yield str(text)


def _tell_tolerated(case: Case) -> Iterator[Told]:
    for text in tolerated_words(case.record.detail, case.timeline.broken_rules(case.index)):
        yield Told(f"{text} It was accepted anyway.")


TOLERATED = Rule(
    "conn.tolerated",
    Severity.WARNING,
    "The handshake is wrong but was accepted.",
    "OCPP-J 1.6 section 3; OCPP 2.0.1 Part 4 section 3; security whitepaper A00.FR.207",
    tell=_tell_tolerated,
    positive=(
        '* 10:00:00 opened {"tolerated":["The subprotocol is misspelt."]}',
        "* " + _request("opened", rest=_tolerated("subprotocol-misspelt")),
        "* " + _request("opened", rest=_tolerated("no-connection-upgrade")),
    ),
    negative=(
        "10:00:00 opened",
        _request("opened", "Authorization: Basic EVB:***", rest=_tolerated("user-is-not-the-id")),
    ),
)

RULES = (
    NO_SUBPROTOCOL,
    NO_COMMON_SUBPROTOCOL,
    NOT_OFFERED,
    URL,
    IDENTITY_ENCODING,
    IDENTITY_CHARACTERS,
    USER_DIFFERS,
    UPGRADE_HEADER,
    NO_COMPRESSION,
    TOLERATED,
)
