"""The hint below the log: where to connect, and why a charge point is not in."""

from __future__ import annotations

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake
from websockets.typing import Subprotocol

from tests.kit.driver import central_system


async def test_the_address_stays_until_a_charge_point_is_in_and_a_refusal_is_read_in_full() -> None:
    """The technician would lose the URL at the first try that fails, and read half of the reason."""
    async with central_system() as (driver, session, _):
        await driver.shows("Enter this URL")
        [url] = session.listening_urls
        await driver.shows(f"{url.replace('ws:', 'http:')}  for OCPP-S (SOAP)")
        with pytest.raises(InvalidHandshake):
            await connect(url, subprotocols=[Subprotocol("ocpp1.6")])
        await driver.shows("refused", "from 127.0.0.1:", "Enter this URL", " was refused:")
        await driver.reads("Put the id at the end of the URL in the charge point")
        with pytest.raises(InvalidHandshake):
            await connect(f"{url}CP001", subprotocols=[Subprotocol("soap")])
        await driver.shows("CP001 from 127.0.0.1:", "Enter this URL")
        async with connect(f"{url}CP001", subprotocols=[Subprotocol("ocpp1.6")]):
            await driver.hides("Enter this URL", "was refused:")
