"""What the user would lose by quitting, or by closing the session: asked about before it is done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from ocpptui.session.session import Session


@runtime_checkable
class HoldsWork(Protocol):
    """A screen on which work of the user may be unfinished."""

    def lost_work(self) -> str:
        """What would be lost if the program ended now, as a sentence; empty if nothing."""
        ...


def what_quitting_loses(session: Session | None, screens: Iterable[object]) -> str:
    """The first thing that would be lost, as a sentence; empty if nothing. `screens` is the stack, the lowest first."""
    failure = session.recording_failure if session is not None else None
    if failure is not None:
        return f"The recording is not complete, and the missing records would be lost. {failure}"
    if session is not None and session.state_failure:
        return f"What the simulation would go on from is not in its file. {session.state_failure}"
    for screen in reversed(list(screens)):  # what is under a help or a question counts, too
        if isinstance(screen, HoldsWork) and (lost := screen.lost_work()):
            return lost
    running = session.running_transfers if session is not None else 0
    if not running:
        return ""
    files = "A file is" if running == 1 else f"{running} files are"
    return f"{files} being moved, and would not arrive whole."


def what_closing_loses(session: Session | None, screens: Iterable[object]) -> str:
    """The same for closing the session, which loses its connections, too."""
    if lost := what_quitting_loses(session, screens):
        return lost
    count = len(session.connections) if session is not None else 0
    connections = "A connection would be closed." if count == 1 else f"{count} connections would be closed."
    return connections if count else ""
