"""The connections of an HTTP client, the first of which is handed to it.

So a central system sees one connection, and not one more that comes and goes only to try whether it is there. It needs
two names that aiohttp does not document; `tests/network/test_soap_charge_point.py` shows whether they are still there.
"""

from __future__ import annotations

from typing import Any

from aiohttp import TCPConnector


class FirstConnection(TCPConnector):
    """A connector that uses `first`, if it is still open, before it connects by itself."""

    first: Any = None
    """The protocol of a connection that was made with `handler`."""

    def handler(self) -> Any:
        """What aiohttp reads answers with."""
        return self._factory()

    async def _create_connection(self, *arguments: Any, **named: Any) -> Any:
        first, self.first = self.first, None
        if first is not None and first.is_connected():
            return first
        return await super()._create_connection(*arguments, **named)
