"""What the meters of the simulated charge point show outside the periodic readings of a transaction.

Source: OCPP 1.6 sections 3.16.2, 5.17; OCPP 2.x use cases F06, J01.
"""

from __future__ import annotations

from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.device import Device
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.metering import main_meter, meter_value


def measured(device: Device, number: int, now: int, context: str) -> SendCall:
    """The MeterValues of a connector at `now`; 0 for the main meter."""
    connector = device.connectors.get(number)
    charge = connector.charge if connector is not None else None
    if charge is not None and charge.is_charging and device.version.generation == 1:
        return charge.meter_values(now, context)
    names = device.configuration.names("MeterValuesSampledData")
    if charge is None:
        names = [name for name in names if name != "SoC"]  # there is no car
    meters = [c.meter for c in device.connectors.values()]
    reading = connector.meter.read(now) if connector is not None else main_meter(now, meters)
    return messages.meter_values(device.version, number, meter_value(device.version, reading, names, context))


def clock_aligned(device: Device, now: int) -> list[Effect]:
    """The clock-aligned meter values that are due: of each transaction, and of each connector without one."""
    device.aligned.follow(now, device.configuration.integer("ClockAlignedDataInterval"))
    names = device.configuration.names("MeterValuesAlignedData")
    if not device.aligned.is_due(now) or not names:
        return []
    effects: list[Effect] = []
    for connector in device.connectors.values():
        charge = connector.charge
        if charge is not None and charge.is_charging:
            effects += charge.measure_aligned(now)
        elif device.queue.is_open:
            reading = connector.meter.read(now)
            value = meter_value(device.version, reading, [name for name in names if name != "SoC"], "Sample.Clock")
            effects.append(messages.meter_values(device.version, connector.number, value))
    return effects
