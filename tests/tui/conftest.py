"""A session that a test fills by hand, and the screen over it as plain text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Version
from ocpptui.session.session import Session
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.screens.session_screen import SessionScreen
from ocpptui.tui.widgets.inspector import Inspector
from ocpptui.tui.widgets.message_log import MessageLog
from ocpptui.tui.widgets.row_view import LineView

NOW = 1_700_000_000_000_000
PATIENCE = 20.0
SIZES = [(80, 24), (200, 60)]


class Talk:
    """What a test lets happen in a session, a second apart."""

    def __init__(self, session: Session | None = None) -> None:
        self.session = session or Session()
        self.now = NOW

    @property
    def timeline(self) -> Any:
        return self.session.timeline

    def raw(
        self,
        raw: str | bytes,
        direction: Direction = Direction.TO_CSMS,
        *,
        charge_point: str = "CP001",
        version: Version | None = Version.V16,
        connection: int = 1,
        after: int = 1_000_000,
    ) -> int:
        """Something on the wire, `after` microseconds later; its index."""
        self.now += after
        record = message_record(
            raw,
            time=self.now,
            connection=connection,
            direction=direction,
            charge_point=charge_point,
            version=version,
        )
        return self._observed(record)

    def call(self, action: str = "Heartbeat", payload: str = "{}", message_id: str | None = None, **where: Any) -> int:
        message_id = message_id or f"id-{len(self.session.timeline)}"
        return self.raw(f'[2,"{message_id}","{action}",{payload}]', **where)

    def answer(self, call: int, payload: str = "{}", after: int = 12_000, **where: Any) -> int:
        frame, direction = self.session.timeline.frame(call), self.session.timeline.direction(call)
        assert isinstance(frame, Message) and direction is not None
        return self.raw(f'[3,"{frame.id}",{payload}]', direction.opposite, after=after, **where)

    def exchange(self, action: str = "Heartbeat", payload: str = "{}", answer: str = "{}") -> tuple[int, int]:
        call = self.call(action, payload)
        return call, self.answer(call, answer)

    def happened(self, event: ConnectionEvent, **detail: Any) -> int:
        detail = {"event": event.value, **detail}
        return self._observed(Record(self.now, 1, RecordKind.CONNECTION, None, "CP001", Version.V16, detail=detail))

    def ping(self) -> int:
        return self._observed(Record(self.now, 1, RecordKind.PING, Direction.TO_CSMS, "CP001", Version.V16))

    def _observed(self, record: Record) -> int:
        self.session.observed(record, None)
        return len(self.session.timeline) - 1


class Screen:
    """The running program over a session."""

    def __init__(self, app: OcpptuiApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def log(self) -> MessageLog:
        return self.app.screen_stack[1].query_one(MessageLog)

    @property
    def inspector(self) -> Inspector:
        return self.app.screen_stack[1].query_one(Inspector)

    @property
    def session_screen(self) -> SessionScreen:
        screen = self.app.screen_stack[1]
        assert isinstance(screen, SessionScreen)
        return screen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.press(*("space" if letter == " " else letter for letter in text))

    async def wait_for(self, condition: Callable[[], bool]) -> None:
        await wait_for(self.pilot, condition)

    async def caught_up(self) -> None:
        """Wait until the log shows every record."""
        await self.wait_for(lambda: self.log.is_caught_up and self.log.taken_in == len(self.log.timeline))

    def text(self) -> str:
        return screen_text(self.app)

    def rows(self) -> list[str]:
        """The log as it is on the screen, a line each."""
        return widget_text(self.log)

    def said(self) -> str:
        """The line below the log."""
        return str(self.session_screen.query_one("#status").render()).strip()

    def notices(self) -> list[str]:
        """What popped up so far."""
        return [notification.message for notification in self.app._notifications]


@asynccontextmanager
async def screen_over(session: Session, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Screen]:
    """The program on a terminal of this size, showing a session."""
    app = OcpptuiApp(session)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, SessionScreen) and app.screen.is_mounted)
        screen = Screen(app, pilot)
        await screen.caught_up()
        await pilot.pause()
        yield screen


async def wait_for(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Let the program run until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)
    await pilot.pause()


def screen_text(app: App[Any]) -> str:
    """What the terminal shows, as plain text."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def widget_text(widget: LineView) -> list[str]:
    """The rows of a pane that are on the screen, without its scrollbar."""
    lines = [widget.render_line(y) for y in range(widget.size.height)]
    return [line.crop(0, widget.row_width).text.rstrip() for line in lines]
