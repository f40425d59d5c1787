"""Charge points of which a recording does not show the beginning, or the end of a transaction."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from typing import Any

from ocpptui.ocpp.message import Message
from ocpptui.timeline.record import IN_VAIN, ConnectionEvent, RecordKind
from ocpptui.timeline.timeline import Timeline


def begun_late(timeline: Timeline, charge_points: Collection[str]) -> list[str]:
    """Of these, those whose first record is neither the beginning of a connection nor a BootNotification."""
    left, found, table = set(charge_points), list[str](), timeline.party_table
    for index, party in enumerate(timeline.parties):
        if not left:
            break
        name = table[party].charge_point
        if name in left:
            left.discard(name)
            is_boot = timeline.kinds[index] == RecordKind.CALL and timeline.action(index) == "BootNotification"
            if timeline.event(index) not in _BEGINNINGS and not is_boot:
                found.append(name)
    return found


def left_open(timeline: Timeline, charge_points: Collection[str]) -> dict[str, str]:
    """The transactions that are open when the recording ends, by charge point: at most one of each of these, and only
    if its last message about a transaction does not end it."""
    left, found, table = set(charge_points), dict[str, str](), timeline.party_table
    wanted = {number for number, action in enumerate(timeline.action_table) if action in _ABOUT_TRANSACTIONS}
    for index in _calls_backwards(timeline, wanted):
        if not left:
            break
        name = table[timeline.parties[index]].charge_point
        if name in left:
            left.discard(name)
            if transaction := _open_after(timeline, index):
                found[name] = transaction
    return dict(sorted(found.items()))


def _calls_backwards(timeline: Timeline, actions: Container[int]) -> Iterator[int]:
    """The calls of these actions, by their numbers, from the last to the first."""
    for stop in range(len(timeline), 0, -STEP):
        start = max(stop - STEP, 0)
        rows = zip(timeline.actions[start:stop], timeline.kinds[start:stop], strict=True)
        found = [
            index for index, (action, kind) in enumerate(rows, start) if kind == RecordKind.CALL and action in actions
        ]
        yield from reversed(found)


def _open_after(timeline: Timeline, call: int) -> str:
    """The transaction that is open after a call about it; empty if none is, or nobody can know."""
    payload, answer = _payload(timeline, call), timeline.other_half(call)
    if timeline.action(call) == "TransactionEvent":
        info = payload.get("transactionInfo")
        number = info.get("transactionId") if isinstance(info, dict) and payload.get("eventType") != "Ended" else None
    elif timeline.action(call) == "StartTransaction" and answer is not None:
        started = _payload(timeline, answer)
        info = started.get("idTagInfo")
        is_accepted = isinstance(info, dict) and info.get("status") == "Accepted"
        number = started.get("transactionId") if is_accepted else None
    else:
        number = None
    return timeline.without_secrets(str(number)[:LONGEST_SHOWN_ID]) if isinstance(number, str | int) else ""


def _payload(timeline: Timeline, index: int) -> dict[str, Any]:
    frame = timeline.frame(index)
    payload = frame.payload if isinstance(frame, Message) else None
    return payload if isinstance(payload, dict) else {}


STEP = 4096
"""How many records are looked through at once."""
LONGEST_SHOWN_ID = 64
"""Characters of a transaction id that are shown."""
_ABOUT_TRANSACTIONS = ("StartTransaction", "StopTransaction", "TransactionEvent")
_BEGINNINGS = (ConnectionEvent.OPENING, ConnectionEvent.OPENED, *IN_VAIN)
