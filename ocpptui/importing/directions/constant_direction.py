"""A direction that a file gives all its frames alike: a constant field, or a logger that writes one word for both.

An answer goes against its call. Where both are said to go one way, and the answer fits the call, what is said is not
the direction.
"""

from __future__ import annotations

from enum import Enum

from ocpptui.importing.directions.learned_directions import MOST_OPEN
from ocpptui.importing.versions import fits_in_any_version
from ocpptui.importing.words.action_names import only_sender
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.version import Direction, Role


class ConstantDirection:
    """Whether the frames so far are all said to go one way, though they do not."""

    def __init__(self) -> None:
        self._said: Enum | None = None
        self.varies = False
        """Whether more than one thing was said: nothing more needs to be noted then."""
        self._calls: dict[tuple[int, str], str] = {}  # their actions
        self._fitting = self._other = 0  # answers, by whether they fit the call with their id
        self._senders = set[Role]()  # of calls that only one side may send

    def note(self, said: Enum, connection: int, frame: Message) -> None:
        """Note what is said of the next frame: a direction, or what the writer of its line did."""
        if self._said is not None and said is not self._said:
            self.varies = True
            self._calls.clear()
            return
        self._said = said
        key = connection, frame.id
        if frame.kind is MessageKind.CALLRESULT:
            action = self._calls.pop(key, None)
            if action is not None:
                fits = fits_in_any_version(action, frame.payload)
                self._fitting, self._other = self._fitting + fits, self._other + (not fits)
        elif frame.action is not None:
            sender = only_sender(frame.action)
            if sender is not None:
                self._senders.add(sender)
            if len(self._calls) < MOST_OPEN:
                self._calls[key] = frame.action

    @property
    def is_refuted(self) -> bool:
        """Whether what is said is not the direction. Two sides that count their messages alike use ids twice: so an
        answer counts only if it fits the call."""
        if self.varies:
            return False
        of_both = isinstance(self._said, Direction) and len(self._senders) > 1
        return self._fitting > self._other or (of_both and self._fitting >= self._other)

    @property
    def evidence(self) -> str:
        """Why what is said is not believed."""
        if isinstance(self._said, Direction):
            said = f"says that the {self._said.sender.words} sent all frames, those of the other side alike"
        else:
            said = f"calls all frames {'' if self._said is None else self._said.value}, whichever side sent them"
        return f"The log {said}; actions and answers show the directions instead."
