"""Reads the payloads of the records that checkers see: of many at once, where it is known that they will be wanted."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import compress, count, repeat
from operator import and_, lshift, or_
from typing import Any

from ocpptui.ocpp.encoding import payload_in
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.plain_payloads import plain_message_id, plain_payloads
from ocpptui.timeline.record_store import RecordTexts
from ocpptui.timeline.timeline import Timeline

LONGEST_READ_AHEAD = 16_384
"""Bytes of a line that is read before a handler asks for it."""
FEW = 8
"""So few records are read one by one."""
KIND_BITS = 4
"""The bits of the kind in the shape of a record: the numbers of its action and of its kind, in one."""
KIND_MASK = (1 << KIND_BITS) - 1


def shapes_of(actions: array[int], kinds: array[int]) -> list[int]:
    """The shapes of records, from their values in two columns of the timeline."""
    return [*map(or_, map(lshift, actions, repeat(KIND_BITS)), kinds)]


class PayloadReader:
    """Call `begin` for each step of a run. What is asked for once, of an action and a kind, is read ahead from then on.

    Records that were just appended are at hand with their parsed messages. All others have their lines read together,
    and decoded with one call.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._wanted: set[int] = set()  # shapes of which a payload was asked for
        self.ahead: dict[int, Payload] = {}
        """The payloads of this step that were read ahead, by record."""
        self._before: dict[int, Payload] = {}  # those of the step before: most answers have their call there
        self._texts: list[tuple[int, int, RecordTexts]] = []  # of both steps: first record, last, texts

    def begin(self, start: int, stop: int, shapes: Sequence[int], chosen: Sequence[bool] | None = None) -> None:
        """Begin a step from record `start` to before `stop`, which have these shapes.

        All of them are handed over, or those that are chosen.
        """
        timeline = self._timeline
        self._before, self.ahead = self.ahead, {}
        if stop - start <= FEW or timeline.record_at_hand(start) is not None:
            self._texts = []
            return
        texts = timeline.texts(start, stop, stop - start)
        self._texts = [*self._texts[-1:], (start, stop, texts)]
        wanted = map(self._wanted.__contains__, shapes)
        if chosen is not None:
            wanted = map(and_, wanted, chosen)
        places = [*compress(count(), wanted)]
        if places:
            self._read_ahead(start, places, texts)

    def _read_ahead(self, start: int, places: list[int], texts: RecordTexts) -> None:
        """Read the payloads at these places of the step; those of messages with a defect are read when it is asked."""
        timeline, stop = self._timeline, start + places[-1] + 1
        remarks, lengths = timeline.remarks[start:stop], timeline.lengths[start:stop]
        plain = [place for place in places if not remarks[place] and lengths[place] <= LONGEST_READ_AHEAD]
        found = plain_payloads(texts.raws(plain))
        self.ahead = {
            start + place: payload for place, payload in zip(plain, found, strict=True) if payload is not None
        }

    def payload(self, index: int) -> Any:
        """The payload of a record without secrets; None if it has none."""
        for payloads in (self.ahead, self._before):
            if index in payloads:
                return payloads[index]
        timeline = self._timeline
        action = timeline.actions[index]
        carries_secrets = timeline.may_store_secrets(timeline.action_table[action])
        if not carries_secrets:
            self._wanted.add(action << KIND_BITS | timeline.kinds[index])
            for first, stop, texts in self._texts:
                if first <= index < stop:
                    return payload_in(texts.raw(index - first), timeline.transport(index))
        frame = timeline.frame(index)
        return frame.payload if isinstance(frame, Message) else None

    def message_id(self, index: int) -> str | None:
        """The message id of a record; None if it has none."""
        for first, stop, texts in self._texts:
            if first <= index < stop and (found := plain_message_id(texts.raw(index - first))) is not None:
                return found
        frame = self._timeline.frame(index)
        return None if frame is None else frame.id
