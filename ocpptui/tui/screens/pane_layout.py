"""The panes of the session screen: titles, which one has the focus, sizes, and which fills the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual import events
from textual.screen import Screen
from textual.widget import Widget

from ocpptui.tui.pane_titles import show_focus
from ocpptui.workspace.remembered_view import RememberedView, load_view, remember

MEDIUM = 100
"""Columns from which charge points and state are shown beside the log."""
WIDE = 150
"""Columns from which the inspector is always shown too."""
LEFT, LOG, INSPECTOR = "-full-left", "-full-log", "-full-inspector"
FULL = (LEFT, LOG, INSPECTOR)
"""The class of the screen for each pane that can fill it."""
LEFT_STEP, SHARE_STEP = 4, 5
"""How much a key changes a width in cells, and a share in percent."""
NARROWEST_LEFT, LEAST_FOR_LOG = 16, 40
"""Cells that charge points and log keep at least."""
LEAST_SHARE, MOST_SHARE = 15, 85
"""Percent of the room that each of log and inspector keeps."""


class PaneLayout:
    """Arranges the panes of a screen. `titles` has the title of each, `left` contains all but log and inspector."""

    def __init__(
        self, screen: Screen[None], left: Widget, log: Widget, inspector: Widget, titles: Mapping[Widget, str]
    ) -> None:
        self.view: RememberedView = load_view()
        """What was remembered of earlier screens, with the changes of this one."""
        self._screen = screen
        self._left = left
        self._log = log
        self._inspector = inspector
        self._titles = titles
        self._order: list[str] = []  # in which panes fill the screen
        self._before: Widget | None = None  # the pane that had the focus then
        self._dragged = ""  # the border that follows the mouse: LEFT or INSPECTOR

    # -- titles -------------------------------------------------------------------------------------------------

    def show_focus(self, focused: Widget | None) -> None:
        """Mark the title of the pane that has the focus, by a sign too: colours may be missing."""
        show_focus(self._titles, focused)

    # -- sizes --------------------------------------------------------------------------------------------------

    def arrange(self, width: int) -> None:
        """Give the panes of a screen of this width their sizes; one that fills the screen takes that of its style."""
        view, inspector, left = self.view, self._inspector.styles, self._left.styles
        if self._screen.has_class(LEFT):
            left.clear_rule("width")
        else:
            left.width = max(NARROWEST_LEFT, min(view.left_width, width - LEAST_FOR_LOG))
        inspector.clear_rule("width")
        inspector.clear_rule("height")
        if self._screen.has_class(INSPECTOR):
            return
        if width >= WIDE:
            inspector.width = f"{within_shares(view.inspector_width)}%"
        else:
            inspector.height = f"{within_shares(view.inspector_height)}%"

    def resize(self, by: int) -> None:
        """Give the pane with the focus more room, or less, in steps."""
        width, focused = self._screen.size.width, self._screen.focused
        if any(self._screen.has_class(name) for name in FULL):
            self._screen.notify("This pane fills the screen; F3 goes through all of them.", markup=False)
        elif focused is not None and self._left in focused.ancestors_with_self:
            self._keep(replace(self.view, left_width=self._left.outer_size.width + LEFT_STEP * by))
        elif self._inspector.display:
            self._keep(self._with_share(SHARE_STEP * (by if focused is self._inspector else -by)))
        elif self._left.display:
            self._keep(replace(self.view, left_width=self._left.outer_size.width - LEFT_STEP * by))
        else:
            self._screen.notify(f"The log is the only pane below {width + 1} columns.", markup=False)

    def reset(self) -> None:
        """Give all panes the sizes of a first start."""
        first = RememberedView()
        self._keep(replace(
            self.view,
            left_width=first.left_width,
            inspector_width=first.inspector_width,
            inspector_height=first.inspector_height,
        ))  # fmt: skip

    def _with_share(self, more: int) -> RememberedView:
        """The view in which the inspector has some percent more of the room that it shares with the log."""
        if self._screen.size.width >= WIDE:
            return replace(self.view, inspector_width=within_shares(self.view.inspector_width + more))
        return replace(self.view, inspector_height=within_shares(self.view.inspector_height + more))

    def _keep(self, view: RememberedView) -> None:
        width = self._screen.size.width
        most = max(NARROWEST_LEFT, width - LEAST_FOR_LOG)
        self.view = replace(view, left_width=max(NARROWEST_LEFT, min(view.left_width, most)))
        self.arrange(width)
        if not self._dragged:
            self._remember_sizes()

    def _remember_sizes(self) -> None:
        view = self.view
        remember(
            left_width=view.left_width,
            inspector_width=view.inspector_width,
            inspector_height=view.inspector_height,
        )

    # -- dragging -----------------------------------------------------------------------------------------------

    def begin_drag(self, event: events.MouseDown) -> None:
        """Let the border under the mouse follow it, if there is one."""
        self._dragged = self._border_at(event.screen_x, event.screen_y)
        if self._dragged:
            self._screen.capture_mouse()
            event.stop()

    def drag(self, event: events.MouseMove) -> None:
        """Move the border to the mouse."""
        if self._dragged == LEFT:
            self._keep(replace(self.view, left_width=event.screen_x - self._left.region.x + 1))
        elif self._dragged:
            room = self._log.region.union(self._inspector.region)
            if self._screen.size.width >= WIDE:
                share = round((room.right - event.screen_x) / room.width * 100)
                self._keep(replace(self.view, inspector_width=within_shares(share)))
            else:
                share = round((room.bottom - event.screen_y) / room.height * 100)
                self._keep(replace(self.view, inspector_height=within_shares(share)))

    def end_drag(self) -> None:
        """Leave the border where it is."""
        if self._dragged:
            self._dragged = ""
            self._screen.release_mouse()
            self._remember_sizes()

    def _border_at(self, x: int, y: int) -> str:
        """The border in a cell of the screen that can be dragged: LEFT, INSPECTOR or none."""
        if any(self._screen.has_class(name) for name in FULL):
            return ""
        left, inspector = self._left.region, self._inspector.region
        if self._left.display and x == left.right - 1 and left.contains(x, y):
            return LEFT
        is_border = x == inspector.x if self._screen.size.width >= WIDE else y == inspector.y
        return INSPECTOR if self._inspector.display and is_border and inspector.contains(x, y) else ""

    # -- one pane on the whole screen ---------------------------------------------------------------------------

    def next_full(self, full: str) -> str:
        """The pane that fills the screen next: first the one with the focus, then the others, finally none.

        The log is left out where it is the only pane anyway.
        """
        if not full:
            focused = self._before = self._screen.focused
            first = INSPECTOR if focused is self._inspector else LOG
            if focused is not None and self._left in focused.ancestors_with_self:
                first = LEFT
            alone = not self._left.display and not self._inspector.display
            self._order = [name for name in (first, *(name for name in FULL if name != first))
                           if name != LOG or not alone]  # fmt: skip
        place = self._order.index(full) + 1 if full in self._order else 0
        return self._order[place] if place < len(self._order) else ""

    def show_full(self, full: str) -> Widget:
        """Let a pane fill the screen, or all share it; the pane that gets the focus."""
        for name in FULL:
            self._screen.set_class(full == name, name)
        self.arrange(self._screen.size.width)
        before, self._before = self._before, self._before if full else None
        if before is not None and (not full or (full == LEFT and self._left in before.ancestors)):
            return before if before.is_attached else self._log
        panes = [pane for pane in self._titles if pane not in (self._log, self._inspector)]
        return {LEFT: panes[0], INSPECTOR: self._inspector}.get(full, self._log)


def within_shares(percent: int) -> int:
    """A share that leaves both panes room."""
    return max(LEAST_SHARE, min(percent, MOST_SHARE))
