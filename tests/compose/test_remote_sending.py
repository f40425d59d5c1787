"""An everyday command is a success only where the charge point did what was asked; else a technician drives home."""

from __future__ import annotations

from ocpptui.compose.remote_sending import Delivery, command_targets, deliver
from ocpptui.ocpp.version import Version
from ocpptui.remote_control.asker import RemoteCall
from tests.kit.station_bench import STATION, station_bench


async def test_what_is_told_is_what_happened() -> None:
    async with station_bench(Version.V16) as (central, station):
        [target] = command_targets(central, [*central.connections, 99])
        assert (target.charge_point, target.version) == (STATION, Version.V16)
        told: list[str] = []

        async def delivered(action: str, payload: dict[str, object]) -> Delivery:
            delivery = Delivery(STATION)
            await deliver(central, target, RemoteCall(action, payload), delivery, lambda one: told.append(one.words))
            assert delivery.is_over
            return delivery

        done = await delivered("ClearCache", {})
        assert not done.is_refused and done.words.startswith("Accepted") and done.latency is not None
        assert told[0] == "waiting for the answer" and told[-1] == done.words
        assert done.record == done.answer != done.sent

        refused = await delivered("RemoteStopTransaction", {"transactionId": 4711})
        assert refused.is_refused and refused.words.startswith("Rejected")

        wrong = await delivered("Reset", {"type": "Sideways"})
        assert wrong.is_refused and "Accepted" not in wrong.words

        await station.close()
        await central.until(lambda: None if central.connections else True, 60)
        late = await delivered("ClearCache", {})
        assert late.is_refused and late.words.startswith("not sent: ") and late.record is None
        assert command_targets(central, [target.connection]) == []
