"""Remote starts: whether the charge point may accept them, authorizes the id token, and starts the transaction."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange
from ocpptui.diagnosis.expectations import RunningTransactionChecker
from ocpptui.diagnosis.known import TOKEN_STORES
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import STILL_THERE, STOP_16, event_2, status_2, status_16
from ocpptui.ocpp.connector_states import OUT_OF_USE
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

MOST_TOKENS = 500
"""Id tokens of one charge point that are remembered."""

_REMOTE_START = """
10:00:00 < RemoteStartTransaction {"idTag":"A","connectorId":1}
10:00:01 > ok {"status":"Accepted"}
"""
_START = """
10:00:20 > StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T10:00:20Z"}
10:00:21 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""
_AT_2 = _START.replace('"connectorId":1', '"connectorId":2')
_OF_OTHER = _AT_2.replace('"A"', '"B"')
_EVSE_2 = ',"evse":{"id":2}'
_STARTED_BEFORE = _START.replace("10:00:2", "09:00:2")
_STOPPED_BEFORE = STOP_16.replace("T10:02:00Z", "T09:59:59Z").replace("10:02:0", "10:00:0")
_AUTHORIZE = '10:00:02 > Authorize {"idTag":"A"}\n10:00:02 < ok {"idTagInfo":{"status":"Accepted"}}\n'
_REMOTE_START_2 = """
2.0.1
10:00:00 < RequestStartTransaction {"remoteStartId":4,"evseId":1,"idToken":{"idToken":"A","type":"ISO14443"}}
10:00:01 > ok {"status":"Accepted"}
"""
_AUTHORIZE_B = _AUTHORIZE.replace('"A"', '"B"')
_ANYWHERE = _REMOTE_START.replace(',"connectorId":1', "")
_ID = ',"remoteStartId":4'
_TOKEN = '"idToken":{"idToken":"A","type":"ISO14443"}'
_WITH_TOKEN = f",{_TOKEN}"
_RUNNING_2 = event_2("Started", "09:01:00", trigger="Authorized").replace('"evse"', f'{_TOKEN},"evse"')
_PLUGGED_IN_2 = event_2("Started", "09:01:00")


def _event(kind: str, time: str, more: str = "", info: str = "") -> str:
    return (
        f'10:{time} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T10:{time}Z",'
        f'"triggerReason":"RemoteStart","seqNo":0,"transactionInfo":{{"transactionId":"t1"{info}}}{more}}}\n'
        f"10:{time} < ok\n"
    )


def _reads(key: str, value: str) -> str:
    return (
        f'09:58:00 < GetConfiguration {{"key":["{key}"]}}\n09:58:00 > ok '
        f'{{"configurationKey":[{{"key":"{key}","readonly":false,"value":"{value}"}}]}}\n'
    )


def _reads_2(value: str) -> str:
    variable = '"component":{"name":"AuthCtrlr"},"variable":{"name":"AuthorizeRemoteStart"}'
    return (
        f'09:58:00 < GetVariables {{"getVariableData":[{{{variable}}}]}}\n09:58:00 > ok {{"getVariableResult":'
        f'[{{"attributeStatus":"Accepted","attributeValue":"{value}",{variable}}}]}}\n'
    )


_OFF, _ON = _reads("AuthorizeRemoteTxRequests", "false"), _reads("AuthorizeRemoteTxRequests", "true")

UNKEPT = Rule(
    "cmd.start-unkept",
    Severity.WARNING,
    "The charge point accepted a remote start, but started no transaction.",
    "OCPP 1.6 section 5.11, and its key ConnectionTimeOut; OCPP 2.0.1 and 2.1 Part 2 F01.FR.03 and F02.FR.21",
    says="The charge point accepted this remote start, but in {waited} it started no transaction.",
    remedy="The cable may not have been plugged in within the connection time-out, or the id token was refused.",
    positive=(
        f"{_REMOTE_START.replace('10:00:00 <', '* 10:00:00 <')}{STILL_THERE}",
        f"{_REMOTE_START_2.replace('10:00:00 <', '* 10:00:00 <')}{STILL_THERE}",
        # Waiting for the cable says nothing of what becomes of it.
        f"{_REMOTE_START.replace('10:00:00 <', '* 10:00:00 <')}{status_16('Preparing', '10:00:02')}{STILL_THERE}",
        # What happens at another connector or EVSE explains nothing.
        (
            f"{_REMOTE_START.replace('10:00:00 <', '* 10:00:00 <')}{status_16('Available', '10:00:02', 2)}"
            f"{_OF_OTHER}{STILL_THERE}"
        ),
        (
            f"{_REMOTE_START_2.replace('10:00:00 <', '* 10:00:00 <')}{status_2('Available', '10:00:02', 2)}"
            f"{_event('Updated', '00:20', more=_EVSE_2)}{STILL_THERE}"
        ),
    ),
    negative=(
        f"{_REMOTE_START}{_START}{STILL_THERE}",
        f"{_REMOTE_START.replace('Accepted', 'Rejected')}{STILL_THERE}",
        f"{_REMOTE_START}10:00:30 closed\n10:00:40 opened\n{STILL_THERE}",
        f"{_REMOTE_START_2}{_event('Started', '00:20', info=_ID)}{STILL_THERE}",
        _REMOTE_START,
        f"{_REMOTE_START}{STILL_THERE}".replace("10:00:01 >", "- >"),
        # Nobody plugged in the cable, and the charge point said so.
        f"{_REMOTE_START}{status_16('Preparing', '10:00:02')}{status_16('Available', '10:01:02')}{STILL_THERE}",
        f"{_REMOTE_START}{status_16('Faulted', '10:00:02', error='GroundFailure')}{STILL_THERE}",
        f"{_REMOTE_START}{_AUTHORIZE.replace('Accepted', 'Blocked')}{STILL_THERE}",
        f"{_REMOTE_START}{_START}10:20:00 CP2 > Heartbeat {{}}",
        # It may be of this transaction, whose EVSE nobody has named.
        f"{_REMOTE_START_2}{_event('Started', '00:20')}{STILL_THERE}",
    ),
)

ELSEWHERE = Rule(
    "cmd.start-elsewhere",
    Severity.WARNING,
    "The transaction of a remote start begins at another connector or EVSE than the central system named.",
    "OCPP 1.6 sections 5.11 and 6.33; OCPP 2.0.1 and 2.1 Part 2, RequestStartTransactionRequest",
    says="The remote start was for {asked}, but its transaction begins at {place}.",
    remedy="The driver waits at the place that was named, where nothing happens, and pays for what a stranger charges.",
    positive=(
        f"{_REMOTE_START}* {_AT_2.strip()}",
        f"{_REMOTE_START_2}* {_event('Started', '00:20', more=_EVSE_2, info=_ID)}",
    ),
    negative=(
        f"{_REMOTE_START}{_START}",
        f"{_ANYWHERE}{_AT_2}",
        f"{_REMOTE_START.replace('Accepted', 'Rejected')}{_AT_2}",
        # Another driver.
        f"{_REMOTE_START}{_AT_2.replace('A', 'B', 1)}",
        f"{_REMOTE_START_2}{_event('Started', '00:20', more=_EVSE_2)}",
        # A second transaction of the same driver.
        f"{_REMOTE_START}{_START}{_AT_2.replace('10:00', '10:05')}",
        f"{_REMOTE_START}10:00:05 closed\n10:00:09 opened\n{_AT_2}",
    ),
)

AUTHORIZATION = Rule(
    "cmd.start-authorize",
    Severity.INFO,
    "The charge point authorizes a remote start although it should not, or does not although it should.",
    "OCPP 1.6 sections 5.11 and 9.1.3; OCPP 2.0.1 and 2.1 Part 2 F01.FR.02, F02.FR.09 and F02.FR.10",
    says="{setting} is {value}, but the charge point {did} the id token of the remote start.",
    remedy="If it is true, the charge point must authorize the id token, unless it has it in a list or cache.",
    positive=(
        f"{_OFF}{_REMOTE_START}* {_AUTHORIZE}",
        f"{_ON}{_REMOTE_START}* {_START.strip()}",
        f"{_REMOTE_START_2.strip().splitlines()[0]}\n{_reads_2('true')}"
        + "\n".join(_REMOTE_START_2.strip().splitlines()[1:])
        + f"\n* {_event('Started', '00:20', more=_WITH_TOKEN, info=_ID)}",
    ),
    negative=(
        f"{_REMOTE_START}{_AUTHORIZE}",
        f"{_OFF}{_REMOTE_START}{_AUTHORIZE_B}",
        f"{_OFF}{_REMOTE_START}{_START}",
        f"{_ON}{_REMOTE_START}{_AUTHORIZE}{_START}",
        # It may have the id token in its cache, or in its list.
        f"{_ON}{_AUTHORIZE.replace('10:00', '09:59')}{_REMOTE_START}{_START}",
        f"{_ON}{_reads('LocalAuthListEnabled', 'true')}{_REMOTE_START}{_START}",
        f"{_ON}{_reads('AuthorizationCacheEnabled', 'true')}{_REMOTE_START}{_START}",
        f"{_REMOTE_START}{_START}",
        f"{_ON}{_START}",
        f"2.0.1\n{_reads_2('true')}"
        + "\n".join(_REMOTE_START_2.replace("ISO14443", "Central").splitlines()[2:])
        + "\n"
        + _event("Started", "00:20", info=',"remoteStartId":4'),
    ),
)

BUSY = Rule(
    "cmd.start-busy",
    Severity.ERROR,
    "The charge point accepts a remote start where it cannot start a transaction.",
    "OCPP 1.6 section 5.11; OCPP 2.0.1 and 2.1 Part 2 F01.FR.23, F01.FR.24, F02.FR.25 and F02.FR.26",
    says="The charge point accepts the remote start, but {why}{transaction}{more}.",
    remedy="It must answer Rejected. The driver waits for a charge that does not begin.",
    positive=(
        f"{status_16('Faulted', '09:59:00', error='GroundFailure')}{_REMOTE_START.replace('10:00:01', '* 10:00:01')}",
        f"{status_16('Unavailable', '09:59:00')}{_REMOTE_START.replace('10:00:01', '* 10:00:01')}",
        f"{_STARTED_BEFORE}{_REMOTE_START.replace('10:00:01', '* 10:00:01')}{STILL_THERE}",
        f"2.0.1\n{status_2('Faulted', '09:59:00')}"
        + _REMOTE_START_2.replace("2.0.1", "").replace("10:00:01", "* 10:00:01"),
        f"2.0.1\n{_RUNNING_2}{_REMOTE_START_2.replace('2.0.1', '').replace('10:00:01', '* 10:00:01')}{STILL_THERE}",
    ),
    negative=(
        f"{status_16('Available', '09:59:00')}{_REMOTE_START}",
        f"{status_16('Faulted', '09:59:00', error='GroundFailure')}{_REMOTE_START.replace('Accepted', 'Rejected')}",
        f"{status_16('Faulted', '09:59:00', 2, error='GroundFailure')}{_REMOTE_START}",
        f"{status_16('Unavailable', '09:59:00')}09:59:10 closed\n09:59:20 opened\n{_REMOTE_START}",
        _REMOTE_START,
        f"{_STARTED_BEFORE}{_ANYWHERE}",
        # The end of the transaction may be in the queue.
        f"{_STARTED_BEFORE}09:30:00 closed\n09:40:00 opened\n{_REMOTE_START}",
        f"{_STARTED_BEFORE}{_REMOTE_START}{_STOPPED_BEFORE}{STILL_THERE}",
        # The cable is plugged in, and nobody has authorized the transaction so far.
        f"2.0.1\n{_PLUGGED_IN_2}{_REMOTE_START_2.replace('2.0.1', '')}{STILL_THERE}",
        (
            f"{_STARTED_BEFORE.replace('09:00:20 >', '09:00:20 CP2 >').replace('09:00:21 <', '09:00:21 CP2 <')}"
            f"{_REMOTE_START}{STILL_THERE}"
        ),
    ),
)

RULES = (UNKEPT, ELSEWHERE, AUTHORIZATION, BUSY)

_SWITCH = ("AuthorizeRemoteTxRequests", "AuthCtrlr.AuthorizeRemoteStart")
_EXPLAINS = ("Available", "Faulted", "Unavailable", "Finishing")
"""Statuses that say that the start came to nothing."""


class _RemoteStart(NamedTuple):
    """A remote start that was accepted, and whose transaction has not begun yet."""

    call: int
    connection: int
    id_token: str | None
    place: int | None
    """The connector of 1.x, the EVSE of 2.x; None for any."""
    number: int | None
    """The remoteStartId of 2.x."""


class RemoteStartChecker(RunningTransactionChecker):
    """Follows a remote start to its transaction."""

    def begin(self) -> None:
        self.remote: _RemoteStart | None = None
        """The last one whose transaction has not begun yet."""
        self.needs_no_question = False
        """Its id token is known to the charge point, or is one that needs no authorization."""
        self.tokens: dict[str, bool] = {}
        """The id tokens that the charge point may have cached."""

    @on_exchange("RemoteStartTransaction", "RequestStartTransaction")
    def accepted(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") != "Accepted":
            return
        self.look_at_place(call, answer)
        if answer.text("transactionId"):
            return
        token, index = _token(call), call.index
        self.remote = _RemoteStart(index, call.connection, token, _place(call), call.integer("remoteStartId"))
        is_cached = token in self.tokens or any(self.known.switch(*names) for names in TOKEN_STORES)
        self.needs_no_question = is_cached or call.text("idToken", "type") in ("Central", "NoAuthorization")
        setting = self.known.whole_setting("ConnectionTimeOut", "TxCtrlr.EVConnectionTimeOut")
        seconds = (setting or self.limits.connection_time_out) + self.limits.command_patience
        self.expect("start", call, answer, seconds, lambda waited: self.found(UNKEPT, index, waited=waited))

    def look_at_place(self, call: Seen, answer: Seen) -> None:
        """Look whether a transaction can start where it is asked for."""
        place = _place(call)
        if not place:
            return
        where = self.name_of(place)
        statuses = self.statuses_at(place, call)
        if statuses and all(status in OUT_OF_USE for status in statuses):
            self.found(
                BUSY, answer, (call,), why=Phrase(f"{where} is {statuses[0]}"), transaction=Phrase(), more=Phrase()
            )
            return
        for one in self.known.open.values():
            there = one.connector if one.evse is None else one.evse
            if there == place and one.id_token and self.runs(one, call):
                words = {"why": Phrase(f"at {where} transaction "), "transaction": one.id, "more": Phrase(" runs")}
                self.found_if_it_ran(BUSY, one, call, answer, **words)
                return

    @on_call("StartTransaction", "TransactionEvent")
    def started(self, call: Seen) -> None:
        token, remote = _token(call), self.remote
        is_of_token = remote is not None and (token, call.connection) == (remote.id_token, remote.connection)
        if token and is_of_token and not self.needs_no_question:
            is_remote = call.action == "StartTransaction" or call.text("triggerReason") == "RemoteStart"
            if is_remote and self.known.switch(*_SWITCH):
                self.found(
                    AUTHORIZATION, call, setting=self.setting(), value=Phrase("true"), did=Phrase("does not authorize")
                )
        if token:
            put(self.tokens, token, True, MOST_TOKENS)
        if remote is None or self.is_of_other(call, remote):
            return
        self.compare_place(call, remote)
        self.remote = None
        self.stop_waiting("start")

    def is_of_other(self, call: Seen, remote: _RemoteStart) -> bool:
        """Whether a message is certainly of another transaction than the one that a remote start asks for."""
        if call.action == "StartTransaction":
            token, place = call.text("idTag"), call.integer("connectorId")
            return not _is_same(token, remote.id_token) and place not in (None, remote.place)
        number = call.integer("transactionInfo", "remoteStartId")
        if number is not None:
            return number != remote.number
        one = self.known.transactions.get(call.text("transactionInfo", "transactionId") or "")
        place = call.integer("evse", "id") or (None if one is None else one.evse)
        if call.text("triggerReason") == "RemoteStart" and _is_same(_token(call), remote.id_token):
            return False
        return place is not None and remote.place is not None and place != remote.place

    def compare_place(self, call: Seen, remote: _RemoteStart) -> None:
        """Look whether a transaction begins where it was asked for."""
        if call.action == "StartTransaction":
            is_certain, place = _is_same(call.text("idTag"), remote.id_token), call.integer("connectorId")
        else:
            number = call.integer("transactionInfo", "remoteStartId")
            is_certain, place = number is not None and number == remote.number, call.integer("evse", "id")
        if is_certain and place and remote.place and place != remote.place and call.connection == remote.connection:
            names = {"asked": self.name_of(remote.place), "place": self.name_of(place)}
            self.found(ELSEWHERE, call, (remote.call,), **names)

    def name_of(self, place: int) -> Phrase:
        return Phrase(f"{'EVSE' if self.known.version in SECOND_GENERATION else 'connector'} {place}")

    @on_call("Authorize")
    def authorizes(self, call: Seen) -> None:
        token = _token(call)
        if token:
            put(self.tokens, token, True, MOST_TOKENS)
        remote = self.remote
        if remote is None or (token, call.connection) != (remote.id_token, remote.connection):
            return
        self.needs_no_question = True
        if self.known.switch(*_SWITCH) is False:
            self.found(AUTHORIZATION, call, setting=self.setting(), value=Phrase("false"), did=Phrase("authorizes"))

    @on_exchange("Authorize")
    def authorized(self, call: Seen, answer: Seen) -> None:
        status = answer.text("idTagInfo", "status") or answer.text("idTokenInfo", "status")
        if status not in (None, "Accepted"):
            self.stop_waiting("start")

    def setting(self) -> Phrase:
        return Phrase(_SWITCH[self.known.version in SECOND_GENERATION].rpartition(".")[2])

    @on_call("StatusNotification")
    def status(self, call: Seen) -> None:
        remote, status = self.remote, call.text("status") or call.text("connectorStatus")
        if remote is None or status not in _EXPLAINS:
            return
        evse = call.integer("evseId")
        place = call.integer("connectorId") if evse is None else evse
        if not place or remote.place in (None, 0, place):
            self.stop_waiting("start")

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        self.stop_waiting("start")


def _place(call: Seen) -> int | None:
    connector = call.integer("connectorId")
    return call.integer("evseId") if connector is None else connector


def _is_same(token: str | None, other: str | None) -> bool:
    """Whether two id tokens are one; case makes no difference."""
    return token is not None and other is not None and token.casefold() == other.casefold()


def _token(call: Seen) -> str | None:
    return call.text("idTag") or call.text("idToken", "idToken")
