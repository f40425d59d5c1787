"""What a script may ask of a session. Each request is a JSON object with `do`; so is its reply, with `ok`.

    {"do": "list"}
    {"do": "send", "to": "CP001", "action": "Reset", "payload": {"type": "Soft"}}     waits for the answer
    {"do": "send", "action": "Heartbeat", "fields": ["a.b[0].c=1"], "timeout": 5, "anyway": true}
    {"do": "sequence", "to": "CP001", "text": "[[step]]…"}     sends a sequence of calls up to the first surprise
    {"do": "raw", "to": "CP001", "text": "[2,"}     `send` and `raw` of a proxy: "towards": "to-csms" or "to-cp"
    {"do": "answer", "record": 17, "payload": {"status": "Accepted"}}     or "error": "NotSupported"
    {"do": "release", "record": 17}     lets the simulation answer a call that waits
    {"do": "drop", "record": 17}        leaves it without an answer
    {"do": "change", "record": 17, "payload": {}}     of a proxy: passes on another payload, or with "text" another text
    {"do": "delay", "record": 17, "seconds": 5}       of a proxy: passes it on later
    {"do": "break", "filter": "action:Authorize dir:to-csms"}     of a proxy: holds what matches from now on
    {"do": "rules"}                     lists the faults on purpose; with "text", a rules file, uses others
    {"do": "command", "to": "CP001", "command": "limit", "values": ["10", "connector=1"]}     waits for the answer
    {"do": "registration", "to": "CP001", "plan": "pending:2"}     without `to`, of all; without `plan`, lists them
    {"do": "tokens"}                    reads the file of the tokens again; with "text", uses those in a text in TOML
    {"do": "operate", "station": "CP001", "operation": "plug-in", "connector": 1, "argument": "20"}
                                        in 2.x, `connector` is the EVSE, and "evseConnector" one of its connectors
    {"do": "wait", "filter": "action:StopTransaction", "since": 0, "timeout": 30}
    {"do": "note", "text": "the charger was moved"}
    {"do": "automatic", "on": false}
    {"do": "quit"}

`to` and `station` may be left out where there is one. Records are numbered from 0, as in the headless output.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from ocpptui.compose.call_folders import call_folders
from ocpptui.compose.call_payload import WrongPayload, call_payload
from ocpptui.compose.call_sequence import CallSequence, call_sequence
from ocpptui.compose.remote_sending import CommandTarget, Delivery, deliver
from ocpptui.compose.saved_calls import WrongCallFile
from ocpptui.compose.sequence_run import SequenceRun
from ocpptui.control.command_request import WrongCommand, scripted_call
from ocpptui.control.request_fields import (
    RequestRefused,
    request_direction,
    request_number,
    request_seconds,
    request_text,
    request_texts,
    request_timeout,
    waiting_record,
)
from ocpptui.control.session_listing import session_listing
from ocpptui.describe.network_problems import problem_text
from ocpptui.filter.query import QueryError, parse_filter
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.clock import now
from ocpptui.session.central_system_control import CentralSystemControl
from ocpptui.session.held_calls import LONGEST_DELAY
from ocpptui.session.proxy import breakpoint_for
from ocpptui.session.rules_file import parse_rules
from ocpptui.session.rules_table import WrongRules
from ocpptui.session.rules_text import settings_of
from ocpptui.session.session import Session
from ocpptui.simulator.driver_side import KINDS, Operation
from ocpptui.simulator.registrations import registration_plan
from ocpptui.simulator.token_table import WrongTokens
from ocpptui.timeline.record import RecordKind


class ControlRequests:
    """Does what requests ask of one session."""

    def __init__(self, session: Session, line_of: Callable[[int], bytes], quit_session: Callable[[], None]) -> None:
        """`line_of` makes the line of a record, as the headless output has it; `quit_session` ends the session."""
        self._session = session
        self._line_of = line_of
        self._quit = quit_session
        self._counters: dict[str, int] = {}  # of the placeholders of sequences
        self._do: dict[str, Callable[[Payload], Awaitable[Payload]]] = {
            "list": self._list,
            "send": self._send,
            "sequence": self._sequence,
            "raw": self._raw,
            "answer": self._answer,
            "release": self._release,
            "drop": self._drop,
            "change": self._change,
            "delay": self._delay,
            "break": self._break,
            "rules": self._rules,
            "command": self._command,
            "registration": self._registration,
            "tokens": self._tokens,
            "operate": self._operate,
            "wait": self._wait,
            "note": self._note,
            "automatic": self._automatic,
            "quit": self._end,
        }

    async def reply(self, line: bytes) -> Payload:
        """The reply to one request."""
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise RequestRefused("a request is a JSON object")
            handler = self._do.get(str(request.get("do")))
            if handler is None:
                raise RequestRefused(f"`do` is one of {', '.join(self._do)}")
            return {"ok": True, **await handler(request)}
        except NotConnected as error:
            return {"ok": False, "error": problem_text(error.problem)}
        except (
            RequestRefused,
            WrongCallFile,
            WrongCommand,
            WrongPayload,
            WrongRules,
            WrongTokens,
            QueryError,
        ) as error:
            return {"ok": False, "error": str(error)}
        except (ValueError, RecursionError) as error:
            return {"ok": False, "error": f"the request is not JSON: {error}"}

    # -- the requests -------------------------------------------------------------------------------------------

    async def _list(self, request: Payload) -> Payload:
        return session_listing(self._session)

    async def _send(self, request: Payload) -> Payload:
        session = self._session
        number, version = self._connection(request)
        action = request_text(request, "action")
        fields = request_texts(request, "fields", "connectorId=1")
        payload = None if "payload" not in request else json.dumps(request["payload"], ensure_ascii=False)
        text = call_payload(version, action, fields, payload, anyway=bool(request.get("anyway")))
        sent = await session.send_call(number, action, text, towards=request_direction(request))
        if session.timeline.kind(sent) is RecordKind.SEND:
            return {"record": sent}
        index = await session.wait_for_answer(sent, request_timeout(request))
        if index is None:
            return {"record": sent, "answer": None}
        return {"record": sent, "answer": self._shown_answer(index)}

    async def _sequence(self, request: Payload) -> Payload:
        """Send a sequence of calls: its text, or the name under which the user of the session has saved it."""
        number, _ = self._connection(request)
        sequence = await asyncio.to_thread(self._sequence_of, request)
        charge_point = self._session.connections[number].charge_point
        run = SequenceRun(self._session, charge_point, sequence, now=now, counters=self._counters)
        state = await run.run()
        steps: list[Payload] = [
            {
                "title": one.step.title,
                "state": one.state.value,
                "words": one.words,
                "line": one.line,
                "record": one.sent,
                "answer": one.answer,
            }
            for one in run.outcomes
        ]
        return {"state": state.value, "steps": steps}

    def _sequence_of(self, request: Payload) -> CallSequence:
        """Raises WrongCallFile and RequestRefused."""
        folders = call_folders(self._session.settings.calls)
        if "text" in request:
            return call_sequence(request_text(request, "text"), "sequence", folders.call)
        return folders.sequence(request_text(request, "name"))

    async def _raw(self, request: Payload) -> Payload:
        number, _ = self._connection(request)
        text, towards = request_text(request, "text"), request_direction(request)
        return {"record": await self._session.send_raw(number, text, towards=towards)}

    async def _answer(self, request: Payload) -> Payload:
        index = waiting_record(request)
        if "error" in request:
            details = json.dumps(request.get("details", {}), ensure_ascii=False)
            description = str(request.get("description", ""))
            sent = await self._session.held.answer_error(index, request_text(request, "error"), description, details)
        else:
            sent = await self._session.answer(index, json.dumps(request.get("payload", {}), ensure_ascii=False))
        return {"record": sent}

    async def _release(self, request: Payload) -> Payload:
        await self._session.held.let_go(waiting_record(request))
        return {}

    async def _drop(self, request: Payload) -> Payload:
        return {"record": self._session.held.drop(waiting_record(request))}

    async def _change(self, request: Payload) -> Payload:
        index, held = waiting_record(request), self._session.held
        if "text" in request:
            return {"record": held.change(index, request_text(request, "text"))}
        return {"record": held.change_payload(index, json.dumps(request.get("payload"), ensure_ascii=False))}

    async def _delay(self, request: Payload) -> Payload:
        seconds = request_seconds(request, "seconds", LONGEST_DELAY)
        self._session.held.delay(waiting_record(request), seconds)
        return {}

    async def _break(self, request: Payload) -> Payload:
        if self._session.proxy is None:
            raise RequestRefused("the session is not a proxy")
        parse_filter(request_text(request, "filter"))
        place = self._session.faults.add(breakpoint_for(request_text(request, "filter"), request_direction(request)))
        return {"rule": place}

    async def _rules(self, request: Payload) -> Payload:
        session = self._session
        if not session.is_live:
            raise RequestRefused("the session has no side of its own")
        faults = session.faults
        if "text" in request:
            faults.use(parse_rules(str(request["text"]), session.role))
        rules = [{**settings_of(fault), "fired": faults.times_fired(place)} for place, fault in enumerate(faults.all)]
        return {"seed": faults.plan.seed, "rules": rules}

    async def _command(self, request: Payload) -> Payload:
        number, version = self._connection(request)
        if self._session.role is not Role.CENTRAL_SYSTEM and self._session.proxy is None:
            raise RequestRefused("only a central system gives commands; `operate` is for a simulated charge point")
        values = request_texts(request, "values", "10 or connector=1")
        target = CommandTarget(number, self._session.connections[number].charge_point, version)
        call = await scripted_call(self._session, target, request_text(request, "command"), values)
        delivery = Delivery(target.charge_point)
        await deliver(self._session, target, call, delivery, lambda _: None, request_timeout(request))
        reply: Payload = {"record": delivery.sent, "action": call.action, "payload": call.payload}
        answer = None if delivery.answer is None else self._shown_answer(delivery.answer)
        return {**reply, "answer": answer, "words": delivery.words, "refused": delivery.is_refused}

    async def _registration(self, request: Payload) -> Payload:
        control, name = self._central_system(), request.get("to", "")
        if not isinstance(name, str):
            raise RequestRefused("`to` is the name of a charge point")
        said: Payload = {}
        if "plan" in request:
            try:
                plan = registration_plan(request_text(request, "plan"))
            except ValueError as error:
                raise RequestRefused(str(error)) from None
            said = {"words": control.register(plan, name)}
        names = {one.charge_point for one in self._session.connections.values()} | ({name} - {""})
        shown = [
            {"chargePoint": one, "plan": str(control.plan_of(one)), "status": control.status_of(one) or None}
            for one in sorted(names)
        ]
        return {**said, "plan": str(control.plan_of("")), "chargePoints": shown}

    async def _tokens(self, request: Payload) -> Payload:
        control = self._central_system()
        if "text" in request:
            return {"words": control.use_tokens_in(str(request["text"])), "tokens": len(control.tokens)}
        if control.tokens_file is None:
            raise RequestRefused("the session was started without a file of tokens")
        return {"words": control.read_tokens_again(), "tokens": len(control.tokens)}

    def _central_system(self) -> CentralSystemControl:
        if self._session.role is not Role.CENTRAL_SYSTEM:
            raise RequestRefused("the session is not a central system")
        return self._session.central_system

    async def _operate(self, request: Payload) -> Payload:
        names = self._session.behaviours.charge_points()
        station = request.get("station")
        if station is None and len(names) == 1:
            station = names[0]
        if not isinstance(station, str):
            raise RequestRefused(
                f"`station` is one of {', '.join(names)}" if names else "no charge point is simulated here"
            )
        connector = request_number(request, "connector", 0, "the number of a connector")
        part = request_number(request, "evseConnector", 0, "the number of a connector of an EVSE")
        argument = str(request.get("argument", ""))
        name = request_text(request, "operation")
        if name not in {kind.name for kind in KINDS}:
            raise RequestRefused(f"`operation` is one of {', '.join(kind.name for kind in KINDS)}")
        problem = self._session.operate(station, Operation(name, connector, argument, part))
        if problem:
            raise RequestRefused(problem)
        return {}

    async def _wait(self, request: Payload) -> Payload:
        timeline, query = self._session.timeline, parse_filter(request_text(request, "filter"))
        seen = request_number(request, "since", len(timeline), "the number of a record")

        def found() -> int | None:
            nonlocal seen
            matching = query.select(timeline, seen, len(timeline))
            # What is still missing for a match, such as the answer to a call, may come with a later record.
            seen = seen if query.follows_answers or query.follows_findings else len(timeline)
            return matching[0] if matching else None

        index = await self._session.until(found, request_timeout(request))
        return {"record": None if index is None else json.loads(self._line_of(index))}

    async def _note(self, request: Payload) -> Payload:
        return {"record": self._session.add_note(request_text(request, "text"))}

    async def _automatic(self, request: Payload) -> Payload:
        if not isinstance(request.get("on"), bool):
            raise RequestRefused("`on` is true or false")
        self._session.automatic = request["on"]
        return {}

    async def _end(self, request: Payload) -> Payload:
        self._quit()
        return {}

    # -- parts --------------------------------------------------------------------------------------------------

    def _connection(self, request: Payload) -> tuple[int, Version]:
        """The connection that is meant, and its version. Raises RequestRefused."""
        session, name = self._session, request.get("to")
        if name is None and len(session.connections) == 1:
            [found] = session.connections.values()
        else:
            known = ", ".join(dict.fromkeys(one.charge_point for one in session.connections.values()))
            connection = session.connection_of(name) if isinstance(name, str) else None
            if connection is None:
                raise RequestRefused(f"`to` is one of {known}" if known else "nothing is connected now")
            found = connection
        if found.version is None:
            raise RequestRefused("the version of the connection is not known")
        return found.number, found.version

    def _shown_answer(self, index: int) -> Payload:
        frame = self._session.timeline.frame(index)
        assert isinstance(frame, Message)
        shown: Payload = {"record": index, "kind": str(self._session.timeline.kind(index)), "payload": frame.payload}
        if frame.kind.is_error:
            shown |= {"errorCode": frame.error_code, "errorDescription": frame.error_description}
        return shown
