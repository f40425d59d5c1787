"""Follows what becomes of each request to move a file, and says in the log if nothing happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.file_protocols import (
    FAILURES,
    FIRMWARE_LOCATIONS,
    FIRMWARE_STATUSES,
    SUCCESSES,
    UPLOAD_LOCATIONS,
    UPLOAD_STATUSES,
    location_in,
)
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import shown_text
from ocpptui.ocpp.refused_request import refused_with
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.session.file_host import FileHost, Note
from ocpptui.session.missing_transfer import why_missing
from ocpptui.timeline.record import RecordKind

if TYPE_CHECKING:
    from ocpptui.network.transfer_desk import FileMove, TransferDesk, VainAttempt
    from ocpptui.network.transfer_grants import TransferGrant
    from ocpptui.session.file_settings import FileSettings

PATIENCE = 120.0
"""Seconds after which a transfer that was asked for should have begun."""
MOST_REFUSALS = 20
"""How many failed attempts the log names for one request."""
REQUESTS = frozenset(UPLOAD_LOCATIONS) | frozenset(FIRMWARE_LOCATIONS)
STATUSES = UPLOAD_STATUSES | FIRMWARE_STATUSES


@dataclass(slots=True, eq=False)
class AwaitedTransfer:
    """A request that was sent with a URL of ours."""

    grant: TransferGrant
    call: int
    """Its place in the timeline."""
    protocol: str
    address: str
    """`host:port` of the URL."""
    host: str
    since: float
    """The reading of the loop's clock when it was sent, in seconds."""
    timer: asyncio.TimerHandle | None = None
    moves: int = 0
    is_whole: bool = False
    refusals: int = 0


class TransferWatch:
    """Of one session, from the first URL on."""

    def __init__(
        self,
        session: FileHost,
        desk: TransferDesk,
        settings: FileSettings | None,
        port_of: Callable[[str], int],
        note: Note,
    ) -> None:
        self._session = session
        self._desk = desk
        self._patience = PATIENCE if settings is None else settings.patience
        self._port_of = port_of
        self._note = note
        self._awaited: dict[tuple[str, bool], AwaitedTransfer] = {}  # by charge point, and whether it is an upload
        self._stop = session.subscribe(self._appended)

    def close(self) -> None:
        """Wait for nothing more."""
        self._stop()
        for awaited in self._awaited.values():
            if awaited.timer is not None:
                awaited.timer.cancel()

    # -- what the servers say -----------------------------------------------------------------------------------

    def moved(self, move: FileMove) -> None:
        """A transfer began, went on or ended."""
        awaited = self._awaited.get((move.grant.charge_point, move.grant.is_upload))
        if awaited is not None and awaited.grant is move.grant:
            awaited.moves = max(awaited.moves, 1)
            awaited.is_whole |= move.ended is not None and not move.problem

    def refused(self, attempt: VainAttempt) -> None:
        """Log an attempt that failed, while a transfer is awaited."""
        waiting = [one for one in self._awaited.values() if not one.moves and one.refusals < MOST_REFUSALS]
        if not waiting:
            return
        for one in waiting:
            one.refusals += 1
        text = f"{attempt.peer} connected by {attempt.protocol} but no file was moved: {attempt.problem}."
        only = waiting[0].grant.charge_point if len(waiting) == 1 else ""
        self._note(self._session.connection_of(only) if only else None, text, {})

    # -- what the log says --------------------------------------------------------------------------------------

    def _appended(self, index: int) -> None:
        timeline = self._session.timeline
        action = timeline.action(index)
        if action not in REQUESTS and action not in STATUSES or timeline.kind(index) is not RecordKind.CALL:
            return
        frame = timeline.frame(index)
        if not isinstance(frame, Message):
            return
        name = timeline.charge_point(index)
        if action in REQUESTS:
            self._requested(index, name, frame)
        else:
            self._reported(name, action, shown_text(frame.payload, "status"))

    def _requested(self, index: int, name: str, frame: Message) -> None:
        location = location_in(frame.payload)
        url = url_parts(location)
        grant = self._desk.grants.named_in(location) if url.hostname else None
        if grant is None or grant.charge_point != name:
            return
        self._desk.grants.renew(grant)
        key = name, grant.is_upload
        before = self._awaited.get(key)
        if before is not None and before.timer is not None:
            before.timer.cancel()
        loop = asyncio.get_running_loop()
        protocol, host = url.scheme.upper(), url.hostname or ""
        awaited = AwaitedTransfer(grant, index, protocol, f"{host}:{self._port_of(protocol)}", host, loop.time())
        awaited.timer = loop.call_later(self._patience + self._delay(frame.payload), self._missed, key, awaited)
        self._awaited[key] = awaited

    def _delay(self, payload: Any) -> float:
        """Seconds until firmware is to be fetched."""
        text = shown_text(payload, "retrieveDate") or shown_text(payload, "firmware", "retrieveDateTime")
        due = time_of(text) if text else None
        return 0.0 if due is None else min(max((due - self._session.time()) / 1e6, 0.0), 7 * 86_400.0)

    def _missed(self, key: tuple[str, bool], awaited: AwaitedTransfer) -> None:
        """No transfer has begun in time."""
        if self._awaited.get(key) is not awaited or awaited.moves or self._is_refused(awaited.call):
            return
        what = "upload" if awaited.grant.is_upload else "fetch"
        self._say(awaited, f"{awaited.grant.charge_point} did not {what} a file within {self._patience:g} s.")

    def _is_refused(self, call: int) -> bool:
        answer = self._session.timeline.other_half(call)
        frame = None if answer is None else self._session.timeline.frame(answer)
        return isinstance(frame, Message) and (frame.kind.is_error or bool(refused_with(frame.payload)))

    def _reported(self, name: str, action: str, status: str) -> None:
        awaited = self._awaited.get((name, action in UPLOAD_STATUSES))
        if awaited is None or awaited.is_whole or status not in FAILURES | SUCCESSES:
            return
        if status in FAILURES and awaited.moves:
            return  # the row of the transfer has the reason
        if awaited.timer is not None:
            awaited.timer.cancel()
        if status in SUCCESSES:
            what = "no file has arrived whole" if awaited.grant.is_upload else "it has not fetched the file from here"
            self._say(awaited, f"{name} reports {status}, but {what}.")
        else:
            self._say(awaited, f"{name} reports {status}.")

    def _say(self, awaited: AwaitedTransfer, beginning: str) -> None:
        connection = self._session.connection_of(awaited.grant.charge_point)
        attempts = [one for one in self._desk.attempts if one.time >= awaited.since]
        why = "" if awaited.moves else " " + why_missing(awaited.protocol, awaited.address, attempts, awaited.host)
        call = asyncio.get_running_loop().call_soon  # after the record that is being appended
        call(self._note, connection, f"{beginning}{why}", {})
