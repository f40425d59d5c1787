"""The problems of settings that cannot be used, and of a port that cannot be listened on, in words."""

from __future__ import annotations

from collections.abc import Mapping

from ocpptui.network.problems import ProblemCode as P

_NOT_LISTENING = "Cannot listen on {address}: "

SETTING_WORDS: Mapping[P, tuple[str, str]] = {
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
    P.ADDRESS_OF_ANOTHER_MACHINE: (_NOT_LISTENING + "the address belongs to another machine.", ""),
    P.CANNOT_LISTEN: ("Cannot listen on {address}[: {reason}].", ""),
    P.LOOPBACK_ONLY: ("", "Only programs on this machine can connect."),
    P.FEW_OPEN_FILES: (
        "", "This system allows so few open files that about {limit} charge points can be connected at once.",
    ),
    P.NO_NETWORK: ("", "This machine seems to have no network address but its loopback."),
}  # fmt: skip
"""The sentence and the advice for each problem that is there before any peer is, as in `network_problems`."""
