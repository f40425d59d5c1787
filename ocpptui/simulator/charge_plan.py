"""What a driver intends at a connector, and what a charge needs of its charge point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.version import Version
from ocpptui.simulator.configuration import Configuration
from ocpptui.simulator.effects import Effect
from ocpptui.simulator.outgoing_calls import DriverToken
from ocpptui.simulator.token_decisions import Authorizer, TokenInfo
from ocpptui.simulator.transaction_queue import TransactionQueue

NOBODY = DriverToken("")


@dataclass(frozen=True, slots=True)
class ChargePlan:
    """How a charge should proceed."""

    connector: int
    """Connector of 1.6, EVSE of 2.x; from 1."""
    token: DriverToken
    authorize: bool = True
    """Ask whether the token is accepted before the transaction starts."""
    samples: int | None = None
    """The driver stops after this many meter values; None means only on request."""
    interval: int | None = None
    """Microseconds between meter values; None means as configured."""
    remote_start_id: int | None = None
    """The id from the RequestStartTransaction (2.x) that requested this charge."""
    is_remote: bool = False
    reservation: int | None = None
    """The reservation that this charge uses up."""
    unplug_after: int | None = 3 * SECOND
    """Microseconds from the end of the transaction to unplugging; None: the driver does that."""


class StationParts(Protocol):
    """What a charge needs of its charge point."""

    version: Version
    configuration: Configuration
    authorizer: Authorizer
    queue: TransactionQueue

    def tariff_of(self, connector: int, transaction: str) -> Payload:
        """The tariff of a transaction (2.1); empty for none."""
        ...

    def report_changes(self, now: int) -> list[Effect]:
        """The StatusNotifications that are due."""
        ...

    def may_use_reservation(self, connector: int, token: DriverToken, info: TokenInfo | None) -> bool:
        """Whether a reservation of the connector, if any, is for this token or its group; it is then used up."""
        ...
