"""Handshakes that are refused, and connections with a problem; what else connections show, checkers find."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ocpptui.diagnosis.rule import Case, Rule, Told
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_HTTP_STATUS = re.compile("[1-5][0-9][0-9]")

_MEANINGS = {
    400: "the request is not one that the central system takes: its subprotocol, or a header",
    401: "the user name or the password is wrong, or missing",
    403: "the charge point may not connect, with its certificate or from its address",
    404: "the central system does not know the charge point, or the path of the URL is wrong",
    426: "the request does not ask for a WebSocket",
    429: "it connects too often",
    500: "the central system has a fault",
    502: "a proxy did not reach the central system",
    503: "the central system is overloaded, or is being restarted",
}
"""What the status of an answer says about a charge point (RFC 9110 section 15; OCPP-J 1.6 section 3.2 has the 404)."""


def recorded_error(case: Case) -> Iterator[Told]:
    """What the record says of its problem."""
    detail = case.record.detail
    words = " ".join(str(detail[key]) for key in ("error", "advice") if detail.get(key))
    if words:
        yield Told(words)


def _tell_refusal(case: Case) -> Iterator[Told]:
    told = tuple(recorded_error(case))
    detail = case.record.detail
    status = detail.get("httpStatus") or str(detail.get("responseStatus", ""))[:3]
    if told or not _HTTP_STATUS.fullmatch(str(status)):
        yield from told
        return
    meaning = _MEANINGS.get(int(status))
    yield Told(f"The handshake is refused with HTTP status {status}{f': {meaning}' if meaning else ''}.")


_NAMED = (ConnectionEvent.REFUSED, ConnectionEvent.FAILED, ConnectionEvent.CLOSED)
"""The events that have rules of their own."""

RULES = (
    Rule(
        "conn.refused",
        Severity.ERROR,
        "The handshake is refused.",
        "OCPP-J 1.6 section 3.2; OCPP 2.0.1 Part 4 section 3.2",
        lambda facts: facts.event is ConnectionEvent.REFUSED,
        _tell_refusal,
        positive=(
            '* 10:00:00 refused {"error":"The charge point is unknown."}',
            '* 10:00:00 refused {"httpStatus":404}',
            '* 10:00:00 refused {"responseStatus":"503 Service Unavailable"}',
            "* 10:00:00 refused",
        ),
        negative=('10:00:00 opened {"responseStatus":"101 Switching Protocols","httpStatus":101}',),
    ),
    Rule(
        "conn.problem",
        Severity.WARNING,
        "The connection has a problem.",
        "RFC 6455",
        lambda facts: facts.tells_error and facts.event not in _NAMED,
        recorded_error,
        positive=('* 10:00:00 opening {"error":"The name is not known."}',),
        negative=("10:00:00 opening\n10:00:01 opened",),
    ),
)
