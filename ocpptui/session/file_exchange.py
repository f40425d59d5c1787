"""Files between a central system and its charge points: the servers, the URLs, and what the log says of transfers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ocpptui.ocpp.file_protocols import file_protocols
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.remote_control.offered_firmware import OfferedFirmware
from ocpptui.session.file_host import FileHost, Note
from ocpptui.session.transfer_notes import begun_words, ended_words, going_words, transfer_detail

if TYPE_CHECKING:
    from ocpptui.network.transfer_desk import FileMove, TransferDesk
    from ocpptui.session.file_servers import FileServer
    from ocpptui.session.file_settings import FileSettings
    from ocpptui.session.firmware_folder import FirmwareFile, FirmwareFolder
    from ocpptui.session.transfer_watch import TransferWatch

PREFERRED = ("HTTPS", "HTTP", "FTPS", "FTP", "SFTP")
"""Which protocol a URL has where the charge point has several of them."""


class FileExchange:
    """Of one session. With a folder of the user all protocols are served from the start; without one, uploads are taken
    by HTTP or HTTPS from the first time that a URL is asked for, and put beside the recording."""

    def __init__(self, session: FileHost, note: Note) -> None:
        """`note` writes to the log, about a connection if there is one."""
        self._session = session
        self._note = note
        self._servers: list[FileServer] = []
        self._desk: TransferDesk | None = None
        self._watch: TransferWatch | None = None
        self._firmware: FirmwareFolder | None = None
        self._offered: dict[str, tuple[OfferedFirmware, ...]] = {}
        self._unserved: set[str] = set()  # charge points of which the log says that they have none of our protocols
        self._troubles: set[str] = set()  # with firmware, of which the log says
        self._starting = asyncio.Lock()

    @property
    def settings(self) -> FileSettings | None:
        """The folder of the user, if there is one."""
        return self._session.settings.files

    @property
    def desk(self) -> TransferDesk | None:
        """What the servers share: permissions and transfers; None before the first URL."""
        return self._desk

    @property
    def running(self) -> int:
        """How many files are being moved at present."""
        return 0 if self._desk is None else self._desk.running

    @property
    def urls(self) -> list[str]:
        """Where the servers listen, without what is secret."""
        return [f"{one.protocol.lower()} on port {one.port}" for one in self._servers]

    # -- servers ------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Start all servers, if there is a folder for files. Raises CannotListen and UnusableCertificate."""
        settings, servers = self.settings, self._session.server_links
        if settings is None or not servers:
            return
        async with self._starting:
            if self._desk is None:
                from ocpptui.session.file_servers import all_servers
                from ocpptui.session.firmware_folder import FirmwareFolder

                central = self._session.settings.central_system
                self._firmware = FirmwareFolder(settings.firmware, central.authority if central is not None else None)
                self._begin()
                assert self._desk is not None
                self._servers, missing = await all_servers(self._desk, settings, servers[0])
                places = ", ".join(self.urls)
                self._note(None, f"Files: uploads go to {settings.received}, firmware is in {settings.firmware}.", {})
                self._note(None, f"Files are served by {places}.{missing}", {})

    async def _open_beside_recording(self) -> None:
        from ocpptui.network.http_files import HttpFiles
        from ocpptui.network.problems import CannotListen, UnusableCertificate
        from ocpptui.session.file_servers import port_after

        async with self._starting:
            if self._desk is None:
                server = self._session.server_links[0]
                self._begin()
                assert self._desk is not None
                with suppress(CannotListen, UnusableCertificate):
                    context = await asyncio.to_thread(server.settings.tls_context, asks_clients=False)
                    http = HttpFiles(self._desk, server.settings.host, context)
                    await http.start(port_after(server, 1))
                    self._servers = [http]

    def _begin(self) -> None:
        from ocpptui.network.transfer_desk import TransferDesk
        from ocpptui.network.transfer_limits import TransferLimits
        from ocpptui.session.transfer_watch import TransferWatch

        limits = TransferLimits() if self.settings is None else self.settings.limits
        self._desk = TransferDesk(self._folder, self._report, limits=limits)
        self._watch = TransferWatch(self._session, self._desk, self.settings, self._port_of, self._note)
        self._desk.refused = self._watch.refused

    async def close(self) -> None:
        """Stop the servers; what is being moved breaks off."""
        watch, servers = self._watch, self._servers
        self._watch, self._servers = None, []
        if watch is not None:
            watch.close()
        for server in servers:
            await server.close()

    def _folder(self) -> Path:
        if self.settings is not None:
            return self.settings.received
        recording = self._session.recording_path
        assert recording is not None
        return recording.with_name(f"{recording.stem}-files")

    def _port_of(self, protocol: str) -> int:
        return next((one.port for one in self._servers if one.protocol == protocol), 0)

    # -- URLs ---------------------------------------------------------------------------------------------------

    async def upload_url(self, charge_point: str) -> str:
        """The URL to which a connected charge point can upload one file; empty if we cannot receive one."""
        host = self._host_for(charge_point)
        if not self._session.server_links or not host:
            return ""
        if self.settings is None:
            if self._session.recording_path is None:
                return ""
            await self._open_beside_recording()
        return self._url(charge_point, host, None)

    async def prepare_firmware(self, charge_point: str) -> tuple[OfferedFirmware, ...]:
        """What a connected charge point can fetch from us, the newest first; `firmware_for` then has it, too."""
        host, folder = self._host_for(charge_point), self._firmware
        if folder is None or not host:
            return ()
        files = await asyncio.to_thread(folder.files)
        for trouble in {file.trouble for file in files} - self._troubles - {""}:
            self._note(None, trouble, {})
        self._troubles = {file.trouble for file in files}
        found = [self._offer(charge_point, host, file) for file in files]
        self._offered[charge_point] = tuple(one for one in found if one.url)
        return self._offered[charge_point]

    def firmware_for(self, charge_point: str) -> tuple[OfferedFirmware, ...]:
        """What was prepared last."""
        return self._offered.get(charge_point, ())

    def _offer(self, charge_point: str, host: str, file: FirmwareFile) -> OfferedFirmware:
        url = self._url(charge_point, host, file.path)
        return OfferedFirmware(file.path.name, url, file.size, file.md5, file.signature, file.certificate)

    def _host_for(self, charge_point: str) -> str:
        """The host under which a charge point reaches us: the user's, or the one that it has connected to."""
        connection = self._session.connection_of(charge_point)
        if connection is None:
            return ""
        chosen = self.settings.host if self.settings is not None else None
        return chosen or url_parts(connection.url).hostname or ""

    def _url(self, charge_point: str, host: str, file: Path | None) -> str:
        server = self._server_for(charge_point)
        if self._desk is None or server is None:
            return ""
        return server.url_for(self._desk.grants.of(charge_point, file), host)

    def _server_for(self, charge_point: str) -> FileServer | None:
        """The one whose protocol the charge point has, as far as that is known."""
        by_name = {one.protocol: one for one in self._servers}
        ours = [by_name[name] for name in PREFERRED if name in by_name]
        known = self._session.knowledge.get(charge_point)
        theirs = file_protocols(known.configuration) if known is not None else frozenset[str]()
        common = [one for one in ours if one.protocol in theirs]
        if theirs and not common and ours and charge_point not in self._unserved:
            self._unserved.add(charge_point)
            names = ", ".join(sorted(theirs))
            text = f"{charge_point} moves files by {names}, and none of these is served here."
            if "SFTP" in theirs:
                text += ' For SFTP install the extra sftp: pip install "ocpptui[sftp]"'
            self._note(self._session.connection_of(charge_point), text, {})
        return next(iter([*common, *ours]), None)

    # -- the log ------------------------------------------------------------------------------------------------

    def _report(self, move: FileMove) -> None:
        """A transfer began, went on or ended."""
        if self._watch is not None:
            self._watch.moved(move)
        words = ended_words(move) if move.ended is not None else going_words(move) if move.moved else begun_words(move)
        self._note(self._session.connection_of(move.grant.charge_point), words, transfer_detail(move))
