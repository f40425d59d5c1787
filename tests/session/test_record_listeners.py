"""Who learns of the records of a session. If these fail, the screen or a script misses one, or their order."""

from __future__ import annotations

import asyncio
from typing import Any

from ocpptui.session import record_listeners
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


class SlowListener:
    """It takes a part of a slice for each record, by a clock of its own."""

    def __init__(self, part: float) -> None:
        self.told: list[int] = []
        self.seconds = 0.0
        self.part = part
        self.listeners = RecordListeners(lambda: None, lambda: None, seconds=lambda: self.seconds)
        self.listeners.subscribe(self._listen)
        self.came = 0

    def _listen(self, index: int) -> None:
        self.told.append(index)
        self.seconds += self.part * record_listeners.SLICE

    def come(self, count: int) -> None:
        for _ in range(count):
            self.listeners.tell_later(self.came)
            self.came += 1

    @property
    def waiting(self) -> int:
        return self.came - len(self.told)

    async def begin(self) -> None:
        async with asyncio.timeout(60):
            while not self.told:
                await asyncio.sleep(0)  # no turn may pass unseen


async def test_a_message_does_not_wait_for_all_that_is_to_be_shown() -> None:
    """Through a proxy, one message in a hundred would take several milliseconds longer: those that come while a screen
    or a script learns of what passed before."""
    slow = SlowListener(0.4)
    slow.come(100)
    await slow.begin()
    for _ in range(20):
        before = len(slow.told)
        await asyncio.sleep(0)
        assert len(slow.told) - before == 3, "others have their turn after each slice"
    assert await slow.listeners.until(lambda: (slow.waiting == 0) or None, 60)
    assert slow.told == list(range(100))


async def test_records_that_come_faster_than_they_are_told_do_not_pile_up() -> None:
    """Under load, a script would fall behind further and further, and its records would fill the memory."""
    slow = SlowListener(0.4)
    slow.come(50)
    await slow.begin()
    for _ in range(20):
        slow.come(10)
        await asyncio.sleep(0)
        assert slow.waiting <= 50
    slow.listeners.catch_up()
    assert slow.told == list(range(250))
    slow.come(1)
    assert await slow.listeners.until(lambda: (slow.waiting == 0) or None, 60)
