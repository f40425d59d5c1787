"""Who learns of the records of a session. If these fail, the screen or a script misses one, or their order."""

from __future__ import annotations

import asyncio
from typing import Any

from ocpptui.session.record_listeners import RecordListeners


async def test_records_are_told_in_their_order_however_they_come() -> None:
    told: list[Any] = []
    listeners = RecordListeners(lambda: None, lambda: told.append("stored"))
    listeners.subscribe(told.append)
    end = listeners.subscribe(lambda index: told.append(-index))
    listeners.tell(1)
    listeners.tell_later(2)
    listeners.tell(3)
    assert told == [1, -1]
    end()
    assert await listeners.until(lambda: told[-1] == 3 or None, 60)
    assert told == [1, -1, "stored", 2, 3]
    listeners.tell(4)
    assert told[-1] == 4


async def test_a_listener_that_fails_does_not_keep_records_from_the_others() -> None:
    """One fault in a view would stop every view for good."""
    failures: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context["exception"]))
    told: list[int] = []
    listeners = RecordListeners(lambda: None, lambda: None)
    listeners.subscribe(told.append)

    def fail(index: int) -> None:
        if index == 2:
            raise ValueError("a fault")

    listeners.subscribe(fail)
    for index in (1, 2, 3):
        listeners.tell_later(index)
    listeners.catch_up()
    assert told == [1, 2, 3] and len(failures) == 1
    listeners.tell_later(4)
    assert await listeners.until(lambda: told[-1] == 4 or None, 60)
