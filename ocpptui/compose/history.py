"""The messages that the user composed in a session: those sent, newest last, and the unsent drafts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

HISTORY_LENGTH = 50
KEPT_DRAFTS = 100


class MessageForm(StrEnum):
    """The kind of text in a composition."""

    PAYLOAD = "payload"
    """The JSON payload of a call of `action`."""
    RAW = "raw"
    """A whole message, OCPP or not."""


@dataclass(frozen=True, slots=True)
class Composition:
    """One message as composed."""

    charge_point: str
    action: str
    """Empty for raw text."""
    text: str
    form: MessageForm = MessageForm.PAYLOAD
    index: int | None = None
    """Its timeline index; None if it was not sent, or in an earlier session."""
    time: int = 0
    """When it was sent, in µs since 1970."""


class Compositions:
    """The bounded memory of what was composed in one session. The session screen owns it."""

    def __init__(
        self, earlier: Iterable[Composition] = (), on_sent: Callable[[Composition], object] = lambda _: None
    ) -> None:
        """`earlier` is what was sent in earlier sessions, oldest first; `on_sent` is called with each sent message."""
        self.sent: deque[Composition] = deque(maxlen=HISTORY_LENGTH)
        """Oldest first."""
        self.earlier = tuple(earlier)
        """The same of earlier sessions."""
        self.counters: dict[str, int] = {}
        """The last values of `${counter}` in this session."""
        self.answers: dict[str, str] = {}
        """The last answers of the user to `${prompt:…}`, by question."""
        self._on_sent = on_sent
        self._drafts: dict[tuple[str, str], Composition] = {}

    @property
    def recent_actions(self) -> list[str]:
        """The actions of the calls that were sent, newest first, those of this session before those of earlier ones."""
        sent = [*reversed(self.sent), *reversed(self.earlier)]
        return list(dict.fromkeys(one.action for one in sent if one.action))

    def remember(self, composition: Composition) -> None:
        """Add a sent message to the history and forget its draft."""
        self._drafts.pop((composition.charge_point, composition.action), None)
        if self.sent and _same(self.sent[-1], composition):
            self.sent.pop()
        self.sent.append(composition)
        self._on_sent(composition)

    def keep(self, draft: Composition) -> None:
        """Keep an unsent message, one draft per charge point and action."""
        self._drafts.pop((draft.charge_point, draft.action), None)
        self._drafts[draft.charge_point, draft.action] = draft
        if len(self._drafts) > KEPT_DRAFTS:
            del self._drafts[next(iter(self._drafts))]

    def kept(self, charge_point: str, action: str) -> Composition | None:
        """The draft kept for a charge point and an action."""
        return self._drafts.get((charge_point, action))

    def forget(self, charge_point: str, action: str) -> None:
        """Discard a kept draft."""
        self._drafts.pop((charge_point, action), None)


def _same(one: Composition, other: Composition) -> bool:
    return (one.charge_point, one.action, one.text, one.form) == (
        other.charge_point,
        other.action,
        other.text,
        other.form,
    )
