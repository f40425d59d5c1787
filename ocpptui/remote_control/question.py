"""What has to be chosen before a command can be sent."""

from __future__ import annotations

from typing import NamedTuple


class KnownValue(NamedTuple):
    """A value that is offered."""

    value: str
    note: str = ""
    """What is known of it, or what it means."""
    label: str = ""
    """What is shown in its place."""

    @property
    def shown(self) -> str:
        return self.label or self.value


class Question(NamedTuple):
    """One thing to choose."""

    name: str
    """What scripts call it, such as `token`."""
    words: str
    """The question."""
    offered: tuple[KnownValue, ...] = ()
    """Known values, the likeliest first."""
    is_free: bool = True
    """Any other text may be typed."""
    start: str = ""
    """The text to begin with, where one has to be typed."""
    problem: str = ""
    """Why the last answer does not do."""


class NotAnswered(Exception):
    """A question without an answer that does; it never leaves the room."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.words)
        self.question = question
