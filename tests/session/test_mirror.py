"""The copy for a second central system. A user who compares two must know what one of them never got."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection import Connection
from ocpptui.network.relayed_connection import RelayLeg
from ocpptui.ocpp.version import Direction, Version
from ocpptui.runtime.clock import now
from ocpptui.session.mirror import Mirror
from ocpptui.session.mirrored_answers import MOST_OPEN
from ocpptui.timeline.record import message_record
from tests.kit.proxy_bench import backend


async def test_messages_that_the_mirror_never_gets_are_counted() -> None:
    """The two central systems would seem to have had the same messages."""
    said: list[str] = []
    is_told = asyncio.Event()

    def note(connection: Connection, text: str, detail: Mapping[str, Any]) -> int:
        said.append(text)
        if "is connected" in text:
            is_told.set()
        return 0

    async with backend() as other:
        settings = ClientSettings(url=other.url, charge_point="CP1", versions=(Version.V16,))
        mirror = Mirror(cast(RelayLeg, None), settings, note, now)
        for number in range(MOST_OPEN + 3):  # before it can connect
            text = f'[2,"{number}","Heartbeat",{{}}]'
            mirror.copy(message_record(text, time=number, connection=1, direction=Direction.TO_CSMS))
        assert said == ["More than 1,000 messages wait for the mirror; it will not get the oldest ones."]
        await asyncio.wait_for(is_told.wait(), 60)
        assert said[1:] == ["The mirror is connected; it did not get 3 messages."]
        heard = await other.hears("/CP1", MOST_OPEN)
        assert '"3"' in heard[0]
        await mirror.close()
