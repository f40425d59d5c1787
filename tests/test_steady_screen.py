"""A test of the screen goes on when the program is idle; if not, what fails on a busy machine is not the program."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar

import pytest
from textual import _wait
from textual.app import App
from textual.binding import Binding, BindingType

from tests.kit.steady_screen import until_idle

STEPS = 100


class HeldUp(App[None]):
    """A key begins a chain of turns of the loop, in each of which other programs hold the process up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "begin")]
    done = 0

    def action_begin(self) -> None:
        self.done += 1
        time.sleep(0.003)
        if self.done < STEPS:
            asyncio.get_running_loop().call_soon(self.action_begin)


async def test_a_key_has_acted_when_the_test_goes_on() -> None:
    """A few tests of thousands would fail whenever the machine is busy."""
    app = HeldUp()
    async with app.run_test() as pilot:
        await pilot.press("a")
        assert app.done == STEPS


async def test_textual_alone_does_not_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it does, this is not needed any more."""
    app = HeldUp()
    async with app.run_test() as pilot:
        monkeypatch.setattr("textual.app.wait_for_idle", _wait.wait_for_idle)
        monkeypatch.setattr(_wait, "process_time", lambda: 0.0)  # a process that is not let compute
        await pilot.press("a")
        assert app.done < STEPS


async def test_a_program_that_is_never_idle_does_not_stop_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    class NeverIdle(App[None]):
        def on_mount(self) -> None:
            self.again()

        def again(self) -> None:
            asyncio.get_running_loop().call_soon(self.again)

    async with NeverIdle().run_test():
        before = time.process_time()
        await until_idle(0, 0.1)
        assert time.process_time() - before >= 0.1
