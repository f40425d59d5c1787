"""Where a running session listens for commands, and who may give them.

A socket file, readable by its owner alone, in the user's state folder. Where Python offers no such sockets (Windows), a
port of the loopback interface; the file then holds the port and a token that each client has to give first.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

from ocpptui.runtime.portable_files import write_private
from ocpptui.workspace.folders import state_folder

LONGEST_PATH = 100
"""Bytes of a path that every system takes for a socket (the limit of macOS is 104)."""
LONGEST_NAME = 30
"""Bytes of the name of a session."""
LONGEST_LINE = 16 * 1024 * 1024
HAS_SOCKET_FILES = sys.platform != "win32"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def addresses_folder() -> Path:
    """The folder of the addresses of all running sessions of the user, created if missing. Raises OSError.

    Where the path of the user's folder is too long for a socket, it is a folder of the user among the temporary ones;
    where the path of that is too long as well, it is below `/tmp`.
    """
    folder = state_folder() / "control"
    if sys.platform != "win32" and not _leaves_room(folder):
        name = f"ocpptui-{os.getuid()}-{sha256(os.fsencode(folder)).hexdigest()[:12]}"
        folder = Path(gettempdir()) / name
        if not _leaves_room(folder):
            folder = Path("/tmp") / name
    folder.mkdir(exist_ok=True, mode=0o700)
    if sys.platform != "win32" and HAS_SOCKET_FILES:
        found = folder.stat()
        if found.st_uid != os.getuid() or found.st_mode & 0o077 or folder.is_symlink():
            raise OSError(f"{folder}: others can write there")
    return folder


def _leaves_room(folder: Path) -> bool:
    """Whether a socket in this folder has a path that every system takes."""
    return len(os.fsencode(folder)) <= LONGEST_PATH - LONGEST_NAME


def address_of(name: str) -> Path:
    """The address of the session with this name: a path as it is, otherwise one in the folder. Raises OSError."""
    if os.sep in name or "/" in name:
        return Path(name)
    return addresses_folder() / name


def new_address(role: str) -> Path:
    """The address of a session of this process. Raises OSError."""
    return addresses_folder() / f"{role}-{os.getpid()}"


async def listen(address: Path, serve: Serve) -> asyncio.Server:
    """Listen at an address; only its owner can reach it. Raises OSError, also if another session listens there."""
    if len(os.fsencode(address)) > LONGEST_PATH and HAS_SOCKET_FILES:
        raise OSError(f"{address}: the path is too long for a socket")
    if await answers(address):
        raise OSError(f"{address}: another session listens there")
    with suppress(FileNotFoundError):
        _remove(address)
    if sys.platform != "win32" and HAS_SOCKET_FILES:
        before = os.umask(0o177)
        try:
            return await asyncio.start_unix_server(serve, path=address, limit=LONGEST_LINE)
        finally:
            os.umask(before)
    token = secrets.token_hex(16)

    async def ask_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if secrets.compare_digest((await reader.readline()).strip(), token.encode()):
            await serve(reader, writer)
        await hang_up(writer)

    server = await asyncio.start_server(ask_first, host="127.0.0.1", port=0, limit=LONGEST_LINE)
    port = server.sockets[0].getsockname()[1]
    write_private(address, f"{port} {token}\n")
    return server


async def connect(address: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a session. Raises OSError if none listens there."""
    if sys.platform != "win32" and HAS_SOCKET_FILES:
        return await asyncio.open_unix_connection(address, limit=LONGEST_LINE)
    try:
        port, token = _port_and_token(address)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port), limit=LONGEST_LINE)
    except ValueError:
        raise OSError(f"{address}: this is not the address of a session") from None
    writer.write(f"{token}\n".encode())
    return reader, writer


def _port_and_token(address: Path) -> tuple[str, str]:
    """Raises OSError, and ValueError for another file."""
    port, token = address.read_text(encoding="ascii").split()
    return port, token


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close one end of a connection, and wait until it is closed."""
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def answers(address: Path) -> bool:
    """Whether a session listens at an address."""
    try:
        _, writer = await connect(address)
    except OSError:
        return False
    await hang_up(writer)
    return True


async def running() -> list[Path]:
    """The addresses of all sessions that listen; those that a killed session left behind are removed."""
    found = []
    for address in sorted(addresses_folder().iterdir()):
        if await answers(address):
            found.append(address)
        else:
            with suppress(OSError):
                _remove(address)
    return found


def _remove(address: Path) -> None:
    """Remove a socket that nobody listens on, or its file on Windows; nothing else. Raises OSError."""
    if address.is_socket() or (not HAS_SOCKET_FILES and address.is_file()):
        address.unlink()
