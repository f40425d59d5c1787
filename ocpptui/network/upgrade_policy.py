"""Whether a central system lets a charge point in, judged by its upgrade request alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from websockets.datastructures import Headers
from websockets.http11 import Request

from ocpptui.network.credentials import Accepted, Credentials, Refusal
from ocpptui.network.problems import ConnectStep
from ocpptui.ocpp.http_headers import parse_basic
from ocpptui.ocpp.identity import identity_in_path
from ocpptui.ocpp.version import Version


@dataclass(frozen=True, slots=True)
class UpgradePolicy:
    """Who is let in."""

    versions: tuple[Version, ...]
    assume_version: Version | None
    """The version of a charge point that names none of ours; None: it is refused."""
    credentials: Credentials | None
    tolerant: bool
    """Accept an upgrade request without `Connection: Upgrade`, as some chargers send it."""


@dataclass(slots=True)
class Admission:
    """A charge point that is let in."""

    charge_point: str
    version: Version
    subprotocol: str | None
    """The one to answer with; None: the answer names none."""
    credentials: Accepted | None = None
    tolerated: list[str] = field(default_factory=list)
    """What is wrong with the request and was let pass, one sentence each."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A charge point that is not let in."""

    status: HTTPStatus
    step: ConnectStep
    sentence: str
    advice: str
    charge_point: str = ""


def offered_subprotocols(headers: Headers) -> list[str]:
    """The subprotocols that a request offers, in its order of preference."""
    values = ",".join(headers.get_all("Sec-WebSocket-Protocol"))
    return [name.strip() for name in values.split(",") if name.strip()]


def is_upgrade(request: Request) -> bool:
    """Whether the request asks for a WebSocket at all."""
    return any("websocket" in value.lower() for value in request.headers.get_all("Upgrade"))


def decide(request: Request, rules: UpgradePolicy, full: bool) -> Admission | Rejection:
    """Let the sender of this upgrade request in or not; `full`: there are as many connections as are allowed.

    Mends the request in place where it lacks what a tolerant central system does without.
    """
    if not is_upgrade(request):
        return Rejection(
            HTTPStatus.UPGRADE_REQUIRED,
            ConnectStep.HTTP,
            f"A plain HTTP request for {request.path}, not for a WebSocket.",
            "A browser or a health check; or a proxy on the way removed the Upgrade header.",
        )
    charge_point = identity_in_path(request.path)
    if not charge_point:
        return Rejection(
            HTTPStatus.NOT_FOUND,
            ConnectStep.HTTP,
            f"The path {request.path} does not end with the id of a charge point.",
            "Put the id at the end of the URL in the charge point, or let it append its own.",
        )
    if full:
        return Rejection(
            HTTPStatus.SERVICE_UNAVAILABLE,
            ConnectStep.HTTP,
            "There are as many connections as are allowed.",
            "Allow more with --max-connections.",
            charge_point,
        )
    accepted = None
    if rules.credentials is not None:
        checked = rules.credentials.check(_single(request.headers, "Authorization"), charge_point)
        if isinstance(checked, Refusal):
            return Rejection(
                HTTPStatus.UNAUTHORIZED, ConnectStep.CREDENTIALS, checked.sentence, checked.advice, charge_point
            )
        accepted = checked
    chosen = _choose(request, rules, charge_point)
    if isinstance(chosen, Rejection):
        return chosen
    version, subprotocol = chosen
    admission = Admission(charge_point, version, subprotocol, accepted)
    user = _user(request.headers)
    if rules.credentials is None and user is not None and user != charge_point:
        admission.tolerated.append(f"The user name {user!r} is not the id {charge_point!r} (A00.FR.207).")
    if rules.tolerant and not _connection_upgrade(request.headers):
        request.headers["Connection"] = "Upgrade"
        admission.tolerated.append("The request has no `Connection: Upgrade` header (RFC 6455 section 4.1).")
    return admission


def _choose(request: Request, rules: UpgradePolicy, charge_point: str) -> tuple[Version, str | None] | Rejection:
    offered = offered_subprotocols(request.headers)
    for name in offered:
        version = Version.from_subprotocol(name)
        if version is not None and version in rules.versions:
            return version, name
    if rules.assume_version is not None:
        return rules.assume_version, None
    served = ", ".join(version.subprotocol for version in rules.versions)
    if offered:
        sentence = f"It offers the subprotocols {', '.join(offered)}; served are {served}."
        advice = "Set the OCPP version in the charge point, or accept it as one with --assume-version."
    else:
        sentence = f"It offers no subprotocol (Sec-WebSocket-Protocol); served are {served}."
        advice = "Accept it with --assume-version 1.6: charge points that send none mostly speak 1.6."
    return Rejection(HTTPStatus.BAD_REQUEST, ConnectStep.SUBPROTOCOL, sentence, advice, charge_point)


def _connection_upgrade(headers: Headers) -> bool:
    return any("upgrade" in value.lower() for value in headers.get_all("Connection"))


def _user(headers: Headers) -> str | None:
    header = _single(headers, "Authorization")
    basic = parse_basic(header) if header is not None else None
    return basic[0] if basic is not None else None


def _single(headers: Headers, name: str) -> str | None:
    values = headers.get_all(name)
    return values[0] if values else None
