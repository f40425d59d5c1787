"""If actions at the end of a turn were lost or changed places, answers would be lost or would overtake each other."""

from __future__ import annotations

import asyncio
from typing import Any

from ocpptui.runtime.end_of_turn import EndOfTurn


async def test_actions_follow_once_and_in_order_after_what_the_turn_was_doing() -> None:
    end, done = EndOfTurn(), list[str]()
    end.add(lambda: done.append("first"))
    end.add(lambda: done.append("second"))
    done.append("the turn")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert done == ["the turn", "first", "second"]


async def test_what_an_action_adds_comes_in_the_next_turn() -> None:
    end, done = EndOfTurn(), list[str]()

    def again() -> None:
        done.append("first")
        end.add(lambda: done.append("added"))

    end.add(again)
    end.add(lambda: done.append("second"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert done == ["first", "second", "added"]


async def test_an_action_that_fails_is_reported_and_takes_no_other_with_it() -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    end, done = EndOfTurn(), list[str]()
    end.add(lambda: done.extend([""][1]))
    end.add(lambda: done.append("second"))
    await asyncio.sleep(0)
    assert done == ["second"]
    assert isinstance(reported[0]["exception"], IndexError)
