"""The registry of all named commands: the source of keys, footer, help, command palette and documentation.

The handler of a command is the Textual action `action` on the screen or widget that `where` names. Users rebind keys by
id in the `[keys]` table of the configuration file.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from textual.binding import Binding, BindingType

from ocpptui.remote_control.command_list import REMOTE_COMMANDS


class Where(StrEnum):
    """Where a command is available, as named in the help."""

    LOG = "log"
    SESSION = "session"
    INSPECTOR = "inspector"
    CHARGE_POINTS = "charge points"
    STATE = "state"
    FILTER = "filter"
    SEARCH = "search in the inspector"
    REPLAY = "replay"
    COMPOSE = "compose"
    FORM = "fields of the form"
    ANSWER = "answer"
    SEQUENCE = "sequence of calls"
    LIMITS = "limits"
    CHART = "chart"
    REPORT = "report"
    SAVE = "saving"
    DIFFERENCES = "differences of two files"
    STEPS = "steps of a replay"
    PROBLEMS = "problems"
    OPERATE = "charge point panel"
    MISBEHAVE = "faults on purpose"
    HELD = "held calls"
    REMOTE = "commands to a charge point"
    COMMAND_PANEL = "command panel"
    ANSWERS = "answers of many"
    CONFIGURATION = "configuration"
    SETTING = "value of a setting"
    START = "start screen"
    EVERYWHERE = "everywhere"


class Command(NamedTuple):
    """One command: its name, keys, title and explanation.

    Commands that alternate on one key, such as send and send anyway, share an id, so that users rebind them together.
    """

    id: str
    keys: str
    title: str
    help: str
    where: Where
    action: str
    in_footer: bool = False
    priority: bool = False


COMMANDS = (
    Command("inspect", "enter", "Inspect", "Show the record in full and pause the log.", Where.LOG, "inspect", True),
    Command("edit", "e", "Edit", "Open this frame to change it and send it again.", Where.LOG, "screen.edit", True),
    Command("copy", "y", "Copy", "Copy as JSON, raw, or as an `ocpptui send` command.",
            Where.LOG, "screen.copy_record"),
    Command("follow", "space", "Follow", "Follow new records, or pause the log.", Where.LOG, "toggle_follow"),
    Command("other_half", "o", "Other half", "Go to the answer of this call, or the call of this answer.", Where.LOG,
            "other_half"),
    Command("fold", "f", "Fold", "Show each answer in the row of its call, or in a row of its own.", Where.LOG, "fold"),
    Command("times", "T", "Times", "Show the time of day, the time since the row before, or since a mark.", Where.LOG,
            "next_time"),
    Command("mark", "m", "Mark", "Mark or unmark this record.", Where.LOG, "mark"),
    Command("next_mark", "apostrophe", "Next mark", "Go to the next marked record.", Where.LOG, "next_mark"),
    Command("next_match", "n", "Next match", "Go to the next record that contains the words of the filter.", Where.LOG,
            "next_match(1)"),
    Command("previous_match", "N", "Previous match", "Go to the previous match.", Where.LOG, "next_match(-1)"),
    Command("next_problem", "exclamation_mark", "Next problem", "Go to the next record with a warning or an error.",
            Where.LOG, "next_problem(1)"),
    Command("previous_problem", "1", "Previous problem",
            "Go to the previous problem; on most keyboards the key of `!` without shift.", Where.LOG,
            "next_problem(-1)"),
    Command("down", "j,down", "Down", "Go to the next record.", Where.LOG, "move(1)"),
    Command("up", "k,up", "Up", "Go to the previous record.", Where.LOG, "move(-1)"),
    Command("page_down", "pagedown,ctrl+f", "Page down", "Go a page down.", Where.LOG, "page(1)"),
    Command("page_up", "pageup", "Page up", "Go a page up.", Where.LOG, "page(-1)"),
    Command("first", "g,home", "First", "Go to the first record.", Where.LOG, "first"),
    Command("last", "G,end", "Last", "Go to the last record and follow new ones.", Where.LOG, "last"),
    Command("answer", "a", "Answer", "Answer the selected call by hand, or the first waiting one.", Where.SESSION,
            "answer", True),
    Command("compose", "c,f2", "Compose", "Compose a call and send it.", Where.SESSION, "compose_call", True),
    Command("filter", "slash", "Filter", "Filter the log.", Where.SESSION, "open_filter", True),
    Command("operate", "x", "Operate", "Operate the simulated charge point: plug in, present a card, break something.",
            Where.SESSION, "operate", True),
    Command("misbehave", "M", "Misbehave…",
            "Misbehave on purpose: list the faults in force with how often each fired, add, change and save them.",
            Where.SESSION, "misbehave"),
    Command("held", "A", "Held calls", "List the calls that wait for you with their age: answer, release or drop them.",
            Where.SESSION, "show_held"),
    Command("operate", "x", "Commands",
            "Give a charge point a command, or all that are marked: unlock, start, stop, limit, reset and others.",
            Where.SESSION, "open_commands('x')", True),
    Command("commands", "X", "Commands", "The same, also where `x` operates a simulated charge point.", Where.SESSION,
            "open_commands('X')"),
    Command("last_command", "s", "Last command", "Go to the answer of the last command, or to its call.",
            Where.SESSION, "show_sent"),
    Command("configuration", "v", "Configuration",
            "Show the configuration keys or variables of the charge point as a table, to read and change them.",
            Where.SESSION, "show_configuration"),
    Command("registration", "W", "Registration",
            "Welcome a charge point: accept, keep Pending or reject it, from its next boot on; read the tokens again.",
            Where.SESSION, "change_registration"),
    Command("problems", "P", "Problems", "List what is wrong, by time or by rule.", Where.SESSION, "show_problems"),
    Command("limits", "l", "Limits",
            "Say why the connector of this record has its limit: charging profiles, schedule, readings.", Where.SESSION,
            "show_limits"),
    Command("chart", "V", "Chart",
            "Chart the meter values over the time of the log, with the limits beside them.",
            Where.SESSION, "show_chart"),
    Command("related", "r", "Related", "Go to the next record that is related to what is wrong with this one.",
            Where.SESSION, "show_related"),
    Command("related_back", "b", "Back from related", "Go back to the record that a related one was reached from.",
            Where.SESSION, "leave_related"),
    Command("report", "S", "Station report",
            "Report how the charge points do: uptime, sessions, faults, latencies, reconnects.", Where.SESSION,
            "show_report"),
    Command("panes", "f3,z", "Zoom",
            "Show the pane with the focus at full size, then the others: charge points and state, log, inspector.",
            Where.SESSION, "cycle_panes"),
    Command("wider", "greater_than_sign", "Wider",
            "Give the pane with the focus more room; its border can be dragged, too.", Where.SESSION, "resize_pane(1)"),
    Command("narrower", "less_than_sign", "Narrower", "Give the pane with the focus less room.", Where.SESSION,
            "resize_pane(-1)"),
    Command("usual_sizes", "equals_sign", "Usual sizes", "Give all panes the sizes of a first start.", Where.SESSION,
            "reset_panes"),
    Command("next_pane", "tab", "Next pane", "Go to the next pane.", Where.SESSION, "app.focus_next"),
    Command("previous_pane", "shift+tab", "Previous pane", "Go to the previous pane.", Where.SESSION,
            "app.focus_previous"),
    Command("back", "escape", "Back",
            "Go back one step: full size, inspector, filter, and finally the chosen charge point.", Where.SESSION,
            "back"),
    Command("automatic", "ctrl+b", "Automatic",
            "Turn automatic actions off or on: boot, heartbeats, answers.", Where.SESSION,
            "toggle_automatic", priority=True),
    Command("lenient", "L", "Lenient",
            "Accept and answer a peer that is slightly wrong, or refuse it; its defects are shown in any case.",
            Where.SESSION, "toggle_lenient"),
    Command("note", "ctrl+n", "Note", "Add a note to the log and the recording.", Where.SESSION, "add_note"),
    Command("addresses", "u", "Addresses", "Show every URL that a charge point can connect to.", Where.SESSION,
            "show_addresses"),
    Command("disconnect", "D", "Disconnect", "Close the connection of the chosen charge point.", Where.SESSION,
            "disconnect"),
    Command("pings", "p", "Pings", "Show or hide pings and pongs.", Where.SESSION, "toggle_pings"),
    Command("unreadable", "U", "Unreadable", "Show what of the opened files is unreadable or inferred, and why.",
            Where.SESSION, "show_unreadable"),
    Command("save", "ctrl+s", "Save",
            "Save the records under a name, or hand them on: in another format, in part, redacted.", Where.SESSION,
            "save"),
    Command("open_file", "ctrl+o", "Open a file", "Close this session and open a recording or a log.", Where.SESSION,
            "open_file"),
    Command("compare", "C", "Compare", "Compare this recording with another file, side by side.", Where.SESSION,
            "compare"),
    Command("replay_file", "ctrl+r", "Replay this file", "Replay the opened file against a live peer.", Where.SESSION,
            "replay_file"),
    Command("start_screen", "ctrl+w", "Start screen", "Close this session and start another.", Where.SESSION,
            "app.show_start"),
    Command("inspector.down", "j,down", "Down", "Go a line down.", Where.INSPECTOR, "move(1)"),
    Command("inspector.up", "k,up", "Up", "Go a line up.", Where.INSPECTOR, "move(-1)"),
    Command("inspector.page_down", "pagedown,ctrl+f,space", "Page down", "Go a page down.", Where.INSPECTOR, "page(1)"),
    Command("inspector.page_up", "pageup", "Page up", "Go a page up.", Where.INSPECTOR, "page(-1)"),
    Command("inspector.first", "g,home", "Top", "Go to the top.", Where.INSPECTOR, "first"),
    Command("inspector.last", "G,end", "End", "Go to the end.", Where.INSPECTOR, "last"),
    Command("inspector.other_half", "o", "Other half", "Go to the other half of this exchange.", Where.INSPECTOR,
            "screen.other_half", True),
    Command("filter", "slash", "Search", "Search in this record.", Where.INSPECTOR, "screen.search_record", True),
    Command("inspector.next_match", "n", "Next match", "Go to the next match of the search.", Where.INSPECTOR,
            "next_match(1)"),
    Command("inspector.previous_match", "N", "Previous match", "Go to the previous match of the search.",
            Where.INSPECTOR, "next_match(-1)"),
    Command("inspector.tables", "t", "Tables", "Draw lists of equal objects as tables, or as JSON.", Where.INSPECTOR,
            "tables"),
    Command("inspector.edit", "e", "Edit", "Open this frame to change it and send it again.", Where.INSPECTOR,
            "screen.edit", True),
    Command("inspector.copy", "y", "Copy", "Copy as JSON, raw, or as an `ocpptui send` command.", Where.INSPECTOR,
            "screen.copy_record"),
    Command("back", "escape", "Back", "Go back to the log.", Where.INSPECTOR, "screen.back", True),
    Command("charge_points.down", "j,down", "Down", "Go to the next charge point; the log shows only that one.",
            Where.CHARGE_POINTS, "cursor_down"),
    Command("charge_points.up", "k,up", "Up", "Go to the previous charge point.", Where.CHARGE_POINTS, "cursor_up"),
    Command("charge_points.first", "g,home", "All", "Show all charge points.", Where.CHARGE_POINTS, "first"),
    Command("charge_points.last", "G,end", "Last", "Go to the last charge point.", Where.CHARGE_POINTS, "last"),
    Command("charge_points.choose", "enter", "Choose", "Go to the log of this charge point.", Where.CHARGE_POINTS,
            "select", True),
    Command("charge_points.mark", "m", "Mark", "Mark this charge point, or unmark it: a command goes to all marked.",
            Where.CHARGE_POINTS, "mark"),
    Command("back", "escape", "Back", "Go back to the log.", Where.CHARGE_POINTS, "screen.back", True),
    Command("state.open", "enter", "Open", "Go where the line leads: to the records of a transaction, connector or "
            "reservation, to a start or an end, to limits or configuration, or to the rest of a list.", Where.STATE,
            "open", True),
    Command("state.down", "j,down", "Down", "Go a line down.", Where.STATE, "move(1)"),
    Command("state.up", "k,up", "Up", "Go a line up.", Where.STATE, "move(-1)"),
    Command("state.page_down", "pagedown,ctrl+f,space", "Page down", "Go a page down.", Where.STATE, "page(1)"),
    Command("state.page_up", "pageup", "Page up", "Go a page up.", Where.STATE, "page(-1)"),
    Command("state.first", "g,home", "Top", "Go to the top.", Where.STATE, "first"),
    Command("state.last", "G,end", "End", "Go to the end.", Where.STATE, "last"),
    Command("back", "escape", "Back", "Go back to the log.", Where.STATE, "screen.back", True),
    Command("filter.complete", "tab", "Complete", "Complete the word at the cursor.", Where.FILTER, "complete",
            priority=True),
    Command("filter.leave", "escape", "No filter", "Remove the filter.", Where.FILTER, "leave", True),
    Command("search.leave", "escape", "No search", "End the search.", Where.SEARCH, "leave", True),
    Command("replay.play", "f5", "Play", "Play or pause the replay.", Where.REPLAY, "replay('toggle')"),
    Command("replay.step", "f6", "Step", "Send the next frame of the replay.", Where.REPLAY, "replay('step')"),
    Command("replay.slower", "f7", "Slower", "Replay slower.", Where.REPLAY, "replay('slower')"),
    Command("replay.faster", "f8", "Faster", "Replay faster.", Where.REPLAY, "replay('faster')"),
    Command("replay.back", "f4", "Back to a step", "Go to an earlier or later step of the replay.",
            Where.REPLAY, "replay('back')"),
    Command("replay.breakpoint", "B", "Breakpoint", "Pause the replay at frames that match a filter.", Where.REPLAY,
            "replay('breakpoint')"),
    Command("replay.edit", "E", "Edit next", "Edit the next frame of the replay before it is sent.", Where.REPLAY,
            "replay('edit')"),
    Command("replay.steps", "w", "Steps", "List the steps of the replay: done, waited for and how long still, next.",
            Where.REPLAY, "replay('steps')"),
    Command("replay.report", "R", "Report", "Show how the live peer differed so far, side by side.", Where.REPLAY,
            "replay('report')"),
    Command("compose.send", "f5,ctrl+enter", "Send", "Send it; if it is invalid, press twice.", Where.COMPOSE,
            "send", True, priority=True),
    Command("compose.send", "f5,ctrl+enter", "Send anyway", "Send it although it is invalid.", Where.COMPOSE,
            "send_anyway", True, priority=True),
    Command("compose.view", "f6", "JSON", "Switch from the form to the JSON.", Where.COMPOSE, "view('json')", True,
            priority=True),
    Command("compose.view", "f6", "Raw", "Switch from the JSON to the whole message, which may be any text.",
            Where.COMPOSE,
            "view('raw')", True, priority=True),
    Command("compose.view", "f6", "Form", "Switch from the whole message back to the form.",
            Where.COMPOSE, "view('form')",
            True, priority=True),
    Command("compose.action", "f4", "Action", "Choose another action.", Where.COMPOSE, "view('picker')", True,
            priority=True),
    Command("compose.action", "f4", "As error", "Answer with an error.", Where.COMPOSE, "purpose('error')", True,
            priority=True),
    Command("compose.action", "f4", "As result", "Answer with a result.", Where.COMPOSE, "purpose('result')", True,
            priority=True),
    Command("compose.history", "f7", "Sent", "Choose from the messages sent in this session, then in earlier ones.",
            Where.COMPOSE, "history", True, priority=True),
    Command("compose.save", "ctrl+s", "Save as…", "Save the call under a name, with its placeholders.", Where.COMPOSE,
            "save_call", priority=True),
    Command("compose.open", "ctrl+o", "Open saved…", "Open a saved call, or a sequence of calls.", Where.COMPOSE,
            "open_saved", priority=True),
    Command("compose.editor", "f12", "Editor", "Edit the JSON or the raw text in the program of $EDITOR.",
            Where.COMPOSE, "edit_outside", priority=True),
    Command("compose.afresh", "f8", "Start afresh", "Discard what you typed.", Where.COMPOSE, "start_afresh",
            priority=True),
    Command("compose.afresh", "f8", "All actions", "Also list actions that only the other side sends.", Where.COMPOSE,
            "everything", True, priority=True),
    Command("compose.older", "ctrl+up", "Older", "Show the message sent before.",
            Where.COMPOSE, "older(1)", priority=True),
    Command("compose.newer", "ctrl+down", "Newer", "Show the message sent after.",
            Where.COMPOSE, "older(-1)", priority=True),
    Command("compose.find", "ctrl+f", "Find a field",
            "Go to a field by a few letters of its name; what you type then replaces its value.", Where.COMPOSE,
            "find_field"),
    Command("compose.copy_command", "ctrl+y", "Copy command", "Copy the command that would send the last call.",
            Where.COMPOSE, "copy_command"),
    Command("compose.back", "escape", "Back", "Go back one step and keep what was not sent.", Where.COMPOSE, "back",
            True),
    Command("form.next", "tab", "Next field", "Go to the next field, or from the last one to the JSON.", Where.FORM,
            "next_field"),
    Command("form.previous", "shift+tab", "Previous field", "Go to the previous field.", Where.FORM, "previous_field"),
    Command("form.down", "down", "Down", "Go to the next field.", Where.FORM, "move(1)"),
    Command("form.up", "up", "Up", "Go to the previous field.", Where.FORM, "move(-1)"),
    Command("form.page_down", "pagedown", "Page down", "Go a page down.", Where.FORM, "page(1)"),
    Command("form.page_up", "pageup", "Page up", "Go a page up.", Where.FORM, "page(-1)"),
    Command("form.first", "ctrl+home", "First field", "Go to the first field.", Where.FORM, "first"),
    Command("form.last", "ctrl+end", "Last field", "Go to the last field.", Where.FORM, "last"),
    Command("form.choose", "enter", "Choose", "Choose a value, open or close a group, or add an absent field.",
            Where.FORM, "choose"),
    Command("form.switch", "space", "Switch", "Add an absent field, take the next choice, or open or close a group.",
            Where.FORM, "switch"),
    Command("form.remove", "ctrl+x", "Remove", "Leave the field out, or remove the list item.", Where.FORM, "remove"),
    Command("form.add_item", "ctrl+n", "Add item", "Add an item to the list.", Where.FORM, "add_item"),
    Command("form.now", "ctrl+t", "Now", "Set a date-time to the current time.", Where.FORM, "now"),
    Command("form.next_problem", "ctrl+g", "Next problem", "Go to the next invalid field.", Where.FORM,
            "next_problem"),
    Command("answer.copy_command", "y", "Copy command", "Copy the command that would send the last call.",
            Where.ANSWER, "copy_command", True),
    Command("sequence.run", "f5", "Run", "Send the calls one after the other, from the first one.", Where.SEQUENCE,
            "run", True),
    Command("sequence.stop", "s", "Stop", "Send nothing more.", Where.SEQUENCE, "stop", True),
    Command("sequence.show", "enter", "Show", "Show the call and its answer.", Where.SEQUENCE, "select", True),
    Command("sequence.down", "j,down", "Down", "Go to the next step.", Where.SEQUENCE, "cursor_down"),
    Command("sequence.up", "k,up", "Up", "Go to the previous step.", Where.SEQUENCE, "cursor_up"),
    Command("sequence.close", "escape,q", "Close", "Stop and go back.", Where.SEQUENCE, "close", True),
    Command("limits.next", "tab", "Other connector", "Show the next connector or EVSE, and finally all together.",
            Where.LIMITS, "other_place(1)", True),
    Command("limits.previous", "shift+tab", "Previous", "Show the previous connector or EVSE.", Where.LIMITS,
            "other_place(-1)"),
    Command("limits.record", "o", "Record", "Go to the record that the first reason is about.", Where.LIMITS,
            "go_to_record", True),
    Command("limits.chart", "V", "Chart", "Chart what the connector or EVSE draws, and its limit over time.",
            Where.LIMITS, "show_chart", True),
    Command("limits.down", "j,down", "Down", "Go a line down.", Where.LIMITS, "scroll(1)"),
    Command("limits.up", "k,up", "Up", "Go a line up.", Where.LIMITS, "scroll(-1)"),
    Command("limits.close", "escape,l,q", "Close", "Go back to the log.", Where.LIMITS, "close", True),
    Command("chart.record", "enter", "Record", "Go to the record that has the reading at the cursor.", Where.CHART,
            "go_to_record", True),
    Command("chart.quantity", "tab", "Quantity", "Chart the next quantity: current, voltage, energy and others.",
            Where.CHART, "other_quantity(1)", True),
    Command("chart.previous_quantity", "shift+tab", "Previous", "Chart the previous quantity.", Where.CHART,
            "other_quantity(-1)"),
    Command("chart.charge_point", "c", "Charge point", "Choose a charge point, or all.", Where.CHART,
            "choose_charge_point", True),
    Command("chart.place", "p", "Connector", "Show the next connector or EVSE, and finally all.", Where.CHART,
            "other_place"),
    Command("chart.transaction", "t", "Transaction", "Choose a transaction, or all.", Where.CHART,
            "choose_transaction"),
    Command("chart.right", "right,l", "Right", "Go to the next reading.", Where.CHART, "move(1)"),
    Command("chart.left", "left,h", "Left", "Go to the reading before.", Where.CHART, "move(-1)"),
    Command("chart.first", "g,home", "First", "Go to the first reading.", Where.CHART, "first"),
    Command("chart.last", "G,end", "Last", "Go to the last reading and follow new ones.", Where.CHART, "last"),
    Command("chart.closer", "plus,equals_sign", "Zoom in", "Show a shorter time; the mouse wheel does it, too.",
            Where.CHART, "zoom(-1)", True),
    Command("chart.farther", "minus", "Zoom out", "Show a longer time.", Where.CHART, "zoom(1)"),
    Command("chart.whole", "0", "Whole", "Show the whole time.", Where.CHART, "show_all"),
    Command("chart.later", "L,shift+right", "Later", "Move the zoomed part to the right.", Where.CHART, "pan(1)"),
    Command("chart.earlier", "H,shift+left", "Earlier", "Move the zoomed part to the left.", Where.CHART, "pan(-1)"),
    Command("chart.clock", "o", "Own clock",
            "Place readings by the time that the charge point says, or by the time of the log.", Where.CHART,
            "switch_clock"),
    Command("chart.drawing", "d", "Drawing", "Draw with letters, or with braille dots.", Where.CHART,
            "switch_drawing"),
    Command("chart.write", "w", "Write", "Write what is shown to a CSV file.", Where.CHART, "write", True),
    Command("chart.close", "escape,V,q", "Close", "Go back.", Where.CHART, "close", True),
    Command("report.down", "j,down", "Down", "Go a line down.", Where.REPORT, "scroll(0, 1)", True),
    Command("report.up", "k,up", "Up", "Go a line up.", Where.REPORT, "scroll(0, -1)"),
    Command("report.page_down", "pagedown,ctrl+f,space", "Page down", "Go a page down.", Where.REPORT,
            "scroll(0, 20)", True),
    Command("report.page_up", "pageup", "Page up", "Go a page up.", Where.REPORT, "scroll(0, -20)"),
    Command("report.right", "l,right", "Right", "Show the columns further right.", Where.REPORT, "scroll(10, 0)"),
    Command("report.left", "h,left", "Left", "Show the columns further left.", Where.REPORT, "scroll(-10, 0)"),
    Command("report.close", "escape,S,q", "Close", "Go back to the log.", Where.REPORT, "close", True),
    Command("save.write", "enter", "Write", "Write the file; one that exists is replaced only if you say so.",
            Where.SAVE, "write", True, priority=True),
    Command("save.records", "f6", "Records", "Write all records, or only those that the log shows.", Where.SAVE,
            "records", True),
    Command("save.redact", "f7", "Replace",
            "Replace personal data by pseudonyms, then also the data of vendors, then also texts.", Where.SAVE,
            "redact", True),
    Command("save.format", "f8", "Format", "Take another format than the ending of the name says.", Where.SAVE,
            "format", True),
    Command("save.complete", "tab", "Complete", "Complete the path.", Where.SAVE, "complete", True, priority=True),
    Command("save.cancel", "escape", "Cancel", "Stop writing, or go back to the log.", Where.SAVE, "cancel", True),
    Command("differences.next", "n", "Next", "Go to the next difference.", Where.DIFFERENCES, "next(1)", True),
    Command("differences.previous", "N", "Previous", "Go to the previous difference.", Where.DIFFERENCES, "next(-1)",
            True),
    Command("differences.record", "enter", "Record", "Go to the record in the log.", Where.DIFFERENCES, "choose", True),
    Command("differences.down", "j,down", "Down", "Go a line down.", Where.DIFFERENCES, "scroll(1)"),
    Command("differences.up", "k,up", "Up", "Go a line up.", Where.DIFFERENCES, "scroll(-1)"),
    Command("differences.page_down", "pagedown,ctrl+f,space", "Page down", "Go a page down.", Where.DIFFERENCES,
            "scroll(20)"),
    Command("differences.page_up", "pageup", "Page up", "Go a page up.", Where.DIFFERENCES, "scroll(-20)"),
    Command("differences.close", "escape,C,q", "Close", "Go back to the log.", Where.DIFFERENCES, "close", True),
    Command("steps.play", "f5", "Play", "Play or pause the replay.", Where.STEPS, "play", True),
    Command("steps.step", "f6", "Step", "Send the next frame of the replay.", Where.STEPS, "step", True),
    Command("steps.go", "enter", "Go here", "Pause, and go on from the step under the cursor.", Where.STEPS, "go",
            True),
    Command("steps.down", "j,down", "Down", "Go to the next step.", Where.STEPS, "move(1)"),
    Command("steps.up", "k,up", "Up", "Go to the previous step.", Where.STEPS, "move(-1)"),
    Command("steps.page_down", "pagedown,ctrl+f,space", "Page down", "Go a page down.", Where.STEPS, "page(1)"),
    Command("steps.page_up", "pageup", "Page up", "Go a page up.", Where.STEPS, "page(-1)"),
    Command("steps.first", "g,home", "First", "Go to the first step.", Where.STEPS, "first"),
    Command("steps.last", "G,end", "Last", "Go to the last step.", Where.STEPS, "last"),
    Command("steps.other", "tab", "Other charge point", "Show the steps of the next charge point.", Where.STEPS,
            "other", True),
    Command("steps.close", "escape,w,q", "Close", "Go back to the log.", Where.STEPS, "close", True),
    Command("operate.plug_in", "p", "Plug in a car", "Plug in a car at the chosen connector.", Where.OPERATE,
            "operate('plug-in')"),
    Command("operate.contract", "P", "Plug and charge", "Plug in a car that pays by its contract.", Where.OPERATE,
            "operate('plug-and-charge')"),
    Command("operate.card", "c", "Present the card", "Hold the driver's card before the reader: to start, or to stop.",
            Where.OPERATE, "operate('card')"),
    Command("operate.other_card", "C", "Another card…", "Ask for a token, and present that.", Where.OPERATE,
            "other_card"),
    Command("operate.stop", "s", "Stop button", "Press the stop button.", Where.OPERATE, "operate('stop')"),
    Command("operate.unplug", "u", "Unplug", "Unplug the car.", Where.OPERATE, "operate('unplug')"),
    Command("operate.car", "e", "Pause the car", "Let the car take no energy, or energy again.", Where.OPERATE,
            "switch('car')"),
    Command("operate.fault", "f", "Break something…", "Choose an error code, and report that fault.", Where.OPERATE,
            "fault"),
    Command("operate.repair", "r", "Repair", "End the faults of the chosen connector.", Where.OPERATE,
            "operate('repair')"),
    Command("operate.emergency", "E", "Emergency stop", "Press the emergency stop button, or release it.",
            Where.OPERATE, "switch('emergency')"),
    Command("operate.tilt", "t", "Knock it over", "Knock the charge point over, or put it up again.", Where.OPERATE,
            "switch('tilt')"),
    Command("operate.line", "o", "Go offline", "Cut the connection, or connect again.", Where.OPERATE,
            "switch('line')"),
    Command("operate.power", "w", "Cut the power", "Cut the power for ten seconds.", Where.OPERATE,
            "operate('power-loss')"),
    Command("operate.restart", "R", "Restart", "Restart the charge point.", Where.OPERATE, "operate('restart')"),
    Command("operate.connector", "tab", "Other connector", "Choose the next connector; a digit chooses one, too.",
            Where.OPERATE, "other_connector"),
    Command("operate.next_station", "n", "Next charge point", "Operate the next charge point.", Where.OPERATE,
            "other_station(1)"),
    Command("operate.previous_station", "N", "Previous charge point", "Operate the previous charge point.",
            Where.OPERATE, "other_station(-1)"),
    Command("operate.close", "escape,x,q", "Close", "Go back to the log.", Where.OPERATE, "close"),
    Command("misbehave.add", "a", "Add", "Choose a fault, for whom and how often.", Where.MISBEHAVE, "add", True),
    Command("misbehave.edit", "e,enter", "Edit", "Change the settings of the fault; it counts anew.", Where.MISBEHAVE,
            "edit", True),
    Command("misbehave.switch", "space", "On/off", "Put the fault out of force, or in force again.", Where.MISBEHAVE,
            "switch", True),
    Command("misbehave.remove", "d,delete", "Remove", "Remove the fault.", Where.MISBEHAVE, "remove", True),
    Command("misbehave.earlier", "K,shift+up", "Earlier", "Have the rule tried before the one above it.",
            Where.MISBEHAVE, "try(-1)"),
    Command("misbehave.later", "J,shift+down", "Later", "Have the rule tried after the one below it.", Where.MISBEHAVE,
            "try(1)"),
    Command("misbehave.save", "s", "Save", "Save all of them as a rules file.", Where.MISBEHAVE,
            "save", True),
    Command("misbehave.open", "o", "Open", "Use the faults of a rules file in place of these.", Where.MISBEHAVE, "open",
            True),
    Command("misbehave.side", "tab", "Side", "In the demo: show the faults of the other side.", Where.MISBEHAVE,
            "other_side", True),
    Command("misbehave.down", "j,down", "Down", "Go to the next fault.", Where.MISBEHAVE, "move(1)"),
    Command("misbehave.up", "k,up", "Up", "Go to the previous fault.", Where.MISBEHAVE, "move(-1)"),
    Command("misbehave.close", "escape,M,q", "Close", "Go back to the log.", Where.MISBEHAVE, "close", True),
    Command("held.answer", "a,enter", "Answer", "Write the answer; it begins with what the simulation would answer.",
            Where.HELD, "answer", True),
    Command("held.release", "r", "Release", "Let the simulation answer the call.", Where.HELD, "release", True),
    Command("held.drop", "d,delete", "Drop", "Leave the call without an answer.", Where.HELD, "drop", True),
    Command("held.down", "j,down", "Down", "Go to the next call.", Where.HELD, "move(1)"),
    Command("held.up", "k,up", "Up", "Go to the previous call.", Where.HELD, "move(-1)"),
    Command("held.close", "escape,A,q", "Close", "Go back to the log.", Where.HELD, "close", True),
    *(Command(f"remote.{one.id}", one.letter, one.title, one.help, Where.REMOTE, f"remote('{one.id}')")
      for one in REMOTE_COMMANDS),
    Command("command_panel.connector", "tab", "Other connector", "Choose the next connector; a digit chooses one, too.",
            Where.COMMAND_PANEL, "other_place"),
    Command("command_panel.close", "escape,x,q", "Close", "Go back to the log.", Where.COMMAND_PANEL, "close"),
    Command("answers.choose", "enter", "Go there", "Go to the answer, or to the call.", Where.ANSWERS, "select", True),
    Command("answers.down", "j,down", "Down", "Go to the next charge point.", Where.ANSWERS, "cursor_down"),
    Command("answers.up", "k,up", "Up", "Go to the previous charge point.", Where.ANSWERS, "cursor_up"),
    Command("answers.close", "escape,q", "Close", "Go back to the log; answers still come.", Where.ANSWERS, "close",
            True),
    Command("configuration.edit", "enter", "Edit", "Edit the value in its place, and send it.", Where.CONFIGURATION,
            "edit", True),
    Command("configuration.read", "r", "Read", "Read all settings from the charge point.", Where.CONFIGURATION, "read",
            True),
    Command("configuration.send", "f5,S", "Send kept", "Send the changes that were kept.", Where.CONFIGURATION, "send",
            True),
    Command("configuration.discard", "x,delete", "Discard", "Discard the change under the cursor that was kept.",
            Where.CONFIGURATION, "discard"),
    Command("configuration.name", "n", "Name a setting…",
            "Change a setting that the charge point has not listed: type its name, then its value.",
            Where.CONFIGURATION, "name_setting"),
    Command("configuration.filter", "slash", "Filter",
            "Filter by words of the name, value or meaning, or by initials; enter edits the best match.",
            Where.CONFIGURATION, "filter", True),
    Command("configuration.sort", "s", "Sort", "Sort as reported, by name, changed first, or by value.",
            Where.CONFIGURATION, "sort"),
    Command("configuration.compare", "d", "Differences",
            "Show what differs from a saved table, another charge point, or the defaults of the standard.",
            Where.CONFIGURATION, "compare", True),
    Command("configuration.write", "w", "Write", "Write the table to a file.", Where.CONFIGURATION, "write"),
    Command("configuration.apply", "a", "Apply a file", "Show what a file would change, and send that.",
            Where.CONFIGURATION, "apply"),
    Command("configuration.other", "tab", "Other charge point", "Show the table of the next charge point.",
            Where.CONFIGURATION, "other_charge_point"),
    Command("configuration.down", "j,down", "Down", "Go to the next row.", Where.CONFIGURATION, "move(1)"),
    Command("configuration.up", "k,up", "Up", "Go to the previous row.", Where.CONFIGURATION, "move(-1)"),
    Command("configuration.page_down", "pagedown,ctrl+f,space", "Page down", "Go a page down.", Where.CONFIGURATION,
            "page(1)"),
    Command("configuration.page_up", "pageup", "Page up", "Go a page up.", Where.CONFIGURATION, "page(-1)"),
    Command("configuration.first", "g,home", "First", "Go to the first row.", Where.CONFIGURATION, "first"),
    Command("configuration.last", "G,end", "Last", "Go to the last row.", Where.CONFIGURATION, "last"),
    Command("configuration.close", "escape,v,q", "Close",
            "Go back one step: filter, comparison, kept changes, and finally to the log.", Where.CONFIGURATION, "close",
            True),
    Command("setting.send", "enter", "Send", "Send the value; if it is wrong, press twice.", Where.SETTING, "done",
            True),
    Command("setting.keep", "tab", "Keep", "Keep the value, to send several together.", Where.SETTING, "keep", True),
    Command("setting.as_text", "f6", "As text", "Type the value of a list or a switch as text.", Where.SETTING,
            "as_text", True),
    Command("setting.leave", "escape", "Leave", "Leave the value as it is.", Where.SETTING, "leave", True),
    Command("problems.choose", "enter", "Go there", "Go to the record, or open or close the rule.", Where.PROBLEMS,
            "choose", True),
    Command("problems.group", "r", "By rule", "Group the records by the rules that they break, or list them by time.",
            Where.PROBLEMS, "group", True),
    Command("problems.severity", "s", "Severity", "List problems, only errors, only warnings, or all findings.",
            Where.PROBLEMS, "severity", True),
    Command("problems.down", "j,down", "Down", "Go to the next row.", Where.PROBLEMS, "move(1)"),
    Command("problems.up", "k,up", "Up", "Go to the previous row.", Where.PROBLEMS, "move(-1)"),
    Command("problems.page_down", "pagedown,ctrl+f,space", "Page down", "Go a page down.", Where.PROBLEMS, "page(1)"),
    Command("problems.page_up", "pageup", "Page up", "Go a page up.", Where.PROBLEMS, "page(-1)"),
    Command("problems.first", "g,home", "First", "Go to the first row.", Where.PROBLEMS, "first"),
    Command("problems.last", "G,end", "Last", "Go to the last row.", Where.PROBLEMS, "last"),
    Command("problems.close", "escape,P,q", "Close", "Go back to the log.", Where.PROBLEMS, "close", True),
    Command("start.demo", "f5", "Demo", "Watch a simulated charge point charge at a central system.", Where.START,
            "demo", True),
    Command("start.again", "c", "Connect again",
            "In the list of sessions: connect or listen as in that session; secrets are asked for again.", Where.START,
            "again", True),
    Command("start.next", "down", "Next field", "Go to the next field.", Where.START, "app.focus_next"),
    Command("start.previous", "up", "Previous field", "Go to the previous field.", Where.START, "app.focus_previous"),
    Command("help", "question_mark,f1", "Help", "Show the keys and what they do, those of the current place first.",
            Where.EVERYWHERE, "show_help", True),
    Command("palette", "ctrl+p", "Palette", "Find a command by name.", Where.EVERYWHERE, "command_palette"),
    Command("theme", "f9", "Theme", "Show the next theme: dark, light, high contrast, safe for the colour-blind.",
            Where.EVERYWHERE, "next_theme"),
    Command("suspend", "ctrl+z", "Suspend", "Stop and return to the shell; `fg` there continues. Not on Windows.",
            Where.EVERYWHERE, "suspend_process"),
    Command("quit", "ctrl+q", "Quit", "Close every connection and quit; asks first if something would be lost.",
            Where.EVERYWHERE, "quit", priority=True),
)  # fmt: skip
"""Every command, in the order of the help and the documentation."""


def bindings(where: Where) -> list[BindingType]:
    """The key bindings of the commands that are available in a place."""
    return [
        Binding(
            command.keys,
            command.action,
            command.title,
            show=command.in_footer,
            priority=command.priority,
            id=command.id,
        )
        for command in COMMANDS
        if command.where is where
    ]


def shown_keys(keys: str) -> str:
    """Keys as users write them: `?` for `question_mark`."""
    return " ".join(_WRITTEN.get(key, key) for key in keys.split(","))


_WRITTEN = {
    "question_mark": "?",
    "slash": "/",
    "apostrophe": "'",
    "exclamation_mark": "!",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
}


def markdown_table() -> str:
    """Every command as a Markdown table, for the documentation."""
    rows = [f"| {one.where} | `{shown_keys(one.keys)}` | `{one.id}` | {one.help} |" for one in COMMANDS]
    return "\n".join(["| where | keys | id | effect |", "|---|---|---|---|", *rows])


def documentation() -> str:
    """The documentation page that lists every command, `docs/KEYS.md`."""
    return f"{_INTRODUCTION}\n{markdown_table()}\n"


_INTRODUCTION = """\
# Keys

All commands of the screen, generated from the registry in `ocpptui/tui/commands.py`. The help (`?`, or `F1` in text
fields) shows them with their current keys; the command palette (`ctrl+p`) finds them by name.

To change keys, assign one or more keys, separated by commas, to an id in the configuration file:

```toml
[keys]
compose = "f2,c"
"compose.view" = "f10"
```
"""
