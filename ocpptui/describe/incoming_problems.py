"""The problems of a peer that connects to a central system, and what of it is tolerated, in words."""

from __future__ import annotations

from collections.abc import Mapping

from ocpptui.network.problems import ProblemCode as P

_SCAN = "A port scan or health check."

INCOMING_WORDS: Mapping[P, tuple[str, str]] = {
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
        "The id {expected!r} has no credentials.", "Add the id to the table of credentials.",
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
}  # fmt: skip
"""The sentence and the advice for each problem of a peer that connects, as in `network_problems`."""
