"""The target of a command. A call to the wrong charge point unlocks the wrong connector, so the user is asked."""

from __future__ import annotations

from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.session.session import Session


def addressees(session: Session, chosen: str | None, under_cursor: str | None) -> dict[int, str]:
    """The connections that may be meant, by number, each with its name; just one if there is no doubt.

    `chosen` is the charge point that the user works with, `under_cursor` that of a record the user put the cursor on.
    If nothing is connected, it is the last connection, since that charge point may come back.
    """
    for name in (chosen, under_cursor):
        open_one = session.connection_of(name) if name is not None else None
        if open_one is not None:
            return {open_one.number: open_one.charge_point}
    if chosen is None and session.connections:
        found = {number: one.charge_point or mask_own_text(one.url) for number, one in session.connections.items()}
        return dict(sorted(found.items(), key=lambda one: one[1]))
    for party in reversed(session.timeline.party_table):
        if party.version is not None and party.connection and chosen in (None, party.charge_point):
            return {party.connection: party.charge_point}
    return {}


def connection_of(session: Session, index: int) -> int:
    """The connection of the record at a timeline index, or if that is closed, the newest of its charge point."""
    number = session.timeline.connection(index)
    if number not in session.connections:
        found = session.connection_of(session.timeline.charge_point(index))
        return found.number if found is not None else number
    return number
