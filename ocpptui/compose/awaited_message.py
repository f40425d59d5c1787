"""A message of the peer that a sequence waits for: its action, and a filter on it.

[[step]]
expect = "StatusNotification"
filter = "connectorId=1 status=Preparing"
timeout = 60
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocpptui.compose.call_payload import WrongPayload
from ocpptui.compose.placeholders import PlaceholderValues, WrongPlaceholder, filled_in, has_placeholder
from ocpptui.compose.saved_calls import WrongCallFile
from ocpptui.describe import payload_summary
from ocpptui.filter.query import QueryError, parse_filter
from ocpptui.ocpp.message import Message
from ocpptui.timeline.record import RecordKind

if TYPE_CHECKING:
    from ocpptui.ocpp.version import Version
    from ocpptui.session.session import Session

ANY_ACTION = "*"


@dataclass(frozen=True, slots=True)
class AwaitedMessage:
    """A CALL or SEND of the peer."""

    action: str
    """`*` for any."""
    filter: str = ""
    """In the language of the log's filter, with placeholders."""

    @property
    def words(self) -> str:
        """What is waited for, for people."""
        return f"{self.name} with {self.filter}" if self.filter else self.name

    @property
    def name(self) -> str:
        """The action for people."""
        return "any message" if self.action == ANY_ACTION else self.action

    def condition(
        self, session: Session, charge_point: str, start: int, taken: set[int], values: PlaceholderValues
    ) -> Callable[[], int | None]:
        """A function that returns the timeline index of the first such message from `start` on that is not `taken`.

        It returns None as long as there is none, and looks at each record once. Raises WrongPayload if the filter does
        not work with the values of its placeholders.
        """
        try:
            query = parse_filter(filled_in(self.filter, values))
        except (WrongPlaceholder, QueryError) as wrong:
            raise WrongPayload(f"the filter {self.filter!r}: {wrong}") from None
        timeline, own = session.timeline, session.role.sends if session.role is not None else None
        following = start

        def found() -> int | None:
            nonlocal following
            for index in range(following, len(timeline)):
                following = index + 1
                if (
                    timeline.kind(index) in (RecordKind.CALL, RecordKind.SEND)
                    and timeline.direction(index) is not own
                    and timeline.charge_point(index) == charge_point
                    and self.action in (ANY_ACTION, timeline.action(index))
                    and index not in taken
                    and query.matches(timeline, index)
                ):
                    return index
            return None

        return found


def awaited_message(content: Mapping[str, Any], action: str) -> AwaitedMessage:
    """The message that a step waits for. Raises WrongCallFile."""
    text = content.get("filter", "")
    if not isinstance(text, str):
        raise WrongCallFile("filter is a text in quotes.")
    if not action.strip():
        raise WrongCallFile('expect is the action of the message, such as "StatusNotification", or "*" for any.')
    if not has_placeholder(text):
        try:
            parse_filter(text)
        except QueryError as wrong:
            raise WrongCallFile(f"The filter {text!r} does not work: {wrong.message}.") from None
    return AwaitedMessage(action.strip(), text)


def said_in(frame: object, version: Version | None) -> str:
    """What a message that came on a connection of this version says, in a line."""
    return payload_summary.of_call(frame.action or "", frame.payload, version) if isinstance(frame, Message) else ""
