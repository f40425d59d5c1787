"""What both sides of the demo need for a security profile: a password of its own, and a CA that lasts as long."""

from __future__ import annotations

import secrets
from pathlib import Path
from tempfile import TemporaryDirectory

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.network.security_profile import WITH_CLIENT_CERTIFICATE, WITH_PASSWORD, WITH_TLS
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Transport, Version
from ocpptui.session.bench_files import BenchFiles

HOST = "127.0.0.1"


class DemoSecurity:
    """The settings of both sides; the files are gone after `close`. Raises WrongSetting."""

    def __init__(self, profile: int | None) -> None:
        self._profile = profile
        self._folder: TemporaryDirectory[str] | None = None
        self.bench: BenchFiles | None = None
        """The CA and what it has signed; None without TLS."""
        password = secrets.token_urlsafe(15)
        self._credentials = Credentials.parse(None, password) if profile in WITH_PASSWORD else None
        if profile in WITH_TLS:
            self._folder = TemporaryDirectory(prefix="ocpptui-demo-", ignore_cleanup_errors=True)
            self.bench = BenchFiles(Path(self._folder.name))

    def server(self, version: Version, transport: Transport) -> ServerSettings:
        """How the central system listens: on a free port of the loopback."""
        bench, is_last = self.bench, self._profile == WITH_CLIENT_CERTIFICATE
        own = None if bench is None else bench.server([HOST, "localhost"])
        return ServerSettings(
            host=HOST,
            port=0,
            versions=(version,) if transport is Transport.JSON else (),
            soap_versions=(version,) if transport is Transport.SOAP else (),
            soap_port=0 if transport is Transport.SOAP else None,
            credentials=self._credentials,
            certificate=None if own is None else str(own.path),
            key=None if own is None else str(own.key),
            client_ca=str(bench.root) if bench is not None and is_last else None,
            security_profile=self._profile,
        )

    def client(self, url: str, charge_point: str, version: Version) -> ClientSettings:
        """How the charge point with this id connects."""
        bench = self.bench
        own = (
            bench.charge_point(charge_point) if bench is not None and self._profile == WITH_CLIENT_CERTIFICATE else None
        )
        return ClientSettings(
            url=url,
            charge_point=charge_point,
            versions=(version,),
            credentials=self._credentials,
            ca=None if bench is None else str(bench.root),
            certificate=None if own is None else str(own.path),
            key=None if own is None else str(own.key),
            security_profile=self._profile,
        )

    def close(self) -> None:
        """Remove the files."""
        if self._folder is not None:
            self._folder.cleanup()
