"""Sending an everyday command to one or many charge points, and what each answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocpptui.compose.certificates_at_hand import CertificatesAtHand
from ocpptui.compose.sent_answer import answer_to_sent
from ocpptui.describe.command_answers import answer_words
from ocpptui.describe.network_problems import problem_text
from ocpptui.jsontext.text import value_text
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.durations import duration_text
from ocpptui.ocpp.version import Version
from ocpptui.remote_control.asker import RemoteCall
from ocpptui.remote_control.circumstances import Circumstances, ConnectorPlace
from ocpptui.stations.state import ChargePointState

if TYPE_CHECKING:
    from ocpptui.session.session import Session


@dataclass(frozen=True, slots=True)
class CommandTarget:
    """The charge point that a command goes to, on its open connection."""

    connection: int
    charge_point: str
    version: Version


@dataclass(slots=True)
class Delivery:
    """A command that goes to one charge point, and how far it has come."""

    charge_point: str
    action: str = ""
    about: str = ""
    words: str = "waiting for the answer"
    """What it answered, or why it did not."""
    is_over: bool = False
    is_refused: bool = False
    """It was not sent, not answered, or refused."""
    sent: int | None = None
    """Timeline index of the call."""
    answer: int | None = None
    latency: int | None = None
    """Microseconds from the call to the answer."""

    def ended(self, words: str, *, is_refused: bool) -> None:
        """Nothing more comes."""
        self.words, self.is_refused, self.is_over = words, is_refused, True

    @property
    def record(self) -> int | None:
        """The record to look at: the answer or, without one, the call."""
        return self.sent if self.answer is None else self.answer

    @property
    def line(self) -> str:
        """All of it in a line."""
        took = "" if self.latency is None else f"  {duration_text(self.latency)}"
        what = f"{self.action} → " if self.action else ""
        return f"{what}{self.charge_point}: {self.words}{took}"


def command_targets(session: Session, connections: list[int]) -> list[CommandTarget]:
    """The charge points behind these connections that can be sent calls now; the others are left out."""
    found = [session.connections[number] for number in connections if number in session.connections]
    return [CommandTarget(one.number, one.charge_point, one.version) for one in found if one.version is not None]


def circumstances_of(
    session: Session,
    target: CommandTarget,
    now: int,
    *,
    place: ConnectorPlace | None = None,
    transaction: str = "",
    given: Mapping[str, str] | None = None,
    used: Mapping[str, str] | None = None,
) -> Circumstances:
    """What a command to this charge point starts from at a time (µs since 1970)."""
    known = session.knowledge.get(target.charge_point) or ChargePointState(target.charge_point)
    at_hand, firmware = CertificatesAtHand(session), session.files.firmware_for(target.charge_point)
    return Circumstances(target.version, known, now, place, transaction, given or {}, at_hand, used or {}, firmware)


async def deliver(
    session: Session,
    target: CommandTarget,
    call: RemoteCall,
    delivery: Delivery,
    tell: Callable[[Delivery], None],
    timeout: float | None = None,
) -> None:
    """Send a call and wait for its answer; `tell` is called once it is sent, and at the end."""
    delivery.action, delivery.about = call.action, call.about
    try:
        index = await session.send_call(target.connection, call.action, value_text(call.payload))
    except NotConnected as error:
        delivery.ended(f"not sent: {problem_text(error.problem)}", is_refused=True)
        tell(delivery)
        return
    delivery.sent = index
    tell(delivery)
    found = await answer_to_sent(session, index, timeout)
    delivery.answer = found.index
    if found.index is None:
        delivery.ended(found.why_none, is_refused=found.failed)
    else:
        delivery.latency = session.timeline.latency(found.index)
        words = answer_words(target.version, call.action, session.timeline.frame(found.index))
        delivery.ended(words.text, is_refused=words.is_refused)
    tell(delivery)
