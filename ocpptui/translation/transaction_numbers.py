"""The transactions of a log in the other generation: their ids, and the places of their events.

In 1.x the central system gives a transaction its id, a number, with the answer to StartTransaction; in 2.x the charging
station makes up a text, and counts the events (2.0.1 Part 2 E01.FR.07 and E01.FR.16). One message alone does not say
what the other generation needs; the messages of a log in their order do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ocpptui.ocpp.payload import Payload, object_at
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.translation.translated_message import TranslatedMessage, translated_message

KEPT = 100_000
"""The most transactions that are remembered."""


class TransactionNumbers:
    """Translates the messages of a log, one after the other."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, int], int] = {}  # how many a transaction of 1.x has had, from its start on
        self._numbers: dict[tuple[str, str], int] = {}  # what a transaction of 2.x is called in 1.x
        self._taken: dict[int, None] = {}
        self._last = 0

    def translated(
        self,
        source: Version,
        target: Version,
        charge_point: str,
        action: str,
        part: Part,
        payload: Mapping[str, Any],
        request: Mapping[str, Any] | None = None,
        answer: Mapping[str, Any] | None = None,
    ) -> TranslatedMessage | None:
        """As `translated_message`; `answer` is the payload of the answer to a call, where it is known."""
        if source.generation == target.generation:
            return translated_message(source, target, action, part, payload, request)
        if source.generation == 1:
            found = translated_message(source, target, action, part, payload, request)
            return None if found is None else self._newer(found, target, charge_point, action, part, payload, answer)
        asked = None if request is None else self._numbered(charge_point, request)
        said = self._numbered(charge_point, payload)
        found = translated_message(source, target, action, part, said, asked)
        is_made_up = said != payload or (asked is not None and asked != request)
        return None if found is None else self._older(found, target, part, asked, is_made_up=is_made_up)

    # -- from 1.x -----------------------------------------------------------------------------------------------

    def _newer(
        self,
        found: TranslatedMessage,
        target: Version,
        charge_point: str,
        action: str,
        part: Part,
        payload: Mapping[str, Any],
        answer: Mapping[str, Any] | None,
    ) -> TranslatedMessage:
        if found.action != "TransactionEvent":
            return found
        if part is Part.RESPONSE:  # its id is in the event
            return found._replace(lost=_without(found.lost, "$.transactionId:"))
        starts = action == "StartTransaction"
        number = ((answer or {}) if starts else payload).get("transactionId")
        if not isinstance(number, int):
            return found
        key = (charge_point, number)
        place = 0 if starts else self._events.get(key, 1)
        if starts or key in self._events:
            put(self._events, key, place + 1, KEPT)
            found.payload["seqNo"] = place
            note = "$.seqNo: counted from the start of the transaction in the log"
            found = found._replace(assumed=(*_without(found.assumed, "$.seqNo:"), note))
        if starts:
            info, name = _transaction_in(found.payload)
            info[name] = str(number)
            note = "$.transactionInfo.transactionId: the id that the central system of 1.x gives in its answer"
            found = found._replace(assumed=(*found.assumed, note))
        return _judged(found, target, part)

    # -- to 1.x -------------------------------------------------------------------------------------------------

    def _numbered(self, charge_point: str, payload: Mapping[str, Any]) -> Payload:
        """The payload with a number in place of each transaction id, as a text."""
        known = dict(payload)
        for holder in ("transactionInfo", "transactionData", "chargingProfile"):
            if isinstance(known.get(holder), dict):
                known[holder] = dict(known[holder])
        for inner, name in (
            (known, "transactionId"),
            (object_at(known, "transactionInfo"), "transactionId"),
            (object_at(known, "transactionData"), "id"),
            (object_at(known, "chargingProfile"), "transactionId"),
        ):
            if isinstance(text := inner.get(name), str) and text:
                inner[name] = str(self._number(charge_point, text))
        return known

    def _number(self, charge_point: str, text: str) -> int:
        """The number in the text, or else the next free one."""
        key = (charge_point, text)
        if key not in self._numbers:
            said = int(text) if _NUMBER.fullmatch(text) else 0
            while said in self._taken or not said:
                self._last += 1
                said = self._last
            put(self._taken, said, None, KEPT)
            put(self._numbers, key, said, KEPT)
        return self._numbers[key]

    def _older(
        self, found: TranslatedMessage, target: Version, part: Part, asked: Payload | None, *, is_made_up: bool
    ) -> TranslatedMessage:
        said = found.payload
        if found.action == "StartTransaction":
            found = found._replace(lost=_without(found.lost, "$.transactionInfo.transactionId:"))
            info, name = _transaction_in(asked or {})
            if part is Part.RESPONSE and name in info:
                said["transactionId"] = int(info[name])
        if is_made_up and "transactionId" in said:
            note = "$.transactionId: a number in place of the text of 2.x, the same throughout the log"
            found = found._replace(assumed=(*found.assumed, note))
        return _judged(found, target, part)


_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


def _transaction_in(event: Payload) -> tuple[Payload, str]:
    """What an event says of its transaction, and the name of the id in it, as 2.0 and as the later versions have it."""
    if isinstance(event.get("transactionData"), dict):
        return event["transactionData"], "id"
    return object_at(event, "transactionInfo"), "transactionId"


def _without(notes: tuple[str, ...], path: str) -> tuple[str, ...]:
    return tuple(note for note in notes if not note.startswith(path))


def _judged(found: TranslatedMessage, target: Version, part: Part) -> TranslatedMessage:
    return found._replace(missing=tuple(map(str, violations(target, found.action, part, found.payload))))
