"""What people and the weather do to a charge point: plug in, present a card, pull the cable, break something.

Each operation either happens, with its effects, or a sentence says why it cannot. Source of the error codes: OCPP 1.6
section 7.6 ChargePointErrorCode; a 2.x charge point reports them with NotifyEvent (use case N07, TC G05).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ocpptui.simulator import breakdowns
from ocpptui.simulator.charge_plan import NOBODY, ChargePlan
from ocpptui.simulator.charging import Charge
from ocpptui.simulator.connector import Connector
from ocpptui.simulator.contract import EMAID
from ocpptui.simulator.device import Device
from ocpptui.simulator.effects import AddNote, Effect, LoseConnection, Reconnect
from ocpptui.simulator.outgoing_calls import DriverToken, StopReason
from ocpptui.simulator.shown_contract import offers_plug_and_charge, shown_contract
from ocpptui.simulator.smart_charging import prioritise
from ocpptui.simulator.station_faults import ERROR_CODES

CARD = "04A2B3C4D5"
"""The card of a driver who presents one without saying which."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that somebody does to a charge point."""

    name: str
    connector: int = 0
    """Connector of 1.6, EVSE of 2.x; 0: the only one, or the first where it is possible."""
    argument: str = ""
    evse_connector: int = 0
    """The connector of the EVSE (2.x) to plug into; 0: the first that can be used."""


@dataclass(frozen=True, slots=True)
class OperationKind:
    """An operation that there is."""

    name: str
    description: str
    has_connector: bool = True
    argument: str = ""
    """What the argument means; empty: there is none. In brackets if it may be left out."""
    chooses_evse_connector: bool = False
    """Whether it can say which connector of an EVSE is meant (2.x)."""


KINDS = (
    OperationKind("plug-in", "Plug in a car", argument="[state of charge in per cent]", chooses_evse_connector=True),
    OperationKind(
        "plug-and-charge",
        "Plug in a car that pays by its contract (2.x)",
        argument="[eMAID]",
        chooses_evse_connector=True,
    ),
    OperationKind("card", "Hold a card before the reader", argument="[idTag or idToken]"),
    OperationKind("unplug", "Unplug the car"),
    OperationKind("stop", "Press the stop button"),
    OperationKind("pause-car", "Let the car take no energy"),
    OperationKind("resume-car", "Let the car take energy again"),
    OperationKind("priority", "Ask for priority charging (2.1)"),
    OperationKind("no-priority", "End priority charging"),
    OperationKind("fault", "Break something", argument="error code"),
    OperationKind("repair", "Repair it", argument="[error code]"),
    OperationKind("emergency-stop", "Press the emergency stop button", has_connector=False),
    OperationKind("release", "Release the emergency stop button", has_connector=False),
    OperationKind("tilt", "Knock the charge point over", has_connector=False),
    OperationKind("upright", "Set it upright again", has_connector=False),
    OperationKind("grid-frequency", "Change the frequency of the grid", has_connector=False, argument="hertz"),
    OperationKind("power-loss", "Cut the power", has_connector=False, argument="[seconds]"),
    OperationKind("offline", "Cut the connection", has_connector=False, argument="[seconds]"),
    OperationKind("online", "Connect again", has_connector=False),
    OperationKind("renew-certificate", "Ask for a new certificate of its own", has_connector=False),
    OperationKind("restart", "Restart the charge point", has_connector=False),
)
"""All operations, in the order of a charge."""

POWER_LOSS = 10.0
"""Seconds without power, if nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class OperationResult:
    """What an operation led to."""

    effects: list[Effect] = field(default_factory=list)
    problem: str = ""
    """Why it is not possible; empty if it happened."""


def operate(device: Device, operation: Operation, now: int) -> OperationResult:
    """Do it at `now`, in microseconds since 1970-01-01 UTC."""
    run = _RUN.get(operation.name)
    if run is None:
        return OperationResult(problem=f"There is no operation {operation.name}.")
    if operation.connector and operation.connector not in device.connectors:
        return OperationResult(problem=f"There is no connector {operation.connector}.")
    if operation.evse_connector and not _fitting(device, operation):
        return OperationResult(problem=f"No EVSE there has a connector {operation.evse_connector}.")
    return run(device, operation, now)


# -- the driver -----------------------------------------------------------------------------------------------------


def _plug_in(device: Device, operation: Operation, now: int) -> OperationResult:
    connector = _first(device, operation, lambda each: each.meter.car is None)
    if connector is None:
        return OperationResult(problem="A car is plugged in already.")
    car = device.fleet.arrive()
    if operation.argument:
        try:
            car.soc = float(operation.argument)
        except ValueError:
            return OperationResult(problem=f"{operation.argument} is not a number of per cent.")
        if not 0 <= car.soc <= 100:
            return OperationResult(problem="A state of charge lies between 0 and 100 per cent.")
    visit = _visit(device, connector)
    connector.meter.evse_connector = _part(connector, operation)
    effects = visit.plug_in(now, car)
    if car.contract and offers_plug_and_charge(device):
        token = shown_contract(device, car.contract, now)
        if isinstance(token, str):
            effects.append(AddNote(f"The contract of the car is refused: {token}."))
        else:
            effects += visit.present(token, now)
    return OperationResult(effects)


def _plug_and_charge(device: Device, operation: Operation, now: int) -> OperationResult:
    if device.version.generation == 1:
        return OperationResult(problem="OCPP 1.6 has no plug and charge.")
    if not offers_plug_and_charge(device):
        return OperationResult(problem="Plug and charge is switched off: PnCEnabled of ISO15118Ctrlr.")
    connector = _first(device, operation, lambda each: each.charge is None and device.is_usable(each))
    if connector is None:
        wanted = device.connectors.get(operation.connector)
        return OperationResult(problem="No connector is free." if wanted is None else _in_the_way(device, wanted))
    visit = _visit(device, connector)
    connector.meter.evse_connector = _part(connector, operation)
    contract = DriverToken(operation.argument or EMAID, "eMAID", has_contract=True)
    return OperationResult([*visit.plug_in(now), *visit.present(contract, now)])


def _card(device: Device, operation: Operation, now: int) -> OperationResult:
    token = DriverToken(operation.argument or CARD)
    connector = _first(device, operation, lambda each: _expects(each, token))
    if connector is None or not _expects(connector, token):
        return OperationResult(problem="Nobody expects a card there.")
    if not device.is_usable(connector) and not connector.has_transaction:
        return OperationResult(problem=_in_the_way(device, connector))
    return OperationResult(_visit(device, connector).present(token, now))


def _in_the_way(device: Device, connector: Connector) -> str:
    """Why nobody can begin a charge at a connector."""
    return f"The connector is {device.status(connector)}."


def _expects(connector: Connector, token: DriverToken) -> bool:
    charge = connector.charge
    return charge is None or not charge.is_asking


def _unplug(device: Device, operation: Operation, now: int) -> OperationResult:
    connector = _first(device, operation, lambda each: each.meter.car is not None)
    if connector is None or connector.meter.car is None or connector.charge is None:
        return OperationResult(problem="No car is plugged in.")
    return OperationResult(connector.charge.unplug(now))


def _stop(device: Device, operation: Operation, now: int) -> OperationResult:
    connector = _first(device, operation, lambda connector: connector.has_transaction)
    if connector is None or connector.charge is None or not connector.charge.is_running:
        return OperationResult(problem="No transaction runs.")
    return OperationResult(connector.charge.stop(now))


def _set_ready(is_ready: bool) -> Run:
    def run(device: Device, operation: Operation, now: int) -> OperationResult:
        connector = _first(
            device, operation, lambda each: each.meter.car is not None and each.meter.car.is_ready != is_ready
        )
        if connector is None or connector.charge is None or connector.meter.car is None:
            return OperationResult(problem="No such car is plugged in.")
        connector.charge.set_ready(now, is_ready)
        return OperationResult()

    return run


def _set_priority(is_activated: bool) -> Run:
    """The driver decides at the charge point (2.1 K22)."""

    def run(device: Device, operation: Operation, now: int) -> OperationResult:
        connector = _first(device, operation, lambda connector: connector.has_transaction)
        if connector is None or connector.charge is None:
            return OperationResult(problem="No transaction runs.")
        told = prioritise(device, connector.charge, is_activated=is_activated)
        if told is None:
            return OperationResult(problem="There is no charging profile of the purpose PriorityCharging.")
        return OperationResult(told)

    return run


# -- faults ---------------------------------------------------------------------------------------------------------


def _fault(device: Device, operation: Operation, now: int) -> OperationResult:
    code = next((each for each in ERROR_CODES if each.lower() == operation.argument.lower()), None)
    if code is None:
        lack = f"{operation.argument} is not one" if operation.argument else "none is given"
        return OperationResult(problem=f"A fault needs an error code, and {lack}: {', '.join(ERROR_CODES)}.")
    connector = device.connectors[operation.connector or 1]
    if code in connector.faults:
        return OperationResult(problem=f"{code} is reported already.")
    return OperationResult(breakdowns.break_down(device, connector, code, now))


def _repair(device: Device, operation: Operation, now: int) -> OperationResult:
    connector = _first(device, operation, lambda each: bool(each.faults))
    wanted = operation.argument.lower()
    codes = [] if connector is None else [code for code in connector.faults if wanted in ("", code.lower())]
    if connector is None or not codes:
        return OperationResult(problem="Nothing of that kind is broken.")
    return OperationResult(breakdowns.repair(device, connector, codes, now))


def _break_station(fault: str, info: str) -> Run:
    def run(device: Device, operation: Operation, now: int) -> OperationResult:
        if fault in device.station_faults:
            return OperationResult(problem=f"{info} is reported already.")
        return OperationResult(breakdowns.break_station(device, fault, now))

    return run


def _repair_station(fault: str, info: str) -> Run:
    def run(device: Device, operation: Operation, now: int) -> OperationResult:
        if fault not in device.station_faults:
            return OperationResult(problem=f"{info} is not reported.")
        return OperationResult(breakdowns.repair_station(device, fault, now))

    return run


# -- power and connection -------------------------------------------------------------------------------------------


def _power_loss(device: Device, operation: Operation, now: int) -> OperationResult:
    seconds = _seconds(operation, POWER_LOSS)
    if seconds is None:
        return OperationResult(problem=f"{operation.argument} is not a number of seconds.")
    device.queue.close()  # what ends now is reported when the power is back
    for charge in device.running():
        charge.stop(now, StopReason.POWER_LOSS)
    device.boot_reason = "PowerUp"
    return OperationResult([*device.restart(now), LoseConnection(seconds)])


def _grid_frequency(device: Device, operation: Operation, now: int) -> OperationResult:
    try:
        hertz = float(operation.argument)
    except ValueError:
        hertz = 0.0
    if not 10 <= hertz <= 100:
        return OperationResult(problem="A frequency lies between 10 and 100 hertz.")
    device.der.frequency = hertz
    return OperationResult()


def _offline(device: Device, operation: Operation, now: int) -> OperationResult:
    seconds = _seconds(operation, None)
    if operation.argument and seconds is None:
        return OperationResult(problem=f"{operation.argument} is not a number of seconds.")
    return OperationResult([LoseConnection(seconds)])


def _online(device: Device, operation: Operation, now: int) -> OperationResult:
    return OperationResult([Reconnect()])


def _restart(device: Device, operation: Operation, now: int) -> OperationResult:
    return OperationResult(device.reset(StopReason.REBOOT, "LocalReset", now))


def _seconds(operation: Operation, default: float | None) -> float | None:
    if not operation.argument:
        return default
    try:
        seconds = float(operation.argument)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e6 else None


# -- where ----------------------------------------------------------------------------------------------------------


def _first(device: Device, operation: Operation, fits: Callable[[Connector], bool]) -> Connector | None:
    if operation.connector:
        connector = device.connectors[operation.connector]
        return connector if fits(connector) else None
    return next((connector for connector in _fitting(device, operation) if fits(connector)), None)


def _fitting(device: Device, operation: Operation) -> list[Connector]:
    """The connectors (1.6) or EVSEs (2.x) that an operation may be for."""
    wanted, part = operation.connector, operation.evse_connector
    return [
        connector
        for number, connector in device.connectors.items()
        if wanted in (0, number) and part <= len(connector.evse_connectors)
    ]


def _part(connector: Connector, operation: Operation) -> int:
    """The connector of an EVSE to plug into; one that is out of service takes a car, too, but does not charge it."""
    return operation.evse_connector or (1 if connector.usable is None else connector.usable.number)


def _visit(device: Device, connector: Connector) -> Charge:
    """The visit at a connector, or a new one, whose driver unplugs by hand."""
    if connector.charge is None or connector.charge.has_ended:
        return device.visit(ChargePlan(connector.number, NOBODY, unplug_after=None))
    return connector.charge


def _renew_certificate(device: Device, operation: Operation, now: int) -> OperationResult:
    """As a charge point does before its certificate expires (use case A03)."""
    kind = "" if device.version.generation == 1 else "ChargingStationCertificate"
    return OperationResult([device.sign_certificate(kind)])


Run = Callable[[Device, Operation, int], OperationResult]

_RUN: dict[str, Run] = {
    "plug-in": _plug_in,
    "plug-and-charge": _plug_and_charge,
    "card": _card,
    "unplug": _unplug,
    "stop": _stop,
    "pause-car": _set_ready(False),
    "resume-car": _set_ready(True),
    "priority": _set_priority(True),
    "no-priority": _set_priority(False),
    "fault": _fault,
    "repair": _repair,
    "emergency-stop": _break_station("EmergencyStop", "The emergency stop"),
    "release": _repair_station("EmergencyStop", "The emergency stop"),
    "tilt": _break_station("Tilt", "The tilt"),
    "upright": _repair_station("Tilt", "The tilt"),
    "grid-frequency": _grid_frequency,
    "power-loss": _power_loss,
    "offline": _offline,
    "online": _online,
    "renew-certificate": _renew_certificate,
    "restart": _restart,
}
