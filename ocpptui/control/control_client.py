"""Gives a running session one command."""

from __future__ import annotations

import json
from pathlib import Path

from ocpptui.control.control_address import connect, hang_up
from ocpptui.ocpp.payload import Payload


async def ask(address: Path, request: Payload) -> Payload:
    """The reply of the session at an address. Raises OSError if there is none, or if it ends meanwhile."""
    reader, writer = await connect(address)
    try:
        writer.write(json.dumps(request, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        await hang_up(writer)
    if not line:
        raise OSError(f"{address}: the session ended without a reply")
    reply = json.loads(line)
    assert isinstance(reply, dict)
    return reply
