"""Connections: handshakes that fail, and connections that end without a normal Close frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ocpptui.diagnosis.rule import Case, Facts, Rule, Told
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity


def _tell(case: Case) -> Iterator[Told]:
    detail = case.record.detail
    words = " ".join(str(detail[key]) for key in ("error", "advice") if detail.get(key))
    if words:
        yield Told(words)


def _tell_tolerated(case: Case) -> Iterator[Told]:
    tolerated = case.record.detail.get("tolerated")
    for one in tolerated if isinstance(tolerated, list | tuple) else ():
        text = one.get("text") if isinstance(one, dict) else one
        if text:
            yield Told(f"{text} It was accepted anyway.")


def _after(*events: ConnectionEvent) -> Callable[[Facts], bool]:
    return lambda facts: facts.tells_error and facts.event in events


_NAMED = (ConnectionEvent.REFUSED, ConnectionEvent.FAILED, ConnectionEvent.CLOSED)
"""The events that have a rule of their own."""

RULES = (
    Rule(
        "conn.refused",
        Severity.ERROR,
        "The handshake is refused.",
        "OCPP-J 1.6 section 3.2; OCPP 2.0.1 Part 4 section 3.2",
        lambda facts: facts.event is ConnectionEvent.REFUSED,
        _tell,
        positive=('* 10:00:00 refused {"error":"The charge point is unknown."}',),
        negative=("10:00:00 opened",),
    ),
    Rule(
        "conn.failed",
        Severity.ERROR,
        "The connection could not be made.",
        "RFC 6455 section 4.1",
        lambda facts: facts.event is ConnectionEvent.FAILED,
        _tell,
        positive=('* 10:00:00 failed {"error":"Nobody listens there."}',),
        negative=("10:00:00 opened",),
    ),
    Rule(
        "conn.abnormal-close",
        Severity.WARNING,
        "The connection did not end as it should.",
        "RFC 6455 section 7.1.5",
        _after(ConnectionEvent.CLOSED),
        _tell,
        positive=('10:00:00 opened\n* 10:00:01 closed {"closeCode":1006,"error":"The connection was lost."}',),
        negative=('10:00:00 opened\n10:00:01 closed {"closeCode":1000}',),
    ),
    Rule(
        "conn.tolerated",
        Severity.WARNING,
        "The handshake is wrong but was accepted.",
        "OCPP-J 1.6 section 3; OCPP 2.0.1 Part 4 section 3; security whitepaper A00.FR.207",
        lambda facts: facts.lets_pass,
        _tell_tolerated,
        positive=('* 10:00:00 opened {"tolerated":["No subprotocol is offered."]}',),
        negative=("10:00:00 opened",),
    ),
    Rule(
        "conn.problem",
        Severity.WARNING,
        "The connection has a problem.",
        "RFC 6455",
        lambda facts: facts.tells_error and facts.event not in _NAMED,
        _tell,
        positive=('* 10:00:00 opening {"error":"The name is not known."}',),
        negative=("10:00:00 opening\n10:00:01 opened",),
    ),
)
