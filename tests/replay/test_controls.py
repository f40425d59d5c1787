"""Play, pause, step and speed."""

from __future__ import annotations

import asyncio

import pytest

from ocpptui.replay.controls import Controls
from ocpptui.runtime.tasks import Tasks


def test_nothing_may_be_sent_before_somebody_says_so() -> None:
    """A recording would go to a peer that nobody confirmed."""
    assert not Controls().may_send


def test_a_step_is_one_frame_and_then_a_pause() -> None:
    """Stepping through a recording would run away."""
    controls = Controls()
    controls.play()
    controls.step()
    assert controls.may_send and not controls.is_playing
    controls.use_permit()
    assert not controls.may_send
    controls.step()
    controls.step()
    controls.use_permit()
    assert controls.may_send
    controls.pause()
    assert not controls.may_send


def test_playing_uses_no_steps_up() -> None:
    """A pause after playing has to hold whatever was stepped before."""
    controls = Controls()
    controls.step()
    controls.play()
    controls.use_permit()
    controls.pause()
    assert not controls.may_send


def test_a_speed_is_more_than_nothing() -> None:
    """A speed of 0 would wait for ever."""
    controls = Controls(2.0)
    for wrong in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="more than 0"):
            controls.set_speed(wrong)
    assert controls.speed == 2.0
    controls.set_speed(None)
    assert controls.speed is None


def test_listeners_hear_of_each_change_until_they_leave() -> None:
    """The bar on the screen would show an old state."""
    controls = Controls()
    heard: list[bool] = []
    leave = controls.subscribe(lambda: heard.append(controls.is_playing))
    controls.play()
    controls.pause()
    leave()
    controls.play()
    assert heard == [True, False]


async def test_a_wait_ends_when_its_condition_is_met() -> None:
    """The replay would stand still although the peer has answered."""
    controls, met = Controls(), asyncio.Event()
    tasks = Tasks("test")

    async def condition() -> bool:
        return met.is_set()

    waiting = tasks.start(controls.until(condition, None), "wait")
    await asyncio.sleep(0)
    assert not waiting.done()
    met.set()
    controls.changed()
    assert await waiting is True


async def test_time_runs_out_only_while_something_may_be_sent() -> None:
    """A call of the peer would count as not made because a person took a break."""
    controls = Controls()
    asked = asyncio.Event()

    async def never() -> bool:
        asked.set()
        return False

    tasks = Tasks("test")
    waiting = tasks.start(controls.until(never, 0.0), "wait")
    await asked.wait()
    for _ in range(3):
        controls.changed()
        await asyncio.sleep(0)
    assert not waiting.done()
    controls.play()
    assert await waiting is False
