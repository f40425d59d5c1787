"""The open connections of a session: by number, by charge point, by version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ocpptui.network.problems import NetworkProblem, NotConnected, ProblemCode
from ocpptui.ocpp.version import Direction, Version

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection


class OpenConnections:
    """Which connections are open. Every question costs the same, however many there are."""

    def __init__(self) -> None:
        self._open: dict[int, Connection] = {}
        self._of_charge_point: dict[str, dict[int, Connection]] = {}
        self._versions: Counter[Version] = Counter()
        self.by_number: Mapping[int, Connection] = MappingProxyType(self._open)
        """The connections by their number, oldest first; a live view."""

    @property
    def versions(self) -> list[Version]:
        """The OCPP versions of the connections, oldest first."""
        return sorted(self._versions)

    def add(self, connection: Connection) -> None:
        """Note that a connection was opened."""
        self._open[connection.number] = connection
        self._of_charge_point.setdefault(connection.charge_point, {})[connection.number] = connection
        if connection.version is not None:
            self._versions[connection.version] += 1

    def remove(self, connection: Connection) -> bool:
        """Note that a connection was closed; False if that was known."""
        if self._open.pop(connection.number, None) is None:
            return False
        of_charge_point = self._of_charge_point[connection.charge_point]
        del of_charge_point[connection.number]
        if not of_charge_point:
            del self._of_charge_point[connection.charge_point]
        if connection.version is not None:
            self._versions -= Counter((connection.version,))
        return True

    def numbers_of(self, charge_point: str) -> Iterable[int]:
        """The numbers of the connections of a charge point, oldest first."""
        return self._of_charge_point.get(charge_point, ())

    def newest_of(self, charge_point: str) -> Connection | None:
        """The newest connection of a charge point."""
        found = self._of_charge_point.get(charge_point)
        return None if found is None else found[next(reversed(found))]

    def leg(self, number: int, towards: Direction | None = None) -> Connection:
        """The connection; for a proxied one, the leg that sends `towards` a side, by default to the charge point.

        Raises NotConnected.
        """
        found = self._open.get(number)
        if found is None:
            raise NotConnected(NetworkProblem(ProblemCode.NOT_OPEN, connection=number))
        return next((leg for leg in found.legs if towards in (None, leg.sends)), found)
