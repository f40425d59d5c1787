"""What the parts of the session screen work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.screen import Screen

from ocpptui.runtime.tasks import Tasks
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.tui.widgets.charge_point_list import ChargePointList
from ocpptui.tui.widgets.message_log import MessageLog


@dataclass(frozen=True, slots=True)
class SessionParts:
    """The screen, its session, and the panes that say what the user means."""

    screen: Screen[None]
    session: Session
    log: MessageLog
    charge_points: ChargePointList
    opening: FileSession | None
    """The opened files; None for a live session."""
    go_to: Callable[[int], None]
    """Shows the record at a timeline index."""
    tasks: Tasks
    """End with the screen."""
