"""The top line: our role, the URL, the state, and what needs attention."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.encrypted_url import is_encrypted
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.ocpp.version import Role
from ocpptui.session.session import Session
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.tui.widgets.empty_log_hint import last_word, next_try

if TYPE_CHECKING:
    from ocpptui.network.charge_point_link import ChargePointLink

ROOM_FOR_URL = 24
"""Cells kept for the URL before the marks are abbreviated."""

ROOM_FOR_FILE = 140
"""Cells from which the name of the recording is shown; ctrl+s says its path in any case."""


class Mark(NamedTuple):
    """Something to know at a glance, in words and abbreviated."""

    text: str
    short: str
    style: str
    action: str = ""
    """The action of a click on it."""

    def content(self, *, short: bool = False) -> Content:
        """It as a part of the line."""
        content = Content.styled(f" {self.short if short else self.text} ", self.style)
        return content.stylize(Style.from_meta({"@click": self.action})) if self.action else content


class SessionHeader(Widget):
    """Role, state of the connection, OCPP version, URL; on the right what needs attention, which is never truncated."""

    def __init__(self, session: Session, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.session = session
        self.title = ""
        """The names of the opened files, for a session without live connections."""

    def render(self) -> Content:
        badge = Content.styled(f" {self._badge()} ", "bold reverse")
        marks = list(self._marks())
        states = list(self._states())
        left = self.size.width - badge.cell_length - sum(len(state) + 2 for state, _ in states) - 1
        right = Content.assemble(*(mark.content() for mark in marks))
        if left - right.cell_length < ROOM_FOR_URL:
            right = Content.assemble(*(mark.content(short=True) for mark in marks))
        if left < right.cell_length:
            states, left = [], self.size.width - badge.cell_length  # the marks show what is wrong
        url = _fitted(self._place(), left - right.cell_length - 2)
        parts = [badge, *(Content.styled(f"  {text}", style) for text, style in states)]
        if url:
            parts.insert(1, Content.styled(f" {url}", "bold"))
        line = Content.assemble(*parts)
        return line + Content(" " * max(1, self.size.width - line.cell_length - right.cell_length)) + right

    def _badge(self) -> str:
        return self.session.name.replace("-", " ")

    def _place(self) -> str:
        """The URL, or the names of the files."""
        session = self.session
        if not session.is_live:
            return printable(self.title)
        listening = printable(next(iter(session.listening_urls), ""))
        if session.proxy is not None:  # `u` shows every address to connect to
            scheme, _, place = listening.rstrip("/").partition("://")
            beyond = printable(session.proxy.url.removeprefix("ws://"))
            return f"{'' if scheme == 'ws' else 'wss '}:{place.rpartition(':')[2]} ⇄ {beyond}"
        if session.role is Role.CENTRAL_SYSTEM:
            return listening
        return printable(mask_own_text(next((link.url for link in session.client_links), "")))

    def _states(self) -> Iterator[tuple[str, str]]:
        """The state of the connection and the OCPP version, with their styles."""
        session = self.session
        if not session.is_live:
            return
        connections = session.connections
        if session.role is Role.CENTRAL_SYSTEM or session.proxy is not None:
            more = len(session.listening_urls) - 1
            if more > 0:
                yield f"+{more}", "$text-muted"
            if not session.listening_urls:
                yield "not listening", "$text-warning"
            elif len(connections) != 1:
                yield f"{len(connections)} connected", "$text-success" if connections else "$text-muted"
            else:
                yield f"{printable(next(iter(connections.values())).charge_point)[:20]} connected", "$text-success"
        elif connections:
            yield "connected", "$text-success"
        else:
            yield self._why_not(), "$text-warning"
        if session.versions:
            yield "OCPP " + " ".join(one.as_choice for one in session.versions), ""

    def _why_not(self) -> str:
        record = last_word(self.session)
        if record is None:
            return "not connected"
        if record.detail.get("event") == ConnectionEvent.OPENING:
            return "connecting"
        seconds = next_try(self.session)
        return "not connected" if seconds is None else f"not connected, again in {seconds:.0f} s"

    def _marks(self) -> Iterator[Mark]:
        session = self.session
        waiting = len(session.waiting if session.proxy is None else session.held.everything)
        flying = session.timeline.in_flight_count - len(session.waiting) if session.connections else 0
        problems = session.counts.problems
        if any(_is_unverified(link) for link in session.client_links):
            yield Mark("TLS NOT VERIFIED", "TLS NOT VERIFIED", "bold reverse $text-error")
        if session.settings.keep_secrets:
            yield Mark("SECRETS SHOWN", "SECRETS", "bold reverse $text-warning")
        if waiting:
            yield Mark(f"? {waiting} waiting", f"? {waiting}", "bold reverse $text-accent")
        if session.role is not None and not session.automatic:
            yield Mark("manual", "manual", "bold $text-accent")
        if session.role is not None and session.lenient:
            yield Mark("lenient", "len", "bold $text-accent")
        if flying > 0:
            yield Mark(f"… {flying} in flight", f"…{flying}", "")
        if session.proxy is not None and (missing := session.proxy.missing()):
            yield Mark(f"upstream down: {missing:,}", f"down {missing}", "bold reverse $text-warning")
        if session.proxy is not None and (differences := session.proxy.differences()):
            yield Mark(f"≠ {differences:,} mirror", f"≠{differences}", "bold $text-warning")
        if problems:
            yield Mark(f"✗ {problems:,}", f"✗{problems}", "bold $text-error", "screen.show_problems")
        if session.recording_failure is not None:
            yield Mark("NOT RECORDING", "NOT REC", "bold reverse $text-error")
        elif session.recording_path is not None:
            name = f" {printable(session.recording_path.name)}" if self.size.width >= ROOM_FOR_FILE else ""
            yield Mark(f"● rec{name}", "●", "$text-error", "screen.save")


def _is_unverified(link: ChargePointLink) -> bool:
    return link.settings.insecure and is_encrypted(link.url)


def _fitted(url: str, room: int) -> str:
    """As much of a URL as fits; its end is more informative than its middle."""
    if len(url) <= room:
        return url
    if room < 8:
        return ""
    kept = (room - 1) // 2
    return f"{url[: room - 1 - kept]}…{url[len(url) - kept :]}"
