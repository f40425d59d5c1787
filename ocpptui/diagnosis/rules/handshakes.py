"""Opening handshakes: what a charge point asks for, under which name, and what the central system makes of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from ocpptui.diagnosis.checker import Checker, on_connection, on_record
from ocpptui.diagnosis.known import MOST_CONNECTIONS
from ocpptui.diagnosis.recorded_upgrade import RecordedUpgrade
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.rules.handshake_rules import (
    IDENTITY_CHARACTERS,
    IDENTITY_ENCODING,
    NO_COMMON_SUBPROTOCOL,
    NO_COMPRESSION,
    NO_SUBPROTOCOL,
    NOT_OFFERED,
    RULES,
    TOLERATED,
    UPGRADE_HEADER,
    URL,
    USER_DIFFERS,
    tolerated_words,
)
from ocpptui.diagnosis.seen import Seen
from ocpptui.network.problems import ProblemCode
from ocpptui.ocpp.counted import enumerated
from ocpptui.ocpp.version import SECOND_GENERATION, Direction, Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent, RecordKind

_OPENED = ConnectionEvent.OPENED
_NONE_COMMON = (
    ProblemCode.SUBPROTOCOL_NOT_SERVED,
    ProblemCode.SUBPROTOCOL_MISWRITTEN,
    ProblemCode.SERVER_REJECTS_SUBPROTOCOL,
)
_NEEDED = {
    "host": "",
    "upgrade": "websocket",
    "connection": "upgrade",
    "sec-websocket-key": "",
    "sec-websocket-version": "",
}
"""The headers of a request, and what must be in them."""
_NAMES = ("Host", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version")
_VERSION = re.compile(r"ocpp[-_]?j?[-_]?v?\d[\d._]*j?|v?(?:1\.[256]|2\.0|2\.0\.1|2\.1)j?", re.IGNORECASE)
"""A segment of a path that names a version of OCPP."""
_ENCODED = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*")
"""A segment of a path (RFC 3986 section 3.3)."""
_TWICE = re.compile(r"%25[0-9A-Fa-f]{2}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9*\-_=+|@.]{1,48}")


class HandshakeChecker(Checker):
    """Judges each opening handshake, as far as its records have it. Each fault is reported once for a connection."""

    listens = False

    def begin(self) -> None:
        self.said: dict[tuple[int, str], None] = {}  # connection and rule
        self.without: dict[int, tuple[int, str]] = {}  # connections without a subprotocol: record, and what was offered

    @on_connection(ConnectionEvent.OPENING, ConnectionEvent.OPENED, ConnectionEvent.REFUSED, ConnectionEvent.FAILED)
    def shook(self, event: Seen) -> None:
        detail = event.detail
        upgrade, is_opened = RecordedUpgrade(detail), event.event is _OPENED
        if upgrade.request is None or upgrade.asks_for_websocket:
            self.check_path(event, upgrade)
        self.check_subprotocol(event, upgrade, detail.get("problem"), is_opened)
        if upgrade.asks_for_websocket:
            self.check_headers(event, upgrade)
        if is_opened:
            self.check_answer(event, upgrade)
            told = tuple(rule.id for rule in RULES if (event.connection, rule.id) in self.said)
            if any(True for _ in tolerated_words(detail, told)):
                self.found(TOLERATED, event)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        if self.without.pop(event.connection, None) is not None and not self.without:
            self.listen(False)
        if event.detail.get("problem") == ProblemCode.COMPRESSED_UNASKED:
            self.found(NO_COMPRESSION, event)

    def say(self, rule: Rule, event: Seen, **values: Any) -> None:
        key = event.connection, rule.id
        if key not in self.said:
            put(self.said, key, None, MOST_CONNECTIONS)
            self.found(rule, event, **values)

    # -- the path -----------------------------------------------------------------------------------------------

    def check_path(self, event: Seen, upgrade: RecordedUpgrade) -> None:
        path = upgrade.path
        if path is None:
            return
        segment = upgrade.last_segment
        if (oddity := _oddity(path, segment)) is not None:
            self.say(URL, event, path=path, oddity=Phrase(oddity))
        if not _ENCODED.fullmatch(segment):
            self.say(IDENTITY_ENCODING, event, identity=segment, fault=Phrase("not percent-encoded"))
        elif _TWICE.search(segment):
            self.say(IDENTITY_ENCODING, event, identity=segment, fault=Phrase("percent-encoded twice"))
        if event.event is _OPENED and segment and not _IDENTIFIER.fullmatch(upgrade.identity):
            self.say(IDENTITY_CHARACTERS, event, identity=upgrade.identity)
        user = upgrade.user
        if user is not None and segment and not self.is_same(user, upgrade):
            self.say(USER_DIFFERS, event, user=user, identity=upgrade.identity)

    def is_same(self, user: str, upgrade: RecordedUpgrade) -> bool:
        """Whether a user name is the identity; upper and lower case are the same in OCPP 2.x (its identifierString)."""
        names = (upgrade.identity, upgrade.last_segment)
        if self.known.version in SECOND_GENERATION:
            return user.casefold() in [one.casefold() for one in names]
        return user in names

    # -- the subprotocol ----------------------------------------------------------------------------------------

    def check_subprotocol(self, event: Seen, upgrade: RecordedUpgrade, problem: Any, is_opened: bool) -> None:
        offered, chosen = upgrade.offered, upgrade.chosen
        if not offered:
            if upgrade.asks_for_websocket:
                self.say(NO_SUBPROTOCOL, event)
            return
        names = ", ".join(offered)
        if problem in _NONE_COMMON:
            self.say(NO_COMMON_SUBPROTOCOL, event, offered=names)
        elif problem == ProblemCode.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL:
            self.say(NOT_OFFERED, event, offered=names, chosen=chosen or Phrase("another one"))
        elif is_opened and chosen is not None and chosen not in offered:
            self.say(NOT_OFFERED, event, offered=names, chosen=chosen)
        elif is_opened and chosen is None and upgrade.is_answered:
            self.say(NO_COMMON_SUBPROTOCOL, event, offered=names)
            put(self.without, event.connection, (event.index, names), MOST_CONNECTIONS)
            self.listen(True)

    @on_record(RecordKind.CALL, RecordKind.CALLRESULT)
    def went_on(self, record: Seen) -> None:
        """A central system that chose no subprotocol must close the connection."""
        if record.direction is Direction.TO_CHARGE_POINT:
            found = self.without.pop(record.connection, None)
            if found is not None:
                self.found(NOT_OFFERED, found[0], (record,), offered=found[1], chosen=Phrase("none, and goes on"))
            self.listen(bool(self.without))

    # -- the headers --------------------------------------------------------------------------------------------

    def check_headers(self, event: Seen, upgrade: RecordedUpgrade) -> None:
        request = upgrade.request or {}
        missing = [
            name
            for name, (header, word) in zip(_NAMES, _NEEDED.items(), strict=True)
            if not any(word in value.lower() for value in request.get(header, ()))
        ]
        if missing:
            self.say(UPGRADE_HEADER, event, headers=Phrase(enumerated(missing)))

    def check_answer(self, event: Seen, upgrade: RecordedUpgrade) -> None:
        extensions = "sec-websocket-extensions"
        if upgrade.request is not None and upgrade.response is not None:
            offers = any("permessage-deflate" in value for value in upgrade.request.get(extensions, ()))
            accepts = any("permessage-deflate" in value for value in upgrade.response.get(extensions, ()))
            if offers and not accepts:
                self.say(NO_COMPRESSION, event, offered=True)


def _oddity(path: str, segment: str) -> str | None:
    """What is odd about a path whose last segment is this."""
    if not segment:
        return "names no charge point"
    if "//" in path:
        return "has a double slash"
    if path.endswith("/"):
        return "ends with a slash"
    before = path.rpartition("/")[0].rpartition("/")[2]
    if before and unquote(before) == unquote(segment):
        return "names the charge point twice"
    if any(_VERSION.fullmatch(one) for one in path.split("/")[:-1]) or Version.from_subprotocol(segment.lower()):
        return "names a version of OCPP, which the subprotocol does"
    return None
