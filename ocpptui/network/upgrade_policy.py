"""Whether a central system lets a charge point in, judged by its upgrade request alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from websockets.datastructures import Headers
from websockets.http11 import Request

from ocpptui.network.credentials import Accepted, Credentials
from ocpptui.network.problems import NetworkProblem, ProblemCode
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
    tolerated: list[NetworkProblem] = field(default_factory=list)
    """What is wrong with the request and was let pass."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A charge point that is not let in."""

    status: HTTPStatus
    problem: NetworkProblem
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
        problem = NetworkProblem(ProblemCode.REQUEST_WITHOUT_UPGRADE, path=request.path)
        return Rejection(HTTPStatus.UPGRADE_REQUIRED, problem)
    charge_point = identity_in_path(request.path)
    if not charge_point:
        return Rejection(HTTPStatus.NOT_FOUND, NetworkProblem(ProblemCode.PATH_WITHOUT_ID, path=request.path))
    if full:
        problem = NetworkProblem(ProblemCode.TOO_MANY_CONNECTIONS)
        return Rejection(HTTPStatus.SERVICE_UNAVAILABLE, problem, charge_point)
    accepted = None
    if rules.credentials is not None:
        checked = rules.credentials.check(_single(request.headers, "Authorization"), charge_point)
        if isinstance(checked, NetworkProblem):
            return Rejection(HTTPStatus.UNAUTHORIZED, checked, charge_point)
        accepted = checked
    chosen = _choose(request, rules, charge_point)
    if isinstance(chosen, Rejection):
        return chosen
    version, subprotocol = chosen
    admission = Admission(charge_point, version, subprotocol, accepted)
    if subprotocol is None:
        problem = NetworkProblem(ProblemCode.CHARGE_POINT_NAMED_NO_SUBPROTOCOL, version=version)
        admission.tolerated.append(problem)
    user = _user(request.headers)
    if rules.credentials is None and user is not None and user != charge_point:
        problem = NetworkProblem(ProblemCode.USER_IS_NOT_THE_ID, user=user, expected=charge_point)
        admission.tolerated.append(problem)
    if rules.tolerant and not _connection_upgrade(request.headers):
        request.headers["Connection"] = "Upgrade"
        admission.tolerated.append(NetworkProblem(ProblemCode.NO_CONNECTION_UPGRADE))
    return admission


def _choose(request: Request, rules: UpgradePolicy, charge_point: str) -> tuple[Version, str | None] | Rejection:
    offered = offered_subprotocols(request.headers)
    for name in offered:
        version = Version.from_subprotocol(name)
        if version is not None and version in rules.versions:
            return version, name
    if rules.assume_version is not None:
        return rules.assume_version, None
    served = [version.subprotocol for version in rules.versions]
    problem = NetworkProblem(ProblemCode.SUBPROTOCOL_MISSING, served=served)
    if offered:
        problem = NetworkProblem(ProblemCode.SUBPROTOCOL_NOT_SERVED, offered=offered, served=served)
    return Rejection(HTTPStatus.BAD_REQUEST, problem, charge_point)


def _connection_upgrade(headers: Headers) -> bool:
    return any("upgrade" in value.lower() for value in headers.get_all("Connection"))


def _user(headers: Headers) -> str | None:
    header = _single(headers, "Authorization")
    basic = parse_basic(header) if header is not None else None
    return basic[0] if basic is not None else None


def _single(headers: Headers, name: str) -> str | None:
    values = headers.get_all(name)
    return values[0] if values else None
