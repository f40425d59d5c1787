"""The configuration keys or variables of a charge point as a table that can be edited, over the session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Offset
from textual.widgets import Input, Static

from ocpptui.compose.named_setting import OF_THE_STANDARD, further_places
from ocpptui.describe.safe_text import printable
from ocpptui.describe.setting_words import changes_in_lines, setting_lines, table_title
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.setting_place import SettingPlace, variable_written_as
from ocpptui.remote_control.question import KnownValue
from ocpptui.stations.known_settings import KnownSettings
from ocpptui.stations.saved_settings import SavedSettings
from ocpptui.stations.setting_changes import SettingChange
from ocpptui.stations.setting_table import (
    Comparison,
    SettingTable,
    changes_towards,
    with_charge_point,
    with_defaults,
    with_saved,
)
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.compose.choice_list import ChoiceList
from ocpptui.tui.screens.closing import ClosingScreen
from ocpptui.tui.screens.configuration_tables import ConfigurationTables
from ocpptui.tui.screens.dialogs import ChoiceQuestion
from ocpptui.tui.screens.settings_files import SettingsFiles
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.setting_editor import SettingEditor
from ocpptui.tui.widgets.setting_list import SettingList

LOOKS = 5
"""How often per second the table takes in what is new."""
MOST_LISTED = 12
"""Changes that the question before a file is applied lists."""
EDITOR_WIDTH = 34


class ConfigurationScreen(ClosingScreen[None]):
    """The table of one charge point after the other."""

    CSS_PATH = [
        "configuration_screen.tcss",
        "../widgets/setting_list.tcss",
        "../widgets/setting_editor.tcss",
        "../widgets/key_line.tcss",
    ]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.CONFIGURATION,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.CONFIGURATION)

    def __init__(self, tables: ConfigurationTables, charge_point: str) -> None:
        super().__init__()
        self._tables = tables
        self._session, self._sender = tables.session, tables.sender
        self.charge_point = charge_point
        self.list = SettingList(tables.of(charge_point), self._sender, charge_point, id="settings")
        self.editor = SettingEditor(id="setting_editor")
        self._words = Input(placeholder="words of the name, value or meaning, or initials", id="setting_words")
        self._files = SettingsFiles(self, tables.tasks)
        self._named: SettingPlace | None = None  # a setting that is in the table only for its editor
        self._seen: object = None  # what the rows were made for
        self._counted: object = None  # what the title was made for

    def compose(self) -> ComposeResult:
        with Vertical(id="configuration"):
            yield self.list
            yield Static(id="setting_detail", markup=False)
            yield self._words
        yield self.editor
        yield KeyLine()

    def on_mount(self) -> None:
        self._words.display = self.editor.display = False
        self.list.focus()
        self.set_interval(1 / LOOKS, self._look)
        self._look()

    @property
    def table(self) -> SettingTable:
        """What is shown."""
        return self.list.table

    # -- keeping up ---------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Take in what the records say since."""
        table = self._tables.of(self.charge_point)
        if table is not self.list.table:
            self.list.show_table(table, self.charge_point)
        seen = table, table.settings.revision, self._sender.revision
        if seen != self._seen:
            self._renew_comparison()
            self._seen = seen
            self._lay_out()

    def _lay_out(self) -> None:
        self.list.lay_out(keep=self.list.row)
        if self.editor.display:
            self._place_editor()

    def _renew_comparison(self) -> None:
        """A comparison with the standard's defaults grows with what is known."""
        if self.table.comparison is not None and not self.table.comparison.has_all:
            self.table.comparison = with_defaults(self.table.settings)

    @on(SettingList.CursorMoved)
    def _say_what(self) -> None:
        table, pane = self.table, self.query_one("#configuration", Vertical)
        known = self._session.knowledge.get(self.charge_point)
        reading = self._sender.reading(self.charge_point)
        counted = self._seen, id(table.rows), len(table.wanted), table.order, reading
        if counted != self._counted:  # there may be many rows, and keys that only move the cursor are frequent
            self._counted = counted
            title, subtitle = table_title(self.charge_point, known, table, reading.text if reading is not None else "")
            pane.border_title, pane.border_subtitle = Content(printable(title)), Content(printable(subtitle))
        row = self.list.row
        lines = setting_lines(row) if row is not None else self._empty()
        self.query_one("#setting_detail", Static).update(Content("\n".join(map(printable, lines))))
        self.refresh_bindings()

    def _empty(self) -> list[str]:
        if self.table.words:
            return ["No setting matches the filter; esc removes it."]
        if self.table.comparison is not None:
            return [f"Nothing differs from {self.table.comparison.name}; esc ends the comparison."]
        why = self._sender.why_not(self.charge_point)
        return ["Nothing is known of the configuration yet.", why or "Press r to read it from the charge point."]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "send" | "discard":
                return bool(self.table.wanted) and not self.editor.display
            case "other_charge_point":
                return len(self._session.knowledge) > 1 and not self.editor.display
        return not self.editor.display

    # -- moving -------------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self.list.move_to(self.list.cursor + by)

    def action_page(self, by: int) -> None:
        self.list.move_to(self.list.cursor + by * max(1, self.list.size.height - 1))

    def action_first(self) -> None:
        self.list.move_to(0)

    def action_last(self) -> None:
        self.list.move_to(len(self.table.rows) - 1)

    def action_other_charge_point(self) -> None:
        """Show the table of the next charge point."""
        names = list(self._session.knowledge)
        here = names.index(self.charge_point) if self.charge_point in names else -1
        self.charge_point = names[(here + 1) % len(names)]
        self.list.show_table(self._tables.of(self.charge_point), self.charge_point)

    # -- filter and order ---------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Type words that the rows must have."""
        self._words.value = self.table.words
        self._words.display = True
        self.set_focus(self._words)

    @on(Input.Changed, "#setting_words")
    def _filtered(self, event: Input.Changed) -> None:
        event.stop()
        self.table.words = event.value
        self._seen = None
        self.list.cursor = self.table.best_match() if event.value.strip() else self.list.cursor
        self.list.lay_out()

    @on(Input.Submitted, "#setting_words")
    def _filter_done(self, event: Input.Submitted) -> None:
        """The words are for finding a setting: enter edits it."""
        event.stop()
        self._leave_filter()
        self.action_edit()

    def _leave_filter(self) -> None:
        self._words.display = False
        self.set_focus(self.list)

    def action_sort(self) -> None:
        """Sort the rows in another order."""
        self.table.order = self.table.order.next
        self._lay_out()

    def action_close(self) -> None:
        """Go back one step: filter, comparison, list of changes, and finally the table."""
        table = self.table
        if table.words or self._words.display:
            table.words = self._words.value = ""
            self._leave_filter()
        elif table.only_wanted:
            table.only_wanted = False
        elif table.comparison is not None:
            table.comparison = None
        else:
            self.dismiss(None)
            return
        self._lay_out()

    # -- editing ------------------------------------------------------------------------------------------------

    def _can_ask(self) -> bool:
        """Whether calls can be sent to the charge point; says why not."""
        why = self._sender.why_not(self.charge_point)
        if why:
            self.notify(printable(why), markup=False)
        return not why

    def action_edit(self) -> None:
        """Edit the value under the cursor, in its place."""
        row = self.list.row
        if row is None or not self._can_ask():
            return
        self.editor.open(row)
        self.list.room_below = self.editor.lines - 1
        self._lay_out()

    def action_name_setting(self) -> None:
        """Ask for the name of a setting that is not in the table, and edit it."""
        if not self._can_ask():
            return
        known = self._session.knowledge.get(self.charge_point)
        is_1x = known is None or known.version is None or known.version.generation == 1

        def typed(text: str | None) -> None:
            place = None if text is None else SettingPlace(text) if is_1x else variable_written_as(text)
            if place is not None:
                self._edit_named(place)
            elif text is not None:
                self.notify("A variable is written as Component.Variable or EVSE@1.Variable[instance].", markup=False)

        settings = KnownSettings() if known is None else known.settings
        further = further_places(settings, None if known is None else known.version)
        choices = [KnownValue(str(place), OF_THE_STANDARD) for place in further]
        words = "Change which key?" if is_1x else "Change which variable, such as EVSE@1.Power?"
        self.app.push_screen(ChoiceList(words, choices, free=True), typed)

    def _edit_named(self, place: SettingPlace) -> None:
        table = self.table
        table.words = ""
        table.comparison, table.only_wanted = None, False
        if table.settings.get(place) is None and place.folded not in table.wanted:
            table.want(SettingChange(place, ""))  # until it is sent, or the editor is left
            self._named = place
        rows = table.rows
        number = next(number for number, row in enumerate(rows) if row.place.folded == place.folded)
        self.list.move_to(number)
        self.action_edit()

    def on_resize(self) -> None:
        self.call_after_refresh(self._lay_out)

    def _place_editor(self) -> None:
        """Put the editor over the value, as far as the screen has room for it."""
        region, height = self.list.region, self.editor.lines
        width = max(EDITOR_WIDTH, region.width - self.list.value_column + 2)
        x = max(region.x, region.right - 1 - width)
        y = region.y + self.list.cursor - self.list.scroll_offset.y
        self.editor.styles.width, self.editor.styles.height = width, height
        self.editor.styles.offset = Offset(x, max(0, min(y, self.size.height - 1 - height)))

    @on(SettingList.RowOpened)
    def _row_opened(self) -> None:
        self.action_edit()

    @on(SettingEditor.Edited)
    def _edited(self, message: SettingEditor.Edited) -> None:
        self.editor.display = False
        self.list.room_below = 0
        self.set_focus(self.list)
        change = message.change
        if self._named is not None:
            self.table.discard(self._named)
            self._named = None
        if change is not None and message.at_once:
            self.table.discard(change.place)
            self.send([change])
        elif change is not None:
            self.table.want(change)
        self._lay_out()

    def action_discard(self) -> None:
        """Forget the change under the cursor."""
        if self.list.row is not None:
            self.table.discard(self.list.row.place)
            self._lay_out()

    def action_send(self) -> None:
        """Send the changes that are kept."""
        changes = list(self.table.wanted.values())
        if not self._can_ask():
            return
        for change in changes:
            self.table.discard(change.place)
        self.table.only_wanted = False
        self.send(changes)

    def send(self, changes: Sequence[SettingChange]) -> None:
        """Send changes, one call after the other; the rows show the answers."""
        self._tables.tasks.start(self._sender.change(self.charge_point, changes), "change the configuration")
        self._lay_out()

    def action_read(self) -> None:
        """Read all settings from the charge point."""
        if self._can_ask():
            self._tables.tasks.start(self._sender.read(self.charge_point), "read the configuration")

    # -- comparing, and files -----------------------------------------------------------------------------------

    def action_compare(self) -> None:
        """Choose what the values are compared with; the table then has what differs."""
        others = [name for name in self._session.knowledge if name != self.charge_point]
        choices = ["Saved table…", "Defaults of the standard", *(f"{name}" for name in others)]

        def chosen(number: int | None) -> None:
            if number is None:
                return
            if number == 0:
                self._ask_for_file()
                return
            if number == 1:
                self._compare(with_defaults(self.table.settings))
            else:
                name = others[number - 2]
                self._compare(with_charge_point(name, self._session.knowledge[name].settings))

        self.app.push_screen(ChoiceQuestion("Compare with what?", choices), chosen)

    def _compare(self, comparison: Comparison) -> None:
        self.table.words, self.table.comparison = "", comparison
        self._lay_out()

    def _ask_for_file(self) -> None:
        def read(name: str, saved: SavedSettings) -> None:
            self._compare(with_saved(name, saved))

        self._files.read("Compare with which file?", self._files.name(self.charge_point), read)

    def action_write(self) -> None:
        """Ask for a name, and write the table into a file."""
        known = self._session.knowledge.get(self.charge_point)
        if known is None or not known.settings.known:
            self.notify("There is nothing to write yet.", markup=False)
        else:
            self._files.write(known)

    def action_apply(self) -> None:
        """Ask for a file, show what it would change, and send that."""
        if not self._can_ask():
            return
        self._files.read("Apply which file?", self._files.name(self.charge_point), self._ask_to_apply)

    def _ask_to_apply(self, name: str, saved: SavedSettings) -> None:
        changes = changes_towards(self.table.settings, saved)
        if not changes:
            self.notify(printable(f"{name} changes nothing: whatever can be written has these values."), markup=False)
            return

        def chosen(number: int | None) -> None:
            if number == 0:
                self.send(changes)
            elif number == 1:
                for change in changes:
                    self.table.want(change)
                self.table.only_wanted = True
                self._lay_out()

        count = counted(len(changes), "change")
        detail = "\n".join(changes_in_lines(self.table.settings, changes, MOST_LISTED))
        choices = ["Send them", "Keep them in the table, to look through them first", "Cancel"]
        self.app.push_screen(ChoiceQuestion(f"{count} for {self.charge_point}:", choices, detail=detail), chosen)
