"""Sockets that listen, and why a socket cannot listen."""

from __future__ import annotations

import asyncio
import errno
import socket

from ocpptui.network.addresses import url_host
from ocpptui.network.problems import CannotListen, NetworkProblem, ProblemCode

BACKLOG = 1024
"""How many connections the operating system queues until they are accepted."""


async def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """One listening socket for each address of the host, all on the same port. Raises CannotListen."""
    where = f"{url_host(host)}:{port}"
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, ValueError) as error:  # ValueError: no name can be written like this
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else ""
        problem = NetworkProblem(ProblemCode.HOST_UNKNOWN, address=where, reason=reason)
        raise CannotListen(problem) from None
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    for family, _, _, _, address in found:
        free_port = sockets[0].getsockname()[1] if sockets else port
        dualstack = host == "::" and family == socket.AF_INET6 and socket.has_dualstack_ipv6()
        try:
            sock = socket.create_server(
                (address[0], free_port, *address[2:]), family=family, backlog=BACKLOG, dualstack_ipv6=dualstack
            )
        except OSError as error:
            if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                missing = error  # a name may have an address of a family that this machine does not support
                continue
            for other in sockets:
                other.close()
            raise CannotListen(_why_not(error, where)) from None
        sock.setblocking(False)
        sockets.append(sock)
    if missing is not None and not sockets:
        raise CannotListen(_why_not(missing, where)) from None
    return sockets


def _why_not(error: OSError, where: str) -> NetworkProblem:
    code = _LISTENING_ERRORS.get(error.errno or 0)
    if code is not None:
        return NetworkProblem(code, address=where)
    return NetworkProblem(ProblemCode.CANNOT_LISTEN, address=where, reason=error.strerror or str(error))


_LISTENING_ERRORS = {
    errno.EADDRINUSE: ProblemCode.PORT_IN_USE,
    errno.EACCES: ProblemCode.PORT_NEEDS_RIGHTS,
    errno.EADDRNOTAVAIL: ProblemCode.ADDRESS_OF_ANOTHER_MACHINE,
}
