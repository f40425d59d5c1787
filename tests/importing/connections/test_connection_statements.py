"""What lines say of a connection. A line that is misread makes a reconnect that never was; one that is not read hides
who hung up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.connections.connection_statements import LONGEST, SAYS, detail_of, may_state, stated_in
from ocpptui.importing.words import connection_words as words
from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.timeline.record import ConnectionEvent

OPENED, CLOSED = ConnectionEvent.OPENED, ConnectionEvent.CLOSED
FAILED, REFUSED = ConnectionEvent.FAILED, ConnectionEvent.REFUSED


@pytest.mark.parametrize(
    ("event", "line"),
    (
        (OPENED, "WebSocket connected"),
        (OPENED, "New connection from 10.0.0.5:51000"),
        (OPENED, "[chargeBoxId=CP-7, sessionId=5f34ee1f] Connection is established"),
        (OPENED, "Established WebSocketSession[chargeBoxId=CP-7]"),
        (OPENED, 'time="2026-11-22T23:17:55Z" level=info msg="new charging station connected" client=MO201'),
        (OPENED, "INFO:websockets.server:connection open"),
        (OPENED, "INFO (MainThread) [custom_components.ocpp] Charger TAC7 reconnected to 0.0.0.0:12811."),
        (OPENED, "[ocpp  ] DEBUG 2023/03/19 13:27:36 chargepoint connected: TACW****"),
        (OPENED, "[MO] info (MicroOcppMongooseClient.cpp:704): connection ws://127.0.0.1:9342/MO201 -- connected!"),
        (OPENED, "[MO] info (main.cpp:3450): OCPP Connected to url: /ABCD"),
        (OPENED, "DEBUG  [2025-12-20 16:21:33] handling new connection for 555 from 10.42.0.8:52286  logger=websocket"),
        (OPENED, "DEBUG  [2025-12-20 16:21:33] upgraded websocket connection for 555 from 10.42.0.8:52286"),
        (OPENED, 'INFO: 10.0.0.5:50000 - "WebSocket /ocpp/CP-77" [accepted]'),
        (OPENED, "< HTTP/1.1 101 Switching Protocols"),
        (OPENED, "WebSocket-Verbindung hergestellt: CP-77"),
        (OPENED, "Ladestation CP-77 verbunden"),
        (OPENED, "Neue Verbindung von CP-77"),
        (OPENED, "Connexion WebSocket établie avec CP-77"),
        (OPENED, "Conexión establecida con CP-77"),
        (OPENED, "Connessione stabilita con CP-77"),
        (OPENED, "Verbinding tot stand gebracht met CP-77"),
        (OPENED, "Conexão estabelecida com CP-77"),
        (CLOSED, "Connection closed, code 1006"),
        (CLOSED, "client disconnected"),
        (CLOSED, "EVSE CP-77 disconnected"),
        (CLOSED, "EVSE 10345 disconnected"),
        (CLOSED, "socket 12 closed"),
        (CLOSED, "charge point CP-77 disconnected"),
        (CLOSED, "[chargeBoxId=CP-7] Connection is closed, status: CloseStatus[code=1006, reason=WebSocket Read EOF]"),
        (CLOSED, "Closing connection to '1000'"),
        (CLOSED, "INFO   [2025-12-20 16:21:25] closed connection to 555                      logger=websocket"),
        (CLOSED, "handling read error for 555: websocket: close 1006 (abnormal closure): unexpected EOF"),
        (CLOSED, "[INFO] ocpp:OCPP        :: OCPP client closed connection to server"),
        (CLOSED, "websockets.exceptions.ConnectionClosedError: no close frame received or sent"),
        (CLOSED, "websockets.exceptions.ConnectionClosedError: code = 1011 (unexpected error), no reason"),
        (CLOSED, "websockets.exceptions.ConnectionClosedOK: sent 1000 (OK); then received 1000 (OK)"),
        (CLOSED, "ConnectionClosedError: sent 1011 (internal error) keepalive ping timeout; no close frame received"),
        (CLOSED, "got close event { code: 1006, reason: '' }"),
        (CLOSED, "DEBUG < CLOSE 1001 (going away) [2 bytes]"),
        (CLOSED, "[INFO] [WebSocket] Disconnecting from WebSocket"),
        (CLOSED, "Connection reset by peer"),
        (CLOSED, "Verbindung zu CP-77 getrennt (Code 1006)"),
        (CLOSED, "Connexion fermée pour CP-77, code 1001"),
        (CLOSED, "Borne CP-77 déconnectée"),
        (CLOSED, "Conexión cerrada CP-77"),
        (CLOSED, "Connessione chiusa da CP-77"),
        (CLOSED, "Verbinding met CP-77 verbroken"),
        (CLOSED, "Conexão encerrada com CP-77"),
        (CLOSED, '10.0.0.5 - - [12/May/2026:10:00:00 +0000] "GET /ocpp/CP-77 HTTP/1.1" 101 5821 "-" "-"'),
        (CLOSED, 'haproxy[7]: 10.0.0.5:5000 fe be/s1 0/0/1/2/60001 101 812 - - cD-- 1/1/1 "GET /ocpp/CP-77 HTTP/1.1"'),
        (FAILED, "Failed to connect to wss://csms.example/ocpp/CP-77"),
        (FAILED, "Connection to ws://csms/CP-77 failed: timeout"),
        (FAILED, "connect ECONNREFUSED: connection refused"),
        (FAILED, "WebSocket-Verbindung fehlgeschlagen"),
        (REFUSED, "Rejected connection from CP-77: 401 Unauthorized"),
        (REFUSED, 'INFO: 10.0.0.5:50000 - "WebSocket /ocpp/CP-77" 403'),
    ),
)
def test_a_line_states_what_happened_to_a_connection(event: ConnectionEvent, line: str) -> None:
    stated = stated_in(f"2026-05-12 10:00:00 {line}")
    assert stated is not None
    assert stated.event is event
    assert may_state(without_digits(line)), "the line would be passed by once its shape is known"
    assert event in SAYS


@pytest.mark.parametrize(
    "line",
    (
        "MQTT client disconnected",
        "Database connection established",
        "HikariPool-1 - connection closed",
        "Redis connection lost",
        "EV connected",
        "StatusNotification: vehicle connected",
        "cable disconnected",
        "Fahrzeug verbunden",
        "connector 1 closed",
        "Socket 1 opened",
        "Type2 socket lid closed",
        "charger CP-77 EVSE 1 is connected",
        "charger CP-77: EVSE 2 disconnected",
        "CP-77 socket 1 disconnected",
        "ISO15118 connection closed",
        "ISO 15118: connection closed by EVCC",
        "V2G TCP connection closed",
        "PLC connection established",
        "Payment terminal connection lost",
        "Netzwerkverbindung getrennt",
        "network connection lost",
        "Connexion à la base de données établie",
        "Conexão com o carro encerrada",
        "UI websocket closed",
        "connection lost timeout = 30",
        "Connection timed out value changed to 60",
        "Number of closed connection events: 5",
        "last disconnect reason: connection lost",
        "Closing transaction 12",
        "Session closed for transaction",
        "Charging session ended",
        "WiFi connected",
        "Serial port opened",
        "connected: true",
        "WebSocket status: Connected",
        "Connection state=disconnected",
        'charger "CP-7" connected=false',
        "open connections: 3",
        "waiting for connection",
        "Connection: keep-alive",
        "if the connection is closed, reconnect",
        "[OfflineMonitor] Monitoring started. Will activate when connection is lost.",
        "Cannot send message: connection closed",
        "could not send RemoteStop: charger CP-77 is disconnected",
        "not connected",
        "keeping the connection open",
        "Trying to connect to wss://csms/CP-77",
        "connecting to ws://csms.example/ws",
        "Reconnecting in 10 s",
        "WebSocket message accepted",
        "BootNotification accepted for CP-77",
        "Connection latency from 'central' to 'pulsar': ping=2.0 ms, pong=13.0 ms",
        "'pulsar' post connection setup completed successfully",
        "Websocket Subprotocol matched: ocpp1.6",
        "could not find connector",
        "Insecure connection (WS)",
        "EVCC was closing connections immediately",
        "**FACT**: the wallbox closes the connection after 30 s",
        "- Connection closed again and again",
        "# The WebSocket connection closed",
        "is the connection closed?",
        'GET /ocpp/CP-77 HTTP/1.1" 200',
        "",
    ),
)
def test_a_line_that_says_something_else_states_nothing(line: str) -> None:
    assert stated_in(line) is None


@pytest.mark.parametrize(
    ("line", "detail"),
    (
        ("Connection closed, code 1006", {"closeCode": 1006}),
        ("Connection closed: 1001 - bye", {"closeCode": 1001}),
        (
            "ConnectionClosedError: sent 1011 (internal error) keepalive ping timeout; no close frame received",
            {"closeCode": 1011, "closeReason": "keepalive ping timeout", "closedBy": "us"},
        ),
        ("DEBUG > CLOSE 1000 (OK) [2 bytes]", {"closeCode": 1000, "closeReason": "OK", "closedBy": "us"}),
        ("< CLOSE 1001 (going away)", {"closeCode": 1001, "closeReason": "going away", "closedBy": "peer"}),
        ("closed CP-7 (1000)", {"closeCode": 1000}),
        ("closed, code=4001, reason=kicked", {"closeCode": 4001, "closeReason": "kicked"}),
        ("CloseStatus[code=1006, reason=WebSocket Read EOF]", {"closeCode": 1006, "closeReason": "WebSocket Read EOF"}),
        ("CloseStatus[code=1000, reason=null]", {"closeCode": 1000}),
        (
            '{"msg":"WebSocket closed","code":1006,"reason":"ping timeout"}',
            {"closeCode": 1006, "closeReason": "ping timeout"},
        ),
        ("received 1000 (OK); then sent 1000 (OK)", {"closeCode": 1000, "closeReason": "OK", "closedBy": "peer"}),
        (
            "sent 1011 (internal error); then received 1011",
            {"closeCode": 1011, "closeReason": "internal error", "closedBy": "us"},
        ),
        ("no close frame received or sent", {"closedBy": "nobody"}),
        ("Connection closed by peer", {"closedBy": "peer"}),
        ("Connection closed by the charge point", {"closedBy": "charge-point"}),
        ("Verbindung vom Server geschlossen", {"closedBy": "central-system"}),
        ("Closing websocket with code: 5 and reason: Pong timeout", {"closeReason": "Pong timeout"}),
        ("Connection closed after 1500 ms", {}),
        ("Connection closed at 10:00:00.1006, port 1006", {}),
        ("Connection closed in thread-1001", {}),
    ),
)
def test_a_close_has_the_code_the_reason_and_who_began_it(line: str, detail: dict[str, Any]) -> None:
    assert detail_of(CLOSED, line) == detail


def test_only_a_close_has_them() -> None:
    assert detail_of(OPENED, "connection open, code 1006, reason: none") == {}


LISTS = (words.CONNECTION, words.CONNECTED, words.DISCONNECTED, words.OPENED, words.CLOSED, words.FAILED)
PIECES = st.sampled_from(
    [word for one in LISTS for word in one.split("|") if word.isalpha()]
    + ["CP-77", "not", "if", "code 1006", "mqtt", "connector 1", "(", ")", '"', "[", ":", "101", "HTTP/1.1"]
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=30).map(" ".join))
def test_any_text_is_read_without_a_fault_and_alike_in_all_lines_of_its_shape(line: str) -> None:
    """Lines of a known shape are not looked at again."""
    stated = stated_in(line)
    if stated is not None:
        assert len(line) <= LONGEST
        assert may_state(without_digits(line))
        assert all(type(value) in (int, str) for value in detail_of(stated.event, line).values())
