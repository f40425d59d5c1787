"""How the central system registers a charge point, as the user changes it while the session runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from ocpptui.session.session import Session
from ocpptui.tui.screens.dialogs import ChoiceQuestion
from ocpptui.tui.widgets.charge_point_list import ChargePointList

if TYPE_CHECKING:
    from ocpptui.simulator.registrations import RegistrationPlan


class RegistrationChoice:
    """Asks for the registration of the charge point that is meant, and has the session do it."""

    def __init__(self, screen: Screen[None], session: Session, charge_points: ChargePointList) -> None:
        self._screen = screen
        self._session = session
        self._charge_points = charge_points

    def ask(self) -> None:
        """Open the question: for the chosen charge point, for the only one that is connected, or else for all."""
        from ocpptui.simulator.registrations import RegistrationPlan

        control, name = self._session.central_system, self._meant()

        def registering(plan: RegistrationPlan) -> Callable[[], str]:
            return lambda: control.register(plan, name)

        choices: list[tuple[str, Callable[[], str]]] = [
            ("Accept", registering(RegistrationPlan("Accepted"))),
            ("Pending until you accept", registering(RegistrationPlan("Pending"))),
            ("Pending at the next boot only", registering(RegistrationPlan("Pending", 1))),
            ("Reject until you accept", registering(RegistrationPlan("Rejected"))),
        ]
        if control.tokens_file is not None:
            choices.append(("Tokens: read the file again", self._read_tokens))

        def chosen(place: int | None) -> None:
            if place is not None:
                self._screen.notify(choices[place][1](), markup=False)

        detail = f"Next boot: {control.plan_of(name)}."
        if name and control.status_of(name):
            detail += f" Last boot: {control.status_of(name)}."
        words = [words for words, _ in choices]
        question = ChoiceQuestion(f"Register {name or 'every charge point'}:", words, detail=detail)
        self._screen.app.push_screen(question, chosen)

    def _meant(self) -> str:
        connected = {one.charge_point for one in self._session.connections.values()}
        return self._charge_points.chosen or (connected.pop() if len(connected) == 1 else "")

    def _read_tokens(self) -> str:
        from ocpptui.simulator.token_table import WrongTokens

        try:
            return self._session.central_system.read_tokens_again()
        except WrongTokens as error:
            return str(error)
