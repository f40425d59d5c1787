"""The base of the screens that can be the first of the program."""

from __future__ import annotations

from textual import events
from textual.screen import Screen


class FullScreen(Screen[None]):
    """A screen that takes the size of the terminal, also while that changes quickly, as it may when a window opens."""

    _shown_before = False

    def on_compose(self) -> None:
        """Have the class for the width before anything is styled. Textual adds it after the first layout."""
        reached = [name for least, name in self.HORIZONTAL_BREAKPOINTS or () if self.app.size.width >= least]
        self.add_class(*reached[-1:], update=False)

    async def on_event(self, event: events.Event) -> None:
        """Leave out what Textual does in vain: lay out sizes that the terminal no longer has, between two of which it
        would alternate for good, and style a screen that has just been styled.
        """
        if isinstance(event, events.Resize) and event.size != self.app.size:
            return
        if isinstance(event, events.ScreenResume) and not self._shown_before:
            event.refresh_styles, self._shown_before = False, True
        await super().on_event(event)
