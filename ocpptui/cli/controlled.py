"""Lets scripts control a live session while it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocpptui.session.session import Session

Start = Callable[[], Awaitable[object]]
Close = Callable[[], Awaitable[None]]


def controlled(session: Session, start: Start, close: Close, address: str | None) -> tuple[Start, Close]:
    """`start` and `close` of a session that scripts may control meanwhile, at `address` or, if None, at the usual one.

    If that is not possible, a note in the log says why, and the session goes on.
    """
    from ocpptui.control.control_requests import ControlRequests
    from ocpptui.control.control_server import ControlServer

    server: ControlServer | None = None

    async def begin() -> object:
        nonlocal server
        from ocpptui.control.control_address import address_of, new_address

        try:
            place = new_address(session.name) if address is None else Path(address_of(address))
            server = ControlServer(ControlRequests(session, _line_of(session), session.ask_for_end), place)
            await server.start()
            session.control_name = place.name if address is None else address
        except OSError as error:
            server = None
            session.add_note(f"Scripts cannot control this session: {error.strerror or error}")
        return await start()

    async def end() -> None:
        if server is not None:
            await server.close()
        await close()

    return begin, end


def _line_of(session: Session) -> Callable[[int], bytes]:
    def line_of(index: int) -> bytes:
        from ocpptui.cli.derived_fields import derived_fields
        from ocpptui.recording.line_format import to_line

        session.live_diagnosis.catch_up(index)  # the line has every finding of its record
        timeline = session.timeline
        return to_line(timeline.record(index), timeline.action(index), derived_fields(timeline, index))

    return line_of
