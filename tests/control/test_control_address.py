"""Where sessions listen for scripts. If these fail, another user of the machine can send calls to a charger."""

from __future__ import annotations

import asyncio
import stat
import sys
from pathlib import Path

import pytest

from ocpptui.control import control_address
from ocpptui.control.control_address import answers, connect, hang_up, listen, running
from tests.kit.driver import PATIENCE


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.readline())
    await hang_up(writer)


async def echoed(address: Path, text: bytes = b"hello\n") -> bytes:
    reader, writer = await connect(address)
    writer.write(text)
    line = await asyncio.wait_for(reader.readline(), PATIENCE)
    await hang_up(writer)
    return line


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no socket files in Python")
async def test_only_the_owner_can_connect(short_path: Path) -> None:
    address = short_path / "session"
    async with await listen(address, serve):
        assert stat.S_IMODE(address.stat().st_mode) == 0o600
        assert await echoed(address) == b"hello\n"


async def test_without_socket_files_a_token_is_needed(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    monkeypatch.setattr(control_address, "HAS_SOCKET_FILES", False)
    address = short_path / "session"
    async with await listen(address, serve):
        assert await echoed(address) == b"hello\n"
        port, token = address.read_text(encoding="ascii").split()
        assert stat.S_IMODE(address.stat().st_mode) == 0o600
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        writer.write(f"{token[:-1]}x\nhello\n".encode())
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        await hang_up(writer)


async def test_a_session_does_not_take_the_place_of_another(short_path: Path) -> None:
    address = short_path / "session"
    async with await listen(address, serve):
        with pytest.raises(OSError, match="another session"):
            await listen(address, serve)
        assert await echoed(address) == b"hello\n"


async def test_what_a_killed_session_left_is_replaced_but_no_other_file(short_path: Path) -> None:
    address = short_path / "session"
    server = await listen(address, serve)
    server.close()
    await server.wait_closed()
    if not address.exists():  # newer Pythons remove it themselves
        (short_path / "other").write_text("")
    async with await listen(address, serve):
        assert await answers(address)
    mine = short_path / "notes.txt"
    mine.write_text("mine")
    with pytest.raises(OSError):
        await listen(mine, serve)
    assert mine.read_text() == "mine"


async def test_the_running_sessions_are_listed(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCPPTUI_HOME", str(short_path / "h"))
    address = control_address.new_address("charge-point")
    async with await listen(address, serve):
        assert await running() == [address]
        assert control_address.address_of(address.name) == address
    assert await running() == []


@pytest.mark.parametrize("temporary", ["t", "long" * 20])
async def test_a_home_with_a_long_path_has_its_sessions_elsewhere(
    short_path: Path, monkeypatch: pytest.MonkeyPatch, temporary: str
) -> None:
    """Jobs of a CI server have a long home and a long temporary folder: no script could control a session there."""
    monkeypatch.setenv("OCPPTUI_HOME", str(short_path / ("long" * 30)))
    (short_path / temporary).mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(short_path / temporary))
    folder = control_address.addresses_folder()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    address = control_address.new_address("central-system")
    async with await listen(address, serve):
        assert await running() == [address]
    folder.chmod(0o755)
    with pytest.raises(OSError, match="others can write"):
        control_address.addresses_folder()
    folder.chmod(0o700)
    address.unlink(missing_ok=True)
    folder.rmdir()


async def test_a_path_that_is_too_long_is_named(short_path: Path) -> None:
    with pytest.raises(OSError, match="too long"):
        await listen(short_path / ("x" * 120), serve)
