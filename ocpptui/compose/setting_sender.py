"""Reads and changes the settings of charge points, one call after the other, and keeps what came of each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from ocpptui.compose.sent_answer import answer_to_sent
from ocpptui.describe.network_problems import problem_text
from ocpptui.jsontext.text import value_text
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.encoding import payload_in
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import Payload, integer_at, object_at, objects_at, shown_text, value_at
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.version import Role
from ocpptui.session.session import Session
from ocpptui.stations.setting_changes import SettingCall, SettingChange, change_calls, reading_calls
from ocpptui.stations.setting_messages import exchange_news
from ocpptui.stations.state import ChargePointState
from ocpptui.timeline.record import RecordKind

REPORTS_BEFORE = 50
"""Records before the answer in which the first report is looked for."""


class Progress(Enum):
    """How far a change or a reading has come."""

    WAITING = "waiting"
    """For the calls before it, or for the answer."""
    DONE = "done"
    """As the charge point says."""
    FAILED = "failed"
    """The charge point refused it, or there is no answer."""


class SettingOutcome(NamedTuple):
    """What came of a change or a reading."""

    progress: Progress
    text: str
    """In a few words: the status of the answer, or why there is none."""
    change: SettingChange | None = None
    """What was asked for, where it was not done."""


class SettingSender:
    """For the settings of all charge points of a session. Nothing that one call meets stops the next."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._changes: dict[tuple[str, SettingPlace], SettingOutcome] = {}
        self._readings: dict[str, SettingOutcome] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # OCPP allows one call at a time
        self.revision = 0
        """Grows with each outcome."""

    def why_not(self, charge_point: str) -> str:
        """Why nothing can be sent to a charge point, in a sentence; empty if it can."""
        session = self._session
        if session.role is Role.CHARGE_POINT:
            return "A charge point cannot read or change its own settings by OCPP; its central system does that."
        if not session.is_live:
            return "The table shows what the records say; there is no connection to send on."
        if session.connection_of(charge_point) is None:
            return f"{charge_point} is not connected."
        return ""

    def outcome(self, charge_point: str, place: SettingPlace) -> SettingOutcome | None:
        """What came of the last change of a setting that was sent here."""
        return self._changes.get((charge_point, place.folded))

    def reading(self, charge_point: str) -> SettingOutcome | None:
        """What came of the last reading that was asked for here."""
        return self._readings.get(charge_point)

    async def read(self, charge_point: str) -> None:
        """Have a charge point send all its settings, and follow the reports until the last one."""
        async with self._turns[charge_point]:
            request = await self._ask_for_all(charge_point)
        if request is not None:
            await self._follow_reports(charge_point, request)

    async def _ask_for_all(self, charge_point: str) -> int | None:
        """The id of the request whose reports follow; None if there are none."""
        connection = self._session.connection_of(charge_point)
        version = connection.version if connection is not None else None
        if connection is None or version is None:
            self._read(charge_point, Progress.FAILED, f"{charge_point} is not connected.")
            return None
        for call in reading_calls(self._known(charge_point), version):
            self._read(charge_point, Progress.WAITING, f"{call.action} …")
            failure, answer = await self._exchange(connection.number, call)
            status = shown_text(answer, "status")
            if failure is None and version.generation == 1:
                keys = len(objects_at(answer, "configurationKey"))
                self._read(charge_point, Progress.DONE, f"{counted(keys, 'key')} read")
                return None
            if failure is None and status == "Accepted":
                return integer_at(call.payload, "requestId")
            text = failure.text if failure is not None else status or "answered without a status"
            self._read(charge_point, Progress.FAILED, f"{call.action}: {text}")
        return None

    async def _follow_reports(self, charge_point: str, request: int) -> None:
        timeline, timeout = self._session.timeline, self._session.settings.call_timeout
        place, parts = len(timeline), 0
        place = max(0, place - REPORTS_BEFORE)  # a report can come at the same time as the answer

        def next_report() -> Payload | None:
            nonlocal place
            while place < len(timeline):
                place += 1
                if timeline.action(place - 1) != "NotifyReport" or timeline.charge_point(place - 1) != charge_point:
                    continue
                frame = timeline.frame(place - 1)
                if not isinstance(frame, Message) or frame.kind.is_answer:
                    continue
                if integer_at(frame.payload, "requestId") == request:
                    return object_at(frame.payload)
            return None

        while True:
            self._read(charge_point, Progress.WAITING, f"{counted(parts, 'report')}, more to come")
            report = await self._session.until(next_report, timeout)
            if report is None:
                self._read(charge_point, Progress.FAILED, f"no further report within {timeout:g} s, {parts:,} came")
                return
            parts += 1
            if value_at(report, "tbc") is not True:
                self._read(charge_point, Progress.DONE, f"read in {counted(parts, 'report')}")
                return

    async def change(self, charge_point: str, changes: Sequence[SettingChange]) -> None:
        """Send changes, and keep what the charge point answers to each."""
        for change in changes:
            self._keep(charge_point, change, SettingOutcome(Progress.WAITING, "waits"))
        async with self._turns[charge_point]:
            await self._change_all(charge_point, changes)

    async def _change_all(self, charge_point: str, changes: Sequence[SettingChange]) -> None:
        connection = self._session.connection_of(charge_point)
        if connection is None or connection.version is None:
            for change in changes:
                self._keep(charge_point, change, SettingOutcome(Progress.FAILED, "not sent: not connected"))
            return
        for call in list(change_calls(self._known(charge_point), connection.version, changes)):
            for change in call.changes:
                self._keep(charge_point, change, SettingOutcome(Progress.WAITING, "sent"))
            failure, answer = await self._exchange(connection.number, call)
            statuses = {news.place.folded: news.status for news in exchange_news(call.payload, answer)}
            for change in call.changes:
                status = statuses.get(change.place.folded, "")
                said = SettingOutcome(
                    Progress.DONE if status in ("Accepted", "RebootRequired") else Progress.FAILED,
                    status or "the answer does not name it",
                )
                self._keep(charge_point, change, failure or said)

    async def _exchange(self, connection: int, call: SettingCall) -> tuple[SettingOutcome | None, Payload | None]:
        """Send a call: why there is no result, or the payload of the result."""
        session = self._session
        try:
            index = await session.send_call(connection, call.action, value_text(call.payload))
        except NotConnected as error:
            return SettingOutcome(Progress.FAILED, f"not sent: {problem_text(error.problem)}"), None
        answer = await answer_to_sent(session, index)
        if answer.index is None:
            return SettingOutcome(Progress.FAILED, answer.why_none), None
        record = session.timeline.record(answer.index)
        if record.kind is not RecordKind.CALLRESULT:
            frame = record.frame
            code = frame.error_code if isinstance(frame, Message) else ""
            return SettingOutcome(Progress.FAILED, f"CALLERROR {code}".strip()), None
        payload = payload_in(record.raw, record.transport)
        return None, payload if isinstance(payload, dict) else {}

    def _known(self, charge_point: str) -> ChargePointState:
        return self._session.knowledge.get(charge_point) or ChargePointState(charge_point)

    def _keep(self, charge_point: str, change: SettingChange, outcome: SettingOutcome) -> None:
        not_done = outcome._replace(change=change) if outcome.progress is Progress.FAILED else outcome
        self._changes[charge_point, change.place.folded] = not_done
        self.revision += 1

    def _read(self, charge_point: str, progress: Progress, text: str) -> None:
        self._readings[charge_point] = SettingOutcome(progress, text)
        self.revision += 1
