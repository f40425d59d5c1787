"""What can go wrong with a link and is the caller's to handle. Everything else is a record."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class ConnectStep(StrEnum):
    """How far a connection came before it failed."""

    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"
    CREDENTIALS = "credentials"
    SUBPROTOCOL = "subprotocol"
    WEBSOCKET = "websocket"


class NetworkProblem(Exception):
    """Root of what the links raise; its text is a sentence for people."""


class InvalidSetting(NetworkProblem, ValueError):
    """A link cannot be made with this setting."""


class InvalidUrl(InvalidSetting):
    """The URL cannot be the address of a central system."""


class NotConnected(NetworkProblem):
    """There is no open connection to send on."""


class CannotListen(NetworkProblem):
    """The port, the address or the certificate cannot be used."""


class UnusableCertificate(NetworkProblem):
    """A certificate, key or CA file cannot be read or does not fit."""


class ConnectionFailed(NetworkProblem):
    """A connection that could not be made: where it failed, what was seen, what to try."""

    def __init__(
        self,
        step: ConnectStep,
        sentence: str,
        advice: str = "",
        *,
        refused: bool = False,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{sentence} {advice}".strip())
        self.step = step
        self.sentence = sentence
        self.advice = advice
        self.refused = refused
        """The peer was reached, understood the request and said no."""
        self.detail: Mapping[str, Any] = detail or {}
        """What else belongs into the record, as `httpStatus` and `responseHeaders`."""
