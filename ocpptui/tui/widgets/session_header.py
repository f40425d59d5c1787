"""The top line: who we are, where, in which state, and whether something needs attention."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from ocpptui.protocol.version import Role
from ocpptui.session.session import Session
from ocpptui.timeline.record import Event
from ocpptui.tui.printable import printable


class SessionHeader(Widget):
    """Role and URL, state of the connection, version, recording, calls in flight and problems, in two lines."""

    def __init__(self, session: Session, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.session = session
        self.title = ""
        """What is looked at where there is no live link: the names of the files."""

    def render(self) -> Content:
        first = Content.assemble(*self._identity())
        counts = self._counts()
        room = self.size.width - first.cell_length - counts.cell_length
        return first + Content(" " * max(1, room)) + counts if room > 0 else first

    def _identity(self) -> list[Content | tuple[str, str]]:
        session = self.session
        if session.role is None:
            return [(" file ", "bold reverse"), (f" {printable(self.title)}", "bold")]
        role = "charge point" if session.role is Role.CHARGE_POINT else "central system"
        parts: list[Content | tuple[str, str]] = [(f" {role} ", "bold reverse"), (" ", "")]
        connections = session.connections
        if session.role is Role.CENTRAL_SYSTEM:
            urls = session.listening_urls
            parts.append((printable(urls[0]) if urls else "not listening", "bold"))
            if len(urls) > 1:
                parts.append((f" and {len(urls) - 1} more", "$text-muted"))
            parts.append((f"  {len(connections)} connected", "$text-success" if connections else "$text-muted"))
            return parts
        for connection in connections.values():
            version = f"OCPP {connection.version}" if connection.version is not None else "no version"
            parts += [(printable(connection.url), "bold"), ("  connected", "$text-success"), (f"  {version}", "")]
            return parts
        parts.append((self._state(), "$text-warning"))
        return parts

    def _state(self) -> str:
        timeline = self.session.timeline
        for index in reversed(range(max(0, len(timeline) - 50), len(timeline))):
            event = timeline.event(index)
            if event is not None:
                url = printable(str(timeline.record(index).detail.get("url", "")))
                words = {Event.OPENING: "connecting", Event.CLOSED: "not connected", Event.OPENED: "connected"}
                return f"{url}  {words.get(event, event.value)}".strip()
        return "not connected"

    def _counts(self) -> Content:
        session = self.session
        counts = session.timeline.counts
        flying = sum(len(session.timeline.in_flight(number)) for number in session.connections)
        problems = counts.malformed + counts.invalid + counts.orphans
        parts: list[tuple[str, str]] = []
        if self._unverified():
            parts.append((" TLS NOT VERIFIED ", "bold reverse $text-error"))
        if session.waiting:
            parts.append((f" ? {len(session.waiting)} waiting ", "bold reverse $text-accent"))
        if session.role is not None and not session.automatic:
            parts.append((" manual ", "bold $text-accent"))
        if flying:
            parts.append((f" {flying} in flight ", ""))
        if problems:
            parts.append((f" ✗ {problems} ", "bold $text-error"))
        if session.recording_failure is not None:
            parts.append((" NOT RECORDING ", "bold reverse $text-error"))
        elif session.recording_path is not None:
            parts.append((" ● rec ", "$text-error"))
        return Content.assemble(*parts) if parts else Content("")

    def _unverified(self) -> bool:
        return any(getattr(link, "settings", None) and getattr(link.settings, "insecure", False)
                   for link in self.session.links)  # fmt: skip
