"""The base of the screens that can be the first of the program."""

from __future__ import annotations

from textual import events
from textual.screen import Screen


class FullScreen(Screen[None]):
    """A screen that takes the size of the terminal, also while that changes quickly, as it may when a window opens."""

    _shown_before = False

    def on_compose(self) -> None:
        """Have the classes for the size before anything is styled. Textual adds them after the first layout."""
        width, height = self.app.size
        for reached, breakpoints in ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS)):
            names = [name for least, name in breakpoints or () if reached >= least]
            self.add_class(*names[-1:], update=False)

    async def on_event(self, event: events.Event) -> None:
        """Leave out what Textual does in vain: lay out sizes that the terminal no longer has, between two of which it
        would alternate for good, and style a screen that has just been styled.
        """
        if isinstance(event, events.Resize) and event.size != self.app.size:
            return
        if isinstance(event, events.ScreenResume) and not self._shown_before:
            event.refresh_styles, self._shown_before = False, True
        await super().on_event(event)
