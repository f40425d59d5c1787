"""The `ocpp` package's own class as the other side of a charge: it decodes, validates and answers by its own code."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

from ocpp.charge_point import ChargePoint as OcppPeer
from ocpp.charge_point import camel_to_snake_case, remove_nones, serialize_as_dict, snake_to_camel_case
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from ocpptui.ocpp.version import Version
from ocpptui.runtime.tasks import Tasks

Payload = dict[str, Any]
PACKAGES = {Version.V16: "v16", Version.V201: "v201", Version.V21: "v21"}


def time_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class PackageSide(OcppPeer):  # type: ignore[misc]
    """One connection. `answers` gives the answer to each action that it knows, from the request in snake case."""

    def __init__(self, version: Version, connection: Any, answers: dict[str, Callable[[Payload], Payload]]) -> None:
        super().__init__("CP001", connection)
        self._ocpp_version = str(version)
        package = f"ocpp.{PACKAGES[version]}"
        self._call_result = importlib.import_module(f"{package}.call_result")
        self._call = importlib.import_module(f"{package}.call")
        self.route_map = {action: {"_on_action": self._handler(action, answer)} for action, answer in answers.items()}

    def _handler(self, action: str, answer: Callable[[Payload], Payload]) -> Any:
        def handle(**request: Any) -> Any:
            return getattr(self._call_result, action)(**camel_to_snake_case(answer(request)))

        return handle

    async def ask(self, action: str, payload: Payload) -> Payload:
        """Make a call; its answer, validated by the package. Raises its OCPPError if that is a CALLERROR."""
        request = getattr(self._call, action)(**camel_to_snake_case(payload))
        result = await self.call(request, suppress=False)
        answer: Payload = remove_nones(snake_to_camel_case(serialize_as_dict(result)))
        return answer


def backend_answers(version: Version) -> dict[str, Callable[[Payload], Payload]]:
    """What a small central system answers: every token is good, transactions are numbered."""
    numbers = count(4711)
    accepted = {"status": "Accepted"}

    def registered(_: Payload) -> Payload:
        return {"currentTime": time_now(), "interval": 300, **accepted}

    def authorized(request: Payload) -> Payload:
        if version is Version.V16:
            return {"idTagInfo": accepted}
        has_contract = "iso15118_certificate_hash_data" in request
        return {"idTokenInfo": accepted, **({"certificateStatus": "Accepted"} if has_contract else {})}

    def noted(_: Payload) -> Payload:
        return {}

    common = {
        "BootNotification": registered,
        "Heartbeat": lambda _: {"currentTime": time_now()},
        "Authorize": authorized,
        "StatusNotification": noted,
    }
    if version is Version.V16:
        return {
            **common,
            "StartTransaction": lambda _: {"transactionId": next(numbers), "idTagInfo": accepted},
            "MeterValues": noted,
            "StopTransaction": lambda request: {"idTagInfo": accepted} if "id_tag" in request else {},
        }
    return {
        **common,
        "TransactionEvent": lambda request: {"idTokenInfo": accepted} if "id_token" in request else {},
        "NotifyEvent": noted,
    }


class PackageStation:
    """A charge point made of the package's class, that says the lines of a story."""

    def __init__(self, version: Version, url: str) -> None:
        self._version = version
        self._url = url
        self._side: PackageSide | None = None
        self._socket: ClientConnection | None = None
        self._tasks = Tasks("charge point of the ocpp package")
        self._connector = 0
        self._token: Payload | str = ""
        self._energy = 1000
        self._sequence = 0
        self._state = "Idle"
        self._occupied = False
        self._is_offline = False
        self._held: list[tuple[str, Payload]] = []  # what was measured without a connection
        self.transaction = ""
        self.requested: list[str] = []
        """The calls of the central system that it has accepted."""

    # -- the connection -----------------------------------------------------------------------------------------

    async def connect(self) -> None:
        subprotocols = [Subprotocol(self._version.subprotocol)]
        self._socket = await connect(self._url, subprotocols=subprotocols)
        actions = (
            "RemoteStartTransaction",
            "RemoteStopTransaction",
            "RequestStartTransaction",
            "RequestStopTransaction",
        )
        self._side = PackageSide(self._version, self._socket, {each: self._accepts(each) for each in actions})
        self._tasks.start(self._play(self._side), "receiver")
        self._is_offline, self._connector = False, 0

    async def cut(self) -> None:
        """Lose the connection, without a word."""
        assert self._socket is not None
        self._socket.transport.abort()
        await self._socket.wait_closed()
        self._is_offline = True

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        await self._tasks.cancel()

    async def _play(self, side: PackageSide) -> None:
        with suppress(ConnectionClosed):
            await side.start()

    def _accepts(self, action: str) -> Callable[[Payload], Payload]:
        def answer(request: Payload) -> Payload:
            self.requested.append(action)
            if action.endswith("StartTransaction"):
                self._token = request.get("id_token") or request["id_tag"]
            return {"status": "Accepted"}

        return answer

    # -- the lines of a story -----------------------------------------------------------------------------------

    async def say(self, line: str) -> Payload:
        """Make the call; its answer."""
        action, *words = line.split()
        return await self._ask(action, self._payload(action, words))

    async def read_meter(self) -> None:
        """Send a meter value, or keep it until `deliver` where there is no connection."""
        if self._version is Version.V16:
            said = (
                "MeterValues",
                {"connectorId": 1, "transactionId": int(self.transaction), "meterValue": self._values()},
            )
        else:
            said = ("TransactionEvent", self._event("Updated", "MeterValuePeriodic", ""))
        if self._is_offline:
            self._held.append(said)
        else:
            await self._ask(*said)

    async def deliver(self) -> None:
        """Send what was kept."""
        while self._held:
            await self._ask(*self._held.pop(0))

    def present(self, token: str, kind: str) -> None:
        self._token = token if self._version is Version.V16 else {"idToken": token, "type": kind}

    async def _ask(self, action: str, payload: Payload) -> Payload:
        assert self._side is not None
        answer = await self._side.ask(action, payload)
        if action == "StartTransaction":
            self.transaction = str(answer["transactionId"])
        return answer

    def _payload(self, action: str, words: list[str]) -> Payload:
        is_1x, now = self._version is Version.V16, time_now()
        match action:
            case "BootNotification":
                if is_1x:
                    return {"chargePointVendor": "ACME", "chargePointModel": "Post"}
                return {"reason": words[0], "chargingStation": {"vendorName": "ACME", "model": "Post"}}
            case "StatusNotification" if is_1x:
                number, self._connector = self._connector, 1
                error = words[1] if len(words) > 1 else "NoError"
                return {"connectorId": number, "errorCode": error, "status": words[0], "timestamp": now}
            case "StatusNotification":
                self._occupied = words[0] == "Occupied"
                return {"evseId": 1, "connectorId": 1, "connectorStatus": words[0], "timestamp": now}
            case "Authorize":
                return self._who()
            case "StartTransaction":
                return {"connectorId": 1, **self._who(), "meterStart": self._energy, "timestamp": now}
            case "StopTransaction":
                who = self._who() if words[0] == "Local" else {}
                reason = {"transactionId": int(self.transaction), "reason": words[0]}
                return {**reason, **who, "meterStop": self._measured(), "timestamp": now}
            case "NotifyEvent":
                return {"generatedAt": now, "seqNo": 0, "eventData": [self._alert(words, now)]}
            case "TransactionEvent":
                return self._event(words[0], words[1], words[2] if len(words) > 2 else "")
        raise AssertionError(action)

    def _event(self, kind: str, trigger: str, state: str) -> Payload:
        if kind == "Started":
            self.transaction, self._sequence = str(uuid4()), 0
            self._state = "EVConnected" if self._occupied else "Idle"
        if trigger == "CablePluggedIn":
            self._state = "EVConnected"
        if kind == "Ended":
            self._state = "Idle" if trigger == "EVCommunicationLost" else "EVConnected"
        self._state = state or self._state
        info: Payload = {"transactionId": self.transaction, "chargingState": self._state}
        if kind == "Ended":
            reasons = {"StopAuthorized": "Local", "RemoteStop": "Remote", "EVCommunicationLost": "EVDisconnected"}
            info["stoppedReason"] = reasons.get(trigger, "Other")
        if trigger == "RemoteStart":
            info["remoteStartId"] = 7
        event = {"eventType": kind, "triggerReason": trigger, "timestamp": time_now(), "seqNo": self._sequence}
        event |= {"transactionInfo": info, "offline": self._is_offline}
        self._sequence += 1
        if kind == "Started":
            event["evse"] = {"id": 1, "connectorId": 1}
        if kind == "Started" or trigger == "StopAuthorized":
            event |= self._who()
        if trigger == "MeterValuePeriodic" or kind != "Updated":
            event["meterValue"] = self._values({"Started": "Transaction.Begin", "Ended": "Transaction.End"}.get(kind))
        return event

    def _who(self) -> Payload:
        return {"idTag" if self._version is Version.V16 else "idToken": self._token}

    def _values(self, context: str | None = None) -> list[Payload]:
        value = self._measured()
        sample = {"value": str(value) if self._version is Version.V16 else value}
        sample |= {"context": context or "Sample.Periodic", "measurand": "Energy.Active.Import.Register"}
        return [{"timestamp": time_now(), "sampledValue": [sample]}]

    def _measured(self) -> int:
        self._energy += 1
        return self._energy

    def _alert(self, words: list[str], now: str) -> Payload:
        component, value = words
        data = {
            "eventId": 1,
            "timestamp": now,
            "trigger": "Alerting",
            "actualValue": value,
            "cleared": value == "false",
        }
        where = {"component": {"name": component, "evse": {"id": 1}}, "variable": {"name": "Problem"}}
        return {**data, **where, "eventNotificationType": "HardWiredNotification"}
