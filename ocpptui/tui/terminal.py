"""A Textual application whose terminal may stop reading or go away at any time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App
from textual.color import Color
from textual.driver import Driver
from textual.filter import LineFilter
from textual.types import CSSPathType

from ocpptui.jsontext.unsafe_characters import UNSAFE
from ocpptui.tui.typed_keys import TypedKeys

_PLAIN = Style()


class SafeText(LineFilter):
    """Lets no character into the terminal that acts on it, whatever widget draws it.

    The widgets replace such characters by visible ones (`describe.safe_text`), and this finds none. It is there for a
    widget that does not.
    """

    def __init__(self, *before: LineFilter) -> None:
        """It applies these filters first: each line of the screen asks every filter for what it made of it last, and
        one is asked sooner than several."""
        super().__init__()
        self.before = before

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if self.before:  # Textual's filter for NO_COLOR fails on a segment without a style
            segments = [Segment(text, style or _PLAIN, control) for text, style, control in segments]
        for one in self.before:
            segments = one.apply(segments, background)
        if all(_is_safe(text) for text, _, _ in segments):
            return segments
        return [Segment(UNSAFE.sub("", text), style, control) for text, style, control in segments]


def _is_safe(text: str) -> bool:
    return text.isprintable() if text.isascii() else UNSAFE.search(text) is None


class TerminalApp(App[None]):
    """A Textual application with our own driver, if there is one for this operating system.

    Textual's driver blocks the event loop while the terminal does not read, and forever once it is gone.
    """

    terminal_reads = True
    """False once the terminal is gone, or did not read the last output in time."""
    alt_keys = ""
    """The characters that the user presses with alt; before any other, the byte of alt is the key escape."""
    is_lent = False
    """Another program has the terminal: ctrl+c there is for it, although the signal comes here too."""

    def __init__(self, *, css_path: CSSPathType | None = None) -> None:
        super().__init__(css_path=css_path)
        self._safe_text = SafeText()
        self.typed = TypedKeys(self, super().on_event)
        """The keys that were read and have not acted yet."""

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.typed.take(event)
        else:
            await super().on_event(event)

    async def _press_keys(self, keys: Iterable[str]) -> None:
        """Type keys as a user would, until they have acted: what Pilot presses, for one."""
        await super()._press_keys(keys)
        await self.typed.done()

    async def on_unmount(self) -> None:
        await self.typed.close()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What each line of each widget passes through on its way to the terminal."""
        before = tuple(super().get_line_filters())
        if before != self._safe_text.before:
            self._safe_text = SafeText(*before)
        return (self._safe_text,)

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found  # the driver for Windows or for a web page
        from ocpptui.tui.terminal_driver import TerminalDriver

        return TerminalDriver

    def terminal_gone(self) -> None:
        """Called once, from another thread, when the terminal is gone."""

    def restore_terminal(self) -> None:
        """Restore the terminal at once, before the process is ended by force. May be called from any thread."""
        restore = getattr(self._driver, "restore_at_once", None)
        if restore is not None:
            restore()
