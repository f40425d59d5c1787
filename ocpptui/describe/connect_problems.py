"""The problems of connecting to a central system, other than those of settings and TLS, in words."""

from __future__ import annotations

from collections.abc import Mapping

from ocpptui.network.problems import NetworkProblem
from ocpptui.network.problems import ProblemCode as P

_REFUSED = "{address} answered {status}[ {phrase}] to the request for {path}."

CONNECT_WORDS: Mapping[P, tuple[str, str]] = {
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
}  # fmt: skip
"""The sentence and the advice for each problem of connecting, as in `network_problems`."""


def advice_on_status(problem: NetworkProblem) -> str:
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
