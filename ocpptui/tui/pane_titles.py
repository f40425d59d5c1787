"""The titles in the frames of panes, which show the one with the focus by a sign too: colours may be missing."""

from __future__ import annotations

from collections.abc import Mapping

from textual.widget import Widget


def show_focus(titles: Mapping[Widget, str], focused: Widget | None) -> None:
    """Give panes their titles, and mark that of the pane in which `focused` is."""
    around = () if focused is None else focused.ancestors_with_self
    for pane, title in titles.items():
        sign = "▸ " if pane in around else ""
        pane.border_title = f" {sign}{title} "
