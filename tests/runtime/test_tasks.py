from __future__ import annotations

import asyncio
from typing import Any

from ocpptui.runtime.tasks import Tasks


async def test_what_an_owner_starts_it_also_ends() -> None:
    """Nothing goes on in the background after a session has been closed."""
    tasks = Tasks("owner")
    task = tasks.start(asyncio.Event().wait(), "wait")
    await tasks.cancel()
    assert task.cancelled()
    assert task.get_name() == "owner: wait"


async def test_a_failure_in_the_background_is_reported() -> None:
    """A fault of ours is not swallowed."""
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))

    async def fail() -> None:
        raise RuntimeError("broken")

    task = Tasks("owner").start(fail(), "fail")
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert reported[0]["message"] == "owner: fail failed"


async def test_a_task_can_cancel_the_others_of_its_owner() -> None:
    tasks = Tasks("owner")
    other = tasks.start(asyncio.Event().wait(), "other")
    await tasks.start(tasks.cancel(), "cancel")
    assert other.cancelled()
