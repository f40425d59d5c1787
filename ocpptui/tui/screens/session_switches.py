"""What the user switches for a whole session: what it does by itself, and how strict it is."""

from __future__ import annotations

from textual.screen import Screen

from ocpptui.ocpp.version import Role
from ocpptui.session.session import Session
from ocpptui.tui.screens.dialogs import TextQuestion


class SessionSwitches:
    """Switches, and says what that means."""

    def __init__(self, screen: Screen[None], session: Session) -> None:
        self._screen = screen
        self._session = session

    def toggle_automatic(self) -> None:
        """Turn automatic actions off or on."""
        self._session.automatic = not self._session.automatic
        if self._session.automatic:
            boots = "boots, sends heartbeats and " if self._session.role is Role.CHARGE_POINT else ""
            words = f"Automatic: ocpptui {boots}answers calls."
        else:
            words = "Manual: ocpptui sends only what you send; a answers a waiting call."
        self._screen.notify(words, markup=False)

    def toggle_lenient(self) -> None:
        """Accept what is slightly wrong, or refuse it."""
        self._session.lenient = not self._session.lenient
        if self._session.lenient:
            words = "Lenient: a peer that is slightly wrong is accepted and answered."
        else:
            words = "Strict: what is wrong is refused, as the OCPP version requires."
        self._screen.notify(words, markup=False)

    def add_note(self) -> None:
        """Ask for a note, and put it into the log and the recording."""

        def note(text: str | None) -> None:
            if text:
                self._session.add_note(text)

        self._screen.app.push_screen(TextQuestion("Note for the log and the recording:"), note)
