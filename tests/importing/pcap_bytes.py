"""A WebSocket conversation on loopback, and the packet capture that a sniffer would make of it."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

CLIENT, SERVER = ("10.0.0.7", 50_000), ("10.0.0.1", 9_000)
FIN, SYN, PUSH, ACK = 1, 2, 8, 16
START = 1_700_000_000.0


class Chunk(NamedTuple):
    """Bytes that one side sent in one go."""

    by_client: bool
    data: bytes


async def conversation(
    sent: Sequence[Any],
    *,
    path: str = "/ocpp/CP%20001",
    subprotocol: str = "ocpp1.6",
    compression: str | None = None,
    server_tls: ssl.SSLContext | None = None,
    client_tls: ssl.SSLContext | None = None,
) -> list[Chunk]:
    """The bytes on the wire when a charge point sends these messages and gets each back with a `3` in front.

    A list of texts is sent as one message in fragments.
    """
    chunks: list[Chunk] = []

    async def answer(connection: ServerConnection) -> None:
        async for message in connection:
            assert isinstance(message, str)
            await connection.send("[3" + message[2:])

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, by_client: bool) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                chunks.append(Chunk(by_client, data))
                writer.write(data)
                await writer.drain()
            writer.write_eof()

    protocols: Any = [subprotocol]
    async with serve(answer, "127.0.0.1", 0, subprotocols=protocols, compression=compression, ssl=server_tls) as server:
        port = server.sockets[0].getsockname()[1]
        ended = asyncio.Event()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(relay(reader, far_writer, True), relay(far_reader, writer, False))
            writer.close()
            far_writer.close()
            ended.set()

        tap = await asyncio.start_server(accept, "127.0.0.1", 0)
        tap_port = tap.sockets[0].getsockname()[1]
        scheme = "wss" if client_tls else "ws"
        async with connect(
            f"{scheme}://127.0.0.1:{tap_port}{path}", subprotocols=protocols, compression=compression, ssl=client_tls
        ) as client:
            for message in sent:
                await client.send(message)
                await client.recv()
            await client.ping()
        await ended.wait()
        tap.close()
    return chunks


def packets(
    chunks: Sequence[Chunk], *, segment: int = 1400, client: tuple[str, int] = CLIENT
) -> list[tuple[float, bytes]]:
    """Ethernet frames of a TCP connection that carries these bytes, each with its time in seconds."""
    sequence = {True: 1_000, False: 9_000}
    time, made = START, list[tuple[float, bytes]]()

    def packet(by_client: bool, flags: int, data: bytes = b"") -> None:
        nonlocal time
        time += 0.001
        ends = (client, SERVER) if by_client else (SERVER, client)
        acknowledged = sequence[not by_client] if flags & ACK else 0
        made.append((time, _ethernet(ends, sequence[by_client], acknowledged, flags, data)))
        sequence[by_client] += len(data) + (1 if flags & (SYN | FIN) else 0)

    packet(True, SYN)
    packet(False, SYN | ACK)
    packet(True, ACK)
    for chunk in chunks:
        for place in range(0, len(chunk.data), segment):
            packet(chunk.by_client, PUSH | ACK, chunk.data[place : place + segment])
        packet(not chunk.by_client, ACK)
    packet(True, FIN | ACK)
    packet(False, FIN | ACK)
    packet(True, ACK)
    return made


def write_pcap(path: Path, made: Sequence[tuple[float, bytes]]) -> Path:
    """A capture file in the format of libpcap 2.4."""
    blocks = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)]
    for time, data in made:
        seconds = int(time)
        blocks.append(struct.pack("<IIII", seconds, round((time - seconds) * 1e6), len(data), len(data)) + data)
    path.write_bytes(b"".join(blocks))
    return path


def write_pcapng(path: Path, made: Sequence[tuple[float, bytes]]) -> Path:
    """A capture file in the format of pcapng 1.0."""

    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    blocks = [
        block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
        block(1, struct.pack("<HHI", 1, 0, 262_144)),
    ]
    for time, data in made:
        micros = round(time * 1e6)
        fields = struct.pack("<IIIII", 0, micros >> 32, micros & 0xFFFFFFFF, len(data), len(data))
        blocks.append(block(6, fields + data))
    path.write_bytes(b"".join(blocks))
    return path


def _ethernet(
    ends: tuple[tuple[str, int], tuple[str, int]], sequence: int, acknowledged: int, flags: int, data: bytes
) -> bytes:
    (source, source_port), (target, target_port) = ends
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(target).packed
    tcp = struct.pack("!HHIIBBHHH", source_port, target_port, sequence, acknowledged, 5 << 4, flags, 65_535, 0, 0)
    pseudo = addresses + struct.pack("!BBH", 0, 6, len(tcp) + len(data))
    tcp = tcp[:16] + struct.pack("!H", _checksum(pseudo + tcp + data)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp) + len(data), 1, 0x4000, 64, 6, 0) + addresses
    ip = ip[:10] + struct.pack("!H", _checksum(ip)) + ip[12:]
    return bytes(6) + bytes((2, 0, 0, 0, 0, 1)) + b"\x08\x00" + ip + tcp + data


def _checksum(data: bytes) -> int:
    data += bytes(len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
