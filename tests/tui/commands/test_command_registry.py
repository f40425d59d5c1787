"""The registry of commands: each key is unique in its place, users can rebind keys, and the documentation agrees."""

from __future__ import annotations

import asyncio
from itertools import combinations
from typing import Any

import pytest
from textual import actions
from textual.binding import Binding
from textual.screen import Screen

from ocpptui.compose.history import Compositions
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.commands.command import Command, Where
from ocpptui.tui.commands.command_registry import COMMANDS, bindings
from ocpptui.tui.compose.answer_view import AnswerView
from ocpptui.tui.compose.form import Form
from ocpptui.tui.keymap import TOGETHER, is_key, wrong_keys
from ocpptui.tui.screens.answers_screen import AnswerList
from ocpptui.tui.screens.arrivals_screen import ArrivalsScreen
from ocpptui.tui.screens.chart_screen import ChartScreen
from ocpptui.tui.screens.command_panel import CommandPanel
from ocpptui.tui.screens.compose_screen import ComposeScreen
from ocpptui.tui.screens.configuration_screen import ConfigurationScreen
from ocpptui.tui.screens.difference_screen import DifferenceScreen
from ocpptui.tui.screens.doctor_screen import DoctorScreen
from ocpptui.tui.screens.files_screen import FilesScreen
from ocpptui.tui.screens.held_calls_screen import HeldCallsScreen
from ocpptui.tui.screens.limits_screen import LimitsScreen
from ocpptui.tui.screens.misbehave_screen import MisbehaveScreen
from ocpptui.tui.screens.operate_screen import OperateScreen
from ocpptui.tui.screens.replay_steps_screen import ReplaySteps
from ocpptui.tui.screens.report_screen import ReportScreen
from ocpptui.tui.screens.save_screen import SaveScreen
from ocpptui.tui.screens.sequence_screen import SequenceSteps
from ocpptui.tui.screens.session_screen import SessionScreen
from ocpptui.tui.screens.start_screen import StartScreen
from ocpptui.tui.widgets.charge_point_list import ChargePointList
from ocpptui.tui.widgets.filter_bar import FilterBar
from ocpptui.tui.widgets.inspector import Inspector
from ocpptui.tui.widgets.message_log import MessageLog
from ocpptui.tui.widgets.problem_list import ProblemList
from ocpptui.tui.widgets.search_bar import SearchBar
from ocpptui.tui.widgets.setting_editor import SettingEditor
from ocpptui.tui.widgets.state_panel import StatePanel
from ocpptui.workspace.config import Config
from tests.kit.driver import central_system

HANDLERS: dict[Where, type[Any]] = {
    Where.LOG: MessageLog,
    Where.SESSION: SessionScreen,
    Where.INSPECTOR: Inspector,
    Where.CHARGE_POINTS: ChargePointList,
    Where.STATE: StatePanel,
    Where.FILTER: FilterBar,
    Where.SEARCH: SearchBar,
    Where.REPLAY: SessionScreen,
    Where.COMPOSE: ComposeScreen,
    Where.FORM: Form,
    Where.ANSWER: AnswerView,
    Where.LIMITS: LimitsScreen,
    Where.CHART: ChartScreen,
    Where.REPORT: ReportScreen,
    Where.PROBLEMS: ProblemList,
    Where.OPERATE: OperateScreen,
    Where.MISBEHAVE: MisbehaveScreen,
    Where.DOCTOR: DoctorScreen,
    Where.ARRIVALS: ArrivalsScreen,
    Where.HELD: HeldCallsScreen,
    Where.FILES: FilesScreen,
    Where.REMOTE: CommandPanel,
    Where.COMMAND_PANEL: CommandPanel,
    Where.ANSWERS: AnswerList,
    Where.SEQUENCE: SequenceSteps,
    Where.CONFIGURATION: ConfigurationScreen,
    Where.SETTING: SettingEditor,
    Where.SAVE: SaveScreen,
    Where.DIFFERENCES: DifferenceScreen,
    Where.STEPS: ReplaySteps,
    Where.START: StartScreen,
    Where.EVERYWHERE: OcpptuiApp,
}
named = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.where}:{command.title}")


@named
def test_every_command_is_handled_where_it_is_available(command: Command) -> None:
    """A key listed in the help would do nothing."""
    destination, name, _ = actions.parse(command.action)
    handler = {"app": OcpptuiApp, "screen": SessionScreen, "": HANDLERS[command.where]}[destination]
    assert hasattr(handler, f"action_{name}") or hasattr(handler, f"_action_{name}")


@pytest.mark.parametrize("where", Where)
def test_every_place_takes_its_keys_from_the_registry(where: Where) -> None:
    """A key would work that the help does not list, or that users cannot rebind."""
    bound = {(one.key, one.action, one.id) for one in HANDLERS[where].BINDINGS if isinstance(one, Binding)}
    assert {(one.key, one.action, one.id) for one in bindings(where) if isinstance(one, Binding)} <= bound
    assert {name for _, _, name in bound} <= {command.id for command in COMMANDS}


def test_a_key_has_one_command_per_place() -> None:
    """A key would do different things at different times."""
    panes = {Where.LOG, Where.INSPECTOR, Where.CHARGE_POINTS, Where.STATE}
    for one, other in combinations(COMMANDS, 2):
        together = any({one.where, other.where} <= places for places in TOGETHER)
        if one.id == other.id or not together or (one.where is not other.where and {one.where, other.where} <= panes):
            continue
        assert not set(one.keys.split(",")) & set(other.keys.split(",")), f"{one.id} and {other.id}"


@named
def test_every_command_has_a_key_and_says_what_it_does(command: Command) -> None:
    """Users could not rebind a command without a key, or find one without an explanation."""
    assert all(is_key(key) for key in command.keys.split(","))
    assert command.help.endswith(".") and command.title


def test_commands_that_share_an_id_share_their_keys() -> None:
    """A user who rebinds one would take the key from the others."""
    by_id: dict[str, set[str]] = {}
    for command in COMMANDS:
        by_id.setdefault(command.id, set()).add(command.keys)
    assert {name: keys for name, keys in by_id.items() if len(keys) > 1} == {}


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"compos": "x"}, "there is no command 'compos'; did you mean compose?"),
        ({"launch the rockets": "x"}, "there is no command 'launch the rockets'; docs/KEYS.md lists them all"),
        ({"compose": "ctlr+x"}, "compose: 'ctlr+x' is not a key"),
        ({"compose": "f2,"}, "compose: '' is not a key"),
        ({"compose": "ctrl+page_down"}, "compose: 'ctrl+page_down' is not a key"),
        ({"compose": "e"}, "compose: 'e' is also the key of edit"),
        ({"compose": "?"}, "compose: '?' is also the key of help"),
        ({"down": "n"}, "down: 'n' is also the key of next_match"),
        ({"compose.view": "f5"}, "compose.view: 'f5' is also the key of compose.send"),
        ({"compose": "Z", "filter": "Z"}, "'Z' is also the key of"),
    ],
)
def test_a_wrong_key_is_reported(keys: dict[str, str], sentence: str) -> None:
    """A typing error in the configuration would be a key that does nothing."""
    wrong = wrong_keys(keys)
    assert any(sentence in one for one in wrong), wrong
    assert len(wrong) == len(set(wrong)) <= 2


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"compose": "f2,c"},
        {"compose": "ctrl+y"},
        {"compose": "f3", "panes": "f2"},
        {"help": "?"},
        {"replay.play": "Y", "mark": "comma"},
        {command.id: command.keys for command in COMMANDS},
    ],
)
def test_valid_keys_are_accepted(keys: dict[str, str]) -> None:
    """A valid configuration would keep the program from starting."""
    assert wrong_keys(keys) == []


async def test_a_user_can_rebind_a_command() -> None:
    """A user could not avoid a key that the terminal or keyboard cannot send."""
    config = Config(keys={"compose": "f10", "filter": "x"})
    async with central_system("CP001", config=config) as (driver, _, _):
        assert "f10 Compose" in driver.footer() and "x Filter" in driver.footer()
        await driver.press("c", "f2")
        assert isinstance(driver.app.screen, SessionScreen)
        await driver.press("x")
        await driver.until(lambda: driver.app.screen.query_one(FilterBar).has_focus_within, "the filter")
        await driver.press("escape", "f10")
        await driver.until(lambda: isinstance(driver.app.screen, ComposeScreen), "compose")


async def test_commands_that_alternate_on_a_key_are_rebound_together() -> None:
    """After the first command the next could not be reached."""
    async with central_system("CP001", config=Config(keys={"compose.view": "f10"})) as (driver, _, _):
        screen = await composing(driver.app)
        for view in ("form", "json", "raw", "form"):
            await driver.until(lambda view=view: screen.view == view, view)  # type: ignore[misc]
            assert any(key.startswith("f10 ") for key in driver.footer())
            await driver.press("f10")


async def composing(app: OcpptuiApp) -> ComposeScreen:
    """A call composed for the only connection."""
    session = app.session
    assert session is not None
    screen = ComposeScreen(session, next(iter(session.connections)), Compositions(), action="Reset")
    await app.push_screen(screen)
    await asyncio.sleep(0)
    assert isinstance(screen, Screen)
    return screen
