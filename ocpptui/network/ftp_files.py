"""Files over FTP, or FTPS with implicit TLS. A user name and its password give access to one file.

The folders that a client sees do not exist on the disk: only STOR, APPE and RETR reach a file, and the permission
decides which. Source: RFC 959, RFC 2428 (EPSV), RFC 3659 (SIZE, MLSD).
"""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import aioftp

from ocpptui.network.addresses import url_host
from ocpptui.network.problems import CannotListen, NetworkProblem, ProblemCode
from ocpptui.network.silent_libraries import silent_logger
from ocpptui.network.transfer_desk import TransferDesk
from ocpptui.network.transfer_grants import TransferGrant
from ocpptui.network.transfer_limits import NoRoom, TooLarge, TransferRefused
from ocpptui.runtime.tasks import Tasks

IDLE = 120.0
"""Seconds without a command after which a connection is closed."""
DATA_WAIT = 30.0
"""Seconds to wait for the data connection."""
MOST_CONNECTIONS = 100
GOODBYE = 2.0
"""Seconds for connections to end when the server does."""
WRONG_PASSWORD = 1.0
"""Seconds until a wrong password is answered."""
GONE = 0.5
"""Seconds after the last byte in which the end of the control connection shows that the upload broke off."""

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class _Guest(aioftp.User):
    """A user who logs in, with the permission that belongs to it, if any."""

    def __init__(self, login: str, grant: TransferGrant | None) -> None:
        super().__init__(login, base_path=Path("/"))
        self.grant = grant


class _Guests(aioftp.AbstractUserManager):
    """Asks for a password for any user name, so that the answer does not show which users exist."""

    def __init__(self, desk: TransferDesk) -> None:
        super().__init__()
        self._desk = desk

    async def get_user(self, login: str) -> Any:
        return self.GetUserResponse.PASSWORD_REQUIRED, _Guest(login, self._desk.grants.with_user(login)), "password"

    async def authenticate(self, user: aioftp.User, password: str) -> bool:
        grant = user.grant if isinstance(user, _Guest) else None
        return grant is not None and self._desk.grants.opens(grant, password)


class FtpFiles(aioftp.Server):
    """A server on a port of its own."""

    def __init__(
        self,
        desk: TransferDesk,
        host: str,
        context: ssl.SSLContext | None = None,
        passive_ports: Iterable[int] | None = None,
        passive_host: str | None = None,
    ) -> None:
        """`host` is where to listen; `context` makes it FTPS.

        `passive_ports` are those for data, any if None; `passive_host` is our IPv4 address outside a NAT.
        """
        silent_logger("aioftp.server")
        super().__init__(
            _Guests(desk),
            idle_timeout=IDLE,
            socket_timeout=desk.limits.window,
            wait_future_timeout=DATA_WAIT,
            maximum_connections=MOST_CONNECTIONS,
            ipv4_pasv_forced_response_address=passive_host,
            data_ports=passive_ports,
            ssl=context,
            welcome_message="ocpptui",
        )
        self._desk = desk
        self._host = host
        self._tasks = Tasks("FTP")
        self.protocol = "FTP" if context is None else "FTPS"
        self.port = 0
        own: dict[str, Callable[[aioftp.Connection, str], Awaitable[bool]]] = {
            "cwd": self._change_folder,
            "cdup": self._leave_folder,
            "mkd": self._make_folder,
            "stor": self._store,
            "appe": self._store,
            "retr": self._retrieve,
            "list": self._list,
            "nlst": self._list_names,
            "mlsd": self._list_facts,
            "mlst": self._not_allowed,
            "rmd": self._not_allowed,
            "dele": self._not_allowed,
            "rnfr": self._not_allowed,
            "rnto": self._not_allowed,
            "size": self._size,
            "noop": self._nothing,
            "allo": self._nothing,
            "feat": self._features,
            "auth": self._explicit_tls,
            "port": self._active,
            "eprt": self._active,
        }
        for name, command in own.items():
            self.commands_mapping[name] = command

    async def listen(self, port: int) -> None:
        """Start to listen, on this port or, where another program has it, on any. Raises CannotListen."""
        try:
            await self.start(self._host, port)
        except OSError:
            try:
                await self.start(self._host, 0)
            except OSError as error:
                where = f"{url_host(self._host)}:{port}"
                reason = error.strerror or str(error)
                raise CannotListen(NetworkProblem(ProblemCode.CANNOT_LISTEN, address=where, reason=reason)) from None
        self.port = self.server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening; what is being moved breaks off."""
        self.server.close()
        ends = [connection._dispatcher for connection in self.connections.values()]
        for connection in list(self.connections.values()):
            connection.command_connection.close()
        await self._tasks.cancel()
        if ends:
            await asyncio.wait(ends, timeout=GOODBYE)

    def url_for(self, grant: TransferGrant, host: str) -> str:
        """The URL for a charge point that knows us as `host`."""
        path = f"{quote(grant.charge_point, safe='')}/" if grant.file is None else quote(grant.file.name, safe="")
        return f"{self.protocol.lower()}://{grant.user}:{grant.password}@{url_host(host)}:{self.port}/{path}"

    async def parse_command(self, stream: aioftp.StreamIO, censor_commands: tuple[str] = ("pass",)) -> tuple[str, str]:
        """The next command; QUIT at the end of the connection, and for anything that is not a command."""
        try:
            return await super().parse_command(stream, censor_commands)
        except (OSError, ValueError, EOFError):  # TimeoutError and UnicodeDecodeError among them
            return "quit", ""

    async def response_writer(self, stream: aioftp.StreamIO, response_queue: asyncio.Queue[Any]) -> None:
        """Write the answers, as long as the client reads them."""
        while True:
            answer = await response_queue.get()
            try:
                with suppress(OSError):
                    await self.write_response(stream, *answer)
            finally:
                response_queue.task_done()

    # -- who it is ----------------------------------------------------------------------------------------------

    async def pass_(self, connection: aioftp.Connection, rest: str) -> bool:
        """PASS."""
        if not connection.future.user.done():
            connection.response("503", "USER comes first")
            return True
        guest = connection.user
        if not await self.user_manager.authenticate(guest, rest):
            self._desk.refuse(self.protocol, connection.client_host, "it logged in with a wrong user or password")
            await asyncio.sleep(WRONG_PASSWORD)
            connection.response("530", "wrong user or password")
        elif problem := self._desk.problem_of(guest.grant):
            self._desk.refuse(self.protocol, connection.client_host, problem)
            connection.response("530", problem)
        else:
            connection.logged = True
            connection.response("230", "logged in")
        return True

    async def _start_passive_server(self, connection: aioftp.Connection, handler_callback: Handler) -> asyncio.Server:
        """As aioftp does it; a data connection is taken only from the address of the control connection."""

        async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            host, *_ = writer.get_extra_info("peername") or ("",)
            if host != connection.client_host:
                self._desk.refuse(self.protocol, host, "it opened the data connection of another client")
                writer.close()
            else:
                await handler_callback(reader, writer)

        return await super()._start_passive_server(connection, taken)

    async def _active(self, connection: aioftp.Connection, rest: str) -> bool:
        problem = "it asked for the active mode of FTP, and only the passive one is offered"
        self._desk.refuse(self.protocol, connection.client_host, problem)
        connection.response("502", "only PASV and EPSV")
        return True

    async def _explicit_tls(self, connection: aioftp.Connection, rest: str) -> bool:
        problem = "it asked for TLS within FTP (AUTH), and only FTPS with TLS from the start is offered"
        self._desk.refuse(self.protocol, connection.client_host, problem, is_final=False)  # it may go on without
        connection.response("502", "TLS is offered from the start, on another port")
        return True

    # -- folders, which exist only for the client ----------------------------------------------------------------

    def _guest(self, connection: aioftp.Connection) -> TransferGrant | None:
        """The permission of who is logged in; without one the command is answered."""
        if connection.future.logged.done() and connection.user.grant is not None:
            grant: TransferGrant = connection.user.grant
            return grant
        connection.response("530", "not logged in")
        return None

    def _virtual(self, connection: aioftp.Connection, rest: str) -> PurePosixPath:
        _, path = self.get_paths(connection, rest.replace("\0", ""))
        return path

    async def _change_folder(self, connection: aioftp.Connection, rest: str) -> bool:
        if self._guest(connection) is not None:
            connection.current_directory = self._virtual(connection, rest)
            connection.response("250", "done")
        return True

    async def _leave_folder(self, connection: aioftp.Connection, rest: str) -> bool:
        return await self._change_folder(connection, "..")

    async def _make_folder(self, connection: aioftp.Connection, rest: str) -> bool:
        if self._guest(connection) is not None:
            connection.response("257", f'"{self._virtual(connection, rest)}"')
        return True

    async def _not_allowed(self, connection: aioftp.Connection, rest: str) -> bool:
        if self._guest(connection) is not None:
            connection.response("550", "not allowed")
        return True

    async def _nothing(self, connection: aioftp.Connection, rest: str) -> bool:
        connection.response("200", "done")
        return True

    async def _features(self, connection: aioftp.Connection, rest: str) -> bool:
        connection.response("211", ["Features", "EPSV", "MLSD", "PASV", "REST STREAM", "SIZE", "UTF8", "End"], True)
        return True

    async def _size(self, connection: aioftp.Connection, rest: str) -> bool:
        grant = self._guest(connection)
        if grant is not None:
            file = self._offered(grant, connection, rest)
            if file is not None:
                with suppress(OSError):
                    connection.response("213", str(file.stat().st_size))
                    return True
            connection.response("550", "there is no such file")
        return True

    def _offered(self, grant: TransferGrant, connection: aioftp.Connection, rest: str) -> Path | None:
        """The file that can be fetched, if the path names it."""
        file = grant.file
        is_meant = file is not None and self._virtual(connection, rest).name == file.name
        return file if file is not None and is_meant and file.is_file() else None

    async def _list(self, connection: aioftp.Connection, rest: str) -> bool:
        return self._listing(connection, lambda name, size, at: f"-r--r--r-- 1 none none {size} {_month(at)} {name}")

    async def _list_names(self, connection: aioftp.Connection, rest: str) -> bool:
        return self._listing(connection, lambda name, size, at: name)

    async def _list_facts(self, connection: aioftp.Connection, rest: str) -> bool:
        return self._listing(connection, lambda name, size, at: f"type=file;size={size}; {name}")

    def _listing(self, connection: aioftp.Connection, line: Callable[[str, int, float], str]) -> bool:
        """Every folder contains the one file that can be fetched; uploads are not listed."""

        async def send_list(stream: aioftp.ThrottleStreamIO, grant: TransferGrant) -> None:
            async with stream:
                if grant.file is not None:
                    with suppress(OSError):
                        facts = await asyncio.to_thread(os.stat, grant.file)
                        text = line(grant.file.name, facts.st_size, facts.st_mtime)
                        await stream.write(f"{text}\r\n".encode())
            connection.response("226", "done")

        return self._work(connection, send_list, moves=False)

    # -- files --------------------------------------------------------------------------------------------------

    async def _store(self, connection: aioftp.Connection, rest: str) -> bool:
        async def store(stream: aioftp.ThrottleStreamIO, grant: TransferGrant) -> None:
            async def blocks() -> AsyncIterator[bytes]:
                while block := await stream.read(self.block_size):
                    yield block
                await asyncio.sleep(GONE)  # this task ends here if the client has gone

            name = self._virtual(connection, rest).name or "upload"
            async with stream:
                move = await self._desk.take(grant, self.protocol, connection.client_host, name, blocks())
            connection.response(*(("451", move.problem) if move.problem else ("226", "received")))

        grant = self._guest(connection)
        if grant is None:
            return True
        offset = connection.restart_offset
        if not grant.is_upload or offset:
            connection.response("550", "an upload begins at the first byte" if offset else "not allowed")
            return True
        return self._work(connection, store)

    async def _retrieve(self, connection: aioftp.Connection, rest: str) -> bool:
        grant, start = self._guest(connection), connection.restart_offset
        if grant is None:
            return True
        if self._offered(grant, connection, rest) is None:
            self._desk.refuse(self.protocol, connection.client_host, "it asked for a file that was not given out")
            connection.response("550", "there is no such file")
            return True

        async def retrieve(stream: aioftp.ThrottleStreamIO, grant: TransferGrant) -> None:
            async with stream:
                await self._desk.give(grant, self.protocol, connection.client_host, stream.write, start)
            connection.response("226", "sent")

        return self._work(connection, retrieve)

    def _work(
        self,
        connection: aioftp.Connection,
        work: Callable[[aioftp.ThrottleStreamIO, TransferGrant], Awaitable[None]],
        *,
        moves: bool = True,
    ) -> bool:
        """Do what needs a data connection while commands go on to be read; `moves` says that it moves a file."""
        grant = self._guest(connection)
        if grant is None:
            return True
        if moves and (problem := self._desk.problem_of(grant)):
            self._desk.refuse(self.protocol, connection.client_host, problem)
            connection.response("450", problem)
            return True
        if not connection.future.passive_server.done():
            connection.response("503", "PASV or EPSV comes first")
            return True

        async def run() -> None:
            made = asyncio.shield(connection.future.data_connection)
            try:
                stream = await asyncio.wait_for(made, DATA_WAIT)
            except TimeoutError:
                problem = "it opened no data connection: its firewall or NAT may keep it from the passive port"
                self._desk.refuse(self.protocol, connection.client_host, problem)
                connection.response("425", "no data connection")
                return
            del connection.data_connection
            try:
                await work(stream, grant)
            except TransferRefused as refused:
                stream.close()
                code = "552" if isinstance(refused, TooLarge) else "452" if isinstance(refused, NoRoom) else "450"
                connection.response(code, str(refused))
            except OSError:
                stream.close()
                connection.response("426", "the connection broke off")
            except asyncio.CancelledError:
                stream.close()
                connection.response("426", "broken off")
                connection.response("226", "broken off")

        connection.extra_workers.add(self._tasks.start(run(), "transfer"))
        connection.response("150", "go on")
        return True


def _month(at: float) -> str:
    """A date as in the listings of Unix."""
    return time.strftime("%b %d  %Y", time.gmtime(at))
