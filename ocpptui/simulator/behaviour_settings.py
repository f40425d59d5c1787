"""How the simulated charge point and the simulated central system behave, as far as a user decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocpptui.ocpp.refusal import RefusalSettings
from ocpptui.simulator.equipment import Equipment, Outlet
from ocpptui.simulator.registrations import RegistrationPlan
from ocpptui.simulator.scheduled_act import ScheduledAct
from ocpptui.simulator.token_table import TokenTable

if TYPE_CHECKING:  # it takes long to import
    from ocpptui.simulator.certificate_authority import CertificateAuthority


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargePointSettings(RefusalSettings):
    """The identity and behaviour of the simulated charge point. Intervals are in seconds."""

    vendor: str = "ocpptui"
    model: str = "Simulator"
    serial: str = ""
    firmware: str = ""
    connectors: int = 2
    """The number of connectors in 1.6, or of EVSEs with one connector each in 2.x."""
    equipment: Equipment | None = None
    """What it is built of; None for ordinary `connectors`. It overrides their number."""
    heartbeat_interval: int = 300
    """Used until the central system sets one."""
    meter_interval: int = 60
    """Time between the meter values of a transaction; 0 for none. The central system may change it."""
    retry_interval: int = 60
    """Time to the next BootNotification, if the central system sets none or does not answer."""
    step: float = 2.0
    """Time between the steps of a simulated upload or firmware update."""
    schedule: tuple[ScheduledAct, ...] = ()
    """What people do by themselves, from the first registration on."""
    repeats_schedule: bool = False
    """Whether that begins anew when all is done."""
    speed: float = 1.0
    """How much faster than real time the cars charge."""
    boot_on_reconnect: bool = False
    """Send BootNotification on each connection; otherwise only after a start or reset, as the standard requires."""
    boot_when_triggered: bool = False
    """Let TriggerMessage cause a BootNotification when already accepted (1.6 errata 3.35 and 2.x F06.FR.17 say no)."""

    @property
    def built(self) -> Equipment:
        """What the charge point is built of."""
        return self.equipment or Equipment((Outlet(),) * self.connectors)


@dataclass(frozen=True, slots=True, kw_only=True)
class CentralSystemSettings(RefusalSettings):
    """How the simulated central system answers."""

    interval: int = 300
    """Seconds between heartbeats."""
    boot_interval: int | None = None
    """Seconds until the next BootNotification of a charge point that is not accepted; None for `interval`."""
    registration: RegistrationPlan = RegistrationPlan()
    """The answer to BootNotification."""
    registrations: Mapping[str, RegistrationPlan] = field(default_factory=dict)
    """The same for charge points by their identity."""
    require_boot: bool = False
    """Refuse calls with SecurityError also before the first BootNotification (2.x B01.FR.10; 1.6 errata 3.10).
    Off by default, because many stations in the field report their status first."""
    tokens: TokenTable = TokenTable()
    """What is known of id tokens."""
    authority: CertificateAuthority | None = None
    """Signs the certificates of charge points; None refuses their requests."""
    contract_authorities: str = ""
    """Certificates in PEM that contracts are verified with: roots, and CAs below them. Empty: none is verified."""
    vehicle_authority: CertificateAuthority | None = None
    """Signs the certificates that charge points show to cars; None leaves them to `authority`."""
    exi_response: str = ""
    """The answer to Get15118EVCertificate in base64; empty: Failed."""
    probe: bool = False
    """Read the configuration and trigger BootNotification and StatusNotification after each connection."""
