"""The problems of OCPP-S in words."""

from __future__ import annotations

from collections.abc import Mapping

from ocpptui.network.problems import ProblemCode as P

SOAP_WORDS: Mapping[P, tuple[str, str]] = {
    P.SOAP_URL_WITHOUT_ID: (
        "{url!r} is an OCPP-S (SOAP) URL and names no charge point; an OCPP-J URL begins with {scheme}://.",
        "",
    ),
    P.SOAP_ADDRESS_UNKNOWN: (
        "No address is known at which the charge point takes requests.",
        "Its requests name none in their header From; give one.",
    ),
    P.SOAP_POST_FAILED: (
        "The request could not be posted to {url}: {reason}.",
        "Check whether this address can be reached from here: behind NAT it cannot.",
    ),
    P.SOAP_POST_TIMED_OUT: ("{url} has not answered the request within {timeout} s.", ""),
    P.SOAP_NOBODY_WAITS: ("No request waits for it (any more), so that it was not sent.", ""),
    P.SOAP_ANSWER_WITHOUT_ENVELOPE: (
        "{address} answered with status {status} and without an envelope.",
        "Something other than OCPP-S may listen there: for OCPP-J, use ws:// or wss://.",
    ),
    P.SOAP_VERSION_REFUSED: ("The request is of OCPP {version}, which is not accepted here.", ""),
    P.SOAP_SILENT: ("The charge point has posted nothing for {timeout} s.", ""),
    P.SOAP_ON_WEBSOCKET_PORT: (
        "The peer speaks OCPP-S (SOAP), but only WebSockets are accepted here.",
        "Have it connect to a central system of OCPP-S, or change its protocol to OCPP-J.",
    ),
    P.WEBSOCKET_ON_SOAP_PORT: (
        "The peer wants a WebSocket, but a charge point takes requests of OCPP-S (SOAP) here.",
        "OCPP-J has the charge point connect to the central system.",
    ),
    P.SOAP_NOT_AN_ENVELOPE: (
        "What was posted is not a SOAP envelope, and nothing says which charge point sent it.",
        "A program that looks for web servers, or another protocol over HTTP.",
    ),
    P.SOAP_METHOD_WRONG: ("The request is {name}; OCPP-S posts envelopes.", "A browser or a health check."),
    P.SOAP_FOR_ANOTHER: (
        "The request is for the charge point {name!r}; this one is {expected!r}.",
        "Compare chargeBoxIdentity with the id of the charge point at this address.",
    ),
    P.SOAP_NO_ANSWER_PASSED: ("No answer passed within {timeout} s, so that its sender got status 504.", ""),
    P.SOAP_CHARGE_POINT_UNKNOWN: (
        "The central system calls {name}, which has posted nothing so far, so that nothing says where it is.",
        "Wait for its next request, or name its address.",
    ),
    P.SOAP_NOT_CONNECTED: ("A request arrived while the charge point was not connected.", ""),
    P.SOAP_BODY_BROKEN: ("The body of the request could not be read[: {reason}].", ""),
    P.SOAP_COMPRESSION_UNKNOWN: ("The body is compressed with {name!r}; OCPP-S has gzip and deflate.", ""),
    P.SOAP_CONTENT_TYPE_MISSING: ("The request has no Content-Type; SOAP 1.2 has {suggestion}.", ""),
    P.SOAP_CONTENT_TYPE_OF_1_1: (
        "The Content-Type is {name}, that of SOAP 1.1; SOAP 1.2 has {suggestion}.",
        "",
    ),
    P.SOAP_CONTENT_TYPE_WRONG: ("The Content-Type is {name!r}; SOAP 1.2 has {suggestion}.", ""),
    P.SOAP_CHARSET_WRONG: ("The Content-Type names the character set {name!r}; UTF-8 is read.", ""),
    P.SOAP_ACTION_OF_ANOTHER: (
        "The HTTP headers name the action {name!r}, but the envelope contains {expected}.",
        "",
    ),
    P.SOAP_FROM_MISSING: (
        "The header From is missing, so that no request can be sent to the charge point.",
        "Set the address of the charge point there, or give it here.",
    ),
    P.SOAP_FROM_UNUSABLE: ("The header From has {url!r}, which is not a URL of http or https.", ""),
    P.SOAP_TO_MISSING: ("The header To is missing.", ""),
    P.SOAP_TO_ELSEWHERE: ("The header To has {url}, but {expected} was requested.", ""),
    P.SOAP_REPLY_ELSEWHERE: (
        "The header ReplyTo has {url}; answers of OCPP-S go back in the response, so that it has to be anonymous.",
        "",
    ),
    P.SOAP_SERVICE_OF_SENDER: (
        "The request is for the {name}, the one of its sender.",
        "The body needs the namespace of the service that takes it: Cs of a central system, Cp of a charge point.",
    ),
}
"""What happened and why, and what to try, by the code of the problem."""
