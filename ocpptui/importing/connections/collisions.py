"""Two charge points in the lines of one, noticed by message ids that are in flight twice.

A peer never has two calls with one id open (OCPP-J 1.6 section 4.1.4). Where a log names no charge point and the same
side seems to do so, the second call is of another connection, and the answers are told apart by what they fit. A peer
uses an id once: of two calls with one id, answered or not, each is then of its own connection.
"""

from __future__ import annotations

from dataclasses import dataclass

from ocpptui.importing.versions import fits_in_any_version
from ocpptui.importing.words.action_names import only_sender
from ocpptui.ocpp.boot_serials import serial_of
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.version import Role

MOST_OPEN = 1000
"""How many message ids are remembered."""
NEAR = 30
"""How many messages later a call is still expected to have been answered; after that, its id may be used again."""
MOST_APART = 8
"""How many connections are told apart."""


@dataclass(slots=True)
class _Open:
    """A call without an answer."""

    apart: int
    sender: Role
    action: str
    raw: str
    serial: str
    """Of the charge point, if it is a BootNotification that has one."""
    number: int
    """Of the message, in the order of the file."""


class Collisions:
    """The connections within the lines that name none."""

    def __init__(self, expected: int = 1) -> None:
        """`expected`: how many connections the beginning of the file is known to have."""
        self._open: dict[str, list[_Open]] = {}
        self._count = 0
        self._users: dict[tuple[Role, str], list[int]] = {}  # the connections that used an id, the latest last
        self._of_serials: dict[str, int] = {}
        self.known = expected
        """How many connections are known."""
        self.any = False
        """Whether an id was in flight twice."""

    def of(self, frame: Message) -> tuple[int, bool]:
        """The number of the connection of a message, usually 0, and whether it is a guess."""
        self._count += 1
        if frame.action is not None:
            return self._of_call(frame, frame.action)
        calls = self._open.get(frame.id)
        if not calls:
            return 0, False
        call, guessed = calls[0], False
        if len(calls) > 1:
            fitting = [one for one in calls if _fits(one, frame)]
            call, guessed = (fitting or calls)[0], len(fitting) != 1
        calls.remove(call)
        if not calls:
            del self._open[frame.id]
        return call.apart, guessed

    def _of_call(self, frame: Message, action: str) -> tuple[int, bool]:
        sender = only_sender(action)
        if sender is None or frame.kind is not MessageKind.CALL:
            return 0, False
        calls = self._open.setdefault(frame.id, [])
        if len(self._open) > MOST_OPEN:
            del self._open[next(iter(self._open))]
        same = [one for one in calls if one.sender is sender]
        for one in same:
            if self._is_repeated(one, frame):
                one.raw, one.number = frame.raw, self._count
                return one.apart, False
        serial = serial_of(frame.payload)
        taken, users = {one.apart for one in same}, self._users.setdefault((sender, frame.id), [])
        if len(self._users) > MOST_OPEN:
            del self._users[next(iter(self._users))]
        apart, guessed = self._of_serials.get(serial, -1), False
        if apart < 0 or apart in taken:
            free = [number for number in range(self.known + 1) if number not in taken]
            known = [number for number in free if number < self.known]
            # One that has not used the id; of those that have, the one that did so longest ago.
            apart = min(known, key=lambda number: users.index(number) if number in users else -1, default=free[0])
            guessed = bool(users) and not taken
        if apart >= MOST_APART:
            return 0, False
        self.any = self.any or apart >= self.known or bool(taken)
        self.known = max(self.known, apart + 1)
        if serial:
            self._of_serials.setdefault(serial, apart)
        if apart in users:
            users.remove(apart)
        users.append(apart)
        calls.append(_Open(apart, sender, action, frame.raw, serial, self._count))
        return apart, guessed

    def _is_repeated(self, call: _Open, frame: Message) -> bool:
        """Whether a call with the id of an open one may come from the same peer: as a retry, or after a restart."""
        if call.number < self._count - NEAR:
            return True
        if call.raw == frame.raw:
            return bool(frame.payload) or self.known == 1  # two Heartbeats of two charge points are alike
        if frame.action == "BootNotification":
            return not call.serial or call.serial == serial_of(frame.payload)
        return call.action == frame.action and not self.any


def _fits(call: _Open, answer: Message) -> bool:
    """Whether an answer can be that of a call, in any version."""
    if answer.kind is not MessageKind.CALLRESULT:
        return True
    return fits_in_any_version(call.action, answer.payload)
