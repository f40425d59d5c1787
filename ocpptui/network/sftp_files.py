"""Files over SFTP, with the package `asyncssh`. A user name and its password give access to one file.

The folders that a client sees do not exist on the disk: the permission decides which file is meant, not the path.
Source: draft-ietf-secsh-filexfer-02 (version 3 of the protocol).
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import asyncssh

from ocpptui.network.addresses import url_host
from ocpptui.network.problems import CannotListen, NetworkProblem, ProblemCode
from ocpptui.network.silent_libraries import silent_logger
from ocpptui.network.transfer_desk import BROKE_OFF, FileMove, TransferDesk
from ocpptui.network.transfer_grants import TransferGrant
from ocpptui.network.transfer_limits import NoRoom, TransferRefused
from ocpptui.runtime.tasks import Tasks

WAITING = 16
"""Blocks that wait until they are written, or read."""
GONE = 0.3
"""Seconds after a close in which the end of the channel shows that the client did not ask for it."""
LOGIN = 30.0


class SftpFiles:
    """A server on a port of its own, whose key is new at each start."""

    protocol = "SFTP"

    def __init__(self, desk: TransferDesk, host: str) -> None:
        """`host` is where to listen."""
        silent_logger("asyncssh")
        self._desk = desk
        self._host = host
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._tasks = Tasks("SFTP")
        self.port = 0

    async def listen(self, port: int) -> None:
        """Start to listen, on this port or, where another program has it, on any. Raises CannotListen."""
        key = asyncssh.generate_private_key("ssh-ed25519")
        for wanted in (port, 0):
            try:
                self._acceptor = await asyncssh.listen(
                    self._host,
                    wanted,
                    server_factory=lambda: _Door(self._desk),
                    sftp_factory=lambda channel: _MadeUpFolders(channel, self._desk, self._tasks),
                    server_host_keys=[key],
                    allow_scp=False,
                    login_timeout=LOGIN,
                    config=[],
                )
                break
            except OSError as error:
                if wanted == 0:
                    where, reason = f"{url_host(self._host)}:{port}", error.strerror or str(error)
                    problem = NetworkProblem(ProblemCode.CANNOT_LISTEN, address=where, reason=reason)
                    raise CannotListen(problem) from None
        assert self._acceptor is not None
        self.port = self._acceptor.get_port()

    async def close(self) -> None:
        """Stop listening; what is being moved breaks off."""
        await self._tasks.cancel()
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()

    def url_for(self, grant: TransferGrant, host: str) -> str:
        """The URL for a charge point that knows us as `host`."""
        path = f"{quote(grant.charge_point, safe='')}/" if grant.file is None else quote(grant.file.name, safe="")
        return f"sftp://{grant.user}:{grant.password}@{url_host(host)}:{self.port}/{path}"


class _Door(asyncssh.SSHServer):
    """Accepts a user with the right password, for SFTP only."""

    def __init__(self, desk: TransferDesk) -> None:
        self._desk = desk
        self._peer = ""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._peer = _peer_of(conn)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        grant = self._desk.grants.with_user(username)
        if grant is None or not self._desk.grants.opens(grant, password):
            self._desk.refuse("SFTP", self._peer, "it logged in with a wrong user or password")
            return False
        if problem := self._desk.problem_of(grant):
            self._desk.refuse("SFTP", self._peer, problem)
            return False
        return True


class _Incoming:
    """A file that is being uploaded."""

    def __init__(self, start: int = 0) -> None:
        self._blocks: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)
        self._next = start
        self._is_broken = False
        self.task: asyncio.Task[asyncssh.SFTPError | None] | None = None

    async def blocks(self) -> AsyncIterator[bytes]:
        while block := await self._blocks.get():
            yield block
        if self._is_broken:
            raise ConnectionError(BROKE_OFF)

    async def put(self, offset: int, data: bytes) -> None:
        if offset != self._next:
            raise asyncssh.SFTPFailure("an upload goes from the first byte to the last")
        self._next += len(data)
        if data:
            await self._hand_over(data)

    async def end(self, *, is_whole: bool) -> None:
        """Raises SFTPError if it is not whole."""
        self._is_broken = not is_whole
        with suppress(asyncssh.SFTPError):
            await self._hand_over(None)
        assert self.task is not None
        if problem := await self.task:
            raise problem

    async def _hand_over(self, block: bytes | None) -> None:
        """Wait until there is room. Raises SFTPError if the upload has ended."""
        assert self.task is not None
        while self._blocks.full() and not self.task.done():
            await asyncio.wait([self.task], timeout=0.01)
        if self.task.done():
            raise await self.task or asyncssh.SFTPFailure("the upload has ended")
        self._blocks.put_nowait(block)


class _Outgoing:
    """A file that is being fetched, from the first byte that is asked for to the last."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.start: int | None = None
        self.next = 0
        self.rest = b""
        self.blocks: asyncio.Queue[bytes] = asyncio.Queue(1)
        self.task: asyncio.Task[asyncssh.SFTPError | None] | None = None


class _MadeUpFolders(asyncssh.SFTPServer):
    """What a client sees: any folder exists, and contains the file that it may fetch."""

    def __init__(self, channel: asyncssh.SSHServerChannel[Any], desk: TransferDesk, tasks: Tasks) -> None:
        super().__init__(channel)
        self._desk = desk
        self._tasks = tasks
        self._peer = _peer_of(channel.get_connection())
        grant = desk.grants.with_user(str(channel.get_extra_info("username")))
        assert grant is not None  # the door let it in
        self._grant: TransferGrant = grant

    # -- files --------------------------------------------------------------------------------------------------

    async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        name = _last(path) or "upload"
        if pflags & asyncssh.FXF_WRITE:
            if not self._grant.is_upload or pflags & asyncssh.FXF_READ:
                raise asyncssh.SFTPPermissionDenied("not allowed")
            if problem := self._desk.problem_of(self._grant):
                self._desk.refuse("SFTP", self._peer, problem)
                raise asyncssh.SFTPPermissionDenied(problem)
            file = _Incoming()
            taking = self._desk.take(self._grant, "SFTP", self._peer, name, file.blocks())
            file.task = self._tasks.start(_outcome(taking), "upload")
            return file
        return _Outgoing(self._offered(path).stat().st_size)

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        if not isinstance(file_obj, _Incoming):
            raise asyncssh.SFTPPermissionDenied("not allowed")
        await file_obj.put(offset, data)
        return len(data)

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        if not isinstance(file_obj, _Outgoing):
            raise asyncssh.SFTPPermissionDenied("not allowed")
        if offset >= file_obj.size:
            return b""
        if file_obj.task is None:
            file_obj.next = offset
            giving = self._desk.give(self._grant, "SFTP", self._peer, file_obj.blocks.put, offset, file_obj.size)
            file_obj.task = self._tasks.start(_outcome(giving), "download")
        if offset != file_obj.next:
            raise asyncssh.SFTPFailure("a file is read from the first byte to the last")
        wanted = min(size, file_obj.size - offset)
        while len(file_obj.rest) < wanted:
            if file_obj.blocks.empty() and file_obj.task.done():
                raise await file_obj.task or asyncssh.SFTPFailure("the file became shorter")
            with suppress(TimeoutError):
                file_obj.rest += await asyncio.wait_for(file_obj.blocks.get(), 0.5)
        block, file_obj.rest = file_obj.rest[:wanted], file_obj.rest[wanted:]
        file_obj.next += wanted
        return block

    async def close(self, file_obj: object) -> None:
        if isinstance(file_obj, _Incoming):
            await asyncio.sleep(GONE)
            await file_obj.end(is_whole=not self.channel.is_closing())
        elif isinstance(file_obj, _Outgoing) and file_obj.task is not None:
            if file_obj.next < file_obj.size:
                file_obj.task.cancel()
            await asyncio.wait([file_obj.task])

    # -- folders, which exist only for the client ----------------------------------------------------------------

    def _offered(self, path: bytes) -> Path:
        file = self._grant.file
        if file is None or _last(path) != file.name or not file.is_file():
            raise asyncssh.SFTPNoSuchFile("there is no such file")
        return file

    def realpath(self, path: bytes) -> bytes:
        parts: list[str] = []
        for part in PurePosixPath("/", path.decode("utf-8", "replace")).parts[1:]:
            parts = parts[:-1] if part == ".." else [*parts, part]
        return f"/{'/'.join(parts)}".encode()

    def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        try:
            return _attributes(self._offered(path))
        except asyncssh.SFTPNoSuchFile:
            if "." in _last(path).strip("."):  # whether there is a file of that name to be overwritten
                raise
            return asyncssh.SFTPAttrs(permissions=stat.S_IFDIR | 0o700)

    def lstat(self, path: bytes) -> asyncssh.SFTPAttrs:
        return self.stat(path)

    def fstat(self, file_obj: object) -> asyncssh.SFTPAttrs:
        size = file_obj.size if isinstance(file_obj, _Outgoing) else 0
        return asyncssh.SFTPAttrs(size=size, permissions=stat.S_IFREG | 0o600)

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        file = self._grant.file
        if file is not None and file.is_file():
            yield asyncssh.SFTPName(file.name.encode(), "", _attributes(file))

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Times and permissions that a client copies with its file; they are not taken over."""

    def lsetstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """As `setstat`."""

    def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        """As `setstat`."""

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Any folder exists."""

    def fsync(self, file_obj: object) -> None:
        """Nothing to do."""

    def _refuse(self, *_: object) -> Any:
        raise asyncssh.SFTPPermissionDenied("not allowed")

    _not_allowed: Any = _refuse
    open56 = remove = rmdir = rename = posix_rename = readlink = symlink = link = _not_allowed
    statvfs = fstatvfs = lock = unlock = _not_allowed


def _last(path: bytes) -> str:
    return PurePosixPath(path.decode("utf-8", "replace").replace("\0", "")).name


def _attributes(file: Path) -> asyncssh.SFTPAttrs:
    facts = os.stat(file)
    when = int(facts.st_mtime)
    return asyncssh.SFTPAttrs(size=facts.st_size, permissions=stat.S_IFREG | 0o400, atime=when, mtime=when)


def _peer_of(connection: Any) -> str:
    host, *_ = connection.get_extra_info("peername") or ("",)
    return str(host)


async def _outcome(moving: Coroutine[Any, Any, FileMove]) -> asyncssh.SFTPError | None:
    """The error that the client of a failed transfer gets; None if the transfer did not fail."""
    try:
        problem = (await moving).problem
    except NoRoom as refused:
        return asyncssh.SFTPNoSpaceOnFilesystem(str(refused))
    except TransferRefused as refused:
        problem = str(refused)
    except OSError:
        problem = BROKE_OFF
    return asyncssh.SFTPFailure(problem) if problem else None
