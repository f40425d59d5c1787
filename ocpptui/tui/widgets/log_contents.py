"""What the log shows: the records that a filter lets through, and what lies between and beside them."""

from __future__ import annotations

from ocpptui.filter.density import Density, values_at
from ocpptui.filter.query import Query, parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.filter.time_breaks import TimeBreaks
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.widgets.log_painter import LogPainter, TimeShown
from ocpptui.workspace.remembered_view import RememberedView, remember

NO_PINGS = "not kind:ping not kind:pong"


class LogContents:
    """The selected records of a timeline, with all that is made of a selection anew whenever it is another one."""

    selection: Selection
    lines: TimeBreaks
    """The rows with the lines between them."""
    painter: LogPainter
    density: Density

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.filter = parse_filter("")
        self.sought = self.filter
        """The last filter that did not match everything."""
        self.charge_point: str | None = None
        """The only charge point that is shown; None for all."""
        self.shows_pings = False
        self.is_folded = False
        """Whether each answer is in the row of its call."""
        self.taken_in = 0
        """How many records of the timeline are taken into account."""
        self.pings = 0
        """How many pings and pongs there are among those."""
        self.time_shown = TimeShown.OF_DAY
        self._without_pings = False  # the selection leaves them out
        self.select_anew()

    def restore(self, view: RememberedView) -> None:
        """Show what the user has chosen to see the last time."""
        self.shows_pings, self.is_folded = view.shows_pings, view.is_folded
        if view.time_shown in TimeShown.__members__:
            self.time_shown = TimeShown[view.time_shown]
        self.select_anew()

    @property
    def hides_pings(self) -> bool:
        """Whether there are pings or pongs that the log does not show."""
        return not self.shows_pings and self.pings > 0

    def narrow(self, query: Query | None, charge_point: str | None) -> None:
        """Select what the query matches, for one charge point or all (None); without a query, keep the current one."""
        if query is not None:
            self.filter = query
            if not query.matches_all:
                self.sought = query
        self.charge_point = charge_point
        self.select_anew()

    def select_anew(self) -> None:
        """Begin a new selection; it has to be advanced."""
        query = self.filter
        self._without_pings = self.hides_pings
        if self._without_pings:
            query = parse_filter(NO_PINGS if query.matches_all else f"({query.text}) {NO_PINGS}")
        self.selection = Selection(self.timeline, query, self.charge_point, is_folded=self.is_folded)
        self.lines = TimeBreaks(self.selection)
        self.painter = LogPainter(self.selection)
        self.painter.time_shown = self.time_shown
        self.density = Density(self.selection)

    def show_next_time(self) -> None:
        """Let the times count from something else."""
        self.time_shown = self.painter.time_shown = self.time_shown.following
        remember(time_shown=self.time_shown.name)

    def toggle_pings(self) -> None:
        """Show pings and pongs, or hide them."""
        self.shows_pings = not self.shows_pings
        remember(shows_pings=self.shows_pings)
        self.select_anew()

    def toggle_fold(self) -> None:
        """Show each answer in the row of its call, or in a row of its own."""
        self.is_folded = not self.is_folded
        remember(is_folded=self.is_folded)
        self.select_anew()

    def take_in(self) -> bool:
        """Take note of new records; True where the selection begins anew, since the first ping is among them."""
        kinds = bytes(values_at(self.timeline.kinds, range(self.taken_in, len(self.timeline))))
        self.taken_in = len(self.timeline)
        self.pings += sum(kinds.count(kind) for kind in (RecordKind.PING, RecordKind.PONG))
        if self.hides_pings and not self._without_pings:
            self.select_anew()
            return True
        return False
