"""A second central system that gets a copy of what a charge point sends; its answers are compared and go nowhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from ocpptui.describe.network_problems import worded, words_of
from ocpptui.network.charge_point_client import ChargePointClient
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection import Connection
from ocpptui.network.problems import NetworkError, NetworkProblem, NotConnected
from ocpptui.ocpp.counted import counted
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.faulty_link import Note
from ocpptui.session.mirrored_answers import MOST_OPEN, MirroredAnswers
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import IN_VAIN, Origin, Record, RecordKind

if TYPE_CHECKING:
    from ocpptui.network.relayed_connection import RelayLeg


class Mirror(MirroredAnswers):
    """The copy of one connection. It is the `Observer` of its own link, none of whose records are kept."""

    def __init__(self, connection: RelayLeg, settings: ClientSettings, note: Note, clock: Clock) -> None:
        super().__init__(connection, note)
        self._waiting: deque[str | bytes] = deque()
        self._lost = 0  # messages that were dropped since the mirror was connected
        self._said = ""
        self._tasks = Tasks("mirror")
        self._link: ChargePointClient | None = None
        try:
            self._link = ChargePointClient(settings, self, clock)
        except NetworkError as error:
            self._say(f"The mirror cannot be used: {words_of(error.problem).sentence}", {})
        else:
            self._tasks.start(self._link.run(), "link")

    # -- what passes --------------------------------------------------------------------------------------------

    def copy(self, record: Record) -> None:
        self._called(record)
        content = record.raw
        if content is None or self._link is None:
            return
        if self._link.connection is None or not self._send(content):
            self._wait(content)

    def _wait(self, content: str | bytes) -> None:
        """Keep a message until the mirror is connected; the oldest one goes if too many wait."""
        self._waiting.append(content)
        if len(self._waiting) <= MOST_OPEN:
            return
        self._waiting.popleft()
        self._lost += 1
        if self._lost == 1:
            self._say(f"More than {MOST_OPEN:,} messages wait for the mirror; it will not get the oldest ones.", {})

    def _send(self, content: str | bytes) -> bool:
        assert self._link is not None and self._link.connection is not None
        try:
            self._link.connection.write(content, Origin.PROXY)
        except NotConnected:
            return False
        return True

    # -- the end ------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        if self._link is not None:
            await self._link.close()
        await self._tasks.cancel()

    # -- the observer of the link -------------------------------------------------------------------------------

    def next_connection(self) -> int:
        return 1

    def words_for(self, problem: NetworkProblem) -> str:
        return words_of(problem).sentence

    def about_to_send(self) -> None:
        """Nothing of it is stored."""

    def as_kept(self, record: Record) -> Record:
        return record

    def opened(self, connection: Connection) -> None:
        while self._waiting and self._send(self._waiting[0]):
            self._waiting.popleft()
        if self._lost:
            lost = counted(self._lost, "message")
            self._say(f"The mirror is connected; it did not get {lost}.", {"lost": self._lost})
            self._lost = 0
        self._said = ""

    def closed(self, connection: Connection) -> None:
        """It connects again."""

    def legs_changed(self, connection: Connection, detail: ConnectionDetail) -> None:
        """It has only one leg."""

    def observed(
        self,
        record: Record,
        connection: Connection | None,
        kept: Record | None = None,
        stored: Callable[[], None] | None = None,
    ) -> int:
        if stored is not None:
            stored()
        if record.kind is RecordKind.CONNECTION:
            self._tell(record)
        elif record.kind.is_message and record.origin is Origin.WIRE:
            self._heard(record)
        return 0

    def _tell(self, record: Record) -> None:
        """Say why there is no mirror, once for each reason."""
        event = record.detail.get("event")
        why = str(worded(record).detail.get("error", ""))
        if event in IN_VAIN and why != self._said:
            self._said = why
            self._say(f"The mirror is not connected: {why}", {})
