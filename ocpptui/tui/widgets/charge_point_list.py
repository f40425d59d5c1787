"""The charge points of the session, one row each; choosing one narrows the log to it."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ocpptui.session.session import Session
from ocpptui.timeline.known import ChargePointKnowledge
from ocpptui.tui.printable import printable
from ocpptui.tui.widgets.log_row import clock_text

MOST_SHOWN = 500
ALL = "all charge points"


class ChargePointList(OptionList):
    """Connected or not, version, vendor and model, status of the connectors, last seen."""

    class ChargePointChosen(Message):
        """The log shall show this charge point alone, or all of them (None)."""

        def __init__(self, charge_point: str | None) -> None:
            super().__init__()
            self.charge_point = charge_point

    def __init__(self, session: Session, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self.session = session
        self._shown: list[str] = []

    def update(self) -> None:
        """Show what is known now; rows keep their place."""
        knowledge = self.session.knowledge
        names = sorted(knowledge)[:MOST_SHOWN]
        if names != self._shown:
            chosen = self.highlighted
            self.clear_options()
            self.add_options([Option(ALL), *(Option(self._row(knowledge[name])) for name in names)])
            self._shown = names
            self.highlighted = chosen if chosen is not None and chosen < len(names) + 1 else 0
            return
        for place, name in enumerate(names):
            prompt = self._row(knowledge[name])
            if self.get_option_at_index(place + 1).prompt != prompt:
                self.replace_option_prompt_at_index(place + 1, prompt)

    def _row(self, known: ChargePointKnowledge) -> Content:
        mark = ("● ", "$text-success") if known.connected else ("○ ", "$text-muted")
        version = f" {known.version}" if known.version is not None else ""
        made = " ".join(part for part in (known.vendor, known.model) if part)
        states = [
            f"{'' if not evse else f'{evse}/'}{connector}:{state.status}"
            for (evse, connector), state in sorted(known.connectors.items())
            if connector or evse
        ]
        seen = clock_text(known.last_seen)[:8] if known.last_seen else ""
        second = "  ".join(part for part in (printable(made), printable(" ".join(states[:4])), seen) if part)
        return Content.assemble(
            mark, (printable(known.identity), "bold"), (version, "$text-muted"), "\n  ", (second, "$text-muted")
        )

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self.has_focus:
            self._choose(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(event.option_index)

    def _choose(self, place: int) -> None:
        charge_point = self._shown[place - 1] if 0 < place <= len(self._shown) else None
        self.post_message(self.ChargePointChosen(charge_point))
