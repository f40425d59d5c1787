"""Names to addresses, and addresses to connected sockets."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from typing import Any

from ocpptui.network.addresses import address_text


@dataclass(frozen=True, slots=True)
class NetworkAddress:
    """One address of a host, as `getaddrinfo` returns it."""

    family: int
    kind: int
    number: int
    address: tuple[Any, ...]

    @property
    def is_ipv6(self) -> bool:
        return self.family == socket.AF_INET6

    def __str__(self) -> str:
        return address_text(self.address)


async def addresses_of(host: str, port: int) -> list[NetworkAddress]:
    """The addresses of a host in the order in which they should be tried. Raises OSError and UnicodeError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [NetworkAddress(family, kind, number, address) for family, kind, number, _, address in found]


async def connected_socket(address: NetworkAddress, timeout: float) -> socket.socket:
    """A socket connected to the address within so many seconds. Raises OSError."""
    sock = socket.socket(address.family, address.kind, address.number)
    sock.setblocking(False)
    try:
        async with asyncio.timeout(timeout):
            await asyncio.get_running_loop().sock_connect(sock, address.address)
    except BaseException:
        sock.close()
        raise
    return sock


async def first_connected(addresses: list[NetworkAddress], timeout: float) -> socket.socket:
    """A socket connected to the first of the addresses that answers. Raises the last OSError."""
    last: OSError = OSError("the name has no address")
    for address in addresses:
        try:
            return await connected_socket(address, timeout / len(addresses))
        except OSError as error:
            last = error
    raise last
