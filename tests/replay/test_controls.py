"""Play, pause, step and speed."""

from __future__ import annotations

import asyncio

import pytest

from ocpptui.replay.controls import Controls
from ocpptui.runtime.tasks import Tasks


def test_nothing_may_be_sent_before_play_or_step() -> None:
    """A recording would be sent to a peer that nobody confirmed."""
    assert not Controls().may_send


def test_a_step_allows_one_frame_and_then_pauses() -> None:
    """A replay that the user steps through would run away."""
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
    """Steps taken before would let frames through a later pause."""
    controls = Controls()
    controls.step()
    controls.play()
    controls.use_permit()
    controls.pause()
    assert not controls.may_send


def test_the_speed_must_be_more_than_zero() -> None:
    """A speed of 0 would wait forever."""
    controls = Controls(2.0)
    for wrong in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="more than 0"):
            controls.set_speed(wrong)
    assert controls.speed == 2.0
    controls.set_speed(None)
    assert controls.speed is None


def test_listeners_are_called_on_each_change_until_they_unsubscribe() -> None:
    """The replay bar on the screen would show an old state."""
    controls = Controls()
    heard: list[bool] = []
    leave = controls.subscribe(lambda: heard.append(controls.is_playing))
    controls.play()
    controls.pause()
    leave()
    controls.play()
    assert heard == [True, False]


async def test_a_wait_ends_when_its_condition_is_met() -> None:
    """The replay would stop although the peer has answered."""
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


async def test_a_time_out_runs_only_while_something_may_be_sent() -> None:
    """A call of the peer would count as missing because the user took a break."""
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


async def test_the_seconds_left_run_only_while_it_plays() -> None:
    """The countdown on the screen would go on during a pause, or never show how long the peer has still."""
    controls = Controls()
    tasks = Tasks("test")

    async def never() -> bool:
        return False

    assert controls.seconds_left is None
    tasks.start(controls.until(never, 100.0, then=20.0), "wait")
    await asyncio.sleep(0)
    assert controls.seconds_left == 120.0
    controls.play()
    while controls.seconds_left == 120.0:  # the clock of Windows moves every 16 ms
        await asyncio.sleep(0.01)
    assert 0.0 < (controls.seconds_left or 0) < 120.0
    controls.pause()
    await asyncio.sleep(0)
    left = controls.seconds_left
    await asyncio.sleep(0.01)
    assert controls.seconds_left == left
    await tasks.cancel()
    assert controls.seconds_left is None


async def test_time_that_waits_for_the_user_is_counted_apart() -> None:
    """The report would say that the peer took the minute in which the user read it."""
    controls = Controls()
    tasks = Tasks("test")

    async def allowed() -> bool:
        return controls.may_send

    waiting = tasks.start(controls.until(allowed, None), "wait")
    while not (before := controls.seconds_paused):  # the clock of Windows moves every 16 ms
        await asyncio.sleep(0.01)
    controls.play()
    await waiting
    assert before <= controls.seconds_paused == controls.seconds_paused
