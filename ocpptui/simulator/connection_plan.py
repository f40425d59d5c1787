"""How a simulated charge point wants to connect, and how it is connected, as values to and from the session."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class OwnPair:
    """A certificate of the charge point, with those between it and its root, and its key, in PEM."""

    chain: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConnectionPlan:
    """How a charge point connects. What is None is as its user has set it."""

    number: int = 0
    """What the session knows the plan by; 0 for the settings of the user."""
    url: str | None = None
    security_profile: int | None = None
    """1: HTTP Basic, 2: TLS and HTTP Basic, 3: TLS with a client certificate (2.x Part 2 A00)."""
    password: str | None = field(default=None, repr=False)
    is_hexadecimal: bool = False
    """The bytes of these digits are the password (1.6 security whitepaper, A00.FR.205)."""
    pair: OwnPair | None = None
    """The client certificate and its key."""
    slot: int = 1
    """The network connection profile that this is (2.x B09)."""
    attempts: int = 1
    """How many attempts may fail before the next plan is tried."""


class ConnectFailure(Enum):
    """Why a plan did not lead to a connection; the values are the security events of 1.6 and 2.x, empty for none."""

    SERVER_CERTIFICATE = ("InvalidCentralSystemCertificate", "InvalidCsmsCertificate")
    REJECTED = ("FailedToAuthenticateAtCentralSystem", "FailedToAuthenticateAtCsms")
    TLS_VERSION = ("InvalidTLSVersion", "InvalidTLSVersion")
    OTHER = ("", "")


@dataclass(frozen=True, slots=True)
class FailedPlan:
    """A plan that did not lead to a connection."""

    number: int
    failure: ConnectFailure


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """How a charge point is connected, as far as it matters for what it may change."""

    plan: int = 0
    """The number of the plan that led to the connection."""
    identity: str = ""
    is_encrypted: bool = False
    security_profile: int = 0
    """0: none."""
    has_password: bool = False
    """Whether its user has given it one."""
    has_root: bool = False
    """Whether it can verify a central system without a root certificate that was installed over OCPP."""
    trusts_installed: bool = False
    """Whether only root certificates that were installed over OCPP can have verified the central system."""
    has_certificate: bool = False
    """Whether its user has given it a client certificate."""
    ping_interval: int | None = None
    """Seconds; 0: it sends none; None: not known."""
    failed: tuple[FailedPlan, ...] = ()
    """What has failed since the last connection."""
