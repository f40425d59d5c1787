"""Who owns a connection that has just been dialled. A socket without an owner stays open until the process ends."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from ocpptui.network.outgoing_handshake import Dialled, dialled_before
from ocpptui.network.websocket_transport import WebSocketTransport
from ocpptui.runtime.tasks import Tasks


class AbortableConnection:
    """A connection that remembers whether it was aborted."""

    is_aborted = False

    def abort(self) -> None:
        self.is_aborted = True


def dialled() -> tuple[AbortableConnection, Dialled]:
    wire = AbortableConnection()
    return wire, Dialled(cast(WebSocketTransport, wire), "ws://h/CP1", None, None, {})


async def never() -> None:
    await asyncio.Event().wait()


async def test_a_connection_is_handed_over_open() -> None:
    wire, made = dialled()

    async def dial() -> Dialled:
        return made

    assert await dialled_before(dial(), never()) is made
    assert not wire.is_aborted


async def test_dialling_ends_when_the_charge_point_leaves() -> None:
    async def dial() -> Dialled:
        await never()
        raise AssertionError

    async def leaves() -> None:
        return

    assert await dialled_before(dial(), leaves()) is None


async def test_a_connection_opened_at_the_moment_of_cancelling_is_aborted() -> None:
    """The proxy is closed just as the central system is reached: the socket would stay open."""
    wire, made = dialled()

    async def dial() -> Dialled:
        waiting.cancel()
        return made

    waiting = Tasks("test").start(dialled_before(dial(), never()), "dial")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    assert wire.is_aborted
