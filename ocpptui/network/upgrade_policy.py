"""Whether a central system accepts a charge point, judged by its upgrade request alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import unquote

from websockets.datastructures import Headers
from websockets.http11 import Request

from ocpptui.network.certificate_names import misnamed
from ocpptui.network.credential_table import CredentialTable
from ocpptui.network.credentials import Accepted, Credentials
from ocpptui.network.outgoing_handshake import Dialled
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.ocpp.header_credentials import parse_basic
from ocpptui.ocpp.identity import identity_in_path
from ocpptui.ocpp.version import Version
from ocpptui.timeline.connection_detail import ConnectionDetail, PeerCertificate


@dataclass(frozen=True, slots=True)
class UpgradePolicy:
    """Which charge points are accepted."""

    versions: tuple[Version, ...]
    assume_version: Version | None
    """The version of a charge point that names none of ours; None: it is refused."""
    credentials: Credentials | CredentialTable | None
    tolerant: bool
    """Accept an upgrade request without `Connection: Upgrade`, as some charge points send it."""
    lenient: bool = False
    """Also accept a charge point whose subprotocol, user name, certificate or path is slightly wrong."""
    certificate_required: bool = False
    """A charge point must have a certificate with its id (security profile 3)."""
    organisation: str | None = None
    """The organisation that its certificate must have."""
    names_of: Callable[[str], Collection[str]] = lambda charge_point: (charge_point,)
    """What the charge point with an id may call itself in its certificate."""
    passes_on: bool = False
    """The central system beyond decides about subprotocols; it gets the request of the charge point as it is."""

    def wrong_name(self, charge_point: str, certificate: PeerCertificate | None) -> NetworkProblem | None:
        """What is wrong with the names in the verified certificate of a charge point, if it must have one."""
        if not self.certificate_required:
            return None
        return misnamed(certificate or {}, charge_point, self.organisation, self.names_of(charge_point))

    def tolerates(self, wrong_name: NetworkProblem) -> bool:
        """Whether a charge point with this `wrong_name` gets in; the log then says what is wrong."""
        return self.lenient or wrong_name.code is ProblemCode.ID_ONLY_IN_ALTERNATIVE_NAME


@dataclass(slots=True)
class Admission:
    """A charge point that is accepted."""

    charge_point: str
    version: Version
    subprotocol: str | None
    """The subprotocol to answer with; None: the answer names none."""
    credentials: Accepted | None = None
    tolerated: list[NetworkProblem] = field(default_factory=list)
    """What is wrong with the request but was tolerated."""
    upstream: Dialled | None = None
    """The leg to the upstream central system, if the connection is proxied and that is there."""
    again: Callable[[], Coroutine[Any, Any, Dialled]] | None = None
    """Connects there again, as often as it takes; None if a proxied connection ends with its upstream leg."""
    answers_alone: bool = False
    """Without the upstream leg, we answer the charge point; otherwise, its messages wait."""

    @property
    def is_relayed(self) -> bool:
        """Whether the connection is proxied."""
        return self.upstream is not None or self.again is not None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A charge point that is refused."""

    status: HTTPStatus
    problem: NetworkProblem
    charge_point: str = ""
    upstream: ConnectionDetail | None = None
    """The response of the upstream central system, if it was asked."""
    body: bytes | None = None
    """The body of the answer, in place of the sentence for the problem; its type is among `headers`."""
    challenge: str | None = None
    """`WWW-Authenticate` of the answer, in place of ours."""
    headers: tuple[tuple[str, str], ...] = ()
    """Further headers of the answer."""


class Gate(Protocol):
    """Decides about a charge point that the central system's own rules would accept. It may take long."""

    async def admit(self, admission: Admission, request: Request) -> Admission | Rejection:
        """Accept it, perhaps with another version and with the upstream leg, or refuse it. Raises nothing."""
        ...


def offered_subprotocols(headers: Headers) -> list[str]:
    """The subprotocols that a request offers, in its order of preference."""
    values = ",".join(headers.get_all("Sec-WebSocket-Protocol"))
    return [name.strip() for name in values.split(",") if name.strip()]


def is_upgrade(request: Request) -> bool:
    """Whether the request asks for a WebSocket at all."""
    return any("websocket" in value.lower() for value in request.headers.get_all("Upgrade"))


def slow_check(request: Request, rules: UpgradePolicy) -> Callable[[], None] | None:
    """What has to be computed in a thread before `decide`; None if there is nothing."""
    if rules.credentials is None or not is_upgrade(request):
        return None
    charge_point, _ = _identity(request, rules.lenient)
    return rules.credentials.slow_check(_single(request.headers, "Authorization"), charge_point)


def decide(
    request: Request, rules: UpgradePolicy, full: bool, certificate: PeerCertificate | None = None
) -> Admission | Rejection:
    """Accept or refuse the sender of this upgrade request; `full`: the maximum number of connections is open.

    `certificate` is the verified one of the charge point, if it has one. Repairs the request in place if it lacks
    something that a tolerant central system does not need.
    """
    if not is_upgrade(request):
        return Rejection(HTTPStatus.UPGRADE_REQUIRED, _without_upgrade(request))
    charge_point, misplaced = _identity(request, rules.lenient)
    if not charge_point:
        return Rejection(HTTPStatus.NOT_FOUND, NetworkProblem(ProblemCode.PATH_WITHOUT_ID, path=request.path))
    if full:
        problem = NetworkProblem(ProblemCode.TOO_MANY_CONNECTIONS)
        return Rejection(HTTPStatus.SERVICE_UNAVAILABLE, problem, charge_point)
    wrong_name = rules.wrong_name(charge_point, certificate)
    if wrong_name is not None and not rules.tolerates(wrong_name):
        return Rejection(HTTPStatus.FORBIDDEN, wrong_name, charge_point)
    accepted = None
    if rules.credentials is not None:
        header = _single(request.headers, "Authorization")
        checked = rules.credentials.check(header, charge_point, any_user=rules.lenient)
        if isinstance(checked, NetworkProblem):
            is_unknown = checked.code is ProblemCode.CREDENTIALS_UNKNOWN_ID
            status = HTTPStatus.NOT_FOUND if is_unknown else HTTPStatus.UNAUTHORIZED
            return Rejection(status, checked, charge_point)
        accepted = checked
    chosen = _choose(request, rules, charge_point)
    if isinstance(chosen, Rejection):
        return chosen
    version, subprotocol = chosen
    admission = Admission(charge_point, version, subprotocol, accepted)
    admission.tolerated += [problem for problem in (misplaced, wrong_name) if problem is not None]
    if subprotocol is not None and Version.from_subprotocol(subprotocol) is not version:
        problem = NetworkProblem(ProblemCode.SUBPROTOCOL_MISSPELT, name=subprotocol, version=version)
        admission.tolerated.append(problem)
    if subprotocol is None and not rules.passes_on:
        problem = NetworkProblem(ProblemCode.CHARGE_POINT_NAMED_NO_SUBPROTOCOL, version=version)
        admission.tolerated.append(problem)
    user = _user(request.headers)
    expected = charge_point if rules.credentials is None else rules.credentials.user or charge_point
    if user is not None and user != expected:
        is_same = _folded(user) == _folded(expected)
        code = ProblemCode.USER_WRITTEN_OTHERWISE if is_same else ProblemCode.USER_IS_NOT_THE_ID
        admission.tolerated.append(NetworkProblem(code, user=user, expected=expected))
    if rules.tolerant and not _connection_upgrade(request.headers):
        request.headers["Connection"] = "Upgrade"
        admission.tolerated.append(NetworkProblem(ProblemCode.NO_CONNECTION_UPGRADE))
    return admission


def _without_upgrade(request: Request) -> NetworkProblem:
    headers = request.headers
    if any(headers.get_all(name) for name in ("Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol")):
        return NetworkProblem(ProblemCode.UPGRADE_HEADER_REMOVED)
    problem = NetworkProblem(ProblemCode.REQUEST_WITHOUT_UPGRADE, path=request.path)
    if agent := _single(headers, "User-Agent"):
        problem.facts["name"] = agent[:MOST_OF_AN_AGENT]
    return problem


def _choose(request: Request, rules: UpgradePolicy, charge_point: str) -> tuple[Version, str | None] | Rejection:
    offered = offered_subprotocols(request.headers)
    if rules.passes_on:
        known = filter(None, map(Version.from_subprotocol, offered))
        return next(known, rules.assume_version or Version.V16), None
    for name in offered:
        version = Version.from_subprotocol(name)
        if version is not None and version in rules.versions:
            return version, name
    if rules.lenient and (misspelt := _misspelt(offered, rules.versions)) is not None:
        return misspelt
    if rules.assume_version is not None:
        return rules.assume_version, None
    if rules.lenient:  # charge points that name none mostly speak 1.6
        return Version.V16 if Version.V16 in rules.versions else min(rules.versions, key=str), None
    served = [version.subprotocol for version in rules.versions]
    problem = NetworkProblem(ProblemCode.SUBPROTOCOL_MISSING, served=served)
    if (meant := _misspelt(_taken_apart(offered), rules.versions)) is not None:
        code = ProblemCode.SUBPROTOCOL_MISWRITTEN
        problem = NetworkProblem(code, offered=offered, served=served, suggestion=meant[0].subprotocol or "")
    elif offered:
        problem = NetworkProblem(ProblemCode.SUBPROTOCOL_NOT_SERVED, offered=offered, served=served)
    return Rejection(HTTPStatus.BAD_REQUEST, problem, charge_point)


def _misspelt(offered: list[str], versions: tuple[Version, ...]) -> tuple[Version, str] | None:
    """The first subprotocol that means an accepted version, as `OCPP1.6J` does."""
    for name in offered:
        version = Version.parse(name) if _MISSPELT.fullmatch(name[:MOST_MISSPELT]) else None
        if version is not None and version in versions:
            return version, name
    return None


def _taken_apart(offered: list[str]) -> list[str]:
    """The names in an offer that separates them with something else than commas, or quotes them."""
    return [name for one in offered[:MOST_OFFERED] for name in _SEPARATORS.split(one[:200]) if name]


def _identity(request: Request, lenient: bool) -> tuple[str, NetworkProblem | None]:
    """The id of the charge point, empty if there is none, and what is wrong with the place where it was found."""
    path = request.path
    found = identity_in_path(path)
    if not lenient:
        return found, None
    if not found:
        user = _user(request.headers) or ""
        return user, NetworkProblem(ProblemCode.ID_ONLY_IN_USER, path=path, user=user)
    if Version.from_subprotocol(found.lower()) is not None:
        before = identity_in_path(path.partition("?")[0].rstrip("/").rpartition("/")[0])
        if before:
            return before, NetworkProblem(ProblemCode.ID_NOT_AT_THE_END, path=path, other=found)
    return found, None


def _folded(name: str) -> str:
    """The same for names that differ only in case or percent-encoding."""
    return unquote(name).casefold()


def _connection_upgrade(headers: Headers) -> bool:
    return any("upgrade" in value.lower() for value in headers.get_all("Connection"))


def _user(headers: Headers) -> str | None:
    header = _single(headers, "Authorization")
    basic = parse_basic(header) if header is not None else None
    return basic[0] if basic is not None else None


def _single(headers: Headers, name: str) -> str | None:
    values = headers.get_all(name)
    return values[0] if values else None


MOST_MISSPELT = 40
"""A longer subprotocol does not mean a version."""
MOST_OFFERED = 20
MOST_OF_AN_AGENT = 80
_SEPARATORS = re.compile(r"[\s;|/\"']+")
_MISSPELT = re.compile(r"(?:ocpp|v)?[\W_]*[\d.]+[\W_]*j?(?:son)?", re.IGNORECASE)
