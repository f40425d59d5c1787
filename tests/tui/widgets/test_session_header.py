"""The top line: what needs attention is visible at any width, and the rest as far as it fits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult

from ocpptui.network.charge_point_client import ChargePointClient
from ocpptui.network.client_settings import ClientSettings
from ocpptui.ocpp.version import Direction, Role
from ocpptui.session.session import Session
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from ocpptui.tui.widgets.session_header import SessionHeader
from tests.kit.driver import SIZES, boot, central_system
from tests.kit.talk import NOW, Talk

URL = "wss://csms.example.com/steve/websocket/CentralSystemService"


class HeaderApp(App[None]):
    def __init__(self, session: Session) -> None:
        super().__init__()
        self.header = SessionHeader(session)

    def compose(self) -> ComposeResult:
        yield self.header

    @property
    def text(self) -> str:
        return self.header.render().plain


@asynccontextmanager
async def header(session: Session, width: int) -> AsyncIterator[HeaderApp]:
    app = HeaderApp(session)
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        yield app


def connecting(session: Session, url: str = URL, *, insecure: bool = False) -> None:
    """A connection that was created but not started."""
    session.client_links.append(
        ChargePointClient(ClientSettings(url=url, charge_point="CP001", insecure=insecure), session.observer)
    )


def happened(session: Session, event: ConnectionEvent, **detail: object) -> None:
    whole = {"event": event, "url": f"{URL}/CP001", **detail}
    session.observer.observed(Record(session._clock(), 1, RecordKind.CONNECTION, None, "CP001", detail=whole), None)


async def test_a_charge_point_shows_its_url_and_the_state_of_the_connection() -> None:
    """The user would wait for a connection that is not even attempted."""
    session = Session(role=Role.CHARGE_POINT)
    connecting(session)
    async with header(session, 120) as app:
        assert app.text.startswith(f" charge point  {URL}/CP001  not connected")
        happened(session, ConnectionEvent.OPENING)
        assert "connecting" in app.text
        happened(session, ConnectionEvent.FAILED, retryInSeconds=10.0)
        assert "not connected, again in 10 s" in app.text or "not connected, again in 9 s" in app.text
        happened(session, ConnectionEvent.CLOSED)
        assert app.text.startswith(f" charge point  {URL}/CP001  not connected ")
        session.live_diagnosis.catch_up()
        assert app.text.rstrip().endswith(" ✗ 1")


@pytest.mark.parametrize("width", [64, 80, 100, 200])
async def test_what_needs_attention_is_never_truncated(width: int) -> None:
    """At 80 columns a long URL would hide that nothing is verified or recorded."""

    class Failing(Session):
        recording_failure = "no space"
        waiting = [1, 2, 3]

    session = Failing(role=Role.CHARGE_POINT)
    session.automatic = False
    connecting(session, insecure=True)
    talk = Talk(session)
    talk.raw("no frame")
    talk.call("Reset", '{"type":"Hard"}', direction=Direction.TO_CHARGE_POINT)
    async with header(session, width) as app:
        for mark in ("TLS NOT VERIFIED", "? 3", "manual", "✗", "NOT REC", "charge point"):
            assert mark in app.text
        assert len(app.text) <= width


async def test_tls_is_marked_as_unverified_only_if_there_is_tls() -> None:
    """Users soon overlook a mark that appears without reason."""
    session = Session(role=Role.CHARGE_POINT)
    connecting(session, "ws://localhost:9000", insecure=True)
    async with header(session, 100) as app:
        assert "NOT VERIFIED" not in app.text


async def test_a_file_is_named() -> None:
    """With three windows open the user could not tell them apart."""
    async with header(Session(), 80) as app:
        app.header.title = "customer.log\x1b[2J"
        assert app.text.startswith(" file  customer.log␛[2J")


async def test_a_long_url_keeps_its_two_ends() -> None:
    """The id at the end distinguishes two sessions, the host at the start two backends."""
    session = Session(role=Role.CHARGE_POINT)
    connecting(session)
    async with header(session, 70) as app:
        assert "wss://csms" in app.text and "/CP001" in app.text and "…" in app.text


@pytest.mark.parametrize("size", SIZES)
async def test_a_central_system_counts_its_charge_points(size: tuple[int, int]) -> None:
    """The user would not see that the second charge point never connected."""
    async with central_system(size=size) as (driver, session, _):
        await driver.shows("central system  ws://127.0.0.1:", "0 connected")
    async with central_system("CP001", size=size) as (driver, session, peers):
        await driver.shows("CP001 connected", "OCPP 1.6", "manual")
        await peers["CP001"].send(boot())
        await driver.until(lambda: "? 1" in driver.line(0), "the waiting call")
        await session.send_call(next(iter(session.connections)), "Reset", '{"type":"Soft"}')
        await driver.until(lambda: "✗" not in driver.line(0), "no problem")
    async with central_system("CP001", "CP002", size=size) as (driver, session, _):
        await driver.shows("2 connected")


async def test_it_does_not_read_the_whole_timeline() -> None:
    """It is painted with each new record, and would slow down a busy session."""
    session = Session(role=Role.CHARGE_POINT)
    connecting(session)
    talk = Talk(session)
    happened(session, ConnectionEvent.FAILED)
    for _ in range(500):
        talk.call()
    session.live_diagnosis.catch_up()
    read: list[int] = []
    record = session.timeline.record
    session.timeline.record = lambda index: read.append(index) or record(index)  # type: ignore[func-returns-value, method-assign]
    async with header(session, 80) as app:
        assert "not connected" in app.text
    assert not read
    assert talk.now > NOW
