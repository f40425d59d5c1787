"""How the simulated charge point handles RequestBatterySwap. Source: OCPP 2.1 Part 2 use case S02."""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.ocpp.payload import Payload, integer_at, object_at
from ocpptui.simulator.battery_bays import SWAP
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import Effect, SendCall


def request_swap(device: Device, request: Payload, now: int) -> Reply:
    """RequestBatterySwap: the driver puts a battery in, then takes another; each is reported (S02.FR.01, S02.FR.02).

    Without a connection, the driver waits.
    """
    if not device.bays.can_swap(now):
        return status_reply("Rejected")
    device.bays.swap = request
    go_on(device, now)
    return status_reply("Accepted")


def go_on(device: Device, now: int) -> None:
    """Let the driver of the swap under way do what comes next."""
    bays, request = device.bays, device.bays.swap
    if request is None:
        return

    def told(event: str, battery: Payload) -> SendCall:
        token, number = object_at(request, "idToken"), integer_at(request, "requestId") or 0
        payload = {"eventType": event, "requestId": number, "idToken": token, "batteryData": [battery]}
        return SendCall("BatterySwap", payload)

    def put_in(now: int) -> list[Effect]:
        _next(device, take_out, now)
        return [told("BatteryIn", bays.put_in(now))]

    def take_out(now: int) -> list[Effect]:
        bays.swap = None
        return [told("BatteryOut", bays.take_out(now))]

    _next(device, put_in if bays.has_room() else take_out, now)


def _next(device: Device, step: Callable[[int], list[Effect]], now: int) -> None:
    """Let the driver do this next, as soon as there is a connection."""

    def act(now: int) -> list[Effect]:
        if device.is_online:
            return step(now)
        _next(device, step, now)
        return []

    device.agenda.at(now + device.step, SWAP, act)
