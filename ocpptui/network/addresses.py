"""The addresses of this machine, found with only the standard library."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import sys

ANY = ("", "0.0.0.0", "::")
"""Hosts that stand for every address of this machine."""

_SIOCGIFADDR = 0x8915  # Linux: the IPv4 address of an interface, by its name


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can connect to a server that listens on this host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reachable_hosts(host: str) -> list[str]:
    """The hosts that a charge point could name to reach a server listening on `host`; loopback comes last."""
    if host not in ANY:
        return [host]
    found = dict.fromkeys(_interface_addresses())
    found.update(dict.fromkeys(_route_addresses(host == "::")))
    found.update(dict.fromkeys(_name_addresses(host == "::")))
    usable = [address for address in found if _is_usable(address)]
    return [*usable, "127.0.0.1"]


def url_host(host: str) -> str:
    """The host as written in a URL: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host


def address_text(address: object) -> str:
    """`127.0.0.1:9000` or `[::1]:9000` of a socket address; empty if there is none."""
    if not isinstance(address, tuple) or len(address) < 2:
        return ""
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"


def _is_usable(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not (parsed.is_loopback or parsed.is_unspecified or parsed.is_link_local)


def _interface_addresses() -> list[str]:
    if sys.platform != "linux":
        return []
    try:
        import fcntl
    except ImportError:
        return []
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):
                answer = fcntl.ioctl(sock.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                found.append(socket.inet_ntoa(answer[20:24]))
    return found


def _route_addresses(ipv6: bool) -> list[str]:
    """The local addresses of connections to other machines; connecting a UDP socket sends nothing."""
    found = []
    families = [(socket.AF_INET, "192.0.2.1")] + ([(socket.AF_INET6, "2001:db8::1")] if ipv6 else [])
    for family, elsewhere in families:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((elsewhere, 9))
            found.append(str(sock.getsockname()[0]))
    return found


def _name_addresses(ipv6: bool) -> list[str]:
    family = socket.AF_UNSPEC if ipv6 else socket.AF_INET
    with contextlib.suppress(OSError):
        return [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, family)]
    return []
