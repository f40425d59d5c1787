"""One step of an examination: what was seen, what it means, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from ocpptui.describe.network_problems import words_of
from ocpptui.network.problems import NetworkProblem
from ocpptui.ocpp.secrets import mask_own_text


class StepState(IntEnum):
    """How a step ended; the greatest of its remarks counts."""

    SKIPPED = 0
    OK = 1
    WARNING = 2
    FAILED = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class StepName(StrEnum):
    """What the steps examine, in their order."""

    PROXY = "proxy"
    DNS = "dns"
    TCP = "tcp"
    TLS_VERSIONS = "tls-versions"
    TLS_SUITES = "tls-suites"
    CERTIFICATE = "certificate"
    CLIENT_CERTIFICATE = "client-certificate"
    UPGRADE = "upgrade"
    SOAP = "soap"
    CREDENTIALS = "credentials"
    PATH = "path"
    WSDL = "wsdl"
    SOAP_VERSIONS = "soap-versions"
    SUBPROTOCOLS = "subprotocols"
    COMPRESSION = "compression"
    PING = "ping"
    CLOCK = "clock"
    BOOT = "boot"
    IDLE = "idle"

    @property
    def heading(self) -> str:
        """For people."""
        return _HEADINGS[self]


_HEADINGS = {
    StepName.PROXY: "Proxy",
    StepName.DNS: "Name",
    StepName.TCP: "TCP",
    StepName.TLS_VERSIONS: "TLS versions",
    StepName.TLS_SUITES: "TLS cipher suites",
    StepName.CERTIFICATE: "Certificate",
    StepName.CLIENT_CERTIFICATE: "Client certificate",
    StepName.UPGRADE: "HTTP upgrade",
    StepName.SOAP: "SOAP",
    StepName.CREDENTIALS: "Credentials",
    StepName.PATH: "Path and id",
    StepName.WSDL: "WSDL",
    StepName.SOAP_VERSIONS: "SOAP versions",
    StepName.SUBPROTOCOLS: "Subprotocols",
    StepName.COMPRESSION: "Compression",
    StepName.PING: "Ping",
    StepName.CLOCK: "Clock",
    StepName.BOOT: "BootNotification",
    StepName.IDLE: "Idle time-out",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a step has shown."""

    state: StepState
    code: str
    """A stable name in kebab case; that of the `ProblemCode` if it is a network problem."""
    sentence: str
    """What it means."""
    advice: str = ""
    """What to do."""
    problem: NetworkProblem | None = None
    """The network problem, for the remedy of a front end."""


def fine(code: str, sentence: str) -> Remark:
    """Nothing is wrong."""
    return Remark(StepState.OK, code, sentence)


def warning(code: str, sentence: str, advice: str = "") -> Remark:
    """It works here, but may fail for some charge points, or later."""
    return Remark(StepState.WARNING, code, sentence, advice)


def failed(code: str, sentence: str, advice: str = "") -> Remark:
    """A charge point does not get in because of this."""
    return Remark(StepState.FAILED, code, sentence, advice)


def skipped(sentence: str) -> Remark:
    """Why the step was not tried."""
    return Remark(StepState.SKIPPED, "skipped", sentence)


def network_remark(problem: NetworkProblem, state: StepState = StepState.FAILED) -> Remark:
    """A network problem in its usual words."""
    sentence, advice = words_of(problem)
    return Remark(state, problem.code, sentence, advice, problem)


@dataclass(frozen=True, slots=True)
class ExaminedStep:
    """A step that has ended. Secrets in its texts are masked."""

    name: StepName
    remarks: tuple[Remark, ...]
    seen: tuple[str, ...] = ()
    """The facts, one a line."""
    subject: str = ""
    """What it was tried on, such as one of several addresses."""

    @property
    def state(self) -> StepState:
        return max((remark.state for remark in self.remarks), default=StepState.OK)

    @property
    def title(self) -> str:
        return f"{self.name.heading} {self.subject}".rstrip()

    @property
    def worst(self) -> Remark:
        """The first of the most severe remarks."""
        return max(self.remarks, key=lambda remark: remark.state)

    def to_dict(self) -> dict[str, Any]:
        """The step as JSON objects."""
        shown: dict[str, Any] = {"step": self.name, "state": self.state.word}
        if self.subject:
            shown["subject"] = self.subject
        shown["seen"] = list(self.seen)
        shown["remarks"] = [
            {
                "state": remark.state.word,
                "code": remark.code,
                "meaning": remark.sentence,
                **({"advice": remark.advice} if remark.advice else {}),
            }
            for remark in self.remarks
        ]
        return shown


def examined(name: StepName, remarks: Iterable[Remark], seen: Iterable[str] = (), subject: str = "") -> ExaminedStep:
    """A step whose texts have their secrets masked: a server may repeat them."""
    return ExaminedStep(
        name,
        tuple(
            Remark(one.state, one.code, mask_own_text(one.sentence), mask_own_text(one.advice), one.problem)
            for one in remarks
        ),
        tuple(map(mask_own_text, seen)),
        subject,
    )
