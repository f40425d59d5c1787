"""OCPP versions, their transports, the two roles and the two directions of a message."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property


class Transport(StrEnum):
    """How the messages of a connection are written and carried, named as in Open OCPP Trace."""

    JSON = "json"
    """OCPP-J: arrays in WebSocket messages."""
    SOAP = "soap"
    """OCPP-S: SOAP envelopes in HTTP requests and responses."""


class Version(StrEnum):
    """An OCPP version, written in its usual form. Test its generation or a capability, not a member.

    Source: the WebSocket subprotocol names of OCPP-J 1.6 section 3.1.2 and OCPP 2.0.1/2.1 Part 4 section 3.1.2, and the
    IANA registry of subprotocol names for those of 1.2, 1.5 and 2.0.
    """

    V12 = "1.2"
    V15 = "1.5"
    V16 = "1.6"
    V20 = "2.0"
    V201 = "2.0.1"
    V21 = "2.1"

    @property
    def generation(self) -> int:
        """1 for OCPP 1.x, whose messages name connectors and idTags; 2 for OCPP 2.x, which has EVSEs and idTokens."""
        return _GENERATIONS[self]

    @property
    def spoken_on(self) -> frozenset[Transport]:
        """The transports on which this program speaks the version.

        One that it speaks on none is only read, from recordings and files of other tools.
        """
        return _SPOKEN.get(self, frozenset())

    @property
    def is_withdrawn(self) -> bool:
        """Its makers withdrew the version: 2.0 of 2018, which 2.0.1 replaced."""
        return self is Version.V20

    @property
    def as_choice(self) -> str:
        """How the version is shown where it can be chosen: `2.0 (withdrawn)`."""
        return f"{self.value} (withdrawn)" if self.is_withdrawn else self.value

    @property
    def has_send(self) -> bool:
        """The version has SEND, the unanswered message (OCPP 2.1 Part 4 section 4.2.4)."""
        return self is Version.V21

    @property
    def has_result_errors(self) -> bool:
        """The version has CALLRESULTERROR, which refuses a CALLRESULT (OCPP 2.1 Part 4 section 4.2.5)."""
        return self is Version.V21

    @property
    def default_stop_reason(self) -> str:
        """Why a transaction ended if its last message gives no reason; empty if the version has no reasons.

        Source: OCPP 1.6 section 6.49 (StopTransaction.req), OCPP 2.0.1 and 2.1 Part 2 TransactionType.
        """
        return "" if self in (Version.V12, Version.V15) else "Local"

    @property
    def subprotocol(self) -> str:
        """The WebSocket subprotocol of this version, `ocpp1.6` for example."""
        return f"ocpp{self.value}"

    @classmethod
    def spoken(cls, transport: Transport) -> tuple[Version, ...]:
        """The versions that this program speaks on a transport, oldest first."""
        return tuple(version for version in cls if transport in version.spoken_on)

    @classmethod
    def offered(cls, transport: Transport) -> tuple[Version, ...]:
        """Of these, the versions that are offered to a peer, and looked for in a log, unless one is named."""
        return tuple(version for version in cls.spoken(transport) if version in _USUAL)

    @classmethod
    def from_subprotocol(cls, name: str | None) -> Version | None:
        """The version that a subprotocol names, also one that is not offered; None if it names none."""
        return _BY_SUBPROTOCOL.get(name or "")

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """The version that the user means by `1.6`, `16`, `1.6J`, `ocpp1.6`, `v201` or `2.0.1`; None if none."""
        if (found := _BY_VALUE.get(text)) is not None:
            return found
        digits = "".join(c for c in text.lower().removeprefix("ocpp") if c.isdigit())
        return _BY_DIGITS.get(digits)


_BY_VALUE = {version.value: version for version in Version}
_GENERATIONS = {version: int(version.value[0]) for version in Version}
FIRST_GENERATION = frozenset(version for version in Version if version.generation == 1)
SECOND_GENERATION = frozenset(Version) - FIRST_GENERATION
SINCE_1_6 = frozenset(Version) - {Version.V12, Version.V15}
_USUAL = (Version.V16, Version.V201, Version.V21)
_SPOKEN = {
    Version.V12: frozenset({Transport.SOAP}),
    Version.V15: frozenset({Transport.JSON, Transport.SOAP}),
    Version.V16: frozenset({Transport.JSON, Transport.SOAP}),
    Version.V20: frozenset({Transport.JSON}),
    Version.V201: frozenset({Transport.JSON}),
    Version.V21: frozenset({Transport.JSON}),
}
_BY_SUBPROTOCOL = {version.subprotocol: version for version in Version}
_BY_DIGITS = {version.value.replace(".", ""): version for version in Version}


class Direction(StrEnum):
    """The direction of a message; absolute, so that a recording means the same on both sides."""

    TO_CSMS = "cp-to-csms"
    TO_CHARGE_POINT = "csms-to-cp"

    @cached_property
    def opposite(self) -> Direction:
        return Direction.TO_CHARGE_POINT if self is Direction.TO_CSMS else Direction.TO_CSMS

    @cached_property
    def sender(self) -> Role:
        """The side that sends in this direction."""
        return Role.CHARGE_POINT if self is Direction.TO_CSMS else Role.CENTRAL_SYSTEM


class Role(StrEnum):
    """One side of an OCPP connection, named as in OCPP 1.6 (2.x: charging station and CSMS)."""

    CHARGE_POINT = "charge-point"
    CENTRAL_SYSTEM = "central-system"

    @cached_property
    def words(self) -> str:
        """The side as a sentence names it: `charge point`, `central system`."""
        return self.value.replace("-", " ")

    @cached_property
    def sends(self) -> Direction:
        """The direction of what this role sends."""
        return Direction.TO_CSMS if self is Role.CHARGE_POINT else Direction.TO_CHARGE_POINT

    @cached_property
    def other(self) -> Role:
        return Role.CENTRAL_SYSTEM if self is Role.CHARGE_POINT else Role.CHARGE_POINT
