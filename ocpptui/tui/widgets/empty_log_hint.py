"""What to do next while the log is empty: which URL to enter, or why there is no connection."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widgets import Static

from ocpptui.describe.network_problems import Remedy, problem_text, recorded_words
from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.version import Role
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.timeline.record import ENDS, IN_VAIN, ConnectionEvent, Record
from ocpptui.timeline.timeline import Timeline

LOOKED_AT = 200
"""Newest records that are searched for the last one about the connection."""
MOST_REASONS = 8


class Guidance(Static):
    """Hints below the log until the user no longer needs them; `wanted` keeps the addresses visible."""

    def __init__(
        self,
        session: Session,
        opening: FileSession | None,
        remedy: Remedy,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id, markup=False)
        self.session = session
        self.opening = opening
        self._remedy = remedy
        self.wanted = False
        self._had_charge_point = False
        self.display = False

    def show(self) -> None:
        """Show the current hints, if there are any."""
        lines = list(self._lines())
        self.display = bool(lines)
        if lines:
            self.update(Content("\n").join(lines))

    def _lines(self) -> Iterator[Content]:
        session = self.session
        if self.opening is not None:
            if self.opening.progress >= 1 and not len(session.timeline):
                yield from _nothing_read(self.opening)
        elif session.role is Role.CENTRAL_SYSTEM or session.proxy is not None:
            if session.listening_urls and (self.wanted or not self._has_had_charge_point()):
                yield from _addresses(session, self._remedy)
                yield from _why_refused(last_word(session), self._remedy)
        elif not session.connections and (record := last_word(session)) is not None:
            yield from _why_not_connected(record, next_try(session), self._remedy)

    def _has_had_charge_point(self) -> bool:
        """Whether a charge point was accepted, not only refused; once so, what is known is not asked again."""
        if not self._had_charge_point:
            known = self.session.knowledge.values()
            self._had_charge_point = any(one.connected or one.version is not None for one in known)
        return self._had_charge_point


def last_word(session: Session) -> Record | None:
    """The last record about the state of the connection."""
    index = _last_word(session.timeline)
    return None if index is None else session.timeline.record(index)


def next_try(session: Session) -> float | None:
    """Seconds until the next attempt after the connection ended or failed; None if there is none."""
    index = _last_word(session.timeline)
    wait = None if index is None else session.timeline.record(index).detail.get("retryInSeconds")
    if index is None or not isinstance(wait, (int, float)):
        return None
    return max(0.0, wait - session.seconds_since(index))


def _last_word(timeline: Timeline) -> int | None:
    for index in reversed(range(max(0, len(timeline) - LOOKED_AT), len(timeline))):
        if timeline.event(index) is not None:
            return index
    return None


def _addresses(session: Session, remedy: Remedy) -> Iterator[Content]:
    yield Content.assemble(
        ("Enter this URL in the charge point", "bold $primary"), ", with its own id in place of <id>:"
    )
    for url in (*session.listening_urls, *session.soap_urls[:1]):
        if url.startswith("http"):
            yield Content.assemble("  ", (printable(url), "bold"), "  for OCPP-S (SOAP), without the id")
        else:
            yield Content.assemble("  ", (f"{printable(url)}<id>", "bold"))
    for link in session.server_links:
        if link.hint is not None:
            yield Content.styled(problem_text(link.hint, remedy), "$text-warning")


def _why_refused(record: Record | None, remedy: Remedy) -> Iterator[Content]:
    """Why a charge point was refused a moment ago, in full: a row of the log may be too short for it."""
    if record is None or record.detail.get("event") not in IN_VAIN:
        return
    if words := recorded_words(record.detail, remedy):
        who = " from ".join(filter(None, (record.charge_point, str(record.detail.get("remoteAddress", "")))))
        yield Content.assemble((printable(who or "A connection"), "bold"), " was refused:")
        for number, sentence in enumerate(words):
            yield Content.styled(printable(sentence), "" if number else "$text-error")


def _why_not_connected(record: Record, seconds: float | None, remedy: Remedy) -> Iterator[Content]:
    if record.detail.get("event") not in ENDS:
        return
    for number, sentence in enumerate(recorded_words(record.detail, remedy)):
        yield Content.styled(printable(sentence), "" if number else "$text-error")
    if record.detail.get("event") != ConnectionEvent.CLOSED:
        yield Content.styled("Doctor (f12, or by name in the palette) tries each step by itself.", "$text-muted")
    if seconds is not None:
        yield Content.styled(f"The next attempt is in {seconds:.0f} s.", "$text-muted")
    else:
        yield Content.styled("There are no further attempts.", "$text-muted")


def _nothing_read(opening: FileSession) -> Iterator[Content]:
    yield Content.assemble((printable(opening.short_name), "bold"), " contains no records.")
    reasons = [*opening.failures, *map(str, opening.problems[:MOST_REASONS])]
    for reason in reasons[:MOST_REASONS]:
        yield Content.styled(printable(reason), "$text-error")
    if not reasons:
        for sentence in opening.tallies:
            yield Content.styled(printable(sentence), "$text-muted")
    if len(opening.problems) > len(reasons):
        yield Content.styled(f"and {opening.unreadable - MOST_REASONS:,} more lines", "$text-muted")
