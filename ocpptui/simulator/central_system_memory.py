"""What a central system knows of all its charge points: registrations, transactions, tokens, serial numbers.

It outlives connections, and its state goes into a file and back as plain values.
"""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.boot_serials import serial_of
from ocpptui.ocpp.payload import Payload, object_at
from ocpptui.runtime.bounded import put
from ocpptui.simulator.behaviour_settings import CentralSystemSettings
from ocpptui.simulator.central_transactions import CentralTransactions
from ocpptui.simulator.kept_state import WrongState
from ocpptui.simulator.registrations import MOST_CHARGE_POINTS, Registrations

KEPT_FORMAT = "central system 1"
"""The name of the format; others are not read."""


class CentralSystemMemory:
    """One for all charge points of a session."""

    def __init__(self, settings: CentralSystemSettings | None = None) -> None:
        settings = settings or CentralSystemSettings()
        self.tokens = settings.tokens
        """Replaced when the user changes the table."""
        self.registrations = Registrations(settings.registration, settings.registrations)
        self.transactions = CentralTransactions()
        self._serials: dict[str, str] = {}

    def note_serial(self, charge_point: str, boot: Payload) -> None:
        """Remember the serial number in a BootNotification."""
        if serial := serial_of(boot):
            put(self._serials, charge_point, serial, MOST_CHARGE_POINTS)

    def names_of(self, charge_point: str) -> set[str]:
        """What a charge point may call itself in a certificate: its identity, its serial number."""
        return {name for name in (charge_point, self._serials.get(charge_point, "")) if name}

    def kept_state(self, now: int) -> Payload:
        """What the next process needs to go on, as JSON can hold it."""
        return {
            "format": KEPT_FORMAT,
            **self.transactions.kept(),
            "registrations": self.registrations.kept(),
            "serialNumbers": dict(self._serials),
        }

    def restore(self, state: Any, now: int) -> None:
        """Go on from such values. Raises WrongState, before anything is changed."""
        if not isinstance(state, dict) or state.get("format") != KEPT_FORMAT:
            raise WrongState("it is not the state of a central system")
        self.transactions.take(state)
        self.registrations.take(state)
        serials = object_at(state, "serialNumbers")
        self._serials.update({name: one for name, one in serials.items() if isinstance(one, str)})
