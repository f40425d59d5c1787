"""Ports of this machine at which a program is to listen, and that nobody else is given until then.

A port that was free a moment ago may belong to another process by now: tests run side by side, and the operating system
gives each of them what it asks for.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

TRIES = 100
"""How often to look for ports that follow one another, some of which others may have."""


@contextmanager
def held_ports(count: int = 1) -> Iterator[int]:
    """The first of so many ports, one after the other. Whoever names them can listen at them, on an IPv4 address.

    Connections to a port at which nobody listens yet are refused.
    """
    for _ in range(TRIES):
        with ExitStack() as holding:
            first: int = holding.enter_context(_bound(0)).getsockname()[1]
            try:
                for port in range(first + 1, first + count):
                    holding.enter_context(_bound(port))
            except (OSError, OverflowError):  # it is taken, or past the last port
                continue
            yield first
            return
    raise OSError(f"no {count} ports that follow one another are free")


def _bound(port: int) -> socket.socket:
    """A socket that has a port, but does not listen at it."""
    bound = socket.socket()
    try:
        bound.bind(("0.0.0.0", port))  # nothing listens, and one address of them may be taken beside it
        if os.name == "posix":
            # Only now: if it is set before, Linux gives two holders the same port.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    except BaseException:
        bound.close()
        raise
    return bound
