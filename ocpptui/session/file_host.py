"""What the exchange of files needs of a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ocpptui.network.central_system_server import CentralSystemServer
    from ocpptui.network.connection import Connection
    from ocpptui.session.settings import SessionSettings
    from ocpptui.stations.tracker import StationTracker
    from ocpptui.timeline.timeline import Timeline

Note = Callable[["Connection | None", str, Mapping[str, Any]], object]
"""Writes a text to the log, about a connection if there is one, with further detail of the record."""


class FileHost(Protocol):
    """A session, as the exchange of files sees it."""

    settings: SessionSettings
    timeline: Timeline

    @property
    def server_links(self) -> Sequence[CentralSystemServer]: ...

    @property
    def recording_path(self) -> Path | None: ...

    @property
    def knowledge(self) -> StationTracker: ...

    def connection_of(self, charge_point: str) -> Connection | None: ...

    def subscribe(self, listener: Callable[[int], None]) -> Callable[[], None]: ...

    def time(self) -> int: ...
