"""OCPP versions, the two roles and the two directions of a message."""

from __future__ import annotations

from enum import StrEnum


class Version(StrEnum):
    """An OCPP version as people write it.

    Source: the WebSocket subprotocol names of OCPP-J 1.6 section 3.1.2 and OCPP 2.0.1/2.1 Part 4 section 3.1.2.
    """

    V16 = "1.6"
    V201 = "2.0.1"
    V21 = "2.1"

    @property
    def subprotocol(self) -> str:
        """The WebSocket subprotocol of this version, `ocpp1.6` for example."""
        return f"ocpp{self.value}"

    @classmethod
    def from_subprotocol(cls, name: str | None) -> Version | None:
        """The version that a subprotocol names, or None where it names none that we speak."""
        return _BY_SUBPROTOCOL.get(name or "")

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """The version that a person means by `1.6`, `16`, `1.6J`, `ocpp1.6`, `v201` or `2.0.1`; None if none."""
        digits = "".join(c for c in text.lower().removeprefix("ocpp") if c.isdigit())
        return _BY_DIGITS.get(digits)


_BY_SUBPROTOCOL = {version.subprotocol: version for version in Version}
_BY_DIGITS = {version.value.replace(".", ""): version for version in Version}


class Direction(StrEnum):
    """Which way a message goes; absolute, so that a recording means the same on both sides."""

    TO_CSMS = "cp-to-csms"
    TO_CHARGE_POINT = "csms-to-cp"

    @property
    def opposite(self) -> Direction:
        return Direction.TO_CHARGE_POINT if self is Direction.TO_CSMS else Direction.TO_CSMS


class Role(StrEnum):
    """One side of an OCPP connection, named as in OCPP 1.6 (2.x: charging station and CSMS)."""

    CHARGE_POINT = "charge-point"
    CENTRAL_SYSTEM = "central-system"

    @property
    def sends(self) -> Direction:
        """The direction of what this role sends."""
        return Direction.TO_CSMS if self is Role.CHARGE_POINT else Direction.TO_CHARGE_POINT

    @property
    def other(self) -> Role:
        return Role.CENTRAL_SYSTEM if self is Role.CHARGE_POINT else Role.CHARGE_POINT
