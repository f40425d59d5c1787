"""The problem of a connection, and what to try, in sentences that apply to every front end.

The front end adds how to try it (an option of the command line, a field of the start screen).
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias, cast, get_origin, get_type_hints

from ocpptui.describe.foreign_words import foreign_advice
from ocpptui.describe.profile_problems import PROFILE_WORDS
from ocpptui.describe.soap_problems import SOAP_WORDS
from ocpptui.describe.tls_problems import ALERTS, TLS_WORDS, alert_advice
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.problems import ProblemCode as P
from ocpptui.timeline.connection_detail import ProblemFacts
from ocpptui.timeline.record import Record, RecordKind

Remedy: TypeAlias = Callable[[NetworkProblem], str]
"""How to solve a problem in one front end, as a sentence; empty if there is nothing to add."""


class ProblemWords(NamedTuple):
    """What happened and why, and what to try. Either may be empty."""

    sentence: str
    advice: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, self))


def words_of(problem: NetworkProblem) -> ProblemWords:
    """The problem in words."""
    sentence, advice = _WORDS[problem.code]
    if problem.code is P.HTTP_STATUS:
        advice = _advice_on_status(problem)
    elif problem.code in (P.SERVER_REJECTS_CERTIFICATE, P.PEER_REJECTS_CERTIFICATE):
        advice = alert_advice(problem.facts.get("alert"))
    elif problem.code in (P.PEER_WITHOUT_HTTP, P.PEER_WITHOUT_TLS_OR_HTTP):
        advice = foreign_advice(problem.facts.get("name")) or advice
    facts = _shown(problem.facts)
    return ProblemWords(_filled(sentence, facts), _filled(advice, facts))


def problem_text(problem: NetworkProblem, remedy: Remedy | None = None) -> str:
    """The problem, what to try, and the remedy of a front end."""
    return " ".join(filter(None, (*words_of(problem), remedy(problem) if remedy is not None else "")))


def recorded_problem(detail: Mapping[str, Any]) -> NetworkProblem | None:
    """The problem in the detail of a record; None if there is none or it is unknown."""
    return _problem(detail.get("problem"), detail.get("facts"))


def recorded_words(detail: Mapping[str, Any], remedy: Remedy | None = None) -> list[str]:
    """What the detail of a record says about a problem, one sentence each, as worded when it was recorded."""
    problem = recorded_problem(detail)
    words = [str(detail[key]) for key in ("error", "advice") if detail.get(key)]
    if not words and problem is not None:
        words = [text for text in words_of(problem) if text]
    if problem is not None and remedy is not None and (text := remedy(problem)):
        words.append(text)
    return words


def worded(record: Record) -> Record:
    """The record of a connection event with sentences for its problem and for what was tolerated, as in a recording."""
    if record.kind is not RecordKind.CONNECTION:
        return record
    whole = _worded(record.detail)
    return record if whole is record.detail else replace(record, detail=whole)


def _worded(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    if not ("problem" in detail or "tolerated" in detail or "upstream" in detail):
        return detail
    whole = dict(detail)
    if isinstance(detail.get("upstream"), Mapping):
        whole["upstream"] = _worded(detail["upstream"])
    if (problem := recorded_problem(detail)) is not None:
        words = words_of(problem)
        whole |= {key: text for key, text in (("error", words.sentence), ("advice", words.advice)) if text}
    if "tolerated" in detail:
        whole["tolerated"] = [_tolerated(one) for one in detail["tolerated"]]
    return whole


def _tolerated(one: Mapping[str, Any]) -> Mapping[str, Any]:
    problem = _problem(one.get("problem"), one.get("facts"))
    return one if problem is None else {**one, "text": words_of(problem).sentence}


def _problem(code: object, facts: object) -> NetworkProblem | None:
    """From a record, which may be from any file: `code` may be of a later version, `facts` may have any form."""
    try:
        problem = NetworkProblem(P(str(code)))
    except ValueError:
        return None
    if isinstance(facts, Mapping):
        problem.facts = cast(ProblemFacts, {name: one for name, one in facts.items() if _fits(name, one)})
    return problem


def _fits(name: str, value: object) -> bool:
    kind = _KINDS.get(name)
    return kind is not None and isinstance(value, (int, float) if kind is float else kind)


_KINDS = {name: get_origin(kind) or kind for name, kind in get_type_hints(ProblemFacts).items()}
"""The type of each fact."""


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"


_OPTIONAL = re.compile(r"\[([^][]*)\]")
"""A part of a sentence that is left out unless all its facts are known."""


def _filled(template: str, facts: _Facts) -> str:
    """The sentence with its facts; it ends with one full stop, whatever a fact ends with."""

    def kept(part: re.Match[str]) -> str:
        names = [name for _, name, _, _ in string.Formatter().parse(part[1]) if name is not None]
        return part[1] if all(name in facts for name in names) else ""

    text = _OPTIONAL.sub(kept, template).format_map(facts)
    return f"{text.rstrip('.')}." if text.endswith(".") else text


def _shown(facts: Mapping[str, Any]) -> _Facts:
    """The facts in the form in which the sentences use them; those that say nothing are left out."""
    shown = _Facts({name: text for name, value in facts.items() if (text := _text(name, value))})
    shown.setdefault("scheme", "empty")
    shown.setdefault("oldest", "1.2")
    if not facts.get("secure"):
        shown["try_tls"] = "If it expects TLS, use wss://."
    meaning = ALERTS.get(shown["alert"]) if "alert" in shown else _CLOSE_CODES.get(facts.get("closeCode"))
    if meaning:
        shown["meaning"] = meaning
    if isinstance(names := facts.get("names"), list) and names:
        shown["names"] = " and ".join(map(repr, names))
    return shown


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text.strip(" .!?\t\r\n") if name in ("reason", "phrase") else text  # some libraries write sentences


def _advice_on_status(problem: NetworkProblem) -> str:
    """What to try after an HTTP answer that is not an upgrade (RFC 9110 section 15)."""
    status = problem.facts.get("status", 0)
    if 300 <= status < 400:
        return "It points to {location}; connect there." if problem.facts.get("location") else ""
    if status in (502, 503, 504):
        return "A proxy or the central system is overloaded or down; try again later."
    if 100 <= status < 200:
        return (
            "That is not a final answer, and charge points wait for no other: let the server send the final one alone."
        )
    if status == 511:
        return "A network in between, such as a hotspot, wants a login before it lets anything through (RFC 6585)."
    if 500 <= status < 600:
        return "The central system had an internal error; its log should say why."
    return _ADVICE_ON_STATUS.get(status, "")


_ADVICE_ON_STATUS = {
    200: "There is a web server but no WebSocket at this path; compare the path.",
    400: "Compare the subprotocol: does the central system speak the OCPP version that was offered?",
    404: "The path or the id is unknown there: compare the requested URL; is the charge point registered?",
    405: "This path is not a WebSocket endpoint; compare the path.",
    407: "A proxy in between asks for credentials.",
    409: "A connection with this id may be open already.",
    410: "The path existed once; ask for the new URL.",
    421: "The server does not serve this host: compare the host in the URL, and the header Host.",
    426: "The request arrived without its Upgrade header (a proxy in between?), or TLS is asked for: try wss://.",
    429: "Too many attempts; wait and use a longer back-off.",
}

_CLOSE_CODES: Mapping[object, str] = {
    1000: "OK",
    1001: "going away",
    1002: "protocol error",
    1003: "unsupported data",
    1007: "invalid frame payload data",
    1008: "policy violation",
    1009: "message too big",
    1010: "mandatory extension",
    1011: "internal error",
    1012: "service restart",
    1013: "try again later",
    1014: "bad gateway",
}
"""RFC 6455 section 7.4.1 and the registry of IANA."""

_REFUSED = "{address} answered {status}[ {phrase}] to the request for {path}."
_NOT_LISTENING = "Cannot listen on {address}: "
_CUT = "The TCP connection ended without a Close frame (1006)"
_CUT_ADVICE = "Check for a proxy or firewall with an idle time-out, a reboot, or a lost network."
_SCAN = "A port scan or health check."

_WORDS: Mapping[P, tuple[str, str]] = {
    **TLS_WORDS,
    **PROFILE_WORDS,
    **SOAP_WORDS,
    P.URL_EMPTY: ("The URL is empty.", ""),
    P.URL_WITHOUT_SCHEME: ("{url!r} has no scheme; write ws:// or wss:// before the host.", ""),
    P.URL_SCHEME_MISWRITTEN: ("{url!r} begins with {name}; write {suggestion} instead.", ""),
    P.URL_OF_ANOTHER_SCHEME: ("The scheme of {url!r} is {scheme}; OCPP-J needs ws or wss[, here {suggestion}].", ""),
    P.URL_WITH_SPACE: (
        "{url!r} contains a space or a control character; write it percent-encoded, %20 for a space.", "",
    ),
    P.URL_INVALID: ("{url!r} is not a URL[: {reason}].", ""),
    P.URL_WITHOUT_HOST: ("{url!r} names no host.", ""),
    P.URL_WITH_WRONG_PORT: ("{url!r} names a wrong port; a port is a number from 1 to 65535.", ""),
    P.URL_WITH_FRAGMENT: ("{url!r} has a fragment (#); write %23 where the character is meant.", ""),
    P.URL_WITHOUT_ID: ("{url!r} does not end with the id of a charge point.", ""),
    P.HEADER_NAME_INVALID: ("{name!r} cannot be the name of an HTTP header.", ""),
    P.HEADER_VALUE_INVALID: (
        "The value of the header {name} contains a control character or one outside Latin-1.", "",
    ),
    P.USER_WITHOUT_PASSWORD: ("The user name {user!r} is given without a password, so that nobody would be asked.", ""),
    P.OWN_PASSWORD_EMPTY: ("The password is empty.", ""),
    P.USER_WITH_COLON: ("A user name must not contain a colon: it separates user name and password (RFC 7617).", ""),
    P.PASSWORD_NOT_HEXADECIMAL: (
        "The password is not hexadecimal: an even number of the digits 0-9, a-f is needed.", "",
    ),
    P.HOST_UNKNOWN: (_NOT_LISTENING + "the host is unknown[ ({reason})].", ""),
    P.PORT_IN_USE: (_NOT_LISTENING + "the port is in use by another program.", ""),
    P.PORT_NEEDS_RIGHTS: (_NOT_LISTENING + "ports below 1024 need special privileges.", ""),
    P.ADDRESS_OF_ANOTHER_MACHINE: (_NOT_LISTENING + "this machine has no such address.", ""),
    P.CANNOT_LISTEN: ("Cannot listen on {address}[: {reason}].", ""),
    P.LOOPBACK_ONLY: ("", "Only programs on this machine can connect."),
    P.FEW_OPEN_FILES: (
        "", "This system allows so few open files that about {limit} charge points can be connected at once.",
    ),
    P.NO_NETWORK: ("", "This machine seems to have no network address but its loopback."),
    P.NAME_UNRESOLVED: (
        "The name {host} cannot be resolved[: {reason}].",
        "Check the spelling of the host, and the DNS server and VPN of this machine.",
    ),
    P.NAME_LOOKUP_TIMED_OUT: ("The name {host} was not resolved within {timeout} s.", "Check the DNS server."),
    P.TCP_REFUSED: (
        "{address} refused the TCP connection: nothing listens there.",
        "Check the port, and whether the central system runs and listens on more than its own loopback.",
    ),
    P.TCP_TIMED_OUT: (
        "{address} did not answer the TCP connection within {timeout} s.",
        "Check the address, the route and the firewalls between.",
    ),
    P.TCP_UNREACHABLE: ("{address} cannot be reached[: {reason}].", "Check the address and this machine's network."),
    P.HTTP_STATUS: (_REFUSED, ""),
    P.SERVER_WANTS_CREDENTIALS: (_REFUSED, "It asks for credentials: give a password."),
    P.SERVER_REJECTS_CREDENTIALS: (
        _REFUSED, "Compare user name and password; one in hex digits may have to be sent as its bytes.",
    ),
    P.SERVER_REJECTS_CHARGE_POINT: (
        _REFUSED,
        "Is the charge point registered and enabled there? A web application firewall may also have refused it.",
    ),
    P.SERVER_REJECTS_CERTIFIED: (
        _REFUSED,
        "TLS accepted our certificate. Is its common name (CN) the id in the URL? Is the charge point enabled there?",
    ),
    P.SERVER_REJECTS_SUBPROTOCOL: (_REFUSED, "It does not take any of {offered}: offer another OCPP version."),
    P.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL: (
        "{address} chose a subprotocol that was not offered[: {name!r}].",
        "Offered were {offered}: it has to name one of them, letter for letter. If it has another version, offer that.",
    ),
    P.SERVER_CHOSE_SEVERAL_SUBPROTOCOLS: (
        "{address} answered with several subprotocols[: {name}].",
        "It has to choose one of those that were offered (RFC 6455 section 4.2.2), which were {offered}.",
    ),
    P.UPGRADE_ANSWER_WRONG: (
        "{address} did not open a WebSocket[: {reason}].", "It answers 101 but breaks RFC 6455.",
    ),
    P.UPGRADE_ANSWER_OF_OTHER_HTTP: (
        "{address} opened a WebSocket in HTTP/1.0.",
        "A WebSocket needs HTTP/1.1 (RFC 6455 section 4.2.2); a proxy in between may speak 1.0.",
    ),
    P.UPGRADE_ANSWER_INVALID: (
        "{address} answered with status 101 and headers that are not HTTP[: {reason}].",
        "It, or a proxy in between, breaks HTTP (RFC 9110 section 5).",
    ),
    P.UPGRADE_ANSWER_ENDLESS: (
        "{address} answered with status 101 and headers that do not end.", "Is this the port of the central system?",
    ),
    P.UPGRADE_ANSWER_UNFINISHED: (
        "{address} answered with status 101 and did not finish its headers within {timeout} s.",
        "A proxy or firewall in between may hold the rest back.",
    ),
    P.UPGRADE_ANSWER_CUT: (
        "{address} answered with status 101 and ended the connection in the middle of its headers.",
        "A proxy or firewall in between may have ended it.",
    ),
    P.UPGRADE_ANSWER_WITHOUT_UPGRADE: (
        "{address} did not open a WebSocket[: {reason}].",
        "It answers 101 but breaks RFC 6455. A proxy in between may have removed the header.",
    ),
    P.SERVER_WITHOUT_HTTP: (
        "{address} does not speak HTTP: its answer begins with '{first}'.",
        "Is this the port of the central system?[ It speaks {name}.]",
    ),
    P.SERVER_WITH_TLS: (
        "{address} does not speak HTTP: its answer begins with '{first}'.",
        "It speaks TLS: use wss:// instead of ws://.",
    ),
    P.SERVER_WANTS_TLS: (_REFUSED, "It asks for TLS: use wss:// instead of ws://."),
    P.HTTP_TIMED_OUT: (
        "{address} accepted the connection and did not answer the request within {timeout} s.",
        "Is this the port of the central system?[ {try_tls}]",
    ),
    P.HTTP_ANSWER_UNFINISHED: (
        "{address} began an answer, '{first}', and did not finish its first line within {timeout} s.",
        "A proxy or firewall in between may hold the rest back.",
    ),
    P.HTTP_ANSWER_CUT: (
        "{address} began an answer, '{first}', and ended the connection in its first line.",
        "A proxy or firewall in between may have ended it; or the server failed, and its log should say why.",
    ),
    P.HTTP_ANSWER_LINE_ENDS: (
        "{address} ends the lines of its answer, '{first}', with a line feed alone.",
        "HTTP has a carriage return before it (RFC 9112 section 2.2): let the server send both.",
    ),
    P.HTTP_CUT: (
        "{address} accepted the connection and ended it without an answer.",
        "A proxy or firewall in between may have ended it. If it expects TLS, use wss://.",
    ),
    P.HTTP_CUT_AFTER_TLS: (
        "{address} ended the connection after the TLS handshake, without an answer.",
        "With TLS 1.3, a server that requires a client certificate, or refuses ours, may do so without a reason.",
    ),
    P.ATTEMPT_GIVEN_UP: ("The attempt was given up.", ""),
    P.TOO_MANY_HANDSHAKES: (
        "There are too many unfinished handshakes ({limit}); a connection was dropped.",
        "A port scan, or charge points that all connect at once.",
    ),
    P.STOPPED_LISTENING: ("The central system stopped listening before the handshake was done.", ""),
    P.PEER_SILENT: (
        "The peer connected and sent nothing within {timeout} s.",
        "A port scan or health check, or a charge point that speaks another protocol.",
    ),
    P.PEER_SENT_HALF_A_REQUEST: (
        "The peer connected and sent half a request within {timeout} s.",
        "A port scan or health check, or a charge point that speaks another protocol.",
    ),
    P.PEER_LEFT_SILENTLY: ("The peer connected and disconnected without sending anything[ ({reason})].", _SCAN),
    P.PEER_LEFT_IN_REQUEST: ("The peer connected and disconnected in the middle of its request[ ({reason})].", ""),
    P.REQUEST_TOO_LONG: (
        "The peer sent a request that is too long[: {reason}].",
        "A port scan, or a proxy in between that adds headers without end.",
    ),
    P.REQUEST_INVALID: (
        "The peer did not send a valid HTTP request[: {reason}].",
        "Its HTTP is faulty, or a proxy in between changed it.",
    ),
    P.PEER_WITHOUT_HTTP: (
        "The peer does not speak HTTP[: it began with '{first}'].",
        "A port scan, or a peer that speaks another protocol.",
    ),
    P.REQUEST_OF_OTHER_HTTP: (
        "The request is of {name}; a WebSocket is opened with HTTP/1.1 (RFC 6455 section 4.1).",
        "Mostly a reverse proxy in between: have it pass requests on with HTTP/1.1 (nginx: proxy_http_version 1.1).",
    ),
    P.REQUEST_OF_OTHER_METHOD: (
        "The request for a WebSocket has the method {name}; it must be GET (RFC 6455 section 4.1).",
        "The WebSocket library of the peer is faulty.",
    ),
    P.REQUEST_NOT_TAKEN: ("The peer's request was not accepted[: {reason}].", ""),
    P.REQUEST_WITHOUT_UPGRADE: (
        "A plain HTTP request for {path}, not for a WebSocket[; it comes from {name}].",
        "A browser or a health check; or a proxy in between removed the headers of the WebSocket.",
    ),
    P.UPGRADE_HEADER_REMOVED: (
        "The request has the headers of a WebSocket but not `Upgrade: websocket` (RFC 6455 section 4.1).",
        "A proxy in between removed it: have it pass on Upgrade and Connection, which are for one hop only.",
    ),
    P.CONNECTION_HEADER_REMOVED: (
        "The request has no `Connection: Upgrade` header (RFC 6455 section 4.1).",
        "A proxy in between removed it: have it pass on Upgrade and Connection, which are for one hop only.",
    ),
    P.PATH_WITHOUT_ID: (
        "The path {path} does not end with the id of a charge point.",
        "Put the id at the end of the URL in the charge point, or let it append its own.",
    ),
    P.TOO_MANY_CONNECTIONS: ("The maximum number of connections is open.", ""),
    P.CREDENTIALS_UNKNOWN_ID: (
        "There are no credentials for the id {expected!r}.", "Add the id to the table of credentials.",
    ),
    P.CREDENTIALS_MISSING: (
        "It sent no credentials.", "Set the password (AuthorizationKey) in the charge point.",
    ),
    P.CREDENTIALS_NOT_BASIC: (
        "Its Authorization header is not of HTTP Basic ({scheme}), which OCPP demands.",
        "Set Basic authentication in the charge point; a proxy in between may also have changed the header.",
    ),
    P.CREDENTIALS_NOT_BASE64: (
        "Its Authorization header is of HTTP Basic, but what follows is not base64 (RFC 7617).",
        "The charge point must send the base64 encoding of `id:password`, not the text itself.",
    ),
    P.CREDENTIALS_WITHOUT_COLON: (
        "Its credentials of HTTP Basic have no colon between user name and password (RFC 7617).",
        "The charge point must send the base64 encoding of `id:password`, not that of the password alone.",
    ),
    P.CREDENTIALS_OF_ANOTHER_USER: ("It gave the user name {user!r}; {expected!r} was expected.", ""),
    P.CREDENTIALS_NOT_OF_THE_ID: (
        "It gave the user name {user!r}; {expected!r} was expected.",
        "The user name must be the charge point's id as in the URL.",
    ),
    P.PASSWORD_EMPTY: ("Its password is empty.", "Set the password (AuthorizationKey) in the charge point."),
    P.PASSWORD_WRONG: (
        "Its password is wrong ({length} bytes received).",
        "Compare it; for a password in hex digits, both the digits and their bytes would have been accepted.",
    ),
    P.PASSWORD_PADDED: (
        "Its password is wrong ({length} bytes received): it {other} with {name}.",
        "Set the password anew without it; it was copied or read from a file with more than the password.",
    ),
    P.SUBPROTOCOL_MISWRITTEN: (
        "It offers the subprotocol {offered}, which is not written as {suggestion}; upper and lower case count.",
        "Correct it in the charge point: the names are separated by commas[; {served} are accepted here].",
    ),
    P.SUBPROTOCOL_NOT_SERVED: (
        "It offers the subprotocols {offered}; this central system accepts {served}.",
        "Set the OCPP version in the charge point, or assume one here.",
    ),
    P.SUBPROTOCOL_MISSING: (
        "It offers no subprotocol (Sec-WebSocket-Protocol); this central system accepts {served}.",
        "Assume a version: charge points that name none mostly speak 1.6.",
    ),
    P.UPGRADE_REQUEST_WRONG: ("The upgrade request is wrong[: {reason}].", ""),
    P.WEBSOCKET_KEY_MISSING: (
        "The request for a WebSocket has no Sec-WebSocket-Key (RFC 6455 section 4.1).",
        "The WebSocket library of the charge point is faulty or very old, or a proxy in between removed the header.",
    ),
    P.WEBSOCKET_KEY_WRONG: (
        "The Sec-WebSocket-Key {other!r} is not the base64 encoding of 16 bytes (RFC 6455 section 4.1).",
        "The WebSocket library of the charge point is faulty.",
    ),
    P.WEBSOCKET_VERSION_MISSING: (
        "The request for a WebSocket has no Sec-WebSocket-Version, which must be 13 (RFC 6455 section 4.1).",
        "The WebSocket library of the charge point is from before 2011, or faulty; update it.",
    ),
    P.WEBSOCKET_VERSION_WRONG: (
        "The request has the Sec-WebSocket-Version {other!r}; it must be 13 (RFC 6455 section 4.1).",
        "The WebSocket library of the charge point is from before 2011, or faulty; update it.",
    ),
    P.NO_CONNECTION_UPGRADE: ("The request has no `Connection: Upgrade` header (RFC 6455 section 4.1).", ""),
    P.ID_ONLY_IN_USER: (
        "The path {path} does not end with the id of a charge point; the user name {user!r} is used as the id.", "",
    ),
    P.ID_NOT_AT_THE_END: ("The path {path} does not end with the id but with {other!r}.", ""),
    P.USER_WRITTEN_OTHERWISE: (
        "The user name {user!r} is {expected!r} in another case or encoding (A00.FR.207).", "",
    ),
    P.SUBPROTOCOL_MISSPELT: ("The subprotocol {name!r} is misspelt; OCPP {version} is assumed.", ""),
    P.SUBPROTOCOL_UNOFFERED: (
        "The central system chose {name!r}, which was not offered; OCPP {version} is assumed.", "",
    ),
    P.USER_IS_NOT_THE_ID: ("The user name {user!r} is not the id {expected!r} (A00.FR.207).", ""),
    P.CHARGE_POINT_NAMED_NO_SUBPROTOCOL: (
        "It named no subprotocol that is accepted here; OCPP {version} is assumed.", "",
    ),
    P.CENTRAL_SYSTEM_CHOSE_NO_SUBPROTOCOL: (
        "The central system chose no subprotocol; OCPP {version} is assumed.", "",
    ),
    P.NOT_OPEN: ("Connection {connection}[ to {name}] is not open.", ""),
    P.NOT_CONNECTED: ("{name} is not connected.", ""),
    P.NOT_WAITING: ("Record {record} is not a call that waits for an answer.", ""),
    P.CLOSED_WITH_CODE: ("The peer closed the connection: {closeCode}[ ({meaning})][, {reason}].", ""),
    P.PING_UNANSWERED: ("The peer answered earlier pings and not this one; it is considered gone.", ""),
    P.MESSAGE_TOO_LARGE: ("The peer sent a message that is larger than allowed[: {reason}].", "Allow larger messages."),
    P.WEBSOCKET_BROKEN: ("The peer broke the WebSocket protocol[: {reason}].", ""),
    P.COMPRESSED_UNASKED: (
        "The peer broke the WebSocket protocol[: {reason}].",
        "It compresses (RSV1) although that was not agreed; check its settings.",
    ),
    P.CLOSE_UNANSWERED: ("The peer did not answer our Close frame.", ""),
    P.CLOSE_CUT: ("The peer ended the TCP connection without answering our Close frame.", ""),
    P.RESET: (_CUT + ": the peer reset it (RST).", _CUT_ADVICE),
    P.CUT: (_CUT + "[: {reason}].", _CUT_ADVICE),
    P.TLS_BROKEN: ("The connection ended without a Close frame (1006), since TLS failed[: {reason}].", _CUT_ADVICE),
    P.CUT_BY_PEER: (_CUT + ": the peer ended it (FIN).", _CUT_ADVICE),
    P.CUT_BY_US: (_CUT + ": we ended it.", ""),
}  # fmt: skip
