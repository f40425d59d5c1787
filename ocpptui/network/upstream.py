"""The upstream side of a proxied connection: asks the upstream central system first, and repeats its response."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus

from websockets.http11 import Request

from ocpptui.network.charge_point_client import ChargePointClient
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection import Observer
from ocpptui.network.problems import ConnectionFailed, NetworkError
from ocpptui.network.upgrade_policy import Admission, Rejection, offered_subprotocols
from ocpptui.ocpp.version import Version
from ocpptui.runtime.clock import Clock, now


@dataclass(frozen=True, slots=True)
class UpstreamGate:
    """A `Gate` that accepts a charge point if the upstream central system does, and otherwise refuses it alike."""

    settings: ClientSettings
    """How to connect there; identity, versions and credentials are those of the charge point."""
    observer: Observer
    clock: Clock = now

    async def admit(self, admission: Admission, request: Request) -> Admission | Rejection:
        charge_point = admission.charge_point
        try:
            dialled = await ChargePointClient(self._settings(admission, request), self.observer, self.clock).dial()
        except NetworkError as error:
            return _mirrored(error, charge_point)
        return replace(
            admission, version=dialled.version or admission.version, subprotocol=dialled.subprotocol, upstream=dialled
        )

    def _settings(self, admission: Admission, request: Request) -> ClientSettings:
        offered = filter(None, map(Version.from_subprotocol, offered_subprotocols(request.headers)))
        authorization = [("Authorization", value) for value in request.headers.get_all("Authorization")[:1]]
        return replace(
            self.settings,
            charge_point=admission.charge_point,
            versions=tuple(dict.fromkeys(offered)) or (admission.version,),
            headers=(*self.settings.headers, *authorization),
        )


def _mirrored(error: NetworkError, charge_point: str) -> Rejection:
    """The answer to the charge point; 502 if the upstream central system was not reached (RFC 9110 section 15.6.3)."""
    if not isinstance(error, ConnectionFailed) or not error.refused:
        return Rejection(HTTPStatus.BAD_GATEWAY, error.problem, charge_point, upstream=error.problem.detail)
    try:
        status = HTTPStatus(error.detail.get("httpStatus", 502))
    except ValueError:
        status = HTTPStatus.BAD_GATEWAY
    headers = error.detail.get("responseHeaders", [])
    challenges = [line.partition(":")[2].strip() for line in headers if line.lower().startswith("www-authenticate:")]
    return Rejection(
        status,
        error.problem,
        charge_point,
        upstream={**error.problem.detail, **error.detail},
        body=error.detail.get("responseBody"),
        challenge=challenges[0] if challenges else None,
    )
